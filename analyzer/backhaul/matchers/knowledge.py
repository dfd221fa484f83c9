"""Whether the callbacks of a type come to know an outcome that only an answer tells.

The answer is an argument of a callback, or is asked of the callback's subject. It is known when
something reads the outcome from it, or when answer or subject go where this analysis does not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.consumers import consumer_of, holders, names_of
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import descendants
from backhaul.matchers.context import Context
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.parameters import UncheckedOutcomeParameters
from backhaul.model.code import Call, Expression, Member, Name, Node

_MAX_FUNCTIONS = 60
_MAX_DEPTH = 3
_COMPOSED = "composed"
_TELLS = re.compile(
    r"(?:(?:^|_)log|Log|LOG)(?:s|g?er|ging)?(?![a-z]|Out|In)|(?:(?:^|_)print|Print)(?![a-z])|^assert|^trace"
)
"""Names of calls, and of objects called, that say something to developers and do nothing else."""
_SELF = -1


def tells_developers(call: Call) -> bool:
    """Whether a call, or an object that it is called on, has the name of something that logs."""
    if _TELLS.search(call.name.partition(":")[0]):
        return True
    named = [n for n in descendants(call.receiver) if isinstance(n, (Name, Member))] if call.receiver else []
    return any(_TELLS.search(n.name) for n in named)


class _Visit(Struct, frozen=True):
    """A function, and the positions of its parameters that hold a subject, and an answer.

    The position ``_SELF`` is the object that it is called on.
    """

    symbol: FunctionSymbol
    subjects: frozenset[int] = frozenset()
    answers: frozenset[int] = frozenset()


class _Held(Struct):
    """What holds subject and answer in one body."""

    body: Body
    subjects: list[Variable]
    answers: list[Variable]


class Knowledge:
    """Answers for one card; each type is looked at once."""

    def __init__(self, parameters: UncheckedOutcomeParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self._known: dict[str, bool] = {}
        self._checks = {s.name for s in context.models.spellings_of(parameters.check)}
        self._carriers = {s.name for s in context.models.spellings_of(parameters.carrier)}

    def of(self, owner: str) -> bool:
        """Whether the callbacks of the type ``owner``, its supertypes and subtypes know the outcome."""
        if owner not in self._known:
            self._known[owner] = self._is_read_elsewhere(owner) or any(
                self._knows(visit) for visit in self._reached(owner)
            )
        return self._known[owner]

    def examines(self, symbol: FunctionSymbol, depth: int = 0) -> bool:
        """Whether ``symbol``, or what it calls, examines the content that came."""
        body = symbol.body
        if body is None or depth > _MAX_DEPTH:
            return False
        if any(self._performs(call, body, self.parameters.content_check) for call, _ in body.calls):
            return True
        return any(
            self.examines(callee, depth + 1)
            for call, _ in body.calls
            for callee in self.context.resolver.callees.of(call, body).functions
            if callee is not symbol
        )

    def is_quiet(self, call: Call, body: Body, depth: int = 0) -> bool:
        """Whether a call only says something to developers."""
        if tells_developers(call) or self._performs(call, body, self.parameters.inert):
            return True
        functions = self.context.resolver.callees.of(call, body).functions
        return bool(functions) and depth < _MAX_DEPTH and all(self._says_only(f, depth) for f in functions)

    def _says_only(self, symbol: FunctionSymbol, depth: int) -> bool:
        body = symbol.body
        if body is None or body.assigns or not body.calls:
            return False
        return all(self.is_quiet(call, body, depth + 1) for call, _ in body.calls)

    def _performs(self, node: Node, body: Body, operation: str) -> bool:
        return any(u.operation.is_named(operation) for u in self.context.resolver.operations.at(node, body))

    # The callbacks, and all functions that they give subject or answer to

    def _reached(self, owner: str) -> Iterator[_Visit]:
        queue = list(self._callbacks(owner))
        seen: set[tuple[int, frozenset[int], frozenset[int]]] = set()
        while queue and len(seen) < _MAX_FUNCTIONS:
            visit = queue.pop()
            key = (id(visit.symbol), visit.subjects, visit.answers)
            if key not in seen:
                seen.add(key)
                yield visit
                queue.extend(v for v in self._called(visit) if v.subjects or v.answers)

    def _callbacks(self, owner: str) -> Iterator[_Visit]:
        family = self.context.program.family(owner)
        for symbol, hook in members_of(self.parameters.callbacks, self.context):
            if symbol.owner in family:
                subject = parameter_of(symbol, hook, self.parameters.subject)
                answer = parameter_of(symbol, hook, self.parameters.answer)
                yield _Visit(symbol, _positions(subject), _positions(answer))

    def _called(self, visit: _Visit) -> Iterator[_Visit]:
        held = self._held(visit)
        if held is None:
            return
        for call, _ in held.body.calls:
            for callee in self.context.resolver.callees.of(call, held.body).functions:
                given = list(_given(callee, call))
                yield _Visit(
                    callee,
                    frozenset(p for p, value in given if self._is_subject(value, held)),
                    frozenset(p for p, value in given if self._is_answer(value, held)),
                )
        for member in descendants(held.body.unit.block):
            if isinstance(member, Member) and member.base is not None:
                of_subject, of_answer = (
                    self._is_subject(member.base, held),
                    self._is_answer(member.base, held),
                )
                for getter in self._getters(member) if of_subject or of_answer else ():
                    yield _Visit(getter, frozenset((_SELF,)), frozenset())

    def _getters(self, member: Member) -> Iterator[FunctionSymbol]:
        """The computed properties of that name, whoever owns them: what extends an API's type among them."""
        for symbol in self.context.program.functions_named.get(member.name, ()):
            if symbol.function.kind == "getter":
                yield symbol

    def _held(self, visit: _Visit) -> _Held | None:
        body = visit.symbol.body
        if body is None:
            return None
        return _Held(
            body,
            holders(body, lambda _: False, _at(body, visit.subjects)),
            holders(body, self._carries, _at(body, visit.answers)),
        )

    def _is_subject(self, value: Expression, held: _Held) -> bool:
        inner = unwrapped(value)
        return isinstance(inner, Name) and held.body.variable(inner) in held.subjects

    def _is_answer(self, value: Expression, held: _Held) -> bool:
        inner = unwrapped(value)
        return self._carries(inner) or (isinstance(inner, Name) and held.body.variable(inner) in held.answers)

    def _carries(self, node: Node) -> bool:
        """By name only: a type of the program may stand in for the subject."""
        return isinstance(node, (Call, Member)) and node.name in self._carriers

    # One function

    def _knows(self, visit: _Visit) -> bool:
        held = self._held(visit)
        if held is None:
            return False
        body = held.body
        if self._reads_outcome(visit.symbol, body):
            return True
        if any(self._goes_out_of_sight(name, body) for name in names_of(held.subjects, body)):
            return True
        carried = [node for node in descendants(body.unit.block) if self._carries(node)]
        return any(
            consumer_of(node, body).form in ("stored", "returned") or self._goes_out_of_sight(node, body)
            for node in (*names_of(held.answers, body), *carried)
        )

    def _reads_outcome(self, symbol: FunctionSymbol, body: Body) -> bool:
        if self._checks.isdisjoint(symbol.function.mentions):
            return False
        return any(
            isinstance(node, (Call, Member)) and node.name in self._checks and self._matters(node, body)
            for node in descendants(body.unit.block)
        )

    def _matters(self, value: Node, body: Body, depth: int = 0) -> bool:
        """Whether a value is used for more than to be told to developers."""
        consumer = consumer_of(value, body)
        call = consumer.node
        if consumer.form in ("passed", "described", "used") and isinstance(call, Call):
            if self._composes(call, body):
                return self._matters(call, body, depth)
            return not self.is_quiet(call, body)
        bound = [v for v in body.all_variables() if any(d.node is consumer.node for d in v.definitions)]
        if consumer.form != "none" or not bound or depth > _MAX_DEPTH:
            return True
        return any(self._matters(name, body, depth + 1) for name in names_of(bound, body))

    def _composes(self, call: Call, body: Body) -> bool:
        found = self.context.resolver.operations.at(call, body)
        return any(u.operation.returns is not None and u.operation.returns.kind == _COMPOSED for u in found)

    def _goes_out_of_sight(self, value: Node, body: Body) -> bool:
        """Whether a value goes to code that is not seen: passed, whole or in part, or asked something."""
        consumer = consumer_of(value, body)
        call = consumer.node
        if consumer.form == "used" and call is not None:
            return self._is_asked_unknown(call, body)
        if consumer.form != "passed" or not isinstance(call, Call):
            return False
        if self._performs(call, body, self.parameters.in_sight) or self.is_quiet(call, body):
            return False
        argument = next((a.value for a in call.arguments if a.value is consumer.argument), None)
        is_whole = argument is not None and unwrapped(argument) is value
        return not is_whole or not self.context.resolver.callees.of(call, body).functions

    def _is_asked_unknown(self, node: Node, body: Body) -> bool:
        """Whether a member of a value is one that neither the models nor the program know."""
        if not isinstance(node, (Call, Member)) or self._carries(node) or node.name in self._checks:
            return False
        if self._performs(node, body, self.parameters.in_sight):
            return False
        return not self.context.program.functions_named.get(node.name)

    def _is_read_elsewhere(self, owner: str) -> bool:
        """Whether other code than callbacks asks a subject for its answer, and reads the outcome."""
        callbacks = [symbol for symbol, _ in members_of(self.parameters.callbacks, self.context)]
        others = {symbol.owner for symbol in callbacks} - self.context.program.family(owner)
        for use, body, _ in self.context.uses(self.parameters.carrier):
            symbol = body.symbol
            if (
                symbol in callbacks
                or symbol.owner in others
                or symbol.module.path in self.context.program.tests
            ):
                continue
            is_ours = use.is_certain or symbol.owner in self.context.program.family(owner)
            if is_ours and self._reads_outcome(symbol, body):
                return True
        return False


def _positions(variable: Variable | None) -> frozenset[int]:
    return frozenset() if variable is None or variable.parameter is None else frozenset((variable.parameter,))


def _at(body: Body, positions: frozenset[int]) -> Iterator[Variable]:
    return (v for v in body.unit.parameters if v.parameter in positions)


def _given(callee: FunctionSymbol, call: Call) -> Iterator[tuple[int, Expression]]:
    """What ``call`` gives ``callee``, by position; its object too."""
    if call.receiver is not None:
        yield _SELF, call.receiver
    for position in range(len(callee.function.parameters)):
        argument = argument_for(callee, call, position)
        if argument is not None:
            yield position, argument
