"""Texts that are the same in every run of a program, as far as they are written in it."""

from __future__ import annotations

from collections.abc import Iterable

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import Origin
from backhaul.analysis.program import field_names
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import nodes_of
from backhaul.matchers.context import Context
from backhaul.model.code import Binary, Call, Expression, Interpolation, Literal, Member, Name
from backhaul.rules.models import COMPOSED

Texts = frozenset[str]
"""The texts that a value may be, in a form in which two can be compared; empty: not known to be constant."""

_UNKNOWN: Texts = frozenset()
_MAX_DEPTH = 8
_MOST_TEXTS = 4
_CONSTANT = "constant-text"
_OF_ARGUMENT = "argument:"


class Identities:
    def __init__(self, context: Context) -> None:
        self.context = context

    def of(self, expression: Expression | None, body: Body, depth: int = 0) -> Texts:
        """What the text ``expression`` may be. A name that the tree does not define stands for itself."""
        if expression is None or depth > _MAX_DEPTH:
            return _UNKNOWN
        expression = unwrapped(expression)
        if isinstance(expression, Literal):
            return frozenset((f'"{expression.text}"',)) if expression.kind == "string" else _UNKNOWN
        if isinstance(expression, Interpolation):
            return self._joined(expression.parts, body, depth)
        if isinstance(expression, Binary):
            return self._joined((expression.left, expression.right), body, depth, expression.operator)
        for use in self.context.resolver.operations.at(expression, body):
            if use.operation.is_named(_CONSTANT):
                return frozenset((use.operation.id,))
            kind = use.operation.returns.kind if use.operation.returns is not None else ""
            if kind == COMPOSED:
                return self._joined(use.operands, body, depth)
            if kind.startswith(_OF_ARGUMENT):
                return self.of(use.arguments.get(kind.removeprefix(_OF_ARGUMENT)), body, depth + 1)
        if isinstance(expression, Name):
            return self._of_name(expression, body, depth)
        if isinstance(expression, Member):
            return self._of_member(expression, body, depth)
        return self._of_call(expression, body, depth) if isinstance(expression, Call) else _UNKNOWN

    def _joined(self, parts: Iterable[Expression], body: Body, depth: int, operator: str = "+") -> Texts:
        found = [self.of(part, body, depth + 1) for part in parts]
        if operator not in ("+", "??") or not all(len(texts) == 1 for texts in found):
            return _UNKNOWN
        return frozenset((operator.join(next(iter(texts)) for texts in found),))

    def _of_name(self, name: Name, body: Body, depth: int) -> Texts:
        variable = body.variable(name)
        if variable is None:
            owner = body.symbol.owner
            if owner and self._declared(owner, name.name):
                return self._of_field(owner, name.name, depth)
            return self._of_global(name.name, body, depth)
        if variable.parameter is not None and variable.unit is body.unit:
            return self._of_parameter(variable.parameter, body, depth)
        values = [d.expression for d in variable.definitions if d.form == "value"]
        if len(values) != 1 or len(variable.definitions) != 1:
            return _UNKNOWN
        return self.of(values[0], body, depth + 1)

    def _of_parameter(self, position: int, body: Body, depth: int) -> Texts:
        default = getattr(body.symbol.function.parameters[position], "default", None)
        found: set[str] = set()
        for call, caller in self.context.values.calls_of(body.symbol):
            if caller.symbol.module.path in self.context.program.tests:
                continue
            given = argument_for(body.symbol, call, position)
            texts = (
                self.of(given, caller, depth + 1) if given is not None else self.of(default, body, depth + 1)
            )
            if not texts:
                return _UNKNOWN
            found |= texts
        return frozenset(found) if len(found) <= _MOST_TEXTS else _UNKNOWN

    def _declared(self, owner: str, name: str) -> bool:
        return any(self.context.program.property(owner, spelled) is not None for spelled in field_names(name))

    def _of_field(self, owner: str, name: str, depth: int) -> Texts:
        fields = self.context.values.fields
        names = field_names(name)
        if any(True for _ in fields.writes(owner, owner, names)):
            return _UNKNOWN
        found = [
            self.of(returned.value, symbol.body, depth + 1)
            for symbol in fields.sources(owner, names)
            if symbol.body is not None
            for returned in symbol.body.unit.returns
        ]
        return found[0] if len(found) == 1 else _UNKNOWN

    def _of_global(self, name: str, body: Body, depth: int) -> Texts:
        program = self.context.program
        values = [
            s for s in program.functions_named.get(name, ()) if s.function.kind == "value" and not s.owner
        ]
        if len(values) == 1 and values[0].body is not None:
            texts = [self.of(r.value, values[0].body, depth + 1) for r in values[0].body.unit.returns]
            return texts[0] if len(texts) == 1 else _UNKNOWN
        is_macro = body.symbol.module.language == "objc" and name not in program.globals
        return frozenset((name,)) if is_macro and name not in ("self", "super") else _UNKNOWN

    def _of_member(self, member: Member, body: Body, depth: int) -> Texts:
        if member.base is None:
            return _UNKNOWN
        owner = self.context.resolver.types.named_by(member.base, body)
        program = self.context.program
        if owner:
            symbol = program.find_type(owner)
            if symbol is None or (not self._declared(owner, member.name) and not symbol.is_declared_here):
                return frozenset((f"{owner}.{member.name}",))
            if any(member.name in declaration.members for declaration, _ in symbol.declarations):
                return frozenset((f"{owner}.{member.name}",))
            return self._of_field(owner, member.name, depth)
        if isinstance(member.base, Name) and member.base.name == "self":
            return self._of_field(body.symbol.owner, member.name, depth)
        inner = self.of(member.base, body, depth + 1) if isinstance(member.base, Member) else _UNKNOWN
        is_case = isinstance(member.base, Member) and member.base.base is not None
        return frozenset(f"{text}.{member.name}" for text in inner) if is_case else _UNKNOWN

    def _of_call(self, call: Call, body: Body, depth: int) -> Texts:
        """A function without arguments that gives a constant."""
        functions = self.context.resolver.callees.of(call, body).functions
        if call.arguments or len(functions) != 1 or functions[0].body is None:
            return _UNKNOWN
        texts = [self.of(r.value, functions[0].body, depth + 1) for r in functions[0].body.unit.returns]
        return texts[0] if len(texts) == 1 else _UNKNOWN


