"""A reply is used, and the answer that came with it, which alone tells whether it is good, is not read.

The reply comes to a closure, or is what an ``await`` gives: a tuple of product and answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.consumers import consumer_of, holders, names_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Finding
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.knowledge import tells_developers
from backhaul.matchers.parameters import UnreadAnswerParameters
from backhaul.model.code import (
    Assign,
    Await,
    Call,
    Closure,
    Destructure,
    Expression,
    Member,
    Name,
    Node,
    Try,
)


def find(reporter: Reporter, parameters: UnreadAnswerParameters, context: Context) -> Iterator[Finding]:
    asked = _Asked(parameters, context)
    for operation in (parameters.operation, parameters.awaited):
        for use, body, _ in context.uses(operation):
            reply = asked.reply_of(use, body)
            if reply is None or not asked.is_unread(*reply, body):
                continue
            yield reporter.finding(
                use.site,
                body,
                trail=[step_at(use.node, body, f"`{called(use)}` called here", use.site)],
                call=called(use),
            )


class _Asked:
    def __init__(self, parameters: UnreadAnswerParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        spellings = context.models.all_spellings()
        self._checks = {s.name for s in spellings if s.operation.is_named(parameters.check)}

    def reply_of(self, use: Use, body: Body) -> tuple[Node, list[Variable | None]] | None:
        """Where a reply is used, and the variables that hold product, answer and failure (None: dropped)."""
        handler = use.arguments.get(self.parameters.handler)
        if isinstance(handler, Closure):
            unit = body.unit_of(handler)
            if len(unit.parameters) <= self.parameters.answer_at:
                return None
            return handler.body, [_unless_dropped(v) for v in unit.parameters]
        if handler is not None or not isinstance(use.node, Call):
            return None
        outer = body.parent(use.node)
        while isinstance(outer, (Await, Try)):
            outer = body.parent(outer)
        if not isinstance(outer, Destructure) or len(outer.names) <= self.parameters.answer_at:
            return None
        bound = [v for v in body.all_variables() if any(d.node is outer for d in v.definitions)]
        named = {v.name: v for v in bound}
        return body.unit_at(outer).block, [named.get(name) if name != "_" else None for name in outer.names]

    def is_unread(self, where: Node, reply: list[Variable | None], body: Body) -> bool:
        answer = reply[self.parameters.answer_at]
        product = reply[self.parameters.product_at]
        known = (self.parameters.answer_at, self.parameters.product_at)
        others = [v for n, v in enumerate(reply) if n not in known]
        told = self._names(answer, body)
        if any(self._is_heeded(name, body) for name in told):
            return False
        if any(
            use.operation.is_named(self.parameters.content_check)
            for call in nodes_of(where, Call)
            for use in self.context.resolver.operations.at(call, body)
        ):
            return False
        used = [*self._names(product, body), *told]
        if any(self._matters(name, body) for name in used):
            return True
        return product is None and any(
            consumer_of(name, body).form in ("passed", "returned") and self._matters(name, body)
            for variable in others
            for name in self._names(variable, body)
        )

    def _names(self, variable: Variable | None, body: Body) -> list[Name]:
        if variable is None:
            return []
        return list(names_of(holders(body, lambda _: False, iter((variable,))), body))

    def _is_heeded(self, name: Name, body: Body) -> bool:
        """Whether the outcome is read from an answer, or the answer goes where it may be."""
        consumer = consumer_of(name, body)
        node = consumer.node
        if consumer.form in ("stored", "returned"):
            return True
        if consumer.form == "passed" and isinstance(node, Call):
            return not tells_developers(node) and not self._is_named(node, self.parameters.inert, body)
        if consumer.form == "used" and isinstance(node, (Call, Member)):
            if node.name in self._checks:
                return self._matters_beyond(node, body)
            known = self._is_named(node, self.parameters.in_sight, body)
            return not known and not tells_developers(node) if isinstance(node, Call) else not known
        return False

    def _matters_beyond(self, read: Expression, body: Body) -> bool:
        """Whether the outcome is read for more than to be told to developers."""
        consumer = consumer_of(read, body)
        node = consumer.node
        if consumer.form in ("passed", "described") and isinstance(node, Call):
            return not tells_developers(node) and not self._is_named(node, self.parameters.inert, body)
        return True

    def _matters(self, name: Name, body: Body) -> bool:
        """Whether something is done with a value but to test it and to tell developers of it."""
        consumer = consumer_of(name, body)
        if consumer.form == "none" and not isinstance(consumer.node, Assign):
            return False
        node = consumer.node
        if consumer.form in ("passed", "described", "used") and isinstance(node, Call):
            return not tells_developers(node) and not self._is_named(node, self.parameters.inert, body)
        return True

    def _is_named(self, node: Node, operation: str, body: Body) -> bool:
        return any(u.operation.is_named(operation) for u in self.context.resolver.operations.at(node, body))


def _unless_dropped(variable: Variable) -> Variable | None:
    return None if variable.name in ("", "_") else variable
