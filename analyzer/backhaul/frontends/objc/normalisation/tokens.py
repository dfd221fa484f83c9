"""Words, parenthesised groups and single characters of masked text."""

from __future__ import annotations

import re

from msgspec import Struct

from backhaul.frontends.objc.normalisation.patterns import closing

WORD = b"word"
GROUP = b"group"

_TOKEN = re.compile(rb"[A-Za-z_$]\w*|\d[\w.]*|\S")
_MACRO_NAME = re.compile(rb"_*[A-Z][A-Z0-9]*(?:_[A-Z0-9_]*)?")


class Token(Struct):
    """``kind``: ``WORD``, ``GROUP`` for a pair of parentheses with all inside, else the character
    itself (``0`` for a number)."""

    kind: bytes
    start: int
    end: int
    text: bytes


def tokenise(masked: bytes, start: int, end: int) -> list[Token]:
    """The tokens of ``start:end``; a parenthesis that is not closed there is a character."""
    tokens: list[Token] = []
    position = start
    while match := _TOKEN.search(masked, position, end):
        first, position = match.span()
        text = match.group()
        kind = text
        if text[:1].isalpha() or text[:1] in (b"_", b"$"):
            kind = WORD
        elif text[:1].isdigit():
            kind = b"0"
        elif text == b"(":
            after = closing(masked, first, end)
            if after > 0:
                kind, position = GROUP, after
                text = masked[first:after]
        tokens.append(Token(kind, first, position, text))
    return tokens


def is_macro_name(word: bytes) -> bool:
    """Is ``word`` written as macros are: in capitals? (Some types are, too.)"""
    return len(word) > 2 and _MACRO_NAME.fullmatch(word) is not None
