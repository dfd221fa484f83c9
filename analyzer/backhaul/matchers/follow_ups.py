"""An operation performed by the callback that reports the outcome of the one before it."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import Condition, guards_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import Origin, step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.call import called, named, receiver_of
from backhaul.matchers.context import Context, Reporter, arguments_fit, judged
from backhaul.matchers.delegates import makers_with
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.parameters import FollowUpParameters
from backhaul.model.code import Call, Name, Node
from backhaul.rules import Hook

_MOST_CALLS_UP = 3
_NIL = "nil"


def find(reporter: Reporter, parameters: FollowUpParameters, context: Context) -> Iterator[Finding]:
    members = {id(symbol): (symbol, hook) for symbol, hook in members_of(parameters.hook, context)}
    for use, body, _ in context.uses(parameters.operation):
        if not isinstance(use.node, Call):
            continue
        ways = _ways(use.node, body, members, parameters, context, 0, frozenset())
        trail = next(ways, None)
        if trail is None:
            continue
        verdict = judged(receiver_of(use), body, use.node, parameters.receiver.kind, context)
        if verdict is None or verdict[0] == "low":
            verdict = _told(use, body, members, parameters, context)
        if verdict is None:
            continue
        yield reporter.finding(
            use.site,
            body,
            confidence=verdict[0],
            trail=[
                *verdict[1].trail,
                *trail,
                step_at(use.node, body, f"`{called(use)}` called here", use.site),
            ],
            subject=named(receiver_of(use), body, context),
            call=called(use),
        )


def _told(
    use: Use,
    body: Body,
    members: dict[int, tuple[FunctionSymbol, Hook]],
    parameters: FollowUpParameters,
    context: Context,
) -> tuple[Confidence, Origin] | None:
    """The verdict on the object that a member of the hook is told of: what its delegate is made with."""
    symbol, hook = members.get(id(body.symbol), (None, None))
    receiver = use.receiver
    if symbol is None or hook is None or not isinstance(receiver, Name):
        return None
    if body.variable(receiver) is not parameter_of(symbol, hook, parameters.session):
        return None
    found: tuple[Confidence, Origin] | None = None
    for maker, where in makers_with(symbol.owner, parameters.maker, parameters.delegate, context):
        verdict = arguments_fit(maker, where, parameters.arguments, context)
        if verdict is None or verdict[0] != "high" or verdict[1] is None:
            return None
        found = "high", verdict[1]
    return found


def _ways(
    node: Node,
    body: Body,
    members: dict[int, tuple[FunctionSymbol, Hook]],
    parameters: FollowUpParameters,
    context: Context,
    depth: int,
    seen: frozenset[int],
) -> Iterator[tuple[Step, ...]]:
    """How ``node`` is reached from a member of the hook, other than to try again."""
    symbol = body.symbol
    guards = guards_of(node, body, through_closures=True)
    texts = (symbol.name, *(guard.text for guard in guards))
    if any(word in text.lower() for text in texts for word in parameters.unless_when):
        return
    if any(_is_failure(guard, parameters.failure) for guard in guards):
        return
    if id(symbol) in members:
        hook = members[id(symbol)][1]
        if not _is_another_try(node, body, hook, parameters):
            site = (symbol.function.name_start, symbol.function.name_end)
            step = f"`{symbol.function.spelling}` reports the end of the one before"
            yield (Step(symbol.module.path, *site, step),)
        return
    if depth == _MOST_CALLS_UP or id(symbol) in seen:
        return
    for call, caller in context.values.calls_of(symbol):
        for way in _ways(call, caller, members, parameters, context, depth + 1, seen | {id(symbol)}):
            yield (*way, step_at(call, caller, f"`{symbol.qualified_name}` called here"))


def _is_failure(guard: Condition, name: str) -> bool:
    """Whether a condition says that there is an error: a value called so is not nil."""
    path = guard.subject or guard.text
    if not path.partition("#")[0].rpartition(".")[2].lower().endswith(name) and not path.lower().endswith(
        name
    ):
        return False
    return guard.holds if not guard.subject else guard.constant == _NIL and not guard.holds


def _is_another_try(node: Node, body: Body, hook: Hook, parameters: FollowUpParameters) -> bool:
    """Whether ``node`` makes the same thing again."""
    ended = parameter_of(body.symbol, hook, parameters.ended)
    arguments = [a.value for a in node.arguments] if isinstance(node, Call) else []
    return ended is not None and any(
        body.variable(name) is ended for value in arguments for name in nodes_of(value, Name)
    )
