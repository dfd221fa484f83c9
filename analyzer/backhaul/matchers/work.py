"""Asynchronous work: which code only starts it, and which waits until it is done."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.matchers.context import Context
from backhaul.model.code import (
    Assign,
    Await,
    Call,
    Closure,
    Destructure,
    Expression,
    Local,
    LocalFunction,
    Node,
    Return,
    Throw,
    Try,
    Unary,
)

_MAX_DEPTH = 3
_WRITES = "file-write"
_MAIN = "main-queue"


class Work(Struct, eq=False):
    """What a stretch of code does about work that takes time.

    ``starts``: where work is started that goes on by itself. ``waits``: it waits for some to be done.
    ``does_other``: it does, or may do, work of its own before it goes on.
    """

    starts: list[Start] = []
    waits: bool = False
    does_other: bool = False

    @property
    def is_only_started(self) -> bool:
        """All that the code does is to start work."""
        return bool(self.starts) and not self.waits and not self.does_other


class Start(Struct, frozen=True):
    """``use``, in ``body``, starts work; ``call`` is where the code looked at does so.

    They differ where it calls a function that does.
    """

    use: Use
    body: Body
    call: Call


class Workers:
    """Tells what code does about work; ``starts`` and ``waits`` name operations of the models."""

    def __init__(self, starts: str, waits: str, context: Context) -> None:
        self._starts = starts
        self._waits = waits
        self.context = context

    def in_unit(self, unit: Unit, body: Body, depth: int = 0) -> Work:
        """What a run of ``unit`` does, all its ways taken together."""
        graph = self.context.graphs.of(unit, body)
        if graph is None:
            return Work(does_other=True)
        return self.in_atoms([p.atom for p in graph.points if p.atom is not None], body, depth)

    def in_atoms(self, atoms: Sequence[Node], body: Body, depth: int = 0) -> Work:
        found = Work()
        for atom in atoms:
            self._look(atom, body, found, depth)
        return found

    def _look(self, atom: Node, body: Body, found: Work, depth: int) -> None:
        statement = _statement_call(atom)
        for node in descendants(atom, into_closures=False):
            if isinstance(node, Await):
                found.waits = True
            if isinstance(node, Call):
                self._look_at_call(node, body, found, depth, is_statement=node is statement)
        if isinstance(atom, Local) and atom.value is not None and _calls(atom.value):
            variable = body.declared_by(atom)
            if variable is not None and not variable.uses and not found.starts:
                found.does_other = True

    def _look_at_call(self, call: Call, body: Body, found: Work, depth: int, *, is_statement: bool) -> None:
        uses = self.context.resolver.operations.at(call, body)
        for use in uses:
            if use.operation.is_named(self._waits):
                found.waits = True
                return
            if use.operation.is_named(self._starts) and use.is_certain:
                if not self._only_shows(use, body, depth):
                    found.starts.append(Start(use, body, call))
                return
        if any("now" in use.operation.calls.values() or use.operation.is_named(_WRITES) for use in uses):
            found.does_other = True
        if body.variable_called(call) is not None:
            found.does_other = True
        if uses or not is_statement:
            return
        self._look_into(call, body, found, depth)

    def _only_shows(self, use: Use, body: Body, depth: int) -> bool:
        """Whether what is scheduled is code for the main queue that starts nothing: it shows something."""
        if self.context.queues.kinds(use, body) != {_MAIN} or depth >= _MAX_DEPTH:
            return False
        closures = [value for value in use.arguments.values() if isinstance(value, Closure)]
        inner = [self.in_unit(body.unit_of(closure), body, depth + 1) for closure in closures]
        return bool(inner) and not any(work.starts or work.waits for work in inner)

    def _look_into(self, call: Call, body: Body, found: Work, depth: int) -> None:
        """A call made for its effect: of a function that only starts work, or does work itself."""
        functions = self.context.resolver.callees.of(call, body).functions
        bodies = [f.body for f in functions if f.body is not None and not _is_empty(f.body)]
        if functions and not bodies:
            return
        inner = Work(does_other=True)
        if len(bodies) == 1 and depth < _MAX_DEPTH:
            inner = self.in_unit(bodies[0].unit, bodies[0], depth + 1)
        if inner.is_only_started:
            first = inner.starts[0]
            found.starts.append(Start(first.use, first.body, call))
        else:
            found.does_other = True


def _is_empty(body: Body) -> bool:
    return not body.unit.block.statements


def _statement_call(atom: Node) -> Call | None:
    """The call that ``atom`` is made for, where nothing is done with its result."""
    if isinstance(atom, (Local, Destructure, Return, Throw, LocalFunction, Assign)):
        return None
    expression: Node = atom
    while isinstance(expression, (Try, Await, Unary)):
        expression = expression.value if not isinstance(expression, Unary) else expression.operand
    return expression if isinstance(expression, Call) else None


def _calls(expression: Expression) -> bool:
    return any(True for _ in nodes_of(expression, Call, into_closures=False))
