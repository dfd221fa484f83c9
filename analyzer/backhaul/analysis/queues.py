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
from backhaul.model.code import Argument, Await, Call, Closure, Node, SelectorName

_MAIN = "main-queue"
_OTHER = "queue"
_OFF_MAIN = "off-main"
_ON_MAIN = "on-main"
_MAX_CALLERS_DEEP = 2


class Queues:
    """Answers where code runs, as far as the program says so by dispatching it.

    A queue of the kind ``main-queue`` runs what it is given on the main thread, one of the kind ``queue``
    does not. Operations tagged ``on-main`` and ``off-main`` say it of the closures they take.
    """

    def __init__(self, values: Values) -> None:
        self.values = values
        self.resolver = values.resolver

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
                where = self._taker_says(outer, body)
                if where != "now":
                    return where if isinstance(where, Step) else None
        return self._callers_say(body, depth)

    def _taker_says(self, closure: Closure, body: Body) -> Step | str:
        """Where a closure is sent away; else ``now``: it runs where it stands; "": not known, or main."""
        parent = body.parent(closure)
        if isinstance(parent, Call) and parent.receiver is closure:
            return "now"
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
        found = [self.sent_away(call, caller, depth + 1) for call, caller in self.values.calls_of(symbol)]
        found += self._selectors_say(symbol)
        return found[0] if found and all(step is not None for step in found) else None

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
