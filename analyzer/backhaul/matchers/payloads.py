"""Whether a payload, such as a file, was made by this program or is one that it was given."""

from __future__ import annotations

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import nodes_of
from backhaul.matchers.context import Context
from backhaul.model.code import Call, Expression, Member, Name


def is_produced(payload: Expression, use: Use, body: Body, written_by: str, context: Context) -> bool:
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


def is_given(payload: Expression, body: Body) -> bool:
    """Whether the payload is, as it is, a parameter or a field."""
    inner = unwrapped(payload)
    if isinstance(inner, Name):
        variable = body.variable(inner)
        return variable is None or variable.parameter is not None or bool(variable.definitions)
    return isinstance(inner, Member)
