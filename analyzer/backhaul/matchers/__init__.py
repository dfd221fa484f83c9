"""The closed set of things a card can ask, and the one place where all cards are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from backhaul.analysis.products import programs_of
from backhaul.findings.finding import Finding
from backhaul.matchers import (
    after_end,
    bypassed,
    call,
    callback_bodies,
    called_once,
    conversions,
    copies,
    delegate_members,
    dropped_errors,
    expiring,
    follow_ups,
    gated,
    handed_closures,
    handled_work,
    isolated_closures,
    lead_to,
    left_open,
    literals,
    made_per_use,
    mutations,
    never_ended,
    never_performed,
    one_per_identity,
    pairing,
    performed_late,
    performed_twice,
    product_entries,
    property_lists,
    remade,
    required_hook,
    state_branches,
    unchecked,
    unheld_work,
    unregistered,
)
from backhaul.matchers.allowing_members import find as find_allowing_members
from backhaul.matchers.answers import find as find_unread_answers
from backhaul.matchers.blocking import find_loads, find_waits
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.contradictions import find as find_contradictions
from backhaul.matchers.grants import find as find_grants
from backhaul.matchers.interest import Interest, names_of_interest
from backhaul.matchers.keyed_values import find as find_keyed_values
from backhaul.matchers.parameters import MATCHERS, PropertyListParameters
from backhaul.matchers.reaching_values import find as find_reaching_values
from backhaul.model.declarations import Module
from backhaul.rules import RuleSet
from backhaul.sources.project import ProjectFacts

__all__ = ["Interest", "find", "names_of_interest"]

_Find = Callable[[Reporter, Any, Context], Iterator[Finding]]

_FINDERS: dict[str, _Find] = {
    "call": call.find,
    "conversion": conversions.find,
    "required-hook": required_hook.find,
    "lead-to": lead_to.find,
    "performed-late": performed_late.find,
    "performed-twice": performed_twice.find,
    "isolated-closure": isolated_closures.find,
    "dropped-error": dropped_errors.find,
    "unregistered": unregistered.find,
    "handled-work": handled_work.find,
    "use-after-end": after_end.find,
    "one-per-identity": one_per_identity.find,
    "made-per-use": made_per_use.find,
    "bypassed-delegate": bypassed.find,
    "mutation-of-copy": copies.find,
    "never-ended": never_ended.find,
    "never-performed": never_performed.find,
    "remade-after-end": remade.find,
    "pairing": pairing.find,
    "callback-body": callback_bodies.find,
    "mutation-without-effect": mutations.find_without_effect,
    "unchecked-grant": find_grants,
    "keyed-value": find_keyed_values,
    "allowing-member": find_allowing_members,
    "unread-answer": find_unread_answers,
    "reaching-value": find_reaching_values,
    "contradictory-changes": find_contradictions,
    "blocking-wait": find_waits,
    "blocking-load": find_loads,
    "request-shape": mutations.find_shape,
    "literal-for-constant": literals.find,
    "product-entry": product_entries.find,
    "expiring-value": expiring.find,
    "handed-closure": handed_closures.find,
    "called-once": called_once.find,
    "delegate-member": delegate_members.find,
    "follow-up": follow_ups.find,
    "unchecked-outcome": unchecked.find,
    "unheld-work": unheld_work.find,
    "gated": gated.find,
    "left-open": left_open.find,
    "state-branch": state_branches.find,
}


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
    asked = [
        (Reporter(c, m), msgspec.convert(m.table, MATCHERS[m.matcher]))
        for c in rules.cards
        for m in c.matches
    ]
    for program in programs_of(modules, applications, tests) if modules else ():
        context = Context(program, rules.models, project, tests)
        for reporter, parameters in asked:
            if not isinstance(parameters, PropertyListParameters):
                for finding in _FINDERS[reporter.match.matcher](reporter, parameters, context):
                    found.setdefault(finding.sort_key, finding)
    for reporter, parameters in asked:
        if isinstance(parameters, PropertyListParameters):
            for finding in property_lists.find(reporter, parameters, project, tests):
                found.setdefault(finding.sort_key, finding)
    return [found[key] for key in sorted(found)]
