"""The comment for a pull request: what it says, that it fits, and that no name in a tree can inject."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from backhaul.findings.finding import Finding, Step
from backhaul.reporters import reporter
from backhaul.reporters.markdown_text import code, prose
from backhaul.scan import PartialFile
from backhaul.sources.notification import Notification
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from small_report import make_card

RULE = "background-upload-from-data"
MOST = 65_536  # characters of a comment on GitHub
HOSTILE = (
    "a`b``c @octocat #1 <img src=x> [x](javascript:1) ![i](https://e.com/i.png) **b** | www.e.com\n# h\u202e"
)


def written(contents) -> str:
    stream = io.StringIO()
    reporter("markdown").write(contents, stream)
    return stream.getvalue()


def tokens_of(markdown: str) -> list[Token]:
    """All tokens, inline ones among them, as a host that lets HTML pass reads the text."""
    found = []
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown):
        found += [token, *(token.children or [])]
    return found


def texts(markdown: str, kind: str) -> list[str]:
    return [token.content for token in tokens_of(markdown) if token.type == kind]


def test_a_finding_with_its_trail(example):
    report = written(example)
    assert report.startswith("## Backhaul: 1 error\n\n1 finding in 1 of 2 source files.\n")
    assert "| Crashes | 1 |" in report
    assert "### `App/Uploader.swift`" in report
    assert "- **error** `Uploader.swift:5` Upload task made from in-memory data on `session`, a " in report
    assert "1. `Sessions.swift:3` Configuration made background here." in report
    assert "`session.uploadTask(with: request, from: data).resume()`" in report
    assert "*Fix:* Write the body to a file first, and upload that." in report


def test_lines_link_to_the_commit(example):
    git = Path(example.root) / ".git"
    git.mkdir()
    (git / "HEAD").write_text("a" * 40)
    (git / "config").write_text('[remote "origin"]\n\turl = git@github.com:o/r.git\n')
    address = f"https://github.com/o/r/blob/{'a' * 40}/App/Uploader.swift#L5"
    assert f"[`Uploader.swift:5`]({address})" in written(example)


def test_no_findings(make):
    assert written(make({"a.swift": ""}, [])) == (
        "## Backhaul: no findings\n\n1 source file, checked against 1 rule.\n"
    )


def test_silence_is_not_taken_for_health(make):
    nothing = written(make({}, [], files_seen=0, files_relevant=0, files_analysed=0))
    assert nothing.startswith("## Backhaul: nothing was scanned\n")
    failed = written(make({}, [], files_seen=9, files_relevant=8, files_analysed=1))
    assert failed.startswith(
        "## Backhaul: no findings, but little was analysed\n\n1 of 8 relevant files could"
    )


def test_what_was_not_analysed_is_said(make):
    report = written(
        make(
            {"a.swift": ""},
            [],
            partial=[PartialFile(f"{n}.swift", 9, 1, 0, 0, 0) for n in range(12)],
            notifications=[Notification("too-large", "warning", "larger than 8 MB", "b.m")],
            held_back={"in tests": 2},
        )
    )
    assert "**12 files could be parsed only in part.**" in report
    assert "- `0.swift`: 1 of 9 functions not analysed" in report
    assert "- and 2 more files parsed in part" in report
    assert "- `b.m`: Larger than 8 MB." in report
    assert "- Found and not shown: 2 in tests" in report


@pytest.mark.parametrize("count", [150, 5000])
def test_it_fits_into_a_comment_and_keeps_the_worst(make, count):
    text = "call()\n" * count
    found = [
        Finding(RULE, f"{number % 97}/a.swift", 7 * number, 7 * number + 4, "note", "high", trail=(
            Step("0/a.swift", 0, 4, "made here"), Step("1/a.swift", 7, 9, "used here")))
        for number in range(count)
    ]  # fmt: skip
    found.append(Finding(RULE, "99/worst.swift", 0, 4, "error", "high"))
    found.sort(key=lambda finding: finding.sort_key)
    report = written(make({f"{number}/a.swift": text for number in range(97)}, found))
    assert len(report.encode()) < MOST
    assert "worst.swift" in report
    left_out = int(match[1]) if (match := re.search(r"\*\*(\d+) more findings? would not fit", report)) else 0
    assert report.count("\n- **note**") + report.count("\n- **error**") + left_out == count + 1
    assert (left_out > 0) == (count == 5000)
    assert "The trails of " in report


def test_names_of_any_length_fit(make):
    path = "/".join(["ä" * 120] * 30) + ".swift"
    found = [Finding(RULE, path, 0, 1, "error", "high", symbol=path, arguments={"subject": f"`{path}`"})]
    partial = [PartialFile(path, 9, 1, 0, 0, 0)] * 20
    notes = [Notification("too-large", "warning", path, path)] * 20
    assert len(written(make({}, found, partial=partial, notifications=notes)).encode()) < MOST


def test_what_the_tree_brings_along_is_text(make, tmp_path):
    path = f"{HOSTILE}.swift".replace("/", "∕").replace("\n", "")
    found = Finding(
        RULE, path, 0, 6, "error", "high", symbol=HOSTILE, arguments={"subject": HOSTILE},
        trail=(Step(path, 7, 9, HOSTILE), Step(path, 0, 6, "x")),
    )  # fmt: skip
    contents = make(
        {path: f"upload\n{HOSTILE}\n</details>\n"}, [found], cards=(make_card(tmp_path, title=HOSTILE),),
        partial=[PartialFile(path, 9, 1, 0, 0, 0)],
        notifications=[Notification("too-large", "warning", HOSTILE, path)],
        held_back={HOSTILE: 1},
    )  # fmt: skip
    report = written(contents)
    found_tokens = tokens_of(report)
    html = [t.content.strip() for t in found_tokens if t.type in ("html_inline", "html_block")]
    tags = {tag for part in html for tag in re.findall(r"</?\w+[^>]*>", part)}
    assert tags == {"<sub>", "</sub>", "<details>", "<summary>", "</summary>", "</details>"}
    assert [t for t in found_tokens if t.type in ("image", "link_open")] == []
    assert {t.tag for t in found_tokens if t.type == "heading_open"} == {"h2", "h3"}
    prose_text = "\n".join(texts(report, "text"))
    assert not re.search(r"[@#]\w|\w://|www\.", prose_text)
    assert "\u202e" not in report
    assert len(re.findall("</details>", "".join(html))) == len(re.findall("<details>", "".join(html)))


@given(st.text())
def test_code_is_one_piece_of_code(text):
    inline = [token for token in tokens_of(f"- {code(text)} end") if token.type in ("code_inline", "text")]
    assert [token.type for token in inline] == ["code_inline", "text"]
    assert inline[1].content == " end"


@given(st.text(alphabet="ab `*_[]()<>!|#@:/.~\\&1w-\n"))
def test_prose_is_nothing_but_text_and_code(text):
    allowed = {"inline", "paragraph_open", "paragraph_close", "text", "code_inline", "text_special"}
    found = tokens_of(f"x {prose(text)} x")
    assert {token.type for token in found} <= allowed
    assert not re.search(r"[@#]\w|\w://", "".join(t.content if t.type == "text" else "\0" for t in found))
