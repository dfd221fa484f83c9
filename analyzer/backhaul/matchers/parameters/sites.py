"""Parameters of the matchers that look at one place: a call, a value, a key."""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

from backhaul.matchers.parameters.common import DelegateHook, Exemption, HookUse, ValueTest

ArgumentTest: TypeAlias = Choice["not-nil", "nil-or-absent", "true", "false", "not-false"] | ValueTest


class MutationTest(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """An operation on the value, with a literal argument: ``value`` is its text, "" for any."""

    operation: str
    value: str = ""


class CallParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A call of ``operation`` on a receiver, with arguments, of given kinds.

    ``arguments`` by role: ``not-nil`` (given, and not a literal nil), ``nil-or-absent``, ``true``, ``false``
    or ``not-false`` (a literal), or the kind its value must have. ``only_certain``: the type of
    the receiver is known. ``only_in``: the one kind of product that
    the file is built into. ``only_local``: nothing that outlives the function holds the result.
    ``only_off_main``: the program sends it off the main thread. ``only_in_loop``: again and again, in a
    loop that suspends nowhere.
    Silent where one of these operations is: all that is done with the result
    (``unless_only_used_by``); done in the same function, as when a version is tested
    (``unless_beside``); done anywhere in the program (``unless_performed``); given an argument's
    value, or what it was made of (``unless_kept_by``); a change of the result (``unless_mutated``).
    ``only_beside_hook``: in types that have a member of this hook.
    Silent, too, where the start of the program does one of ``unless_at_launch``, or no start can be
    seen; where the delegate has a hook (``unless_answered``), and in programs that perform none
    of ``only_performed``; and where the receiver is surely of the kind ``unless_receiver``.
    Silent where an argument may be of a kind, ``unless_given`` by role (``nil``: where that is written),
    and in functions whose name, or the label of a parameter, has one of the words ``unless_named`` (in
    small letters) in it.
    ``only_into``: names of members, into one of which the result goes, or what the call is given a
    pointer to; ``unless_inside``: names of what such a member is not one of.
    ``unless_asked``: silent under a condition with one of these words (in small letters) in it;
    ``unless_decided_by``: also where it must not hold.
    ``only_given``: the value of ``operation`` is not merely tested or compared.
    ``unless_own``: silent where a type changes a property that it declares itself, not while it is made.
    ``doubtful_in_build``: words (in small letters) in the name of a flag of the build; where it must be set,
    a finding is a note of low confidence.
    ``given``: the role of a payload that no operation ``written_by`` made.
    A note where the program has a member of the hook ``note_with_hook`` that uses its parameter
    ``role``; and, with ``note_when_chosen``, under a condition that compares something with a constant: one
    choice of several, which somebody else makes; with ``note_off_main``, where the program sends it off the
    main thread.
    """

    matcher: Choice["call"]
    operation: str
    receiver: ValueTest | None = None
    arguments: dict[str, ArgumentTest] = {}
    only_certain: bool = False
    only_in: Choice["", "app", "extension", "watch", "library"] = ""
    only_local: bool = False
    only_off_main: bool = False
    only_in_loop: bool = False
    unless_mutated: tuple[MutationTest, ...] = ()
    unless_only_used_by: tuple[str, ...] = ()
    unless_beside: tuple[str, ...] = ()
    unless_performed: tuple[str, ...] = ()
    unless_kept_by: tuple[str, ...] = ()
    unless_answered: DelegateHook | None = None
    unless_given: dict[str, str] = {}
    unless_named: tuple[str, ...] = ()
    only_into: tuple[str, ...] = ()
    unless_inside: tuple[str, ...] = ()
    unless_receiver: str = ""
    unless_asked: tuple[str, ...] = ()
    unless_decided_by: tuple[str, ...] = ()
    only_given: bool = False
    only_performed: tuple[str, ...] = ()
    only_beside_hook: str = ""
    unless_own: bool = False
    doubtful_in_build: tuple[str, ...] = ()
    given: str = ""
    written_by: str = ""
    unless_at_launch: tuple[str, ...] = ()
    note_with_hook: HookUse | None = None
    note_when_chosen: bool = False
    note_off_main: bool = False


class DroppedErrorParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` that can fail, by an exception or by what ``error`` points to, and nobody learns of it.

    Silent under conditions with one of the words ``unless_when``.
    """

    matcher: Choice["dropped-error"]
    operation: str
    error: str
    unless_when: tuple[str, ...] = ()


class MutationWithoutEffectParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``mutation`` changes a value that then is ``argument`` of ``operation``, which ignores the change."""

    matcher: Choice["mutation-without-effect"]
    mutation: str
    operation: str
    argument: str
    unless: tuple[Exemption, ...] = ()


class RequestShapeParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value said to have one shape is used by an operation with a payload of another.

    ``mutation`` sets a text that contains ``contains`` under the literal name ``name``; the value
    is ``argument`` of ``operation``; its ``payload`` was not produced by an operation ``written-by``.
    """

    matcher: Choice["request-shape"]
    mutation: str
    name: str
    contains: str
    operation: str
    argument: str
    payload: str
    written_by: str


class ConversionParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value of ``kind`` converted to the type ``to``, which cannot hold all such values.

    ``language``: in which one, as what happens differs. Silent where the program has compared the value;
    where it has asked a condition with one of the words ``unless_asked`` (in small letters) in it; and in
    closures that one of the operations ``unless_within`` is given.
    """

    matcher: Choice["conversion"]
    kind: str
    to: str
    language: Choice["swift", "objc"]
    unless_asked: tuple[str, ...] = ()
    unless_within: tuple[str, ...] = ()


class LiteralParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value of the type ``type`` treated as a number, where the constant ``constant`` is meant.

    Compared with a literal, set to one, or, in C, taken for a truth value. ``content``: an
    operation that gives the number inside the value.
    """

    matcher: Choice["literal-for-constant"]
    type: str
    constant: str
    content: str


class BlockingWaitParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` waits for a lock that the callback of one of ``starts`` opens by ``signal``.

    Both are performed on the lock, or given it in the role ``lock``. Silent where it is not the main thread
    that waits, under a condition with a word of ``unless_asked``, in functions whose name has one of the
    words ``unless_named`` (both in small letters), and where the program calls the function nowhere that
    may be the main thread, unless its type is tagged ``interface``.
    """

    matcher: Choice["blocking-wait"]
    operation: str
    signal: str
    starts: tuple[str, ...]
    interface: str
    unless_asked: tuple[str, ...] = ()
    unless_named: tuple[str, ...] = ()


class BlockingLoadParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` fetches what its ``argument`` names, on another machine, before it returns.

    The argument is of a kind of ``remote``; or is made from a text whose name has a word of
    ``remote_words`` and none of ``local_words``; or a condition there compares with one of
    ``remote_texts``, and none with one of ``local_texts``. Of a text that a location gives as one of
    ``spelled``, the word "url" says nothing. Silent as ``BlockingWaitParameters``.
    """

    matcher: Choice["blocking-load"]
    operation: str
    argument: str
    remote: tuple[str, ...]
    remote_words: tuple[str, ...] = ()
    local_words: tuple[str, ...] = ()
    remote_texts: tuple[str, ...] = ()
    local_texts: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    unless_named: tuple[str, ...] = ()


class ContradictoryChangesParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``says`` gives a value something of the kind ``forbidding``, and ``brings`` what must not be with it.

    ``value``: the role of what both set. A value that ``made_by`` made, that nothing else says of and that
    goes nowhere but to ``used_by``, says ``default``, which forbids it, too.
    """

    matcher: Choice["contradictory-changes"]
    says: str
    brings: str
    value: str
    forbidding: str
    made_by: str
    used_by: str
    default: str


class ReachingValueParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A literal of ``kind`` is what one of ``operations`` is given in one of ``roles``, by whatever ways.

    It is reported where it is written. ``doubtful_in_build``: as of ``call``.
    """

    matcher: Choice["reaching-value"]
    kind: str
    operations: tuple[str, ...]
    roles: tuple[str, ...]
    doubtful_in_build: tuple[str, ...] = ()


class KeyedValueParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value is put under a ``key`` of some kind.

    By an operation of ``named`` that takes a ``name`` with the ``value``; in a dictionary that is given to
    one of ``into``; where both are empty, in any dictionary (``store``: operations that put a ``value``
    under a ``key``). ``value``: what it must be, or one of the literals ``numbers``; ``boxes``: operations
    that only wrap it. Silent where the value may be of the kind ``unless_value``; under a condition with
    a word of ``unless_asked``; beside an operation of ``unless_beside``, but for ``despite_beside``; in
    types that perform one of ``unless_in_type``, or have a field of such a type, or put something under a
    key of the kind ``unless_type_names``, too.
    A note where the value is measured: made from a member called one of ``measured``; and under a condition
    with a word of ``note_asked`` in it, whether that holds or not. Nil is no value.
    ``pairs``: operations that take values and their keys in turn.
    ``doubtful_in_build``: as of ``call``.
    """

    matcher: Choice["keyed-value"]
    key: str
    value: Choice["true", "false"] | ValueTest | None = None
    numbers: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    store: str = "collection-store"
    pairs: str = "collection-pairs"
    boxes: str = "boxes"
    unless_value: str = ""
    unless_asked: tuple[str, ...] = ()
    unless_beside: tuple[str, ...] = ()
    despite_beside: tuple[str, ...] = ()
    unless_in_type: tuple[str, ...] = ()
    unless_type_names: str = ""
    measured: tuple[str, ...] = ()
    note_asked: tuple[str, ...] = ()
    doubtful_in_build: tuple[str, ...] = ()


class UncheckedGrantParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` grants something to its ``subject``, which nothing has checked.

    Or a closure is answered with a literal true: the one in the role ``answer`` of a member of ``hook``,
    which is given the ``subject``; or that at the position ``answer_at`` of the ``closure`` that ``verifier``
    is given, whose subject stands at ``subject_at``. Members of ``switched_hook``
    count, too, in programs that give the operation ``switch`` a literal true as its ``switch_value``.
    ``check``: operations that check the subject or a part of it, and tell by what they return, or through
    the pointer in the role ``verdict``; ``compares``: those that may, where
    something is made of what they give; ``part``: those that take a part of it,
    ``content``: those of them that look into it. ``raw``: the tag of types of which a value is always as
    it came from outside. ``refusal``: the kind of the answer beside which a grant means nothing.
    ``unless_within``: operations the closures of which people set off. Conditions with a word of
    ``routine`` (in small letters) say nothing; others make the finding a warning of medium
    confidence, or a note where they hold and have a word of ``note_asked``, or do not and have one of
    ``note_denied``; one that compares with a text of ``harmless``, none. ``doubtful_in_build``: as of
    ``call``.
    ``doubtful_named``: a function with such a word in its name, or its type's, is there to look: a warning.
    """

    matcher: Choice["unchecked-grant"]
    operation: str
    subject: str
    check: str
    part: str
    content: str
    raw: str
    refusal: str
    verdict: str = ""
    compares: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    routine: tuple[str, ...] = ()
    note_asked: tuple[str, ...] = ()
    note_denied: tuple[str, ...] = ()
    unless_within: tuple[str, ...] = ()
    doubtful_in_build: tuple[str, ...] = ()
    doubtful_named: tuple[str, ...] = ()
    hook: str = ""
    switched_hook: str = ""
    switch: str = ""
    switch_value: str = ""
    answer: str = ""
    verifier: str = ""
    closure: str = ""
    subject_at: int = 0
    answer_at: int = 0


class PropertyListParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A property list has, at the way of keys ``key`` (``*``: any), this ``value``, or one of these texts.

    Silent where its dictionary has one of the keys ``unless_keys``, too, and about lists that only tests are
    built with, or builds with one of the words ``unless_built_for`` (in small letters) in their name.
    """

    matcher: Choice["property-list"]
    key: tuple[str, ...]
    value: bool | tuple[str, ...]
    unless_keys: tuple[str, ...] = ()
    unless_built_for: tuple[str, ...] = ()


class GatedParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operations`` that are tried only where a question has the answer hoped for.

    The operation, or a call that leads to it, stands under a condition with one of the ``words`` in it that
    holds, or that does not hold and has one of the ``negative`` words in it, too. Silent where it is tried
    under the opposite condition, too; where a parameter is asked; where one of the words ``unless`` is in
    the condition, or one of ``unless_named`` in the name of the function. All words are in small letters.
    """

    matcher: Choice["gated"]
    operations: tuple[str, ...]
    words: tuple[str, ...]
    negative: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    unless_named: tuple[str, ...] = ()


class StateBranchParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A handler that gives up as soon as it is told of a state that passes.

    Handlers are the closures that ``operation`` is given in the role ``handler``, and functions with
    a parameter of the type ``of``. In the branch of ``state``, one does one of the operations ``ends``
    without asking for more, itself or by what it calls, in closures that operations ``at_once`` run,
    too. To ask, with one of the words ``once`` (in small letters), whether it has done so before is not to
    ask for more. Silent where the same function gives ``made_by`` an argument of a kind, ``unless_given``
    by role; where the branch leads to one of the operations ``unless_leads``; and in functions and types
    with a word in their name that begins with one of ``unless_named``.
    """

    matcher: Choice["state-branch"]
    operation: str
    handler: str
    of: str
    state: str
    ends: tuple[str, ...]
    unless_leads: tuple[str, ...] = ()
    at_once: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    made_by: str = ""
    unless_given: dict[str, str] = {}
    unless_named: tuple[str, ...] = ()


class ProductEntryParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A product of one of ``kinds`` lacks an entry for one of ``operations`` or for its members of ``hooks``.

    It must have ``key`` (or one of ``or_keys``) in its information property list, or in its entitlements
    (``of``): with one of ``contains`` in it, or with the text of the argument ``role``, less ``suffixes`` at
    its end and written in each of ``forms`` (``*`` stands for it). ``present``: it must not have the key.
    ``arguments``: as in ``call``.
    Asked where the tree says, of every such product that the file is built into, what its list holds; of
    those for one of ``platforms``, by what their project says, and for no system older than ``since``: where
    that is unknown, of programs that do one of ``newer`` without a look at the version. ``alone``: the file
    is built into no other kind of product.
    Silent in programs that perform one of ``unless_performed``, and where an argument is of ``unless_kind``.
    A note where a member of the hook does nothing with its parameter ``note_if_called_at_once`` but call it,
    or does nothing at all but to hand it to code that cannot be seen.
    """

    matcher: Choice["product-entry"]
    key: str
    or_keys: tuple[str, ...] = ()
    fault: Choice["missing", "present"] = "missing"
    kinds: tuple[Choice["app", "extension", "watch"], ...] = ("app",)
    alone: bool = False
    operations: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    of: Choice["information", "entitlements"] = "information"
    contains: tuple[str, ...] = ()
    role: str = ""
    forms: tuple[str, ...] = ("*",)
    suffixes: tuple[str, ...] = ()
    arguments: dict[str, ArgumentTest] = {}
    platforms: tuple[Choice["ios", "macos", "watchos", "tvos", "visionos"], ...] = ()
    since: str = ""
    newer: tuple[str, ...] = ()
    unless_kind: str = ""
    note_if_called_at_once: str = ""
    unless_performed: tuple[str, ...] = ()
