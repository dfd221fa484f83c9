"""Where a value comes from, and of what kind it is.

The *kind* of a value is a word of the API models: a session made from a background configuration
is of the kind ``background``. It is found by asking backwards, on demand: a name for its
definitions, a field for all its assignments in the program, a call for what it returns, a parameter
for what callers pass. Each answer is an ``Origin``: a kind with the trail that led to it and the
conditions under which it holds. A value whose origin cannot be seen has the kind ``UNKNOWN``.
"""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import Guards, contradicts, guards_of, text_of
from backhaul.analysis.evaluation import Evaluation
from backhaul.analysis.origins import MAX_ORIGINS, NIL, Frame, Origin, step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.stored_values import is_on_self
from backhaul.analysis.types import unwrapped
from backhaul.model.code import Call, Expression, Name, Node

_MAX_DELEGATION = 3


class Values:
    """Answers for one program; keeps what it found out about fields and callers."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.program = resolver.program
        self._evaluation = Evaluation(resolver)
        self._evaluate = self._evaluation.evaluate
        self.constants = self._evaluation.constants
        self.fields = self._evaluation.stored.fields

    def origins(self, expression: Expression, body: Body) -> list[Origin]:
        """Where ``expression``, evaluated in ``body`` entered from anywhere, may come from."""
        return self._evaluate(expression, self._evaluation.frame(body), 0)[:MAX_ORIGINS]

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

    def origins_by_call(self, expression: Expression, body: Body, place: Node) -> Iterator[list[Origin]]:
        """``origins_at``, for each call of the function in the program by itself.

        The object that a method is called on decides what its fields hold.
        """
        here = guards_of(place, body)
        for call, caller in self.calls_of(body.symbol):
            frame = self._evaluation.enter(body.symbol, call, self._evaluation.frame(caller))
            found = [o for o in self._evaluate(expression, frame, 0) if not contradicts(o.guards, here)]
            step = step_at(call, caller, f"`{body.symbol.qualified_name}` called on it here")
            yield [o.then(step) for o in found[:MAX_ORIGINS]]

    def origins_by_object(self, expression: Expression, body: Body, place: Node) -> Iterator[list[Origin]]:
        """``origins_at``, for each object of the function's type that the program makes by itself."""
        here = guards_of(place, body)
        owner = self.program.find_type(body.symbol.owner)
        for initialiser in owner.all_functions() if owner is not None else ():
            if initialiser.function.kind != "init":
                continue
            for call, maker in self.calls_of(initialiser):
                if is_on_self(call):
                    continue
                frame = Frame(body, {}, (call, self._evaluation.frame(maker)))
                found = [o for o in self._evaluate(expression, frame, 0) if not contradicts(o.guards, here)]
                step = step_at(call, maker, f"object of `{body.symbol.owner}` made here")
                yield [o.then(step) for o in found[:MAX_ORIGINS]]

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

    def calls_of(self, symbol: FunctionSymbol) -> list[tuple[Call, Body]]:
        """The calls of a function in the program, the first of them (see ``Callers``)."""
        return self._evaluation.callers.of(symbol)

    def noun(self, type_text: str) -> str:
        """What people call a value of a type; the type itself where the models do not say."""
        return self._evaluation.noun(type_text)

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
