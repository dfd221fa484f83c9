"""Swift that the grammar cannot read, or not wholly."""

from __future__ import annotations

from textwrap import dedent

import pytest
from backhaul.frontends import recovery
from backhaul.frontends.swift import grammar
from backhaul.frontends.swift.reading import GRAMMAR
from backhaul.model.code import Call, Name
from backhaul.model.printing import print_function
from swift_reading import body_lines, module_of, nodes_of

MISREAD = {
    "unwrapping twice": ("a!!.b()", "a!.b()"),
    "exotic condition": (
        "#if hasFeature(A) && $B // why\na()\n#elseif !os( iOS )\nb()\n#endif",
        "if #if(hasFeature(A) && $B) {\n    a()\n} else {\n    if #if(!os( iOS )) {\n        b()\n    }\n}",
    ),
    "directive in a string": ('a("#if os(iOS)")\nb("#endif")', 'a("#if os(iOS)")\nb("#endif")'),
    "branches of a chain": (
        "a\n    .b()\n#if os(iOS)\n    .c()\n#else\n    .d()\n#endif\n    .e()\nf()",
        "a.b().c().d().e()\nf()",
    ),
}
"""Statements that the grammar alone reads wrongly, and what they mean."""


@pytest.mark.parametrize("name", MISREAD)
def test_statement_the_grammar_misreads(name: str) -> None:
    source, printed = MISREAD[name]
    assert body_lines(source) == printed.splitlines()


