"""Findings in property lists: where they point, how they are suppressed, what every format says of them."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path

import pytest
from backhaul.cli import main

RULE = "ats-arbitrary-loads"
OPEN = {"NSAppTransportSecurity": {"NSAllowsArbitraryLoads": True}}
FORMATS = ["text", "sarif", "json", "xcode", "github", "gitlab", "junit", "checkstyle", "markdown", "html"]


def scanned(folder: Path, capsys: pytest.CaptureFixture[str], form: str, *more: str) -> tuple[int, str]:
    code = main(["scan", str(folder), "--no-cache", "--format", form, *more])
    return code, capsys.readouterr().out


def app(folder: Path, plist: bytes) -> Path:
    (folder / "App").mkdir(parents=True)
    (folder / "App" / "main.swift").write_text("print(1)\n")
    (folder / "App" / "Info.plist").write_bytes(plist)
    return folder


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_shows_them(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str):
    code, out = scanned(app(tmp_path, plistlib.dumps(OPEN)), capsys, form)
    assert code == 1
    assert "App/Info.plist" in out
    assert RULE in out


@pytest.mark.parametrize("form", FORMATS)
def test_a_binary_list_has_no_lines_and_is_reported_as_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
):
    code, out = scanned(app(tmp_path, plistlib.dumps(OPEN, fmt=plistlib.FMT_BINARY)), capsys, form)
    assert code == 1
    assert "App/Info.plist" in out


def test_they_point_at_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    text = plistlib.dumps(OPEN)
    _, out = scanned(app(tmp_path, b"\xef\xbb\xbf" + text), capsys, "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    line = text.decode().split("\n").index("\t\t<key>NSAllowsArbitraryLoads</key>") + 1
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (line, 8, 30)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"<!-- backhaul:disable:next {RULE} the user names the server -->\n", ""),
        ("", f" <!-- backhaul:disable:this {RULE} the user names the server -->"),
        (f"<!-- backhaul:disable:next {RULE} why -->\n\n<!-- another -->\n", ""),
    ],
)
def test_comments_keep_them_out(tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str):
    key = "<key>NSAllowsArbitraryLoads</key>"
    text = plistlib.dumps(OPEN).decode().replace(f"\t\t{key}\n", f"{before}\t\t{key}{after}\n")
    code, out = scanned(app(tmp_path, text.encode()), capsys, "json")
    assert code == 0, out
    assert json.loads(out)["notifications"] == []


def test_lists_of_tests_are_not_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = app(tmp_path, plistlib.dumps({}))
    (folder / "AppTests").mkdir()
    (folder / "AppTests" / "Info.plist").write_bytes(plistlib.dumps(OPEN))
    assert scanned(folder, capsys, "json")[0] == 0


DAMAGED = [
    b"<plist><dict><key>NSAppTransportSecurity</key>",
    b"bplist00NSAppTransportSecurity" + bytes(40),
    b"<plist version='1.0'><array><string>NSAppTransportSecurity</string></array></plist>",
    b'<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    b"<plist version='1.0'><dict><key>NSAppTransportSecurity</key><string>&b;</string></dict></plist>",
    b"<plist version='1.0'><dict><key>NSAppTransportSecurity</key>" + b"<array>" * 100_000,
]


@pytest.mark.parametrize("data", DAMAGED, ids=["cut", "binary", "array", "bomb", "deep"])
def test_damage_is_told_once_and_loses_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes
):
    folder = app(tmp_path, plistlib.dumps(OPEN))
    (folder / "App" / "Other-Info.plist").write_bytes(data)
    code, out = scanned(folder, capsys, "json")
    report = json.loads(out)
    assert code == 1
    assert [finding["path"] for finding in report["findings"]] == ["App/Info.plist"]
    assert [(n["kind"], n["path"]) for n in report["notifications"]] == [
        ("bad-property-list", "App/Other-Info.plist")
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"NSAppTransportSecurity": True},
        {"NSAppTransportSecurity": ["NSAllowsArbitraryLoads"]},
        {"NSAppTransportSecurity": {"NSAllowsArbitraryLoads": "YES"}},
        {"NSAppTransportSecurity": {"NSAllowsArbitraryLoads": {"a": True}}},
        {"NSAppTransportSecurity": {"NSAllowsArbitraryLoads": 1}},
    ],
)
def test_values_of_the_wrong_type_say_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], values: dict[str, object]
):
    code, out = scanned(app(tmp_path, plistlib.dumps(values)), capsys, "json")
    assert (code, json.loads(out)["notifications"]) == (0, [])


def test_a_list_alone_is_something_to_scan(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "Info.plist").write_bytes(plistlib.dumps(OPEN))
    code, out = scanned(tmp_path / "Info.plist", capsys, "sarif")
    assert code == 1
    assert json.loads(out)["runs"][0]["invocations"][0]["executionSuccessful"]
    (tmp_path / "Info.plist").write_bytes(plistlib.dumps({}))
    assert scanned(tmp_path / "Info.plist", capsys, "sarif")[0] == 3
