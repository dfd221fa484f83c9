"""``--changed-since``: what differs from an earlier revision, and which findings that is the cause of.

A finding is reported when it, or a step on the way to it, lies on a line that changed, and when the
earlier revision did not have it: a hook that was deleted is missed at lines that nobody touched.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TypeAlias

import msgspec
from msgspec import Struct

from backhaul.findings.finding import Finding
from backhaul.findings.line_map import LineMap, likeness, lines_of
from backhaul.rules import RuleSet
from backhaul.scan import Report, ScanOptions, scan
from backhaul.screening import Screen, screen
from backhaul.sources.git import GitError, Repository, TreeEntry, blob_name
from backhaul.sources.ignoring import compile_patterns, is_left_out
from backhaul.sources.places import reason_to_skip
from backhaul.sources.text import SourceTexts, decode
from backhaul.sources.walking import SOURCE_SUFFIXES, SourceFile, SourceTree, is_fact, relative_path

_LIKE = 0.5  # the share of lines that makes a new file an old one renamed, as in git
_MOST_PAIRS = 100_000  # of new and deleted files, that are compared for it

_Place: TypeAlias = tuple[str, str, int, int]
"""Rule, path, 1-based line, and byte offset in that line."""


class _Change(Struct, frozen=True):
    """A file that differs. ``old``: its earlier text, at ``old_path``; None for a new file."""

    old_path: str
    old: bytes | None
    new: bytes


class Changes:
    """What differs between a tree and an earlier revision of it.

    ``overlay``: what makes the tree the earlier one, as ``ScanOptions`` take it.
    """

    def __init__(self, changed: Mapping[str, _Change], overlay: dict[str, bytes | None]) -> None:
        self._changed = changed
        self._maps: dict[str, LineMap | None] = {}
        self.overlay = overlay

    def touch(self, path: str) -> bool:
        """Whether the file ``path`` is new, deleted or otherwise different."""
        return path in self._changed or path in self.overlay

    def old_place(self, path: str, line: int) -> tuple[str, int] | None:
        """Path and 1-based line that a line of the tree had in the earlier revision; None: it is new."""
        change = self._changed.get(path)
        if change is None:
            return path, line
        if path not in self._maps:
            self._maps[path] = _line_map(change)
        lines = self._maps[path]
        old_line = lines.old_line(line) if lines is not None else None
        return None if old_line is None else (change.old_path, old_line)


def _line_map(change: _Change) -> LineMap | None:
    old = decode(change.old) if change.old is not None else None
    new = decode(change.new)
    return None if old is None or new is None else LineMap(old, new)


class Cause:
    """Tells which findings of a scan the changes since a revision are the cause of.

    ``report`` is the scan with ``options`` and ``rules``, and ``chosen`` what is reported of it.
    Raises ``GitError`` when git cannot tell what changed.
    """

    def __init__(
        self, revision: str, report: Report, options: ScanOptions, rules: RuleSet, chosen: Screen
    ) -> None:
        self.changes = changes_since(revision, report.tree, options)
        self._texts = report.texts()
        self._options = options
        self._rules = rules
        self._chosen = chosen

    def is_of(self, finding: Finding) -> bool:
        """Whether a change is the cause of ``finding``."""
        places = [(finding.path, finding.start, finding.end)]
        places += [(step.path, step.start, step.end) for step in finding.trail]
        if any(self._is_changed(*place) for place in places):
            return True
        if not self.changes.overlay:
            return False
        path, line, column = _position(finding, self._texts)
        old = self.changes.old_place(path, line)
        return old is None or (finding.rule, *old, column) not in self._before

    def _is_changed(self, path: str, start: int, end: int) -> bool:
        source = self._texts.get(path)
        if source is None:
            return False
        lines = range(source.line(start), source.line(max(end - 1, start)) + 1)
        return any(self.changes.old_place(path, line) is None for line in lines)

    @cached_property
    def _before(self) -> Collection[_Place]:
        """Where the earlier revision had findings that would have been reported."""
        overlay = {**self._options.overlay, **self.changes.overlay}
        report = scan(msgspec.structs.replace(self._options, overlay=overlay), self._rules)
        contents = screen(report, self._rules, self._chosen).contents
        texts = report.texts()
        return {(finding.rule, *_position(finding, texts)) for finding in contents.findings}


def _position(finding: Finding, texts: SourceTexts) -> tuple[str, int, int]:
    """Path, 1-based line and byte offset in the line."""
    source = texts.get(finding.path)
    if source is None:
        return finding.path, 0, finding.start
    line = source.line(finding.start)
    return finding.path, line, finding.start - source.line_start(line)


class _Stored(Struct, frozen=True):
    """A file of the earlier revision, and the repository (the tree's or a submodule's) that holds it."""

    repository: Repository
    entry: TreeEntry


def changes_since(revision: str, tree: SourceTree, options: ScanOptions) -> Changes:
    """What differs between ``tree`` and the last commit that HEAD and ``revision`` have in common.

    The tree counts as it lies there: what is not committed is a change, too. Raises ``GitError``.
    """
    repository = Repository(tree.root)
    stored = dict(_stored(repository, repository.merge_base(revision), tree, ""))
    files = {_path_in_git(file, tree.root): file for file in (*tree.sources, *tree.facts)}
    now = dict(_read(files))
    gone = _gone(stored, files, repository, tree, options)
    differing = [
        path
        for path, data in now.items()
        if path in stored and blob_name(data, stored[path].entry.blob) != stored[path].entry.blob
    ]
    then = _contents({path: stored[path] for path in (*differing, *gone)})
    changed: dict[str, _Change] = {}
    overlay: dict[str, bytes | None] = {path: then[path] for path in gone}
    for path in differing:
        if _is_same_text(then[path], now[path]):
            continue  # but for line ends, say, or the encoding of the working tree
        changed[files[path].path] = _Change(files[path].path, then[path], now[path])
        overlay[files[path].path] = then[path]
    new = {path: data for path, data in now.items() if path not in stored}
    origins = _renamed(new, {path: then[path] for path in gone})
    for path, data in new.items():
        origin = origins.get(path, "")
        changed[files[path].path] = _Change(origin, then.get(origin), data)
        overlay[files[path].path] = None
    return Changes(changed, overlay)


def _stored(
    repository: Repository, commit: str, tree: SourceTree, prefix: str
) -> Iterator[tuple[str, _Stored]]:
    """The files of a commit, and of the submodules in it that hold something of ``tree``."""
    for name, entry in repository.files(commit).items():
        path = prefix + name
        if not entry.is_submodule:
            if not entry.is_link:
                yield path, _Stored(repository, entry)
        elif any(file.path.startswith(f"{path}/") for file in (*tree.sources, *tree.facts)):
            submodule = Repository(f"{tree.root}/{path}")
            if not submodule.holds(entry.blob):
                raise GitError(
                    f"the submodule {path} has no commit {entry.blob[:12]}: "
                    f"run git -C {path} fetch --unshallow, or git -C {path} fetch"
                )
            yield from _stored(submodule, entry.blob, tree, f"{path}/")


def _path_in_git(file: SourceFile, root: str) -> str:
    """A file that was reached by a link counts as the file that the link leads to."""
    below = file.location.removeprefix(root + os.sep)
    return file.path if below == file.location else below.replace(os.sep, "/")


def _read(files: Mapping[str, SourceFile]) -> Iterator[tuple[str, bytes]]:
    """The contents of those that can be read; the scan has reported the others."""
    for path, file in files.items():
        with suppress(OSError):
            yield path, file.read()


def _gone(
    stored: Mapping[str, _Stored],
    files: Mapping[str, SourceFile],
    repository: Repository,
    tree: SourceTree,
    options: ScanOptions,
) -> list[str]:
    """The files that a scan of the earlier revision would have read and that are deleted since."""
    skipped = tuple(f"{skipped.path}/" for skipped in tree.skipped)
    exclude, _ = compile_patterns(options.walk.exclude)
    asked = [relative_path(path, tree.root) for path in options.paths]

    def is_read(path: str) -> bool:
        name = path.rpartition("/")[2]
        return (
            (name.rpartition(".")[2] in SOURCE_SUFFIXES or is_fact(name))
            and path not in files
            and any(_is_walked(path, base) for base in asked)
            and not path.startswith(skipped)
            and not is_left_out(path, exclude)
            and not os.path.lexists(f"{tree.root}/{path}")
        )

    gone = [path for path in stored if is_read(path)]
    left_out = repository.left_out() if gone else frozenset()
    return [path for path in gone if path not in left_out]


def _is_walked(path: str, base: str) -> bool:
    """Whether a walk of ``base``, a folder or file, comes by ``path``: the folders between decide."""
    if path == base:
        return True
    below = path if base == "." else path.removeprefix(f"{base}/")
    is_below = base == "." or below != path
    return is_below and not any(reason_to_skip(folder) for folder in below.split("/")[:-1])


def _contents(wanted: Mapping[str, _Stored]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for repository in dict.fromkeys(stored.repository for stored in wanted.values()):
        paths = [path for path, stored in wanted.items() if stored.repository is repository]
        contents = repository.contents(wanted[path].entry.blob for path in paths)
        found.update((path, contents[wanted[path].entry.blob]) for path in paths)
    return found


def _is_same_text(old: bytes, new: bytes) -> bool:
    before, after = decode(old), decode(new)
    return before is not None and after is not None and lines_of(before) == lines_of(after)


def _renamed(new: Mapping[str, bytes], gone: Mapping[str, bytes]) -> dict[str, str]:
    """For the new files that are renamed ones: the old path. The most alike find each other first."""
    if len(new) * len(gone) > _MOST_PAIRS:
        return {}
    pairs = sorted(
        (-share, path, old)
        for path, data in new.items()
        for old, before in gone.items()
        if (share := likeness(before, data)) >= _LIKE
    )
    origins: dict[str, str] = {}
    for _, path, old in pairs:
        if path not in origins and old not in origins.values():
            origins[path] = old
    return origins
