"""Tests of which only one outcome is meant: what a program that works never sees the other side of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from backhaul.analysis.bodies import Body
from backhaul.model.code import (
    Assign,
    Binary,
    Binding,
    Call,
    Cast,
    Expression,
    Literal,
    Name,
    Unary,
)

Reads: TypeAlias = Callable[[Call, Body], bool]


def nothing_reads(_call: Call, _body: Body) -> bool:
    """Where no models are at hand: no call is known to only read a text."""
    return False


def outcome_of(tested: Expression, body: Body, reads: Reads, *, in_function: bool) -> bool | None:
    """Whether ``tested`` always holds, or never does; None: both can be.

    What only reads a text (``reads`` says so of a call) gives the same for a literal each time, and whoever
    wrote it has seen it succeed: ``guard let url = URL(string: "https://example.com") else { return }``.
    In an initialiser of Objective-C (``in_function``: not in a block of it) ``[super init]`` does not fail.
    """
    if isinstance(tested, Literal) and tested.kind == "bool":
        return tested.text in ("true", "YES")
    if isinstance(tested, Unary) and tested.operator == "!":
        inner = outcome_of(tested.operand, body, reads, in_function=in_function)
        return None if inner is None else not inner
    if isinstance(tested, Binding):
        return True if tested.pattern is None and _is_read_literal(tested.value, body, reads) else None
    if isinstance(tested, Binary) and tested.operator in ("==", "!="):
        sides = (tested.left, tested.right)
        value = next((side for side in sides if not _is_nil(side)), None)
        if value is None or not any(map(_is_nil, sides)):
            return None
        is_there = _is_read_literal(value, body, reads) or (in_function and _is_own_object(value, body))
        return (tested.operator == "!=") if is_there else None
    return True if in_function and _is_own_object(tested, body) else None


def _is_nil(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.kind == "nil"


def _is_own_object(value: Expression, body: Body) -> bool:
    """``self``, or ``self = [super init]``, in an initialiser of Objective-C."""
    function = body.symbol.function
    if function.kind != "init" or body.symbol.module.language != "objc":
        return False
    while isinstance(value, (Assign, Cast)):
        value = value.target if isinstance(value, Assign) else value.value
    return isinstance(value, Name) and value.name == "self"


def _is_read_literal(value: Expression, body: Body, reads: Reads) -> bool:
    variable = body.variable(value) if isinstance(value, Name) else None
    if variable is not None:
        if variable.parameter is not None or len(variable.definitions) != 1:
            return False
        definition = variable.definitions[0]
        if definition.form != "value" or definition.expression is None:
            return False
        value = definition.expression
    if not isinstance(value, Call) or not value.arguments or not reads(value, body):
        return False
    return all(
        isinstance(argument.value, Literal) and argument.value.kind in ("string", "bool")
        for argument in value.arguments
    )
