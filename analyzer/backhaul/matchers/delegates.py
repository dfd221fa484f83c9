"""Which types of the program are delegates of which objects, as far as the code that makes them tells."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.program import FunctionSymbol
from backhaul.matchers.context import Context
from backhaul.model.code import Name
from backhaul.rules import Hook

_FORWARDING = "forwards-messages"


def delegate_type(use: Use, role: str, body: Body, context: Context) -> str:
    """The type of the program that the delegate in ``role`` is of; "" when it is not known."""
    given = use.arguments.get(role)
    if given is None:
        return ""
    found = body.symbol.owner if _is_self(given) else context.resolver.types.of(given, body)
    symbol = context.program.find_type(found) if found else None
    return symbol.name if symbol is not None and symbol.is_declared_here and symbol.kind != "protocol" else ""


def _is_self(given: object) -> bool:
    return isinstance(given, Name) and given.name == "self"


def is_whole(type_name: str, context: Context) -> bool:
    """Whether all that the type inherits can be seen, or is known to the models.

    A type that forwards messages can answer any.
    """
    for name in context.program.supertypes(type_name):
        symbol = context.program.find_type(name)
        if symbol is not None and symbol.is_declared_here:
            continue
        if name not in ("NSObject", "NSProxy") and context.models.type_named(name) is None:
            return False
    return next(members_in(type_name, _FORWARDING, context), None) is None


def members_in(type_name: str, hook: str, context: Context) -> Iterator[tuple[FunctionSymbol, Hook]]:
    """The members of a hook, with a body, that an object of the type may run."""
    for each in context.models.hooks_named(hook):
        for spelling in (*each.swift, *each.objc):
            for symbol in context.program.members(type_name, spelling.partition("(")[0]):
                if symbol.function.has_body and symbol.function.spelling == spelling:
                    yield symbol, each


def makers_with(type_name: str, operation: str, role: str, context: Context) -> Iterator[tuple[Use, Body]]:
    """The uses of ``operation`` that give an object of the type, or of a related one, in ``role``."""
    related = {*context.program.supertypes(type_name), *(t.name for t in context.program.subtypes(type_name))}
    for use, body, _ in context.uses(operation):
        if delegate_type(use, role, body, context) in related:
            yield use, body
