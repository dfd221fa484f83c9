"""Every rule page is its own test: its examples are scanned, and say where findings must be."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from backhaul.frontends import SUFFIXES, read_module
from backhaul.rules import Card, RuleSet, load_rules
from backhaul.rules.page import Example, Page, check_page
from backhaul.scan import ScanOptions, scan
from backhaul.sources.text import SourceText

RULES: RuleSet = load_rules(use_index=False)
PAGES: dict[str, Page] = {card.id: card.page for card in RULES.cards}

Place = tuple[str, int, str]
"""Path in the example, 1-based line there, rule."""


EXAMPLES = [(card, example) for card in RULES.cards for example in PAGES[card.id].examples]


def _name(value: Card | Example) -> str:
    if isinstance(value, Card):
        return value.id
    return f"{value.section.lower().replace(' ', '-')}-{value.line}"


@pytest.mark.parametrize("card", RULES.cards, ids=lambda card: card.id)
def test_page_has_its_sections_and_examples(card: Card) -> None:
    check_page(PAGES[card.id], card.path, card.id, card.languages)


@pytest.mark.parametrize("card", RULES.cards, ids=lambda card: card.id)
def test_markers_name_rules(card: Card) -> None:
    marked = {rule for example in PAGES[card.id].examples for f in example.files for _, rule in f.expected}
    assert marked <= {other.id for other in RULES.cards}


@pytest.mark.parametrize(("card", "example"), EXAMPLES, ids=_name)
def test_example_parses_without_damage(card: Card, example: Example) -> None:
    del card
    for file in example.files:
        if Path(file.path).suffix in SUFFIXES:
            damage = read_module(file.path, file.text.encode()).damage
            assert (damage.lost, damage.damaged, damage.bad_declarations) == ([], [], 0), file.path


@pytest.mark.parametrize(("card", "example"), EXAMPLES, ids=_name)
def test_example_is_found_as_marked(card: Card, example: Example, tmp_path: Path) -> None:
    expected = sorted((file.path, line, rule) for file in example.files for line, rule in file.expected)
    assert _scanned(example, tmp_path, _asked_with(card)) == expected


def _asked_with(card: Card) -> RuleSet:
    """The rules that are on by default, and ``card``: a pedantic rule is asked on its own page only."""
    cards = tuple(other for other in RULES.cards if other.audience == "regular" or other is card)
    return msgspec.structs.replace(RULES, cards=cards)


def _scanned(example: Example, folder: Path, rules: RuleSet) -> list[Place]:
    """What a scan of the example's files by ``rules`` reports; every message can be written."""
    for file in example.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    report = scan(ScanOptions(paths=(str(folder),), root=str(folder), jobs=1, use_cache=False), rules)
    assert not report.notifications
    texts = {file.path: SourceText(file.path, file.text.encode()) for file in example.files}
    found = []
    for finding in report.findings:
        card = RULES.card(finding.rule)
        assert card is not None
        assert card.message.format_map(finding.arguments)
        found.append((finding.path, texts[finding.path].line(finding.start), finding.rule))
    return sorted(found)
