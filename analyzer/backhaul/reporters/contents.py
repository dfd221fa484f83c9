"""What every reporter is given, and the words that all of them use for a finding."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from backhaul.findings.finding import CONFIDENCES, SEVERITIES, Finding, Severity, Step
from backhaul.rules import Card
from backhaul.rules.card import Consequence
from backhaul.sources.notification import Notification
from backhaul.sources.places import SkipReason
from backhaul.sources.text import SourceTexts
from backhaul.sources.walking import Skipped

SKIP_REASONS: dict[SkipReason, str] = {
    "vendored": "vendored",
    "built": "build results",
    "hidden": "hidden",
    "ignored": "ignored by git or by the configuration",
    "link": "links",
}
"""Why folders were left out, in words that follow their names."""


CONSEQUENCES: dict[Consequence, str] = {
    "crash": "Crashes",
    "killed": "Killed by the system",
    "data-loss": "Loses data",
    "silent-failure": "Fails silently",
    "security": "Is not secure",
    "leak": "Leaks",
    "energy": "Wastes energy",
    "deprecation": "Uses what is deprecated",
}
"""What becomes of the app, in words for a heading; the gravest first."""


class PartialFile(Protocol):
    """A file that could not be parsed in full: of ``functions`` bodies, ``lost`` were not analysed
    and ``damaged`` only in part; of ``declarations`` of types, ``bad_declarations`` were not read.
    """

    @property
    def path(self) -> str: ...
    @property
    def functions(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def damaged(self) -> int: ...
    @property
    def declarations(self) -> int: ...
    @property
    def bad_declarations(self) -> int: ...


class Contents(Struct):
    """The contents of a report.

    ``root``: the folder, absolute, that all paths are relative to. ``findings``: those to report,
    sorted by place. ``cards``: the rules that were asked. ``files_relevant``: of ``files_seen``,
    those that hold a word that matters; ``files_analysed``: those of them that could be parsed.
    ``fingerprints``: one for each finding. ``held_back``: why findings are not reported → how
    many. ``is_brief``: people want to see nothing but findings.
    """

    root: str
    findings: list[Finding]
    cards: tuple[Card, ...]
    texts: SourceTexts
    fingerprints: list[str] = []
    notifications: list[Notification] = []
    skipped: list[Skipped] = []
    partial: list[PartialFile] = []
    files_seen: int = 0
    files_relevant: int = 0
    files_analysed: int = 0
    held_back: dict[str, int] = {}
    is_brief: bool = False

    @property
    def is_success(self) -> bool:
        """Whether most of what matters was analysed, and there was anything at all."""
        is_empty = self.files_seen == 0 and not self.findings
        return not is_empty and self.files_analysed * 2 >= self.files_relevant

    def cards_by_id(self) -> dict[str, Card]:
        return {card.id: card for card in self.cards}

    def counts(self) -> dict[Severity, int]:
        """Findings by severity, the worst first; a severity without findings counts 0."""
        return {s: sum(f.severity == s for f in self.findings) for s in reversed(SEVERITIES)}


class _Arguments(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name.replace("_", " ")


def clause(finding: Finding, card: Card) -> str:
    """The rule's message about this finding, as a clause without a final stop."""
    return card.message.format_map(_Arguments(finding.arguments))


def urgency(finding: Finding) -> tuple[int, int, tuple[str, int, int, str]]:
    """Sorts the worst and surest findings first: readers with limits keep the first ones."""
    return (
        -SEVERITIES.index(finding.severity),
        -CONFIDENCES.index(finding.confidence),
        finding.sort_key,
    )


def way_to(finding: Finding) -> list[Step]:
    """The steps that lead to the finding, without the place that is the finding's own."""
    own = (finding.path, finding.start, finding.end)
    return [step for step in finding.trail if (step.path, step.start, step.end) != own]


def sentence(text: str) -> str:
    """``text`` with a capital and a final stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def counted(number: int, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def damage_clause(partial: PartialFile) -> str:
    """What was not analysed in a file that was parsed in part."""
    parts = []
    if partial.lost:
        parts.append(f"{partial.lost} of {counted(partial.functions, 'function')} not analysed")
    if partial.damaged:
        parts.append(f"{counted(partial.damaged, 'function')} analysed only in part")
    if partial.bad_declarations:
        parts.append(f"{counted(partial.bad_declarations, 'type declaration')} not read")
    return ", ".join(parts) or "not parsed in full"
