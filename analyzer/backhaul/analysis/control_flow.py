"""Control flow of one unit: points, edges with their conditions, ways out.

The graph is built backwards, each statement before what follows it, so that a jump knows its
target. Whatever must run on the way out of a block (``defer``, ``@finally``) is copied onto each
way that leaves it. Closures and local functions are atoms of the unit that makes them: their
bodies have graphs of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.certainties import Reads, nothing_reads, outcome_of
from backhaul.analysis.conditions import Condition, assumed, text_of
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants
from backhaul.model.code import (
    Block,
    Break,
    Call,
    Closure,
    Continue,
    Defer,
    Destructure,
    Do,
    Evaluate,
    Expression,
    Goto,
    Guard,
    If,
    Label,
    Local,
    LocalFunction,
    Loop,
    Node,
    Return,
    Statement,
    Switch,
    Throw,
    Try,
)

Atom: TypeAlias = Expression | Local | Destructure | Return | Throw | LocalFunction


class Edge(Struct, eq=False):
    """A way on to ``target``, taken when all of ``conditions`` hold."""

    target: Point
    conditions: tuple[Condition, ...] = ()
    tested: Expression | None = None  # the condition that decides, where one does
    is_error: bool = False  # taken when an error is thrown
    is_unmatched: bool = False  # past a switch of which no case fits


class Point(Struct, eq=False):
    """One step of a unit: the evaluation of ``atom``, or an exit.

    ``exit``: "" inside; ``end`` (return, or off the end), ``throw`` (an error leaves the unit),
    ``never`` (a call that does not return).
    """

    atom: Atom | None = None
    exit: str = ""
    edges: list[Edge] = field(default_factory=list)


class Round(Struct, frozen=True):
    """One round of a ``for-in`` loop, from the point ``begin`` until it comes to ``over``."""

    loop: Loop
    begin: Point
    over: Point


class _Cleanup(Struct, frozen=True):
    """Code that runs when control leaves past this; innermost first, linked outwards."""

    block: Block
    outer: _Cleanup | None
    context: _Context


class _Target(Struct, frozen=True):
    label: str
    point: Point
    cleanup: _Cleanup | None


class _Context(Struct, frozen=True):
    """Where jumps lead from here."""

    breaks: tuple[_Target, ...]
    continues: tuple[_Target, ...]
    catches: tuple[_Target, ...]
    cleanup: _Cleanup | None


_MAX_POINTS = 20_000


class GraphTooLargeError(Exception):
    """The unit's graph would exceed ``_MAX_POINTS`` points."""


