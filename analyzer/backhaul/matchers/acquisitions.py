"""What is acquired, where the value that must be released is kept, and who releases it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from copy import copy
from functools import cached_property

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.effects import Effect, Effects, Performance
from backhaul.analysis.operations import Use
from backhaul.analysis.places import Destinations, Place, Places
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import calls_in, descendants
from backhaul.matchers.context import Context, is_nil
from backhaul.matchers.parameters import PairingParameters
from backhaul.model.code import (
    Argument,
    Call,
    Closure,
    Evaluate,
    Expression,
    Member,
    Name,
    Return,
    SelectorName,
)

_MAX_DEPTH = 5
_MAX_WRAPPERS = 2  # a function that hands on what another one hands on
_PUBLIC = frozenset(("public", "open"))
_HEADERS = (".h", ".hh", ".hpp")


class Acquisition(Struct, eq=False):
    """One performance of the acquiring operation.

    ``places``: where the acquired value is kept, aliases included; ``first_places``: where the
    acquiring statement itself puts it. ``escapes``: it also goes where
    nobody can follow, so that nothing is known about its release. ``is_dropped``: it is kept nowhere.
    ``callback``: the unit that runs when time is up; None when it is absent, nil, or not visible.
    ``callback_is_unseen``: a callback is given, but its code cannot be found.
    ``callback_is_shared``: other code than the acquired thing runs it too.
    """

    use: Use
    body: Body
    unit: Unit
    places: set[Place] = field(default_factory=set)
    first_places: frozenset[Place] = frozenset()
    escapes: bool = False
    is_dropped: bool = False
    callback: Unit | None = None
    callback_body: Body | None = None
    callback_is_unseen: bool = False
    callback_is_shared: bool = False

    @property
    def main_place(self) -> Place | None:
        """The place the value is put into first."""
        ranks = {"local": 1, "field": 0, "global": 0, "element": 2, "parameter": 3}
        return min(self.places, key=lambda p: (ranks[p.kind], p.owner, p.name), default=None)

    @property
    def is_local(self) -> bool:
        """Kept in local variables only, so that all its uses are in this body."""
        return bool(self.places) and all(place.kind in ("local", "parameter") for place in self.places)


class Acquisitions:
    """All acquisitions of one pairing in a program, with the effects of its release."""

    def __init__(self, parameters: PairingParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.places: Places = context.places
        self.effects: Effects = context.effects(parameters.release, parameters.role)

    def asked_by(self, parameters: PairingParameters) -> Acquisitions:
        """The same acquisitions, for another card of the same pairing."""
        asked = copy(self)
        asked.parameters = parameters
        asked.all = self.all
        return asked

    @cached_property
    def all(self) -> list[Acquisition]:
        found = [self._follow(*found) for found in self.context.uses(self.parameters.acquire)]
        fresh = found
        for _ in range(_MAX_WRAPPERS):
            fresh = [acquired for wrapped in fresh for acquired in self._acquired_through(wrapped)]
            found.extend(fresh)
        return found

    # Functions that acquire for their callers

    def _acquired_through(self, wrapped: Acquisition) -> Iterator[Acquisition]:
        """What callers of a function get that does no more with an acquired value than to return it."""
        if not self._is_returned(wrapped):
            return
        symbol = wrapped.body.symbol
        given = wrapped.use.arguments.get(self.parameters.callback)
        position = self._parameter_named(given, wrapped.body)
        for call, caller in self.context.values.calls_of(symbol):
            callback = argument_for(symbol, call, position) if position is not None else None
            arguments = {self.parameters.callback: callback} if callback is not None else {}
            is_complete = self.context.resolver.callees.of(call, caller).is_complete
            use = Use(
                wrapped.use.operation, call, call.receiver, arguments, wrapped.use.is_certain and is_complete
            )
            yield self._follow(use, caller, caller.unit_at(call), given_callback=position is not None)

    def _is_returned(self, acquisition: Acquisition) -> bool:
        """Whether all that becomes of an acquired value is that its function returns it."""
        body, node = acquisition.body, acquisition.use.node
        if acquisition.unit is not body.unit or body.symbol.function.kind not in ("function", "method"):
            return False
        keys = {place.key for place in acquisition.places if place.is_local}
        if any(not place.is_local for place in acquisition.places):
            return False
        callback = acquisition.callback
        if any(callback is None or not p.unit.is_inside(callback) for p in self.releases(acquisition)):
            return False
        for returned in body.unit.returns:
            value = unwrapped(returned.value) if returned.value is not None else None
            variable = body.variable(value) if isinstance(value, Name) else None
            if value is node or (variable is not None and id(variable) in keys):
                return True
        return False

    def _parameter_named(self, given: Expression | None, body: Body) -> int | None:
        """The position of the parameter that ``given`` names, or is a closure around a call of."""
        named = unwrapped(given) if given is not None else None
        variable = body.variable(named) if isinstance(named, Name) else None
        if isinstance(named, Closure):
            calls = list(calls_in(named.body))
            variable = body.variable_called(calls[0]) if len(calls) == 1 else None
        is_own = variable is not None and variable.unit is body.unit
        return variable.parameter if variable is not None and is_own else None

    # Where the value goes

    def _follow(self, use: Use, body: Body, unit: Unit, *, given_callback: bool = True) -> Acquisition:
        acquisition = Acquisition(use, body, unit, callback_is_unseen=not given_callback)
        first = self.places.destinations(use.node, body)
        acquisition.first_places = frozenset(first.places)
        acquisition.is_dropped = first.is_dropped and not first.places and not first.arguments
        self._spread(first, acquisition, body, 0)
        self._add_copies(acquisition)
        self._find_callback(acquisition)
        return acquisition

    def _spread(self, found: Destinations, acquisition: Acquisition, body: Body, depth: int) -> None:
        """Adds what ``found`` says, and follows the value on from each new local variable."""
        acquisition.escapes = acquisition.escapes or found.escapes
        for call, position in found.arguments:
            self._passed(call, position, acquisition, body, depth)
        fresh = found.places - acquisition.places
        acquisition.places |= fresh
        if depth > _MAX_DEPTH:
            acquisition.escapes = True
            return
        keys = {place.key for place in fresh if place.is_local}
        for variable in body.all_variables():
            if id(variable) not in keys:
                continue
            for name, _ in variable.uses:
                self._spread(self._use_of(name, body), acquisition, body, depth + 1)
        if any(self._is_invoked(call, keys, acquisition, body) for call, _ in body.calls):
            acquisition.escapes = True  # a closure or object that releases by itself: no such value

    def _is_invoked(self, call: Call, variables: Set[int], acquisition: Acquisition, body: Body) -> bool:
        """Whether ``call`` runs what is kept in one of ``variables``, or tells it to do something."""
        invoked = body.variable_called(call)
        if (
            not acquisition.use.is_certain
            and isinstance(body.parent(call), (Evaluate, Return))
            and call.receiver
        ):
            receiver = unwrapped(call.receiver)
            invoked = body.variable(receiver) if isinstance(receiver, Name) else invoked
        return invoked is not None and id(invoked) in variables

    def _add_copies(self, acquisition: Acquisition) -> None:
        """Fields to which the same function copies the one that has the value: ``b.id = self.id``."""
        body = acquisition.body
        kept = {place for place in acquisition.places if place.kind == "field"}
        for assign, _ in body.assigns if kept else ():
            target, value = self.places.of(assign.target, body), self.places.of(assign.value, body)
            if value in kept and target is not None and not target.is_local:
                acquisition.places.add(target)

    def _use_of(self, name: Name, body: Body) -> Destinations:
        if body.parent(name) is None:
            return Destinations()
        return self.places.destinations(name, body)

    def _passed(self, call: Call, position: int, acquisition: Acquisition, body: Body, depth: int) -> None:
        """The value is an argument: harmless, released there, kept by a function we can read, or gone."""
        for use in self.context.resolver.operations.at(call, body):
            if use.operation.is_named(self.parameters.release) or use.operation.is_named(
                self.parameters.inert
            ):
                return
        callees = self.context.resolver.callees.of(call, body)
        if not callees.functions:
            if self._wraps(call):
                self._spread(self.places.destinations(call, body), acquisition, body, depth + 1)
                return
            acquisition.escapes = True
            return
        for symbol in callees.functions:
            self._kept_by(symbol, position, acquisition, depth)

    def _wraps(self, call: Call) -> bool:
        """A conversion to another number or a box: ``Int(x)``, ``[NSNumber numberWith…:x]``."""
        return len(call.arguments) == 1 and (
            (call.receiver is None and call.name[:1].isupper())
            or (isinstance(call.receiver, Name) and call.receiver.name[:1].isupper())
        )

    def _kept_by(self, symbol: FunctionSymbol, position: int, acquisition: Acquisition, depth: int) -> None:
        body = symbol.body
        if body is None or position >= len(body.unit.parameters):
            acquisition.escapes = True
            return
        if depth > _MAX_DEPTH:
            acquisition.escapes = True
            return
        place = self.places.parameter(symbol, position)
        if place in acquisition.places:
            return
        acquisition.places.add(place)
        for name, _ in body.unit.parameters[position].uses:
            self._spread(self._use_of(name, body), acquisition, body, depth + 1)

    # The callback

    def _find_callback(self, acquisition: Acquisition) -> None:
        given = acquisition.use.arguments.get(self.parameters.callback)
        if given is None or is_nil(given):
            return
        unit, body = self._closure_of(given, acquisition.body)
        acquisition.callback, acquisition.callback_body = unit, body
        acquisition.callback_is_unseen = unit is None
        acquisition.callback_is_shared = self._is_used_again(given, acquisition.body)

    def _is_used_again(self, given: Expression, body: Body) -> bool:
        """Whether a closure or function named as the callback is named elsewhere too."""
        named = unwrapped(given)
        if isinstance(named, Name):
            variable = body.variable(named)
            if variable is not None:
                return len(variable.uses) > 1
        return isinstance(named, (Name, Member))

    def _closure_of(self, given: Expression, body: Body, depth: int = 0) -> tuple[Unit | None, Body | None]:
        given = unwrapped(given)
        if isinstance(given, Closure):
            return body.unit_of(given), body
        if isinstance(given, Call) and given.name in ("copy", "autorelease") and given.receiver is not None:
            return self._closure_of(given.receiver, body, depth)
        if isinstance(given, Name):
            variable = body.variable(given)
            if variable is not None:
                if variable.local_function is not None:
                    return variable.local_function, body
                closures = [d.expression for d in variable.definitions]
                if len(closures) == 1 and closures[0] is not None and depth < _MAX_DEPTH:
                    return self._closure_of(closures[0], body, depth + 1)
                return None, None
        stored = self._closures_stored(given, body)
        if len(stored) == 1 and depth < _MAX_DEPTH:
            value, writer = stored[0]
            return self._closure_of(value, writer, depth + 1)
        if isinstance(given, (Name, Member)) and body.symbol.owner:
            members = self.context.program.members(body.symbol.owner, given.name)
            bodies = [m.body for m in members if m.body is not None and m.function.kind == "method"]
            if len(bodies) == 1:
                return bodies[0].unit, bodies[0]
        return None, None

    def _closures_stored(self, given: Expression, body: Body) -> list[tuple[Expression, Body]]:
        """What the program puts into the field that ``given`` names; nil aside."""
        place = self.places.of(given, body)
        if place is None or place.kind != "field" or not place.owner:
            return []
        writes = self.context.values.fields.writes(place.owner, place.owner, field_names(place.name))
        return [(value, writer) for value, writer, _ in writes if not is_nil(value)]

    # Releases

    def releases(self, acquisition: Acquisition) -> list[Performance]:
        """The releases that may be given this acquisition's value."""
        return self.effects.on(acquisition.places)

    def in_callback(self, performance: Performance, acquisition: Acquisition) -> bool:
        """Whether a release stands in the callback of this or of another acquisition of the same place."""
        return any(
            other.callback is not None
            and not other.callback_is_shared
            and not other.places.isdisjoint(acquisition.places)
            and performance.unit.is_inside(other.callback)
            and not acquisition.unit.is_inside(other.callback)
            for other in self.all
        )

    def only_from_callbacks(
        self,
        symbol: FunctionSymbol,
        acquisition: Acquisition,
        here: Body | None = None,
        depth: int = 0,
    ) -> bool:
        """Whether the program reaches a function from callbacks of acquisitions, and from nowhere else.

        The body ``here``, if given, counts as a callback; one in which ``acquisition`` stands does not. A
        function that nothing mentions, or that a library offers, may be called by what is outside the
        tree: then it is not.
        """
        if self._is_offered(symbol):
            return False
        names = symbol.callable_names
        found = False
        for caller in self.context.program.mentioning(*sorted(names)):
            body = caller.body
            if body is None or caller is symbol:
                continue
            for unit in self._references(symbol, body, names):
                is_inside = body is here or any(
                    unit.is_inside(callback) and not acquisition.unit.is_inside(callback)
                    for callback in self._callbacks
                )
                if is_inside:
                    found = True
                    continue
                if depth >= _MAX_DEPTH or not self.only_from_callbacks(caller, acquisition, here, depth + 1):
                    return False
                found = True
        return found

    def is_reached(self, symbol: FunctionSymbol) -> bool:
        """Whether something of the program runs a function, or the system does, by its name."""
        hooks = self.context.models.hooks
        if any(symbol.function.spelling in (*hook.swift, *hook.objc) for hook in hooks):
            return True
        names = symbol.callable_names
        return any(
            True
            for caller in self.context.program.mentioning(*sorted(names))
            if caller.body is not None and caller is not symbol
            for _ in self._references(symbol, caller.body, names)
        )

    @cached_property
    def _callbacks(self) -> list[Unit]:
        return [a.callback for a in self.all if a.callback is not None and not a.callback_is_shared]

    def _references(self, symbol: FunctionSymbol, body: Body, names: Set[str]) -> Iterator[Unit]:
        """The units that call, or name as a value, ``symbol`` or what may be it: a function of its name."""
        for node in descendants(body.unit.block):
            if isinstance(node, Call) and node.name in names:
                if self._may_call(node, symbol, body):
                    yield body.unit_at(node)
            elif isinstance(node, SelectorName) and _selector_base(node.name) in names:
                yield body.unit_at(node)
            elif isinstance(node, (Name, Member)) and node.name in names:
                is_local = isinstance(node, Name) and body.variable(node) is not None
                if isinstance(body.parent(node), Argument) and not is_local:
                    yield body.unit_at(node)

    def _is_offered(self, symbol: FunctionSymbol) -> bool:
        """Whether a library declares the function for its users: in public, or in a header."""
        kinds = self.context.project.kinds(symbol.module.path)
        if kinds and "library" not in kinds:
            return False
        if not _PUBLIC.isdisjoint(symbol.function.attributes):
            return True
        declared = self.context.program.members(symbol.owner, symbol.name) if symbol.owner else []
        return any(d.module.path.endswith(_HEADERS) for d in declared)

    def _may_call(self, call: Call, symbol: FunctionSymbol, body: Body) -> bool:
        callees = self.context.resolver.callees.of(call, body)
        return symbol in callees.functions or not callees.is_complete

    def effect_of_callback(self, acquisition: Acquisition) -> Effect:
        """What the callback does to the places of the value, at best."""
        if acquisition.callback is None or acquisition.callback_body is None:
            return Effect.NEVER
        return max(
            (
                self.effects.of_unit(acquisition.callback, acquisition.callback_body, place)
                for place in acquisition.places
            ),
            default=Effect.NEVER,
        )


def _selector_base(name: str) -> str:
    last = name.rpartition(".")[2]
    return last.partition("(")[0]
