"""The pieces of code that run as one, and the local variables in them.

A *unit* is what runs as one piece: the function itself, or a closure, block or local function
inside it. A *variable* is one declaration of a local name; ``binding`` says which one a name means.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from backhaul.model.code import (
    Block,
    Closure,
    Expression,
    LocalFunction,
    Name,
    Node,
    Return,
)


class Unit(Struct, eq=False):
    """A piece of code that runs as one: the function, or a closure or local function inside it."""

    node: Closure | LocalFunction | None
    block: Block
    parent: Unit | None
    parameters: list[Variable] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    shorthands: dict[str, Variable] = field(
        default_factory=dict
    )  # of a closure that names no parameters: ``$0``

    @property
    def copies_locals(self) -> bool:
        return isinstance(self.node, Closure) and self.node.copies_locals

    def is_inside(self, other: Unit) -> bool:
        unit: Unit | None = self
        while unit is not None:
            if unit is other:
                return True
            unit = unit.parent
        return False


DefinitionForm = Literal["value", "element", "part", "unknown"]


class Definition(Struct, eq=False):
    """One place where a variable gets a value.

    ``value``: the variable becomes ``expression``; ``element``: one of its elements (loops);
    ``part``: a component of it (patterns, tuples); ``unknown``: changed through a reference.
    """

    expression: Expression | None
    node: Node
    unit: Unit
    form: DefinitionForm = "value"


class Variable(Struct, eq=False):
    """A local variable, parameter or captured copy."""

    name: str
    unit: Unit
    node: Node
    type: str = ""
    storage: str = "plain"
    is_constant: bool = False
    parameter: int | None = None  # 0-based position among the unit's parameters
    local_function: Unit | None = None
    definitions: list[Definition] = field(default_factory=list)
    uses: list[tuple[Name, Unit]] = field(default_factory=list)