class Sources:
    """The uses of one operation that gives values their identity, found by the first step of a trail."""

    def __init__(self, operation: str, role: str, context: Context) -> None:
        self.context = context
        self.role = role
        self.identities = Identities(context)
        self._uses = {
            (body.symbol.module.path, *use.site): (use, body) for use, body, _ in context.uses(operation)
        }

    def of(self, origin: Origin) -> tuple[Use, Body] | None:
        """The use that a value with this origin began with."""
        first = origin.trail[0] if origin.trail else None
        return self._uses.get((first.path, first.start, first.end)) if first is not None else None

    def identity(self, origin: Origin) -> Texts:
        """The identity that such a value has; empty: not known."""
        source = self.of(origin)
        return self.identities.of(source[0].arguments.get(self.role), source[1]) if source else _UNKNOWN

    def is_of_kind(self, origin: Origin, kind: str) -> bool:
        """Whether the identity may be a text of ``kind``."""
        source = self.of(origin)
        given = source[0].arguments.get(self.role) if source is not None else None
        if source is None or given is None:
            return False
        return any(o.kind == kind for o in self.context.values.origins(given, source[1]))

    def is_given(self, origin: Origin) -> bool:
        """Whether the identity is made of what the function that begins the value is given."""
        source = self.of(origin)
        given = source[0].arguments.get(self.role) if source is not None else None
        if source is None or given is None:
            return False
        variables = [source[1].variable(name) for name in nodes_of(given, Name)]
        return any(variable is not None and variable.parameter is not None for variable in variables)
