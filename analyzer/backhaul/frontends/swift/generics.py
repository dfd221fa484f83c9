"""Generic arguments in expressions, which the grammar may take for comparisons.

``f(Cache<Key, Value>.shared)`` is read as two arguments that compare, ``x.decode<T>(data)`` as
``(x.decode < T) > (data)``. Swift decides by what follows the closing bracket; so does this module,
and blanks the generic arguments before the text is parsed. Lengths stay, and whatever is read from
the source is read from the original text.
"""

from __future__ import annotations

import re

_TYPE = rb"[\w\s.,:\[\]()@]|->|(?<=[\w\]>)])[?!]|\s&\s"


def _nested(levels: int) -> bytes:
    """A pattern of generic arguments that hold generic arguments down to ``levels``."""
    inner = rb"|" + _nested(levels - 1) if levels else b""
    return rb"<(?:" + _TYPE + inner + rb")+>"


_FOLLOWED = re.compile(_nested(2) + rb"(?=[.(]|\s?\{)")
_VALUE_BEFORE = re.compile(rb"(?:(?<![=!<>])=|\(|\b(?:return|await|try[?!]?)\s)\s*[A-Za-z_][\w.]*\Z")
_REACH = 120
"""Bytes before generic arguments in which the beginning of the expression is looked for."""


def blank_generic_arguments(text: bytes) -> bytes:
    """``text`` with blanks for generic arguments that a member, parentheses or a closure follow."""
    return _FOLLOWED.sub(_blank, text)


def _blank(match: re.Match[bytes]) -> bytes:
    start, end = match.span()
    text = match.string
    before = text[start - 1 : start]
    if not before.isalnum() and before not in (b"_", b"`"):
        return match.group()
    is_brace = text[end : end + 1] not in (b".", b"(")
    # a brace opens the closure of a value, or the body of a declaration that ends with a type
    if is_brace and _VALUE_BEFORE.search(text, max(0, start - _REACH), start) is None:
        return match.group()
    return b" " * (end - start)
