"""Findings in the terms of the Language Server Protocol."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from lsprotocol import types as lsp

from backhaul.findings.finding import Finding
from backhaul.reporters.contents import Contents, clause, sentence, way_to
from backhaul.reporters.prose import page_prose
from backhaul.rules import Card
from backhaul.sources.notification import Notification
from backhaul.sources.text import SourceText
from backhaul.suppressing import insertion

SOURCE = "backhaul"
"""What all diagnostics say they come from."""
REASON = "why this is right here"
"""Stands for the reason in a suppression that is still to be explained."""

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}
_COMMENT_REMARKS = ("bad-suppression", "unused-suppression")
_AT_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


class Translator:
    """Translates what a scan found. ``uri_of``: the address of a path relative to the root.

    ``encoding``: the units that the client counts columns in.
    """

    def __init__(self, contents: Contents, uri_of: Callable[[str], str], encoding: str) -> None:
        self._contents = contents
        self._uri_of = uri_of
        self._encoding = encoding
        self._cards = contents.cards_by_id()

    def diagnostics(self) -> dict[str, list[lsp.Diagnostic]]:
        """Everything to report, by address. Places that can no longer be read are left out."""
        found: dict[str, list[lsp.Diagnostic]] = {}
        for path, diagnostic in (*self._findings(), *self._remarks()):
            found.setdefault(self._uri_of(path), []).append(diagnostic)
        return found

    def _findings(self) -> Iterator[tuple[str, lsp.Diagnostic]]:
        for finding in self._contents.findings:
            place = self._location(finding.path, finding.start, finding.end)
            if place is not None:
                yield finding.path, self._diagnostic(finding, self._cards[finding.rule], place.range)

    def _diagnostic(self, finding: Finding, card: Card, place: lsp.Range) -> lsp.Diagnostic:
        doubt = "" if finding.confidence == "high" else f" ({finding.confidence} confidence)"
        way = [
            lsp.DiagnosticRelatedInformation(location, sentence(step.text))
            for step in way_to(finding)
            if (location := self._location(step.path, step.start, step.end)) is not None
        ]
        return lsp.Diagnostic(
            range=place,
            message=sentence(clause(finding, card)) + doubt,
            severity=_SEVERITIES[finding.severity],
            code=card.id,
            code_description=lsp.CodeDescription(card.sources[0].url) if card.sources else None,
            source=SOURCE,
            tags=[lsp.DiagnosticTag.Deprecated] if card.consequence == "deprecation" else None,
            related_information=way,
        )

    def _remarks(self) -> Iterator[tuple[str, lsp.Diagnostic]]:
        """Suppressions that suppress nothing, and comments that are none."""
        for notification in self._contents.notifications:
            if notification.kind in _COMMENT_REMARKS and (remark := self._remark(notification)):
                yield notification.path, remark

    def _remark(self, notification: Notification) -> lsp.Diagnostic | None:
        source = self._contents.texts.get(notification.path)
        told = _AT_LINE.match(notification.text)
        if source is None or told is None or int(told[1]) > source.line_count:
            return None
        start = source.line_start(int(told[1]))
        text = source.line_text(int(told[1]))
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip().encode())
        is_unused = notification.kind == "unused-suppression"
        return lsp.Diagnostic(
            range=self._range(source, start, end),
            message=sentence(told[2]),
            severity=lsp.DiagnosticSeverity.Information if is_unused else lsp.DiagnosticSeverity.Warning,
            code=notification.kind,
            source=SOURCE,
            tags=[lsp.DiagnosticTag.Unnecessary] if is_unused else None,
        )

    def _location(self, path: str, start: int, end: int) -> lsp.Location | None:
        source = self._contents.texts.get(path)
        return None if source is None else lsp.Location(self._uri_of(path), self._range(source, start, end))

    def _range(self, source: SourceText, start: int, end: int) -> lsp.Range:
        return lsp.Range(position(source, start, self._encoding), position(source, end, self._encoding))


def position(source: SourceText, offset: int, encoding: str) -> lsp.Position:
    """The place of a byte offset: lines and columns from 0, columns in units of ``encoding``."""
    line = source.line(offset)
    if encoding == lsp.PositionEncodingKind.Utf8:
        column = offset - source.line_start(line)
    elif encoding == lsp.PositionEncodingKind.Utf32:
        column = source.column(offset) - 1
    else:
        column = source.utf16_column(offset) - 1
    return lsp.Position(line - 1, column)


def hover(cards: Sequence[Card]) -> lsp.MarkupContent:
    """What the pages of rules say, each with its title on top."""
    pages = [f"### {card.title} (`{card.id}`)\n\n{page_prose(card)[1]}" for card in cards]
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n---\n\n".join(pages))


def suppression(
    uri: str, source: SourceText, diagnostic: lsp.Diagnostic, rule: str, encoding: str
) -> lsp.CodeAction | None:
    """The fix that writes a suppression above a finding; None where no comment can stand.

    ``source``: the text of the document ``uri``. The comment stands on a line of its own: on that of the
    finding it would make another alert of it on GitHub.
    """
    line = diagnostic.range.start.line + 1
    there = insertion(source, line, rule, REASON) if line <= source.line_count else None
    if there is None:
        return None
    at = position(source, there[0], encoding)
    return lsp.CodeAction(
        title=f"Suppress {rule} here",
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        edit=lsp.WorkspaceEdit(changes={uri: [lsp.TextEdit(lsp.Range(at, at), there[1])]}),
    )
