"""Which functions of the program a call may run, and which calls run a function."""

from __future__ import annotations

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.program import FunctionSymbol, Program
from backhaul.analysis.types import Types
from backhaul.model.code import Call, Expression, Name


class Callees(Struct, frozen=True):
    """What a call may run. ``is_complete``: nothing else can be meant (the receiver's type is known)."""

    functions: tuple[FunctionSymbol, ...]
    is_complete: bool


_UNKNOWN = Callees((), False)
_MAX_CALLERS = 24


class CallGraph:
    """The callees of calls, found on demand."""

    def __init__(self, program: Program, types: Types) -> None:
        self.program = program
        self._types = types
        self._known: dict[int, Callees] = {}

    def of(self, call: Call, body: Body, depth: int = 0) -> Callees:
        """The functions of the program that ``call`` may run."""
        known = self._known.get(id(call))
        if known is None:
            self._known[id(call)] = _UNKNOWN  # ends a recursion through the type of the receiver
            known = self._known[id(call)] = self._outside_tests(self._find(call, body, depth), body)
        return known

    def _outside_tests(self, found: Callees, body: Body) -> Callees:
        """Without the stand-ins of tests, which no product runs."""
        tests = self.program.tests
        if not tests or body.symbol.module.path in tests:
            return found
        functions = tuple(f for f in found.functions if f.module.path not in tests)
        if len(functions) == len(found.functions):
            return found
        return Callees(functions, found.is_complete) if functions else _UNKNOWN

    def _find(self, call: Call, body: Body, depth: int) -> Callees:
        if not call.name:
            return _UNKNOWN
        receiver = call.receiver
        if call.implicit:
            return _UNKNOWN
        if receiver is None:
            return self._free_callees(call, body)
        if isinstance(receiver, Name) and receiver.name in ("self", "super", "Self"):
            owner = body.symbol.owner
            if receiver.name == "super":
                return Callees(self._inherited(owner, call), False)
            found = self._fitting(self.program.members(owner, call.name), call)
            return Callees(found, not self._is_for_others(owner))
        owner = self._types.named_by(receiver, body) or self._types.of(receiver, body, depth + 1)
        if owner:
            found = self._fitting(self.program.members(owner, call.name), call)
            return Callees(found, bool(found) and not self._is_for_others(owner))
        candidates = self._fitting(self.program.functions_named.get(call.name, []), call)
        if any(f is body.symbol for f in candidates):
            return _UNKNOWN  # a message passed on, as it came, to an object that is out of sight
        owners = {f.owner for f in candidates}
        if len(owners) == 1 and _is_telling(call.name):
            return Callees(candidates, False)
        return _UNKNOWN

    def _is_for_others(self, owner: str) -> bool:
        """Whether ``owner`` is a protocol that nothing in sight conforms to: what others do is not known."""
        symbol = self.program.find_type(owner)
        is_protocol = symbol is not None and symbol.is_declared_here and symbol.kind == "protocol"
        return is_protocol and not self.program.subtypes(owner)

    def _inherited(self, owner: str, call: Call) -> tuple[FunctionSymbol, ...]:
        for supertype in self.program.supertypes(owner)[1:]:
            symbol = self.program.find_type(supertype)
            if symbol is not None and call.name in symbol.functions:
                return self._fitting(symbol.functions[call.name], call)
        return ()

    def _free_callees(self, call: Call, body: Body) -> Callees:
        if body.variable_called(call) is not None:
            return _UNKNOWN
        made = body.symbol.owner if call.name == "Self" else call.name
        type_symbol = self.program.find_type(made) if call.name.lstrip("_")[:1].isupper() else None
        if type_symbol is not None:
            inits = self._fitting(self.program.members(type_symbol.name, "init"), call)
            inits = inits or tuple(
                f
                for f in type_symbol.all_functions()
                if f.function.kind == "init" and f.module.language == "objc"
            )
            return Callees(inits, True)
        owner = body.symbol.owner
        if owner and body.symbol.module.language == "swift":
            members = self._fitting(self.program.members(owner, call.name), call)
            if members:
                return Callees(members, True)
        free = [f for f in self.program.functions_named.get(call.name, ()) if not f.owner]
        return Callees(self._fitting(free, call), bool(free))

    @staticmethod
    def _fitting(functions: list[FunctionSymbol], call: Call) -> tuple[FunctionSymbol, ...]:
        known = [
            f
            for f in functions
            if f.function.kind in ("function", "method", "init", "getter") and f.function.has_body
        ]
        fitting = tuple(f for f in known if accepts(f, call))
        return fitting or tuple(f for f in known if is_bare(f, call) and accepts(f, call, bare=True))


