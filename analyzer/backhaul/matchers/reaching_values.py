"""A value written in the source reaches an operation: reported where it is written, once."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, UNKNOWN, Origin, step_at
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.circumstances import built_only_for
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.parameters import ReachingValueParameters
from backhaul.model.code import Expression, Node


def find(reporter: Reporter, parameters: ReachingValueParameters, context: Context) -> Iterator[Finding]:
    seen: set[tuple[str, int]] = set()
    for operation in parameters.operations:
        for use, body, _ in context.uses(operation):
            if body.symbol.module.path in context.program.tests:
                continue
            for role in parameters.roles:
                value = use.arguments.get(role)
                if value is None:
                    continue
                for origin, confidence in _written(value, use, parameters.kind, body, context):
                    source = origin.trail[0]
                    home = _home(source, context)
                    if home is None or (source.path, source.start) in seen:
                        continue
                    seen.add((source.path, source.start))
                    if built_only_for(parameters.doubtful_in_build, Node(source.start, source.end), home):
                        confidence = "low"
                    last = step_at(use.node, body, f"`{called(use)}` asks for it here", use.site)
                    yield reporter.finding(
                        (source.start, source.end),
                        home,
                        confidence=confidence,
                        trail=[*origin.trail, last],
                        call=called(use),
                    )


def _written(
    value: Expression, use: Use, kind: str, body: Body, context: Context
) -> Iterator[tuple[Origin, Confidence]]:
    """The literals of ``kind`` that ``value`` may be, and how sure each is."""
    known = [o for o in context.values.origins_at(value, body, use.node) if o.kind != NIL]
    wanted = [o for o in known if o.kind == kind and o.trail]
    rest = {o.kind for o in known} - {kind}
    confidence: Confidence = "high" if not rest else "low" if UNKNOWN in rest else "medium"
    for origin in wanted:
        yield origin, confidence


def _home(step: Step, context: Context) -> Body | None:
    """The function, or initial value, in which a step stands."""
    for symbol in context.program.functions:
        function = symbol.function
        if symbol.module.path == step.path and function.start <= step.start < function.end:
            return symbol.body
    return None
