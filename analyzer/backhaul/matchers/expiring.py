"""A value that is good only until the function it is given to returns must be used up before."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.custody import Custodies, Custody, Kept, Terms
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.timing import timing
from backhaul.analysis.variables import Unit, Variable
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.delegates import makers_with
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.parameters import ExpiringValueParameters
from backhaul.model.code import Call, Closure, Expression, Index, Member, Name, Node, Unary

_MOST_CALLS_DEEP = 3


class _Entry(Struct, eq=False):
    """Where the value comes in: as ``variable``, the parameter of a member or of a closure."""

    variable: Variable
    body: Body
    site: tuple[int, int]
    taker: str  # how a message calls who is given it
    member: FunctionSymbol | None = None


def find(reporter: Reporter, parameters: ExpiringValueParameters, context: Context) -> Iterator[Finding]:
    terms = Terms(parameters.same, parameters.looks, parameters.resumes, parameters.keeps)
    custodies = context.once(
        ("custodies", terms), lambda: Custodies(terms, context.places, context.values, context.graphs)
    )
    for entry in _entries(parameters, context):
        if _is_waited_for(entry.body, parameters, context):
            continue
        custody = custodies.of(entry.variable, entry.body)
        yield from _late(entry, custody, reporter)
        yield from _kept(entry, custody, reporter, context)
        if custody.is_unused and entry.member is not None and _is_produced(entry.member, parameters, context):
            yield reporter.finding(
                entry.site,
                entry.body,
                confidence="medium",
                severity="warning",  # it may have been downloaded for nothing on purpose, as by a demo
                subject=entry.taker,
                where="is not used",
            )


def _entries(parameters: ExpiringValueParameters, context: Context) -> Iterator[_Entry]:
    for symbol, hook in members_of(parameters.hook, context):
        variable = parameter_of(symbol, hook, parameters.role)
        if variable is None or symbol.body is None or not _is_delegate(symbol, parameters, context):
            continue
        site = symbol.function.name_start, symbol.function.name_end
        yield _Entry(variable, symbol.body, site, f"`{symbol.function.spelling}`", symbol)
    for use, body, _ in context.uses(parameters.operation):
        closure = _closure(use.arguments.get(parameters.closure), body)
        if closure is None:
            continue
        given = body.unit_of(closure).parameters
        if given:
            yield _Entry(given[0], body, use.site, "the completion handler")


def _closure(expression: Expression | None, body: Body) -> Closure | None:
    """The closure literal that an expression is, or names."""
    if isinstance(expression, Name):
        variable = body.variable(expression)
        values = [d.expression for d in variable.definitions] if variable is not None else []
        expression = values[0] if len(values) == 1 else None
    return expression if isinstance(expression, Closure) else None


def _is_delegate(symbol: FunctionSymbol, parameters: ExpiringValueParameters, context: Context) -> bool:
    """Whether the type is said to be a delegate, or given as one: others have methods of that name, too."""
    if not symbol.owner:
        return False
    wanted = {
        name for api in context.models.types_tagged(parameters.protocol) for name in (api.name, *api.also)
    }
    if context.program.conforms(symbol.owner, wanted):
        return True
    return next(makers_with(symbol.owner, parameters.maker, "delegate", context), None) is not None


def _is_waited_for(body: Body, parameters: ExpiringValueParameters, context: Context) -> bool:
    return any(where is body for name in parameters.unless_beside for _, where, _ in context.uses(name))


def _late(entry: _Entry, custody: Custody, reporter: Reporter) -> Iterator[Finding]:
    for late in custody.late:
        site = (late.node.start, late.node.end)
        if isinstance(late.node, Call):
            site = (late.node.name_start, late.node.name_end)
        yield reporter.finding(
            site,
            late.body,
            trail=[_given(entry), *late.trail, step_at(late.node, late.body, "used here")],
            subject=entry.taker,
            where="is used later",
        )


def _given(entry: _Entry) -> Step:
    path = entry.body.symbol.module.path
    return Step(path, entry.site[0], entry.site[1], "good only until this returns")


def _kept(entry: _Entry, custody: Custody, reporter: Reporter, context: Context) -> Iterator[Finding]:
    if custody.is_taken:
        return
    for kept in custody.kept:
        if _is_picked_up(kept, entry, context):
            continue
        yield reporter.finding(
            (kept.node.start, kept.node.end),
            kept.body,
            confidence="medium",
            trail=[_given(entry), *kept.trail, step_at(kept.node, kept.body, "only stored here")],
            subject=entry.taker,
            where=f"is only remembered in `{kept.place.name}`",
        )


def _is_picked_up(kept: Kept, entry: _Entry, context: Context) -> bool:
    """Whether something reads the place before the function returns, or may do so out of sight."""
    for body, unit in ((kept.body, kept.body.unit), (entry.body, entry.variable.unit)):
        for node in _at_once(unit, body, context):
            if isinstance(node, (Name, Member)) and _is_read(node, kept, body, context):
                return True
            if isinstance(node, Call) and _may_read(node, kept.place, body, context):
                return True
    return False


def _at_once(unit: Unit, body: Body, context: Context) -> Iterator[Node]:
    """The nodes of a unit, without those of closures that run later."""
    for node in descendants(unit.block, into_closures=False):
        yield node
        if isinstance(node, Closure) and timing(node, body, context.resolver) not in ("later", "main"):
            yield from _at_once(body.unit_of(node), body, context)


def _is_read(node: Name | Member, kept: Kept, body: Body, context: Context) -> bool:
    place = kept.place
    if node.name.lstrip("_") != place.name:
        return False
    found = context.places.of(node, body)
    if found is None or (found != place and found.element() != place):
        return False
    outer: Node | None = node
    target: Node = node
    while outer is not None:
        target, outer = outer, body.parent(outer)
        if not isinstance(outer, (Index, Member, Unary)):
            break
    return outer is not kept.node and getattr(outer, "target", None) is not target


def _may_read(call: Call, place: Place, body: Body, context: Context) -> bool:
    functions = context.resolver.callees.of(call, body).functions
    if functions:
        return any(_mentions(symbol, place, context, 0, set()) for symbol in functions)
    if context.resolver.operations.at(call, body):
        return False
    passes_self = any(isinstance(a.value, Name) and a.value.name == "self" for a in call.arguments)
    return passes_self or body.variable_called(call) is not None or _is_callback(call, body, context)


def _is_callback(call: Call, body: Body, context: Context) -> bool:
    """Whether a closure that the object keeps is called: it may know the object."""
    owner = body.symbol.owner
    on_self = call.receiver is None or (isinstance(call.receiver, Name) and call.receiver.name == "self")
    return (
        bool(owner)
        and on_self
        and any(context.program.property(owner, name) is not None for name in field_names(call.name))
    )


def _mentions(symbol: FunctionSymbol, place: Place, context: Context, depth: int, seen: set[int]) -> bool:
    if id(symbol) in seen or symbol.body is None:
        return False
    seen.add(id(symbol))
    if not set(field_names(place.name)).isdisjoint(symbol.function.mentions):
        return True
    if depth == _MOST_CALLS_DEEP:
        return True
    return any(
        _mentions(callee, place, context, depth + 1, seen)
        for call, _ in symbol.body.calls
        for callee in context.resolver.callees.of(call, symbol.body).functions
    )


def _is_produced(symbol: FunctionSymbol, parameters: ExpiringValueParameters, context: Context) -> bool:
    """Whether the program makes such values for this type: as the delegate of what makes them.

    The protocol requires the member: left empty, it says that nothing is to be done. That is no
    answer for a value that a producer of the kind ``receiver`` made, with this very delegate.
    """
    if symbol.body is None:
        return False
    makers = list(makers_with(symbol.owner, parameters.maker, "delegate", context))
    family = {symbol.owner, *(t.name for t in context.program.subtypes(symbol.owner))}
    family.update(context.program.supertypes(symbol.owner))
    produced = [
        (use, body)
        for use, body, _ in context.uses(parameters.producer)
        if makers and (any(body is where for _, where in makers) or body.symbol.owner in family)
    ]
    if symbol.body.unit.block.statements:
        return bool(produced)
    test = parameters.receiver
    nodes = {id(use.node) for use, _ in makers}
    return test is not None and any(
        _is_made_by(nodes, use, body, test.kind, context) for use, body in produced
    )


def _is_made_by(makers: set[int], use: Use, body: Body, kind: str, context: Context) -> bool:
    """Whether the receiver of ``use`` is surely of ``kind``, and made by one of these nodes."""
    if use.receiver is None:
        return False
    origins = [o for o in context.values.origins_at(use.receiver, body, use.node) if o.kind != NIL]
    return bool(origins) and all(
        o.kind == kind and o.use is not None and id(o.use.node) in makers for o in origins
    )
