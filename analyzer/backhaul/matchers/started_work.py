"""Where code starts work that goes on by itself, and for which nothing keeps the app awake."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import UNKNOWN, step_at
from backhaul.analysis.types import unwrapped
from backhaul.analysis.walking import descendants, nodes_of
from backhaul.findings.finding import Confidence, Step
from backhaul.matchers.circumstances import is_asked
from backhaul.matchers.context import Context
from backhaul.matchers.parameters import WorkTests
from backhaul.model.code import Await, Call, Closure, Expression, Name, Node

_MAX_DEPTH = 3
_OTHER = "queue"


class Start(Struct, frozen=True):
    """Work begins at ``node``, in ``body``; ``call`` is where the code looked at leads there."""

    node: Node
    body: Body
    call: Call
    confidence: Confidence


class Starts:
    """Finds what starts work, as ``tests`` say."""

    def __init__(self, tests: WorkTests, context: Context) -> None:
        self.tests = tests
        self.context = context
        self.operations = context.resolver.operations

    def waits(self, atom: Node, body: Body) -> bool:
        """Whether code waits, closures in it aside, for work that is under way."""
        for node in descendants(atom, into_closures=False):
            if isinstance(node, Await) and not self.tests.only_requests:
                return True
            if isinstance(node, Call):
                uses = self.operations.at(node, body)
                if any(use.operation.is_named(self.tests.waits) for use in uses):
                    return True
        return False

    def holds(self, code: Node, body: Body) -> bool:
        """Whether code, closures in it too, keeps the app awake by itself."""
        return any(
            self._is_one_of(use, self.tests.holds)
            for call in nodes_of(code, Call)
            for use in self.operations.at(call, body)
        )

    # What starts work

    def in_code(self, code: Node, body: Body, depth: int) -> Start | None:
        """Where a piece of code, without the closures that it does not run itself, starts work."""
        for call in nodes_of(code, Call, into_closures=False):
            if is_asked(self.tests.unless_decided_by, call, body, either_way=True):
                continue
            start = self._at(call, body, depth)
            if start is not None:
                return start
        return None

    def _at(self, call: Call, body: Body, depth: int) -> Start | None:
        uses = self.operations.at(call, body)
        for use in uses:
            if not use.is_certain:
                continue
            is_given_code = any(isinstance(given, Closure) for given in use.arguments.values())
            if is_given_code and self._is_one_of(use, self.tests.schedules):
                return self._scheduled(use, call, body, depth)
            if self._is_one_of(use, self.tests.starts):
                return self._started(use, call, body)
        if uses or body.variable_called(call) is not None:
            return None
        callees = self.context.resolver.callees.of(call, body)
        if not callees.functions and self._is_known_by_name(call):
            return Start(call, body, call, "medium")
        bodies = [f.body for f in callees.functions if f.body is not None]
        if len(bodies) != 1 or depth >= _MAX_DEPTH or not callees.is_complete or self._is_named(bodies[0]):
            return None
        inner = bodies[0]
        is_awaited = inner.symbol.function.is_async and not self.tests.only_requests
        if is_awaited or self.holds(inner.unit.block, inner) or self.waits(inner.unit.block, inner):
            return None
        found = self.in_code(inner.unit.block, inner, depth + 1)
        if found is None:
            return None
        return Start(
            found.node, found.body, call, "medium" if found.confidence == "high" else found.confidence
        )

    def _is_named(self, body: Body) -> bool:
        """Whether a function is of a kind that nobody waits for: statistics, logs."""
        name = body.symbol.qualified_name.lower()
        return any(word in name for word in self.tests.unless_named)

    def _is_known_by_name(self, call: Call) -> bool:
        """Whether a call out of sight is named as work that takes time, and is given a completion."""
        has_completion = any(isinstance(a.value, Closure) and a.value.parameters for a in call.arguments)
        return has_completion and call.name.lower().startswith(self.tests.verbs)

    @staticmethod
    def _is_one_of(use: Use, names: tuple[str, ...]) -> bool:
        return any(use.operation.is_named(name) for name in names)

    def _started(self, use: Use, call: Call, body: Body) -> Start | None:
        """None for what is not begun yet, or needs nobody to stay awake."""
        if use.operation.is_named(self.tests.unstarted):
            return None
        confidence = self._excuse(use, body)
        return Start(use.node, body, call, confidence) if confidence is not None else None

    def _scheduled(self, use: Use, call: Call, body: Body, depth: int) -> Start | None:
        """What code does that is scheduled to run later: awaits, starts work, or works on another queue."""
        for given in use.arguments.values():
            if not isinstance(given, Closure):
                continue
            if self.holds(given, body):
                return None
            if not self.tests.only_requests and any(nodes_of(given.body, Await, into_closures=False)):
                return Start(use.node, body, call, "high")
            found = self.in_code(given.body, body, depth)
            if found is not None:
                return Start(found.node, found.body, call, found.confidence)
            is_elsewhere = not self.tests.only_requests and self.context.queues.kinds(use, body) == {_OTHER}
            if is_elsewhere and self._works(given, body):
                return Start(use.node, body, call, "medium")
        return None

    def _works(self, closure: Closure, body: Body) -> bool:
        """Whether a closure calls a function of the program that may take its time."""
        for call in nodes_of(closure.body, Call, into_closures=False):
            for symbol in self.context.resolver.callees.of(call, body).functions:
                if symbol.body is not None and symbol.body.calls and not self._is_named(symbol.body):
                    return True
        return False

    def _excuse(self, use: Use, body: Body) -> Confidence | None:
        for excused in self.tests.excused:
            if not use.operation.is_named(excused.operation) or use.receiver is None:
                continue
            origins = self.context.values.origins_at(use.receiver, body, use.node)
            kinds = {origin.kind for origin in origins}
            if excused.kind in kinds:
                return None
            if UNKNOWN in kinds and not self._has_handler(use.receiver, body):
                return "low"
        return "high"

    def _has_handler(self, task: Expression, body: Body) -> bool:
        """Whether a task was made with a closure, which only sessions of the app itself take."""
        made = unwrapped(task)
        if isinstance(made, Name) and (variable := body.variable(made)) is not None:
            values = [d.expression for d in variable.definitions if d.expression is not None]
            made = unwrapped(values[0]) if len(values) == 1 else made
        return isinstance(made, Call) and any(isinstance(a.value, Closure) for a in made.arguments)


def trail_of(start: Start, body: Body) -> Iterator[Step]:
    """Where work begins: in ``body``, and where it really does."""
    yield step_at(start.call, body, "this only starts the work")
    if start.node is not start.call:
        yield step_at(start.node, start.body, "it is started here")
