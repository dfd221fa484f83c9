"""Patterns: what ``case``, ``for``, ``catch``, ``let (a, b)`` match and bind."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.chains import chain, too_deep
from backhaul.frontends.swift.unit import EXPRESSIONS, MAX_DEPTH, Unit, lowers
from backhaul.model.code import Argument, Call, Cast, Collection, Expression, Member, Name, Opaque, Unary
from backhaul.model.mentions import call_mention

PATTERN = g.kind("pattern")
SWITCH_PATTERN = g.kind("switch_pattern")
WILDCARD = g.kind("wildcard_pattern")
IS = g.token("is")
AS = g.token("as")
CASE = g.token("case")


@lowers(PATTERN, SWITCH_PATTERN)
def lone_pattern(unit: Unit, node: Node, depth: int) -> Expression:
    return pattern(unit, node.children, depth, [], False)


def bound_names(unit: Unit, node: Node, depth: int) -> tuple[Expression, list[str]]:
    """The pattern ``node`` of a construct that binds every name in it, and these names.

    Of a tuple of names they are as many as it has parts, ``_`` for one that is ignored.
    """
    names: list[str] = []
    matched = pattern(unit, node.children, depth, names, True)
    if isinstance(matched, Collection):
        parts = [item.name for item in matched.items if isinstance(item, Name)]
        if len(parts) == len(matched.items):
            return matched, parts
    return matched, names


def pattern(unit: Unit, nodes: Sequence[Node], depth: int, names: list[str], binding: bool) -> Expression:
    """The pattern that ``nodes`` spell, as the expression it looks like.

    ``.some(let x)`` is a call of an implicit member with the argument ``x``, ``let x as T`` a cast,
    ``x?`` the operator ``?``, ``_`` a name. The names it binds are added to ``names``.
    ``binding``: whether bare names are bound (after ``let`` or ``var``) or are values to compare.
    """
    place = nodes[0].start_byte if nodes else 0
    nodes = [node for node in nodes if node.kind_id not in g.EXTRAS and node.kind_id != CASE]
    if depth > MAX_DEPTH and nodes:
        return too_deep(unit, nodes[0])
    while nodes and nodes[0].kind_id == g.VALUE_BINDING:
        binding = True
        nodes = nodes[1:]
    if len(nodes) > 1 and nodes[-1].kind_id == g.QUESTION:
        inner = pattern(unit, nodes[:-1], depth + 1, names, binding)
        return Unary(inner.start, nodes[-1].end_byte, "?", inner)
    if not nodes:
        return Opaque(place, place, [])
    first = nodes[0]
    number = first.kind_id
    if len(nodes) == 1:
        return single(unit, first, depth, names, binding)
    if number == IS:
        subject = Name(first.start_byte, first.start_byte, "_")
        text = unit.phrase(nodes[1].start_byte, nodes[-1].end_byte)
        return Cast(first.start_byte, nodes[-1].end_byte, subject, text, "is")
    if nodes[1].kind_id == AS and len(nodes) > 2:
        value = single(unit, first, depth + 1, names, binding)
        text = unit.phrase(nodes[2].start_byte, nodes[-1].end_byte)
        return Cast(value.start, nodes[-1].end_byte, value, text, "as")
    if number == g.OPEN_PAREN:
        items = [item for _, item in tuple_items(unit, nodes, depth + 2, names, binding)]
        return Collection(first.start_byte, nodes[-1].end_byte, "tuple", items)
    if number == g.DOT or (number == g.USER_TYPE and nodes[1].kind_id == g.DOT):
        return enum_case(unit, nodes, depth, names, binding)
    parts = [
        pattern(unit, [node], depth + 2, names, binding)
        for node in nodes
        if node.is_named and node.kind_id != g.TYPE_ANNOTATION
    ]
    if len(parts) == 1:
        return parts[0]
    return Opaque(first.start_byte, nodes[-1].end_byte, parts)


def single(unit: Unit, node: Node, depth: int, names: list[str], binding: bool) -> Expression:
    number = node.kind_id
    if number == g.IDENTIFIER:
        word = unit.word(node)
        if binding:
            names.append(word)
        unit.mentions.add(word)
        return Name(node.start_byte, node.end_byte, word)
    if number in (PATTERN, SWITCH_PATTERN):
        return pattern(unit, node.children, depth, names, binding)
    if number == WILDCARD:
        return Name(node.start_byte, node.end_byte, "_")
    return EXPRESSIONS[number](unit, node, depth)


def enum_case(unit: Unit, nodes: Sequence[Node], depth: int, names: list[str], binding: bool) -> Expression:
    """``.name``, ``Type.name``, ``.name(label: pattern)``."""
    start, end = nodes[0].start_byte, nodes[-1].end_byte
    receiver: Expression | None = None
    if nodes[0].kind_id == g.USER_TYPE:
        receiver = chain(unit, nodes[0], (), depth + 1)
        nodes = nodes[1:]
    if len(nodes) < 2:
        return receiver or Opaque(start, end, [])
    name = nodes[1]
    word = unit.word(name)
    unit.mentions.add(word)
    if len(nodes) == 2:
        return Member(start, end, receiver, word)
    given = [
        Argument(value.start, value.end, label, value)
        for label, value in tuple_items(unit, nodes[2:], depth + 2, names, binding)
    ]
    unit.mentions.add(call_mention(word, given))
    return Call(start, end, receiver, word, given, name.start_byte, name.end_byte, implicit=receiver is None)


def tuple_items(
    unit: Unit, nodes: Sequence[Node], depth: int, names: list[str], binding: bool
) -> list[tuple[str | None, Expression]]:
    """The patterns between parentheses, each with its label."""
    result: list[tuple[str | None, Expression]] = []
    label: str | None = None
    for position, node in enumerate(nodes):
        if not node.is_named:
            continue
        if position + 1 < len(nodes) and nodes[position + 1].kind_id == g.COLON:
            label = unit.word(node)
            continue
        result.append((label, single(unit, node, depth, names, binding)))
        label = None
    return result
