"""API models: which spelling, in which language and era, is which operation. Data, read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

from backhaul.model.declarations import Language
from backhaul.model.mentions import assignment_mention, mention_of_any_call, mentions_of_calls
from backhaul.rules.spelling import REST, Signature

COMPOSED = "composed"
_LONGEST_TOLD = 200  # characters of a literal that its kind is told from

Timing: TypeAlias = Choice["now", "later", "main"]
"""When a closure argument runs: before the call returns, later, later on the main queue."""


class Returns(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operation gives: canonical name of the type, and the kind of value.

    ``kind``: a word of the models (``background``), ``receiver`` (that of the receiver),
    ``argument:ROLE`` (that of an argument), or ``composed`` (a text made of receiver and
    arguments); "" says nothing.
    """

    type: str = ""
    kind: str = ""


class Operation(Struct, frozen=True):
    """Something a program can do, in one shape; further shapes are operations of the same ``id``.

    ``arguments``: 0-based position of each role. A role whose position a spelling does not have is
    absent there. ``argument_types``: canonical type of a role's parameter. ``calls``: when the
    closure, or the method a selector names, in a role runs. ``leaves``: it never returns. ``nil_unless``:
    what it gives is nil unless the receiver is of this kind. ``together``: its closures are parts of one
    course, of which several run: what one of them does not do, another may.
    """

    id: str
    signatures: tuple[Signature, ...]
    tags: tuple[str, ...] = ()
    arguments: dict[str, int] = {}
    argument_types: dict[str, str] = {}
    returns: Returns | None = None
    calls: dict[str, Timing] = {}
    leaves: bool = False
    nil_unless: str = ""
    together: bool = False

    def is_named(self, name: str) -> bool:
        """Whether a card that says ``name`` means this operation: its id, or one of its tags."""
        return name == self.id or name in self.tags


class Spelling(Struct, frozen=True, eq=False):
    """One way to write one operation. See ``Signature`` for the fields."""

    operation: Operation
    language: Language
    form: Choice["method", "init", "read", "write", "function"]
    type: str
    name: str
    labels: tuple[str, ...]
    is_static: bool
    text: str


class ApiType(Struct, frozen=True):
    """A type that the models name: its canonical name, its other names, its supertype.

    ``noun``: what people call a value of it ("session"). ``is_value``: copied on assignment.
    """

    name: str
    also: tuple[str, ...] = ()
    inherits: str = ""
    tags: tuple[str, ...] = ()
    noun: str = ""
    is_value: bool = False


class ValueKind(Struct, frozen=True):
    """A kind of value that is not, or not only, given by operations.

    ``begins``: string literals that begin so, in any case, are of the kind, but for those that begin,
    contain or are what ``unless_begins``, ``unless_contains`` and ``unless_is`` say. ``is_``: whole
    literals that are. ``spreads``: a text that is composed with a value of the kind is of it, too.
    ``within``: the wider kind that all values of this one are of, too; what is made from one is of the
    wider kind only.
    """

    name: str
    begins: tuple[str, ...] = ()
    unless_begins: tuple[str, ...] = ()
    unless_contains: tuple[str, ...] = ()
    unless_is: tuple[str, ...] = ()
    is_: tuple[str, ...] = ()
    spreads: bool = False
    within: str = ""

    def excepts(self, lowered: str) -> bool:
        """Whether a literal that begins as it should is of another kind all the same."""
        if lowered in self.unless_is or lowered.startswith(self.unless_begins):
            return True
        return any(word in lowered for word in self.unless_contains)


class Hook(Struct, frozen=True):
    """A declaration by which a program handles something; several of one ``id`` are alternatives.

    ``swift`` and ``objc``: members that a type may declare (``name(label:)``, a selector).
    ``calls``: calls that handle it; where ``words`` are given, one of them must stand among the
    arguments. ``mentions``: names (of types, selectors) whose use anywhere handles it.
    ``arguments``: 0-based position of each role among the parameters of the members.
    """

    id: str
    swift: tuple[str, ...] = ()
    objc: tuple[str, ...] = ()
    calls: tuple[Signature, ...] = ()
    words: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    arguments: dict[str, int] = {}


