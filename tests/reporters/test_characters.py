"""Characters on a terminal: safe, and where they seem to be."""

from backhaul.reporters.characters import ShownLine, visible, width
from hypothesis import given
from hypothesis import strategies as st

LINES = st.text(
    alphabet=st.sampled_from("ab(). \té日😀\u0301\x1b\u202e") | st.characters(exclude_characters="\r\n"),
    max_size=80,
)


@given(LINES)
def test_visible_text_holds_nothing_that_a_terminal_obeys(line):
    shown = visible(line)
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u200b\ufeff" for c in shown)


@given(LINES)
def test_visible_text_stays_as_it_is(line):
    assert visible(visible(line)) == visible(line)


def test_widths():
    assert [width(text) for text in ("ab", "é", "日本", "e\u0301", "😀")] == [2, 1, 4, 1, 2]


@given(LINES, LINES, st.integers(0, 90), st.integers(20, 60))
def test_the_mark_is_under_what_it_marks(before, after, length, room):
    before, after = before.replace("▲", ""), after.replace("▲", "")
    start = len(before) + 1
    text, begin, stop = ShownLine(f"{before}▲{after}").cut(start, start + 1 + length, room)
    assert width(text) <= room
    assert width(text[: text.index("▲")]) == begin
    assert begin < stop <= room


@given(LINES)
def test_a_mark_behind_the_end_is_still_seen(line):
    text, begin, stop = ShownLine(line).cut(len(line) + 1, len(line) + 1, 40)
    assert (begin, stop) == (width(text), width(text) + 1)
