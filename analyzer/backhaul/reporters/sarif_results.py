"""Findings as SARIF results, with places that GitHub and editors can show."""

from __future__ import annotations

import os
import re
import string
from collections.abc import Sequence
from types import ModuleType
from typing import Any
from urllib.parse import quote_from_bytes

from msgspec import Struct

from backhaul.findings.finding import Finding, Step
from backhaul.findings.fingerprint import github_line_hashes
from backhaul.reporters.contents import Contents, clause, sentence, way_to
from backhaul.reporters.prose import first_sentence
from backhaul.rules import Card, RuleError
from backhaul.sources.text import SourceText

ROOT = "%SRCROOT%"
PRINT = "backhaul"
FOUND = "found"
MOST_RESULTS = 25_000  # GitHub refuses a run with more
_CONTEXT = 2  # lines before and after
_LARGEST_CONTEXT = 4_000  # bytes: a generated file may be a single line
_UNKNOWN_REGION = {"start_line": 1, "start_column": 1, "end_line": 1, "end_column": 1}


def uri_of(path: str) -> str:
    """A path relative to the root, with forward slashes, as a relative URI.

    A colon in the first part would read as a scheme, so it is encoded everywhere.
    """
    return quote_from_bytes(os.fsencode(path), safe="/~!$&'()*+,;=@")


class MessageForm(Struct, frozen=True):
    """A rule's message in SARIF's form: ``'{0}'``, ``'{1}'`` … for its ``names``, in this order."""

    text: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, card: Card) -> MessageForm:
        names: list[str] = []
        parts: list[str] = []
        for literal, name, _, _ in string.Formatter().parse(card.message):
            parts.append(literal.replace("{", "{{").replace("}", "}}"))
            if name is not None:
                if name not in names:
                    names.append(name)
                parts.append(f"`{{{names.index(name)}}}`")
        return cls(quoted(sentence("".join(parts)).replace("``", "`")), tuple(names))


class Places:
    """The places of one log, and the files that they lie in, numbered in order of their paths."""

    def __init__(self, om: ModuleType, contents: Contents, paths: Sequence[str]) -> None:
        self._om = om
        self._texts = contents.texts
        self.paths = sorted(set(paths))
        self._numbers = {path: number for number, path in enumerate(self.paths)}

    def artifact_location(self, path: str) -> Any:
        number = self._numbers.get(path, -1)
        return self._om.ArtifactLocation(uri=uri_of(path), uri_base_id=ROOT, index=number)

    def physical(self, path: str, start: int, end: int, *, with_context: bool = False) -> Any:
        om = self._om
        source = self._texts.get(path)
        if source is None:  # gone since the scan
            region, context = om.Region(**_UNKNOWN_REGION), None
        else:
            region = self._region(source, start, end)
            context = self._context(source, start, end) if with_context else None
        return om.PhysicalLocation(
            artifact_location=self.artifact_location(path), region=region, context_region=context
        )

    def _region(self, source: SourceText, start: int, end: int) -> Any:
        om = self._om
        place = source.region(start, end)
        snippet = source.text[start:end].decode("utf-8", "replace")
        return om.Region(
            start_line=place.start_line,
            start_column=place.start_column,
            end_line=place.end_line,
            end_column=place.end_column,
            snippet=om.ArtifactContent(text=snippet),
        )

    def _context(self, source: SourceText, start: int, end: int) -> Any:
        """The lines around the bytes; None where that is too much or nothing more."""
        om = self._om
        first = max(source.line(start) - _CONTEXT, 1)
        last = min(source.line(end) + _CONTEXT, source.line_count)
        begin = source.line_start(first)
        stop = source.line_start(last) + len(source.line_text(last).encode())
        if stop - begin > _LARGEST_CONTEXT or (begin, stop) == (start, end):
            return None
        place = source.region(begin, stop)
        return om.Region(
            start_line=place.start_line,
            start_column=place.start_column,
            end_line=place.end_line,
            end_column=place.end_column,
            snippet=om.ArtifactContent(text=source.text[begin:stop].decode("utf-8", "replace")),
        )


