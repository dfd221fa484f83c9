"""The page: what is on it, and that nothing on it comes from the tree as anything but text."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from backhaul.findings.finding import Finding, Step
from backhaul.reporters import reporter
from backhaul.reporters.listing import Listings, common_indent
from backhaul.reporters.rule_prose import Prose
from backhaul.reporters.source_links import links_to
from backhaul.reporters.version_control import Checkout
from backhaul.scan import PartialFile
from backhaul.sources.notification import Notification
from backhaul.sources.text import SourceText
from backhaul.sources.walking import Skipped
from small_report import make_card

RULE = "background-upload-from-data"
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>`{{7*7}}\u2028\u202e"


def page_of(contents) -> str:
    stream = io.StringIO()
    reporter("html").write(contents, stream)
    return stream.getvalue()


class Elements(HTMLParser):
    """Every element of a page with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_a_finding_with_its_trail_across_files(example):
    page = page_of(example)
    text = Elements(page).text
    assert "1 finding · Backhaul" in text
    assert "Upload task made from in-memory data on session, a background session." in text
    steps = re.findall(r'<p class="does"><span class="text">(.*?)</span>', page)
    assert steps == ["Configuration made background here.", "<code>uploadTask</code> called here."]
    marks = [re.sub("<.*?>", "", mark) for mark in re.findall(r"<mark>(.*?)</mark>", page)]
    assert marks == ["background", "uploadTask"]
    assert "Because a <em>system process</em> reads the body." in page


def test_the_policy_allows_the_two_inline_texts_by_their_hashes(example):
    page = page_of(example)
    elements = Elements(page)
    [policy] = [
        m["content"] for m in elements.named("meta") if m.get("http-equiv") == "Content-Security-Policy"
    ]
    for tag in ("script", "style"):
        [text] = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_nothing_is_fetched_and_no_attribute_runs(example):
    for tag, attributes in Elements(page_of(example)).found:
        assert "src" not in attributes
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "link" or (attributes["href"] or "").startswith("data:image/svg+xml,")


def test_what_the_tree_brings_along_is_text(make, tmp_path):
    path = f"a/{HOSTILE}.swift".replace("/s", "s")
    text = f"upload({HOSTILE})\n</code></pre></script><script>alert(2)</script>\n"
    found = Finding(
        RULE,
        path,
        0,
        6,
        "error",
        "high",
        symbol=HOSTILE,
        arguments={"subject": HOSTILE},
        trail=(Step(path, 0, 6, HOSTILE),),
    )
    card = make_card(tmp_path, title=HOSTILE)
    contents = make(
        {path: text}, [found], cards=(card,),
        notifications=[Notification("too-large", "warning", HOSTILE, path)],
        partial=[PartialFile(path, 9, 1, 2, 3, 4)],
        skipped=[Skipped(path, "vendored")],
        held_back={HOSTILE: 2},
    )  # fmt: skip
    page = page_of(contents)
    elements = Elements(page)
    assert len(elements.named("script")) == 1
    assert elements.named("img") == []
    assert "49" not in re.sub(
        r"sha256-[^']*'|<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL
    )
    assert "\u202e" not in page
    assert "\u2028" not in page
    assert "<U+202E>" in elements.text


def test_a_name_that_is_not_utf_8(make):
    path = "caf\udce9.swift"
    page = page_of(make({}, [Finding(RULE, path, 0, 6, "error", "high")]))
    page.encode()
    assert "caf&lt;0xE9&gt;.swift" in page


def test_no_findings(make):
    page = page_of(make({"a.swift": ""}, []))
    assert "No findings <span>in 1 source file, checked against 1 rule</span>" in page
    assert 'class="map"' not in page


def test_silence_is_not_taken_for_health(make):
    assert "Nothing was scanned" in page_of(make({}, [], files_seen=0, files_relevant=0, files_analysed=0))
    failed = page_of(make({}, [], files_seen=9, files_relevant=8, files_analysed=1))
    assert "7 of 8 relevant files could not be parsed" in failed
    assert 'class="clean"' not in failed


def test_what_was_not_analysed_is_said(make):
    contents = make(
        {"a.swift": ""},
        [],
        partial=[PartialFile("a.swift", 9, 1, 0, 0, 0)],
        notifications=[Notification("too-large", "warning", "larger than 8 MB", "b.m")],
        skipped=[Skipped("Pods", "vendored")],
        held_back={"in tests": 2},
    )
    text = " ".join(Elements(page_of(contents)).text.split())
    assert "1 only in part. What was not analysed" in text
    assert "a.swift 1 of 9 functions not analysed" in text
    assert "b.m Larger than 8 MB." in text
    assert "1 folder or file not looked at (vendored) Pods" in text
    assert "Found and not shown: 2 in tests." in text


