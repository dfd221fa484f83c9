"""Which operations of the API models a piece of code performs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from backhaul.analysis.bodies import Body
from backhaul.analysis.expectations import expected_type
from backhaul.analysis.program import FunctionSymbol, Program
from backhaul.analysis.types import Types, is_module, unwrapped
from backhaul.model.code import Assign, Call, Expression, Index, Member, Name, Node
from backhaul.rules import ApiModels, Operation, Spelling
from backhaul.rules.spelling import ANY_TYPE, REST

if TYPE_CHECKING:
    from backhaul.analysis.resolution import Resolver

_PLAIN_MAKERS = frozenset(("init(", "init", "new"))
"""Mentions of what makes an object, of whatever type."""


class Use(Struct, frozen=True):
    """An operation of the API models performed by a call, a read or a write.

    ``arguments`` maps the roles given at this place to their expressions. ``is_certain`` is
    false when the type of the receiver is not known and only the name speaks for it. ``key``: the
    element that is written, of a property that is a collection (``x.headers[key] = …``).
    """

    operation: Operation
    node: Call | Member | Name | Assign
    receiver: Expression | None
    arguments: dict[str, Expression]
    is_certain: bool
    key: Expression | None = None

    @property
    def operands(self) -> list[Expression]:
        """Receiver and arguments, in the order they are written."""
        receiver = [self.receiver] if self.receiver is not None else []
        given = [a.value for a in self.node.arguments] if isinstance(self.node, Call) else []
        return [*receiver, *given]

    @property
    def site(self) -> tuple[int, int]:
        """Bytes of the name, where a report points."""
        node = self.node
        if isinstance(node, Call):
            return node.name_start, node.name_end
        if isinstance(node, Assign):
            return node.target.start, node.target.end
        return node.start, node.end


class Operations:
    def __init__(self, program: Program, models: ApiModels, types: Types, resolver: Resolver) -> None:
        self.program = program
        self.models = models
        self._types = types
        self._resolver = resolver
        self._known: dict[int, list[Use]] = {}
        self._performers: dict[str, list[FunctionSymbol]] = {}

    def performers(self, operation: str) -> list[FunctionSymbol]:
        """The functions that may perform an operation (id or tag), by what they mention."""
        known = self._performers.get(operation)
        if known is None:
            known = self._performers[operation] = self._find_performers(operation)
        return known

    def _find_performers(self, operation: str) -> list[FunctionSymbol]:
        telling: set[str] = set()
        made: dict[str, set[str]] = defaultdict(set)
        for spelling in self.models.spellings_of(operation):
            for mention in self.models.mentions_of(spelling):
                if mention in _PLAIN_MAKERS:
                    made[mention] |= self._last_names(spelling.type)
                else:
                    telling.add(mention)
        found = {id(symbol): symbol for symbol in self.program.mentioning(*sorted(telling))}
        for mention, names in made.items():
            for symbol in self.program.mentioning(mention):
                if symbol.owner.rpartition(".")[2] in names or not names.isdisjoint(symbol.function.mentions):
                    found[id(symbol)] = symbol
        return list(found.values())

    def _last_names(self, type_name: str) -> set[str]:
        """The names of a type of an API, and of the types of the program that inherit from it."""
        api = self.models.type_named(type_name)
        names = {type_name, *((api.name, *api.also) if api is not None else ())}
        names.update(sub.name for each in tuple(names) for sub in self.program.subtypes(each))
        return {name.rpartition(".")[2] for name in names}

    def at(self, node: Node, body: Body) -> list[Use]:
        """The operations that a call, a member read or an assignment performs."""
        found = self._known.get(id(node))
        if found is None:
            found = self._find(node, body)
            if body.parent(node) is not None:  # not one that somebody made to ask with: ids of those recur
                self._known[id(node)] = found
        return found

    def _find(self, node: Node, body: Body) -> list[Use]:
        if isinstance(node, Call):
            return self.of_call(node, body, 0)
        if isinstance(node, Member):
            use = self.of_read(node, body, 0)
            return [use] if use is not None else []
        if isinstance(node, Assign):
            return self._writes(node, body)
        if isinstance(node, Name):
            return self._constants(node, body)
        return []

    def of_call(self, call: Call, body: Body, depth: int) -> list[Use]:
        if not call.name:
            return []
        uses = []
        language = body.symbol.module.language
        for spelling in self.models.call_spellings(call.name, language, _first_label(call)):
            if spelling.form in ("method", "init", "function", "read", "write"):
                use = self._match_call(spelling, call, body, depth)
                if use is not None:
                    uses.append(use)
        return uses

    def _match_call(self, spelling: Spelling, call: Call, body: Body, depth: int) -> Use | None:
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
            return _use(spelling, call, arguments, certain=True)
        if spelling.language == "swift":
            if spelling.form in ("read", "write") or not labels_match(spelling.labels, call):
                return None
            if call.implicit:
                if spelling.form == "init":
                    is_ours = self._is_expected(spelling.type, call, body, depth)
                    return _use(spelling, call, arguments, certain=True) if is_ours else None
                return _use(spelling, call, arguments, certain=False) if spelling.is_static else None
            is_bare = call.receiver is None or is_module(call.receiver, body, self.program)
            if spelling.form == "init" and is_bare and call.name != "init":
                certain = self._is_named(spelling.type, call.name)
                return _use(spelling, call, arguments, certain=True) if certain else None
        certainty = self._receiver_fits(spelling, call.receiver, body, depth)
        if certainty is None:
            return None
        return _use(spelling, call, arguments, certain=certainty)

    def _is_expected(self, wanted: str, call: Call, body: Body, depth: int) -> bool:
        """Whether ``.init(…)`` makes a ``wanted``: the place it is written for says so, not its labels."""
        expected = expected_type(call, body, self._resolver, depth)
        return bool(expected) and self._is_a(expected, wanted)

    def _is_named(self, wanted: str, written: str) -> bool:
        return self._types.canonical(written) == self._types.canonical(wanted) and not self._is_shadowed(
            written
        )

    def _is_shadowed(self, name: str) -> bool:
        symbol = self.program.types.get(name)
        return symbol is not None and symbol.is_declared_here

    def _receiver_fits(
        self, spelling: Spelling, receiver: Expression | None, body: Body, depth: int
    ) -> bool | None:
        """True: surely of the spelling's type. False: not known. None: surely not."""
        if spelling.type == ANY_TYPE:
            return self._any_receiver_fits(spelling.name, receiver, body, depth)
        if spelling.is_static or spelling.form == "init":
            return self._static_receiver_fits(spelling, receiver, body, depth)
        if receiver is None:
            owner = body.symbol.owner
            if not owner:
                return None
            return True if self._is_a(owner, spelling.type) else None
        found = self._types.of(receiver, body, depth + 1)
        if not found:
            return None if self._types.named_by(receiver, body) else False
        return self._fits(found, spelling.type)

    def _any_receiver_fits(
        self, name: str, receiver: Expression | None, body: Body, depth: int
    ) -> bool | None:
        """True unless the program declares the member itself, for the receiver's type."""
        if receiver is None:
            return None
        found = self._types.named_by(receiver, body) or self._types.of(receiver, body, depth + 1)
        return None if found and self.program.members(found, name) else True

    def _static_receiver_fits(
        self, spelling: Spelling, receiver: Expression | None, body: Body, depth: int
    ) -> bool | None:
        if receiver is None:
            return None
        static = self._types.named_by(receiver, body)
        if not static and spelling.form == "init":
            static = self._types.of(receiver, body, depth + 1)
        if static:
            return True if self._is_a(static, spelling.type) else None
        return None

    def _fits(self, found: str, wanted: str) -> bool | None:
        if self._is_a(found, wanted):
            return True
        if self._is_a(self._types.canonical(wanted), found):
            return False  # a supertype, a protocol the API's type is made to conform to
        symbol = self.program.find_type(found)
        if symbol is not None and symbol.kind == "protocol":
            return False if self._conforms_by_extension(wanted, found) else None
        if symbol is not None and symbol.is_declared_here:
            return None
        return None if self.models.type_named(found) is not None else False

    def _conforms_by_extension(self, wanted: str, protocol: str) -> bool:
        canonical = self._types.canonical(wanted)
        return any(self._types.canonical(sub.name) == canonical for sub in self.program.subtypes(protocol))

    def _is_a(self, found: str, wanted: str) -> bool:
        canonical = self._types.canonical(wanted)
        for name in self.program.supertypes(found):
            api: str | None = self._types.canonical(name)
            while api:
                if api == canonical:
                    return True
                model = self.models.type_named(api)
                api = self._types.canonical(model.inherits) if model is not None and model.inherits else None
        return False

    def of_read(self, node: Member, body: Body, depth: int) -> Use | None:
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
                return _use(spelling, node, [], certain=fits)
        return None

    @staticmethod
    def _is_read(spelling: Spelling, body: Body) -> bool:
        if spelling.language != body.symbol.module.language:
            return False
        if spelling.form == "read":
            return True
        return spelling.language == "objc" and spelling.form == "method" and ":" not in spelling.name

    def _static_fits(self, base: Expression, spelling: Spelling, body: Body) -> bool:
        static = self._types.named_by(base, body)
        return bool(static) and self._is_a(static, spelling.type)

    def _writes(self, node: Assign, body: Body) -> list[Use]:
        target = node.target
        key: Expression | None = None
        if isinstance(target, Index) and len(target.arguments) == 1:
            key, target = target.arguments[0], unwrapped(target.base)
        if not isinstance(target, Member) or target.base is None:
            return []
        uses = []
        setter = f"set{target.name[:1].upper()}{target.name[1:]}:"
        for spelling in (*self.models.spellings(target.name), *self.models.spellings(setter)):
            if spelling.language != body.symbol.module.language:
                continue
            if spelling.form != "write" and not (spelling.form == "method" and spelling.name == setter):
                continue
            found = self._types.of(target.base, body) if spelling.type != ANY_TYPE else ""
            fits = False if not found else self._fits(found, spelling.type)
            if fits is not None:
                use = _use(spelling, node, [node.value], certain=fits)
                uses.append(use if key is None else replace(use, receiver=target.base, key=key))
        return uses

    def _constants(self, node: Name, body: Body) -> list[Use]:
        if body.variable(node) is not None:
            return []
        return [
            _use(spelling, node, [], certain=True)
            for spelling in self.models.spellings(node.name)
            if spelling.form == "read"
            and not spelling.type
            and spelling.language == body.symbol.module.language
        ]


def _use(
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


def _first_label(call: Call) -> str | None:
    """The label of the first argument, as ``ApiModels.call_spellings`` takes it."""
    if not call.arguments:
        return ""
    first = call.arguments[0]
    return None if first.trailing else first.label or "_"


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
