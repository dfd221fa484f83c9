"""Where an entry of a property list stands in its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

Path = Sequence["str | int"]
"""The way to an entry from the outermost dictionary: keys of dictionaries, 0-based numbers in arrays."""

_NOWHERE = (0, 0)


def place_of(text: bytes, path: Path) -> tuple[int, int]:
    """The bytes of ``text`` that hold the entry at ``path``: the name of a key, or an array's element.

    ``text``: a property list in UTF-8 that was read before, so that it is sound and harmless. The nearest
    entry around it where it has none of its own. (0, 0) in a form that keeps no order, as the binary one.
    """
    if text.lstrip().startswith(b"<"):
        return _place_in_xml(text, list(path))
    for key in reversed(path):  # the old form: names stand there as they are
        found = re.search(rb"(?<![\w-])%s(?![\w-])" % re.escape(str(key).encode()), text)
        if found is not None and isinstance(key, str):
            return found.span()
    return _NOWHERE


def is_property_list(path: str) -> bool:
    return path.endswith((".plist", ".entitlements"))


def is_xml_list(path: str, text: bytes) -> bool:
    """Whether the file at ``path`` with this text, in UTF-8, is a property list that can have comments."""
    return is_property_list(path) and text.lstrip().startswith(b"<")


def place_takes_comment(text: bytes, at: int) -> bool:
    """Whether a comment may stand before the line that begins at byte ``at`` of a sound property list in XML.

    It may between two elements: not inside a text, a tag or another comment.
    """
    before, after = text[:at].rstrip(), text[at:].lstrip()
    is_inside_comment = before.rfind(b"<!--") > before.rfind(b"-->")
    return before.endswith(b">") and after.startswith(b"<") and not is_inside_comment


class _Container(Struct):
    """An open dictionary or array. ``count``: elements so far; ``key``: the one whose value comes next."""

    is_array: bool
    count: int = 0
    key: str = ""
    is_on_path: bool = False


class _Search:
    """Follows the events of a parser down one path; the deepest entry on it is ``found``."""

    def __init__(self, path: list[str | int]) -> None:
        self.path = path
        self.found = _NOWHERE
        self.depth = 0  # of what is found
        self._open: list[_Container] = []
        self._text: list[str] | None = None
        self._start = 0

    def _is_next(self, step: str | int) -> bool:
        """Whether ``step`` in the innermost container is the next one of the path."""
        level = len(self._open) - 1
        return self._open[-1].is_on_path and level < len(self.path) and self.path[level] == step

    def start(self, name: str, start: int) -> None:
        if name == "key":
            self._text, self._start = [], start
            return
        is_next = not self._open and name in ("dict", "array")
        if self._open:
            top = self._open[-1]
            step = top.count if top.is_array else top.key
            is_next = self._is_next(step)
            if is_next and top.is_array and self.depth < len(self._open):
                self.found, self.depth = (start, start), len(self._open)
                self._text, self._start = [], start
            top.count += 1
        if name in ("dict", "array"):
            self._text = None
            self._open.append(_Container(name == "array", is_on_path=is_next))

    def end(self, name: str, start: int) -> None:
        if name in ("dict", "array") and self._open:
            self._open.pop()
        elif self._text is not None:
            inner = (self._start, start)
            if name == "key" and self._open and not self._open[-1].is_array:
                self._open[-1].key = "".join(self._text)
                if self._is_next(self._open[-1].key) and self.depth < len(self._open):
                    self.found, self.depth = inner, len(self._open)
            elif self.found[0] == self._start:
                self.found = inner
            self._text = None

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def _place_in_xml(text: bytes, path: list[str | int]) -> tuple[int, int]:
    from xml.parsers import expat

    parser = expat.ParserCreate(encoding="utf-8")
    search = _Search(path)

    def opening_end() -> int:
        return text.find(b">", parser.CurrentByteIndex) + 1

    parser.StartElementHandler = lambda name, _: search.start(name, opening_end())
    parser.EndElementHandler = lambda name: search.end(name, parser.CurrentByteIndex)
    parser.CharacterDataHandler = search.data
    with suppress(expat.ExpatError):
        parser.Parse(text, True)
    start, end = search.found
    return (start, max(start, end))
