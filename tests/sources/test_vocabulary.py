import re

import pytest
from backhaul.model.languages import BY_NAME
from backhaul.sources.vocabulary import as_words, only_nested, packed, unpacked, words_in
from hypothesis import given
from hypothesis import strategies as st


def test_only_whole_words_count():
    words = words_in(b"let session: URLSession = makeURLSession(URLSession_2)")
    assert b"URLSession" in words
    assert words == {b"let", b"session", b"URLSession", b"makeURLSession", b"URLSession_2"}


def test_words_in_comments_and_strings_count_too():
    assert {b"uploadTask", b"dataTask"} <= words_in(b'// uploadTask\nlet s = "dataTask"')


def test_a_name_of_several_words_is_wanted_by_its_first():
    assert as_words(["upload:to:", "Type.member", "plain", ":", ""]) == {b"upload", b"Type", b"plain"}


def test_names_beyond_ascii():
    assert as_words(["größe"]) <= words_in("let größe = 1".encode())
    assert as_words(["gr"]).isdisjoint(words_in("let größe = 1".encode()))


def test_a_selector_written_as_one_word_is_found_by_its_first_part_too():
    text = b"x._uploadTask_fromFile_(a); snake_case(b); __init__(c); d_()"
    assert words_in(text, joined=True) - words_in(text) == {b"uploadTask", b"d", b"init"}


@given(st.text())
def test_words_are_those_of_a_regular_expression(text: str):
    data = text.encode("utf-8", "replace")
    assert words_in(data) == set(re.findall(rb"[A-Za-z0-9_\x80-\xff]+", data))


@given(st.binary())
def test_packing_loses_nothing(data: bytes):
    words = words_in(data)
    assert set(unpacked(packed(words))) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"enum Strings {\n  public enum Updater {\n    static let UpdaterTitle = 1\n  }\n}", True),
        (b"enum Strings {\n  enum Updater {}\n}\nlet title = Strings.Updater.title", False),
        (b"class Updater {}", False),
        (b"enum Strings {\n  enum Other {}\n}\nextension Updater {}", False),
        (b"enum Strings {\n  case enum Updater\n}", False),
    ],
)
def test_a_type_nested_in_another_is_no_use_of_its_name(text: bytes, expected: bool):
    nested_type = BY_NAME["swift"].nested_type
    assert nested_type is not None
    assert only_nested([b"Updater"], text, nested_type) is expected
