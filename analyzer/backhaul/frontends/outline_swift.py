"""The functions, initialisers and accessors of Swift text, found by their braces."""

from __future__ import annotations

import re

from msgspec import Struct

from backhaul.frontends.conditionals import flatten_conditionals
from backhaul.frontends.outlines import Body, Outline

_TOKEN = re.compile(
    rb"[{}()\[\];\n]|=+"
    rb"|(?<![\w.`$])(?:func|init|deinit|subscript|var|let|class|struct|enum|actor|protocol|extension"
    rb"|get|set|willSet|didSet|_read|_modify|unsafeAddress|unsafeMutableAddress)(?![\w`])"
)
_BRACE = re.compile(rb"[{}]")
_TYPE_NAME = re.compile(rb"[ \t]+([A-Za-z_`][\w.`]*|\[[^\]\n]*\])")
_MODIFIES = re.compile(rb"\s+(?:func|var|let|subscript|private|public|internal|fileprivate|override|final)\b")
_ACCESSOR = re.compile(
    rb"\s*(?:@\w+(?:\([^()]*\))?\s*)*(?:(?:non)?mutating\s+|borrowing\s+|consuming\s+)?"
    rb"(?:get|set|willSet|didSet|_read|_modify|init|unsafeAddress|unsafeMutableAddress)\b\s*(?:[({]|async|throws)"
)
_OBSERVER = re.compile(rb"\s*(?:@\w+\s*)*(?:willSet|didSet)\b\s*[({]")
_CONTINUES = re.compile(rb"(?:[:,&|(\[]|->)\s*\Z")
_BRACE_NEXT = re.compile(rb"\s*\{")
_MODIFIERS = re.compile(
    rb"(?:(?:@\w+(?:\([^()]*\))?|\b(?:public|private|fileprivate|internal|open|package|static|class|final"
    rb"|override|required|convenience|mutating|nonmutating|nonisolated|isolated|lazy|weak|unowned|optional"
    rb"|dynamic|indirect|prefix|postfix|infix|consuming|borrowing|distributed)\b(?:\(\w+\))?)\s+)*+\Z"
)
_LOOK_BACK = 400
_TYPES = frozenset((b"class", b"struct", b"enum", b"actor", b"extension", b"protocol"))
_ACCESSORS = frozenset(
    (b"get", b"set", b"willSet", b"didSet", b"_read", b"_modify", b"unsafeAddress", b"unsafeMutableAddress")
)


def outline_swift(masked: bytes) -> Outline:
    """The bodies of functions, initialisers, deinitialisers, subscripts and accessors of Swift text.

    Forms: ``function``, ``init``, ``deinit``, ``getter`` (a computed property or subscript without
    ``get``) and ``accessor``. Functions inside of bodies belong to those bodies. Where branches of
    ``#if`` do not each match their braces, one branch is looked at.
    """
    finder = _Finder(flatten_conditionals(masked))
    finder.run()
    return finder.outline


class _Pending(Struct):
    """A declaration whose brace is still to come."""

    word: bytes
    start: int
    name: str = ""
    has_value: bool = False


class _Frame(Struct):
    """A pair of braces being looked into: a type's, or those around accessors."""

    name: str  # of the type; "" for accessors
    first_body: int = -1  # of accessors: where their bodies begin in the outline
    start: int = 0  # of accessors: where their declaration begins


