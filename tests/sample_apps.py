"""The sample apps: what their markers expect, and what the pipeline finds in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from backhaul.rules import RuleSet, load_rules
from backhaul.scan import Report, ScanOptions, scan
from backhaul.sources.text import SourceText, decode

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SOURCES = {".swift", ".m", ".mm", ".h", ".py"}
MARKED = {*SOURCES, ".plist", ".entitlements"}
MANIFESTS = {"Package.swift", "Project.swift"}
MARKER = re.compile(r"(?://|#|<!--) expect: ([a-z0-9-]+(?:, [a-z0-9-]+)*)(?: -->)?\s*$")

Expectation = tuple[str, int, str]
"""Path below the folder, 1-based line, rule."""


def apps() -> list[Path]:
    """The folder of every twin of every app: ``samples/<app>/before`` and ``after``."""
    return sorted(path for path in SAMPLES.glob("*/*") if path.name in ("before", "after"))


def name_of(app: Path) -> str:
    return app.relative_to(SAMPLES).as_posix()


def sources(folder: Path) -> Iterator[Path]:
    """What a person may write differently: a manifest has a form of its own."""
    return (path for path in sorted(folder.rglob("*")) if is_source(path))


def is_source(path: Path) -> bool:
    return path.suffix in SOURCES and path.name not in MANIFESTS


def expected(folder: Path) -> list[Expectation]:
    """What the markers in the sources below ``folder`` say, sorted."""
    found = []
    for path in (path for path in sorted(folder.rglob("*")) if path.suffix in MARKED):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if marker := MARKER.search(line):
                place = path.relative_to(folder).as_posix()
                found += [(place, number, rule) for rule in marker[1].split(", ")]
    return sorted(found)


@cache
def rules() -> RuleSet:
    """The rules that are on by default."""
    loaded = load_rules(use_index=False)
    regular = tuple(card for card in loaded.cards if card.audience == "regular")
    return msgspec.structs.replace(loaded, cards=regular)


def scanned(folder: Path) -> Report:
    """``folder`` through the whole pipeline, in this process, nothing cached."""
    return scan(ScanOptions(paths=(str(folder),), root=str(folder), jobs=1, use_cache=False), rules())


def findings(folder: Path) -> list[Expectation]:
    """What a scan of ``folder`` reports, in the form of ``expected``."""
    found = []
    for finding in scanned(folder).findings:
        text = SourceText(finding.path, decode((folder / finding.path).read_bytes()) or b"")
        found.append((finding.path, text.line(finding.start), finding.rule))
    return sorted(found)
