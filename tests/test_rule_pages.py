"""Every rule page is its own test: its examples are scanned, and say where findings must be.

``backhaul test-rules`` does the same for pages of the user's own.
"""

from __future__ import annotations

import pytest
from backhaul.rule_tests import example_problems, page_problems
from backhaul.rules import Card, RuleSet, load_rules
from backhaul.rules.page import Example, Page

RULES: RuleSet = load_rules(use_index=False)
PAGES: dict[str, Page] = {card.id: card.page for card in RULES.cards}
EXAMPLES = [(card, example) for card in RULES.cards for example in PAGES[card.id].examples]


def _name(value: Card | Example) -> str:
    if isinstance(value, Card):
        return value.id
    return f"{value.section.lower().replace(' ', '-')}-{value.line}"


@pytest.mark.parametrize("card", RULES.cards, ids=lambda card: card.id)
def test_page_has_its_sections_and_examples(card: Card) -> None:
    assert list(page_problems(card, PAGES[card.id])) == []


@pytest.mark.parametrize(("card", "example"), EXAMPLES, ids=_name)
def test_example_is_found_as_marked(card: Card, example: Example) -> None:
    assert example_problems(example, RULES, card) == []
