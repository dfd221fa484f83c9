"""Annotations for a GitHub Actions job: ``::error file=…,line=…::message``.

GitHub shows ten errors, ten warnings and ten notices of a step, and drops the others; so the most
urgent come first. It counts the columns of an annotation only when it lies on one line.
"""

from __future__ import annotations

from typing import TextIO

from backhaul.findings.finding import Finding
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import Contents, clause, counted, sentence, urgency, way_to
from backhaul.reporters.excerpt import place
from backhaul.rules import Card

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def write(contents: Contents, stream: TextIO) -> None:
    """Writes a workflow command for each finding, and a notice when files were read only in part."""
    cards = contents.cards_by_id()
    for finding in sorted(contents.findings, key=urgency):
        stream.write(_command(contents, finding, cards[finding.rule]))
    if contents.partial:
        text = f"{counted(len(contents.partial), 'file')} could be parsed only in part."
        stream.write(f"::notice title=Backhaul::{_escaped(text)}\n")


def _command(contents: Contents, finding: Finding, card: Card) -> str:
    source = contents.texts.get(finding.path)
    properties = {"file": visible(finding.path)}
    if source is not None:
        region = source.region(finding.start, finding.end)
        properties["line"] = str(region.start_line)
        properties["endLine"] = str(region.end_line)
        if region.start_line == region.end_line:
            properties["col"] = str(source.column(finding.start))
            properties["endColumn"] = str(source.column(finding.end))
    properties["title"] = visible(f"{finding.rule}: {card.title}")
    lines = [sentence(clause(finding, card))]
    for step in way_to(finding):
        lines.append(f"{place(contents.texts.get(step.path), step.path, step.start)}: {sentence(step.text)}")
    listed = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    message = "\n".join(visible(line) for line in lines)
    return f"::{_COMMANDS[finding.severity]} {listed}::{_escaped(message)}\n"


def _escaped(text: str) -> str:
    """``text`` as the data of a workflow command: it ends at the end of the line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
