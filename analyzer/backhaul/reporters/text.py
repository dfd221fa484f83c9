"""The report for people: each mistake with its source, how it comes about, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from backhaul.findings.finding import Finding, Severity
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import (
    SKIP_REASONS,
    Contents,
    clause,
    counted,
    damage_clause,
    sentence,
    way_to,
)
from backhaul.reporters.excerpt import excerpt, place
from backhaul.reporters.styled import Line, has_links, terminal_width, write_lines
from backhaul.rules import Card, RuleError

_STYLES: dict[Severity, str] = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_PLAIN_WIDTH = 160  # for a file or a pipe: most lines of source in full
_PROSE_WIDTH = 120
_MOST_NAMED = 10


def write(contents: Contents, stream: TextIO) -> None:
    """Writes the report to ``stream``, in colour where that is a terminal."""
    report = _TextReport(contents, terminal_width(stream, _PLAIN_WIDTH), has_links(stream))
    write_lines(report.lines(), stream)


class _TextReport:
    def __init__(self, contents: Contents, width: int, links: bool) -> None:
        self._contents = contents
        self._cards = contents.cards_by_id()
        self._width = width
        self._links = links
        self._explained: set[str] = set()

    def lines(self) -> Iterator[Line]:
        for finding in self._contents.findings:
            yield from self._finding(finding, self._cards[finding.rule])
            yield Line()
        if self._contents.is_brief:
            return
        yield from self._partial()
        yield from self._notifications()
        yield from self._not_looked_at()
        yield from self._summary()

    def _finding(self, finding: Finding, card: Card) -> Iterator[Line]:
        style = _STYLES[finding.severity]
        heading = visible(sentence(clause(finding, card)))
        yield Line(
            [
                (f"{finding.severity}[", style),
                (finding.rule, f"{style} link {_page_address(card)}" if self._links else style),
                ("]: ", style),
                (heading, "bold"),
            ]
        )
        gutter = self._gutter(finding)
        source = self._contents.texts.get(finding.path)
        about = [f"in {visible(finding.symbol)}"] if finding.symbol else []
        if finding.confidence != "high":
            about.append(f"{finding.confidence} confidence")
        where = f"{'':>{gutter - 1}}--> {place(source, finding.path, finding.start)}"
        yield Line([(where, ""), (f"  ({', '.join(about)})" if about else "", "dim")])
        if source is not None:
            yield Line([(f"{'':>{gutter}} |", "dim")])
            yield from excerpt(
                source, finding.start, finding.end, gutter=gutter, room=self._room(gutter), style=style
            )
        yield from self._trail(finding, gutter)
        yield from self._advice(card, gutter)

    def _gutter(self, finding: Finding) -> int:
        """Cells for the longest line number that the finding shows."""
        places = [(finding.path, finding.start), *((step.path, step.start) for step in way_to(finding))]
        sources = [(self._contents.texts.get(path), start) for path, start in places]
        return max((len(str(source.line(start))) for source, start in sources if source), default=1) + 1

    def _room(self, gutter: int) -> int:
        return max(self._width - gutter - 3, 20)

    def _trail(self, finding: Finding, gutter: int) -> Iterator[Line]:
        path = finding.path
        steps = way_to(finding)
        if steps:
            yield Line([(f"{'':>{gutter}} |", "dim")])
        for number, step in enumerate(steps, start=1):
            source = self._contents.texts.get(step.path)
            note = f" {number}. " if len(steps) > 1 else " "
            yield Line([(f"{'':>{gutter}} =", "dim"), (f"{note}{visible(step.text)}", "")])
            if step.path != path or source is None:
                path = step.path
                yield Line([(f"{'':>{gutter - 1}}--> {place(source, path, step.start)}", "")])
            if source is not None:
                room = self._room(gutter)
                yield from excerpt(
                    source, step.start, step.end, gutter=gutter, room=room, style="cyan", mark="-"
                )

    def _advice(self, card: Card, gutter: int) -> Iterator[Line]:
        """What comes of the mistake and how to mend it: once for each rule."""
        if card.id in self._explained:
            return
        self._explained.add(card.id)
        from backhaul.reporters.prose import first_sentence  # only a report with findings needs it

        yield Line([(f"{'':>{gutter}} |", "dim")])
        try:
            page = card.page
            summary, fix = (
                first_sentence(page.summary),
                first_sentence(page.sections.get("How to fix it", "")),
            )
        except RuleError:
            summary, fix = "", ""
        consequence = card.consequence.replace("-", " ")
        yield from self._remark(gutter, consequence, summary)
        yield from self._remark(gutter, "fix", fix)
        yield from self._remark(gutter, "more", f"backhaul explain {card.id}")

    def _remark(self, gutter: int, label: str, text: str) -> Iterator[Line]:
        if not text:
            return
        lead = f"{'':>{gutter}} = "
        head = f"{label}: "
        wrapped = textwrap.wrap(visible(text), max(min(self._width, _PROSE_WIDTH) - len(lead + head), 30))
        for index, part in enumerate(wrapped):
            if index == 0:
                yield Line([(lead, "dim"), (head, "bold"), (part, "")])
            else:
                yield Line([(" " * (len(lead) + len(head)), ""), (part, "")])

    def _partial(self) -> Iterator[Line]:
        partial = self._contents.partial
        if not partial:
            return
        yield Line([(f"{counted(len(partial), 'file')} could be parsed only in part:", "bold")])
        yield from self._named([f"{visible(file.path)}: {damage_clause(file)}" for file in partial])
        yield Line()

    def _notifications(self) -> Iterator[Line]:
        notifications = self._contents.notifications
        if not notifications:
            return
        yield Line([("Also to know:", "bold")])
        named = []
        for notification in notifications:
            where = f"{visible(notification.path)}: " if notification.path else ""
            named.append(f"{where}{visible(notification.text)}")
        yield from self._named(named)
        yield Line()

    def _named(self, lines: Sequence[str]) -> Iterator[Line]:
        for line in islice(lines, _MOST_NAMED):
            yield Line([(f"  {line}", "")])
        if len(lines) > _MOST_NAMED:
            yield Line([(f"  and {len(lines) - _MOST_NAMED} more (--format json names them all)", "dim")])

    def _not_looked_at(self) -> Iterator[Line]:
        skipped = self._contents.skipped
        parts = []
        for reason, words in SKIP_REASONS.items():
            paths = [visible(entry.path) for entry in skipped if entry.reason == reason]
            if paths:
                more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
                parts.append(f"{', '.join(paths[:3])}{more} ({words})")
        if parts:
            yield Line([(f"Not looked at: {'; '.join(parts)}.", "dim")])

    def _summary(self) -> Iterator[Line]:
        contents = self._contents
        counts = {severity: count for severity, count in contents.counts().items() if count}
        line = Line()
        if counts:
            line.append(("Found ", "bold"))
            for index, (severity, count) in enumerate(counts.items()):
                line.append((", " if index else "", "bold"))
                line.append((counted(count, severity), _STYLES[severity]))
        else:
            line.append(("No findings", "bold green"))
        line.append((f" in {counted(contents.files_seen, 'source file')}", ""))
        unparsed = contents.files_relevant - contents.files_analysed
        failed = f", {unparsed} could not be parsed" if unparsed else ""
        line.append((f" ({contents.files_relevant} of them relevant{failed}).", ""))
        yield line
        held_back = [f"{count} {reason}" for reason, count in contents.held_back.items() if count]
        if held_back:
            yield Line([(f"Not reported: {', '.join(held_back)}.", "dim")])


def _page_address(card: Card) -> str:
    return Path(card.path).absolute().as_uri()
