"""Objective-C statements in the program model."""

from __future__ import annotations

import pytest
from backhaul.model.code import Do, If, Label, Local, Loop, Switch
from objc_reading import body_lines, only_function, statements_of

STATEMENTS = {
    "return": ("return;", "return"),
    "return a value": ("return [a b];", "return a.b()"),
    "throw": ("@throw e;", "throw e"),
    "throw again": (
        "@try { a(); } @catch (E *e) { @throw; }",
        "do {\n    a()\n} catch E binding e {\n    throw\n}",
    ),
    "catch anything": (
        "@try { a(); } @catch (id e) { b(e); }",
        "do {\n    a()\n} catch id binding e {\n    b(e)\n}",
    ),
    "goto": ("goto done;\na();\ndone: b();", "goto done\na()\ndone:\nb()"),
    "goto an empty statement": ("goto done;\ndone: ;", "goto done\ndone:"),
    "if": ("if (a) { b(); }", "if a {\n    b()\n}"),
    "if without braces": ("if (a) b(); else c();", "if a {\n    b()\n} else {\n    c()\n}"),
    "else if": (
        "if (a) { b(); } else if (c) { d(); } else { e(); }",
        "if a {\n    b()\n} else {\n    if c {\n        d()\n    } else {\n        e()\n    }\n}",
    ),
    "if with comments": (
        "if (a /* why */) // so\n{ b(); } // and\nelse // not\n{ c(); }",
        "if a {\n    b()\n} else {\n    c()\n}",
    ),
    "if assigned": ("if ((a = [b c])) { d(); }", "if a = b.c() {\n    d()\n}"),
    "if available": (
        "if (@available(iOS 13.0, *)) { a(); }",
        "if @available(iOS 13.0, *) {\n    a()\n}",
    ),
    "while": ("while (a < b) { a++; }", "while (a < b) {\n    a += 1\n}"),
    "while without a body": ("while (a());", "while a() {\n}"),
    "do while": ("do { a(); } while (b);", "repeat {\n    a()\n} while b"),
    "for": (
        "for (int i = 0, n = 2; i < n; i++, n--) { a(i); }",
        "for (var i: int = 0; var n: int = 2; (i < n); i += 1, n -= 1) {\n    a(i)\n}",
    ),
    "for with assignments": ("for (i = 0, j = 1; ; ) a();", "for (i = 0; j = 1; ; ) {\n    a()\n}"),
    "for ever": ("for (;;) { break; }", "for (; ; ) {\n    break\n}"),
    "for-in": ("for (NSURL *url in urls) { [a b:url]; }", "for url in urls {\n    [a b:url]\n}"),
    "for-in, qualified": ("for (__weak id<P> x in [a b]) c(x);", "for x in a.b() {\n    c(x)\n}"),
    "for-in over a known variable": ("for (x in y) { continue; }", "for x in y {\n    continue\n}"),
    "synchronized": ("@synchronized (self) { a(); }", "do synchronized(self) {\n    a()\n}"),
    "synchronized on a value": ("@synchronized ([A b]) { a(); }", "do synchronized(A.b()) {\n    a()\n}"),
    "pool": ("@autoreleasepool { a(); }", "do {\n    a()\n}"),
    "nested block": ("{ int a = 1; } b();", "do {\n    var a: int = 1\n}\nb()"),
    "try": (
        "@try { a(); } @catch (NSException *e) { b(e); } @catch (...) { c(); } @finally { d(); }",
        "do {\n    a()\n} catch NSException binding e {\n    b(e)\n} catch {\n    c()\n"
        "} finally {\n    d()\n}",
    ),
    "try and finally": ("@try { a(); } @finally { b(); }", "do {\n    a()\n} finally {\n    b()\n}"),
    "comma": ("a(), b();", "a()\nb()"),
    "empty": (";", ""),
    "only a comment": ("// nothing", ""),
    "types and directives": ("typedef int T;\nstruct S { int a; };\n@class B;\n#define X 1\na();", "a()"),
    "statement expression": (
        "int a = ({ b(); c; });",
        "var a: int = value of {\n    do {\n        b()\n        c\n    }\n}",
    ),
    "macro with statements": ("RUN({ a(); }, b);", "RUN(value of {\n    do {\n        a()\n    }\n}, b)"),
    "prototype": ("void g(int a);\nb();", "b()"),
    "weakify": ("@weakify(self);\n@strongify(self)\n[a b];", "weakify(self)\nstrongify(self)\na.b()"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement(name: str) -> None:
    source, printed = STATEMENTS[name]
    assert body_lines(source) == printed.splitlines()


LOCALS = [
    ("int a;", "a", "int", "plain", False),
    ("NSString *a = b;", "a", "NSString", "plain", False),
    ("NSArray<NSURL *> *a = b;", "a", "NSArray<NSURL>", "plain", False),
    ("id<P> a = b;", "a", "id<P>", "plain", False),
    ("const int a = 1;", "a", "int", "plain", True),
    ("const char *a = b;", "a", "char", "plain", False),
    ("NSString *const a = b;", "a", "NSString", "plain", True),
    ("static NSString *const a = b;", "a", "NSString", "static", True),
    ("static dispatch_once_t a;", "a", "dispatch_once_t", "static", False),
    ("__block NSInteger a = 0;", "a", "NSInteger", "shared", False),
    ("__block __weak A *a = b;", "a", "A", "shared", False),
    ("__weak typeof(self) a = self;", "a", "typeof(self)", "weak", False),
    ("__weak __typeof__(self) a = self;", "a", "typeof(self)", "weak", False),
    ("A *__weak a = b;", "a", "A", "weak", False),
    ("__strong A *a = b;", "a", "A", "plain", False),
    ("A * _Nullable __autoreleasing a = nil;", "a", "A", "plain", False),
    ("unsigned long long a = 0;", "a", "unsigned long long", "plain", False),
    ("struct S a;", "a", "struct S", "plain", False),
    ("void (^a)(int) = b;", "a", "void (^)(int)", "plain", False),
    ("__block void (^a)(NSData *data) = b;", "a", "void (^)(NSData data)", "shared", False),
]


@pytest.mark.parametrize(("code", "name", "type_", "storage", "constant"), LOCALS)
def test_local(code: str, name: str, type_: str, storage: str, constant: bool) -> None:
    (local,) = statements_of(code)
    assert isinstance(local, Local)
    assert (local.name, local.type, local.storage, local.is_constant) == (name, type_, storage, constant)
    assert (local.value is not None) == ("=" in code)


def test_one_declaration_of_several_locals() -> None:
    code = "__block A *a = b, *c, *d = [e f];"
    source = f"void f(void) {{\n{code}\n}}"
    found = statements_of(code)
    assert [(local.name, local.storage, local.value is not None) for local in found] == [
        ("a", "shared", True),
        ("c", "shared", False),
        ("d", "shared", True),
    ]
    assert [source[local.start : local.end] for local in found] == ["__block A *a = b", "*c", "*d = [e f]"]


def test_switch_falls_through_unless_it_breaks() -> None:
    code = "switch (a) { case 1: case B: c(); case 3: { d(); break; } default: return; }"
    (switch,) = statements_of(code)
    assert isinstance(switch, Switch)
    assert not switch.is_exhaustive
    assert [len(case.patterns) for case in switch.cases] == [1, 1, 1, 0]
    assert all(case.falls_through for case in switch.cases)
    assert body_lines(code) == [
        "switch a {",
        "case 1:",
        "    fallthrough",
        "case B:",
        "    c()",
        "    fallthrough",
        "case 3:",
        "    do {",
        "        d()",
        "        break",
        "    }",
        "    fallthrough",
        "default:",
        "    return",
        "    fallthrough",
        "}",
    ]


def test_switch_with_conditional_cases() -> None:
    code = (
        "switch (a) {\n    case 1: b(); break;\n#if X\n    case 2: c(); break;\n#endif\n    default: d();\n}"
    )
    (switch,) = statements_of(code)
    assert isinstance(switch, Switch)
    assert [len(case.body.statements) for case in switch.cases] == [2, 2, 1]


def test_declaration_before_the_first_case() -> None:
    assert body_lines("switch (a) { int b; case 1: b = 2; }") == [
        "var b: int",
        "switch a {",
        "case 1:",
        "    b = 2",
        "    fallthrough",
        "}",
    ]


CONDITIONALS = {
    "if": ("#if A\nb();\n#endif\nc();", "if #if(A) {\n    b()\n}\nc()"),
    "else": ("#if A\nb();\n#else\nc();\n#endif", "if #if(A) {\n    b()\n} else {\n    c()\n}"),
    "ifdef": ("#ifdef A\nb();\n#endif", "if #if(defined(A)) {\n    b()\n}"),
    "ifndef": (
        "#ifndef A\nb();\n#else\nc();\n#endif",
        "if #if(!defined(A)) {\n    b()\n} else {\n    c()\n}",
    ),
    "elif": (
        "#if A && B\nc();\n#elif D\ne();\n#else\nf();\n#endif",
        "if #if(A && B) {\n    c()\n} else {\n"
        "    if #if(D) {\n        e()\n    } else {\n        f()\n    }\n}",
    ),
    "nested": (
        "#if A\n#if B\nc();\n#endif\nd();\n#endif",
        "if #if(A) {\n    if #if(B) {\n        c()\n    }\n    d()\n}",
    ),
    "splits braces": ("#if A\nif (b) {\n#else\nif (c) {\n#endif\n    d();\n}", "if b {\n    d()\n}"),
    "splits an else": (
        "if (a) { b(); }\n#if C\nelse { d(); }\n#endif\ne();",
        "if a {\n    b()\n} else {\n    d()\n}\ne()",
    ),
    "inside of a message": ("[a b:c\n#if D\n d:e\n#endif\n];", "[a b:c d:e]"),
    "never compiled": ("#if 0\nif (a) {\n#else\nif (b) {\n#endif\nc();\n}", "if b {\n    c()\n}"),
}


@pytest.mark.parametrize("name", CONDITIONALS)
def test_conditional_compilation(name: str) -> None:
    source, printed = CONDITIONALS[name]
    assert body_lines(source) == printed.splitlines()


def test_function_in_a_function() -> None:
    assert body_lines("int g(NSString *a) { return [a b]; }\nreturn g(c);") == [
        "func g(_ a: NSString) {",
        "    return a.b()",
        "}",
        "return g(c)",
    ]


def test_ranges_of_statements() -> None:
    """A statement's range is its text, the semicolon included."""
    head = "void f(void) {\n"
    texts = [
        "if (a) { b(); }",
        "for (id x in y) { b(); }",
        "@try { a(); } @finally { b(); }",
        "@synchronized (a) { b(); }",
        "switch (a) { default: b(); }",
        "goto done;",
        "done:",
        "return [a b];",
    ]
    source = head + "\n".join(texts) + "\n}"
    found = statements_of("\n".join(texts))
    written = [source[one.start : one.end] for one in found]
    assert written == [
        text.rstrip(":") if isinstance(one, Label) else text for one, text in zip(found, texts, strict=True)
    ]
    branch, loop, attempt = found[:3]
    assert isinstance(branch, If) and isinstance(loop, Loop) and isinstance(attempt, Do)
    assert attempt.cleanup is not None
    for block, text in ((branch.then, "{ b(); }"), (loop.body, "{ b(); }"), (attempt.cleanup, "{ b(); }")):
        assert source[block.start : block.end] == text


def test_deep_code_is_flattened_but_keeps_its_calls() -> None:
    function = only_function("void f(void) { " + "if (a) { " * 400 + "[b c];" + " }" * 400 + " }")
    assert function.is_damaged
    assert {"a", "b", "c"} <= set(function.mentions)
