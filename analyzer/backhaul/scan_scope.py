"""Which files a scan looks at, and on which of them it reports."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from backhaul.cli import UsageError
from backhaul.sources.walking import SOURCE_SUFFIXES, find_root, relative_path


class Scope(Struct, frozen=True):
    """What to scan: ``only`` are the files and folders to report on, None for all."""

    paths: tuple[str, ...]
    root: str
    only: list[str] | None
    overlay: dict[str, bytes | None] = {}

    @property
    def paths_to_report(self) -> frozenset[str] | None:
        """The files and folders to report on, relative to the root, with forward slashes; None for all."""
        if self.only is None:
            return None
        root = os.path.realpath(self.root)
        relative = [relative_path(file, root) for file in self.only]
        return None if os.curdir in relative else frozenset(relative)


def scope_of(arguments: argparse.Namespace) -> Scope:
    """What the arguments say is to be scanned. Raises ``UsageError`` for what is not there."""
    if "-" in arguments.paths or arguments.stdin_filename is not None:
        return _standard_input(arguments)
    paths = tuple(arguments.paths) or (".",)
    _check_paths(paths)
    root = find_root(paths)
    if arguments.whole_project:
        return Scope((root,), root, [*paths, *(arguments.only or ())])
    return Scope(paths, root, arguments.only)


def _check_paths(paths: Sequence[str]) -> None:
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder `{path}`")


def _standard_input(arguments: argparse.Namespace) -> Scope:
    """One file, whose content comes from standard input, in the project around it."""
    file = arguments.stdin_filename
    if "-" not in arguments.paths:
        raise UsageError("--stdin-filename names the file that standard input stands in for: scan -")
    if not file:
        raise UsageError("standard input has no name: give one with --stdin-filename FILE")
    if Path(file).suffix.removeprefix(".") not in SOURCE_SUFFIXES:
        raise UsageError(f"--stdin-filename {file}: the names of sources end in .swift, .m, .mm or .h")
    if not Path(file).parent.is_dir():
        raise UsageError(f"--stdin-filename {file}: there is no folder `{Path(file).parent}`")
    for name in ("only", "suppress", "write_baseline"):
        if getattr(arguments, name):
            raise UsageError(f"--{name.replace('_', '-')} does not go together with standard input")
    paths = tuple(path for path in arguments.paths if path != "-")
    _check_paths(paths)
    root = find_root(paths or (str(Path(file).parent),))
    path = relative_path(file, os.path.realpath(root))
    places = [relative_path(each, os.path.realpath(root)) for each in paths or (root,)]
    if not any(place in (".", path) or path.startswith(f"{place}/") for place in places):
        raise UsageError(f"--stdin-filename {file}: not in {', '.join(paths)}")
    return Scope(paths or (root,), root, [file], {path: sys.stdin.buffer.read()})
