"""Under which circumstances code stands where it does: conditions, the build, what its value is for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import ABSENT, SAME, guards_of
from backhaul.matchers.build_flags import FLAG, OF_PLATFORMS
from backhaul.matchers.context import Context
from backhaul.matchers.delegates import members_in
from backhaul.model.code import Argument, Binary, Call, Case, Cast, Closure, Conditional, Node, Unary

_MAIN = "main-queue"
_LIBRARY = "network-library"
_SAYS_QUEUE = "module.method-queue"
_WORKER = "off-main-worker"
_TESTS = ("&", "==", "!=", "===", "!==", "~=")
_LOOKS_FOR = ("contains", "intersection", "isSuperset")
_A_PLATFORM = re.compile(r"(?:os\(|TARGET_OS_)(\w+)\)?", re.IGNORECASE)


def is_asked(words: tuple[str, ...], node: Node, body: Body, *, either_way: bool = False) -> bool:
    """Whether ``node`` stands under a condition that must hold and has one of ``words`` in it.

    ``either_way``: or under one that must not hold.
    """
    conditions = guards_of(node, body, through_closures=True)
    return any(word in c.text.lower() for c in conditions if c.holds or either_way for word in words)


def is_chosen(node: Node, body: Body) -> bool:
    """Whether ``node`` stands under a condition that something equals a constant other than nil."""
    return any(
        c.holds and c.constant not in ABSENT and (c.constant or any(name in c.text for name in SAME))
        for c in guards_of(node, body, through_closures=True)
    )


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


def stands_in_for_nil(node: Node, body: Body, *, through_closures: bool = False) -> bool:
    """Whether ``node`` is evaluated only where another value is nil: ``held ?? make()``."""
    inner = node
    for outer in body.ancestors(node):
        if isinstance(outer, Closure) and not through_closures:
            return False
        if isinstance(outer, Binary) and outer.operator == "??" and inner is outer.right:
            return True
        if isinstance(outer, Conditional) and outer.then is None:
            return True
        inner = outer
    return False


def performs_one_of(type_name: str, operations: tuple[str, ...], context: Context) -> bool:
    """Whether a member of the type performs one of ``operations``."""
    return bool(type_name) and any(
        where.symbol.owner == type_name for name in operations for _, where, _ in context.uses(name)
    )


def is_worker(type_name: str, context: Context) -> bool:
    """Whether methods of the type run off the main thread, as those of operations do.

    Not where the type says itself that it is the main queue on which they are called.
    """
    names = context.program.supertypes(type_name) if type_name else ()
    if not any(api is not None and _WORKER in api.tags for api in map(context.models.type_named, names)):
        return False
    said = [
        {o.kind for o in context.values.origins(returned.value, getter.body)}
        for getter, _ in members_in(type_name, _SAYS_QUEUE, context)
        if getter.body is not None
        for returned in getter.body.unit.returns
        if returned.value is not None
    ]
    return not any(_MAIN in kinds for kinds in said)


def is_in_library(body: Body, context: Context) -> bool:
    """Whether code belongs to a network library that lies in the tree: who uses it is answerable."""
    names = context.program.supertypes(body.symbol.owner) if body.symbol.owner else ()
    return any(api is not None and _LIBRARY in api.tags for api in map(context.models.type_named, names))


def built_only_for(flags: tuple[str, ...], node: Node, body: Body) -> bool:
    """Whether ``node`` is there only in builds that set a flag with one of the words ``flags`` in its name.

    Words are in small letters. Where one of several flags suffices, each must have such a word. The same
    as a flag of the build is a condition that the program asks when it runs, with such a word in a name
    or a text (``if environment == .staging``).
    """
    if not flags:
        return False
    of_build = list(build_conditions(node, body))
    if any(_needs_one_of(flags, text, is_met) for text, is_met in of_build):
        return True
    if body.parent(node) is None:
        return False  # a whole body, or a mere place
    judged = {text.strip() for text, _ in of_build}
    named = _words(flags)
    return any(
        c.holds and c.text.strip() not in judged and named.search(c.text)
        for c in guards_of(node, body, through_closures=True)
    )


@cache
def _words(flags: tuple[str, ...]) -> re.Pattern[str]:
    """What finds one of ``flags`` as a word of a name: ``isDebug``, ``DEBUG_MODE``, ``development``."""
    forms = (
        rf"(?<![A-Za-z]){flag}(?:ment)?(?![a-z])|{flag.capitalize()}(?:ment)?(?![a-z])|(?<![A-Z]){flag.upper()}(?![A-Z])"
        for flag in map(re.escape, flags)
    )
    return re.compile("|".join(forms))


def build_conditions(node: Node, body: Body) -> Iterator[tuple[str, bool]]:
    """The conditions of the build around ``node``, and whether each is met there."""
    for condition in body.symbol.module.conditions:
        if condition.start <= node.start < condition.end:
            yield condition.text, condition.holds


def is_built_for(platforms: Collection[str], node: Node, body: Body) -> bool:
    """Whether a build for one of ``platforms`` surely has ``node``: nothing else is asked for around it."""
    return all(
        is_met and (named := _A_PLATFORM.fullmatch(text.strip())) and named.group(1).lower() in platforms
        for text, is_met in build_conditions(node, body)
    )


def may_be_left_out(node: Node, body: Body) -> bool:
    """Whether a build of the same product for the same platform may be without ``node``.

    It stands under a condition of ``#if`` that asks for something the project defines.
    """
    return any(
        re.search(r"[A-Za-z_]", OF_PLATFORMS.sub("", text)) for text, _ in build_conditions(node, body)
    )


def _needs_one_of(words: tuple[str, ...], text: str, is_met: bool) -> bool:
    """Whether a condition is as it is only in builds that set a flag with one of ``words`` in its name."""
    if "||" in text and "&&" in text:
        return False
    needed = [
        is_met == (not negation) and any(word in flag.lower() for word in words)
        for negation, flag in FLAG.findall(text)
        if flag != "defined"
    ]
    one_suffices = "||" in text if is_met else "&&" in text
    return bool(needed) and (all(needed) if one_suffices else any(needed))
