"""A rule as its page declares it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from typing import Literal as Choice

from msgspec import Struct

from backhaul.findings.finding import Confidence, Severity
from backhaul.model.languages import LanguageName
from backhaul.rules.errors import RuleError

if TYPE_CHECKING:
    from backhaul.rules.page import Example, Page

Audience: TypeAlias = Choice["regular", "pedantic"]

RuleLanguage: TypeAlias = LanguageName | Choice["plist"]
"""What a mistake can be made in: a language of the sources, or a property list."""

Consequence: TypeAlias = Choice[
    "crash", "data-loss", "killed", "silent-failure", "leak", "energy", "security", "deprecation"
]


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a rule's claim comes from: ``says`` in our words."""

    title: str
    url: str
    says: str


class Match(Struct, frozen=True):
    """One thing that a rule asks: what to look for, and how what is found is told.

    ``table``: the matcher's name and its parameters, as written. ``severity``: in place of the
    rule's own. ``fills``: fixed texts for placeholders of the message.
    """

    table: dict[str, Any]
    severity: Severity | None = None
    fills: dict[str, str] = {}

    @property
    def matcher(self) -> str:
        return str(self.table["matcher"])

    @property
    def parameters(self) -> dict[str, Any]:
        """``table`` without the name of the matcher."""
        return {key: value for key, value in self.table.items() if key != "matcher"}


class Card(Struct, frozen=True):
    """The metadata of one rule; its prose and examples are read when asked for.

    ``path``: the page as it was found. ``family``: the name of its folder. ``message`` has
    placeholders that a finding's ``arguments`` fill. ``matches``: the tables ``[match]`` or
    ``[[match]]``; each is asked by itself. ``cwe``: the weaknesses that it is an example of, by their
    numbers in the Common Weakness Enumeration. ``security_severity``: 0.1 to 10.0, on CVSS's scale.
    """

    id: str
    title: str
    family: str
    severity: Severity
    confidence: Confidence
    audience: Audience
    consequence: Consequence
    languages: tuple[RuleLanguage, ...]
    since: str
    message: str
    matches: tuple[Match, ...]
    sources: tuple[Source, ...]
    path: str
    cwe: tuple[int, ...] = ()
    security_severity: float | None = None

    @property
    def placeholders(self) -> frozenset[str]:
        """The names in braces in ``message``."""
        import string

        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.message) if name)

    @property
    def markdown(self) -> str:
        """The whole page. Read anew at each use. Raises ``RuleError`` when it cannot be."""
        try:
            return Path(self.path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError(self.path, 1, f"cannot be read: {error}") from None

    @property
    def page(self) -> Page:
        """Prose and examples. Parsed anew at each use: keep it. Raises ``RuleError``."""
        from backhaul.rules.page import read_page

        return read_page(self.path, self.markdown)

    @property
    def summary(self) -> str:
        return self.page.summary

    @property
    def sections(self) -> dict[str, str]:
        return self.page.sections

    @property
    def examples(self) -> tuple[Example, ...]:
        return self.page.examples
