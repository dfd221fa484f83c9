"""The callback of an acquisition must release while it runs."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.effects import Effect
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import field_names
from backhaul.analysis.variables import Unit, Variable
from backhaul.analysis.walking import calls_in, descendants, nodes_of
from backhaul.findings.finding import Confidence, Finding, Severity, Step
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.context import Reporter
from backhaul.matchers.leaks import find_leaks
from backhaul.matchers.missing_callbacks import is_released_at_once
from backhaul.matchers.releases import begun, named_functions, place_name, released_here
from backhaul.model.code import (
    Argument,
    Assign,
    Call,
    Closure,
    Expression,
    Guard,
    If,
    Literal,
    Loop,
    Member,
    Name,
    Node,
    Return,
    SelectorName,
)

_MAX_DEPTH = 2
_YES = ("YES", "true")


def callback_does_not_release(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    callback, inner = acquisition.callback, acquisition.callback_body
    if callback is None or inner is None or acquisition.is_dropped:
        return
    effect = all_of_them.effect_of_callback(acquisition)
    if effect is Effect.NEVER:
        late = _dispatches(callback, inner, all_of_them)
        if not late and (
            _may_release(callback, inner, acquisition, all_of_them)
            or _is_polled(callback, inner, acquisition, all_of_them)
        ):
            return
        where = "only starts code that runs after it has returned" if late else "does not end it"
    else:
        late = list(_late_releases(callback, inner, acquisition, all_of_them))
        if effect >= Effect.SOMETIMES or not late:
            return
        where = "ends it too late, in code that runs after the handler"
    node = callback.node
    last = (
        step_at(node, inner, "the handler that runs when time is up")
        if node is not None
        else begun(acquisition)
    )
    yield reporter.finding(
        acquisition.use.site,
        acquisition.body,
        confidence="medium" if late else _callback_confidence(callback, inner, all_of_them),
        severity=_at_once(acquisition, all_of_them)
        if late
        else _lesser(acquisition, callback, inner, all_of_them),
        trail=[begun(acquisition), _opening(last), *late],
        call=called(acquisition.use),
        place=place_name(acquisition.main_place),
        where=where,
    )


def _at_once(acquisition: Acquisition, all_of_them: Acquisitions) -> Severity | None:
    return "note" if is_released_at_once(acquisition, all_of_them) else None


def _lesser(
    acquisition: Acquisition, callback: Unit, body: Body, all_of_them: Acquisitions
) -> Severity | None:
    """A note where the work is short; a warning where the callback stops it: what is stopped may release."""
    stopped = _stops_work(callback.block, body, all_of_them, 0)
    return _at_once(acquisition, all_of_them) or ("warning" if stopped else None)


def _stops_work(part: Node, body: Body, all_of_them: Acquisitions, depth: int) -> bool:
    words = all_of_them.parameters.stops
    for call in calls_in(part):
        if words and call.name.lower().startswith(words):
            return True
        for callee in all_of_them.context.resolver.callees.of(call, body).functions:
            inner = callee.body
            if inner is None or inner is body or depth >= _MAX_DEPTH:
                continue
            if _stops_work(inner.unit.block, inner, all_of_them, depth + 1):
                return True
    return False


def _is_polled(unit: Unit, body: Body, acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the callback tells the work to stop, and the work looks, and releases before it returns.

    The work is the code after the acquisition: it asks for a variable that the callback sets.
    """
    flags = {id(v) for assign in body.assigns_in(unit) if (v := _variable(assign.target, body)) is not None}
    own = acquisition.unit
    is_asked = any(
        id(body.variable(name)) in flags and body.unit_at(name) is own
        for condition in _conditions(own)
        for name in nodes_of(condition, Name)
    )
    released = any(p.unit is own for p in all_of_them.releases(acquisition))
    return bool(flags) and is_asked and released and next(find_leaks(acquisition, all_of_them), None) is None


def _variable(target: Expression, body: Body) -> Variable | None:
    return body.variable(target) if isinstance(target, Name) else None


def _conditions(unit: Unit) -> Iterator[Expression]:
    for node in descendants(unit.block, into_closures=False):
        if isinstance(node, (If, Guard, Loop)):
            yield from node.conditions


