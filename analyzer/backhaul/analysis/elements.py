"""The nominal type of what a collection holds, by its declaration or the literal it is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.program import Program, field_names, type_name
from backhaul.analysis.variables import Unit, Variable
from backhaul.model.code import Closure, Collection, Expression, Member, Name

if TYPE_CHECKING:
    from backhaul.analysis.operations import Operations
    from backhaul.analysis.types import Types

_SUGAR = re.compile(r"\[(?:[^\[\]()]*:)?([^\[\]():]*)\]")
_GENERIC = re.compile(r"\w+\s*<(?:[^<>]*,)?([^<>,]*)>")
_CLOSURES = "collection.closure"


def type_of_element(collection: Expression, body: Body, types: Types, depth: int) -> str:
    """The type of the elements (of a dictionary: the values); "" where it is not known or not one."""
    if isinstance(collection, Collection):
        if collection.kind != "array" or not collection.items:
            return ""
        found = {types.of(item, body, depth + 1) for item in collection.items}
        return found.pop() if len(found) == 1 else ""
    if isinstance(collection, Name):
        variable = body.variable(collection)
        if variable is not None:
            return _in_variable(variable, body, types, depth)
        return _in_property(body.symbol.owner, collection.name, types, depth) if body.symbol.owner else ""
    if isinstance(collection, Member) and collection.base is not None:
        owner = types.named_by(collection.base, body) or types.of(collection.base, body, depth + 1)
        return _in_property(owner, collection.name, types, depth) if owner else ""
    return ""


def type_given_to_closure(
    unit: Unit, position: int, body: Body, types: Types, operations: Operations, depth: int
) -> str:
    """The type of a closure's parameter, where the closure is run for each element."""
    closure = unit.node
    if position != 0 or not isinstance(closure, Closure):
        return ""
    call = taker(closure, body)
    if call is None or call.receiver is None:
        return ""
    if not any(use.operation.is_named(_CLOSURES) for use in operations.of_call(call, body, depth + 1)):
        return ""
    return type_of_element(call.receiver, body, types, depth + 1)


def _in_variable(variable: Variable, body: Body, types: Types, depth: int) -> str:
    if variable.type:
        return _declared(variable.type, types.program)
    values = [d for d in variable.definitions if d.expression is not None]
    if len(values) != 1 or values[0].form != "value" or values[0].expression is None:
        return ""
    return type_of_element(values[0].expression, body, types, depth + 1)


def _in_property(owner: str, name: str, types: Types, depth: int) -> str:
    for spelled in field_names(name):
        found = types.program.property(owner, spelled)
        if found is None:
            continue
        if found[0].type:
            return _declared(found[0].type, types.program)
        for symbol in types.program.functions_named.get(spelled, ()):
            if symbol.owner == found[0].owner and symbol.function.kind == "value" and symbol.body is not None:
                for returned in symbol.body.unit.returns:
                    if returned.value is not None:
                        return type_of_element(returned.value, symbol.body, types, depth + 1)
    return ""


def _declared(text: str, program: Program) -> str:
    """What a collection of the declared type ``text`` holds: ``[String: Foo]``, ``Set<Foo>``."""
    text = text.strip().rstrip("?!* ")
    found = _SUGAR.fullmatch(text)
    if found is None:
        found = _GENERIC.fullmatch(text) if program.find_type(type_name(text)) is None else None
    return type_name(found.group(1)) if found is not None else ""
