"""Parameters of the matchers that follow an object: made, held, ended."""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

from backhaul.matchers.parameters.common import ExcusedStart, ValueTest

ArgumentTest: TypeAlias = Choice["not-nil", "nil-or-absent", "true", "false", "not-false"] | ValueTest


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

    A note where ``end`` ends the object again, or the one given as its ``delegate`` does so, and in
    types that have a member of the hook ``brief``: the process lives for one such call. Silent where
    its ``argument`` comes from ``source``, whose role ``identity`` is always the same text: it is the
    same object for the system.
    """

    matcher: Choice["made-per-use"]
    operation: str
    use: str
    end: str
    argument: str
    source: str
    identity: str
    delegate: str = ""
    brief: str = ""


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

    So does ``adds``, which adds to a collection, where that is a property of it which ``mutation`` sets.
    ``of_copy`` and ``of_original`` are the clauses that say so.
    """

    matcher: Choice["mutation-of-copy"]
    mutation: str
    gives_copy: str
    copied_by: str
    of_copy: str
    of_original: str
    adds: str = ""


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
    condition with one of the words ``unless_asked`` (in small letters) in it is done knowingly. ``stops``:
    words that names of calls begin with by which a callback stops the work; what is stopped may release.
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
    stops: tuple[str, ...] = ()


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


class LeftOpenParameters(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``acquire``, with these ``arguments``, opens what nothing closes when what ``hooks`` name happens.

    ``unless_given``: by role, the kind of an argument with which it does not count.

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
    unless_given: dict[str, str] = {}
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
