"""What a tree's project files say about its products. Nothing is read until it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal as Choice
from typing import TypeAlias

from backhaul.sources.notification import Notification
from backhaul.sources.walking import SourceFile

ProductKind: TypeAlias = Choice["app", "extension", "watch", "library", "tests", "tool"]


class ProjectFacts:
    """Facts about the products of one source tree.

    ``files``: the project files, property lists and manifests of the tree.
    """

    def __init__(self, root: str, files: Sequence[SourceFile]) -> None:
        self.root = root
        self._files = tuple(files)
        self.notifications: list[Notification] = []

    def kinds(self, path: str) -> frozenset[ProductKind]:
        """The kinds of product that the source file ``path`` may be part of; empty: unknown."""
        del path
        return frozenset()
