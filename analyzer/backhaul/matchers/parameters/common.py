"""What several matchers are given alike."""

from __future__ import annotations

from msgspec import Struct


class ValueTest(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A value of this kind, a word of the models; ``surely``: it can be of no other."""

    kind: str
    surely: bool = False


class HookUse(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A member of ``hook`` that uses its parameter ``role``."""

    hook: str
    role: str


class DelegateHook(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A member of ``hook`` that a type must have whose objects are ``delegate`` of ``delegated``."""

    hook: str
    delegated: str
    delegate: str


class ExcusedStart(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``operation`` on a receiver of this kind: what it starts needs nobody to stay."""

    operation: str
    kind: str


class Exemption(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What ``mutation`` sets reaches ``operation`` after all, where the program declares ``hook``."""

    mutation: str
    operation: str
    hook: str


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
