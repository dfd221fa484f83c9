"""Reading of one Python file: whole where it parses, piece by piece where it does not."""

from __future__ import annotations

import codecs
import re
import sys

from backhaul.frontends.lexing import mask_python
from backhaul.frontends.python.context import Context
from backhaul.frontends.python.modules import note_names, read_module
from backhaul.frontends.python.parsing import Parsed, parse
from backhaul.frontends.python.pieces import Piece, pieces_of
from backhaul.model.declarations import Damage, Module

_FRAMES = 20_000
"""Calls within calls: the library goes through a tree by recursion, a dozen calls a level."""

_NO_BODIES = ("value", "script")


def read(path: str, text: bytes) -> Module:
    """The program model of the file ``path`` with the content ``text`` (UTF-8).

    Its language is Objective-C: that is whose names it calls things by. Never raises for any bytes:
    what could not be parsed is counted in ``Module.damage``.
    """
    reader = _Reader(text)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        reader.read()
    finally:
        sys.setrecursionlimit(limit)
    found = reader.context.found
    for items in (found.types, found.properties, found.functions):
        items.sort(key=lambda item: item.start)
    damage = reader.damage
    damage.functions += sum(f.kind not in _NO_BODIES for f in found.functions)
    damage.damaged += [(f.start, f.end) for f in found.functions if f.is_damaged]
    damage.declarations += len(found.types)
    return Module(path, "objc", found.imports, found.types, found.properties, found.functions, damage)


class _Reader:
    """One file. ``source`` is its text, without a byte-order mark, in a form of the same length that the
    parser takes; it begins at byte ``start`` of the file."""

    def __init__(self, text: bytes) -> None:
        self.start = len(codecs.BOM_UTF8) if text.startswith(codecs.BOM_UTF8) else 0
        self.source = _parseable(text[self.start :])
        self.context = Context()
        self.damage = Damage()
        self.parts: list[tuple[Parsed, int]] = []
        self.lost_from = -1  # where the last lost statements begin that are no function

    def read(self) -> None:
        parsed = parse(self.source)
        if parsed is not None:
            self.parts.append((parsed, self.start))
        else:
            self._parse_pieces(mask_python(self.source))
        for part, shift in self.parts:
            self._enter(part, shift)
            note_names(self.context, part.body)
        for part, shift in self.parts:
            self._enter(part, shift)
            read_module(self.context, part.body)

    def _enter(self, part: Parsed, shift: int) -> None:
        self.context.spans, self.context.shift = part.spans, shift

    def _parse_pieces(self, masked: bytes) -> None:
        for piece in pieces_of(masked, 0, len(masked)):
            if self._parse_piece(piece, b""):
                continue
            if piece.header < 0:
                self._lose(piece)
            else:
                self._parse_members(masked, piece)

    def _parse_members(self, masked: bytes, piece: Piece) -> None:
        """The members of a class that cannot be parsed as one, each in a class with the same head."""
        head = self.source[piece.start : piece.header]
        kept = 0
        for member in pieces_of(masked, piece.header, piece.end):
            if self._parse_piece(member, head):
                kept += 1
            else:
                self._lose(member)
        if not kept:
            self.damage.declarations += 1
            self.damage.bad_declarations += 1

    def _parse_piece(self, piece: Piece, head: bytes) -> bool:
        """Parses a piece below ``head``, the first lines of the class that it is a member of."""
        parsed = parse(head + self.source[piece.start : piece.end])
        if parsed is None:
            return False
        self.parts.append((parsed, self.start + piece.start - len(head)))
        return True

    def _lose(self, piece: Piece) -> None:
        """Counts a piece as lost; statements in a row that are no functions count as one body."""
        first, last = self.start + piece.start, self.start + piece.end
        lost = self.damage.lost
        if not piece.is_function and lost and lost[-1] == (self.lost_from, first):
            lost[-1] = (self.lost_from, last)
            return
        self.lost_from = -1 if piece.is_function else first
        lost.append((first, last))
        self.damage.functions += 1


_LONE_RETURN = re.compile(rb"\r(?!\n)")
_PAGE_BREAKS = re.compile(rb"(?m)^\f+")


def _parseable(text: bytes) -> bytes:
    """``text`` with what the parser drops or refuses replaced, byte for byte."""
    try:
        text.decode()
    except UnicodeDecodeError:
        marked = text.decode("utf-8", "surrogateescape")
        text = re.sub("[\udc80-\udcff]", "?", marked).encode()
    text = _LONE_RETURN.sub(b"\n", text)
    return _PAGE_BREAKS.sub(lambda match: b"\n" * len(match.group()), text)
