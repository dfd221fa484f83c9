"""Lines of source as HTML: highlighted, with the place that matters marked.

Every character of a source text goes through ``escape`` or is shown by a stand-in: a text can
neither become markup nor reorder the line it stands on.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import accumulate

from markupsafe import Markup
from msgspec import Struct

from backhaul.reporters.characters import visible
from backhaul.reporters.highlight import Highlighted
from backhaul.sources.text import SourceText

_LONGEST = 400  # bytes of a line that are shown
_BEFORE_MARK = 120  # of them, bytes before the mark when the line is cut
_MOST_TEXT = 4_000_000  # bytes; a larger file is shown without colours
_CLASSES = {
    "comment": "c",
    "string": "s",
    "number": "n",
    "directive": "d",
    "keyword": "k",
    "type": "t",
}


class ListedLine(Struct, frozen=True):
    """A line as it is shown. ``number`` counts from 1."""

    number: int
    code: Markup
    is_marked: bool


class Listings:
    """Lists the lines of files, each highlighted once."""

    def __init__(self) -> None:
        self._highlighted: dict[str, Highlighted] = {}

    def lines(
        self, source: SourceText, first: int, last: int, mark: tuple[int, int], indent: int
    ) -> list[ListedLine]:
        """The 1-based lines ``first`` to ``last``, without the first ``indent`` bytes of white space.

        ``mark``: the bytes of the text to mark, start and end.
        """
        tokens = self._tokens(source)
        listed = []
        for number in range(first, last + 1):
            start, end = _extent(source, number)
            begin, stop = _aligned(source.text, max(mark[0], start)), _aligned(source.text, min(mark[1], end))
            is_marked = begin < stop or (mark[0] == mark[1] and start <= mark[0] <= end)
            shown = (_after_indent(source.text, start, end, indent), end)
            code = _line(source.text, shown, (begin, stop) if is_marked else (end, end), tokens)
            listed.append(ListedLine(number, code, is_marked))
        return listed

    def _tokens(self, source: SourceText) -> Highlighted:
        if source.path not in self._highlighted:
            text = source.text if len(source.text) <= _MOST_TEXT else b""
            self._highlighted[source.path] = Highlighted(source.path, text)
        return self._highlighted[source.path]


def code_markup(path: str, code: str) -> Markup:
    """``code``, which is not part of a scanned file, highlighted in the language that ``path`` tells."""
    text = code.encode("utf-8", "replace")
    tokens = Highlighted(path, text)
    lines = text.split(b"\n")
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    listed = [
        "".join(_spans(text, start, start + len(line), tokens))
        for line, start in zip(lines, starts, strict=False)
    ]
    return Markup("\n".join(listed))


def common_indent(source: SourceText, first: int, last: int) -> int:
    """The bytes of white space with which all the lines begin that are not blank."""
    indents = []
    for number in range(first, last + 1):
        start, end = _extent(source, number)
        text = source.text[start:end]
        if text.strip():
            indents.append(text[: len(text) - len(text.lstrip(b" \t"))])
    if not indents:
        return 0
    least, most = min(indents), max(indents)
    return next((n for n, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))


def _extent(source: SourceText, number: int) -> tuple[int, int]:
    """Start and end in bytes of a 1-based line, without its line end."""
    start = source.line_start(number)
    end = source.line_start(number + 1) if number < source.line_count else len(source.text)
    return start, start + len(source.text[start:end].rstrip(b"\r\n"))


def _after_indent(text: bytes, start: int, end: int, indent: int) -> int:
    while indent and start < end and text[start] in b" \t":
        start, indent = start + 1, indent - 1
    return start


def _aligned(text: bytes, offset: int) -> int:
    """The start of the character that holds the byte at ``offset``."""
    offset = min(offset, len(text))
    while 0 < offset < len(text) and text[offset] & 0xC0 == 0x80:
        offset -= 1
    return offset


def _line(text: bytes, shown: tuple[int, int], mark: tuple[int, int], tokens: Highlighted) -> Markup:
    """The bytes ``shown`` of ``text`` as markup, those of ``mark`` among them in a ``<mark>``."""
    start, end = shown
    begin, stop = max(mark[0], start), max(mark[1], start)
    before = after = ""
    if end - start > _LONGEST:
        if begin > start + _BEFORE_MARK and begin < end:
            start, before = _aligned(text, begin - _BEFORE_MARK), "…"
        if end - start > _LONGEST:
            end, after = _aligned(text, start + _LONGEST), "…"
        begin, stop = min(begin, end), min(stop, end)
    parts = [before, *_spans(text, start, begin, tokens)]
    if begin < stop:
        parts += ["<mark>", *_spans(text, begin, stop, tokens), "</mark>"]
    return Markup("".join([*parts, *_spans(text, stop, end, tokens), after]))


def _spans(text: bytes, start: int, end: int, tokens: Highlighted) -> Iterator[str]:
    """Markup of the bytes ``start:end``, in pieces. Plain strings: there are very many of them."""
    if start >= end:
        return
    for first, last, kind in tokens.between(start, end):
        yield _shown(text[start:first])
        yield f'<i class="{_CLASSES[kind]}">{_shown(text[first:last])}</i>'
        start = last
    yield _shown(text[start:end])


def _shown(part: bytes) -> str:
    """``part`` escaped; characters that cannot be seen, or reorder others, by stand-ins."""
    text = part.decode("utf-8", "replace")
    if not text.isprintable():
        text = "\t".join(visible(piece) for piece in text.split("\t"))
    return escape(text)
