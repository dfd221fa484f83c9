"""A closure that belongs to the main actor by where it is written, and is called on another queue."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.parameters import IsolatedClosureParameters
from backhaul.model.code import Closure

_OTHER_QUEUE = "queue"
_FREED = "nonisolated"
_EXTENSION = "extension"


def find(reporter: Reporter, parameters: IsolatedClosureParameters, context: Context) -> Iterator[Finding]:
    tagged = context.models.types_tagged(parameters.isolated_types)
    isolated = frozenset(name for api in tagged for name in (api.name, *api.also))
    for use, body, unit in context.uses(parameters.operation):
        closure = use.arguments.get(parameters.closure)
        if not isinstance(closure, Closure) or unit is not body.unit or closure.attributes:
            continue
        language = context.project.swift(body.symbol.module.path)
        if not language.checks_isolation or not _is_elsewhere(use, body, parameters, context):
            continue
        why = _isolation(body, parameters.attribute, isolated, context)
        if why is None and language.is_main_by_default and not _is_freed(body):
            why = ("everything in this target", None)
        if why is not None:
            step = step_at(use.node, body, f"`{called(use)}` called here, for another queue", use.site)
            trail = [why[1], step] if why[1] is not None else [step]
            yield reporter.finding(use.site, body, trail=trail, call=called(use), where=why[0])


def _is_elsewhere(use: Use, body: Body, parameters: IsolatedClosureParameters, context: Context) -> bool:
    """Whether the closure surely runs on another queue than the main one: a nil queue is another."""
    queue = use.arguments.get(parameters.queue)
    if is_nil(queue) or queue is None:
        return True
    origins = context.values.origins(queue, body)
    return bool(origins) and all(origin.kind == _OTHER_QUEUE for origin in origins)


def _isolation(
    body: Body, attribute: str, isolated: frozenset[str], context: Context
) -> tuple[str, Step | None] | None:
    """What makes a function the main actor's: itself, its type, or what the type inherits from."""
    function = body.symbol.function
    if _is_freed(body):
        return None
    if attribute in function.attributes:
        site = Step(body.symbol.module.path, function.name_start, function.name_end, f"marked `{attribute}`")
        return f"`{function.name}`", site
    for name in context.program.supertypes(function.owner) if function.owner else ():
        symbol = context.program.find_type(name)
        for declaration, module in symbol.declarations if symbol is not None else ():
            site = Step(module.path, declaration.name_start, declaration.name_end, "of the main actor")
            inherited = isolated.intersection(declaration.inherits) and declaration.kind != _EXTENSION
            if attribute in declaration.attributes or inherited:
                return f"`{declaration.name}`", site
    return None


def _is_freed(body: Body) -> bool:
    return any(text.startswith(_FREED) for text in body.symbol.function.attributes)
