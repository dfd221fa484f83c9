"""A call of an operation on a value of some kind."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import Origin, step_at
from backhaul.findings.finding import CONFIDENCES, Confidence, Finding
from backhaul.matchers.context import Context, Reporter, arguments_fit, judged, source_text
from backhaul.matchers.excuses import is_kept, is_only_used_by
from backhaul.matchers.hooks import is_used
from backhaul.matchers.parameters import CallParameters
from backhaul.model.code import Expression, Name


def find(reporter: Reporter, parameters: CallParameters, context: Context) -> Iterator[Finding]:
    for use, body, _ in context.uses(parameters.operation):
        verdict = _judge(use, body, parameters, context)
        if verdict is None:
            continue
        confidence, origin = verdict
        if _is_excused(use, body, parameters, context):
            continue
        trail = [*origin.trail] if origin is not None else []
        trail.append(step_at(use.node, body, f"`{called(use)}` called here", use.site))
        subject: Expression | None = receiver_of(use)
        if parameters.receiver is None:
            subject = next((use.arguments[r] for r in parameters.arguments if r in use.arguments), None)
        lesser = parameters.note_with_hook
        is_note = lesser is not None and is_used(lesser.hook, lesser.role, context)
        yield reporter.finding(
            use.site,
            body,
            confidence=confidence,
            severity="note" if is_note else None,
            trail=trail,
            subject=named(subject, body, context),
            call=called(use),
        )


def receiver_of(use: Use) -> Expression:
    """The object that the operation is performed on: ``self`` where none is written."""
    return use.receiver if use.receiver is not None else Name(use.node.start, use.node.start, "self")


def named(expression: Expression | None, body: Body, context: Context) -> str:
    """How a message calls a value: its source text, or what it is."""
    text = source_text(expression, body.symbol.module.language)
    if text and text != "self":
        return f"`{text}`"
    kind = context.resolver.types.of(expression, body) if expression is not None else ""
    return f"this {context.values.noun(kind)}" if kind else "this value"


def called(use: Use) -> str:
    """The operation's name as written at this use."""
    return getattr(use.node, "name", "") or use.operation.id


def _judge(
    use: Use, body: Body, parameters: CallParameters, context: Context
) -> tuple[Confidence, Origin | None] | None:
    verdict = arguments_fit(use, body, parameters.arguments, context)
    if verdict is None or parameters.receiver is None:
        return verdict
    received = judged(receiver_of(use), body, use.node, parameters.receiver.kind, context)
    if received is None or (parameters.receiver.surely and received[0] != "high"):
        return None
    return min(verdict[0], received[0], key=CONFIDENCES.index), received[1]


def _is_excused(use: Use, body: Body, parameters: CallParameters, context: Context) -> bool:
    if parameters.unless_only_used_by and is_only_used_by(use, parameters.unless_only_used_by, body, context):
        return True
    if any(context.uses(name) for name in parameters.unless_performed):
        return True
    if any(where is body for name in parameters.unless_beside for _, where, _ in context.uses(name)):
        return True
    if not parameters.unless_kept_by:
        return False
    given = [use.arguments[role] for role in parameters.arguments if role in use.arguments]
    return any(is_kept(value, body, parameters.unless_kept_by, context) for value in given)
