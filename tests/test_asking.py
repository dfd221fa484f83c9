"""However many processes ask, and whatever becomes of them, the findings and notifications are the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from backhaul import asking, parallel
from backhaul.findings.finding import Finding
from backhaul.matchers import Questions
from backhaul.matchers.context import Context, Reporter
from backhaul.rules import Match, RuleSet, load_rules
from backhaul.scan import Report, ScanOptions, scan

SAMPLES = Path(__file__).resolve().parents[1] / "samples"

pytestmark = pytest.mark.skipif(not parallel._can_fork(), reason="nothing can be forked here")


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


@pytest.fixture(autouse=True)
def small_trees_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_FUNCTIONS_PER_PROCESS", 1)


def of_samples(rules: RuleSet, jobs: int, *, root: Path = SAMPLES) -> Report:
    return scan(ScanOptions(paths=(str(root),), jobs=jobs, use_cache=False), rules)


def test_processes_find_together_what_one_finds(rules: RuleSet) -> None:
    alone = of_samples(rules, 1)
    assert len(alone.findings) > 20
    for jobs in (2, 5, 50):
        assert of_samples(rules, jobs).findings == alone.findings


def test_what_a_process_that_died_had_taken_on_is_asked_again(
    rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = of_samples(rules, 1)
    answers, own = Questions.answers, os.getpid()

    def deadly(self: Questions, cards: list) -> list:
        if os.getpid() != own:
            os._exit(3)
        return answers(self, cards)

    monkeypatch.setattr(Questions, "answers", deadly)
    assert of_samples(rules, 4).findings == alone.findings


def test_notifications_of_other_processes_arrive(rules: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "App.swift").write_text(
        "import UIKit\n@main class App: UIResponder, UIApplicationDelegate {}\n"
        "func load() { URLSession.shared.dataTask(with: url) { _, _, _ in }.resume() }\n"
    )
    (tmp_path / "Info.plist").write_bytes(b"<plist><dict><key>NSAppTransportSecurity")
    alone, together = (of_samples(rules, jobs, root=tmp_path) for jobs in (1, 8))
    assert [n.path for n in alone.notifications] == ["Info.plist"]
    assert together.notifications == alone.notifications


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_mistake_in_a_matcher_costs_one_rule_and_is_told_once(
    rules: RuleSet, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    whole = of_samples(rules, 1)
    broken = next(card for card in rules.cards if any(f.rule == card.id for f in whole.findings))

    ask = Questions._in_program

    def in_program(self: Questions, reporter: Reporter, match: Match, context: Context) -> Iterator[Finding]:
        if reporter.card is broken:
            raise RecursionError("too deep")
        return ask(self, reporter, match, context)

    monkeypatch.delenv("BACKHAUL_TRACEBACK")
    monkeypatch.setattr(Questions, "_in_program", in_program)
    report = of_samples(rules, jobs)
    assert report.findings == [f for f in whole.findings if f.rule != broken.id]
    told = [n for n in report.notifications if n.kind == "rule-failed"]
    assert [(n.level, n.path) for n in told] == [("warning", "")]
    assert told[0].text.startswith(f"the rule `{broken.id}` failed (RecursionError: too deep, ")
