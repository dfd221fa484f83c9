"""The tutorial for house rules, followed word by word; and ``test-rules`` when things go wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import backhaul
import pytest
from backhaul import cli
from backhaul.rules import rules_folder

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "house-rules.md"
BLOCK = re.compile(r"(?ms)((?:^[^\n]+\n)*)\n^(`{3,})(\w+)\n(.*?)^\2\n")
"""The paragraph above a block, its language and its content."""


def follow(text: str, folder: Path) -> str:
    """Does what a page says in ``folder``: gives the page with what the commands really print."""

    def done(match: re.Match[str]) -> str:
        lead, fence, language, content = match.groups()
        if language == "console":
            commands = re.findall(r"(?m)^\$ (.*)$", content)
            content = "".join(f"$ {command}\n{run(command, folder)}" for command in commands)
        elif name := re.search(r"`([\w./-]+)`:\s*\Z", lead):
            file = folder / name[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        return f"{lead}\n{fence}{language}\n{content}{fence}\n"

    return BLOCK.sub(done, text)


def run(command: str, folder: Path) -> str:
    """What a command prints, in a shell in which ``backhaul`` is this one."""
    function = f'backhaul() {{ "{sys.executable}" -m backhaul "$@" 2>&1; }}\n'
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(backhaul.__file__).parents[1]),
        "XDG_CACHE_HOME": str(folder.parent / "caches"),
        "PYTHONIOENCODING": "utf-8",
    }
    shell = ["bash", "--norc", "-c", function + command]
    return subprocess.run(
        shell, cwd=folder, env=environment, stdout=subprocess.PIPE, check=False, encoding="utf-8"
    ).stdout


def test_the_tutorial_is_true(tmp_path):
    folder = tmp_path / "app"
    folder.mkdir()
    text = PAGE.read_text(encoding="utf-8")
    assert follow(text, folder) == text
    assert text.count("\n$ backhaul ") == 6
    assert (folder / "backhaul-rules" / "house" / "courier-send-now.md").is_file()


PAGE_OF_RULE = """\
# Beacon lit

```toml
id          = "beacon-lit"
severity    = "warning"
confidence  = "high"
audience    = "regular"
consequence = "energy"
languages   = ["swift"]
since       = "1.0.0"
message     = "`{call}` lights a beacon"
[match]
matcher   = "call"
operation = "beacon.light"
[[source]]
title = "Handbook"
url   = "https://example.com/handbook"
says  = "Beacons are not lit."
```

It burns.

## Why

It does.

## How to fix it

Do not.

## Known limits

None.

## Flagged

```swift
func f() { light() } // expect: beacon-lit
```

## Not flagged

