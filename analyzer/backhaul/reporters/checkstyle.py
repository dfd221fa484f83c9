"""Checkstyle's XML, which many build servers read."""

from __future__ import annotations

from itertools import groupby
from typing import TextIO
from xml.sax.saxutils import quoteattr

from backhaul.findings.finding import Severity
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import Contents, clause, sentence

_SEVERITIES: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "info"}


def write(contents: Contents, stream: TextIO) -> None:
    """Writes one ``file`` element for each file with findings."""
    cards = contents.cards_by_id()
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n')
    for path, findings in groupby(contents.findings, key=lambda finding: finding.path):
        source = contents.texts.get(path)
        stream.write(f"  <file name={quoteattr(visible(path))}>\n")
        for finding in findings:
            attributes = {
                "line": str(source.line(finding.start) if source is not None else 1),
                "column": str(source.column(finding.start) if source is not None else 1),
                "severity": _SEVERITIES[finding.severity],
                "message": visible(sentence(clause(finding, cards[finding.rule]))),
                "source": f"backhaul.{finding.rule}",
            }
            listed = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
            stream.write(f"    <error {listed}/>\n")
        stream.write("  </file>\n")
    stream.write("</checkstyle>\n")
