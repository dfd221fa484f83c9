"""Whether code runs somewhere else than where it may be the main thread, as far as the program shows it."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.walking import descendants
from backhaul.matchers.circumstances import is_worker
from backhaul.matchers.context import Context
from backhaul.matchers.threads import is_surely_free
from backhaul.model.code import Call, Closure, Member, Name, Node

_MOST_CALLS_UP = 3
_SIGN = "off-main-sign"


def reads_as_off_main(node: Node, body: Body, context: Context) -> bool:
    """Whether ``node`` stands in a function that is written for a thread of its own.

    It begins with a pool for that thread, or tells the main thread afterwards what to do.
    """
    return body.unit_at(node) is body.unit and any(
        where is body and unit is body.unit for _, where, unit in context.uses(_SIGN)
    )


def is_handed_on(node: Node, body: Body, context: Context) -> bool:
    """Whether ``node`` stands in an asynchronous closure, or in one of which it is not known when it runs."""
    unit = body.unit_at(node)
    while unit.node is not None:
        if (
            not isinstance(unit.node, Closure)
            or unit.node.is_async
            or not _is_run_here(unit.node, body, context)
        ):
            return True
        unit = body.unit_at(unit.node)
    return False


def is_work_of_others(symbol: FunctionSymbol, context: Context, depth: int = 0) -> bool:
    """Whether nothing calls a function, or reads a property, where it may be seen to be the main thread.

    Every use is in asynchronous code of no actor, on another queue, in a closure that is handed on, or in a
    type that runs on threads of its own.
    """
    if depth > _MOST_CALLS_UP:
        return False
    if symbol.function.kind == "getter":
        users: list[tuple[Node, Body]] = list(_readings(symbol, context))
    else:
        users = [*context.values.calls_of(symbol)]
    return bool(users) and all(
        (where.symbol.function.is_async and is_surely_free(where.symbol, context))
        or is_worker(where.symbol.owner, context)
        or reads_as_off_main(node, where, context)
        or context.queues.sent_away(node, where) is not None
        or is_handed_on(node, where, context)
        or (where.unit_at(node) is where.unit and is_work_of_others(where.symbol, context, depth + 1))
        for node, where in users
    )


def _readings(getter: FunctionSymbol, context: Context) -> Iterator[tuple[Node, Body]]:
    """Where a property may be read: of its type, or of something whose type is not known."""
    name = getter.name
    for reader in context.program.mentioning(name):
        body = reader.body
        if body is None or reader is getter or reader.module.path in context.program.tests:
            continue
        for node in descendants(body.unit.block):
            if not isinstance(node, Member | Name) or node.name != name:
                continue
            if isinstance(node, Member) and node.base is not None:
                owner = context.resolver.types.of(node.base, body)
            else:
                owner = reader.owner if isinstance(node, Name) else ""
            if owner in ("", getter.owner):
                yield node, body


def _is_run_here(closure: Closure, body: Body, context: Context) -> bool:
    """Whether a closure is run before what it is given to returns, or on the main thread."""
    call = taker(closure, body)
    if call is None:
        return isinstance(body.parent(closure), Call)
    for use in context.resolver.operations.at(call, body):
        for role, when in use.operation.calls.items():
            if use.arguments.get(role) is closure:
                return when in ("now", "main") or "main-queue" in context.queues.kinds(use, body)
    return False
