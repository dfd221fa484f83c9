"""What becomes of a value that is good only until the function it was given to returns.

The value is followed through local variables, conversions that stand for it, functions of the
program and closures. Each use of it *looks* at it, *takes* it (reads, moves, or goes where this
analysis does not see), *keeps* it in a place that outlives the function, or comes *later*: in a
closure that runs after the function has returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.effects import Graphs
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place, Places
from backhaul.analysis.timing import timing
from backhaul.analysis.values import Values
from backhaul.analysis.variables import Unit, Variable
from backhaul.findings.finding import Step
from backhaul.model.code import (
    Argument,
    Assign,
    Binary,
    Binding,
    Call,
    Capture,
    Cast,
    Closure,
    Collection,
    Conditional,
    Evaluate,
    If,
    Index,
    Interpolation,
    Local,
    Loop,
    Member,
    Name,
    Node,
    Opaque,
    Switch,
    Unary,
)

_MOST_CALLS_DEEP = 4
_COMPARISONS = frozenset(("==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||", "~="))
_TRANSPARENT = (Argument, Binary, Cast, Collection, Conditional, Opaque, Unary)


class Terms(Struct, frozen=True):
    """Operations, by id or tag, that a card names.

    ``same``: what they give stands for their receiver or argument. ``looks``: they only look at a
    value. ``resumes``: what they are given is used after the function returns. ``keeps``: they put
    it into their receiver.
    """

    same: tuple[str, ...]
    looks: tuple[str, ...]
    resumes: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


class Late(Struct, eq=False):
    """A use after the return: ``node``, in ``body``; ``trail`` leads to it."""

    node: Node
    body: Body
    trail: tuple[Step, ...] = ()


class Kept(Struct, eq=False):
    """The value stored at ``node`` in ``place``, which outlives the function."""

    place: Place
    node: Node
    body: Body
    trail: tuple[Step, ...] = ()


class Custody(Struct, eq=False):
    """All that becomes of one value. ``is_taken``: somewhere, in time, or out of sight."""

    late: list[Late] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    is_taken: bool = False

    @property
    def is_unused(self) -> bool:
        return not (self.late or self.kept or self.is_taken)


class _Event(Struct, eq=False):
    """What one use does. ``node`` stands in the unit whose run does it."""

    node: Node
    unit: Unit
    outcome: Custody


class Custodies:
    """Answers for one program under one set of ``terms``."""

    def __init__(self, terms: Terms, places: Places, values: Values, graphs: Graphs) -> None:
        self.terms = terms
        self.places = places
        self.values = values
        self.graphs = graphs
        self.resolver = places.resolver
        self._active: set[int] = set()

    def of(self, variable: Variable, body: Body, depth: int = 0) -> Custody:
        """What the unit that has ``variable`` as its parameter does with the value."""
        root = variable.unit
        found = Custody()
        if id(variable) in self._active or depth > _MOST_CALLS_DEEP:
            found.is_taken = True
            return found
        self._active.add(id(variable))
        try:
            events = list(self._events(variable, root, body, depth))
        finally:
            self._active.discard(id(variable))
        taking = [e.node for e in events if e.outcome.is_taken]
        found.is_taken = bool(taking)
        for event in events:
            if not (event.outcome.late or event.outcome.kept):
                continue
            if self._is_reached(event.node, event.unit, root, body, taking):
                found.late.extend(event.outcome.late)
                found.kept.extend(event.outcome.kept)
        return found

    def _events(self, variable: Variable, root: Unit, body: Body, depth: int) -> Iterator[_Event]:
        queue = [variable]
        seen: set[int] = set()
        while queue:
            alias = queue.pop()
            if id(alias) in seen:
                continue
            seen.add(id(alias))
            if not alias.unit.is_inside(root):
                continue
            for name, unit in alias.uses:
                if body.parent(name) is not None:
                    yield from self._use(name, unit, root, body, depth, queue)

    def _use(
        self, name: Name, unit: Unit, root: Unit, body: Body, depth: int, aliases: list[Variable]
    ) -> Iterator[_Event]:
        when, outermost = self._when(unit, root, body)
        outcome = self._outcome(name, body, root, depth, aliases)
        if outcome is None or outcome.is_unused:
            return
        if when == "now":
            yield _Event(name, unit, outcome)
        elif when == "later" and outermost is not None:
            step = step_at(outermost, body, "this closure runs later", _beginning(outermost))
            yield _Event(outermost, body.unit_at(outermost), Custody(late=[Late(name, body, (step,))]))
        else:
            yield _Event(name, unit, Custody(is_taken=True))

    def _when(self, unit: Unit, root: Unit, body: Body) -> tuple[str, Closure | None]:
        """``now``, ``later`` with the outermost closure that does, or "" when it is not known."""
        late: Closure | None = None
        when = "now"
        while unit is not root and unit.parent is not None:
            closure = unit.node
            runs = self._runs(closure, body) if isinstance(closure, Closure) else ""
            if runs in ("later", "main") and isinstance(closure, Closure):
                late = closure
            elif runs != "now":
                when = ""
            unit = unit.parent
        return ("later", late) if late is not None else (when, None)

    def _runs(self, closure: Closure, body: Body) -> str:
        """When a closure literal runs, also one that a local variable holds first."""
        parent = body.parent(closure)
        variable = body.declared_by(parent) if isinstance(parent, Local) else None
        if variable is None:
            return timing(closure, body, self.resolver)
        if any(body.variable_called(call) is variable for call, _ in body.calls):
            return "now"
        found = {self._runs_as_argument(name, body) for name, _ in variable.uses}
        return found.pop() if len(found) == 1 else ""

    def _runs_as_argument(self, name: Name, body: Body) -> str:
        argument = body.parent(name)
        call = body.parent(argument) if isinstance(argument, Argument) else None
        uses = self.resolver.operations.at(call, body) if isinstance(call, Call) else []
        return next(
            (
                when
                for use in uses
                for role, when in use.operation.calls.items()
                if use.arguments.get(role) is name
            ),
            "",
        )

    # One use

    def _outcome(
        self, node: Node, body: Body, root: Unit, depth: int, aliases: list[Variable]
    ) -> Custody | None:
        """What the code around one mention of the value does with it; None: it looks at it."""
        inner = node
        for outer in body.ancestors(node):
            if isinstance(outer, Member):
                if not self._stands_for_value(outer, body):
                    return None
            elif isinstance(outer, Call):
                if inner is outer.receiver:
                    if self.resolver.callees.of(outer, body).functions:
                        return Custody(is_taken=True)
                    if not self._stands_for_value(outer, body):
                        return None
                elif not self._stands_for_value(outer, body):
                    return self._passed(outer, inner, body, depth)
            elif isinstance(outer, Assign):
                return self._assigned(outer, inner, body, root, aliases)
            elif isinstance(outer, (Local, Binding, Capture)):
                aliases.extend(self._named(outer, body))
                return None
            elif isinstance(outer, Binary) and outer.operator in _COMPARISONS:
                return None
            elif isinstance(outer, Index):
                return None if inner is not outer.base else Custody(is_taken=True)
            elif isinstance(outer, (Interpolation, If, Loop, Switch, Evaluate)):
                return None
            elif isinstance(outer, Unary) and outer.operator == "&":
                return Custody(is_taken=True)
            elif isinstance(outer, Conditional) and inner is outer.condition and outer.then is not None:
                return None
            elif not isinstance(outer, _TRANSPARENT) and type(outer).__name__ not in ("Await", "Try"):
                return Custody(is_taken=True)
            inner = outer
        return None

    def _performs(self, node: Node, body: Body, names: Sequence[str]) -> bool:
        uses = self.resolver.operations.at(node, body)
        return any(use.operation.is_named(name) for use in uses for name in names)

    def _stands_for_value(self, node: Node, body: Body) -> bool:
        return self._performs(node, body, self.terms.same)

    def _named(self, declared: Local | Binding | Capture, body: Body) -> list[Variable]:
        if not isinstance(declared, Binding):
            variable = body.declared_by(declared)
            return [variable] if variable is not None else []
        return [v for v in body.all_variables() if any(d.node is declared for d in v.definitions)]

    def _assigned(
        self, outer: Assign, inner: Node, body: Body, root: Unit, aliases: list[Variable]
    ) -> Custody | None:
        if inner is outer.target:
            return None
        place = self.places.of(outer.target, body)
        if place is None:
            return Custody(is_taken=True)
        if place.is_local:
            variable = next((v for v in body.all_variables() if self.places.local(v) == place), None)
            if variable is not None and variable.unit.is_inside(root):
                aliases.append(variable)
                return None
        return Custody(kept=[Kept(place, outer, body)])

    def _passed(self, call: Call, given: Node, body: Body, depth: int) -> Custody | None:
        """What a call does with the value as one of its arguments."""
        if self._performs(call, body, self.terms.looks):
            return None
        resumed = self._resumed(call, body)
        if resumed is not None:
            return Custody(late=[Late(resumed, body)])
        if call.receiver is not None and self._performs(call, body, self.terms.keeps):
            place = self.places.of(call.receiver, body)
            outlives = place is not None and not place.is_local
            return (
                Custody(kept=[Kept(place.element(), call, body)])
                if place and outlives
                else Custody(is_taken=True)
            )
        value = given.value if isinstance(given, Argument) else given
        targets = list(self._parameters(call, value, body))
        found = Custody(is_taken=not targets)
        for variable, where, is_sure in targets:
            inner = self.of(variable, where, depth + 1)
            step = step_at(call, body, f"passed to `{_title(where, variable)}` here")
            found.late.extend(Late(x.node, x.body, (step, *x.trail)) for x in inner.late)
            found.kept.extend(Kept(x.place, x.node, x.body, (step, *x.trail)) for x in inner.kept)
            found.is_taken = found.is_taken or inner.is_taken or not is_sure
        return found

    def _resumed(self, call: Call, body: Body) -> Node | None:
        """What is given the arguments of ``call``, as they are or in an enumeration's case, to use later."""
        if self._performs(call, body, self.terms.resumes):
            return call
        argument = body.parent(call)
        outer = body.parent(argument) if isinstance(argument, Argument) else None
        if not isinstance(outer, Call) or not call.implicit or call.name == "init":
            return None
        return outer if self._performs(outer, body, self.terms.resumes) else None

    def _parameters(self, call: Call, value: Node, body: Body) -> Iterator[tuple[Variable, Body, bool]]:
        """The parameters that receive ``value``: of one function, or of the closures that callers give.

        The last part says whether nothing else can.
        """
        callees = self.resolver.callees.of(call, body)
        if len(callees.functions) == 1:
            symbol = callees.functions[0]
            if symbol.body is not None:
                for position, parameter in enumerate(symbol.body.unit.parameters):
                    if argument_for(symbol, call, position) is value:
                        yield parameter, symbol.body, callees.is_complete
            return
        called = body.variable_called(call)
        if called is None or called.parameter is None or called.unit is not body.unit:
            return
        number = next((n for n, a in enumerate(call.arguments) if a.value is value), None)
        for outer, caller in self.values.calls_of(body.symbol):
            closure = argument_for(body.symbol, outer, called.parameter)
            if isinstance(closure, Closure) and number is not None:
                parameters = caller.unit_of(closure).parameters
                if number < len(parameters):
                    yield parameters[number], caller, False

    # Ways through a unit

    def _is_reached(self, node: Node, unit: Unit, root: Unit, body: Body, taking: list[Node]) -> bool:
        """Whether some way leads to ``node`` on which nothing has taken the value yet."""
        graph = self.graphs.of(unit, body)
        if graph is None:
            return False
        wanted = {id(point) for point in graph.points_of(node)}
        inside = [n for n in taking if n is not node and body.unit_at(n).is_inside(unit)]
        closed = {id(point) for n in inside for point in graph.points_of(n)} - wanted
        stack, seen = [graph.entry], set[int]()
        while stack:
            point = stack.pop()
            if id(point) in wanted:
                break
            if id(point) in seen:
                continue
            seen.add(id(point))
            if id(point) not in closed:
                stack.extend(edge.target for edge in point.edges)
        else:
            return False
        if unit is root or unit.node is None:
            return True
        return self._is_reached(unit.node, body.unit_at(unit.node), root, body, taking)


def _beginning(closure: Closure) -> tuple[int, int]:
    return closure.start, closure.start + 1


def _title(body: Body, parameter: Variable) -> str:
    return "a closure" if parameter.unit is not body.unit else body.symbol.qualified_name
