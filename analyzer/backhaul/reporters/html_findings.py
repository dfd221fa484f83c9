"""A finding as the page shows it: the steps of its trail, each with its lines of source."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from backhaul.findings.finding import Finding, Step
from backhaul.reporters.contents import Contents, clause, sentence
from backhaul.reporters.listing import ListedLine, Listings, common_indent
from backhaul.reporters.source_links import SourceLinks
from backhaul.rules import Card
from backhaul.sources.text import SourceText

_MANY = 300  # findings, beyond which there is less source around each of them
_CONTEXT = 2  # lines on either side of a step
_OWN_CONTEXT = 3  # lines on either side of the finding itself
_MOST_MARKED = 6  # lines of a place that is longer


class Place(Struct, frozen=True):
    """A place in a file. ``line`` and ``column`` count from 1, 0 without a text; ``link``: "" without one."""

    path: str
    line: int
    column: int
    link: str


class ShownStep(Struct, frozen=True):
    """A step of a trail. ``continues``: its lines follow on those of the step before."""

    text: str
    place: Place
    is_own: bool
    continues: bool
    lines: list[ListedLine]


class ShownFinding(Struct, frozen=True):
    """A finding, ready for the template. ``anchor``: the same for the same finding in every report."""

    finding: Finding
    card: Card
    anchor: str
    message: str
    place: Place
    steps: list[ShownStep]


class _Extract(Struct):
    """The lines of a step: ``first`` to ``last`` are shown. ``run``: extracts that are one listing."""

    step: Step
    source: SourceText | None
    start_line: int
    end_line: int
    first: int
    last: int
    run: int


class FindingViews:
    """Makes the views of all findings of ``contents``."""

    def __init__(self, contents: Contents, links: SourceLinks) -> None:
        self._contents = contents
        self._links = links
        self._listings = Listings()
        self._has_many = len(contents.findings) > _MANY

    def all(self) -> list[ShownFinding]:
        """The findings in their order."""
        contents = self._contents
        cards = contents.cards_by_id()
        return [
            self._view(finding, cards[finding.rule], mark)
            for finding, mark in zip(contents.findings, contents.fingerprints, strict=True)
        ]

    def _view(self, finding: Finding, card: Card, mark: str) -> ShownFinding:
        message = sentence(clause(finding, card))
        place = self._place(finding.path, finding.start, finding.end)
        return ShownFinding(finding, card, f"finding-{mark}", message, place, self._steps(finding))

    def _place(self, path: str, start: int, end: int) -> Place:
        source = self._contents.texts.get(path)
        if source is None:
            return Place(path, 0, 0, "")
        first, last = source.line(start), source.line(end)
        return Place(path, first, source.column(start), self._links.line(path, first, last))

    def _steps(self, finding: Finding) -> list[ShownStep]:
        own = (finding.path, finding.start, finding.end)
        steps = list(finding.trail)
        if own not in [_extent(step) for step in steps]:
            steps.append(Step(*own, "reported here"))
        extracts = [self._extract(step, is_own=_extent(step) == own) for step in steps]
        for before, after in pairwise(extracts):
            _join(before, after)
        return [self._step(extract, extracts, own) for extract in extracts]

    def _extract(self, step: Step, *, is_own: bool) -> _Extract:
        source = self._contents.texts.get(step.path)
        if source is None:
            return _Extract(step, None, 0, 0, 1, 0, -1)
        context = 1 if self._has_many else _OWN_CONTEXT if is_own else _CONTEXT
        start = source.line(step.start)
        end = min(source.line(step.end), start + _MOST_MARKED)
        first, last = max(start - context, 1), min(end + context, source.line_count)
        while first < start and not source.line_text(first).strip():
            first += 1
        while last > end and not source.line_text(last).strip():
            last -= 1
        return _Extract(step, source, start, end, first, last, -1)

    def _step(self, extract: _Extract, all_: Sequence[_Extract], own: tuple[str, int, int]) -> ShownStep:
        step = extract.step
        lines: list[ListedLine] = []
        number = all_.index(extract)
        continues = number > 0 and extract.run >= 0 and all_[number - 1].run == extract.run
        if extract.source is not None:
            run = [other for other in all_ if other is extract or other.run == extract.run >= 0]
            indent = common_indent(extract.source, run[0].first, run[-1].last)
            mark = (step.start, step.end)
            lines = self._listings.lines(extract.source, extract.first, extract.last, mark, indent)
        place = self._place(step.path, step.start, step.end)
        return ShownStep(sentence(step.text), place, _extent(step) == own, continues, lines)


def _extent(step: Step) -> tuple[str, int, int]:
    return step.path, step.start, step.end


def _join(before: _Extract, after: _Extract) -> None:
    """Lets ``after`` go on where ``before`` ends, when it follows closely in the same file."""
    if before.step.path != after.step.path or before.source is None:
        return
    if before.end_line < after.start_line and after.first <= before.last + 1:
        if before.run < 0:
            before.run = before.first
        after.run = before.run
        before.last = min(before.last, after.start_line - 1)
        after.first = before.last + 1
