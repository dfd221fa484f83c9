"""Whether a program makes one object of a type, or many."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.program import Program
from backhaul.analysis.resolution import Resolver
from backhaul.model.code import Assign, Call, Closure, Local, Name, Node

_MAX_DEPTH = 4


class Instances:
    """Answers for one program.

    ``once``: names of the functions that run a closure once only. ``single``: names of supertypes of
    which the system makes one object.
    """

    def __init__(self, resolver: Resolver, once: frozenset[str], single: frozenset[str]) -> None:
        self.resolver = resolver
        self.program: Program = resolver.program
        self._once = once
        self._single = single
        self._known: dict[str, bool] = {}

    def is_single(self, type_name: str, depth: int = 0) -> bool:
        """Whether all objects of a type that the program makes are made once, and some object is."""
        if type_name not in self._known:
            self._known[type_name] = False  # ends a recursion
            if not self._single.isdisjoint(self.program.supertypes(type_name)):
                self._known[type_name] = True
            elif depth < _MAX_DEPTH:
                made = list(self.makings(type_name))
                self._known[type_name] = bool(made) and all(self.is_once(c, b, depth) for c, b in made)
        return self._known[type_name]

    def makings(self, type_name: str) -> Iterator[tuple[Call, Body]]:
        """The calls outside tests that make an object of exactly this type."""
        last = type_name.rpartition(".")[2]
        own = self.program.find_type(type_name)
        mentioning = {id(s): s for s in self.program.mentioning(last)}
        if own is not None:
            mentioning.update((id(s), s) for s in own.all_functions() if s.function.is_static)
            mentioning.update((id(s), s) for s in own.all_functions() if s.function.kind == "value")
        for symbol in mentioning.values():
            body = symbol.body
            if body is None or symbol.module.path in self.program.tests:
                continue
            for call, _ in body.calls:
                if self._makes(call, body) and self.resolver.types.of(call, body) == type_name:
                    yield call, body

    def _makes(self, call: Call, body: Body) -> bool:
        """``Type(…)``, ``[[Type alloc] init…]``; not the ``alloc`` inside, nor ``[super init]``."""
        types = self.resolver.types
        if call.receiver is None:
            return types.is_initialiser(call, body)
        if call.name == "init" or call.name.startswith("init"):
            return isinstance(call.receiver, Call) or bool(types.named_by(call.receiver, body))
        return call.name == "new" and bool(types.named_by(call.receiver, body))

    def is_once(self, call: Call, body: Body, depth: int = 0) -> bool:
        """Whether ``call`` runs once in the life of the program.

        In the initial value of a static property or a global, in a closure that runs once, as the
        value of a static variable, or where an object of which there is one is made.
        """
        function = body.symbol.function
        if _is_value_of_static(call, body):
            return True
        if self.is_in_closure_run_once(call, body):
            return True
        owner = body.symbol.owner
        if function.kind == "value":
            declared = self.program.property(owner, function.name) if owner else None
            if not owner or declared is None or declared[0].is_static:
                return True
            return self.is_single(owner, depth + 1)
        return function.kind == "init" and self.is_single(owner, depth + 1)

    def is_in_closure_run_once(self, node: Node, body: Body) -> bool:
        """Whether ``node`` stands in a closure given to a function that runs it once."""
        for outer in body.ancestors(node):
            handed = body.parent(outer) if isinstance(outer, Closure) else None
            runner = body.parent(handed) if handed is not None else None
            if isinstance(runner, Call) and runner.name in self._once:
                return True
        return False


def _is_value_of_static(node: Node, body: Body) -> bool:
    """Whether ``node`` gives a ``static`` local variable its value, at its declaration or later."""
    inner = node
    for outer in body.ancestors(node):
        if isinstance(outer, Local):
            return outer.storage == "static"
        if isinstance(outer, Assign):
            variable = body.variable(outer.target) if isinstance(outer.target, Name) else None
            return inner is outer.value and variable is not None and variable.storage == "static"
        inner = outer
    return False
