"""What a function may run before it is done: the functions of the program it leads to.

A call leads to its callees, the making of an object to its initialisers and to the initial values
of its properties, the reading of a property to its getter and its initial value, an assignment to
setter and observers. Closures count as run where they are written, unless they are left out. So does
what a selector names that is performed here; where it is told to somebody, it runs at some other time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.program import FunctionSymbol, Program, field_names
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.walking import children
from backhaul.model.code import Argument, Call, Closure, Expression, Member, Name, Node, SelectorName

_ACCESSORS = frozenset(("value", "getter", "setter", "observer"))
_PERFORMING = "performs-selector"


class Reach:
    """Answers for one program; each function is looked at once.

    ``leaves_out``: whether what a closure does does not count.
    """

    def __init__(self, resolver: Resolver, leaves_out: Callable[[Closure, Body], bool] | None = None) -> None:
        self.resolver = resolver
        self._leaves_out = leaves_out
        self.program: Program = resolver.program
        self._next: dict[int, list[FunctionSymbol]] = {}
        self._made: dict[str, list[FunctionSymbol]] = {}

    def find(
        self, roots: Iterable[FunctionSymbol], wanted: Callable[[FunctionSymbol], bool]
    ) -> FunctionSymbol | None:
        """A function that some of ``roots`` lead to, themselves included, and that is ``wanted``."""
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            symbol = waiting.pop()
            if id(symbol) in seen:
                continue
            seen.add(id(symbol))
            if wanted(symbol):
                return symbol
            waiting.extend(self.next(symbol))
        return None

    def within_steps(self, roots: Iterable[FunctionSymbol], steps: int) -> list[FunctionSymbol]:
        """``roots`` and the functions that they lead to in that many steps."""
        found = {id(symbol): symbol for symbol in roots}
        last = list(found.values())
        for _ in range(steps):
            last = [each for symbol in last for each in self.next(symbol) if id(each) not in found]
            found.update((id(symbol), symbol) for symbol in last)
        return list(found.values())

    def next(self, symbol: FunctionSymbol) -> list[FunctionSymbol]:
        """What the body of ``symbol`` itself leads to."""
        if id(symbol) not in self._next:
            body = symbol.body
            self._next[id(symbol)] = [*self._of_body(body), *self._of_defaults(symbol, body)]
        return self._next[id(symbol)]

    def within(self, node: Node, body: Body) -> list[FunctionSymbol]:
        """What the code inside ``node``, a part of ``body``, leads to."""
        return list(self._find(node, body))

    def making(self, type_name: str) -> list[FunctionSymbol]:
        """What runs whenever an object of a type is made: initial values, initialisers, those inherited."""
        if type_name not in self._made:
            self._made[type_name] = list(self._find_making(type_name))
        return self._made[type_name]

    def _find_making(self, type_name: str) -> Iterator[FunctionSymbol]:
        for name in self.program.supertypes(type_name):
            symbol = self.program.find_type(name)
            if symbol is None:
                continue
            for function in symbol.all_functions():
                kind = function.function.kind
                if kind == "init" or (kind == "value" and self._is_set_at_once(function)):
                    yield function

    def _is_set_at_once(self, value: FunctionSymbol) -> bool:
        """Whether a property has its initial value as soon as its object is there."""
        declared = self.program.property(value.owner, value.name)
        return declared is None or not (declared[0].is_static or declared[0].is_lazy)

    def _of_body(self, body: Body | None) -> list[FunctionSymbol]:
        return list(self._find(body.unit.block, body)) if body is not None else []

    def _of_defaults(self, symbol: FunctionSymbol, body: Body | None) -> Iterator[FunctionSymbol]:
        """What the values of parameters that a caller leaves out lead to."""
        for parameter in symbol.function.parameters if body is not None else ():
            if parameter.default is not None and body is not None:
                yield from self._find(parameter.default, body)

    def _find(self, part: Node, body: Body) -> Iterator[FunctionSymbol]:
        for node in self._nodes(part, body):
            if isinstance(node, Call):
                yield from self._called(node, body)
            elif isinstance(node, Member) and node.base is not None:
                yield from self._accessed(node.base, node.name, body)
            elif isinstance(node, Name) and body.variable(node) is None:
                yield from self._named(node, body)
            elif isinstance(node, SelectorName):
                yield from self._performed(node, body)

    def _nodes(self, part: Node, body: Body) -> Iterator[Node]:
        stack: list[Node] = [part]
        while stack:
            node = stack.pop()
            yield node
            if isinstance(node, Closure) and self._leaves_out is not None and self._leaves_out(node, body):
                continue
            stack.extend(reversed(children(node)))

    def _called(self, call: Call, body: Body) -> Iterator[FunctionSymbol]:
        if not call.name or body.variable_called(call) is not None:
            return
        yield from self.resolver.callees.of(call, body).functions
        types = self.resolver.types
        if types.is_initialiser(call, body):
            yield from self.making(types.of(call, body))
        elif not call.arguments:
            if call.receiver is not None:  # Objective-C reads a property by a message, too
                yield from self._accessed(call.receiver, call.name, body)
        elif call.receiver is not None and call.name.startswith("set") and call.name.endswith(":"):
            yield from self._accessed(call.receiver, call.name[3:4].lower() + call.name[4:-1], body)

    def _performed(self, selector: SelectorName, body: Body) -> Iterator[FunctionSymbol]:
        """The method that a selector names, where the call that is given it performs it."""
        parent = body.parent(selector)
        call = body.parent(parent) if isinstance(parent, Argument) else None
        owner = body.symbol.owner
        for use in self.resolver.operations.at(call, body) if call is not None and owner else ():
            role = next((r for r, value in use.arguments.items() if value is selector), "")
            is_now = use.operation.calls.get(role) == "now"
            if use.operation.is_named(_PERFORMING) and (is_now or self._leaves_out is None):
                name = selector.name.partition("(")[0].rpartition(".")[2]
                yield from self.program.members(owner, name)

    def _accessed(self, base: Expression, name: str, body: Body) -> Iterator[FunctionSymbol]:
        types = self.resolver.types
        owner = types.named_by(base, body) or types.of(base, body)
        if owner:
            yield from self._accessors(owner, name)

    def _accessors(self, owner: str, name: str) -> Iterator[FunctionSymbol]:
        for spelled in (*field_names(name), f"set{name[:1].upper()}{name[1:]}:"):
            for symbol in self.program.members(owner, spelled):
                is_method = symbol.module.language == "objc" and symbol.function.kind == "method"
                if symbol.function.kind in _ACCESSORS or is_method:
                    yield symbol

    def _named(self, name: Name, body: Body) -> Iterator[FunctionSymbol]:
        """A property of the own type, or a global."""
        if name.name in ("self", "super"):
            return
        owner = body.symbol.owner
        if owner and self.program.property(owner, name.name) is not None:
            yield from self._accessors(owner, name.name)
        elif name.name in self.program.globals:
            for symbol in self.program.functions_named.get(name.name, ()):
                if not symbol.owner and symbol.function.kind in _ACCESSORS:
                    yield symbol
