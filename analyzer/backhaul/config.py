"""``backhaul.toml``: a closed set of typed keys, found beside the code it is about."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias
from typing import Literal as Choice

import msgspec
from msgspec import Meta, Struct

from backhaul.findings.finding import SEVERITIES, Confidence, Severity
from backhaul.sources.ignoring import compile_patterns

if TYPE_CHECKING:
    from backhaul.rules.errors import TomlText

NAME = "backhaul.toml"
SCHEMA_ADDRESS = (
    "https://raw.githubusercontent.com/backhaul/backhaul/main/analyzer/backhaul/schemas/config.schema.json"
)

FailOn: TypeAlias = Choice["note", "warning", "error", "never"]


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one line and names file and line."""


RuleNames: TypeAlias = Annotated[tuple[str, ...], Meta(description="Rules or families of rules.")]
Severities: TypeAlias = Annotated[
    dict[str, Severity],
    Meta(
        description="Severities in place of a rule's own, by rule or family; a rule counts before its family."
    ),
]


class PerPath(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What holds for the files that match ``paths``, besides or in place of what holds for all.

    The last table that says something about a file has the last word.
    """

    paths: Annotated[
        tuple[str, ...],
        Meta(description="Patterns in the form of .gitignore, relative to this file.", min_length=1),
    ]
    ignore: RuleNames = ()
    min_severity: Annotated[Severity | None, Meta(description="Report nothing below.")] = None
    min_confidence: Annotated[Confidence | None, Meta(description="Report nothing below.")] = None
    severity: Severities = {}


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The settings of Backhaul for the tree below this file; the command line has the last word."""

    select: Annotated[
        tuple[str, ...], Meta(description="The rules or families to report; empty: all regular rules.")
    ] = ()
    ignore: Annotated[tuple[str, ...], Meta(description="Rules or families not to report.")] = ()
    pedantic: Annotated[
        bool, Meta(description="Report the pedantic rules and findings of low confidence, too.")
    ] = False
    severity: Severities = {}
    min_severity: Annotated[Severity, Meta(description="Report nothing below.")] = "note"
    min_confidence: Annotated[
        Confidence | None,
        Meta(description="Report nothing below. Unless said: medium, and low with pedantic."),
    ] = None
    fail_on: Annotated[FailOn, Meta(description="From which severity on findings make the exit code 1.")] = (
        "warning"
    )
    exclude: Annotated[
        tuple[str, ...],
        Meta(description="What not to look at: patterns in the form of .gitignore, relative to this file."),
    ] = ()
    include_tests: Annotated[bool, Meta(description="Report findings in test code, too.")] = False
    targets: Annotated[
        tuple[str, ...],
        Meta(
            description="Report only on the sources of these targets of Xcode projects and packages;"
            " a file that no target is known of is reported on."
        ),
    ] = ()
    rules: Annotated[
        tuple[str, ...],
        Meta(
            description="Folders of rule pages and API models of your own, at paths below this file's folder."
        ),
    ] = ()
    baseline: Annotated[
        str,
        Meta(description="A file of known findings, below this file's folder: see --write-baseline."),
    ] = ""
    per_path: Annotated[
        tuple[PerPath, ...],
        Meta(description="Settings for some of the files; the last that fits counts."),
    ] = ()

    @property
    def least_confidence(self) -> Confidence:
        """What ``min_confidence`` says; unsaid, ``medium``, and ``low`` for those who want pedantry."""
        return self.min_confidence or ("low" if self.pedantic else "medium")


class Configured(Struct, frozen=True):
    """A configuration and where it came from: without a file, ``path`` and ``text`` are "".

    ``shown``: the path as messages name it.
    """

    config: Config = Config()
    path: str = ""
    shown: str = ""
    text: str = ""

    @property
    def rule_folders(self) -> tuple[Path, ...]:
        """The folders of the user's own rules. Raises ``ConfigError`` for one outside the file's folder."""
        return tuple(self._below(name, "rules") for name in self.config.rules)

    @property
    def baseline(self) -> Path | None:
        """The baseline file. Raises ``ConfigError`` for one outside the file's folder."""
        return self._below(self.config.baseline, "baseline") if self.config.baseline else None

    def base(self, root: str) -> str:
        """The file's folder relative to ``root``, with a final slash; "" for the root and what is outside."""
        home = os.path.relpath(Path(self.path).resolve().parent, root) if self.path else "."
        return "" if home == "." or home.startswith("..") else f"{home.replace(os.sep, '/')}/"

    def check_names(self, known: Collection[str]) -> None:
        """Raises ``ConfigError`` for the first name that is not ``known`` as a rule or a family."""
        config = self.config
        self._check_names(config.select, known, "select")
        self._check_names(config.ignore, known, "ignore")
        self._check_names(config.severity, known, "", table="severity")
        for number, each in enumerate(config.per_path):
            self._check_names(each.ignore, known, "ignore", table="per-path", ordinal=number)
            self._check_names(each.severity, known, "severity", table="per-path", ordinal=number)

    def _check_names(
        self, names: Iterable[str], known: Collection[str], key: str, *, table: str = "", ordinal: int = 0
    ) -> None:
        from backhaul.rules.errors import TomlText, nearest

        for name in names:
            if name not in known:
                source = TomlText(self.shown, self.text)
                value = {"key": key, "value": name} if key and key != "severity" else {"key": name}
                line = source.line_of(table=table, ordinal=ordinal, **value)
                raise ConfigError(
                    f"{self.shown}:{line}: `{name}` is neither a rule nor a family{nearest(name, known)}"
                )

    def _below(self, name: str, key: str) -> Path:
        home = Path(self.path).resolve().parent
        place = (home / name).resolve()
        if Path(name).is_absolute() or not place.is_relative_to(home):
            raise ConfigError(f"{self.shown}: `{key}` names `{name}`, which is outside the file's folder")
        return place


def find_config(start: str, root: str) -> Path | None:
    """The ``backhaul.toml`` in the folder ``start`` or in the nearest above it, up to ``root``."""
    folder = Path(os.path.realpath(start))
    top = Path(os.path.realpath(root))
    while folder.is_relative_to(top):
        if _holds_config(folder):
            return folder / NAME
        if folder == folder.parent:
            break
        folder = folder.parent
    return None


def _holds_config(folder: Path) -> bool:
    """Whether the file is there. In the sandbox of Xcode's build phases a file that was not declared must
    not even be looked at, be it there or not; the listing of its folder then decides.
    """
    try:
        return (folder / NAME).is_file()
    except PermissionError:
        with suppress(OSError):
            return folder / NAME in folder.iterdir()
        return False


def read_config(path: Path) -> Configured:
    """The configuration in the file ``path``. Raises ``ConfigError``."""
    from backhaul.rules.errors import RuleError, TomlText

    shown = _shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{shown}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown}: not UTF-8") from None
    try:
        return Configured(_parsed(TomlText(shown, text), text), str(path), shown, text)
    except RuleError as error:
        raise ConfigError(str(error)) from None


