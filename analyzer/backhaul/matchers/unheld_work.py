"""Work that is started when something happens, and for which nothing keeps the app awake."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.parameters import UnheldWorkParameters
from backhaul.matchers.reactions import leads_to, reactions
from backhaul.matchers.started_work import Starts, trail_of
from backhaul.model.code import Closure


def find(reporter: Reporter, parameters: UnheldWorkParameters, context: Context) -> Iterator[Finding]:
    """Silent where anything that the program does then keeps the app awake: it may do so for all."""
    told = reactions(parameters.hook, context)
    if any(leads_to(reaction, name, context) for reaction in told for name in parameters.holds):
        return
    starts = Starts(parameters, context)
    for reaction in told:
        body = reaction.body
        if _stays_awake(body.symbol.module.path, parameters, context):
            continue
        code = reaction.node.body if isinstance(reaction.node, Closure) else reaction.node
        start = starts.in_code(code, body, 0)
        if start is None:
            continue
        yield reporter.finding(
            (start.call.name_start, start.call.name_end),
            body,
            confidence=start.confidence,
            trail=list(trail_of(start, body)),
            call=start.call.name.partition(":")[0],
        )


def _stays_awake(path: str, parameters: UnheldWorkParameters, context: Context) -> bool:
    """Whether the property list of a product that the file is part of lets the app run on."""
    lists = (product.information for product in context.project.products(path))
    found = (value for known in lists if known for value in known.texts(parameters.unless_key))
    return any(value in parameters.unless_values for value in found)
