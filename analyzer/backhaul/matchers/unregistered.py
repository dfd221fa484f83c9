"""What is asked for by an identity that the program never registers."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import Origin, step_at
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.identities import Sources, Texts
from backhaul.matchers.parameters import UnregisteredParameters
from backhaul.matchers.registrations import Registrations, is_surely_other
from backhaul.matchers.required_hook import application_of
from backhaul.model.code import Argument, Call, Literal, Node

_APP = "app"


def find(reporter: Reporter, parameters: UnregisteredParameters, context: Context) -> Iterator[Finding]:
    uses = [
        (use, body)
        for use, body, _ in context.uses(parameters.operation)
        if body.symbol.module.path not in context.program.tests
    ]
    if not uses:
        return
    registered = list(_registered(parameters, context))
    sources = Sources(parameters.source, parameters.identity, context)
    for use, body in uses:
        application = application_of(body.symbol.module.path, context)
        if application is None or not _may_be_of_app(body, context):
            continue
        for origin in _origins(use, body, parameters, context):
            identity = sources.identity(origin)
            if len(identity) != 1 or not all(is_surely_other(identity, known) for known in registered):
                continue
            if _is_given_away(identity, context) or _is_registered_beside(
                identity, body, parameters, context
            ):
                continue
            declaration, module = application
            place = (module.path, declaration.name_start, declaration.name_end)
            yield reporter.finding(
                use.site,
                body,
                trail=[
                    *_asked(origin, sources),
                    *origin.trail[1:],
                    step_at(use.node, body, f"`{called(use)}` called here", use.site),
                    Step(*place, f"`{declaration.name}` is the application, and registers no handler for it"),
                ],
                call=called(use),
                subject=next(iter(identity)).strip('"'),
            )
            break


def _registered(parameters: UnregisteredParameters, context: Context) -> Iterator[Texts]:
    registrations = Registrations(parameters.identity, context)
    return (registration.identity for registration in registrations.of(parameters.registration))


def _is_registered_beside(
    identity: Texts, body: Body, parameters: UnregisteredParameters, context: Context
) -> bool:
    """Whether another program that has the code, too, may register it."""
    return any(
        not is_surely_other(identity, known)
        for other in context.sharing(body.symbol.module.path)
        for known in _registered(parameters, other)
    )


def _asked(origin: Origin, sources: Sources) -> list[Step]:
    source = sources.of(origin)
    return [step_at(source[0].node, source[1], "asked for here", source[0].site)] if source else []


def _origins(use: Use, body: Body, parameters: UnregisteredParameters, context: Context) -> list[Origin]:
    """Where the request comes from; empty where some of it cannot be seen."""
    given = use.arguments.get(parameters.argument)
    if given is None:
        return []
    found = context.values.origins_at(given, body, use.node)
    return found if all(origin.kind for origin in found) else []


def _may_be_of_app(body: Body, context: Context) -> bool:
    kinds = context.project.kinds(body.symbol.module.path)
    return not kinds or _APP in kinds or "library" in kinds


def _is_given_away(identity: Texts, context: Context) -> bool:
    """Whether code that cannot be seen is given the identity, and may register it."""
    return any(
        not context.resolver.operations.at(call, body)
        and not context.resolver.callees.of(call, body).functions
        for text in identity
        for call, body in _calls_given(text.strip('"'), context)
    )


def _calls_given(text: str, context: Context) -> Iterator[tuple[Call, Body]]:
    """The calls that are given ``text`` as it is written, by a literal or by a constant that is one."""
    encoded = text.encode()
    names: set[str] = set()
    for symbol in context.program.functions:
        if encoded not in bytes(symbol.function.body) or symbol.body is None:
            continue
        if symbol.function.kind in ("value", "getter"):
            names.add(symbol.name)
        for literal in nodes_of(symbol.body.unit.block, Literal):
            call = _call_around(literal, symbol.body) if literal.text == text else None
            if call is not None:
                yield call, symbol.body
    for symbol in context.program.mentioning(*sorted(names)) if names else ():
        body = symbol.body
        for call, _ in body.calls if body is not None else ():
            for argument in call.arguments:
                if body is not None and getattr(argument.value, "name", "") in names:
                    yield call, body


def _call_around(node: Node, body: Body) -> Call | None:
    parent = body.parent(node)
    call = body.parent(parent) if isinstance(parent, Argument) else None
    return call if isinstance(call, Call) else None
