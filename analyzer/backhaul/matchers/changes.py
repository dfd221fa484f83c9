"""The changes of a value that are in force where it is used."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import contradicts, guards_of
from backhaul.analysis.control_flow import ControlFlow, Point
from backhaul.analysis.operations import Use
from backhaul.analysis.places import Place
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.matchers.context import Context
from backhaul.model.code import Assign, Call, Collection, Expression, Literal, Local, Member, Name, Node

_MAX_DEPTH = 3


class Change(Struct, frozen=True):
    """A mutation, and the body it stands in: that of the use, or of a function that made the value."""

    use: Use
    body: Body

    @property
    def value(self) -> Expression | None:
        return self.use.arguments.get("value")


class ChangesOf(Struct, frozen=True):
    """Finds the changes by one operation. With ``name``, only those of the element of that literal name,

    which replace one another.
    """

    mutation: str
    context: Context
    name: str = ""

    def before(self, at: Node, subject: Expression, body: Body, unit: Unit, depth: int = 0) -> list[Change]:
        """The changes of ``subject`` that are in force at ``at``, in order of the source.

        Those made by the function of the program that gave the value come first.
        """
        target = self.context.places.of(subject, body)
        made = self._by_maker(subject, body, depth)
        if target is None:
            return made
        candidates = [
            change
            for change, where, inside in self.context.uses(self.mutation)
            if where is body and inside is unit and self._is_on(change, target, body)
        ]
        graph = self.context.graphs.of(unit, body)
        if graph is None:
            return made
        here = guards_of(at, body)
        ours = [
            Change(change, body)
            for change in candidates
            if not contradicts(guards_of(change.node, body), here)
            and self._reaches(graph, change, at, candidates, target, body)
        ]
        return ours if ours and self.name else [*made, *ours]

    def _is_on(self, change: Use, target: Place, body: Body) -> bool:
        if change.receiver is None or self.context.places.of(change.receiver, body) != target:
            return False
        return not self.name or self.element(change) is not None

    def element(self, change: Use) -> Expression | None:
        """What a change puts under ``name``; None when it is about another element."""
        value = change.arguments.get("value")
        name = change.arguments.get("name", change.key)
        if name is not None:
            return value if _is_literal(name, self.name) else None
        if isinstance(value, Collection) and value.kind == "dictionary":
            pairs = zip(value.items[::2], value.items[1::2], strict=False)
            return next((item for key, item in pairs if _is_literal(key, self.name)), None)
        return None

    def _by_maker(self, subject: Expression, body: Body, depth: int) -> list[Change]:
        """The changes that the function which returned the value always makes."""
        if depth >= _MAX_DEPTH:
            return []
        inner = unwrapped(subject)
        if isinstance(inner, Name):
            variable = body.variable(inner)
            values = [d.expression for d in variable.definitions if d.form == "value"] if variable else []
            inner = unwrapped(values[0]) if len(values) == 1 and values[0] is not None else inner
        if not isinstance(inner, Call):
            return []
        found: list[Change] = []
        functions = self.context.resolver.callees.of(inner, body).functions
        for symbol in functions if len(functions) == 1 else ():
            if symbol.body is None or symbol.function.kind == "init":
                continue
            for returned in symbol.body.unit.returns:
                if returned.value is not None:
                    made = self.before(returned, returned.value, symbol.body, symbol.body.unit, depth + 1)
                    found.extend(
                        change
                        for change in made
                        if change.body is not symbol.body
                        or guards_of(change.use.node, symbol.body) <= guards_of(returned, symbol.body)
                    )
        return found

    def _reaches(
        self, graph: ControlFlow, change: Use, at: Node, others: list[Use], target: Place, body: Body
    ) -> bool:
        """Whether some way leads from ``change`` to ``at`` on which nothing replaces it."""
        ends = {id(p) for p in graph.points_of(at)}
        stops = {id(p) for other in others if other is not change for p in graph.points_of(other.node)} - ends
        stack: list[Point] = [e.target for p in graph.points_of(change.node) for e in p.edges]
        if any(id(p) in ends for p in graph.points_of(change.node)):
            return change.node.start < at.start
        seen: set[int] = set()
        while stack:
            point = stack.pop()
            if id(point) in ends:
                return True
            if id(point) in seen or id(point) in stops or self._replaces(point.atom, target, body):
                continue
            seen.add(id(point))
            stack.extend(edge.target for edge in point.edges)
        return False

    def _replaces(self, atom: Node | None, target: Place, body: Body) -> bool:
        """Whether ``atom`` puts another value into ``target``."""
        if isinstance(atom, Assign) and atom.operator == "=":
            return self.context.places.of(atom.target, body) == target
        if isinstance(atom, Local):
            variable = body.declared_by(atom)
            return variable is not None and self.context.places.local(variable) == target
        return False

    def says(self, change: Change, text: str) -> bool:
        """Whether what a change sets holds the literal ``text``, itself or through locals and constants."""
        value = self.element(change.use) if self.name else change.value
        return value is not None and _holds(value, text.lower(), change.body, self.context, 0)


def _is_literal(expression: Expression | None, text: str) -> bool:
    return isinstance(expression, Literal) and expression.text.lower() == text.lower()


def _holds(value: Expression, text: str, body: Body, context: Context, depth: int) -> bool:
    if any(text in literal.text.lower() for literal in nodes_of(value, Literal)):
        return True
    if depth >= _MAX_DEPTH:
        return False
    for node in descendants(value):
        if isinstance(node, (Name, Member)):
            for definition, where in _definitions(node, body, context):
                if _holds(definition, text, where, context, depth + 1):
                    return True
    return False


def _definitions(node: Name | Member, body: Body, context: Context) -> Iterator[tuple[Expression, Body]]:
    variable = body.variable(node) if isinstance(node, Name) else None
    if variable is not None:
        for definition in variable.definitions:
            if definition.expression is not None:
                yield definition.expression, body
        return
    for symbol in context.program.functions_named.get(node.name, ()):
        if symbol.function.kind in ("value", "getter") and symbol.body is not None:
            for returned in symbol.body.unit.returns:
                if returned.value is not None:
                    yield returned.value, symbol.body
