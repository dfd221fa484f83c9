"""A comment on a pull request, or the summary of a CI job.

A comment on GitHub holds 65,536 characters, a job summary a mebibyte: a report keeps within the
smaller. The most urgent findings stay; trails go before findings do, and what is left out is said.

Whatever comes from the tree stands in code, where no host finds a mention, a reference or a link,
or has its marks escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TextIO

from markupsafe import Markup
from msgspec import Struct

from backhaul.findings.finding import Finding, Severity, Step
from backhaul.reporters.contents import CONSEQUENCES, Contents, clause, damage_clause, sentence, urgency
from backhaul.reporters.source_links import SourceLinks, links_to
from backhaul.reporters.version_control import checkout_of
from backhaul.rules import Card, RuleError

_ROOM = 60_000  # bytes; whoever posts the report may add to it
_FOR_THE_REST = 12_000  # bytes, for all but the findings
_MOST_NAMED = 10
_LONGEST_LINE = 160  # characters of a line of source


class Place(Struct, frozen=True):
    """``link``: "" when the address is not known. ``source``: the line, "" when the file is gone."""

    path: str
    line: int
    link: str
    source: str


class ShownFinding(Struct, frozen=True):
    """A finding for the template. ``steps``: what is said of each place of its trail."""

    finding: Finding
    card: Card
    message: str
    place: Place
    steps: list[tuple[str, Place]]


class Advice(Struct, frozen=True):
    """A rule in short: what comes of the mistake, and how to mend it."""

    card: Card
    count: int
    summary: str
    fix: str


def write(contents: Contents, stream: TextIO) -> None:
    """Writes the whole report. Raises OSError when a template cannot be read."""
    from backhaul.reporters.templates import markdown_template

    pieces: Any = markdown_template("finding.md.jinja").module
    links = links_to(checkout_of(contents.root))
    cards = contents.cards_by_id()
    findings = [_shown(contents, links, finding, cards[finding.rule]) for finding in contents.findings]
    short = [str(pieces.finding(view)) for view in findings]
    trails = [str(pieces.trail(view)) if view.steps else "" for view in findings]
    kept, followed = _fitting(findings, short, trails)
    entries = [
        (findings[n].finding.path, Markup(short[n] + (trails[n] if n in followed else ""))) for n in kept
    ]
    groups = [
        (path, [entry for _, entry in members]) for path, members in groupby(entries, lambda entry: entry[0])
    ]
    report = markdown_template("summary.md.jinja").render(
        contents=contents,
        counts=[(severity, count) for severity, count in contents.counts().items() if count],
        files=len({finding.path for finding in contents.findings}),
        consequences=list(_consequences(findings)),
        groups=groups,
        left_out=len(findings) - len(kept),
        without_trail=sum(1 for n in kept if trails[n] and n not in followed),
        advice=list(_advice(findings)),
        partial=[(file.path, damage_clause(file)) for file in contents.partial[:_MOST_NAMED]],
        remarks=[(n.path, sentence(n.text)) for n in contents.notifications[:_MOST_NAMED]],
        held_back=[(reason, count) for reason, count in contents.held_back.items() if count],
        most_named=_MOST_NAMED,
    )
    stream.write(re.sub(r"\n{3,}", "\n\n", report).strip("\n") + "\n")


def _fitting(
    findings: Sequence[ShownFinding], short: Sequence[str], trails: Sequence[str]
) -> tuple[list[int], set[int]]:
    """The numbers of the findings that find room, in their order, and of those whose trails do."""
    room = _ROOM - _FOR_THE_REST
    ranked = sorted(range(len(findings)), key=lambda number: urgency(findings[number].finding))
    kept: list[int] = []
    headed: set[str] = set()
    for number in ranked:
        path = findings[number].finding.path
        heading = 0 if path in headed else 3 * _size(path) + 200
        room -= _size(short[number]) + heading
        if room < 0:
            break
        kept.append(number)
        headed.add(path)
    followed: set[int] = set()
    for number in kept:
        if _size(trails[number]) <= room:
            room -= _size(trails[number])
            followed.add(number)
    return sorted(kept), followed


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _shown(contents: Contents, links: SourceLinks, finding: Finding, card: Card) -> ShownFinding:
    own = (finding.path, finding.start, finding.end)
    steps = [(sentence(step.text), _place(contents, links, step)) for step in finding.trail]
    if [(step.path, step.start, step.end) for step in finding.trail] == [own]:
        steps = []
    place = _place(contents, links, Step(*own, ""))
    return ShownFinding(finding, card, sentence(clause(finding, card)), place, steps)


def _place(contents: Contents, links: SourceLinks, step: Step) -> Place:
    source = contents.texts.get(step.path)
    if source is None:
        return Place(step.path, 0, "", "")
    line = source.line(step.start)
    text = source.line_text(line).strip()
    return Place(step.path, line, links.line(step.path, line), text[:_LONGEST_LINE])


def _consequences(findings: Sequence[ShownFinding]) -> Iterator[tuple[str, dict[Severity, int]]]:
    """For each consequence that there is, in words, how many findings of each severity."""
    for name, words in CONSEQUENCES.items():
        count = Counter(view.finding.severity for view in findings if view.card.consequence == name)
        if count:
            yield words, dict(count)


def _advice(findings: Sequence[ShownFinding]) -> Iterator[Advice]:
    """What the pages of the rules say first, for the rules with most findings."""
    from backhaul.reporters.prose import first_sentence

    cards = {view.card.id: view.card for view in findings}
    for rule, count in Counter(view.card.id for view in findings).most_common(_MOST_NAMED):
        card = cards[rule]
        try:
            page = card.page
            summary, fix = page.summary, page.sections.get("How to fix it", "")
        except RuleError:
            summary, fix = "", ""
        yield Advice(card, count, first_sentence(summary), first_sentence(fix))
