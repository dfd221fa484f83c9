"""``--suppress``: the comments that keep every finding of a rule out, written where they are understood.

What would be written is first laid over the tree and scanned: a comment that does not do what it is
for is not written at all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from backhaul.cli import UsageError
from backhaul.findings.finding import Finding
from backhaul.findings.suppression import read_comments
from backhaul.frontends import SUFFIXES, takes_comment
from backhaul.model.languages import language_of
from backhaul.output import atomic_bytes
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import counted
from backhaul.rules import RuleSet
from backhaul.rules.errors import nearest
from backhaul.scan import Report
from backhaul.screening import Screened
from backhaul.sources.plist_places import is_property_list, is_xml_list, place_takes_comment
from backhaul.sources.text import SourceText, encoded_as
from backhaul.sources.walking import SourceFile

_ABOVE = re.compile(r"\s*(?://|#)(?:/|\s*[\w-]+:|\s*[\w-]+-ignore\b)")
"""A line that is about the next one: a documentation comment, or another tool's instruction."""

Look = Callable[[dict[str, bytes | None]], tuple[Report, Screened]]
"""A scan with contents in place of files, and what is reported of it."""


class _Left(Struct, frozen=True):
    """A finding that no comment was written for, on the 1-based ``line``."""

    path: str
    line: int
    why: str


class _Edit(Struct):
    """A file with comments above the 1-based ``lines``, as they were counted before."""

    file: SourceFile
    lines: list[int]
    data: bytes


def check_request(rule: str, reason: str | None, rules: RuleSet) -> str:
    """The reason, trimmed. Raises ``UsageError`` for a rule or a reason that no comment can have."""
    if rules.card(rule) is None:
        if any(card.family == rule for card in rules.cards) or rule in ("all", "any", "*"):
            raise UsageError(f"--suppress {rule}: name the rules, one by one")
        raise UsageError(f"there is no rule `{rule}`{nearest(rule, (card.id for card in rules.cards))}")
    text = (reason or "").strip()
    if not text:
        raise UsageError("--suppress needs a --reason: it stands in the comment")
    comments = read_comments(SourceText("", _comment("", rule, text).encode("utf-8", "replace")), [rule])
    understood = [(each.rule, each.reason) for each in comments.suppressions]
    if not text.isprintable() or text.endswith("\\") or understood != [(rule, text)]:
        raise UsageError(f"--reason `{text}` cannot stand in a comment: use words on one line")
    return text


def suppress(rule: str, reason: str, report: Report, found: Screened, look: Look) -> tuple[Report, Screened]:
    """Writes a comment for every finding of ``rule`` that is reported; gives the scan and what is left.

    ``report`` and ``found`` are what the first look gave.
    """
    wanted = [finding for finding in found.contents.findings if finding.rule == rule]
    edits, left = _edits(wanted, report, rule, reason)
    if edits:
        tried, seen = look({path: edit.data for path, edit in edits.items()})
        for path, edit in list(edits.items()):
            if not _does_its_work(edit, rule, seen, tried, report):
                left += _left(edits.pop(path), "a comment there would not be understood")
    for path, edit in list(edits.items()):
        try:
            atomic_bytes(edit.file.location, edit.data)
        except OSError as error:
            left += _left(edits.pop(path), f"cannot be written: {error.strerror or error}")
    for each in sorted(left, key=lambda each: (each.path, each.line)):
        print(f"backhaul: {visible(each.path)}:{each.line}: not suppressed: {each.why}", file=sys.stderr)
    count = sum(len(edit.lines) for edit in edits.values())
    files = f" in {counted(len(edits), 'file')}" if edits else ""
    print(f"backhaul: wrote {counted(count, 'comment')}{files}", file=sys.stderr)
    return look({}) if edits else (report, found)


def _left(edit: _Edit, why: str) -> list[_Left]:
    return [_Left(edit.file.path, line, why) for line in edit.lines]