class Results:
    """Makes the results of a log. ``numbers``: a rule's position among the log's rules."""

    def __init__(self, om: ModuleType, contents: Contents, places: Places, numbers: dict[str, int]) -> None:
        self._om = om
        self._contents = contents
        self._places = places
        self._numbers = numbers
        self._forms = {card.id: MessageForm.of(card) for card in contents.cards}
        self._cards = contents.cards_by_id()
        self._effects: dict[str, str] = {}

    def of(self, findings: Sequence[tuple[Finding, str]]) -> list[Any]:
        """One result for each finding and its fingerprint, in the same order."""
        hashes = self._line_hashes([finding for finding, _ in findings])
        return [self._result(finding, mark, hashes) for finding, mark in findings]

    def _line_hashes(self, findings: Sequence[Finding]) -> dict[tuple[str, int], str]:
        """GitHub's hash for every path and line on which a finding starts."""
        wanted: dict[str, set[int]] = {}
        for finding in findings:
            source = self._contents.texts.get(finding.path)
            if source is not None:
                wanted.setdefault(finding.path, set()).add(source.line(finding.start))
        found = {}
        for path, lines in wanted.items():
            source = self._contents.texts.get(path)
            if source is not None:
                hashes = github_line_hashes(source.text.decode("utf-8", "replace"), lines)
                found.update({(path, line): value for line, value in hashes.items()})
        return found

    def _result(self, finding: Finding, mark: str, hashes: dict[tuple[str, int], str]) -> Any:
        om = self._om
        card = self._cards[finding.rule]
        steps = way_to(finding)
        physical = self._places.physical(finding.path, finding.start, finding.end, with_context=True)
        symbol = [om.LogicalLocation(fully_qualified_name=finding.symbol)] if finding.symbol else None
        prints = {f"{PRINT}/v1": mark}
        if line_hash := hashes.get((finding.path, physical.region.start_line)):
            prints["primaryLocationLineHash"] = line_hash
        return om.Result(
            rule_id=finding.rule,
            rule_index=self._numbers[finding.rule],
            level=finding.severity,
            message=self._message(finding, card, steps),
            locations=[om.Location(physical_location=physical, logical_locations=symbol)],
            related_locations=[self._step(step, number) for number, step in enumerate(steps, start=1)]
            or None,
            code_flows=self._flow(finding, card, steps) if steps else None,
            partial_fingerprints=prints,
            properties={"confidence": finding.confidence, "consequence": card.consequence},
        )

    def _message(self, finding: Finding, card: Card, steps: Sequence[Step]) -> Any:
        """What is wrong, what comes of it, and links to the related locations.

        ``text`` is all that GitHub reads; ``id`` and ``arguments`` give the rule's own message.
        """
        parts = [_no_link(quoted(sentence(clause(finding, card)))), self._effect(card)]
        if steps:
            links = [f"[{_in_link(quoted(step.text))}]({n})" for n, step in enumerate(steps, start=1)]
            parts.append(f"How it comes about: {', then '.join(links)}.")
        names = self._forms[card.id].names
        return self._om.Message(
            id=FOUND,
            arguments=[finding.arguments.get(name, name).strip("`") for name in names],
            text=" ".join(part for part in parts if part),
        )

    def strings(self, card: Card) -> dict[str, Any]:
        """The rule's message with places for a finding's arguments."""
        return {FOUND: self._om.MultiformatMessageString(text=self._forms[card.id].text)}

    def _effect(self, card: Card) -> str:
        """The sentence that says what the app's user sees."""
        if card.id not in self._effects:
            try:
                self._effects[card.id] = quoted(first_sentence(card.summary))
            except RuleError:
                self._effects[card.id] = ""
        return self._effects[card.id]

    def _step(self, step: Step, number: int) -> Any:
        return self._om.Location(
            id=number,
            physical_location=self._places.physical(step.path, step.start, step.end),
            message=self._om.Message(text=quoted(sentence(step.text))),
        )

    def _flow(self, finding: Finding, card: Card, steps: Sequence[Step]) -> list[Any]:
        """The way to the finding, the place itself last."""
        om = self._om
        own = Step(finding.path, finding.start, finding.end, clause(finding, card))
        places = [
            om.ThreadFlowLocation(
                location=om.Location(
                    physical_location=self._places.physical(step.path, step.start, step.end),
                    message=om.Message(text=quoted(sentence(step.text))),
                ),
                importance="essential" if step is own else "important",
                execution_order=number,
            )
            for number, step in enumerate((*steps, own), start=1)
        ]
        return [om.CodeFlow(thread_flows=[om.ThreadFlow(locations=places)])]


def quoted(text: str) -> str:
    """``text`` with code in single quotes, as SARIF's plain messages have it."""
    return text.replace("`", "'")


def _in_link(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def _no_link(text: str) -> str:
    """``text`` in which nothing reads as a link, as a selector in brackets before a parenthesis would."""
    return re.sub(r"\[(?=[^\[\]]*\]\()", r"\\[", text)
