"""The ways through one unit that is to do something once: one without it, one that does it twice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from backhaul.analysis.conditions import Guards, assumed, contradicts
from backhaul.analysis.control_flow import Edge, Point, Round
from backhaul.analysis.duties import Act, Deed, Deeds, Scene
from backhaul.analysis.held import Held, is_named
from backhaul.analysis.lifetimes import Lifetimes, says_self_is_gone
from backhaul.analysis.places import Places
from backhaul.analysis.program import type_name
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants
from backhaul.model.code import (
    Assign,
    Availability,
    Binary,
    Binding,
    Call,
    Cast,
    Expression,
    Literal,
    Loop,
    Member,
    Name,
    Node,
    Return,
    Throw,
    Unary,
)

_MAX_STATES = 4000
_NEVER_MEANT = "never-meant"  # operations that say that no run comes here
_ASSERTION = "asserts"  # operations after which a condition holds, in builds of any kind


class Way(Struct, frozen=True):
    """A way out of a unit: the last test that decided, and the statement that left, or the error."""

    exit: str = ""
    tested: Expression | None = None
    left_by: Node | None = None
    is_error: bool = False
    dropped: Act | None = None  # a call on the way of a function that is given the value, and drops it
    rounds: frozenset[int] = frozenset()  # the loops that it went through, by ``id`` of where they end


class Ways:
    """Follows the ways through one unit. ``first``: the acts that come first on some way.

    They begin at ``entry`` and end at an exit, or at ``until``. ``told``: names of flags that say that
    it was done by what is left aside. ``rounds``: of the loops of the unit, see ``ControlFlow``.
    """

    def __init__(
        self,
        deeds: Deeds,
        lifetimes: Lifetimes,
        scene: Scene,
        entry: Point,
        until: Point | None,
        told: frozenset[str],
        rounds: Sequence[Round],
    ) -> None:
        self.deeds = deeds
        self.lifetimes = lifetimes
        self.told = told
        self.held: Held = scene.held
        self.unit: Unit = scene.unit
        self.body = scene.held.body
        self.known = scene.known
        self.is_helper = scene.form == "function" and scene.is_inner
        self.entry = entry
        self.until = until
        self.first: list[Act] = []
        self._at: dict[int, list[Act]] = {}
        self._loops = {id(r.over): r for r in rounds if self._acts_in(r.loop) and r.over is not until}

    def acts_at(self, point: Point) -> list[Act]:
        return [act for act in self._all_at(point) if act.deed is not Deed.NOTHING]

    def _all_at(self, point: Point) -> list[Act]:
        if point.atom is None:
            return []
        if id(point.atom) not in self._at:
            self._at[id(point.atom)] = self.deeds.acts(point.atom, self.held, self.known)
        return self._at[id(point.atom)]

    def acts(self) -> list[Act]:
        """All acts that some way from the entry can reach."""
        return self._reached

    @cached_property
    def _reached(self) -> list[Act]:
        found: dict[int, Act] = {}
        stack, seen = [self.entry], set[int]()
        while stack:
            point = stack.pop()
            if id(point) in seen or point is self.until:
                continue
            seen.add(id(point))
            found.update((id(act), act) for act in self.acts_at(point))
            stack.extend(edge.target for edge in reversed(point.edges))
        return list(found.values())

    def _acts_in(self, loop: Loop) -> bool:
        """Whether a round of a loop does something."""
        return any(loop.start <= act.node.start < loop.end for act in self._reached)

    # Ways on which nothing is done

    def missing(self) -> list[Way]:
        """The first way found on which nothing is done, and one for each other statement that leaves so."""
        found: list[Way] = []
        stack = [(self.entry, self.known, Way())]
        seen: set[tuple[int, Guards, frozenset[int]]] = set()
        while stack and len(seen) < _MAX_STATES:
            point, guards, way = stack.pop()
            if (id(point), guards, way.rounds) in seen:
                continue
            seen.add((id(point), guards, way.rounds))
            exit = "end" if point is self.until else point.exit
            if exit:
                if self._counts(exit, way) and (not found or _leaves_elsewhere(way, found)):
                    found.append(replace(way, exit=exit))
                continue
            if self._is_never_meant(point):
                continue
            acts = self.acts_at(point)
            if acts:
                self.first.append(max(acts, key=lambda act: act.deed))
                continue
            guards = guards | self._asserted(point)
            left_by = point.atom if isinstance(point.atom, (Return, Throw)) else way.left_by
            dropped = next(iter(self._all_at(point)), way.dropped)
            for edge in reversed(point.edges):
                if contradicts(edge.conditions, guards) or self._is_excused(edge, point):
                    continue
                if id(point) in self._loops and id(point) not in way.rounds and edge is not point.edges[0]:
                    continue  # there is something to go through: nobody asks a loop to do it for nothing
                tested = edge.tested if edge.tested is not None else way.tested
                further = guards | frozenset(edge.conditions) if edge.conditions else guards
                thrown = point.edges[0].target.atom if edge.is_error else None
                is_error = way.is_error or edge.is_error
                rounds = way.rounds | {id(point)} if id(point) in self._loops else way.rounds
                onwards = Way("", tested, thrown or left_by, is_error, dropped, rounds)
                stack.append((edge.target, further, onwards))
        return found

    def _is_never_meant(self, point: Point) -> bool:
        """Whether the program says, by an assertion that fails, that no run passes here."""
        if not isinstance(point.atom, Call):
            return False
        uses = self.deeds.resolver.operations.at(point.atom, self.body)
        return any(use.operation.is_named(_NEVER_MEANT) for use in uses)

    def _asserted(self, point: Point) -> Guards:
        """What holds from here on, as the program stops where it does not."""
        if not isinstance(point.atom, Call):
            return frozenset()
        uses = self.deeds.resolver.operations.at(point.atom, self.body)
        said = [use.arguments.get("condition") for use in uses if use.operation.is_named(_ASSERTION)]
        return frozenset(c for e in said if e is not None for c in assumed([e], self.body, True))

    def _counts(self, exit: str, way: Way) -> bool:
        """Whether it is a way that real runs take, as far as can be told."""
        if exit == "never" or _is_of_build(way.tested):
            return False
        # what is thrown in Objective-C ends the program
        return exit == "end" or self.body.symbol.module.language != "objc"

    def _is_excused(self, edge: Edge, point: Point) -> bool:
        """Whether ``edge`` is taken only when there is nothing to do, or never, for all that is known."""
        tested = edge.tested
        if isinstance(tested, Availability):
            return any(not condition.holds for condition in edge.conditions)
        if edge.is_unmatched:
            return True
        if edge.is_error and point.atom is None and point.edges:
            return bool(self.acts_at(point.edges[0].target))  # it may have been done before the error
        if tested is not None and (self._asks_flag(tested) or self._asks_caller(tested, point)):
            return True
        if says_self_is_gone(edge, self.body):
            return self.deeds.duty.is_kept or self.lifetimes.outlives_all(self.body.symbol.owner)
        return tested is not None and (
            self._is_without(edge, tested)
            or self._is_told(tested)
            or self._is_over(edge, tested)
            or self._is_sure(edge, tested)
        )

    def _asks_caller(self, tested: Expression, point: Point) -> bool:
        """Whether a helper asks, by an ``if`` alone, for an argument: who calls it knows what he gave."""
        if not self.is_helper or not isinstance(tested, Name):
            return False
        variable = self.body.variable(tested)
        is_own = variable is not None and variable.unit is self.body.unit and variable.parameter is not None
        leaves = any(isinstance(edge.target.atom, (Return, Throw)) for edge in point.edges)
        return is_own and not leaves

    def _asks_flag(self, tested: Expression) -> bool:
        """Whether a test asks a flag that the unit itself sets: whether it is done already, say."""
        while isinstance(tested, Unary) and tested.operator == "!":
            tested = tested.operand
        if isinstance(tested, Binary) and _is_flag(tested.right):
            tested = tested.left
        if not isinstance(tested, (Name, Member)):
            return False
        name = tested.name.lstrip("_")
        variable = self.body.variable(tested) if isinstance(tested, Name) else None
        if variable is not None:
            values = [d.expression for d in variable.definitions]
            return len(values) > 1 and any(_is_flag(value) for value in values)
        return any(
            getattr(a.target, "name", "").lstrip("_") == name and _is_flag(a.value)
            for a in self.body.assigns_in(self.unit)
        )

    def _is_told(self, tested: Expression) -> bool:
        nodes = (n for n in descendants(tested) if isinstance(n, (Name, Member, Call)))
        return bool(self.told) and any(node.name in self.told for node in nodes)

    def _is_without(self, edge: Edge, tested: Expression) -> bool:
        """Whether ``edge`` is the side of a test on which there is no value, or one of another type."""
        value = _tested_value(tested)
        if isinstance(value, Cast) and (value.form == "is" or self.deeds.duty.is_mixed):
            return False
        if not is_named(value, self.held):
            return False
        return _says_empty(edge)

    def _is_over(self, edge: Edge, tested: Expression) -> bool:
        """Whether ``edge`` is the side of a test on which the work has been ended, and let go of."""
        duty, owner = self.deeds.duty, self.body.symbol.owner
        if any((owner, condition) in duty.ended for condition in edge.conditions):
            return True
        if not duty.over:
            return False
        place = Places(self.deeds.resolver).of(_tested_value(tested), self.body)
        return place in duty.over and _says_empty(edge)

    def _is_sure(self, edge: Edge, tested: Expression) -> bool:
        """Whether ``edge`` is the side on which a cast has failed, or a value is missing, that never is."""
        value = _tested_value(tested)
        asked = type_name(value.type) if isinstance(value, Cast) else getattr(value, "name", "")
        variable = self.body.variable(value) if isinstance(value, Name) and not self.is_helper else None
        if variable is not None and variable.parameter is not None and variable.unit is self.body.unit:
            asked = type_name(variable.type)
        return asked in self.deeds.duty.sure and _says_empty(edge)

    # A way on which it is done twice

    def twice(self) -> tuple[Node, Node] | None:
        start: Act | None = None
        stack = [(self.entry, self.known, start)]
        seen: set[tuple[int, Guards, int]] = set()
        while stack and len(seen) < _MAX_STATES:
            point, guards, before = stack.pop()
            key = (id(point), guards, id(before))
            if key in seen or point is self.until or point.exit:
                continue
            seen.add(key)
            done = [act for act in self.acts_at(point) if act.deed is Deed.DONE]
            if before is not None and done:
                if done[0].node is not before.node:
                    return before.node, done[0].node
                continue
            before = before or (done[0] if done else None)
            for edge in reversed(point.edges):
                if contradicts(edge.conditions, guards) or (before is not None and self._is_noted(edge)):
                    continue
                if _is_of_build(edge.tested) and before is not None:
                    continue
                further = guards | frozenset(edge.conditions) if edge.conditions else guards
                stack.append((edge.target, further, before))
        return None

    def _is_noted(self, edge: Edge) -> bool:
        """Whether a test after the deed asks something that the unit itself sets: whether it is done, say."""
        if edge.tested is None:
            return False
        names = [n for n in descendants(edge.tested) if isinstance(n, Name)]
        variables = [self.body.variable(name) for name in names]
        if any(v is not None and len(v.definitions) > 1 for v in variables):
            return True
        fields = {n.name for n, v in zip(names, variables, strict=True) if v is None}
        set_here = {
            getattr(a.target, "name", "") for a in self.body.assigns_in(self.unit) if isinstance(a, Assign)
        }
        return not fields.isdisjoint(set_here)


def _leaves_elsewhere(way: Way, others: list[Way]) -> bool:
    is_leaving = isinstance(way.left_by, (Return, Throw)) and not way.is_error
    return is_leaving and all(way.left_by is not other.left_by for other in others)


def _tested_value(tested: Expression) -> Expression:
    """What a test for nil, or of a type, is about; of any other test, the test."""
    value = tested.value if isinstance(tested, Binding) else tested
    while isinstance(value, Unary) and value.operator == "!":
        value = value.operand
    if isinstance(value, Binary):
        sides = (value.left, value.right)
        if any(isinstance(side, Literal) and side.kind == "nil" for side in sides):
            value = next((side for side in sides if not isinstance(side, Literal)), value)
    return value


def _says_empty(edge: Edge) -> bool:
    return any(condition.holds if condition.subject else not condition.holds for condition in edge.conditions)


def _is_of_build(tested: Expression | None) -> bool:
    return isinstance(tested, Availability) and tested.is_of_build


def _is_flag(value: Expression | None) -> bool:
    return isinstance(value, Literal) and value.kind == "bool"
