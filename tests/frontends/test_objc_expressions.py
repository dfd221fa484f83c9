"""Objective-C expressions in the program model."""

from __future__ import annotations

import pytest
from backhaul.model.code import (
    Branching,
    Call,
    Closure,
    Collection,
    Evaluate,
    Interpolation,
    Literal,
    Local,
    Member,
    Name,
    SelectorName,
)
from objc_reading import body_lines, only_function, statements_of, value_of

HEAD = "void f(void) {\nid value = "


EXPRESSIONS = {
    "name": ("a", "a"),
    "self": ("self", "self"),
    "property": ("self.session.delegate", "self.session.delegate"),
    "instance variable": ("self->_a", "self._a"),
    "structure": ("a.b->c", "a.b.c"),
    "assignment to a property": ("self.a.b = c", "self.a.b = c"),
    "message": ("[a b]", "a.b()"),
    "class message": ("[NSURLSession sharedSession]", "NSURLSession.sharedSession()"),
    "class message to a generic type": ("[NSArray<A *> new]", "NSArray.new()"),
    "making an object with a dot": ("self.new", "self.new()"),
    "making an object with two dots": ("Foo.alloc.init", "Foo.alloc().init()"),
    "a field that is named like a message": ("table.init", "table.init"),
    "message to super": ("[super a:b]", "[super a:b]"),
    "keyword message": ("[a b:c d:e]", "[a b:c d:e]"),
    "empty selector part": ("[a b:c :d]", "[a b:c :d]"),
    "variable arguments": ("[A a:b, c, nil]", "[A a:b, c, nil]"),
    "nested messages": ("[[[A alloc] initWithB:[c d]] e]", "[A.alloc() initWithB:c.d()].e()"),
    "message to a property": ("[self.a b]", "self.a.b()"),
    "call": ("f(a, g(), nil)", "f(a, g(), nil)"),
    "call in parentheses": ("(f)(a)", "f(a)"),
    "block invocation": ("completion(a, nil)", "completion(a, nil)"),
    "block invocation of a property": ("self.completion(a)", "self.completion(a)"),
    "block invocation of a variable": ("self->_completion(a)", "self._completion(a)"),
    "block invocation of a subscript": ("handlers[a](b)", "handlers[a](b)"),
    "block invocation of a result": ("[a b](c)", "a.b()(c)"),
    "cast": ("(NSHTTPURLResponse *)response", "(response c NSHTTPURLResponse)"),
    "bridged cast": ("(__bridge CFStringRef)a", "(a c CFStringRef)"),
    "cast to void": ("(void)a", "(a c void)"),
    "cast of a message": ("(id)[a b]", "(a.b() c id)"),
    "conditional": ("a ? b : c", "(a ? b : c)"),
    "short conditional": ("a ?: b", "(a ?  : b)"),
    "logic": ("!a && (b || c != nil)", "((!a) && (b || (c != nil)))"),
    "arithmetic": ("a + b * -c", "(a + (b * (-c)))"),
    "bits": ("~a | b << 2 & 0xFF", "((~a) | ((b << 2) & 0xFF))"),
    "comment beside an operator": ("a /* - */ + b", "(a + b)"),
    "assignment": ("a = b = c", "a = b = c"),
    "compound assignment": ("a.b |= c", "a.b |= c"),
    "increment": ("a++", "a += 1"),
    "increment before": ("++self.a", "self.a += 1"),
    "decrement": ("--a", "a -= 1"),
    "address": ("[a b:&error]", "[a b:(&error)]"),
    "dereference": ("*error = a", "(*error) = a"),
    "subscript": ('a[0][@"b"]', 'a[0]["b"]'),
    "compound literal": ("(CGSize){1, 2}", "([1, 2] c CGSize)"),
    "named fields": ("(S){.a = b, .c = d()}", "([b, d()] c S)"),
    "protocol": ("[a b:@protocol(P)]", "[a b:opaque(P)]"),
    "selector": ("[a b:@selector(c:d:)]", "[a b:#selector(c:d:)]"),
    "size": ("sizeof(a)", "opaque(a)"),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expression(name: str) -> None:
    source, printed = EXPRESSIONS[name]
    assert body_lines(f"{source};") == [printed]


LITERALS = [
    ("nil", "nil", "nil"),
    ("Nil", "nil", "Nil"),
    ("NULL", "nil", "NULL"),
    ("YES", "bool", "YES"),
    ("NO", "bool", "NO"),
    ("true", "bool", "true"),
    ("@YES", "bool", "YES"),
    ("@(NO)", "bool", "NO"),
    ("12", "int", "12"),
    ("0x1eF", "int", "0x1eF"),
    ("12ULL", "int", "12ULL"),
    ("'a'", "int", "'a'"),
    ("1.5f", "float", "1.5f"),
    ("1e3", "float", "1e3"),
    ("@12", "int", "12"),
    ("@(12)", "int", "12"),
    ("@1.5", "float", "1.5"),
    ('"a"', "string", "a"),
    ('@"a"', "string", "a"),
    ('@""', "string", ""),
    ('@"größe 🎉"', "string", "größe 🎉"),
    ('@"a\\"b"', "string", 'a\\"b'),
    ('@"a" @"b" "c"', "string", "abc"),
    ("@encode(int)", "string", "@encode(int)"),
]


@pytest.mark.parametrize(("code", "kind", "text"), LITERALS)
def test_literal(code: str, kind: str, text: str) -> None:
    literal = value_of(code)
    assert isinstance(literal, Literal)
    assert (literal.kind, literal.text) == (kind, text)
    start = len(HEAD)
    assert (literal.start, literal.end) == (start, start + len(code.encode()))


def test_boxed_value_is_the_value() -> None:
    assert isinstance(value_of("@(a)"), Name)
    assert isinstance(value_of("@([a b])"), Call)


def test_array_and_dictionary() -> None:
    array = value_of("@[a, [b c], @[]]")
    assert isinstance(array, Collection) and array.kind == "array"
    assert [type(item) for item in array.items] == [Name, Call, Collection]
    dictionary = value_of('@{@"a": b, c: @{}}')
    assert isinstance(dictionary, Collection) and dictionary.kind == "dictionary"
    assert [type(item) for item in dictionary.items] == [Literal, Name, Name, Collection]


def test_string_with_a_macro() -> None:
    string = value_of('@"a" NAME @"b"')
    assert isinstance(string, Interpolation)
    first, name, last = string.parts
    assert isinstance(first, Literal) and isinstance(last, Literal) and isinstance(name, Name)
    assert (first.text, name.name, last.text) == ("a", "NAME", "b")
    assert (HEAD + '@"a" NAME')[name.start : name.end] == "NAME"


def test_selector() -> None:
    selector = value_of("@selector(a:b:)")
    assert isinstance(selector, SelectorName) and selector.name == "a:b:"


def test_comma_has_its_last_value() -> None:
    value = value_of("(a(), b)")
    assert isinstance(value, Branching)
    assert body_lines("id value = (a(), b);") == [
        "var value: id = value of {",
        "    do {",
        "        a()",
        "        b",
        "    }",
        "}",
    ]


BLOCKS = {
    "^{ a(); }": (0, "^{\n    a()\n}"),
    "^(void) { a(); }": (0, "^{\n    a()\n}"),
    "^(NSData *data, NSError *e) { return data; }": (
        2,
        "^{ (_ data: NSData, _ e: NSError) in\n    return data\n}",
    ),
    "^BOOL(id a, int b) { return YES; }": (2, "^{ (_ a: id, _ b: int) in\n    return YES\n}"),
    "^Disposition(id a) { return b; }": (1, "^{ (_ a: id) in\n    return b\n}"),
    "^NSString *(id a) { return a; }": (1, "^{ (_ a: id) in\n    return a\n}"),
    "^(void (^done)(BOOL)) { done(NO); }": (1, "^{ (_ done: void (^)(BOOL)) in\n    done(NO)\n}"),
    "^(__unused id a, NSArray<A *> * _Nullable b) {}": (2, "^{ (_ a: id, _ b: NSArray<A>) in }"),
    "^{ ^{ a(); }(); }": (0, "^{\n    ^{\n        a()\n    }()\n}"),
}


@pytest.mark.parametrize("code", BLOCKS)
def test_block(code: str) -> None:
    count, printed = BLOCKS[code]
    block = value_of(code)
    assert isinstance(block, Closure)
    assert block.copies_locals and not block.captures and not block.is_async
    assert len(block.parameters) == count
    assert body_lines(f"id value = {code};") == f"var value: id = {printed}".splitlines()


def test_block_as_an_argument() -> None:
    code = "[[a b:c completionHandler:^(NSData *d) { e(d); }] resume];"
    (statement,) = statements_of(code)
    assert isinstance(statement, Evaluate)
    resume = statement.value
    assert isinstance(resume, Call) and resume.name == "resume"
    call = resume.receiver
    assert isinstance(call, Call) and call.name == "b:completionHandler:"
    assert [type(argument.value) for argument in call.arguments] == [Name, Closure]
    assert all(argument.label is None and not argument.trailing for argument in call.arguments)


def test_name_range_is_the_first_selector_part() -> None:
    for code, first, selector in [
        ("[a uploadWith:b from:c]", "uploadWith", "uploadWith:from:"),
        ("[a\n  uploadWith: b\n  from : c]", "uploadWith", "uploadWith:from:"),
        ("[a /* x */ uploadWith:b // y\n from:c]", "uploadWith", "uploadWith:from:"),
        ("[[a b] resume]", "resume", "resume"),
        ("self.done(a)", "done", "done"),
        ("done(a)", "done", "done"),
    ]:
        call = value_of(code)
        assert isinstance(call, Call)
        source = HEAD + code
        assert (call.name, source[call.name_start : call.name_end]) == (selector, first)
        assert source[call.start : call.end] == code


def test_ranges_count_bytes() -> None:
    code = '[a b:@"größe 🎉" c:[d e]]'
    call = value_of(code)
    assert isinstance(call, Call)
    source = (HEAD + code).encode()
    inner = call.arguments[1].value
    assert isinstance(inner, Call)
    assert source[inner.start : inner.end] == b"[d e]"
    assert source[inner.name_start : inner.name_end] == b"e"
    argument = call.arguments[0]
    assert source[argument.start : argument.end].decode() == '@"größe 🎉"'


def test_member_range() -> None:
    member = value_of("self.a.b")
    assert isinstance(member, Member) and not member.optional
    assert (HEAD + "self.a.b")[member.start : member.end] == "self.a.b"
    base = member.base
    assert isinstance(base, Member)
    assert (HEAD + "self.a.b")[base.start : base.end] == "self.a"


def test_mentions_are_every_name() -> None:
    code = "void f(void) { A *a = [B c:d.e block:^{ g(); h->i = @selector(j:); }]; }"
    assert only_function(code).mentions == ["B", "c:block:", "d", "e", "g", "g(", "h", "i", "i=", "j:"]


def test_macros_as_arguments_are_calls() -> None:
    (local,) = statements_of('A *a = [B c:NSLocalizedString(@"x", nil) d:MAX(1, 2)];')
    assert isinstance(local, Local)
    call = local.value
    assert isinstance(call, Call)
    values = [argument.value for argument in call.arguments]
    assert [value.name for value in values if isinstance(value, Call)] == ["NSLocalizedString", "MAX"]
