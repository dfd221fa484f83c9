"""Reports: one module for each format, imported when it is asked for.

Every reporter module has ``write(contents: Contents, stream: TextIO) -> None``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TextIO, cast

if TYPE_CHECKING:
    from backhaul.reporters.contents import Contents

FORMATS: dict[str, str] = {
    "text": "backhaul.reporters.text",
    "sarif": "backhaul.reporters.sarif",
    "json": "backhaul.reporters.json",
    "xcode": "backhaul.reporters.xcode",
    "github": "backhaul.reporters.github",
    "gitlab": "backhaul.reporters.gitlab",
    "junit": "backhaul.reporters.junit",
    "checkstyle": "backhaul.reporters.checkstyle",
    "markdown": "backhaul.reporters.markdown",
    "html": "backhaul.reporters.html",
}
"""The name of each format and the module that writes it."""


class Reporter(Protocol):
    def write(self, contents: Contents, stream: TextIO) -> None:
        """Write the whole report to ``stream``. Raises OSError when that cannot be written to."""


def reporter(format_name: str) -> Reporter:
    """The reporter of a format. Raises KeyError for a name that is not in ``FORMATS``."""
    return cast(Reporter, import_module(FORMATS[format_name]))
