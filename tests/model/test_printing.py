"""The program model as text: every node has a form of its own, whatever language was read."""

from __future__ import annotations

import pytest
from backhaul.model import code
from backhaul.model.code import (
    Argument,
    Assign,
    Availability,
    Await,
    Binary,
    Binding,
    Block,
    Branching,
    Break,
    Call,
    Capture,
    Case,
    Cast,
    Catch,
    Closure,
    Collection,
    Conditional,
    Continue,
    Defer,
    Destructure,
    Do,
    Evaluate,
    Expression,
    Goto,
    Guard,
    If,
    Index,
    Interpolation,
    Label,
    Literal,
    Local,
    LocalFunction,
    Loop,
    Member,
    Name,
    Opaque,
    Parameter,
    Return,
    SelectorName,
    Statement,
    Switch,
    Throw,
    Try,
    Unary,
)
from backhaul.model.declarations import (
    Damage,
    Function,
    Module,
    Property,
    TypeDeclaration,
    encode_body,
)
from backhaul.model.printing import print_function, print_module

A, B, C = Name(0, 1, "a"), Name(0, 1, "b"), Name(0, 1, "c")
EMPTY = Block(0, 0, [])


def block(*statements: Statement) -> Block:
    return Block(0, 0, list(statements))


def argument(value: Expression, label: str | None = None, trailing: bool = False) -> Argument:
    return Argument(0, 0, label, value, trailing)


def call(name: str, *arguments: Argument, receiver: Expression | None = None, **flags: bool) -> Call:
    return Call(0, 0, receiver, name, list(arguments), 0, 0, **flags)


def printed(statement: Statement) -> str:
    function = Function("f", "function", "", [], "", 0, 0, 0, 0, encode_body(block(statement)))
    return "\n".join(line.removeprefix("    ") for line in print_function(function)[1:])


EXPRESSIONS: list[tuple[Expression, str]] = [
    (A, "a"),
    (Member(0, 0, A, "b"), "a.b"),
    (Member(0, 0, A, "b", True), "a?.b"),
    (Member(0, 0, None, "b"), ".b"),
    (call("f", argument(A), argument(B, "b"), receiver=C), "c.f(a, b: b)"),
    (call("f", receiver=A, optional=True), "a?.f()"),
    (call("f", argument(A), implicit=True), ".f(a)"),
    (call("", argument(A), receiver=B), "b(a)"),
    (call("f:g:", argument(A), argument(B), receiver=C), "[c f:a g:b]"),
    (call("f:", argument(A), argument(B), receiver=C), "[c f:a, b]"),
    (call("f", receiver=A), "a.f()"),
    (
        call(
            "f", argument(Closure(0, 0, [], [], block(Return(0, 0, A))), None, True), argument(B, "g", True)
        ),
        "f() {\n    return a\n} g: b",
    ),
    (
        Closure(
            0,
            0,
            [Parameter(0, 0, "", "x", "int")],
            [Capture(0, 0, "self", "weak"), Capture(0, 0, "n", "value", A)],
            EMPTY,
            True,
            True,
            ["@Sendable"],
        ),
        "^{ @Sendable [weak self, n = a] (_ x: int) async in }",
    ),
    (Literal(0, 0, "string", 'a"b'), '"a\\"b"'),
    (Literal(0, 0, "int", "0x1F"), "0x1F"),
    (Interpolation(0, 0, [Literal(0, 0, "string", "x"), A]), 'interpolation("x", a)'),
    (Collection(0, 0, "array", [A, B]), "[a, b]"),
    (Collection(0, 0, "tuple", [A, B]), "(a, b)"),
    (Collection(0, 0, "dictionary", [A, B]), "[a: b]"),
    (Collection(0, 0, "dictionary", []), "[:]"),
    (Conditional(0, 0, A, B, C), "(a ? b : c)"),
    (Conditional(0, 0, A, None, C), "(a ?  : c)"),
    (Binary(0, 0, "+", A, Binary(0, 0, "*", B, C)), "(a + (b * c))"),
    (Unary(0, 0, "!", A), "(!a)"),
    (Unary(0, 0, "unwrap", A), "a!"),
    (Unary(0, 0, "copy", A), "(copy a)"),
    (Assign(0, 0, A, "+=", B), "a += b"),
    (Cast(0, 0, A, "T", "as?"), "(a as? T)"),
    (Index(0, 0, A, [B, C]), "a[b, c]"),
    (Await(0, 0, A), "await a"),
    (Try(0, 0, A, "try?"), "try? a"),
    (SelectorName(0, 0, "f:"), "#selector(f:)"),
    (Binding(0, 0, ["a"], B), "let a = b"),
    (Binding(0, 0, ["a"], B, call("some", argument(A), implicit=True)), "case .some(a) binding a = b"),
    (Availability(0, 0, "#available(iOS 15, *)"), "#available(iOS 15, *)"),
    (Availability(0, 0, "DEBUG"), "#if(DEBUG)"),
    (Branching(0, 0, Evaluate(0, 0, A)), "value of {\n    a\n}"),
    (Opaque(0, 0, [A, B]), "opaque(a, b)"),
]

