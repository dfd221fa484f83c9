"""From everything a scan found to what is reported: comments, baseline, thresholds, chosen files."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator

from msgspec import Struct

from backhaul.findings.baseline import stale_entries
from backhaul.findings.finding import Finding
from backhaul.findings.fingerprint import Identity, identities
from backhaul.findings.suppression import MARK, Suppressions
from backhaul.policy import Policy
from backhaul.reporters.contents import Contents
from backhaul.rules import Card, RuleSet
from backhaul.rules.errors import nearest
from backhaul.scan import Report
from backhaul.sources.notification import Notification
from backhaul.sources.project import ProjectFacts
from backhaul.sources.reading import is_plain
from backhaul.sources.text import decode


class Screen(Struct, frozen=True):
    """What to report of what was found.

    ``rules``: the rules asked for. ``targets``: of which targets the sources are reported on, besides
    those of no known target; empty: of all. ``baseline``: findings that are known already. ``only``: files
    and folders, relative to the root; None for all. ``is_caused``: whether a change that is looked at
    is the cause of a finding; ``is_touched``: whether it is one to the file of this path.
    """

    rules: tuple[Card, ...]
    include_tests: bool = False
    policy: Policy = Policy()
    targets: frozenset[str] = frozenset()
    baseline: frozenset[Identity] = frozenset()
    only: frozenset[str] | None = None
    is_caused: Callable[[Finding], bool] = lambda _: True
    is_touched: Callable[[str], bool] = lambda _: True

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
    files = (*report.tree.sources, *report.tree.facts)
    tests = frozenset(file.path for file in files if file.is_test)
    findings = [chosen.policy.adjusted(finding) for finding in report.findings if finding.rule in asked]
    found = identities(findings, texts)
    suppressions = Suppressions(_marked(report), texts, frozenset(card.id for card in rules.cards))
    for finding, identity in zip(findings, found, strict=True):
        if suppressions.cover(finding):
            reason = "suppressed by comments"
        elif finding.path in tests and not chosen.include_tests:
            reason = "in tests"
        elif chosen.policy.is_ignored(finding):
            reason = "ignored at their place by the configuration"
        elif not _is_in(chosen.targets, finding.path, report.project):
            reason = "in other targets"
        elif not chosen.policy.is_loud(finding):
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
    known = [identity for identity in chosen.baseline if _was_scanned(identity.path, report)]
    remarks = [*suppressions.remarks(asked), *stale_entries(known, found, asked)]
    contents.notifications += _unknown_targets(chosen.targets, report.project)
    contents.notifications += [
        remark for remark in remarks if chosen.is_chosen(remark.path) and chosen.is_touched(remark.path)
    ]
    return screened


def _was_scanned(path: str, report: Report) -> bool:
    """Whether a file belongs to what was scanned; one that is deleted does wherever it was."""
    files = (*report.tree.sources, *report.tree.facts)
    return any(file.path == path for file in files) or not os.path.lexists(f"{report.root}/{path}")


def _is_in(targets: frozenset[str], path: str, project: ProjectFacts) -> bool:
    """Whether a file is of one of ``targets``, or may be."""
    own = {target.name for target in project.targets(path)} if targets else set()
    return not own or not own.isdisjoint(targets)


def _unknown_targets(targets: frozenset[str], project: ProjectFacts) -> Iterator[Notification]:
    if not targets:
        return
    known = project.target_names
    for name in sorted(targets - known):
        yield Notification(
            "unknown-target", "warning", f"no target of the project is named `{name}`{nearest(name, known)}"
        )


def _marked(report: Report) -> Iterator[str]:
    """The source files, and the other files with findings, that hold a suppressing comment."""
    found = {finding.path for finding in report.findings}
    for source in (*report.tree.sources, *(fact for fact in report.tree.facts if fact.path in found)):
        try:
            data = source.read()
        except OSError:
            continue
        text = data if is_plain(data) else decode(data)
        if text is not None and MARK in text:
            yield source.path
