"""What docs/writing-rules.md shows and lists is so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from backhaul.matchers.parameters import MATCHERS
from backhaul.rules import load_rules
from backhaul.rules.page import SECTIONS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "writing-rules.md").read_text(encoding="utf-8")


def test_the_page_and_the_model_shown_are_right(tmp_path: Path) -> None:
    page = re.search(r"````markdown\n(.*?)````", TEXT, re.DOTALL)
    model = re.search(r"## An API model\n\n```toml\n(.*?)```", TEXT, re.DOTALL)
    assert page is not None
    assert model is not None
    for name, text in (("models/transport.toml", model[1]), ("transport/transport-left-open.md", page[1])):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    rules = load_rules([tmp_path], use_index=False)
    card = rules.card("transport-left-open")
    assert card is not None
    assert tuple(card.sections) == SECTIONS
    assert "pooled" in rules.models.kinds


def test_every_matcher_is_listed_with_its_keys() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*)$", TEXT, re.MULTILINE))
    assert set(MATCHERS) <= set(rows)
    for name, parameters in MATCHERS.items():
        for field in msgspec.structs.fields(parameters):
            if field.required and field.encode_name not in ("matcher", "name"):
                assert f"`{field.encode_name}`" in rows[name], (name, field.encode_name)
