"""Excerpts of source with the columns that matter marked under them."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.reporters.characters import ShownLine, visible
from backhaul.reporters.styled import Line
from backhaul.sources.text import SourceText


def place(source: SourceText | None, path: str, offset: int) -> str:
    """``path:line:column`` of a byte offset, columns in characters; the path alone without a text."""
    if source is None:
        return visible(path)
    return f"{visible(path)}:{source.line(offset)}:{source.column(offset)}"


def excerpt(
    source: SourceText, start: int, end: int, *, gutter: int, room: int, style: str, mark: str = "^"
) -> Iterator[Line]:
    """The line of the byte offset ``start`` and, below it, marks under the bytes ``start:end``.

    ``gutter``: cells for the line number; ``room``: cells for the text. Of a range over several
    lines the first line is shown.
    """
    line = source.line(start)
    shown = ShownLine(source.line_text(line))
    first = source.column(start)
    last = source.column(end) if source.line(end) == line else len(source.line_text(line)) + 1
    text, begin, stop = shown.cut(first, last, room)
    yield Line([(f"{line:>{gutter}} | ", "dim"), (text, "")])
    yield Line([(f"{'':>{gutter}} | ", "dim"), (" " * begin, ""), (mark * (stop - begin), style)])
