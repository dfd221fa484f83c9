"""Lines of styled text: plain where they are kept or piped, painted by rich on a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO, TypeAlias

Segment: TypeAlias = tuple[str, str]
"""A piece of text and its style in rich's words, such as ``bold red`` or ``link https://…``."""


class Line(list[Segment]):
    """The segments of one line, without its line end."""

    @property
    def plain(self) -> str:
        return "".join(text for text, _ in self)


def is_painted(stream: TextIO) -> bool:
    """Whether a report on ``stream`` has colours: on terminals, or when FORCE_COLOR asks for it.

    NO_COLOR takes them away, by the convention of https://no-color.org; so does a dumb terminal.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_links(stream: TextIO) -> bool:
    """Whether hyperlinks on ``stream`` reach a terminal."""
    return stream.isatty() and is_painted(stream)


def terminal_width(stream: TextIO, default: int) -> int:
    """The columns of the terminal that ``stream`` is, else ``default``."""
    if not stream.isatty():
        return default
    from shutil import get_terminal_size

    return max(get_terminal_size((default, 24)).columns, 40)


def write_lines(lines: Iterable[Line], stream: TextIO) -> None:
    """Write ``lines``, painted where the stream is."""
    if not is_painted(stream):
        stream.writelines(f"{line.plain.rstrip()}\n" for line in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=stream, force_terminal=True, soft_wrap=True, highlight=False, markup=False, emoji=False
    )
    for line in lines:
        console.print(Text.assemble(*line), crop=False, overflow="ignore", no_wrap=True)
