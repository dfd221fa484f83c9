"""Handlers that a program registers under an identity, requests of that identity, and what handlers do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.operations import Use
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.reach import Reach
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit
from backhaul.matchers.context import Context
from backhaul.matchers.identities import Identities, Texts
from backhaul.model.code import Argument, Call, Closure, Expression, Member, Name, Node

_CONSTANT = re.compile(r"(?P<owner>(?:\w+\.)*)\w+")
_RAW = ".rawValue"
_MAX_DEPTH = 4
_MOST_FUNCTIONS = 400
_DEEPEST = 30


class Handler(Struct, frozen=True, eq=False):
    """A closure (``node``) written in ``body``, or the whole function that ``body`` is of."""

    body: Body
    node: Closure | None = None

    def holds(self, node: Node) -> bool:
        return self.node is None or self.node.start <= node.start < self.node.end


class Performer(Struct, frozen=True, eq=False):
    """A use of an operation somewhere in the program, or a request made there, with its identity."""

    use: Use
    body: Body
    unit: Unit
    identity: Texts


class Registrations:
    """Answers for one program. ``role``: in which operations are given the identity.

    What the closures do that operations ``besides`` are given is not what a handler does.
    """

    def __init__(self, role: str, context: Context, besides: tuple[str, ...] = ()) -> None:
        self.role = role
        self.context = context
        self.identities = Identities(context)
        self._besides = besides
        self._reach = Reach(context.resolver, self._is_beside) if besides else context.reach

    def of(self, operation: str) -> list[Performer]:
        """The uses of an operation outside tests, each with the identity it is given.

        A use that is given a case of another meaning (``.other``) is none.
        """
        found = []
        for use, body, unit in self.context.uses(operation):
            given = use.arguments.get(self.role)
            identity = self.identities.of(given, body)
            is_case = (isinstance(given, Call) and given.implicit) or (
                isinstance(given, Member) and given.base is None
            )
            if body.symbol.module.path not in self.context.program.tests and (identity or not is_case):
                found.append(Performer(use, body, unit, identity))
        return found

    def handlers(self, given: Expression | None, body: Body, depth: int = 0) -> list[Handler]:
        """The closures and functions that ``given`` may be; empty where some cannot be seen."""
        if given is None or depth > _MAX_DEPTH:
            return []
        given = unwrapped(given)
        if isinstance(given, Closure):
            return [Handler(body, given)]
        variable = body.variable(given) if isinstance(given, Name) else None
        if variable is None:
            return [Handler(f.body) for f in self._functions(given, body) if f.body is not None]
        if variable.parameter is not None and variable.unit is body.unit:
            return self._passed(variable.parameter, body, depth)
        values = [d.expression for d in variable.definitions if d.form == "value"]
        if len(values) != 1 or len(variable.definitions) != 1:
            return []
        return self.handlers(values[0], body, depth + 1)

    def _passed(self, position: int, body: Body, depth: int) -> list[Handler]:
        found: list[Handler] = []
        for call, caller in self.context.values.calls_of(body.symbol):
            handlers = self.handlers(argument_for(body.symbol, call, position), caller, depth + 1)
            if not handlers:
                return []
            found.extend(handlers)
        return found

    def _functions(self, given: Expression, body: Body) -> list[FunctionSymbol]:
        """The functions that a name, or a member of a known type, means; those that give a closure aside."""
        program = self.context.program
        if isinstance(given, Name):
            owner = body.symbol.owner
            own = program.members(owner, given.name) if owner else []
            found = own or [f for f in program.functions_named.get(given.name, ()) if not f.owner]
        elif isinstance(given, Member) and given.base is not None:
            types = self.context.resolver.types
            owner = types.named_by(given.base, body) or types.of(given.base, body)
            found = program.members(owner, given.name) if owner else []
        else:
            return []
        return [f for f in found if f.function.kind in ("function", "method") and f.function.has_body]

    # What handlers lead to

    def reached(
        self, handler: Handler, avoids: tuple[str, ...] = (), deepest: int = _DEEPEST
    ) -> list[FunctionSymbol]:
        """The functions that a handler leads to by ``deepest`` calls, the one it is written in aside.

        Those with one of the words ``avoids`` in their name, in lower case, are passed by.
        """
        reach = self._reach
        if handler.node is None:
            next_ones = list(reach.next(handler.body.symbol))
        else:
            next_ones = reach.within(handler.node, handler.body)
        found: dict[int, FunctionSymbol] = {}
        for _ in range(deepest):
            fresh = {id(s): s for s in next_ones if id(s) not in found}
            fresh = {key: s for key, s in fresh.items() if not _has_word(s.qualified_name, avoids)}
            found.update(fresh)
            if not fresh or len(found) > _MOST_FUNCTIONS:
                break
            next_ones = [s for symbol in fresh.values() for s in reach.next(symbol)]
        return list(found.values())

    def performed(
        self,
        handler: Handler,
        operations: Iterable[str],
        avoids: tuple[str, ...] = (),
        deepest: int = _DEEPEST,
    ) -> Iterator[tuple[Use, Body]]:
        """The uses of ``operations``, by id or tag, that a handler performs or leads to."""
        found = [(use, body) for name in operations for use, body, _ in self.context.uses(name)]
        reached = {id(symbol) for symbol in self.reached(handler, avoids, deepest)} if found else set()
        for use, body in found:
            inside = body is handler.body and handler.holds(use.node)
            if (inside or id(body.symbol) in reached) and not self._is_within_beside(use.node, body):
                yield use, body

    def _is_within_beside(self, node: Node, body: Body) -> bool:
        outer = (each for each in body.ancestors(node) if isinstance(each, Closure)) if self._besides else ()
        return any(self._is_beside(closure, body) for closure in outer)

    def _is_beside(self, closure: Closure, body: Body) -> bool:
        parent = body.parent(closure)
        given = body.parent(parent) if isinstance(parent, Argument) else parent
        uses = self.context.resolver.operations.at(given, body) if given is not None else []
        return any(use.operation.is_named(name) for use in uses for name in self._besides)

    def is_out_of_sight(self, handler: Handler, words: tuple[str, ...]) -> bool:
        """Whether a handler may do more than can be seen.

        It, or what it leads to, calls a closure that somebody else gave, or by a name with one of
        ``words`` in it a function that the program does not declare.
        """
        bodies = [(handler.body, handler)]
        bodies += [(s.body, Handler(s.body)) for s in self.reached(handler) if s.body is not None]
        return any(
            self._is_unseen(call, body, words)
            for body, part in bodies
            for call, _ in body.calls
            if part.holds(call)
        )

    def _is_unseen(self, call: Call, body: Body, words: tuple[str, ...]) -> bool:
        if self.context.resolver.operations.at(call, body):
            return False
        variable = body.variable_called(call)
        if variable is not None:
            return variable.local_function is None
        if self.context.resolver.callees.of(call, body).functions:
            return False
        return not call.name or _has_word(call.name, words) or self._is_kept_closure(call, body)

    def _is_kept_closure(self, call: Call, body: Body) -> bool:
        """Whether what is called is a property of a type of the program, and so a closure."""
        types = self.context.resolver.types
        owner = types.of(call.receiver, body) if call.receiver is not None else body.symbol.owner
        return bool(owner) and self.context.program.property(owner, call.name) is not None


def _has_word(name: str, words: tuple[str, ...]) -> bool:
    lowered = name.lower()
    return any(word in lowered for word in words)


def is_surely_other(one: Texts, other: Texts) -> bool:
    """Whether two identities are known, and differ.

    Texts that are written out can be told apart, without a wildcard; and so can two constants of one
    type, two cases of one enumeration, and two constants that are of none.
    """
    return bool(one and other) and all(_differ(a, b) for a in one for b in other)


def _differ(one: str, other: str) -> bool:
    one, other = one.removesuffix(_RAW), other.removesuffix(_RAW)
    if one == other or "*" in one or "*" in other:
        return False
    if one[:1] == other[:1] == '"':
        return one.count('"') == other.count('"') == 2
    names = [_CONSTANT.fullmatch(text) for text in (one, other)]
    return all(names) and len({match["owner"] for match in names if match}) == 1
