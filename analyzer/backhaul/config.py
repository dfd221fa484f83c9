"""``backhaul.toml``: a closed set of typed keys, found beside the code it is about."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

from backhaul.findings.finding import Confidence, Severity

NAME = "backhaul.toml"

FailOn: TypeAlias = Choice["note", "warning", "error", "never"]


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one line and names file and line."""


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What ``backhaul.toml`` says; the command line has the last word.

    ``select`` and ``ignore`` name rules or families; an empty ``select`` means all regular rules.
    ``exclude``: patterns in the form of ``.gitignore``, relative to the root of the scan.
    ``rules``: folders of rule pages and API models, relative to the file and inside its folder.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    min_severity: Severity = "note"
    min_confidence: Confidence | None = None
    fail_on: FailOn = "warning"
    include_tests: bool = False
    pedantic: bool = False
    rules: tuple[str, ...] = ()

    @property
    def least_confidence(self) -> Confidence:
        """What ``min_confidence`` says; unsaid, ``medium``, and ``low`` for those who want pedantry."""
        return self.min_confidence or ("low" if self.pedantic else "medium")


class Configured(Struct, frozen=True):
    """A configuration and where it came from: ``path`` is "" when there is no file."""

    config: Config = Config()
    path: str = ""

    @property
    def rule_folders(self) -> tuple[Path, ...]:
        """The folders of the user's own rules. Raises ``ConfigError`` for one outside the file's folder."""
        home = Path(self.path).resolve().parent
        folders = []
        for name in self.config.rules:
            folder = (home / name).resolve()
            if Path(name).is_absolute() or not folder.is_relative_to(home):
                raise ConfigError(f"{self.path}: `rules` names `{name}`, which is outside the file's folder")
            folders.append(folder)
        return tuple(folders)


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
    from backhaul.rules.model_files import convert, parse_toml

    shown = _shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{shown}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown}: not UTF-8") from None
    source = TomlText(shown, text)
    try:
        config = convert(source, parse_toml(source, text), Config)
    except RuleError as error:
        raise ConfigError(str(error)) from None
    return Configured(config, str(path))


def _shown(path: Path) -> str:
    """The path as a message names it: relative to the working folder when it lies in it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
