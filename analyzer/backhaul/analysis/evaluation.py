"""What one expression may be, found by asking backwards: the recursion behind ``Values``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import Callers, argument_for
from backhaul.analysis.conditions import Guards, contradicts, guards_of
from backhaul.analysis.constants import Constants
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import (
    MAX_ORIGINS,
    NIL,
    UNKNOWN,
    Frame,
    Origin,
    known_constants,
    step_at,
    without_guards,
)
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.reaching import reaching, results_of
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.stored_values import StoredValues
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Definition, Unit, Variable
from backhaul.model.code import (
    Argument,
    Assign,
    Binary,
    Branching,
    Call,
    Closure,
    Conditional,
    Expression,
    Interpolation,
    Literal,
    Member,
    Name,
)
from backhaul.rules.models import COMPOSED

_MAX_DEPTH = 14
_MOST_STEPS = 5_000
"""Expressions looked at to answer one question; what would take more is unknown."""


_FIRST_VALUE = "%@"


class Evaluation:
    """Evaluates expressions of one program.

    ``active`` holds what is being evaluated: what leads back to itself adds nothing.
    """

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.program = resolver.program
        self.callers = Callers(resolver.program, resolver.callees)
        self.constants = Constants(resolver.program)
        self.active: set[tuple[object, ...]] = set()
        self.stored = StoredValues(self)
        self._frames: dict[int, Frame] = {}
        self._steps = 0

    def frame(self, body: Body) -> Frame:
        """The frame of a body entered from anywhere."""
        frame = self._frames.get(id(body))
        if frame is None:
            frame = self._frames[id(body)] = Frame(body)
        return frame

    def evaluate(self, expression: Expression, frame: Frame, depth: int) -> list[Origin]:
        expression = unwrapped(expression)
        key = (id(expression), id(frame))
        self._steps = self._steps + 1 if depth else 0
        if depth > _MAX_DEPTH or self._steps > _MOST_STEPS:
            return [Origin(UNKNOWN)]
        if key in self.active:
            return []
        self.active.add(key)
        try:
            return self._dispatch(expression, frame, depth)
        finally:
            self.active.discard(key)

    def _dispatch(self, expression: Expression, frame: Frame, depth: int) -> list[Origin]:
        if isinstance(expression, Name):
            return self._name(expression, frame, depth)
        if isinstance(expression, Member):
            return self._member(expression, frame, depth)
        if isinstance(expression, Call):
            return self._call(expression, frame, depth)
        if isinstance(expression, Conditional):
            return self._conditional(expression, frame, depth)
        if isinstance(expression, Interpolation):
            return self._composed(expression.parts, frame, depth)
        if isinstance(expression, Binary) and expression.operator in ("+", "-", "*", "/"):
            return self._composed([expression.left, expression.right], frame, depth)
        if isinstance(expression, Binary) and expression.operator == "??":
            left = [o for o in self.evaluate(expression.left, frame, depth + 1) if o.kind != NIL]
            return [*left, *self.evaluate(expression.right, frame, depth + 1)]
        if isinstance(expression, Assign):
            return self.evaluate(expression.value, frame, depth + 1)
        if isinstance(expression, Literal):
            return [self._literal(expression, frame)]
        if isinstance(expression, Branching):
            results = list(results_of(expression.statement))
            return self._join(((r, frame) for r in results), depth) if results else [Origin(UNKNOWN)]
        return [Origin(UNKNOWN)]

    def _literal(self, literal: Literal, frame: Frame) -> Origin:
        if literal.kind == "nil":
            return Origin(NIL)
        kind = self.resolver.models.kind_of_text(literal.text) if literal.kind == "string" else ""
        if not kind:
            return Origin(UNKNOWN)
        return Origin(kind, (step_at(literal, frame.body, "written here"),))

    def _parts_of(self, use: Use, body: Body) -> list[Expression]:
        """What a text is composed of, its beginning first: of a format that begins with a value, that."""
        parts = use.operands
        if use.receiver is not None and self.resolver.types.named_by(use.receiver, body):
            parts = parts[1:]
        begins = parts[0] if parts else None
        if len(parts) > 1 and isinstance(begins, Literal) and begins.text.startswith(_FIRST_VALUE):
            return [parts[1], begins, *parts[2:]]
        return parts

    def _composed(self, parts: Sequence[Expression], frame: Frame, depth: int) -> list[Origin]:
        """The kind of a text made of ``parts``: one that spreads, else that of its beginning."""
        spreading = self.resolver.models.spreading
        first: list[Origin] = []
        for number, part in enumerate(parts):
            found = self.evaluate(part, frame, depth + 1)
            if found and all(o.kind in spreading for o in found):
                return found
            first = first if number else found
        return [o for o in first if o.kind not in spreading] or [Origin(UNKNOWN)]

    def _join(self, choices: Iterable[tuple[Expression, Frame]], depth: int) -> list[Origin]:
        found: list[Origin] = []
        for expression, frame in choices:
            guards = guards_of(expression, frame.body)
            if not self._is_possible(guards, frame):
                continue
            found.extend(o.under(guards) for o in self.evaluate(expression, frame, depth + 1))
            if len(found) > MAX_ORIGINS:
                return [*found[:MAX_ORIGINS], Origin(UNKNOWN)]
        return found

    def _conditional(self, expression: Conditional, frame: Frame, depth: int) -> list[Origin]:
        branches = [expression.then or expression.condition, expression.otherwise]
        return self._join(((branch, frame) for branch in branches), depth)

    def _is_possible(self, guards: Guards, frame: Frame) -> bool:
        """Whether ``guards`` can hold given the program's constants, and those that this call passes."""
        if self.constants.exclude(guards, frame.body.symbol.owner):
            return False
        if not frame.arguments:
            return True
        known = list(known_constants(frame))
        return not contradicts(guards, known)

    # Names

    def _name(self, expression: Name, frame: Frame, depth: int) -> list[Origin]:
        body = frame.body
        variable = body.variable(expression)
        if variable is not None:
            return self._variable(variable, expression, frame, depth)
        for use in self.resolver.operations.at(expression, body):
            return self._result(use, frame, depth)
        if expression.name in ("self", "super"):
            return self._receiver(frame, depth)
        if expression.name.startswith("$") and expression.name[1:].isdigit():
            unit = body.unit_at(expression)
            return self._given_to_closure(unit, int(expression.name[1:]), frame, depth)
        owner = body.symbol.owner
        if owner:
            found = self.stored.just_written(expression, frame, depth)
            if found is None and frame.receiver is not None:
                found = self.stored.in_object(*frame.receiver, owner, expression.name, depth)
            if found is None:
                found = self.stored.in_field(owner, expression.name, depth)
            if found is not None:
                return found
        found = self.stored.in_global(expression.name, depth)
        return found if found is not None else [Origin(UNKNOWN)]

    def _variable(self, variable: Variable, at: Name, frame: Frame, depth: int) -> list[Origin]:
        found: list[Origin] = []
        if variable.parameter is not None:
            found.extend(self._parameter(variable, frame, depth))
        for definition in reaching(variable, at, frame.body):
            found.extend(self._definition(definition, frame, depth))
        return found or [Origin(UNKNOWN)]

    def _definition(self, definition: Definition, frame: Frame, depth: int) -> list[Origin]:
        if definition.form != "value" or definition.expression is None:
            return [Origin(UNKNOWN)]
        guards = guards_of(definition.node, frame.body)
        if not self._is_possible(guards, frame):
            return []
        return [o.under(guards) for o in self.evaluate(definition.expression, frame, depth + 1)]

    def _parameter(self, variable: Variable, frame: Frame, depth: int) -> list[Origin]:
        body = frame.body
        if variable.unit is not body.unit:
            return self._given_to_closure(variable.unit, variable.parameter or 0, frame, depth)
        if frame.arguments is not None and variable in frame.arguments:
            argument, outer = frame.arguments[variable]
            if argument is not None:
                return self.evaluate(argument, outer, depth + 1)
            default = getattr(variable.node, "default", None)
            return self.evaluate(default, frame, depth + 1) if default is not None else [Origin(UNKNOWN)]
        return self._callers(variable, frame, depth)

    def _given_to_closure(self, unit: Unit, position: int, frame: Frame, depth: int) -> list[Origin]:
        """What a function of the program passes to the closure that it is given."""
        handed = frame.body.parent(unit.node) if unit.node is not None else None
        call = frame.body.parent(handed) if isinstance(handed, Argument) else None
        if not isinstance(call, Call):
            return [Origin(UNKNOWN)]
        found: list[Origin] = []
        for symbol in self.resolver.callees.of(call, frame.body).functions:
            if symbol.body is None:
                continue
            inner = self.enter(symbol, call, frame)
            for number, parameter in enumerate(symbol.body.unit.parameters):
                if argument_for(symbol, call, number) is not unit.node:
                    continue
                for invoked, _ in symbol.body.calls:
                    if symbol.body.variable_called(invoked) is parameter and position < len(
                        invoked.arguments
                    ):
                        given = self.evaluate(invoked.arguments[position].value, inner, depth + 1)
                        found.extend(map(without_guards, given))
        return found or [Origin(UNKNOWN)]

    def _callers(self, variable: Variable, frame: Frame, depth: int) -> list[Origin]:
        """What the program's calls of this function pass for one of its parameters."""
        symbol = frame.body.symbol
        position = variable.parameter or 0
        key = ("parameter", id(symbol), position)
        if key in self.active:
            return []
        self.active.add(key)
        try:
            found: list[Origin] = []
            for call, caller in self.callers.of(symbol):
                argument = argument_for(symbol, call, position)
                if argument is None:
                    argument = getattr(variable.node, "default", None)
                if argument is None:
                    found.append(Origin(UNKNOWN))
                    continue
                passed = self.evaluate(argument, self.frame(caller), depth + 1)
                step = step_at(call, caller, f"passed to `{symbol.qualified_name}` here")
                for origin in map(without_guards, passed):
                    found.append(replace(origin.then(step), is_passed=True) if origin.kind else origin)
            default = getattr(variable.node, "default", None)
            if not found and default is not None:
                found = self.evaluate(default, frame, depth + 1)
            return found or [Origin(UNKNOWN)]
        finally:
            self.active.discard(key)

    def _receiver(self, frame: Frame, depth: int) -> list[Origin]:
        if frame.receiver is not None:
            receiver, outer = frame.receiver
            return self.evaluate(receiver, outer, depth + 1)
        symbol = frame.body.symbol
        owner = self.resolver.models.type_named(symbol.owner) if symbol.owner else None
        if owner is None:
            return [Origin(UNKNOWN)]
        found: list[Origin] = []
        for call, caller in self.callers.of(symbol):
            if call.receiver is not None:
                step = step_at(call, caller, f"`{symbol.qualified_name}` called on it here")
                passed = self.evaluate(call.receiver, self.frame(caller), depth + 1)
                for origin in map(without_guards, passed):
                    found.append(replace(origin.then(step), is_passed=True) if origin.kind else origin)
        return found or [Origin(UNKNOWN)]

    def _member(self, expression: Member, frame: Frame, depth: int) -> list[Origin]:
        body = frame.body
        for use in self.resolver.operations.at(expression, body):
            return self._result(use, frame, depth)
        if expression.base is None:
            return self._implicit_member(expression.name, depth)
        owner = self.resolver.types.named_by(expression.base, body) or self.resolver.types.of(
            expression.base, body
        )
        if not owner:
            return [Origin(UNKNOWN)]
        found = self.stored.just_written(expression, frame, depth)
        if found is None:
            found = self.stored.in_object(expression.base, frame, owner, expression.name, depth)
        if found is None:
            found = self.stored.in_field(owner, expression.name, depth)
        return found if found is not None else [Origin(UNKNOWN)]

    def _implicit_member(self, name: str, depth: int) -> list[Origin]:
        """``.name``: the static member of that name, where the program declares just one."""
        owners = {
            symbol.name
            for symbol in self.program.types.values()
            if any(declared.is_static for declared, _ in symbol.properties.get(name, ()))
        }
        found = self.stored.in_field(owners.pop(), name, depth) if len(owners) == 1 else None
        return found if found is not None else [Origin(UNKNOWN)]

    # Calls

    def _call(self, call: Call, frame: Frame, depth: int) -> list[Origin]:
        body = frame.body
        if isinstance(call.receiver, Closure) and not call.name:
            return self.returned(body.unit_of(call.receiver), frame, depth)
        for use in self.resolver.operations.at(call, body):
            if use.operation.returns is not None:
                return self._result(use, frame, depth)
        local = body.variable_called(call)
        if local is not None and local.local_function is not None:
            return self.returned(local.local_function, frame, depth)
        callees = self.resolver.callees.of(call, body)
        found: list[Origin] = []
        for symbol in callees.functions:
            if symbol.body is not None:
                inner = self.enter(symbol, call, frame)
                if symbol.function.kind == "init":
                    found.append(Origin(UNKNOWN, made=(symbol, inner)))
                    continue
                found.extend(map(without_guards, self.returned(symbol.body.unit, inner, depth)))
        if not callees.functions and not call.arguments:
            if call.receiver is not None and body.symbol.module.language == "objc":
                return self._read_by_message(call, frame, depth)
            return self._invoked_property(call, frame, depth)
        return found or [Origin(UNKNOWN)]

    def _invoked_property(self, call: Call, frame: Frame, depth: int) -> list[Origin]:
        """``make()``, where ``make`` is a property whose initial value is a closure."""
        body = frame.body
        owner = (
            self.stored.fields.owner_of(call.receiver, body)
            if call.receiver is not None
            else body.symbol.owner
        )
        found: list[Origin] = []
        for symbol in self.stored.fields.sources(owner, (call.name,)) if owner else []:
            if symbol.body is None:
                continue
            for returned in symbol.body.unit.returns:
                if isinstance(returned.value, Closure):
                    inner = symbol.body.unit_of(returned.value)
                    found.extend(self.returned(inner, self.frame(symbol.body), depth))
        return found or [Origin(UNKNOWN)]

    def _read_by_message(self, call: Call, frame: Frame, depth: int) -> list[Origin]:
        """``[self session]``: a property read, or a call that only passes its receiver on."""
        owner = self.stored.fields.owner_of(call.receiver, frame.body) if call.receiver is not None else ""
        if not owner or ":" in call.name or frame.body.symbol.module.language != "objc":
            return [Origin(UNKNOWN)]
        return self.stored.in_field(owner, call.name, depth) or [Origin(UNKNOWN)]

    def enter(self, symbol: FunctionSymbol, call: Call, frame: Frame) -> Frame:
        body = symbol.body
        assert body is not None
        arguments = {
            variable: (argument_for(symbol, call, position), frame)
            for position, variable in enumerate(body.unit.parameters)
        }
        receiver = (call.receiver, frame) if call.receiver is not None else None
        return Frame(body, arguments, receiver)

    def returned(self, unit: Unit, frame: Frame, depth: int) -> list[Origin]:
        values = [r.value for r in unit.returns if r.value is not None]
        if not values:
            return []
        return [o for o in self._join(((v, frame) for v in values), depth) if o.kind != NIL]

    def _result(self, use: Use, frame: Frame, depth: int) -> list[Origin]:
        """The kind of what an operation of the models returns."""
        returns = use.operation.returns
        if returns is None:
            return [Origin(UNKNOWN)]
        kind = returns.kind or UNKNOWN
        if kind == COMPOSED:
            return self._composed(self._parts_of(use, frame.body), frame, depth)
        source: Expression | None = None
        if kind == "receiver":
            source = use.receiver
        elif kind.startswith("argument:"):
            source = use.arguments.get(kind.removeprefix("argument:"))
        elif kind:
            noun = self.noun(returns.type) or "value"
            step = step_at(use.node, frame.body, f"{noun} made {kind} here", use.site)
            return [Origin(kind, (step,), frozenset(), use)]
        if source is None:
            return [Origin(UNKNOWN)]
        inherited = self.evaluate(source, frame, depth + 1)
        noun = self.noun(returns.type) or "value"
        step = step_at(use.node, frame.body, f"{noun} made from it here", use.site)
        widened = self.resolver.models.widened
        return [replace(o, kind=widened(o.kind), use=use).then(step) if o.kind else o for o in inherited]

    def noun(self, type_text: str) -> str:
        api = self.resolver.models.type_named(type_text)
        return api.noun if api is not None and api.noun else type_text
