"""What one function does with an object that it makes: which calls use it."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.consumers import consumer_of
from backhaul.analysis.courses import Course
from backhaul.analysis.effects import RECEIVER
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.variables import Unit, Variable
from backhaul.matchers.context import Context
from backhaul.matchers.makings import Making, Makings
from backhaul.model.code import Call, Closure, Name, Node

_MOST_CALLS_DEEP = 2
_HARMLESS = ("inert", "in-sight")


class SingleUses:
    """Answers for one operation ``use`` and the ``makings`` of one sort of object."""

    def __init__(self, use: str, makings: Makings, context: Context) -> None:
        self.use = use
        self.makings = makings
        self.context = context
        self.using = context.effects(use, RECEIVER)
        self._users = {id(p.body): p for p in self.using.performances}

    def of(self, making: Making, course: Course) -> list[Call]:
        """The calls that use the object where it is made, in order; none where it goes out of sight."""
        body = making.body
        if course.escapes or any(u is body.unit for _, u in course.returns):
            return []
        found = [call for call, _ in course.calls if self._uses_it(call, making, body)]
        found += self._uses_where_kept(making, course)
        for call, argument in course.passed:
            if self.performs(call, body, *_HARMLESS):
                continue
            inner = self._used_by(call, argument, making, body, 0)
            if inner is None:
                return []
            found += [call] if inner else []
        return sorted(found, key=lambda call: call.start)

    def _uses_where_kept(self, making: Making, course: Course) -> Iterator[Call]:
        """The uses, further on in the same function, of what the object was stored in."""
        for performance in self.using.on(course.kept_in):
            node = performance.use.node
            if performance.body is making.body and isinstance(node, Call) and node.start > making.node.start:
                yield node

    def _uses_it(self, call: Call, making: Making, body: Body) -> bool:
        if not making.owner:
            return self.performs(call, body, self.use) or self._is_used_by_itself(call, body)
        functions = self.context.resolver.callees.of(call, body).functions
        return self.context.reach.find(functions, lambda s: self._is_user(s, making)) is not None

    def _is_used_by_itself(self, call: Call, body: Body) -> bool:
        """Whether ``call`` is of a method that the program adds to the object's type, and that uses it."""
        if call.receiver is None:
            return False
        for symbol in self.context.resolver.callees.of(call, body).functions:
            performance = self._users.get(id(symbol.body))
            receiver = performance.use.receiver if performance is not None else None
            if isinstance(receiver, Name) and receiver.name == "self":
                return True
        return False

    def _is_user(self, symbol: FunctionSymbol, making: Making) -> bool:
        performance = self._users.get(id(symbol.body))
        return performance is not None and making.kept in performance.places

    def _used_by(self, call: Call, argument: Node, making: Making, body: Body, depth: int) -> bool | None:
        """Whether a function of the program that is given the object uses it; None: it may keep it."""
        given = self.makings.courses.parameters_given(call, argument, body)
        if not given or depth >= _MOST_CALLS_DEEP:
            return None
        is_used = False
        for parameter, where in given:
            course = self.makings.courses.of_variable(parameter, where)
            if course.escapes or course.stores or course.returns or _is_kept_by_closure(parameter, where):
                return None
            is_used = is_used or any(self._uses_it(c, making, where) for c, _ in course.calls)
            for further, passed in course.passed:
                if self.performs(further, where, *_HARMLESS):
                    continue
                inner = self._used_by(further, passed, making, where, depth + 1)
                if inner is None:
                    return None
                is_used = is_used or inner
        return is_used

    def performs(self, node: Node, body: Body, *names: str) -> bool:
        """Whether a node performs one of the operations ``names``."""
        uses = self.context.resolver.operations.at(node, body)
        return any(use.operation.is_named(name) for use in uses for name in names)


def _is_kept_by_closure(variable: Variable, body: Body) -> bool:
    """Whether a closure that outlives the function, returned or stored, has the value."""
    for _, used_in in variable.uses:
        unit: Unit | None = used_in
        while unit is not None and unit.node is not None:
            if isinstance(unit.node, Closure) and consumer_of(unit.node, body).form in ("returned", "stored"):
                return True
            unit = unit.parent
    return False
