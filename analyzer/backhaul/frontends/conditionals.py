"""Conditional compilation found without a parser: the groups of ``#if`` … ``#endif`` and their branches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

from msgspec import Struct, field

from backhaul.frontends.lexing import blank
from backhaul.model.declarations import BuildCondition

_DIRECTIVE = re.compile(
    rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|elseif|else|endif)\b((?:[^\n\\]|\\\r?\n|\\.)*)",
    re.MULTILINE,
)


class Branch(Struct):
    """One branch: its directive's line ``start:content``, what it holds ``content:end``.

    ``condition`` is the masked text after the directive's word ``word``, stripped.
    """

    start: int
    content: int
    end: int
    word: bytes
    condition: bytes


class Group(Struct):
    """``#if`` (or ``#ifdef`` …) to ``#endif``; ``start:end`` with both lines. Groups may nest."""

    start: int
    end: int
    branches: list[Branch] = field(default_factory=list)


def find_groups(masked: bytes | bytearray) -> list[Group]:
    """All groups of ``masked`` in the order of their ends, so inner ones before those around them.

    A group without its ``#endif``, and a directive outside of any group, is left out.
    """
    found: list[Group] = []
    around: list[Group] = []
    for match in _DIRECTIVE.finditer(masked):
        word = match.group(1)
        start, end = match.span()
        if word.startswith(b"if"):
            around.append(Group(start, end))
        elif not around:
            continue
        else:
            around[-1].branches[-1].end = start
        if word == b"endif":
            group = around.pop()
            group.end = end
            found.append(group)
        else:
            around[-1].branches.append(Branch(start, end, end, word, match.group(2).strip()))
    return found


def conditions_of(groups: Iterable[Group]) -> Iterator[BuildCondition]:
    """What each branch of ``groups`` stands for: its own condition, and that those before it were not met."""
    for group in groups:
        end = group.branches[-1].end
        for branch, later in zip_longest(group.branches, group.branches[1:]):
            if branch.word != b"else":
                yield BuildCondition(branch.content, branch.end, _written(branch))
            if later is not None:
                yield BuildCondition(later.content, end, _written(branch), False)


def _written(branch: Branch) -> str:
    text = branch.condition.decode("utf-8", "replace")
    if branch.word.endswith(b"ndef"):
        return f"!defined({text})"
    return f"defined({text})" if branch.word.endswith(b"def") else text


def is_balanced(text: bytes | bytearray) -> bool:
    """Does ``text`` close every bracket that it opens, and no other?"""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in _OPENING else -1
        if depth < 0:
            return False
    return depth == 0


def select(groups: Iterable[Group], number: int) -> list[tuple[int, int]]:
    """What must go of each of ``groups`` so that its branch ``number`` alone is left: its directives
    and the other branches. Branch 0 is the likeliest; a group with fewer branches
    keeps its last."""
    dropped: list[tuple[int, int]] = []
    for group in groups:
        ordered = _by_choice(group)
        kept = ordered[min(number, len(ordered) - 1)]
        position = group.start
        if kept is not None:
            dropped.append((position, kept.content))
            position = kept.end
        dropped.append((position, group.end))
    return dropped


def _by_choice(group: Group) -> list[Branch | None]:
    """The branches, the likeliest first. None stands for "no branch", of a group without ``#else``.

    ``#if 0`` and a C++ compiler's own branch are never what an app compiles as Objective-C.
    """
    branches: list[Branch | None] = list(group.branches)
    first = group.branches[0]
    if len(branches) == 1:
        branches.append(None)
    is_cplusplus = b"__cplusplus" in first.condition and first.word != b"ifndef"
    if is_cplusplus or first.condition in (b"0", b"false"):
        branches.append(branches.pop(0))
    return branches


_BRACKET = re.compile(rb"[{}()\[\]]")
_OPENING = frozenset((b"{", b"(", b"["))


def flatten_conditionals(
    masked: bytes, number: int = 0, is_whole: Callable[[bytes | bytearray], bool] = is_balanced
) -> bytes:
    """``masked`` without directives: a group whose branches are each whole keeps them all, any other
    one alone (see ``select``)."""
    text = bytearray(masked)
    for group in find_groups(masked):
        if not all(is_whole(text[branch.content : branch.end]) for branch in group.branches):
            spans = select((group,), number)
        else:
            spans = [(branch.start, branch.content) for branch in group.branches]
            spans.append((group.branches[-1].end, group.end))
        for start, end in spans:
            text[start:end] = blank(bytes(text[start:end]))
    return bytes(text)
