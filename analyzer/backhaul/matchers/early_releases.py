"""A value held for the sake of work must not be released while the work is only beginning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.control_flow import Point
from backhaul.analysis.origins import UNKNOWN, step_at
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Confidence, Finding
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.context import Reporter
from backhaul.matchers.releases import begun, place_name
from backhaul.matchers.spans import Span, span_of
from backhaul.matchers.work import Start, Workers
from backhaul.model.code import Call, Closure, Node


def released_before_work(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    """Where all that a function does between acquiring and releasing is to start work.

    Silent where it also does work of its own: then that may be what the value is held for.
    """
    if acquisition.escapes or not acquisition.places:
        return
    span = span_of(acquisition, all_of_them)
    if span is None or not span.releases or span.handed_over:
        return
    parameters, context = all_of_them.parameters, all_of_them.context
    workers = Workers(parameters.starts, parameters.waits, context)
    body = acquisition.body
    atoms: Sequence[Node] = [p.atom for p in span.held if p.atom is not None]
    invoked = _closure_parameter(atoms, acquisition)
    if invoked is not None:
        yield from _given_only_starts(invoked, span, workers, acquisition, all_of_them, reporter)
        return
    work = workers.in_atoms(atoms, body)
    if not work.is_only_started:
        return
    for start in work.starts:
        confidence = _confidence(start, acquisition, all_of_them)
        release = _release_after(start, span)
        if confidence is None or release is None:
            continue
        yield reporter.finding(
            acquisition.use.site,
            body,
            confidence=confidence,
            trail=[
                begun(acquisition),
                step_at(start.call, body, "this only starts the work"),
                step_at(release, body, "ended here, while the work goes on"),
            ],
            call=called(acquisition.use),
            place=place_name(acquisition.main_place),
            where=f"is ended before the work that `{start.call.name}` starts is done",
        )
        return


def _release_after(start: Start, span: Span) -> Node | None:
    """The release that some way from ``start`` reaches."""
    releases = {id(point): point.atom for point in span.releases}
    held = {id(point) for point in span.held}
    stack = [p for p in span.held if p.atom is not None and _contains(p.atom, start.call)]
    seen: set[int] = set()
    while stack:
        point: Point = stack.pop()
        if id(point) in seen:
            continue
        seen.add(id(point))
        if id(point) in releases:
            return releases[id(point)]
        if id(point) in held or point.atom is None:
            stack.extend(edge.target for edge in point.edges)
    return None


def _contains(atom: Node, call: Call) -> bool:
    return any(node is call for node in descendants(atom, into_closures=False))


def _confidence(start: Start, acquisition: Acquisition, all_of_them: Acquisitions) -> Confidence | None:
    """None where what is started needs nobody to stay, or takes care of itself."""
    if _acquires_itself(start, acquisition, all_of_them):
        return None
    for excused in all_of_them.parameters.excused:
        if not start.use.operation.is_named(excused.operation) or start.use.receiver is None:
            continue
        origins = all_of_them.context.values.origins_at(start.use.receiver, start.body, start.use.node)
        kinds = {origin.kind for origin in origins}
        if excused.kind in kinds:
            return None
        if UNKNOWN in kinds:
            return "low"
    return "medium"


def _acquires_itself(start: Start, acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the work, or the function that starts it, acquires a value of its own."""
    started = [body.unit for body in (start.body,) if body is not acquisition.body]
    started += [start.body.unit_of(node) for node in descendants(start.use.node) if isinstance(node, Closure)]
    return any(
        other is not acquisition and any(other.unit.is_inside(unit) for unit in started)
        for other in all_of_them.all
    )


# A function that holds the value while it runs the closure it is given


def _closure_parameter(atoms: Sequence[Node], acquisition: Acquisition) -> Variable | None:
    """The parameter whose closure is all that runs while the value is held."""
    body = acquisition.body
    calls = [n for atom in atoms for n in descendants(atom, into_closures=False) if isinstance(n, Call)]
    if len(calls) != 1:
        return None
    variable = body.variable_called(calls[0])
    is_own = variable is not None and variable.parameter is not None and variable.unit is body.unit
    return variable if is_own else None


def _given_only_starts(
    invoked: Variable,
    span: Span,
    workers: Workers,
    acquisition: Acquisition,
    all_of_them: Acquisitions,
    reporter: Reporter,
) -> Iterator[Finding]:
    """The calls that give such a function a closure which does nothing but start work."""
    symbol = acquisition.body.symbol
    for call, caller in _calls_of(acquisition, all_of_them):
        closure = argument_for(symbol, call, invoked.parameter or 0)
        if not isinstance(closure, Closure):
            continue
        work = workers.in_unit(caller.unit_of(closure), caller)
        if not work.is_only_started:
            continue
        start = work.starts[0]
        confidence = _confidence(start, acquisition, all_of_them)
        release = span.releases[0].atom
        if confidence is None or release is None:
            continue
        yield reporter.finding(
            (call.name_start, call.name_end),
            caller,
            confidence=confidence,
            trail=[
                begun(acquisition),
                step_at(start.call, caller, "this only starts the work"),
                step_at(release, acquisition.body, "ended here, when the closure has returned"),
            ],
            call=called(acquisition.use),
            place=place_name(acquisition.main_place),
            where=f"is ended before the work that `{start.call.name}` starts is done",
        )


def _calls_of(acquisition: Acquisition, all_of_them: Acquisitions) -> Iterator[tuple[Call, Body]]:
    symbol, context = acquisition.body.symbol, all_of_them.context
    names = symbol.callable_names
    for caller in context.program.mentioning(*sorted(names)):
        body = caller.body
        if body is None or caller is symbol:
            continue
        for call, _ in body.calls:
            if call.name in names and symbol in context.resolver.callees.of(call, body).functions:
                yield call, body
