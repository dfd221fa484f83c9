import plistlib

import pytest
from backhaul.sources.plist_places import place_of
from hypothesis import given
from hypothesis import strategies as st

TEXT = """<?xml version="1.0" encoding="UTF-16"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><!-- <key>Port</key> --><key>Ä</key><dict><key>x</key><string>Port</string>
<key >Port</key><integer>1</integer></dict>
<key>A &amp; B</key><array><string>one</string><dict><key>Port</key><true/></dict><string/></array>
<key>Port</key><true/></dict></plist>"""


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [
        (["Port"], 6, "Port"),
        (["Ä"], 3, "Ä"),
        (["Ä", "Port"], 4, "Port"),
        (["Ä", "missing"], 3, "Ä"),
        (["A & B"], 5, "A &amp; B"),
        (["A & B", 0], 5, "one"),
        (["A & B", 1, "Port"], 5, "Port"),
        (["A & B", 2], 5, ""),
        (["missing"], 1, ""),
    ],
)
def test_an_entry_is_where_its_name_stands(path: list[str | int], line: int, text: str):
    data = TEXT.encode()
    start, end = place_of(data, path)
    assert (data[:start].count(b"\n") + 1, data[start:end].decode()) == (line, text)


def test_the_old_form_and_the_binary_one():
    old = b"{ Transport = { Porter = 1; Port = 2; }; }"
    assert place_of(old, ["Transport", "Port"]) == (28, 32)
    assert place_of(old, ["Transport", "Gate"]) == (2, 11)
    assert place_of(plistlib.dumps({"Port": 1}, fmt=plistlib.FMT_BINARY), ["Gate"]) == (0, 0)


KEYS = st.text(st.sampled_from("ab<&]é"), min_size=1, max_size=3)
VALUES = st.recursive(
    st.booleans() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), st.data())
def test_every_entry_is_found_in_what_plistlib_writes(values: dict[str, object], data: st.DataObject):
    text = plistlib.dumps(values, sort_keys=False)
    path: list[str | int] = []
    inner: object = values
    while isinstance(inner, dict | list) and inner and (not path or data.draw(st.booleans())):
        step = data.draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
        path.append(step)
        inner = inner[step]
    start, end = place_of(text, path)
    if isinstance(path[-1], str):
        written = path[-1].replace("&", "&amp;").replace("<", "&lt;")
        assert text[start - 5 : end + 6].decode() == f"<key>{written}</key>"
    else:
        assert 0 < start <= end <= len(text)


@given(st.binary(), st.lists(KEYS | st.integers(0, 3), min_size=1, max_size=3))
def test_any_bytes(text: bytes, path: list[str | int]):
    start, end = place_of(text, path)
    assert 0 <= start <= end <= len(text)