def is_bare(symbol: FunctionSymbol, call: Call) -> bool:
    """Whether ``call`` writes its first argument as Swift 2 did, whose functions had no label for it."""
    first = call.arguments[0] if call.arguments else None
    function = symbol.function
    return (
        first is not None
        and first.label is None
        and not first.trailing
        and function.kind in ("function", "method")
        and symbol.module.language == "swift"
        and all(p.label for p in function.parameters)
    )


def accepts(symbol: FunctionSymbol, call: Call, *, bare: bool = False) -> bool:
    """Whether the number and the labels of the arguments fit the function's parameters.

    ``bare``: the first argument has no label, whatever the parameter's is.
    """
    function = symbol.function
    given = call.arguments
    parameters = function.parameters
    if ":" in call.name or symbol.module.language == "objc":
        omitted = parameters[len(given) :] if ":" not in call.name else []
        return len(given) == len(parameters) or (bool(omitted) and all("^" in p.type for p in omitted))
    required = sum(1 for p in parameters if p.default is None and "..." not in p.type)
    variadic = any("..." in p.type for p in parameters)
    if len(given) < required or (len(given) > len(parameters) and not variadic):
        return False
    labels = {p.label or "_" for p in parameters}
    rest = given[1:] if bare else given
    return all((a.label or "_") in labels or (a.trailing and a.label is None) for a in rest) or variadic


_COMMON_NAMES = frozenset(
    "start stop cancel resume begin end close open run init load save send add remove update reset".split()
)


def _is_telling(name: str) -> bool:
    """Whether a name alone may stand for one declaration when the receiver's type is unknown."""
    return name not in _COMMON_NAMES and len(name) > 5


def argument_for(symbol: FunctionSymbol, call: Call, position: int) -> Expression | None:
    """The expression that ``call`` passes for the parameter at ``position``; None when defaulted."""
    parameters = symbol.function.parameters
    if ":" in call.name or symbol.module.language == "objc" or len(call.arguments) == len(parameters):
        return call.arguments[position].value if position < len(call.arguments) else None
    index = 0
    bare = is_bare(symbol, call)
    for number, parameter in enumerate(parameters):
        if index >= len(call.arguments):
            return None
        argument = call.arguments[index]
        label = parameter.label or "_"
        matches = (argument.label or "_") == label or (argument.trailing and argument.label is None)
        matches = matches or (bare and number == 0)
        skipped = (
            argument.trailing
            and argument.label is None
            and len(parameters) - number > len(call.arguments) - index
        )
        if matches and not (skipped and parameter.default is not None):
            if number == position:
                return argument.value
            index += 1
        elif number == position:
            return None
    return None


class Callers:
    """Who calls the functions of a program."""

    def __init__(self, program: Program, callees: CallGraph) -> None:
        self.program = program
        self.callees = callees
        self._known: dict[int, list[tuple[Call, Body]]] = {}

    def of(self, symbol: FunctionSymbol) -> list[tuple[Call, Body]]:
        """The calls of a function in the program, the first ``_MAX_CALLERS`` of them."""
        if id(symbol) not in self._known:
            self._known[id(symbol)] = self._find(symbol)
        return self._known[id(symbol)]

    def _find(self, symbol: FunctionSymbol) -> list[tuple[Call, Body]]:
        names = {symbol.name, *symbol.callable_names}
        if symbol.function.kind == "init" and symbol.owner:
            names.add(symbol.owner.rpartition(".")[2])
        found: list[tuple[Call, Body]] = []
        for caller in self.program.may_call(symbol):
            body = caller.body
            if body is None or caller is symbol:
                continue
            for call, _ in body.calls:
                if call.name in names and symbol in self.callees.of(call, body).functions:
                    found.append((call, body))
                    if len(found) >= _MAX_CALLERS:
                        return found
        return found
