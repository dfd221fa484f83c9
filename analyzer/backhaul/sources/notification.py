"""What the user must know about a scan besides its findings."""

from __future__ import annotations

import os
from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

NotificationKind: TypeAlias = Choice[
    "unreadable-folder",
    "unreadable-file",
    "special-file",  # a FIFO, socket or device under a source file's name
    "outside-link",  # a symbolic link that leads out of the tree
    "too-large",
    "not-text",
    "bad-ignore-pattern",
    "bad-property-list",
    "bad-project-file",
    "unknown-target",  # the configuration names one that no project describes
    "parser-crash",
    "parser-timeout",
    "rule-failed",
    "cache-unwritable",
    "nothing-to-scan",
    "partial-file",
    "bad-suppression",
    "unused-suppression",
    "stale-baseline",
    "too-many-findings",
]
NotificationLevel: TypeAlias = Choice["note", "warning", "error"]


class Notification(Struct, frozen=True, gc=False):
    """One thing that was skipped or went wrong, and why.

    ``text`` is a whole sentence without a final stop that does not repeat the path. ``path`` is
    relative to the root of the scan with forward slashes, "" when it concerns no single file;
    bytes of a file name that are not UTF-8 are kept as surrogates (``os.fsencode`` gives them
    back). A ``warning`` may hide findings; a ``note`` does not.
    """

    kind: NotificationKind
    level: NotificationLevel
    text: str
    path: str = ""

    @property
    def sort_key(self) -> tuple[str, str, str]:
        return (self.path, self.kind, self.text)


def described(error: Exception) -> str:
    """An error that should not have happened, and where in the code: ``KeyError: 'a', types.py:40``."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{what}, {os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - pathlib costs start-up
