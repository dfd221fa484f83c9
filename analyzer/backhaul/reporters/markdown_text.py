"""Text made safe for Markdown that a code host renders.

A host turns more than Markdown's marks into something: ``@name`` notifies a person, ``#1`` links to
an issue, a bare address becomes a link. It does none of that in code; in prose, a space of no
width stands where it would begin.
"""

from __future__ import annotations

import re
from html import escape

from markupsafe import Markup

from backhaul.reporters.characters import visible

_CODE = re.compile(r"`([^`]+)`")
_MARKS = re.compile(r"([\\`*_\[\]~|!])")
_REFERENCE = re.compile(r"([@#])(?=\w)|(?<=\w)(?=://)|(?<=www)(?=\.)|(?<=GH)(?=-\d)", re.IGNORECASE)
_NO_WIDTH = "\u200b"  # text that is visible has none of its own
_LONGEST = 400  # characters of one text from the tree


def code(text: str) -> Markup:
    """``text`` as one piece of code, whatever it holds; on one line, and cut when it is very long."""
    shown = _cut(visible(text))
    runs = [len(run) for run in re.findall("`+", shown)]
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return Markup(f"{fence}{pad}{shown or ' '}{pad}{fence}")


def prose(text: str) -> Markup:
    """``text`` as prose on one line; what stands between backticks in it as code."""
    parts = _CODE.split(_cut(visible(text)))
    return Markup("").join(code(part) if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _escaped(text: str) -> Markup:
    parted = _REFERENCE.sub(lambda match: f"{match[0]}{_NO_WIDTH}", text)
    marked = _MARKS.sub(r"\\\1", escape(parted, quote=False))
    return Markup(marked.replace(_NO_WIDTH, "&#8203;"))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