STATEMENTS: list[tuple[Statement, str]] = [
    (Local(0, 0, "x", "T", A, True), "let x: T = a"),
    (Local(0, 0, "x", "", None, False, "shared"), "shared var x"),
    (Destructure(0, 0, ["x", "_"], A), "let (x, _) = a"),
    (
        If(0, 0, [A, B], block(Break(0, 0, "")), block(Continue(0, 0, "l"))),
        "if a, b {\n    break\n} else {\n    continue l\n}",
    ),
    (Guard(0, 0, [A], block(Return(0, 0))), "guard a else {\n    return\n}"),
    (Loop(0, 0, "while", EMPTY, conditions=[A], label="l"), "l: while a {\n}"),
    (Loop(0, 0, "repeat", EMPTY, conditions=[A]), "repeat {\n} while a"),
    (Loop(0, 0, "for-in", EMPTY, ["x"], A, [B], is_async=True), "for await x in a where b {\n}"),
    (Loop(0, 0, "for-in", EMPTY, ["x", "y"], A), "for (x, y) in a {\n}"),
    (
        Loop(0, 0, "for", EMPTY, setup=[Local(0, 0, "i")], conditions=[A], step=[B]),
        "for (var i; a; b) {\n}",
    ),
    (
        Switch(
            0,
            0,
            A,
            [Case(0, 0, [B], ["x"], block(Evaluate(0, 0, C)), A, True), Case(0, 0, [], [], EMPTY)],
            True,
            "l",
        ),
        "l: switch a exhaustive {\ncase b binding x where a:\n    c\n    fallthrough\ndefault:\n}",
    ),
    (Throw(0, 0, A), "throw a"),
    (Throw(0, 0), "throw"),
    (Goto(0, 0, "l"), "goto l"),
    (Label(0, 0, "l"), "l:"),
    (Defer(0, 0, block(Evaluate(0, 0, A))), "defer {\n    a\n}"),
    (
        Do(0, 0, EMPTY, [Catch(0, 0, [A], ["e"], EMPTY)], EMPTY, B, "l"),
        "l: do synchronized(b) {\n} catch a binding e {\n} finally {\n}",
    ),
    (
        LocalFunction(0, 0, "f", [Parameter(0, 0, "x", "x", "T", A)], block(Return(0, 0, B)), True),
        "func f(x: T = a) async {\n    return b\n}",
    ),
]


@pytest.mark.parametrize(("node", "text"), EXPRESSIONS)
def test_expression(node: Expression, text: str) -> None:
    assert printed(Evaluate(0, 0, node)) == text


@pytest.mark.parametrize(("node", "text"), STATEMENTS)
def test_statement(node: Statement, text: str) -> None:
    assert printed(node) == text


def test_every_kind_of_node_is_printed() -> None:
    tried = {type(node) for node, _ in (*EXPRESSIONS, *STATEMENTS)} | {Evaluate, Return, Break, Continue}
    kinds = {kind for kind in vars(code).values() if isinstance(kind, type) and issubclass(kind, code.Tagged)}
    assert kinds - {code.Tagged} == tried


def test_module() -> None:
    module = Module(
        "App/A.swift",
        "swift",
        ["Foundation"],
        [
            TypeDeclaration("A", "class", ["B", "C"], 0, 9, 0, 1, attributes=["@MainActor"]),
            TypeDeclaration("B", "extension", [], 0, 9, 0, 1, category="Extras"),
            TypeDeclaration("E", "enum", [], 0, 9, 0, 1, members=["x", "y"]),
        ],
        [
            Property("p", "A", "Int", 0, 9, 0, 1, True, True, True, True, True, ["@Published"]),
            Property("q", "", "", 0, 9, 0, 1),
        ],
        [
            Function(
                "f",
                "method",
                "A",
                [Parameter(0, 1, "", "x", "Int"), Parameter(0, 1, "y", "y", "Int", A)],
                "T",
                0,
                9,
                0,
                1,
                encode_body(block(Return(0, 0, A))),
                attributes=["private"],
                is_static=True,
                is_async=True,
                throws=True,
                is_damaged=True,
            ),
            Function("g", "function", "", [], "", 0, 9, 0, 1),
        ],
        Damage(2, [(1, 2)], [(3, 4)], 3, 1),
    )
    assert print_module(module) == (
        "module App/A.swift (swift)\n"
        "imports Foundation\n"
        "lost: bytes 1:2\n"
        "damaged: bytes 3:4\n"
        "bad declarations: 1 of 3\n"
        "\n"
        "class A: B, C [@MainActor]\n"
        "extension B (Extras)\n"
        "enum E cases x, y\n"
        "\n"
        "let A.p: Int static lazy computed weak [@Published]\n"
        "var q\n"
        "\n"
        "method A.f(_:y:) static async throws -> T [private] (damaged)\n"
        "    parameter _ x: Int\n"
        "    parameter y: Int = a\n"
        "    return a\n"
        "\n"
        "function g()\n"
        "    (no body)\n"
    )


def test_very_deep_code_is_cut_short() -> None:
    node: Expression = A
    for _ in range(300):
        node = Unary(0, 0, "!", node)
    assert "…" in printed(Evaluate(0, 0, node))
