"""What a card may ask of each matcher: the keys of its ``[match]`` table, typed.

Names of operations are ids or tags of the API models; keys are written in kebab-case.
"""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct


class ValueTest(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value of this kind, a word of the models; ``surely``: it can be of no other."""

    kind: str
    surely: bool = False


ArgumentTest: TypeAlias = Choice["not-nil", "nil-or-absent", "true", "false", "not-false"] | ValueTest


class MutationTest(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """An operation on the value, with a literal argument: ``value`` is its text, "" for any."""

    operation: str
    value: str = ""


class HookUse(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A member of ``hook`` that uses its parameter ``role``."""

    hook: str
    role: str


class DelegateHook(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A member of ``hook`` that a type must have whose objects are ``delegate`` of ``delegated``."""

    hook: str
    delegated: str
    delegate: str


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
    Silent where an argument may be of a kind, ``unless_given`` by role, and in functions whose name has one
    of the words ``unless_named`` (in small letters) in it. ``only_into``: names of members, into one of
    which the result goes, or what the call is given a pointer to.
    ``unless_asked``: silent under a condition with one of these words (in small letters) in it;
    ``unless_decided_by``: also where it must not hold.
    ``only_given``: the value of ``operation`` is not merely tested or compared.
    ``doubtful_in_build``: words (in small letters) in the name of a flag of the build; where it must be set,
    a finding is a note of low confidence.
    ``given``: the role of a payload that no operation ``written_by`` made.
    A note where the program has a member of the hook ``note_with_hook`` that uses its parameter
    ``role``.
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
    unless_receiver: str = ""
    unless_asked: tuple[str, ...] = ()
    unless_decided_by: tuple[str, ...] = ()
    only_given: bool = False
    only_performed: tuple[str, ...] = ()
    only_beside_hook: str = ""
    doubtful_in_build: tuple[str, ...] = ()
    given: str = ""
    written_by: str = ""
    unless_at_launch: tuple[str, ...] = ()
    note_with_hook: HookUse | None = None


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


class ExcusedStart(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` on a receiver of this kind: what it starts needs nobody to stay."""

    operation: str
    kind: str


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


class IsolatedClosureParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The ``closure`` of ``operation``, called on another ``queue``, where it belongs to the main actor.

    It does in functions and types with this ``attribute``, and in types that inherit from one tagged
    ``isolated_types``; in programs that check it when they run.
    """

    matcher: Choice["isolated-closure"]
    operation: str
    closure: str
    queue: str
    attribute: str
    isolated_types: str


class DroppedErrorParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` that can fail, by an exception or by what ``error`` points to, and nobody learns of it.

    Silent under conditions with one of the words ``unless_when``.
    """

    matcher: Choice["dropped-error"]
    operation: str
    error: str
    unless_when: tuple[str, ...] = ()


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


class HandledWorkParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What the ``handler`` given to ``registration`` does for the requests ``source`` of its ``identity``.

    ``sources``: requests of every kind. ``leads_to``: operations, of which the handler must not perform
    one, unless it performs one of ``unless_leads_to`` too; functions with one of the words
    ``passes_by`` in their names are not looked into. ``unless_mutated``: what a request must be
    changed by. ``lacks``: operations, of which the handler must perform one; unless it calls by a name
    with one of the words ``unless_called`` what cannot be seen, or members of ``unless_in`` do so.
    ``report``: where the finding stands. ``surely``: what is led to is asked only of objects whose
    type is known. What the closures do that operations ``besides`` are given does not count.
    """

    matcher: Choice["handled-work"]
    registration: str
    identity: str
    handler: str
    source: str
    sources: str
    leads_to: tuple[str, ...] = ()
    unless_leads_to: tuple[str, ...] = ()
    passes_by: tuple[str, ...] = ()
    unless_mutated: str = ""
    lacks: tuple[str, ...] = ()
    unless_called: tuple[str, ...] = ()
    unless_in: tuple[str, ...] = ()
    report: Choice["registration", "request", "work"] = "registration"
    surely: bool = False
    besides: tuple[str, ...] = ()


class UseAfterEndParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``use`` of an object that ``end`` has ended for good, both performed on it.

    ``terminal``: a hook, the members after which nobody uses their object. ``unless_kind``: what
    may be of this kind is not ended by ``end``.
    """

    matcher: Choice["use-after-end"]
    end: str
    use: str
    terminal: str = "terminal"
    unless_kind: str = ""


class NeverPerformedParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` makes an object on which ``needed`` is performed nowhere.

    ``harmless``: operations on the object, or that it is passed to, that are no reason to hope. An
    object on which the function that makes it performs one of ``unless_by`` is meant to be left so.
    """

    matcher: Choice["never-performed"]
    operation: str
    needed: str
    harmless: tuple[str, ...] = ("in-sight", "inert")
    unless_by: tuple[str, ...] = ()


class MadePerUseParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` makes an object that ``use`` is then performed on, in each call of one function.

    A note where ``end`` ends the object again. Silent where its ``argument`` comes from ``source``, whose
    role ``identity`` is always the same text: it is the same object for the system.
    """

    matcher: Choice["made-per-use"]
    operation: str
    use: str
    end: str
    argument: str
    source: str
    identity: str


class NeverEndedParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` makes an object that keeps its ``delegate`` until ``end``, and nothing ends it.

    It has a delegate where that role is given, or where it is its own (``own_delegate``). Asked of objects
    that each call of a function makes and uses (``use``), and of those that an object makes for itself,
    but for those of ``unless_kind``, which are meant to live on. ``callbacks``: a hook, what the object
    calls on its delegate; members of the hook ``gone`` hear that it has ended. Silent where its
    ``argument`` comes from ``source`` with one text as its ``identity``.
    """

    matcher: Choice["never-ended"]
    operation: str
    delegate: str
    own_delegate: str
    end: str
    use: str
    callbacks: str
    gone: str
    argument: str
    source: str
    identity: str
    unless_kind: str = ""


class MutationOfCopyParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``mutation`` changes what ``gives_copy`` gave, a copy, or what ``copied_by`` has taken a copy of.

    ``of_copy`` and ``of_original`` are the clauses that say so.
    """

    matcher: Choice["mutation-of-copy"]
    mutation: str
    gives_copy: str
    copied_by: str
    of_copy: str
    of_original: str


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


class OnePerIdentityParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` makes several objects of one identity that may live at the same time.

    Its ``argument``, of ``kind``, comes from ``source``, whose role ``identity`` is a text that the
    program writes down. ``use``: what is done with such an object for each piece of work. Silent about
    types that ``end`` theirs, and in members of the hooks ``unless_in``.
    """

    matcher: Choice["one-per-identity"]
    operation: str
    argument: str
    kind: str
    source: str
    identity: str
    use: str
    end: str
    unless_in: tuple[str, ...] = ()


class RemadeParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``end`` of an object of ``kind``, and ``operation`` makes one of its identity before it is gone.

    Such objects come from ``source``, whose role ``identity`` is a text; one of the kind ``fresh`` is
    another one each time. The members of the hooks ``unless_in`` run when the object is gone.
    """

    matcher: Choice["remade-after-end"]
    end: str
    operation: str
    kind: str
    source: str
    identity: str
    fresh: str = ""
    unless_in: tuple[str, ...] = ()


class PairingParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``acquire`` gives a value that ``release`` (its argument ``role``) must be given once.

    ``callback``: the role of acquire's closure that must release in time. ``inert``: operations
    that take the value and change nothing. ``once``: a hook, the members that run once only.
    ``starts`` work that goes on by itself, but for ``excused`` starts; ``waits`` until such work is done.
    ``starts_at_once``: work that does not wait for the current function to return. What is done under a
    condition with one of the words ``unless_asked`` (in small letters) in it is done knowingly.
    """

    matcher: Choice["pairing"]
    acquire: str
    release: str
    fault: Choice[
        "never-released",
        "not-released-on-path",
        "released-before-work",
        "no-callback",
        "acquired-in-callback",
        "acquired-after-start",
        "callback-does-not-release",
        "overwritten",
        "captured-before-assignment",
    ]
    role: str = "identifier"
    callback: str = "expiration"
    inert: str = "inert"
    once: str = "runs-once"
    starts: str = "starts-work"
    starts_at_once: str = "starts-at-once"
    waits: str = "waits"
    unless_asked: tuple[str, ...] = ()
    excused: tuple[ExcusedStart, ...] = ()


class CallbackBodyParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` runs the closure in the role ``callback``, for as long as that has not returned.

    The closure must look at its parameter at the position ``told``, and must not return when all it
    did is to start work (``starts``) for which nothing in it ``waits``.
    """

    matcher: Choice["callback-body"]
    operation: str
    callback: str
    told: int = 0
    starts: str = "starts-work"
    waits: str = "waits"


class Exemption(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What ``mutation`` sets reaches ``operation`` after all, where the program declares ``hook``."""

    mutation: str
    operation: str
    hook: str


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


class ExpiringValueParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value that is gone when the function it is given to returns, and is used later, or not at all.

    It is given to the members of ``hook`` in ``role``, of types that conform to a protocol tagged
    ``protocol`` or are the ``delegate`` of a ``maker``; and, first, to the closure in the role
    ``closure`` of ``operation``. ``same``: operations whose result stands for the value; ``looks``:
    that only look at it; ``resumes``: that hand it to code that runs later; ``keeps``: that put it
    into their receiver, a collection. ``producer``: what makes such values come to a delegate, whose
    member may be empty, unless the producer is surely a ``receiver``. ``unless_beside``: silent in
    functions that do this, too.
    """

    matcher: Choice["expiring-value"]
    hook: str
    role: str
    protocol: str
    maker: str
    producer: str
    operation: str
    closure: str
    receiver: ValueTest | None = None
    same: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    unless_beside: tuple[str, ...] = ()


class QueueRules(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What says on which queue functions run.

    Members of ``delegate_hook`` run on the queue that ``maker`` is given in the role ``queue``
    together with the object in the role ``delegate``, and so do closures that ``replies`` are given;
    all methods of a type on the one that its member of ``queue_hook`` gives.
    """

    maker: str
    delegate: str
    queue: str
    delegate_hook: str
    queue_hook: str
    replies: str


class HandedClosureParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The closure that members of ``hook`` are given in ``role``.

    ``dropped``: it is neither called nor kept where something takes it out again. ``early``: it is
    called before the member returns, in a program that performs ``operation``. ``off-main``: it
    is called off the main thread, by what ``queues`` say; so may be a closure without parameters
    that an object keeps and calls in a member of the hook ``caller``.
    """

    matcher: Choice["handed-closure"]
    hook: str
    role: str
    fault: Choice["dropped", "early", "off-main"]
    operation: str = ""
    caller: str = ""
    queues: QueueRules | None = None


class WorkTests(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What counts as starting work that goes on by itself.

    One of the operations ``starts`` (and not ``unstarted``); code that one of ``schedules`` puts off; a call
    out of sight that takes a completion and whose name begins with one of ``verbs``. ``only_requests``: of
    code that is put off, only what it starts, and what functions start that it awaits. Not what something
    ``waits`` for, what is ``excused``, or where one of ``holds`` keeps the app awake. Under a condition with
    ``unless_decided_by`` in it, and in functions and types with one of ``unless_named`` in their names (in
    small letters), it is meant.
    """

    starts: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    only_requests: bool = False
    unstarted: str = "suspended-task"
    waits: str = "waits"
    holds: tuple[str, ...] = ()
    excused: tuple[ExcusedStart, ...] = ()
    unless_decided_by: tuple[str, ...] = ()
    unless_named: tuple[str, ...] = ()


class UnheldWorkParameters(WorkTests, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """The code that reacts to ``hook`` starts work, and nothing in the program ``holds`` the app awake then.

    Silent for products whose list ``unless_key`` in the property list has one of ``unless_values``.
    """

    matcher: Choice["unheld-work"]
    hook: str
    unless_key: str = ""
    unless_values: tuple[str, ...] = ()


class CalledOnceParameters(WorkTests, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A value with which something is to be done once, on every way.

    It is what members of ``hook`` get in ``role``, where that is declared with the type ``of``, if one is
    named; ``each``: each element of it. Or it is the first parameter of the closure that ``operation`` is
    given in the role ``closure``. ``duty`` is the operation to be performed on it; where it is "", the value
    is itself a closure, to be called. Operations ``aside`` do nothing about it, whatever they are given.

    ``missing``: a way on which it is not done. ``never``: it is done on none. ``twice``: two places do
    it on one way. ``idle-callback``: ``warned_by``, performed on the value, is given a closure that does
    no more than log (``inert``). ``unwarned``: work is left to closures, and ``warned_by`` is never
    performed on it. ``early``: it is done though work that was started before goes on.
    ``is_mixed``: the value may be of several types. ``is_kept``: the object whose member is given the value
    lives as long as somebody waits. Types with a member of ``unless_hook`` are not asked.
    """

    matcher: Choice["called-once"]
    fault: Choice["missing", "never", "twice", "idle-callback", "unwarned", "early"]
    hook: str = ""
    role: str = ""
    of: str = ""
    each: bool = False
    operation: str = ""
    closure: str = ""
    duty: str = ""
    aside: tuple[str, ...] = ("inert",)
    warned_by: str = ""
    inert: str = "inert"
    is_mixed: bool = False
    is_kept: bool = False
    unless_hook: str = ""


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
    ``remote_texts``, and none with one of ``local_texts``. Silent as ``BlockingWaitParameters``.
    """

    matcher: Choice["blocking-load"]
    operation: str
    argument: str
    remote: tuple[str, ...]
    remote_words: tuple[str, ...] = ()
    local_words: tuple[str, ...] = ()
    remote_texts: tuple[str, ...] = ()
    local_texts: tuple[str, ...] = ()
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


class UnreadAnswerParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A reply is used; nothing reads the answer in it by ``check``, or examines it by ``content_check``.

    It comes to the closure ``handler`` of ``operation``, or is what ``awaited`` gives: the product at the
    position ``product_at``, the answer at ``answer_at``. ``in_sight``: operations that ask the answer for
    what says nothing of the outcome; ``inert``: those that keep nothing of what they are given.
    """

    matcher: Choice["unread-answer"]
    operation: str
    handler: str
    awaited: str
    check: str
    content_check: str
    in_sight: str
    product_at: int = 0
    answer_at: int = 1
    inert: str = "inert"


class AllowingMemberParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A member of ``hook`` that returns a literal true on all ways, or does nothing where it should throw.

    ``doubtful_in_build``: as of ``call``.
    """

    matcher: Choice["allowing-member"]
    hook: str
    doubtful_in_build: tuple[str, ...] = ()


class KeyedValueParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value is put under a ``key`` of some kind.

    By an operation of ``named`` that takes a ``name`` with the ``value``; in a dictionary that is given to
    one of ``into``; where both are empty, in any dictionary (``store``: operations that put a ``value``
    under a ``key``). ``value``: what it must be, or one of the literals ``numbers``; ``boxes``: operations
    that only wrap it. Silent where the value may be of the kind ``unless_value``; under a condition with
    a word of ``unless_asked``; beside an operation of ``unless_beside``, but for ``despite_beside``; in
    types that perform one of ``unless_in_type``, or put something under a key of the kind
    ``unless_type_names``, too.
    ``doubtful_in_build``: as of ``call``.
    """

    matcher: Choice["keyed-value"]
    key: str
    value: Choice["true", "false"] | ValueTest | None = None
    numbers: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    store: str = "collection-store"
    boxes: str = "boxes"
    unless_value: str = ""
    unless_asked: tuple[str, ...] = ()
    unless_beside: tuple[str, ...] = ()
    despite_beside: tuple[str, ...] = ()
    unless_in_type: tuple[str, ...] = ()
    unless_type_names: str = ""
    doubtful_in_build: tuple[str, ...] = ()


class UncheckedGrantParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` grants something to its ``subject``, which nothing has checked.

    Or a closure is answered with a literal true: the one in the role ``answer`` of a member of ``hook``,
    which is given the ``subject``; or that at the position ``answer_at`` of the ``closure`` that ``verifier``
    is given, whose subject stands at ``subject_at``.
    ``check``: operations that check the subject or a part of it; ``part``: those that take a part of it,
    ``content``: those of them that look into it. ``raw``: the tag of types of which a value is always as
    it came from outside. ``refusal``: the kind of the answer beside which a grant means nothing.
    ``unless_within``: operations the closures of which people set off. Conditions with a word of
    ``routine`` (in small letters) say nothing; others make the finding a warning of medium
    confidence; one that compares with a text of ``harmless``, none. ``doubtful_in_build``: as of ``call``.
    """

    matcher: Choice["unchecked-grant"]
    operation: str
    subject: str
    check: str
    part: str
    content: str
    raw: str
    refusal: str
    harmless: tuple[str, ...] = ()
    routine: tuple[str, ...] = ()
    unless_within: tuple[str, ...] = ()
    doubtful_in_build: tuple[str, ...] = ()
    hook: str = ""
    answer: str = ""
    verifier: str = ""
    closure: str = ""
    subject_at: int = 0
    answer_at: int = 0


class UncheckedOutcomeParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A callback takes its arguments for success, though only an answer nobody reads tells the outcome.

    A member of ``hook`` does something only where its parameter ``nil_on_success`` is nil, or takes its
    parameter ``product``, unless with one of the operations ``look``; those called ``restated`` only
    give it another form. The answer is the parameter
    ``answer`` of any of the ``callbacks`` of the type, or what ``carrier`` gives for their parameter
    ``subject``; ``check`` reads the outcome from it. ``content_check`` examines what came, which will
    do as well. Nothing goes out of sight through the operations ``inert`` and ``in_sight``; doing
    one of the operations ``trivial`` is doing nothing.

    Where nil is what counts, only types are asked that perform the operation ``concerns``, whose
    objects are the ``delegate`` of a type that does, by the operation ``delegated``, or that have a
    member of ``concerned_hook``.
    """

    matcher: Choice["unchecked-outcome"]
    hook: str
    callbacks: str
    carrier: str
    check: str
    content_check: str
    concerns: str
    concerned_hook: str
    delegated: str
    delegate: str
    in_sight: str
    trivial: tuple[str, ...] = ()
    nil_on_success: str = ""
    product: str = ""
    look: str = "inert"
    restated: str = ""
    subject: str = "task"
    answer: str = "response"
    inert: str = "inert"


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


class LeftOpenParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``acquire``, with these ``arguments``, opens what nothing closes when what ``hooks`` name happens.

    Then the code that runs must lead to one of the operations ``release``, or call something of which
    nothing is known with one of the ``words`` in its name; or code that runs when what ``renewed_in``
    names happens, or that an operation ``renewed_by`` is given in the role ``handler``, must lead to one of
    the operations ``renew``. ``kind``: of the objects that are opened; files that use what holds one are
    read. Only programs count that are built for one of the ``platforms``, or, where that is not known,
    import one of the frameworks ``only_imported``, or are a plugin; not files that import one of
    ``unless_imported``, nor products whose information property list has one of ``unless_values`` in the
    list ``unless_key``, nor code only in builds that set a flag with a word of ``unless_built_for`` in it.
    ``only_own``: what libraries in the tree do then does not count.
    """

    matcher: Choice["left-open"]
    acquire: str
    release: tuple[str, ...]
    hooks: tuple[str, ...]
    kind: str
    only_imported: tuple[str, ...]
    platforms: tuple[str, ...] = ()
    arguments: dict[str, ArgumentTest] = {}
    words: tuple[str, ...] = ()
    renew: tuple[str, ...] = ()
    renewed_in: str = ""
    renewed_by: str = ""
    handler: str = "handler"
    unless_imported: tuple[str, ...] = ()
    unless_key: str = ""
    unless_values: tuple[str, ...] = ()
    only_own: bool = False
    unless_built_for: tuple[str, ...] = ()


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
    A note where a member of the hook does nothing with its parameter ``note_if_called_at_once`` but call it.
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


MATCHERS: dict[str, type[Struct]] = {
    "product-entry": ProductEntryParameters,
    "property-list": PropertyListParameters,
    "call": CallParameters,
    "conversion": ConversionParameters,
    "required-hook": RequiredHookParameters,
    "lead-to": LeadToParameters,
    "performed-late": PerformedLateParameters,
    "performed-twice": PerformedTwiceParameters,
    "isolated-closure": IsolatedClosureParameters,
    "dropped-error": DroppedErrorParameters,
    "unregistered": UnregisteredParameters,
    "handled-work": HandledWorkParameters,
    "use-after-end": UseAfterEndParameters,
    "one-per-identity": OnePerIdentityParameters,
    "made-per-use": MadePerUseParameters,
    "bypassed-delegate": BypassedDelegateParameters,
    "mutation-of-copy": MutationOfCopyParameters,
    "never-ended": NeverEndedParameters,
    "never-performed": NeverPerformedParameters,
    "remade-after-end": RemadeParameters,
    "pairing": PairingParameters,
    "callback-body": CallbackBodyParameters,
    "mutation-without-effect": MutationWithoutEffectParameters,
    "unchecked-grant": UncheckedGrantParameters,
    "keyed-value": KeyedValueParameters,
    "allowing-member": AllowingMemberParameters,
    "unread-answer": UnreadAnswerParameters,
    "reaching-value": ReachingValueParameters,
    "contradictory-changes": ContradictoryChangesParameters,
    "blocking-wait": BlockingWaitParameters,
    "blocking-load": BlockingLoadParameters,
    "request-shape": RequestShapeParameters,
    "literal-for-constant": LiteralParameters,
    "expiring-value": ExpiringValueParameters,
    "handed-closure": HandedClosureParameters,
    "called-once": CalledOnceParameters,
    "unheld-work": UnheldWorkParameters,
    "delegate-member": DelegateMemberParameters,
    "follow-up": FollowUpParameters,
    "unchecked-outcome": UncheckedOutcomeParameters,
    "gated": GatedParameters,
    "left-open": LeftOpenParameters,
    "state-branch": StateBranchParameters,
}

PLACEHOLDERS: dict[str, frozenset[str]] = {
    "product-entry": frozenset(("call", "entry", "key", "lacks", "product")),
    "property-list": frozenset(("key",)),
    "call": frozenset(("subject", "call")),
    "conversion": frozenset(("call",)),
    "required-hook": frozenset(("subject", "call")),
    "lead-to": frozenset(("call",)),
    "performed-late": frozenset(("call", "where")),
    "performed-twice": frozenset(("subject",)),
    "isolated-closure": frozenset(("call", "where")),
    "dropped-error": frozenset(("call", "where")),
    "unregistered": frozenset(("call", "subject")),
    "handled-work": frozenset(("call", "subject")),
    "use-after-end": frozenset(("call", "subject")),
    "one-per-identity": frozenset(("call", "where")),
    "made-per-use": frozenset(("call", "where")),
    "bypassed-delegate": frozenset(("call", "subject")),
    "mutation-of-copy": frozenset(("change", "where")),
    "never-ended": frozenset(("call", "where")),
    "never-performed": frozenset(("call", "where")),
    "remade-after-end": frozenset(("call", "subject")),
    "pairing": frozenset(("place", "call", "where")),
    "callback-body": frozenset(("call", "where")),
    "mutation-without-effect": frozenset(("subject", "change", "call")),
    "unchecked-grant": frozenset(("call",)),
    "keyed-value": frozenset(("key",)),
    "allowing-member": frozenset(("call",)),
    "unread-answer": frozenset(("call",)),
    "reaching-value": frozenset(("call",)),
    "contradictory-changes": frozenset(("subject", "said")),
    "blocking-wait": frozenset(("call", "subject")),
    "blocking-load": frozenset(("call", "subject")),
    "request-shape": frozenset(("subject", "call", "payload")),
    "literal-for-constant": frozenset(("subject", "change")),
    "expiring-value": frozenset(("subject", "where")),
    "handed-closure": frozenset(("subject", "where")),
    "called-once": frozenset(("subject", "where")),
    "unheld-work": frozenset(("call",)),
    "delegate-member": frozenset(("subject", "where")),
    "follow-up": frozenset(("subject", "call")),
    "unchecked-outcome": frozenset(("subject", "call", "reason")),
    "gated": frozenset(("call", "subject")),
    "left-open": frozenset(("call", "subject")),
    "state-branch": frozenset(("call",)),
}
"""What a card's message may name in braces.

``subject``: the receiver or argument the rule is about; ``call``: the call's name; ``place``:
where the acquired value is kept; ``where``: what goes wrong where, a clause; ``change``: the
mutation as written; ``key``, ``entry``: of a property list, ``lacks``: both in words;
``product``: the name of the target; ``payload``: the argument that has the wrong shape.
"""
