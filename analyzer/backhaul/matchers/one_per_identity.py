"""Of several objects of one identity only one may live at a time."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.effects import RECEIVER
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import Origin, step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.circumstances import stands_in_for_nil
from backhaul.matchers.context import Context, Reporter, judged
from backhaul.matchers.hooks import is_spelled
from backhaul.matchers.identities import Sources, Texts
from backhaul.matchers.parameters import OnePerIdentityParameters
from backhaul.model.code import (
    Assign,
    Call,
    Evaluate,
    Expression,
    Member,
    Name,
    Node,
)

_PER_OBJECT = ("init", "value")
_RUN_ONCE = ("runs-once", "launch")


class Site(Struct, frozen=True, eq=False):
    """One place of a program that makes objects of a known identity."""

    use: Use
    body: Body
    unit: Unit
    identity: Texts
    origin: Origin

    @property
    def symbol(self) -> FunctionSymbol:
        return self.body.symbol


def find(reporter: Reporter, parameters: OnePerIdentityParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    reported: set[int] = set()
    for site in asked.sites:
        why = asked.repeated(site)
        if why is not None:
            reported.add(id(site))
            yield _finding(reporter, site, *why)
    for first, second in asked.twins():
        if id(first) not in reported and id(second) not in reported:
            if asked.is_local(first) and not asked.is_local(second):
                first, second = second, first
            reported.add(id(second))
            step = step_at(first.use.node, first.body, f"`{called(first.use)}` called here", first.use.site)
            yield _finding(reporter, second, "is made in another place too", step)


def _finding(reporter: Reporter, site: Site, where: str, step: Step | None) -> Finding:
    own = step_at(site.use.node, site.body, f"`{called(site.use)}` called here", site.use.site)
    return reporter.finding(
        site.use.site,
        site.body,
        confidence="medium",
        trail=[*site.origin.trail[:1], *([step] if step is not None else []), own],
        call=called(site.use),
        where=where,
    )


class _Question:
    def __init__(self, parameters: OnePerIdentityParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.using = context.effects(parameters.use, RECEIVER)
        self.sites = list(self._find())
        self.enders = {body.symbol.owner for _, body, _ in context.uses(parameters.end)}

    def _find(self) -> Iterator[Site]:
        sources = Sources(self.parameters.source, self.parameters.identity, self.context)
        for use, body, unit in self.context.uses(self.parameters.operation):
            given = use.arguments.get(self.parameters.argument)
            if given is None or body.symbol.module.path in self.context.program.tests:
                continue
            verdict = judged(given, body, use.node, self.parameters.kind, self.context)
            if verdict is None or verdict[0] == "low":
                continue
            identity = sources.identity(verdict[1])
            if identity and not self._is_of(body.symbol, *self.parameters.unless_in, *_RUN_ONCE):
                yield Site(use, body, unit, identity, verdict[1])

    def _is_of(self, symbol: FunctionSymbol, *names: str) -> bool:
        """Whether a function is a member of one of the hooks ``names``."""
        hooks = [hook for name in names for hook in self.context.models.hooks_named(name)]
        return any(is_spelled(symbol, s) for hook in hooks for s in (*hook.swift, *hook.objc))

    def _is_of_initialiser(self, symbol: FunctionSymbol) -> bool:
        """Whether a method is called by initialisers of its own type only."""
        calls = self.context.values.calls_of(symbol)
        return bool(calls) and all(
            body.symbol.owner == symbol.owner and body.symbol.function.kind in _PER_OBJECT
            for _, body in calls
        )

    # One site, again and again

    def repeated(self, site: Site) -> tuple[str, Step | None] | None:
        """How one site makes several objects that live at once: a clause, and where it shows."""
        node = site.use.node
        if not isinstance(node, Call) or self._is_guarded(node, site.body):
            return None
        if self.context.instances.is_once(node, site.body):
            return None
        kind = site.symbol.function.kind
        if kind in _PER_OBJECT or self._is_of_initialiser(site.symbol):
            return self._by_many_objects(site)
        if kind not in ("function", "method", "getter") or site.unit is not site.body.unit:
            return None
        destinations = self.context.places.destinations(node, site.body)
        kept = [place for place in destinations.places if not place.is_local]
        if kept and site.symbol.owner in self.enders:
            return None
        if self._uses_in(site.body, destinations.places, node):
            return None if self._runs_once(site.symbol) else ("is made by every call of this method", None)
        if self._is_returned(site, destinations.places) and not kept:
            return self._by_callers(site)
        return self._by_user(site, kept[0]) if kept else None

    def _is_guarded(self, node: Node, body: Body) -> bool:
        """Whether a condition on something that outlives the function stands before: there is none yet."""
        for condition in guards_of(node, body, through_closures=True):
            for text in (condition.text, condition.subject):
                if "self." in text or any(
                    v.storage == "static" and text.startswith(f"{v.name}#") for v in body.all_variables()
                ):
                    return True
        return stands_in_for_nil(node, body, through_closures=True)

    def _uses_in(self, body: Body, places: set[Place], made: Node) -> list[Use]:
        """The uses, in ``body``, of what was made."""
        return [
            p.use
            for p in self.using.performances
            if p.body is body
            and p.use.receiver is not None
            and (self.context.places.of(p.use.receiver, body) in places or _holds(p.use.receiver, made))
        ]

    def _is_returned(self, site: Site, places: set[Place]) -> bool:
        for returned in site.unit.returns:
            if returned.value is None:
                continue
            if _holds(returned.value, site.use.node):
                return True
            if self.context.places.of(returned.value, site.body) in places:
                return True
        return False

    def _runs_once(self, symbol: FunctionSymbol) -> bool:
        """Whether all calls of a function that can be seen, and there are some, happen once."""
        calls = self.context.values.calls_of(symbol)
        return bool(calls) and all(self._is_called_once(call, body) for call, body in calls)

    def _is_called_once(self, call: Node, body: Body) -> bool:
        if self._is_guarded(call, body) or body.symbol.function.kind in _PER_OBJECT:
            return True
        if isinstance(call, Call) and self.context.instances.is_once(call, body):
            return True
        return self._is_of(body.symbol, *_RUN_ONCE)

    def _by_callers(self, site: Site) -> tuple[str, Step | None] | None:
        """A function that returns what it makes, to callers that keep nothing."""
        for node, body in self._reads(site.symbol):
            if self._is_called_once(node, body):
                continue
            destinations = self.context.places.destinations(node, body)
            if any(not place.is_local for place in destinations.places):
                continue
            if self._uses_in(body, destinations.places, node):
                name = site.symbol.name.partition(":")[0]
                return f"is made anew each time `{name}` is asked for", step_at(node, body, "used here")
        return None

    def _reads(self, symbol: FunctionSymbol) -> Iterator[tuple[Node, Body]]:
        yield from self.context.values.calls_of(symbol)
        if symbol.function.parameters or not symbol.owner:
            return
        field = self.context.places.field(symbol.owner, symbol.name)
        for other in self.context.program.mentioning(symbol.name):
            where = other.body
            if where is None or other.module.path in self.context.program.tests or other is symbol:
                continue
            for node in descendants(where.unit.block):
                is_named = isinstance(node, (Name, Member)) and node.name == symbol.name
                if is_named and self.context.places.of(node, where) == field:  # type: ignore[arg-type]
                    yield node, where

    def _by_user(self, site: Site, place: Place) -> tuple[str, Step | None] | None:
        """A method that puts a new object into a field, called by one that then uses it."""
        for call, body in self.context.values.calls_of(site.symbol):
            if self._is_called_once(call, body) or body.symbol.owner in self.enders:
                continue
            uses = [u for u in self._uses_in(body, {place}, call) if u.node.start > call.start]
            if uses and not self._runs_once(body.symbol):
                return "is made anew by every call of this method", step_at(
                    call, body, "called here, each time"
                )
        return None

    def _by_many_objects(self, site: Site) -> tuple[str, Step | None] | None:
        """The initialiser of a type of which the program makes several objects."""
        owner = site.symbol.owner
        if not owner:
            return None
        makings = [
            (call, body)
            for call, body in self.context.instances.makings(owner)
            if not self._is_guarded(call, body)
        ]
        for call, body in makings:
            if self._is_made_to_use(call, body):
                text = f"is made by every object of `{owner}`, and this program makes many"
                return text, step_at(call, body, f"`{owner}` made here, each time")
        return None

    def _is_made_to_use(self, call: Call, body: Body) -> bool:
        """Whether an object is made by an ordinary function, for itself, each time it runs."""
        function = body.symbol.function
        if function.kind not in ("function", "method") or self.context.instances.is_once(call, body):
            return False
        if self._is_of(body.symbol, *_RUN_ONCE) or self._runs_once(body.symbol):
            return False
        found = self.context.places.destinations(call, body)
        return (
            not found.escapes
            and bool(found.places or found.is_dropped or _is_told(call, body))
            and all(p.is_local for p in found.places)
        )

    # Two sites

    def twins(self) -> Iterator[tuple[Site, Site]]:
        for number, first in enumerate(self.sites):
            for second in self.sites[number + 1 :]:
                if len(first.identity & second.identity) and self._live_together(first, second):
                    yield first, second

    def _live_together(self, first: Site, second: Site) -> bool:
        if self.enders & {first.symbol.owner, second.symbol.owner}:
            return False
        if self._kinds(first) != self._kinds(second) or self._are_built_apart(first, second):
            return False
        if first.body is second.body:
            ours, theirs = guards_of(first.use.node, first.body), guards_of(second.use.node, second.body)
            return ours == theirs and not self._is_guarded(first.use.node, first.body)
        one, other = self._kept(first), self._kept(second)
        if self.is_local(first) or self.is_local(second):
            return not one & other
        return bool(one and other) and not one & other

    def is_local(self, site: Site) -> bool:
        """Whether nothing but the function that makes it ever has the object."""
        found = self.context.places.destinations(site.use.node, site.body)
        if found.escapes or found.arguments or site.symbol.function.kind in (*_PER_OBJECT, "getter"):
            return False
        if self._is_returned(site, found.places):
            return False
        return bool(found.places) and all(place.is_local for place in found.places)

    def _kinds(self, site: Site) -> frozenset[str]:
        return frozenset(self.context.project.kinds(site.symbol.module.path))

    def _are_built_apart(self, first: Site, second: Site) -> bool:
        """Whether no product has both: two applications of one tree, for all that is known."""
        ours, theirs = (self.context.project.targets(site.symbol.module.path) for site in (first, second))
        if any(target.kind in (None, "library") for target in (*ours, *theirs)):
            return False
        named = {(target.described_by, target.name) for target in ours}
        return bool(ours and theirs) and not any((t.described_by, t.name) in named for t in theirs)

    def _kept(self, site: Site) -> set[Place]:
        """The places outside the function that the object is put into, and the property it is made for."""
        found = self.context.places.destinations(site.use.node, site.body).places
        places = {place for place in found if not place.is_local}
        if site.symbol.function.kind in ("value", "getter") and site.symbol.owner:
            places.add(self.context.places.field(site.symbol.owner, site.symbol.name))
        return places


def _is_told(call: Call, body: Body) -> bool:
    """Whether a statement tells what ``call`` makes something, or sets something of it, and no more."""
    outer = body.parent(call)
    if isinstance(outer, Call):
        return outer.receiver is call and isinstance(body.parent(outer), Evaluate)
    whole = body.parent(outer) if isinstance(outer, Member) else None
    return isinstance(whole, Assign) and whole.target is outer


def _holds(expression: Expression, node: Node) -> bool:
    return any(inner is node for inner in descendants(expression, into_closures=False))
