"""Literals: strings, numbers, boxed values, collections, selectors."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.context import MAX_DEPTH, Context
from backhaul.frontends.objc.grammar import expression, kind, without_comments
from backhaul.frontends.objc.lowering import flatten, lower, lower_all, opaque
from backhaul.model.code import (
    Availability,
    Collection,
    Expression,
    Interpolation,
    Literal,
    Name,
    Opaque,
    SelectorName,
)

_CALL = kind("call_expression")
_CHARACTER = kind("char_literal")


@expression("array_literal", "initializer_list")
def _array(context: Context, node: Node, depth: int) -> Expression | None:
    if depth > MAX_DEPTH:
        return flatten(context, node)
    items = lower_all(context, node.named_children, depth + 1)
    return Collection(node.start_byte, node.end_byte, "array", items)


@expression("initializer_pair")
def _initializer_pair(context: Context, node: Node, depth: int) -> Expression | None:
    """``.field = value``: the value; which field it is for, the model does not say."""
    value = node.child_by_field_name("value")
    if depth > MAX_DEPTH or value is None:
        return opaque(context, node, depth)
    return lower(context, value, depth)


@expression("dictionary_literal")
def _dictionary(context: Context, node: Node, depth: int) -> Expression | None:
    if depth > MAX_DEPTH:
        return flatten(context, node)
    items: list[Expression] = []
    for pair in node.named_children:
        items.extend(lower_all(context, pair.named_children, depth + 1))
    return Collection(node.start_byte, node.end_byte, "dictionary", items)


@expression("at_expression")
def _boxed(context: Context, node: Node, depth: int) -> Expression | None:
    """``@YES``, ``@1``, ``@(x)`` are what they box; ``@protocol(P)`` names a protocol."""
    inner = without_comments(node.named_children)
    if depth > MAX_DEPTH or len(inner) != 1:
        return opaque(context, node, depth)
    value = inner[0]
    start, end = node.start_byte, node.end_byte
    if value.kind_id == _CALL and context.text[start:end].startswith(b"@protocol"):
        return Opaque(start, end, lower_all(context, value.named_children[-1].named_children, depth + 1))
    found = lower(context, value, depth + 1)
    if isinstance(found, Literal):
        return Literal(start, end, found.kind, found.text)
    return found


@expression("string_literal")
def _string(context: Context, node: Node, _depth: int) -> Expression | None:
    start, end = node.start_byte, node.end_byte
    raw = context.text[start:end]
    opening = raw.find(b'"') + 1
    if not opening:  # a macro that a rule has quoted
        name = context.word(start, end).lstrip("@")
        context.mentions.add(name)
        return Name(end - len(name), end, name)
    content = raw[opening : -1 if raw.endswith(b'"') and len(raw) > opening else None]
    return Literal(start, end, "string", content.decode("utf-8", "replace"))


@expression("concatenated_string")
def _strings(context: Context, node: Node, depth: int) -> Expression | None:
    """Adjacent strings are one; with a macro among them it is a string with unknown parts."""
    start, end = node.start_byte, node.end_byte
    parts = lower_all(context, node.named_children, depth + 1)
    texts = [part.text for part in parts if isinstance(part, Literal)]
    if len(texts) == len(parts):
        return Literal(start, end, "string", "".join(texts))
    return Interpolation(start, end, parts)


@expression("number_literal", "char_literal")
def _number(context: Context, node: Node, _depth: int) -> Expression | None:
    start, end = node.start_byte, node.end_byte
    word = context.word(start, end)
    if node.kind_id == _CHARACTER or word[:2] in ("0x", "0X", "0b", "0B"):
        return Literal(start, end, "int", word)
    is_float = "." in word or "e" in word or "E" in word or word[-1:] in ("f", "F")
    return Literal(start, end, "float" if is_float else "int", word)


@expression("selector_expression")
def _selector(context: Context, node: Node, _depth: int) -> Expression | None:
    start, end = node.start_byte, node.end_byte
    name = context.word(start, end).removeprefix("@selector").strip("() \t\r\n")
    context.mentions.add(name)
    return SelectorName(start, end, name)


@expression("available_expression")
def _available(context: Context, node: Node, _depth: int) -> Expression | None:
    start, end = node.start_byte, node.end_byte
    return Availability(start, end, context.word(start, end))


@expression("encode_expression")
def _encode(context: Context, node: Node, _depth: int) -> Expression | None:
    start, end = node.start_byte, node.end_byte
    return Literal(start, end, "string", context.word(start, end))
