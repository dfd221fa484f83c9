"""The README says what is true: its output is real, its table is right, its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from backhaul.rules import load_rules

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_shown_output_is_what_the_shown_command_prints():
    shown = next(block for block in re.findall(r"```\n(.*?)```", README, re.DOTALL) if block.startswith("$ "))
    command, _, output = shown.partition("\n")
    done = subprocess.run(
        [sys.executable, "-m", *command.removeprefix("$ ").split(), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert output.strip() in done.stdout


def test_the_table_names_rules_with_their_severity():
    rows = re.findall(r"^\| \[([\w-]+)\]\(([\w/.-]+)\) \| (\w+) \|", README, re.MULTILINE)
    cards = load_rules(use_index=False).cards
    known = {(card.id, f"rules/{card.family}/{card.id}.md", card.severity) for card in cards}
    assert rows
    assert set(rows) <= known


def test_links_lead_to_files():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "reports" / "README.md"]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_evidence_of_the_comparison_is_there():
    page = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    files = re.findall(r"`((?:tests|analyzer)/[^`]+)`", page)
    assert files
    assert [file for file in files if not (ROOT / file).is_file()] == []
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("*.py"))
    names = re.findall(r"`(test_\w+)…?`", page)
    assert [name for name in names if f"def {name}" not in sources] == []
    rows = [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]
    assert rows == list(range(1, len(rows) + 1))
