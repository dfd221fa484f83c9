"""Reads the TOML block of a rule page: the metadata of one rule, checked."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta, Struct

from backhaul.findings.finding import Confidence, Severity
from backhaul.rules.card import Audience, Card, Consequence, Match, RuleLanguage, Source
from backhaul.rules.errors import TomlText
from backhaul.rules.model_files import convert, parse_toml
from backhaul.rules.page import read_front


class _CardTable(Struct, rename="kebab"):
    id: str
    severity: Severity
    confidence: Confidence
    audience: Audience
    consequence: Consequence
    languages: tuple[RuleLanguage, ...]
    since: str
    message: str
    match: dict[str, Any] | tuple[dict[str, Any], ...]
    source: tuple[dict[str, Any], ...]
    cwe: tuple[Annotated[int, Meta(ge=1, le=99_999)], ...] = ()
    security_severity: Annotated[float, Meta(ge=0.1, le=10)] | None = None


def read_card(path: str, text: str) -> Card:
    """The metadata in the page ``text``; ``path`` gives its id and family. Raises ``RuleError``."""
    front = read_front(path, text)
    source = TomlText(path, front.toml, front.line)
    table = convert(source, parse_toml(source, front.toml), _CardTable)
    place = Path(path)
    if table.id != place.stem:
        source.fail(f"the id `{table.id}` is not the name of the file, `{place.stem}`", key="id")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", table.id):
        source.fail(f"the id `{table.id}` is not in lower case with hyphens", key="id")
    if not re.fullmatch(r"\d+\.\d+\.\d+", table.since):
        source.fail(f"`since` is a version such as 0.1.0, not `{table.since}`", key="since")
    if not table.languages:
        source.fail(f"`languages` names some of: {', '.join(_LANGUAGES)}", key="languages")
    if table.security_severity is not None and table.consequence != "security":
        source.fail('`security-severity` goes with the consequence "security"', key="security-severity")
    if not table.source:
        source.fail("a rule names its source: [[source]]")
    sources = tuple(_source(source, cited, number) for number, cited in enumerate(table.source))
    _check_message(source, table.message)
    tables = (table.match,) if isinstance(table.match, dict) else table.match
    matches = tuple(_match(source, each, number) for number, each in enumerate(tables))
    fields = msgspec.structs.asdict(table)
    del fields["source"], fields["match"]
    family = place.parent.name
    return Card(**fields, matches=matches, title=front.title, family=family, sources=sources, path=path)


_LANGUAGES = [name for choice in get_args(RuleLanguage) for name in get_args(choice)]


class _MatchTable(Struct, rename="kebab"):
    matcher: str
    severity: Severity | None = None
    fills: dict[str, str] = {}


def _match(source: TomlText, value: dict[str, Any], number: int) -> Match:
    """The keys that every match has are taken out; the matcher checks the others."""
    own = {key: item for key, item in value.items() if key in _MatchTable.__struct_fields__}
    common = convert(source, own, _MatchTable, table="match", ordinal=number)
    rest = {key: item for key, item in value.items() if key not in ("severity", "fills")}
    return Match(rest, common.severity, common.fills)


def _source(source: TomlText, value: dict[str, Any], number: int) -> Source:
    cited = convert(source, value, Source, table="source", ordinal=number)
    if not cited.url.startswith("https://"):
        source.fail("`url` begins with https://", table="source", ordinal=number, key="url")
    return cited


def _check_message(source: TomlText, message: str) -> None:
    try:
        names = [name for _, name, form, conversion in string.Formatter().parse(message) if name is not None]
    except ValueError as error:
        source.fail(f"`message`: {error}", key="message")
    for name in names:
        if not re.fullmatch(r"[a-z][a-z_]*", name):
            source.fail(f"`message`: `{{{name}}}` is not a placeholder such as `{{session}}`", key="message")
    if not message or message[0].isspace() or message.rstrip(" .") != message:
        source.fail("`message` is a clause without a full stop", key="message")
