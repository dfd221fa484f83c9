"""How Swift sources are compiled, as far as it changes what a program does when it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from backhaul.sources.build_settings import expanded

_TOOLS_VERSION = re.compile(r"//\s*swift-tools-version\s*:\s*(\d+)")
_MODES = re.compile(r"\bswiftLanguage(?:Modes|Versions)\s*:\s*\[([^\]]*)\]")
_MODE = re.compile(r"\.v(\d+)|\"(\d+)")
_DEFAULT = re.compile(r"\bdefaultIsolation\(\s*(?!nil\b)\w")
_NONE = "nonisolated"
_FIRST_THAT_CHECKS = 6


class SwiftLanguage(Struct, frozen=True, gc=False):
    """``checks_isolation``: a closure of an actor that is called elsewhere ends the program: so it is from
    the language mode 6 on (SE-0423). ``is_main_by_default``: what says nothing belongs to the main actor
    (SE-0466). Both false where the description does not say so of every configuration.
    """

    checks_isolation: bool = False
    is_main_by_default: bool = False


def language_of_settings(configurations: Sequence[Mapping[str, str]]) -> SwiftLanguage:
    """By the build settings of all configurations of a target."""
    return SwiftLanguage(
        bool(configurations) and all(map(_checks, configurations)),
        bool(configurations)
        and all(each.get("SWIFT_DEFAULT_ACTOR_ISOLATION", _NONE) != _NONE for each in configurations),
    )


def _checks(settings: Mapping[str, str]) -> bool:
    version = expanded(settings.get("SWIFT_VERSION", ""), settings).partition(".")[0]
    if version.isdigit() and int(version) >= _FIRST_THAT_CHECKS:
        return True
    flags = settings.get("OTHER_SWIFT_FLAGS", "")
    return (
        settings.get("SWIFT_UPCOMING_FEATURE_DYNAMIC_ACTOR_ISOLATION") == "YES"
        or "DynamicActorIsolation" in flags
    )


def language_of_package(text: str) -> SwiftLanguage:
    """By the text of a ``Package.swift``."""
    modes = _MODES.search(text)
    if modes is not None:
        versions = [int(a or b) for a, b in _MODE.findall(modes[1])]
    else:
        tools = _TOOLS_VERSION.match(text)
        versions = [int(tools[1])] if tools is not None else []
    checks = bool(versions) and min(versions) >= _FIRST_THAT_CHECKS
    return SwiftLanguage(checks, _DEFAULT.search(text) is not None)
