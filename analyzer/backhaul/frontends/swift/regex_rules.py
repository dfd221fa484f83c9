"""Regular expressions, whose insides the grammar takes for code, rewritten into strings."""

from __future__ import annotations

import re

from backhaul.frontends.recovery import Draft

_STRING = re.compile(rb'#*"""\s*"""#*|#*"[ ]*"#*')
_SLASH = re.compile(rb"//[^\n]*|/\*|(#+)/|/")
_CANDIDATE = re.compile(rb"/(?<![/*]/)(?![/*])")
_COMMENT = re.compile(rb"/\*|\*/")
_REGEX = re.compile(rb"/(?:[^/\\\n\[]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])*/")


def rewrite_regular_expressions(draft: Draft) -> None:
    """Turns ``/…/`` and ``#/…/#`` into string literals of the same length.

    Masked text holds blanks in their place, as it does for comments and for what is in strings.
    """
    text = bytes(draft.text)
    if not any(draft.masked[match.start()] == 0x20 for match in _CANDIDATE.finditer(text)):
        return
    hidden = _STRING.sub(lambda match: b"x" * len(match.group()), bytes(draft.masked))
    position = 0
    while match := _SLASH.search(text, position):
        start, position = match.span()
        if hidden[start] != 0x20:
            position = start + 1
        elif match.group() == b"/*":
            position = _comment_end(text, position)
        elif match.group(1):
            closing = text.find(b"/" + match.group(1), position)
            if closing >= 0:
                position = closing + 1 + len(match.group(1))
                _quote(draft, start, position)
        elif match.group() == b"/":
            regex = _REGEX.match(text, start)
            if regex is not None:
                position = regex.end()
                _quote(draft, start, position)


def _quote(draft: Draft, start: int, end: int) -> None:
    draft.replace(start, end, b'"' + b"_" * (end - start - 2) + b'"')


def _comment_end(text: bytes, position: int) -> int:
    depth = 1
    while depth and (match := _COMMENT.search(text, position)):
        depth += 1 if match.group() == b"/*" else -1
        position = match.end()
    return position if not depth else len(text)