class _Finder:
    """One pass over the text. Bodies and closures are skipped as a whole when met."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.outline = Outline()
        self.frames: list[_Frame] = []
        self.pending: _Pending | None = None
        self.depth = 0  # of parentheses and brackets

    def run(self) -> None:
        position = 0
        while match := _TOKEN.search(self.text, position):
            position = self._take(match.group(), match.start(), match.end())

    def _take(self, token: bytes, start: int, end: int) -> int:
        """Deals with ``token`` and gives where to go on."""
        if token == b"{":
            return self._open(start, end)
        if token == b"}":
            self._close(end)
        elif token in (b"(", b"["):
            self.depth += 1
        elif token in (b")", b"]"):
            self.depth = max(0, self.depth - 1)
        elif self.depth:
            pass
        elif token == b"\n":
            self._end_line(start, end)
        elif token == b";":
            self.pending = None
        elif token == b"=":
            if self.pending is not None and self.pending.word == b"var":
                self.pending.has_value = True
        elif token[:1] != b"=":
            self._declare(token, start, end)
        return end

    def _declare(self, word: bytes, start: int, end: int) -> None:
        pending = self.pending
        if pending is not None and pending.word in _TYPES:
            return  # a requirement in the type's own head: protocol P: class
        if word in _ACCESSORS:
            if self._in_accessors():
                self.pending = _Pending(b"get", start)
        elif word in _TYPES:
            name = _TYPE_NAME.match(self.text, end)
            if name is not None and not (word == b"class" and _MODIFIES.match(self.text, end)):
                text = name.group(1).replace(b"`", b"").decode("utf-8", "replace")
                self.pending = _Pending(word, self._beginning(start), text)
        elif word == b"let":
            self.pending = None
        elif word in (b"func", b"var") or self._in_type() or (word == b"init" and self._in_accessors()):
            self.pending = _Pending(word, self._beginning(start))

    def _in_type(self) -> bool:
        return bool(self.frames) and self.frames[-1].first_body < 0

    def _in_accessors(self) -> bool:
        return bool(self.frames) and self.frames[-1].first_body >= 0

    def _beginning(self, start: int) -> int:
        match = _MODIFIERS.search(self.text, max(0, start - _LOOK_BACK), start)
        return start if match is None else match.start()

    def _end_line(self, start: int, end: int) -> None:
        """A variable's declaration ends with its line, unless a value or a brace is still to come."""
        pending = self.pending
        if pending is None or pending.word != b"var" or pending.has_value:
            return
        before = self.text[max(0, start - 40) : start]
        if not _CONTINUES.search(before) and not _BRACE_NEXT.match(self.text, end):
            self.pending = None

    def _open(self, start: int, end: int) -> int:
        pending = self.pending
        if self.depth or pending is None:
            return self._skip(end)
        word = pending.word
        if word in _TYPES:
            self.pending = None
            if word == b"protocol":
                return self._skip(end)
            self.frames.append(_Frame(pending.name))
            return end
        if word in (b"var", b"subscript"):
            return self._open_property(pending, start, end)
        self.pending = None
        stop = self._skip(end)
        form = {b"func": "function", b"init": "init", b"deinit": "deinit"}.get(word, "accessor")
        self._add(pending.start, start, stop, "accessor" if self._in_accessors() else form)
        return stop

    def _open_property(self, pending: _Pending, start: int, end: int) -> int:
        if (_OBSERVER if pending.has_value else _ACCESSOR).match(self.text, end):
            self.pending = None
            self.frames.append(_Frame("", len(self.outline.bodies), pending.start))
            return end
        stop = self._skip(end)
        if not pending.has_value:
            self.pending = None
            if not re.fullmatch(rb"\s*(?:(?:get|set|async|throws)\s*)*", self.text[end : stop - 1]):
                self._add(pending.start, start, stop, "getter")
        return stop

    def _add(self, start: int, opening: int, end: int, form: str) -> None:
        owner = ".".join(frame.name for frame in self.frames if frame.name)
        if self._in_accessors():
            start = self.frames[-1].start
        self.outline.bodies.append(Body(start, opening, end, end, owner, form))

    def _skip(self, position: int) -> int:
        """One past the brace that closes the one before ``position``."""
        depth = 1
        while match := _BRACE.search(self.text, position):
            position = match.end()
            depth += 1 if match.group() == b"{" else -1
            if not depth:
                return position
        return len(self.text)

    def _close(self, end: int) -> None:
        self.pending = None
        self.depth = 0
        if not self.frames:
            return
        frame = self.frames.pop()
        if frame.first_body >= 0:
            for body in self.outline.bodies[frame.first_body :]:
                body.stop = end
