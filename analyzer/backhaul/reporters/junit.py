"""JUnit's XML: every finding is a failed test of its file, and a clean tree one that passed."""

from __future__ import annotations

from itertools import groupby
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from backhaul.findings.finding import Finding
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import Contents, clause, sentence, way_to
from backhaul.reporters.excerpt import place
from backhaul.rules import Card


def write(contents: Contents, stream: TextIO) -> None:
    """Writes one ``testsuite`` for each file with findings."""
    cards = contents.cards_by_id()
    count = len(contents.findings)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(f'<testsuites name="backhaul" tests="{count or 1}" failures="{count}">\n')
    for path, grouped in groupby(contents.findings, key=lambda finding: finding.path):
        findings = list(grouped)
        name = quoteattr(visible(path))
        stream.write(f'  <testsuite name={name} tests="{len(findings)}" failures="{len(findings)}">\n')
        for finding in findings:
            stream.write(_failed(contents, finding, cards[finding.rule]))
        stream.write("  </testsuite>\n")
    if not count:
        stream.write('  <testsuite name="backhaul" tests="1" failures="0">\n')
        stream.write('    <testcase name="no findings" classname="backhaul"/>\n  </testsuite>\n')
    stream.write("</testsuites>\n")


def _failed(contents: Contents, finding: Finding, card: Card) -> str:
    source = contents.texts.get(finding.path)
    where = place(source, finding.path, finding.start)
    message = visible(sentence(clause(finding, card)))
    lines = [f"{where}: {message}"]
    for step in way_to(finding):
        at = place(contents.texts.get(step.path), step.path, step.start)
        lines.append(f"{at}: {visible(sentence(step.text))}")
    name = quoteattr(f"{finding.rule} {where.removeprefix(visible(finding.path)).lstrip(':')}".rstrip())
    return (
        f"    <testcase name={name} classname={quoteattr(visible(finding.path))}>\n"
        f"      <failure type={quoteattr(finding.severity)} message={quoteattr(message)}>"
        f"{escape(chr(10).join(lines))}</failure>\n    </testcase>\n"
    )
