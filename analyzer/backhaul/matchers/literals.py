"""A value that has a constant for "none" is compared with, or set to, a literal instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.program import field_names, type_name
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter, source_text
from backhaul.matchers.parameters import LiteralParameters
from backhaul.model.code import (
    Assign,
    Binary,
    Call,
    Conditional,
    Expression,
    If,
    Literal,
    Local,
    Loop,
    Node,
    Unary,
)

_COMPARISONS = frozenset(("==", "!=", "===", "!==", "<", ">", "<=", ">="))
_LOGIC = frozenset(("&&", "||"))
_ZERO = re.compile(r"0(?:[xXbBoO]?[0_]*)[uUlL]*")


def find(reporter: Reporter, parameters: LiteralParameters, context: Context) -> Iterator[Finding]:
    asked = _Asked(parameters, context)
    for body in asked.bodies():
        seen: set[tuple[int, int]] = set()
        for node in descendants(body.unit.block):
            for misuse in asked.misused(node, body):
                site = (misuse.value.start, misuse.value.end)
                if site in seen:
                    continue
                seen.add(site)
                yield reporter.finding(site, body, subject=f"`{misuse.subject}`", change=misuse.verb)


class _Misuse(Struct, eq=False):
    """``value`` is reported; a message calls it ``subject``, and says ``verb`` of it."""

    value: Expression
    subject: str
    verb: str


class _Asked:
    def __init__(self, parameters: LiteralParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.types = context.resolver.types

    def bodies(self) -> Iterator[Body]:
        """The functions in which a value of the type can appear: by a field, a parameter, an operation."""
        program, wanted = self.context.program, self.parameters.type
        api = self.context.models.type_named(wanted)
        names = {wanted, *(api.also if api is not None else ())}
        for spelling in self.context.models.all_spellings():
            returns = spelling.operation.returns
            if returns is not None and returns.type == wanted:
                names.update(self.context.models.mentions_of(spelling))
        names.update(spelled for name in self._fields(names) for spelled in field_names(name))
        symbols = {id(symbol): symbol for symbol in program.mentioning(*sorted(names))}
        for symbol in program.functions:
            given = (parameter.type for parameter in symbol.function.parameters)
            if id(symbol) in symbols or any(map(self._is_written, given)):
                body = symbol.body
                if body is not None:
                    yield body

    def _is_written(self, written: str) -> bool:
        return bool(written) and self.types.canonical(type_name(written)) == self.parameters.type

    def _is_field(self, owner: str, name: str) -> bool:
        return self.types.of_property(owner, name, 0) == self.parameters.type

    def _fields(self, names: Set[str]) -> Iterator[str]:
        """The fields that are declared with the type, or get a value of it where one of ``names`` stands."""
        program = self.context.program
        valued = {(symbol.owner, symbol.name) for symbol in program.mentioning(*sorted(names))}
        for owner in program.types.values():
            for name, declared in owner.properties.items():
                written = declared[0][0].type
                if self._is_written(written):
                    yield name
                elif not written and (owner.name, name) in valued and self._is_field(owner.name, name):
                    yield name

    def misused(self, node: Node, body: Body) -> Iterator[_Misuse]:
        """The values of the type that ``node`` treats as a plain number, with what it does to them."""
        is_c = body.symbol.module.language == "objc"
        if isinstance(node, Binary) and node.operator in _COMPARISONS:
            for value, other in ((node.left, node.right), (node.right, node.left)):
                if _is_literal(other, is_c=is_c) and self._is_of_type(value, body):
                    yield self._misuse(value, f"compared with `{_text(other)}`", body)
        elif isinstance(node, Assign) and node.operator == "=" and _is_none(node.value, is_c=is_c):
            if self._is_of_type(node.target, body):
                yield self._misuse(node.target, f"set to `{_text(node.value)}`", body)
        elif isinstance(node, Local) and node.value is not None and _is_none(node.value, is_c=is_c):
            if self.types.canonical(type_name(node.type)) == self.parameters.type:
                yield _Misuse(node.value, node.name, f"set to `{_text(node.value)}`")
        elif isinstance(node, Call) and not is_c:
            yield from self._made_from_literal(node, body)
        elif is_c:
            for value in _tested(node):
                if self._is_of_type(value, body):
                    yield self._misuse(value, "taken for a truth value", body)

    def _misuse(self, value: Expression, verb: str, body: Body) -> _Misuse:
        text = source_text(value, body.symbol.module.language)
        return _Misuse(value, text or self.parameters.type, verb)

    def _made_from_literal(self, call: Call, body: Body) -> Iterator[_Misuse]:
        """A value made to stand for "none", or to be compared with."""
        is_made = call.receiver is None and self.types.canonical(call.name) == self.parameters.type
        if not is_made or len(call.arguments) != 1 or body.variable_called(call) is not None:
            return
        value, outer = call.arguments[0].value, body.parent(call)
        is_compared = isinstance(outer, Binary) and outer.operator in _COMPARISONS
        if _is_none(value, is_c=False) or (is_compared and _is_literal(value, is_c=False)):
            yield _Misuse(value, f"{call.name}(…)", f"made from `{_text(value)}`")

    def _is_of_type(self, value: Expression, body: Body) -> bool:
        """Whether ``value`` is a number of the type; in Swift, the number inside such a value.

        Swift compares a value of a type of its own with no number: the type is another one there.
        """
        value = unwrapped(value)
        is_number = body.symbol.module.language == "objc"
        for use in self.context.resolver.operations.at(value, body):
            if use.operation.is_named(self.parameters.content) and use.receiver is not None:
                value, is_number = unwrapped(use.receiver), True
        return is_number and self.types.of(value, body) == self.parameters.type


def _tested(node: Node) -> list[Expression]:
    """What ``node`` takes for a truth value, as C does with any number."""
    if isinstance(node, Unary) and node.operator == "!":
        return [node.operand]
    if isinstance(node, Binary) and node.operator in _LOGIC:
        return [node.left, node.right]
    if isinstance(node, Conditional):
        return [node.condition]
    if isinstance(node, (If, Loop)):
        return node.conditions
    return []


def _is_literal(expression: Expression, *, is_c: bool) -> bool:
    """A number; in C also nil. (Swift's nil is another case of an optional, not a number.)"""
    if isinstance(expression, Unary) and expression.operator == "-":
        expression = expression.operand
    kinds = ("int", "nil") if is_c else ("int",)
    return isinstance(expression, Literal) and expression.kind in kinds


def _is_none(expression: Expression, *, is_c: bool) -> bool:
    """A literal that can stand for "none": zero, a negative number, nil. A stub's 42 is a value."""
    if not _is_literal(expression, is_c=is_c):
        return False
    text = _text(expression)
    return not text[:1].isdigit() or _ZERO.fullmatch(text) is not None


def _text(expression: Expression) -> str:
    if isinstance(expression, Unary):
        return f"-{_text(expression.operand)}"
    return expression.text if isinstance(expression, Literal) else ""
