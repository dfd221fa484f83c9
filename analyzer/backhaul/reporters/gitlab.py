"""GitLab's Code Quality report: a JSON list, shown in merge requests.

The form is described in https://docs.gitlab.com/ci/testing/code_quality/.
"""

from __future__ import annotations

from typing import TextIO

import msgspec

from backhaul.findings.finding import Severity
from backhaul.reporters.contents import Contents, clause, sentence
from backhaul.reporters.paths import utf8_path

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "major", "note": "info"}


def write(contents: Contents, stream: TextIO) -> None:
    """Writes one object for each finding."""
    cards = contents.cards_by_id()
    issues = []
    for finding, mark in zip(contents.findings, contents.fingerprints, strict=True):
        source = contents.texts.get(finding.path)
        line = source.line(finding.start) if source is not None else 1
        issues.append(
            {
                "description": sentence(clause(finding, cards[finding.rule])),
                "check_name": finding.rule,
                "fingerprint": mark,
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": utf8_path(finding.path), "lines": {"begin": line}},
            }
        )
    stream.write(msgspec.json.format(msgspec.json.encode(issues), indent=2).decode() + "\n")
