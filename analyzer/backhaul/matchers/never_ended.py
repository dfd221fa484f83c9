"""An object that keeps its delegate until it is ended, and that nothing ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from backhaul.analysis.bodies import Body
from backhaul.analysis.courses import Course
from backhaul.analysis.effects import RECEIVER, Effect, Performance
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol, type_name
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Confidence, Finding, Severity, Step
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.delegates import delegate_type, members_in, related
from backhaul.matchers.identities import Sources
from backhaul.matchers.makings import Making, Makings
from backhaul.matchers.parameters import NeverEndedParameters
from backhaul.matchers.single_uses import SingleUses
from backhaul.model.code import Cast, Name, Node

_ONE_SHOT = "one-shot"
_TAKES_OUT = "takes-out"
_SCREEN = "screen"
_SHOWS_FIRST = "shows-first-screen"


class _Why(NamedTuple):
    where: str
    confidence: Confidence
    steps: tuple[Step, ...] = ()
    severity: Severity | None = None


def find(reporter: Reporter, parameters: NeverEndedParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    for making in (*asked.makings.direct, *asked.makings.by_owner):
        if not asked.has_delegate(making) or asked.is_always_the_same(making):
            continue
        why = asked.left_by_call(making) or asked.left_by_object(making)
        if why is not None:
            yield reporter.finding(
                making.site,
                making.body,
                confidence=why.confidence if making.use.is_certain else "medium",
                severity=why.severity,
                trail=[*making.trail[::-1], *why.steps],
                call=making.call,
                where=why.where,
            )


class _Question:
    def __init__(self, parameters: NeverEndedParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.makings = context.once(
            ("makings", parameters.operation), lambda: Makings(parameters.operation, context)
        )
        self.uses = SingleUses(parameters.use, self.makings, context)
        self.ending = context.effects(parameters.end, RECEIVER)
        self.sources = Sources(parameters.source, parameters.identity, context)

    def has_delegate(self, making: Making) -> bool:
        use = making.use
        return use.operation.is_named(self.parameters.own_delegate) or not is_nil(
            use.arguments.get(self.parameters.delegate)
        )

    def is_always_the_same(self, making: Making) -> bool:
        """Whether what the object is made of has an identity that does not change."""
        return any(map(self.sources.identity, self._origins(making)))

    def _origins(self, making: Making) -> list:  # type: ignore[type-arg]
        given = making.use.arguments.get(self.parameters.argument)
        if given is None:
            return []
        return self.context.values.origins_at(given, making.made_in, making.use.node)

    # One for each call

    def left_by_call(self, making: Making) -> _Why | None:
        """An object that each call of a function makes and uses."""
        if not self.makings.is_ordinary(making) or self.makings.is_once(making):
            return None
        course = self.makings.course(making)
        if making.owner and (course.stores or course.returns):
            return None
        if not self.uses.of(making, course):
            return None
        if making.owner:
            return None if self._is_ended_by_owner(making, course) else self._never(making)
        places = {self.context.places.local(v) for v in course.variables} | set(course.kept_in)
        if any(place.owner == "?" for place in places):
            return None
        if self.ending.on(places):
            return self._dropped(making, course)
        return None if self._may_be_ended_unseen(making) else self._never(making)

    def _never(self, making: Making) -> _Why:
        kept = self.makings.course(making).stores or making.owner
        text = f"for each call of `{making.symbol.qualified_name}` is never invalidated"
        return _Why(text, "medium" if kept else "high")

    def _is_ended_by_owner(self, making: Making, course: Course) -> bool:
        """Whether what is called on an object ends the one that it keeps, or its callbacks do."""
        enders = {id(p.body) for p in self.ending.performances if self._may_concern(p, making)}
        roots = [
            symbol
            for call, body in [(c, making.body) for c, _ in (*course.calls, *course.passed)]
            for symbol in self.context.resolver.callees.of(call, body).functions
        ]
        roots += [s for s, _ in members_in(making.owner, self.parameters.callbacks, self.context)]
        if self.context.reach.find(roots, lambda s: id(s.body) in enders) is not None:
            return True
        return any(
            p.body is making.body and not p.places.isdisjoint(self._places(course))
            for p in self.ending.performances
        )

    def _places(self, course: Course) -> set[Place]:
        return {self.context.places.local(v) for v in course.variables}

    def _may_concern(self, performance: Performance, making: Making) -> bool:
        if making.kept in performance.places:
            return True
        return performance.body.symbol.owner in related(making.owner, self.context) and self._is_untraced(
            performance
        )

    @staticmethod
    def _is_untraced(performance: Performance) -> bool:
        """Whether it ends what a function is given, or what cannot be traced."""
        return not performance.places or any(
            place.kind == "parameter" or place.owner == "?" for place in performance.places
        )

    def _may_be_ended_unseen(self, making: Making) -> bool:
        """Whether the type that makes it, or its delegate, ends something that may be it."""
        owners = {making.symbol.owner}
        delegate = delegate_type(making.use, self.parameters.delegate, making.made_in, self.context)
        if delegate:
            owners |= related(delegate, self.context)
        owners -= {""}
        return any(p.body.symbol.owner in owners and self._is_untraced(p) for p in self.ending.performances)

    # Taken out of where it was kept

    def _dropped(self, making: Making, course: Course) -> _Why | None:
        """An object that is ended in one place, and in another one is only forgotten."""
        for place in course.kept_in:
            for node, body in self._drops(place):
                if body is making.body or self._ends_here(body, place):
                    continue
                step = step_at(node, body, "dropped here, and not invalidated")
                return _Why("is dropped without being invalidated", "medium", (step,))
        return None

    def _drops(self, place: Place) -> Iterator[tuple[Node, Body]]:
        """Where the program, outside tests, forgets what it keeps in a place."""
        for use, body, _ in self.context.uses(_TAKES_OUT):
            base = self.context.places.of(use.receiver, body) if use.receiver is not None else None
            if base is not None and base.element() == place and self._is_seen(body):
                yield use.node, body
        for symbol in self.context.program.mentioning(place.name):
            body = symbol.body  # type: ignore[assignment]
            if body is None or not self._is_seen(body):
                continue
            for assign, _ in body.assigns:
                if is_nil(assign.value) and self.context.places.of(assign.target, body) == place:
                    yield assign, body

    def _is_seen(self, body: Body) -> bool:
        return body.symbol.module.path not in self.context.program.tests

    def _ends_here(self, body: Body, place: Place) -> bool:
        """Whether a function, or who calls it, ends an object too; or hears that it is gone."""
        if self.makings.is_of(body.symbol, self.parameters.gone):
            return True
        around = [body, *(caller for _, caller in self.context.values.calls_of(body.symbol))]
        if any(p.body in around for p in self.ending.performances):
            return True
        return self.ending.of_function(body.symbol, place) is not Effect.NEVER

    # One for each object

    def left_by_object(self, making: Making) -> _Why | None:
        """An object that each object of a type keeps for itself, until it goes."""
        if making.owner or self._is_of_kind(making):
            return None
        places = self._own_places(making)
        owner = making.symbol.owner
        if not places or self.context.instances.is_single(owner):
            return None
        ends = self.ending.on(places)
        if self._may_be_ended_unseen(making):
            return None
        if (
            ends
            and self._is_own_delegate(making)
            and all(self._is_in_deinit(p.body.symbol, owner) for p in ends)
        ):
            step = step_at(ends[0].use.node, ends[0].body, "never reached", ends[0].use.site)
            text = f"is invalidated only when its `{owner}` goes, which it retains as its delegate"
            return _Why(text, "high", (step,))
        where = f"for each `{owner}` is never invalidated"
        if not ends and self._is_one_shot(owner):
            return _Why(where, "medium")
        if not ends and self._is_own_delegate(making) and self._is_later_screen(owner):
            return _Why(where, "medium", severity="note")
        again = self._made_in_passing(making) if not ends and self._is_own_delegate(making) else None
        return _Why(where, "medium", (again,)) if again is not None else None

    def _own_places(self, making: Making) -> set[Place]:
        """Where each object of a type keeps what it makes for itself; the locals of its initialiser, too."""
        place = self.makings.own_place(making)
        if place is not None:
            return {place}
        course = self.makings.course(making)
        is_for_each = making.symbol.function.kind == "init" and not self.makings.is_conditional(making)
        if not is_for_each or course.stores or course.returns or course.escapes:
            return set()
        return self._places(course)

    def _made_in_passing(self, making: Making) -> Step | None:
        """Where objects of the type are made again and again, and kept in no property of who makes them."""
        for made in self.makings.of_owners(making, None):
            is_factory = made.symbol.function.is_static
            if is_factory or not self.makings.is_ordinary(made) or self.makings.is_once(made):
                continue
            course = self.makings.course(made)
            in_collection = any(place.kind == "element" for place in course.kept_in)
            if in_collection or not (course.stores or course.returns or course.escapes):
                return made.trail[0]
        return None

    def _is_of_kind(self, making: Making) -> bool:
        return any(origin.kind == self.parameters.unless_kind for origin in self._origins(making))

    def _is_own_delegate(self, making: Making) -> bool:
        given = making.use.arguments.get(self.parameters.delegate)
        inner = unwrapped(given) if given is not None else None
        return isinstance(inner, Name) and inner.name == "self"

    def _is_in_deinit(self, symbol: FunctionSymbol, owner: str) -> bool:
        """Whether a function runs only when its object, of the type ``owner``, goes."""
        if symbol.function.kind == "deinit":
            return True
        own = self.context.program.family(owner)
        callers = [body.symbol for _, body in self.context.values.calls_of(symbol)]
        return bool(callers) and all(c.function.kind == "deinit" and c.owner in own for c in callers)

    def _is_one_shot(self, owner: str) -> bool:
        return self._is_tagged(owner, _ONE_SHOT)

    def _is_tagged(self, owner: str, tag: str) -> bool:
        kinds = map(self.context.models.type_named, self.context.program.supertypes(owner))
        return any(api is not None and tag in api.tags for api in kinds)

    def _is_later_screen(self, owner: str) -> bool:
        """Whether it is one of several screens, and not known as the one that the app begins with."""
        if not self._is_tagged(owner, _SCREEN):
            return False
        types = [t for t in self.context.program.types.values() if t.is_declared_here]
        if sum(self._is_tagged(t.name, _SCREEN) for t in types) < 2:
            return False
        begins = [f for t in types if self._is_tagged(t.name, _SHOWS_FIRST) for f in t.all_functions()]
        return not any(_names(owner, symbol) for symbol in begins)


def _names(type_wanted: str, symbol: FunctionSymbol) -> bool:
    """Whether a function mentions a type: makes an object of it, or takes one for such an object."""
    if type_wanted in symbol.function.mentions:
        return True
    body = symbol.body
    return body is not None and any(
        type_name(cast.type) == type_wanted for cast in nodes_of(body.unit.block, Cast)
    )
