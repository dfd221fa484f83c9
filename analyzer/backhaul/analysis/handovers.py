"""What becomes of a closure that a function is given: called, stored, passed on.

The closure is followed from a parameter through local variables, functions of the program, fields,
globals and collections. Whatever else takes it has it: from there on it is out of sight.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.places import Place, Places
from backhaul.analysis.program import field_names, type_name
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import descendants
from backhaul.model.code import Argument, Assign, Binary, Binding, Call, Member, Name, Node

_COMPARISONS = frozenset(("==", "!=", "===", "!==", "&&", "||"))


class Handover(Struct, eq=False):
    """``calls``: invocations of the parameter itself, wherever it was passed. ``stores``: places that
    outlive the function, with the node that stores it there. ``is_unseen``: it goes out of sight.
    """

    calls: list[tuple[Call, Body]] = []
    stores: dict[Place, tuple[Node, Body]] = {}
    is_unseen: bool = False

    @property
    def is_dropped(self) -> bool:
        return not (self.calls or self.stores or self.is_unseen)


class Handovers:
    """``inert``: operations that take a value and keep nothing of it, an id or a tag."""

    def __init__(self, places: Places, inert: str) -> None:
        self.places = places
        self.resolver = places.resolver
        self.program = places.resolver.program
        self._inert = inert

    def of(self, parameter: Variable, body: Body) -> Handover:
        found = Handover()
        queue = [(parameter, body)]
        seen: set[int] = set()
        while queue:
            variable, where = queue.pop()
            if id(variable) in seen:
                continue
            seen.add(id(variable))
            found.calls.extend(
                (call, where) for call, _ in where.calls if where.variable_called(call) is variable
            )
            for name, _ in variable.uses:
                if where.parent(name) is not None:
                    queue.extend(self._use(name, where, found))
        return found

    def _use(self, name: Name, body: Body, found: Handover) -> Iterator[tuple[Variable, Body]]:
        """Records what one use of the closure does; gives the variables that then hold it."""
        destinations = self.places.destinations(name, body)
        found.is_unseen = found.is_unseen or destinations.escapes
        for place in destinations.places:
            if place.is_local:
                yield from ((v, body) for v in body.all_variables() if self.places.local(v) == place)
            elif setters := list(self._setters(place)):
                yield from setters
            else:
                found.stores.setdefault(place, (name, body))
                found.is_unseen = found.is_unseen or not self._is_declared(place)
        for call, position in destinations.arguments:
            yield from self._passed(call, position, body, found)

    def _setters(self, place: Place) -> Iterator[tuple[Variable, Body]]:
        """What a computed property's setters, called with a closure, name it."""
        for name in field_names(place.name) if place.kind == "field" else ():
            for symbol in self.program.members(place.owner, name):
                if symbol.function.kind == "setter" and symbol.body is not None:
                    yield from ((parameter, symbol.body) for parameter in symbol.body.unit.parameters[:1])

    def _is_declared(self, place: Place) -> bool:
        """Whether the program declares the place: into that of another object anybody may look."""
        if not place.owner:
            return place.name in self.program.globals
        return any(self.program.property(place.owner, name) is not None for name in field_names(place.name))

    def _passed(
        self, call: Call, position: int, body: Body, found: Handover
    ) -> Iterator[tuple[Variable, Body]]:
        if any(use.operation.is_named(self._inert) for use in self.resolver.operations.at(call, body)):
            return
        inner = list(self.parameters_given(call, position, body))
        yield from inner
        if inner:
            return
        base = self.places.of(call.receiver, body) if call.receiver is not None else None
        if base is not None and not base.is_local and self._is_collection(call, body):
            found.stores.setdefault(base.element(), (call, body))
        else:
            found.is_unseen = True

    def parameters_given(self, call: Call, position: int, body: Body) -> Iterator[tuple[Variable, Body]]:
        """The parameters, of functions of the program, that get the argument at ``position``."""
        passed = call.arguments[position].value
        for symbol in self.resolver.callees.of(call, body).functions:
            if symbol.body is not None:
                for number, parameter in enumerate(symbol.body.unit.parameters):
                    if argument_for(symbol, call, number) is passed:
                        yield parameter, symbol.body

    def _is_collection(self, call: Call, body: Body) -> bool:
        return any(
            use.operation.is_named("collection-store") for use in self.resolver.operations.at(call, body)
        )

    # What is done with what was stored

    def invocations(self, stored: set[Place]) -> Iterator[tuple[Call, Body]]:
        """The calls of the program that invoke a closure kept in one of the places."""
        names = {place.name for place in stored}
        spelled = {s for name in names for s in (name, f"_{name}")}
        for symbol in self.program.mentioning(*sorted(spelled)):
            body = symbol.body
            for call, _ in body.calls if body is not None else ():
                if body is not None and self._is_one_of(stored, self._called(call, body)):
                    yield call, body

    def _called(self, call: Call, body: Body) -> set[Place]:
        """The places whose closure ``call`` may invoke."""
        variable = body.variable_called(call)
        if variable is not None:
            return self.places.behind_variable(variable, body)
        if not call.name:
            return self.places.behind(call.receiver, body) if call.receiver is not None else set()
        if self.resolver.callees.of(call, body).functions or ":" in call.name:
            return set()
        if call.receiver is None:
            place = self.places.of(Name(call.name_start, call.name_end, call.name), body)
        else:
            place = self.places.of(Member(call.start, call.end, call.receiver, call.name), body)
        return {place} if place is not None else set()

    def is_kept_closure(self, call: Call, body: Body) -> bool:
        """Whether ``call`` invokes a closure that a field, a global or a collection holds."""
        return bool(self.kept_in(call, body))

    def kept_in(self, call: Call, body: Body) -> set[Place]:
        """The fields, globals and collections that may hold the closure ``call`` invokes."""
        if self.resolver.operations.at(call, body):
            return set()
        places = self._called(call, body)
        if call.name and body.variable_called(call) is None:
            return {place for place in places if self._holds_closure(place)}
        return {place for place in places if place.kind in ("field", "global", "element")}

    def _holds_closure(self, place: Place) -> bool:
        """Whether the field or global is declared with a type that can be one of closures."""
        declared = next(
            (
                d[0]
                for n in field_names(place.name)
                if (d := self.program.property(place.owner, n)) is not None
            ),
            None,
        )
        if declared is None and place.kind == "global":
            declared = next((d for d, _ in self.program.globals.get(place.name, ())), None)
        if declared is None or not declared.type:
            return False
        name = type_name(declared.type)
        return not name or (
            self.program.find_type(name) is None and self.resolver.models.type_named(name) is None
        )

    def _is_one_of(self, stored: set[Place], found: set[Place]) -> bool:
        """Whether one place is another, or that of an object of unknown type, or of a protocol it fits."""
        return not stored.isdisjoint(found) or any(self._may_be(p, q) for p in stored for q in found)

    def _may_be(self, stored: Place, found: Place) -> bool:
        if (stored.kind, stored.name) != (found.kind, found.name):
            return False
        return found.owner == "?" or (
            bool(stored.owner) and found.owner in self.program.supertypes(stored.owner)
        )

    def is_read(self, stored: set[Place]) -> bool:
        """Whether the program takes anything out of one of the places: to call it, to pass it on."""
        spelled = {s for place in stored for s in (place.name, f"_{place.name}")}
        for symbol in self.program.mentioning(*sorted(spelled)):
            body = symbol.body
            if body is None:
                continue
            for node in descendants(body.unit.block):
                if isinstance(node, Call) and self._is_one_of(stored, self._called(node, body)):
                    return True
                if not isinstance(node, (Name, Member, Call)) or node.name not in spelled:
                    continue
                place = self.places.of(node, body)
                if place is None or not (self._is_one_of(stored, {place, place.element()})):
                    continue
                if not self._is_only_stored_into(node, body):
                    return True
        return False

    def _is_only_stored_into(self, node: Node, body: Body) -> bool:
        """Whether a mention of a place only puts something there, or compares it."""
        inner = node
        for outer in body.ancestors(node):
            if isinstance(outer, Assign):
                return inner is outer.target
            if isinstance(outer, Binary) and outer.operator in _COMPARISONS:
                return True
            if isinstance(outer, Call):
                return outer.receiver is inner and self._is_collection(outer, body)
            if isinstance(outer, (Argument, Binding)):
                return False
            inner = outer
        return False
