"""Lines that stayed, and lines that did not."""

from backhaul.findings.line_map import LineMap, likeness, lines_of
from backhaul.sources.text import SourceText
from hypothesis import given
from hypothesis import strategies as st

texts = st.lists(st.sampled_from(["", "a", "b", "}"]), max_size=12).map(
    lambda lines: "\n".join(lines).encode()
)


@given(texts, texts)
def test_what_is_mapped_is_equal_and_in_order(old, new):
    lines = LineMap(old, new)
    before, after = lines_of(old), lines_of(new)
    mapped = [lines.old_line(line) for line in range(1, len(after) + 1)]
    kept = [line for line in mapped if line is not None]
    assert kept == sorted(set(kept))
    assert all(after[i] == before[line - 1] for i, line in enumerate(mapped) if line is not None)


@given(texts)
def test_nothing_changed(text):
    lines = LineMap(text, text)
    assert [lines.old_line(line) for line in range(1, len(lines_of(text)) + 1)] == list(
        range(1, len(lines_of(text)) + 1)
    )


@given(texts, texts, texts)
def test_an_insertion_is_all_that_changed(head, inserted, tail):
    old, new = head + b"\n" + tail, head + b"\n" + inserted + b"\n" + tail
    lines = LineMap(old, new)
    changed = [line for line in range(1, len(lines_of(new)) + 1) if lines.old_line(line) is None]
    assert len(changed) == len(lines_of(inserted))


@given(st.binary(max_size=60))
def test_lines_are_those_of_source_texts(text):
    assert len(lines_of(text)) == SourceText("a.swift", text).line_count


def test_lines_outside():
    lines = LineMap(b"a\nb", b"a\nb")
    assert lines.old_line(0) is None
    assert lines.old_line(3) is None


def test_line_ends_make_no_difference():
    lines = LineMap(b"a\nb\nc", b"a\r\nB\r\nc")
    assert [lines.old_line(line) for line in (1, 2, 3)] == [1, None, 3]


def test_large_texts_are_compared_at_both_ends(monkeypatch):
    monkeypatch.setattr("backhaul.findings.line_map._MOST_WORK", 3)
    lines = LineMap(b"a\nb\nc\nd", b"a\nc\nb\nd")
    assert [lines.old_line(line) for line in (1, 2, 3, 4)] == [1, None, None, 4]


def test_likeness():
    assert likeness(b"a\nb\n", b"b\na\n\n\n") == 1
    assert likeness(b"a\nb\nc\nd", b"a\nx\nc\ny") == 0.5
    assert likeness(b"", b"") == 0
