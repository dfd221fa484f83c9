"""Parsing a text again after some of its bytes were written over: what did not change is not parsed twice."""

from __future__ import annotations

import re

from tree_sitter import Parser, Point, Tree

_CHANGED = re.compile(rb"[^\0](?:\0{0,8}+[^\0])*+")  # changes closer than that are one


def reparse(parser: Parser, text: bytes, before: bytes, tree: Tree) -> Tree:
    """The syntax tree of ``text``, which is as long as ``before``, whose tree is ``tree``.

    It is the one ``parser`` would make of ``text`` alone: where errors remain, how the parser recovers
    depends on where it began, so there it does begin anew. ``tree`` stays as it is.
    """
    edited = tree.copy()
    for start, end in reversed(_changes(before, text)):
        first = _point(before, start)
        edited.edit(
            start, end, end, first, _behind(first, before[start:end]), _behind(first, text[start:end])
        )
    again = parser.parse(text, edited)
    return parser.parse(text) if again.root_node.has_error else again


def _changes(before: bytes, after: bytes) -> list[tuple[int, int]]:
    """The ranges, in bytes, in which two texts of one length differ."""
    difference = int.from_bytes(before, "big") ^ int.from_bytes(after, "big")
    return [match.span() for match in _CHANGED.finditer(difference.to_bytes(len(before), "big"))]


def _point(text: bytes, offset: int) -> Point:
    return Point(text.count(b"\n", 0, offset), offset - (text.rfind(b"\n", 0, offset) + 1))


def _behind(start: Point, text: bytes) -> Point:
    """Where ``text`` ends that begins at ``start``."""
    rows = text.count(b"\n")
    return Point(start.row + rows, len(text) - text.rfind(b"\n") - 1 + (0 if rows else start.column))
