"""Where values are kept, and where a value goes.

A *place* holds a value: a local variable, a field of a type (whatever the instance), a global, an
element of a collection kept in a place. Instances are not told apart: two objects of one class
have one place for each field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal as Choice

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.model.code import (
    Argument,
    Assign,
    Await,
    Binary,
    Binding,
    Branching,
    Call,
    Capture,
    Cast,
    Closure,
    Collection,
    Conditional,
    Evaluate,
    Expression,
    If,
    Index,
    Interpolation,
    Literal,
    Local,
    Member,
    Name,
    Node,
    Opaque,
    Return,
    Try,
    Unary,
)

_TRANSPARENT = (Await, Try, Cast, Unary, Conditional, Branching, Opaque, Collection, Member)
_COMPARISONS = frozenset(("==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||", "~="))


class Place(Struct, frozen=True):
    """``owner`` is the type of a field. ``key`` tells locals of one name apart."""

    kind: Choice["local", "field", "global", "element", "parameter"]
    name: str
    owner: str = ""
    key: int = 0

    def element(self) -> Place:
        return Place("element", self.name, self.owner, self.key)

    @property
    def is_local(self) -> bool:
        return self.kind == "local"


class Destinations(Struct):
    """Where a value goes from one expression.

    ``arguments``: calls it is passed to, by position. ``escapes``: it goes where this analysis
    does not follow (returned, referenced, part of a larger value of unknown use).
    ``is_dropped``: nothing receives it.
    """

    places: set[Place] = field(default_factory=set)
    arguments: list[tuple[Call, int]] = field(default_factory=list)
    escapes: bool = False
    is_dropped: bool = False


class Places:
    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver

    def local(self, variable: Variable) -> Place:
        return Place("local", variable.name, "", id(variable))

    def parameter(self, symbol: FunctionSymbol, position: int) -> Place:
        return Place("parameter", symbol.name, symbol.owner, id(symbol) * 64 + position)

    def field(self, owner: str, name: str) -> Place:
        """The field as its declaring type has it, an Objective-C variable as its property."""
        for spelled in field_names(name):
            declared = self.resolver.program.property(owner, spelled)
            if declared is not None:
                owner = declared[0].owner
                break
        return Place("field", name.lstrip("_"), owner)

    def of(self, expression: Expression, body: Body) -> Place | None:
        """The place that ``expression`` names; None when it is computed."""
        expression = unwrapped(expression)
        if isinstance(expression, Name):
            return self._of_name(expression, body)
        if isinstance(expression, Member) and expression.base is not None:
            owner = self.resolver.types.named_by(expression.base, body) or self.resolver.types.of(
                expression.base, body
            )
            return self.field(owner or "?", expression.name)
        if isinstance(expression, Index):
            base = self.of(expression.base, body)
            return base.element() if base is not None else None
        if isinstance(expression, Call) and not expression.arguments and expression.receiver is not None:
            owner = self.resolver.types.of(expression.receiver, body)
            if owner and self.resolver.program.property(owner, expression.name) is not None:
                return self.field(owner, expression.name)
        return None

    def _of_name(self, expression: Name, body: Body) -> Place | None:
        if expression.name in ("self", "super", "_"):
            return None
        variable = body.variable(expression)
        if variable is not None:
            return self.local(variable)
        owner = body.symbol.owner
        names = field_names(expression.name)
        if owner and any(self.resolver.program.property(owner, n) is not None for n in names):
            return self.field(owner, expression.name)
        if expression.name in self.resolver.program.globals or not owner:
            return Place("global", expression.name)
        return Place("field", expression.name.lstrip("_"), owner)

    def behind(self, expression: Expression, body: Body, depth: int = 0) -> set[Place]:
        """The places whose value ``expression`` may be: itself, and what it was copied from."""
        if depth > 6:
            return set()
        expression = unwrapped(expression)
        found: set[Place] = set()
        place = self.of(expression, body)
        if place is not None:
            found.add(place)
        if isinstance(expression, Name):
            variable = body.variable(expression)
            if variable is not None:
                found |= self.behind_variable(variable, body, depth)
        elif isinstance(expression, (Conditional, Binary)):
            for part in _operands(expression):
                found |= self.behind(part, body, depth + 1)
        elif isinstance(expression, Call) and place is None:
            found |= self._behind_call(expression, body, depth)
        elif isinstance(expression, Member) and expression.base is not None:
            whole = self.behind(expression.base, body, depth + 1)
            found |= whole | {place.element() for place in whole if not place.is_local}
        elif isinstance(expression, Opaque):
            for child in expression.children:
                found |= self.behind(child, body, depth + 1)
        return found

    def behind_variable(self, variable: Variable, body: Body, depth: int = 0) -> set[Place]:
        """The places that the values of a variable may have been copied from."""
        found: set[Place] = set()
        if variable.parameter is not None and variable.unit is body.unit:
            found.add(self.parameter(body.symbol, variable.parameter))
        for definition in variable.definitions:
            if definition.expression is None or self._makes_anew(definition.expression, body):
                continue
            places = self.behind(definition.expression, body, depth + 1)
            if definition.form in ("element", "part"):
                places = places | {p.element() for p in places}
            found |= places
        return found

    def _makes_anew(self, expression: Expression, body: Body) -> bool:
        inner = unwrapped(expression)
        return isinstance(inner, Call) and any(
            use.operation.returns is not None for use in self.resolver.operations.at(inner, body)
        )

    def _behind_call(self, call: Call, body: Body, depth: int) -> set[Place]:
        """What a function or a closure it is given returns, a conversion, a look-up in a collection."""
        callees = self.resolver.callees.of(call, body).functions
        found = {p for closure in _closures_given(call) for p in self._of_returns(closure, body, depth)}
        if callees:
            return found.union(*(self._given_back(symbol, call, body, depth) for symbol in callees))
        if call.receiver is not None and self.resolver.types.named_by(call.receiver, body) == "":
            receiver = self.behind(call.receiver, body, depth + 1)
            found |= receiver if not call.arguments else {p.element() for p in receiver if not p.is_local}
        if len(call.arguments) == 1 and (
            call.receiver is None or self.resolver.types.named_by(call.receiver, body)
        ):
            found |= self.behind(call.arguments[0].value, body, depth + 1)
        return found

    def _of_returns(self, closure: Closure, body: Body, depth: int) -> Iterator[Place]:
        """The places behind what a closure returns: ``lock.withLock { identifier }``."""
        for returned in body.unit_of(closure).returns:
            if returned.value is not None:
                yield from self.behind(returned.value, body, depth + 1)

    def _given_back(self, symbol: FunctionSymbol, call: Call, body: Body, depth: int) -> Iterator[Place]:
        """The places behind the result of a call; of a parameter that is returned, those of its argument."""
        parameters = {self.parameter(symbol, n): n for n in range(len(symbol.function.parameters))}
        for place in self._behind_result(symbol, depth):
            argument = argument_for(symbol, call, parameters[place]) if place in parameters else None
            if argument is None:
                yield place
            else:
                yield from self.behind(argument, body, depth + 1)

    def _behind_result(self, symbol: FunctionSymbol, depth: int) -> Iterator[Place]:
        body = symbol.body
        if body is None or symbol.function.kind == "init":
            return
        for returned in body.unit.returns:
            if returned.value is not None:
                for place in self.behind(returned.value, body, depth + 1):
                    if not place.is_local:
                        yield place

    # Where a value goes

    def destinations(self, value: Node, body: Body) -> Destinations:
        """Where the value of the expression ``value`` goes when it is evaluated."""
        found = Destinations()
        self._climb(value, body, found)
        return found

    def _climb(self, node: Node, body: Body, found: Destinations) -> None:
        inner = node
        for outer in body.takers(node):
            if self._receives(outer, inner, body, found):
                return
            inner = outer
        found.is_dropped = True

    def _receives(self, outer: Node, inner: Node, body: Body, found: Destinations) -> bool:
        """Records what ``outer`` does with the value of ``inner``; False when it passes it up."""
        if isinstance(outer, Argument):
            return False
        if isinstance(outer, Local):
            variable = body.declared_by(outer)
            if outer.name == "_":
                found.is_dropped = True
            elif variable is not None:
                found.places.add(self.local(variable))
            return True
        if isinstance(outer, Assign):
            self._assigned(outer, inner, body, found)
            return True
        if isinstance(outer, Call):
            self._called(outer, inner, body, found)
            return True
        if isinstance(outer, Binary) and outer.operator not in _COMPARISONS:
            return False
        if isinstance(outer, (Binary, Interpolation, If)):
            found.is_dropped = True  # looked at, and kept nowhere
            return True
        if isinstance(outer, Binding):
            for name in outer.names:
                for variable in body.all_variables():
                    if variable.name == name and any(d.node is outer for d in variable.definitions):
                        found.places.add(self.local(variable))
            return True
        if isinstance(outer, Evaluate):
            found.is_dropped = not isinstance(inner, (Binary, Unary))
            return True
        if isinstance(outer, Capture):
            variable = body.declared_by(outer)
            if variable is not None:
                found.places.add(self.local(variable))
            return True
        if isinstance(outer, Return):
            self._returned(outer, body, found)
            return True
        if isinstance(outer, Index):
            return outer.base is not inner  # used as a key: not kept
        if isinstance(outer, Unary) and outer.operator == "&":
            found.escapes = True
            return True
        if isinstance(outer, _TRANSPARENT):
            return False
        found.escapes = not isinstance(outer, Closure)
        return True

    def _returned(self, outer: Return, body: Body, found: Destinations) -> None:
        """A closure's implicit result that nobody asked for is dropped, any other one escapes."""
        unit = body.unit_at(outer)
        is_only = isinstance(unit.node, Closure) and len(unit.block.statements) == 1
        found.escapes = not is_only
        found.is_dropped = is_only

    def _assigned(self, outer: Assign, inner: Node, body: Body, found: Destinations) -> None:
        if inner is outer.target:
            return
        if isinstance(outer.target, Name) and outer.target.name == "_":
            found.is_dropped = True
            return
        place = self.of(outer.target, body)
        if place is not None:
            found.places.add(place)
        else:
            found.escapes = True

    def _called(self, outer: Call, inner: Node, body: Body, found: Destinations) -> None:
        for position, argument in enumerate(outer.arguments):
            if argument is inner or argument.value is inner:
                found.arguments.append((outer, position))
                return
        # The receiver: a conversion (``id.rawValue``, ``[number unsignedIntegerValue]``).
        if inner is outer.receiver and not isinstance(inner, Closure):
            self._climb(outer, body, found)
            found.is_dropped = False


def _operands(expression: Conditional | Binary) -> list[Expression]:
    if isinstance(expression, Binary):
        return [expression.left, expression.right] if expression.operator == "??" else []
    return [expression.then or expression.condition, expression.otherwise]


def is_literal(expression: Expression | None, kinds: tuple[str, ...]) -> bool:
    return isinstance(expression, Literal) and expression.kind in kinds


def passed_places(
    places: Places, symbol: FunctionSymbol, call: Call, position: int, body: Body
) -> set[Place]:
    """The places whose value ``call`` passes for the parameter of ``symbol`` at ``position``."""
    argument = argument_for(symbol, call, position)
    return places.behind(argument, body) if argument is not None else set()


def _closures_given(call: Call) -> Iterator[Closure]:
    return (a.value for a in call.arguments if isinstance(a.value, Closure))
