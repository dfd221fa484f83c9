"""A value is put into a dictionary, under a key, or under a name that an operation takes together with it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import type_name
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.findings.finding import Confidence, Finding, Severity
from backhaul.matchers.circumstances import built_only_for, is_asked, performs_one_of
from backhaul.matchers.context import Context, Reporter, is_nil, is_true, judged
from backhaul.matchers.parameters import KeyedValueParameters, ValueTest
from backhaul.model.code import (
    Assign,
    Call,
    Cast,
    Collection,
    Expression,
    Index,
    Literal,
    Member,
    Name,
    Node,
)

_FALSE = ("false", "NO", "FALSE", "0")
_MAX_DEPTH = 3


class _Pair(Struct, frozen=True):
    """``value`` under ``key``; ``node`` puts it there."""

    key: Expression
    value: Expression | None
    node: Node
    body: Body


def find(reporter: Reporter, parameters: KeyedValueParameters, context: Context) -> Iterator[Finding]:
    asked = _Asked(parameters, context)
    seen: set[int] = set()
    for pair in asked.pairs():
        if id(pair.key) in seen:
            continue
        seen.add(id(pair.key))
        if context.is_dead(pair.node, pair.body):
            continue
        confidence = asked.confidence_in(pair)
        if confidence is None or asked.is_excused(pair):
            continue
        severity: Severity | None = None
        if built_only_for(parameters.doubtful_in_build, pair.node, pair.body):
            severity, confidence = "note", "low"
        elif parameters.measured and asked.is_measured(pair.value, pair.body, 0):
            severity = "note"
        elif is_asked(parameters.note_asked, pair.node, pair.body, either_way=True):
            severity, confidence = "note", "medium"
        yield reporter.finding(
            (pair.key.start, pair.key.end),
            pair.body,
            confidence=confidence,
            severity=severity,
            trail=[step_at(pair.key, pair.body, "put under this key here")],
            key=_written(pair.key),
        )


class _Asked:
    def __init__(self, parameters: KeyedValueParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context

    def pairs(self) -> Iterator[_Pair]:
        parameters = self.parameters
        for operation in parameters.named:
            for use, body, _ in self.context.uses(operation):
                name, value = use.arguments.get("name", use.key), use.arguments.get("value")
                takes_away = value is not None and is_nil(value)
                if name is not None and not takes_away:
                    yield _Pair(name, value, use.node, body)
        for operation in parameters.into:
            for use, body, _ in self.context.uses(operation):
                for given in (use.arguments.get(role) for role in ("value", "headers")):
                    if given is not None and use.key is None:
                        yield from self._held(given, body, 0)
        if not parameters.into and not parameters.named:
            yield from self._anywhere()

    def _held(self, dictionary: Expression, body: Body, depth: int) -> Iterator[_Pair]:
        """What is put into a dictionary before it is given away: at once, and one element at a time."""
        inner = unwrapped(dictionary)
        if isinstance(inner, Collection) and inner.kind == "dictionary":
            yield from _of_literal(inner, body)
        if isinstance(inner, Call) and depth < 2:
            yield from self._of_call(inner, body)
            for argument in inner.arguments:
                yield from self._held(argument.value, body, depth + 1)
        if not isinstance(inner, Name) or depth > 1:
            return
        variable = body.variable(inner)
        if variable is not None:
            for definition in variable.definitions:
                if definition.expression is not None and definition.form == "value":
                    yield from self._held(definition.expression, body, depth + 1)
            for pair in self._stored(body):
                holder = _holder(pair.node)
                if isinstance(holder, Name) and body.variable(holder) is variable:
                    yield pair
            return
        owner = body.symbol.owner
        for symbol in self.context.values.fields.sources(owner, (inner.name,)) if owner else ():
            for returned in symbol.body.unit.returns if symbol.body is not None else ():
                if returned.value is not None and symbol.body is not None:
                    yield from self._held(returned.value, symbol.body, depth + 1)

    def _anywhere(self) -> Iterator[_Pair]:
        """In the functions that name a key of the kind."""
        kind = self.parameters.key
        names = {
            s.name
            for s in self.context.models.all_spellings()
            if s.operation.returns is not None and s.operation.returns.kind == kind
        }
        for symbol in self.context.program.mentioning(*sorted(names)):
            body = symbol.body
            if body is None:
                continue
            yield from self._stored(body)
            for literal in nodes_of(body.unit.block, Collection):
                if literal.kind == "dictionary":
                    yield from _of_literal(literal, body)

    def _stored(self, body: Body) -> Iterator[_Pair]:
        for assign, _ in body.assigns:
            if isinstance(assign.target, Index) and len(assign.target.arguments) == 1:
                yield _Pair(assign.target.arguments[0], assign.value, assign, body)
        for call, _ in body.calls:
            for use in self.context.resolver.operations.at(call, body):
                key = use.arguments.get("key")
                if use.operation.is_named(self.parameters.store) and key is not None:
                    yield _Pair(key, use.arguments.get("value"), call, body)
            yield from self._of_call(call, body)

    def _of_call(self, call: Call, body: Body) -> Iterator[_Pair]:
        """What a dictionary is made of by a call that takes values and their keys."""
        operations = self.context.resolver.operations.at(call, body)
        if any(use.operation.is_named(self.parameters.pairs) for use in operations):
            given = [argument.value for argument in call.arguments]
            for value, key in zip(given[::2], given[1::2], strict=False):
                yield _Pair(key, value, call, body)

    def confidence_in(self, pair: _Pair) -> Confidence | None:
        """How sure it is that key and value are as asked; None: they are not."""
        found = judged(pair.key, pair.body, pair.node, self.parameters.key, self.context, surely=True)
        if found is None:
            return None
        wanted = self.parameters.value
        if wanted is None:
            return found[0]
        if pair.value is None:
            return None
        value = self._unboxed(pair.value, pair.body)
        if isinstance(wanted, ValueTest):
            if isinstance(value, Literal) and value.text in self.parameters.numbers:
                return found[0]
            verdict = judged(value, pair.body, pair.node, wanted.kind, self.context, surely=wanted.surely)
            return verdict[0] if verdict is not None else None
        uses = self.context.resolver.operations.at(value, pair.body)
        if any(use.operation.is_named(f"means-{wanted}") for use in uses):
            return found[0]
        is_false = isinstance(value, Literal) and value.text in _FALSE
        return found[0] if (is_true(value) if wanted == "true" else is_false) else None

    def _unboxed(self, value: Expression, body: Body) -> Expression:
        inner = unwrapped(value)
        for use in self.context.resolver.operations.at(inner, body):
            if use.operation.is_named(self.parameters.boxes) and "value" in use.arguments:
                return unwrapped(use.arguments["value"])
        return inner

    def is_measured(self, value: Expression | None, body: Body, depth: int) -> bool:
        """Whether ``value`` is made from a measure, here or by a caller that passes it."""
        if value is None or depth > _MAX_DEPTH:
            return False
        for node in descendants(value):
            if isinstance(node, (Member, Call)) and node.name in self.parameters.measured:
                return True
            variable = body.variable(node) if isinstance(node, Name) else None
            if variable is None:
                continue
            if any(self.is_measured(d.expression, body, depth + 1) for d in variable.definitions):
                return True
            if variable.parameter is not None and variable.unit is body.unit:
                calls = self.context.values.calls_of(body.symbol)
                given = [(argument_for(body.symbol, c, variable.parameter), w) for c, w in calls]
                if any(self.is_measured(a, where, depth + 1) for a, where in given):
                    return True
        return False

    def is_excused(self, pair: _Pair) -> bool:
        parameters, body = self.parameters, pair.body
        if is_asked(parameters.unless_asked, pair.node, body):
            return True
        harmless = parameters.unless_value
        if (
            harmless
            and pair.value is not None
            and judged(pair.value, body, pair.node, harmless, self.context)
        ):
            return True
        if any(where is body for name in parameters.unless_beside for _, where, _ in self.context.uses(name)):
            despite = parameters.despite_beside
            if not any(where is body for name in despite for _, where, _ in self.context.uses(name)):
                return True
        if any(
            performs_one_of(name, parameters.unless_in_type, self.context)
            for name in (body.symbol.owner, *self._held_by(body.symbol.owner))
        ):
            return True
        return bool(parameters.unless_type_names) and self._type_names(body)

    def _held_by(self, owner: str) -> list[str]:
        """The types of the fields of ``owner``: it may leave to such an object what it does not do itself."""
        symbol = self.context.program.find_type(owner) if owner and self.parameters.unless_in_type else None
        fields = symbol.properties.values() if symbol is not None else ()
        return [type_name(declared.type) for found in fields for declared, _ in found]

    def _type_names(self, body: Body) -> bool:
        """Whether the type of ``body`` also puts something under a key of the kind ``unless_type_names``."""
        owners = self.context.once(
            ("keyed-value owners", self.parameters.named, self.parameters.unless_type_names),
            lambda: {
                (where.symbol.owner, where.symbol.module.path)
                for operation in self.parameters.named
                for use, where, _ in self.context.uses(operation)
                for name in (use.arguments.get("name", use.key),)
                if name is not None
                and judged(name, where, use.node, self.parameters.unless_type_names, self.context) is not None
            },
        )
        return any(
            owner == body.symbol.owner if owner else path == body.symbol.module.path for owner, path in owners
        )


def _of_literal(literal: Collection, body: Body) -> Iterator[_Pair]:
    for key, value in zip(literal.items[::2], literal.items[1::2], strict=False):
        yield _Pair(key, value, literal, body)


def _holder(node: Node) -> Expression | None:
    """The dictionary that an element is put into."""
    if isinstance(node, Assign) and isinstance(node.target, Index):
        return unwrapped(node.target.base)
    return unwrapped(node.receiver) if isinstance(node, Call) and node.receiver is not None else None


def _written(key: Expression) -> str:
    while isinstance(key, Cast):
        key = key.value
    if isinstance(key, Literal):
        return key.text
    return key.name if isinstance(key, (Name, Member, Call)) else "it"
