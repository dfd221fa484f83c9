"""What makes a call harmless that otherwise fits: what is done with its result or its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.consumers import consumer_of, holders, names_of
from backhaul.analysis.operations import Use
from backhaul.analysis.places import Place
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import children
from backhaul.matchers.context import Context
from backhaul.model.code import (
    Argument,
    Assign,
    Call,
    Closure,
    Expression,
    LocalFunction,
    Member,
    Name,
    Node,
    Unary,
)

_RESTORABLE = "restorable"
_MAX_DEPTH = 4
_SWAPS_BYTES = ("ntoh", "hton")


def is_only_used_by(use: Use, operations: tuple[str, ...], body: Body, context: Context) -> bool:
    """Whether everything done with the result of ``use`` is one of the harmless ``operations``.

    A result that a function returns is followed to the function's callers.
    """
    return _is_only_given_to(operations, use.node, body, context, 0)


def _is_only_given_to(
    operations: tuple[str, ...], value: Expression, body: Body, context: Context, depth: int
) -> bool:
    def is_harmless(consumer: Node | None) -> bool:
        found = context.resolver.operations.at(consumer, body) if consumer is not None else []
        return any(u.operation.is_named(name) for u in found for name in operations)

    if is_harmless(body.parent(value)):
        return True
    if depth < _MAX_DEPTH and any(returned.value is value for returned in body.unit.returns):
        calls = context.values.calls_of(body.symbol)
        return bool(calls) and all(
            _is_only_given_to(operations, call, caller, context, depth + 1) for call, caller in calls
        )
    destinations = context.places.destinations(value, body)
    if destinations.escapes or destinations.arguments or len(destinations.places) != 1:
        return False
    kept = [v for v in body.all_variables() if context.places.local(v) in destinations.places]
    return bool(kept and kept[0].uses) and all(is_harmless(body.parent(name)) for name, _ in kept[0].uses)


def is_only_local(use: Use, body: Body, context: Context) -> bool:
    """Whether the result of ``use`` is held by nothing that outlives the function.

    It lies in a local variable of which only members are used, or is used at once.
    """
    destinations = context.places.destinations(use.node, body)
    if destinations.escapes or destinations.arguments or not all(p.is_local for p in destinations.places):
        return False
    kept = [v for v in body.all_variables() if context.places.local(v) in destinations.places]
    return all(
        isinstance(body.parent(name), (Call, Member)) and unit is body.unit_at(use.node)
        for variable in kept
        for name, unit in variable.uses
    )


def may_be(value: Expression | None, kind: str, body: Body, context: Context) -> bool:
    """Whether some origin of ``value`` is of ``kind``."""
    return value is not None and any(o.kind == kind for o in context.values.origins(value, body))


def is_put_into(use: Use, names: tuple[str, ...], body: Body) -> bool:
    """Whether a member, or an argument, called one of ``names`` is given the result of ``use``.

    Or what ``use`` is given a pointer to is such a member, or a variable that such a member is given, or
    of which such a member is passed on.
    """
    pointers = [
        a for a in map(unwrapped, use.arguments.values()) if isinstance(a, Unary) and a.operator == "&"
    ]
    if any(isinstance(a.operand, Member) and a.operand.name in names for a in pointers):
        return True
    held = holders(body, lambda expression: expression is use.node, iter(()))
    if any(_goes_into(node, names, body) for node in (use.node, *names_of(held, body))):
        return True
    filled = [v for a in pointers if isinstance(a.operand, Name) and (v := body.variable(a.operand))]
    return any(
        _goes_into(name, names, body) or _is_member_passed_on(name, names, body)
        for name in names_of(filled, body)
    )


def _is_member_passed_on(name: Name, names: tuple[str, ...], body: Body) -> bool:
    """Whether a call is given a member of what ``name`` stands for, but for one that swaps its bytes."""
    member = body.parent(name)
    if not isinstance(member, Member) or member.base is not name or member.name not in names:
        return False
    consumer = consumer_of(member, body)
    call = consumer.node
    return consumer.form == "passed" and isinstance(call, Call) and not call.name.startswith(_SWAPS_BYTES)


def is_put_inside(use: Use, names: tuple[str, ...], body: Body) -> bool:
    """Whether the result of ``use`` is put into a member of something called one of ``names``."""
    consumer = consumer_of(use.node, body)
    target = consumer.node.target if isinstance(consumer.node, Assign) else None
    return isinstance(target, Member) and isinstance(target.base, Member) and target.base.name in names


def _goes_into(value: Node, names: tuple[str, ...], body: Body) -> bool:
    outer = body.parent(value)
    if isinstance(outer, Argument):
        return outer.label in names
    consumer = consumer_of(value, body)
    target = consumer.node.target if isinstance(consumer.node, Assign) else None
    return consumer.form == "stored" and isinstance(target, Member) and target.name in names


def is_result_changed(use: Use, body: Body, mutation: str, context: Context) -> bool:
    """Whether the result of ``use`` is changed by ``mutation``, as far as can be told.

    A result that goes where this analysis does not follow may be changed by any of the program.
    """
    destinations = context.places.destinations(use.node, body)
    handed = [call for call, _ in destinations.arguments if not context.resolver.operations.at(call, body)]
    for change, where, _ in context.uses(mutation):
        if destinations.escapes or handed or where.symbol.owner == body.symbol.owner:
            return True
        changed = context.places.behind(change.receiver, where) if change.receiver is not None else set()
        if not destinations.places.isdisjoint(changed):
            return True
    return False


def is_kept(value: Expression, body: Body, operations: tuple[str, ...], context: Context) -> bool:
    """Whether ``value``, or something it was made of, is kept beyond this run of the program.

    It is given to one of ``operations``, or to code that cannot be seen, or it lies in a field of
    a type whose objects are restored from somewhere.
    """
    sources = _handed_on(_sources(value, body, context, 0), context)
    if any(_is_restorable(place, context) for place, _ in sources):
        return True
    places = {place for place, _ in sources}
    for name in operations:
        for use, where, _ in context.uses(name):
            if any(not places.isdisjoint(_places_in(a, where, context)) for a in use.arguments.values()):
                return True
    return any(
        _is_out_of_sight(call, where, context)
        for where in {id(b): b for _, b in sources}.values()
        for call, _ in where.calls
        if any(not places.isdisjoint(_places_in(a.value, where, context)) for a in call.arguments)
    )


def _handed_on(sources: set[tuple[Place, Body]], context: Context) -> set[tuple[Place, Body]]:
    """``sources``, and the parameters of functions of the program that their values are passed to."""
    found = set(sources)
    fresh = found
    for _ in range(_MAX_DEPTH):
        fresh = {s for place, body in fresh for s in _parameters_given(place, body, context)} - found
        found |= fresh
    return found


def _parameters_given(place: Place, body: Body, context: Context) -> Iterator[tuple[Place, Body]]:
    for call, _ in body.calls:
        if not any(place in _places_in(a.value, body, context) for a in call.arguments):
            continue
        for callee in context.resolver.callees.of(call, body).functions:
            inner = callee.body
            if inner is None:
                continue
            for position, parameter in enumerate(inner.unit.parameters):
                argument = argument_for(callee, call, position)
                if argument is not None and place in _places_in(argument, body, context):
                    yield context.places.local(parameter), inner


def _sources(value: Expression, body: Body, context: Context, depth: int) -> set[tuple[Place, Body]]:
    """The places that ``value`` is computed from, with the bodies in which they are named."""
    found: set[tuple[Place, Body]] = set()
    for node in _values_in(value, body, context):
        found.update((place, body) for place in context.places.behind(node, body))
        variable = body.variable(node) if isinstance(node, Name) else None
        if variable is None or depth >= _MAX_DEPTH:
            continue
        for definition in variable.definitions:
            if definition.expression is not None:
                found |= _sources(definition.expression, body, context, depth + 1)
        if variable.parameter is not None and variable.unit is body.unit:
            for call, caller in context.values.calls_of(body.symbol):
                argument = argument_for(body.symbol, call, variable.parameter)
                if argument is not None:
                    found |= _sources(argument, caller, context, depth + 1)
    return found


def _places_in(value: Expression, body: Body, context: Context) -> Iterator[Place]:
    for node in _values_in(value, body, context):
        yield from context.places.behind(node, body)


def _values_in(value: Expression, body: Body, context: Context) -> Iterator[Name | Member]:
    """The names whose values ``value`` holds: itself, its parts, what it is converted from.

    What is passed to a function is not part of what the function gives.
    """
    stack: list[Node] = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, (Name, Member)) and not context.resolver.types.named_by(node, body):
            yield node
        if isinstance(node, Call) and not context.resolver.types.is_initialiser(node, body):
            stack.extend([node.receiver] if node.receiver is not None else [])
        elif not isinstance(node, (Closure, LocalFunction)):
            stack.extend(children(node))


def _is_restorable(place: Place, context: Context) -> bool:
    if place.kind != "field" or not place.owner:
        return False
    names = context.program.supertypes(place.owner)
    kinds = (context.models.type_named(name) for name in names)
    return any(api is not None and _RESTORABLE in api.tags for api in kinds)


def _is_out_of_sight(call: Call, body: Body, context: Context) -> bool:
    """Neither known to the models nor written in the program; nor just what makes a value of a type."""
    if not call.name or body.variable_called(call) is not None:
        return not context.resolver.operations.at(call, body)
    if context.resolver.operations.at(call, body) or context.resolver.types.is_initialiser(call, body):
        return False
    return not context.resolver.callees.of(call, body).functions
