"""Comments in the source that keep findings out of the report.

::

    // backhaul:disable:next RULE reason        findings on the next line that is not a mere comment
    // backhaul:disable:this RULE reason        on this line
    // backhaul:disable:previous RULE reason    on the last such line before
    // backhaul:disable RULE reason             from here to the enabling comment or the end of the file
    // backhaul:enable RULE

In Python the comment begins with ``#``; in a property list, it is ``<!-- backhaul:… -->``. Several rules
are joined by commas. There is no way to name all rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from msgspec import Struct

from backhaul.findings.finding import Finding
from backhaul.model.languages import language_of
from backhaul.sources.notification import Notification
from backhaul.sources.text import SourceText, SourceTexts

MARK = b"backhaul:"
"""Stands in every file that has such a comment."""

_REST = r"[ \t]*backhaul:(?P<verb>[\w:-]+)(?P<rest>[^\r\n]*)"
_COMMENTS = {
    "//": re.compile(rf"(?m)(?://+|/\*+|<!--|^[ \t]*\*)[!/<]*{_REST}".encode()),
    "#": re.compile(rf"#+[:!]*{_REST}".encode()),
}
"""By what begins a comment to the end of the line in the language of the file."""
_NO_CODE = {
    "//": re.compile(r"\s*(?://.*|/\*(?:[^*]|\*(?!/))*(?:\*/)?\s*|<!--(?:[^-]|-(?!->))*(?:-->)?\s*)?"),
    "#": re.compile(r"\s*(?:#.*)?"),
}
_SCOPES = {"disable:next": 1, "disable:this": 0, "disable:previous": -1}
_RANGES = ("disable", "enable")
_TO_THE_END = 1 << 62


class Suppression(Struct, frozen=True):
    """One rule, disabled by one comment on ``line`` for the lines ``first`` to ``last``; all 1-based."""

    path: str
    line: int
    rule: str
    reason: str
    first: int
    last: int

    def covers(self, finding: Finding, line: int) -> bool:
        """Whether ``finding``, which is on the 1-based ``line`` of the same file, is kept out."""
        return self.rule == finding.rule and self.first <= line <= self.last


class Comments(Struct):
    """What the comments of a file say, and what is wrong with them."""

    suppressions: list[Suppression]
    notifications: list[Notification]


def read_comments(source: SourceText, known: Collection[str]) -> Comments:
    """The suppressions in a file; ``known`` are the ids of all rules, whether they are asked or not."""
    found = Comments([], [])
    open_ranges: dict[str, tuple[int, str]] = {}

    def remark(line: int, text: str) -> None:
        text = f"line {line}: {text}"
        found.notifications.append(Notification("bad-suppression", "warning", text, source.path))

    def close(rule: str, last: int) -> None:
        first, reason = open_ranges.pop(rule)
        found.suppressions.append(Suppression(source.path, first, rule, reason, first, last))

    for match in _COMMENTS[_mark(source)].finditer(source.text):
        line = source.line(match.start("verb"))
        verb = match["verb"].decode("utf-8", "replace")
        if verb not in _SCOPES and verb not in _RANGES:
            remark(line, f"`backhaul:{verb}` is none of: {', '.join((*_SCOPES, *_RANGES))}")
            continue
        rules, reason = _rules_and_reason(match["rest"].decode("utf-8", "replace"))
        if not rules:
            remark(line, f"`backhaul:{verb}` names no rule")
        for rule in rules:
            if rule not in known:
                remark(line, f"`{rule}` is not a rule{_hint(rule, known)}")
            elif verb in _SCOPES:
                place = _code_line(source, line, _SCOPES[verb])
                found.suppressions.append(Suppression(source.path, line, rule, reason, place, place))
            elif verb == "enable" and rule not in open_ranges:
                remark(line, f"`{rule}` is enabled without having been disabled")
            elif verb == "enable":
                close(rule, line)
            elif rule in open_ranges:
                remark(line, f"`{rule}` is already disabled since line {open_ranges[rule][0]}")
            else:
                open_ranges[rule] = (line, reason)
    for rule in list(open_ranges):
        close(rule, _TO_THE_END)
    return found


def _mark(source: SourceText) -> str:
    """What begins a comment in the file; files of other kinds are taken for C's kin."""
    language = language_of(source.path)
    return "//" if language is None else language.comment


def _code_line(source: SourceText, line: int, step: int) -> int:
    """The nearest line from ``line`` in the direction ``step`` that is neither blank nor all comment."""
    no_code = _NO_CODE[_mark(source)]
    place = line + step
    while step and 1 <= place <= source.line_count and no_code.fullmatch(source.line_text(place)):
        place += step
    return place


def _rules_and_reason(rest: str) -> tuple[list[str], str]:
    rest = rest.split("*/", 1)[0].split("-->", 1)[0]
    match = re.match(r"\s+([\w-]+(?:\s*,\s*[\w-]+)*)[\s:.–—-]*(.*)", rest)
    if match is None:
        return [], ""
    return [rule.strip() for rule in match[1].split(",")], match[2].strip()


def _hint(rule: str, known: Collection[str]) -> str:
    if rule in ("all", "any"):
        return ": name the rules, one by one"
    from difflib import get_close_matches

    close = get_close_matches(rule, sorted(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


class Suppressions:
    """The suppressions of a tree, and which of them keep something out.

    ``marked`` are the files that hold ``MARK``; ``known`` the ids of all rules, whether they are
    asked or not.
    """

    def __init__(self, marked: Iterable[str], texts: SourceTexts, known: Collection[str]) -> None:
        self._texts = texts
        self._by_path: dict[str, list[Suppression]] = {}
        self._remarks: list[Notification] = []
        self._used: set[Suppression] = set()
        for path in marked:
            source = texts.get(path)
            if source is not None:
                comments = read_comments(source, known)
                self._by_path[path] = comments.suppressions
                self._remarks += comments.notifications

    def cover(self, finding: Finding) -> bool:
        """Whether a comment keeps ``finding`` out; the comment counts as used from now on."""
        suppressions = self._by_path.get(finding.path)
        source = self._texts.get(finding.path) if suppressions else None
        if suppressions is None or source is None:
            return False
        line = source.line(finding.start)
        covering = [suppression for suppression in suppressions if suppression.covers(finding, line)]
        self._used.update(covering)
        return bool(covering)

    def remarks(self, asked: Collection[str]) -> list[Notification]:
        """What is wrong with the comments, and which of them were never used.

        ``asked``: the ids of the rules that ran; only of these can it be said that a suppression
        suppresses nothing.
        """
        unused = [
            Notification(
                "unused-suppression",
                "note",
                f"line {suppression.line}: `{suppression.rule}` is disabled here, but reports nothing",
                suppression.path,
            )
            for suppressions in self._by_path.values()
            for suppression in suppressions
            if suppression not in self._used and suppression.rule in asked
        ]
        return sorted([*self._remarks, *unused], key=lambda notification: notification.sort_key)
