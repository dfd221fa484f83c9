"""The text of a source file: decoding, and byte offsets turned into lines and columns."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property

from msgspec import Struct

from backhaul.sources.reading import read_file

_BINARY_PROBE = 8000  # git's rule: a NUL byte this early makes a file binary
_LINE_END = re.compile(rb"\r\n?|\n")


def decode(data: bytes) -> bytes | None:
    """The file's bytes as UTF-8 without a byte order mark; None for a binary file.

    UTF-8 passes through. UTF-16 is recognised by its byte order mark; an undecodable unit becomes
    U+FFFD. What is neither is read as Latin-1, in which every byte is a character: old Objective-C
    files carry a ``©`` or a name in a one-byte encoding inside comments.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
        return None if "\0" in text[:_BINARY_PROBE] else text.encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data[:_BINARY_PROBE]:
        return None
    if data.isascii():
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").encode("utf-8")
    return data


def encoded_as(data: bytes, text: bytes) -> bytes | None:
    """``text``, UTF-8, in the encoding of the file ``data``, with its byte order mark if it has one.

    None when that encoding has no such characters, or when ``data`` itself does not survive the way
    through ``decode`` and back.
    """
    plain = decode(data)
    if plain is None:
        return None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        mark = data[:2]
    elif data.startswith(codecs.BOM_UTF8):
        name, mark = "utf-8", codecs.BOM_UTF8
    else:
        name, mark = ("utf-8" if data == plain else "latin-1"), b""
    try:
        if mark + plain.decode("utf-8").encode(name) != data:
            return None
        return mark + text.decode("utf-8").encode(name)
    except UnicodeError:
        return None


class Region(Struct, frozen=True, gc=False):
    """A stretch of text: 1-based lines, 1-based columns in UTF-16 code units, end exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class SourceText:
    """A file's text as UTF-8 bytes, and where its byte offsets lie.

    Lines end with LF, CRLF or CR and are counted from 1, as are columns. An offset inside a
    character counts as the character's start; one outside the text as the nearest end.
    ``path`` is relative to the root of the scan, forward slashes.
    """

    def __init__(self, path: str, text: bytes) -> None:
        self.path = path
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @property
    def line_count(self) -> int:
        """Number of lines; text that ends with a line end has an empty last line."""
        return len(self._starts)

    def line(self, offset: int) -> int:
        """The 1-based line of a byte offset."""
        return max(bisect_right(self._starts, offset), 1)

    def line_start(self, line: int) -> int:
        """The byte offset at which a 1-based line starts. Raises IndexError outside the text."""
        if line < 1:
            raise IndexError(line)
        return self._starts[line - 1]

    def line_text(self, line: int) -> str:
        """A 1-based line without its line end. Raises IndexError outside the text."""
        start = self.line_start(line)
        end = self._starts[line] if line < self.line_count else len(self.text)
        return _decoded(self.text[start:end]).rstrip("\r\n")

    def column(self, offset: int) -> int:
        """The 1-based column of a byte offset, in characters."""
        return len(self._before(offset)) + 1

    def utf16_column(self, offset: int) -> int:
        """The 1-based column of a byte offset, in UTF-16 code units."""
        before = self._before(offset)
        return len(before) + sum(character > "\uffff" for character in before) + 1

    def region(self, start: int, end: int) -> Region:
        """The region of the bytes ``start:end``."""
        return Region(
            start_line=self.line(start),
            start_column=self.utf16_column(start),
            end_line=self.line(end),
            end_column=self.utf16_column(end),
        )

    def _before(self, offset: int) -> str:
        start = self._starts[self.line(offset) - 1]
        return _decoded(self.text[start : max(offset, start)]).rstrip("\r\n")


def _decoded(part: bytes) -> str:
    return part.decode("utf-8", "ignore")


class SourceTexts:
    """The texts of a tree's files, read when asked for and kept.

    ``locate`` gives, for a path relative to the root of the scan, where to read the file;
    ``overlay`` the content of the files that are not to be read.
    """

    def __init__(self, locate: Callable[[str], str], overlay: Mapping[str, bytes] | None = None) -> None:
        self._locate = locate
        self._overlay = overlay or {}
        self._texts: dict[str, SourceText | None] = {}

    def get(self, path: str) -> SourceText | None:
        """The file's text; None when it cannot be read, or no longer, or is binary."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> SourceText | None:
        try:
            data = self._overlay.get(path)
            text = decode(read_file(self._locate(path)) if data is None else data)
        except (OSError, ValueError):
            return None
        return None if text is None else SourceText(path, text)
