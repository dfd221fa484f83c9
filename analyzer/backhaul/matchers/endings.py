"""Where an object that is kept in a variable or a property is ended, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of, text_of
from backhaul.analysis.control_flow import Point
from backhaul.analysis.effects import RECEIVER, Effect, Effects
from backhaul.analysis.operations import Use
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants
from backhaul.matchers.context import Context
from backhaul.model.code import Assign, Binding, Call, Expression, Local, Node

_KEPT = ("local", "field", "global")


class Ended(Struct, frozen=True, eq=False):
    """A call that ends the object in ``place``.

    ``base``: how the owner of the field is written there (``self``), "" for other places. ``text``:
    how the place is written. ``use``: None where a function of the program ends it.
    """

    node: Call
    body: Body
    unit: Unit
    place: Place
    base: str
    text: str
    use: Use | None = None

    @property
    def site(self) -> tuple[int, int]:
        return self.node.name_start, self.node.name_end


class Write(Struct, frozen=True, eq=False):
    """A statement that puts a value into a place."""

    value: Expression
    body: Body
    node: Node


class Endings:
    """All endings by one operation in a program; those of objects of ``unless_kind`` do not count."""

    def __init__(self, operation: str, context: Context, unless_kind: str = "") -> None:
        self.context = context
        self._endless = context.models.kinds_within(unless_kind) if unless_kind else frozenset()
        self.effects: Effects = context.effects(operation, RECEIVER)
        self._written: dict[Place, list[Write]] = {}

    def all(self) -> list[Ended]:
        """Every call that surely ends an object: by the operation, or by a function that always does."""
        direct = list(self._direct())
        fields = {ended.place: None for ended in direct if ended.base == "self"}
        return [*direct, *(ended for place in fields for ended in self._by_function(place))]

    def _direct(self) -> Iterator[Ended]:
        for performance in self.effects.performances:
            use, body = performance.use, performance.body
            if use.receiver is None or not isinstance(use.node, Call) or self._is_test(body):
                continue
            if not use.operation.is_named(self.effects.operation) or use.node.receiver is not use.receiver:
                continue
            place = self.context.places.of(use.receiver, body)
            text = text_of(use.receiver, body)
            if place is not None and text is not None and place.kind in _KEPT:
                if self._endless and self._is_endless(use.receiver, body):
                    continue
                base = text.rpartition(".")[0] if place.kind == "field" else ""
                yield Ended(use.node, body, performance.unit, place, base, text, use)

    def _is_endless(self, receiver: Expression, body: Body) -> bool:
        return any(origin.kind in self._endless for origin in self.context.values.origins(receiver, body))

    def _by_function(self, place: Place) -> Iterator[Ended]:
        owner = self.context.program.find_type(place.owner)
        for symbol in owner.all_functions() if owner is not None else ():
            if self.effects.of_function(symbol, place) is not Effect.ALWAYS or self.fills(symbol, place):
                continue
            for call, body in self.context.values.calls_of(symbol):
                base = "self" if call.receiver is None else text_of(call.receiver, body)
                base = "self" if base == "self.self" else base
                if base is not None and not self._is_test(body):
                    yield Ended(call, body, body.unit_at(call), place, base, f"{base}.{place.name}")

    def _is_test(self, body: Body) -> bool:
        return body.symbol.module.path in self.context.program.tests

    # What is put into a place

    def writes(self, place: Place) -> list[Write]:
        """The statements of the program, outside tests, that put a value into a field or global."""
        if place not in self._written:
            names = field_names(place.name)
            if place.kind == "field":
                found = self.context.values.fields.writes(place.owner, place.owner, names)
            else:
                found = list(self._global_writes(place))
            self._written[place] = [Write(*write) for write in found if not self._is_test(write[1])]
        return self._written[place]

    def _global_writes(self, place: Place) -> Iterator[tuple[Expression, Body, Node]]:
        for symbol in self.context.program.mentioning(place.name):
            if symbol.body is not None:
                for assign, _ in symbol.body.assigns:
                    if self.context.places.of(assign.target, symbol.body) == place:
                        yield assign.value, symbol.body, assign.target

    def fills(self, symbol: FunctionSymbol, place: Place) -> bool:
        """Whether ``symbol`` leads to code that writes the place, whatever it writes."""
        if place.is_local:
            return False
        writers = {id(write.body) for write in self.writes(place)}
        return self.context.reach.find([symbol], lambda s: id(s.body) in writers) is not None

    def only_when_empty(self, write: Write, place: Place) -> bool:
        """Whether a write stands under a test that the place holds nothing, or runs once only."""
        text = f"self.{place.name}"
        for condition in guards_of(write.node, write.body):
            if condition.subject == text and condition.constant == "nil" and condition.holds:
                return True
            if condition.text == text and not condition.subject and not condition.holds:
                return True
        return self.context.instances.is_in_closure_run_once(write.node, write.body)

    def puts(self, node: Node, ended: Ended) -> bool:
        """Whether ``node`` puts something else into the place of ``ended``, in the same function."""
        body = ended.body
        if isinstance(node, Assign):
            return text_of(node.target, body) == ended.text
        if isinstance(node, Local):
            variable = body.declared_by(node)
            return variable is not None and self.context.places.local(variable) == ended.place
        if isinstance(node, Binding):
            return ended.place.is_local and ended.place.name in node.names
        if isinstance(node, Call) and node is not ended.node:
            functions = self.context.resolver.callees.of(node, body).functions
            return any(self.fills(symbol, ended.place) for symbol in functions)
        return False

    def after(self, ended: Ended, stops: Callable[[Point], bool]) -> Iterator[Point]:
        """The points that some way from the ending leads to, up to and with those that ``stops``."""
        graph = self.context.graphs.of(ended.unit, ended.body)
        if graph is None:
            return
        stack = [e.target for p in graph.points_of(ended.node) if not self._same(p, ended) for e in p.edges]
        seen: set[int] = set()
        while stack:
            point = stack.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            yield point
            if not stops(point):
                stack.extend(edge.target for edge in point.edges)

    def _same(self, point: Point, ended: Ended) -> bool:
        """Whether the ending's own statement fills the place anew."""
        return point.atom is not None and self.replaces(point, ended)

    def replaces(self, point: Point, ended: Ended) -> bool:
        if point.atom is None:
            return False
        return any(self.puts(node, ended) for node in descendants(point.atom, into_closures=False))
