"""What functions and closures do to a place: one operation (an "end") on the value it holds.

For an operation with an argument that names its object (``end(identifier)``), every performance in
the program is found first, with the places whose value it may be given. From there follow, on
demand, summaries of functions and closures: performed *always* (on every way through), *sometimes*,
only *later* (in a closure that runs after), or *never*.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from functools import cached_property

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.certainties import Reads
from backhaul.analysis.conditions import Condition
from backhaul.analysis.control_flow import ControlFlow, Edge, GraphTooLargeError
from backhaul.analysis.operations import Use
from backhaul.analysis.places import Place, Places
from backhaul.analysis.program import FunctionSymbol, Program
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.timing import timing
from backhaul.analysis.variables import Unit, Variable
from backhaul.analysis.walking import descendants
from backhaul.model.code import (
    Argument,
    Assign,
    Call,
    Closure,
    Expression,
    Member,
    Name,
    Node,
    SelectorName,
)

RECEIVER = "receiver"
"""The role of what an operation is performed on."""

_MAX_DEPTH = 7
_ACTIVE = (Assign, Call, Closure, Member, Name, SelectorName)


class Effect(IntEnum):
    """How surely an operation is performed, from least to most."""

    NEVER = 0
    LATER = 1
    SOMETIMES = 2
    ALWAYS = 3


class Performance(Struct, frozen=True):
    """One call in the program that performs the operation, and the places it may be given."""

    use: Use
    body: Body
    unit: Unit
    places: frozenset[Place]


class Graphs:
    """The control-flow graphs of one program, made once each."""

    def __init__(self, no_return: frozenset[str], reads: Reads) -> None:
        self._no_return = no_return
        self._reads = reads
        self._made: dict[int, ControlFlow | None] = {}

    def of(self, unit: Unit, body: Body) -> ControlFlow | None:
        """None for a unit too large to follow."""
        if id(unit) not in self._made:
            try:
                self._made[id(unit)] = ControlFlow(unit, body, self._no_return, self._reads)
            except GraphTooLargeError:
                self._made[id(unit)] = None
        return self._made[id(unit)]


class Effects:
    """The effects of one operation (``operation`` is an id or a tag of the models)."""

    def __init__(self, operation: str, role: str, places: Places, graphs: Graphs) -> None:
        self.operation = operation
        self.role = role
        self.places = places
        self.resolver: Resolver = places.resolver
        self.program: Program = places.resolver.program
        self.graphs = graphs
        self._summaries: dict[tuple[int, Place], Effect] = {}
        self._active: set[tuple[int, Place]] = set()
        self.performances: list[Performance] = self._find()
        self._relevant = self._callers_closure()

    # All performances in the program

    @cached_property
    def names(self) -> frozenset[str]:
        """Simple names of the operation."""
        return frozenset(s.name for s in self.resolver.models.spellings_of(self.operation))

    def _find(self) -> list[Performance]:
        names = self.names
        found: list[Performance] = []
        for symbol in self.resolver.operations.performers(self.operation):
            body = symbol.body
            if body is None:
                continue
            for call, unit in body.calls:
                if call.name not in names:
                    continue
                for use in self.resolver.operations.at(call, body):
                    if use.operation.is_named(self.operation):
                        given = use.receiver if self.role == RECEIVER else use.arguments.get(self.role)
                        behind = self.places.behind(given, body) if given is not None else set()
                        found.append(Performance(use, body, unit, frozenset(behind)))
        return self._through_parameters(found)

    def _through_parameters(self, direct: list[Performance]) -> list[Performance]:
        """Adds, for a performance on a parameter, the places that callers pass for it."""
        found = list(direct)
        done: set[Place] = set()
        queue = list(direct)
        while queue:
            performance = queue.pop()
            symbol = performance.body.symbol
            for position in range(len(performance.body.unit.parameters)):
                place = self.places.parameter(symbol, position)
                if place not in performance.places or place in done:
                    continue
                done.add(place)
                for call, caller, unit in self._calls_of(symbol):
                    argument = argument_for(symbol, call, position)
                    if argument is None:
                        continue
                    behind = frozenset(self.places.behind(argument, caller))
                    use = Use(performance.use.operation, call, call.receiver, {self.role: argument}, True)
                    passed = Performance(use, caller, unit, behind)
                    found.append(passed)
                    queue.append(passed)
        return found

    def _calls_of(self, symbol: FunctionSymbol) -> Iterable[tuple[Call, Body, Unit]]:
        names = symbol.callable_names
        for caller in self.program.may_call(symbol):
            body = caller.body
            if body is None or caller is symbol:
                continue
            for call, unit in body.calls:
                if call.name in names and symbol in self.resolver.callees.of(call, body).functions:
                    yield call, body, unit

    def on(self, places: Iterable[Place]) -> list[Performance]:
        """The performances that may be given the value of one of ``places``."""
        wanted = set(places)
        return [p for p in self.performances if not wanted.isdisjoint(p.places)]

    def unplaced(self) -> list[Performance]:
        """The performances on a value that cannot be traced to any place."""
        return [p for p in self.performances if not any(place.owner != "?" for place in p.places)]

    def _callers_closure(self) -> frozenset[str]:
        """Names of the functions that may, at some depth, perform the operation at all."""
        names: set[str] = set()
        frontier = {id(p.body.symbol): p.body.symbol for p in self.performances}
        for _ in range(_MAX_DEPTH):
            fresh = {n for s in frontier.values() for n in s.callable_names} - names
            if not fresh:
                break
            names |= fresh
            callers = self.program.mentioning(*sorted(fresh | _properties_set_by(fresh)))
            frontier = {id(s): s for s in callers}
        return frozenset(names)

    # Summaries

    def of_function(self, symbol: FunctionSymbol, place: Place, depth: int = 0) -> Effect:
        """What a call of ``symbol`` does to ``place``."""
        body = symbol.body
        if body is None or symbol.name not in self._relevant:
            return Effect.NEVER
        return self.of_unit(body.unit, body, place, depth)

    def of_unit(self, unit: Unit, body: Body, place: Place, depth: int = 0) -> Effect:
        """What a run of ``unit`` does to ``place``."""
        key = (id(unit), place)
        if key in self._summaries:
            return self._summaries[key]
        if key in self._active or depth > _MAX_DEPTH:
            return Effect.NEVER
        self._active.add(key)
        try:
            effect = self._summarise(unit, body, place, depth)
        finally:
            self._active.discard(key)
        if not self._active or effect is Effect.ALWAYS:
            self._summaries[key] = effect
        return effect

    def _summarise(self, unit: Unit, body: Body, place: Place, depth: int) -> Effect:
        strongest = Effect.NEVER
        for node in descendants(unit.block, into_closures=False):
            if isinstance(node, _ACTIVE):
                strongest = max(strongest, self.of_node(node, body, place, depth))
        if strongest is not Effect.ALWAYS:
            return strongest
        graph = self.graphs.of(unit, body)
        if graph is None:
            return Effect.SOMETIMES
        ends = self._misses(graph, body, place, depth)
        return Effect.SOMETIMES if ends else Effect.ALWAYS

    def _misses(self, graph: ControlFlow, body: Body, place: Place, depth: int) -> bool:
        """Whether some way through reaches the end without performing, while the place may be live."""
        seen: set[int] = set()
        stack = [graph.entry]
        while stack:
            point = stack.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            if point.exit:
                if point.exit == "end":
                    return True
                continue
            if point.atom is not None and self.of_atom(point.atom, body, place, depth) is Effect.ALWAYS:
                continue
            stack.extend(e.target for e in point.edges if not self.says_empty(e, place, body))
        return False

    def says_empty(self, edge: Edge, place: Place, body: Body) -> bool:
        """Whether ``edge`` is taken only when nothing is held in ``place``."""
        if edge.tested is None:
            return False
        return any(self._is_empty(condition, edge.tested, place, body) for condition in edge.conditions)

    def _is_empty(self, condition: Condition, tested: Expression, place: Place, body: Body) -> bool:
        if not self._tests(tested, place, body):
            return False
        if not condition.subject:
            return not condition.holds  # ``if (identifier)``: zero
        return condition.holds

    def _tests(self, tested: Expression, place: Place, body: Body) -> bool:
        return any(
            isinstance(node, (Name, Member, Call)) and place in self.places.behind(node, body)
            for node in descendants(tested, into_closures=False)
        )

    # Single nodes

    def of_atom(self, atom: Node, body: Body, place: Place, depth: int = 0) -> Effect:
        """What the evaluation of one atom of a control-flow graph does to ``place``."""
        strongest = Effect.NEVER
        for node in descendants(atom, into_closures=False):
            if isinstance(node, _ACTIVE):
                strongest = max(strongest, self.of_node(node, body, place, depth))
                if strongest is Effect.ALWAYS:
                    break
        return strongest

    def of_node(self, node: Node, body: Body, place: Place, depth: int) -> Effect:
        if isinstance(node, Call):
            return self._of_call(node, body, place, depth)
        if isinstance(node, Closure):
            return self._of_closure(node, body, place, depth)
        if isinstance(node, Assign):
            return self._of_assignment(node, body, place, depth)
        if isinstance(node, SelectorName):
            return self._of_named(node.name, body, place, depth)
        return self._of_reference(node, body, place, depth)

    def _of_call(self, call: Call, body: Body, place: Place, depth: int) -> Effect:
        for performance in self._performances_at(call):
            if place in performance.places:
                return Effect.ALWAYS
        local = body.variable_called(call)
        if local is not None:
            return self._of_local(local, body, place, depth)
        if call.name not in self._relevant:
            return Effect.NEVER
        effect = Effect.NEVER
        for symbol in self.resolver.callees.of(call, body).functions:
            effect = max(effect, self.of_function(symbol, place, depth + 1))
        return effect

    def _of_assignment(self, assign: Assign, body: Body, place: Place, depth: int) -> Effect:
        """What the setter and the observers of an assigned property do."""
        target = assign.target
        if not isinstance(target, (Name, Member)) or (
            isinstance(target, Name) and body.variable(target) is not None
        ):
            return Effect.NEVER
        owner = body.symbol.owner
        if isinstance(target, Member) and target.base is not None:
            owner = self.resolver.types.of(target.base, body)
        setter = f"set{target.name[:1].upper()}{target.name[1:]}:"
        if not owner or (target.name not in self._relevant and setter not in self._relevant):
            return Effect.NEVER
        effect = Effect.NEVER
        for symbol in (*self.program.members(owner, target.name), *self.program.members(owner, setter)):
            if symbol.function.kind in ("setter", "observer") or symbol.name == setter:
                effect = max(effect, self.of_function(symbol, place, depth + 1))
        return effect

    def _of_local(self, local: Variable, body: Body, place: Place, depth: int) -> Effect:
        """What invoking a local function, or a variable that holds a closure, does."""
        if local.local_function is not None:
            return self.of_unit(local.local_function, body, place, depth + 1)
        effect = Effect.NEVER
        for definition in local.definitions:
            if isinstance(definition.expression, Closure):
                unit = body.unit_of(definition.expression)
                effect = max(effect, self.of_unit(unit, body, place, depth + 1))
        return effect

    def _performances_at(self, call: Call) -> list[Performance]:
        return self._by_node.get(id(call), [])

    @cached_property
    def _by_node(self) -> dict[int, list[Performance]]:
        index: dict[int, list[Performance]] = {}
        for performance in self.performances:
            index.setdefault(id(performance.use.node), []).append(performance)
        return index

    def _of_closure(self, closure: Closure, body: Body, place: Place, depth: int) -> Effect:
        """A closure that runs within the expression counts as run; any other one runs later."""
        inner = self.of_unit(body.unit_of(closure), body, place, depth)
        if inner is Effect.NEVER:
            return Effect.NEVER
        return inner if self.timing(closure, body) == "now" else Effect.LATER

    def _of_reference(self, node: Node, body: Body, place: Place, depth: int) -> Effect:
        """A function named as a value (``completion: finish``): it runs later."""
        assert isinstance(node, (Name, Member))
        if not isinstance(body.parent(node), Argument):
            return Effect.NEVER
        if isinstance(node, Name):
            variable = body.variable(node)
            if variable is not None:
                inner = self._of_local(variable, body, place, depth)
                return Effect.LATER if inner is not Effect.NEVER else Effect.NEVER
        return self._of_named(node.name, body, place, depth)

    def _of_named(self, name: str, body: Body, place: Place, depth: int) -> Effect:
        name = name.rpartition(".")[2].partition("(")[0] if "(" in name else name.rpartition(".")[2]
        owner = body.symbol.owner
        if not owner or name not in self._relevant:
            return Effect.NEVER
        for symbol in self.program.members(owner, name):
            if self.of_function(symbol, place, depth + 1) is not Effect.NEVER:
                return Effect.LATER
        return Effect.NEVER

    def timing(self, closure: Closure, body: Body) -> str:
        """When a closure literal runs: see ``timing.timing``."""
        return timing(closure, body, self.resolver)


def _properties_set_by(names: set[str]) -> set[str]:
    """The properties whose assignment calls one of ``names``: Objective-C's ``setState:`` for ``state``."""
    bare = [name[3:-1] for name in names if name.startswith("set") and name.count(":") == 1 and name[3:-1]]
    return {spelled for name in bare for spelled in (name, name[:1].lower() + name[1:])}
