"""A value must be acquired before the work that it is held for, and not again when its time is up."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.effects import Effect
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import calls_in, descendants
from backhaul.findings.finding import Finding
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.context import Reporter
from backhaul.matchers.releases import begun, place_name
from backhaul.matchers.spans import span_of
from backhaul.matchers.work import Workers
from backhaul.model.code import Block, Call, Closure, Name, Node

_MAX_DEPTH = 2
_OTHER_QUEUE = "queue"


def acquired_in_callback(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    """Where the callback acquires anew what it was called to give back.

    Another value, kept elsewhere, may be for other work: silent.
    """
    callback, inner = acquisition.callback, acquisition.callback_body
    if callback is None or inner is None:
        return
    for other in _acquired_by(callback, inner, all_of_them, 0):
        is_again = other is acquisition or not other.first_places.isdisjoint(acquisition.first_places)
        if not is_again or _asks(other.use.node, other.body, all_of_them):
            continue
        is_nested = other.body is inner and other.unit.is_inside(callback)
        reported = other if is_nested else acquisition
        yield reporter.finding(
            reported.use.site,
            reported.body,
            confidence="high" if is_nested or other is acquisition else "medium",
            trail=[
                begun(acquisition),
                step_at(other.use.node, other.body, "begun again here, when time is up", other.use.site),
            ],
            call=called(acquisition.use),
            place=place_name(acquisition.main_place),
            where="is called again when its time is up: that gives no further time",
        )
        return


def _acquired_by(unit: Unit, body: Body, all_of_them: Acquisitions, depth: int) -> Iterator[Acquisition]:
    """The acquisitions in ``unit``, and in functions that it calls."""
    yield from (a for a in all_of_them.all if a.body is body and a.unit.is_inside(unit))
    if depth >= _MAX_DEPTH:
        return
    for call in calls_in(unit.block):
        if _asks(call, body, all_of_them):
            continue
        for symbol in all_of_them.context.resolver.callees.of(call, body).functions:
            if symbol.body is not None and symbol.body.unit is not unit:
                yield from _acquired_by(symbol.body.unit, symbol.body, all_of_them, depth + 1)


def _asks(node: Node, body: Body, all_of_them: Acquisitions) -> bool:
    words = all_of_them.parameters.unless_asked
    return any(word in condition.text.lower() for condition in guards_of(node, body) for word in words)


# Acquired when the work is under way


def acquired_late(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    """Where work that releases the value, or all the work there is, was started before."""
    if acquisition.escapes or not acquisition.places:
        return
    body = acquisition.body
    for call, unit in body.calls:
        if unit is not acquisition.unit or not _comes_before(call, acquisition):
            continue
        use = _start_at(call, body, all_of_them)
        if use is None:
            continue
        if not _releases(call, acquisition, all_of_them) and not _is_followed_by_nothing(
            acquisition, all_of_them
        ):
            continue
        yield reporter.finding(
            acquisition.use.site,
            body,
            confidence="medium",
            trail=[
                step_at(call, body, "the work is started here", (call.name_start, call.name_end)),
                begun(acquisition),
            ],
            call=called(acquisition.use),
            place=place_name(acquisition.main_place),
            where=f"is called after the work was started with `{call.name}`",
        )
        return


def _comes_before(call: Call, acquisition: Acquisition) -> bool:
    """Whether ``call`` is evaluated on every way to the acquisition: in a block around it, earlier."""
    body = acquisition.body
    if call.end > acquisition.use.node.start:
        return False
    around = {id(outer) for outer in body.ancestors(acquisition.use.node)}
    block = next((outer for outer in body.ancestors(call) if isinstance(outer, (Block, Closure))), None)
    return isinstance(block, Block) and id(block) in around


def _start_at(call: Call, body: Body, all_of_them: Acquisitions) -> Use | None:
    """The operation by which ``call``, or a function that it calls, starts work that goes on at once."""
    parameters, context = all_of_them.parameters, all_of_them.context
    for use in context.resolver.operations.at(call, body):
        if use.operation.is_named(parameters.starts_at_once) and use.is_certain:
            takes_closure = bool(use.operation.calls)
            return use if not takes_closure or context.queues.kinds(use, body) == {_OTHER_QUEUE} else None
    workers = Workers(parameters.starts_at_once, parameters.waits, context)
    for symbol in context.resolver.callees.of(call, body).functions:
        if symbol.body is None:
            continue
        found = workers.in_unit(symbol.body.unit, symbol.body).starts
        if found and (not found[0].use.operation.calls):
            return found[0].use
    return None


def _releases(call: Call, acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether a closure of the work that ``call`` starts releases the value."""
    body, effects = acquisition.body, all_of_them.effects
    nodes: list[Node] = [call]
    if isinstance(call.receiver, Name):
        variable = body.variable(call.receiver)
        definitions = variable.definitions if variable is not None else []
        nodes += [d.expression for d in definitions if d.expression is not None]
    closures = [node for root in nodes for node in descendants(root) if isinstance(node, Closure)]
    return any(
        effects.of_unit(body.unit_of(closure), body, place) is not Effect.NEVER
        for closure in closures
        for place in acquisition.places
    )


def _is_followed_by_nothing(acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the function does nothing more once it has acquired the value: it is for what went before."""
    span = span_of(acquisition, all_of_them)
    if span is None or span.releases or span.handed_over:
        return False
    parameters = all_of_them.parameters
    workers = Workers(parameters.starts, parameters.waits, all_of_them.context)
    atoms = [point.atom for point in span.held if point.atom is not None]
    work = workers.in_atoms(atoms, acquisition.body)
    return not work.starts and not work.waits and not work.does_other
