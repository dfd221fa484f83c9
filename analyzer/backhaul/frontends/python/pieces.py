"""Text that cannot be parsed as a whole, in pieces: by indentation, without a parser.

A piece is a top-level statement with all that is indented below it; a class that is broken falls into
its members. Each can then be parsed alone, and what is lost is one function instead of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_LINE = re.compile(rb"^(?P<indent>[ \t]*)(?P<rest>[^\n]*)", re.MULTILINE)
_FRESH = re.compile(rb"@|(?:async[ \t]+)?(?:def|class)\b|(?:from|import)\b.*\bimport\b|import\b")
_CONTINUES = re.compile(rb"(?:elif|else|except|finally|case)\b|[)\]}]")
_DEFINITION = re.compile(rb"(?:async[ \t]+)?(?P<kind>def|class)\b")
_OPENING, _CLOSING = b"([{", b")]}"


class Piece(Struct, frozen=True):
    """Bytes ``start`` to ``end``. ``header``: where the lines before the body of a class end; -1 for
    other statements. ``is_function``: it defines one."""

    start: int
    end: int
    header: int
    is_function: bool


def pieces_of(masked: bytes, start: int, end: int) -> Iterator[Piece]:
    """The statements of one indentation in ``start:end`` of a masked text, in order."""
    starts = list(_starts(masked, start, end))
    for number, (at, keyword) in enumerate(starts):
        stop = starts[number + 1][0] if number + 1 < len(starts) else end
        header = -1
        if keyword == b"class":
            body = next((m for m in _LINE.finditer(masked, at, stop) if _is_inside(m, masked, at)), None)
            header = body.start() if body is not None else -1
        yield Piece(at, stop, header, keyword == b"def")


def _is_inside(line: re.Match[bytes], masked: bytes, at: int) -> bool:
    """Whether ``line`` belongs to the body of the class that begins at ``at``, not to its head."""
    head = masked[at : line.start()]
    own = _LINE.match(masked, at)
    deeper = own is not None and len(line["indent"]) > len(own["indent"])
    return deeper and bool(line["rest"].strip()) and _depth(head) <= 0 and b":" in head


def _starts(masked: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Where statements of the first line's indentation begin, with ``def`` or ``class`` if they are that."""
    own: int | None = None
    depth = 0
    decorated: int | None = None
    is_continued = False
    for line in _LINE.finditer(masked, start, end):
        rest = line["rest"].strip()
        if not rest:
            continue
        indent = len(line["indent"])
        own = indent if own is None else own
        depth = 0 if _FRESH.match(rest) else depth
        if indent <= own and not depth and not is_continued and not _CONTINUES.match(rest):
            at = line.start() if decorated is None else decorated
            decorated = at if rest.startswith(b"@") else None
            if decorated is None:
                definition = _DEFINITION.match(rest)
                yield at, definition["kind"] if definition else b""
        depth = max(0, depth + _depth(rest))
        is_continued = rest.endswith(b"\\")


def _depth(text: bytes) -> int:
    """How many more brackets ``text`` opens than it closes."""
    return sum(text.count(byte) for byte in _OPENING) - sum(text.count(byte) for byte in _CLOSING)
