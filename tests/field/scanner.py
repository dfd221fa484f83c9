"""Scans one folder with everything on, and gives the findings with their lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backhaul.rules import RuleSet, load_rules
from backhaul.scan import ScanOptions, scan
from backhaul.sources.text import SourceText, decode
from backhaul.sources.walking import WalkOptions


@dataclass(frozen=True)
class Found:
    """One finding; ``path`` is relative to the folder scanned, lines are 1-based.

    ``trail``: path, line and text of every step that led there.
    """

    rule: str
    path: str
    line: int
    severity: str
    confidence: str
    message: str
    trail: tuple[tuple[str, int, str], ...]


@cache
def rules() -> RuleSet:
    return load_rules(use_index=False)


def known_rules() -> set[str]:
    return {card.id for card in rules().cards}


def scan_folder(folder: Path) -> list[Found]:
    """All findings below ``folder``: every rule, tests and vendored folders included, nothing cached."""
    options = ScanOptions(
        paths=(str(folder),),
        root=str(folder),
        walk=WalkOptions(use_ignore_files=False, include_vendored=True),
        include_tests=True,
        jobs=1,
        use_cache=False,
    )
    report = scan(options, rules())
    texts: dict[str, SourceText] = {}

    def line(path: str, start: int) -> int:
        if path not in texts:
            texts[path] = SourceText(path, decode((folder / path).read_bytes()) or b"")
        return texts[path].line(start)

    messages = {card.id: card.message for card in rules().cards}
    return [
        Found(
            rule=finding.rule,
            path=finding.path,
            line=line(finding.path, finding.start),
            severity=finding.severity,
            confidence=finding.confidence,
            message=messages[finding.rule].format_map(finding.arguments),
            trail=tuple((step.path, line(step.path, step.start), step.text) for step in finding.trail),
        )
        for finding in report.findings
    ]
