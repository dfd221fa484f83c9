"""Changes of a value that the operation it is given to ignores, or that contradict its payload."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of, text_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Confidence, Finding
from backhaul.matchers.call import called, named
from backhaul.matchers.changes import Change, ChangesOf
from backhaul.matchers.context import Context, Reporter, is_nil, source_text
from backhaul.matchers.hooks import is_declared
from backhaul.matchers.parameters import Exemption, MutationWithoutEffectParameters, RequestShapeParameters
from backhaul.matchers.payloads import is_given, is_produced
from backhaul.model.code import Assign, Member

_MAX_DEPTH = 3


def find_without_effect(
    reporter: Reporter, parameters: MutationWithoutEffectParameters, context: Context
) -> Iterator[Finding]:
    changes_of = ChangesOf(parameters.mutation, context)
    for use, body, unit in context.uses(parameters.operation):
        subject = use.arguments.get(parameters.argument)
        if subject is None:
            continue
        changes = [
            change
            for change in changes_of.before(use.node, subject, body, unit)
            if not is_nil(change.value)
            and (change.body is not body or _goes_with(change.use, use, body))
            and not _reads_itself(change.use)
            and not _is_read_back(change.use, use)
            and not any(_is_exempt(change.use, use, exemption, context) for exemption in parameters.unless)
        ]
        if changes:
            last = changes[-1]
            is_harmless = last.body is not body or _brings_the_same(last.use, use, body)
            yield reporter.finding(
                use.site,
                body,
                severity="note" if is_harmless else None,
                trail=[
                    step_at(last.use.node, last.body, f"`{_written(last)}` set here", last.use.site),
                    step_at(use.node, body, f"`{called(use)}` called here", use.site),
                ],
                subject=named(subject, body, context),
                change=_written(last),
                call=called(use),
            )


def find_shape(reporter: Reporter, parameters: RequestShapeParameters, context: Context) -> Iterator[Finding]:
    changes_of = ChangesOf(parameters.mutation, context, parameters.name)
    for use, body, unit in context.uses(parameters.operation):
        subject = use.arguments.get(parameters.argument)
        payload = use.arguments.get(parameters.payload)
        if subject is None or payload is None:
            continue
        changes = changes_of.before(use.node, subject, body, unit)
        said = [change for change in changes if changes_of.says(change, parameters.contains)]
        if not said or is_produced(payload, use, body, parameters.written_by, context):
            continue
        confidence: Confidence = "medium" if is_given(payload, body) else "low"
        text = f"header `{parameters.name}` set to {parameters.contains} here"
        yield reporter.finding(
            use.site,
            body,
            confidence=confidence,
            trail=[
                step_at(said[-1].use.node, said[-1].body, text, said[-1].use.site),
                step_at(use.node, body, f"`{called(use)}` sends the file as it is", use.site),
            ],
            subject=named(subject, body, context),
            payload=named(payload, body, context),
            call=called(use),
        )


def _is_exempt(change: Use, use: Use, exemption: Exemption, context: Context) -> bool:
    return (
        change.operation.is_named(exemption.mutation)
        and use.operation.is_named(exemption.operation)
        and any(is_declared(hook, context) for hook in context.models.hooks_named(exemption.hook))
    )


def _goes_with(change: Use, use: Use, body: Body) -> bool:
    """Whether one of the two never happens without the other, as far as conditions tell.

    A change and a use under different conditions may well exclude each other.
    """
    ours, theirs = guards_of(change.node, body), guards_of(use.node, body)
    return ours <= theirs or theirs <= ours


def _brings_the_same(change: Use, use: Use, body: Body) -> bool:
    """Whether what was set is also given to the operation directly: then nothing is lost."""
    value = text_of(change.arguments.get("value"), body)
    return value is not None and any(text_of(a, body) == value for a in use.arguments.values())


def _is_read_back(change: Use, use: Use) -> bool:
    """``upload(request, request.body)``: what was set is read from the request and given to the operation."""
    if not isinstance(change.node, Assign):
        return False
    name = getattr(change.node.target, "name", "")
    given = [member for argument in use.arguments.values() for member in nodes_of(argument, Member)]
    return any(member.name == name for member in given)


def _reads_itself(change: Use) -> bool:
    """``x.body = wrapped(x.body)``: what is there already is only looked at."""
    if not isinstance(change.node, Assign):
        return False
    name = getattr(change.node.target, "name", "")
    return any(member.name == name for member in nodes_of(change.node.value, Member))


def _written(change: Change) -> str:
    node = change.use.node
    if isinstance(node, Assign):
        return source_text(node.target, change.body.symbol.module.language)
    return called(change.use)
