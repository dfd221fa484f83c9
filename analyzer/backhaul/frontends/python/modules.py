"""A whole file, or a piece of it: imports and names first, then classes, functions, top-level code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from backhaul.frontends.python import calls, control, expressions, literals, statements
from backhaul.frontends.python.bridges import PLAIN_METHOD
from backhaul.frontends.python.calls import class_looked_up
from backhaul.frontends.python.context import Context
from backhaul.frontends.python.expressions import names_in_target, type_text
from backhaul.frontends.python.functions import decorators_of, finish, read_function, signature_of
from backhaul.frontends.python.imports import read_import
from backhaul.frontends.python.lowering import lower_statements
from backhaul.frontends.python.types import add_global, members_of, read_type, read_value
from backhaul.model.code import Block, Statement
from backhaul.model.declarations import Function

if TYPE_CHECKING:
    import libcst as cst

# Each of these modules has put its handlers into the tables when it was imported.
HANDLERS = (calls, control, expressions, literals, statements)


def note_names(context: Context, nodes: Sequence[cst.CSTNode]) -> None:
    """What the top-level statements ``nodes`` make known to all code of the file, wherever it stands."""
    for node in members_of(nodes):
        kind = type(node).__name__
        if kind in ("Import", "ImportFrom"):
            read_import(context, node)
        elif kind == "FunctionDef":
            _note_function(context, node, has_self=False)
        elif kind == "ClassDef":
            _note_members(context, node)
        elif kind == "Assign" and len(node.targets) == 1:
            target, looked_up = node.targets[0].target, class_looked_up(context, node.value)
            if looked_up and type(target).__name__ == "Name":
                context.module.aliases[target.value] = looked_up


def _note_members(context: Context, node: Any) -> None:
    for member in members_of(node.body.body):
        if type(member).__name__ == "FunctionDef":
            decorators = decorators_of(member)
            if not PLAIN_METHOD.isdisjoint(decorators):
                context.plain.add(member.name.value)
            _note_function(context, member, has_self="staticmethod" not in decorators)
        elif type(member).__name__ == "ClassDef":
            _note_members(context, member)


def _note_function(context: Context, node: Any, *, has_self: bool) -> None:
    name = node.name.value
    signature = signature_of(node, has_self=has_self)
    known = context.signatures.get(name, signature)
    context.signatures[name] = signature if known == signature else None


def read_module(context: Context, nodes: Sequence[cst.CSTNode]) -> None:
    """Adds what the top-level statements ``nodes`` declare and do."""
    bound = Counter(name for node in members_of(nodes) for name in _names_bound(node))
    rest: list[cst.CSTNode] = []
    for node in nodes:
        if not _read_declaration(context, node, bound):
            rest.append(node)
    _read_script(context, rest)


def _names_bound(node: Any) -> Iterator[str]:
    """The variables that a top-level statement gives a value."""
    kind = type(node).__name__
    if kind == "Assign":
        for each in node.targets:
            yield from names_in_target(each.target)
    elif kind in ("AnnAssign", "AugAssign", "For"):
        yield from names_in_target(node.target)


def _read_declaration(context: Context, node: Any, bound: Counter[str]) -> bool:
    """Reads a statement that declares something and does nothing else; whether it is one."""
    kind = type(node).__name__
    if kind == "FunctionDef":
        read_function(context, node, "")
        return True
    if kind == "ClassDef":
        read_type(context, node, "")
        return True
    if kind != "SimpleStatementLine" or len(node.body) != 1:
        return False
    line = node.body[0]
    if type(line).__name__ == "Assign" and len(line.targets) == 1:
        target, written = line.targets[0].target, ""
    elif type(line).__name__ == "AnnAssign" and line.value is not None:
        target, written = line.target, type_text(line.annotation.annotation)
    else:
        return False
    if type(target).__name__ != "Name" or bound[target.value] != 1:
        return False
    if context.module.aliases.get(target.value) != target.value:
        add_global(context, target, line, written)
        context.fields.add(("", target.value))
        read_value(context, target, line, "")
    return True


def _read_script(context: Context, nodes: list[cst.CSTNode]) -> None:
    """Everything else at the top level, as one body; functions in branches stand for themselves."""
    if not nodes:
        return
    for node in members_of(nodes):
        for each in _targets_of(node):
            if ("", each.value) not in context.fields:
                context.fields.add(("", each.value))
                add_global(context, each, node, "")
    found: list[Statement] = []
    context.mentions, context.is_damaged = set(), False
    lower_statements(context, nodes, 0, found)
    if found:
        start, end = found[0].start, found[-1].end
        function = Function("", "script", "", [], "", start, end, start, start)
        finish(context, function, Block(start, end, found))
        context.found.functions.append(function)


def _targets_of(node: Any) -> Iterator[Any]:
    kind = type(node).__name__
    if kind not in ("Assign", "AnnAssign"):
        return
    pending = [each.target for each in node.targets] if kind == "Assign" else [node.target]
    while pending:
        part = pending.pop(0)
        if type(part).__name__ in ("Tuple", "List"):
            pending += [element.value for element in part.elements]
        elif type(part).__name__ == "Name":
            yield part
