"""``.gitignore`` files: which entries of a folder git leaves out.

The meaning of a pattern is ``pathspec``'s; what is done here is to ask fast. The patterns of a
file become a few alternations, one a run of patterns of the same sign, and only folders and files
that a scan would enter or read are asked about. As in git, what lies in an ignored folder cannot
be taken back by a later pattern, so that the walk may prune it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from msgspec import Struct

_FOLDER_MARK = re.compile(r"\(\?P<\w+>/\)")
_LONGEST_FILE = 1 << 20
_MOST_STARS = 8  # more in one pattern make a backtracking matcher crawl; git itself has no limit


class IgnoreRules(Struct, frozen=True):
    """The patterns of one ``.gitignore``, or of a configuration, compiled.

    ``base`` is the folder they are relative to: "" for the root, else with a final slash.
    ``groups`` stand in the order to ask: the first that matches decides.
    """

    base: str
    groups: tuple[tuple[bool, re.Pattern[str]], ...]

    def decide(self, path: str) -> bool | None:
        """Whether ``path`` (relative to the root, a folder with a final slash) is ignored.

        None when no pattern says anything about it.
        """
        below = path[len(self.base) :]
        for ignored, pattern in self.groups:
            if pattern.match(below):
                return ignored
        return None


def compile_patterns(lines: Iterable[str], base: str = "") -> tuple[IgnoreRules, list[str]]:
    """Rules for the ``lines`` of an ignore file, and the lines that could not be understood."""
    # pathspec takes as long to import as a small scan takes in all
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    patterns: list[tuple[bool, str]] = []
    bad: list[str] = []
    for line in lines:
        line = line.rstrip("\r")
        if not line or line.startswith("#"):
            continue
        if line.count("*") > _MOST_STARS:
            bad.append(line)
            continue
        try:
            regex, ignored = GitIgnoreSpecPattern.pattern_to_regex(line)
        except GitIgnorePatternError:
            bad.append(line)
            continue
        if regex is not None and ignored is not None:
            patterns.append((ignored, _of_entry(regex)))
    try:
        return IgnoreRules(base, _group(patterns)), bad
    except re.error:
        sound = [pattern for pattern in patterns if _compiles(pattern[1])]
        bad.extend(regex for _, regex in patterns if not _compiles(regex))
        return IgnoreRules(base, _group(sound)), bad


def _of_entry(regex: str) -> str:
    """``regex``, which is of what lies in a folder too, so that it matches the entry alone.

    pathspec marks with a named group the slash after a folder that a pattern means as a whole; a
    slash at the end without that mark is of a pattern that means only what is inside (``x/**``).
    """
    regex = regex + "." if regex.endswith("/") else _FOLDER_MARK.sub(r"/\\Z", regex)
    return regex if regex.startswith("^") else "(?s:.*?)" + regex


def _group(patterns: list[tuple[bool, str]]) -> tuple[tuple[bool, re.Pattern[str]], ...]:
    """Alternations of the runs of one sign, last pattern first, as the last that matches decides."""
    runs = [(ignored, [regex for _, regex in run]) for ignored, run in groupby(patterns, itemgetter(0))]
    return tuple((ignored, re.compile("|".join(run))) for ignored, run in reversed(runs))


def _compiles(regex: str) -> bool:
    try:
        re.compile(regex)
    except re.error:
        return False
    return True


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
