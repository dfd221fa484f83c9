"""A decoded function body, indexed: units, variables with their definitions and uses, parents.

A *unit* is what runs as one piece: the function itself, or a closure, block or local function
inside it. A *variable* is one declaration of a local name; which declaration a name means is
decided by lexical scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from backhaul.analysis.walking import children
from backhaul.model.code import (
    Argument,
    Assign,
    Availability,
    Binding,
    Block,
    Branching,
    Call,
    Capture,
    Case,
    Catch,
    Closure,
    Destructure,
    Evaluate,
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
from backhaul.model.mentions import assigned_name

if TYPE_CHECKING:
    from backhaul.analysis.program import FunctionSymbol


class Unit(Struct, eq=False):
    """A piece of code that runs as one: the function, or a closure or local function inside it."""

    node: Closure | LocalFunction | None
    block: Block
    parent: Unit | None
    parameters: list[Variable] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    shorthands: dict[str, Variable] = field(
        default_factory=dict
    )  # of a closure that names no parameters: ``$0``

    @property
    def copies_locals(self) -> bool:
        return isinstance(self.node, Closure) and self.node.copies_locals

    def is_inside(self, other: Unit) -> bool:
        unit: Unit | None = self
        while unit is not None:
            if unit is other:
                return True
            unit = unit.parent
        return False


DefinitionForm = Literal["value", "element", "part", "unknown"]


class Definition(Struct, eq=False):
    """One place where a variable gets a value.

    ``value``: the variable becomes ``expression``; ``element``: one of its elements (loops);
    ``part``: a component of it (patterns, tuples); ``unknown``: changed through a reference.
    """

    expression: Expression | None
    node: Node
    unit: Unit
    form: DefinitionForm = "value"


class Variable(Struct, eq=False):
    """A local variable, parameter or captured copy."""

    name: str
    unit: Unit
    node: Node
    type: str = ""
    storage: str = "plain"
    is_constant: bool = False
    parameter: int | None = None  # 0-based position among the unit's parameters
    local_function: Unit | None = None
    definitions: list[Definition] = field(default_factory=list)
    uses: list[tuple[Name, Unit]] = field(default_factory=list)


class Body:
    """The indexed body of ``symbol``; made by ``FunctionSymbol.body``."""

    def __init__(self, symbol: FunctionSymbol, block: Block) -> None:
        self.symbol = symbol
        self.unit = Unit(None, block, None)
        self.units: list[Unit] = [self.unit]
        self.calls: list[tuple[Call, Unit]] = []
        self.assigns: list[tuple[Assign, Unit]] = []
        self._read: list[Member | Name] = []
        self.declares_before_value = symbol.module.language == "objc"
        self._variables: dict[int, Variable] = {}
        self._units: dict[int, Unit] = {}
        self._parents: dict[int, Node] = {}
        self.guards: dict[tuple[int, bool], Any] = {}  # what conditions.guards_of found
        _Binder(self).bind(symbol.function.parameters)

    def variable(self, name: Name) -> Variable | None:
        """The local variable a name means; None for members, globals, types and ``self``."""
        return self._variables.get(id(name))

    def declared_by(self, node: Node) -> Variable | None:
        """The variable that a declaration (``Local``, ``Parameter``, ``Capture``) introduces."""
        return self._variables.get(id(node))

    def variable_called(self, call: Call) -> Variable | None:
        """The local variable or local function that ``name(…)`` invokes."""
        return self._variables.get(id(call))

    def unit_of(self, node: Closure | LocalFunction) -> Unit:
        return self._units[id(node)]

    def parent(self, node: Node) -> Node | None:
        return self._parents.get(id(node))

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The nodes around ``node``, innermost first."""
        current = self._parents.get(id(node))
        while current is not None:
            yield current
            current = self._parents.get(id(current))

    def takers(self, node: Node) -> Iterator[Node]:
        """``ancestors``; from a result of an ``if`` or ``switch`` used as a value on to that value."""
        current = self._parents.get(id(node))
        while current is not None:
            current = self._value_of_result(current) or current
            yield current
            current = self._parents.get(id(current))

    def _value_of_result(self, result: Node) -> Branching | None:
        """The value of which a statement is a result, the last of its block."""
        inner: Node | None = result if isinstance(result, Evaluate) else None
        while inner is not None:
            block = self.parent(inner)
            if not isinstance(block, Block) or block.statements[-1] is not inner:
                return None
            outer = self.parent(block)
            if isinstance(outer, (Case, Catch)):
                outer = self.parent(outer)
            whole = self.parent(outer) if outer is not None else None
            if isinstance(whole, Branching):
                return whole
            inner = outer
        return None

    def loop_around(self, node: Node) -> Loop | None:
        """The innermost loop of the unit that evaluates ``node`` in each of its rounds."""
        inner = node
        for outer in self.ancestors(node):
            if isinstance(outer, (Closure, LocalFunction)):
                return None
            if isinstance(outer, Loop) and inner is not outer.sequence:
                return outer
            inner = outer
        return None

    def unit_at(self, node: Node) -> Unit:
        """The unit whose run evaluates ``node``."""
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, (Closure, LocalFunction)):
                return self._units[id(ancestor)]
        return self.unit

    def assigns_in(self, unit: Unit) -> list[Assign]:
        """The assignments in ``unit`` and in what it encloses."""
        return [assign for assign, where in self.assigns if where.is_inside(unit)]

    def nodes_named(self, names: Iterable[str], *, reads: bool) -> list[Call | Assign | Member | Name]:
        """The calls of ``names`` and the assignments to them, in order of the source.

        ``reads``: where they are read, too. An assignment to an element is one to what holds it.
        """
        indices = (self._acts, self._reads) if reads else (self._acts,)
        found = [node for index in indices for name in names for node in index.get(name, ())]
        return sorted(found, key=lambda node: (node.start, node.end))

    @cached_property
    def _acts(self) -> dict[str, list[Call | Assign | Member | Name]]:
        index: dict[str, list[Call | Assign | Member | Name]] = defaultdict(list)
        for call, _ in self.calls:
            index[call.name].append(call)
        for assign, _ in self.assigns:
            index[assigned_name(assign.target)].append(assign)
        return index

    @cached_property
    def _reads(self) -> dict[str, list[Call | Assign | Member | Name]]:
        index: dict[str, list[Call | Assign | Member | Name]] = defaultdict(list)
        for node in self._read:
            index[node.name].append(node)
        return index

    def all_variables(self) -> list[Variable]:
        return list({id(v): v for v in self._variables.values()}.values())


