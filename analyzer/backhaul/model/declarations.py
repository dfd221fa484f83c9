"""What a source file declares: types, members, functions, and how well the file could be read.

Ranges are half-open byte offsets into the file's text in UTF-8, as in ``code``. Everything that
can be executed is a ``Function``, a property's initial value and its accessors included, and the
body of each stays encoded until an analysis asks for it.
"""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct, field

from backhaul.model.code import Block, Parameter

Language: TypeAlias = Choice["swift", "objc"]

FunctionKind: TypeAlias = Choice[
    "function",  # free function
    "method",
    "init",
    "deinit",
    "getter",
    "setter",
    "observer",  # willSet, didSet
    "value",  # the initial value of a property or global: the body returns it
    "script",  # top-level code of a file
]


NO_BODY = Raw(b"\xc0")  # MessagePack's nil


class Function(Struct, array_like=True, gc=False, eq=False):
    """A function, method, accessor or initial value.

    ``name``: Swift's base name (``upload``; ``init`` for initialisers), Objective-C's whole
    selector (``uploadFile:to:``), or the property's name for accessors and values.
    ``owner``: name of the type it is a member of ("" for none), nested types dotted.
    ``body``: an encoded ``Block`` (see ``encode_body``), ``NO_BODY`` for a mere declaration.
    ``mentions``: every name called, read or written inside, sorted, in nested closures too; with the calls
    and assignments that ``model.mentions`` tells.
    ``is_damaged``: part of the body could not be parsed; what is in ``body`` is sound.
    """

    name: str
    kind: FunctionKind
    owner: str
    parameters: list[Parameter]
    result: str
    start: int
    end: int
    name_start: int
    name_end: int
    body: Raw = NO_BODY
    mentions: list[str] = []
    attributes: list[str] = []  # as written: "@MainActor", "private", "override", "@objc(sel:)"
    is_static: bool = False
    is_async: bool = False
    throws: bool = False
    is_damaged: bool = False

    @property
    def has_body(self) -> bool:
        return bytes(self.body) != bytes(NO_BODY)

    @property
    def spelling(self) -> str:
        """How documentation spells it: a selector, ``name(label:_:)``, or the bare name."""
        if ":" in self.name or self.kind not in ("function", "method", "init"):
            return self.name
        labels = "".join(f"{parameter.label or '_'}:" for parameter in self.parameters)
        return f"{self.name}({labels})"


class Property(Struct, array_like=True, gc=False, eq=False):
    """A stored or computed property, an instance variable, or a global variable.

    Its initial value and accessors are functions of the same owner and name, of the kinds
    ``value``, ``getter``, ``setter`` and ``observer``.
    """

    name: str
    owner: str
    type: str
    start: int
    end: int
    name_start: int
    name_end: int
    is_static: bool = False
    is_constant: bool = False
    is_lazy: bool = False
    is_computed: bool = False
    is_weak: bool = False
    attributes: list[str] = []


TypeKind: TypeAlias = Choice["class", "struct", "enum", "protocol", "actor", "extension"]


class TypeDeclaration(Struct, array_like=True, gc=False, eq=False):
    """One declaration of a type, or of a part of it.

    An Objective-C ``@interface`` and ``@implementation`` are two declarations of one class; a
    category and a Swift extension have the kind ``extension`` (its ``category`` name beside it).
    ``inherits`` lists the superclass and the protocols, as written, generic arguments dropped.
    """

    name: str
    kind: TypeKind
    inherits: list[str]
    start: int
    end: int
    name_start: int
    name_end: int
    category: str = ""
    attributes: list[str] = []
    members: list[str] = []  # enum cases


class Damage(Struct, array_like=True, gc=False, eq=False):
    """How well a file could be parsed.

    ``functions``: bodies that an independent look at the braces finds. ``lost``: ranges of
    bodies that no parse gave; ``damaged``: ranges of bodies analysed only in their sound part.
    ``declarations`` and ``bad_declarations`` count type declarations (headers matter most).
    """

    functions: int = 0
    lost: list[tuple[int, int]] = []
    damaged: list[tuple[int, int]] = []
    declarations: int = 0
    bad_declarations: int = 0


class BuildCondition(Struct, array_like=True, gc=False, eq=False):
    """What a ``#if`` says of the bytes ``start:end``: ``text`` must be met there, or (not ``holds``) not met.

    ``#ifdef X`` is ``defined(X)`` here, ``#ifndef X`` ``!defined(X)``.
    """

    start: int
    end: int
    text: str
    holds: bool = True


class Module(Struct, array_like=True, gc=False, eq=False):
    """Everything one source file declares.

    ``path``: relative to the root of the scan, forward slashes. ``conditions``: what conditional
    compilation says, inside functions and outside; of headers it is not recorded.
    """

    path: str
    language: Language
    imports: list[str]
    types: list[TypeDeclaration]
    properties: list[Property]
    functions: list[Function]
    damage: Damage = field(default_factory=Damage)
    conditions: list[BuildCondition] = []


_encoder = msgspec.msgpack.Encoder()
_body_decoder = msgspec.msgpack.Decoder(Block)
_module_decoder = msgspec.msgpack.Decoder(Module)


def encode_body(block: Block) -> Raw:
    """The bytes that ``Function.body`` holds for ``block``."""
    return Raw(_encoder.encode(block))


def decode_body(function: Function) -> Block | None:
    """The body of ``function``, decoded anew at each call; None for a mere declaration."""
    return _body_decoder.decode(function.body) if function.has_body else None


def encode_module(module: Module) -> bytes:
    return _encoder.encode(module)


def decode_module(data: bytes) -> Module:
    """The module that ``encode_module`` gave ``data`` for.

    Raises ``msgspec.DecodeError`` (``ValidationError`` among them) for anything else: bytes from
    a cache or another process are checked field by field, never executed.
    """
    return _module_decoder.decode(data)
