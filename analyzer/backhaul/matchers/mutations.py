"""Changes of a value that the operation it is given to ignores, or that contradict its payload."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of, text_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Confidence, Finding
from backhaul.matchers.call import called, named
from backhaul.matchers.changes import Change, ChangesOf
from backhaul.matchers.context import Context, Reporter, is_nil, source_text
from backhaul.matchers.hooks import is_declared
from backhaul.matchers.parameters import Exemption, MutationWithoutEffectParameters, RequestShapeParameters
from backhaul.model.code import Assign, Call, Expression, Member, Name

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
        if not said or _is_produced(payload, use, body, parameters.written_by, context):
            continue
        confidence: Confidence = "medium" if _is_given(payload, body) else "low"
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


def _is_produced(payload: Expression, use: Use, body: Body, written_by: str, context: Context) -> bool:
    """Whether the payload was written by this program, or comes from code that may have written it."""
    inner = unwrapped(payload)
    if isinstance(inner, Call) and not _is_plain_location(inner, body, context):
        return True
    places = context.places.behind(payload, body)
    variables = [v for v in body.all_variables() if context.places.local(v) in places]
    for variable in variables:
        for definition in variable.definitions:
            value = unwrapped(definition.expression) if definition.expression is not None else None
            if definition.form != "value" or value is None:
                return True
            if isinstance(value, Call) and not _is_plain_location(value, body, context):
                return True
    texts = {v.name for v in variables}
    for write, where, _ in context.uses(written_by):
        if where is not body:
            continue
        operands = [*write.arguments.values(), *([write.receiver] if write.receiver is not None else [])]
        if any(n.name in texts for operand in operands for n in nodes_of(operand, Name)):
            return True
        if write.node.start < use.node.start and write.operation.is_named(written_by):
            return True
    return any(
        isinstance(node, Call) and node.start < use.node.start and _is_handed(node, texts, body, context)
        for node, _ in body.calls
    )


def _is_plain_location(call: Call, body: Body, context: Context) -> bool:
    """A call that only names a place in the file system, made from something given."""
    return any(u.operation.is_named("location") for u in context.resolver.operations.at(call, body))


def _is_handed(call: Call, texts: set[str], body: Body, context: Context) -> bool:
    """Whether ``call`` gives the location to code of the program's own, which may write there."""
    if not any(isinstance(a.value, Name) and a.value.name in texts for a in call.arguments):
        return False
    return not context.resolver.operations.at(call, body)


def _is_given(payload: Expression, body: Body) -> bool:
    """Whether the payload is, as it is, a parameter or a field."""
    inner = unwrapped(payload)
    if isinstance(inner, Name):
        variable = body.variable(inner)
        return variable is None or variable.parameter is not None or bool(variable.definitions)
    return isinstance(inner, Member)
