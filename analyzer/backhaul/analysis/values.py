"""Where a value comes from, and of what kind it is.

The *kind* of a value is a word of the API models: a session made from a background configuration
is of the kind ``background``. It is found by asking backwards, on demand: a name for its
definitions, a field for all its assignments in the program, a call for what it returns, a parameter
for what callers pass. Each answer is an ``Origin``: a kind with the trail that led to it and the
conditions under which it holds. A value whose origin cannot be seen has the kind ``UNKNOWN``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from backhaul.analysis.bodies import Body, Definition, Unit, Variable
from backhaul.analysis.callees import argument_for
from backhaul.analysis.conditions import Guards, contradicts, guards_of, text_of
from backhaul.analysis.constants import Constants
from backhaul.analysis.fields import Fields
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import (
    NIL,
    UNKNOWN,
    Frame,
    Origin,
    known_constants,
    step_at,
    stored,
    without_guards,
)
from backhaul.analysis.program import FunctionSymbol, Program, field_names
from backhaul.analysis.reaching import reaching, results_of
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.types import unwrapped
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
    Node,
)
from backhaul.rules.models import COMPOSED

_MAX_DEPTH = 14
_MAX_ORIGINS = 24
_MAX_CALLERS = 24
_MAX_DELEGATION = 3
_MOST_STEPS = 5_000
"""Expressions looked at to answer one question; what would take more is unknown."""


class Values:
    """Answers for one program; keeps what it found out about fields and parameters."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.program: Program = resolver.program
        self.fields = Fields(resolver)
        self.constants = Constants(resolver.program)
        self._active: set[tuple[object, ...]] = set()
        self._fields: dict[tuple[str, str], list[Origin]] = {}
        self._frames: dict[int, Frame] = {}
        self._callers_of: dict[int, list[tuple[Call, Body]]] = {}
        self._steps = 0

    def frame(self, body: Body) -> Frame:
        """The frame of a body entered from anywhere."""
        frame = self._frames.get(id(body))
        if frame is None:
            frame = self._frames[id(body)] = Frame(body)
        return frame

    def origins(self, expression: Expression, body: Body) -> list[Origin]:
        """Where ``expression``, evaluated in ``body`` entered from anywhere, may come from."""
        return self._evaluate(expression, self.frame(body), 0)[:_MAX_ORIGINS]

    def origins_at(self, expression: Expression, body: Body, place: Node) -> list[Origin]:
        """``origins``, without those that cannot hold where ``place`` stands.

        A condition there may contradict the one under which the value came about, or ask the value
        itself (``session.configuration.identifier == nil``).
        """
        here = guards_of(place, body)
        possible = [o for o in self.origins(expression, body) if not contradicts(o.guards, here)]
        for kind, holds in self._told_kinds(expression, body, here):
            possible = [o for o in possible if (o.kind == kind) == holds]
        return possible

    def is_made_here(self, expression: Expression, body: Body, depth: int = 0) -> bool:
        """Whether ``expression`` is an object made by this run of ``body``, not one that was there before."""
        expression = unwrapped(expression)
        if depth > _MAX_DELEGATION:
            return False
        if isinstance(expression, Name):
            variable = body.variable(expression)
            if variable is None or variable.storage == "static" or not variable.definitions:
                return False
            values = [d.expression for d in variable.definitions if d.form == "value"]
            return all(v is not None and self.is_made_here(v, body, depth + 1) for v in values)
        if not isinstance(expression, Call):
            return False
        functions = self.resolver.callees.of(expression, body).functions
        if not functions or all(f.function.kind == "init" for f in functions):
            return self.resolver.types.is_initialiser(expression, body)
        return all(
            returned.value is not None and self.is_made_here(returned.value, f.body, depth + 1)
            for f in functions
            if f.body is not None
            for returned in f.body.unit.returns
        )

    def origins_by_call(self, expression: Expression, body: Body, place: Node) -> Iterator[list[Origin]]:
        """``origins_at``, for each call of the function in the program by itself.

        The object that a method is called on decides what its fields hold.
        """
        here = guards_of(place, body)
        for call, caller in self.calls_of(body.symbol):
            frame = self._enter(body.symbol, call, self.frame(caller))
            found = [o for o in self._evaluate(expression, frame, 0) if not contradicts(o.guards, here)]
            step = step_at(call, caller, f"`{body.symbol.qualified_name}` called on it here")
            yield [o.then(step) for o in found[:_MAX_ORIGINS]]

    def origins_by_object(self, expression: Expression, body: Body, place: Node) -> Iterator[list[Origin]]:
        """``origins_at``, for each object of the function's type that the program makes by itself."""
        here = guards_of(place, body)
        owner = self.program.find_type(body.symbol.owner)
        for initialiser in owner.all_functions() if owner is not None else ():
            if initialiser.function.kind != "init":
                continue
            for call, maker in self.calls_of(initialiser):
                if _is_on_self(call):
                    continue
                frame = Frame(body, {}, (call, self.frame(maker)))
                found = [o for o in self._evaluate(expression, frame, 0) if not contradicts(o.guards, here)]
                step = step_at(call, maker, f"object of `{body.symbol.owner}` made here")
                yield [o.then(step) for o in found[:_MAX_ORIGINS]]

    def _told_kinds(self, expression: Expression, body: Body, here: Guards) -> Iterator[tuple[str, bool]]:
        """Kinds of which the conditions ``here`` say whether the value is of them."""
        text = text_of(unwrapped(expression), body)
        text = "self" if text == "self.self" else text
        if text is None:
            return
        for condition in here:
            path = condition.subject or condition.text
            kind = self.resolver.nil_unless.get(path.rpartition(".")[2], "")
            if not kind or not path.startswith(f"{text}."):
                continue
            if not condition.subject:
                yield kind, condition.holds
            elif condition.constant == NIL:
                yield kind, not condition.holds
            elif condition.holds:
                yield kind, True

    # One expression

    def _evaluate(self, expression: Expression, frame: Frame, depth: int) -> list[Origin]:
        expression = unwrapped(expression)
        key = (id(expression), id(frame))
        self._steps = self._steps + 1 if depth else 0
        if depth > _MAX_DEPTH or self._steps > _MOST_STEPS:
            return [Origin(UNKNOWN)]
        if key in self._active:
            return []
        self._active.add(key)
        try:
            return self._dispatch(expression, frame, depth)
        finally:
            self._active.discard(key)

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
            left = [o for o in self._evaluate(expression.left, frame, depth + 1) if o.kind != NIL]
            return [*left, *self._evaluate(expression.right, frame, depth + 1)]
        if isinstance(expression, Assign):
            return self._evaluate(expression.value, frame, depth + 1)
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

    def _composed(self, parts: Sequence[Expression], frame: Frame, depth: int) -> list[Origin]:
        """The kind of a text made of ``parts``: one that spreads, else that of its beginning."""
        spreading = self.resolver.models.spreading
        first: list[Origin] = []
        for number, part in enumerate(parts):
            found = self._evaluate(part, frame, depth + 1)
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
            found.extend(o.under(guards) for o in self._evaluate(expression, frame, depth + 1))
            if len(found) > _MAX_ORIGINS:
                return [*found[:_MAX_ORIGINS], Origin(UNKNOWN)]
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
            found = None
            if frame.receiver is not None:
                found = self._field_of_instance(*frame.receiver, owner, expression.name, depth)
            if found is None:
                found = self._field(owner, expression.name, depth)
            if found is not None:
                return found
        found = self._global(expression.name, depth)
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
        return [o.under(guards) for o in self._evaluate(definition.expression, frame, depth + 1)]

    def _parameter(self, variable: Variable, frame: Frame, depth: int) -> list[Origin]:
        body = frame.body
        if variable.unit is not body.unit:
            return self._given_to_closure(variable.unit, variable.parameter or 0, frame, depth)
        if frame.arguments is not None and variable in frame.arguments:
            argument, outer = frame.arguments[variable]
            if argument is not None:
                return self._evaluate(argument, outer, depth + 1)
            default = getattr(variable.node, "default", None)
            return self._evaluate(default, frame, depth + 1) if default is not None else [Origin(UNKNOWN)]
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
            inner = self._enter(symbol, call, frame)
            for number, parameter in enumerate(symbol.body.unit.parameters):
                if argument_for(symbol, call, number) is not unit.node:
                    continue
                for invoked, _ in symbol.body.calls:
                    if symbol.body.variable_called(invoked) is parameter and position < len(
                        invoked.arguments
                    ):
                        given = self._evaluate(invoked.arguments[position].value, inner, depth + 1)
                        found.extend(map(without_guards, given))
        return found or [Origin(UNKNOWN)]

    def _callers(self, variable: Variable, frame: Frame, depth: int) -> list[Origin]:
        """What the program's calls of this function pass for one of its parameters."""
        symbol = frame.body.symbol
        position = variable.parameter or 0
        key = ("parameter", id(symbol), position)
        if key in self._active:
            return []
        self._active.add(key)
        try:
            found: list[Origin] = []
            for call, caller in self.calls_of(symbol):
                argument = argument_for(symbol, call, position)
                if argument is None:
                    argument = getattr(variable.node, "default", None)
                if argument is None:
                    found.append(Origin(UNKNOWN))
                    continue
                passed = self._evaluate(argument, self.frame(caller), depth + 1)
                step = step_at(call, caller, f"passed to `{symbol.qualified_name}` here")
                for origin in map(without_guards, passed):
                    found.append(replace(origin.then(step), is_passed=True) if origin.kind else origin)
            default = getattr(variable.node, "default", None)
            if not found and default is not None:
                found = self._evaluate(default, frame, depth + 1)
            return found or [Origin(UNKNOWN)]
        finally:
            self._active.discard(key)

    def calls_of(self, symbol: FunctionSymbol) -> list[tuple[Call, Body]]:
        """The calls of a function in the program, the first ``_MAX_CALLERS`` of them."""
        if id(symbol) not in self._callers_of:
            self._callers_of[id(symbol)] = self._find_calls_of(symbol)
        return self._callers_of[id(symbol)]

    def _find_calls_of(self, symbol: FunctionSymbol) -> list[tuple[Call, Body]]:
        names = {symbol.name, *symbol.callable_names}
        if symbol.function.kind == "init" and symbol.owner:
            names.add(symbol.owner.rpartition(".")[2])
        found: list[tuple[Call, Body]] = []
        for caller in self.program.mentioning_for(symbol.module, *names):
            body = caller.body
            if body is None or caller is symbol:
                continue
            for call, _ in body.calls:
                if call.name in names and symbol in self.resolver.callees.of(call, body).functions:
                    found.append((call, body))
                    if len(found) >= _MAX_CALLERS:
                        return found
        return found

    def _receiver(self, frame: Frame, depth: int) -> list[Origin]:
        if frame.receiver is not None:
            receiver, outer = frame.receiver
            return self._evaluate(receiver, outer, depth + 1)
        symbol = frame.body.symbol
        owner = self.resolver.models.type_named(symbol.owner) if symbol.owner else None
        if owner is None:
            return [Origin(UNKNOWN)]
        found: list[Origin] = []
        for call, caller in self.calls_of(symbol):
            if call.receiver is not None:
                step = step_at(call, caller, f"`{symbol.qualified_name}` called on it here")
                passed = self._evaluate(call.receiver, self.frame(caller), depth + 1)
                for origin in map(without_guards, passed):
                    found.append(replace(origin.then(step), is_passed=True) if origin.kind else origin)
        return found or [Origin(UNKNOWN)]

    # Fields and globals

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
        found = self._field_of_instance(expression.base, frame, owner, expression.name, depth)
        if found is None:
            found = self._field(owner, expression.name, depth)
        return found if found is not None else [Origin(UNKNOWN)]

    def _implicit_member(self, name: str, depth: int) -> list[Origin]:
        """``.name``: the static member of that name, where the program declares just one."""
        owners = {
            symbol.name
            for symbol in self.program.types.values()
            if any(declared.is_static for declared, _ in symbol.properties.get(name, ()))
        }
        found = self._field(owners.pop(), name, depth) if len(owners) == 1 else None
        return found if found is not None else [Origin(UNKNOWN)]

    def _field_of_instance(
        self, base: Expression, frame: Frame, owner: str, name: str, depth: int
    ) -> list[Origin] | None:
        """The values of a field of one object, where it can be seen how that object was made.

        Objects that come out of a collection or a cache are taken to be made as the others are.
        """
        if self.program.find_type(owner) is None:
            return None
        made = [o.made for o in self._evaluate(base, frame, depth + 1) if o.made is not None]
        if not made:
            return None
        names = field_names(name)
        found: list[Origin] = []
        for symbol, inner in made:
            found.extend(self._set_up(symbol, inner, owner, names, depth, 0))
        rest = self._field_values(owner, owner, names, depth, instance=(base, frame))
        return [*found, *rest] or None

    def _set_up(
        self, symbol: FunctionSymbol, frame: Frame, owner: str, names: tuple[str, ...], depth: int, level: int
    ) -> list[Origin]:
        """What one run of an initialiser, with those it delegates to, puts into a field."""
        body = frame.body
        found: list[Origin] = []
        for value, node in self.fields.writes_in(body, {owner, symbol.owner}, names):
            origins = map(without_guards, self._evaluate(value, frame, depth + 1))
            found.extend(stored(o, names[0], value, node, body) for o in origins if o.kind != NIL)
        if level < _MAX_DELEGATION:
            for call, _ in body.calls:
                for callee in self.resolver.callees.of(call, body).functions:
                    if callee.function.kind == "init" and callee.body is not None and _is_on_self(call):
                        inner = self._enter(callee, call, frame)
                        found.extend(self._set_up(callee, inner, owner, names, depth + 1, level + 1))
        return found

    def _field(self, owner: str, name: str, depth: int) -> list[Origin] | None:
        """The origins of all values of a field; None when ``owner`` has no such field or getter."""
        names = field_names(name)
        declared = next((d for n in names if (d := self.program.property(owner, n)) is not None), None)
        home = declared[0].owner if declared is not None else owner
        key = ("field", home, name.lstrip("_"))
        cached = self._fields.get(key[1:])
        if cached is not None:
            return cached
        if key in self._active:
            return []
        self._active.add(key)
        try:
            found = self._field_values(home, owner, names, depth)
        finally:
            self._active.discard(key)
        if declared is None and not found:
            return None
        found = found or [Origin(UNKNOWN)]
        if not self._active:
            self._fields[key[1:]] = found
        return found

    def _field_values(
        self,
        home: str,
        owner: str,
        names: tuple[str, ...],
        depth: int,
        *,
        instance: tuple[Expression, Frame] | None = None,
    ) -> list[Origin]:
        """What the program puts into a field; of one ``instance``, without what its initialisers do."""
        found: list[Origin] = []
        for symbol in self.fields.sources(owner, names):
            if symbol.body is not None:
                frame = self.frame(symbol.body) if instance is None else Frame(symbol.body, {}, instance)
                found.extend(self._returned(symbol.body.unit, frame, depth))
        for value, body, node in self.fields.writes(home, owner, names):
            if instance is not None and body.symbol.function.kind == "init":
                continue
            origins = map(without_guards, self._evaluate(value, self.frame(body), depth + 1))
            found.extend(stored(o, names[0], value, node, body) for o in origins if o.kind != NIL)
            if len(found) > _MAX_ORIGINS:
                break
        return found

    def _global(self, name: str, depth: int) -> list[Origin] | None:
        if name not in self.program.globals:
            return None
        key = ("global", name)
        if key in self._active:
            return []
        self._active.add(key)
        try:
            found: list[Origin] = []
            for symbol in self.program.functions_named.get(name, ()):
                if (
                    symbol.function.kind in ("value", "getter")
                    and not symbol.owner
                    and symbol.body is not None
                ):
                    found.extend(self._returned(symbol.body.unit, self.frame(symbol.body), depth))
            for symbol in self.program.mentioning(name):
                if symbol.module.path in self.program.tests:
                    continue
                body = symbol.body
                if body is None:
                    continue
                for assign, _ in body.assigns:
                    target = assign.target
                    if isinstance(target, Name) and target.name == name and body.variable(target) is None:
                        values = map(
                            without_guards, self._evaluate(assign.value, self.frame(body), depth + 1)
                        )
                        step = step_at(target, body, f"stored in `{name}` here")
                        found.extend(o.then(step) if o.kind else o for o in values if o.kind != NIL)
            return found or [Origin(UNKNOWN)]
        finally:
            self._active.discard(key)

    # Calls

    def _call(self, call: Call, frame: Frame, depth: int) -> list[Origin]:
        body = frame.body
        if isinstance(call.receiver, Closure) and not call.name:
            return self._returned(body.unit_of(call.receiver), frame, depth)
        for use in self.resolver.operations.at(call, body):
            if use.operation.returns is not None:
                return self._result(use, frame, depth)
        local = body.variable_called(call)
        if local is not None and local.local_function is not None:
            return self._returned(local.local_function, frame, depth)
        callees = self.resolver.callees.of(call, body)
        found: list[Origin] = []
        for symbol in callees.functions:
            if symbol.body is not None:
                inner = self._enter(symbol, call, frame)
                if symbol.function.kind == "init":
                    found.append(Origin(UNKNOWN, made=(symbol, inner)))
                    continue
                found.extend(map(without_guards, self._returned(symbol.body.unit, inner, depth)))
        if not callees.functions and not call.arguments:
            if call.receiver is not None and body.symbol.module.language == "objc":
                return self._read_by_message(call, frame, depth)
            return self._invoked_property(call, frame, depth)
        return found or [Origin(UNKNOWN)]

    def _invoked_property(self, call: Call, frame: Frame, depth: int) -> list[Origin]:
        """``make()``, where ``make`` is a property whose initial value is a closure."""
        body = frame.body
        owner = self.fields.owner_of(call.receiver, body) if call.receiver is not None else body.symbol.owner
        found: list[Origin] = []
        for symbol in self.fields.sources(owner, (call.name,)) if owner else []:
            if symbol.body is None:
                continue
            for returned in symbol.body.unit.returns:
                if isinstance(returned.value, Closure):
                    inner = symbol.body.unit_of(returned.value)
                    found.extend(self._returned(inner, self.frame(symbol.body), depth))
        return found or [Origin(UNKNOWN)]

    def _read_by_message(self, call: Call, frame: Frame, depth: int) -> list[Origin]:
        """``[self session]``: a property read, or a call that only passes its receiver on."""
        owner = self.fields.owner_of(call.receiver, frame.body) if call.receiver is not None else ""
        if not owner or ":" in call.name or frame.body.symbol.module.language != "objc":
            return [Origin(UNKNOWN)]
        return self._field(owner, call.name, depth) or [Origin(UNKNOWN)]

    def _enter(self, symbol: FunctionSymbol, call: Call, frame: Frame) -> Frame:
        body = symbol.body
        assert body is not None
        arguments = {
            variable: (argument_for(symbol, call, position), frame)
            for position, variable in enumerate(body.unit.parameters)
        }
        receiver = (call.receiver, frame) if call.receiver is not None else None
        return Frame(body, arguments, receiver)

    def _returned(self, unit: Unit, frame: Frame, depth: int) -> list[Origin]:
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
            return self._composed(use.operands, frame, depth)
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
        inherited = self._evaluate(source, frame, depth + 1)
        noun = self.noun(returns.type) or "value"
        step = step_at(use.node, frame.body, f"{noun} made from it here", use.site)
        widened = self.resolver.models.widened
        return [replace(o, kind=widened(o.kind), use=use).then(step) if o.kind else o for o in inherited]

    def noun(self, type_text: str) -> str:
        api = self.resolver.models.type_named(type_text)
        return api.noun if api is not None and api.noun else type_text


def _is_on_self(call: Call) -> bool:
    return isinstance(call.receiver, Name) and call.receiver.name in ("self", "super")
