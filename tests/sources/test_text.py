import codecs

import pytest
from backhaul.sources.text import Region, SourceText, decode
from hypothesis import given
from hypothesis import strategies as st


def test_utf8_passes_through():
    assert decode("let café = 1".encode()) == "let café = 1".encode()
    assert decode(b"") == b""


def test_byte_order_mark_is_kept_out():
    assert decode(codecs.BOM_UTF8 + b"import UIKit\n") == b"import UIKit\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_with_byte_order_mark(encoding):
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF16_BE
    assert decode(mark + 'let s = "😀é"'.encode(encoding)) == 'let s = "😀é"'.encode()


def test_utf16_damage_costs_one_character():
    lone_surrogate = b"\x00\xd8"
    assert decode(codecs.BOM_UTF16_LE + lone_surrogate + "ab".encode("utf-16-le")) is not None
    assert decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x41") is not None


def test_latin1_fallback():
    assert decode("// © 2012 Müller".encode("latin-1")) == "// © 2012 Müller".encode()


def test_binary_files_have_no_text():
    assert decode(b"bplist00\x00\x01") is None
    assert decode(codecs.BOM_UTF32_LE + "let a".encode("utf-32-le")) is None


@given(st.binary())
def test_decode_gives_utf8_or_nothing(data):
    text = decode(data)
    assert text is None or isinstance(text.decode("utf-8"), str)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_every_line_end(end):
    source = SourceText("a.swift", end.join(["one", "two", ""]).encode())
    assert source.line_count == 3
    assert [source.line_text(n) for n in (1, 2, 3)] == ["one", "two", ""]
    second = 3 + len(end)
    assert (source.line(second), source.column(second)) == (2, 1)
    assert (source.line(second - 1), source.column(second - 1)) == (1, 4)


def test_columns_count_characters_and_utf16_units():
    text = 'let s = "😀é"; x'
    source = SourceText("a.swift", text.encode())
    offset = text.encode().index(b"x")
    assert source.column(offset) == 15
    assert source.utf16_column(offset) == 16
    inside = text.encode().index("😀".encode()) + 2
    assert source.column(inside) == 10


def test_a_tab_is_one_column():
    source = SourceText("a.m", b"\t\tx")
    assert source.column(2) == source.utf16_column(2) == 3


def test_region_over_lines():
    source = SourceText("a.m", "é\n  call()".encode())
    assert source.region(0, 9) == Region(1, 1, 2, 7)


def test_lines_outside_the_text():
    source = SourceText("a.m", b"a\nb")
    for line in (0, -1, 3):
        with pytest.raises(IndexError):
            source.line_text(line)
    assert (source.line(99), source.utf16_column(99)) == (2, 2)
    assert (source.line(-5), source.utf16_column(-5)) == (1, 1)


@given(st.text(alphabet="a\r\n\té😀界"), st.integers(0, 40))
def test_positions_agree_with_the_standard_library(text, count):
    before = text[:count]
    if before.endswith("\r") and text[count : count + 1] == "\n":
        return  # between CR and LF: still on the line they end
    source = SourceText("a.m", text.encode())
    offset = len(before.encode())
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert source.line(offset) == len(lines)
    assert source.column(offset) == len(lines[-1]) + 1
    assert source.utf16_column(offset) == len(lines[-1].encode("utf-16-le")) // 2 + 1
    assert source.line_text(len(lines)).startswith(lines[-1])
