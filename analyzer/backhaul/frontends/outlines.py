"""Where the bodies of functions are, as the braces of a text show it, without a parser.

``outline_objc`` and ``outline_swift`` find them in masked text (see ``lexing``). They know no more
of a language than where a function's body can begin. A parser that loses a function is found out
this way, and the function can then be parsed alone.
"""

from __future__ import annotations

from msgspec import Struct, field


class Body(Struct):
    """The body of a function as the braces show it.

    ``start`` is where the declaration that it belongs to begins (attributes and modifiers included),
    ``open`` its opening brace, ``end`` one past the closing one, ``stop`` one past the declaration:
    the same, but for accessors of a property or subscript, which share one declaration.
    ``owner`` is the type it is a member of, nested types dotted, "" for none. ``form`` is a word of
    the language's own for what kind of declaration it is, so that ``start:stop`` can be parsed alone
    in the right surroundings.
    """

    start: int
    open: int
    end: int
    stop: int
    owner: str
    form: str


class Outline(Struct):
    """The bodies of a file in order, none inside another, and ranges of its type declarations."""

    bodies: list[Body] = field(default_factory=list)
    types: list[tuple[int, int]] = field(default_factory=list)
