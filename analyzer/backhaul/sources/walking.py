"""Finding the files of a tree that a scan reads.

One pass over the folders, without recursion, in which nothing is opened but ``.gitignore`` files.
What is left out for a reason the user should know becomes a notification; folders left out by
their name or by an ignore file are listed, so that a report can say what was not looked at; those
of resources, where nobody expects sources, are not.
"""

# Plain strings and os.path throughout: pathlib takes several times as long over a large tree.
# ruff: noqa: PTH112, PTH113, PTH114, PTH116, PTH118, PTH119, PTH120

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from backhaul.model.languages import BY_SUFFIX
from backhaul.sources.ignoring import IgnoreRules, compile_patterns, is_ignored, read_ignore_file
from backhaul.sources.notification import Notification, NotificationKind, NotificationLevel
from backhaul.sources.places import SkipReason, is_test_file, is_test_folder, may_be_test_file, reason_to_skip
from backhaul.sources.reading import read_file

SOURCE_SUFFIXES = frozenset([*BY_SUFFIX, "M", "H"])
FACT_SUFFIXES = frozenset(["plist", "entitlements", "pbxproj", "podspec", "xcconfig", "yaml", "yml"])
FACT_NAMES = frozenset(
    [
        "Package.swift",
        "Project.swift",
        "app.config.js",
        "app.config.ts",
        "app.json",
        "package.json",
        "plugin.xml",
    ]
)


class WalkOptions(Struct, frozen=True):
    """What to leave out of a walk.

    ``exclude``: patterns in the form of ``.gitignore``, relative to the root.
    """

    exclude: tuple[str, ...] = ()
    use_ignore_files: bool = True
    include_vendored: bool = False


class SourceFile(Struct, frozen=True, gc=False):
    """A source file. ``path`` is relative to the root, with forward slashes.

    ``size`` in bytes; the times in nanoseconds. ``location`` is where it lies: an absolute path that
    follows no symbolic link. ``is_test``: by the names of its folders below the one that was asked
    for, or its own and what it says. ``data`` stands in for what lies there: see ``sources.overlay``.
    """

    path: str
    location: str
    size: int
    mtime_ns: int
    ctime_ns: int
    is_test: bool
    data: bytes | None = None

    def read(self) -> bytes:
        """The content. Raises OSError when it cannot be read."""
        return read_file(self.location) if self.data is None else self.data


class Skipped(Struct, frozen=True, gc=False):
    """A folder or link that was left out, with its path relative to the root."""

    path: str
    reason: SkipReason


class SourceTree(Struct):
    """The files below ``root`` (absolute, no symbolic links in it), each list sorted by path.

    ``facts`` are files that describe products: property lists, projects, manifests, including
    those in the folders above a path that was asked for, up to the root.
    """

    root: str
    sources: list[SourceFile] = field(default_factory=list)
    facts: list[SourceFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)


def find_sources(root: str, options: WalkOptions, paths: Sequence[str] = ()) -> SourceTree:
    """The source files at or below ``paths`` (files or folders; ``root`` itself when empty).

    ``root`` is an existing folder and ``paths`` lie in it. A path that is named is walked
    whatever its name and whatever ignores it. Raises FileNotFoundError or NotADirectoryError for
    a named path that does not exist; what cannot be read below it becomes a notification.
    """
    walk = _Walk(os.path.realpath(root), options)
    for path in paths or (root,):
        walk.enter(os.path.realpath(path))
    return walk.finish()


def find_root(paths: Sequence[str]) -> str:
    """The folder that reports are relative to: the repository that holds all ``paths``.

    Without one it is the folder given, or the nearest that holds all paths.
    """
    real = [os.path.realpath(path) for path in paths]
    common = os.path.commonpath(real)
    if not os.path.isdir(common):
        common = os.path.dirname(common)
    folder = common
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return common
        folder = above
    return folder


def relative_path(file: str, root: str) -> str:
    """The path of a file or folder relative to ``root``, an absolute path: with forward slashes.

    Links on the way to it are followed. The root itself is ``.``.
    """
    return os.path.relpath(os.path.realpath(file), root).replace(os.sep, "/")


class _Folder(Struct, frozen=True, gc=False):
    """A folder to read: ``prefix`` is its path relative to the root with a final slash, or ""."""

    location: str
    prefix: str
    chain: tuple[IgnoreRules, ...]
    in_tests: bool


class _Link(Struct, frozen=True, gc=False):
    folder: _Folder
    name: str

    @property
    def path(self) -> str:
        return self.folder.prefix + self.name


