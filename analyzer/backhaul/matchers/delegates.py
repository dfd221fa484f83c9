"""Which types of the program are delegates of which objects, as far as the code that makes them tells."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.types import unwrapped
from backhaul.matchers.context import Context
from backhaul.model.code import Expression, Name
from backhaul.rules import Hook

_FORWARDING = "forwards-messages"
_READY_MADE = "ready-made-delegate"
_ROOT = "root-class"


def delegate_type(use: Use, role: str, body: Body, context: Context) -> str:
    """The type of the program that the delegate in ``role`` is of; "" when it is not known."""
    given = use.arguments.get(role)
    if given is None:
        return ""
    found = body.symbol.owner if _is_self(given) else context.resolver.types.of(given, body)
    symbol = context.program.find_type(found) if found else None
    return symbol.name if symbol is not None and symbol.is_declared_here and symbol.kind != "protocol" else ""


def _is_self(given: Expression) -> bool:
    inner = unwrapped(given)
    return isinstance(inner, Name) and inner.name == "self"


def is_whole(type_name: str, context: Context) -> bool:
    """Whether all members of the type can be seen, up to a root class that has none of interest.

    Not so for what forwards messages, and for what a library provides.
    """
    supertypes = context.program.supertypes(type_name)
    known = [api for api in map(context.models.type_named, supertypes) if api is not None]
    if any(_READY_MADE in api.tags for api in known) or not any(_ROOT in api.tags for api in known):
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
    for use, body, found in _makers(operation, role, context):
        if found in related(type_name, context):
            yield use, body


def related(type_name: str, context: Context) -> set[str]:
    """The type, with what it inherits from and what inherits from it."""
    subtypes = (t.name for t in context.program.subtypes(type_name))
    return {type_name, *context.program.supertypes(type_name), *subtypes}


def _makers(operation: str, role: str, context: Context) -> list[tuple[Use, Body, str]]:
    return context.once(
        ("makers", operation, role),
        lambda: [
            (use, body, delegate_type(use, role, body, context)) for use, body, _ in context.uses(operation)
        ],
    )
