"""When a closure runs: before the call that takes it returns, later, later on the main queue."""

from __future__ import annotations

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.callees import argument_for
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.resolution import Resolver
from backhaul.model.code import Call, Closure


def timing(closure: Closure, body: Body, resolver: Resolver, asked: tuple[Closure, ...] = ()) -> str:
    """When a closure literal runs: ``now``, ``later``, ``main`` (later, on main); "" unknown.

    It runs now when called at once, or given to what the models or the program's own code say
    calls it before returning. ``asked`` holds the closures whose time this answer is for: a
    function that passes its closure to itself says nothing of when it runs.
    """
    parent = body.parent(closure)
    if isinstance(parent, Call) and parent.receiver is closure:
        return "now"
    call = taker(closure, body)
    if call is None:
        return ""
    for use in resolver.operations.at(call, body):
        for role, when in use.operation.calls.items():
            if use.arguments.get(role) is closure:
                return when
    if any(closure is one for one in asked):
        return ""
    asked = (*asked, closure)
    callees = resolver.callees.of(call, body).functions
    timings = {_timing_in(symbol, call, closure, resolver, asked) for symbol in callees}
    return timings.pop() if len(timings) == 1 else ""


def run_together(call: Call, body: Body, resolver: Resolver) -> bool:
    """Whether the closures given to ``call`` are parts of one course: what one does not do, another may."""
    return any(use.operation.together for use in resolver.operations.at(call, body))


def _timing_in(
    symbol: FunctionSymbol,
    call: Call,
    closure: Closure,
    resolver: Resolver,
    asked: tuple[Closure, ...],
) -> str:
    """When a function of the program runs the closure that ``call`` passes to it.

    One that runs it at once in one case and later in another runs it at a time unknown.
    """
    body = symbol.body
    if body is None:
        return ""
    found: set[str] = set()
    for position, variable in enumerate(body.unit.parameters):
        if argument_for(symbol, call, position) is not closure:
            continue
        for invoked, unit in body.calls:
            if body.variable_called(invoked) is variable:
                if isinstance(unit.node, Closure):
                    found.add(timing(unit.node, body, resolver, asked))
                else:
                    found.add("now" if unit is body.unit else "")
    return found.pop() if len(found) == 1 else ""
