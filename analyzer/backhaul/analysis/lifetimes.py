"""Objects that live as long as the program: there, a weak reference to ``self`` is never nil."""

from __future__ import annotations

from collections.abc import Sequence

from backhaul.analysis.bodies import Body
from backhaul.analysis.control_flow import Edge
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.model.code import Binding, Expression, Name

_MAX_COPIES = 3  # a strong reference made of a weak one, made of self


class Lifetimes:
    """``applications``: names of the types whose objects are made once and stay, as do those of subtypes."""

    def __init__(self, resolver: Resolver, applications: Sequence[str]) -> None:
        self.resolver = resolver
        self.applications = list(applications)

    def outlives_all(self, owner: str) -> bool:
        """Whether an object of the type ``owner`` is the application, or a singleton."""
        program = self.resolver.program
        if program.conforms(owner, self.applications):
            return True
        symbol = program.find_type(owner)
        shared = symbol.properties.items() if symbol is not None else ()
        return any(
            declared.is_static and self.resolver.types.of_property(owner, name, 0) == owner
            for name, entries in shared
            for declared, _ in entries
        )


def says_self_is_gone(edge: Edge, body: Body) -> bool:
    """Whether ``edge`` is taken when a weak reference to ``self`` is nil: the failing side of a guard."""
    tested = edge.tested
    if tested is None:
        return False
    if isinstance(tested, Binding):
        return _is_self(tested.value, body) and any(condition.holds for condition in edge.conditions)
    named = [c for c in edge.conditions if c.subject]
    if named and named[0].constant != "nil":
        return False
    return _is_self(_operand(tested), body) and any(
        c.holds if c.subject else not c.holds for c in edge.conditions
    )


def _operand(tested: Expression) -> Expression:
    """What is compared with nil, or negated."""
    while (inner := getattr(tested, "operand", None) or getattr(tested, "left", None)) is not None:
        tested = inner
    return tested


def _is_self(expression: Expression, body: Body) -> bool:
    inner = unwrapped(expression)
    if not isinstance(inner, Name):
        return False
    variable = body.variable(inner)
    return inner.name == "self" if variable is None else _holds_self(variable, body, 0)


def _holds_self(variable: Variable, body: Body, depth: int) -> bool:
    """Whether a local variable is ``self``, weak or strong again."""
    values = [unwrapped(d.expression) for d in variable.definitions if d.expression is not None]
    if len(values) != 1 or depth > _MAX_COPIES or not isinstance(values[0], Name):
        return False
    inner = body.variable(values[0])
    return values[0].name == "self" if inner is None else _holds_self(inner, body, depth + 1)
