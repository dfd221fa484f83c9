"""Swift expressions in the program model."""

from __future__ import annotations

import pytest
from backhaul.model.code import Argument, Await, Call, Closure, Member, Name, SelectorName
from swift_reading import body_lines, nodes_of, only_function

CHAINS = [
    ("a", "a"),
    ("self.a.b", "self.a.b"),
    ("a?.b.c", "a?.b.c"),
    ("a!.b", "a!.b"),
    ("x.0.1", "x.0.1"),
    ("`default`.`in`", "default.in"),
    ("f()", "f()"),
    ("f(1, b: 2, 3)", "f(1, b: 2, 3)"),
    ("a.f(b: 1)", "a.f(b: 1)"),
    ("a?.f()", "a?.f()"),
    ("a.f?(1)", "a?.f(1)"),
    ("f?(1)", "?f(1)"),
    ("completion!(1)", "completion(1)"),
    ("self.completion!(1)", "self.completion(1)"),
    ("f()()", "f()()"),
    ("handlers[i](x)", "handlers[i](x)"),
    ("a[1, b]", "a[1, b]"),
    ("a[x]?.b = 1", "a[x]?.b = 1"),
    ("(a)(1)", "a(1)"),
    ("super.init(a: 1)", "super.init(a: 1)"),
    ("self.init()", "self.init()"),
    ("Foo.Bar.init(1)", "Foo.Bar.init(1)"),
    ("Foo.self", "Foo.self"),
    ("Foo.bar\n.baz()", "Foo.bar.baz()"),
    ("a.f(x) // why\n  .g(y)", "a.f(x).g(y)"),
    (".a", ".a"),
    (".a.b(1)", ".a.b(1)"),
    (".a(1).b", ".a(1).b"),
    ("f(.a, x: .b(1))", "f(.a, x: .b(1))"),
    ("f(&x, $y, _z)", "f((&x), $y, _z)"),
    ("f(a: { 1 }, b)", "f(a: {\n    return 1\n}, b)"),
    ("[Int]()", "[Int]()"),
    ("[String: [Foo<Int>]]()", "[String: [Foo]]()"),
    ("a.map(String.init(describing:))", "a.map(String.init)"),
    ("f = g(a:b:)", "f = g"),
]

GENERICS = [
    ("Foo<Int>(1)", "Foo(1)"),
    ("Foo<A, B<C>>.shared.f()", "Foo.shared.f()"),
    ("f(Cache<Key, Value>.shared, 1)", "f(Cache.shared, 1)"),
    ("x.decode<T>(data)", "x.decode(data)"),
    ("let t = Future<Int> { p in p(1) }", "let t = Future() { (_ p) in\n    return p(1)\n}"),
    ("let t = Task<Void, Never> { g() }", "let t = Task() {\n    return g()\n}"),
    ("let x = a < b", "let x = (a < b)"),
    ("f(a < b, c > d)", "f((a < b), (c > d))"),
    ("f(Foo<Int>.self)", "f(Foo.self)"),
]

OPERATORS = [
    ("a + b * c", "(a + (b * c))"),
    ("a * b + c", "((a * b) + c)"),
    ("-x + y", "((-x) + y)"),
    ("-x + !y.z()", "((-x) + (!y.z()))"),
    ("!a && b || c", "(((!a) && b) || c)"),
    ("a == b && c != nil", "((a == b) && (c != nil))"),
    ("a ?? b ?? c", "(a ?? (b ?? c))"),
    ("a as? B ?? c", "((a as? B) ?? c)"),
    ("a is B && c", "((a is B) && c)"),
    ("x as! [String: Any]", "(x as! [String: Any])"),
    ("a & b == c", "((a & b) == c)"),
    ("a << 2 | b", "((a << 2) | b)"),
    ("0..<n + 1", "(0 ..< (n + 1))"),
    ("f(a[1...])", "f(a[(...1)])"),
    ("f(...3)", "f((...3))"),
    ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
    ("x = a ? b : c", "x = (a ? b : c)"),
    ("x = y = z", "x = y = z"),
    ("x += a ?? 1", "x += (a ?? 1)"),
    ("!(a is B)", "(!(a is B))"),
    ("!(a || b).c", "(!(a || b).c)"),
    ("-(a + b)", "(-(a + b))"),
    ("a |> f", "(a |> f)"),
    ("x == .a", "(x == .a)"),
    ("x == -1", "(x == (-1))"),
    ("a ~= b", "(a ~= b)"),
    ("a === b", "(a === b)"),
]

