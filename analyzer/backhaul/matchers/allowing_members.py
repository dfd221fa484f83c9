"""A member that is asked whether something is good, and says so without a look."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Confidence, Finding, Severity
from backhaul.matchers.circumstances import built_only_for, performs_one_of
from backhaul.matchers.context import Context, Reporter, is_true
from backhaul.matchers.hooks import members_of
from backhaul.matchers.knowledge import tells_developers
from backhaul.matchers.parameters import AllowingMemberParameters
from backhaul.model.code import Throw


def find(reporter: Reporter, parameters: AllowingMemberParameters, context: Context) -> Iterator[Finding]:
    for symbol, _ in members_of(parameters.hook, context):
        body = symbol.body
        if body is None or not _allows_everything(body):
            continue
        if performs_one_of(symbol.owner, parameters.unless_in_type, context):
            continue
        confidence: Confidence | None = None
        severity: Severity | None = None
        if built_only_for(parameters.doubtful_in_build, body.unit.block, body):
            confidence, severity = "low", "note"
        site = (symbol.function.name_start, symbol.function.name_end)
        name = symbol.name.partition(":")[0]
        yield reporter.finding(site, body, confidence=confidence, severity=severity, call=f"`{name}`")


def _allows_everything(body: Body) -> bool:
    """Whether a body returns a literal true on all ways, or, where it returns nothing, does nothing."""
    if any(True for _ in nodes_of(body.unit.block, Throw)):
        return False
    if not all(tells_developers(call) for call, _ in body.calls):
        return False
    returned = [r.value for r in body.unit.returns]
    if any(value is not None for value in returned):
        return all(is_true(value) for value in returned)
    return not body.assigns
