"""Enumerations declared through macros, and macros behind enumerators."""

from __future__ import annotations

import re

from backhaul.frontends.objc.normalisation.tokens import GROUP, WORD, Token, is_macro_name, tokenise
from backhaul.frontends.recovery import Draft

_ENUM_MACRO = re.compile(rb"[A-Z]\w*_(?:ENUM|OPTIONS)\w*")
_LAST_NAME = re.compile(rb"\(\s*(?:[^(),]*,)?\s*(\w+)\s*(?:,\s*\w+\s*)?\)")


def is_enum_head(tokens: list[Token]) -> bool:
    """Do ``tokens`` begin an enumeration: ``enum …`` or ``typedef SOME_ENUM(Type, Name)``?"""
    words = [token.text for token in tokens[:3] if token.kind == WORD]
    return b"enum" in words or any(_ENUM_MACRO.fullmatch(word) for word in words)


def free_enum(draft: Draft, masked: bytes, tokens: list[Token], end: int, ending: bytes) -> None:
    """Writes ``typedef SOME_ENUM(Type, Name)``, which ends at ``end``, as ``enum Name``, and frees the
    enumerators of macros. The name stays where it is."""
    for number, token in enumerate(tokens[:-1]):
        if token.kind == WORD and _ENUM_MACRO.fullmatch(token.text) and tokens[number + 1].kind == GROUP:
            _write_plain(draft, tokens[0].start, token, tokens[number + 1], end)
            break
    if ending == b"{":
        closing_brace = masked.find(b"}", end)
        if closing_brace > 0:
            _free_enumerators(draft, masked, end + 1, closing_brace)


def name_variable(draft: Draft, masked: bytes, brace: int) -> None:
    """Inside a type the grammar wants a variable behind an enum: ``}`` becomes ``}_``."""
    end = masked.find(b"}", brace)
    if end > 0 and draft.text[end - 1 : end].isspace() and masked[end + 1 : end + 100].lstrip()[:1] == b";":
        draft.replace(end - 1, end + 1, b"}_")


def _write_plain(draft: Draft, start: int, macro: Token, group: Token, end: int) -> None:
    name = _LAST_NAME.fullmatch(group.text)
    first = group.start if name is None else group.start + name.start(1)
    last = group.start if name is None else group.start + name.end(1)
    draft.blank(start, first)
    draft.replace(macro.start, macro.start + 4, b"enum")
    draft.blank(last, end)


def _free_enumerators(draft: Draft, masked: bytes, start: int, end: int) -> None:
    """Blanks macros that follow an enumerator's name or value without an operator between."""
    previous: Token | None = None
    after_macro = False
    for token in tokenise(masked, start, end):
        if after_macro and token.kind == GROUP:
            draft.blank(token.start, token.end)
            after_macro = False
            continue
        after_macro = (
            token.kind == WORD
            and previous is not None
            and previous.kind in (WORD, GROUP, b"0", b"'", b'"')
            and (is_macro_name(token.text) or token.text.startswith(b"__"))
        )
        if after_macro:
            draft.blank(token.start, token.end)
        else:
            previous = token