```swift
func f() { extinguish() }
```
"""
MODEL = """\
title = "Beacons"
url   = "https://example.com/beacons"
words = ["light"]
[[operation]]
id    = "beacon.light"
swift = ["light()"]
"""


class TestTestRules:
    @pytest.fixture(autouse=True)
    def rules(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
        monkeypatch.chdir(tmp_path)
        folder = tmp_path / "own"
        for name in ("models", "house"):
            (folder / name).mkdir(parents=True)
        (folder / "models" / "beacon.toml").write_text(MODEL)
        (folder / "house" / "beacon-lit.md").write_text(PAGE_OF_RULE)
        return folder

    @pytest.fixture
    def tested(self, capsys):
        def test_them(*argv: str) -> tuple[int, list[str], str]:
            capsys.readouterr()
            code = cli.main(["test-rules", *argv])
            captured = capsys.readouterr()
            return code, captured.out.splitlines(), captured.err

        return test_them

    def change(self, rules: Path, old: str, new: str) -> None:
        page = rules / "house" / "beacon-lit.md"
        assert old in page.read_text()
        page.write_text(page.read_text().replace(old, new))

    def test_all_is_well(self, tested):
        assert tested("own") == (
            0,
            ["own/house/beacon-lit.md: passed (2 examples)", "All passed (1 page, 2 examples)."],
            "",
        )

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("light() } // ex", "put() } // ex", "38: `beacon-lit` is expected and not found"),
            (
                "extinguish()",
                "light()",
                "44: `beacon-lit` is found and not expected: `light` lights a beacon",
            ),
            (
                "expect: beacon-lit",
                "expect: beacon-lit, beacon-let",
                "38: `beacon-let` is not a rule; did you mean",
            ),
            ("extinguish() }", "extinguish( } }{ ) {", "44: "),
            ("func f() { extinguish() }", "class Bad { func }", "44: "),
            ("{call}", "{colour}", "38: nothing fills `{colour}` in the message"),
            ("## Known limits\n\nNone.\n", "", "1: the section `## Known limits` is missing or empty"),
            ("## Why", "## Whi", "23: unknown section `Whi`; did you mean `Why`?"),
            (
                'languages   = ["swift"]',
                'languages   = ["swift", "objc"]',
                "1: `## Flagged` has no example in objc",
            ),
        ],
    )
    def test_what_fails(self, rules, tested, old, new, problem):
        self.change(rules, old, new)
        code, lines, err = tested("own")
        assert (code, err) == (1, "")
        assert lines[0].startswith(f"own/house/beacon-lit.md:{problem}"), lines
        assert lines[-1].startswith("1 of 1 page failed (")

    def test_an_example_stays_in_its_folder(self, rules, tested):
        block = "\n## Across files\n\n`../../Out.swift`\n\n```swift\nfunc f() { light() }\n```\n"
        (rules / "house" / "beacon-lit.md").write_text(PAGE_OF_RULE + block)
        code, lines, _ = tested("own")
        assert code == 1
        assert lines[0].endswith(": `../../Out.swift` leads out of the example")

    def test_a_page_without_sections(self, rules, tested):
        (rules / "house" / "beacon-lit.md").write_text(PAGE_OF_RULE.partition("\n## ")[0])
        code, lines, _ = tested("own")
        assert code == 1
        assert lines[0] == "own/house/beacon-lit.md:1: the section `## Why` is missing or empty"

    def test_what_cannot_be_read_at_all(self, rules, tested):
        self.change(rules, 'severity    = "warning"', 'severity    = "high"')
        code, lines, err = tested("own")
        assert (code, lines) == (2, [])
        assert "own/house/beacon-lit.md:5: `severity`: invalid enum value 'high'" in err

    def test_examples_of_models(self, rules, tested):
        page = rules / "models" / "beacon.md"
        page.write_text("# Beacons\n\n## About\n\n## Flagged\n\n```swift\nfunc f() { light() }\n```\n")
        code, lines, _ = tested("own")
        assert code == 1
        assert lines[1].startswith("own/models/beacon.md:8: `beacon-lit` is found and not expected: ")
        page.write_text("# Beacons\n")
        code, lines, _ = tested("own")
        assert code == 1 and lines[1].startswith("own/models/beacon.md:1: no examples")
        page.write_bytes(b"# \xff\n")
        assert tested("own")[1][1] == "own/models/beacon.md:1: not UTF-8"

    def test_one_rule(self, rules, tested):
        text = PAGE_OF_RULE.replace("beacon-lit", "beacon-left").replace("extinguish()", "light()")
        (rules / "house" / "beacon-left.md").write_text(text)
        assert tested("own")[0] == 1
        code, _, err = tested("own", "beacon-loft")
        assert code == 2
        assert err == (
            "backhaul: error: there is no rule `beacon-loft` in the folder; did you mean `beacon-left`?\n"
        )

    def test_the_configuration_names_it_too(self, rules, tested):
        (rules.parent / "backhaul.toml").write_text('rules = ["own"]')
        assert tested("own")[0] == 0
        assert tested(str(rules))[0] == 0

    def test_no_page(self, rules, tested):
        (rules / "house" / "beacon-lit.md").unlink()
        assert tested("own") == (3, ["No page to test in own."], "")

    def test_no_folder(self, tested):
        assert tested("nowhere") == (2, [], "backhaul: error: there is no folder `nowhere`\n")

    def test_those_that_come_with_it(self, tested):
        code, lines, _ = tested(str(rules_folder()), "background-upload-from-data")
        assert code == 0
        assert lines[-1].startswith("All passed (1 page, ")
