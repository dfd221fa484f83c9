"""The common steps of lowering: one expression, several, a block, and what is nested too deeply."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.context import MAX_DEPTH, Context
from backhaul.frontends.objc.grammar import (
    COMPOUND,
    EXPRESSIONS,
    IDENTIFIER,
    PARENTHESIZED,
    STATEMENTS,
    field,
    kind,
    kinds,
    without_comments,
)
from backhaul.model.code import Block, Call, Evaluate, Expression, Opaque, Statement
from backhaul.model.mentions import call_mention

_MESSAGE = kind("message_expression")
_CALL = kind("call_expression")
_FUNCTION = field("function")
_LEAVES = kinds(
    "identifier",
    "field_identifier",
    "number_literal",
    "char_literal",
    "string_literal",
    "selector_expression",
    "true",
    "false",
    "null",
)


def lower(context: Context, node: Node, depth: int) -> Expression:
    """The expression ``node``; what has no model of its own is ``Opaque`` with its parts."""
    found = EXPRESSIONS[node.kind_id](context, node, depth)
    return Opaque(node.start_byte, node.end_byte, []) if found is None else found


def lower_all(context: Context, nodes: list[Node], depth: int) -> list[Expression]:
    """The expressions among ``nodes``, in order."""
    found: list[Expression] = []
    for node in nodes:
        value = EXPRESSIONS[node.kind_id](context, node, depth)
        if value is not None:
            found.append(value)
    return found


def opaque(context: Context, node: Node, depth: int) -> Expression | None:
    """Any other expression: its parts are kept."""
    if depth > MAX_DEPTH:
        return flatten(context, node)
    return Opaque(node.start_byte, node.end_byte, lower_all(context, node.named_children, depth + 1))


def lower_block(context: Context, node: Node, depth: int) -> Block:
    """The block of the statement ``node``: its content if it is one in braces, else it alone."""
    start, end = node.start_byte, node.end_byte
    found: list[Statement] = []
    if depth > MAX_DEPTH:
        found.append(Evaluate(start, end, flatten(context, node)))
    elif node.kind_id == COMPOUND:
        for child in node.named_children:
            STATEMENTS[child.kind_id](context, child, depth, found)
    else:
        STATEMENTS[node.kind_id](context, node, depth, found)
    return Block(start, end, found)


def expression_statement(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    """Any kind without a handler of its own: an expression where a statement is due."""
    value = lower(context, node, depth)
    if not isinstance(value, Opaque) or value.children:
        out.append(Evaluate(node.start_byte, node.end_byte, value))


def lower_body(context: Context, body: Node | None, node: Node, depth: int) -> Block:
    """The block of ``body``, a part of ``node``; an empty one where the part is missing."""
    if body is None:
        return Block(node.end_byte, node.end_byte, [])
    return lower_block(context, body, depth + 1)


def parts_statement(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    """What stands for its parts, an error among them: those that are sound."""
    if depth > MAX_DEPTH:
        out.append(Evaluate(node.start_byte, node.end_byte, flatten(context, node)))
        return
    for child in node.named_children:
        STATEMENTS[child.kind_id](context, child, depth + 1, out)


def unwrap(node: Node) -> Node:
    """``node`` without the parentheses around it."""
    while node.kind_id == PARENTHESIZED:
        inner = node.named_children
        if len(inner) != 1:
            inner = without_comments(inner)
            if len(inner) != 1:
                return node
        node = inner[0]
    return node


def two_parts(node: Node) -> list[Node] | None:
    """The two named children of ``node``, comments aside; None where there are not two."""
    parts = node.named_children
    if len(parts) != 2:
        parts = without_comments(parts)
    return parts if len(parts) == 2 else None


def flatten(context: Context, node: Node) -> Opaque:
    """Every call (without its arguments) and every name below ``node``, in the order of the text.

    The function is marked as damaged: its structure is not there.
    """
    context.is_damaged = True
    found: list[Expression] = []
    pending = [node]
    while pending:
        part = pending.pop()
        number = part.kind_id
        if number in _LEAVES:
            leaf = EXPRESSIONS[number](context, part, 0)
            if leaf is not None:
                found.append(leaf)
            continue
        if number == _MESSAGE:
            found.append(_message(context, part))
        elif number == _CALL:
            name = part.child_by_field_id(_FUNCTION)
            if name is not None and name.kind_id == IDENTIFIER:
                found.append(_bare_call(context, part, name, None))
        pending.extend(reversed(part.named_children))
    return Opaque(node.start_byte, node.end_byte, found)


def _message(context: Context, node: Node) -> Expression:
    names = node.children_by_field_name("method")
    if not names:
        return Opaque(node.start_byte, node.end_byte, [])
    return _bare_call(context, node, names[0], Opaque(node.start_byte, node.start_byte, []))


def _bare_call(context: Context, node: Node, name: Node, receiver: Expression | None) -> Call:
    start, end = name.start_byte, name.end_byte
    word = context.word(start, end)
    context.mentions.update((word, call_mention(word, [])))
    return Call(node.start_byte, node.end_byte, receiver, word, [], start, end)
