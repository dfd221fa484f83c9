"""Paths on which an acquired value is not released."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.conditions import Guards, contradicts, guards_of
from backhaul.analysis.control_flow import Edge, Point
from backhaul.analysis.effects import Effect
from backhaul.analysis.lifetimes import says_self_is_gone
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.timing import run_together
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Confidence, Step
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.model.code import Assign, Availability, Binding, Closure, Expression, Name, Node, Return, Throw

_MAX_STATES = 4000


class Leak(Struct, frozen=True):
    """A way out without release: what the message says of it, and its trail."""

    where: str
    trail: tuple[Step, ...]
    confidence: Confidence


class _Way(Struct, frozen=True):
    """How an exit was reached: the last test that decided, and the statement that left."""

    exit: str
    tested: Expression | None = None
    left_by: Node | None = None
    is_error: bool = False


def find_leaks(acquisition: Acquisition, all_of_them: Acquisitions) -> Iterator[Leak]:
    """The first leak in the acquiring unit, then in each closure that was left to release."""
    search = _Search(acquisition, all_of_them)
    if not search.is_followed():
        return
    body, unit = acquisition.body, acquisition.unit
    graph = all_of_them.context.graphs.of(unit, body)
    if graph is None:
        return
    starts = [e.target for p in graph.points_of(acquisition.use.node) for e in p.edges]
    known = guards_of(acquisition.use.node, body)
    way = search.first_way(starts, known)
    if not search.has_settled:
        return  # ended by none of the ways from here: that is not a matter of paths
    if way is not None:
        yield search.leak(way, "high" if acquisition.is_local else "medium", "")
        return
    for closure in search.handed_to:
        yield from search.in_closure(closure)


def _is_decided_by_build(tested: Expression | None) -> bool:
    """Whether a ``#if`` decided last: how it goes together with others cannot be told from its text."""
    return isinstance(tested, Availability) and tested.is_of_build


