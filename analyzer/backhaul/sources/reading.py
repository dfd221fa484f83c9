"""Reading source files without ever waiting on one."""

from __future__ import annotations

import os
import stat
from hashlib import blake2b

_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
)
_ENCODED_STARTS = (b"\xff\xfe", b"\xfe\xff")


def read_file(location: str) -> bytes:
    """The content of the file at ``location``.

    Raises OSError for what cannot be read, and for anything but a regular file: it may have
    become a FIFO or a link since the walk, and is not waited for.
    """
    descriptor = os.open(location, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        data = os.read(descriptor, status.st_size + 1)
        if len(data) != status.st_size and data:
            parts = [data]
            while part := os.read(descriptor, 1 << 20):
                parts.append(part)
            data = b"".join(parts)
        return data
    finally:
        os.close(descriptor)


def content_digest(data: bytes | memoryview) -> bytes:
    """Sixteen bytes that stand for the content of a file."""
    return blake2b(data, digest_size=16).digest()


def is_plain(data: bytes) -> bool:
    """Whether the words of ``data`` stand in it as ASCII, whatever its exact encoding."""
    return b"\0" not in data and not data.startswith(_ENCODED_STARTS)
