"""What names and calls mean: types of expressions, API operations, callees in the program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from backhaul.analysis.bodies import Body, Variable
from backhaul.analysis.program import FunctionSymbol, Program, type_name
from backhaul.model.code import (
    Assign,
    Await,
    Binary,
    Call,
    Cast,
    Closure,
    Conditional,
    Expression,
    Member,
    Name,
    Node,
    Return,
    Try,
    Unary,
)
from backhaul.rules import ApiModels, Operation, Spelling
from backhaul.rules.spelling import ANY_TYPE, REST

_ALLOCATORS = ("alloc", "new", "alloc:", "allocWithZone:")
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Use:
    """An operation of the API models performed by a call, a read or a write.

    ``arguments`` maps the roles given at this place to their expressions. ``is_certain`` is
    false when the type of the receiver is not known and only the name speaks for it.
    """

    operation: Operation
    node: Call | Member | Name | Assign
    receiver: Expression | None
    arguments: dict[str, Expression]
    is_certain: bool

    @property
    def site(self) -> tuple[int, int]:
        """Bytes of the name, where a report points."""
        node = self.node
        if isinstance(node, Call):
            return node.name_start, node.name_end
        if isinstance(node, Assign):
            return node.target.start, node.target.end
        return node.start, node.end


@dataclass(frozen=True, slots=True)
class Callees:
    """What a call may run. ``is_complete``: nothing else can be meant (the receiver's type is known)."""

    functions: tuple[FunctionSymbol, ...]
    is_complete: bool


_UNKNOWN = Callees((), False)


def unwrapped(expression: Expression) -> Expression:
    """Without what does not change the value: ``await``, ``try``, casts, ``!``."""
    while True:
        if isinstance(expression, (Await, Try)):
            expression = expression.value
        elif isinstance(expression, Cast) and expression.form != "is":
            expression = expression.value
        elif isinstance(expression, Unary) and expression.operator == "unwrap":
            expression = expression.operand
        else:
            return expression


class Resolver:
    """Answers for one program and one set of API models."""

    def __init__(self, program: Program, models: ApiModels) -> None:
        self.program = program
        self.models = models
        self._types: dict[int, str] = {}

    # Types

    def type_of(self, expression: Expression, body: Body, depth: int = 0) -> str:
        """Canonical name of the nominal type of ``expression``; "" when unknown."""
        key = id(expression)
        known = self._types.get(key)
        if known is None:
            self._types[key] = ""  # ends a recursion through itself
            found = self._infer(expression, body, depth) if depth < _MAX_DEPTH else ""
            known = self._types[key] = self.canonical(found)
        return known

    def canonical(self, name: str) -> str:
        api = self.models.type_named(name) if name else None
        return api.name if api is not None else name

    def _infer(self, expression: Expression, body: Body, depth: int) -> str:
        expression = unwrapped_keeping_casts(expression)
        if isinstance(expression, Name):
            return self._type_of_name(expression, body, depth)
        if isinstance(expression, Member):
            return self._type_of_member(expression, body, depth)
        if isinstance(expression, Call):
            return self._type_of_call(expression, body, depth)
        if isinstance(expression, Cast):
            return type_name(expression.type) or self.type_of(expression.value, body, depth + 1)
        if isinstance(expression, Conditional):
            chosen = expression.then if expression.then is not None else expression.condition
            return self.type_of(chosen, body, depth + 1) or self.type_of(
                expression.otherwise, body, depth + 1
            )
        if isinstance(expression, Binary) and expression.operator == "??":
            return self.type_of(expression.left, body, depth + 1) or self.type_of(
                expression.right, body, depth + 1
            )
        return ""

    def _type_of_name(self, expression: Name, body: Body, depth: int) -> str:
        if expression.name in ("self", "Self"):
            return body.symbol.owner
        if expression.name == "super":
            supertypes = self.program.supertypes(body.symbol.owner)
            return supertypes[1] if len(supertypes) > 1 else ""
        variable = body.variable(expression)
        if variable is not None:
            return self.type_of_variable(variable, body, depth)
        owner = body.symbol.owner
        if owner:
            found = self.type_of_property(owner, expression.name, depth)
            if found:
                return found
        for declared, module in self.program.globals.get(expression.name, ()):
            if type_name(declared.type):
                return type_name(declared.type)
            del module
            return self._type_of_initial_value("", expression.name, depth)
        return ""

    def type_of_variable(self, variable: Variable, body: Body, depth: int = 0) -> str:
        declared = type_name(variable.type)
        if declared:
            return declared
        for definition in variable.definitions:
            if definition.form == "value" and definition.expression is not None:
                found = self.type_of(definition.expression, body, depth + 1)
                if found:
                    return found
        return ""

    def _type_of_member(self, expression: Member, body: Body, depth: int) -> str:
        if expression.base is None:
            return ""
        use = self._read(expression, body, depth)
        if use is not None and use.operation.returns is not None:
            return use.operation.returns.type
        static = self.static_type(expression.base, body)
        owner = static or self.type_of(expression.base, body, depth + 1)
        return self.type_of_property(owner, expression.name, depth) if owner else ""

    def type_of_property(self, owner: str, name: str, depth: int) -> str:
        for spelled in self.field_names(name):
            found = self.program.property(owner, spelled)
            if found is None:
                continue
            declared = type_name(found[0].type)
            if declared in ("Self", ""):
                declared = self._type_of_initial_value(found[0].owner, spelled, depth)
            if declared:
                return declared
        for member in self.program.members(owner, name):
            if not member.function.parameters and type_name(member.function.result):
                return type_name(member.function.result)
        return ""

    def _type_of_initial_value(self, owner: str, name: str, depth: int) -> str:
        for symbol in self.program.functions_named.get(name, ()):
            if (
                symbol.owner != owner
                or symbol.function.kind not in ("value", "getter")
                or symbol.body is None
            ):
                continue
            for returned in symbol.body.unit.returns:
                if returned.value is not None:
                    found = self.type_of(returned.value, symbol.body, depth + 1)
                    if found:
                        return found
        return ""

    def _type_of_call(self, call: Call, body: Body, depth: int) -> str:
        receiver = call.receiver
        if isinstance(receiver, Closure) and not call.name:
            return self._type_of_returns(body.unit_of(receiver).returns, body, depth)
        for use in self._calls(call, body, depth):
            if use.operation.returns is not None and use.operation.returns.type:
                return use.operation.returns.type
        if call.implicit:
            return ""
        if receiver is None:
            if call.name[:1].isupper() and body.variable_called(call) is None:
                return call.name
        elif call.name in _ALLOCATORS or call.name.startswith("init"):
            static = self.static_type(receiver, body)
            return static or self.type_of(receiver, body, depth + 1)
        for callee in self.callees(call, body, depth).functions:
            result = callee.function.result.strip()
            if result.startswith(("instancetype", "Self")) or (
                result == "id" and callee.function.kind == "init"
            ):
                return callee.owner
            if type_name(result):
                return type_name(result)
        if receiver is not None and not call.arguments:
            owner = self.static_type(receiver, body) or self.type_of(receiver, body, depth + 1)
            return self.type_of_property(owner, call.name, depth) if owner else ""
        return ""

    def _type_of_returns(self, returns: list[Return], body: Body, depth: int) -> str:
        for returned in returns:
            if returned.value is not None:
                found = self.type_of(returned.value, body, depth + 1)
                if found:
                    return found
        return ""

    def static_type(self, expression: Expression, body: Body) -> str:
        """The type that ``expression`` itself names (``Uploader``, ``[Uploader class]``); "" otherwise."""
        if (
            isinstance(expression, Member)
            and expression.name in ("self", "Type")
            and expression.base is not None
        ):
            return self.static_type(expression.base, body)
        if isinstance(expression, Call) and expression.name == "class" and expression.receiver is not None:
            return self.static_type(expression.receiver, body) or self.type_of(expression.receiver, body)
        if isinstance(expression, Name):
            name = expression.name
            if name in ("Self", "self") and (name == "Self" or body.symbol.function.is_static):
                return body.symbol.owner
            if body.variable(expression) is not None:
                return ""
            if self.models.type_named(name) is not None or self.program.find_type(name) is not None:
                return self.canonical(name)
            is_field = bool(body.symbol.owner) and self.program.property(body.symbol.owner, name) is not None
            return name if name[:1].isupper() and not is_field and name not in self.program.globals else ""
        if isinstance(expression, Member) and expression.base is not None and expression.name[:1].isupper():
            outer = self.static_type(expression.base, body)
            dotted = f"{outer}.{expression.name}" if outer else ""
            return (
                self.canonical(dotted if dotted in self.program.types else expression.name) if outer else ""
            )
        return ""

    @staticmethod
    def field_names(name: str) -> tuple[str, ...]:
        """The spellings of one field: an Objective-C property ``x`` and its variable ``_x``."""
        return (name, name[1:]) if name.startswith("_") else (name, f"_{name}")

    # Operations

    def uses_at(self, node: Node, body: Body) -> list[Use]:
        """The operations that a call, a member read or an assignment performs."""
        if isinstance(node, Call):
            return self._calls(node, body, 0)
        if isinstance(node, Member):
            use = self._read(node, body, 0)
            return [use] if use is not None else []
        if isinstance(node, Assign):
            return self._writes(node, body)
        if isinstance(node, Name):
            return self._constants(node, body)
        return []

    def _calls(self, call: Call, body: Body, depth: int) -> list[Use]:
        if not call.name:
            return []
        uses = []
        for spelling in self.models.spellings(call.name):
            if spelling.form in ("method", "init", "function", "read", "write"):
                use = self._match_call(spelling, call, body, depth)
                if use is not None:
                    uses.append(use)
        return uses

    def _match_call(self, spelling: Spelling, call: Call, body: Body, depth: int) -> Use | None:
        if spelling.language != body.symbol.module.language:
            return None
        arguments = [argument.value for argument in call.arguments]
        if spelling.form == "function":
            if call.receiver is not None or body.variable_called(call) is not None:
                return None
            if spelling.language == "swift" and not labels_match(spelling.labels, call):
                return None
            if any(
                f.owner == "" for f in self.program.functions_named.get(call.name, ()) if f.function.has_body
            ):
                return None
            return self._use(spelling, call, arguments, certain=True)
        if spelling.language == "swift":
            if spelling.form in ("read", "write") or not labels_match(spelling.labels, call):
                return None
            if call.implicit:
                is_made_by_type = spelling.is_static or spelling.form == "init"
                return self._use(spelling, call, arguments, certain=False) if is_made_by_type else None
            if spelling.form == "init" and call.receiver is None and call.name != "init":
                certain = self._is_named(spelling.type, call.name)
                return self._use(spelling, call, arguments, certain=True) if certain else None
        certainty = self._receiver_fits(spelling, call.receiver, body, depth)
        if certainty is None:
            return None
        return self._use(spelling, call, arguments, certain=certainty)

    def _is_named(self, wanted: str, written: str) -> bool:
        return self.canonical(written) == self.canonical(wanted) and not self._is_shadowed(written)

    def _is_shadowed(self, name: str) -> bool:
        symbol = self.program.types.get(name)
        return symbol is not None and symbol.is_declared_here

    def _receiver_fits(
        self, spelling: Spelling, receiver: Expression | None, body: Body, depth: int
    ) -> bool | None:
        """True: surely of the spelling's type. False: not known. None: surely not."""
        if spelling.type == ANY_TYPE:
            return self._any_receiver_fits(receiver, body, depth)
        if spelling.is_static or spelling.form == "init":
            return self._static_receiver_fits(spelling, receiver, body, depth)
        if receiver is None:
            owner = body.symbol.owner
            if not owner:
                return None
            return True if self._is_a(owner, spelling.type) else None
        found = self.type_of(receiver, body, depth + 1)
        if not found:
            return None if self.static_type(receiver, body) else False
        return self._fits(found, spelling.type)

    def _any_receiver_fits(self, receiver: Expression | None, body: Body, depth: int) -> bool | None:
        if receiver is None:
            return None
        found = self.static_type(receiver, body) or self.type_of(receiver, body, depth + 1)
        return None if found and self._is_shadowed(found) else True

    def _static_receiver_fits(
        self, spelling: Spelling, receiver: Expression | None, body: Body, depth: int
    ) -> bool | None:
        if receiver is None:
            return None
        static = self.static_type(receiver, body)
        if not static and spelling.form == "init":
            static = self.type_of(receiver, body, depth + 1)
        if static:
            return True if self._is_a(static, spelling.type) else None
        return None

    def _fits(self, found: str, wanted: str) -> bool | None:
        if self._is_a(found, wanted):
            return True
        if self._is_a(self.canonical(wanted), found):
            return False  # a supertype, a protocol the API's type is made to conform to
        symbol = self.program.find_type(found)
        if symbol is not None and symbol.kind == "protocol":
            return False if self._conforms_by_extension(wanted, found) else None
        if symbol is not None and symbol.is_declared_here:
            return None
        return None if self.models.type_named(found) is not None else False

    def _conforms_by_extension(self, wanted: str, protocol: str) -> bool:
        canonical = self.canonical(wanted)
        return any(self.canonical(sub.name) == canonical for sub in self.program.subtypes(protocol))

    def _is_a(self, found: str, wanted: str) -> bool:
        canonical = self.canonical(wanted)
        for name in self.program.supertypes(found):
            api: str | None = self.canonical(name)
            while api:
                if api == canonical:
                    return True
                model = self.models.type_named(api)
                api = self.canonical(model.inherits) if model is not None and model.inherits else None
        return False

    def _use(
        self,
        spelling: Spelling,
        node: Call | Member | Name | Assign,
        arguments: list[Expression],
        *,
        certain: bool,
    ) -> Use:
        operation = spelling.operation
        roles = {
            role: arguments[position]
            for role, position in operation.arguments.items()
            if position < len(arguments)
        }
        receiver = node.receiver if isinstance(node, Call) else None
        if isinstance(node, Member):
            receiver = node.base
        if isinstance(node, Assign) and isinstance(node.target, Member):
            receiver = node.target.base
        return Use(operation, node, receiver, roles, certain)

    def _read(self, node: Member, body: Body, depth: int) -> Use | None:
        for spelling in self.models.spellings(node.name):
            if not self._is_read(spelling, body):
                continue
            if spelling.is_static:
                if node.base is None:
                    fits: bool | None = False
                else:
                    fits = True if self._static_fits(node.base, spelling, body) else None
            elif node.base is None:
                continue
            else:
                fits = self._receiver_fits(spelling, node.base, body, depth)
            if fits is not None:
                return self._use(spelling, node, [], certain=fits)
        return None

    @staticmethod
    def _is_read(spelling: Spelling, body: Body) -> bool:
        if spelling.language != body.symbol.module.language:
            return False
        if spelling.form == "read":
            return True
        return spelling.language == "objc" and spelling.form == "method" and ":" not in spelling.name

    def _static_fits(self, base: Expression, spelling: Spelling, body: Body) -> bool:
        static = self.static_type(base, body)
        return bool(static) and self._is_a(static, spelling.type)

    def _writes(self, node: Assign, body: Body) -> list[Use]:
        target = node.target
        if not isinstance(target, Member) or target.base is None:
            return []
        uses = []
        setter = f"set{target.name[:1].upper()}{target.name[1:]}:"
        for spelling in (*self.models.spellings(target.name), *self.models.spellings(setter)):
            if spelling.language != body.symbol.module.language:
                continue
            if spelling.form != "write" and not (spelling.form == "method" and spelling.name == setter):
                continue
            found = self.type_of(target.base, body)
            fits = False if not found else self._fits(found, spelling.type)
            if fits is not None:
                uses.append(self._use(spelling, node, [node.value], certain=fits))
        return uses

    def _constants(self, node: Name, body: Body) -> list[Use]:
        if body.variable(node) is not None:
            return []
        return [
            self._use(spelling, node, [], certain=True)
            for spelling in self.models.spellings(node.name)
            if spelling.form == "read"
            and not spelling.type
            and spelling.language == body.symbol.module.language
        ]

    # Callees

    def callees(self, call: Call, body: Body, depth: int = 0) -> Callees:
        """The functions of the program that ``call`` may run."""
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
            return Callees(self._fitting(self.program.members(owner, call.name), call), True)
        owner = self.static_type(receiver, body) or self.type_of(receiver, body, depth + 1)
        if owner:
            found = self._fitting(self.program.members(owner, call.name), call)
            return Callees(found, bool(found))
        candidates = self._fitting(self.program.functions_named.get(call.name, []), call)
        owners = {f.owner for f in candidates}
        if len(owners) == 1 and _is_telling(call.name):
            return Callees(candidates, False)
        return _UNKNOWN

    def _inherited(self, owner: str, call: Call) -> tuple[FunctionSymbol, ...]:
        for supertype in self.program.supertypes(owner)[1:]:
            symbol = self.program.find_type(supertype)
            if symbol is not None and call.name in symbol.functions:
                return self._fitting(symbol.functions[call.name], call)
        return ()

    def _free_callees(self, call: Call, body: Body) -> Callees:
        if body.variable_called(call) is not None:
            return _UNKNOWN
        type_symbol = self.program.find_type(call.name) if call.name[:1].isupper() else None
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
        return tuple(
            f
            for f in functions
            if f.function.kind in ("function", "method", "init", "getter")
            and f.function.has_body
            and accepts(f, call)
        )

    @cached_property
    def nil_unless(self) -> dict[str, str]:
        """Simple names of what is nil unless its object is of a kind, with that kind."""
        return {s.name: s.operation.nil_unless for s in self.models.all_spellings() if s.operation.nil_unless}

    @cached_property
    def no_return_names(self) -> frozenset[str]:
        return frozenset(s.name for s in self.models.all_spellings() if s.operation.leaves)


def unwrapped_keeping_casts(expression: Expression) -> Expression:
    while True:
        if isinstance(expression, (Await, Try)):
            expression = expression.value
        elif isinstance(expression, Unary) and expression.operator == "unwrap":
            expression = expression.operand
        else:
            return expression


def labels_match(labels: tuple[str, ...], call: Call) -> bool:
    """Whether a Swift call is spelled with ``labels``; trailing closures may go without theirs."""
    given = call.arguments
    if labels and labels[-1] == REST:
        labels = labels[:-1]
        given = given[: len(labels)]
    if len(labels) != len(given):
        return False
    for label, argument in zip(labels, given, strict=True):
        written = argument.label or "_"
        if written != label and not (argument.trailing and argument.label is None):
            return False
    return True


def accepts(symbol: FunctionSymbol, call: Call) -> bool:
    """Whether the number and the labels of the arguments fit the function's parameters."""
    function = symbol.function
    given = call.arguments
    parameters = function.parameters
    if ":" in call.name or symbol.module.language == "objc":
        return len(given) == len(parameters) or (not parameters and not given)
    required = sum(1 for p in parameters if p.default is None and "..." not in p.type)
    variadic = any("..." in p.type for p in parameters)
    if len(given) < required or (len(given) > len(parameters) and not variadic):
        return False
    labels = {p.label or "_" for p in parameters}
    return all((a.label or "_") in labels or (a.trailing and a.label is None) for a in given) or variadic


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
    for number, parameter in enumerate(parameters):
        if index >= len(call.arguments):
            return None
        argument = call.arguments[index]
        label = parameter.label or "_"
        matches = (argument.label or "_") == label or (argument.trailing and argument.label is None)
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
