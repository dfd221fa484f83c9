"""What a rule found, and the evidence for it."""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

Severity: TypeAlias = Choice["note", "warning", "error"]
Confidence: TypeAlias = Choice["low", "medium", "high"]

SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")


class Step(Struct, frozen=True, gc=False):
    """One place on the way to a finding: bytes ``start:end`` of ``path``, and what happens there.

    ``text`` is a clause without a final stop: ``configuration made background here``.
    """

    path: str
    start: int
    end: int
    text: str


class Finding(Struct, frozen=True, gc=False):
    """One mistake at one place.

    ``path`` is relative to the root of the scan with forward slashes; ``start:end`` are byte
    offsets into that file's text in UTF-8 and cover the call's name or the declaration's name,
    not a whole function. ``symbol`` is the enclosing declaration (``Uploader.send(_:)``), ""
    outside any. ``arguments`` fill the placeholders of the rule's message. ``trail`` leads from
    the origin of the value to the place itself, in the order things happen.
    """

    rule: str
    path: str
    start: int
    end: int
    severity: Severity
    confidence: Confidence
    symbol: str = ""
    arguments: dict[str, str] = {}
    trail: tuple[Step, ...] = ()

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        return (self.path, self.start, self.end, self.rule)
