"""What takes the value of an expression, and which variables hold the value of another.

Unlike ``Places``, which asks where a value may be found again, this follows the value itself: a
property of it (``task.identifier``) is not it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal as Choice

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.reaching import results_of
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import nodes_of
from backhaul.model.code import (
    Argument,
    Assign,
    Await,
    Binary,
    Branching,
    Call,
    Cast,
    Collection,
    Conditional,
    Expression,
    Interpolation,
    Member,
    Name,
    Node,
    Opaque,
    Return,
    Try,
    Unary,
)

_HANDS_UP = (Await, Branching, Cast, Collection, Conditional, Opaque, Try)


class Consumer(Struct, frozen=True):
    """What takes a value.

    ``passed`` to the call ``node`` as a whole ``argument``, or inside one (in a collection, say);
    ``described`` in a text; ``stored`` by the assignment ``node``; ``returned``; or the object of a
    member or call (``used``). ``none``: it is tested, bound to a name, or dropped.
    """

    form: Choice["passed", "described", "stored", "returned", "used", "none"]
    node: Node | None = None
    argument: Node | None = None


def consumer_of(value: Node, body: Body) -> Consumer:
    """What takes the value of the expression ``value`` where it stands."""
    inner = value
    is_described = False
    for outer in body.takers(value):
        if isinstance(outer, Argument):
            inner = outer.value
            continue
        if isinstance(outer, Call):
            if outer.receiver is inner:
                return Consumer("used", outer)
            return Consumer("described" if is_described else "passed", outer, inner)
        if isinstance(outer, Member):
            return Consumer("used", outer)
        if isinstance(outer, Assign):
            return Consumer("none" if outer.target is inner else "stored", outer)
        if isinstance(outer, Return):
            return Consumer("returned", outer)
        if isinstance(outer, Interpolation):
            is_described = True
        elif not _hands_up(outer, inner):
            return Consumer("none", outer)
        inner = outer
    return Consumer("none")


def _hands_up(outer: Node, inner: Node) -> bool:
    """Whether the value of ``inner`` is, or is part of, that of ``outer``."""
    if isinstance(outer, Conditional):
        return inner is not outer.condition or outer.then is None
    if isinstance(outer, Cast):
        return outer.form != "is"
    if isinstance(outer, Unary):
        return outer.operator in ("unwrap", "@")
    if isinstance(outer, Binary):
        return outer.operator == "??"
    return isinstance(outer, _HANDS_UP)


def holders(body: Body, is_source: Callable[[Expression], bool], given: Iterator[Variable]) -> list[Variable]:
    """The variables of ``body`` that hold a value: those ``given``, and those it is copied to.

    ``is_source``: whether an expression, without casts and the like, gives the value anew.
    """
    found = {id(v): v for v in given}

    def holds(variable: Variable) -> bool:
        values = [d.expression for d in variable.definitions if d.form in ("value", "part")]
        return any(value is not None and _gives(value, body, is_source, found) for value in values)

    while True:
        fresh = [v for v in body.all_variables() if id(v) not in found and holds(v)]
        if not fresh:
            return list(found.values())
        found.update((id(v), v) for v in fresh)


def _gives(
    expression: Expression, body: Body, is_source: Callable[[Expression], bool], held: dict[int, Variable]
) -> bool:
    inner = unwrapped(expression)
    if is_source(inner):
        return True
    if isinstance(inner, Name):
        variable = body.variable(inner)
        return variable is not None and id(variable) in held
    if isinstance(inner, Assign):  # a = b = value
        return _gives(inner.value, body, is_source, held)
    if isinstance(inner, Conditional):
        branches = [inner.then, inner.otherwise]
        return any(b is not None and _gives(b, body, is_source, held) for b in branches)
    if isinstance(inner, Branching):
        return any(_gives(result, body, is_source, held) for result in results_of(inner.statement))
    return False


def names_of(variables: list[Variable], body: Body) -> Iterator[Name]:
    """Every place in ``body`` that names one of ``variables``, in order of the source."""
    wanted = {id(v) for v in variables}
    for name in nodes_of(body.unit.block, Name):
        variable = body.variable(name)
        if variable is not None and id(variable) in wanted:
            yield name
