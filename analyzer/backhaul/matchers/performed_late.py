"""An operation that must be performed before the start of the program is over."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.findings.finding import Finding
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.identities import Identities
from backhaul.matchers.lateness import Lateness
from backhaul.matchers.parameters import PerformedLateParameters


def find(reporter: Reporter, parameters: PerformedLateParameters, context: Context) -> Iterator[Finding]:
    lateness = Lateness(
        parameters.before, parameters.after, parameters.screen, parameters.unless_when, context
    )
    for use, body, _ in context.uses(parameters.operation):
        if body.symbol.module.path in context.program.tests or _is_exempt(use, body, parameters, context):
            continue
        late = lateness.of(use.node, body)
        if late is None:
            continue
        step = step_at(use.node, body, f"`{called(use)}` called here", use.site)
        yield reporter.finding(use.site, body, trail=[*late.trail, step], call=called(use), where=late.why)


def _is_exempt(use: Use, body: Body, parameters: PerformedLateParameters, context: Context) -> bool:
    """Whether the identity is, or may be, one of those that may be registered at any time."""
    exempt = [(other, where) for name in parameters.unless_source for other, where, _ in context.uses(name)]
    if not exempt:
        return False
    identities = Identities(context)
    own = identities.of(use.arguments.get(parameters.identity), body)
    for other, where in exempt:
        theirs = identities.of(other.arguments.get(parameters.identity), where)
        if not own or not theirs or own & theirs or any("*" in text for text in own):
            return True
    return False
