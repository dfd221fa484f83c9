"""A call of an operation on a value of some kind."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.values import Origin, step_at
from backhaul.findings.finding import CONFIDENCES, Confidence, Finding
from backhaul.matchers.context import Context, Reporter, arguments_fit, judged, source_text
from backhaul.matchers.parameters import CallParameters
from backhaul.model.code import Expression, Name, Node


def find(reporter: Reporter, parameters: CallParameters, context: Context) -> Iterator[Finding]:
    for use, body, _ in context.uses(parameters.operation):
        verdict = _judge(use, body, parameters, context)
        if verdict is None:
            continue
        confidence, origin = verdict
        if parameters.unless_only_used_by and _is_only_used_by(use, body, parameters, context):
            continue
        trail = [*origin.trail] if origin is not None else []
        trail.append(step_at(use.node, body, f"`{called(use)}` called here", use.site))
        subject: Expression | None = receiver_of(use)
        if parameters.receiver is None:
            subject = next((use.arguments[r] for r in parameters.arguments if r in use.arguments), None)
        yield reporter.finding(
            use.site,
            body,
            confidence=confidence,
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
    if received is None:
        return None
    return min(verdict[0], received[0], key=CONFIDENCES.index), received[1]


def _is_only_used_by(use: Use, body: Body, parameters: CallParameters, context: Context) -> bool:
    """Whether everything done with the result is one of the harmless operations."""

    def is_harmless(consumer: Node | None) -> bool:
        found = context.resolver.operations.at(consumer, body) if consumer is not None else []
        return any(u.operation.is_named(name) for u in found for name in parameters.unless_only_used_by)

    if is_harmless(body.parent(use.node)):
        return True
    destinations = context.places.destinations(use.node, body)
    if destinations.escapes or destinations.arguments or len(destinations.places) != 1:
        return False
    kept = [v for v in body.all_variables() if context.places.local(v) in destinations.places]
    return bool(kept and kept[0].uses) and all(is_harmless(body.parent(name)) for name, _ in kept[0].uses)
