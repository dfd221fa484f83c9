"""What the grammar reads wrongly without noticing, respelled before any text is parsed.

The rules for files with errors (``rules``) come too late for these: there is no error. Each
replacement is as long as what it replaces, and all that is read from the source is read from the
original text, so nothing but the shape of the syntax tree changes.
"""

from __future__ import annotations

import re

from backhaul.frontends.conditionals import find_groups, is_balanced
from backhaul.frontends.lexing import blank
from backhaul.frontends.swift.generics import blank_generic_arguments

_CONDITION = re.compile(rb"(#(?:else)?if[ \t]+)([^\n/]*[^\s/])")
_POSTFIX_BRANCH = re.compile(rb"#(?:if|else|endif)[^\n]*\s+\??\.[A-Za-z_]")
_STARTS_WITH_MEMBER = re.compile(rb"\s*\??\.[A-Za-z_]")
_UNWRAPPED_TWICE = re.compile(rb"(?<=[\w)\]])!!(?=[.,)\]}\s])")


def respell(text: bytes) -> bytes:
    """``text`` as the grammar needs it, of the same length."""
    if b"#if" in text:
        text = _CONDITION.sub(_name_condition, text)
        if _POSTFIX_BRANCH.search(text):
            text = _join_postfix_branches(text)
    if b"!!" in text:
        text = _UNWRAPPED_TWICE.sub(b"! ", text)
    return blank_generic_arguments(text)


def _name_condition(match: re.Match[bytes]) -> bytes:
    """Conditions know more functions than the grammar: each becomes a name."""
    text, start = match.string, match.start()
    if text[text.rfind(b"\n", 0, start) + 1 : start].strip():
        return match.group()  # in a string or comment
    return match.group(1) + b"A" + b"_" * (len(match.group(2)) - 1)


def _join_postfix_branches(text: bytes) -> bytes:
    """Conditional members of a chain, one after the other as if all branches were compiled.

    The grammar would begin a new statement with each of them. Nothing that is called is lost this way.
    (Directives are looked for in the text itself: masking it would cost more than a rare ``#if`` in a
    comment or string, which stays what it is, is worth.)
    """
    result = bytearray(text)
    for group in find_groups(text):
        contents = [text[branch.content : branch.end] for branch in group.branches]
        if not all(not content.strip() or _STARTS_WITH_MEMBER.match(content) for content in contents):
            continue
        if not all(map(is_balanced, contents)) or not any(content.strip() for content in contents):
            continue
        directives = [(branch.start, branch.content) for branch in group.branches]
        for start, end in (*directives, (group.branches[-1].end, group.end)):
            result[start:end] = blank(bytes(result[start:end]))
    return bytes(result)
