"""How the API models spell a declaration in Swift and in Objective-C.

The grammar is described in ``docs/writing-rules.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

from backhaul.model.declarations import Language

Form: TypeAlias = Choice["method", "init", "read", "write", "function"]

ANY_TYPE = "*"
REST = "..."


class Signature(Struct, array_like=True, frozen=True, gc=False):
    """One way to write a declaration.

    ``type``: canonical name of the type it is a member of; "" for a free function or a global
    constant; ``*`` for a member of any type that the scanned program does not declare itself.
    ``name``: Swift's base name, the whole Objective-C selector, or the name of a C function;
    ``init`` for initialisers of Swift. ``labels``: of a Swift call, ``_`` for none; when the last
    of them is ``...``, any further arguments may follow. Objective-C has none.
    ``text``: as the model spells it.
    """

    language: Language
    form: Form
    type: str
    name: str
    labels: tuple[str, ...]
    is_static: bool
    text: str

    @property
    def arity(self) -> int | None:
        """How many arguments it takes; None when that is open."""
        if self.form == "write":
            return 1
        if self.form == "read":
            return 0
        if self.language == "swift":
            return None if REST in self.labels else len(self.labels)
        return None if self.form == "function" else self.name.count(":")


_SWIFT = re.compile(
    r"(?P<prefix>static |set )?"
    r"(?:(?P<type>\*|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.)?"
    r"(?P<name>[A-Za-z_]\w*)"
    r"(?P<call>\((?P<labels>(?:[A-Za-z_]\w*:)*)(?P<rest>\.\.\.)?\))?"
)
_OBJC_MESSAGE = re.compile(
    r"(?P<scope>[-+])\[(?P<type>\*|[A-Za-z_]\w*) (?P<name>[A-Za-z_]\w*|(?:[A-Za-z_]\w*:)+)\]"
)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_OBJC_INIT = re.compile(r"init(?![a-z])")


def parse_swift(text: str) -> Signature:
    """The declaration that ``text`` spells. Raises ``ValueError`` saying what is wrong with it."""
    match = _SWIFT.fullmatch(text)
    if match is None:
        raise ValueError(
            f"`{text}` is not a Swift spelling such as `Type.method(label:_:)`, `static Type.property`, "
            "`set Type.property`, `Type.init(label:)` or `function(_:)`"
        )
    prefix, owner, name = (match["prefix"] or "").strip(), match["type"] or "", match["name"]
    labels = tuple(match["labels"].split(":")[:-1]) if match["call"] else ()
    if match["rest"]:
        labels = (*labels, REST)
    if prefix == "set" and (match["call"] or not owner):
        raise ValueError(f"`{text}`: `set` spells the assignment to a property, `set Type.property`")
    if prefix == "static" and not owner:
        raise ValueError(f"`{text}`: `static` needs a type, `static Type.member`")
    form: Form
    if prefix == "set":
        form = "write"
    elif not match["call"]:
        form = "read"
    elif name == "init" and owner:
        form = "init"
    else:
        form = "method" if owner else "function"
    return Signature("swift", form, owner, name, labels, prefix == "static", text)


def parse_objc(text: str) -> Iterator[Signature]:
    """The declarations that ``text`` spells: a bare name stands for a function and for a constant.

    Raises ``ValueError`` saying what is wrong with it.
    """
    match = _OBJC_MESSAGE.fullmatch(text)
    if match is not None:
        is_static = match["scope"] == "+"
        form: Form = "init" if not is_static and _OBJC_INIT.match(match["name"]) else "method"
        yield Signature("objc", form, match["type"], match["name"], (), is_static, text)
    elif _IDENTIFIER.fullmatch(text):
        yield Signature("objc", "function", "", text, (), False, text)
        yield Signature("objc", "read", "", text, (), False, text)
    else:
        raise ValueError(
            f"`{text}` is not an Objective-C spelling such as `-[Type selector:]`, `+[Type selector]` "
            "or the name of a C function"
        )
