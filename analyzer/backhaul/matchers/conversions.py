"""A value that may be too large for the type it is converted to."""

from __future__ import annotations

from collections.abc import Iterator, Set

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import Condition, guards_of, text_of
from backhaul.analysis.origins import Origin, step_at
from backhaul.analysis.program import FunctionSymbol, type_name
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter, judged
from backhaul.matchers.parameters import ConversionParameters
from backhaul.model.code import Argument, Assign, Call, Cast, Closure, Expression, Local, Member, Name, Node

_CALLERS_DEEP = 2


def find(reporter: Reporter, parameters: ConversionParameters, context: Context) -> Iterator[Finding]:
    asked = _Asked(parameters, context)
    for body in asked.bodies():
        for node in descendants(body.unit.block):
            value = asked.converted(node, body)
            if value is None or asked.types.of(value, body) == parameters.to:
                continue
            verdict = judged(value, body, node, parameters.kind, context, surely=True)
            if verdict is None or asked.is_excused(value, verdict[1], node, body):
                continue
            confidence, origin = verdict
            yield reporter.finding(
                (value.start, value.end),
                body,
                confidence=confidence,
                trail=[*origin.trail, step_at(node, body, "converted here")],
                call=asked.name,
            )


class _Asked:
    def __init__(self, parameters: ConversionParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.types = context.resolver.types
        self._makers = [
            spelling
            for spelling in context.models.all_spellings()
            if spelling.operation.returns is not None and spelling.operation.returns.kind == parameters.kind
        ]
        self.name = min((spelling.name for spelling in self._makers), default="")
        """What a message calls a value of the kind: an operation that gives one."""

    def bodies(self) -> Iterator[Body]:
        """The functions that get such a value from an operation, or from a function that does."""
        mentions = {mention for maker in self._makers for mention in self.context.models.mentions_of(maker)}
        found: dict[int, FunctionSymbol] = {}
        for _ in range(_CALLERS_DEEP + 1):
            fresh = [s for s in self.context.program.mentioning(*sorted(mentions)) if id(s) not in found]
            found.update((id(symbol), symbol) for symbol in fresh)
            mentions = {mention for symbol in fresh for mention in _mentions_of(symbol)}
            if not mentions:
                break
        for symbol in found.values():
            body = symbol.body
            if body is not None and symbol.module.language == self.parameters.language:
                yield body

    def converted(self, node: Node, body: Body) -> Expression | None:
        """What ``node`` converts to the type; None when it is no such conversion."""
        if isinstance(node, Cast) and node.form == "c":
            return node.value if self._is_wanted(node.type) else None
        if self.parameters.language == "swift":
            return self._made_from(node, body)
        value = None
        if isinstance(node, Local) and self._is_wanted(node.type):
            value = node.value
        elif isinstance(node, Assign) and self.types.of(node.target, body) == self.parameters.to:
            value = node.value if node.operator == "=" else None
        is_cast = value is not None and any(self._is_wanted(cast.type) for cast in nodes_of(value, Cast))
        return None if is_cast else value

    def _made_from(self, node: Node, body: Body) -> Expression | None:
        if not isinstance(node, Call) or node.receiver is not None or len(node.arguments) != 1:
            return None
        given = node.arguments[0]
        if given.label not in (None, "_") or body.variable_called(node) is not None:
            return None
        return given.value if self._is_wanted(node.name) else None

    def _is_wanted(self, written: str) -> bool:
        return self.types.canonical(type_name(written)) == self.parameters.to

    def is_excused(self, value: Expression, origin: Origin, node: Node, body: Body) -> bool:
        """Whether the program has made sure that the value is small, or knows when it is."""
        values = {text for part in _parts(value) if (text := text_of(part, body)) is not None}
        guards = (*guards_of(node, body, through_closures=True), *origin.guards)
        if any(_bounds(condition, text) for condition in guards for text in values):
            return True
        for condition in guards:
            rest = condition.text
            for text in values:
                rest = rest.replace(text, "")
            if any(word in rest.lower() for word in self.parameters.unless_asked):
                return True
        return self._is_within(node, body)

    def _is_within(self, node: Node, body: Body) -> bool:
        """Whether ``node`` stands in a closure that one of the excusing operations is given."""
        for outer in body.ancestors(node):
            parent = body.parent(outer) if isinstance(outer, Closure) else None
            call = body.parent(parent) if isinstance(parent, Argument) else None
            uses = self.context.resolver.operations.at(call, body) if call is not None else []
            if any(u.operation.is_named(name) for u in uses for name in self.parameters.unless_within):
                return True
        return False


def _mentions_of(symbol: FunctionSymbol) -> Set[str]:
    """How the value that a function gives is got at."""
    is_read = symbol.function.kind in ("value", "getter") or symbol.module.language == "objc"
    return symbol.callable_names | symbol.call_mentions if is_read else symbol.call_mentions


def _parts(value: Expression) -> Iterator[Expression]:
    """The value and what it is computed from."""
    for node in descendants(unwrapped(value), into_closures=False):
        if isinstance(node, (Name, Member, Call)):
            yield node


def _bounds(condition: Condition, value: str) -> bool:
    """Whether a condition on the value ``value`` keeps it from being too large."""
    if condition.subject:
        return value in (condition.subject, condition.constant)
    for operator, holds in (("<", True), ("<=", True), (">", False), (">=", False)):
        if condition.text.startswith(f"{operator}({value}, ") and condition.holds == holds:
            return True
        if condition.text.startswith(f"{operator}(") and condition.text.endswith(f", {value})"):
            return condition.holds != holds
    return False