class ApiModels:
    """All API models together, for look-up by the names that stand in source code."""

    def __init__(
        self,
        types: Sequence[ApiType],
        operations: Sequence[Operation],
        hooks: Sequence[Hook],
        value_kinds: Sequence[ValueKind] = (),
    ) -> None:
        self.types = tuple(types)
        self.operations = tuple(operations)
        self.hooks = tuple(hooks)
        self.value_kinds = tuple(value_kinds)
        self.spreading = frozenset(kind.name for kind in value_kinds if kind.spreads)
        self._call_spellings: dict[tuple[str, Language, str | None], tuple[Spelling, ...]] = {}
        self._types = {name: api for api in types for name in (api.name, *api.also)}

    def type_named(self, name: str) -> ApiType | None:
        """The type that ``name`` is the canonical or another name of."""
        return self._types.get(name)

    def types_tagged(self, tag: str) -> tuple[ApiType, ...]:
        return tuple(api for api in self.types if tag in api.tags)

    def spellings_of(self, operation: str) -> tuple[Spelling, ...]:
        """The spellings of the operations that a card means by ``operation``, an id or a tag."""
        return self._spellings_of.get(operation, ())

    def spellings(self, name: str) -> tuple[Spelling, ...]:
        """The spellings with the simple name ``name``, in both languages.

        ``name``: Swift's base name, the whole selector, a property, a function. A Swift
        initialiser is found under ``init`` and under every name of its type.
        """
        return self._spellings.get(name, ())

    def names_written(self, spelling: Spelling) -> tuple[str, ...]:
        """Every simple name under which a call, a read or an assignment can be a use of ``spelling``."""
        names = [spelling.name]
        if spelling.form == "init" and spelling.language == "swift":
            api = self._types.get(spelling.type)
            typed = (api.name, *api.also) if api is not None else (spelling.type,)
            names += [name.rpartition(".")[2] for name in typed]
        elif spelling.name.startswith("set") and spelling.name.endswith(":"):
            names += [spelling.name[3:4].lower() + spelling.name[4:-1], spelling.name[3:-1]]
        return tuple(names)

    def mentions_of(self, spelling: Spelling) -> Iterator[str]:
        """What a function that uses ``spelling`` mentions at least one of (see ``model.mentions``)."""
        names = self.names_written(spelling)
        if spelling.form == "write":
            yield from map(assignment_mention, names)
        elif spelling.form == "read":
            yield from names
        elif spelling.labels[:1] == (REST,):
            yield from map(mention_of_any_call, names)
        elif spelling.language == "swift":
            for name in names:
                yield from mentions_of_calls(name, (spelling.labels or ("",))[:1])
        else:
            yield names[0]
            yield from map(assignment_mention, names[1:])

    def call_spellings(self, name: str, language: Language, label: str | None) -> tuple[Spelling, ...]:
        """The spellings that a call of ``name`` can be, by its first label.

        ``label``: "_" where the first argument has none, "" where there is no argument, None where
        the label can be any (trailing closures). Of Objective-C all are given.
        """
        key = (name, language, label)
        label = None if language == "objc" else label
        known = self._call_spellings.get(key)
        if known is None:
            known = self._call_spellings[key] = tuple(
                s
                for s in self.spellings(name)
                if s.language == language
                and (label is None or s.form != "init" or (s.labels or ("",))[0] in (label, REST))
            )
        return known

    def all_spellings(self) -> tuple[Spelling, ...]:
        return self._all

    @cached_property
    def _all(self) -> tuple[Spelling, ...]:
        return tuple(
            Spelling(operation, s.language, s.form, s.type, s.name, s.labels, s.is_static, s.text)
            for operation in self.operations
            for s in operation.signatures
        )

    @cached_property
    def _spellings_of(self) -> dict[str, tuple[Spelling, ...]]:
        index: dict[str, list[Spelling]] = defaultdict(list)
        for spelling in self._all:
            for name in {spelling.operation.id, *spelling.operation.tags}:
                index[name].append(spelling)
        return {name: tuple(spellings) for name, spellings in index.items()}

    @cached_property
    def _spellings(self) -> dict[str, tuple[Spelling, ...]]:
        index: dict[str, list[Spelling]] = defaultdict(list)
        for spelling in self._all:
            names = (spelling.name,) if spelling.language == "objc" else self.names_written(spelling)
            for name in names:
                index[name].append(spelling)
        return {name: tuple(dict.fromkeys(spellings)) for name, spellings in index.items()}

    def operations_named(self, name: str) -> tuple[Operation, ...]:
        """The operations whose id or one of whose tags is ``name``; empty for an unknown name."""
        return self._operations.get(name, ())

    @cached_property
    def _operations(self) -> dict[str, tuple[Operation, ...]]:
        index: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            for name in (operation.id, *operation.tags):
                index[name].append(operation)
        return {name: tuple(operations) for name, operations in index.items()}

    @property
    def operation_names(self) -> frozenset[str]:
        """Every id and tag."""
        return frozenset(self._operations)

    def hooks_named(self, name: str) -> tuple[Hook, ...]:
        return tuple(hook for hook in self.hooks if hook.id == name)

    @property
    def hook_names(self) -> frozenset[str]:
        return frozenset(hook.id for hook in self.hooks)

    @property
    def kinds(self) -> frozenset[str]:
        """Every word that a value's kind can be."""
        words = {operation.returns.kind for operation in self.operations if operation.returns is not None}
        given = {word for word in words if word not in ("", "receiver", COMPOSED) and ":" not in word}
        return frozenset(given | {kind.name for kind in self.value_kinds})

    def kinds_within(self, kind: str) -> frozenset[str]:
        """``kind``, and the narrower kinds whose values are of it, too."""
        return self._narrower.get(kind, frozenset((kind,)))

    def widened(self, kind: str) -> str:
        """The kind of what is made from a value of ``kind``: a narrower kind is of the value alone."""
        return self._wider.get(kind, kind)

    @cached_property
    def _wider(self) -> dict[str, str]:
        return {kind.name: kind.within for kind in self.value_kinds if kind.within}

    @cached_property
    def _narrower(self) -> dict[str, frozenset[str]]:
        return {
            kind: frozenset((kind, *(name for name, outer in self._wider.items() if outer == kind)))
            for kind in self._wider.values()
        }

    def kind_of_text(self, text: str) -> str:
        """The kind of a string literal, by what it is or how it begins; "" when it says nothing."""
        lowered = text[:_LONGEST_TOLD].lower()
        whole = self._whole_texts.get(lowered)
        if whole is not None:
            return whole
        for begin, kind in self._beginnings:
            if lowered.startswith(begin) and not kind.excepts(lowered):
                return kind.name
        return ""

    @cached_property
    def _beginnings(self) -> tuple[tuple[str, ValueKind], ...]:
        return tuple((begin.lower(), kind) for kind in self.value_kinds for begin in kind.begins)

    @cached_property
    def _whole_texts(self) -> dict[str, str]:
        return {text.lower(): kind.name for kind in self.value_kinds for text in kind.is_}
