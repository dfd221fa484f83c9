"""What the rules share: matching parentheses, and which text stands outside of all braces."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache

from backhaul.frontends.recovery import Draft

DEEPEST = 200
"""Brackets nested deeper than this are not matched: hostile text would take quadratic time."""

_PARENTHESIS = re.compile(rb"[()]")
_BRACE = re.compile(rb"[{}]")
_BRACKET = re.compile(rb"[{}()]|@(?:end|implementation|interface)\b")
_BRACKET_IN_CODE = re.compile(rb"[{}]|@(?:end|implementation|interface)\b")
_TRANSPARENT = re.compile(
    rb'(?:\bextern\s*"\s*"|\bnamespace\b[\w\s:]*|@(?:interface|implementation)\s+\w+[\w\s:<>,*]*'
    rb"(?:\(\s*\w*\s*\)\s*)?(?:<[\w\s,]*>)?)\s*\Z"
)


REACH = 120
"""Bytes before a match that are looked at."""


def closing(masked: bytes | bytearray, opening: int, end: int = sys.maxsize) -> int:
    """One past what closes the parenthesis or brace at ``opening``; -1 if nothing before ``end`` does."""
    opener = masked[opening : opening + 1]
    pair = _BRACE if opener == b"{" else _PARENTHESIS
    depth = 0
    for match in pair.finditer(masked, opening, end):
        depth += 1 if match.group() == opener else -1
        if not depth:
            return match.end()
        if depth > DEEPEST:
            return -1
    return -1


def behind(
    pattern: re.Pattern[bytes],
    before: re.Pattern[bytes],
    masked: bytes,
    start: int = 0,
    end: int = sys.maxsize,
) -> Iterator[re.Match[bytes]]:
    """The matches of ``pattern`` in ``start:end`` behind what ``before``, which ends with ``\\Z``, matches.

    Ten times as fast as one pattern of both: a search goes fast only for what a pattern begins with, if
    that is a byte or one of few.
    """
    for match in pattern.finditer(masked, start, end):
        at = match.start()
        if before.search(masked, max(0, at - REACH), at):
            yield match


def blank_all(
    pattern: re.Pattern[bytes], group: int = 0, before: re.Pattern[bytes] | None = None
) -> Callable[[Draft], None]:
    """A rewriting that blanks each match of ``pattern`` in the masked text, or a group of it; with
    ``before``, each that stands ``behind`` it."""

    def rewrite(draft: Draft) -> None:
        masked = bytes(draft.masked)
        for match in pattern.finditer(masked) if before is None else behind(pattern, before, masked):
            start, end = match.span(group)
            if end > start:
                draft.blank(start, end)

    return rewrite


@lru_cache(maxsize=1)  # several rules in turn ask the same of one text
def outer_spans(masked: bytes) -> tuple[tuple[int, int], ...]:
    """The parts of ``masked`` outside of braces, in order, without the braces.

    Braces around declarations (``extern "C" {``, ``namespace x {``, those of instance variables) do
    not count, nor do those inside of parentheses: they belong to an argument. A type cannot begin or
    end inside of braces: where it seems to, braces before do not match, and counting starts anew.
    """
    spans: list[tuple[int, int]] = []
    depth = 0  # of braces that hold code
    nested = 0  # of brackets inside of parentheses
    start = 0
    after = 0
    while match := (_BRACKET_IN_CODE if depth else _BRACKET).search(masked, after):
        at, after = match.span()
        token = match.group()
        if token[:1] == b"@":
            if depth:
                start = at
            depth = nested = 0
        elif nested:
            nested += 1 if token in b"({" else -1 if token in b")}" else 0
        elif depth == 0 and token == b"(":
            nested = 1
        elif token == b"{":
            if depth == 0:
                spans.append((start, at))
                if _TRANSPARENT.search(masked, max(0, at - 200), at):
                    start = after
                    continue
            depth += 1
        elif token == b"}":
            if depth == 0:
                spans.append((start, at))
                start = after
                continue
            depth -= 1
            if depth == 0:
                start = after
    if depth == 0:
        spans.append((start, len(masked)))
    return tuple(spans)
