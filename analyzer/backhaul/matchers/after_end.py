"""Something that was ended for good is used again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import contradicts, guards_of, text_of
from backhaul.analysis.effects import RECEIVER, Effect, Performance
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Confidence, Finding, Severity
from backhaul.matchers.call import called, named
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.endings import Ended, Endings, Write
from backhaul.matchers.hooks import is_spelled
from backhaul.matchers.parameters import UseAfterEndParameters
from backhaul.model.code import Call

_ONE_SHOT = "one-shot"
_SHORTEST_WORD = 4


def find(reporter: Reporter, parameters: UseAfterEndParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    for ended in asked.endings.all():
        for use in asked.used_after(ended)[:1]:
            sure: Confidence = "high" if use.is_certain and ended.use is not None else "medium"
            yield _finding(reporter, use, ended.body, ended, sure, context)
        for performance in asked.used_by_callee(ended)[:1]:
            yield _finding(reporter, performance.use, performance.body, ended, "medium", context)
    for ended, use, body in asked.used_elsewhere():
        place = ended.place
        lives_on = place.kind == "global" or context.instances.is_single(place.owner)
        yield _finding(reporter, use, body, ended, "medium", context, None if lives_on else "warning")


def _finding(
    reporter: Reporter,
    use: Use,
    body: Body,
    ended: Ended,
    confidence: Confidence,
    context: Context,
    severity: Severity | None = None,
) -> Finding:
    return reporter.finding(
        use.site,
        body,
        confidence=confidence,
        severity=severity,
        trail=[
            step_at(ended.node, ended.body, f"`{ended.node.name}` called here", ended.site),
            step_at(use.node, body, f"`{called(use)}` called here", use.site),
        ],
        call=called(use),
        subject=named(use.receiver, body, context),
    )


class _Question:
    def __init__(self, parameters: UseAfterEndParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.endings = Endings(parameters.end, context, parameters.unless_kind)
        self.using = context.effects(parameters.use, RECEIVER)

    def used_after(self, ended: Ended) -> list[Use]:
        """The uses of the object that some way in the same unit leads to."""
        uses = {
            id(use.node): use
            for use, body, unit in self.context.uses(self.parameters.use)
            if body is ended.body
            and unit is ended.unit
            and use.receiver is not None
            and text_of(use.receiver, body) == ended.text
            and not contradicts(guards_of(use.node, body), guards_of(ended.node, body))
        }
        if not uses:
            return []
        found = []
        for point in self.endings.after(ended, lambda p: self.endings.replaces(p, ended)):
            if point.atom is not None and not self.endings.replaces(point, ended):
                found += [uses[id(n)] for n in descendants(point.atom, into_closures=False) if id(n) in uses]
        return sorted(found, key=lambda use: use.node.start)

    def used_by_callee(self, ended: Ended) -> list[Performance]:
        """The uses in methods of the same object that are called after it was ended."""
        if ended.place.kind != "field":
            return []
        found: list[Performance] = []
        for point in self.endings.after(ended, lambda p: self.endings.replaces(p, ended)):
            if point.atom is None or self.endings.replaces(point, ended):
                continue
            for node in descendants(point.atom, into_closures=False):
                if isinstance(node, Call) and self._is_on(node, ended):
                    found += self._uses_in_callees(node, ended)
        return found

    def _is_on(self, call: Call, ended: Ended) -> bool:
        base = "self" if call.receiver is None else text_of(call.receiver, ended.body)
        return call is not ended.node and ended.base in (base, "self" if base == "self.self" else base)

    def _uses_in_callees(self, call: Call, ended: Ended) -> Iterator[Performance]:
        if contradicts(guards_of(call, ended.body), guards_of(ended.node, ended.body)):
            return
        for symbol in self.context.resolver.callees.of(call, ended.body).functions:
            if symbol.owner != ended.place.owner or symbol is ended.body.symbol:
                continue
            if self.using.of_function(symbol, ended.place) < Effect.SOMETIMES:
                continue
            for performance in self.using.performances:
                told = self._is_told(ended, performance.use, performance.body)
                if performance.body.symbol is symbol and self._is_own(performance, ended.place) and not told:
                    yield performance

    def _is_own(self, performance: Performance, place: Place) -> bool:
        receiver = performance.use.receiver
        if receiver is None or self.context.places.of(receiver, performance.body) != place:
            return False
        return text_of(receiver, performance.body) == f"self.{place.name}"

    # In another function, at some other time

    def used_elsewhere(self) -> Iterator[tuple[Ended, Use, Body]]:
        """Uses of a field that some function ends, that nothing fills again, of an object that lives on."""
        done: set[Place] = set()
        for ended in self.endings.all():
            place = ended.place
            if place in done or ended.use is None or not self._is_final(ended):
                continue
            for performance in self.using.performances:
                body = performance.body
                if body is ended.body or not self._comes_later(performance, place):
                    continue
                if not self._is_told(ended, performance.use, body):
                    done.add(place)
                    yield ended, performance.use, body
                    break

    def _comes_later(self, performance: Performance, place: Place) -> bool:
        """Whether a use of what is in the place may come at any time in the life of its owner."""
        symbol = performance.body.symbol
        if symbol.function.kind in ("init", "value") or symbol.module.path in self.context.program.tests:
            return False
        return self._is_own(performance, place) if place.kind == "field" else place in performance.places

    def _is_final(self, ended: Ended) -> bool:
        """Whether the object is ended for good while what holds it lives on."""
        symbol, place = ended.body.symbol, ended.place
        if place.is_local or (place.kind == "field" and ended.base != "self"):
            return False
        if symbol.function.kind in ("deinit", "init", "value") or self._says_so(ended):
            return False
        if any(not self._keeps_it(write, place) for write in self.endings.writes(place)):
            return False
        if place.kind == "global" or self.context.instances.is_single(place.owner):
            return True
        if ended.unit is not ended.body.unit or self._is_one_shot(place.owner):
            return False
        return self._is_made_on_demand(place)

    def _keeps_it(self, write: Write, place: Place) -> bool:
        """Whether a write leaves an object that is in the place already where it is."""
        if write.body.symbol.function.kind in ("init", "value"):
            return True
        return self.endings.only_when_empty(write, place)

    def _says_so(self, ended: Ended) -> bool:
        """Whether the function's name tells those who call it that nothing can be used afterwards."""
        symbol = ended.body.symbol
        hooks = self.context.models.hooks_named(self.parameters.terminal)
        if any(is_spelled(symbol, s) for hook in hooks for s in (*hook.swift, *hook.objc)):
            return True
        return not _words(symbol.name).isdisjoint(_words(ended.node.name))

    def _is_made_on_demand(self, place: Place) -> bool:
        declared = self.context.program.property(place.owner, place.name)
        if declared is not None and declared[0].is_lazy:
            return True
        writes = self.endings.writes(place)
        return bool(writes) and all(
            write.body.symbol.function.kind != "init" and self.endings.only_when_empty(write, place)
            for write in writes
        )

    def _is_one_shot(self, owner: str) -> bool:
        kinds = (self.context.models.type_named(name) for name in self.context.program.supertypes(owner))
        return any(api is not None and _ONE_SHOT in api.tags for api in kinds)

    def _is_told(self, ended: Ended, use: Use, body: Body) -> bool:
        """Whether the use stands under a condition on something that is set where the object is ended."""
        assigned = {text_of(assign.target, ended.body) for assign, _ in ended.body.assigns}
        return any(
            condition.text in assigned or condition.subject in assigned
            for condition in guards_of(use.node, body, through_closures=True)
        )


def _words(name: str) -> set[str]:
    """The longer words that a name is composed of, in lower case."""
    return {w.lower() for w in re.findall(r"[A-Za-z][a-z]*", name) if len(w) >= _SHORTEST_WORD}
