"""Highlighting: what is a comment, a string, a word of the language; and no text can make it slow."""

import pytest
from backhaul.reporters.highlight import Highlighted
from hypothesis import given
from hypothesis import strategies as st


def kinds(path: str, text: str) -> list[tuple[str, str]]:
    data = text.encode()
    return [
        (data[start:end].decode(), kind) for start, end, kind in Highlighted(path, data).between(0, len(data))
    ]


def test_swift():
    assert kinds("a.swift", '@MainActor final class A { let größe = "a \\(b["c"]) d" // e\n}') == [
        ("@MainActor", "directive"),
        ("final", "keyword"),
        ("class", "keyword"),
        ("A", "type"),
        ("let", "keyword"),
        ('"a \\(b["c"]) d"', "string"),
        ("// e", "comment"),
    ]


def test_python():
    text = '@objc.IBAction\ndef f_(self, a=\'b # c\'):\n    """d\n\'""" # e\n    return NSURL, rb\'x\', 1.5\n'
    assert kinds("a.py", text) == [
        ("@objc.IBAction", "directive"),
        ("def", "keyword"),
        ("self", "keyword"),
        ("'b # c'", "string"),
        ('"""d\n\'"""', "string"),
        ("# e", "comment"),
        ("return", "keyword"),
        ("NSURL", "type"),
        ("rb'x'", "string"),
        ("1.5", "number"),
    ]


def test_swift_comments_nest_and_strings_span_lines():
    text = '/* a /* b */ c */ #"raw " one"# """\nlet a = "b"\n""" 1_000.5 x1'
    assert kinds("a.swift", text) == [
        ("/* a /* b */ c */", "comment"),
        ('#"raw " one"#', "string"),
        ('"""\nlet a = "b"\n"""', "string"),
        ("1_000.5", "number"),
    ]


def test_a_member_named_like_a_keyword_is_none():
    assert kinds("a.swift", "session = .default") == []


def test_objective_c():
    text = '#import "A.h"\n@property BOOL a; /* b\n c */ @"d\\"e" 0xFFu'
    assert kinds("a.m", text) == [
        ("#import", "directive"),
        ('"A.h"', "string"),
        ("@property", "directive"),
        ("BOOL", "keyword"),
        ("/* b\n c */", "comment"),
        ('@"d\\"e"', "string"),
        ("0xFFu", "number"),
    ]


@pytest.mark.parametrize("path", ["a.swift", "a.m"])
@given(text=st.text(alphabet="ab\"'/*#\\(){}@.0\n é"))
def test_tokens_are_in_order_and_within_the_text(path, text):
    data = text.encode()
    tokens = list(Highlighted(path, data).between(0, len(data)))
    assert all(start < end for start, end, _ in tokens)
    edges = [edge for start, end, _ in tokens for edge in (start, end)]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(data))


def test_a_token_is_cut_to_the_part_that_is_asked_for():
    assert list(Highlighted("a.m", b"/* ab\ncd */ x").between(6, 9)) == [(6, 9, "comment")]
    assert list(Highlighted("a.m", b"/* ab\ncd */ x").between(11, 13)) == []


@pytest.mark.parametrize("path", ["a.swift", "a.m"])
@pytest.mark.parametrize(
    "piece", ["a ", '"\\', '"\\(', '"""', '#"', "#", "/*", "a(b(", "0x1e", "'\\", "@i ", '("', "é", "\\\n"]
)
def test_no_text_takes_more_than_one_pass(path, piece):
    """A pattern that goes back over what it has read would not end within the test's patience."""
    Highlighted(path, (piece * 60_000).encode())
