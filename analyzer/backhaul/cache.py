"""What a scan keeps for the next one: one file for each set of paths scanned, in the user's caches.

Of every source file it holds size, times and digest, which of the words asked for stand in it, and
its encoded module if it was parsed; of the scan as a whole, the result. A file is taken for
unchanged if size and times are, and else if its digest is. Nothing in a cache is executed: it is
decoded as typed data, under digests, and ignored unless it is whole, ours, and made by the same
version of this program and of its grammars.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from backhaul import __version__
from backhaul.findings.finding import Finding
from backhaul.rules.index import user_index_folder
from backhaul.sources.notification import Notification
from backhaul.sources.reading import content_digest
from backhaul.sources.walking import SourceFile, SourceTree

_MAGIC = b"backhaul scan cache 1\n"
_GRAMMARS = ("tree_sitter", "tree_sitter_objc", "tree_sitter_swift", "libcst")
_SETTLED_NS = 2_000_000_000
"""A file changed this shortly before it was read may change again without its times showing it."""
_DAYS_KEPT = 60
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_SUFFIX = ".scan"


class PartialFile(Struct, frozen=True, gc=False):
    """A file that was not parsed in full: of the bodies of its ``functions``, ``lost`` were not
    analysed and ``damaged`` only in part; of its types' ``declarations``, ``bad_declarations`` not.
    """

    path: str
    functions: int
    lost: int
    damaged: int
    declarations: int
    bad_declarations: int


class Result(Struct, array_like=True):
    """What came out of a scan, whatever of it is reported.

    ``foreign``: paths of files that are no sources after all, by what they hold.
    """

    findings: list[Finding]
    partial: list[PartialFile]
    notifications: list[Notification]
    files_relevant: int
    files_analysed: int
    rounds: int
    foreign: list[str]


class Entry(Struct, array_like=True, gc=False):
    """What is known of a source file.

    ``words``: those of the words asked for that stand in it; ``asked`` says for which it was asked,
    as an index into the cache's list of word sets. ``module``: empty until it is parsed.
    ``is_text``: it could be decoded. ``is_foreign``: by what it holds it is no source file after all.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    digest: bytes
    asked: int
    words: frozenset[bytes] = frozenset()
    module: bytes = b""
    is_text: bool = True
    is_foreign: bool = False

    def is_of(self, source: SourceFile) -> bool:
        """Whether ``source`` looks unchanged since, by size and times."""
        return (
            self.mtime_ns == source.mtime_ns and self.size == source.size and self.ctime_ns == source.ctime_ns
        )


class Contents(Struct, array_like=True):
    """Entries by path (as the file system's bytes), and the word sets they refer to."""

    asked: list[frozenset[bytes]] = []
    entries: dict[bytes, Entry] = {}


class _Head(Struct, array_like=True):
    made_by: str
    key: bytes
    result: Result | None


