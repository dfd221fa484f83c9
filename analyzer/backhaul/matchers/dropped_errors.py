"""A call that can fail, of which nobody learns that it failed."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.operations import Use
from backhaul.analysis.types import unwrapped
from backhaul.findings.finding import Finding
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.parameters import DroppedErrorParameters
from backhaul.model.code import (
    Assign,
    Await,
    Closure,
    Do,
    Evaluate,
    Local,
    LocalFunction,
    Name,
    Node,
    Return,
    Try,
    Unary,
)

_NOWHERE = "_"


def find(reporter: Reporter, parameters: DroppedErrorParameters, context: Context) -> Iterator[Finding]:
    for use, body, _ in context.uses(parameters.operation):
        if body.symbol.module.path in context.program.tests:
            continue
        conditions = guards_of(use.node, body, through_closures=True)
        if any(word in c.text.lower() for c in conditions for word in parameters.unless_when):
            continue
        why = _dropped(use, body, parameters.error)
        if why:
            yield reporter.finding(use.site, body, call=called(use), where=why)


def _dropped(use: Use, body: Body, role: str) -> str:
    """How the error is dropped, a clause; "" where somebody may learn of it."""
    if body.symbol.module.language == "swift":
        return _swallowed(use.node, body)
    if role not in use.operation.arguments or not _is_result_dropped(use.node, body):
        return ""
    given = use.arguments.get(role)
    if is_nil(given):
        return "the error is not asked for"
    inner = unwrapped(given) if given is not None else None
    target = inner.operand if isinstance(inner, Unary) and inner.operator == "&" else None
    variable = body.variable(target) if isinstance(target, Name) else None
    if variable is None or variable.parameter is not None or len(variable.uses) > 1:
        return ""
    return "the error is never looked at"


def _swallowed(node: Node, body: Body) -> str:
    inner = node
    for outer in body.ancestors(node):
        if isinstance(outer, Try) and outer.form == "try?":
            return "`try?` drops the error" if _is_result_dropped(outer, body) else ""
        if isinstance(outer, Do) and inner is outer.body and outer.catches:
            is_empty = all(not c.body.statements for c in outer.catches)
            return "the error is caught and dropped" if is_empty else ""
        if isinstance(outer, (Closure, LocalFunction)):
            return ""
        inner = outer
    return ""


def _is_result_dropped(node: Node, body: Body) -> bool:
    """Whether the value of an expression is used for nothing."""
    inner = node
    for outer in body.ancestors(node):
        if isinstance(outer, (Await, Try)):
            inner = outer
            continue
        if isinstance(outer, Assign):
            return isinstance(outer.target, Name) and outer.target.name == _NOWHERE
        if isinstance(outer, Local):
            return outer.name == _NOWHERE
        if isinstance(outer, Return):  # of a body that is a single expression
            unit = body.unit_at(inner)
            return unit is not body.unit or body.symbol.function.result in ("", "Void", "()")
        return isinstance(outer, Evaluate)
    return False
