import plistlib

import pytest
from backhaul.sources.property_lists import BadPropertyListError, read_property_list
from hypothesis import given
from hypothesis import strategies as st

VALUES = {"CFBundlePackageType": "APPL", "UIBackgroundModes": ["fetch"], "Nested": {"a": True}}


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_xml_and_binary(form: plistlib.PlistFormat):
    assert read_property_list(plistlib.dumps(VALUES, fmt=form)) == VALUES


def test_xml_with_a_byte_order_mark_or_in_utf16():
    data = plistlib.dumps(VALUES)
    assert read_property_list(b"\xef\xbb\xbf" + data) == VALUES
    text = data.decode().replace("UTF-8", "UTF-16")
    assert read_property_list(text.encode("utf-16")) == VALUES


def test_old_style():
    assert read_property_list(b"{ a = (b, c); }") == {"a": ["b", "c"]}


BOMB = b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<plist version="1.0"><dict><key>x</key><string>&b;</string></dict></plist>"""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just text",
        b"<plist><dict>",
        b"<plist version='1.0'><array/></plist>",
        b"<plist version='1.0'><dict><string>no key</string></dict></plist>",
        b"<plist version='1.0'><dict><key>a</key><integer>x</integer></dict></plist>",
        b"<plist version='1.0'><dict><key>a</key><date>never</date></dict></plist>",
        b"bplist00",
        b"bplist00\xff\xff" + bytes(40),
        b"<<<<<<< HEAD\n",
        BOMB,
    ],
)
def test_damage_is_said_in_one_line(data: bytes):
    with pytest.raises(BadPropertyListError) as raised:
        read_property_list(data)
    assert "\n" not in str(raised.value)
    assert "NoneType" not in str(raised.value)


@given(st.binary() | st.binary().map(b"bplist00".__add__) | st.text().map(lambda t: f"<plist>{t}".encode()))
def test_any_bytes(data: bytes):
    try:
        found = read_property_list(data)
    except BadPropertyListError:
        return
    assert all(isinstance(key, str) for key in found)