TRIES = [
    ("try f()", "try f()"),
    ("try? f().g", "try? f().g"),
    ("try! await x.f()", "try! await x.f()"),
    ("let k = try? await a.b()?.c", "let k = try? await a.b()?.c"),
    ("let k = try a ?? b", "let k = try (a ?? b)"),
    ("x = try await f()", "x = try await f()"),
    ("try x = f()", "try x = f()"),
    ("await Task { 1 }.value", "await Task() {\n    return 1\n}.value"),
    ("if try await f() { }", "if try await f() {\n}"),
    ("let s = await a.b == c", "let s = await (a.b == c)"),
    ("let c = copy x", "let c = (copy x)"),
    ("unsafe x.f()", "(unsafe x.f())"),
]

LITERALS = [
    ("x = nil", "x = nil"),
    ("x = true", "x = true"),
    ("x = 0xFF", "x = 0xFF"),
    ("x = 1.5e3", "x = 1.5e3"),
    ('x = ""', 'x = ""'),
    (r'x = "a\n"', r'x = "a\\n"'),
    ('x = #"a"b"#', r'x = "a\"b"'),
    (r'x = "a\(b)c\(d, e: 1)"', 'x = interpolation("a", b, "c", d, 1)'),
    (r'x = "a\("b\(c)")"', 'x = interpolation("a", interpolation("b", c))'),
    (r'x = #"a\(b) \#(c)"#', r'x = interpolation("a\\(b) ", c)'),
    ('x = """\n  name="\\(k)"\n  """', r'x = interpolation("\n  name=\"", k, "\"\n  ")'),
    ("x = [1, a()]", "x = [1, a()]"),
    ('x = ["a": b, c: [:]]', 'x = ["a": b, c: [:]]'),
    ("x = (1, b: c)", "x = (1, c)"),
    ("x = ()", "x = ()"),
    ("x = /a(b)+/", "x = opaque()"),
    (r"x = \Foo.a[b].c", "x = opaque(b)"),
    (r"f(\.a.b)", "f(opaque())"),
    ("x = #file", "x = opaque()"),
    ("x = #selector(Foo.bar(_:baz:))", "x = #selector(Foo.bar(_:baz:))"),
    ("x = #selector(getter: Foo.bar)", "x = #selector(Foo.bar)"),
    ("#expect(a == b)", "#expect((a == b))"),
    ("#Predicate<A> { $0.b }", "#Predicate() {\n    return $0.b\n}"),
]

CLOSURES = [
    ("f { }", "f() { }"),
    ("f { $0 + 1 }", "f() {\n    return ($0 + 1)\n}"),
    ("f(1) { a } done: { b }", "f(1) {\n    return a\n} done: {\n    return b\n}"),
    ("f { x, y in x }", "f() { (_ x, _ y) in\n    return x\n}"),
    ("f { (x, y) in x }", "f() { (_ x, _ y) in\n    return x\n}"),
    ("f { () in x }", "f() {\n    return x\n}"),
    (
        "f { [weak self, unowned a, b, c = d.e] (x: inout Int, _) async throws -> Void in g() }",
        "f() { [weak self, unowned a, b, c = d.e] (_ x: inout Int, _ _) async in\n    return g()\n}",
    ),
    ("f { @MainActor [weak self] in g() }", "f() { @MainActor [weak self] in\n    return g()\n}"),
    ("f { x = 1 }", "f() {\n    x = 1\n}"),
    ("f { a(); b() }", "f() {\n    a()\n    b()\n}"),
    ("f { if a { b() } }", "f() {\n    if a {\n        b()\n    }\n}"),
    ("let c = { (a: Int) -> Int in a }", "let c = { (_ a: Int) in\n    return a\n}"),
    ("let c = { g() }()", "let c = {\n    return g()\n}()"),
    ("a.f { 1 }.g()", "a.f() {\n    return 1\n}.g()"),
    ("if a == b(c) { d() }", "if (a == b(c)) {\n    d()\n}"),
    ("x == f(1) { 2 }", "(x == f(1) {\n    return 2\n})"),
]

