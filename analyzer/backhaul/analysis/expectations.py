"""The nominal type that a place of the code expects of the value written there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.program import type_name
from backhaul.model.code import (
    Argument,
    Assign,
    Await,
    Binary,
    Call,
    Cast,
    Conditional,
    Expression,
    Local,
    Node,
    Return,
    Try,
    Unary,
)

if TYPE_CHECKING:
    from backhaul.analysis.resolution import Resolver


def expected_type(value: Expression, body: Body, resolver: Resolver, depth: int) -> str:
    """The type that ``value`` is written for, canonical; "" where the program does not say.

    That is the declared type of the variable, field or parameter it is given to, or of the result of
    the function that returns it.
    """
    inner: Node = value
    for outer in body.takers(value):
        if isinstance(outer, Argument):
            continue
        if not _passes_on(outer, inner):
            return resolver.types.canonical(_expected_by(outer, inner, body, resolver, depth))
        inner = outer
    return ""


def _passes_on(outer: Node, inner: Node) -> bool:
    """Whether the value of ``inner`` is the value of ``outer``."""
    if isinstance(outer, Conditional):
        return outer.condition is not inner
    if isinstance(outer, Binary):
        return outer.operator == "??"
    return isinstance(outer, (Await, Try)) or (isinstance(outer, Unary) and outer.operator == "unwrap")


def _expected_by(outer: Node, inner: Node, body: Body, resolver: Resolver, depth: int) -> str:
    if isinstance(outer, (Local, Cast)):
        return type_name(outer.type)
    if isinstance(outer, Assign):
        return resolver.types.of(outer.target, body, depth + 1)
    if isinstance(outer, Return):
        return _of_result(body, resolver) if body.unit_at(outer) is body.unit else ""
    if isinstance(outer, Call):
        return _of_parameter(outer, inner, body, resolver, depth)
    return ""


def _of_result(body: Body, resolver: Resolver) -> str:
    symbol = body.symbol
    declared = symbol.function.result
    if not declared and symbol.function.kind in ("value", "getter"):
        found = resolver.program.property(symbol.owner, symbol.name) if symbol.owner else None
        stands_for = [found[0]] if found is not None else []
        stands_for += [each for each, _ in resolver.program.globals.get(symbol.name, ()) if not symbol.owner]
        declared = next((each.type for each in stands_for if each.type), "")
    return type_name(declared)


def _of_parameter(call: Call, value: Node, body: Body, resolver: Resolver, depth: int) -> str:
    """The one type that all functions which ``call`` may run declare for their parameter."""
    closure = body.variable_called(call)
    if closure is not None:
        given = [argument.value for argument in call.arguments]
        number = next((n for n, argument in enumerate(given) if argument is value), -1)
        types = _parameters_of_closure(closure.type)
        return type_name(types[number]) if 0 <= number < len(types) else ""
    found = {
        type_name(parameter.type)
        for symbol in resolver.callees.of(call, body, depth + 1).functions
        for position, parameter in enumerate(symbol.function.parameters)
        if argument_for(symbol, call, position) is value
    }
    return found.pop() if len(found) == 1 else ""


def _parameters_of_closure(text: str) -> list[str]:
    """The types of the parameters of a closure type: ``((A, (B) -> C) -> D)?`` → ``A``, ``(B) -> C``."""
    if text.endswith((")?", ")!")):
        text = text[1:-2]
    head = text[text.find("(") + 1 :] if "->" in text else ""
    found, depth, start = [], 0, 0
    for position, character in enumerate(head):
        if character in "([{":
            depth += 1
        elif character in ")]}" and depth:
            depth -= 1
        elif not depth and character in ",)":
            found.append(head[start:position])
            start = position + 1
            if character == ")":
                return found
    return []
