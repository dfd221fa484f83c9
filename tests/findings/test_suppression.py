"""Comments that keep findings out, and what is said about comments that do not."""

import pytest
from backhaul.findings.finding import Finding
from backhaul.findings.suppression import Suppressions
from backhaul.sources.text import SourceTexts

KNOWN = ("rule-a", "rule-b", "rule-c")


class Tree:
    """One file, ``a.swift``, with a finding of ``rule-a`` at each ``FOUND``."""

    def __init__(self, folder, text: str) -> None:
        (folder / "a.swift").write_text(text, encoding="utf-8", newline="")
        self.text = text.encode()
        texts = SourceTexts(lambda path: str(folder / path))
        self.suppressions = Suppressions(["a.swift"], texts, KNOWN)

    def reported(self, rule: str = "rule-a") -> list[int]:
        """The 1-based lines on which a finding is not covered."""
        lines, start = [], -1
        while (start := self.text.find(b"FOUND", start + 1)) >= 0:
            if not self.suppressions.cover(Finding(rule, "a.swift", start, start + 5, "error", "high")):
                lines.append(self.text.count(b"\n", 0, start) + 1)
        return lines

    def remarks(self, asked=KNOWN) -> list[str]:
        return [remark.text for remark in self.suppressions.remarks(asked)]


@pytest.fixture
def tree(tmp_path):
    return lambda text: Tree(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "// backhaul:disable:next rule-a it is a test server\nFOUND\nFOUND",
        "/* backhaul:disable:next rule-a */\nFOUND\nFOUND",
        "/// backhaul:disable:next rule-a: why\nFOUND\nFOUND",
        "//backhaul:disable:next rule-b, rule-a - why\nFOUND\nFOUND",
        "\n    //   backhaul:disable:this rule-a\nFOUND",
    ],
)
def test_the_next_line(tree, text):
    last = text.count("\n") + 1
    assert tree(text).reported() == [last]


def test_this_and_the_previous_line(tree):
    found = tree(
        "FOUND // backhaul:disable:this rule-a why\nFOUND\n// backhaul:disable:previous rule-a\nFOUND"
    )
    assert found.reported() == [4]
    assert found.remarks() == []


def test_comments_can_be_stacked(tree):
    found = tree(
        "// backhaul:disable:next rule-b one reason\n"
        "// backhaul:disable:next rule-a another,\n// told at length\n\nFOUND"
    )
    assert found.reported() == []
    assert found.reported("rule-b") == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ranges(tree, end):
    lines = [
        "FOUND",
        "// backhaul:disable rule-a old code",
        "FOUND",
        "FOUND",
        "// backhaul:enable rule-a",
        "FOUND",
    ]
    found = tree(end.join(lines))
    assert found.reported() == [1, 6]
    assert found.remarks() == []


def test_an_open_range_goes_to_the_end(tree):
    assert tree("FOUND\n// backhaul:disable rule-a\nFOUND\n\nFOUND").reported() == [1]


def test_other_rules_are_not_covered(tree):
    assert tree("// backhaul:disable rule-a\nFOUND").reported("rule-b") == [2]


@pytest.mark.parametrize("word", ["all", "*", ""])
def test_there_is_no_way_to_disable_all(tree, word):
    found = tree(f"// backhaul:disable {word}\nFOUND")
    assert found.reported() == [2]
    assert len(found.remarks()) == 1


@pytest.mark.parametrize(
    ("comment", "remark"),
    [
        ("disable:next rule-aa", "line 1: `rule-aa` is not a rule; did you mean `rule-a`?"),
        ("disable:next all", "line 1: `all` is not a rule: name the rules, one by one"),
        ("disable:next", "line 1: `backhaul:disable:next` names no rule"),
        ("disabled:next rule-a", "line 1: `backhaul:disabled:next` is none of: disable:next"),
        ("enable rule-a", "line 1: `rule-a` is enabled without having been disabled"),
        ("disable:next rule-a", "line 1: `rule-a` is disabled here, but reports nothing"),
    ],
)
def test_remarks(tree, comment, remark):
    [text] = tree(f"// backhaul:{comment}\nlet a = 1").remarks()
    assert text.startswith(remark)


def test_disabled_twice(tree):
    found = tree("// backhaul:disable rule-a\n// backhaul:disable rule-a\nFOUND")
    assert found.reported() == []
    assert found.remarks() == ["line 2: `rule-a` is already disabled since line 1"]


def test_a_rule_that_was_not_asked_is_not_called_unused(tree):
    assert tree("// backhaul:disable:next rule-a\nlet a = 1").remarks(asked=["rule-b"]) == []


def test_prose_about_the_tool_is_no_comment_for_it(tree):
    assert tree('let s = "backhaul:disable all"\n// see backhaul: the docs\nFOUND').remarks() == []


def test_a_finding_in_a_file_without_comments(tmp_path):
    suppressions = Suppressions([], SourceTexts(lambda path: str(tmp_path / path)), KNOWN)
    assert not suppressions.cover(Finding("rule-a", "b.swift", 0, 1, "error", "high"))


def test_in_python_a_comment_begins_with_a_hash(tmp_path):
    text = (
        "# backhaul:disable:next rule-a why\n\n# more\nf()\n"
        "f()  #: backhaul:disable:this rule-a\n// backhaul:disable:next rule-a\nf()\n"
    )
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    texts = SourceTexts(lambda path: str(tmp_path / path))
    suppressions = Suppressions(["a.py"], texts, KNOWN)
    starts = [number for number in range(len(text)) if text.startswith("f()", number)]
    found = [suppressions.cover(Finding("rule-a", "a.py", at, at + 1, "error", "high")) for at in starts]
    assert found == [True, True, False]
