"""The command line: exit codes, what goes where, and one clear line for every mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import backhaul
import pytest
from backhaul.findings.finding import SEVERITIES
from small_app import ANALYZER, BAD, GOOD, LINE, RULE, one_line, places, put


class TestExitCodes:
    def test_findings(self, scan):
        code, report = scan()
        assert code == 1
        assert places(report) == [("App/Uploader.swift", LINE)]

    def test_nothing_found(self, tree, scan):
        put(tree / "App" / "Uploader.swift", GOOD)
        assert scan()[0] == 0

    @pytest.mark.parametrize(("fail_on", "code"), [("note", 1), ("error", 1), ("never", 0)])
    def test_fail_on(self, scan, fail_on, code):
        assert scan("--fail-on", fail_on)[0] == code

    def test_below_fail_on(self, run):
        code, out, _ = run("scan", "--select", "background-session-events-unhandled", "--fail-on", "error")
        assert code == 0
        assert "warning[" in out or "No findings" in out

    def test_exit_zero(self, scan):
        code, report = scan("--exit-zero")
        assert code == 0 and report["findings"]

    def test_nothing_to_scan(self, tree, run):
        (tree / "Empty").mkdir()
        code, out, err = run("scan", "Empty")
        assert code == 3
        assert out.startswith("No findings in 0 source files")
        assert one_line(err).startswith(
            "backhaul: error: no Swift, Objective-C or PyObjC source was found in "
        )


class TestWrongUse:
    @pytest.mark.parametrize(
        ("argv", "problem"),
        [
            ([], "backhaul: error: the following arguments are required: COMMAND"),
            (["scam"], "backhaul: error: argument COMMAND: invalid choice: 'scam'"),
            (["scan", "nowhere"], "backhaul: error: there is no file or folder `nowhere`"),
            (["scan", "--formt", "json"], "backhaul: error: unrecognized arguments: --formt"),
            (["scan", "--format", "pdf"], "backhaul scan: error: argument --format: invalid choice: 'pdf'"),
            (
                ["scan", "--jobs", "0"],
                "backhaul scan: error: argument --jobs: `0` is not a number of processes",
            ),
            (["scan", "--select", "nope"], "backhaul: error: `nope` is neither a rule nor a family"),
            (
                ["scan", "--ignore", RULE[:-1]],
                f"backhaul: error: `{RULE[:-1]}` is neither a rule nor a family; ",
            ),
            (["scan", "--select", RULE, "--ignore", RULE], "backhaul: error: no rule is left"),
            (
                ["scan", "--output", "no/such/x.txt"],
                "backhaul: error: --output: there is no folder `no/such`",
            ),
            (["scan", "--output", "App"], "backhaul: error: --output: `App` is not a file"),
            (["scan", "-o", "a", "-o", "b"], "backhaul: error: --output names two files for one report"),
            (
                ["scan", "-o", "json:a", "-o", "sarif:a"],
                "backhaul: error: --output writes two reports to `a`",
            ),
            (["scan", "--baseline", "none"], "backhaul: error: --baseline none: No such file"),
            (
                ["scan", "--baseline", "App/Uploader.swift"],
                "backhaul: error: --baseline App/Uploader.swift: not a",
            ),
            (["scan", "--config", "none.toml"], "backhaul: error: none.toml: cannot be read"),
            (
                ["explain", "background-upload-from-dat"],
                "backhaul: error: there is no rule `background-upload-fro",
            ),
            (["show", "none.swift"], "backhaul: error: none.swift: No such file"),
            (["show", "App"], "backhaul: error: App: not a source file"),
        ],
    )
    def test_one_line(self, run, argv, problem):
        code, out, err = run(*argv)
        assert code == 2
        assert out == ""
        assert one_line(err).startswith(problem)

    def test_wrong_configuration(self, tree, run):
        put(tree / "backhaul.toml", '\nselct = ["x"]\n')
        code, out, err = run("scan")
        assert (code, out) == (2, "")
        assert one_line(err) == (
            "backhaul: error: backhaul.toml:2: unknown key `selct`; did you mean `select`?"
        )

    def test_wrong_rules_of_the_users(self, tree, run):
        put(tree / "backhaul.toml", 'rules = ["own"]')
        put(tree / "own" / "family" / "a-rule.md", "nothing\n")
        code, _, err = run("scan")
        assert code == 2
        assert "own/family/a-rule.md:1: " in one_line(err)

    def test_an_internal_error_is_one_line(self, run, monkeypatch):
        monkeypatch.setattr("backhaul.scan_command.scan", lambda *_: 1 / 0)
        code, out, err = run("scan")
        assert (code, out) == (3, "")
        assert one_line(err).startswith(
            "backhaul: error: internal error, please report it: ZeroDivisionError"
        )

    def test_hostile_arguments_are_shown_visibly(self, run):
        assert "\x1b" not in run("scan", "\x1b[31mred")[2]


class TestOutput:
    def test_to_a_file(self, tree, run):
        code, out, err = run("scan", "--format", "json", "--output", "report.json")
        assert code == 1
        assert out == ""
        assert one_line(err).startswith("backhaul: 1 error")
        assert json.loads((tree / "report.json").read_text())["findings"]

    def test_another_report_beside_the_first(self, tree, run):
        code, out, _ = run("scan", "-o", "sarif:a.sarif", "-o", "json:b.json")
        assert code == 1
        assert out.startswith("error[")
        assert json.loads((tree / "a.sarif").read_text())["version"] == "2.1.0"
        assert json.loads((tree / "b.json").read_text())["version"] == 1

    def test_it_is_replaced_whole_and_keeps_its_permissions(self, tree, run):
        file = put(tree / "report.txt", "old")
        file.chmod(0o640)
        run("scan", "--output", "report.txt")
        assert file.read_text().startswith("error[")
        assert file.stat().st_mode & 0o777 == 0o640
        assert sorted(path.name for path in tree.iterdir()) == [".git", "App", "report.txt"]

    def test_a_link_keeps_leading_where_it_leads(self, tree, run, tmp_path):
        target = put(tmp_path / "elsewhere.txt", "")
        (tree / "report.txt").symlink_to(target)
        run("scan", "--output", "report.txt")
        assert (tree / "report.txt").is_symlink()
        assert target.read_text().startswith("error[")

    def test_a_failed_report_leaves_the_old_one(self, tree, run, monkeypatch):
        file = put(tree / "report.json", "old")
        monkeypatch.setattr("backhaul.reporters.json.write", lambda *_: 1 / 0)
        assert run("scan", "--format", "json", "--output", "report.json")[0] == 3
        assert file.read_text() == "old"
        assert sorted(path.name for path in tree.iterdir()) == [".git", "App", "report.json"]

    def test_a_device(self, run):
        assert run("scan", "--output", "/dev/null")[0] == 1

    def test_quiet(self, tree, run):
        put(tree / "App" / "Uploader.swift", "let a = 1\n")
        assert run("scan", "--quiet") == (0, "", "")

    def test_statistics(self, run):
        _, _, err = run("scan", "--statistics", "--select", RULE)
        assert f"      1  {RULE}\n      1  source files (0.0 MB)\n" in err

    def test_the_same_bytes_again(self, run):
        assert run("scan", "--format", "sarif")[1] == run("scan", "--format", "sarif", "--no-cache")[1]


class TestChoice:
    def test_ignore(self, run):
        _, out, _ = run("scan", "--ignore", f"{RULE},background-task", "--ignore", "transfer")
        assert RULE not in out

    def test_families(self, run):
        assert f"error[{RULE}]" in run("scan", "--select", "background-session")[1]
        assert RULE not in run("scan", "--select", "background-task")[1]

    def test_thresholds(self, tree, scan):
        assert scan("--min-severity", SEVERITIES[-1], "--min-confidence", "high")[1]["findings"]
        put(tree / "backhaul.toml", 'min-severity = "error"')
        _, report = scan("--select", "background-session")
        assert {finding["severity"] for finding in report["findings"]} == {"error"}

    def test_the_configuration_and_the_last_word(self, tree, scan):
        put(tree / "backhaul.toml", 'fail-on = "never"\nexclude = ["App/"]')
        assert scan()[0] == 3
        put(tree / "backhaul.toml", 'fail-on = "never"')
        assert scan()[0] == 0
        assert scan("--fail-on", "error")[0] == 1

    def test_a_configuration_in_another_place(self, tree, scan, tmp_path):
        put(tree / "backhaul.toml", "wrong = 1")
        other = put(tmp_path / "other.toml", 'fail-on = "never"')
        assert scan("--config", str(other))[0] == 0

    def test_exclude(self, tree, scan):
        put(tree / "Old" / "Old.swift", BAD)
        assert len(scan()[1]["findings"]) == 2
        assert places(scan("--exclude", "Old/")[1]) == [("App/Uploader.swift", LINE)]

    def test_only(self, tree, scan):
        put(tree / "App" / "Other.swift", BAD)
        code, report = scan("--only", "App/Other.swift", str(tree / "gone.swift"))
        assert code == 1
        assert places(report) == [("App/Other.swift", LINE)]
        assert report["summary"]["heldBack"] == {"in files that were not asked for": 1}
        assert scan("--only", "README.md")[0] == 0

    def test_the_whole_project_around_the_files_given(self, tree, scan, monkeypatch):
        made = (
            "URLSession(configuration: .background(withIdentifier: id), delegate: self, delegateQueue: nil)"
        )
        put(tree / "App" / "Factory.swift", f"enum Factory {{\n    static let session = {made}\n}}\n")
        used = "Factory.session.uploadTask(with: request, from: data).resume()"
        put(tree / "App" / "Use.swift", f"func send(data: Data, request: URLRequest) {{\n    {used}\n}}\n")
        monkeypatch.chdir(tree / "App")
        assert places(scan("Use.swift")[1]) == []
        assert places(scan("--whole-project", "Use.swift")[1]) == [("App/Use.swift", 2)]
        assert places(scan("--whole-project", "Factory.swift")[1]) == []
        everything = [("App/Uploader.swift", LINE), ("App/Use.swift", 2)]
        assert places(scan("--whole-project", "../App")[1]) == everything
        assert places(scan("--whole-project")[1]) == everything
        assert places(scan("--whole-project", "..")[1]) == everything

    def test_tests_are_not_reported_unless_asked_for(self, tree, scan):
        put(tree / "AppTests" / "UploaderTests.swift", BAD)
        _, report = scan()
        assert places(report) == [("App/Uploader.swift", LINE)]
        assert report["summary"]["heldBack"] == {"in tests": 1}
        assert len(scan("--include-tests")[1]["findings"]) == 2

    def test_paths_are_relative_to_the_repository(self, tree, scan, monkeypatch):
        monkeypatch.chdir(tree / "App")
        assert places(scan(".")[1]) == [("App/Uploader.swift", LINE)]

    def test_a_single_file(self, scan):
        assert places(scan("App/Uploader.swift")[1]) == [("App/Uploader.swift", LINE)]


class TestSuppression:
    def suppress(self, tree, comment: str) -> None:
        put(
            tree / "App" / "Uploader.swift",
            BAD.replace("        session.", f"        // {comment}\n        session."),
        )

    def test_it_is_counted_not_reported(self, tree, scan):
        self.suppress(tree, f"backhaul:disable:next {RULE} the server is a toy")
        code, report = scan()
        assert code == 0
        assert report["summary"]["heldBack"] == {"suppressed by comments": 1}
        assert report["notifications"] == []

    def test_what_suppresses_nothing_is_named(self, tree, scan):
        self.suppress(tree, f"backhaul:disable:previous {RULE}")
        code, report = scan()
        assert code == 1
        [notification] = report["notifications"]
        assert notification["kind"] == "unused-suppression"
        assert notification["path"] == "App/Uploader.swift"

    def test_in_a_file_without_findings(self, tree, scan):
        put(tree / "App" / "Other.swift", "// backhaul:disable all\nlet a = 1\n")
        [notification] = scan()[1]["notifications"]
        assert notification["message"] == "Line 1: `all` is not a rule: name the rules, one by one."

    def test_in_utf16(self, tree, scan):
        text = BAD.replace("resume()", f"resume() // backhaul:disable:this {RULE}")
        (tree / "App" / "Uploader.swift").write_bytes(text.encode("utf-16"))
        assert scan()[1]["summary"]["heldBack"] == {"suppressed by comments": 1}


class TestBaseline:
    def test_from_today_on(self, scan, run):
        code, _, err = run("scan", "--select", RULE, "--write-baseline", "known.json")
        assert code == 0
        assert one_line(err) == "backhaul: wrote 1 finding to known.json"
        code, report = scan("--baseline", "known.json")
        assert code == 0
        assert report["summary"]["heldBack"] == {"in the baseline": 1}

    def test_it_survives_edits_elsewhere(self, tree, scan):
        scan("--write-baseline", "known.json")
        text = BAD.replace("    func", "    // moved down\n\n    func").replace(
            "        session.", "\t\tsession. "
        )
        put(tree / "App" / "Uploader.swift", text)
        assert scan("--baseline", "known.json")[0] == 0

    def test_new_findings_are_reported(self, tree, scan):
        scan("--write-baseline", "known.json")
        put(
            tree / "App" / "Uploader.swift",
            BAD.replace("resume()\n", "resume()\n" * 2 + BAD.splitlines()[6] + "\n"),
        )
        code, report = scan("--baseline", "known.json")
        assert code == 1 and len(report["findings"]) == 1

    def test_entries_that_match_nothing_are_named(self, tree, scan):
        scan("--write-baseline", "known.json")
        put(tree / "App" / "Uploader.swift", GOOD)
        [notification] = scan("--baseline", "known.json")[1]["notifications"]
        assert notification["kind"] == "stale-baseline"

    def test_it_cannot_be_written(self, run):
        code, out, err = run("scan", "--write-baseline", "no/such/file")
        assert (code, out) == (2, "")
        assert one_line(err) == "backhaul: error: --write-baseline no/such/file: No such file or directory"


class TestPages:
    def test_version(self, run):
        code, out, _ = run("--version")
        assert code == 0
        first, *grammars = out.splitlines()
        assert first == f"backhaul {backhaul.__version__}"
        assert {line.split()[0] for line in grammars} == {"tree-sitter-swift", "tree-sitter-objc"}

    def test_rules(self, run):
        code, out, _ = run("rules")
        assert code == 0
        assert f"\n  {RULE} " in out
        assert "\nbackground-session\n  " in f"\n{out}"

    def test_explain(self, run):
        code, out, _ = run("explain", RULE)
        assert code == 0
        assert out.startswith("# Upload from `Data` on a background session\n")
        assert "## How to fix it" in out

    def test_explain_on_a_terminal(self, run, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[1m" in run("explain", RULE)[1]

    def test_the_users_own_rules(self, tree, run):
        page = run("explain", RULE)[1].replace(RULE, "own-rule")
        put(tree / "backhaul.toml", 'rules = ["own"]')
        put(tree / "own" / "house" / "own-rule.md", page)
        assert "house\n  own-rule " in run("rules")[1]
        assert run("explain", "own-rule")[0] == 0
        assert "error[own-rule]" in run("scan", "--select", "house")[1]

    def test_a_hostile_page_is_shown_visibly(self, tree, run):
        page = run("explain", RULE)[1].replace(RULE, "own-rule").replace("## Why", "\x1b[2J\n\n## Why")
        put(tree / "backhaul.toml", 'rules = ["own"]')
        put(tree / "own" / "house" / "own-rule.md", page)
        assert "\x1b" not in run("explain", "own-rule")[1]

    def test_show(self, run):
        code, out, _ = run("show", "App/Uploader.swift")
        assert code == 0
        assert "Uploader" in out and "uploadTask" in out

    @pytest.mark.parametrize("command", ["", "scan", "rules", "explain", "init", "show", "completions"])
    def test_help(self, run, command):
        code, out, _ = run(*command.split(), "--help")
        assert code == 0 and out.startswith("usage: backhaul")


def start(*argv: str, **options) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ANALYZER)}
    command = [sys.executable, "-m", "backhaul", *argv]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


class TestProcess:
    def test_as_a_module(self):
        with start("scan") as process:
            out, err = process.communicate()
        assert process.returncode == 1
        assert out.startswith(b"error[") and err == b""

    def test_a_closed_pipe_is_no_error(self, tree):
        for number in range(300):
            put(tree / "App" / f"U{number}.swift", BAD)
        with start("scan", "--format", "json") as process:
            assert process.stdout is not None and process.stderr is not None
            process.stdout.read(10)
            process.stdout.close()
            assert process.stderr.read().count(b"\n") <= 1
        assert process.returncode == 1

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_full_disk_is_one_line(self):
        command = [sys.executable, "-m", "backhaul", "scan"]
        environment = {**os.environ, "PYTHONPATH": str(ANALYZER)}
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 2
        assert done.stderr == b"backhaul: error: No space left on device\n"

    def test_interrupt(self, tmp_path):
        fifo = tmp_path / "config.toml"
        os.mkfifo(fifo)
        with start("scan", "--config", str(fifo)) as process:
            time.sleep(0.05)
            writer = os.open(fifo, os.O_WRONLY)  # returns when the other side has opened it: it waits to read
            process.send_signal(signal.SIGINT)
            _, err = process.communicate()
            os.close(writer)
        assert process.returncode == 130
        assert err == b"backhaul: error: interrupted\n"

    def test_output_in_a_poor_encoding(self, tree):
        put(tree / "App" / "Uploader.swift", BAD.replace("Uploader", "Übertragung"))
        environment = {**os.environ, "PYTHONPATH": str(ANALYZER), "PYTHONIOENCODING": "ascii"}
        command = [sys.executable, "-m", "backhaul", "scan"]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == 1
        assert rb"\xdcbertragung" in done.stdout
