"""A handler that is told states, and gives up at once in the branch of a state in which it should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from backhaul.analysis.bodies import Body
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import type_name
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import calls_in, descendants, nodes_of
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.excuses import may_be
from backhaul.matchers.parameters import StateBranchParameters
from backhaul.model.code import (
    Argument,
    Availability,
    Await,
    Binary,
    Binding,
    Block,
    Break,
    Call,
    Case,
    Closure,
    Continue,
    Do,
    Expression,
    Guard,
    If,
    Loop,
    Member,
    Name,
    Node,
    Return,
    Statement,
    Switch,
    Throw,
)

_MAX_DEPTH = 4
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class _End(NamedTuple):
    """The call of the branch that gives up, and what it leads to."""

    call: Call
    trail: list[Step]


def find(reporter: Reporter, parameters: StateBranchParameters, context: Context) -> Iterator[Finding]:
    for block, told, body in _handlers(parameters, context):
        words = _words_of(body.symbol.owner, body.symbol.name)
        if any(word.startswith(parameters.unless_named) for word in words):
            continue
        if _is_made_for(parameters, body, context):
            continue
        for branch, names in _branches(block, told, body, parameters, context):
            walker = _Walker(parameters, context)
            end = walker.end_of(branch, names, body, 0)
            if end is None or walker.starts_anew(branch, body):
                continue
            yield reporter.finding(
                (end.call.name_start, end.call.name_end),
                body,
                trail=[step_at(end.call, body, f"`{end.call.name}` called in this state"), *end.trail],
                call=end.call.name,
            )


def _handlers(
    parameters: StateBranchParameters, context: Context
) -> Iterator[tuple[Block, Variable | None, Body]]:
    """Closures that are made a handler, and functions that take the state; with the state's variable.

    The variable is None where the closure names it ``$0``.
    """
    for use, body, _ in context.uses(parameters.operation):
        given = use.arguments.get(parameters.handler)
        closure = unwrapped(given) if given is not None else None
        if isinstance(closure, Closure):
            unit = body.unit_of(closure)
            yield closure.body, unit.parameters[0] if unit.parameters else None, body
    api = context.models.type_named(parameters.of)
    names = (api.name, *api.also) if api is not None else (parameters.of,)
    for symbol in context.program.functions:
        for position, parameter in enumerate(symbol.function.parameters):
            if not any(name in parameter.type for name in names):
                continue
            if type_name(parameter.type) in names and symbol.body is not None:
                yield symbol.body.unit.block, symbol.body.unit.parameters[position], symbol.body


def _words_of(*names: str) -> list[str]:
    """The words that names are composed of, in small letters."""
    return [word.lower() for name in names for word in _WORD.findall(name)]


def _is_made_for(parameters: StateBranchParameters, body: Body, context: Context) -> bool:
    """Whether the function makes what it handles, with an argument of a kind that ``unless_given`` names."""
    return any(
        where is body
        and any(may_be(use.arguments.get(r), k, body, context) for r, k in parameters.unless_given.items())
        for use, where, _ in (context.uses(parameters.made_by) if parameters.made_by else ())
    )


def _branches(
    block: Block, told: Variable | None, body: Body, parameters: StateBranchParameters, context: Context
) -> Iterator[tuple[list[Statement], set[str]]]:
    """The statements that run in the state, whatever comes with it, and the names bound there."""

    def is_told(expression: Expression) -> bool:
        inner = unwrapped(expression)
        if not isinstance(inner, Name):
            return False
        return body.variable(inner) is told if told is not None else inner.name == "$0"

    def is_state(pattern: Expression | None) -> bool:
        if pattern is None:
            return False
        inner = unwrapped(pattern)
        if isinstance(inner, Call) and not all(isinstance(a.value, Name) for a in inner.arguments):
            return False
        found = context.resolver.operations.at(inner, body)
        return any(use.operation.is_named(parameters.state) for use in found)

    for node in descendants(block):
        if isinstance(node, Switch) and is_told(node.subject):
            for number, case in enumerate(node.cases):
                if case.where is None and any(map(is_state, case.patterns)):
                    yield _statements(node.cases, number), set(case.names)
        elif isinstance(node, If) and len(node.conditions) == 1:
            condition = node.conditions[0]
            if isinstance(condition, Binding) and is_told(condition.value) and is_state(condition.pattern):
                yield node.then.statements, set(condition.names)
            elif isinstance(condition, Binary) and condition.operator == "==":
                sides = (condition.left, condition.right)
                if any(map(is_told, sides)) and any(map(is_state, sides)):
                    yield node.then.statements, set()


def _statements(cases: list[Case], number: int) -> list[Statement]:
    """What runs in a case: on into the next ones, where it falls through."""
    found: list[Statement] = []
    for case in cases[number:]:
        found += case.body.statements
        if not case.falls_through or any(isinstance(s, (Break, Return)) for s in case.body.statements):
            break
    return found


class _Walker:
    """Looks for the end among what surely runs, and runs before time has passed."""

    def __init__(self, parameters: StateBranchParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context

    def end_of(self, statements: list[Statement], names: set[str], body: Body, depth: int) -> _End | None:
        for call in self._sure(statements, names, body):
            if self._ends(call, body):
                return _End(call, [])
            inner = self._leads_to_end(call, body, depth)
            if inner is not None:
                return _End(call, inner)
        return None

    def starts_anew(self, statements: list[Statement], body: Body) -> bool:
        """Whether the branch leads to what starts again."""
        wanted = {
            id(where) for name in self.parameters.unless_leads for _, where, _ in self.context.uses(name)
        }
        for call in (call for statement in statements for call in calls_in(statement)):
            if any(self._is_named(call, body, name) for name in self.parameters.unless_leads):
                return True
            callees = self.context.resolver.callees.of(call, body).functions
            if self.context.reach.find(callees, lambda reached: id(reached.body) in wanted) is not None:
                return True
        return False

    def _is_named(self, node: Node, body: Body, name: str) -> bool:
        return any(use.operation.is_named(name) for use in self.context.resolver.operations.at(node, body))

    def _ends(self, call: Call, body: Body) -> bool:
        """Whether the call itself is an end, or is told of one: ``completion(.failure(error))``."""
        nodes: list[Node] = [call, *(a.value for a in call.arguments)]
        return any(self._is_named(node, body, name) for node in nodes for name in self.parameters.ends)

    def _leads_to_end(self, call: Call, body: Body, depth: int) -> list[Step] | None:
        if depth >= _MAX_DEPTH or body.variable_called(call) is not None:
            return None
        for symbol in self.context.resolver.callees.of(call, body).functions:
            inner = symbol.body
            if inner is None or inner is body:
                continue
            names = {parameter.name for parameter in symbol.function.parameters}
            end = self.end_of(inner.unit.block.statements, names, inner, depth + 1)
            if end is not None:
                return [step_at(end.call, inner, f"`{end.call.name}` called from it here"), *end.trail]
        return None

    def _sure(self, statements: list[Statement], names: set[str], body: Body) -> Iterator[Call]:
        """The calls that are made in any case; not those after a question about ``names``, or a pause."""
        for statement in statements:
            if isinstance(statement, (If, Guard)):
                if _asks(statement.conditions, names):
                    return
                if isinstance(statement, If) and all(map(self._is_passed, statement.conditions)):
                    yield from self._sure(statement.then.statements, names, body)
                continue
            if isinstance(statement, Do):
                yield from self._sure(statement.body.statements, names, body)
                continue
            if isinstance(statement, Switch):
                if _asks([statement.subject], names):
                    return
                continue
            if isinstance(statement, Loop):
                continue
            yield from self._called(statement, names, body)
            pauses = any(True for _ in nodes_of(statement, Await, into_closures=False))
            if pauses or isinstance(statement, (Return, Throw, Break, Continue)):
                return

    def _is_passed(self, condition: Expression) -> bool:
        """Whether a condition holds the first time: it binds what is there, or asks for the first time."""
        if isinstance(condition, Binding):
            return condition.pattern is None
        names = (n.name.lower() for n in descendants(condition) if isinstance(n, (Name, Member, Call)))
        return any(word in name for name in names for word in self.parameters.once)

    def _called(self, statement: Statement, names: set[str], body: Body) -> Iterator[Call]:
        for node in descendants(statement, into_closures=False):
            if isinstance(node, Call):
                yield node
            elif isinstance(node, Closure) and self._runs_at_once(node, body):
                yield from self._sure(node.body.statements, names, body)

    def _runs_at_once(self, closure: Closure, body: Body) -> bool:
        parent = body.parent(closure)
        call = body.parent(parent) if isinstance(parent, Argument) else None
        return call is not None and any(self._is_named(call, body, n) for n in self.parameters.at_once)


def _asks(conditions: list[Expression], names: set[str]) -> bool:
    """Whether a condition looks at something called by one of ``names``, or at an error."""
    named = {n.name for c in conditions for n in nodes_of(c, Name) if not isinstance(c, Availability)}
    return not named.isdisjoint(names | {"error"})
