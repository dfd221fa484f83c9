"""A closure that a hook is given must be called, or handed to what calls it; and on the right thread."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.handovers import Handover, Handovers
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.context import Context, Reporter, source_text
from backhaul.matchers.dropping import dropping_calls
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.parameters import HandedClosureParameters
from backhaul.matchers.threads import Threads
from backhaul.model.code import Call, Closure

_INERT = "inert"


def find(reporter: Reporter, parameters: HandedClosureParameters, context: Context) -> Iterator[Finding]:
    if parameters.fault == "dropped":
        for symbol, closure, body, handover in handovers_of(parameters.hook, parameters.role, context):
            if is_called_in_the_end(handover, context):
                yield from _dropped_on_a_way(closure, body, reporter, context)
            else:
                yield _dropped(symbol, body, handover, reporter)
    elif parameters.fault == "early":
        if context.uses(parameters.operation):
            for _, _, body, handover in handovers_of(parameters.hook, parameters.role, context):
                yield from _early(body, handover, reporter)
    else:
        yield from _off_main(reporter, parameters, context)


def followed(context: Context) -> Handovers:
    return context.once("handovers", lambda: Handovers(context.places, _INERT))


def handovers_of(
    hook: str, role: str, context: Context
) -> Iterator[tuple[FunctionSymbol, Variable, Body, Handover]]:
    """What the program's members of a hook do with the closure that they are given in ``role``."""
    for symbol, each in members_of(hook, context):
        parameter = parameter_of(symbol, each, role)
        if parameter is not None and symbol.body is not None:
            yield symbol, parameter, symbol.body, followed(context).of(parameter, symbol.body)


def is_called_in_the_end(handover: Handover, context: Context) -> bool:
    """Whether the closure is called somewhere, or may be, out of sight."""
    if handover.calls or handover.is_unseen:
        return True
    return bool(handover.stores) and followed(context).is_read(set(handover.stores))


def _dropped_on_a_way(
    closure: Variable, body: Body, reporter: Reporter, context: Context
) -> Iterator[Finding]:
    for call, taker in dropping_calls(closure, body, followed(context), context):
        site = (taker.function.name_start, taker.function.name_end)
        where = f"`{taker.qualified_name}` neither calls nor keeps it"
        yield reporter.finding(
            (call.name_start, call.name_end),
            body,
            confidence="medium",
            trail=[
                step_at(call, body, "handed on here"),
                Step(taker.module.path, *site, "neither called nor kept here"),
            ],
            where=where,
        )


def _dropped(symbol: FunctionSymbol, body: Body, handover: Handover, reporter: Reporter) -> Finding:
    confidence, trail = None, list[Step]()
    where = f"`{symbol.function.spelling}` neither calls nor keeps it"
    if handover.stores:
        place, (node, at) = next(iter(handover.stores.items()))
        confidence = "medium"
        trail.append(step_at(node, at, f"stored in `{place.name}` here, and never taken out again"))
        where = f"it is stored in `{place.name}`, and nothing calls it"
    site = symbol.function.name_start, symbol.function.name_end
    return reporter.finding(site, body, confidence="medium" if confidence else None, trail=trail, where=where)


def _early(body: Body, handover: Handover, reporter: Reporter) -> Iterator[Finding]:
    """A closure that the member itself calls, on its ways or on some of them, and that goes nowhere else."""
    calls = [call for call, where in handover.calls if where is body and body.unit_at(call) is body.unit]
    if not calls or len(calls) < len(handover.calls) or handover.stores or handover.is_unseen:
        return
    call = calls[0]
    yield reporter.finding(
        (call.name_start, call.name_end),
        body,
        confidence="medium",
        trail=[step_at(call, body, "called here, and kept nowhere")],
        subject=f"`{call.name}`",
        where=f"`{call.name}` is called before the events are delivered",
    )


def _off_main(reporter: Reporter, parameters: HandedClosureParameters, context: Context) -> Iterator[Finding]:
    if parameters.queues is None:
        return
    queues = parameters.queues
    threads = context.once(("threads", queues), lambda: Threads(queues, context))
    for call, body, stored in _calls(parameters, context):
        reason = threads.off_main(call, body)
        if reason is None:
            continue
        text = _text(call, body)
        yield reporter.finding(
            (call.name_start, call.name_end) if call.name else (call.start, call.end),
            body,
            confidence=reason.confidence,
            trail=[*stored, *reason.trail, step_at(call, body, "called here")],
            subject=f"`{text}`" if text else "the handler",
        )


def _calls(
    parameters: HandedClosureParameters, context: Context
) -> Iterator[tuple[Call, Body, tuple[Step, ...]]]:
    """Where the program calls the closure: the one that it kept, and one that ``caller`` members call."""
    seen: set[int] = set()
    for _, _, body, handover in handovers_of(parameters.hook, parameters.role, context):
        stores = [
            step_at(node, where, f"stored in `{place.name}` here")
            for place, (node, where) in handover.stores.items()
        ]
        kept = followed(context).invocations(set(handover.stores)) if handover.stores else ()
        for call, where in (*handover.calls, *kept):
            if id(call) not in seen:
                seen.add(id(call))
                yield call, where, tuple(stores[:1]) if where is not body else ()
    for symbol, _ in members_of(parameters.caller, context):
        if symbol.body is None:
            continue
        for call, _ in symbol.body.calls:
            if id(call) in seen or call.arguments:
                continue
            places = followed(context).kept_in(call, symbol.body)
            if places and not any(_is_own(place, context) for place in places):
                seen.add(id(call))
                yield call, symbol.body, ()


def _is_own(place: Place, context: Context) -> bool:
    """Whether the program puts a closure of its own there, and not one that only calls another."""
    if place.kind != "field":
        return False
    writes = context.values.fields.writes(place.owner, place.owner, field_names(place.name))
    return any(
        isinstance(c := unwrapped(v), Closure) and not _calls_another(c, b, context) for v, b, _ in writes
    )


def _calls_another(closure: Closure, body: Body, context: Context) -> bool:
    """Whether ``closure`` itself, on the thread that calls it, calls a closure that was handed over."""
    unit = body.unit_of(closure)
    return any(
        body.unit_at(call) is unit
        and not call.arguments
        and (body.variable_called(call) is not None or followed(context).is_kept_closure(call, body))
        for call, _ in body.calls
    )


def _text(call: Call, body: Body) -> str:
    """The closure that ``call`` invokes, as it is written there."""
    base = source_text(call.receiver, body.symbol.module.language)
    return f"{base}.{call.name}" if base and call.name else base or call.name
