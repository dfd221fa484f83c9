"""Where a program is given a value with a duty: members of a hook, closures that an operation takes."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import Condition, equality_of
from backhaul.analysis.duties import Duty, Scene
from backhaul.analysis.fulfilment import Fulfilment, Fulfilments
from backhaul.analysis.held import held_in
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit, Variable
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.findings.finding import Step
from backhaul.matchers.context import Context, is_nil
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.parameters import CalledOnceParameters
from backhaul.model.code import Call, Closure, Expression, Loop, Member, Name

_NOTHING = frozenset(("", "void", "Void", "()"))


class Root(Struct, frozen=True):
    """A scene that begins with the value. ``site``: where it is given, in bytes. ``title``: who gets it."""

    fulfilment: Fulfilment
    value: Variable
    body: Body
    site: tuple[int, int]
    title: str

    @property
    def step(self) -> Step:
        return Step(self.body.symbol.module.path, *self.site, "given here")


def fulfilments_of(parameters: CalledOnceParameters, context: Context) -> Fulfilments:
    duty = Duty(
        parameters.duty,
        parameters.aside,
        parameters.instead,
        parameters.is_mixed,
        parameters.is_kept,
        _fields_of(parameters.instead, context),
        _said_with(parameters, context),
        frozenset(parameters.sure),
    )
    return context.once(
        ("fulfilments", duty),
        lambda: Fulfilments(duty, context.resolver, context.graphs, context.lifetimes),
    )


def _fields_of(operations: tuple[str, ...], context: Context) -> frozenset[Place]:
    """The fields that some of the program performs one of ``operations`` on."""
    return context.once(
        ("fields of", operations),
        lambda: frozenset(
            place
            for name in operations
            for use, body, _ in context.uses(name)
            if use.receiver is not None
            for place in (context.places.of(use.receiver, body),)
            if place is not None and place.kind == "field"
        ),
    )


def _said_with(parameters: CalledOnceParameters, context: Context) -> frozenset[tuple[str, Condition]]:
    """What members set fields to, where they, or a member that they call, perform one of ``instead``.

    Of the types with a member of the hook, with their names: ``cancelled = true``, ``state = .cancelling``.
    What is set to nil is left out: it may be so before, too.
    """
    key = ("said with", parameters.instead, parameters.hook)
    return context.once(key, lambda: frozenset(_all_said_with(parameters, context)))


def _all_said_with(parameters: CalledOnceParameters, context: Context) -> Iterator[tuple[str, Condition]]:
    owners = {symbol.owner for symbol, _ in members_of(parameters.hook, context)}
    bodies: dict[int, Body] = {}
    for name in parameters.instead:
        for _, body, _ in context.uses(name):
            if body.symbol.owner not in owners:
                continue
            bodies[id(body)] = body
            for call, caller in context.values.calls_of(body.symbol):
                if call.receiver is None or (
                    isinstance(call.receiver, Name) and call.receiver.name == "self"
                ):
                    bodies[id(caller)] = caller
    for body in bodies.values():
        for assign, _ in body.assigns:
            said = equality_of(assign.target, assign.value, body) if not is_nil(assign.value) else None
            if said is not None and (said.subject or said.text).startswith("self."):
                yield body.symbol.owner, said


def roots_of(parameters: CalledOnceParameters, context: Context) -> Iterator[Root]:
    fulfilments = fulfilments_of(parameters, context)
    if parameters.hook:
        yield from _of_members(parameters, fulfilments, context)
    if parameters.operation:
        yield from _of_closures(parameters, fulfilments, context)


def _of_members(
    parameters: CalledOnceParameters, fulfilments: Fulfilments, context: Context
) -> Iterator[Root]:
    for symbol, each in members_of(parameters.hook, context):
        value, body = parameter_of(symbol, each, parameters.role), symbol.body
        if value is None or body is None or parameters.of not in value.type:
            continue
        if symbol.function.is_static or symbol.function.result not in _NOTHING:
            continue  # a method of another make, of the same name
        if any(s.owner == symbol.owner for s, _ in members_of(parameters.unless_hook, context)):
            continue
        if _is_left_to_subtypes(symbol, context):
            continue
        site = (symbol.function.name_start, symbol.function.name_end)
        title = f"`{symbol.function.spelling}`"
        if parameters.each:
            yield from _of_elements(value, body, site, title, parameters, fulfilments)
        else:
            yield _root(value, body.unit, body, site, title, parameters, fulfilments)


def _is_left_to_subtypes(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether a member is empty, and types that inherit it have one of their own."""
    if symbol.body is None or symbol.body.unit.block.statements or not symbol.owner:
        return False
    return any(
        other.function.has_body and other.function.spelling == symbol.function.spelling
        for subtype in context.program.subtypes(symbol.owner)
        for other in subtype.functions.get(symbol.name, ())
    )


