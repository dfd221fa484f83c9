"""Parameters of the matchers that look into what the system calls: closures, handlers, members."""

from __future__ import annotations

from typing import Literal as Choice

from msgspec import Struct

from backhaul.matchers.parameters.common import ExcusedStart, QueueRules


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
    is itself a closure, to be called. Operations ``aside`` do nothing about it, whatever they are given;
    after those of ``instead`` nobody waits for it.

    ``missing``: a way on which it is not done. ``never``: it is done on none. ``twice``: two places do
    it on one way. ``idle-callback``: ``warned_by``, performed on the value, is given a closure that does
    no more than log (``inert``). ``unwarned``: work is left to closures, and ``warned_by`` is never
    performed on it. ``early``: it is done though work that was started before goes on.
    ``is_mixed``: the value may be of several types. ``is_kept``: the object whose member is given the value
    lives as long as somebody waits. ``sure``: types that what is cast to them always is of, and that a
    parameter of never is nil, and members that never are nil.
    Types with a member of ``unless_hook`` are not asked. ``asked``: the tag of the types whose members the
    system calls; ``never`` is a warning in the members of others.
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
    instead: tuple[str, ...] = ()
    warned_by: str = ""
    inert: str = "inert"
    is_mixed: bool = False
    is_kept: bool = False
    sure: tuple[str, ...] = ()
    unless_hook: str = ""
    asked: str = ""


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
    member of ``concerned_hook``. A type that is told of success by a member of ``succeeded_hook``
    passes nil with an argument only where that did not come.
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
    succeeded_hook: str = ""
    product: str = ""
    look: str = "inert"
    restated: str = ""
    subject: str = "task"
    answer: str = "response"
    inert: str = "inert"
