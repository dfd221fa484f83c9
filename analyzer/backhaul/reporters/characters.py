"""Text from files and file names made safe and measurable for a terminal.

Control characters, terminal escapes, line ends and the characters that reorder or hide text are
shown by a visible stand-in: a name or a string in a scanned tree never reaches the terminal as a
command, and cannot make a line read otherwise than it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

TAB = 4

_UNSAFE = (  # none of them is what Python calls printable
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """``text`` with every character that a terminal would obey or hide shown by a stand-in.

    C0 controls become their control pictures (``␛``), others ``<U+202E>``; a byte of a file name
    that is not UTF-8 becomes ``<0xE9>``.
    """
    if text.isprintable():
        return text
    return re.sub(_UNSAFE, lambda match: _stand_in(match[0]), text)


def _stand_in(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xDC80 <= code <= 0xDCFF:
        return f"<0x{code - 0xDC00:02X}>"
    return f"<U+{code:04X}>"


def width(text: str) -> int:
    """The number of terminal cells that visible ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class ShownLine:
    """A line of source as it is printed, and where its characters come to stand.

    Tabs are spread to stops every four cells. ``text`` is what is printed.
    """

    def __init__(self, line: str) -> None:
        self._parts: Sequence[str] = line
        self._cells: Sequence[int] = range(len(line) + 1)
        self.text = line
        if not (line.isascii() and line.isprintable()):
            self._spread(line)

    def _spread(self, line: str) -> None:
        """Take the characters one by one: some are shown by others, or take more or fewer cells."""
        parts: list[str] = []
        cells = [0]
        for character in line:
            at = cells[-1]
            part = " " * (TAB - at % TAB) if character == "\t" else visible(character)
            parts.append(part)
            cells.append(at + width(part))
        self._parts = parts
        self._cells = cells
        self.text = "".join(parts)

    def cell(self, column: int) -> int:
        """The 0-based cell at which the character of a 1-based column begins."""
        return self._cells[min(max(column, 1) - 1, len(self._parts))]

    def cut(self, start: int, end: int, room: int) -> tuple[str, int, int]:
        """At most ``room`` cells around the 1-based columns ``start`` to ``end`` (exclusive).

        Gives the text, with an ellipsis at each end that was cut off, and the 0-based cells at
        which the marked part begins and ends in it, at least one cell apart.
        """
        first, last = self.cell(start), self.cell(end)
        if self._cells[-1] <= room:
            return self.text, first, max(last, first + 1)
        count = len(self._parts)
        room -= 2  # for the ellipses
        left = right = min(max(start, 1) - 1, count)
        if last <= room:
            left = right = 0
        limit = min(first + room * 2 // 3, self._cells[left] + room)
        while right < count and self._cells[right + 1] <= limit:
            right += 1
        while left > 0 and self._cells[right] - self._cells[left - 1] <= room:
            left -= 1
        while right < count and self._cells[right + 1] - self._cells[left] <= room:
            right += 1
        before, after = "…" * (left > 0), "…" * (right < count)
        shift = len(before) - self._cells[left]
        first, last = first + shift, min(last, self._cells[right]) + shift
        return before + "".join(self._parts[left:right]) + after, first, max(last, first + 1)
