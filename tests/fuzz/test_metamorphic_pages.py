"""The examples of the rule pages, written differently, give the same findings."""

from __future__ import annotations

from pathlib import Path

import pytest
import transformations as change
from backhaul.rules import Card
from sample_apps import expected, findings, is_source, rules

LOOKS = {
    "line ends, tabs and conditions": [change.tabs, change.conditional_compilation, change.carriage_returns],
    "comments and neighbours": [change.unrelated_code, change.block_comments, change.comments_everywhere],
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("card", rules().cards, ids=lambda card: card.id)
def test_the_same_findings(card: Card, look: str, tmp_path: Path) -> None:
    different = []
    for example in card.page.examples:
        folder = tmp_path / str(example.line)
        for file in example.files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            text = file.text
            if is_source(path):
                for transformation in LOOKS[look]:
                    text = transformation(file.path, text)
            path.write_text(text, encoding="utf-8", newline="")
        if findings(folder) != expected(folder):
            different.append((example.line, findings(folder), expected(folder)))
    assert different == []
