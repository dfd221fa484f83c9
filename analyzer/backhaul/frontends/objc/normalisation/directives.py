"""Preprocessor directives: those that the grammar takes only in some places, and branches that split code."""

from __future__ import annotations

import re

from backhaul.frontends.conditionals import Group, find_groups, select
from backhaul.frontends.objc.normalisation.patterns import blank_all
from backhaul.frontends.outline_objc import is_whole
from backhaul.frontends.recovery import Draft, Rule

_LINE = rb"(?:[^\n\\]|\\\r?\n|\\.)*"
_USELESS = re.compile(rb"#[ \t]*(?!(?:if|ifdef|ifndef|elif|else|endif|include|import)\b)" + _LINE)
_IFDEF = re.compile(rb"#[ \t]*(?:if|elif)(n?def)\b")
_LINE_START = re.compile(rb"^[ \t]*\Z", re.MULTILINE)
_QUOTED_HEADER = re.compile(rb'(\b__has_include(?:_next)?\s*\(\s*)"([^"\n]*)"')
_BRACKET = re.compile(rb"[{}()\[\]]")
_BRACE = ord("{")
_AMID = re.compile(rb"\s*(?:else\b|[,:>)\].=?;]|&&|\|\|)")
_UNFINISHED = re.compile(rb"[,(=?|&+/<\[]\s*\Z")
_ENUM_HEAD = re.compile(rb"(?:\benum\b[^;{}()]*|\b[A-Z]\w*_(?:ENUM|OPTIONS)\w*\s*\([^()]*\)\s*)\Z")
_HEAD = re.compile(rb"[\w)>*]\s*\Z")


def _angle_headers(draft: Draft) -> None:
    """``__has_include("x.h")``: in conditions the grammar takes angle brackets only."""
    for match in _QUOTED_HEADER.finditer(bytes(draft.text)):
        start, end = match.span(2)
        if draft.masked[match.start(1) : match.start(1) + 5] == b"__has":
            draft.replace(start - 1, start, b"<")
            draft.replace(end, end + 1, b">")


def _split_branches(draft: Draft) -> None:
    """Branches that do not each hold whole statements or declarations: one is kept."""
    whole: list[Group] = []
    for group in find_groups(draft.masked):
        if _splits_code(draft.masked, group):
            _keep_one(draft, group)
        else:
            whole.append(group)
    whole.sort(key=lambda group: group.start)
    innermost = _innermost(draft.masked, [group.start for group in whole])
    for group in whole:
        bracket = innermost[group.start]
        if bracket < 0:
            if _splits_declaration(draft.masked, group):
                _keep_one(draft, group)
        elif (
            draft.masked[bracket] != _BRACE
            or _is_value(draft.masked, bracket)
            or _splits_statement(draft.masked, group)
        ):
            _keep_one(draft, group)


def _keep_one(draft: Draft, group: Group) -> None:
    spans = select((group,), draft.branch)
    for branch in group.branches:
        if any(start <= branch.content and branch.end <= end for start, end in spans):
            draft.dropped.append((branch.content, branch.end))
    for start, end in spans:
        draft.blank(start, end)


def _splits_code(masked: bytearray, group: Group) -> bool:
    """Does one of the branches open what it does not close, or begin or end amid something?"""
    after = bytes(masked[group.end : group.end + 200]).lstrip()
    before = bytes(masked[max(0, group.start - 200) : group.start])
    if _AMID.match(after) or _UNFINISHED.search(before):
        return True
    for branch in group.branches:
        content = bytes(masked[branch.content : branch.end])
        if not is_whole(content) or _AMID.match(content):
            return True
        if after[:1] == b"{" and _HEAD.search(content):
            return True
    return False


def _splits_statement(masked: bytearray, group: Group) -> bool:
    """Among statements: does a branch end without ending its statement?"""
    for branch in group.branches:
        content = bytes(masked[branch.content : branch.end]).rstrip()
        last_line = content[content.rfind(b"\n") + 1 :].lstrip()
        if content.strip() and content[-1:] not in (b";", b"}", b":") and last_line[:1] != b"#":
            return True
    return False


def _splits_declaration(masked: bytearray, group: Group) -> bool:
    """Outside of braces: does a branch go on with a selector, or hold a type's protocols or variables?"""
    before = bytes(masked[max(0, group.start - 200) : group.start]).rstrip()
    first = group.branches[0]
    return before.endswith(b":") or bytes(masked[first.content : first.end]).lstrip()[:1] in (b"{", b"<")


def _innermost(masked: bytearray, positions: list[int]) -> dict[int, int]:
    """For each of ``positions`` (ascending), where the innermost bracket open there is; -1 for none."""
    found: dict[int, int] = {}
    open_: list[int] = []
    number = 0
    for match in _BRACKET.finditer(masked):
        at = match.start()
        while number < len(positions) and positions[number] <= at:
            found[positions[number]] = open_[-1] if open_ else -1
            number += 1
        if match.group() in (b"(", b"[", b"{"):
            open_.append(at)
        elif open_:
            open_.pop()
    for position in positions[number:]:
        found[position] = open_[-1] if open_ else -1
    return found


_ENUM_BRACKET = re.compile(rb"[{}()\[\]]")
_BRACE = ord("{")
_ENUM_HEAD = re.compile(rb"(?:\benum\b[^;{}()]*|\b[A-Z]\w*_(?:ENUM|OPTIONS)\w*\s*\([^()]*\)\s*)\Z")


def _is_value(masked: bytearray, brace: int) -> bool:
    """Does the brace open a list of values (a dictionary, an initialiser, an enum)?"""
    before = bytes(masked[max(0, brace - 200) : brace]).rstrip()
    return before[-1:] in (b"@", b"=", b",", b"{", b"]") or _ENUM_HEAD.search(before) is not None


DIRECTIVE_RULES = (
    # #pragma, #define and the like declare nothing and stand where the grammar has no place
    Rule("useless-directives", (b"#",), blank_all(_USELESS, before=_LINE_START)),
    Rule("quoted-has-include", (b"__has_include",), _angle_headers),
    Rule("split-branches", (b"#if", b"# if", b"#  if"), _split_branches),
    # #ifdef to #if: around methods the grammar knows only the latter; the original has the condition
    Rule("ifdef", (b"def",), blank_all(_IFDEF, 1, _LINE_START)),
)
