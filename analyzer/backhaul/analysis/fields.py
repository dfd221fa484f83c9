"""Where a field of a type gets its values: initial values, getters, assignments anywhere in the program."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.resolution import Resolver
from backhaul.model.code import Expression, Member, Name, Node
from backhaul.model.mentions import assignment_mention


class Fields:
    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.program = resolver.program
        self._writes: dict[tuple[str, str, tuple[str, ...]], list[tuple[Expression, Body, Node]]] = {}

    def sources(self, owner: str, names: tuple[str, ...]) -> list[FunctionSymbol]:
        """Initial values and getters of a field."""
        found: dict[int, FunctionSymbol] = {}
        for name in names:
            for symbol in self.program.members(owner, name):
                is_getter = symbol.module.language == "objc" and not symbol.function.parameters
                if symbol.function.kind in ("value", "getter") or is_getter:
                    found.setdefault(id(symbol), symbol)
        return list(found.values())

    def writes(self, home: str, owner: str, names: tuple[str, ...]) -> list[tuple[Expression, Body, Node]]:
        """The assignments to a field anywhere in the program: what is assigned, where, and to what."""
        key = (home, owner, names)
        if key not in self._writes:
            self._writes[key] = list(self._find_writes(home, owner, names))
        return self._writes[key]

    def _find_writes(
        self, home: str, owner: str, names: tuple[str, ...]
    ) -> Iterator[tuple[Expression, Body, Node]]:
        family = {home, owner, *(t.name for t in self.program.subtypes(home))}
        for symbol in self.program.mentioning(*map(assignment_mention, names), *_setters(names)):
            if symbol.module.path in self.program.tests and not self._is_in_tests(home):
                continue
            if symbol.body is not None:
                for value, node in self.writes_in(symbol.body, family, names):
                    yield value, symbol.body, node

    def writes_in(
        self, body: Body, family: set[str], names: tuple[str, ...]
    ) -> Iterator[tuple[Expression, Node]]:
        setters = _setters(names)
        for assign, _ in body.assigns:
            if self._is_field(assign.target, names, family, body):
                yield assign.value, assign.target
        for call, _ in body.calls:
            if call.name not in setters or call.receiver is None or len(call.arguments) != 1:
                continue
            if self.owner_of(call.receiver, body) in family:
                yield call.arguments[0].value, call

    def _is_in_tests(self, type_name: str) -> bool:
        symbol = self.program.find_type(type_name)
        declared = (
            [m.path for d, m in symbol.declarations if d.kind != "extension"] if symbol is not None else []
        )
        return bool(declared) and all(path in self.program.tests for path in declared)

    def _is_field(self, target: Expression, names: tuple[str, ...], family: set[str], body: Body) -> bool:
        if isinstance(target, Name):
            return target.name in names and body.variable(target) is None and body.symbol.owner in family
        if isinstance(target, Member) and target.base is not None:
            return target.name in names and self.owner_of(target.base, body) in family
        return False

    def owner_of(self, expression: Expression, body: Body) -> str:
        return self.resolver.types.named_by(expression, body) or self.resolver.types.of(expression, body)


def _setters(names: tuple[str, ...]) -> set[str]:
    """Objective-C's setters of a field."""
    bare = {name.lstrip("_") for name in names}
    return {f"set{name[:1].upper()}{name[1:]}:" for name in bare}