def insertion(source: SourceText, line: int, rule: str, reason: str) -> tuple[int, str] | None:
    """What keeps findings of ``rule`` on the 1-based ``line`` out: a byte offset, and the text to put there.

    None where no comment can stand. The text is a whole line, indented as ``line`` is and with its end.
    """
    at = source.line_start(_line_for_comment(source, line))
    if is_xml_list(source.path, source.text):
        if "--" in reason or not place_takes_comment(source.text, at):
            return None
    elif not takes_comment(source.path, source.text, at):
        return None
    indentation = re.match(r"[ \t]*", source.line_text(line))
    comment = _comment(source.path, rule, reason)
    return at, f"{indentation[0] if indentation else ''}{comment}{_line_end(source, line)}"


def _comment(path: str, rule: str, reason: str) -> str:
    if is_property_list(path):
        return f"<!-- backhaul:disable:next {rule} {reason} -->"
    language = language_of(path)
    return f"{language.comment if language else '//'} backhaul:disable:next {rule} {reason}"


def _edits(
    wanted: Iterable[Finding], report: Report, rule: str, reason: str
) -> tuple[dict[str, _Edit], list[_Left]]:
    """The files with comments, by path, and the findings that can have none."""
    texts = report.texts()
    files = {file.path: file for file in (*report.tree.facts, *report.tree.sources)}
    places: dict[str, set[int]] = {}
    for finding in wanted:
        source = texts.get(finding.path)
        places.setdefault(finding.path, set()).add(source.line(finding.start) if source is not None else 1)
    edits: dict[str, _Edit] = {}
    left: list[_Left] = []
    for path, lines in places.items():
        source, file = texts.get(path), files.get(path)
        if source is None or file is None or not _has_comments(path, source.text):
            left += [_Left(path, line, "a file of this kind has no such comments") for line in lines]
            continue
        inserted = {line: insertion(source, line, rule, reason) for line in sorted(lines)}
        why = "inside a macro or a literal, where no comment can stand"
        left += [_Left(path, line, why) for line, there in inserted.items() if there is None]
        edit = _edit(file, source, {line: there for line, there in inserted.items() if there is not None})
        if not edit.data:
            left += _left(edit, "the file's encoding has no room for the reason")
        elif edit.lines:
            edits[path] = edit
    return edits, left


def _has_comments(path: str, text: bytes) -> bool:
    return Path(path).suffix.lower() in SUFFIXES or is_xml_list(path, text)


def _edit(file: SourceFile, source: SourceText, inserted: dict[int, tuple[int, str]]) -> _Edit:
    """``file`` with what is ``inserted``, by line in order; no data when its encoding does not allow it."""
    text = source.text
    for at, comment in reversed(inserted.values()):
        text = text[:at] + comment.encode() + text[at:]
    return _Edit(file, list(inserted), encoded_as(file.read(), text) or b"")


def _line_for_comment(source: SourceText, line: int) -> int:
    """The line before which the comment stands: above comments that are about the next line."""
    while (
        line > 1
        and _ABOVE.match(source.line_text(line - 1))
        and "backhaul:" not in source.line_text(line - 1)
    ):
        line -= 1
    return line


def _line_end(source: SourceText, line: int) -> str:
    """The line end of a line; of the last, that of the one above."""
    for each in (line, line - 1):
        if 1 <= each < source.line_count:
            end = source.text[source.line_start(each) : source.line_start(each + 1)].decode(
                "utf-8", "replace"
            )
            return end[len(end.rstrip("\r\n")) :]
    return "\n"


def _does_its_work(edit: _Edit, rule: str, seen: Screened, tried: Report, before: Report) -> bool:
    """Whether none of the lines with a comment is reported any more, and nothing else has changed."""
    path = edit.file.path
    if _damage(tried, path) != _damage(before, path):
        return False
    texts = tried.texts()
    source = texts.get(path)
    moved = {line + number for number, line in enumerate(edit.lines, start=1)}
    return source is not None and not any(
        finding.rule == rule and finding.path == path and source.line(finding.start) in moved
        for finding in seen.contents.findings
    )


def _damage(report: Report, path: str) -> object:
    return next((partial for partial in report.partial if partial.path == path), None)