class _Walk:
    def __init__(self, root: str, options: WalkOptions) -> None:
        self._tree = SourceTree(root)
        self._options = options
        self._folders: list[_Folder] = []
        self._links: list[_Link] = []
        self._visited: set[str] = set()
        self._seen: set[str] = set()
        self._ignore_files: dict[str, IgnoreRules | None] = {}
        self._exclude: tuple[IgnoreRules, ...] = ()
        if options.exclude:
            rules, bad = compile_patterns(options.exclude)
            self._exclude = (rules,)
            self._note_bad_patterns(bad, "")

    def enter(self, named: str) -> None:
        """Walk the file or folder ``named``, an absolute path without symbolic links."""
        prefix = self._relative(named)
        status = os.stat(named)
        above = self._folders_above(named)
        chain = self._chain_for(prefix, above)
        for location in above:
            self._add_facts_of(location)
        if stat.S_ISDIR(status.st_mode):
            self._push(_Folder(named, prefix + "/" if prefix else "", chain, in_tests=False))
            self._run()
        elif not stat.S_ISREG(status.st_mode):
            self._note("special-file", "warning", "not a regular file, not read", prefix)
        elif named not in self._seen:
            self._seen.add(named)
            listing = self._tree.facts if is_fact(os.path.basename(named)) else self._tree.sources
            listing.append(_source_file(prefix, named, status, is_test=False))

    def finish(self) -> SourceTree:
        """Follow the links met on the way, then give the tree."""
        while self._links:
            links, self._links = self._links, []
            for link in sorted(links, key=lambda link: link.path):
                self._follow(link)
                self._run()
        tree = self._tree
        tree.sources.sort(key=lambda source: source.path)
        tree.facts.sort(key=lambda fact: fact.path)
        tree.skipped.sort(key=lambda skipped: skipped.path)
        tree.notifications.sort(key=lambda notification: notification.sort_key)
        return tree

    # Where a named path stands

    def _relative(self, location: str) -> str:
        below = location.removeprefix(self._tree.root).lstrip(os.sep)
        return below.replace(os.sep, "/") if os.sep != "/" else below

    def _folders_above(self, named: str) -> list[str]:
        """The folders from the root down to the one that holds ``named``; none for the root."""
        folders: list[str] = []
        while named != self._tree.root:
            parent = os.path.dirname(named)
            if parent == named:
                return []
            folders.append(parent)
            named = parent
        return folders[::-1]

    def _chain_for(self, path: str, above: list[str]) -> tuple[IgnoreRules, ...]:
        """The ignore rules of the folders above a named path, unless they ignore that path."""
        chain = self._exclude
        for depth, location in enumerate(above):
            base = self._relative(location)
            chain = self._with_ignore_file(chain, location, base + "/" if base else "")
            below = "/".join(path.split("/")[: depth + 1])
            if is_ignored(below, chain) or is_ignored(below + "/", chain):
                return ()
        return chain

    def _with_ignore_file(
        self, chain: tuple[IgnoreRules, ...], location: str, prefix: str
    ) -> tuple[IgnoreRules, ...]:
        if not self._options.use_ignore_files:
            return chain
        location = os.path.join(location, ".gitignore")
        if location not in self._ignore_files:
            self._ignore_files[location] = self._read_ignore_file(location, prefix)
        rules = self._ignore_files[location]
        count = len(self._exclude)
        return chain if rules is None else (*chain[:count], rules, *chain[count:])

    def _read_ignore_file(self, location: str, prefix: str) -> IgnoreRules | None:
        try:
            if not stat.S_ISREG(os.stat(location).st_mode):
                return None
            rules, bad = read_ignore_file(location, prefix)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._note("unreadable-file", "note", _reason(error), prefix + ".gitignore")
            return None
        self._note_bad_patterns(bad, prefix + ".gitignore")
        return None if rules.is_empty() else rules

    def _add_facts_of(self, location: str) -> None:
        """Take the fact files that lie in a folder above a named path, and its Xcode projects."""
        if location in self._visited:
            return
        prefix = self._relative(location)
        folder = _Folder(location, prefix + "/" if prefix else "", (), in_tests=False)
        for entry in self._list(folder):
            if entry.name.endswith(".xcodeproj") and entry.is_dir(follow_symlinks=False):
                project = os.path.join(entry.path, "project.pbxproj")
                if os.path.isfile(project) and not os.path.islink(project):
                    self._add_fact(folder.prefix + entry.name + "/project.pbxproj", project)
            elif is_fact(entry.name) and entry.is_file(follow_symlinks=False):
                self._add_fact(folder.prefix + entry.name, entry.path)

    def _add_fact(self, path: str, location: str) -> None:
        if location not in self._seen:
            self._seen.add(location)
            with contextlib.suppress(OSError):
                self._tree.facts.append(_source_file(path, location, os.stat(location), is_test=False))

    # The walk

    def _push(self, folder: _Folder) -> None:
        if folder.location not in self._visited:
            self._visited.add(folder.location)
            self._folders.append(folder)

    def _run(self) -> None:
        while self._folders:
            self._read_folder(self._folders.pop())

    def _list(self, folder: _Folder) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder.location) as entries:
                return list(entries)
        except OSError as error:
            self._note("unreadable-folder", "warning", _reason(error), folder.prefix.rstrip("/"))
            return []

    def _read_folder(self, folder: _Folder) -> None:
        listing = self._list(folder)
        chain = folder.chain
        if any(entry.name == ".gitignore" for entry in listing):
            chain = self._with_ignore_file(chain, folder.location, folder.prefix)
            folder = _Folder(folder.location, folder.prefix, chain, folder.in_tests)
        for entry in listing:
            name = entry.name
            dot = name.rfind(".")
            suffix = name[dot + 1 :] if dot > 0 else ""
            is_source = suffix in SOURCE_SUFFIXES
            is_wanted = is_source or suffix in FACT_SUFFIXES or name in FACT_NAMES
            if is_wanted and entry.is_file(follow_symlinks=False):
                self._add_file(folder, entry, is_source)
            elif entry.is_dir(follow_symlinks=False):
                self._add_folder(folder, entry)
            elif entry.is_symlink():
                self._links.append(_Link(folder, name))
            elif is_source:
                self._note("special-file", "warning", "not a regular file, not read", folder.prefix + name)

    def _add_folder(self, folder: _Folder, entry: os.DirEntry[str]) -> None:
        name = entry.name
        path = folder.prefix + name
        reason = reason_to_skip(name)
        if reason == "vendored" and self._options.include_vendored:
            reason = None
        if reason is None and folder.chain and is_ignored(path + "/", folder.chain):
            reason = "ignored"
        if reason is None:
            in_tests = folder.in_tests or is_test_folder(name)
            self._push(_Folder(entry.path, path + "/", folder.chain, in_tests))
        elif name != ".git" and reason != "resources":
            self._tree.skipped.append(Skipped(path, reason))

    def _add_file(self, folder: _Folder, entry: os.DirEntry[str], is_source: bool) -> None:
        name = entry.name
        path = folder.prefix + name
        if name[0] == ".":
            self._tree.skipped.append(Skipped(path, "hidden"))
            return
        if folder.chain and is_ignored(path, folder.chain):
            self._tree.skipped.append(Skipped(path, "ignored"))
            return
        if entry.path in self._seen:
            return
        self._seen.add(entry.path)
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self._note("unreadable-file", "warning", _reason(error), path)
            return
        if is_source:
            is_test = folder.in_tests or _is_test_file(name, entry.path)
            self._tree.sources.append(_source_file(path, entry.path, status, is_test))
        if is_fact(name):
            self._tree.facts.append(_source_file(path, entry.path, status, folder.in_tests))

    # Symbolic links

    def _follow(self, link: _Link) -> None:
        location = os.path.join(link.folder.location, link.name)
        is_source = _suffix(link.name) in SOURCE_SUFFIXES
        target = os.path.realpath(location)
        try:
            status = os.stat(target)
        except OSError as error:
            if is_source and not link.name.startswith("."):
                self._note(
                    "unreadable-file", "warning", f"broken symbolic link ({_reason(error)})", link.path
                )
            return
        is_folder = stat.S_ISDIR(status.st_mode)
        if not is_folder and not is_source and not is_fact(link.name):
            return
        if reason_to_skip(link.name) or is_ignored(link.path + "/" * is_folder, link.folder.chain):
            self._tree.skipped.append(Skipped(link.path, "link"))
        elif not self._is_inside(target):
            self._tree.skipped.append(Skipped(link.path, "link"))
            self._note("outside-link", "note", "symbolic link out of the tree, not followed", link.path)
        elif is_folder:
            if not (location + os.sep).startswith(target + os.sep):
                in_tests = link.folder.in_tests or is_test_folder(link.name)
                self._push(_Folder(target, link.path + "/", link.folder.chain, in_tests))
        elif not stat.S_ISREG(status.st_mode):
            self._note("special-file", "warning", "not a regular file, not read", link.path)
        elif target not in self._seen:
            self._seen.add(target)
            is_test = link.folder.in_tests or _is_test_file(link.name, target)
            listing = self._tree.sources if is_source else self._tree.facts
            listing.append(_source_file(link.path, target, status, is_test))

    def _is_inside(self, location: str) -> bool:
        root = self._tree.root
        return location == root or location.startswith(root.rstrip(os.sep) + os.sep)

    # Notifications

    def _note(self, kind: NotificationKind, level: NotificationLevel, text: str, path: str) -> None:
        self._tree.notifications.append(Notification(kind, level, text, path))

    def _note_bad_patterns(self, patterns: Iterable[str], path: str) -> None:
        for pattern in patterns:
            self._note("bad-ignore-pattern", "note", f"ignore pattern {pattern!r} is not understood", path)


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot + 1 :] if dot > 0 else ""


def is_fact(name: str) -> bool:
    """Whether a file of this name describes products."""
    return _suffix(name) in FACT_SUFFIXES or name in FACT_NAMES


def _is_test_file(name: str, location: str) -> bool:
    if not may_be_test_file(name):
        return False
    try:
        return is_test_file(name, read_file(location))
    except OSError:
        return True  # told elsewhere that it cannot be read


def _source_file(path: str, location: str, status: os.stat_result, is_test: bool) -> SourceFile:
    return SourceFile(path, location, status.st_size, status.st_mtime_ns, status.st_ctime_ns, is_test)


def _reason(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"
