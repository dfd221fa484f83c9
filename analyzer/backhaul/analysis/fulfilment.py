"""How a duty is done by the functions and closures of a program that are left to do it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from backhaul.analysis.control_flow import Point, reached_from
from backhaul.analysis.duties import Act, Deed, Deeds, Duty, Scene
from backhaul.analysis.effects import Graphs
from backhaul.analysis.held import Held
from backhaul.analysis.lifetimes import Lifetimes
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.variables import Unit
from backhaul.analysis.ways import Way, Ways
from backhaul.model.code import Assign, Call, Closure, Node

_MAX_DEPTH = 6
_ALWAYS_TOLD = ("isCancelled", "cancelled")


class Fulfilment(Struct, eq=False):
    """What a run of a unit does about a duty.

    ``acts``: all that is done in it, unreachable code aside. ``ways``: those through it on which nothing is,
    one for each statement that leaves so. ``twice``: two places that surely do it, on one way. ``deed``: what
    whoever runs it can count on.
    """

    scene: Scene
    acts: list[Act] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    twice: tuple[Node, Node] | None = None
    deed: Deed = Deed.HANDED

    @property
    def missing(self) -> Way | None:
        return self.ways[0] if self.ways else None


class Left(Struct, frozen=True):
    """The fulfilment ``by`` leaves it, with ``act``, to the fulfilment ``to``."""

    by: Fulfilment
    act: Act
    to: Fulfilment


class Fulfilments(Deeds):
    """The fulfilments of one duty in one program, made on demand."""

    def __init__(self, duty: Duty, resolver: Resolver, graphs: Graphs, lifetimes: Lifetimes) -> None:
        super().__init__(duty, resolver)
        self.graphs = graphs
        self.lifetimes = lifetimes
        self._known: dict[tuple[object, ...], Fulfilment] = {}
        self._told: dict[tuple[frozenset[int], frozenset[int]], frozenset[str]] = {}
        self._depth = 0

    def summary(self, scene: Scene) -> Deed:
        return self.of(scene).deed

    def of(self, scene: Scene) -> Fulfilment:
        """The fulfilment of a scene; of one that leads to itself, or too deep, nothing is claimed."""
        key = (id(scene.unit), *scene.held.key, scene.known)
        if key not in self._known:
            if self._depth >= _MAX_DEPTH:
                return Fulfilment(scene)
            self._known[key] = Fulfilment(scene)
            self._depth += 1
            try:
                self._known[key] = self._follow(scene)
            finally:
                self._depth -= 1
        return self._known[key]

    def _follow(self, scene: Scene) -> Fulfilment:
        graph = self.graphs.of(scene.unit, scene.held.body)
        if graph is None:
            return Fulfilment(scene)
        return self.through(scene, graph.entry, None)

    def of_round(self, scene: Scene, loop: Node) -> Fulfilment | None:
        """The fulfilment of one round of a ``for-in`` loop of the scene's unit."""
        graph = self.graphs.of(scene.unit, scene.held.body)
        for found in graph.rounds if graph is not None else ():
            if found.loop is loop:
                return self.through(scene, found.begin, found.over)
        return None

    def through(self, scene: Scene, start: Point, until: Point | None) -> Fulfilment:
        """The ways from ``start`` to an exit, or to ``until``."""
        told = self.told_in_time(scene.held)
        graph = self.graphs.of(scene.unit, scene.held.body)
        rounds = graph.rounds if graph is not None else []
        ways = Ways(self, self.lifetimes, scene, start, until, told, rounds)
        fulfilment = Fulfilment(scene, ways.acts(), ways.missing(), ways.twice())
        if not fulfilment.acts:
            fulfilment.deed = Deed.NOTHING
        elif fulfilment.missing is None and all(act.deed is Deed.DONE for act in ways.first):
            fulfilment.deed = Deed.DONE
        return fulfilment

    def is_alone(self, act: Act, fulfilment: Fulfilment) -> bool:
        """Whether no way through a fulfilment passes both ``act`` and another of its acts."""
        scene = fulfilment.scene
        graph = self.graphs.of(scene.unit, scene.held.body)
        if graph is None:
            return False
        here = graph.points_of(act.node)
        there = [p for other in fulfilment.acts if other is not act for p in graph.points_of(other.node)]
        there = [p for p in there if all(p is not point for point in here)]
        onwards, before = reached_from(here), reached_from(there)
        return all(id(p) not in onwards for p in there) and all(id(p) not in before for p in here)

    def told_in_time(self, held: Held) -> frozenset[str]:
        """What a closure that is left aside, but does it all the same, sets before: ``isExpired``, say.

        Who asks for that afterwards knows that there is nothing left to do.
        """
        if held.key not in self._told:
            self._told[held.key] = frozenset()
            self._told[held.key] = frozenset(self._set_aside(held))
        return self._told[held.key]

    def _set_aside(self, held: Held) -> Iterator[str]:
        body = held.body
        nodes: list[tuple[Call | Assign, Unit]] = [*body.calls, *body.assigns]
        for node, _ in nodes:
            values = [a.value for a in node.arguments] if isinstance(node, Call) else [node.value]
            for closure in values:
                if not isinstance(closure, Closure) or not held.mentions(closure):
                    continue
                unit = body.unit_of(closure)
                if not self.is_aside(node, body):
                    continue
                if self.summary(Scene(unit, held, "closure", at_once=False)) is Deed.NOTHING:
                    continue
                yield from _ALWAYS_TOLD
                for assign in body.assigns_in(unit):
                    yield getattr(assign.target, "name", "")

    def inner(self, fulfilment: Fulfilment) -> Iterator[Left]:
        """The fulfilments that ``fulfilment`` leaves it to, each once, and those that they do."""
        waiting = [fulfilment]
        seen = {id(fulfilment)}
        while waiting:
            current = waiting.pop(0)
            for act in current.acts:
                for scene in act.left_to:
                    left = self.of(scene)
                    if id(left) not in seen:
                        seen.add(id(left))
                        waiting.append(left)
                        yield Left(current, act, left)
