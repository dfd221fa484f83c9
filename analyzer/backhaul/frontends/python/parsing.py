"""Parsing of Python text by libcst, with the place of every node in bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import libcst as cst
    from libcst.metadata.span_provider import CodeSpan

_DEEPEST = 400
"""Nesting of an expression beyond which the parser, which recurses, is not asked."""
_TOKEN = re.compile(
    r"(?P<skip>#[^\n]*|(?P<quote>'''|\"\"\"|'|\")(?:\\.|(?!(?P=quote)).)*+(?:(?P=quote))?+)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>[,;])|(?P<end>\n)"
    r"|(?P<part>[-+*/%@&|^~.:=<>]|\b(?:not|and|or|await|lambda|if|else|in|is)\b)",
    re.DOTALL,
)


class Parsed(Struct):
    """The statements of a text, and where each node stands: bytes of the text."""

    body: Sequence[cst.CSTNode]
    spans: Mapping[cst.CSTNode, CodeSpan]


def parse(text: bytes) -> Parsed | None:
    """The syntax tree of ``text`` (UTF-8); None when it cannot be parsed."""
    source = text.decode()
    if _nesting(source) > _DEEPEST:
        return None
    import libcst
    from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

    try:
        wrapper = MetadataWrapper(libcst.parse_module(source), unsafe_skip_copy=True)
        spans = wrapper.resolve(ByteSpanPositionProvider)
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError):
        return None
    return Parsed(wrapper.module.body, spans)


def _nesting(source: str) -> int:
    """An upper bound of how deep the syntax tree of an expression in ``source`` is."""
    deepest = 0
    outer: list[int] = []
    here = 0
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup
        if kind == "part":
            here += 1
        elif kind == "open":
            outer.append(here + 1)
            here += 1
        elif kind == "close":
            here = outer.pop() + 1 if outer else 0
        elif kind == "comma" or (kind == "end" and not outer):
            here = outer[-1] if outer else 0
        deepest = max(deepest, here)
    return deepest