def taker(closure: Closure, body: Body) -> Call | None:
    """The call that a closure literal is an argument of."""
    parent = body.parent(closure)
    call = body.parent(parent) if isinstance(parent, Argument) else None
    return call if isinstance(call, Call) else None


_Scope = dict[str, Variable]


class _Binder:
    """Walks a body once, in lexical order, with a stack of scopes."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.scopes: list[_Scope] = []
        self.alternatives: _Scope = {}  # declared by an earlier branch of the ``#if`` that is being walked

    def bind(self, parameters: list[Parameter]) -> None:
        unit = self.body.unit
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
        self.body._variables[id(node)] = variable
        return variable

    def lookup(self, name: str) -> Variable | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def link(self, parent: Node, child: Node) -> None:
        self.body._parents[id(child)] = parent

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
        parents = self.body._parents
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
        self.body._read.append(node)
        self.inside(node, unit)

    def name(self, node: Name, unit: Unit) -> None:
        self.body._read.append(node)
        variable = self.lookup(node.name) or self.shorthand(node, node.name, unit)
        if variable is not None:
            self.body._variables[id(node)] = variable
            variable.uses.append((node, unit))

    def call(self, node: Call, unit: Unit) -> None:
        self.body.calls.append((node, unit))
        if node.receiver is None and node.name:
            variable = self.lookup(node.name) or self.shorthand(node, node.name, unit)
            if variable is not None:
                self.body._variables[id(node)] = variable
                variable.uses.append((Name(node.name_start, node.name_end, node.name), unit))
        self.inside(node, unit)

    def assign(self, node: Assign, unit: Unit) -> None:
        self.body.assigns.append((node, unit))
        self.inside(node, unit)
        target: Node = node.target
        while isinstance(target, (Index, Member)) and target.base is not None:
            target = target.base
        if not isinstance(target, Name):
            return
        variable = self.body.variable(target)
        if variable is not None and target is node.target:
            form: DefinitionForm = "value" if node.operator == "=" else "unknown"
            variable.definitions.append(Definition(node.value, node, unit, form))

    def unary(self, node: Unary, unit: Unit) -> None:
        self.inside(node, unit)
        if node.operator in ("&", "++", "--") and isinstance(node.operand, Name):
            variable = self.body.variable(node.operand)
            if variable is not None:
                variable.definitions.append(Definition(None, node, unit, "unknown"))

    def local(self, node: Local, unit: Unit) -> None:
        if not self.body.declares_before_value and node.value is not None:
            self.link(node, node.value)
            self.visit(node.value, unit)
        variable = self.declare(node.name, node, unit, node.type)
        variable.storage = node.storage
        variable.is_constant = node.is_constant
        if node.value is not None:
            variable.definitions.append(Definition(node.value, node, unit))
            if self.body.declares_before_value:
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
        self.body.units.append(inner)
        self.body._units[id(node)] = inner
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
