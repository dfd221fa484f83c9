"""Where a program makes objects of one sort, and how often: once, for each object of a type, for each call.

A *making* is a call that gives a fresh object: of the operation asked about, of a type of the program
whose objects make one for themselves, or of a function that returns such an object.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.courses import Course, Courses
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit
from backhaul.findings.finding import Step
from backhaul.matchers.call import called
from backhaul.matchers.circumstances import stands_in_for_nil
from backhaul.matchers.context import Context
from backhaul.matchers.hooks import is_spelled
from backhaul.model.code import Binary, Call, Closure, Conditional, Node

_MOST_CALLS_DEEP = 4
_KEEPING = "collection-store"
_LAUNCH = "launch"
_FOR_CLASS = "runs-once-for-class"
_AGAIN = ("runs-in-rounds", "runs-for-each-event")
_OWNED = ("init", "value")
_ORDINARY = ("function", "method", "getter")


class Making(Struct, frozen=True, eq=False):
    """One call that makes an object. ``use``: the operation it performs, or that the object made performs.

    ``owner``: the type of the program whose objects make one each; "" where the call makes it itself.
    """

    node: Call
    body: Body
    unit: Unit
    call: str
    use: Use
    made_in: Body
    trail: tuple[Step, ...]
    owner: str = ""
    kept: Place | None = None  # where an object of ``owner`` keeps its own

    @property
    def site(self) -> tuple[int, int]:
        return self.node.name_start, self.node.name_end

    @property
    def symbol(self) -> FunctionSymbol:
        return self.body.symbol


class Makings:
    """All makings by one operation in a program, outside tests."""

    def __init__(self, operation: str, context: Context) -> None:
        self.operation = operation
        self.context = context
        self.courses: Courses = context.once(("courses",), lambda: Courses(context.places, _KEEPING))
        self._known: dict[int, Course] = {}

    @cached_property
    def direct(self) -> list[Making]:
        return [
            Making(use.node, body, unit, called(use), use, body, (_made(use.node, body, called(use)),))
            for use, body, unit in self.context.uses(self.operation)
            if isinstance(use.node, Call)
            and not body.symbol.function.is_damaged
            and body.symbol.module.path not in self.context.program.tests
        ]

    def course(self, making: Making) -> Course:
        """What becomes of the object where it is made."""
        if id(making.node) not in self._known:
            self._known[id(making.node)] = self.courses.of(making.node, making.body)
        return self._known[id(making.node)]

    # Objects of the program that make one each

    @cached_property
    def by_owner(self) -> list[Making]:
        """The makings of objects that make one for themselves, and keep it in a field of their own."""
        return [
            m
            for making in self.direct
            if (place := self.own_place(making))
            for m in self.of_owners(making, place)
        ]

    def own_place(self, making: Making) -> Place | None:
        """The field of the same object that the making fills, for every object or when it is asked for."""
        symbol = making.symbol
        if not symbol.owner or symbol.function.is_static:
            return None
        kind = symbol.function.kind
        if kind == "value":
            declared = self.context.program.property(symbol.owner, symbol.name)
            is_own = declared is not None and not declared[0].is_static
            return self.context.places.field(symbol.owner, symbol.name) if is_own else None
        family = self.context.program.supertypes(symbol.owner)
        kept = [p for p in self.course(making).kept_in if p.kind == "field" and p.owner in family]
        if not kept or (kind == "init" and self.is_conditional(making)):
            return None
        return kept[0] if kind == "init" or self.is_guarded(making) else None

    def is_conditional(self, making: Making) -> bool:
        """Whether an initialiser makes the object only in some cases."""
        if guards_of(making.node, making.body):
            return not all(_is_about_self(c.text) for c in guards_of(making.node, making.body))
        return any(
            isinstance(outer, Conditional) or (isinstance(outer, Binary) and outer.operator == "??")
            for outer in making.body.ancestors(making.node)
        )

    def of_owners(self, making: Making, place: Place | None) -> Iterator[Making]:
        """The makings of the objects each of which makes one in ``making``, and keeps it in ``place``."""
        owner = making.symbol.owner
        for name in dict.fromkeys((owner, *(t.name for t in self.context.program.subtypes(owner)))):
            for call, body in self._makings_of(name):
                if body.symbol.function.is_damaged:
                    continue
                step = _made(call, body, name)
                unit = body.unit_at(call)
                yield Making(
                    call, body, unit, name, making.use, making.body, (step, *making.trail), name, place
                )

    def _makings_of(self, owner: str) -> Iterator[tuple[Call, Body]]:
        """The calls that make an object of the type, through its own class methods too."""
        for call, body in self.context.instances.makings(owner):
            symbol = body.symbol
            if symbol.owner == owner and symbol.function.is_static and self._is_constructor(call, body):
                yield from (c for c in self.context.values.calls_of(symbol) if self._is_seen(c[1]))
            else:
                yield call, body

    def _is_seen(self, body: Body) -> bool:
        return body.symbol.module.path not in self.context.program.tests

    def _is_constructor(self, call: Call, body: Body) -> bool:
        """Whether all that a class method does is to return the object it makes."""
        returned = body.unit.returns
        return len(returned) == 1 and returned[0].value is not None and unwrapped(returned[0].value) is call

    # How often

    def is_once(self, making: Making) -> bool:
        """Whether the making happens once, as far as can be seen, or only where there is none yet."""
        node, body = making.node, making.body
        return (
            self.context.instances.is_once(node, body)
            or self.is_guarded(making)
            or (not self._is_in_rounds(node, body) and self.runs_once(making.symbol))
        )

    def is_guarded(self, making: Making) -> bool:
        """Whether a condition on the place it is put into, or on a static variable, stands before."""
        node, body = making.node, making.body
        names = {f"self.{place.name}" for place in self.course(making).kept_in if place.name}
        names |= {f"{v.name}#" for v in body.all_variables() if v.storage == "static"}
        for condition in guards_of(node, body, through_closures=True):
            if any(_mentions(text, name) for text in (condition.text, condition.subject) for name in names):
                return True
        return stands_in_for_nil(node, body)

    def runs_once(self, symbol: FunctionSymbol, depth: int = 0) -> bool:
        """Whether a function runs once in the life of the program: all its calls that can be seen do."""
        if symbol.function.kind == "script" or self.is_of(symbol, _LAUNCH):
            return True
        if symbol.function.is_static and self.is_of(symbol, _FOR_CLASS):
            return True
        if symbol.function.kind in _OWNED:
            return not symbol.owner or self.context.instances.is_single(symbol.owner)
        calls = self.context.values.calls_of(symbol)
        if not calls or depth >= _MOST_CALLS_DEEP:
            return False
        return all(
            self.context.instances.is_once(call, body)
            or (not self._is_in_rounds(call, body) and self.runs_once(body.symbol, depth + 1))
            for call, body in calls
        )

    def _is_in_rounds(self, node: Node, body: Body) -> bool:
        """Whether ``node`` stands in a closure that is run again and again by what it was given to."""
        unit = body.unit_at(node)
        while isinstance(unit.node, Closure):
            call = taker(unit.node, body)
            uses = self.context.resolver.operations.at(call, body) if call is not None else ()
            if any(use.operation.is_named(name) for use in uses for name in _AGAIN):
                return True
            unit = body.unit_at(unit.node)
        return False

    def is_of(self, symbol: FunctionSymbol, *hooks: str) -> bool:
        """Whether a function is a member of one of ``hooks``."""
        found = [hook for name in hooks for hook in self.context.models.hooks_named(name)]
        return any(is_spelled(symbol, spelling) for hook in found for spelling in (*hook.swift, *hook.objc))

    def is_ordinary(self, making: Making) -> bool:
        """Whether it stands in a function that runs as often as it is called."""
        return making.symbol.function.kind in _ORDINARY


def _made(node: Call, body: Body, call: str) -> Step:
    return step_at(node, body, f"`{call}` called here")


def _is_about_self(text: str) -> bool:
    """``if ((self = [super init]))``: what every initialiser asks."""
    return "super" in text or text in ("self", "self.self")


def _mentions(text: str, name: str) -> bool:
    """Whether a canonical text of a condition has ``name`` in it as a whole."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        before = text[start - 1 : start]
        ends_there = name.endswith("#") or not text[end : end + 1].isidentifier()
        if ends_there and not (before.isalnum() or before in ("_", ".")):
            return True
        start = text.find(name, end)
    return False
