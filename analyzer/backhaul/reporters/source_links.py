"""Addresses of lines of source where a repository is published."""

from __future__ import annotations

import os
from urllib.parse import quote, urlsplit

from msgspec import Struct

from backhaul.reporters.version_control import Checkout

_BLOBS = {"github.com": "/blob/", "gitlab.com": "/-/blob/"}


class SourceLinks(Struct, frozen=True):
    """``base``: the address of the tree at the commit, with a final slash; "" when it is not known."""

    base: str = ""

    def line(self, path: str, first: int, last: int = 0) -> str:
        """The address of the 1-based lines ``first`` to ``last`` of ``path``; "" when it is not known."""
        if not self.base:
            return ""
        end = f"-L{last}" if last > first else ""
        return f"{self.base}{quote(os.fsencode(path), safe='/')}#L{first}{end}"


def links_to(checkout: Checkout | None) -> SourceLinks:
    """Links into ``checkout``: for the hosts whose form of address is known."""
    if checkout is None:
        return SourceLinks()
    between = _BLOBS.get(urlsplit(checkout.repository).hostname or "")
    if between is None or not checkout.repository.startswith("https://"):
        return SourceLinks()
    return SourceLinks(f"{checkout.repository}{between}{checkout.revision}/")
