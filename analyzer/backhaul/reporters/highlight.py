"""Which parts of a source text are comments, strings, keywords: for the eye, not for analysis.

Scanned text may be made to hurt, and lexers of general highlighters backtrack without bound on
such text; these patterns never give back what they took, so a text is read in one pass.
All offsets are bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal as Choice
from typing import TypeAlias, cast

from backhaul.model.languages import language_of

Kind: TypeAlias = Choice["comment", "string", "number", "directive", "keyword", "type"]
Token: TypeAlias = tuple[int, int, Kind]
"""Start, end (exclusive) and kind of a stretch of text that is not plain."""

_SWIFT_KEYWORDS = frozenset(
    b"""
    actor any as associatedtype async await borrowing break case catch class consuming continue convenience
    default defer deinit didSet do dynamic else enum extension fallthrough false fileprivate final for func
    get guard if import in indirect infix init inout internal is isolated lazy let mutating nil nonisolated
    nonmutating open operator optional override package postfix precedencegroup prefix private protocol
    public repeat required rethrows return self Self set some static struct subscript super switch throw
    throws true try typealias unowned var weak where while willSet
""".split()
)
_OBJC_KEYWORDS = frozenset(
    b"""
    auto bool break BOOL case char class const continue default delete do double else enum explicit extern
    false float for goto id if inline instancetype int long namespace new nil NO NULL nonnull nullable
    operator private protected public register return SEL self short signed sizeof static struct super
    switch template this throw true try typedef union unsigned using virtual void volatile while YES
    __block __strong __weak __unused _Nonnull _Nullable
""".split()
)

_PYTHON_KEYWORDS = frozenset(
    b"""
    and as assert async await break case class continue def del elif else except False finally for from
    global if import in is lambda match None nonlocal not or pass raise return self True try while with
    yield
""".split()
)

# A word may hold characters beyond ASCII, whose bytes in UTF-8 all have the high bit set.
_WORD = r"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*+"
_NUMBER = r"(?:0[xXbBoO][\da-fA-F_]++|\d[\d_]*+(?:\.\d[\d_]*+)?+(?:[eE][+-]?\d++)?+)[uUlLfF]*+"
_ESCAPED = r"\\[^\r\n]"


def _scanner(comment: str, string: str, directive: str) -> re.Pattern[bytes]:
    parts = {"comment": comment, "string": string, "number": _NUMBER, "directive": directive, "word": _WORD}
    joined = "|".join(f"(?P<{name}>{part})" for name, part in parts.items())
    return re.compile(joined.encode("latin-1"), re.DOTALL)


_SWIFT = _scanner(
    comment=r"//[^\r\n]*+|/\*",
    string=r'(?<!\#)(?P<hashes>\#*+)"""(?:(?!"""(?P=hashes))(?:\\.|.))*+(?:"""(?P=hashes))?+'
    r'|(?<!\#)\#++"[^\r\n]*?"\#++'
    rf'|"(?:\\\((?:[^()"\r\n]|\([^()"\r\n]*+\)|"[^"\r\n]*+")*+\)|{_ESCAPED}|[^"\\\r\n])*+"?+',
    directive=r"\#[a-z]\w*+|@[a-zA-Z]\w*+",
)
_OBJC = _scanner(
    comment=r"//[^\r\n]*+|/\*(?:(?!\*/).)*+(?:\*/)?+",
    string=rf'@?+"(?:{_ESCAPED}|[^"\\\r\n])*+"?+' rf"|'(?:{_ESCAPED}|[^'\\\r\n])*+'?+",
    directive=r"(?m:^[ \t]*+\#[ \t]*+[a-z]++)|@[a-zA-Z]++",
)
_PYTHON = _scanner(
    comment=r"\#[^\r\n]*+",
    string=r"(?:[rRbBuUfFtT]{1,2})?(?P<long>\'\'\'|\"\"\")(?:\\.|(?!(?P=long)).)*+(?:(?P=long))?+"
    rf"|(?:[rRbBuUfFtT]{{1,2}})?+(?:\"(?:{_ESCAPED}|[^\"\\\r\n])*+\"?+|\'(?:{_ESCAPED}|[^\'\\\r\n])*+\'?+)",
    directive=r"(?m:^[ \t]*+@[\w.]++)",
)
_COMMENT_EDGE = re.compile(rb"/\*|\*/")


class Highlighted:
    """The parts of ``text``, a file named ``path``, that are not plain. Text in UTF-8."""

    def __init__(self, path: str, text: bytes) -> None:
        language = language_of(path)
        self._tokens = list(_READERS["objc" if language is None else language.name](text))
        self._ends = [end for _, end, _ in self._tokens]

    def between(self, start: int, end: int) -> Iterator[Token]:
        """The tokens that lie at least in part in ``start:end``, cut to it, in order."""
        for index in range(bisect_left(self._ends, start + 1), len(self._tokens)):
            first, last, kind = self._tokens[index]
            if first >= end:
                return
            yield max(first, start), min(last, end), kind


def _swift(text: bytes) -> Iterator[Token]:
    position = 0
    while match := _SWIFT.search(text, position):
        start, position = match.span()
        if match.group() == b"/*":
            position = _comment_end(text, position)
        kind = _kind(match, _SWIFT_KEYWORDS)
        if kind:
            yield start, position, kind


def _comment_end(text: bytes, position: int) -> int:
    """One past the comment that was opened just before ``position``; in Swift they nest."""
    depth = 1
    for match in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if match.group() == b"/*" else -1
        if not depth:
            return match.end()
    return len(text)


def _objc(text: bytes) -> Iterator[Token]:
    for match in _OBJC.finditer(text):
        kind = _kind(match, _OBJC_KEYWORDS)
        if kind:
            yield *match.span(), kind


def _python(text: bytes) -> Iterator[Token]:
    for match in _PYTHON.finditer(text):
        kind = _kind(match, _PYTHON_KEYWORDS)
        if kind:
            yield *match.span(), kind


_READERS = {"swift": _swift, "objc": _objc, "python": _python}


def _kind(match: re.Match[bytes], keywords: frozenset[bytes]) -> Kind | None:
    name = cast("Kind | Choice['word']", match.lastgroup)
    if name != "word":
        return name
    word = match.group()
    if word in keywords and match.string[match.start() - 1 : match.start()] != b".":
        return "keyword"
    return "type" if word[:1].isupper() else None
