"""Under which circumstances code stands where it does: conditions, the build, what its value is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.model.code import Argument, Binary, Call, Case, Cast, Node, Unary

_TESTS = ("&", "==", "!=", "===", "!==", "~=")
_LOOKS_FOR = ("contains", "intersection", "isSuperset")
_OF_PLATFORMS = re.compile(r"defined|\w+\([^()]*\)|TARGET_\w+|__\w+|\btrue\b|\bfalse\b")
_FLAG = re.compile(r"(!\s*(?:defined\s*)?\(?\s*)?\b([A-Za-z_]\w*)")


def is_asked(words: tuple[str, ...], node: Node, body: Body, *, either_way: bool = False) -> bool:
    """Whether ``node`` stands under a condition that must hold and has one of ``words`` in it.

    ``either_way``: or under one that must not hold.
    """
    conditions = guards_of(node, body, through_closures=True)
    return any(word in c.text.lower() for c in conditions if c.holds or either_way for word in words)


def is_tested(node: Node, body: Body) -> bool:
    """Whether a value is only compared, looked for or picked out: it decides, and goes nowhere."""
    inner: Node = node
    for outer in body.ancestors(node):
        if isinstance(outer, Binary):
            return outer.operator in _TESTS
        if isinstance(outer, Case):
            return inner is not outer.body
        if isinstance(outer, Argument):
            call = body.parent(outer)
            return isinstance(call, Call) and call.name in _LOOKS_FOR
        if not isinstance(outer, (Cast, Unary)):
            return False
        inner = outer
    return False


def built_only_for(flags: tuple[str, ...], node: Node, body: Body) -> bool:
    """Whether ``node`` is there only in builds that set a flag with one of the words ``flags`` in its name.

    Words are in small letters. A condition with ``||`` in it says nothing.
    """
    return bool(flags) and any(
        holds and word in flag.lower()
        for text, is_met in build_conditions(node, body)
        for flag, holds in _flags(text, is_met)
        for word in flags
    )


def build_conditions(node: Node, body: Body) -> Iterator[tuple[str, bool]]:
    """The conditions of the build around ``node``, and whether each is met there."""
    for condition in body.symbol.module.conditions:
        if condition.start <= node.start < condition.end:
            yield condition.text, condition.holds


def may_be_left_out(node: Node, body: Body) -> bool:
    """Whether a build of the same product for the same platform may be without ``node``.

    It stands under a condition of ``#if`` that asks for something the project defines.
    """
    return any(
        re.search(r"[A-Za-z_]", _OF_PLATFORMS.sub("", text)) for text, _ in build_conditions(node, body)
    )


def _flags(text: str, is_met: bool) -> Iterator[tuple[str, bool]]:
    """The flags in a condition, and whether each must be set for it to be as it is."""
    if "||" in text or ("&&" in text and not is_met):
        return
    for negation, flag in _FLAG.findall(text):
        yield flag, is_met == (not negation)
