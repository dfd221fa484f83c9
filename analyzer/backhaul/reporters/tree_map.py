"""The picture of where in the tree findings sit: folders in columns, files in rows.

An icicle: every folder is as high as what lies in it. Folders that hold nothing but one folder
are drawn as one. Where there is no room for every file, folders with few findings stay closed, so
that the picture stays readable for any tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from msgspec import Struct, field

from backhaul.findings.finding import SEVERITIES, Finding, Severity

_MOST_ROWS = 30
_MOST_IN_FOLDER = 12
_MOST_COLUMNS = 4  # the last one holds the rows
_ROWS_WIDTH = 1.7  # the last column's width, in widths of the others


class Counts(Struct):
    """How many findings there are of each severity."""

    note: int = 0
    warning: int = 0
    error: int = 0

    def add(self, other: Counts) -> None:
        self.note += other.note
        self.warning += other.warning
        self.error += other.error

    @property
    def all(self) -> int:
        return self.note + self.warning + self.error

    def items(self) -> list[tuple[Severity, int]]:
        """The severities that there are, the worst first."""
        counts = ((severity, int(getattr(self, severity))) for severity in reversed(SEVERITIES))
        return [(severity, count) for severity, count in counts if count]

    def bars(self, greatest: int) -> Iterator[tuple[Severity, float, float]]:
        """For each severity, where its part of a bar starts and its width, in percent of ``greatest``."""
        start = 0.0
        for severity, count in self.items():
            width = 100 * count / greatest
            yield severity, round(start, 2), round(width, 2)
            start += width


class Cell(Struct, frozen=True):
    """A folder or file of the picture. ``x`` and ``width`` in percent, ``row`` and ``rows`` from 0.

    ``path``: what it stands for, a folder's with a final slash; "" for the rest of a folder.
    ``bars``: of a row, severity, start and width in percent of the cell's width.
    """

    name: str
    path: str
    counts: Counts
    files: int
    x: float
    width: float
    row: int
    rows: int
    bars: tuple[tuple[Severity, float, float], ...] = ()

    @property
    def is_row(self) -> bool:
        return bool(self.bars)


class TreeMap(Struct, frozen=True):
    """``base``: the folder that everything lies in, "" or with a final slash."""

    base: str
    rows: int
    cells: tuple[Cell, ...]


class _Node(Struct):
    name: str
    path: str
    counts: Counts = field(default_factory=Counts)
    files: int = 1
    inner: list[_Node] = []

    def rows(self) -> int:
        return sum(node.rows() for node in self.inner) or 1


def tree_map(findings: Sequence[Finding]) -> TreeMap:
    """The picture of the files that have findings."""
    by_path: dict[str, Counts] = {}
    for finding in findings:
        by_path.setdefault(finding.path, Counts()).add(Counts(**{finding.severity: 1}))
    root = _joined(_tree(by_path))
    if not root.inner:  # one file alone
        folder, slash, name = root.path.rpartition("/")
        root = _Node(folder, folder + slash, root.counts, 1, [_Node(name, root.path, root.counts)])
    root = _opened(root)
    depth = _depth(root)
    greatest = max((row.counts.all for row in _leaves(root)), default=1)
    return TreeMap(root.path, root.rows(), tuple(_cells(root, depth, greatest)))


def _tree(by_path: dict[str, Counts]) -> _Node:
    root = _Node("", "", files=0)
    for path, counts in sorted(by_path.items()):
        node = root
        parts = path.split("/")
        node.counts.add(counts)
        node.files += 1
        for index, part in enumerate(parts):
            is_file = index == len(parts) - 1
            here = "/".join(parts[: index + 1]) + ("" if is_file else "/")
            child = node.inner[-1] if node.inner and node.inner[-1].path == here else None
            if child is None:
                child = _Node(part, here, files=0)
                node.inner.append(child)
            child.counts.add(counts)
            child.files += 1
            node = child
    return root


def _joined(node: _Node) -> _Node:
    """``node`` with each folder that holds one thing alone drawn together with it."""
    while len(node.inner) == 1 and node.inner[0].inner:
        [child] = node.inner
        child.name = f"{node.name}/{child.name}".lstrip("/")
        node = child
    node.inner = [_joined(child) for child in node.inner]
    return node


def _opened(root: _Node) -> _Node:
    """``root`` with as many of its folders open as there is room for, those with most findings first.

    A folder that stays closed is one row, as is all that a folder holds beyond its greatest rows.
    """
    opened = _Node(root.name, root.path, root.counts, root.files)
    waiting: list[tuple[int, str, int, _Node, _Node]] = []
    room = _MOST_ROWS  # for what takes the place of one row

    def open_up(closed: _Node, drawn: _Node, column: int, most: int) -> None:
        nonlocal room
        shown = _greatest(closed, min(most, room))
        drawn.inner = [_Node(node.name, node.path, node.counts, node.files) for node in shown]
        room -= len(shown) - 1
        for source, node in zip(shown, drawn.inner, strict=True):
            if source.inner and column < _MOST_COLUMNS:
                heappush(waiting, (-node.counts.all, node.path, column + 1, source, node))

    open_up(root, opened, 1, _MOST_ROWS)
    while waiting:
        _, _, column, closed, drawn = heappop(waiting)
        if min(len(closed.inner), _MOST_IN_FOLDER) <= room:
            open_up(closed, drawn, column, _MOST_IN_FOLDER)
    return opened


def _greatest(folder: _Node, most: int) -> list[_Node]:
    """What ``folder`` holds, in order; at most ``most``, the last of which stands for all the others."""
    if len(folder.inner) <= most:
        return folder.inner
    ranked = sorted(folder.inner, key=lambda node: (-node.counts.all, node.path))
    rest = _Node("", "", files=0)
    for node in ranked[most - 1 :]:
        rest.counts.add(node.counts)
        rest.files += node.files
    return [*sorted(ranked[: most - 1], key=lambda node: node.path), rest]


def _leaves(node: _Node) -> Iterator[_Node]:
    if not node.inner:
        yield node
    for child in node.inner:
        yield from _leaves(child)


def _depth(node: _Node) -> int:
    return max((1 + _depth(child) for child in node.inner), default=0)


def _cells(root: _Node, depth: int, greatest: int) -> Iterator[Cell]:
    """All cells but the root, folders before what they hold."""
    unit = 100 / (depth - 1 + _ROWS_WIDTH)
    waiting = [(child, 0) for child in reversed(root.inner)]
    row = 0
    while waiting:
        node, column = waiting.pop()
        x = round(column * unit, 3)
        if node.inner:
            yield Cell(node.name, node.path, node.counts, node.files, x, round(unit, 3), row, node.rows())
            waiting += [(child, column + 1) for child in reversed(node.inner)]
            continue
        bars = tuple(_bars(node.counts, greatest, x, round((depth - 1) * unit, 3)))
        yield Cell(node.name, node.path, node.counts, node.files, x, round(100 - x, 3), row, 1, bars)
        row += 1


def _bars(counts: Counts, greatest: int, x: float, zone: float) -> Iterator[tuple[Severity, float, float]]:
    """The bars of a row that begins at ``x``. All bars begin at ``zone``, so that they can be compared."""
    scale = (100 - zone) / (100 - x)
    for severity, start, width in counts.bars(greatest):
        offset = 100 * (zone - x) / (100 - x)
        yield severity, round(offset + start * scale, 2), round(width * scale, 2)
