"""Changes of a value that the operation it is given to ignores, or that contradict its payload."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body, Unit
from backhaul.analysis.conditions import contradicts, guards_of, text_of
from backhaul.analysis.control_flow import ControlFlow, Point
from backhaul.analysis.operations import Use
from backhaul.analysis.places import Place
from backhaul.analysis.types import unwrapped
from backhaul.analysis.values import step_at
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.findings.finding import Confidence, Finding
from backhaul.matchers.call import called, named
from backhaul.matchers.context import Context, Reporter, is_nil, source_text
from backhaul.matchers.hooks import is_declared
from backhaul.matchers.parameters import Exemption, MutationWithoutEffectParameters, RequestShapeParameters
from backhaul.model.code import Assign, Call, Expression, Literal, Local, Member, Name, Node
from backhaul.rules import Card

_MAX_DEPTH = 3


def find_without_effect(
    card: Card, parameters: MutationWithoutEffectParameters, context: Context
) -> Iterator[Finding]:
    reporter = Reporter(card)
    for use, body, unit in context.uses(parameters.operation):
        subject = use.arguments.get(parameters.argument)
        if subject is None:
            continue
        changes = [
            change
            for change in _changes(parameters.mutation, subject, use, body, unit, context)
            if not is_nil(change.arguments.get("value"))
            and _goes_with(change, use, body)
            and not _reads_itself(change)
            and not any(_is_exempt(change, use, exemption, context) for exemption in parameters.unless)
        ]
        if changes:
            last = changes[-1]
            yield reporter.finding(
                use.site,
                body,
                severity="note" if _brings_the_same(last, use, body) else None,
                trail=[
                    step_at(last.node, body, f"`{_written(last, body)}` set here", last.site),
                    step_at(use.node, body, f"`{called(use)}` called here", use.site),
                ],
                subject=named(subject, body, context),
                change=_written(last, body),
                call=called(use),
            )


def find_shape(card: Card, parameters: RequestShapeParameters, context: Context) -> Iterator[Finding]:
    reporter = Reporter(card)
    for use, body, unit in context.uses(parameters.operation):
        subject = use.arguments.get(parameters.argument)
        payload = use.arguments.get(parameters.payload)
        if subject is None or payload is None:
            continue
        changes = _changes(parameters.mutation, subject, use, body, unit, context, parameters.name)
        said = [c for c in changes if _says(c, parameters.contains, body, context)]
        if not said or _is_produced(payload, use, body, parameters.written_by, context):
            continue
        confidence: Confidence = "medium" if _is_given(payload, body) else "low"
        yield reporter.finding(
            use.site,
            body,
            confidence=confidence,
            trail=[
                step_at(
                    said[-1].node,
                    body,
                    f"header `{parameters.name}` set to {parameters.contains} here",
                    said[-1].site,
                ),
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


def _reads_itself(change: Use) -> bool:
    """``x.body = wrapped(x.body)``: what is there already is only looked at."""
    if not isinstance(change.node, Assign):
        return False
    name = getattr(change.node.target, "name", "")
    return any(member.name == name for member in nodes_of(change.node.value, Member))


def _written(change: Use, body: Body) -> str:
    language = body.symbol.module.language
    return source_text(change.node.target, language) if isinstance(change.node, Assign) else called(change)


def _changes(
    mutation: str, subject: Expression, use: Use, body: Body, unit: Unit, context: Context, name: str = ""
) -> list[Use]:
    """The mutations of ``subject`` that are in force at ``use``, in order of the source.

    With ``name``, only those whose argument ``name`` is that literal: they replace one another.
    """
    target = context.places.of(subject, body)
    if target is None:
        return []
    candidates = [
        change
        for change, where, inside in context.uses(mutation)
        if where is body
        and inside is unit
        and change.receiver is not None
        and context.places.of(change.receiver, body) == target
        and (not name or _is_literal(change.arguments.get("name"), name))
    ]
    graph = context.graphs.of(unit, body)
    if graph is None or not candidates:
        return []
    here = guards_of(use.node, body)
    return [
        change
        for change in candidates
        if not contradicts(guards_of(change.node, body), here)
        and _reaches(graph, change, use, candidates, target, context, body)
    ]


def _is_literal(expression: Expression | None, text: str) -> bool:
    return isinstance(expression, Literal) and expression.text.lower() == text.lower()


def _reaches(
    graph: ControlFlow, change: Use, use: Use, others: list[Use], target: Place, context: Context, body: Body
) -> bool:
    """Whether some way leads from ``change`` to ``use`` on which nothing replaces it."""
    ends = {id(p) for p in graph.points_of(use.node)}
    stops = {id(p) for other in others if other is not change for p in graph.points_of(other.node)} - ends
    stack: list[Point] = [e.target for p in graph.points_of(change.node) for e in p.edges]
    if any(id(p) in ends for p in graph.points_of(change.node)):
        return change.node.start < use.node.start
    seen: set[int] = set()
    while stack:
        point = stack.pop()
        if id(point) in ends:
            return True
        if id(point) in seen or id(point) in stops or _replaces(point.atom, target, context, body):
            continue
        seen.add(id(point))
        stack.extend(edge.target for edge in point.edges)
    return False


def _replaces(atom: Node | None, target: Place, context: Context, body: Body) -> bool:
    """Whether ``atom`` puts another value into ``target``."""
    if isinstance(atom, Assign) and atom.operator == "=":
        return context.places.of(atom.target, body) == target
    if isinstance(atom, Local):
        variable = body.declared_by(atom)
        return variable is not None and context.places.local(variable) == target
    return False


def _says(change: Use, text: str, body: Body, context: Context) -> bool:
    """Whether the value of a change holds the literal ``text``, itself or through locals and constants."""
    value = change.arguments.get("value")
    return value is not None and _holds(value, text.lower(), body, context, 0)


def _holds(value: Expression, text: str, body: Body, context: Context, depth: int) -> bool:
    if any(text in literal.text.lower() for literal in nodes_of(value, Literal)):
        return True
    if depth >= _MAX_DEPTH:
        return False
    for node in descendants(value):
        if isinstance(node, (Name, Member)):
            for definition, where in _definitions(node, body, context):
                if _holds(definition, text, where, context, depth + 1):
                    return True
    return False


def _definitions(node: Name | Member, body: Body, context: Context) -> Iterator[tuple[Expression, Body]]:
    variable = body.variable(node) if isinstance(node, Name) else None
    if variable is not None:
        for definition in variable.definitions:
            if definition.expression is not None:
                yield definition.expression, body
        return
    for symbol in context.program.functions_named.get(node.name, ()):
        if symbol.function.kind in ("value", "getter") and symbol.body is not None:
            for returned in symbol.body.unit.returns:
                if returned.value is not None:
                    yield returned.value, symbol.body


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
