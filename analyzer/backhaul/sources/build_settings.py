"""Xcode configuration files: build settings kept outside the project file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

_INCLUDE = re.compile(r'#include\??\s*"([^"]*)"')
_SETTING = re.compile(r"(\w+)(?:\[[^\]]*\])?\s*=\s*(.*)")


def read_settings(path: str, read: Callable[[str], str | None]) -> dict[str, str]:
    """The settings of the ``.xcconfig`` at ``path`` and of those it includes; the last one counts.

    ``read`` gives the text of a file by its path in the tree, None when there is none. Settings for
    one SDK or architecture only (``KEY[sdk=…]``) count when there is none for all.
    """
    settings: dict[str, str] = {}
    special: dict[str, str] = {}
    _collect(path, read, settings, special, set())
    return special | settings


def _collect(
    path: str,
    read: Callable[[str], str | None],
    settings: dict[str, str],
    special: dict[str, str],
    seen: set[str],
) -> None:
    if path in seen:  # they may include each other
        return
    seen.add(path)
    text = read(path)
    for line in (text or "").splitlines():
        line = line.partition("//")[0].strip()
        if include := _INCLUDE.match(line):
            inner = posixpath.normpath(posixpath.join(posixpath.dirname(path), include[1]))
            _collect(inner, read, settings, special, seen)
        elif setting := _SETTING.match(line):
            (special if "[" in line.partition("=")[0] else settings)[setting[1]] = setting[2].strip()
