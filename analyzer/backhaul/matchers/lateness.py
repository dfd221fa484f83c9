"""Whether code runs while the program starts, or only afterwards.

Asked backwards from a piece of code: the closures it stands in, the function it is part of, the
places that call the function, up to members that the system calls at a known time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.deferral import When, when_run
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.reach import Reach
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.findings.finding import Step
from backhaul.matchers.context import Context
from backhaul.matchers.hooks import is_of, members_of
from backhaul.matchers.launch import application_parts
from backhaul.model.code import (
    Argument,
    Assign,
    Call,
    Closure,
    LocalFunction,
    Member,
    Name,
    Node,
    SelectorName,
)

_MAX_DEPTH = 8
_MAKES = ("init", "value")
_ACTION = "IBAction"


class Late(Struct, frozen=True):
    """Code that runs when the start of the program is over: why, as a clause, and the places that show it."""

    why: str
    trail: tuple[Step, ...] = ()


_Verdict = Late | str
_IN_TIME = "in time"
_UNKNOWN = "unknown"


class Lateness:
    """Answers for one program.

    ``before``: hooks whose members run before the start is over. ``after``: those whose members, and
    the closures given to whose calls, run afterwards. ``screen``: members that run afterwards unless
    the start itself makes their object and shows it. ``asks``: words in conditions, arguments
    and names by which code says that it belongs to the start.
    """

    def __init__(self, before: str, after: str, screen: str, asks: tuple[str, ...], context: Context) -> None:
        self.context = context
        self.program = context.program
        self._before, self._after, self._screen = before, after, screen
        self._asks = asks
        self._later_calls = {s.name for hook in context.models.hooks_named(after) for s in hook.calls}
        self._known: dict[int, _Verdict] = {}
        self._reach = Reach(context.resolver, lambda closure, body: self._when(closure, body)[0] != "now")
        self._prompt: dict[int, FunctionSymbol] | None = None

    def of(self, node: Node, body: Body) -> Late | None:
        """Why ``node`` surely runs too late; None: it may run in time."""
        verdict = self._of_node(node, body, 0)
        return verdict if isinstance(verdict, Late) else None

    # One piece of code

    def _of_node(self, node: Node, body: Body, depth: int) -> _Verdict:
        for outer in body.ancestors(node):
            if isinstance(outer, LocalFunction):
                return self._of_local(outer, body, depth)
            if not isinstance(outer, Closure):
                continue
            when, given = self._when(outer, body)
            if when == "later" and isinstance(given, (Call, Assign)):
                return self._later(given, body)
            if when == "unknown":
                return _UNKNOWN
        return self._of_function(body.symbol, depth)

    def _later(self, given: Call | Assign, body: Body) -> _Verdict:
        if self._is_about_start(given):
            return _UNKNOWN
        name = given.name if isinstance(given, Call) else getattr(given.target, "name", "")
        name = name.partition(":")[0]
        text = (
            f"what `{name}` is given runs after the launch" if name else "the closure runs after the launch"
        )
        return Late(text, (step_at(given, body, "runs later"),))

    def _of_local(self, function: LocalFunction, body: Body, depth: int) -> _Verdict:
        calls = [
            call
            for call, _ in body.calls
            if (variable := body.variable_called(call)) is not None
            and variable.local_function is not None
            and variable.local_function.node is function
        ]
        return _joined(self._of_node(call, body, depth) for call in calls) if depth < _MAX_DEPTH else _UNKNOWN

    def _when(self, closure: Closure, body: Body) -> tuple[When, Node | None]:
        when, given = when_run(closure, body, self.context.resolver)
        call = taker(closure, body)
        if when != "unknown" or call is None or call.name not in self._later_calls:
            return when, given
        is_own = bool(self.context.resolver.callees.of(call, body).functions)
        return ("unknown" if is_own else "later"), call

    def _is_about_start(self, node: Node) -> bool:
        """Whether something named in a call says that it belongs to the start of the program."""
        names = (n.name for n in descendants(node, into_closures=False) if isinstance(n, (Name, Member)))
        return any(word in name.lower() for name in names for word in self._asks)

    # One function

    def _of_function(self, symbol: FunctionSymbol, depth: int) -> _Verdict:
        if id(symbol) not in self._known:
            self._known[id(symbol)] = _UNKNOWN  # ends a recursion
            self._known[id(symbol)] = self._find(symbol, depth)
        return self._known[id(symbol)]

    def _find(self, symbol: FunctionSymbol, depth: int) -> _Verdict:
        function = symbol.function
        if self._is_prompt(symbol):
            return _IN_TIME
        if depth > _MAX_DEPTH:
            return _UNKNOWN
        is_on_screen = is_of(symbol, self._screen, self.context)
        if is_on_screen and self._is_shown(symbol):
            return _UNKNOWN
        if is_on_screen or is_of(symbol, self._after, self.context):
            return _late(symbol, "runs after the launch")
        if function.result.endswith(_ACTION) or any(_ACTION in a for a in function.attributes):
            return _late(symbol, "runs when the user acts")
        if function.is_async and not self._has_async_start():
            return _late(symbol, "runs in a task, after the launch")
        return _joined(self._entries(symbol, depth + 1))

    def _entries(self, symbol: FunctionSymbol, depth: int) -> Iterator[_Verdict]:
        """When each place runs that can be seen to run ``symbol``."""
        for call, body in self.context.values.calls_of(symbol):
            yield self._of_node(call, body, depth)
        yield from self._named_by_selectors(symbol)
        kind = symbol.function.kind
        if kind in _MAKES and symbol.owner and self._is_run_by_making(symbol):
            for call, body in self.context.instances.makings(symbol.owner):
                yield self._of_node(call, body, depth)
        if kind in ("value", "getter", "observer", "setter"):
            for node, body in self._accesses(symbol):
                yield self._of_node(node, body, depth)
        if self._is_handed_on(symbol):
            yield _UNKNOWN

    def _is_run_by_making(self, symbol: FunctionSymbol) -> bool:
        declared = self.program.property(symbol.owner, symbol.name)
        return declared is None or not (declared[0].is_static or declared[0].is_lazy)

    def _accesses(self, symbol: FunctionSymbol) -> Iterator[tuple[Node, Body]]:
        """Where the property is named that ``symbol`` belongs to."""
        field = self.context.places.field(symbol.owner, symbol.name) if symbol.owner else None
        names = set(field_names(symbol.name))
        for other in self.program.mentioning(*names):
            body = other.body
            if body is None or other is symbol or other.module.path in self.program.tests:
                continue
            for node in descendants(body.unit.block):
                if isinstance(node, (Name, Member)) and node.name in names:
                    if field is None or self.context.places.of(node, body) == field:
                        yield node, body
                elif isinstance(node, Call) and node.name in names and not node.arguments:
                    yield node, body

    def _named_by_selectors(self, symbol: FunctionSymbol) -> Iterator[_Verdict]:
        names = symbol.callable_names
        for other in self.program.mentioning(*sorted(names)):
            body = other.body
            if body is None:
                continue
            for selector in nodes_of(body.unit.block, SelectorName):
                if selector.name.rpartition(".")[2].partition("(")[0] not in names:
                    continue
                parent = body.parent(selector)
                given = body.parent(parent) if isinstance(parent, Argument) else None
                yield self._later(given, body) if isinstance(given, Call) else _UNKNOWN

    def _is_handed_on(self, symbol: FunctionSymbol) -> bool:
        """Whether the function is named as a value, to be called by who knows whom."""
        if symbol.function.kind not in ("function", "method"):
            return False
        for other in self.program.mentioning(symbol.name):
            body = other.body
            if body is None or other.module.path in self.program.tests:
                continue
            for node in descendants(body.unit.block):
                if not isinstance(node, (Name, Member)) or node.name != symbol.name:
                    continue
                if isinstance(node, Member) or body.variable(node) is None:
                    return True
        return False

    # The start of the program

    def _is_prompt(self, symbol: FunctionSymbol) -> bool:
        if self._prompt is None:
            roots = [*self._starts(), *application_parts(self.context)]
            self._prompt = {}
            self._reach.find(roots, self._note)
        return id(symbol) in self._prompt

    def _note(self, symbol: FunctionSymbol) -> bool:
        assert self._prompt is not None
        self._prompt[id(symbol)] = symbol
        return False

    def _starts(self) -> Iterator[FunctionSymbol]:
        yield from (symbol for symbol in self.program.functions if symbol.function.kind == "script")
        yield from (symbol for symbol, _ in members_of(self._before, self.context))

    def _is_shown(self, symbol: FunctionSymbol) -> bool:
        """Whether the start of the program names the type: it may make an object of it, and show it."""
        last = symbol.owner.rpartition(".")[2]
        self._is_prompt(symbol)
        return any(id(other) in (self._prompt or {}) for other in self.program.mentioning(last))

    def _has_async_start(self) -> bool:
        return any(symbol.function.is_async for symbol in self._starts())


def _late(symbol: FunctionSymbol, what: str) -> Late:
    function = symbol.function
    step = Step(symbol.module.path, function.name_start, function.name_end, what)
    return Late(f"`{function.spelling}` {what}", (step,))


def _joined(verdicts: Iterable[_Verdict]) -> _Verdict:
    """In time where one way is; else late where all are, and there is one."""
    found = list(verdicts)
    if _IN_TIME in found:
        return _IN_TIME
    late = [verdict for verdict in found if isinstance(verdict, Late)]
    return late[0] if late and len(late) == len(found) else _UNKNOWN
