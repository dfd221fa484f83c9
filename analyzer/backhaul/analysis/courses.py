"""What becomes of an object in the code that makes it, or is given it.

The object is followed through the local variables that hold it. Everything else that has to do with
it is listed: what is called on it, where it is stored, what it is passed to, whether it is returned.
Unlike ``Places``, this follows the object itself: what one of its methods gives is another object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.consumers import consumer_of, holders, names_of
from backhaul.analysis.places import Place, Places
from backhaul.analysis.variables import Unit, Variable
from backhaul.model.code import (
    Assign,
    Binary,
    Binding,
    Call,
    Capture,
    Closure,
    Destructure,
    Evaluate,
    Expression,
    Guard,
    If,
    Interpolation,
    Local,
    Member,
    Name,
    Node,
    Return,
    Switch,
)

_LOOKED_AT = (Binary, Binding, Capture, Destructure, Evaluate, Guard, If, Interpolation, Local, Switch)


class Course(Struct, eq=False):
    """All that becomes of one object in one body.

    ``calls`` and ``reads`` on it, with the unit they stand in; ``stores`` into places that outlive the
    function, by the node that stores; ``passed``: the calls it is an argument of, with the argument;
    ``returns``. ``is_dropped``: nothing takes it where it is made. ``escapes``: it goes where this
    analysis does not follow.
    """

    calls: list[tuple[Call, Unit]] = field(default_factory=list)
    reads: list[tuple[Member, Unit]] = field(default_factory=list)
    stores: list[tuple[Place, Node]] = field(default_factory=list)
    passed: list[tuple[Call, Node]] = field(default_factory=list)
    returns: list[tuple[Return, Unit]] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    is_dropped: bool = False
    escapes: bool = False

    @property
    def kept_in(self) -> list[Place]:
        return [place for place, _ in self.stores]


class Courses:
    """Answers for one program. ``keeping``: operations that put their argument into their receiver."""

    def __init__(self, places: Places, keeping: str) -> None:
        self.places = places
        self.resolver = places.resolver
        self._keeping = keeping

    def of(self, node: Expression, body: Body) -> Course:
        """What becomes of the value of the expression ``node``."""
        found = Course()
        self._follow(lambda e: e is node, iter(()), body, found)
        self._take(node, body, found)
        parent = next(body.takers(node), None)
        found.is_dropped = isinstance(parent, Evaluate) or _is_thrown_away(parent)
        return found

    def of_variable(self, variable: Variable, body: Body) -> Course:
        """What becomes of what a variable, as a rule a parameter, holds."""
        found = Course()
        self._follow(lambda _: False, iter((variable,)), body, found)
        return found

    def parameters_given(self, call: Call, argument: Node, body: Body) -> list[tuple[Variable, Body]]:
        """The parameters, of functions of the program, that get ``argument``."""
        return [
            (parameter, symbol.body)
            for symbol in self.resolver.callees.of(call, body).functions
            if symbol.body is not None
            for number, parameter in enumerate(symbol.body.unit.parameters)
            if argument_for(symbol, call, number) is argument
        ]

    def _follow(
        self, is_source: Callable[[Expression], bool], given: Iterator[Variable], body: Body, found: Course
    ) -> None:
        found.variables = holders(body, is_source, given)
        for variable in found.variables:
            if variable.storage == "static":
                found.stores.append((self.places.local(variable), variable.node))
        for name in names_of(found.variables, body):
            self._take(name, body, found)

    def _take(self, occurrence: Expression, body: Body, found: Course) -> None:
        """Records what one expression that gives the object does with it."""
        taken = consumer_of(occurrence, body)
        unit = body.unit_at(occurrence)
        node = taken.node
        if taken.form == "used" and isinstance(node, Call):
            found.calls.append((node, unit))
        elif taken.form == "used" and isinstance(node, Member):
            called = body.parent(node)
            if isinstance(called, Call) and called.receiver is node and not called.name:
                found.calls.append((called, unit))
            else:
                found.reads.append((node, unit))
        elif taken.form == "stored" and isinstance(node, Assign):
            self._stored(node, body, found)
        elif taken.form == "passed" and isinstance(node, Call):
            self._passed(node, taken.argument, body, found)
        elif taken.form == "returned" and isinstance(node, Return):
            self._returned(node, body, found)
        elif taken.form == "none" and not isinstance(node, (*_LOOKED_AT, Assign)):
            found.escapes = True

    def _returned(self, node: Return, body: Body, found: Course) -> None:
        """Returned to the caller; a closure that is called where it is written gives it to the function."""
        unit = body.unit_at(node)
        call = body.parent(unit.node) if isinstance(unit.node, Closure) else None
        is_called = isinstance(call, Call) and call.receiver is unit.node and not call.name
        if not isinstance(call, Call) or not is_called or body.symbol.function.kind == "value":
            found.returns.append((node, unit))
            return
        variables = found.variables
        self._follow(lambda e: e is call, iter(()), body, found)
        found.variables = [*variables, *found.variables]
        self._take(call, body, found)

    def _stored(self, assign: Assign, body: Body, found: Course) -> None:
        target = assign.target
        if isinstance(target, Name) and (target.name == "_" or body.variable(target) is not None):
            return
        place = self.places.of(target, body)
        if place is None:
            found.escapes = True
        elif not place.is_local:
            found.stores.append((place, assign))

    def _passed(self, call: Call, argument: Node | None, body: Body, found: Course) -> None:
        receiver = call.receiver
        if receiver is not None and call.name.startswith("set") and call.name.count(":") == 1:
            owner = self.resolver.types.of(receiver, body)
            name = call.name[3:4].lower() + call.name[4:-1]
            if owner and self.resolver.program.property(owner, name) is not None:
                found.stores.append((self.places.field(owner, name), call))
                return
        if receiver is not None and any(
            use.operation.is_named(self._keeping) for use in self.resolver.operations.at(call, body)
        ):
            base = self.places.of(receiver, body)
            if base is not None:
                found.stores.append((base.element(), call))
                return
        found.passed.append((call, argument if argument is not None else call))


def _is_thrown_away(parent: Node | None) -> bool:
    if isinstance(parent, Local):
        return parent.name == "_"
    if isinstance(parent, Assign):
        return isinstance(parent.target, Name) and parent.target.name == "_"
    return False
