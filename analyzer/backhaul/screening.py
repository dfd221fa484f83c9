"""From everything a scan found to what is reported: comments, baseline, thresholds, chosen files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from backhaul.findings.baseline import stale_entries
from backhaul.findings.finding import CONFIDENCES, SEVERITIES, Confidence, Finding, Severity
from backhaul.findings.fingerprint import Identity, identities
from backhaul.findings.suppression import MARK, Suppressions
from backhaul.reporters.contents import Contents
from backhaul.rules import Card, RuleSet
from backhaul.scan import Report
from backhaul.sources.reading import is_plain
from backhaul.sources.text import decode


class Screen(Struct, frozen=True):
    """What to report of what was found.

    ``rules``: the rules asked for. ``baseline``: findings that are known already. ``only``: files
    and folders, relative to the root; None for all. ``is_caused``: whether a change that is looked at
    is the cause of a finding; ``is_touched``: whether it is one to the file of this path.
    """

    rules: tuple[Card, ...]
    include_tests: bool = False
    min_severity: Severity = "note"
    min_confidence: Confidence = "low"
    baseline: frozenset[Identity] = frozenset()
    only: frozenset[str] | None = None
    is_caused: Callable[[Finding], bool] = lambda _: True
    is_touched: Callable[[str], bool] = lambda _: True

    def is_loud(self, finding: Finding) -> bool:
        """Whether a finding reaches both thresholds."""
        return SEVERITIES.index(finding.severity) >= SEVERITIES.index(
            self.min_severity
        ) and CONFIDENCES.index(finding.confidence) >= CONFIDENCES.index(self.min_confidence)

    def is_chosen(self, path: str) -> bool:
        return self.only is None or any(path == name or path.startswith(f"{name}/") for name in self.only)


class Screened(Struct):
    """What is reported, and all that a baseline written now would hold."""

    contents: Contents
    recorded: list[Identity]


def screen(report: Report, rules: RuleSet, chosen: Screen) -> Screened:
    """What is reported of ``report``, a scan with all of ``rules`` that includes tests.

    A scan always asks all rules, so that what is known of a tree serves every choice among them.
    """
    texts = report.texts()
    contents = Contents(
        root=report.root,
        findings=[],
        cards=chosen.rules,
        texts=texts,
        notifications=list(report.notifications),
        skipped=report.skipped,
        partial=list(report.partial),
        files_seen=report.files_seen,
        files_relevant=report.files_relevant,
        files_analysed=report.files_analysed,
    )
    screened = Screened(contents, [])
    asked = frozenset(card.id for card in chosen.rules)
    tests = frozenset(source.path for source in report.tree.sources if source.is_test)
    findings = [finding for finding in report.findings if finding.rule in asked]
    found = identities(findings, texts)
    suppressions = Suppressions(_marked(report), texts, frozenset(card.id for card in rules.cards))
    for finding, identity in zip(findings, found, strict=True):
        if suppressions.cover(finding):
            reason = "suppressed by comments"
        elif finding.path in tests and not chosen.include_tests:
            reason = "in tests"
        elif not chosen.is_loud(finding):
            reason = "below the chosen severity or confidence"
        else:
            screened.recorded.append(identity)
            if identity in chosen.baseline:
                reason = "in the baseline"
            elif not chosen.is_chosen(finding.path):
                reason = "in files that were not asked for"
            elif not chosen.is_caused(finding):
                reason = "not caused by what changed"
            else:
                contents.findings.append(finding)
                contents.fingerprints.append(identity.fingerprint)
                continue
        contents.held_back[reason] = contents.held_back.get(reason, 0) + 1
    remarks = [*suppressions.remarks(asked), *stale_entries(chosen.baseline, found, asked)]
    contents.notifications += [
        remark for remark in remarks if chosen.is_chosen(remark.path) and chosen.is_touched(remark.path)
    ]
    return screened


def _marked(report: Report) -> Iterator[str]:
    """The source files that hold a suppressing comment."""
    for source in report.tree.sources:
        try:
            data = source.read()
        except OSError:
            continue
        text = data if is_plain(data) else decode(data)
        if text is not None and MARK in text:
            yield source.path
