"""The methods and functions of Objective-C text, found by their braces."""

from __future__ import annotations

import re

from backhaul.frontends.conditionals import flatten_conditionals, is_balanced
from backhaul.frontends.lexing import blank
from backhaul.frontends.outlines import Body, Outline

_DIRECTIVE = re.compile(rb"^[ \t]*#(?:[^\n\\]|\\\r?\n|\\.)*", re.MULTILINE)
_TOKEN = re.compile(rb"[{};]|@(?:interface|implementation|protocol|end)\b")
_TYPE_EDGE = re.compile(rb"@(?:interface|implementation|end)\b|@protocol\s+\w+\s*(?![\w,;\s(])")
_TYPE = re.compile(rb"\s*(\w+)\s*([,;(]?)")
_CATEGORY = re.compile(rb"\s*\w+\s*(?:<[^<>{};]*>\s*)?(?:\(\s*\w*\s*\)|:\s*\w+)?(?:\s*<[^<>{};]*>)?")
_METHOD = re.compile(rb"^[ \t]*([-+])[ \t]*(?=[(\w])", re.MULTILINE)
_TRANSPARENT = re.compile(rb'(?:\bextern\s*"\s*"|\bnamespace\b[\w\s:]*)\s*\Z')
_NO_FUNCTION = re.compile(
    rb"\s*(?:typedef|if|for|while|switch|else|do|return|@|[A-Z]\w*_(?:ENUM|OPTIONS)\w*\s*\()"
)
_ENUM = re.compile(rb"\b[A-Z]\w*_(?:ENUM|OPTIONS)\w*\s*\(")
_RECORD = re.compile(rb"\s*(?:(?:struct|union|enum|class)\b|template\s*<[^\x01]*>\s*(?:struct|class)\b)")
# A head with "\x01" in place of each pair of outer parentheses: what may follow a parameter list.
_CALLABLE = re.compile(
    rb"\x01(?:\s++|(?:const|noexcept|override|final|mutable|try|[A-Z_]\w*+)(?!\w)|[&\x01;])*+\Z"
    rb"|\x01\s*+(?:->[^\x01]*+|:[\w\s:<>,{}\x01.]*+)\Z"
)
_ASSIGNED = re.compile(rb"(?<![=!<>+\-*/%&|^])=(?!=)")
_PARENTHESIS = re.compile(rb"([()])")
_LONGEST_HEAD = 10_000


def is_whole(content: bytes | bytearray) -> bool:
    """Does ``content`` close every bracket and every type declaration that it opens, and no other?"""
    depth = 0
    for match in _TYPE_EDGE.finditer(content):
        depth += -1 if match.group() == b"@end" else 1
        if depth < 0:
            return False
    return depth == 0 and is_balanced(content)


def outline_objc(masked: bytes) -> Outline:
    """The methods and C functions of Objective-C (or Objective-C++) text, and the ranges of its
    ``@interface``, ``@implementation`` and ``@protocol`` declarations.

    Forms: ``method`` and ``function``. Where branches of ``#if`` do not each match their braces,
    one branch is looked at.
    """
    text = flatten_conditionals(masked, is_whole=is_whole)
    text = _DIRECTIVE.sub(lambda match: blank(match.group()), text)
    finder = _ObjCFinder(text)
    for match in _TOKEN.finditer(text):
        finder.take(match.group(), match.start(), match.end())
    return finder.outline


class _ObjCFinder:
    """The state of one pass: ``boundary`` is where the declaration at hand begins."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.outline = Outline()
        self.boundary = 0
        self.depth = 0
        self.transparent = 0  # braces around everything: extern "C" {, namespace {
        self.body: Body | None = None
        self.type_start = -1
        self.owner = ""
        self.is_implementation = False

    def take(self, token: bytes, start: int, end: int) -> None:
        if token == b"{":
            self._open(start, end)
        elif token == b"}":
            self._close(end)
        elif token == b";":
            if self.depth == 0 and not self._awaits_body(end):
                self.boundary = end
        elif token == b"@end":
            self._end_type(end)
        else:
            self._begin_type(token, start, end)

    def _open(self, start: int, end: int) -> None:
        if self.depth == 0:
            head = self.text[self.boundary : start]
            if self.type_start < 0 and _TRANSPARENT.search(head):
                self.transparent += 1
                self.boundary = end
                return
            form, first = self._form(head)
            if form:
                owner = self.owner if form == "method" else ""
                self.body = Body(first, start, start, start, owner, form)
        self.depth += 1

    def _form(self, head: bytes) -> tuple[str, int]:
        """What ``head``, the text before a brace, declares (a method, a function, or "" for neither)
        and where that begins."""
        if self.type_start >= 0:
            if not self.is_implementation:
                return "", 0
            *_, method = (None, *_METHOD.finditer(head))  # macros without semicolons may stand before
            if method is not None:
                return "method", self.boundary + method.start(1)
        if b"(" not in head or len(head) > _LONGEST_HEAD or _NO_FUNCTION.match(head) or _ENUM.search(head):
            return "", 0
        bare = _without_parentheses(head)
        if not _CALLABLE.search(bare) or _ASSIGNED.search(bare.replace(b"operator", b"")):
            return "", 0
        if _RECORD.match(bare) and not bare.rstrip().endswith(b"\1"):
            return "", 0
        return "function", self.boundary + len(head) - len(head.lstrip())

    def _close(self, end: int) -> None:
        if self.depth == 0:
            self.transparent = max(0, self.transparent - 1)
            self.boundary = end
            return
        self.depth -= 1
        if self.depth == 0:
            self._finish_body(end)
            self.boundary = end

    def _finish_body(self, end: int) -> None:
        if self.body is not None:
            self.body.end = self.body.stop = end
            self.outline.bodies.append(self.body)
            self.body = None

    def _awaits_body(self, end: int) -> bool:
        """Is the semicolon the one that may stand between a method's head and its body?"""
        if not self.is_implementation or self.text[self.boundary : end].lstrip()[:1] not in (b"-", b"+"):
            return False
        return self.text[end : end + 200].lstrip()[:1] == b"{"

    def _begin_type(self, token: bytes, start: int, end: int) -> None:
        name = _TYPE.match(self.text, end)
        if name is None or (token == b"@protocol" and name.group(2) in (b",", b";", b"(")):
            return
        self._recover(start)
        self.type_start = start
        self.is_implementation = token == b"@implementation"
        self.owner = name.group(1).decode("utf-8", "replace")
        head = _CATEGORY.match(self.text, end)
        self.boundary = name.end(1) if head is None else head.end()

    def _end_type(self, end: int) -> None:
        self._recover(end)
        if self.type_start >= 0:
            self.outline.types.append((self.type_start, end))
        self.type_start = -1
        self.owner = ""
        self.is_implementation = False
        self.boundary = end

    def _recover(self, position: int) -> None:
        """A type cannot begin or end inside a body: braces did not match, start afresh."""
        if self.depth:
            self._finish_body(position)
        self.depth = 0


def _without_parentheses(head: bytes) -> bytes:
    """``head`` with each pair of outer parentheses and what they hold replaced by one byte 1."""
    parts: list[bytes] = []
    depth = 0
    for part in _PARENTHESIS.split(head):
        if part == b"(":
            depth += 1
        elif part == b")":
            depth -= 1
            if depth == 0:
                parts.append(b"\1")
        elif depth <= 0:
            parts.append(part)
    return b"".join(parts)
