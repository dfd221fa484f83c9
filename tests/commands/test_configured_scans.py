"""Scans with a ``backhaul.toml``: what it says is done."""

from __future__ import annotations

import json

import pytest
from small_app import BAD, LINE, RULE, one_line, places, put


def test_severities(tree, scan):
    put(tree / "backhaul.toml", f'[severity]\nbackground-session = "warning"\n{RULE} = "note"\n')
    code, report = scan()
    assert code == 0
    assert [finding["severity"] for finding in report["findings"]] == ["note"]
    put(tree / "backhaul.toml", '[severity]\nbackground-session = "warning"\n')
    assert [finding["severity"] for finding in scan()[1]["findings"]] == ["warning"]
    assert scan("--min-severity", "error")[1]["findings"] == []


def test_severities_in_sarif(tree, run):
    put(tree / "backhaul.toml", f'[severity]\n{RULE} = "note"\n')
    [sarif] = json.loads(run("scan", "--format", "sarif", "--select", RULE)[1])["runs"]
    assert [result["level"] for result in sarif["results"]] == ["note"]
    [rule] = sarif["tool"]["driver"]["rules"]
    assert rule["defaultConfiguration"]["level"] == "note"


@pytest.mark.parametrize(
    "said",
    [
        f'ignore = ["{RULE}"]',
        'ignore = ["background-session"]',
        f'severity = {{ {RULE} = "note" }}\nmin-severity = "warning"',
    ],
)
def test_per_path(tree, scan, said):
    put(tree / "Old" / "Old.swift", BAD)
    put(tree / "backhaul.toml", f'[[per-path]]\npaths = ["Old/"]\n{said}\n')
    assert places(scan()[1]) == [("App/Uploader.swift", LINE)]


def test_the_last_that_fits_counts(tree, scan):
    put(tree / "Old" / "Old.swift", BAD)
    put(
        tree / "backhaul.toml",
        '[severity]\ntransfer = "error"\n'
        f'[[per-path]]\npaths = ["Old/"]\nseverity = {{ {RULE} = "note" }}\n'
        f'[[per-path]]\npaths = ["*.swift"]\nseverity = {{ {RULE} = "warning" }}\n'
        f'[[per-path]]\npaths = ["Older/"]\nseverity = {{ {RULE} = "error" }}\n',
    )
    assert [finding["severity"] for finding in scan()[1]["findings"]] == ["warning", "warning"]


def test_patterns_are_relative_to_the_file(tree, scan):
    put(tree / "App" / "Old" / "Old.swift", BAD)
    put(tree / "Old" / "Old.swift", BAD)
    put(tree / "App" / "backhaul.toml", f'[[per-path]]\npaths = ["/Old"]\nignore = ["{RULE}"]\n')
    assert places(scan("App")[1]) == [("App/Uploader.swift", LINE)]
    put(tree / "App" / "backhaul.toml", 'exclude = ["/Old"]')
    assert places(scan("App")[1]) == [("App/Uploader.swift", LINE)]
    put(tree / "backhaul.toml", 'exclude = ["/Old"]')
    assert len(scan()[1]["findings"]) == 2


def test_targets(tree, scan):
    put(
        tree / "Package.swift",
        'let package = Package(name: "p", targets: [.target(name: "One"), .target(name: "Two")])\n',
    )
    put(tree / "Sources" / "One" / "One.swift", BAD)
    put(tree / "Sources" / "Two" / "Two.swift", BAD)
    put(tree / "backhaul.toml", 'targets = ["One"]')
    _, report = scan()
    assert places(report) == [("App/Uploader.swift", LINE), ("Sources/One/One.swift", LINE)]
    assert report["summary"]["heldBack"] == {"in other targets": 1}
    put(tree / "backhaul.toml", 'targets = ["One", "Tow"]')
    [notification] = scan()[1]["notifications"]
    assert notification["kind"] == "unknown-target"
    assert "did you mean `Two`?" in notification["message"]


def test_a_baseline(tree, scan):
    put(tree / "backhaul.toml", 'baseline = "known.json"')
    scan("--write-baseline", "known.json")
    code, report = scan()
    assert code == 0
    assert report["summary"]["heldBack"] == {"in the baseline": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('baseline = "known.json"', "`baseline` = known.json: No such file or directory"),
        ('baseline = "../known.json"', "`baseline` names `../known.json`, which is outside the file"),
    ],
)
def test_a_baseline_that_cannot_be_read(tree, run, text, problem):
    put(tree / "backhaul.toml", text)
    code, _, err = run("scan")
    assert code == 2
    assert problem in one_line(err)


def test_a_name_that_is_no_rule(tree, run):
    put(tree / "backhaul.toml", f'\nignore = ["{RULE[:-1]}"]')
    code, _, err = run("scan")
    assert code == 2
    assert one_line(err) == (
        f"backhaul: error: backhaul.toml:2: `{RULE[:-1]}` is neither a rule nor a family; "
        f"did you mean `{RULE}`?"
    )