class ControlFlow:
    """The graph of one unit. ``points`` holds every point made, unreachable ones too; ``rounds``: its loops.

    ``no_return``: names of calls that never return; ``reads``: see ``certainties``.
    Raises ``GraphTooLargeError`` for a unit whose cleanups multiply beyond reason.
    """

    def __init__(
        self, unit: Unit, body: Body, no_return: frozenset[str] = frozenset(), reads: Reads = nothing_reads
    ) -> None:
        self.unit = unit
        self.body = body
        self.no_return = no_return
        self.reads = reads
        self.points: list[Point] = []
        self.end = self._point(exit="end")
        self.throw = self._point(exit="throw")
        self.never = self._point(exit="never")
        self.rounds: list[Round] = []
        self._labels: dict[str, Point] = {}
        context = _Context((), (), (), None)
        self.entry = self._block(unit.block, self.end, context)

    def points_of(self, atom: Node) -> list[Point]:
        """The points whose atom is, or contains, ``atom`` (several: code in cleanups is copied)."""
        wanted = {id(atom)} | {id(a) for a in self.body.ancestors(atom)}
        return [p for p in self.points if p.atom is not None and id(p.atom) in wanted]

    def _point(self, atom: Atom | None = None, exit: str = "") -> Point:
        if len(self.points) >= _MAX_POINTS:
            raise GraphTooLargeError
        point = Point(atom, exit)
        self.points.append(point)
        return point

    # Blocks and cleanups

    def _block(self, block: Block, follow: Point, context: _Context) -> Point:
        statements = block.statements
        contexts: list[_Context] = []
        for statement in statements:
            contexts.append(context)
            if isinstance(statement, Defer):
                cleanup = _Cleanup(statement.body, context.cleanup, context)
                context = _Context(context.breaks, context.continues, context.catches, cleanup)
        outer = contexts[0].cleanup if contexts else context.cleanup
        entry = self._unwind(context.cleanup, outer, follow)
        for statement, inside in zip(reversed(statements), reversed(contexts), strict=True):
            if not isinstance(statement, Defer):
                entry = self._statement(statement, entry, inside)
        return entry

    def _unwind(self, cleanup: _Cleanup | None, until: _Cleanup | None, follow: Point) -> Point:
        """What runs between leaving ``cleanup`` and reaching ``follow``, outside ``until``."""
        pending = []
        while cleanup is not None and cleanup is not until:
            pending.append(cleanup)
            cleanup = cleanup.outer
        for item in reversed(pending):
            follow = self._block(item.block, follow, item.context)
        return follow

    def _jump(self, target: _Target, context: _Context) -> Point:
        return self._unwind(context.cleanup, target.cleanup, target.point)

    def _exit(self, point: Point, context: _Context) -> Point:
        return self._unwind(context.cleanup, None, point)

    def _thrown(self, context: _Context) -> Point:
        """Where an error goes: the handlers around, or out of the unit."""
        if context.catches:
            return self._jump(context.catches[-1], context)
        return self._exit(self.throw, context)

    # Statements

    def _statement(self, statement: Statement, follow: Point, context: _Context) -> Point:
        if isinstance(statement, Evaluate):
            return self._atom(statement.value, follow, context)
        if isinstance(statement, (Local, Destructure, LocalFunction)):
            return self._atom(statement, follow, context)
        if isinstance(statement, If):
            otherwise = self._block(statement.otherwise, follow, context) if statement.otherwise else follow
            then = self._block(statement.then, follow, context)
            return self._test(statement.conditions, then, otherwise, context)
        if isinstance(statement, Guard):
            otherwise = self._block(statement.otherwise, self.end, context)
            return self._test(statement.conditions, follow, otherwise, context)
        if isinstance(statement, Loop):
            return self._loop(statement, follow, context)
        if isinstance(statement, Switch):
            return self._switch(statement, follow, context)
        if isinstance(statement, Do):
            return self._do(statement, follow, context)
        return self._leave(statement, follow, context)

    def _leave(self, statement: Statement, follow: Point, context: _Context) -> Point:
        if isinstance(statement, Return):
            return self._atom(statement, self._exit(self.end, context), context)
        if isinstance(statement, Throw):
            return self._atom(statement, self._thrown(context), context)
        if isinstance(statement, Break):
            return self._to(context.breaks, statement.label, context)
        if isinstance(statement, Continue):
            return self._to(context.continues, statement.label, context)
        if isinstance(statement, Goto):
            return self._label(statement.label)
        if isinstance(statement, Label):
            point = self._label(statement.name)
            point.edges.append(Edge(follow))
            return point
        return follow

    def _label(self, name: str) -> Point:
        if name not in self._labels:
            self._labels[name] = self._point()
        return self._labels[name]

    def _to(self, targets: tuple[_Target, ...], label: str, context: _Context) -> Point:
        for target in reversed(targets):
            if not label or target.label == label:
                return self._jump(target, context)
        return self._exit(self.end, context)

    def _atom(self, atom: Atom, follow: Point, context: _Context) -> Point:
        point = self._point(atom)
        if self._never_returns(atom):
            point.edges.append(Edge(self.never))
            return point
        point.edges.append(Edge(follow))
        if _may_throw(atom):
            before = self._point()
            before.edges += [Edge(point), Edge(self._thrown(context), is_error=True)]
            return before
        return point

    def _never_returns(self, atom: Atom) -> bool:
        call = atom.value if isinstance(atom, Return) else atom
        while isinstance(call, Try):
            call = call.value
        return isinstance(call, Call) and call.name in self.no_return

    def _test(self, conditions: list[Expression], then: Point, otherwise: Point, context: _Context) -> Point:
        """All of ``conditions`` lead to ``then``; the first that fails leads to ``otherwise``."""
        entry = then
        for condition in reversed(conditions):
            point = self._point(condition)
            is_in_function = self.unit is self.body.unit
            outcome = outcome_of(condition, self.body, self.reads, in_function=is_in_function)
            if outcome is not False:
                point.edges.append(Edge(entry, tuple(assumed([condition], self.body, True)), condition))
            if outcome is not True:
                point.edges.append(Edge(otherwise, tuple(assumed([condition], self.body, False)), condition))
            entry = point
            if _may_throw(condition):
                entry = self._point()
                entry.edges += [Edge(point), Edge(self._thrown(context), is_error=True)]
        return entry

    def _loop(self, loop: Loop, follow: Point, context: _Context) -> Point:
        head = self._point()
        step = head
        for expression in reversed(loop.step):
            step = self._atom(expression, step, context)
        inner = _Context(
            (*context.breaks, _Target(loop.label, follow, context.cleanup)),
            (*context.continues, _Target(loop.label, step, context.cleanup)),
            context.catches,
            context.cleanup,
        )
        body = self._block(loop.body, step, inner)
        if loop.form == "for-in":
            again = self._test(loop.conditions, body, head, context) if loop.conditions else body
            head.edges += [Edge(again), Edge(follow)]
            self.rounds.append(Round(loop, again, head))
            entry = head
            if loop.sequence is not None:
                entry = self._atom(loop.sequence, head, context)
        elif loop.form == "repeat":
            head.edges.append(Edge(self._test(loop.conditions, body, follow, context)))
            entry = body
        else:
            head.edges.append(Edge(self._test(loop.conditions, body, follow, context)))
            entry = head
        for statement in reversed(loop.setup):
            entry = self._statement(statement, entry, context)
        return entry

    def _switch(self, switch: Switch, follow: Point, context: _Context) -> Point:
        inner = _Context(
            (*context.breaks, _Target(switch.label, follow, context.cleanup)),
            context.continues,
            context.catches,
            context.cleanup,
        )
        point = self._point(switch.subject)
        subject = text_of(switch.subject, self.body)
        conditions, known = _case_conditions(switch, subject, self.body)
        following = follow
        edges: list[Edge] = []
        if not switch.is_exhaustive and all(case.patterns for case in switch.cases):
            edges.append(Edge(follow, known, switch.subject, is_unmatched=True))
        for case, holding in zip(reversed(switch.cases), reversed(conditions), strict=True):
            entry = self._block(case.body, following if case.falls_through else follow, inner)
            following = entry
            if case.where is not None:
                rest = self._point()  # the cases below, for a value that fits but for the clause
                rest.edges.extend(edges or [Edge(follow)])
                entry = self._test([case.where], entry, rest, context)
            edges = [Edge(entry, holding, switch.subject), *edges]
        point.edges.extend(edges)
        return point

    def _do(self, statement: Do, follow: Point, context: _Context) -> Point:
        cleanup = context.cleanup
        if statement.cleanup is not None:
            after = follow
            follow = self._block(statement.cleanup, after, context)
            cleanup = _Cleanup(statement.cleanup, context.cleanup, context)
        guarded = _Context(context.breaks, context.continues, context.catches, cleanup)
        if statement.label:
            target = _Target(statement.label, follow, cleanup)
            guarded = _Context((*context.breaks, target), context.continues, context.catches, cleanup)
        inner = guarded
        if statement.catches:
            handler = self._point()
            for catch in statement.catches:
                handler.edges.append(Edge(self._block(catch.body, follow, guarded)))
            if all(catch.patterns for catch in statement.catches):
                handler.edges.append(Edge(self._thrown(guarded)))
            inner = _Context(
                guarded.breaks,
                guarded.continues,
                (*guarded.catches, _Target("", handler, cleanup)),
                cleanup,
            )
        entry = self._block(statement.body, follow, inner)
        if statement.guard_value is not None:
            entry = self._atom(statement.guard_value, entry, context)
        return entry


