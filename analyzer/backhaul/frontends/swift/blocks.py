"""Sequences of statements: blocks, labels, ``defer``, and conditional compilation inside a body."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.unit import EXPRESSIONS, MAX_DEPTH, STATEMENT_KINDS, Unit
from backhaul.model.code import (
    Assign,
    Availability,
    Block,
    Branching,
    Defer,
    Do,
    Evaluate,
    If,
    Loop,
    Return,
    Statement,
    Switch,
)

LABEL = g.kind("statement_label")
CALL = g.kind("call_expression")
CALL_SUFFIX = g.kind("call_suffix")
CLOSURE = g.kind("lambda_literal")
IF = g.kind("if_statement")
SWITCH = g.kind("switch_statement")
ENTRY = g.kind("switch_entry")
TRANSFER = g.kind("control_transfer_statement")
THROW = g.kind("throw_keyword")
ELSE = g.kind("else")


def block_in(unit: Unit, body: Node | None, depth: int, start: int = -1, end: int = -1) -> Block:
    """The block of the ``statements`` node ``body`` (None: no statements) at ``start:end``."""
    if body is None:
        return Block(start, end, [])
    if start < 0:
        start, end = body.start_byte, body.end_byte
    if depth > MAX_DEPTH:
        unit.damaged = True
        return Block(start, end, [])
    return Block(start, end, statements(unit, body.children, depth + 2))


def value_block(unit: Unit, node: Node, body: Node | None, depth: int, branches: bool = False) -> Block:
    """The block of ``node``; a single expression in it is its result.

    ``branches``: so is a single ``if`` or ``switch`` that gives a value on every branch. (Without a
    type that is undecidable: for closures it is taken as a statement.)
    """
    block = block_in(unit, body, depth, node.start_byte, node.end_byte)
    if len(block.statements) == 1:
        only = block.statements[0]
        if isinstance(only, Evaluate):
            if not isinstance(only.value, Assign):
                block.statements[0] = Return(only.start, only.end, only.value)
        elif branches and isinstance(only, If | Switch) and body is not None and gives_value(body):
            value = Branching(only.start, only.end, only)
            block.statements[0] = Return(only.start, only.end, value)
    return block


def gives_value(body: Node) -> bool:
    """Whether the ``statements`` node ``body`` is one expression, or ``if``s and ``switch``es of such."""
    pending = [body]
    while pending:
        inside = [child for child in pending.pop().children if child.kind_id not in g.EXTRAS]
        if len(inside) != 1:
            return False
        node = inside[0]
        number = node.kind_id
        if number == IF:
            branch: Node | None = node
            while branch is not None:
                parts = branch.children
                bodies = [part for part in parts if part.kind_id == g.STATEMENTS]
                nested = parts[-1] if parts[-1].kind_id == IF else None
                closed = any(part.kind_id == ELSE for part in parts)
                if not closed or len(bodies) != (1 if nested is not None else 2):
                    return False
                pending += bodies
                branch = nested
        elif number == SWITCH:
            for entry in node.children:
                if entry.kind_id == ENTRY:
                    bodies = [part for part in entry.children if part.kind_id == g.STATEMENTS]
                    if not bodies:
                        return False
                    pending += bodies
        elif number == TRANSFER:
            if node.children[0].kind_id != THROW:
                return False
        elif number in STATEMENT_KINDS or number == g.DIRECTIVE:
            return False
    return True


class Conditional:
    """A ``#if`` in a body that is being read.

    ``outer``: the statements it is one of. ``clauses``: for each branch the condition (None for
    ``#else``), where the branch begins, and its statements.
    """

    __slots__ = ("clauses", "outer", "start")

    def __init__(self, start: int, outer: list[Statement]) -> None:
        self.start = start
        self.outer = outer
        self.clauses: list[tuple[Availability | None, int, list[Statement]]] = []

    def open(self, condition: Availability | None, start: int) -> list[Statement]:
        """Begins a branch; returns the list for its statements."""
        result: list[Statement] = []
        self.clauses.append((condition, start, result))
        return result

    def close(self, end: int) -> list[Statement]:
        """Adds the whole to the outer statements and returns these."""
        otherwise: Block | None = None
        for condition, start, inside in reversed(self.clauses):
            block = Block(start, max(start, inside[-1].end if inside else start), inside)
            if condition is None:
                otherwise = block
                continue
            statement = If(condition.start, end, [condition], block, otherwise)
            otherwise = Block(condition.start, end, [statement])
        if otherwise is not None:
            self.outer += otherwise.statements
        return self.outer


MOST_CLAUSES, MOST_NESTED = 40, 20
"""Branches of one ``#if``, and ``#if`` inside ``#if``, that are modelled; more are read as plain code."""


def statements(unit: Unit, nodes: Iterable[Node], depth: int) -> list[Statement]:
    """The statements that ``nodes``, the children of one node, stand for."""
    result: list[Statement] = []
    label = ""
    branches: list[Conditional] = []
    for node in nodes:
        number = node.kind_id
        handler = STATEMENT_KINDS.get(number)
        if handler is not None:
            handler(unit, node, depth, result)
        elif number == CALL and unit.text.startswith("defer", node.start_byte):
            deferred(unit, node, depth, result)
        elif number in SPECIAL:
            if number == g.DIRECTIVE:
                result = directive(unit, node, result, branches)
            elif number == LABEL:
                label = unit.source(node.start_byte, node.end_byte - 1)
            continue
        else:
            value = EXPRESSIONS[number](unit, node, depth + 1)
            result.append(Evaluate(node.start_byte, node.end_byte, value))
        if label and result:
            result[-1] = labelled(result[-1], label)
            label = ""
    while branches:
        unclosed = branches.pop()
        result = unclosed.close(result[-1].end if result else unclosed.clauses[-1][1])
    return result


SPECIAL = frozenset(
    (
        *(g.DIRECTIVE, LABEL, g.COMMENT, g.MULTILINE_COMMENT, g.QUESTION, g.DIAGNOSTIC),
        *(g.token(";"), g.kind("shebang_line")),
    )
)
"""What stands among statements and is none: directives, labels, and what does nothing."""


def labelled(statement: Statement, label: str) -> Statement:
    if isinstance(statement, Loop | Switch | Do):
        statement.label = label
        return statement
    return Do(statement.start, statement.end, Block(statement.start, statement.end, [statement]), label=label)


def deferred(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    """``defer { … }``, which the grammar reads as a call; any other call likewise."""
    callee, suffix = node.children[0], node.children[-1]
    parts = suffix.children
    if unit.text[callee.start_byte : callee.end_byte] == "defer" and parts and parts[0].kind_id == CLOSURE:
        body = next((child for child in parts[0].children if child.kind_id == g.STATEMENTS), None)
        block = block_in(unit, body, depth + 1, parts[0].start_byte, parts[0].end_byte)
        result.append(Defer(node.start_byte, node.end_byte, block))
    else:
        value = EXPRESSIONS[node.kind_id](unit, node, depth + 1)
        result.append(Evaluate(node.start_byte, node.end_byte, value))


def directive(unit: Unit, node: Node, result: list[Statement], open_: list[Conditional]) -> list[Statement]:
    """``#if``, ``#elseif``, ``#else``, ``#endif``. Returns the list that statements go to now."""
    start, end = node.start_byte, node.end_byte
    text = unit.source(start, end)
    if text.startswith("#if"):
        if len(open_) < MOST_NESTED:
            open_.append(Conditional(start, result))
            return open_[-1].open(availability(unit, node), end)
    elif open_:
        if text.startswith("#endif"):
            return open_.pop().close(end)
        if text.startswith("#else") and len(open_[-1].clauses) < MOST_CLAUSES:
            condition = availability(unit, node) if text.startswith("#elseif") else None
            return open_[-1].open(condition, end)
    return result


def availability(unit: Unit, node: Node) -> Availability:
    """The condition of ``#if`` or ``#elseif``."""
    start, end = node.children[0].end_byte, node.end_byte
    return Availability(start, end, unit.phrase(start, end))
