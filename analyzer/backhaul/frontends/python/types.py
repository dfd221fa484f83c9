"""Classes: what they inherit from, their members, their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from backhaul.frontends.python.bridges import FIELD_MAKERS
from backhaul.frontends.python.calls import called_word
from backhaul.frontends.python.context import Context, Scope
from backhaul.frontends.python.expressions import dotted_name, is_framework_module, type_text
from backhaul.frontends.python.functions import decorators_of, finish, read_function
from backhaul.frontends.python.literals import content_of
from backhaul.frontends.python.lowering import lower
from backhaul.model.code import Block, Return
from backhaul.model.declarations import Function, Property, TypeDeclaration

if TYPE_CHECKING:
    import libcst as cst

_BLOCKS = ("If", "Else", "Try", "TryStar", "ExceptHandler", "Finally", "With")


def read_type(context: Context, node: cst.ClassDef, outer: str) -> None:
    """Adds a class, its members and the classes in it to what the file declares."""
    name = f"{outer}.{node.name.value}" if outer else node.name.value
    start, end = context.span(node)
    first, last = context.span(node.name)
    context.found.types.append(
        TypeDeclaration(
            name,
            "class",
            _inherited(context, node),
            start,
            end,
            first,
            last,
            attributes=[f"@{each}" for each in decorators_of(node) if each],
        )
    )
    scope = context.scope
    context.scope = Scope(scope)
    for member in members_of(node.body.body):
        kind = type(member).__name__
        if kind == "FunctionDef":
            read_function(context, member, name)
        elif kind == "ClassDef":
            read_type(context, member, name)
        elif kind in ("Assign", "AnnAssign"):
            _read_fields(context, member, name)
    context.scope = scope


def members_of(nodes: Iterable[cst.CSTNode]) -> Iterable[Any]:
    """The statements among ``nodes``, those in branches too: each may declare something."""
    for node in nodes:
        kind = type(node).__name__
        if kind == "SimpleStatementLine":
            yield from node.children
        elif kind in _BLOCKS:
            branch: Any = node
            yield from members_of(branch.body.body)
            others = [getattr(branch, name, None) for name in ("orelse", "finalbody")]
            yield from members_of([*getattr(branch, "handlers", ()), *filter(None, others)])
        else:
            yield node


def _inherited(context: Context, node: cst.ClassDef) -> list[str]:
    """Superclasses, and the protocols that are named as such."""
    found = [word for base in node.bases if (word := _class_named(context, base.value))]
    for keyword in node.keywords:
        if keyword.keyword is not None and keyword.keyword.value == "protocols":
            elements = getattr(keyword.value, "elements", ())
            found += [word for each in elements if (word := _protocol(each.value))]
    return [word for word in found if word != "object"]


def _class_named(context: Context, node: cst.CSTNode) -> str:
    """A superclass; one of Python's own by its full name, so that no class of a framework is meant."""
    if is_framework_module(context, getattr(node, "value", node)):
        return dotted_name(node).rpartition(".")[2]
    first, _, rest = dotted_name(node).partition(".")
    origin = context.origins.get(first)
    if origin:
        return f"{origin}.{rest}" if rest else origin
    return f"{first}.{rest}" if rest else context.scope.meaning(first)


def _protocol(node: Any) -> str:
    """``objc.protocolNamed("P")``, ``ObjCProtocol("P")``, or the name of a variable that holds one."""
    if type(node).__name__ == "Call" and len(node.args) == 1:
        given = node.args[0].value
        return content_of(given) if type(given).__name__ == "SimpleString" else ""
    return dotted_name(node).rpartition(".")[2]


def _read_fields(context: Context, node: Any, owner: str) -> None:
    """``name = value`` in a class: a value that all objects share, unless it declares a field."""
    targets = [each.target for each in node.targets] if type(node).__name__ == "Assign" else [node.target]
    written = type_text(node.annotation.annotation) if type(node).__name__ == "AnnAssign" else ""
    is_field = type(node.value).__name__ == "Call" and called_word(context, node.value) in FIELD_MAKERS
    is_field = is_field or node.value is None
    for target in targets:
        if type(target).__name__ == "Name":
            context.fields.add((owner, target.value))
            _add_property(context, target, node, owner, written, is_static=not is_field)
            if not is_field:
                read_value(context, target, node, owner)


def _add_property(
    context: Context, target: cst.Name, node: cst.CSTNode, owner: str, written: str, *, is_static: bool
) -> None:
    start, end = context.span(node)
    first, last = context.span(target)
    context.found.properties.append(
        Property(target.value, owner, written, start, end, first, last, is_static=is_static)
    )


def read_value(context: Context, target: cst.Name, node: Any, owner: str) -> None:
    """The initial value of a field or global variable."""
    start, end = context.span(node)
    first, last = context.span(target)
    function = Function(target.value, "value", owner, [], "", start, end, first, last, is_static=bool(owner))
    before = context.mentions, context.is_damaged, context.owner
    context.mentions, context.is_damaged, context.owner = set(), False, owner
    value = lower(context, node.value, 0)
    block = Block(value.start, value.end, [Return(value.start, value.end, value)])
    finish(context, function, block)
    context.found.functions.append(function)
    context.mentions, context.is_damaged, context.owner = before


def add_global(context: Context, target: cst.Name, node: cst.CSTNode, written: str) -> None:
    """A global variable, first assigned by ``node``."""
    _add_property(context, target, node, "", written, is_static=False)
