"""A decoded function body, indexed: units, variables with their definitions and uses, parents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from backhaul.analysis.binding import bound
from backhaul.analysis.variables import Unit, Variable
from backhaul.model.code import (
    Argument,
    Assign,
    Block,
    Branching,
    Call,
    Case,
    Catch,
    Closure,
    Evaluate,
    LocalFunction,
    Loop,
    Member,
    Name,
    Node,
)
from backhaul.model.mentions import assigned_name

if TYPE_CHECKING:
    from backhaul.analysis.program import FunctionSymbol


class Body:
    """The indexed body of ``symbol``; made by ``FunctionSymbol.body``."""

    def __init__(self, symbol: FunctionSymbol, block: Block) -> None:
        self.symbol = symbol
        is_c = symbol.module.language == "objc"
        found = bound(block, symbol.function.parameters, declares_before_value=is_c)
        self.unit = found.unit
        self.units = found.units
        self.calls = found.calls
        self.assigns = found.assigns
        self._read_nodes = found.reads
        self._variables = found.variables
        self._units = found.units_of
        self._parents = found.parents
        self.guards: dict[tuple[int, bool], Any] = {}  # what conditions.guards_of found

    def variable(self, name: Name) -> Variable | None:
        """The local variable a name means; None for members, globals, types and ``self``."""
        return self._variables.get(id(name))

    def declared_by(self, node: Node) -> Variable | None:
        """The variable that a declaration (``Local``, ``Parameter``, ``Capture``) introduces."""
        return self._variables.get(id(node))

    def variable_called(self, call: Call) -> Variable | None:
        """The local variable or local function that ``name(…)`` invokes."""
        return self._variables.get(id(call))

    def unit_of(self, node: Closure | LocalFunction) -> Unit:
        return self._units[id(node)]

    def parent(self, node: Node) -> Node | None:
        return self._parents.get(id(node))

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The nodes around ``node``, innermost first."""
        current = self._parents.get(id(node))
        while current is not None:
            yield current
            current = self._parents.get(id(current))

    def takers(self, node: Node) -> Iterator[Node]:
        """``ancestors``; from a result of an ``if`` or ``switch`` used as a value on to that value."""
        current = self._parents.get(id(node))
        while current is not None:
            current = self._value_of_result(current) or current
            yield current
            current = self._parents.get(id(current))

    def _value_of_result(self, result: Node) -> Branching | None:
        """The value of which a statement is a result, the last of its block."""
        inner: Node | None = result if isinstance(result, Evaluate) else None
        while inner is not None:
            block = self.parent(inner)
            if not isinstance(block, Block) or block.statements[-1] is not inner:
                return None
            outer = self.parent(block)
            if isinstance(outer, (Case, Catch)):
                outer = self.parent(outer)
            whole = self.parent(outer) if outer is not None else None
            if isinstance(whole, Branching):
                return whole
            inner = outer
        return None

    def loop_around(self, node: Node) -> Loop | None:
        """The innermost loop of the unit that evaluates ``node`` in each of its rounds."""
        inner = node
        for outer in self.ancestors(node):
            if isinstance(outer, (Closure, LocalFunction)):
                return None
            if isinstance(outer, Loop) and inner is not outer.sequence:
                return outer
            inner = outer
        return None

    def unit_at(self, node: Node) -> Unit:
        """The unit whose run evaluates ``node``."""
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, (Closure, LocalFunction)):
                return self._units[id(ancestor)]
        return self.unit

    def assigns_in(self, unit: Unit) -> list[Assign]:
        """The assignments in ``unit`` and in what it encloses."""
        return [assign for assign, where in self.assigns if where.is_inside(unit)]

    def nodes_named(self, names: Iterable[str], *, reads: bool) -> list[Call | Assign | Member | Name]:
        """The calls of ``names`` and the assignments to them, in order of the source.

        ``reads``: where they are read, too. An assignment to an element is one to what holds it.
        """
        indices = (self._acts, self._reads) if reads else (self._acts,)
        found = [node for index in indices for name in names for node in index.get(name, ())]
        return sorted(found, key=lambda node: (node.start, node.end))

    @cached_property
    def _acts(self) -> dict[str, list[Call | Assign | Member | Name]]:
        index: dict[str, list[Call | Assign | Member | Name]] = defaultdict(list)
        for call, _ in self.calls:
            index[call.name].append(call)
        for assign, _ in self.assigns:
            index[assigned_name(assign.target)].append(assign)
        return index

    @cached_property
    def _reads(self) -> dict[str, list[Call | Assign | Member | Name]]:
        index: dict[str, list[Call | Assign | Member | Name]] = defaultdict(list)
        for node in self._read_nodes:
            index[node.name].append(node)
        return index

    def all_variables(self) -> list[Variable]:
        return list({id(v): v for v in self._variables.values()}.values())


def taker(closure: Closure, body: Body) -> Call | None:
    """The call that a closure literal is an argument of."""
    parent = body.parent(closure)
    call = body.parent(parent) if isinstance(parent, Argument) else None
    return call if isinstance(call, Call) else None
