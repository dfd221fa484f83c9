"""What a git repository holds: commits, trees and contents, as git tells them.

The repository may be hostile. git is asked only for what it keeps in its own store, never to look
at the working tree, so none of the commands that a repository can name in its configuration runs:
no hooks, filters, text conversions, difference programs, file system monitors or credential
helpers, and no transport to fetch what a partial clone left out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

_SECONDS = 120  # a FIFO in place of one of its files would keep git waiting for ever
_SAFE = (
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "safe.bareRepository=explicit",
)
_LOCAL = frozenset(
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CEILING_DIRECTORIES GIT_COMMON_DIR GIT_DIR GIT_EXTERNAL_DIFF"
    " GIT_GRAFT_FILE GIT_INDEX_FILE GIT_NAMESPACE GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_REPLACE_REF_BASE"
    " GIT_SHALLOW_FILE GIT_WORK_TREE".split()
)
"""Variables by which a hook's git says which repository it is at: perhaps not the one that is scanned."""


class GitError(ValueError):
    """What was asked cannot be told; the message is one line and says what to do."""


class TreeEntry(Struct, frozen=True, gc=False):
    """A file of a commit: ``blob`` is the name of its content. A submodule: that of its commit."""

    mode: str
    blob: str

    @property
    def is_submodule(self) -> bool:
        return self.mode == "160000"

    @property
    def is_link(self) -> bool:
        return self.mode == "120000"


class Repository:
    """The repository whose working tree is the folder ``root`` (absolute).

    Raises ``GitError`` when there is none, or git is not installed or will not touch it.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        found = shutil.which("git")
        if found is None or not Path(found).is_absolute():  # not one that lies in the tree itself
            raise GitError("git is not installed, or not on the PATH")
        self._git = found
        kept = {name: value for name, value in os.environ.items() if name not in _LOCAL}
        self._environment = {
            **kept,
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_CEILING_DIRECTORIES": str(Path(root).parent),
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        code, shallow, error = self._run("rev-parse", "--is-shallow-repository")
        if code != 0:
            raise GitError(_refusal(root, error))
        self._is_shallow = shallow.strip() == b"true"

    def merge_base(self, revision: str) -> str:
        """The commit that HEAD and ``revision`` have last had in common."""
        if not revision or revision.startswith("-") or not revision.isprintable():
            raise GitError(f"`{revision}` is not a revision")
        head = self._commit("HEAD")
        if not head:
            raise GitError("the repository has no commit yet")
        other = self._commit(revision)
        if not other:
            hint = self._deepening() if self._is_shallow else " (git fetch may bring it)"
            raise GitError(f"the repository has no revision `{revision}`{hint}")
        code, output, _ = self._run("merge-base", head, other)
        if code != 0:
            hint = self._deepening() if self._is_shallow else ""
            raise GitError(f"HEAD and `{revision}` have no commit in common{hint}")
        return output.decode("ascii", "replace").strip()

    def holds(self, commit: str) -> bool:
        """Whether the store has the commit of this name."""
        return bool(self._commit(commit))

    def files(self, commit: str) -> dict[str, TreeEntry]:
        """The files of a commit by path, with forward slashes, as ``os.fsdecode`` gives it."""
        code, output, error = self._run("ls-tree", "-r", "-z", "--full-tree", commit)
        if code != 0:
            raise GitError(self._incomplete(commit) if self._is_partial() else _first_line(error))
        entries = {}
        for line in output.split(b"\0")[:-1]:
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode("ascii", "replace").split(" ")
            entries[os.fsdecode(path)] = TreeEntry(mode, blob)
        return entries

    def contents(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """The contents of those names."""
        names = list(dict.fromkeys(blobs))
        if not names:
            return {}
        code, output, error = self._run("cat-file", "--batch", given="\n".join([*names, ""]).encode())
        if code != 0:
            raise GitError(self._incomplete(names[0]) if self._is_partial() else _first_line(error))
        contents = {}
        at = 0
        for name in names:
            end = output.index(b"\n", at)
            head = output[at:end].split(b" ")
            if len(head) != 3:
                raise GitError(self._incomplete(name))
            at = end + 1 + int(head[2])
            contents[name] = output[end + 1 : at]
            at += 1
        return contents

    def left_out(self) -> frozenset[str]:
        """The paths that a sparse checkout keeps out of the working tree."""
        code, output, _ = self._run("ls-files", "-t", "-z", "--full-name")
        lines = output.split(b"\0") if code == 0 else []
        return frozenset(os.fsdecode(line[2:]) for line in lines if line.startswith(b"S "))

    def _commit(self, revision: str) -> str:
        code, output, _ = self._run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        return output.decode("ascii", "replace").strip() if code == 0 else ""

    def _is_partial(self) -> bool:
        code, _, _ = self._run("config", "--get-regexp", r"^remote\..*\.promisor$")
        return code == 0

    def _incomplete(self, name: str) -> str:
        if self._is_partial():
            return (
                f"the clone is partial and has no object {name[:12]}: "
                "run git fetch --refetch --no-filter (in actions/checkout: leave out `filter`)"
            )
        return f"the repository is damaged: it has no object {name[:12]}"

    def _deepening(self) -> str:
        return ": the clone is shallow, run git fetch --unshallow (in actions/checkout: `fetch-depth: 0`)"

    def _run(self, *arguments: str, given: bytes = b"") -> tuple[int, bytes, bytes]:
        """Exit code, standard output and standard error of a git command."""
        try:
            done = subprocess.run(
                [self._git, *_SAFE, *arguments],
                cwd=self._root,
                env=self._environment,
                input=given,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise GitError(f"git {arguments[0]} did not end within {_SECONDS} seconds") from None
        return done.returncode, done.stdout, done.stderr


def blob_name(data: bytes, like: str) -> str:
    """The name that git gives the content ``data``, by the hash function that the name ``like`` is of."""
    function = "sha256" if len(like) == 64 else "sha1"
    return hashlib.new(function, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _refusal(root: str, error: bytes) -> str:
    text = _first_line(error)
    if "dubious ownership" in text:
        return (
            f"git does not touch {root}, which belongs to another user: "
            f"run git config --global --add safe.directory {root}"
        )
    if "not a git repository" in text:
        return f"{root} is not the working tree of a git repository"
    return text


def _first_line(error: bytes) -> str:
    lines = error.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "git failed without a word"
