"""Standard input, completions, and names that would like to be commands."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from backhaul import cli
from backhaul.reporters import FORMATS
from small_app import ANALYZER, BAD, GOOD, LINE, RULE, one_line, places, put


class TestStandardInput:
    @pytest.fixture
    def given(self, scan, monkeypatch):
        def scan_it(text: str, *argv: str) -> tuple[int, dict]:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
            return scan("-", *argv)

        return scan_it

    def test_in_place_of_a_file(self, tree, given):
        put(tree / "App" / "Other.swift", BAD)
        code, report = given("\n" + BAD, "--stdin-filename", "App/Uploader.swift")
        assert code == 1
        assert places(report) == [("App/Uploader.swift", LINE + 1)]
        assert given(GOOD, "--stdin-filename", str(tree / "App" / "Uploader.swift"))[0] == 0
        assert (tree / "App" / "Uploader.swift").read_text() == BAD

    def test_the_project_around_it_is_analysed(self, tree, given):
        put(
            tree / "Core" / "S.swift", 'let s = URLSession(configuration: .background(withIdentifier: "a"))\n'
        )
        text = "func f(d: Data, r: URLRequest) { s.uploadTask(with: r, from: d).resume() }\n"
        assert places(given(text, "--stdin-filename", "App/New.swift")[1]) == [("App/New.swift", 1)]
        assert given(text, "App", "--stdin-filename", "App/New.swift")[0] == 0

    def test_a_test_that_is_named_is_reported(self, tree, given):
        (tree / "AppTests").mkdir()
        code, report = given(BAD, "--stdin-filename", "AppTests/ATests.swift")
        assert code == 1 and places(report) == [("AppTests/ATests.swift", LINE)]

    def test_comments_in_it_count(self, given):
        text = BAD.replace("resume()", f"resume() // backhaul:disable:this {RULE} a toy")
        code, report = given(text, "--stdin-filename", "App/Uploader.swift")
        assert code == 0 and report["notifications"] == []

    @pytest.mark.parametrize(
        ("argv", "problem"),
        [
            (["-"], "standard input has no name: give one with --stdin-filename FILE"),
            (
                ["--stdin-filename", "A.swift"],
                "--stdin-filename names the file that standard",
            ),
            (
                ["-", "--stdin-filename", "A.txt"],
                "--stdin-filename A.txt: the names of sources",
            ),
            (["-", "--stdin-filename", "no/A.swift"], "--stdin-filename no/A.swift: there is no folder `no`"),
            (["-", "App", "--stdin-filename", "A.swift"], "--stdin-filename A.swift: not in App"),
            (["-", "nowhere", "--stdin-filename", "A.swift"], "there is no file or folder `nowhere`"),
            (["-", "--stdin-filename", "A.m", "--only", "A.m"], "--only does not go together with standard"),
            (
                ["-", "--stdin-filename", "A.m", "--write-baseline", "b"],
                "--write-baseline does not go",
            ),
        ],
    )
    def test_wrong_use(self, run, argv, problem):
        code, out, err = run("scan", *argv)
        assert (code, out) == (2, "")
        assert one_line(err).startswith(f"backhaul: error: {problem}")


class TestCompletions:
    def complete(self, line: str, folder: Path) -> list[str]:
        """What bash offers at the end of ``line``."""
        script = subprocess.run(
            [sys.executable, "-m", "backhaul", "completions", "bash"],
            env={**os.environ, "PYTHONPATH": str(ANALYZER)},
            capture_output=True,
            check=True,
        )
        words = line.split(" ")
        asking = (
            f"COMP_WORDS=({' '.join(words[:-1])} '{words[-1]}'); COMP_CWORD={len(words) - 1}; "
            f"COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}\n"
            f"_shtab_backhaul backhaul '{words[-1]}' '{words[-2]}' 2>/dev/null\n"
            "printf '%s\\n' \"${COMPREPLY[@]}\"\n"
        )
        done = subprocess.run(
            ["bash", "--norc"],
            input=script.stdout + asking.encode(),
            cwd=folder,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().split()

    def test_in_bash(self, tree):
        assert "explain" in self.complete("backhaul ex", tree)
        assert self.complete("backhaul explain background-upload-from-d", tree) == [RULE]
        assert "--changed-since" in self.complete("backhaul scan --ch", tree)
        assert "sarif" in self.complete("backhaul scan --format s", tree)
        assert "transfer" in self.complete("backhaul scan --select tr", tree)
        assert "App" in self.complete("backhaul scan A", tree)

    @pytest.mark.parametrize("shell", cli.SHELLS)
    def test_for_each_shell(self, run, shell):
        code, out, err = run("completions", shell)
        assert (code, err) == (0, "")
        assert all(word in out for word in ("backhaul", "explain", "changed-since", RULE))
        checker = shutil.which(shell)
        if checker:
            assert subprocess.run([checker, "-n"], input=out.encode(), check=False).returncode == 0

    def test_another_shell(self, run):
        code, _, err = run("completions", "csh")
        assert code == 2
        assert "invalid choice: 'csh'" in one_line(err)


class TestHostileNames:
    """Names and texts of a tree are shown, never obeyed, whatever prints them."""

    ESCAPE = "\x1b]0;owned\x07\x1b[2J"

    @pytest.mark.parametrize(
        "argv",
        [
            ["scan"],
            ["scan", "--quiet"],
            ["scan", "--statistics"],
            *(["scan", "--format", name] for name in FORMATS),
            ["scan", "--only", "nothing\x1b[2J"],
            ["scan", "--suppress", RULE, "--reason", "a toy"],
            ["rules"],
            ["explain", "own-rule"],
            ["show", "App/Uploader.swift"],
            ["init", "App"],
            ["scan", "--changed-since", "\x1b[2J"],
            ["scan", "--\x1b[2J"],
        ],
    )
    def test_what_is_printed(self, tree, run, argv):
        page = run("explain", RULE)[1].replace(RULE, "own-rule").replace("## Why", f"{self.ESCAPE}\n\n## Why")
        title = f"# Upload {self.ESCAPE}from"
        put(tree / "own" / f"house{self.ESCAPE}" / "own-rule.md", page.replace("# Upload from", title))
        put(tree / "backhaul.toml", 'rules = ["own"]')
        hostile = BAD.replace('"a"', f'"{self.ESCAPE}"').replace("Uploader", "Uploader\u202e")
        put(tree / f"App{self.ESCAPE}" / f"{self.ESCAPE}.swift", hostile)
        put(tree / "App" / "Uploader.swift", hostile + f"// backhaul:disable:next {self.ESCAPE}\n")
        _, out, err = run(*argv)
        assert "\x1b" not in out + err and "\x07" not in out + err