VALUES = [
    ("let v = if a { 1 } else { 2 }", "value of {\n    if a {\n        1\n    } else {\n        2\n    }\n}"),
    (
        "let v = switch a { case .b: 1; default: c() }",
        "value of {\n    switch a exhaustive {\n    case .b:\n        1\n    default:\n        c()\n    }\n}",
    ),
]


@pytest.mark.parametrize(
    ("source", "printed"),
    [*CHAINS, *GENERICS, *OPERATORS, *TRIES, *LITERALS, *CLOSURES, *((s, f"let v = {p}") for s, p in VALUES)],
)
def test_expression(source: str, printed: str) -> None:
    assert "\n".join(body_lines(source)) == printed


def nodes(source: str) -> list[object]:
    return list(nodes_of(only_function(f"func f() {{ {source} }}")))


def test_optional_calls_are_marked() -> None:
    calls = {node.name: node for node in nodes("a?.b().c(); d?(1)") if isinstance(node, Call)}
    assert [calls[name].optional for name in "bcd"] == [True, False, True]


def test_implicit_members_are_told_from_functions() -> None:
    calls = {node.name: node for node in nodes("a(.b(1)); .c(1).d()") if isinstance(node, Call)}
    assert {name: call.implicit for name, call in calls.items()} == {
        "a": False,
        "b": True,
        "c": True,
        "d": False,
    }
    assert calls["b"].receiver is None and calls["c"].receiver is None


def test_called_closure_is_receiver_without_a_name() -> None:
    (call,) = (node for node in nodes("{ 1 }()") if isinstance(node, Call))
    assert isinstance(call.receiver, Closure) and call.name == ""


def test_called_property_has_its_name() -> None:
    (call,) = (node for node in nodes("self.handler(x)") if isinstance(node, Call))
    assert isinstance(call.receiver, Name) and (call.receiver.name, call.name) == ("self", "handler")


def test_trailing_closures_are_marked() -> None:
    (call,) = (node for node in nodes("f(1) { } done: { }") if isinstance(node, Call))
    assert [(item.label, item.trailing) for item in call.arguments] == [
        (None, False),
        (None, True),
        ("done", True),
    ]


def test_attributes_of_closures() -> None:
    (closure,) = (n for n in nodes("f { @Sendable @MainActor [a] b in c }") if isinstance(n, Closure))
    assert closure.attributes == ["@Sendable", "@MainActor"]


def test_closures_share_what_they_capture() -> None:
    (closure,) = (node for node in nodes("f { [weak self] in a }") if isinstance(node, Closure))
    assert not closure.copies_locals and closure.captures[0].form == "weak"


def test_range_of_await_is_the_operand_and_the_word() -> None:
    source = "func f() { let x = await a.b() }"
    (node,) = (node for node in nodes_of(only_function(source)) if isinstance(node, Await))
    assert source[node.start : node.end] == "await a.b()"


def test_labels_are_no_mentions_and_names_are() -> None:
    function = only_function(
        'func f() { a.b(label: c { d() }, .e); x[i] = #selector(g(_:)); let k = \\.h; _ = "\\(m)" }'
    )
    assert {*"abcdeghimx"} <= set(function.mentions)
    assert "label" not in function.mentions
    assert function.mentions == sorted(function.mentions)


def test_selector_is_kept_as_written() -> None:
    (node,) = (n for n in nodes("x = #selector( Foo.bar( _: ) )") if isinstance(n, SelectorName))
    assert node.name == "Foo.bar(_:)"


def test_member_of_a_property_wrapper() -> None:
    (member,) = (node for node in nodes("f($x.y)") if isinstance(node, Member))
    assert isinstance(member.base, Name) and member.base.name == "$x"


def test_arguments_have_the_range_of_label_and_value() -> None:
    source = "func f() { a(b: c, 1) }"
    found = [node for node in nodes_of(only_function(source)) if isinstance(node, Argument)]
    assert sorted(source[node.start : node.end] for node in found) == ["1", "b: c"]
