"""Xcode's build settings: configuration files, levels that add to each other, and ``$(VARIABLES)``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence

_INCLUDE = re.compile(r'#include\??\s*"([^"]*)"')
_SETTING = re.compile(r"(\w+)(?:\[[^\]]*\])*\s*=\s*(.*)")
_INHERITED = re.compile(r"\$\(inherited\)|\$\{inherited\}", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\((?P<round>[^$(){}]+)\)|\{(?P<curly>[^$(){}]+)\})")
_MOST_ROUNDS = 4
_MOST_VARIABLES = 100  # in one text: a project may be hostile
_LONGEST = 10_000  # characters: settings that contain each other could grow without end


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
            into = special if "[" in line.partition("=")[0] else settings
            into[setting[1]] = _INHERITED.sub(into.get(setting[1], "$(inherited)"), setting[2].strip())


def merged(levels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What holds of several levels of settings, the general one first. ``$(inherited)``: the one above."""
    found: dict[str, str] = {}
    for level in levels:
        for key, value in level.items():
            above = found.get(key, "")
            found[key] = _INHERITED.sub(lambda _, above=above: above, value)[:_LONGEST]  # type: ignore[misc]
    return found


def expanded(text: str, settings: Mapping[str, str]) -> str:
    """``text`` with its ``$(VARIABLES)`` replaced; those that are not known, or too long, stay as written."""
    return _expanded(text, settings, {})


def _expanded(text: str, settings: Mapping[str, str], values: dict[str, str | None]) -> str:
    """``values``: of the settings met before; None for one that is not there, or not known yet."""

    def replaced(match: re.Match[str]) -> str:
        name, *modifiers = (match["round"] or match["curly"]).split(":")
        if name not in values:
            values[name] = None  # they may contain each other
            if name in settings and len(values) < _MOST_VARIABLES:
                values[name] = _expanded(settings[name], settings, values)
        value = values[name]
        for modifier in modifiers if value is None or is_known(value) else ("",):
            value = _modified(value, modifier)
        return match[0] if value is None else value

    for _ in range(_MOST_ROUNDS):  # a variable may stand in the name of another
        before, text = text, _VARIABLE.sub(replaced, text)
        if text == before or len(text) > _LONGEST:
            break
    return text if len(text) <= _LONGEST else before


def _modified(value: str | None, modifier: str) -> str | None:
    """What a modifier such as ``:lower`` makes of a value; None for one that is not known."""
    name, _, argument = modifier.partition("=")
    if name == "default":
        return value or argument
    if value is None:
        return None
    if name == "rfc1034identifier":
        return re.sub(r"[^0-9A-Za-z.-]", "-", value)
    if name in ("c99extidentifier", "identifier"):
        plain = re.sub(r"\W", "_", value)
        return f"_{plain[1:]}" if plain[:1].isdigit() else plain
    stem, suffix = posixpath.splitext(posixpath.basename(value))
    results = {
        "lower": value.lower(),
        "upper": value.upper(),
        "quote": value,
        "standardizepath": posixpath.normpath(value),
        "dir": posixpath.dirname(value),
        "file": posixpath.basename(value),
        "base": stem,
        "suffix": suffix,
    }
    return results.get(name)


def is_known(text: str) -> bool:
    """Whether nothing in ``text`` waits to be replaced."""
    return "$(" not in text and "${" not in text


def is_on(settings: Mapping[str, str], key: str) -> bool:
    return settings.get(key, "").upper() in ("YES", "TRUE", "1")
