import os
import sys
from pathlib import Path

import pytest
from backhaul.sources.reading import is_plain, read_file

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and FIFOs are POSIX's")


@pytest.mark.parametrize("data", [b"", b"x", b"\r\n\x1a\x00", b"abc" * 1_000_000])
def test_content_as_it_is(tmp_path: Path, data: bytes):
    file = tmp_path / "a.swift"
    file.write_bytes(data)
    assert read_file(str(file)) == data


def test_what_is_not_there(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_file(str(tmp_path / "a.swift"))


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(OSError):
        read_file(str(tmp_path))


@posix
def test_a_fifo_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "a.swift")
    with pytest.raises(OSError, match="not a regular file"):
        read_file(str(tmp_path / "a.swift"))


@posix
def test_a_link_that_took_a_file_s_place_is_not_followed(tmp_path: Path):
    (tmp_path / "a.swift").symlink_to("/etc/hosts")
    with pytest.raises(OSError):
        read_file(str(tmp_path / "a.swift"))


@posix
def test_a_file_without_a_size():
    """Such as Linux's /proc has: its status says 0 bytes."""
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc")
    assert b"Name:" in read_file("/proc/self/status")


def test_plain_bytes_can_be_searched_as_they_are():
    assert is_plain(b"let a = 1")
    assert is_plain("größe".encode("latin-1"))
    assert not is_plain("let a".encode("utf-16"))
    assert not is_plain("let a".encode("utf-16-le"))
    assert not is_plain(b"\x7fELF\x00\x01")
