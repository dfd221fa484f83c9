"""What is acquired must be released: on every path, in time, and the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backhaul.analysis.bodies import Body, Unit
from backhaul.analysis.conditions import guards_of, text_of
from backhaul.analysis.effects import Effect, Performance
from backhaul.analysis.operations import Use
from backhaul.analysis.places import Place
from backhaul.analysis.program import field_names
from backhaul.analysis.values import step_at
from backhaul.analysis.walking import calls_in, descendants, nodes_of
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.leaks import find_leaks
from backhaul.matchers.parameters import PairingParameters
from backhaul.model.code import Argument, Binary, Binding, Call, Capture, Closure, Member, Name, Node, Unary
from backhaul.rules import Card


def find(card: Card, parameters: PairingParameters, context: Context) -> Iterator[Finding]:
    key = ("acquisitions", parameters.acquire, parameters.release, parameters.role, parameters.callback)
    acquisitions = context.once(key, lambda: Acquisitions(parameters, context))
    fault = _FAULTS[parameters.fault]
    reporter = Reporter(card)
    for acquisition in acquisitions.all:
        yield from fault(acquisition, acquisitions, reporter)


def place_name(place: Place | None) -> str:
    if place is None:
        return "the identifier"
    return f"`{place.owner}.{place.name}`" if place.kind == "field" and place.owner else f"`{place.name}`"


def begun(acquisition: Acquisition) -> Step:
    use = acquisition.use
    return step_at(use.node, acquisition.body, f"`{called(use)}` called here", use.site)


# Never released


def _never_released(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    use, body = acquisition.use, acquisition.body
    if acquisition.is_dropped:
        yield reporter.finding(
            use.site,
            body,
            confidence="high" if use.is_certain else "medium",
            trail=[begun(acquisition)],
            call=called(use),
            place="its identifier",
            where="is dropped, so that nothing can end the task",
        )
        return
    if acquisition.escapes or not acquisition.places:
        return
    outside = [p for p in all_of_them.releases(acquisition) if not all_of_them.in_callback(p, acquisition)]
    if outside or _may_be_released_unseen(acquisition, all_of_them):
        return
    inside = all_of_them.releases(acquisition)
    if acquisition.callback_is_unseen and not inside:
        return
    where = "ended only by the expiration handler" if inside else "never ended"
    trail = [begun(acquisition), *(_released_here(p, "ended only here, when time is up") for p in inside[:2])]
    yield reporter.finding(
        use.site,
        body,
        confidence="high" if acquisition.is_local and use.is_certain else "medium",
        severity="warning" if inside else None,
        trail=trail,
        call=called(use),
        place=place_name(acquisition.main_place),
        where=f"is {where}",
    )


def _released_here(performance: Performance, text: str) -> Step:
    return step_at(performance.use.node, performance.body, text, performance.use.site)


def _may_be_released_unseen(acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """A release of a value that cannot be traced, where it may be this acquisition's.

    In the same type, or of a field of the same name on an object of unknown type.
    """
    names = {place.name for place in acquisition.places if not place.is_local}
    for performance in all_of_them.effects.performances:
        if any(place.owner == "?" and place.name in names for place in performance.places):
            return True
    if acquisition.is_local:
        return any(node.name in all_of_them.effects.names for node in _named_functions(acquisition.body))
    owner = acquisition.body.symbol.owner
    return any(p.body.symbol.owner == owner for p in all_of_them.effects.unplaced())


def _named_functions(body: Body) -> Iterator[Name | Member]:
    """Functions that are passed on as values: ``id.map(application.end)``."""
    for argument in nodes_of(body.unit.block, Argument):
        if isinstance(argument.value, (Name, Member)):
            yield argument.value


# Not released on some path


def _not_released_on_path(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    if acquisition.escapes or acquisition.is_dropped or not acquisition.places:
        return
    if _may_be_released_unseen(acquisition, all_of_them):
        return
    releases = all_of_them.releases(acquisition)
    outside = [p for p in releases if not all_of_them.in_callback(p, acquisition)]
    if not outside:
        return
    use, body = acquisition.use, acquisition.body
    elsewhere = [p for p in outside if p.body is not body]
    others = [p for p in elsewhere if not all_of_them.only_from_callbacks(p.body.symbol)]
    if not others and len(elsewhere) == len(outside):
        yield reporter.finding(
            use.site,
            body,
            confidence="medium",
            trail=[
                begun(acquisition),
                *(_released_here(p, "ended here, reached only when time is up") for p in elsewhere[:2]),
            ],
            call=called(use),
            place=place_name(acquisition.main_place),
            where="is ended only when time is up: nothing ends it when the work is done",
        )
        return
    for leak in find_leaks(acquisition, all_of_them):
        yield reporter.finding(
            use.site,
            body,
            confidence=leak.confidence if use.is_certain else "low",
            trail=[begun(acquisition), *leak.trail],
            call=called(use),
            place=place_name(acquisition.main_place),
            where=leak.where,
        )
        return


# The callback


def _callback_does_not_release(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    callback, inner = acquisition.callback, acquisition.callback_body
    if callback is None or inner is None or acquisition.escapes or not acquisition.places:
        return
    effect = all_of_them.effect_of_callback(acquisition)
    if effect >= Effect.SOMETIMES or (
        effect is Effect.LATER and not _is_surely_late(callback, inner, acquisition, all_of_them)
    ):
        return
    if effect is Effect.NEVER and _releases_something(callback, inner, all_of_them):
        return
    if effect is Effect.NEVER and _is_out_of_sight(callback, inner, all_of_them):
        return
    node = callback.node
    last = (
        step_at(node, inner, "the handler that runs when time is up")
        if node is not None
        else begun(acquisition)
    )
    yield reporter.finding(
        acquisition.use.site,
        acquisition.body,
        confidence=_callback_confidence(callback, inner, effect, all_of_them),
        trail=[begun(acquisition), Step(last.path, last.start, min(last.end, last.start + 1), last.text)],
        call=called(acquisition.use),
        place=place_name(acquisition.main_place),
        where="ends it too late, in code that runs after the handler"
        if effect is Effect.LATER
        else "does not end it",
    )


def _is_surely_late(unit: Unit, body: Body, acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the release waits in a closure of which it is known that it runs after the handler."""
    effects = all_of_them.effects
    for closure in nodes_of(unit.block, Closure):
        inner = body.unit_of(closure)
        if any(effects.of_unit(inner, body, place) is not Effect.NEVER for place in acquisition.places):
            return effects.timing(closure, body) in ("later", "main")
    return False


