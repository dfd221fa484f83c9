"""The compiled form of pages and models: what a scan needs of them, ready to decode.

Parsing ninety pages and their models takes longer than scanning a small app, so the result is kept
in a file. An index is used only under the digest of everything it was made from (the bytes
of all pages and models and of this package), and decoded field by field as typed data.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from backhaul.rules.card import Card
from backhaul.rules.models import ApiModels, ApiType, Hook, Operation, ValueKind


class Index(Struct, array_like=True, frozen=True):
    """Cards and models of one set of files. ``digest``: see ``digest_of``."""

    digest: str
    cards: tuple[Card, ...]
    types: tuple[ApiType, ...]
    operations: tuple[Operation, ...]
    hooks: tuple[Hook, ...]
    kinds: tuple[ValueKind, ...]
    words: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]

    @property
    def models(self) -> ApiModels:
        return ApiModels(self.types, self.operations, self.hooks, self.kinds)


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256, in hexadecimal, over the names and contents of ``files`` and over this package."""
    digest = hashlib.sha256()
    for name, data in (*_own_sources(), *files):
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _own_sources() -> list[tuple[str, bytes]]:
    folder = Path(__file__).parent
    sources = [
        *sorted(folder.glob("*.py")),
        *sorted((folder.parent / "matchers" / "parameters").glob("*.py")),
    ]
    return [(source.name, source.read_bytes()) for source in sources]


def read_index(file: Path, digest: str) -> Index | None:
    """The index in ``file``; None unless it is ours, whole, and made from what ``digest`` stands for."""
    try:
        with file.open("rb") as opened:
            if not _is_ours(opened.fileno()):
                return None
            index = msgspec.msgpack.decode(opened.read(), type=Index)
    except (OSError, msgspec.DecodeError):
        return None
    return index if index.digest == digest else None


def write_index(file: Path, index: Index) -> None:
    """Writes atomically; a folder that cannot be written is no error, only slower next time."""
    import tempfile

    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(msgspec.msgpack.encode(index))
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)


def _is_ours(descriptor: int) -> bool:
    """Whether nobody but this user (or the administrator) can have written the file."""
    if sys.platform == "win32":
        return True
    status = os.fstat(descriptor)
    return status.st_uid in (os.getuid(), 0) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def user_index_folder() -> Path | None:
    """Where this user's caches live; None when there is no such place."""
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA", ""))
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None  # no home
    return base / "backhaul" if base.is_absolute() else None
