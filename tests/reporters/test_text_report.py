"""The report for people, as it is printed."""

import io
import sys

import pytest
from backhaul.findings.finding import Finding
from backhaul.reporters import text
from backhaul.scan import PartialFile
from backhaul.sources.notification import Notification
from backhaul.sources.walking import Skipped
from small_report import make_card, spot


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)


def printed(contents) -> str:
    stream = io.StringIO()
    text.write(contents, stream)
    return stream.getvalue()


def finding_at(path: str, source: str, needle: str, **fields) -> Finding:
    start, end = spot(source, needle)
    given = {"severity": "error", "confidence": "high", "arguments": {"subject": "`session`"}, **fields}
    return Finding("background-upload-from-data", path, start, end, **given)


def test_a_finding_with_its_way(example):
    assert (
        printed(example)
        == """\
error[background-upload-from-data]: Upload task made from in-memory data on `session`, a background session.
 --> App/Uploader.swift:5:17  (in Uploader.send(_:))
   |
 5 |         session.uploadTask(with: request, from: data).resume()
   |                 ^^^^^^^^^^
   |
   = configuration made background here
 --> App/Sessions.swift:3:45
 3 | let configuration = URLSessionConfiguration.background(withIdentifier: "a")
   |                                             ----------
   |
   = crash: The app stops with an exception ("Uploads from data are not supported.").
   = fix: Write the body to a file first, and upload that.
   = more: backhaul explain background-upload-from-data

Found 1 error in 2 source files (1 of them relevant).
"""
    )


def test_advice_is_given_once_for_each_rule(make):
    source = "a.upload()\nb.upload()\n"
    first, second = spot(source, "a.upload"), spot(source, "b.upload")
    rule = "background-upload-from-data"
    found = [Finding(rule, "a.swift", *place, "error", "high") for place in (first, second)]
    assert printed(make({"a.swift": source}, found)).count("= fix:") == 1


def test_confidence_is_named_unless_it_is_high(make):
    contents = make({"a.swift": "upload"}, [finding_at("a.swift", "upload", "upload", confidence="low")])
    assert "a.swift:1:1  (low confidence)\n" in printed(contents)


def test_what_was_not_seen_is_named(make):
    contents = make(
        {"a.swift": "x"},
        [],
        partial=[PartialFile("a.swift", 9, 1, 2, 3, 0), PartialFile("b.m", 1, 0, 1, 0, 1)],
        notifications=[
            Notification("too-large", "warning", "larger than 8 MB, not read", "Big.swift"),
            Notification("cache-unwritable", "note", "the cache cannot be written"),
        ],
        skipped=[Skipped(f"Pods{n}", "vendored") for n in range(5)] + [Skipped(".build", "hidden")],
        held_back={"in tests": 2, "in the baseline": 1},
        files_relevant=4,
        files_analysed=3,
    )
    assert (
        printed(contents)
        == """\
2 files could be parsed only in part:
  a.swift: 1 of 9 functions not analysed, 2 functions analysed only in part
  b.m: 1 function analysed only in part, 1 type declaration not read

Also to know:
  Big.swift: larger than 8 MB, not read
  the cache cannot be written

Not looked at: Pods0, Pods1, Pods2 and 2 more (vendored); .build (hidden).
No findings in 1 source file (4 of them relevant, 1 could not be parsed).
Not reported: 2 in tests, 1 in the baseline.
"""
    )


def test_brief_reports_hold_only_findings(make):
    contents = make({"a.swift": "x"}, [], partial=[PartialFile("a.swift", 9, 1, 2, 3, 0)], is_brief=True)
    assert printed(contents) == ""


def test_long_lists_are_cut(make):
    partial = [PartialFile(f"f{n}.swift", 2, 1, 0, 0, 0) for n in range(14)]
    assert "  and 4 more (--format json names them all)\n" in printed(
        make({"a.swift": "x"}, [], partial=partial)
    )


@pytest.mark.parametrize(
    ("line", "shown", "mark"),
    [
        ("\t\tx.upload()", "        x.upload()", 10),
        ("\tab\tx.upload()", "    ab  x.upload()", 10),
        ('"日本" + x.upload()', '"日本" + x.upload()', 11),
        ('"e\u0301" + x.upload()', '"e\u0301" + x.upload()', 8),
        ('"😀" + x.upload()', '"😀" + x.upload()', 9),
    ],
)
def test_carets_stand_under_their_columns(make, line, shown, mark):
    report = printed(make({"a.swift": line}, [finding_at("a.swift", line, "upload")]))
    assert f" 1 | {shown}\n   | {' ' * mark}^^^^^^\n" in report