def _parsed(source: TomlText, text: str) -> Config:
    """The configuration in ``text``. Raises ``RuleError``."""
    from backhaul.rules.model_files import convert, parse_toml

    tables = parse_toml(source, text)
    per_path = tables.pop("per-path", [])
    if not isinstance(per_path, list) or not all(isinstance(table, dict) for table in per_path):
        source.fail("`per-path` is written as [[per-path]]", key="per-path", table="per-path")
    severity = tables.get("severity")
    if isinstance(severity, dict):
        for name, value in severity.items():
            if value not in SEVERITIES:
                hint = f"; known: {', '.join(f'`{each}`' for each in SEVERITIES)}"
                source.fail(f"`severity.{name}`: `{value}` is no severity{hint}", table="severity", key=name)
    config = convert(source, tables, Config)
    bad = compile_patterns(config.exclude)[1]
    if bad:
        source.fail(f"`exclude`: the pattern `{bad[0]}` is not understood", key="exclude")
    parts = []
    for number, table in enumerate(per_path):
        parts.append(convert(source, table, PerPath, table="per-path", ordinal=number))
        if bad := compile_patterns(parts[-1].paths)[1]:
            problem = f"`paths`: the pattern `{bad[0]}` is not understood"
            source.fail(problem, table="per-path", ordinal=number, key="paths")
    return msgspec.structs.replace(config, per_path=tuple(parts))


def schema() -> dict[str, Any]:
    """The JSON Schema of ``backhaul.toml``, for editors: what it accepts, ``read_config`` does, but for
    names of rules, patterns and paths that only the tree can tell right from wrong."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ADDRESS,
        **msgspec.json.schema(Config),
    }


def _shown(path: Path) -> str:
    """The path as a message names it: relative to the working folder when it lies in it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
