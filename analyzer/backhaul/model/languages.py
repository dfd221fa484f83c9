"""The languages that sources are written in, and what everyone who handles a source file asks of one."""

from __future__ import annotations

import re
from typing import Literal as Choice
from typing import TypeAlias, get_args

from msgspec import Struct

LanguageName: TypeAlias = Choice["swift", "objc", "python"]
"""As a rule's page and its examples say it."""


class SourceLanguage(Struct, frozen=True):
    """``suffixes``: of the files, lower case, without a dot, the usual one first.

    ``sarif``: its name in SARIF 2.1.0, appendix A. ``comment``: what begins a comment to the end of the
    line. ``modules``: a file is a source only when it imports one of them; empty: always.
    ``joins_selectors``: it writes an Objective-C selector as one word, with underscores for its colons.
    ``nested_type``: what stands on a line before the name of a type that is declared inside of another.
    """

    name: LanguageName
    title: str
    suffixes: tuple[str, ...]
    sarif: str
    comment: str = "//"
    modules: tuple[bytes, ...] = ()
    joins_selectors: bool = False
    nested_type: re.Pattern[bytes] | None = None

    def takes(self, text: bytes) -> bool:
        """Whether a file of one of the suffixes that holds ``text`` is a source.

        Searching for the words first takes a tenth of the time that the pattern does.
        """
        if not self.modules:
            return True
        return any(module in text for module in self.modules) and _IMPORTS.search(text) is not None


_BRIDGES = (b"Foundation", b"AppKit", b"Cocoa", b"objc", b"rubicon", b"pyobjus")
"""Modules of Python that make Objective-C's classes known to a program, and the frameworks it begins with."""
_IMPORTS = re.compile(
    rb"(?m)^[ \t]*(?:try:[ \t]*)?(?:import[ \t][^\n#]*\b|from[ \t]+)(?<![.\w])(?:%b)\b" % b"|".join(_BRIDGES)
)
_NESTED_IN_SWIFT = re.compile(
    rb"[ \t]+(?:(?:public|package|internal|fileprivate|private|open|final|indirect)[ \t]+)*"
    rb"(?:enum|struct|class|actor)[ \t]+"
)

LANGUAGES = (
    SourceLanguage("swift", "Swift", ("swift",), "swift", nested_type=_NESTED_IN_SWIFT),
    SourceLanguage("objc", "Objective-C", ("m", "mm", "h"), "objectivec"),
    SourceLanguage(
        "python",
        "Python",
        ("py",),
        "python",
        comment="#",
        modules=_BRIDGES,
        joins_selectors=True,
    ),
)
assert tuple(language.name for language in LANGUAGES) == get_args(LanguageName)

BY_NAME: dict[str, SourceLanguage] = {language.name: language for language in LANGUAGES}
BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}


def language_of(path: str) -> SourceLanguage | None:
    """The language of the file ``path``, by its suffix in any case; None for another kind of file."""
    return BY_SUFFIX.get(path.rpartition(".")[2].lower())