def _root(
    value: Variable,
    unit: Unit,
    body: Body,
    site: tuple[int, int],
    title: str,
    parameters: CalledOnceParameters,
    fulfilments: Fulfilments,
) -> Root:
    held = held_in(body, [value], []) if parameters.duty else held_in(body, [], [value])
    return Root(fulfilments.of(Scene(unit, held, "function", at_once=True)), value, body, site, title)


# Each element of a collection


def _of_elements(
    collection: Variable,
    body: Body,
    site: tuple[int, int],
    title: str,
    parameters: CalledOnceParameters,
    fulfilments: Fulfilments,
) -> Iterator[Root]:
    """Where the collection is gone through; the collection itself, where nothing is done with it at all."""
    if not any(body.parent(name) is not None for name, _ in collection.uses):
        yield _root(collection, body.unit, body, site, title, parameters, fulfilments)
    for node in descendants(body.unit.block):
        if isinstance(node, Loop) and node.form == "for-in" and len(node.names) == 1:
            value = next((v for v in body.all_variables() if _is_element(v, node)), None)
            if value is None or node.sequence is None or not _names(node.sequence, collection, body):
                continue
            scene = Scene(body.unit_at(node), held_in(body, [value], []), "function", at_once=True)
            fulfilment = fulfilments.of_round(scene, node)
            if fulfilment is not None:
                yield Root(fulfilment, value, body, (node.start, node.start + 3), title)
        elif isinstance(node, Call) and node.receiver is not None and _names(node.receiver, collection, body):
            for argument in node.arguments:
                if isinstance(argument.value, Closure):
                    unit = body.unit_of(argument.value)
                    value = _first_parameter(unit)
                    if value is not None:
                        where = (node.name_start, node.name_end)
                        yield _root(value, unit, body, where, title, parameters, fulfilments)


def _is_element(variable: Variable, loop: Loop) -> bool:
    return any(d.node is loop and d.form == "element" for d in variable.definitions)


def _names(expression: Expression, collection: Variable, body: Body) -> bool:
    inner = unwrapped(expression)
    return isinstance(inner, Name) and body.variable(inner) is collection


# Closures that an operation is given


def _of_closures(
    parameters: CalledOnceParameters, fulfilments: Fulfilments, context: Context
) -> Iterator[Root]:
    for use, body, _ in context.uses(parameters.operation):
        given = use.arguments.get(parameters.closure)
        if given is None:
            continue
        for value, unit, where, title in _code_of(given, body, context):
            yield _root(
                value,
                unit,
                where,
                use.site if where is body else _site(where),
                title,
                parameters,
                fulfilments,
            )


def _site(body: Body) -> tuple[int, int]:
    return body.symbol.function.name_start, body.symbol.function.name_end


def _code_of(given: Expression, body: Body, context: Context) -> Iterator[tuple[Variable, Unit, Body, str]]:
    """The code of a closure, local function or method that ``given`` is, with its first parameter."""
    inner = unwrapped(given)
    units: list[Unit] = []
    if isinstance(inner, Closure):
        units = [body.unit_of(inner)]
    elif isinstance(inner, Name) and (variable := body.variable(inner)) is not None:
        if variable.local_function is not None:
            units = [variable.local_function]
        values = [d.expression for d in variable.definitions]
        units += [body.unit_of(value) for value in values if isinstance(value, Closure)]
    elif isinstance(inner, (Name, Member)):
        owner = body.symbol.owner
        is_own = isinstance(inner, Name) or (isinstance(inner.base, Name) and inner.base.name == "self")
        for symbol in context.program.members(owner, inner.name) if is_own and owner else ():
            if symbol.body is not None and len(symbol.body.unit.parameters) == 1:
                unit = symbol.body.unit
                yield unit.parameters[0], unit, symbol.body, f"`{symbol.function.spelling}`"
    for unit in units:
        value = _first_parameter(unit)
        if value is not None:
            yield value, unit, body, "the handler"


def _first_parameter(unit: Unit) -> Variable | None:
    if unit.parameters:
        return unit.parameters[0]
    for name in nodes_of(unit.block, Name):
        if name.name == "$0" and "$0" in unit.shorthands:
            return unit.shorthands["$0"]
    return None
