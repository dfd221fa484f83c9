"""Parameters of the matchers that ask what a program declares, and when it does something."""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

from backhaul.matchers.parameters.common import ValueTest
from backhaul.matchers.parameters.sites import MutationTest

ArgumentTest: TypeAlias = Choice["not-nil", "nil-or-absent", "true", "false", "not-false"] | ValueTest


class RequiredHookParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A call of ``operation`` in a program that declares none of the hooks called ``hook``.

    ``delegate_hook``: in a library, what shows that the program that uses it can do its part.
    """

    matcher: Choice["required-hook"]
    operation: str
    hook: str
    arguments: dict[str, ArgumentTest] = {}
    delegate_hook: str = ""
    unless_mutated: tuple[MutationTest, ...] = ()


class LeadToParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Members of ``hook`` that do not lead to a call of ``operation``, though the program has one.

    Silent where the start of the program, or the making of the member's object, performs it, and
    where code that cannot be seen is given a parameter of one of ``roles``.
    """

    matcher: Choice["lead-to"]
    hook: str
    operation: str
    arguments: dict[str, Choice["not-nil", "nil-or-absent"] | ValueTest] = {}
    roles: tuple[str, ...] = ()


class PerformedLateParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` where the start of the program is surely over.

    Hooks say when that is: members of ``before`` run while the program starts, those of ``after``, and
    the closures that its calls are given, later; those of ``screen`` run later, unless the start itself
    names their type. Silent where something named beside has one of the words ``unless_when`` in it,
    and about an ``identity`` that one of the operations ``unless_source`` is given, or may be.
    """

    matcher: Choice["performed-late"]
    operation: str
    before: str
    after: str
    screen: str
    identity: str
    unless_when: tuple[str, ...] = ()
    unless_source: tuple[str, ...] = ()


class PerformedTwiceParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` twice in one run of the program, with one text as its ``identity``.

    ``runs``: hooks whose members the system calls in one run, the first of them when it starts.
    """

    matcher: Choice["performed-twice"]
    operation: str
    identity: str
    runs: tuple[str, ...]


class UnregisteredParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` in an app, given an ``argument`` whose identity nothing in the program registers.

    The argument comes from ``source``; its role ``identity`` is a text that the program writes down, and
    so are those that the operations ``registration`` are given. Silent where one of them cannot be
    told from it, and where code that cannot be seen is given the text.
    """

    matcher: Choice["unregistered"]
    operation: str
    argument: str
    source: str
    identity: str
    registration: str


class BypassedDelegateParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` gives its answer to a ``closure``, and a member of ``hook`` waits for it.

    The member is one of the ``delegate`` that ``maker`` gave what the operation is performed on. Silent
    where that delegate is ``told`` the answer to other operations, where the operation has an
    ``own_delegate``, and on objects that may be of ``unless_kind``, which take no closure.
    """

    matcher: Choice["bypassed-delegate"]
    operation: str
    closure: str
    hook: str
    maker: str
    delegate: str
    told: str
    unless_kind: str
    own_delegate: str = "delegate"


class DelegateMemberParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` makes an object whose ``delegate`` has, or has not, a member of ``hook``.

    ``missing``: it has none. ``idle``: it has one that does nothing (but log). ``useless``: it has
    one that does more than to pass ``passed_on`` to the closure ``answer``, and that such objects
    never call. ``arguments``: which uses count; for ``useless`` all uses with that delegate must, and
    no operation of ``elsewhere`` has it, too.
    Silent where: a change of an argument is among ``unless_mutated``; the program declares
    ``unless_hook``, which is then the one to ask, or is an app that does not; the delegate calls a
    closure that it keeps.
    """

    matcher: Choice["delegate-member"]
    operation: str
    delegate: str
    hook: str
    fault: Choice["missing", "idle", "useless"]
    arguments: dict[str, ArgumentTest] = {}
    unless_mutated: tuple[MutationTest, ...] = ()
    unless_hook: str = ""
    elsewhere: tuple[str, ...] = ()
    answer: str = ""
    passed_on: str = ""


class FollowUpParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` on a ``receiver`` of some kind, in a member of ``hook`` or what it calls.

    The parameter ``session`` of a member is such a receiver where each ``maker`` with that ``delegate``
    has these ``arguments``.
    Silent where it is another try: a value whose name ends in ``failure`` is not nil, or an argument is
    made from the parameter ``ended``; and under a condition, or in a function, that has a word of
    ``unless_when`` in it.
    """

    matcher: Choice["follow-up"]
    operation: str
    receiver: ValueTest
    hook: str
    session: str
    maker: str
    delegate: str
    arguments: dict[str, ArgumentTest]
    failure: str
    ended: str
    unless_when: tuple[str, ...] = ()


class AllowingMemberParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A member of ``hook`` that returns a literal true on all ways, or does nothing where it should throw.

    Silent in types that perform one of ``unless_in_type``. ``doubtful_in_build``: as of ``call``.
    """

    matcher: Choice["allowing-member"]
    hook: str
    unless_in_type: tuple[str, ...] = ()
    doubtful_in_build: tuple[str, ...] = ()
