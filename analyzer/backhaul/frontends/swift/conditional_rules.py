"""Conditional compilation that the grammar cannot read.

It knows ``#if`` around whole statements and members. Where branches are parts of an expression, of a
``switch``, of an ``if`` chain, or do not match their braces, directives go, and all branches but one
if need be. (For members of a chain see ``misreadings``.)
"""

from __future__ import annotations

import re
from typing import Literal

from backhaul.frontends.conditionals import (
    Group,
    find_groups,
    flatten_conditionals,
    is_balanced,
    select,
)
from backhaul.frontends.recovery import Draft

_BRACKET = re.compile(rb"[{}()\[\]]")
_CLOSING = {b"}": b"{", b")": b"(", b"]": b"["}
_CASE = re.compile(rb"\s*(?:@unknown\s+)?(?:case|default)\b")
_CONTINUES = re.compile(rb"\s*(?:[.?+*/%&|<>=,:-]|else\b|catch\b|where\b)")
_MODIFIERS_ONLY = re.compile(
    rb"\s*(?:(?:@\w+(?:\((?:[^()]|\([^()]*\))*\))?|public|private|internal|fileprivate|open|package|final|static"
    rb"|override|nonisolated|mutating)\s*)+"
)

Treatment = Literal["keep", "all", "one"]
"""Keep the directives, keep all branches without them, keep one branch alone."""


def rewrite_conditionals(draft: Draft) -> None:
    groups = find_groups(draft.masked)
    around = _brackets_around(flatten_conditionals(bytes(draft.masked)), groups)
    for group in groups:
        treatment = _treatment(draft, group, around[group.start])
        if treatment == "one":
            for start, end in select((group,), draft.branch):
                draft.blank(start, end)
                draft.dropped += [
                    (branch.content, branch.end)
                    for branch in group.branches
                    if start <= branch.content and branch.end <= end
                ]
        elif treatment == "all":
            for branch in group.branches:
                draft.blank(branch.start, branch.content)
            draft.blank(group.branches[-1].end, group.end)


def _treatment(draft: Draft, group: Group, around: bytes) -> Treatment:
    contents = [bytes(draft.masked[branch.content : branch.end]) for branch in group.branches]
    if not all(map(is_balanced, contents)):
        return "one"
    written = [content for content in contents if content.strip()]
    if around == b"[" and all(content.rstrip().endswith(b",") for content in written):
        return "all"
    if around in (b"(", b"["):
        return "one"
    if any(_CASE.match(content) for content in written):
        return "all"
    if any(_CONTINUES.match(content) or _MODIFIERS_ONLY.fullmatch(content) for content in written):
        return "one"
    return "keep"


def _brackets_around(text: bytes, groups: list[Group]) -> dict[int, bytes]:
    """For the start of each group the bracket that was opened last before it, b"" for none."""
    result: dict[int, bytes] = {}
    starts = sorted(group.start for group in groups)
    open_: list[bytes] = []
    number = 0
    for match in _BRACKET.finditer(text):
        while number < len(starts) and starts[number] <= match.start():
            result[starts[number]] = open_[-1] if open_ else b""
            number += 1
        bracket = match.group()
        if bracket not in _CLOSING:
            open_.append(bracket)
        elif open_ and open_[-1] == _CLOSING[bracket]:
            open_.pop()
    for start in starts[number:]:
        result[start] = open_[-1] if open_ else b""
    return result
