"""Scans with rules made for tests: a function whose name starts with ``beacon`` is a finding.

``beacon`` is the one word that makes a file matter, and the name of a function that starts with
``lure`` in such a file makes others matter; one that starts with ``pair`` does so together with
that name followed by 2.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from backhaul import asking, matchers
from backhaul.findings.finding import Finding
from backhaul.matchers import Interest
from backhaul.model.declarations import Module
from backhaul.rules import ApiModels, RuleSet
from backhaul.scan import Report, ScanOptions, scan
from backhaul.sources.project import ProjectFacts
from backhaul.sources.walking import WalkOptions

RULES = RuleSet((), ApiModels((), (), ()), frozenset({"beacon"}), "rules 1")
GOOD = "func beacon1() { }  // beacon\n"
A_MINUTE_AGO = 60


def find(
    modules: Sequence[Module], rules: RuleSet, project: ProjectFacts, tests: frozenset[str], processes: int
) -> list[Finding]:
    del rules, project, tests, processes
    return [
        Finding("test-rule", module.path, function.start, function.end, "warning", "high", function.name)
        for module in modules
        for function in module.functions
        if function.name.startswith("beacon")
    ]


def names_of_interest(modules: Sequence[Module], rules: RuleSet) -> Interest:
    del rules
    names = [function.name for module in modules for function in module.functions]
    pairs = [(name, f"{name}2") for name in names if name.startswith("pair")]
    return Interest(frozenset(name for name in names if name.startswith("lure")), frozenset(pairs))


@pytest.fixture
def beacons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "find", find)
    monkeypatch.setattr(matchers, "names_of_interest", names_of_interest)


def write(root: Path, path: str, text: str | bytes = GOOD) -> Path:
    """A file that was not changed just now: such a one is not trusted by its times."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    age(file)
    return file


def age(file: Path, seconds: float = A_MINUTE_AGO) -> None:
    then = time.time() - seconds
    os.utime(file, (then, then))


def run(root: Path, **options: object) -> Report:
    """A scan of ``root``, without a cache unless ``cache_dir`` is given."""
    given = {"use_cache": "cache_dir" in options, "rules": RULES, **options}
    rules = given.pop("rules")
    assert isinstance(rules, RuleSet)
    warm = given.pop("warm", None)
    given.setdefault("paths", (str(root),))
    given.setdefault("root", str(root))
    if "exclude" in given:
        given["walk"] = WalkOptions(exclude=given.pop("exclude"))  # type: ignore[arg-type]
    return scan(ScanOptions(**given), rules, warm=warm)  # type: ignore[arg-type]


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.path, finding.symbol) for finding in report.findings]


def notified(report: Report) -> list[tuple[str, str]]:
    return [(notification.kind, notification.path) for notification in report.notifications]
