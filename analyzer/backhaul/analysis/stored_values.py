"""What the program keeps in its fields and globals, as values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backhaul.analysis.conditions import text_of
from backhaul.analysis.fields import Fields
from backhaul.analysis.origins import (
    MAX_ORIGINS,
    NIL,
    UNKNOWN,
    Frame,
    Origin,
    step_at,
    stored,
    without_guards,
)
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.reaching import share_loop
from backhaul.model.code import Call, Expression, Member, Name
from backhaul.model.mentions import assignment_mention

if TYPE_CHECKING:
    from backhaul.analysis.evaluation import Evaluation

_MAX_DELEGATION = 3


class StoredValues:
    """The origins of all values of a field; each field is asked for once."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.resolver = evaluation.resolver
        self.program = evaluation.resolver.program
        self.fields = Fields(evaluation.resolver)
        self._active = evaluation.active
        self._evaluate, self._returned = evaluation.evaluate, evaluation.returned
        self._enter, self._frame = evaluation.enter, evaluation.frame
        self._fields: dict[tuple[str, str], list[Origin]] = {}

    def just_written(self, at: Name | Member, frame: Frame, depth: int) -> list[Origin] | None:
        """The values of the field ``at`` where its own unit has surely put one into it before.

        None where that is not so, or where a function called since may have put in another.
        """
        body = frame.body
        names = field_names(at.name)
        written = [a for a, _ in body.assigns if getattr(a.target, "name", "") in names]
        text = text_of(at, body) if written else None
        written = [a for a in written if text_of(a.target, body) == text]
        before = [a for a in written if a.end <= at.start]
        if not before:
            return None
        last = max(before, key=lambda assign: assign.end)
        path = {id(outer) for outer in body.ancestors(at)}
        statement = body.parent(last)
        is_on_way = statement is not None and (id(statement) in path or id(body.parent(statement)) in path)
        if not is_on_way or body.unit_at(last) is not body.unit_at(at):
            return None
        if any(share_loop(other, at, body) for other in written if other.start > at.start):
            return None
        assigns = {assignment_mention(name) for name in names}
        for call, _ in body.calls:
            if last.end <= call.start < at.start and any(
                not assigns.isdisjoint(callee.function.mentions)
                for callee in self.resolver.callees.of(call, body).functions
            ):
                return None
        origins = self._evaluate(last.value, frame, depth + 1)
        return [stored(origin, names[0], last.value, last.target, body) for origin in origins]

    def in_object(
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
                    if callee.function.kind == "init" and callee.body is not None and is_on_self(call):
                        inner = self._enter(callee, call, frame)
                        found.extend(self._set_up(callee, inner, owner, names, depth + 1, level + 1))
        return found

    def in_field(self, owner: str, name: str, depth: int) -> list[Origin] | None:
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
        found: list[Origin] = [Origin(UNKNOWN)] if self._is_required(owner, names) else []
        for symbol in self.fields.sources(owner, names):
            if symbol.body is not None:
                frame = self._frame(symbol.body) if instance is None else Frame(symbol.body, {}, instance)
                found.extend(self._returned(symbol.body.unit, frame, depth))
        for value, body, node in self.fields.writes(home, owner, names):
            if instance is not None and body.symbol.function.kind == "init":
                continue
            origins = map(without_guards, self._evaluate(value, self._frame(body), depth + 1))
            found.extend(stored(o, names[0], value, node, body) for o in origins if o.kind != NIL)
            if len(found) > MAX_ORIGINS:
                break
        return found

    def _is_required(self, owner: str, names: tuple[str, ...]) -> bool:
        """Whether ``owner`` is a protocol that asks for the field: any type may give it another value."""
        symbol = self.program.find_type(owner)
        if symbol is None or symbol.kind != "protocol":
            return False
        asked = [(d, m) for d, m in symbol.declarations if d.kind == "protocol"]
        return any(
            module is home and declared.start <= field.start < declared.end
            for name in names
            for field, module in symbol.properties.get(name, ())
            for declared, home in asked
        )

    def in_global(self, name: str, depth: int) -> list[Origin] | None:
        """The origins of all values of a global variable; None when there is none of that name."""
        if name not in self.program.globals:
            return None
        key = ("global", name)
        if key in self._active:
            return []
        self._active.add(key)
        try:
            return [*self._initial(name, depth), *self._assigned(name, depth)] or [Origin(UNKNOWN)]
        finally:
            self._active.discard(key)

    def _initial(self, name: str, depth: int) -> Iterator[Origin]:
        for symbol in self.program.functions_named.get(name, ()):
            is_value = symbol.function.kind in ("value", "getter") and not symbol.owner
            if is_value and symbol.body is not None:
                yield from self._returned(symbol.body.unit, self._frame(symbol.body), depth)

    def _assigned(self, name: str, depth: int) -> Iterator[Origin]:
        for symbol in self.program.mentioning(assignment_mention(name)):
            body = symbol.body
            if body is None or symbol.module.path in self.program.tests:
                continue
            for assign, _ in body.assigns:
                target = assign.target
                if isinstance(target, Name) and target.name == name and body.variable(target) is None:
                    step = step_at(target, body, f"stored in `{name}` here")
                    values = self._evaluate(assign.value, self._frame(body), depth + 1)
                    for origin in map(without_guards, values):
                        if origin.kind != NIL:
                            yield origin.then(step) if origin.kind else origin


def is_on_self(call: Call) -> bool:
    return isinstance(call.receiver, Name) and call.receiver.name in ("self", "super")
