"""Which declaration each local name of a body means, by lexical scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from backhaul.analysis.variables import Definition, DefinitionForm, Unit, Variable
from backhaul.analysis.walking import children
from backhaul.model.code import (
    Argument,
    Assign,
    Availability,
    Binding,
    Block,
    Call,
    Capture,
    Catch,
    Closure,
    Destructure,
    Expression,
    Guard,
    If,
    Index,
    Local,
    LocalFunction,
    Loop,
    Member,
    Name,
    Node,
    Parameter,
    Return,
    Switch,
    Unary,
)

_Scope = dict[str, Variable]


class Bindings(Struct, eq=False):
    """What walking a body finds. Nodes are known by their ids.

    ``variables``: what a name or a call means, and what a declaration introduces. ``units_of``: of
    closures and local functions.
    """

    unit: Unit
    units: list[Unit]
    calls: list[tuple[Call, Unit]] = []
    assigns: list[tuple[Assign, Unit]] = []
    reads: list[Member | Name] = []
    variables: dict[int, Variable] = {}
    units_of: dict[int, Unit] = {}
    parents: dict[int, Node] = {}


def bound(block: Block, parameters: list[Parameter], *, declares_before_value: bool) -> Bindings:
    """The bindings of a function. ``declares_before_value``: a variable is in scope of its own value."""
    unit = Unit(None, block, None)
    found = Bindings(unit, [unit])
    _Binder(found, declares_before_value).bind(parameters)
    return found


class _Binder:
    """Walks a body once, in lexical order, with a stack of scopes."""

    def __init__(self, found: Bindings, declares_before_value: bool) -> None:
        self.found = found
        self.declares_before_value = declares_before_value
        self.scopes: list[_Scope] = []
        self.alternatives: _Scope = {}  # declared by an earlier branch of the ``#if`` that is being walked

    def bind(self, parameters: list[Parameter]) -> None:
        unit = self.found.unit
        self.scopes.append({})
        self.parameters(parameters, unit)
        self.block(unit.block, unit)

    def parameters(self, parameters: list[Parameter], unit: Unit) -> None:
        for position, parameter in enumerate(parameters):
            if parameter.default is not None:
                self.link(parameter, parameter.default)
                self.visit(parameter.default, unit)
            variable = self.declare(parameter.name, parameter, unit, parameter.type)
            variable.parameter = position
            variable.is_constant = True
            unit.parameters.append(variable)

    def declare(self, name: str, node: Node, unit: Unit, type_text: str = "") -> Variable:
        variable = self.alternatives.get(name)
        if variable is None or self.scopes[-1].get(name) is not variable:
            variable = Variable(name, unit, node, type_text)
        if name != "_":
            self.scopes[-1][name] = variable
        self.found.variables[id(node)] = variable
        return variable

    def lookup(self, name: str) -> Variable | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def link(self, parent: Node, child: Node) -> None:
        self.found.parents[id(child)] = parent

    def block(self, block: Block, unit: Unit, names: _Scope | None = None) -> None:
        """A block in a scope of its own, which starts with ``names``."""
        self.scopes.append(names if names is not None else {})
        self.statements(block, unit)
        self.scopes.pop()

    def statements(self, block: Block, unit: Unit) -> None:
        for statement in block.statements:
            if isinstance(statement, LocalFunction):
                self.declare(statement.name, statement, unit)
        for statement in block.statements:
            self.link(block, statement)
            self.visit(statement, unit)

    def visit(self, node: Node, unit: Unit) -> None:
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node, unit)
        else:
            self.inside(node, unit)

    def inside(self, node: Node, unit: Unit) -> None:
        parents = self.found.parents
        for child in children(node):
            parents[id(child)] = node
            handler = _HANDLERS.get(type(child))
            if handler is not None:
                handler(self, child, unit)
            else:
                self.inside(child, unit)

    def shorthand(self, node: Node, name: str, unit: Unit) -> Variable | None:
        """The parameter that Swift's ``$0`` means; None for any other name."""
        if name[:1] != "$" or not name[1:].isdigit() or not isinstance(unit.node, Closure):
            return None
        if unit.node.parameters:
            return None
        return unit.shorthands.setdefault(
            name, Variable(name, unit, node, is_constant=True, parameter=int(name[1:]))
        )

    def member(self, node: Member, unit: Unit) -> None:
        self.found.reads.append(node)
        self.inside(node, unit)

    def name(self, node: Name, unit: Unit) -> None:
        self.found.reads.append(node)
        variable = self.lookup(node.name) or self.shorthand(node, node.name, unit)
        if variable is not None:
            self.found.variables[id(node)] = variable
            variable.uses.append((node, unit))

    def call(self, node: Call, unit: Unit) -> None:
        self.found.calls.append((node, unit))
        if node.receiver is None and node.name:
            variable = self.lookup(node.name) or self.shorthand(node, node.name, unit)
            if variable is not None:
                self.found.variables[id(node)] = variable
                variable.uses.append((Name(node.name_start, node.name_end, node.name), unit))
        self.inside(node, unit)

    def assign(self, node: Assign, unit: Unit) -> None:
        self.found.assigns.append((node, unit))
        self.inside(node, unit)
        target: Node = node.target
        while isinstance(target, (Index, Member)) and target.base is not None:
            target = target.base
        if not isinstance(target, Name):
            return
        variable = self.found.variables.get(id(target))
        if variable is not None and target is node.target:
            form: DefinitionForm = "value" if node.operator == "=" else "unknown"
            variable.definitions.append(Definition(node.value, node, unit, form))

    def unary(self, node: Unary, unit: Unit) -> None:
        self.inside(node, unit)
        if node.operator in ("&", "++", "--") and isinstance(node.operand, Name):
            variable = self.found.variables.get(id(node.operand))
            if variable is not None:
                variable.definitions.append(Definition(None, node, unit, "unknown"))

    def local(self, node: Local, unit: Unit) -> None:
        if not self.declares_before_value and node.value is not None:
            self.link(node, node.value)
            self.visit(node.value, unit)
        variable = self.declare(node.name, node, unit, node.type)
        variable.storage = node.storage
        variable.is_constant = node.is_constant
        if node.value is not None:
            variable.definitions.append(Definition(node.value, node, unit))
            if self.declares_before_value:
                self.link(node, node.value)
                self.visit(node.value, unit)

    def parts(
        self, names: list[str], value: Expression, node: Node, unit: Unit, form: DefinitionForm
    ) -> None:
        for name in names:
            if name == "self":
                continue
            variable = self.declare(name, Name(node.start, node.end, name), unit)
            variable.is_constant = True
            variable.definitions.append(Definition(value, node, unit, form))

    def destructure(self, node: Destructure, unit: Unit) -> None:
        self.link(node, node.value)
        self.visit(node.value, unit)
        self.parts(node.names, node.value, node, unit, "part")

    def binding(self, node: Binding, unit: Unit) -> None:
        self.inside(node, unit)
        self.parts(node.names, node.value, node, unit, "value" if node.pattern is None else "part")

    def conditional(self, node: If, unit: Unit) -> None:
        if any(isinstance(c, Availability) and c.is_of_build for c in node.conditions):
            self.compiled(node, unit)
            return
        self.scopes.append({})
        for condition in node.conditions:
            self.link(node, condition)
            self.visit(condition, unit)
        self.link(node, node.then)
        self.block(node.then, unit)
        self.scopes.pop()
        if node.otherwise is not None:
            self.link(node, node.otherwise)
            self.block(node.otherwise, unit)

    def compiled(self, node: If, unit: Unit) -> None:
        """A ``#if``: it makes no scope, and what its branches declare under one name is one variable."""
        for condition in node.conditions:
            self.link(node, condition)
            self.visit(condition, unit)
        outer, before = self.alternatives, dict(self.scopes[-1])
        for branch in (node.then, node.otherwise):
            if branch is None:
                continue
            self.link(node, branch)
            self.statements(branch, unit)
            declared = {n: v for n, v in self.scopes[-1].items() if before.get(n) is not v}
            self.alternatives = {**outer, **declared}
        self.alternatives = outer

    def guard(self, node: Guard, unit: Unit) -> None:
        self.link(node, node.otherwise)
        self.block(node.otherwise, unit)
        for condition in node.conditions:
            self.link(node, condition)
            self.visit(condition, unit)

    def loop(self, node: Loop, unit: Unit) -> None:
        self.scopes.append({})
        if node.sequence is not None:
            self.link(node, node.sequence)
            self.visit(node.sequence, unit)
            self.parts(node.names, node.sequence, node, unit, "element")
        for child in [*node.setup, *node.conditions, *node.step]:
            self.link(node, child)
            self.visit(child, unit)
        self.link(node, node.body)
        self.block(node.body, unit)
        self.scopes.pop()

    def switch(self, node: Switch, unit: Unit) -> None:
        self.link(node, node.subject)
        self.visit(node.subject, unit)
        for case in node.cases:
            self.link(node, case)
            self.scopes.append({})
            self.parts(case.names, node.subject, case, unit, "part")
            for child in [*case.patterns, *([case.where] if case.where is not None else [])]:
                self.link(case, child)
                self.visit(child, unit)
            self.link(case, case.body)
            self.block(case.body, unit)
            self.scopes.pop()

    def catch(self, node: Catch, unit: Unit) -> None:
        self.scopes.append({})
        for name in node.names:
            self.declare(name, Name(node.start, node.end, name), unit)
        self.inside(node, unit)
        self.scopes.pop()

    def closure(self, node: Closure, unit: Unit) -> None:
        inner = self.enter(node, node.body, unit)
        self.scopes.append({})
        for capture in node.captures:
            self.link(node, capture)
            self.capture(capture, unit, inner)
        self.nested(node.parameters, inner)
        self.scopes.pop()

    def capture(self, capture: Capture, outer: Unit, inner: Unit) -> None:
        if capture.value is not None:
            self.link(capture, capture.value)
            self.visit(capture.value, outer)
        if capture.name == "self":
            return
        value = capture.value
        if value is None:
            value = Name(capture.start, capture.end, capture.name)
            self.link(capture, value)
            self.visit(value, outer)
        if capture.form == "value":
            copy = self.declare(capture.name, capture, inner)
            copy.is_constant = True
            copy.definitions.append(Definition(value, capture, outer))

    def local_function(self, node: LocalFunction, unit: Unit) -> None:
        inner = self.enter(node, node.body, unit)
        variable = self.lookup(node.name)
        if variable is not None:
            variable.local_function = inner
        self.scopes.append({})
        self.nested(node.parameters, inner)
        self.scopes.pop()

    def enter(self, node: Closure | LocalFunction, block: Block, unit: Unit) -> Unit:
        inner = Unit(node, block, unit)
        self.found.units.append(inner)
        self.found.units_of[id(node)] = inner
        self.link(node, block)
        return inner

    def nested(self, parameters: list[Parameter], inner: Unit) -> None:
        self.parameters(parameters, inner)
        self.block(inner.block, inner)

    def returned(self, node: Return, unit: Unit) -> None:
        unit.returns.append(node)
        self.inside(node, unit)

    def argument(self, node: Argument, unit: Unit) -> None:
        self.link(node, node.value)
        self.visit(node.value, unit)


_Handler = Callable[[_Binder, Any, Unit], None]

_HANDLERS: dict[type[Node], _Handler] = {
    Block: _Binder.block,
    Name: _Binder.name,
    Member: _Binder.member,
    Call: _Binder.call,
    Assign: _Binder.assign,
    Unary: _Binder.unary,
    Local: _Binder.local,
    Destructure: _Binder.destructure,
    Binding: _Binder.binding,
    If: _Binder.conditional,
    Guard: _Binder.guard,
    Loop: _Binder.loop,
    Switch: _Binder.switch,
    Catch: _Binder.catch,
    Closure: _Binder.closure,
    LocalFunction: _Binder.local_function,
    Return: _Binder.returned,
    Argument: _Binder.argument,
}
