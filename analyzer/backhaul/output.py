"""Files that are written whole or not at all, and standard output in UTF-8."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO, TypedDict


class _Text(TypedDict):
    encoding: str
    errors: str
    newline: str


_AS_TEXT: _Text = {"encoding": "utf-8", "errors": "backslashreplace", "newline": "\n"}


@contextmanager
def atomic_text(file: str) -> Iterator[TextIO]:
    """A text stream, UTF-8 with LF, whose content becomes ``file`` when the block ends without error.

    A symbolic link keeps leading where it leads; a device or FIFO is written directly. Raises
    OSError for a file that cannot be written.
    """
    target = Path(file).resolve()
    if target.exists() and not target.is_file():
        with target.open("w", **_AS_TEXT) as stream:
            yield stream
        return
    with _beside(target) as temporary, temporary.open("w", **_AS_TEXT) as stream:
        yield stream


def atomic_bytes(file: str, data: bytes) -> None:
    """Make ``data`` the content of the existing regular ``file``. Raises OSError."""
    target = Path(file)
    if not os.access(target, os.W_OK):  # replacing it would take no leave of it
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), file)
    with _beside(target) as temporary:
        temporary.write_bytes(data)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file beside ``target`` that replaces it when the block ends without error, with its permissions."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        os.close(handle)
        yield temporary
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, else those of a new file."""
    try:
        return target.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def standard_output(*, for_people: bool) -> TextIO:
    """Standard output: for people in its own encoding, for programs in UTF-8 with LF.

    A character that cannot be encoded is written as an escape, never an error.
    """
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        if for_people:
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    return stream


@contextmanager
def quiet_when_closed(stream: TextIO) -> Iterator[None]:
    """Whoever reads ``stream`` may stop when they have seen enough: that is no error."""
    try:
        yield
    except BrokenPipeError:
        # What is still buffered must not be flushed into the closed pipe at exit.
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())
        os.close(devnull)
