"""An operation that is tried only where a question asked beforehand has the answer hoped for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import Condition, guards_of
from backhaul.analysis.origins import step_at
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.parameters import GatedParameters
from backhaul.model.code import Call, Member, Name, Node

_MOST_CALLS_DEEP = 3
_LOCAL = re.compile(r"(\w+)#(\d+)")


class _Gate(NamedTuple):
    """A call that stands under the question, and the way from there to the operation."""

    node: Node
    body: Body
    condition: Condition
    is_open: bool
    trail: tuple[Step, ...]


def find(reporter: Reporter, parameters: GatedParameters, context: Context) -> Iterator[Finding]:
    gates: dict[tuple[int, str], list[_Gate]] = defaultdict(list)
    for operation in parameters.operations:
        for use, body, _ in context.uses(operation):
            step = step_at(use.node, body, "the request is made here", use.site)
            for gate in _gates(use.node, body, (step,), parameters, context, 0):
                gates[id(gate.body), gate.condition.text].append(gate)
    for found in gates.values():
        if not all(gate.is_open for gate in found):
            continue  # tried in any case, one way or the other
        gate = min(found, key=lambda each: each.node.start)
        node = gate.node
        site = (node.name_start, node.name_end) if isinstance(node, Call) else (node.start, node.end)
        yield reporter.finding(
            site,
            gate.body,
            trail=gate.trail,
            call=node.name if isinstance(node, (Call, Member, Name)) else "it",
            subject=_readable(gate.condition),
        )


def _gates(
    node: Node,
    body: Body,
    trail: tuple[Step, ...],
    parameters: GatedParameters,
    context: Context,
    depth: int,
) -> Iterator[_Gate]:
    """Where the node, or else a call that leads to it, stands under the question."""
    if body.symbol.module.path in context.program.tests:
        return
    named = body.symbol.name.lower()
    if any(word in named for word in parameters.unless_named):
        return
    asked = [c for c in guards_of(node, body, through_closures=True) if _is_asked(c, body, parameters)]
    if asked:
        condition = min(asked, key=lambda each: each.text)
        yield _Gate(node, body, condition, _is_open(condition, parameters), trail)
    elif depth < _MOST_CALLS_DEEP:
        for call, caller in context.values.calls_of(body.symbol):
            step = step_at(call, caller, f"`{call.name}` called here", (call.name_start, call.name_end))
            yield from _gates(call, caller, (step, *trail), parameters, context, depth + 1)


def _is_asked(condition: Condition, body: Body, parameters: GatedParameters) -> bool:
    text = condition.text.lower()
    if not any(word in text for word in parameters.words):
        return False
    return not any(word in text for word in parameters.unless) and not _is_told(condition, body)


def _is_told(condition: Condition, body: Body) -> bool:
    """Whether the condition looks at a parameter: then somebody tells the function how things are."""
    parameters = {str(v.node.start) for v in body.all_variables() if v.parameter is not None}
    return any(start in parameters for _, start in _LOCAL.findall(condition.text))


def _is_open(condition: Condition, parameters: GatedParameters) -> bool:
    """Whether the code runs where the answer is the one hoped for."""
    is_negative = any(word in condition.text.lower() for word in parameters.negative)
    return condition.holds != is_negative


def _readable(condition: Condition) -> str:
    text = condition.subject or condition.text
    return _LOCAL.sub(r"\1", text).replace("self.", "")
