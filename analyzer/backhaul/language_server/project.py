"""A folder that is open in an editor: scanned again and again, with what is not saved yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from backhaul.cache import WarmCache
from backhaul.config import ConfigError, Configured, find_config, read_config
from backhaul.findings.baseline import BaselineError, read_baseline
from backhaul.findings.fingerprint import Identity
from backhaul.policy import policy_of
from backhaul.reporters.contents import Contents
from backhaul.rules import RuleSet, load_rules
from backhaul.scan import ScanOptions, scan
from backhaul.scan_command import choose_rules, rule_names
from backhaul.screening import Screen, screen
from backhaul.sources.ignoring import rebased
from backhaul.sources.reading import read_file
from backhaul.sources.walking import WalkOptions, find_root, relative_path


class Project:
    """A folder, or a single file, and what is known of it from one scan to the next.

    ``path`` is absolute, without symbolic links; ``root`` the folder that findings are relative to.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.root = find_root([path])
        self._cache = WarmCache(self.root, [path])
        self._settings: tuple[Configured, RuleSet] | None = None

    def holds(self, path: str) -> bool:
        """Whether the absolute ``path`` lies in the folder."""
        return path == self.path or path.startswith(self.path.rstrip(os.sep) + os.sep)

    def forget_settings(self) -> None:
        """Read configuration and rules anew for the next scan."""
        self._settings = None

    def config_file(self) -> str:
        """The configuration file that counts, absolute; "" when there is none."""
        found = find_config(self.path, self.root)
        return str(found) if found else ""

    def scan(self, buffers: Mapping[str, bytes]) -> Contents:
        """What is to be reported of the project. ``buffers``: texts that editors hold, by absolute path.

        Raises ``ConfigError``, ``RuleError`` or ``UsageError`` for settings that cannot be used.
        """
        if self._settings is None:
            file = self.config_file()
            configured = read_config(Path(file)) if file else Configured()
            rules = load_rules(configured.rule_folders)
            configured.check_names(rule_names(rules))
            self._settings = configured, rules
        configured, rules = self._settings
        exclude = rebased(configured.config.exclude, configured.base(self.root))
        config = msgspec.structs.replace(configured.config, exclude=exclude)
        chosen = Screen(
            rules=choose_rules(rules, config),
            policy=policy_of(config, configured.base(self.root), rules.cards),
            targets=frozenset(config.targets),
            include_tests=config.include_tests,
            baseline=_baseline(configured),
        )
        options = ScanOptions(
            paths=(self.path,),
            root=self.root,
            walk=WalkOptions(exclude=config.exclude),
            include_tests=True,
            overlay={
                relative_path(path, self.root): data
                for path, data in buffers.items()
                if not _is_saved(path, data)
            },
        )
        return screen(scan(options, rules, warm=self._cache), rules, chosen).contents


def _baseline(configured: Configured) -> frozenset[Identity]:
    """The known findings in the file that the configuration names. Raises ``ConfigError``."""
    if configured.baseline is None:
        return frozenset()
    try:
        return read_baseline(configured.baseline.read_bytes())
    except (OSError, BaselineError) as error:
        raise ConfigError(f"{configured.shown}:1: `baseline`: {error}") from None


def _is_saved(path: str, data: bytes) -> bool:
    """Whether the file holds just this: then nothing needs to stand in for it."""
    try:
        return read_file(path) == data
    except OSError:
        return False
