"""On which thread code runs, where the program says it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.timing import timing
from backhaul.findings.finding import Confidence, Step
from backhaul.matchers.context import Context, is_nil
from backhaul.matchers.delegates import makers_with, members_in
from backhaul.matchers.parameters import QueueRules
from backhaul.model.code import Closure, Expression, Name, Node

_MAIN = "main-queue"
_OTHER = "queue"
_BOUND = "main-thread"
_MAIN_TEST = "main-thread-test"
_ON_MAIN = "on-main"
_TASK = "concurrency.task"
_ISOLATED = "main-actor"
_ROOT = "root-class"
_FREED = "nonisolated"
_MOST_CALLS_UP = 3


class Reason(Struct, frozen=True):
    """Why code runs off the main thread."""

    confidence: Confidence
    trail: tuple[Step, ...]


class Threads:
    """Answers for one program; ``rules`` says which functions run on a queue that is given elsewhere."""

    def __init__(self, rules: QueueRules, context: Context) -> None:
        self.rules = rules
        self.context = context
        self._active: set[int] = set()

    def off_main(self, node: Node, body: Body, depth: int = 0) -> Reason | None:
        """Why ``node`` is evaluated off the main thread; None where it is not, or is not known."""
        if any(where is body for _, where, _ in self.context.uses(_MAIN_TEST)):
            return None
        unit = body.unit_at(node)
        while unit.node is not None:
            if not isinstance(unit.node, Closure):
                return None
            when = timing(unit.node, body, self.context.resolver)
            queue = self._queue_of(unit.node, body)
            if when in ("main", "") or queue == _MAIN or self._is_given_to(_ON_MAIN, unit.node, body):
                return None
            if queue == _OTHER:
                return Reason("high", (step_at(unit.node, body, "run on a queue of its own here"),))
            if when == "later" and self._is_given_to(_TASK, unit.node, body):
                return self._task(unit.node, body)
            if when == "later":
                return self._reply(unit.node, body)
            unit = body.unit_at(unit.node)
        return self._function(body.symbol, depth)

    def _is_given_to(self, operation: str, closure: Closure, body: Body) -> bool:
        call = taker(closure, body)
        uses = self.context.resolver.operations.at(call, body) if call is not None else ()
        return any(use.operation.is_named(operation) for use in uses)

    def _task(self, closure: Closure, body: Body) -> Reason | None:
        """A task that a function starts which belongs to no actor, or to another one than the main actor's.

        It belongs to the actor of the code that starts it, unless its closure says otherwise.
        """
        if closure.attributes or body.unit_at(closure) is not body.unit:
            return None
        if not is_surely_free(body.symbol, self.context):
            return None
        return Reason("medium", (step_at(closure, body, "a task that is not the main actor's"),))

    def _queue_of(self, closure: Closure, body: Body) -> str:
        """The kind of queue that a closure is given to, where all agree."""
        call = taker(closure, body)
        if call is None:
            return ""
        given = [a.value for a in call.arguments if a.value is not closure]
        operands: list[Expression] = [*([call.receiver] if call.receiver is not None else []), *given]
        kinds = {kind for operand in operands for kind in self._kinds(operand, body)}
        return next(iter(kinds)) if len(kinds) == 1 else ""

    def _kinds(self, expression: Expression, body: Body) -> Iterator[str]:
        found = {o.kind for o in self.context.values.origins(expression, body)} - {NIL}
        if len(found) == 1 and found <= {_MAIN, _OTHER}:
            yield from found

    def _function(self, symbol: FunctionSymbol, depth: int) -> Reason | None:
        if id(symbol) in self._active or depth > _MOST_CALLS_UP:
            return None
        if _is_on_main(symbol, self.context):
            return None
        own = self._delegate_queue(symbol) or self._type_queue(symbol)
        if own is not None:
            return own
        self._active.add(id(symbol))
        try:
            return self._called_off_main(symbol, depth)
        finally:
            self._active.discard(id(symbol))

    def _called_off_main(self, symbol: FunctionSymbol, depth: int) -> Reason | None:
        """Whether every call of the function in the program is off the main thread."""
        reasons = []
        for call, caller in self.context.values.calls_of(symbol):
            reason = self.off_main(call, caller, depth + 1)
            if reason is None:
                return None
            step = step_at(call, caller, f"`{symbol.qualified_name}` called here")
            reasons.append(Reason("medium", (*reason.trail, step)))
        return reasons[0] if reasons else None

    def _delegate_queue(self, symbol: FunctionSymbol) -> Reason | None:
        """A method of a delegate runs on the queue that was given together with the delegate."""
        rules = self.rules
        if not symbol.owner or all(
            f is not symbol for f, _ in members_in(symbol.owner, rules.delegate_hook, self.context)
        ):
            return None
        step: Step | None = None
        for use, body in makers_with(symbol.owner, rules.maker, rules.delegate, self.context):
            if not self._is_made_elsewhere(use, body):
                return None
            step = step or _made(use, body)
        return Reason("high", (step,)) if step is not None else None

    def _is_made_elsewhere(self, use: Use, body: Body) -> bool:
        """Whether a maker is given a queue that is known not to be the main queue, or makes its own."""
        queue = use.arguments.get(self.rules.queue)
        return queue is None or is_nil(queue) or set(self._kinds(queue, body)) == {_OTHER}

    def _reply(self, closure: Closure, body: Body) -> Reason | None:
        """An object that has a delegate queue calls the closures it is asked with there, too."""
        call = taker(closure, body)
        for use in self.context.resolver.operations.at(call, body) if call is not None else ():
            is_asked = any(value is closure for value in use.arguments.values())
            if not is_asked or use.receiver is None or not use.operation.is_named(self.rules.replies):
                continue
            if isinstance(use.receiver, Name):
                variable = body.variable(use.receiver)
                if variable is not None and variable.parameter is not None and variable.unit is body.unit:
                    return self._delegate_queue(body.symbol)
            return self._made_off_main(use.receiver, body)
        return None

    def _made_off_main(self, receiver: Expression, body: Body) -> Reason | None:
        """Whether all objects that ``receiver`` may be are made with a delegate queue other than main."""
        makers = {id(use.node): (use, where) for use, where, _ in self.context.uses(self.rules.maker)}
        step: Step | None = None
        for origin in self.context.values.origins(receiver, body):
            if origin.kind == NIL:
                continue
            found = makers.get(id(origin.use.node)) if origin.use is not None else None
            if found is None or not self._is_made_elsewhere(*found):
                return None
            step = step or _made(*found)
        return Reason("high", (step,)) if step is not None else None

    def _type_queue(self, symbol: FunctionSymbol) -> Reason | None:
        """A type may say on which queue its methods are called."""
        if not symbol.owner or symbol.function.is_static:
            return None
        for getter, _ in members_in(symbol.owner, self.rules.queue_hook, self.context):
            body = getter.body
            if getter is symbol or body is None:
                continue
            returned = [r.value for r in body.unit.returns if r.value is not None]
            if returned and all(set(self._kinds(value, body)) == {_OTHER} for value in returned):
                return Reason("high", (step_at(returned[0], body, f"the queue of `{symbol.owner}`"),))
        return None


def _made(use: Use, body: Body) -> Step:
    return step_at(use.node, body, "made with a delegate queue that is not the main queue", use.site)


def _is_on_main(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether the function or its type is bound to the main thread by an attribute."""
    attributes = [*symbol.function.attributes]
    owner = context.program.find_type(symbol.owner) if symbol.owner else None
    for declaration, _ in owner.declarations if owner is not None else ():
        attributes += declaration.attributes
    bound = {name for api in context.models.types_tagged(_BOUND) for name in (api.name, *api.also)}
    return any(attribute.lstrip("@").partition("(")[0] in bound for attribute in attributes)


def is_surely_free(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether a Swift function does not belong to the main actor, though nothing says to which it does."""
    if _is_on_main(symbol, context):
        return False
    if any(text.startswith(_FREED) for text in symbol.function.attributes):
        return True
    if symbol.module.language != "swift" or context.project.swift(symbol.module.path).is_main_by_default:
        return False
    isolated = {name for api in context.models.types_tagged(_ISOLATED) for name in (api.name, *api.also)}
    roots = {name for api in context.models.types_tagged(_ROOT) for name in (api.name, *api.also)}
    for name in context.program.supertypes(symbol.owner):
        kind = context.program.find_type(name)
        if name in isolated:
            return False
        if kind is None or not kind.is_declared_here:
            continue
        if kind.kind == "class":
            above = next((each for d, _ in kind.declarations for each in d.inherits), "")
            known = context.program.find_type(above)
            if above and above not in roots and (known is None or not known.is_declared_here):
                return False
    return bool(symbol.owner)
