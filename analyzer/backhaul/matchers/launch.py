"""What runs when the system starts a program, before the user does anything."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.program import FunctionSymbol, TypeSymbol
from backhaul.matchers.context import Context
from backhaul.matchers.hooks import members_of

_APPLICATION = "application"
_LAUNCH = "launch"
_LOADED = "loaded-from-archive"
_STEPS = 3
"""How many calls the first screen may be away from what the system calls."""


def runs_at_launch(context: Context) -> list[FunctionSymbol]:
    """The functions that every start of the program runs, or may run.

    Members of the hook ``launch``; what makes an application object, and its getters; top-level
    code; and the members of the hook ``loaded-from-archive`` of types that no code names (an
    archive may well make such an object at once) and of types of which the launch makes one.
    """
    return context.once("launch", lambda: _with_loaded(list(_at_launch(context)), context))


def is_done_at_launch(operation: str, context: Context) -> bool:
    """Whether the start of the program leads to ``operation``, or no start can be seen."""
    starts = runs_at_launch(context)
    doing = {id(body) for _, body, _ in context.uses(operation)}
    return not starts or context.reach.find(starts, lambda symbol: id(symbol.body) in doing) is not None


def _at_launch(context: Context) -> Iterator[FunctionSymbol]:
    for symbol, _ in members_of(_LAUNCH, context):
        yield symbol
    for symbol in context.program.functions:
        if symbol.function.kind == "script":
            yield symbol
    yield from application_parts(context)
    for symbol, _ in members_of(_LOADED, context):
        owner = context.program.find_type(symbol.owner)
        if owner is not None and not _is_named(owner, context):
            yield symbol
            yield from context.reach.making(owner.name)


def _with_loaded(starts: list[FunctionSymbol], context: Context) -> list[FunctionSymbol]:
    """``starts``, and what objects run once they are shown that the launch itself makes: the first screen."""
    loaded: dict[str, list[FunctionSymbol]] = {}
    for symbol, _ in members_of(_LOADED, context):
        loaded.setdefault(symbol.owner, []).append(symbol)
    near = context.reach.within_steps(starts, _STEPS) if loaded else []
    mentioned = {name for symbol in near for name in symbol.function.mentions}
    shown = [name for name in loaded if name.rpartition(".")[2] in mentioned]
    return [*starts, *(symbol for name in shown for symbol in (*loaded[name], *context.reach.making(name)))]


def application_parts(context: Context) -> Iterator[FunctionSymbol]:
    """What makes the program's application objects, and their getters."""
    applications = {
        name for api in context.models.types_tagged(_APPLICATION) for name in (api.name, *api.also)
    }
    for kind in context.program.types.values():
        if not applications.isdisjoint(kind.inherits):
            yield from context.reach.making(kind.name)
            yield from (f for f in kind.all_functions() if f.function.kind == "getter")


def _is_named(kind: TypeSymbol, context: Context) -> bool:
    """Whether code outside the type names it."""
    mentioning = context.program.mentioning(kind.name.rpartition(".")[2])
    return any(symbol.owner != kind.name for symbol in mentioning)
