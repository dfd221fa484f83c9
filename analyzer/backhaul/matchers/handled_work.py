"""What the handler of a registration leads to, or does not, though what was asked for needs it otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Finding
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.hooks import members_of
from backhaul.matchers.parameters import HandledWorkParameters
from backhaul.matchers.registrations import Handler, Performer, Registrations
from backhaul.matchers.required_hook import application_of
from backhaul.model.code import Literal, Return, SelectorName

_AT_HAND, _ANYWHERE = 2, 30
_FALSE = ("false", "NO", "FALSE", "0")


def find(reporter: Reporter, parameters: HandledWorkParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    for registration in asked.registrations:
        requests = asked.requests_of(registration)
        given = registration.use.arguments.get(parameters.handler)
        handlers = asked.all.handlers(given, registration.body) if requests else []
        if not handlers:
            continue
        if parameters.lacks:
            if all(asked.is_lacking(handler) for handler in handlers) and not asked.is_done_elsewhere():
                yield asked.finding(reporter, registration, requests[0], None)
            continue
        if any(asked.is_ended(handler) for handler in handlers):
            continue
        for request in requests if parameters.report == "request" else requests[:1]:
            work = next((w for handler in handlers for w in asked.work_of(handler, request)), None)
            if work is not None:
                yield asked.finding(reporter, registration, request, work)


class _Question:
    def __init__(self, parameters: HandledWorkParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.all = Registrations(parameters.identity, context, parameters.besides)
        self.registrations = self.all.of(parameters.registration)
        self.requests = self.all.of(parameters.source) if self.registrations else []
        self.others = self.all.of(parameters.sources) if self.requests else []

    def requests_of(self, registration: Performer) -> list[Performer]:
        """The requests that the handler is surely run for, and that are not made as they should be."""
        found = [r for r in self.requests if self._is_of(r, registration)]
        return [r for r in found if not self._is_made_so(r)]

    def _is_of(self, request: Performer, registration: Performer) -> bool:
        one, other = registration.identity, request.identity
        if one and one == other and len(one) == 1:
            return True
        if self.parameters.lacks and len(other) == 1 and other <= one:
            return True
        is_only = len(self.registrations) == 1 and len(self.others) == len(self.requests) == 1
        return is_only and not (one and other)

    def _is_made_so(self, request: Performer) -> bool:
        """Whether the request is changed by ``unless_mutated``, to anything but a plain ``false``.

        A request that goes where this analysis does not follow may be changed by any of the program.
        """
        mutation = self.parameters.unless_mutated
        if not mutation:
            return False
        found = self.context.places.destinations(request.use.node, request.body)
        known = self.context.resolver.operations
        is_out_of_sight = (
            found.escapes
            or any(not known.at(call, request.body) for call, _ in found.arguments)
            or not all(place.is_local for place in found.places)
            or any(self._gives(returned, request, found.places) for returned in request.unit.returns)
        )
        return any(
            is_out_of_sight or not found.places.isdisjoint(changed)
            for changed, is_false in self._changes(mutation)
            if not is_false
        )

    def _changes(self, mutation: str) -> Iterator[tuple[set[Place], bool]]:
        """What each use of an operation changes, and whether it is to a plain ``false``."""
        for change, body, _ in self.context.uses(mutation):
            value = change.arguments.get("value")
            changed = self.context.places.behind(change.receiver, body) if change.receiver else set()
            yield changed, isinstance(value, Literal) and value.text in _FALSE

    def _is_declined(self, request: Performer) -> bool:
        """Whether the program says ``false`` where it could do without: somebody has thought about it."""
        mutation = self.parameters.unless_mutated
        places = self.context.places.destinations(request.use.node, request.body).places
        return bool(mutation) and any(not places.isdisjoint(c) for c, no in self._changes(mutation) if no)

    def _gives(self, returned: Return, request: Performer, places: set[Place]) -> bool:
        if returned.value is None:
            return False
        given = returned.value is request.use.node or self.context.places.of(returned.value, request.body)
        return given is True or given in places

    def work_of(self, handler: Handler, request: Performer) -> Iterator[tuple[Use, Body]]:
        """Where a handler does what it must not; at hand, if the request says that it will not."""
        deepest = _AT_HAND if self._is_declined(request) else _ANYWHERE
        found = self.all.performed(handler, self.parameters.leads_to, self.parameters.passes_by, deepest)
        return ((use, body) for use, body in found if use.is_certain or not self.parameters.surely)

    def is_ended(self, handler: Handler) -> bool:
        return any(True for _ in self.all.performed(handler, self.parameters.unless_leads_to))

    def is_lacking(self, handler: Handler) -> bool:
        parameters = self.parameters
        if any(True for _ in self.all.performed(handler, parameters.lacks)):
            return False
        return not self.all.is_out_of_sight(handler, parameters.unless_called)

    def is_done_elsewhere(self) -> bool:
        """Whether an app performs what the handler lacks where one of the hooks ``unless_in`` says."""
        doing = {id(body.symbol) for name in self.parameters.lacks for _, body, _ in self.context.uses(name)}
        if not doing:
            return False
        roots = [
            symbol
            for name in self.parameters.unless_in
            for symbol in self._at(name)
            if application_of(symbol.module.path, self.context) is not None
        ]
        return self.context.reach.find(roots, lambda symbol: id(symbol) in doing) is not None

    def _at(self, hook: str) -> Iterator[FunctionSymbol]:
        """Members of a hook, functions that mention what it does, and those that they name by selectors."""
        for symbol, _ in members_of(hook, self.context):
            yield symbol
        for each in self.context.models.hooks_named(hook):
            for symbol in self._mentioning(each.mentions) if each.mentions else ():
                yield symbol
                if symbol.body is not None:
                    for selector in nodes_of(symbol.body.unit.block, SelectorName):
                        name = selector.name.rpartition(".")[2].partition("(")[0]
                        yield from self.context.program.functions_named.get(name, ())

    def _mentioning(self, words: tuple[str, ...]) -> Iterator[FunctionSymbol]:
        """The functions that mention one of ``words``, or a property that an attribute makes of one."""
        program = self.context.program
        yield from program.mentioning(*words)
        for owner in program.types.values():
            for name, declared in owner.properties.items():
                attributes = [text for each, _ in declared for text in each.attributes]
                if any(word in text for text in attributes for word in words):
                    yield from (f for f in owner.all_functions() if name in f.function.mentions)

    def finding(
        self, reporter: Reporter, registration: Performer, request: Performer, work: tuple[Use, Body] | None
    ) -> Finding:
        steps = [
            step_at(each.use.node, each.body, text, each.use.site)
            for each, text in ((request, "asked for here"), (registration, "its handler registered here"))
        ]
        where = request if self.parameters.report == "request" else registration
        use, body = work if work is not None and self.parameters.report == "work" else (where.use, where.body)
        if work is not None:
            steps.append(step_at(work[0].node, work[1], f"which leads to `{called(work[0])}`", work[0].site))
        subject = next(iter(registration.identity or request.identity), "").strip('"')
        return reporter.finding(
            use.site,
            body,
            trail=steps,
            subject=f"`{subject}`" if subject else "the task",
            call=called(work[0]) if work is not None else called(registration.use),
        )
