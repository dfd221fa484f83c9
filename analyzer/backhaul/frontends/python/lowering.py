"""The common steps of lowering: one expression, a block, a condition, and what is nested too deeply.

Handlers are found by the name of a node's class: the library is imported only where text is parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from backhaul.frontends.python.context import MAX_DEPTH, Context
from backhaul.model.code import Binary, Block, Call, Evaluate, Expression, Name, Opaque, Statement, Unary

if TYPE_CHECKING:
    import libcst as cst

ExpressionHandler: TypeAlias = Callable[[Context, Any, int], Expression]
"""(context, node, depth of the model above it) → the expression."""

StatementHandler: TypeAlias = Callable[[Context, Any, int, list[Statement]], None]
"""(context, node, depth, statements so far): appends what the node is to the statements."""

EXPRESSIONS: dict[str, ExpressionHandler] = {}
STATEMENTS: dict[str, StatementHandler] = {}


def expression(*kinds: str) -> Callable[[ExpressionHandler], ExpressionHandler]:
    """Registers the decorated function for expressions of ``kinds``."""

    def register(handler: ExpressionHandler) -> ExpressionHandler:
        EXPRESSIONS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


def statement(*kinds: str) -> Callable[[StatementHandler], StatementHandler]:
    """Registers the decorated function for statements of ``kinds``."""

    def register(handler: StatementHandler) -> StatementHandler:
        STATEMENTS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


def lower(context: Context, node: cst.CSTNode, depth: int) -> Expression:
    """The expression ``node``; what has no model of its own is ``Opaque`` with its parts."""
    if depth > MAX_DEPTH:
        return flatten(context, node)
    handler = EXPRESSIONS.get(type(node).__name__)
    return opaque(context, node, depth) if handler is None else handler(context, node, depth + 1)


def opaque(context: Context, node: cst.CSTNode, depth: int) -> Opaque:
    """Any other expression: its parts are kept."""
    start, end = context.span(node)
    return Opaque(start, end, lower_parts(context, node.children, depth + 1))


def lower_parts(context: Context, nodes: Iterable[cst.CSTNode], depth: int) -> list[Expression]:
    """The expressions among ``nodes`` and in what is no expression itself (elements, slices)."""
    found: list[Expression] = []
    for node in nodes:
        if type(node).__name__ in EXPRESSIONS:
            found.append(lower(context, node, depth))
        elif node.children and depth <= MAX_DEPTH:
            found += lower_parts(context, node.children, depth + 1)
    return found


def lower_condition(context: Context, node: cst.CSTNode, depth: int) -> Expression:
    """``node`` where only its truth counts: ``and`` and ``or`` give no value there."""
    kind = type(node).__name__
    if depth > MAX_DEPTH:
        return flatten(context, node)
    start, end = context.span(node)
    if kind == "BooleanOperation":
        operation: Any = node
        operator = "&&" if type(operation.operator).__name__ == "And" else "||"
        left = lower_condition(context, operation.left, depth + 1)
        return Binary(start, end, operator, left, lower_condition(context, operation.right, depth + 1))
    if kind == "UnaryOperation":
        operation = node
        if type(operation.operator).__name__ == "Not":
            return Unary(start, end, "!", lower_condition(context, operation.expression, depth + 1))
    return lower(context, node, depth)


def lower_block(context: Context, node: cst.BaseSuite, depth: int) -> Block:
    """The statements of an indented block, or of the line after a colon."""
    found: list[Statement] = []
    lower_statements(context, node.body, depth, found)
    start, end = context.span(node)
    return Block(start, end, found)


def lower_statements(
    context: Context, nodes: Iterable[cst.CSTNode], depth: int, out: list[Statement]
) -> None:
    """Appends what ``nodes`` are to ``out``; a line may hold several statements."""
    for node in nodes:
        if type(node).__name__ == "SimpleStatementLine":
            lower_statements(context, node.children, depth, out)
            continue
        handler = STATEMENTS.get(type(node).__name__)
        if handler is None:
            continue
        if depth > MAX_DEPTH:
            start, end = context.span(node)
            out.append(Evaluate(start, end, flatten(context, node)))
        else:
            handler(context, node, depth + 1, out)


def flatten(context: Context, node: cst.CSTNode) -> Opaque:
    """Every call of a bare name (without its arguments) and every name below ``node``, in order.

    The function is marked as damaged: its structure is not there.
    """
    context.is_damaged = True
    found: list[Expression] = []
    pending: list[Any] = [node]
    while pending:
        part = pending.pop()
        kind = type(part).__name__
        if kind == "Name":
            found.append(name_of(context, part))
            continue
        if kind == "Call" and type(part.func).__name__ == "Name":
            start, end = context.span(part)
            name = name_of(context, part.func)
            found.append(Call(start, end, None, name.name, [], name.start, name.end))
        pending.extend(reversed(part.children))
    start, end = context.span(node)
    return Opaque(start, end, found)


def name_of(context: Context, node: cst.Name) -> Name:
    """A name, by what it stands for."""
    start, end = context.span(node)
    word = context.scope.meaning(node.value)
    context.mentions.add(word)
    return Name(start, end, word)
