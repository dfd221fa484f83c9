"""The grammar of spellings."""

from __future__ import annotations

import pytest
from backhaul.rules.spelling import ANY_TYPE, REST, Signature, parse_objc, parse_swift
from hypothesis import given
from hypothesis import strategies as st

SWIFT = [
    ("Door.open(_:by:)", ("method", "Door", "open", ("_", "by"), False, 2)),
    ("Door.shut()", ("method", "Door", "shut", (), False, 0)),
    ("static Door.make(of:)", ("method", "Door", "make", ("of",), True, 1)),
    ("Door.init(of:)", ("init", "Door", "init", ("of",), False, 1)),
    ("House.Door.init()", ("init", "House.Door", "init", (), False, 0)),
    ("Door.handle", ("read", "Door", "handle", (), False, 0)),
    ("static Door.front", ("read", "Door", "front", (), True, 0)),
    ("set Door.handle", ("write", "Door", "handle", (), False, 1)),
    ("knock(on:_:)", ("function", "", "knock", ("on", "_"), False, 2)),
    ("DoorInvalid", ("read", "", "DoorInvalid", (), False, 0)),
    ("*.open(_:)", ("method", ANY_TYPE, "open", ("_",), False, 1)),
    ("knock(...)", ("function", "", "knock", (REST,), False, None)),
    ("Door.init(of:...)", ("init", "Door", "init", ("of", REST), False, None)),
]


@pytest.mark.parametrize(("text", "parts"), SWIFT)
def test_swift(text: str, parts: tuple[object, ...]) -> None:
    s = parse_swift(text)
    assert (s.form, s.type, s.name, s.labels, s.is_static, s.arity) == parts
    assert (s.language, s.text) == ("swift", text)


OBJC = [
    ("-[Door open:by:]", [("method", "Door", "open:by:", False, 2)]),
    ("-[Door shut]", [("method", "Door", "shut", False, 0)]),
    ("+[Door front]", [("method", "Door", "front", True, 0)]),
    ("-[Door initWithWood:]", [("init", "Door", "initWithWood:", False, 1)]),
    ("-[Door init]", [("init", "Door", "init", False, 0)]),
    ("-[Door initials]", [("method", "Door", "initials", False, 0)]),
    ("+[Door initWithWood:]", [("method", "Door", "initWithWood:", True, 1)]),
    ("-[* knock:]", [("method", ANY_TYPE, "knock:", False, 1)]),
    ("knock", [("function", "", "knock", False, None), ("read", "", "knock", False, 0)]),
]


@pytest.mark.parametrize(("text", "expected"), OBJC)
def test_objc(text: str, expected: list[tuple[object, ...]]) -> None:
    found = list(parse_objc(text))
    assert [(s.form, s.type, s.name, s.is_static, s.arity) for s in found] == expected
    assert {(s.language, s.text) for s in found} == {("objc", text)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Door.",
        ".open",
        "Door.open(a, b)",
        "Door.open(a)",
        "open(_:",
        "set Door.open(_:)",
        "set handle",
        "static open()",
        "Door.open(...:a:)",
        "Door open",
        "-[Door open:]",
        "Door.öffnen()",
    ],
)
def test_not_swift(text: str) -> None:
    with pytest.raises(ValueError, match=r"`"):
        parse_swift(text)


@pytest.mark.parametrize(
    "text", ["", "[Door open]", "-[Door open: by:]", "-[Door]", "-[Door open:by]", "knock()", "- [Door open]"]
)
def test_not_objc(text: str) -> None:
    with pytest.raises(ValueError, match=r"`"):
        list(parse_objc(text))


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for parse in (lambda t: [parse_swift(t)], lambda t: list(parse_objc(t))):
        try:
            found = parse(text)
        except ValueError:
            continue
        assert all(isinstance(s, Signature) and s.text == text for s in found)


_words = st.from_regex(r"[a-z][A-Za-z0-9_]{0,8}", fullmatch=True)


@given(st.lists(_words, max_size=4), _words, st.booleans())
def test_labels_are_as_many_as_colons(labels: list[str], name: str, is_open: bool) -> None:
    text = f"Door.{name}({''.join(f'{label}:' for label in labels)}{'...' if is_open else ''})"
    found = parse_swift(text)
    assert found.labels == (*labels, *([REST] if is_open else []))
    assert found.arity == (None if is_open else len(labels))