class _Search:
    """Follows one acquisition through its body."""

    def __init__(self, acquisition: Acquisition, all_of_them: Acquisitions) -> None:
        self.acquisition = acquisition
        self.effects = all_of_them.effects
        self.all_of_them = all_of_them
        self.body: Body = acquisition.body
        self.resolver = all_of_them.context.resolver
        self.places: set[Place] = acquisition.places
        self.handed_to: list[Unit] = []
        self.has_settled = False

    def is_followed(self) -> bool:
        """Whether this body is where the release has to happen.

        Of a local, always. Of a field, only when every release outside callbacks stands in this
        body, or in functions that only this body and callbacks call.
        """
        if self.acquisition.is_local:
            return True
        outside = [
            p
            for p in self.all_of_them.releases(self.acquisition)
            if not self.all_of_them.in_callback(p, self.acquisition)
        ]
        here = [p for p in outside if p.body is self.body]
        if here and len(here) == len(outside):
            return True
        return self._helpers_are_ours([p.body for p in outside if p.body is not self.body])

    def _helpers_are_ours(self, bodies: list[Body]) -> bool:
        program = self.all_of_them.context.program
        for helper in bodies:
            names = helper.symbol.callable_names
            callers = [c for c in program.mentioning(*sorted(names)) if c is not helper.symbol]
            if not callers or any(c is not self.body.symbol for c in callers):
                return False
            if helper.symbol.function.kind == "deinit":
                return False
        return bool(bodies)

    # Ways through a graph

    def first_way(self, starts: list[Point], known: Guards) -> _Way | None:
        """The first way from ``starts`` to an exit on which nothing releases, hands over or excuses it.

        All ways are followed, so that afterwards ``has_settled`` and ``handed_to`` speak of all.
        """
        found: _Way | None = None
        stack = [(start, known, _Way("")) for start in reversed(starts)]
        seen: set[tuple[int, Guards]] = set()
        while stack and len(seen) < _MAX_STATES:
            point, guards, way = stack.pop()
            if (id(point), guards) in seen:
                continue
            seen.add((id(point), guards))
            if point.exit in ("end", "throw") and not _is_decided_by_build(way.tested):
                found = found or replace(way, exit=point.exit)
            if point.exit or (point.atom is not None and self._settles(point.atom)):
                continue
            left_by = point.atom if isinstance(point.atom, (Return, Throw)) else way.left_by
            for edge in reversed(point.edges):
                if self._is_excused(edge) or contradicts(edge.conditions, guards):
                    continue
                tested = edge.tested if edge.tested is not None else way.tested
                further = guards | frozenset(edge.conditions) if edge.conditions else guards
                further_way = _Way("", tested, left_by, way.is_error or edge.is_error)
                stack.append((edge.target, further, further_way))
        return found

    def _settles(self, atom: Node) -> bool:
        """Whether ``atom`` releases, leaves it to a closure, or puts another value in the place."""
        settled = False
        for place in self.places:
            effect = self.effects.of_atom(atom, self.body, place)
            if effect is Effect.LATER:
                self._hand_over(atom)
            settled = settled or effect is not Effect.NEVER
        self.has_settled = self.has_settled or settled
        return settled or self._reassigns(atom)

    def _hand_over(self, atom: Node) -> None:
        given: dict[int, list[Unit]] = {}
        for node in descendants(atom, into_closures=False):
            if not isinstance(node, Closure):
                continue
            unit = self.body.unit_of(node)
            if self._best_effect(unit) is not Effect.NEVER:
                call = taker(node, self.body)
                is_part = call is not None and run_together(call, self.body, self.resolver)
                given.setdefault(id(call if is_part else node), []).append(unit)
        self.handed_to += [
            unit
            for units in given.values()
            if len(units) == 1
            for unit in units
            if unit not in self.handed_to
        ]

    def _best_effect(self, unit: Unit) -> Effect:
        return max(
            (self.effects.of_unit(unit, self.body, place) for place in self.places), default=Effect.NEVER
        )

    def _reassigns(self, atom: Node) -> bool:
        if isinstance(atom, Assign):
            place = self.all_of_them.places.of(atom.target, self.body)
            return place in self.places
        return False

    def _is_excused(self, edge: Edge) -> bool:
        if says_self_is_gone(edge, self.body) and self._outlives_all:
            return True
        return any(self.effects.says_empty(edge, place, self.body) for place in self.places)

    @cached_property
    def _outlives_all(self) -> bool:
        """Whether the object that acquires lives as long as the program."""
        return self.all_of_them.context.lifetimes.outlives_all(self.body.symbol.owner)

    # Closures that were left to release

    def in_closure(self, unit: Unit) -> Iterator[Leak]:
        """A way through a closure that releases on other ways."""
        if self.acquisition.callback is not None and unit.is_inside(self.acquisition.callback):
            return
        if self._best_effect(unit) not in (Effect.LATER, Effect.SOMETIMES):
            return
        graph = self.all_of_them.context.graphs.of(unit, self.body)
        if graph is None:
            return
        way = self.first_way([graph.entry], frozenset())
        if way is not None and self._is_telling(way, unit):
            yield self.leak(way, "medium", "the closure that should end it ")

    def _is_telling(self, way: _Way, unit: Unit) -> bool:
        """Whether a way that skips the release in a closure is likely an oversight.

        Leaving early is; so is a test of an argument for nil. A closure called several times
        (progress, events) ends its work on a condition of its own: that is not.
        """
        if way.exit == "throw" or way.is_error or isinstance(way.left_by, (Return, Throw)):
            return True
        if isinstance(way.tested, Binding):
            return True
        if way.tested is None:
            return False
        names = [n for n in descendants(way.tested) if isinstance(n, Name)]
        variables = [self.body.variable(n) for n in names]
        return any(v is not None and v.parameter is not None and v.unit is unit for v in variables)

    # Words

    def leak(self, way: _Way, confidence: Confidence, subject: str) -> Leak:
        steps: list[Step] = []
        if way.tested is not None:
            steps.append(step_at(way.tested, self.body, "when this decides against it"))
        left = way.left_by
        if left is not None:
            verb = "throws" if isinstance(left, Throw) else "returns"
            steps.append(
                step_at(left, self.body, f"{subject or 'the function '}{verb} here without ending it")
            )
        if (way.exit == "throw" or way.is_error) and left is None:
            where = f"is not ended when {subject or 'the function '}is left by an error"
        elif left is not None:
            where = (
                "is not ended on a path that returns early"
                if subject == ""
                else "is not ended on a path of the closure that should end it"
            )
        else:
            where = "is not ended on every path"
        return Leak(where, tuple(steps), confidence)
