"""Diagnostics as Xcode reads them from a build phase: ``/path/file.swift:3:7: error: message``.

Xcode knows absolute paths only, and takes every line for itself.
"""

from __future__ import annotations

from typing import TextIO

from backhaul.reporters.characters import visible
from backhaul.reporters.contents import Contents, clause, damage_clause, sentence, way_to
from backhaul.reporters.excerpt import place


def write(contents: Contents, stream: TextIO) -> None:
    """Writes a line for each finding, a ``note:`` line for each step that leads to it."""
    cards = contents.cards_by_id()

    def at(path: str, offset: int) -> str:
        return place(contents.texts.get(path), f"{contents.root}/{path}", offset)

    for finding in contents.findings:
        message = visible(sentence(clause(finding, cards[finding.rule])))
        where = at(finding.path, finding.start)
        stream.write(f"{where}: {finding.severity}: {message} ({finding.rule})\n")
        for step in way_to(finding):
            stream.write(f"{at(step.path, step.start)}: note: {visible(sentence(step.text))}\n")
    for file in contents.partial:
        where = visible(f"{contents.root}/{file.path}")
        stream.write(f"{where}:1:1: note: Parsed only in part: {damage_clause(file)}.\n")
