"""Which code the program sends off the main thread."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.types import unwrapped
from backhaul.analysis.values import Values
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Step
from backhaul.model.code import Argument, Await, Call, Closure, Expression, Local, Name, Node, SelectorName

_MAIN = "main-queue"
_OTHER = "queue"
_OFF_MAIN = "off-main"
_ON_MAIN = "on-main"
_SAYS_QUEUE = "says-queue"
_PREPARED = "prepared-work"
_ENQUEUES = "enqueues"
_RUNS_PREPARED = "runs-prepared"
_MAX_CALLERS_DEEP = 4


class Queues:
    """Answers where code runs, as far as the program says so by dispatching it.

    A queue of the kind ``main-queue`` runs what it is given on the main thread, one of the kind ``queue``
    does not. Operations tagged ``on-main`` and ``off-main`` say it of the closures they take, ``says-queue``
    of the function they stand in. ``prepared-work`` runs on the queues that ``enqueues`` put it into, unless
    ``runs-prepared`` runs it at once.
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
        return self._says_itself(body) or self._callers_say(body, depth)

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
            if use.operation.is_named(_PREPARED):
                return self._put_into(use, body) or ""
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

    def _put_into(self, prepared: Use, body: Body) -> Step | None:
        """Where prepared work is put into queues that all are not the main queue."""
        made = prepared.node
        holder = body.variable(prepared.receiver) if isinstance(prepared.receiver, Name) else None
        if holder is None:
            variables = body.all_variables()
            holder = next((v for v in variables if any(_is(d.expression, made) for d in v.definitions)), None)
        step: Step | None = None
        for call, _ in body.calls:
            for use in self.resolver.operations.at(call, body):
                held = [use.receiver] if use.operation.is_named(_RUNS_PREPARED) else [*use.arguments.values()]
                if not any(_is(value, made) or _names(value, holder, body) for value in held):
                    continue
                if use.operation.is_named(_RUNS_PREPARED):
                    return None
                if use.operation.is_named(_ENQUEUES):
                    if self.kinds(use, body) - {NIL} != {_OTHER}:
                        return None
                    step = step_at(use.node, body, "sent off the main thread here", use.site)
        return step

    def _says_itself(self, body: Body) -> Step | None:
        """Where a function says on which queue it is called, and that is not the main queue."""
        for call, unit in body.calls:
            if unit is not body.unit:
                continue
            for use in self.resolver.operations.at(call, body):
                if use.operation.is_named(_SAYS_QUEUE) and self.kinds(use, body) - {NIL} == {_OTHER}:
                    return step_at(use.node, body, "called off the main thread, it says here", use.site)
        return None

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
                if selector.name.rpartition(".")[2].partition("(")[0] not in names:
                    continue
                parent = body.parent(selector)
                call = body.parent(parent) if isinstance(parent, Argument) else None
                if not isinstance(call, Call):
                    yield None
                elif not self._is_of_another(call, body, symbol):
                    yield self._performed(selector, call, body)

    def _is_of_another(self, call: Call, body: Body, symbol: FunctionSymbol) -> bool:
        """Whether a selector is given to or with ``self``, an object of another type than ``symbol``'s."""
        owner = body.symbol.owner
        given = [call.receiver, *(argument.value for argument in call.arguments)]
        is_own = any(isinstance(value, Name) and value.name == "self" for value in given)
        return bool(is_own and owner) and symbol.owner not in self.resolver.program.family(owner)

    def _performed(self, selector: SelectorName, call: Call, body: Body) -> Step | None:
        for use in self.resolver.operations.at(call, body):
            if selector not in use.arguments.values():
                continue
            if use.operation.is_named(_OFF_MAIN):
                return step_at(use.node, body, "sent off the main thread here", use.site)
            if use.operation.is_named(_PREPARED):
                return self._put_into(use, body)
        return None


def _is(value: Expression | None, made: Node) -> bool:
    return value is not None and unwrapped(value) is made


def _names(value: Expression | None, holder: Variable | None, body: Body) -> bool:
    inner = unwrapped(value) if value is not None else None
    return holder is not None and isinstance(inner, Name) and body.variable(inner) is holder