def _callback_confidence(unit: Unit, body: Body, effect: Effect, all_of_them: Acquisitions) -> Confidence:
    """High for a handler that calls nothing of the program; medium otherwise."""
    if effect is Effect.LATER:
        return "medium"
    resolver = all_of_them.context.resolver
    for call in calls_in(unit.block):
        if resolver.callees.of(call, body).functions or not resolver.operations.at(call, body):
            return "medium"
    return "high"


def _releases_something(unit: Unit, body: Body, all_of_them: Acquisitions) -> bool:
    """The callback releases a value of which this analysis cannot say that it is another one."""
    for call in calls_in(unit.block):
        for use in all_of_them.context.resolver.operations.at(call, body):
            if use.operation.is_named(all_of_them.parameters.release):
                return True
    return False


def _is_out_of_sight(unit: Unit, body: Body, all_of_them: Acquisitions) -> bool:
    """Whether the callback runs code that may release and cannot be read.

    Invoking a stored closure, or a method of a type of this program whose body is elsewhere. What
    the models know, and what other libraries declare, does not know this value.
    """
    context = all_of_them.context
    for call in calls_in(unit.block):
        if context.resolver.operations.at(call, body):
            continue
        callees = context.resolver.callees.of(call, body)
        if callees.functions:
            if any(_reaches_unseen(f.body, all_of_them, 0) for f in callees.functions if f.body is not None):
                return True
            continue
        if _invokes_closure(call, body, all_of_them):
            return True
        owner = context.resolver.types.of(call.receiver, body) if call.receiver is not None else ""
        symbol = context.program.find_type(owner) if owner else None
        if symbol is not None and symbol.is_declared_here and symbol.kind == "protocol":
            return True
    return False


def _reaches_unseen(body: Body, all_of_them: Acquisitions, depth: int) -> bool:
    if depth > 2:
        return False
    for call, _ in body.calls:
        if _invokes_closure(call, body, all_of_them):
            return True
        for callee in all_of_them.context.resolver.callees.of(call, body).functions:
            if (
                callee.body is not None
                and callee.body is not body
                and _reaches_unseen(callee.body, all_of_them, depth + 1)
            ):
                return True
    return False


