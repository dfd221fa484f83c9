"""What the lowering of one file shares: places, names and their meaning, the declarations found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from backhaul.model.declarations import Function, Property, TypeDeclaration

if TYPE_CHECKING:
    import libcst as cst
    from libcst.metadata.span_provider import CodeSpan

MAX_DEPTH = 150
"""How deep the model of a body may nest. What is deeper is flattened, so that no later walk runs out
of stack."""


class Scope(Struct):
    """A module, a class, a function or a lambda while it is lowered.

    ``given``: the parameters; ``bound``: the local variables; ``outside``: names declared ``global`` or
    ``nonlocal``. ``aliases``: what names stand for: a class of Objective-C, an imported name, ``self``; a
    name that stands for itself hides an alias further out. ``types``: of variables, as annotated.
    """

    parent: Scope | None = None
    given: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    is_module: bool = False

    def meaning(self, name: str) -> str:
        """What ``name`` stands for here; mostly itself."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.aliases:
                return scope.aliases[name]
            scope = scope.parent
        return name

    def bind(self, name: str) -> None:
        """``name`` gets a value of its own here."""
        if self.aliases.get(name) == "self":
            return
        if name not in self.outside and name not in self.given and not self.is_module:
            self.bound.add(name)
        if name in self.aliases or self.meaning(name) != name:
            self.aliases[name] = name


class Signature(Struct, frozen=True):
    """Names and default values (None: none) of the parameters of a function of the file, ``self`` aside."""

    names: tuple[str, ...]
    defaults: tuple[Any, ...]


class Enclosing(Struct):
    """A loop (``label`` not "") or a ``match`` around a statement. ``is_named``: a jump needs the label."""

    label: str
    is_named: bool = False


class Found(Struct):
    """What a file declares."""

    imports: list[str] = field(default_factory=list)
    types: list[TypeDeclaration] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)


class Context:
    """The state of lowering one file.

    ``spans`` and ``shift`` give places in the file. ``mentions``, ``is_damaged``, ``loops`` (the loops and
    ``match`` statements around a statement) and ``owner`` (the type whose method it is, dotted) concern the
    body at hand. ``plain`` are the names of methods that are no selectors, ``signatures`` those of all
    functions of the file, None for a name that several have; ``fields`` are those seen, by owner and name;
    ``origins`` are the full names of what is imported from modules of Python.
    """

    def __init__(self) -> None:
        self.found = Found()
        self.module = Scope(is_module=True)
        self.plain: set[str] = set()
        self.signatures: dict[str, Signature | None] = {}
        self.scope = self.module
        self.spans: Mapping[cst.CSTNode, CodeSpan] = {}
        self.shift = 0
        self.mentions: set[str] = set()
        self.is_damaged = False
        self.owner = ""
        self.loops: list[Enclosing] = []
        self.fields: set[tuple[str, str]] = set()
        self.origins: dict[str, str] = {}
        self.is_rubicon = False

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """The bytes of the file in which ``node`` stands."""
        span = self.spans[node]
        start = span.start + self.shift
        return start, start + span.length