def _may_release(unit: Unit, body: Body, acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether a callback that is not seen to release the value may do so all the same."""
    is_lost = acquisition.escapes or not acquisition.places
    if is_lost and not _only_looks(unit, body, all_of_them):
        return True
    return (
        _releases_something(unit, body, all_of_them)
        or _is_out_of_sight(unit, body, all_of_them)
        or _asks_keeper(unit, body, acquisition, all_of_them)
        or _tells_user(unit, body, acquisition, all_of_them)
    )


def _tells_user(unit: Unit, body: Body, acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the value goes back to the caller, in an object, and the callback tells one of the caller's."""
    resolver = all_of_them.context.resolver
    owners = {place.owner for place in acquisition.places if place.owner and not place.is_local}
    if not any(
        returned.value is not None and resolver.types.of(returned.value, body) in owners
        for returned in nodes_of(acquisition.unit.block, Return)
    ):
        return False
    for call in calls_in(unit.block):
        told = _variable(call.receiver, body) if call.receiver is not None else None
        is_given = told is not None and told.parameter is not None
        if (
            is_given
            and not resolver.callees.of(call, body).functions
            and not resolver.operations.at(call, body)
        ):
            return True
    return False


def _asks_keeper(unit: Unit, body: Body, acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the callback calls something of an object that was given a closure which releases the value."""
    keepers: set[int] = set()
    for performance in all_of_them.releases(acquisition):
        closure = performance.unit.node
        outer = body.parent(closure) if performance.body is body and closure is not None else None
        target = outer.target if isinstance(outer, Assign) else None
        if isinstance(target, Member) and isinstance(target.base, Name):
            keepers.add(id(body.variable(target.base)))
    return any(
        isinstance(call.receiver, Name) and id(body.variable(call.receiver)) in keepers
        for call in calls_in(unit.block)
        if body.unit_at(call).is_inside(unit)
    )


def _dispatches(unit: Unit, body: Body, all_of_them: Acquisitions) -> list[Step]:
    """Where a callback hands closures to code that runs after it; empty when it does anything else."""
    if body.assigns_in(unit):
        return []
    effects, operations = all_of_them.effects, all_of_them.context.resolver.operations
    handing: list[Call] = []
    others: list[Call] = []
    for call in descendants(unit.block, into_closures=False):
        if not isinstance(call, Call):
            continue
        closures = [a.value for a in call.arguments if isinstance(a.value, Closure)]
        is_handing = closures and all(effects.timing(c, body) in ("later", "main") for c in closures)
        (handing if is_handing else others).append(call)
    for call in others:
        is_inert = any(u.operation.is_named(all_of_them.parameters.inert) for u in operations.at(call, body))
        is_part = any(outer is whole for outer in body.ancestors(call) for whole in handing)
        if not is_inert and not is_part:
            return []
    return [step_at(call, body, "what follows runs after the handler has returned") for call in handing]


def _only_looks(unit: Unit, body: Body, all_of_them: Acquisitions) -> bool:
    """Whether all that a callback does is to log: then it releases nothing, whatever it was given."""
    operations = all_of_them.context.resolver.operations
    return not body.assigns_in(unit) and all(
        any(use.operation.is_named(all_of_them.parameters.inert) for use in operations.at(call, body))
        for call in calls_in(unit.block)
    )


def _opening(step: Step) -> Step:
    """The first character of a step's range: a handler may be long."""
    return Step(step.path, step.start, min(step.end, step.start + 1), step.text)


def _late_releases(
    unit: Unit, body: Body, acquisition: Acquisition, all_of_them: Acquisitions, depth: int = 0
) -> Iterator[Step]:
    """Where code that surely runs after the handler is handed over, and what it releases."""
    effects = all_of_them.effects
    for node in descendants(unit.block):
        if not isinstance(node, (Closure, SelectorName)):
            continue
        if all(effects.of_node(node, body, place, 0) is Effect.NEVER for place in acquisition.places):
            continue
        call = _taker(node, body)
        if call is None or not _runs_later(node, call, body, all_of_them):
            return
        yield step_at(call, body, "what follows runs after the handler has returned")
        if isinstance(node, Closure):
            inner = body.unit_of(node)
            for performance in effects.on(acquisition.places):
                if performance.body is body and performance.unit.is_inside(inner):
                    yield released_here(performance, "ended here, too late")
        return
    if depth < _MAX_DEPTH:
        yield from _late_in_callees(unit, body, acquisition, all_of_them, depth)


def _late_in_callees(
    unit: Unit, body: Body, acquisition: Acquisition, all_of_them: Acquisitions, depth: int
) -> Iterator[Step]:
    for call in calls_in(unit.block):
        for symbol in all_of_them.context.resolver.callees.of(call, body).functions:
            places = acquisition.places
            if symbol.body is None or not any(
                all_of_them.effects.of_function(symbol, p) is Effect.LATER for p in places
            ):
                continue
            late = list(_late_releases(symbol.body.unit, symbol.body, acquisition, all_of_them, depth + 1))
            if late:
                yield step_at(call, body, f"`{call.name}` called here")
                yield from late
                return


def _taker(node: Node, body: Body) -> Call | None:
    parent = body.parent(node)
    call = body.parent(parent) if isinstance(parent, Argument) else None
    return call if isinstance(call, Call) else None


def _runs_later(node: Node, call: Call, body: Body, all_of_them: Acquisitions) -> bool:
    """Whether what ``call`` is given, a closure or a selector, runs after it returned.

    A selector performed on the main thread runs at once when the call waits for it: the callback is there.
    """
    if isinstance(node, Closure):
        return all_of_them.effects.timing(node, body) in ("later", "main")
    if any(isinstance(a.value, Literal) and a.value.text in _YES for a in call.arguments):
        return False
    uses = all_of_them.context.resolver.operations.at(call, body)
    given = [(u, role) for u in uses for role, value in u.arguments.items() if value is node]
    return any(use.operation.calls.get(role) in ("later", "main") for use, role in given)


def _callback_confidence(unit: Unit, body: Body, all_of_them: Acquisitions) -> Confidence:
    """High for a handler that calls nothing of the program; medium otherwise."""
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
    return any(
        node.name in all_of_them.effects.names and body.unit_at(node).is_inside(unit)
        for node in named_functions(body)
    )


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