def reached_from(points: Iterable[Point]) -> set[int]:
    """The points on the ways from ``points`` on, themselves included, by ``id``."""
    stack, seen = list(points), set[int]()
    while stack:
        point = stack.pop()
        if id(point) not in seen:
            seen.add(id(point))
            stack.extend(edge.target for edge in point.edges)
    return seen


def _case_conditions(
    switch: Switch, subject: str | None, body: Body
) -> tuple[list[tuple[Condition, ...]], tuple[Condition, ...]]:
    """What is known in each case of a switch, and where none is taken."""
    found: list[tuple[Condition, ...]] = []
    known: list[Condition] = []
    for case in switch.cases:
        constants = [text_of(pattern, body) for pattern in case.patterns]
        if not case.patterns:
            found.append(tuple(known))
        elif subject is not None and len(constants) == 1 and constants[0] is not None:
            condition = _case_condition(subject, constants[0])
            found.append((condition,))
            if case.where is None:
                known.append(condition.negated())
        else:
            found.append(())
    return found, tuple(known)


def _case_condition(subject: str, constant: str) -> Condition:
    if constant in ("true", "YES"):
        return Condition(subject, True)
    if constant in ("false", "NO"):
        return Condition(subject, False)
    return Condition(f"{subject} == {constant}", True, subject, constant)


def _may_throw(atom: Node) -> bool:
    """Whether evaluating ``atom`` itself, closures inside it aside, may throw an error onwards."""
    if isinstance(atom, (Throw, Closure, LocalFunction)):
        return False
    return any(
        isinstance(node, Try) and node.form == "try" for node in descendants(atom, into_closures=False)
    )
