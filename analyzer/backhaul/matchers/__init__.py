"""The closed set of things a card can ask, and the one place where all cards are asked."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from backhaul.analysis.products import programs_of
from backhaul.analysis.program import FunctionSymbol
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.interest import Interest, names_of_interest
from backhaul.matchers.parameters import MATCHERS, PropertyListParameters
from backhaul.matchers.registry import REGISTRY
from backhaul.model.declarations import Module
from backhaul.rules import RuleSet
from backhaul.sources.project import ProjectFacts

__all__ = ["Interest", "find", "names_of_interest"]


def find(
    modules: Sequence[Module],
    rules: RuleSet,
    project: ProjectFacts,
    tests: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Every finding of every card of ``rules`` in the program that ``modules`` are and its project, sorted.

    ``tests``: paths of the files that are tests. What they do says nothing of the product, but
    what is found in those of the modules is given too.
    """
    applications = [
        name for api in rules.models.types_tagged("application") for name in (api.name, *api.also)
    ]
    found: dict[tuple[str, int, int, str], Finding] = {}
    asked = [(Reporter(card, match), match) for card in rules.cards for match in card.matches]
    symbols: dict[int, FunctionSymbol] = {}
    for program in programs_of(modules, applications, tests) if modules else ():
        context = Context(program, rules.models, project, tests, symbols)
        for reporter, match in asked:
            matcher = REGISTRY.get(match.matcher)
            if matcher is not None and matcher.is_in_question(match.table, context.presence):
                parameters = msgspec.convert(match.table, MATCHERS[match.matcher])
                for finding in matcher.function()(reporter, parameters, context):
                    found.setdefault(finding.sort_key, finding)
    for reporter, match in asked:
        if match.matcher not in REGISTRY:
            from backhaul.matchers import property_lists

            wanted = msgspec.convert(match.table, PropertyListParameters)
            for finding in property_lists.find(reporter, wanted, project, tests):
                found.setdefault(finding.sort_key, finding)
    return [found[key] for key in sorted(found)]
