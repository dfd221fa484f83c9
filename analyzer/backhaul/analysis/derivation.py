"""Which values of a body are made from one value: the value itself, its parts, and what holds them.

Unlike ``Places`` and ``holders``, which ask where one and the same value is, this includes what the value
consists of, as far as ``is_part`` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import text_of
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.model.code import Binary, Call, Conditional, Expression, Index, Member, Name, Unary

IsPart = Callable[[Expression, Body], list[Expression]]
"""For an expression that takes a part of other values, these values; for any other, none."""


class Derivation:
    """What in ``body`` comes from the value that ``subject`` is made from, too.

    ``roots``: the local variables that it is first made from. ``fields``: canonical texts of what it is made
    from that is no local variable. ``kept``: those of fields that are given the value, or a part of it.
    """

    def __init__(self, subject: Expression, body: Body, is_part: IsPart) -> None:
        self.body = body
        self._is_part = is_part
        self.roots: list[Variable] = []
        self.fields: set[str] = set()
        self.kept: set[str] = set()
        self._held: dict[int, Variable] = {}
        self._trace(subject)
        self._spread()

    @property
    def variables(self) -> list[Variable]:
        """The local variables that hold the value, or a part of it."""
        return list(self._held.values())

    def has(self, expression: Expression) -> bool:
        """Whether ``expression`` is the value, or made of it."""
        inner = _plain(expression)
        if isinstance(inner, Name):
            variable = self.body.variable(inner)
            if variable is not None:
                return id(variable) in self._held
            return self._is_field(inner)
        if isinstance(inner, Member) and self._is_field(inner):
            return True
        if isinstance(inner, Conditional):
            return any(b is not None and self.has(b) for b in (inner.then, inner.otherwise))
        if isinstance(inner, Binary) and inner.operator == "??":
            return self.has(inner.left)
        if isinstance(inner, Index):
            return self.has(inner.base)
        return any(self.has(whole) for whole in self._is_part(inner, self.body))

    def _is_field(self, expression: Expression) -> bool:
        text = text_of(expression, self.body)
        return text in self.fields or text in self.kept

    def _trace(self, subject: Expression) -> None:
        """Backwards, from part to whole and from variable to what it was made from."""
        inner = _plain(subject)
        if isinstance(inner, Name):
            variable = self.body.variable(inner)
            if variable is None:
                self.fields.update(text for text in (text_of(inner, self.body),) if text)
            elif id(variable) not in self._held:
                self._held[id(variable)] = variable
                values = [d.expression for d in variable.definitions if d.expression is not None]
                if variable.parameter is not None or not values:
                    self.roots.append(variable)
                for value in values:
                    self._trace(value)
            return
        if isinstance(inner, Index):
            self._trace(inner.base)
            return
        wholes = self._is_part(inner, self.body)
        for whole in wholes:
            self._trace(whole)
        if not wholes and isinstance(inner, (Member, Call)):
            self.fields.update(text for text in (text_of(inner, self.body),) if text)

    def _spread(self) -> None:
        """Forwards, to every variable and field that is given the value or a part of it."""
        while True:
            fresh = [v for v in self.body.all_variables() if id(v) not in self._held and self._is_given(v)]
            kept = set(self._fields_given()) - self.kept
            if not fresh and not kept:
                return
            self._held.update((id(v), v) for v in fresh)
            self.kept |= kept

    def _fields_given(self) -> Iterator[str]:
        for assign, _ in self.body.assigns:
            target = unwrapped(assign.target)
            is_local = isinstance(target, Name) and self.body.variable(target) is not None
            if isinstance(target, (Name, Member)) and not is_local and self.has(assign.value):
                text = text_of(target, self.body)
                if text and text not in self.fields:
                    yield text

    def _is_given(self, variable: Variable) -> bool:
        return any(d.expression is not None and self.has(d.expression) for d in variable.definitions)


def _plain(expression: Expression) -> Expression:
    """Without casts and the like, and without C's ``&`` and ``*``."""
    inner = unwrapped(expression)
    while isinstance(inner, Unary) and inner.operator in ("&", "*"):
        inner = unwrapped(inner.operand)
    return inner