# Statements that the grammar alone does not read; what they mean.
REWRITTEN = {
    "empty tuple": (
        "do { a() } catch let e as F where e.g == .h { () }\nlet x = f(.success(()))",
        "do {\n    a()\n} catch opaque((e as F), (e.g == .h)) binding e {\n    ()\n}\n"
        "let x = f(.success(()))",
    ),
    "empty pattern": (
        "switch a { case .b(): c(); default: d() }",
        "switch a exhaustive {\ncase .b:\n    c()\ndefault:\n    d()\n}",
    ),
    "await before a body": (
        "if await a.isEmpty { b() }\nwhile try await c.d { e() }",
        "if await a.isEmpty {\n    b()\n}\nwhile try await c.d {\n    e()\n}",
    ),
    "await in a loop": (
        "for await a in b { if await c.d { e() } }",
        "for await a in b {\n    if await c.d {\n        e()\n    }\n}",
    ),
    "functions named as keywords": (
        "await Task.yield()\nf(.success(()))\nif await a.b { c() }",
        "await Task.yield()\nf(.success(()))\nif await a.b {\n    c()\n}",
    ),
    "consume before a body": (
        "switch consume a { default: b() }",
        "switch (consume a) exhaustive {\ndefault:\n    b()\n}",
    ),
    "key path of a subscript": ("f(\\.[a])", "f(opaque(a))"),
    "module selector": ("let a = Foo::bar(1)", "let a = Foo.bar(1)"),
    "regular expression": ("if a.contains(/^[a-z]+$/) { b() }", "if a.contains(opaque()) {\n    b()\n}"),
    "case path": ("f(/A.b, c)", "f(A.b, c)"),
    "nonisolated": ("nonisolated(unsafe) let a = b()", "let a = b()"),
    "keyword as a member": ("a = .try\nb(.await, c)", "a = .try\nb(.await, c)"),
    "keyword as a variable": ("prefix = a()\nfinal.b(())", "prefix = a()\nfinal.b(())"),
    "placeholder": ("a(<#b: C#>)", "a(<#b: C#>)"),
    "no captures": ("f { [] in a() }", "f() {\n    return a()\n}"),
    "two patterns": (
        "do { a() } catch E.b, E.c { d() }",
        "do {\n    a()\n} catch opaque(E.b) {\n    d()\n}".replace("opaque(E.b)", "E.b"),
    ),
    "range in a condition": ("if case 200 ..< 300 = a { b() }", "if ((200 ..< 300) ~= a) {\n    b()\n}"),
    "range from a sum": (
        "switch a { case (b + 1)...c: d(); default: e() }",
        "switch a exhaustive {\ncase ((b + 1) ... c):\n    d()\ndefault:\n    e()\n}",
    ),
    "sending": ("func g(a: __owned B, c: __shared D) {}", "func g(a: __owned B, c: __shared D) {\n}"),
    "branches of an array": (
        "let a = [\n    b,\n#if os(iOS)\n    c(),\n#else\n    d(),\n#endif\n    e,\n]",
        "let a = [b, c(), d(), e]",
    ),
    "branches of a switch": (
        "switch a {\n#if os(iOS)\ncase .b: c()\n#endif\ncase .d: e()\n}",
        "switch a exhaustive {\ncase .b:\n    c()\ncase .d:\n    e()\n}",
    ),
    "branches without their braces": (
        "#if DEBUG\nif a {\n#else\nif b {\n#endif\n    c()\n}",
        "if a {\n    c()\n}",
    ),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_statement_the_grammar_cannot_read(name: str) -> None:
    source, printed = REWRITTEN[name]
    assert grammar.parse(f"func f() {{\n{source}\n}}".encode()).root_node.has_error
    assert body_lines(source) == printed.splitlines()


@pytest.mark.parametrize(
    "member",
    [
        "enum B { case c(_: D) }",
        '#warning("later")',
        "@available(iOS 17, *)\n#Preview { C() }",
        '@_silgen_name("x") func c(a: B)',
        "var b: C { borrowing get { c } }",
        "init(a: __shared B) { c() }",
        "@_spi(X) case d",
        "__consuming func c() { d() }",
        "init<B>(b: B)\n    where\n    C == D<E<B>, F,\n    G<H>>\n    {\n i() }",
    ],
)
def test_neighbours_of_what_the_grammar_cannot_read(member: str) -> None:
    module = module_of(
        f"class A {{\n    func before() {{ a() }}\n    {member}\n    func after() {{ b() }}\n}}"
    )
    found = {function.name: function for function in module.functions}
    assert print_function(found["before"])[1:] == ["    a()"]
    assert print_function(found["after"])[1:] == ["    b()"]
    assert not found["after"].is_damaged and found["after"].owner == "A"
    assert not module.damage.lost and not module.damage.damaged


def test_every_rule_keeps_the_length() -> None:
    text = "\n".join(f"func f() {{\n{source}\n}}" for source, _ in REWRITTEN.values()).encode()
    draft = recovery.normalise(GRAMMAR, text, GRAMMAR.mask(text))
    assert len(draft.text) == len(text) and draft.text.count(b"\n") == text.count(b"\n")


def test_rules_leave_sound_code_alone() -> None:
    source = dedent(
        """
        public open(set) var a: () -> Void = { () in b() }
        func f(_ a: () async -> Void, b: @escaping () throws -> Void) async rethrows -> (() -> Void)? {
            guard let sending = a, isolated < b else { return nil }
            let x = a / b / c, y = "()" + "#if", z = "// /* \\(try? f())"
            if let prefix, a.await { return open }
            for try await x in y { try await z() }
            return { () -> Void in () as Void }
        }
        """
    ).encode()
    changed = recovery.normalise(GRAMMAR, source, GRAMMAR.mask(source)).text
    for untouched in (b"open(set) var", b"{ () in", b"() async ->", b"sending = a", b'"()"', b"a / b / c"):
        assert untouched in changed


BROKEN = """
class A: NSObject {
    func sound() { a.b(c) }
    func broken() { d.e(1); let = ; f.g { h() } }
    var i: Int { j() }
}
func k() { l() }
"""


def test_function_with_an_error_keeps_its_sound_parts() -> None:
    module = module_of(BROKEN)
    found = {function.name: function for function in module.functions}
    assert [name for name, function in found.items() if function.is_damaged] == ["broken"]
    names = {node.name for node in nodes_of(found["broken"]) if isinstance(node, Call)}
    assert {"e", "h"} <= names
    (damaged,) = module.damage.damaged
    assert BROKEN[slice(*damaged)].startswith("{ d.e(1)")
    assert module.damage.functions == 4 and not module.damage.lost


def test_unclosed_brace_costs_no_other_function() -> None:
    source = "class A {\nfunc f() { if a { b() }\nfunc g() { c() }\n}\nclass D {\nfunc h() { i() }\n}\n"
    module = module_of(source)
    calls = {
        node.name for function in module.functions for node in nodes_of(function) if isinstance(node, Call)
    }
    assert {"b", "c", "i"} <= calls
    assert module.damage.bad_declarations == 1


def test_names_are_read_from_the_original_text() -> None:
    source = "func f() { prefix = final.try(isolated) }"
    (function,) = module_of(source).functions
    for node in nodes_of(function):
        if isinstance(node, Name):
            assert source[node.start : node.end] == node.name
    assert {"prefix", "prefix=", "final", "try", "try(_", "isolated"} == set(function.mentions)


def test_functions_of_both_branches_when_only_one_can_be_parsed() -> None:
    source = "class A {\n#if X\n    func f(a: Int) {\n#else\n    func g() {\n#endif\n        h()\n    }\n}\n"
    module = module_of(source)
    assert {function.name for function in module.functions} == {"f", "g"}


@pytest.mark.parametrize(
    "source", ["", "\n", "}", "{", "{{{", "func", "class A", '"', "/*", "#if", "\x00\xff", "é" * 50]
)
def test_fragments(source: str) -> None:
    module_of(source)