def test_long_lines_are_cut_around_the_mark(make):
    line = "let a = 1; " * 400 + "x.upload() " + "; let b = 2" * 400
    report = printed(make({"a.swift": line}, [finding_at("a.swift", line, "upload")]))
    source, marks = report.splitlines()[3:5]
    assert len(source) <= 160
    assert source.startswith(" 1 | …") and source.endswith("…")
    column = marks.index("^")
    assert source[column : column + len("upload")] == "upload"


def test_a_mark_longer_than_the_line_is_cut(make):
    line = "x" * 1000
    report = printed(make({"a.swift": line}, [finding_at("a.swift", line, line)]))
    assert max(map(len, report.splitlines())) <= 160


def test_a_range_over_lines_shows_the_first(make):
    source = "call(\n  a,\n  b)"
    report = printed(make({"a.swift": source}, [finding_at("a.swift", source, source)]))
    assert " 1 | call(\n   | ^^^^^\n" in report


def test_a_mark_at_the_end_of_a_line_is_still_visible(make):
    contents = make(
        {"a.swift": "ab"}, [Finding("background-upload-from-data", "a.swift", 2, 2, "note", "high")]
    )
    assert " 1 | ab\n   |   ^\n" in printed(contents)


HOSTILE = "\x1b[2J\x1b]8;;https://evil\x07\u202e\u200b\x9b\x08"


def test_terminal_escapes_are_shown_never_sent(make):
    source = f'let s = "{HOSTILE}"; upload()'
    name = "a\x1b[31m\nb\u202e.swift"
    found = finding_at(name, source, "upload", symbol=HOSTILE, arguments={"subject": HOSTILE})
    notifications = [Notification("not-text", "warning", HOSTILE, HOSTILE)]
    report = printed(make({name: source}, [found], notifications=notifications))
    assert not set(HOSTILE) & set(report) - set("[]2J8;https:/evil")
    assert all(line.isprintable() for line in report.splitlines())
    assert "--> a␛[31m␊b<U+202E>.swift:1:" in report
    assert 'let s = "␛[2J␛]8;;https://evil␇<U+202E><U+200B><U+009B>␈"; upload()' in report


def test_carets_stay_aligned_behind_hostile_characters(make):
    source = f'"{HOSTILE}"; upload()'
    lines = printed(make({"a.swift": source}, [finding_at("a.swift", source, "upload")])).splitlines()
    assert lines[4].index("^") == lines[3].index("upload()")


def test_a_name_that_is_not_utf8(make):
    path = "caf\udce9.swift"
    report = printed(make({path: "upload"}, [finding_at(path, "upload", "upload")]))
    assert "--> caf<0xE9>.swift:1:1" in report


def test_a_file_that_is_gone(make):
    report = printed(make({}, [Finding("background-upload-from-data", "gone.swift", 5, 9, "error", "high")]))
    assert "--> gone.swift\n" in report


def test_a_page_that_is_gone(make, tmp_path):
    card = make_card(tmp_path, path=str(tmp_path / "gone.md"))
    report = printed(make({"a.swift": "upload"}, [finding_at("a.swift", "upload", "upload")], cards=(card,)))
    assert "= more: backhaul explain" in report


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def painted(contents) -> str:
    stream = Terminal()
    text.write(contents, stream)
    return stream.getvalue()


def test_a_terminal_gets_colours_and_links(example, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    report = painted(example)
    assert "\x1b[1;31m" in report
    assert "\x1b]8;" in report and "background-upload-from-data.md" in report


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_terminals_that_want_no_colours(example, monkeypatch, name, value):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert "\x1b" not in painted(example)


def test_forced_colours_carry_no_links(example, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    report = printed(example)
    assert "\x1b[1;31m" in report
    assert "\x1b]8;" not in report


def test_no_colour_wins_over_forced_colour(example, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in printed(example)


def test_plain_text_needs_no_rich(example, monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert printed(example).startswith("error[")
