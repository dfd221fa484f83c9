"""A closure that is called in some cases, and in another is handed to a function that drops it."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.control_flow import reached_from
from backhaul.analysis.handovers import Handovers
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.variables import Variable
from backhaul.matchers.context import Context
from backhaul.model.code import Call, Node


def dropping_calls(
    closure: Variable, body: Body, handovers: Handovers, context: Context
) -> Iterator[tuple[Call, FunctionSymbol]]:
    """The calls that are all that happens to the closure on their way, with a function that drops it.

    All functions that the call may run must do so, and be known.
    """
    uses = list(_uses(closure, body))
    for use in uses:
        if isinstance(use, Call) or body.unit_at(use) is not body.unit:
            continue
        found = handovers.places.destinations(use, body)
        if found.escapes or found.places or len(found.arguments) != 1:
            continue
        call, position = found.arguments[0]
        callees = context.resolver.callees.of(call, body)
        given = list(handovers.parameters_given(call, position, body))
        if not given or not callees.is_complete or len(given) != len(callees.functions):
            continue
        dropped = all(handovers.of(parameter, where).is_dropped for parameter, where in given)
        if dropped and _is_alone(use, [other for other in uses if other is not use], body, context):
            yield call, callees.functions[0]


def _uses(closure: Variable, body: Body) -> Iterator[Node]:
    """The mentions of the closure, and the calls of it."""
    yield from (name for name, _ in closure.uses if body.parent(name) is not None)
    yield from (call for call, _ in body.calls if body.variable_called(call) is closure)


def _is_alone(use: Node, others: list[Node], body: Body, context: Context) -> bool:
    """Whether no way through the function passes both ``use`` and one of the others."""
    graph = context.graphs.of(body.unit, body)
    if graph is None:
        return False
    here = graph.points_of(use)
    elsewhere = [point for other in others for point in graph.points_of(other)]
    there = {id(point) for point in elsewhere}
    return (
        bool(here)
        and there.isdisjoint(reached_from(here))
        and reached_from(elsewhere).isdisjoint(id(point) for point in here)
    )
