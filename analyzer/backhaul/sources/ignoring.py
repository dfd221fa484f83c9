"""``.gitignore`` files: which entries of a folder git leaves out.

Nearly all patterns are a name, a suffix or a path, and are answered by looking them up; the few
with a single ``*`` elsewhere become regular expressions, and only what goes beyond (``**``, ranges,
escapes) is given to ``pathspec``, which takes as long to import as a small scan takes in all. As in
git the last pattern that matches decides, and what lies in an ignored folder cannot be taken back,
so that a walk may prune it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, field

_FOLDER_MARK = re.compile(r"\(\?P<\w+>/\)")
_BEYOND = re.compile(r"[\\\[?]|\*\*|//")
_LONGEST_FILE = 1 << 20
_MOST_STARS = 8  # more in one pattern make a backtracking matcher crawl; git itself has no limit

_Verdict = tuple[int, bool]
"""Number of a pattern in its file, and whether what it matches is ignored."""
_NOTHING: _Verdict = (-1, False)


class _Lookup(Struct):
    """The patterns that are answered by looking up: the last one of each name, suffix and path."""

    names: dict[str, _Verdict] = field(default_factory=dict)
    suffixes: dict[str, _Verdict] = field(default_factory=dict)
    paths: dict[str, _Verdict] = field(default_factory=dict)

    def verdict(self, path: str) -> _Verdict:
        name = path[path.rfind("/") + 1 :]
        return max(
            self.names.get(name, _NOTHING),
            self.suffixes.get(name[name.rfind(".") + 1 :], _NOTHING) if "." in name else _NOTHING,
            self.paths.get(path, _NOTHING),
        )


class _Glob(Struct, frozen=True):
    """A pattern that is a regular expression, of the whole path or of the name alone."""

    verdict: _Verdict
    pattern: re.Pattern[str]
    is_of_name: bool
    is_of_folders: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        if self.is_of_folders and not is_folder:
            return False
        below = path[path.rfind("/") + 1 :] if self.is_of_name else path
        return self.pattern.match(below) is not None


class IgnoreRules(Struct):
    """The patterns of one ``.gitignore``, or of a configuration.

    ``base`` is the folder they are relative to: "" for the root, else with a final slash.
    ``globs`` and ``beyond`` (which match folders with a final slash) stand last pattern first.
    """

    base: str
    files: _Lookup = field(default_factory=_Lookup)
    folders: _Lookup = field(default_factory=_Lookup)
    globs: list[_Glob] = field(default_factory=list)
    beyond: list[tuple[_Verdict, re.Pattern[str]]] = field(default_factory=list)

    def decide(self, path: str) -> bool | None:
        """Whether ``path`` (relative to the root, a folder with a final slash) is ignored.

        None when no pattern says anything about it.
        """
        below = path[len(self.base) :]
        is_folder = below.endswith("/")
        plain = below[:-1] if is_folder else below
        best = (self.folders if is_folder else self.files).verdict(plain)
        for glob in self.globs:
            if glob.verdict <= best:
                break
            if glob.matches(plain, is_folder):
                best = glob.verdict
                break
        for verdict, pattern in self.beyond:
            if verdict <= best:
                break
            if pattern.match(below):
                best = verdict
                break
        return best[1] if best != _NOTHING else None

    def is_empty(self) -> bool:
        return not (self.folders.names or self.folders.suffixes or self.folders.paths) and not (
            self.globs or self.beyond
        )


def compile_patterns(lines: Iterable[str], base: str = "") -> tuple[IgnoreRules, list[str]]:
    """Rules for the ``lines`` of an ignore file, and the lines that could not be understood."""
    rules = IgnoreRules(base)
    bad: list[str] = []
    for number, line in enumerate(lines):
        line = line.removesuffix("\r")
        if not line.strip() or line.startswith("#"):
            continue
        if line.count("*") > _MOST_STARS:
            bad.append(line.strip())
        elif _BEYOND.search(line):
            if not _add_beyond(rules, number, line):
                bad.append(line.strip())
        elif not _add(rules, number, line.rstrip(" ")):
            bad.append(line.strip())
    rules.globs.reverse()
    rules.beyond.reverse()
    return rules, bad


def _add(rules: IgnoreRules, number: int, line: str) -> bool:
    """Adds a pattern of letters and single stars; False for one that says nothing."""
    pattern = line.removeprefix("!")
    verdict = (number, pattern == line)
    is_of_folders = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    is_anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    if not pattern:
        return line == "/"
    if "*" in pattern:
        suffix = pattern.removeprefix("*.")
        if is_anchored or suffix == pattern or "*" in suffix or "." in suffix or not suffix:
            regex = "[^/]*".join(map(re.escape, pattern.split("*"))) + r"\Z"
            rules.globs.append(_Glob(verdict, re.compile(regex), not is_anchored, is_of_folders))
            return True
    for lookup in (rules.folders,) if is_of_folders else (rules.folders, rules.files):
        if "*" in pattern:
            lookup.suffixes[suffix] = verdict
        elif is_anchored:
            lookup.paths[pattern] = verdict
        else:
            lookup.names[pattern] = verdict
    return True


def _add_beyond(rules: IgnoreRules, number: int, line: str) -> bool:
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    if line.endswith("**/"):
        line += "*/"  # what git means by it: folders below, not the folder itself
    try:
        regex, is_ignored = GitIgnoreSpecPattern.pattern_to_regex(line)
        if regex is not None and is_ignored is not None:
            rules.beyond.append(((number, is_ignored), re.compile(_of_entry(regex))))
    except (GitIgnorePatternError, re.error):
        return False
    return True


def _of_entry(regex: str) -> str:
    """``regex``, which is of what lies in a folder too, so that it matches the entry alone.

    pathspec marks with a named group the slash after a folder that a pattern means as a whole; a
    slash at the end without that mark is of a pattern that means only what is inside (``x/**``).
    """
    regex = regex + "." if regex.endswith("/") else _FOLDER_MARK.sub(r"/\\Z", regex)
    return regex if regex.startswith("^") else "(?s:.*?)" + regex


def read_ignore_file(location: str, base: str) -> tuple[IgnoreRules, list[str]]:
    """Rules of the ignore file at ``location``. Raises OSError when it cannot be read."""
    with Path(location).open(encoding="utf-8-sig", errors="surrogateescape") as file:
        return compile_patterns(file.read(_LONGEST_FILE).split("\n"), base)


def is_ignored(path: str, chain: tuple[IgnoreRules, ...]) -> bool:
    """Whether ``path`` is ignored; ``chain`` runs from the nearest folder's rules to the root's."""
    for rules in chain:
        decision = rules.decide(path)
        if decision is not None:
            return decision
    return False


def is_left_out(path: str, rules: IgnoreRules) -> bool:
    """Whether the patterns ``rules`` mean the file ``path``, or a folder that it lies in."""
    if not path.startswith(rules.base):
        return False
    at = path.find("/", len(rules.base))
    while at >= 0:
        if rules.decide(path[: at + 1]):
            return True
        at = path.find("/", at + 1)
    return bool(rules.decide(path))


def rebased(patterns: Iterable[str], base: str) -> tuple[str, ...]:
    """``patterns`` that are relative to the folder ``base`` ("" or with a final slash), from its root."""
    result = []
    for pattern in patterns:
        plain = pattern.removeprefix("!")
        is_anchored = "/" in plain.rstrip().rstrip("/")
        if base and is_anchored:
            plain = f"/{base}{plain.removeprefix('/')}"
        result.append(plain if pattern[:1] != "!" else f"!{plain}")
    return tuple(result)
