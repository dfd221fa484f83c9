"""Contents that stand in for files: what an editor holds unsaved, what another revision held."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

import msgspec

from backhaul.sources.places import is_test_file, is_test_folder
from backhaul.sources.walking import SOURCE_SUFFIXES, SourceFile, SourceTree, is_fact, relative_path


def overlaid(tree: SourceTree, overlay: Mapping[str, bytes | None], paths: Sequence[str]) -> SourceTree:
    """``tree`` with the contents in ``overlay``, by path relative to its root, in place of its files.

    A file of no content (None) is left out. A path that the tree does not have becomes a file of it
    when a walk would take one of that name and has not left out what lies there. ``paths``: the files
    and folders, absolute, that the tree was found at; they tell which folders may mark a test.
    """
    sources = [file for each in tree.sources if (file := _replaced(each, overlay)) is not None]
    facts = [file for each in tree.facts if (file := _replaced(each, overlay)) is not None]
    known = {file.path for file in (*tree.sources, *tree.facts)}
    bases = [relative_path(path, tree.root) for path in paths]
    for path, data in overlay.items():
        location = f"{tree.root}/{path}"
        if data is None or path in known or os.path.lexists(location):
            continue
        file = _file(path, location, data, _is_test(path, data, bases))
        if path.rpartition(".")[2] in SOURCE_SUFFIXES:
            sources.append(file)
        if is_fact(path.rpartition("/")[2]):
            facts.append(msgspec.structs.replace(file, is_test=False))
    return SourceTree(
        tree.root,
        sorted(sources, key=lambda file: file.path),
        sorted(facts, key=lambda file: file.path),
        tree.skipped,
        tree.notifications,
    )


def _replaced(file: SourceFile, overlay: Mapping[str, bytes | None]) -> SourceFile | None:
    if file.path not in overlay:
        return file
    data = overlay[file.path]
    return None if data is None else _file(file.path, file.location, data, file.is_test)


def _file(path: str, location: str, data: bytes, is_test: bool) -> SourceFile:
    now = time.time_ns()  # no cache takes a file of this moment for an unchanged one
    return SourceFile(path, location, len(data), now, now, is_test, data)


def _is_test(path: str, data: bytes, bases: Sequence[str]) -> bool:
    """Whether a file, or the names of its folders below one of ``bases``, mark a test."""
    if path in bases:
        return False
    below = [path[len(base) + 1 :] for base in bases if path.startswith(f"{base}/")]
    *folders, name = min(below, key=len, default=path).split("/")
    return is_test_file(name, data) or any(is_test_folder(folder) for folder in folders)
