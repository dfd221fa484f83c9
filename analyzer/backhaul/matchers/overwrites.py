"""A place that may still hold an acquired value must not get another one."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of, leaves, text_of
from backhaul.analysis.effects import Effect
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.findings.finding import Finding
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.context import Reporter
from backhaul.matchers.hooks import is_spelled
from backhaul.matchers.releases import begun, may_be_released_unseen, place_name
from backhaul.matchers.spans import span_of
from backhaul.model.code import (
    Await,
    Binary,
    Binding,
    Call,
    Loop,
    Member,
    Node,
    Unary,
)

_MOST_CALLERS = 3


def overwritten(acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter) -> Iterator[Finding]:
    place = next((p for p in acquisition.first_places if p.kind in ("field", "global")), None)
    if place is None or acquisition.escapes:
        return
    if any(p.kind == "element" for p in acquisition.places) or _is_of_fresh_object(acquisition, all_of_them):
        return
    if may_be_released_unseen(acquisition, all_of_them):
        return
    body = acquisition.body
    if body.symbol.function.kind == "getter" or _runs_once(body.symbol, all_of_them):
        return
    if _is_released_before(acquisition, place, all_of_them):
        return
    is_surely_held = _is_said_to_hold(acquisition)
    if not is_surely_held and _is_guarded(acquisition, place, all_of_them):
        return
    outside = [p for p in all_of_them.releases(acquisition) if not all_of_them.in_callback(p, acquisition)]
    elsewhere = [
        p
        for p in outside
        if p.body is not body and not all_of_them.only_from_callbacks(p.body.symbol, acquisition, here=body)
    ]
    if elsewhere and not (
        is_surely_held
        or _is_begun_elsewhere_too(acquisition, place, all_of_them)
        or _is_repeated(acquisition, all_of_them)
    ):
        return  # begun and ended by different events: they may well alternate
    span = span_of(acquisition, all_of_them)
    if any(p.body is body and p.unit is acquisition.unit for p in outside) or (span and span.releases):
        return  # ended before the function is left
    use = acquisition.use
    yield reporter.finding(
        use.site,
        body,
        confidence="medium",
        trail=[begun(acquisition)],
        call=called(use),
        place=place_name(place),
        where="may still hold the identifier of a task that was not ended",
    )


def _is_of_fresh_object(acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the field is one of an object that was made in this run of the function."""
    body = acquisition.body
    for assign, _ in body.assigns:
        target = assign.target
        if not any(node is acquisition.use.node for node in descendants(assign.value)):
            continue
        if isinstance(target, Member) and target.base is not None:
            return all_of_them.context.values.is_made_here(target.base, body)
    return False


def _runs_once(symbol: FunctionSymbol, all_of_them: Acquisitions, depth: int = 0) -> bool:
    """Whether a function runs once in the life of its object: on its own, or since its one caller does."""
    function = symbol.function
    if function.kind in ("init", "value", "script"):
        return True
    context = all_of_them.context
    hooks = context.models.hooks_named(all_of_them.parameters.once)
    if any(is_spelled(symbol, spelling) for hook in hooks for spelling in (*hook.swift, *hook.objc)):
        return True
    mentioning = [
        other for other in context.program.mentioning(*sorted(symbol.callable_names)) if other is not symbol
    ]
    calls = context.values.calls_of(symbol)
    if depth >= _MOST_CALLERS or len(calls) != 1 or len(mentioning) != 1:
        return False
    call, caller = calls[0]
    is_repeated = caller.unit_at(call) is not caller.unit or any(
        isinstance(around, Loop) for around in caller.ancestors(call)
    )
    return not is_repeated and _runs_once(caller.symbol, all_of_them, depth + 1)


def _is_begun_elsewhere_too(acquisition: Acquisition, place: Place, all_of_them: Acquisitions) -> bool:
    """Whether another function puts a value into the same place, and does not look at it either.

    Not the same function in a second copy of its file, for another target.
    """
    return any(
        other.body.symbol.qualified_name != acquisition.body.symbol.qualified_name
        and place in other.first_places
        and (_is_said_to_hold(other) or not _is_guarded(other, place, all_of_them))
        and not _is_released_before(other, place, all_of_them)
        for other in all_of_them.all
    )


def _is_repeated(acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether a loop that waits for nothing acquires, or calls the function that does, again and again."""
    body, values = acquisition.body, all_of_them.context.values
    if acquisition.unit is not body.unit:
        return False
    for call, caller in [(acquisition.use.node, body), *values.calls_of(body.symbol)]:
        receiver = call.receiver if isinstance(call, Call) else None
        if receiver is not None and caller is not body and values.is_made_here(receiver, caller):
            continue
        loop = caller.loop_around(call)
        if loop is not None and not any(True for _ in nodes_of(loop, Await)) and not leaves(loop.body):
            return True
    return False


def _is_said_to_hold(acquisition: Acquisition) -> bool:
    """Whether a condition around the acquisition says that its place holds a value: its guard is inverted."""
    body, node = acquisition.body, acquisition.use.node
    targets = {
        text_of(assign.target, body)
        for assign, _ in body.assigns
        if any(part is node for part in descendants(assign.value))
    }
    return any(
        condition.subject in targets and condition.constant and not condition.holds
        for condition in guards_of(node, body)
    )


def _is_guarded(acquisition: Acquisition, place: Place, all_of_them: Acquisitions) -> bool:
    """Whether a condition before the acquisition looks at the place, or at a flag set along with it."""
    body, node = acquisition.body, acquisition.use.node
    for tested in _tests_before(node, body):
        for part in descendants(tested, into_closures=False):
            if isinstance(part, Node) and place in all_of_them.places.behind(part, body):  # type: ignore[arg-type]
                return True
    assigned = {text_of(assign.target, body) for assign, _ in body.assigns}
    return any(
        condition.text in assigned or condition.subject in assigned for condition in guards_of(node, body)
    )


def _tests_before(node: Node, body: Body) -> Iterator[Node]:
    """The conditions evaluated in this body before ``node``."""
    for candidate in descendants(body.unit.block):
        if candidate.start >= node.start:
            continue
        if isinstance(candidate, (Binary, Binding)) or (
            isinstance(candidate, Unary) and candidate.operator == "!"
        ):
            yield candidate
        elif hasattr(candidate, "conditions"):
            yield from candidate.conditions


def _is_released_before(acquisition: Acquisition, place: Place, all_of_them: Acquisitions) -> bool:
    body, node = acquisition.body, acquisition.use.node
    return any(
        call.start < node.start and all_of_them.effects.of_node(call, body, place, 0) is not Effect.NEVER
        for call, unit in body.calls
        if not (acquisition.callback is not None and unit.is_inside(acquisition.callback))
    )
