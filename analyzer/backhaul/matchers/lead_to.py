"""A member that must lead to an operation, unless the start of the program has performed it."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, UNKNOWN
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.variables import Variable
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter, arguments_fit
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.launch import runs_at_launch
from backhaul.matchers.parameters import LeadToParameters, ValueTest
from backhaul.model.code import (
    Argument,
    Assign,
    Call,
    Closure,
    Interpolation,
    Literal,
    LocalFunction,
    Member,
    Name,
    Node,
)
from backhaul.rules import Hook

_MAX_DEPTH = 5
_INERT = "inert"
_STORES = "collection-store"
_IN_SIGHT = "in-sight"


def find(reporter: Reporter, parameters: LeadToParameters, context: Context) -> Iterator[Finding]:
    uses = context.uses(parameters.operation)
    sure = [
        verdict[1]
        for use, body, _ in uses
        if body.symbol.module.path not in context.program.tests
        and (verdict := arguments_fit(use, body, parameters.arguments, context)) is not None
        and verdict[0] != "low"
    ]
    if not sure:
        return
    wanted = {id(body) for use, body, _ in uses if _may_fit(use, body, parameters, context)}
    for symbol, hook in members_of(parameters.hook, context):
        if symbol.body is None or symbol.module.path in context.program.tests:
            continue
        if any(_leaves_sight(v, symbol.body, context, 0) for v in _given(symbol, hook, parameters)):
            continue
        roots = [symbol, *context.reach.making(symbol.owner), *runs_at_launch(context)]
        if context.reach.find(roots, lambda reached: id(reached.body) in wanted) is not None:
            continue
        function = symbol.function
        yield reporter.finding(
            (function.name_start, function.name_end),
            symbol.body,
            trail=sure[0].trail if sure[0] is not None else (),
            call=function.name.partition(":")[0],
        )


def _may_fit(use: Use, body: Body, parameters: LeadToParameters, context: Context) -> bool:
    """Whether the arguments are of the kinds asked for, or may be, for all that is known."""
    for role, test in parameters.arguments.items():
        given = use.arguments.get(role)
        if given is None or not isinstance(test, ValueTest):
            continue
        kinds = {o.kind for o in context.values.origins_at(given, body, use.node)}
        if kinds.isdisjoint((test.kind, UNKNOWN, NIL)):
            return False
    return True


def _given(symbol: FunctionSymbol, hook: Hook, parameters: LeadToParameters) -> Iterator[Variable]:
    for role in parameters.roles:
        variable = parameter_of(symbol, hook, role)
        if variable is not None:
            yield variable


def _leaves_sight(variable: Variable, body: Body, context: Context, depth: int) -> bool:
    """Whether code that cannot be seen gets the value of a parameter, and may do what is asked for."""
    return depth > _MAX_DEPTH or any(_is_handed_out(name, body, context, depth) for name, _ in variable.uses)


def _is_handed_out(name: Name, body: Body, context: Context, depth: int) -> bool:
    inner: Node = name
    for outer in body.ancestors(name):
        if isinstance(outer, (Closure, LocalFunction, Interpolation)):
            return False
        if isinstance(outer, Assign):
            return inner is outer.value and not _is_seen(outer, body, context)
        if isinstance(outer, Call) and not _is_passed_on(outer, inner):
            return _is_taken_unseen(outer, inner, body, context, depth)
        inner = outer
    return False


def _is_passed_on(call: Call, inner: Node) -> bool:
    """``[handler copy]``: a message without arguments gives the value itself."""
    return call.receiver is inner and not call.arguments


def _is_seen(assign: Assign, body: Body, context: Context) -> bool:
    """Whether the value goes to a variable, or a property of a type that the program declares."""
    target = assign.target
    if not isinstance(target, Member) or target.base is None:
        return True
    types = context.resolver.types
    owner = context.program.find_type(types.named_by(target.base, body) or types.of(target.base, body))
    return owner is not None and owner.is_declared_here


def _is_taken_unseen(call: Call, inner: Node, body: Body, context: Context, depth: int) -> bool:
    if call.receiver is inner:
        return False
    uses = context.resolver.operations.at(call, body)
    if any(use.operation.is_named(name) for use in uses for name in (_INERT, _STORES, _IN_SIGHT)):
        return False
    if _is_formatted(call) or body.variable_called(call) is not None:
        return False
    functions = context.resolver.callees.of(call, body).functions
    if not functions:
        made = context.program.find_type(call.name) if call.receiver is None else None
        return made is None or not made.is_declared_here
    return any(
        _leaves_sight(parameter, symbol.body, context, depth + 1)
        for symbol in functions
        if symbol.body is not None
        for position, parameter in enumerate(symbol.body.unit.parameters)
        if isinstance(inner, Argument) and argument_for(symbol, call, position) is inner.value
    )


def _is_formatted(call: Call) -> bool:
    """A function that composes a text, as those that log do: ``log("… %@", value)``."""
    first = call.arguments[0].value if call.receiver is None and call.arguments else None
    return isinstance(first, Literal) and first.kind == "string" and "%" in first.text
