"""``--suppress``: a comment above every finding of a rule, or a word on why there is none."""

from __future__ import annotations

import json

import pytest
from backhaul import cli
from backhaul.frontends import takes_comment

RULE = "background-upload-from-data"
SWIFT = """\
import Foundation

final class Uploader {
    let session = URLSession(
        configuration: .background(withIdentifier: "a"), delegate: D(), delegateQueue: nil)

    func first(_ data: Data, _ request: URLRequest) {
\t    session.uploadTask(with: request, from: data).resume()
    }

    func second(_ data: Data, _ request: URLRequest) {
        let task = session
            // the new one
            .uploadTask(with: request,
                        from: data)
        task.resume(); session.uploadTask(with: request, from: data).resume()
    }
}
"""
OBJC = """\
#import <Foundation/Foundation.h>

@implementation Uploader
- (void)send:(NSData *)data request:(NSURLRequest *)request {
    NSURLSessionConfiguration *c =
        [NSURLSessionConfiguration backgroundSessionConfigurationWithIdentifier:@"a"];
    NSURLSession *session = [NSURLSession sessionWithConfiguration:c delegate:self delegateQueue:nil];
    [[session uploadTaskWithRequest:request
                           fromData:data] resume];
}
@end
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    folder = tmp_path / "tree"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys):
    def run_it(*argv: str) -> tuple[int, list[dict], list[str]]:
        """Exit code, findings, and the lines on standard error."""
        capsys.readouterr()
        code = cli.main(["scan", "--format", "json", "--quiet", *argv])
        captured = capsys.readouterr()
        findings = json.loads(captured.out)["findings"] if captured.out else []
        return code, findings, captured.err.splitlines()

    return run_it


def suppress(run, *argv: str) -> tuple[int, list[dict], list[str]]:
    return run("--suppress", RULE, "--reason", "the server is a toy", *argv)


UNFIT = "cannot stand in a comment: use words on one line"
COMMENT = f"// backhaul:disable:next {RULE} the server is a toy"


def test_every_finding_gets_one(tree, run):
    (tree / "A.swift").write_text(SWIFT)
    (tree / "B.m").write_text(OBJC)
    assert len(run("--select", RULE)[1]) == 4
    code, findings, errors = suppress(run)
    assert (code, findings) == (0, [])
    assert errors == ["backhaul: wrote 4 comments in 2 files"]
    lines = (tree / "A.swift").read_text().splitlines()
    assert [(n, line) for n, line in enumerate(lines, 1) if COMMENT in line] == [
        (8, f"\t    {COMMENT}"),
        (15, f"            {COMMENT}"),
        (18, f"        {COMMENT}"),
    ]
    assert [line for line in lines if COMMENT not in line] == SWIFT.splitlines()
    assert (tree / "B.m").read_text() == OBJC.replace("    [[session", f"    {COMMENT}\n    [[session")


def test_what_is_suppressed_is_not_suppressed_again(tree, run):
    (tree / "A.swift").write_text(SWIFT)
    suppress(run)
    before = (tree / "A.swift").read_bytes()
    assert suppress(run)[2] == ["backhaul: wrote 0 comments"]
    assert (tree / "A.swift").read_bytes() == before


@pytest.mark.parametrize(
    ("encoding", "end"),
    [("utf-8", "\r\n"), ("utf-8-sig", "\n"), ("utf-16", "\r\n"), ("latin-1", "\n")],
)
def test_line_ends_and_encodings_stay(tree, run, encoding, end):
    text = SWIFT.replace("// the new one", "// größer").replace("\n", end)
    (tree / "A.swift").write_bytes(text.encode(encoding))
    assert suppress(run)[:2] == (0, [])
    after = (tree / "A.swift").read_bytes().decode(encoding)
    assert after.count(COMMENT + end) == 3
    assert "".join(line for line in after.splitlines(True) if COMMENT not in line) == text


def test_permissions_stay(tree, run):
    (tree / "A.swift").write_text(SWIFT)
    (tree / "A.swift").chmod(0o640)
    suppress(run)
    assert (tree / "A.swift").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tree.iterdir()) == [".git", "A.swift"]


def test_only_what_is_reported(tree, run):
    (tree / "A.swift").write_text(SWIFT)
    (tree / "B.m").write_text(OBJC)
    suppress(run, "--only", "B.m")
    assert (tree / "A.swift").read_text() == SWIFT
    assert COMMENT in (tree / "B.m").read_text()


def test_what_is_about_the_next_line_stays_there(tree, run):
    above = "    // swiftlint:disable:next force_cast\n    /// A call.\n"
    (tree / "B.m").write_text(OBJC.replace("    [[session", f"{above}    [[session"))
    suppress(run)
    assert f"    {COMMENT}\n{above}    [[session" in (tree / "B.m").read_text()


def test_in_a_macro_there_is_no_room(tree, run):
    macro = "#define SEND(s) \\\n  [[s uploadTaskWithRequest:request fromData:data] resume]\n"
    assert not takes_comment("B.m", macro.encode(), macro.index("  [["))
    (tree / "B.m").write_text(OBJC.replace("    [[session", "    x = 1; \\\n    [[session"))
    code, findings, errors = suppress(run)
    assert code == 1 and len(findings) == 1
    assert errors == [
        "backhaul: B.m:9: not suppressed: inside a macro or a literal, where no comment can stand",
        "backhaul: wrote 0 comments",
    ]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.swift", 'let a = """\n|b\n"""\n', False),
        ("a.swift", 'let a = """\nb\n|""" + c()\n', False),
        ("a.swift", 'let a = "b"\n|c()\n', True),
        ("a.swift", "/* a\n|b */\n", False),
        ("a.m", '@"a\\\n|b"', False),
        ("a.m", "#define A \\\r\n|b", False),
        ("a.m", "// a\n|b();", True),
        ("a.mm", 'R"(a\n|b)"', False),
        ("A.M", "|a();", True),
        ("a.py", 'a = """\n|b\n"""\n', False),
        ("a.py", "a = '# b'\n|c(\n", True),
        ("a.py", "a(\n|b)", True),
        ("a.py", "a = 1 + \\\n|b", False),
    ],
)
def test_where_comments_can_stand(path, text, expected):
    assert takes_comment(path, text.replace("|", "").encode(), text.index("|")) is expected


def test_a_reason_that_the_encoding_does_not_have(tree, run):
    data = SWIFT.replace("// the new one", "// größer").encode("latin-1")
    (tree / "A.swift").write_bytes(data)
    code, findings, errors = run("--suppress", RULE, "--reason", "おもちゃ")
    assert code == 1 and len(findings) == 3
    assert errors[0] == "backhaul: A.swift:8: not suppressed: the file's encoding has no room for the reason"
    assert (tree / "A.swift").read_bytes() == data


def test_a_file_that_cannot_be_written(tree, run, monkeypatch):
    (tree / "A.swift").write_text(SWIFT)
    (tree / "B.m").write_text(OBJC)
    monkeypatch.setattr("os.access", lambda path, _: not str(path).endswith("A.swift"))
    code, findings, errors = suppress(run)
    assert code == 1 and {finding["path"] for finding in findings} == {"A.swift"}
    assert errors[0] == "backhaul: A.swift:8: not suppressed: cannot be written: Permission denied"
    assert errors[-1] == "backhaul: wrote 1 comment in 1 file"
    assert (tree / "A.swift").read_text() == SWIFT


def test_a_comment_that_would_not_work_is_not_written(tree, run, monkeypatch):
    (tree / "A.swift").write_text(SWIFT)
    monkeypatch.setattr("backhaul.suppressing._comment", lambda *_: "// backhaul:disable:previous x")
    monkeypatch.setattr("backhaul.suppressing.check_request", lambda _, reason, __: reason)
    code, findings, errors = suppress(run)
    assert code == 1 and len(findings) == 3
    assert errors[0] == "backhaul: A.swift:8: not suppressed: a comment there would not be understood"
    assert (tree / "A.swift").read_text() == SWIFT


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["--suppress", RULE], "--suppress needs a --reason: it stands in the comment"),
        (["--suppress", RULE, "--reason", "  "], "--suppress needs a --reason: it stands in the comment"),
        (["--reason", "why"], "--reason says why a rule is suppressed: name it with --suppress RULE"),
        (["--suppress", "all", "--reason", "why"], "--suppress all: name the rules, one by one"),
        (["--suppress", "transfer", "--reason", "why"], "--suppress transfer: name the rules, one by one"),
        (
            ["--suppress", RULE[:-1], "--reason", "x"],
            f"there is no rule `{RULE[:-1]}`; did you mean `{RULE}`?",
        ),
        (
            ["--suppress", RULE, "--reason", "a\nb"],
            f"--reason `a␊b` {UNFIT}",
        ),
        (
            ["--suppress", RULE, "--reason", "ends \\"],
            f"--reason `ends \\` {UNFIT}",
        ),
        (
            ["--suppress", RULE, "--reason", ", other"],
            f"--reason `, other` {UNFIT}",
        ),
    ],
)
def test_wrong_use(tree, run, argv, problem):
    (tree / "A.swift").write_text(SWIFT)
    assert run(*argv) == (2, [], [f"backhaul: error: {problem}"])
    assert (tree / "A.swift").read_text() == SWIFT


class TestStaleBaselines:
    def test_what_was_not_scanned_is_not_called_stale(self, tree, run, capsys):
        for name in ("One", "Two", "Three"):
            (tree / name).mkdir()
            (tree / name / "A.swift").write_text(SWIFT)
        run("--select", RULE, "--write-baseline", "known.json")
        (tree / "Three" / "A.swift").unlink()
        (tree / "One" / "A.swift").write_text("let a = 1\n")
        cli.main(["scan", "--format", "json", "--select", RULE, "--baseline", "known.json", "One"])
        remarks = json.loads(capsys.readouterr().out)["notifications"]
        assert {remark["path"] for remark in remarks} == {"One/A.swift", "Three/A.swift"}


PLIST = """\
<plist version="1.0">
<dict>
\t<key>NSAppTransportSecurity</key>
\t<dict>
\t\t<key>NSAllowsArbitraryLoads</key>
\t\t<true/>
\t</dict>
</dict>
</plist>
"""
OF_LISTS = ("--suppress", "ats-arbitrary-loads", "--reason")


def test_property_lists_have_comments_of_their_own(tree, run):
    (tree / "A.swift").write_text("let a = 1\n")
    (tree / "Info.plist").write_text(PLIST)
    code, findings, errors = run(*OF_LISTS, "the user names the server")
    assert (code, findings, errors) == (0, [], ["backhaul: wrote 1 comment in 1 file"])
    comment = "<!-- backhaul:disable:next ats-arbitrary-loads the user names the server -->"
    key = "\t\t<key>NSAllows"
    assert (tree / "Info.plist").read_text() == PLIST.replace(key, f"\t\t{comment}\n{key}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PLIST, "two -- hyphens"),
        (PLIST.replace("<key>NSAllows", "<key\n>NSAllows"), "fits"),
        ("{ NSAppTransportSecurity = { NSAllowsArbitraryLoads = 1; }; }", "fits"),
    ],
)
def test_where_a_property_list_takes_none_it_stays(tree, run, text, reason):
    (tree / "A.swift").write_text("let a = 1\n")
    (tree / "Info.plist").write_text(text)
    errors = run(*OF_LISTS, reason)[2]
    assert (tree / "Info.plist").read_text() == text
    assert errors[-1] == "backhaul: wrote 0 comments"
