"""The page on the documents: its rules and samples are there, and a scan says what it shows of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from backhaul.reporters.contents import clause, sentence
from backhaul.rules import load_rules
from backhaul.sources.text import SourceText, decode
from sample_apps import SAMPLES, scanned

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SUBJECTS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
RULE_LINK = re.compile(r"\[([a-z-]+)\]\(\.\./rules/([\w/-]+)\.md\)( \(with `--pedantic`\))?")
SAMPLE_LINK = re.compile(r"\]\(\.\./(samples/[\w./-]+)\)")
SHOWN = re.compile(r"^(samples/\S+:\d+: .*)$", re.MULTILINE)


def title(subject: str) -> str:
    return subject.partition("\n")[0]


@pytest.fixture(scope="module")
def said() -> set[str]:
    """What a scan of all samples says, a line each."""
    cards = {card.id: card for card in load_rules(use_index=False).cards}
    lines = set()
    for finding in scanned(SAMPLES).findings:
        text = SourceText(finding.path, decode((SAMPLES / finding.path).read_bytes()) or b"")
        message = sentence(clause(finding, cards[finding.rule]))
        place = f"samples/{finding.path}:{text.line(finding.start)}"
        lines.add(f"{place}: {finding.severity}: {message} ({finding.rule})")
    return lines


def test_there_are_five_documents():
    assert len(SUBJECTS) == 5


@pytest.mark.parametrize("subject", SUBJECTS, ids=title)
def test_a_subject_has_its_document_rules_and_samples(subject: str):
    assert re.search(r"^\[[^\]]+\]\(https://", subject, re.MULTILINE)
    rules = RULE_LINK.findall(subject)
    samples = SAMPLE_LINK.findall(subject)
    assert len(rules) > 2 and samples
    assert all((ROOT / sample).is_file() and "/before/" in sample for sample in samples)
    known = {
        (card.id, f"{card.family}/{card.id}", card.audience) for card in load_rules(use_index=False).cards
    }
    named = {(name, path, "pedantic" if pedantic else "regular") for name, path, pedantic in rules}
    assert named <= known


@pytest.mark.parametrize("subject", SUBJECTS, ids=title)
def test_a_scan_says_what_is_shown(subject: str, said: set[str]):
    shown = SHOWN.findall(subject)
    assert shown
    assert set(shown) <= said


@pytest.mark.parametrize("subject", SUBJECTS, ids=title)
def test_what_is_shown_is_of_the_samples_and_rules_named(subject: str):
    samples = {sample.split("/")[1] for sample in SAMPLE_LINK.findall(subject)}
    assert samples == {line.split("/")[1] for line in SHOWN.findall(subject)}
