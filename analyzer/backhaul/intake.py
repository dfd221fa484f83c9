"""From source files to modules: those that hold certain words are read and parsed, the rest is left.

What the cache knows of a file spares reading it, what it knows of its content spares parsing it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec import Struct

from backhaul.cache import Cache, Contents, Entry, Result
from backhaul.model.declarations import Module, decode_module
from backhaul.model.languages import language_of
from backhaul.parallel import Failure, Parsed, Pool, Task
from backhaul.sources.notification import Notification, NotificationKind
from backhaul.sources.reading import content_digest, is_plain
from backhaul.sources.text import decode
from backhaul.sources.vocabulary import only_nested, packed, unpacked, words_in
from backhaul.sources.walking import SourceFile

_PUMP_EVERY = 32  # files between two looks at the pool
_EMPTY: frozenset[bytes] = frozenset()
_NOT_ANALYSED: dict[Failure, tuple[NotificationKind, str]] = {
    "unreadable": ("unreadable-file", "cannot be read: {}"),
    "not-text": ("not-text", "not a text file, not analysed"),
    "mistake": ("parser-crash", "the parser failed on it ({}), not analysed"),
    "crash": ("parser-crash", "the parser failed on it ({}), not analysed"),
    "timeout": ("parser-timeout", "parsing it took more than {}, not analysed"),
}


class Effort(Struct):
    """What this run read and parsed itself; sizes in bytes."""

    files_read: int = 0
    files_parsed: int = 0
    bytes_parsed: int = 0


class Intake:
    """Takes in source files as they turn out to matter.

    ``largest_file``: in bytes; larger files are not read. ``notifications`` fills with what could
    not be taken in; ``is_repeatable`` is lost when that, or a file, may be different next time.
    ``relevant`` counts the files that hold a word asked for; ``foreign`` are those that are no sources
    after all (``SourceLanguage.takes``). ``progress`` is told, file by file,
    how many of how many have been parsed.
    """

    def __init__(
        self, cache: Cache, pool: Pool, largest_file: int, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._cache = cache
        self._pool = pool
        self._largest_file = largest_file
        self._progress = progress
        known = cache.contents()
        self._known = known.entries
        self._sets = known.asked
        self._worth_asking = max(self._sets, key=len, default=_EMPTY)
        self._asked = _EMPTY
        self._entries: dict[str, Entry] = {}
        self._words_left: dict[str, bytes] = {}  # packed words of files read and found of no interest
        self._modules: list[Module] = []
        self._others: list[SourceFile] = []
        self._waiting: dict[str, SourceFile] = {}
        self._has_changed = False
        self.is_repeatable = True
        self.notifications: list[Notification] = []
        self.relevant = 0
        self.foreign: list[str] = []
        self.effort = Effort()

    def start(
        self,
        sources: Sequence[SourceFile],
        words: frozenset[bytes],
        together: frozenset[frozenset[bytes]] = frozenset(),
    ) -> None:
        """Find out which of ``sources`` hold one of ``words``, and have them parsed: ``finish`` waits.

        ``together``: sets of words all of which must stand in a file for it to count.
        """
        asked_now = words.union(*together)
        self._asked |= asked_now
        covering = [asked >= asked_now for asked in self._sets]
        asking = self._set_index(self._asked | self._worth_asking)
        covering += [True] * (len(self._sets) - len(covering))
        for count, source in enumerate(sources):
            if count % _PUMP_EVERY == 0:
                self._pool.pump()
            entry = self._entry(source, covering, asking)
            if entry is None or not entry.is_text:
                continue
            if entry.is_foreign:
                self.foreign.append(source.path)
                continue
            found = entry.words & words
            if not entry.module and found and self._only_nests(source, found):
                entry.words -= found
            if entry.words.isdisjoint(words) and not any(all_of <= entry.words for all_of in together):
                self._others.append(source)
                continue
            self.relevant += 1
            self._words_left.pop(source.path, None)
            if (module := _decoded(entry, source)) is not None:
                self._modules.append(module)
            else:
                self._waiting[source.path] = source
                self._pool.submit(Task(source.path, source.location, source.size, source.data))

    def finish(self) -> tuple[list[Module], list[SourceFile]]:
        """The modules of the sources that hold a word wanted, by path, and the sources that do not.

        What cannot be read or parsed is in neither.
        """
        count = len(self._waiting)
        for done, (task, parsed) in enumerate(self._pool.drain(), start=1):
            taken = self._take(self._waiting.pop(task.path), parsed)
            if taken is not None:
                self._modules.append(taken)
            if self._progress is not None:
                self._progress(done, count)
        modules, self._modules = self._modules, []
        others, self._others = self._others, []
        modules.sort(key=lambda module: module.path)
        return modules, others

    @property
    def processes(self) -> int:
        """How many processes may be forked for one task, this one included."""
        return self._pool.forked_processes

    def save(self, key: bytes | None, result: Result) -> str:
        """Keep everything for the next scan; gives what went wrong, "" for nothing."""
        if key is None and not self._has_changed and len(self._entries) == len(self._known):
            return ""
        sets = [asked & self._asked for asked in self._sets]
        entries = {os.fsencode(path): entry for path, entry in self._entries.items()}
        return self._cache.write(key if self.is_repeatable else None, result, Contents(sets, entries))

    def _set_index(self, words: frozenset[bytes]) -> int:
        if words not in self._sets:
            self._sets.append(words)
        return self._sets.index(words)

    def _entry(self, source: SourceFile, covering: Sequence[bool], asking: int) -> Entry | None:
        """What is known of a file, after reading it if need be; None when it cannot be read."""
        entry = self._entries.get(source.path)
        if entry is None:
            entry = self._known.get(os.fsencode(source.path))
            if entry is not None and entry.is_of(source):
                self._entries[source.path] = entry
        if entry is not None and entry.is_of(source) and (covering[entry.asked] or entry.is_foreign):
            if not entry.is_text:
                self._note("not-text", source.path)
            return entry
        words_left = self._words_left.get(source.path)
        if entry is not None and words_left is not None:
            entry.words = self._sets[asking].intersection(unpacked(words_left))
            entry.asked = asking
            return entry
        return self._read(source, entry, asking)

    def _only_nests(self, source: SourceFile, words: Iterable[bytes]) -> bool:
        """Whether ``source`` names by ``words`` nothing but types of its own, nested in others."""
        language = language_of(source.path)
        if language is None or language.nested_type is None:
            return False
        try:
            return only_nested(words, source.read(), language.nested_type)
        except OSError:  # what is wrong with it is told where it is parsed
            return False

    def _read(self, source: SourceFile, known: Entry | None, asking: int) -> Entry | None:
        if source.size > self._largest_file:
            reason = f"larger than {self._largest_file / 1e6:g} MB, not read"
            self.notifications.append(Notification("too-large", "warning", reason, source.path))
            return None
        try:
            data = source.read()
        except OSError as error:
            self._note("unreadable", source.path, error.strerror or str(error))
            return None
        self.effort.files_read += 1
        self._has_changed = True
        digest = content_digest(data)
        text = data if is_plain(data) else decode(data)
        mtime_ns, ctime_ns = self._cache.times(source)
        entry = Entry(source.size, mtime_ns, ctime_ns, digest, asking)
        language = language_of(source.path)
        if text is None:
            entry.is_text = False
            self._note("not-text", source.path)
        elif language is not None and not language.takes(text):
            entry.is_foreign = True
        else:
            words = words_in(text, joined=language is not None and language.joins_selectors)
            entry.words = self._sets[asking].intersection(words)
            self._words_left[source.path] = packed(words)
            if known is not None and known.digest == digest:
                entry.module = known.module
        self._entries[source.path] = entry
        return entry

    def _take(self, source: SourceFile, parsed: Parsed) -> Module | None:
        self.effort.files_parsed += 1
        self.effort.bytes_parsed += source.size
        self._has_changed = True
        if parsed.failure:
            self._note(parsed.failure, source.path, parsed.reason)
            return None
        entry = self._entries[source.path]
        entry.module = parsed.module
        if parsed.digest != entry.digest:  # it was written to meanwhile
            entry.digest = parsed.digest
            entry.mtime_ns = -1
            self.is_repeatable = False
        return _decoded(entry, source)

    def _note(self, failure: Failure, path: str, reason: str = "") -> None:
        kind, text = _NOT_ANALYSED[failure]
        self.notifications.append(Notification(kind, "warning", text.format(reason), path))
        if failure not in ("not-text", "mistake"):
            self.is_repeatable = False


def _decoded(entry: Entry, source: SourceFile) -> Module | None:
    """The module that a cache or a worker gave; None when there is none, or a damaged one."""
    if not entry.module:
        return None
    try:
        module = decode_module(entry.module)
    except msgspec.DecodeError:
        return None
    module.path = source.path
    return module
