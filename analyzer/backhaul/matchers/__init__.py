"""The closed set of things a card can ask, and the one place where all cards are asked."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from backhaul.analysis.products import programs_of
from backhaul.analysis.program import FunctionSymbol
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.interest import Interest, names_of_interest
from backhaul.matchers.parameters import MATCHERS, PropertyListParameters
from backhaul.matchers.registry import REGISTRY
from backhaul.model.declarations import Module
from backhaul.rules import Card, Match, RuleSet
from backhaul.sources.notification import Notification, described
from backhaul.sources.project import ProjectFacts

__all__ = ["Interest", "Questions", "names_of_interest"]


class Questions:
    """The programs that ``modules`` are, ready for all that the cards of ``rules`` ask about them.

    ``tests``: paths of the files that are tests. What they do says nothing of the product, but
    what is found in those of the modules is given too.
    """

    def __init__(
        self,
        modules: Sequence[Module],
        rules: RuleSet,
        project: ProjectFacts,
        tests: frozenset[str] = frozenset(),
    ) -> None:
        self.project = project
        self._tests = tests
        applications = [
            name for api in rules.models.types_tagged("application") for name in (api.name, *api.also)
        ]
        symbols: dict[int, FunctionSymbol] = {}
        self._contexts = [
            Context(program, rules.models, project, tests, symbols)
            for program in (programs_of(modules, applications, tests) if modules else ())
        ]
        for context in self._contexts:
            context.beside = [other for other in self._contexts if other is not context]

    def answers(self, cards: Sequence[Card]) -> list[Finding]:
        """What ``cards`` find, each finding once, sorted."""
        found: dict[tuple[str, int, int, str], Finding] = {}
        for reporter, match in _matches(cards):
            matcher = REGISTRY.get(match.matcher)
            of_all = matcher is not None and matcher.of_all
            times: Counter[tuple[str, int, int, str]] = Counter()
            for context in (*self._contexts, None):
                for key, finding in self._each(reporter, match, context).items():
                    times[key] += 1
                    if not of_all or times[key] >= self._programs_to_agree(finding):
                        found.setdefault(key, finding)
        return [found[key] for key in sorted(found)]

    def _each(
        self, reporter: Reporter, match: Match, context: Context | None
    ) -> dict[tuple[str, int, int, str], Finding]:
        found: dict[tuple[str, int, int, str], Finding] = {}
        for finding in self._contained(reporter, match, context):
            found.setdefault(finding.sort_key, finding)
        return found

    def _programs_to_agree(self, finding: Finding) -> int:
        """How many programs must find the same: all that the file is part of, where nothing of one alone
        leads there."""
        if len(self._contexts) == 1:
            return 1
        sharing = [context.paths for context in self._contexts if finding.path in context.paths]
        ways = {step.path for step in finding.trail}
        return len(sharing) if all(ways <= paths for paths in sharing) else 1

    def _contained(self, reporter: Reporter, match: Match, context: Context | None) -> Iterator[Finding]:
        """What one match finds. A mistake of ours costs what it would have found after it, and no more."""
        try:
            if context is not None:
                yield from self._in_program(reporter, match, context)
            else:
                yield from self._in_project(reporter, match)
        except Exception as error:
            if os.environ.get("BACKHAUL_TRACEBACK"):
                raise
            rule, why = reporter.card.id, described(error)
            text = f"the rule `{rule}` failed ({why}) and may miss findings; please report it"
            self.project.note((Notification("rule-failed", "warning", text),))

    def _in_program(self, reporter: Reporter, match: Match, context: Context) -> Iterator[Finding]:
        matcher = REGISTRY.get(match.matcher)
        if matcher is not None and matcher.is_in_question(match.table, context.presence):
            parameters = msgspec.convert(match.table, MATCHERS[match.matcher])
            yield from matcher.function()(reporter, parameters, context)

    def _in_project(self, reporter: Reporter, match: Match) -> Iterator[Finding]:
        if match.matcher not in REGISTRY:
            from backhaul.matchers import property_lists

            parameters = msgspec.convert(match.table, PropertyListParameters)
            yield from property_lists.find(reporter, parameters, self.project, self._tests)


def _matches(cards: Sequence[Card]) -> Iterator[tuple[Reporter, Match]]:
    return ((Reporter(card, match), match) for card in cards for match in card.matches)
