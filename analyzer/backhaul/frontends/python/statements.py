"""Simple statements: assignments, imports, what leaves a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backhaul.frontends.python.calls import class_looked_up
from backhaul.frontends.python.context import Context
from backhaul.frontends.python.expressions import names_in_target, type_text
from backhaul.frontends.python.imports import read_import
from backhaul.frontends.python.lowering import lower, lower_condition, lower_parts, opaque, statement
from backhaul.frontends.python.variables import assigned_parts
from backhaul.model.code import (
    Assign,
    Block,
    Break,
    Collection,
    Continue,
    Destructure,
    Evaluate,
    Expression,
    Guard,
    Member,
    Name,
    Opaque,
    Return,
    Statement,
    Throw,
)
from backhaul.model.declarations import Property

if TYPE_CHECKING:
    import libcst as cst

_STRINGS = ("SimpleString", "ConcatenatedString", "FormattedString")


@statement("Expr")
def _expression(context: Context, node: cst.Expr, depth: int, out: list[Statement]) -> None:
    """An expression; a text alone is documentation."""
    if type(node.value).__name__ in (*_STRINGS, "Ellipsis"):
        return
    value = lower(context, node.value, depth)
    out.append(Evaluate(*context.span(node), value))


@statement("Assign")
def _assign(context: Context, node: cst.Assign, depth: int, out: list[Statement]) -> None:
    start, end = context.span(node)
    targets: list[Any] = [each.target for each in node.targets]
    looked_up = class_looked_up(context, node.value)
    alias = targets[0].value if len(targets) == 1 and type(targets[0]).__name__ == "Name" else ""
    if looked_up and alias == looked_up:
        context.scope.aliases[alias] = looked_up
        return
    value = lower(context, node.value, depth)
    for target in targets[1:]:
        value = _chained(context, target, value, depth)
    _store(context, targets[0], value, (start, end), depth, out)
    if looked_up and alias:
        context.scope.aliases[alias] = looked_up


def _chained(context: Context, target: Any, value: Expression, depth: int) -> Expression:
    """``a = b = value``: the inner assignment is the value of the outer one."""
    if type(target).__name__ in ("Name", "Attribute", "Subscript"):
        place = _target(context, target, depth)
        return Assign(place.start, value.end, place, "=", value)
    return Opaque(value.start, value.end, [value, *lower_parts(context, [target], depth)])


@statement("AnnAssign")
def _annotated(context: Context, node: cst.AnnAssign, depth: int, out: list[Statement]) -> None:
    written = type_text(node.annotation.annotation)
    if type(node.target).__name__ == "Name":
        context.scope.types[node.target.value] = written  # type: ignore[attr-defined]
    if node.value is None:
        return
    value = lower(context, node.value, depth)
    _store(context, node.target, value, context.span(node), depth, out, written)


@statement("AugAssign")
def _augmented(context: Context, node: cst.AugAssign, depth: int, out: list[Statement]) -> None:
    start, end = context.span(node)
    kind = type(node.operator).__name__.removesuffix("Assign")
    operator = _COMPOUND.get(kind, "?=")
    value = lower(context, node.value, depth)
    target = _target(context, node.target, depth)
    out.append(Evaluate(start, end, Assign(start, end, target, operator, value)))


_COMPOUND = {
    "Add": "+=",
    "Subtract": "-=",
    "Multiply": "*=",
    "MatrixMultiply": "@=",
    "Divide": "/=",
    "FloorDivide": "//=",
    "Modulo": "%=",
    "Power": "**=",
    "LeftShift": "<<=",
    "RightShift": ">>=",
    "BitAnd": "&=",
    "BitOr": "|=",
    "BitXor": "^=",
}


def _target(context: Context, node: Any, depth: int, written: str = "") -> Expression:
    """What is assigned to; it becomes a variable of the scope, or a field of the object."""
    if type(node).__name__ == "Name":
        context.scope.bind(node.value)
    place = lower(context, node, depth)
    is_own = isinstance(place, Member) and isinstance(place.base, Name) and place.base.name == "self"
    if is_own and isinstance(place, Member):
        _note_field(context, place, written)
    return place


def _note_field(context: Context, place: Member, written: str) -> None:
    key = (context.owner, place.name)
    if not context.owner or key in context.fields:
        return
    context.fields.add(key)
    first = place.end - len(place.name.encode())
    context.found.properties.append(
        Property(place.name, context.owner, written, place.start, place.end, first, place.end)
    )


def _store(
    context: Context,
    target: Any,
    value: Expression,
    place: tuple[int, int],
    depth: int,
    out: list[Statement],
    written: str = "",
) -> None:
    """Assigns ``value`` to ``target``, part by part where it is a tuple."""
    start, end = place
    if type(target).__name__ not in ("Tuple", "List"):
        assign = Assign(start, end, _target(context, target, depth, written), "=", value)
        out.append(Evaluate(start, end, assign))
        return
    store_parts(context, target, value, place, depth, out)


def store_parts(
    context: Context, target: Any, value: Expression, place: tuple[int, int], depth: int, out: list[Statement]
) -> None:
    """``a, b.c = value``: the names among the parts are declared, the others get what is unknown."""
    start, end = place
    elements = [element.value for element in target.elements]
    if isinstance(value, Collection) and len(value.items) == len(elements) and _is_plain(elements, value):
        for element, item in zip(elements, value.items, strict=True):
            _store(context, element, item, (context.span(element)[0], item.end), depth, out)
        return
    names = [each.value if type(each).__name__ == "Name" else "_" for each in elements]
    fresh = not context.scope.is_module and not any(
        name in context.scope.bound or name in context.scope.outside for name in names
    )
    for name in names:
        if name != "_":
            context.scope.bind(name)
    parts = Destructure(start, end, names, value)
    out.extend([parts] if fresh else assigned_parts(parts))
    for element in elements:
        if type(element).__name__ != "Name":
            _store(context, element, Opaque(end, end, []), context.span(element), depth, out)


def _is_plain(elements: list[Any], value: Collection) -> bool:
    """``a, b = 1, 2`` rather than ``a, b = b, a``: no value reads what is assigned before."""
    names = {name for element in elements for name in names_in_target(element)}
    known = all(type(each).__name__ in ("Name", "Attribute") for each in elements)
    return known and not any(isinstance(item, Name) and item.name in names for item in value.items)


@statement("Del")
def _delete(context: Context, node: cst.Del, depth: int, out: list[Statement]) -> None:
    out.append(Evaluate(*context.span(node), opaque(context, node, depth)))


@statement("Return")
def _return(context: Context, node: cst.Return, depth: int, out: list[Statement]) -> None:
    value = None if node.value is None else lower(context, node.value, depth)
    out.append(Return(*context.span(node), value))


@statement("Raise")
def _raise(context: Context, node: cst.Raise, depth: int, out: list[Statement]) -> None:
    value = None if node.exc is None else lower(context, node.exc, depth)
    out.append(Throw(*context.span(node), value))


@statement("Assert")
def _assert(context: Context, node: cst.Assert, depth: int, out: list[Statement]) -> None:
    start, end = context.span(node)
    condition = lower_condition(context, node.test, depth)
    said = None if node.msg is None else lower(context, node.msg, depth)
    out.append(Guard(start, end, [condition], Block(end, end, [Throw(end, end, said)])))


@statement("Break")
def _break(context: Context, node: cst.Break, _depth: int, out: list[Statement]) -> None:
    out.append(Break(*context.span(node), _loop_left(context)))


@statement("Continue")
def _continue(context: Context, node: cst.Continue, _depth: int, out: list[Statement]) -> None:
    out.append(Continue(*context.span(node)))


def _loop_left(context: Context) -> str:
    """The label that ``break`` needs inside a ``match``, which it does not leave."""
    if not context.loops or context.loops[-1].label:
        return ""
    loop = next((each for each in reversed(context.loops) if each.label), None)
    if loop is None:
        return ""
    loop.is_named = True
    return loop.label


@statement("Global", "Nonlocal")
def _outside(context: Context, node: Any, _depth: int, _out: list[Statement]) -> None:
    context.scope.outside.update(item.name.value for item in node.names)


@statement("Import", "ImportFrom")
def _import(context: Context, node: Any, _depth: int, _out: list[Statement]) -> None:
    read_import(context, node)
