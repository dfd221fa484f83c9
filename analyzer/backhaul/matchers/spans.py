"""What the acquiring function does while it holds the acquired value."""

from __future__ import annotations

from msgspec import Struct

from backhaul.analysis.conditions import Guards, contradicts, guards_of
from backhaul.analysis.control_flow import Point
from backhaul.analysis.effects import Effect
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.model.code import Node

_MAX_STATES = 4000


class Span(Struct, eq=False):
    """The part of the acquiring unit between the acquisition and what ends it there.

    ``held``: points passed while the value is held, in no order. ``releases``: points that release it
    at once. ``handed_over``: what leaves the release to code that runs later. ``is_left_holding``:
    some way leaves the unit with neither.
    """

    held: list[Point] = []
    releases: list[Point] = []
    handed_over: list[Node] = []
    is_left_holding: bool = False


def span_of(acquisition: Acquisition, all_of_them: Acquisitions) -> Span | None:
    """The span of an acquisition; None where its unit is too large to follow."""
    graph = all_of_them.context.graphs.of(acquisition.unit, acquisition.body)
    if graph is None:
        return None
    effects, body = all_of_them.effects, acquisition.body
    span = Span()
    known = guards_of(acquisition.use.node, body)
    stack = [(e.target, known) for p in graph.points_of(acquisition.use.node) for e in p.edges]
    seen: set[tuple[int, Guards]] = set()
    while stack and len(seen) < _MAX_STATES:
        point, guards = stack.pop()
        if (id(point), guards) in seen:
            continue
        seen.add((id(point), guards))
        if point.exit:
            span.is_left_holding = span.is_left_holding or point.exit != "never"
            continue
        if point.atom is not None:
            effect = max(effects.of_atom(point.atom, body, place) for place in acquisition.places)
            if effect >= Effect.SOMETIMES:
                span.releases.append(point)
                continue
            if effect is Effect.LATER:
                span.handed_over.append(point.atom)
                continue
            span.held.append(point)
        stack.extend(
            (edge.target, guards | frozenset(edge.conditions) if edge.conditions else guards)
            for edge in point.edges
            if not contradicts(edge.conditions, guards)
            and not any(effects.says_empty(edge, place, body) for place in acquisition.places)
        )
    return span
