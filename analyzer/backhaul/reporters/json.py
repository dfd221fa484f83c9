"""JSON for programs: versioned, with lines and columns ready to use.

One object::

    $schema       where the JSON Schema of this format is; the package holds a copy
    version       of this format, 1; it grows when a key changes its meaning or goes, not for new keys
    tool          {name, version}
    findings      sorted by place; each {rule, title, severity, confidence, consequence, message, path,
                  region, symbol, fingerprint, trail}; trail: [{message, path, region}], origin first
    notifications [{kind, level, message, path}]
    partial       files parsed only in part: [{path, functions, lost, damaged, declarations,
                  badDeclarations}]
    skipped       folders that were left out: [{path, reason}]
    summary       {error, warning, note, filesSeen, filesRelevant, filesAnalysed, heldBack}

A region is {startLine, startColumn, endLine, endColumn}, counted from 1, columns in UTF-16 code
units, the end exclusive; null when the file has gone since. A path is relative to the root of the
scan, with forward slashes; bytes of a name that are not UTF-8 are percent-encoded.
"""

from __future__ import annotations

from typing import Any, TextIO

import msgspec

import backhaul
from backhaul.findings.finding import Finding
from backhaul.reporters.contents import Contents, clause, sentence
from backhaul.reporters.paths import utf8_path
from backhaul.rules import Card

VERSION = 1
SCHEMA = (
    "https://raw.githubusercontent.com/backhaul/backhaul/main/analyzer/backhaul/schemas/report.schema.json"
)


def write(contents: Contents, stream: TextIO) -> None:
    """Writes one JSON object, indented, with a final line end."""
    cards = contents.cards_by_id()
    marked = zip(contents.findings, contents.fingerprints, strict=True)
    summary: dict[str, object] = {
        **{str(severity): count for severity, count in contents.counts().items()},
        "filesSeen": contents.files_seen,
        "filesRelevant": contents.files_relevant,
        "filesAnalysed": contents.files_analysed,
        "heldBack": contents.held_back,
    }
    report = {
        "$schema": SCHEMA,
        "version": VERSION,
        "tool": {"name": "backhaul", "version": backhaul.__version__},
        "findings": [_finding(contents, finding, cards[finding.rule], mark) for finding, mark in marked],
        "notifications": [
            {"kind": n.kind, "level": n.level, "message": sentence(n.text), "path": utf8_path(n.path)}
            for n in contents.notifications
        ],
        "partial": [
            {
                "path": utf8_path(file.path),
                "functions": file.functions,
                "lost": file.lost,
                "damaged": file.damaged,
                "declarations": file.declarations,
                "badDeclarations": file.bad_declarations,
            }
            for file in contents.partial
        ],
        "skipped": [{"path": utf8_path(entry.path), "reason": entry.reason} for entry in contents.skipped],
        "summary": summary,
    }
    stream.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")


def _finding(contents: Contents, finding: Finding, card: Card, mark: str) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": card.title,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "consequence": card.consequence,
        "message": sentence(clause(finding, card)),
        "path": utf8_path(finding.path),
        "region": _region(contents, finding.path, finding.start, finding.end),
        "symbol": finding.symbol,
        "fingerprint": mark,
        "trail": [
            {
                "message": sentence(step.text),
                "path": utf8_path(step.path),
                "region": _region(contents, step.path, step.start, step.end),
            }
            for step in finding.trail
        ],
    }


def _region(contents: Contents, path: str, start: int, end: int) -> dict[str, int] | None:
    source = contents.texts.get(path)
    if source is None:
        return None
    region = source.region(start, end)
    return {
        "startLine": region.start_line,
        "startColumn": region.start_column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }
