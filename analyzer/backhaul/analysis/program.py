"""The whole program: types and functions of all modules, found by name, across both languages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.bridging import imported_names, selectors_of
from backhaul.model.code import Block
from backhaul.model.declarations import Function, Module, Property, TypeDeclaration, decode_body
from backhaul.model.mentions import UNLABELLED, call_mention, mention_of_any_call, mentions_of_calls

_MAKES_OWN = call_mention("init", [])
"""``self.init()``, ``super.init()``, ``[[self alloc] init]``: the type that is made need not be named."""


class FunctionSymbol:
    """A function with its module; its body is decoded at the first use and kept."""

    __slots__ = ("__dict__", "function", "module")

    def __init__(self, function: Function, module: Module) -> None:
        self.function = function
        self.module = module

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def owner(self) -> str:
        return self.function.owner

    @cached_property
    def body(self) -> Body | None:
        """None for a mere declaration."""
        block = decode_body(self.function)
        return Body(self, block) if block is not None else None

    @cached_property
    def callable_names(self) -> frozenset[str]:
        """Every name under which a caller in either language may write it."""
        function = self.function
        if function.kind in ("value", "observer", "script", "deinit"):
            return frozenset((function.name,))
        if self.module.language != "objc":
            return frozenset((function.name, *selectors_of(function)))
        return frozenset((function.name, *imported_names(function)) if function.owner else (function.name,))

    @cached_property
    def call_mentions(self) -> frozenset[str]:
        """What a caller in either language mentions at least one of (see ``model.mentions``).

        Of an initialiser those with arguments: the others say nothing of what they make.
        """
        function, names = self.function, self.callable_names
        selectors = frozenset(name for name in names if ":" in name)
        if self.module.language == "objc":
            others = names - selectors - {"init"}
            return selectors.union(map(mention_of_any_call, others))
        labels: list[str] = []
        for parameter in function.parameters:
            labels.append(parameter.label or UNLABELLED)
            if parameter.default is None and not parameter.type.endswith("..."):
                break
        else:
            labels += [""] if function.kind != "init" else []
        return selectors.union(mentions_of_calls(function.name, labels))

    @property
    def qualified_name(self) -> str:
        """As people write it: ``Uploader.send(_:to:)``, ``-[Uploader sendFile:to:]``."""
        function = self.function
        if function.kind in ("value", "getter", "setter", "observer"):
            return f"{function.owner}.{function.name}" if function.owner else function.name
        if self.module.language == "objc" and function.owner:
            return f"{'+' if function.is_static else '-'}[{function.owner} {function.name}]"
        return f"{function.owner}.{function.spelling}" if function.owner else function.spelling


class TypeSymbol(Struct, eq=False):
    """A type: all its declarations (extensions, categories, interface and implementation) as one."""

    name: str
    declarations: list[tuple[TypeDeclaration, Module]] = field(default_factory=list)
    functions: dict[str, list[FunctionSymbol]] = field(default_factory=dict)
    properties: dict[str, list[tuple[Property, Module]]] = field(default_factory=dict)

    @property
    def inherits(self) -> list[str]:
        return [name for declaration, _ in self.declarations for name in declaration.inherits]

    @property
    def kind(self) -> str:
        """``extension`` when the type itself is declared outside the tree."""
        kinds = [d.kind for d, _ in self.declarations if d.kind != "extension"]
        return kinds[0] if kinds else "extension"

    @property
    def is_declared_here(self) -> bool:
        return self.kind != "extension"

    def all_functions(self) -> Iterator[FunctionSymbol]:
        for functions in self.functions.values():
            yield from functions


class Program:
    """Symbol tables over ``modules``.

    ``tests`` are the paths of those that are tests. ``aliases``: for each name of a type from outside
    the tree, the other names of that type (``NSURLSession`` for ``URLSession``). ``symbols``: by the id of
    their functions, those that other programs over the same modules have made; what is new is added.
    """

    def __init__(
        self,
        modules: Sequence[Module],
        tests: frozenset[str] = frozenset(),
        aliases: Mapping[str, Sequence[str]] = MappingProxyType({}),
        symbols: dict[int, FunctionSymbol] | None = None,
    ) -> None:
        self.modules = modules
        self._symbols = {} if symbols is None else symbols
        self.tests = tests
        self._aliases = aliases
        self.types: dict[str, TypeSymbol] = {}
        self.functions: list[FunctionSymbol] = []
        self.globals: dict[str, list[tuple[Property, Module]]] = defaultdict(list)
        self._by_last_name: dict[str, list[TypeSymbol]] = defaultdict(list)
        self._supertypes: dict[str, list[str]] = {}
        self._members: dict[tuple[str, str], list[FunctionSymbol]] = {}
        self._bridged_names: dict[str, dict[str, list[FunctionSymbol]]] = {}
        for module in modules:
            self._add(module)

    def _add(self, module: Module) -> None:
        for declaration in module.types:
            self._type(declaration.name).declarations.append((declaration, module))
        for declared in module.properties:
            if declared.owner:
                self._type(declared.owner).properties.setdefault(declared.name, []).append((declared, module))
            else:
                self.globals[declared.name].append((declared, module))
        for function in module.functions:
            symbol = self._symbols.get(id(function))
            if symbol is None:
                symbol = self._symbols[id(function)] = FunctionSymbol(function, module)
            self.functions.append(symbol)
            if function.owner:
                self._type(function.owner).functions.setdefault(function.name, []).append(symbol)

    def _type(self, name: str) -> TypeSymbol:
        symbol = self.types.get(name)
        if symbol is None:
            symbol = self.types[name] = TypeSymbol(name)
            self._by_last_name[name.rpartition(".")[2]].append(symbol)
        return symbol

    @cached_property
    def imported(self) -> frozenset[str]:
        """The modules that any file imports."""
        return frozenset(name for module in self.modules for name in module.imports)

    @cached_property
    def functions_named(self) -> dict[str, list[FunctionSymbol]]:
        """By every name a caller in either language may write."""
        index: dict[str, list[FunctionSymbol]] = defaultdict(list)
        for symbol in self.functions:
            for name in symbol.callable_names:
                index[name].append(symbol)
        return index

    @cached_property
    def _mentions(self) -> dict[str, list[FunctionSymbol]]:
        index: dict[str, list[FunctionSymbol]] = defaultdict(list)
        for symbol in self.functions:
            called: set[str] = set()
            for name in symbol.function.mentions:
                index[name].append(symbol)
                if "(" in name:
                    called.add(name.partition("(")[0])
            for name in called:
                index[mention_of_any_call(name)].append(symbol)
        return index

    def mentioning(self, *names: str) -> list[FunctionSymbol]:
        """The functions with a body that mention one of ``names``, in order of the modules."""
        if len(names) == 1:
            return self._mentions.get(names[0], [])
        found = {id(symbol): symbol for name in names for symbol in self._mentions.get(name, ())}
        return list(found.values())

    def may_call(self, callee: FunctionSymbol) -> list[FunctionSymbol]:
        """The functions that may call ``callee``, by what they mention.

        Without tests unless ``callee`` is in one: what tests do, products do not.
        """
        found = {id(symbol): symbol for symbol in self.mentioning(*callee.call_mentions)}
        if callee.function.kind == "init" and callee.owner:
            own = self.find_type(callee.owner)
            family = [*([own] if own is not None else []), *self.subtypes(callee.owner)]
            for symbol in self.mentioning(*{each.name.rpartition(".")[2] for each in family}):
                found[id(symbol)] = symbol
            for symbol in (function for each in family for function in each.all_functions()):
                if _MAKES_OWN in symbol.function.mentions:
                    found[id(symbol)] = symbol
        if callee.module.path in self.tests or not self.tests:
            return list(found.values())
        return [symbol for symbol in found.values() if symbol.module.path not in self.tests]

    def find_type(self, name: str) -> TypeSymbol | None:
        """By full name, another name of a type from outside, or last name where only one type has it."""
        exact = self.types.get(name)
        if exact is not None:
            return exact
        for alias in self._aliases.get(name, ()):
            extended = self.types.get(alias)
            if extended is not None and not extended.is_declared_here:
                return extended
        candidates = self._by_last_name.get(name.rpartition(".")[2], [])
        return candidates[0] if len(candidates) == 1 else None

    def supertypes(self, name: str) -> list[str]:
        """``name`` and everything it inherits from, nearest first; names outside the tree included."""
        known = self._supertypes.get(name)
        if known is not None:
            return known
        order: list[str] = []
        queue = [name]
        while queue:
            current = queue.pop(0)
            if current in order:
                continue
            order.append(current)
            symbol = self.find_type(current)
            if symbol is not None:
                queue.extend(symbol.inherits)
        self._supertypes[name] = order
        return order

    @cached_property
    def _subtypes(self) -> dict[str, list[TypeSymbol]]:
        index: dict[str, list[TypeSymbol]] = defaultdict(list)
        for symbol in self.types.values():
            for name in dict.fromkeys(symbol.inherits):
                index[name.rpartition(".")[2]].append(symbol)
        return index

    def subtypes(self, name: str) -> list[TypeSymbol]:
        """All types that inherit from or conform to ``name``, directly or not, without itself."""
        found: dict[str, TypeSymbol] = {}
        queue = [name]
        while queue:
            for symbol in self._subtypes.get(queue.pop().rpartition(".")[2], ()):
                if symbol.name not in found and symbol.name != name:
                    found[symbol.name] = symbol
                    queue.append(symbol.name)
        return list(found.values())

    def family(self, name: str) -> set[str]:
        """``name`` with the types of the program above and below it: an instance may be of any."""
        above = [symbol for known in self.supertypes(name) if (symbol := self.find_type(known)) is not None]
        return {symbol.name for symbol in (*above, *self.subtypes(name))}

    def members(self, type_name: str, name: str) -> list[FunctionSymbol]:
        """Functions called ``name`` that an instance of ``type_name`` may run.

        Of the nearest supertype that declares any, and of all subtypes that override it; a
        protocol gives those of the types that conform to it.
        """
        key = (type_name, name)
        if key not in self._members:
            self._members[key] = self._find_members(type_name, name)
        return self._members[key]

    def _find_members(self, type_name: str, name: str) -> list[FunctionSymbol]:
        found: list[FunctionSymbol] = []
        for candidate in self.supertypes(type_name):
            symbol = self.find_type(candidate)
            own = self._own(symbol, name) if symbol is not None else []
            found.extend(own)
            if any(f.function.has_body for f in own):
                break
        for subtype in self.subtypes(type_name):
            found.extend(self._own(subtype, name))
        return found

    def _own(self, symbol: TypeSymbol, name: str) -> list[FunctionSymbol]:
        own = symbol.functions.get(name)
        return own if own else self._bridged(symbol).get(name, [])

    def _bridged(self, symbol: TypeSymbol) -> dict[str, list[FunctionSymbol]]:
        """The functions of a type by the names that callers in the other language write."""
        known = self._bridged_names.get(symbol.name)
        if known is None:
            known = self._bridged_names[symbol.name] = defaultdict(list)
            for function in symbol.all_functions():
                for name in function.callable_names:
                    known[name].append(function)
        return known

    def property(self, type_name: str, name: str) -> tuple[Property, Module] | None:
        """The property of ``type_name`` or its nearest supertype."""
        for candidate in self.supertypes(type_name):
            symbol = self.find_type(candidate)
            if symbol is not None and name in symbol.properties:
                return symbol.properties[name][0]
        return None

    def conforms(self, type_name: str, supertypes: Iterable[str]) -> bool:
        return not set(self.supertypes(type_name)).isdisjoint(supertypes)


def field_names(name: str) -> tuple[str, ...]:
    """The spellings of one field: an Objective-C property ``x`` and its variable ``_x``."""
    return (name, name[1:]) if name.startswith("_") else (name, f"_{name}")


_TYPE_NAME = re.compile(r"[A-Za-z_][\w.]*")
_NO_NAMES = frozenset(
    (
        "id",
        "instancetype",
        "Any",
        "AnyObject",
        "Self",
        "auto",
        "__auto_type",
        "typeof",
        "__typeof",
        "__typeof__",
    )
)
_WRAPPERS = re.compile(r"^(?:Optional|Result|Task|AnyPublisher|Future)<")


@lru_cache(maxsize=8192)
def type_name(text: str) -> str:
    """The nominal type that ``text`` names: ``any Foo?`` → ``Foo``; "" for closures, tuples, collections."""
    text = text.strip()
    for prefix in (
        "@escaping ",
        "@Sendable ",
        "inout ",
        "some ",
        "any ",
        "weak ",
        "const ",
        "__kindof ",
        "__weak ",
        "__strong ",
    ):
        text = text.removeprefix(prefix)
    text = _WRAPPERS.sub("", text)
    if text[:1] in ("[", "(", "@") or "->" in text or "^" in text:
        return ""
    if text.startswith("id<") or text.startswith("id <"):
        text = text[text.index("<") + 1 :]
    match = _TYPE_NAME.match(text)
    name = match.group() if match else ""
    return "" if name in _NO_NAMES else name


def block_of(symbol: FunctionSymbol) -> Block | None:
    body = symbol.body
    return body.unit.block if body is not None else None