class Cache:
    """The cache file for one set of absolute paths below one root.

    ``folder``: "" for the user's cache folder. Without ``is_used``, or where there is no such folder,
    every scan starts anew. To be made before the files are looked at.
    """

    def __init__(self, root: str, paths: Sequence[str], folder: str = "", *, is_used: bool = True) -> None:
        place = Path(folder) if folder else user_index_folder()
        name = content_digest("\0".join((root, *paths)).encode("utf-8", "surrogateescape")).hex()
        self._file = place / f"{name[:20]}{_SUFFIX}" if is_used and place is not None else None
        self._settled_ns = time.time_ns() - _SETTLED_NS
        self._made_by = _made_by() if self._file is not None else ""
        self._opened = _open(self._file) if self._file is not None else None
        self._head = self._read_head()

    def key(self, tree: SourceTree, *more: str) -> bytes | None:
        """Stands for exactly these files, by path, size and times, and for ``more``.

        None when a file was changed so recently that it may yet change without its times showing it.
        """
        files = (*tree.sources, *tree.facts)
        if any(file.mtime_ns > self._settled_ns for file in files):
            return None
        lines = [f"{f.path}\0{f.location}\0{f.size} {f.mtime_ns} {f.ctime_ns} {f.is_test}" for f in files]
        return content_digest("\n".join((*lines, "", *more)).encode("utf-8", "surrogateescape"))

    def times(self, source: SourceFile) -> tuple[int, int]:
        """The times to keep of ``source``: such as no file has when they may yet deceive."""
        return (-1, -1) if source.mtime_ns > self._settled_ns else (source.mtime_ns, source.ctime_ns)

    def result(self, key: bytes | None) -> Result | None:
        """The result of the last scan, if ``key`` stands for the same tree, rules and options."""
        if self._head is None or not key or self._head.key != key:
            return None
        self.close()
        return self._head.result

    def contents(self) -> Contents:
        """What is known of single files; empty when nothing is. To be asked once."""
        data = _next_frame(self._opened) if self._opened is not None and self._head is not None else None
        self.close()
        if data is None:
            return Contents()
        try:
            contents = _contents_decoder.decode(data)
        except msgspec.DecodeError:
            return Contents()
        sets = len(contents.asked)
        is_sound = all(0 <= entry.asked < sets for entry in contents.entries.values())
        return contents if is_sound else Contents()

    def close(self) -> None:
        """Let go of the file: on Windows it could not be replaced."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def write(self, key: bytes | None, result: Result | None, contents: Contents) -> str:
        """Replace the file, in one step. Gives what went wrong, "" for nothing: it is never an error."""
        if self._file is None:
            return ""
        self.close()
        head = _encode_head(_Head(self._made_by, key or b"", result if key else None))
        data = b"".join((_MAGIC, _frame(head), _frame(_encoder.encode(contents))))
        beside = self._file.with_name(f".{self._file.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(beside, _NEW_FILE, 0o600), "wb") as file:
                    file.write(data)
                beside.replace(self._file)
            except OSError:
                beside.unlink(missing_ok=True)
                raise
        except OSError as error:
            return error.strerror or str(error)
        _drop_old_files(self._file.parent)
        return ""

    def _read_head(self) -> _Head | None:
        data = _next_frame(self._opened) if self._opened is not None else None
        if data is None:
            return None
        try:
            head = _head_decoder.decode(data)
        except msgspec.DecodeError:
            return None
        return head if head.made_by == self._made_by else None


class WarmCache(Cache):
    """A cache that stays in memory, for scan after scan of the same paths in one process.

    Its file is read before the first scan and written after it.
    """

    def __init__(self, root: str, paths: Sequence[str], folder: str = "") -> None:
        super().__init__(root, paths, folder)
        self._key: bytes | None = None
        self._result: Result | None = None
        self._contents: Contents | None = None

    def renew(self) -> None:
        """Get ready for the next scan. To be called before the files are looked at."""
        self._settled_ns = time.time_ns() - _SETTLED_NS

    def result(self, key: bytes | None) -> Result | None:
        return self._result if key and key == self._key else super().result(key)

    def contents(self) -> Contents:
        return self._contents or super().contents()

    def write(self, key: bytes | None, result: Result | None, contents: Contents) -> str:
        is_first = self._contents is None
        self._key, self._result, self._contents = key, result, _compact(contents)
        return super().write(key, result, contents) if is_first else ""


def _compact(contents: Contents) -> Contents:
    """``contents`` without the word sets that no entry refers to: each scan adds some."""
    sets = list(dict.fromkeys(contents.asked[entry.asked] for entry in contents.entries.values()))
    places = {words: place for place, words in enumerate(sets)}
    for entry in contents.entries.values():
        entry.asked = places[contents.asked[entry.asked]]
    return Contents(sets, contents.entries)


_encoder = msgspec.msgpack.Encoder()
_head_decoder = msgspec.msgpack.Decoder(_Head)
_contents_decoder = msgspec.msgpack.Decoder(Contents)


def _encode_head(head: _Head) -> bytes:
    try:
        return _encoder.encode(head)
    except UnicodeEncodeError:  # a path that is no UTF-8 stands in the result
        return _encoder.encode(_Head(head.made_by, b"", None))


def _frame(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + content_digest(data) + data


def _open(file: Path) -> BinaryIO | None:
    """A cache file, after its first line; None when it is not there, not ours, or something else."""
    try:
        opened = file.open("rb")
    except OSError:
        return None
    with suppress(OSError):
        if _is_ours(opened.fileno()) and opened.read(len(_MAGIC)) == _MAGIC:
            return opened
    opened.close()
    return None


def _next_frame(opened: BinaryIO) -> bytes | None:
    """The next frame's data; None when it is damaged or missing."""
    try:
        head = opened.read(24)
        length = int.from_bytes(head[:8], "little")
        if len(head) < 24 or length > os.fstat(opened.fileno()).st_size:
            return None
        data = opened.read(length)
    except OSError:
        return None
    return data if content_digest(data) == head[8:] else None


def _is_ours(descriptor: int) -> bool:
    """Whether it is a file that nobody but this user (or the administrator) can have written."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return False
    if sys.platform == "win32":
        return True
    return status.st_uid in (os.getuid(), 0) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _drop_old_files(folder: Path) -> None:
    """Forget trees that were not scanned for a long time."""
    oldest = time.time() - _DAYS_KEPT * 86400
    with suppress(OSError):
        for file in folder.glob(f"*{_SUFFIX}"):
            if file.stat().st_mtime < oldest:
                file.unlink()


def _made_by() -> str:
    """Stands for this program and its grammars. Nothing needs to be imported to know.

    An installed package has a record of its files with their digests, which is the same wherever and
    whenever it is installed; else size and time of every file count, so a developer's change does.
    """
    packages = [str(Path(__file__).parent)]
    for name in _GRAMMARS:
        spec = find_spec(name)
        packages += (spec.submodule_search_locations or ()) if spec else ()
    states = [_record_of(package) or list(_files_of(package)) for package in packages]
    return f"{__version__} {content_digest(repr(states).encode()).hex()}"


def _record_of(package: str) -> bytes:
    """The record of the distribution that a package's folder was installed from; empty when none is."""
    folder = Path(package)
    records = [*folder.parent.glob(f"{folder.name}-*.dist-info/RECORD")]
    with suppress(OSError):
        return records[0].read_bytes() if len(records) == 1 else b""
    return b""


def _files_of(package: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of every file of code in a package's folder, in a fixed order."""
    folders = [package]
    while folders:
        folder = folders.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith((".py", ".so", ".pyd")):
                    status = entry.stat()
                    yield entry.path[len(package) :], status.st_size, status.st_mtime_ns
                elif entry.is_dir() and entry.name != "__pycache__":
                    folders.append(entry.path)
