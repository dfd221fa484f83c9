"""What docs/writing-rules.md shows and lists is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
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


def test_the_wrapper_shown_is_known_where_it_is_used(tmp_path: Path) -> None:
    """The section's blocks, written as it says, and scanned: what is marked is found, and nothing else."""
    section = TEXT.partition("## A wrapper of your own")[2].partition("\n## ")[0]
    settings, model = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    sources = re.findall(r"```(swift|objc)\n(.*?)```", section, re.DOTALL)
    files = {"backhaul.toml": settings, "backhaul-rules/models/house.toml": model}
    files |= {f"Camera.{'swift' if language == 'swift' else 'm'}": text for language, text in sources}
    assert len(files) == 4
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "backhaul",
        "scan",
        ".",
        "--no-cache",
        "--format",
        "json",
        "--fail-on",
        "never",
    ]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    found = {(f["path"], f["region"]["startLine"], f["rule"]) for f in json.loads(ran.stdout)["findings"]}
    marked = {
        (name, number, rule.strip())
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        for rule in line.partition("// expect:")[2].split(",")
        if rule.strip()
    }
    assert len(marked) == 4
    assert found == marked
