"""Literals and texts: numbers, strings, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backhaul.frontends.python.context import Context
from backhaul.frontends.python.lowering import expression, lower, lower_parts
from backhaul.model.code import Collection, Expression, Interpolation, Literal, Opaque

if TYPE_CHECKING:
    import libcst as cst


@expression("Integer")
def _integer(context: Context, node: cst.Integer, _depth: int) -> Expression:
    return Literal(*context.span(node), "int", node.value)


@expression("Float", "Imaginary")
def _float(context: Context, node: cst.Float, _depth: int) -> Expression:
    return Literal(*context.span(node), "float", node.value)


@expression("Ellipsis")
def _ellipsis(context: Context, node: cst.Ellipsis, _depth: int) -> Expression:
    return Opaque(*context.span(node), [])


@expression("SimpleString")
def _string(context: Context, node: cst.SimpleString, _depth: int) -> Expression:
    return Literal(*context.span(node), "string", content_of(node))


def content_of(node: cst.SimpleString) -> str:
    """What stands between the quotes, as written."""
    quote = len(node.quote)
    return node.value[len(node.prefix) + quote : len(node.value) - quote]


@expression("ConcatenatedString")
def _strings(context: Context, node: cst.ConcatenatedString, depth: int) -> Expression:
    """Adjacent strings are one."""
    start, end = context.span(node)
    parts: list[Expression] = []
    for part in (lower(context, node.left, depth), lower(context, node.right, depth)):
        parts += part.parts if isinstance(part, Interpolation) else [part]
    texts = [part.text for part in parts if isinstance(part, Literal)]
    if len(texts) == len(parts):
        return Literal(start, end, "string", "".join(texts))
    return Interpolation(start, end, parts)


@expression("FormattedString", "TemplatedString")
def _formatted(context: Context, node: Any, depth: int) -> Expression:
    return Interpolation(*context.span(node), lower_parts(context, node.parts, depth))


@expression("FormattedStringText", "TemplatedStringText")
def _text(context: Context, node: Any, _depth: int) -> Expression:
    return Literal(*context.span(node), "string", node.value)


@expression("List", "Set")
def _array(context: Context, node: Any, depth: int) -> Expression:
    return Collection(*context.span(node), "array", lower_parts(context, node.elements, depth))


@expression("Tuple")
def _tuple(context: Context, node: cst.Tuple, depth: int) -> Expression:
    return Collection(*context.span(node), "tuple", lower_parts(context, node.elements, depth))


@expression("Dict")
def _dictionary(context: Context, node: cst.Dict, depth: int) -> Expression:
    """Keys and values in turn; with ``**others`` among them they are no pairs any more."""
    start, end = context.span(node)
    items = lower_parts(context, node.elements, depth)
    if len(items) != 2 * len(node.elements):
        return Opaque(start, end, items)
    return Collection(start, end, "dictionary", items)
