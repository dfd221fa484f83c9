"""Which code the program sends off the main thread."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.values import Values
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Step
from backhaul.model.code import Argument, Await, Call, Closure, Expression, Local, Node, SelectorName

_MAIN = "main-queue"
_OTHER = "queue"
_OFF_MAIN = "off-main"
_ON_MAIN = "on-main"
_MAX_CALLERS_DEEP = 4


class Queues:
    """Answers where code runs, as far as the program says so by dispatching it.

    A queue of the kind ``main-queue`` runs what it is given on the main thread, one of the kind ``queue``
    does not. Operations tagged ``on-main`` and ``off-main`` say it of the closures they take.
    """

    def __init__(self, values: Values) -> None:
        self.values = values
        self.resolver = values.resolver
        self._asked: set[int] = set()

    def sent_away(self, node: Node, body: Body, depth: int = 0) -> Step | None:
        """Where ``node`` is sent off the main thread; None: it may run there.

        A function runs elsewhere when every call of it that can be seen does, and there is one. What
        is awaited runs where its own declaration says.
        """
        if any("mainthread" in c.text.lower() for c in guards_of(node, body, through_closures=True)):
            return None  # it asks where it runs
        for outer in body.ancestors(node):
            if isinstance(outer, Await):
                return None
            if isinstance(outer, Closure):
                where = self._takers_say(outer, body)
                if where != "now":
                    return where if isinstance(where, Step) else None
        return self._callers_say(body, depth)

    def _takers_say(self, closure: Closure, body: Body) -> Step | str:
        """Where a closure is sent away, by each use of the local that holds it, if one does; see below."""
        kept = body.parent(closure)
        variable = body.declared_by(kept) if isinstance(kept, Local) else None
        if variable is None or len(variable.definitions) != 1:
            return self._taker_says(closure, body)
        found = [self._taker_says(name, body) for name, _ in variable.uses]
        if any(body.variable_called(call) is variable for call, _ in body.calls):
            return ""
        return found[0] if found and all(isinstance(where, Step) for where in found) else ""

    def _taker_says(self, closure: Expression, body: Body) -> Step | str:
        """Where a closure is sent away; else ``now``: it runs where it stands; "": not known, or main."""
        parent = body.parent(closure)
        if isinstance(parent, Call) and parent.receiver is closure:
            return "now" if isinstance(closure, Closure) else ""
        call = body.parent(parent) if isinstance(parent, Argument) else None
        if not isinstance(call, Call):
            return ""
        for use in self.resolver.operations.at(call, body):
            timing = next((t for r, t in use.operation.calls.items() if use.arguments.get(r) is closure), "")
            if not timing:
                continue
            kinds = self.kinds(use, body)
            if timing == "main" or _MAIN in kinds or use.operation.is_named(_ON_MAIN):
                return ""
            if timing == "now":
                return "now"
            if kinds - {NIL} == {_OTHER} or use.operation.is_named(_OFF_MAIN):
                return step_at(use.node, body, "sent off the main thread here", use.site)
            return ""
        return ""

    def kinds(self, use: Use, body: Body) -> set[str]:
        """The kinds that the queue may be of which an operation is given, or is performed on."""
        queue = use.arguments.get("queue", use.receiver)
        return {o.kind for o in self.values.origins(queue, body)} if queue is not None else set()

    def _callers_say(self, body: Body, depth: int) -> Step | None:
        symbol = body.symbol
        if depth >= _MAX_CALLERS_DEEP or symbol.function.kind not in ("function", "method"):
            return None
        self._asked.add(id(symbol))
        first: Step | None = None
        try:
            for step in self._steps_to(symbol, depth):
                if step is None:
                    return None
                first = first or step
        finally:
            self._asked.discard(id(symbol))
        return first

    def _steps_to(self, symbol: FunctionSymbol, depth: int) -> Iterator[Step | None]:
        """For each use of a function where it is sent away; what leads back to itself says nothing new."""
        for call, caller in self.values.calls_of(symbol):
            if id(caller.symbol) not in self._asked:
                yield self.sent_away(call, caller, depth + 1)
        yield from self._selectors_say(symbol)

    def _selectors_say(self, symbol: FunctionSymbol) -> Iterator[Step | None]:
        """For each selector that may mean ``symbol``, where the method it names is sent away."""
        names = symbol.callable_names
        for other in self.resolver.program.mentioning(*sorted(names)):
            body = other.body
            if body is None:
                continue
            for selector in nodes_of(body.unit.block, SelectorName):
                if selector.name.rpartition(".")[2].partition("(")[0] in names:
                    yield self._performed(selector, body)

    def _performed(self, selector: SelectorName, body: Body) -> Step | None:
        parent = body.parent(selector)
        call = body.parent(parent) if isinstance(parent, Argument) else None
        uses = self.resolver.operations.at(call, body) if call is not None else []
        for use in uses:
            if use.operation.is_named(_OFF_MAIN) and selector in use.arguments.values():
                return step_at(use.node, body, "sent off the main thread here", use.site)
        return None