def test_a_finding_keeps_its_address(example):
    [details] = [d for d in Elements(page_of(example)).named("details") if d.get("class") == "finding"]
    assert details["id"] == f"finding-{example.fingerprints[0]}"


def test_steps_close_together_share_a_listing(make):
    text = "".join(f"line {number}\n" for number in range(1, 30))

    def at(number: int) -> tuple[int, int]:
        start = text.index(f"line {number}\n")
        return start, start + 4

    trail = tuple(Step("a.swift", *at(number), "here") for number in (5, 7, 20))
    page = page_of(make({"a.swift": text}, [Finding(RULE, "a.swift", *at(20), "error", "high", trail=trail)]))
    listed = [re.findall(r'data-line="(\d+)"', part) for part in page.split('class="step')[1:]]
    assert [[int(number) for number in numbers] for numbers in listed] == [
        [3, 4, 5, 6],
        [7, 8, 9],
        [17, 18, 19, 20, 21, 22, 23],
    ]
    assert page.count('class="step continues"') == 1


def test_many_findings_show_less_around_each(make):
    text = "a\n" * 400
    found = [Finding(RULE, "a.swift", 2 * number, 2 * number + 1, "note", "high") for number in range(350)]
    page = page_of(make({"a.swift": text}, found))
    assert page.count('class="finding"') == 350
    assert page.count("data-line=") == 350 * 3 - 1
    assert len(page) < 350 * 2500 + 60_000


def lines_of(text: str, mark: tuple[int, int], indent: int = 0) -> list[str]:
    source = SourceText("a.m", text.encode())
    return [str(line.code) for line in Listings().lines(source, 1, source.line_count, mark, indent)]


def test_a_mark_may_begin_inside_of_a_token():
    assert lines_of('@"abc" d', (3, 5)) == [
        '<i class="s">@&quot;a</i><mark><i class="s">bc</i></mark><i class="s">&quot;</i> d'
    ]


def test_a_mark_over_lines():
    assert lines_of("ab\ncd", (1, 4)) == ["a<mark>b</mark>", "<mark>c</mark>d"]


def test_a_mark_is_never_inside_of_a_character():
    assert lines_of("éa", (1, 2)) == ["<mark>é</mark>a"]


def test_a_long_line_is_cut_around_the_mark():
    [line] = lines_of("x" * 5000, (3000, 3004))
    assert line.startswith("…x")
    assert line.endswith("x…")
    assert len(line) < 450
    assert "<mark>xxxx</mark>" in line


@pytest.mark.parametrize(
    ("text", "indent"), [("  a\n    b\n\n  c", 2), ("\ta\n  b", 0), ("\n\n", 0), ("    a", 4)]
)
def test_common_indent(text, indent):
    source = SourceText("a.m", text.encode())
    assert common_indent(source, 1, source.line_count) == indent


def test_a_page_from_the_tree_brings_no_html_and_no_strange_links(tmp_path):
    card = make_card(tmp_path)
    prose = Prose(["known"])
    page = (
        '<script>alert(1)</script> <b onclick="x">b</b> ![i](https://e.com/i.png) [j](javascript:alert(1))'
        " [d](data:text/html,x) [w](https://e.com) [k](../f/known.md) [u](unknown.md)\n\n"
        '```swift" onload="x\n<b>\n```\n'
    )
    (tmp_path / "rules" / "background-session" / f"{card.id}.md").write_text(
        f"# T\n\n```toml\n```\n\n{page}\n\n## Why\n\nwhy\n", encoding="utf-8"
    )
    html = str(prose.of(card).summary)
    elements = Elements(html)
    assert {tag for tag, _ in elements.found} <= {"p", "h4", "a", "span", "pre", "code", "i"}
    assert [link["href"] for link in elements.named("a")] == [
        "https://e.com/i.png",
        "https://e.com",
        "#rule-known",
    ]
    assert "<script>alert(1)</script>" in elements.text


def test_a_rule_whose_page_is_gone(example):
    for card in example.cards:
        Path(card.path).unlink()
    assert "Upload task made" in page_of(example)


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/o/r", "https://github.com/o/r/blob/abc/a%20b/%E9.m#L3-L4"),
        ("https://gitlab.com/o/r", "https://gitlab.com/o/r/-/blob/abc/a%20b/%E9.m#L3-L4"),
        ("https://example.com/o/r", ""),
    ],
)
def test_links_to_lines(repository, address):
    assert links_to(Checkout(repository, "abc", "main")).line("a b/\udce9.m", 3, 4) == address
    assert links_to(None).line("a.m", 1) == ""