def _invokes_closure(call: Call, body: Body, all_of_them: Acquisitions) -> bool:
    """A call of a closure value that is not written in the same body: a parameter, a property."""
    variable = body.variable_called(call)
    if variable is not None:
        return variable.local_function is None
    if not call.name:
        return not isinstance(call.receiver, Closure)
    program = all_of_them.context.program
    owner = body.symbol.owner
    if call.receiver is not None and not (isinstance(call.receiver, Name) and call.receiver.name == "self"):
        owner = all_of_them.context.resolver.types.of(call.receiver, body)
    if not owner:
        return False
    return any(program.property(owner, n) is not None for n in field_names(call.name))


# Overwritten


def _overwritten(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    place = next((p for p in acquisition.first_places if p.kind in ("field", "global")), None)
    if place is None or acquisition.escapes:
        return
    if any(p.kind == "element" for p in acquisition.places):
        return
    if _may_be_released_unseen(acquisition, all_of_them):
        return
    body = acquisition.body
    if body.symbol.function.kind in ("init", "value", "getter", "script") or _runs_once(body, all_of_them):
        return
    if _is_guarded(acquisition, place, all_of_them) or _is_released_before(acquisition, place, all_of_them):
        return
    outside = [p for p in all_of_them.releases(acquisition) if not all_of_them.in_callback(p, acquisition)]
    elsewhere = [
        p
        for p in outside
        if p.body is not body and not all_of_them.only_from_callbacks(p.body.symbol, here=body)
    ]
    if elsewhere and not _is_begun_elsewhere_too(acquisition, place, all_of_them):
        return  # begun and ended by different events: they may well alternate
    if any(p.body is body and p.unit is acquisition.unit for p in outside):
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


def _runs_once(body: Body, all_of_them: Acquisitions) -> bool:
    function = body.symbol.function
    return any(
        function.spelling in (*hook.swift, *hook.objc)
        for hook in all_of_them.context.models.hooks_named(all_of_them.parameters.once)
    )


def _is_begun_elsewhere_too(acquisition: Acquisition, place: Place, all_of_them: Acquisitions) -> bool:
    """Whether another function puts a value into the same place, and does not look at it either."""
    return any(
        other.body is not acquisition.body
        and place in other.first_places
        and not _is_guarded(other, place, all_of_them)
        and not _is_released_before(other, place, all_of_them)
        for other in all_of_them.all
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


# Captured before it was assigned


def _captured_before_assignment(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    callback, body = acquisition.callback, acquisition.body
    if callback is None or acquisition.callback_body is not body or not isinstance(callback.node, Closure):
        return
    given = acquisition.use.arguments.get(all_of_them.parameters.callback)
    if given is not callback.node:
        return
    for use, name in _releases_in(callback, body, all_of_them):
        variable = body.variable(name)
        if variable is None:
            continue
        if variable.unit.is_inside(callback) and not _copied_in(variable.node, callback):
            continue
        copied = _copied_in(variable.node, callback) or (
            callback.copies_locals and variable.storage == "plain" and variable.parameter is None
        )
        if not copied or not _receives(variable.name, acquisition):
            continue
        yield reporter.finding(
            use.site,
            body,
            trail=[
                begun(acquisition),
                step_at(
                    use.node,
                    body,
                    f"`{variable.name}` here is the copy made before the call returned",
                    use.site,
                ),
            ],
            call=called(acquisition.use),
            place=f"`{variable.name}`",
            where="is copied into the handler before it is assigned",
        )
        return


def _copied_in(node: Node, callback: Unit) -> bool:
    return (
        isinstance(node, Capture)
        and isinstance(callback.node, Closure)
        and any(capture is node for capture in callback.node.captures)
    )


def _releases_in(callback: Unit, body: Body, all_of_them: Acquisitions) -> Iterator[tuple[Use, Name]]:
    for performance in all_of_them.effects.performances:
        if performance.body is body and performance.unit.is_inside(callback):
            given = performance.use.arguments.get(all_of_them.parameters.role)
            if given is not None:
                for name in nodes_of(given, Name):
                    yield performance.use, name


def _receives(name: str, acquisition: Acquisition) -> bool:
    """Whether a local variable called ``name`` gets the acquired value."""
    return any(place.is_local and place.name == name for place in acquisition.places)


_Fault = Callable[[Acquisition, Acquisitions, Reporter], Iterator[Finding]]

_FAULTS: dict[str, _Fault] = {
    "never-released": _never_released,
    "not-released-on-path": _not_released_on_path,
    "callback-does-not-release": _callback_does_not_release,
    "overwritten": _overwritten,
    "captured-before-assignment": _captured_before_assignment,
}
