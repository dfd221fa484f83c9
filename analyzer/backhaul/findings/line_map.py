"""Which lines of a text were there before, and where."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

_LINE_END = re.compile(rb"\r\n?|\n")
_MOST_WORK = 1_000_000_000  # pairs of lines: beyond, only the beginning and the end are compared


def lines_of(text: bytes) -> list[bytes]:
    """The lines of ``text`` without their ends, numbered as ``SourceText`` does."""
    return _LINE_END.split(text)


class LineMap:
    """How the lines of ``new`` correspond to those of ``old``. Kinds of line ends make no difference."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self._blocks = _matching_blocks(lines_of(old), lines_of(new))
        self._starts = [start for start, _, _ in self._blocks]

    def old_line(self, line: int) -> int | None:
        """The 1-based line of the old text that the 1-based ``line`` of the new one is; None: it changed."""
        index = bisect_right(self._starts, line - 1) - 1
        if index < 0:
            return None
        start, old_start, length = self._blocks[index]
        return old_start + line - start if line - 1 < start + length else None


def _matching_blocks(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int, int]]:
    """Start in ``new``, start in ``old`` (both 0-based) and length of each run of equal lines, in order."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    blocks = [(0, 0, head)]
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if old_middle and new_middle and len(old_middle) * len(new_middle) <= _MOST_WORK:
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(None, old_middle, new_middle)
        blocks += [(head + b, head + a, size) for a, b, size in matcher.get_matching_blocks()]
    blocks.append((len(new) - tail, len(old) - tail, tail))
    return [block for block in blocks if block[2]]


def likeness(old: bytes, new: bytes) -> float:
    """The share of lines, from 0 to 1, that two texts have in common, in whatever order.

    Blank lines do not count.
    """
    first, second = (Counter(line for line in lines_of(text) if line.strip()) for text in (old, new))
    return (first & second).total() / max(first.total(), second.total(), 1)
