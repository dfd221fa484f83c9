"""Macros around declarations: before them, behind them, and alone on a line.

The text outside of braces is cut into declarations, and each is freed of what only the
preprocessor understands. Nothing is known of any macro but how and where it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from backhaul.frontends.objc.normalisation.enums import free_enum, is_enum_head, name_variable
from backhaul.frontends.objc.normalisation.patterns import outer_spans
from backhaul.frontends.objc.normalisation.tokens import GROUP, WORD, Token, is_macro_name, tokenise
from backhaul.frontends.recovery import Draft, Rule

_CUT = re.compile(
    rb";|@(?:interface|implementation|protocol|property|end|optional|required|class|import|synthesize|dynamic"
    rb"|compatibility_alias|public|private|protected|package)\b(?!\s*\()|@property\b"
    rb"|[-+][ \t]*(?=[(\w])|#(?:[^\n\\]|\\\r?\n|\\.)*"
)
_TYPE_HEAD = re.compile(
    rb"@(?:interface|implementation|protocol)\s+\w+\s*(?:<[^;{}()]*?>\s*(?=[:(<\n\r]|\Z))?"
    rb"(?:\(\s*\w*\s*\)|:\s*\w+)?(?:\s*<[^;{}()]*?>)*"
)
_FORWARD = re.compile(rb"@protocol\s+[\w\s,]*")
_GROUP = rb"(?:\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)\s*+)?+"
_PLAIN_METHOD = re.compile(
    rb"\s*+[-+]\s*+" + _GROUP + rb"(?:\w++\s*+|(?:\w*+\s*+:\s*+" + _GROUP + rb"\w++\s*+)++)"
)
_PLAIN_PROPERTY = re.compile(rb"\s*+@property\s*+(?:\([^()]*+\))?+[^(){}]*?(?!__|id\b)\b\w*[a-z]\w*\s*+")
_MACRO_HEAD = re.compile(rb"@interface\s+(\w+\s*\((?:\s*\w+\s*,)??)\s*\w+\s*(,)\s*\w+\s*(\))")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_STORAGE = frozenset((b"static", b"extern", b"inline", b"typedef", b"__inline", b"__inline__"))
_TYPE_WORDS = frozenset(
    (
        *(b"void", b"char", b"short", b"int", b"long", b"float", b"double", b"signed", b"unsigned", b"bool"),
        *(b"id", b"struct", b"union", b"enum", b"class", b"template", b"namespace", b"using"),
    )
)
_SECTIONS = (b"@end", b"@optional", b"@required", b"@public", b"@private", b"@protected", b"@package")
_QUALIFIERS = frozenset((b"const", b"volatile", b"_Nonnull", b"_Nullable", b"__nonnull", b"__nullable"))


class _Segment(Struct):
    """A declaration ``start:end`` and what ends it: ``;``, a brace, ``@`` or ``#`` for what begins next,
    "" for the end of the text."""

    start: int
    end: int
    ending: bytes
    in_implementation: bool = False
    in_type: bool = False


def _free_declarations(draft: Draft) -> None:
    masked = bytes(draft.masked)
    in_implementation = in_type = False
    for segment in _segments(masked):
        text = masked[segment.start : segment.end].lstrip()
        if text.startswith(b"@implementation"):
            in_implementation = in_type = True
        elif text.startswith((b"@end", b"@interface")) or (
            text.startswith(b"@protocol") and not (segment.ending == b";" and _FORWARD.fullmatch(text))
        ):
            in_implementation = False
            in_type = not text.startswith(b"@end")
        segment.in_implementation, segment.in_type = in_implementation, in_type
        _free(draft, masked, segment, text)


def _segments(masked: bytes) -> Iterator[_Segment]:
    for start, end in outer_spans(masked):
        position = start
        for match in _CUT.finditer(masked, start, end):
            cut = match.group()[:1]
            at = match.start()
            if cut in b"-+#" and masked[masked.rfind(b"\n", 0, at) + 1 : at].strip(b" \t"):
                continue  # these begin something at the beginning of a line only
            if at > position or cut == b";":
                yield _Segment(position, at, b"@" if cut in (b"-", b"+") else cut)
            position = match.end() if cut in (b";", b"#") else at
        if position < end:
            yield _Segment(position, end, masked[end : end + 1])


def _free(draft: Draft, masked: bytes, segment: _Segment, text: bytes) -> None:
    first = text[:1]
    if first in (b"-", b"+"):
        if _PLAIN_METHOD.fullmatch(masked, segment.start, segment.end):
            return
        _free_method(draft, masked, segment)
    elif first != b"@":  # nothing at all among them: a semicolon too many
        _free_plain(draft, masked, segment)
    elif text.startswith(b"@property"):
        if _PLAIN_PROPERTY.fullmatch(masked, segment.start, segment.end):
            return
        _free_property(draft, masked, tokenise(masked, segment.start, segment.end)[2:])
    elif text.startswith((b"@interface", b"@implementation", b"@protocol")):
        _free_type(draft, masked, segment)
    elif text.startswith(_SECTIONS):
        offset = masked.index(b"@", segment.start)
        while masked[offset + 1 : offset + 2].isalpha():
            offset += 1
        _free_plain(draft, masked, replace(segment, start=offset + 1))


def _free_type(draft: Draft, masked: bytes, segment: _Segment) -> None:
    """What follows the head of a type up to its first member."""
    at = masked.index(b"@", segment.start)
    macro = _MACRO_HEAD.match(masked, at, segment.end)
    if macro is not None:  # @interface MODULE(Name, Super)
        draft.blank(macro.start(1), macro.end(1))
        if macro.end(1) - at > len(b"@implementation") and b"{" in masked[at : masked.find(b"@end", at)]:
            draft.replace(at, at + len(b"@implementation"), b"@implementation")
        draft.replace(*macro.span(2), b":")
        draft.blank(*macro.span(3))
        end = macro.end()
    else:
        head = _TYPE_HEAD.match(masked, at, segment.end)
        if head is None or masked[head.end() : segment.end].lstrip()[:1] == b",":
            return
        end = head.end()
    _free_plain(draft, masked, replace(segment, start=end))


def _free_method(draft: Draft, masked: bytes, segment: _Segment) -> None:
    """Attributes behind a method's signature. Bare words before a semicolon the grammar takes."""
    tokens = tokenise(masked, segment.start, segment.end)[1:]
    if tokens and tokens[0].kind == GROUP:
        tokens = tokens[1:]
    colons = [number for number, token in enumerate(tokens) if token.kind == b":"]
    last = 0
    if colons:
        last = colons[-1] + 1
        if last < len(tokens) and tokens[last].kind == GROUP:
            last += 1
    last += 1  # the name itself: of the method, or of its last parameter
    while last < len(tokens) and tokens[last].kind in (b",", b"."):
        last += 1
    extra = tokens[last:]
    if not extra or any(token.kind not in (WORD, GROUP) for token in extra):
        return
    if segment.in_implementation and segment.ending == b"@" and extra[0].end - extra[0].start > 1:
        draft.blank(extra[0].start, extra[-1].end)  # the macro is the body
        draft.replace(extra[0].start, extra[0].start + 2, b"{}")
    elif segment.ending == b"{" or any(token.kind == GROUP for token in extra):
        draft.blank(extra[0].start, extra[-1].end)


def _free_plain(draft: Draft, masked: bytes, segment: _Segment) -> None:
    """Any other declaration: macros before and behind it, or nothing but macros."""
    tokens = tokenise(masked, segment.start, segment.end)
    if not tokens:
        if segment.in_type and segment.ending == b";":
            draft.blank(segment.start, segment.end + 1)
        return
    if segment.in_type and segment.ending == b";" and _are_calls(tokens):
        draft.blank(segment.start, segment.end + 1)
        return
    if segment.ending not in (b";", b"{"):
        if _are_macros(tokens) if segment.ending == b"#" else _are_plain(tokens):
            draft.blank(tokens[0].start, tokens[-1].end)
        return
    tokens = _free_leading(draft, tokens, segment)
    if is_enum_head(tokens):
        free_enum(draft, masked, tokens, segment.end, segment.ending)
        if segment.in_type and segment.ending == b"{":
            name_variable(draft, masked, segment.end)
    elif segment.ending == b";":
        if masked[segment.start - 1 : segment.start] == b"}" and _are_calls(tokens):
            draft.blank(tokens[0].start, tokens[-1].end)  # behind an enum's or struct's brace
        else:
            _free_trailing(draft, tokens)
    elif len(tokens) == 2 and tokens[0].kind == WORD and tokens[1].kind == GROUP:
        _give_body(draft, masked, tokens, segment)
    else:
        _free_function(draft, tokens)


def _are_plain(tokens: list[Token]) -> bool:
    """Nothing but words and parentheses, and no statements in those: they would be lost silently."""
    return all(token.kind == WORD or (token.kind == GROUP and b";" not in token.text) for token in tokens)


def _are_calls(tokens: list[Token]) -> bool:
    """Is it one macro after another, each with arguments?"""
    pairs = zip(tokens[::2], tokens[1::2], strict=False)
    return (
        _are_plain(tokens)
        and len(tokens) % 2 == 0
        and all(name.kind == WORD and group.kind == GROUP and _is_call(name) for name, group in pairs)
    )


def _are_macros(tokens: list[Token]) -> bool:
    return all(
        token.kind == GROUP
        or is_macro_name(token.text)
        or (number + 1 < len(tokens) and tokens[number + 1].kind == GROUP)
        for number, token in enumerate(tokens)
    )


def _free_leading(draft: Draft, tokens: list[Token], segment: _Segment) -> list[Token]:
    """Blanks macros before a declaration, among its storage words too; gives the tokens that stay."""
    kept: list[Token] = []
    rest = tokens
    while len(rest) > 1 and rest[0].kind == WORD:
        first, second = rest[0], rest[1]
        if first.text in _STORAGE:
            kept.append(first)
            rest = rest[1:]
        elif second.kind == GROUP and _is_call(first) and len(rest) > 2 and rest[2].kind == WORD:
            rest = rest[2:]
            is_untyped = len(rest) > 1 and rest[1].kind == GROUP and not _is_call(rest[0])
            draft.blank(first.start, second.end)
            if is_untyped:  # the macro gave the type: TYPE(x) function(…)
                draft.replace(first.start, first.start + 3, b"int")
                kept.append(first)
        elif is_macro_name(first.text) and second.kind == WORD and _is_declaration(rest[1:], segment):
            draft.blank(first.start, first.end)
            rest = rest[1:]
        else:
            break
    return kept + rest


def _is_call(token: Token) -> bool:
    """Does ``token``, before parentheses, look like a macro rather than a function or a type?"""
    return token.text[:1].isupper() or token.text.startswith(b"__")


def _is_declaration(tokens: list[Token], segment: _Segment) -> bool:
    """Do ``tokens`` declare something without a macro before them?"""
    first = tokens[0].text
    if first in _STORAGE or first in _TYPE_WORDS:
        return True
    names = 0
    for token in tokens:
        if token.kind == WORD:
            names += token.text not in _QUALIFIERS
        elif token.kind == GROUP:
            # FOO BAR(x) { … } is a function of the type FOO; but two macros may stand in a row
            is_second_macro = b"_" in tokens[0].text and is_macro_name(tokens[0].text)
            return names > 1 or (is_second_macro and segment.in_implementation and segment.ending == b"{")
        elif token.kind not in (b"*", b"<", b">", b",", b"^"):
            break
    return names > 1


def _free_property(draft: Draft, masked: bytes, tokens: list[Token]) -> None:
    if tokens and tokens[0].kind == GROUP:
        tokens = tokens[1:]
    if len(tokens) > 2 and tokens[1].kind == GROUP and tokens[2].kind in (WORD, b"*"):
        parts = _arguments(masked, tokens[1])  # MACRO(Type, …) *name
        if parts and _is_call(tokens[0]):
            draft.blank(tokens[0].start, parts[0][0])
            draft.blank(parts[0][1], tokens[1].end)
    if len(tokens) > 1 and tokens[-1].text == b"id" and tokens[-2].kind == WORD:
        draft.replace(tokens[-1].end - 1, tokens[-1].end, b"_")  # a property named id
    _free_trailing(draft, tokens)


def _free_trailing(draft: Draft, tokens: list[Token]) -> None:
    """Blanks macros between what is declared and the semicolon."""
    if any(token.kind == b"=" for token in tokens):
        return
    while tokens:
        last = tokens[-1]
        size = 1
        if last.kind == GROUP and len(tokens) > 1 and tokens[-2].kind == WORD:
            last = tokens[-2]
            size = 2
        before = tokens[:-size]
        if last.kind != WORD or not (is_macro_name(last.text) or last.text.startswith(b"__")):
            return
        if not _declares(before):
            return
        draft.blank(tokens[-size].start, tokens[-1].end)
        tokens = before


def _declares(tokens: list[Token]) -> bool:
    """Is there a type and a name in ``tokens``, so that what follows is neither?"""
    if not tokens or tokens[-1].kind not in (WORD, GROUP, b"]"):
        return False
    if tokens[-1].kind == WORD and tokens[-1].text in _QUALIFIERS | _TYPE_WORDS | _STORAGE:
        return False
    if any(token.kind == GROUP for token in tokens):
        return True
    words = [
        token.text for token in tokens if token.kind == WORD and token.text not in _QUALIFIERS | _STORAGE
    ]
    names = [word for word in words if word not in _TYPE_WORDS]
    return len(names) + (len(names) < len(words)) > 1


def _free_function(draft: Draft, tokens: list[Token]) -> None:
    """Attributes between a function's parameters and its body."""
    for number in range(1, len(tokens)):
        if tokens[number].kind == GROUP and tokens[number - 1].kind == WORD:
            extra = tokens[number + 1 :]
            if extra and all(_is_attribute(token) for token in extra):
                draft.blank(extra[0].start, extra[-1].end)
            return


def _is_attribute(token: Token) -> bool:
    return token.kind == GROUP or is_macro_name(token.text) or token.text.startswith(b"__")


def _give_body(draft: Draft, masked: bytes, tokens: list[Token], segment: _Segment) -> None:
    """``MACRO(…) { … }``: a method inside of a type, where the macro may hold the signature, or a
    function named by the first argument."""
    name, group = tokens
    parts = _arguments(masked, group)
    if not parts or not _is_call(name):
        return
    if segment.in_implementation:
        with_colon = [part for part in parts if b":" in masked[part[0] : part[1]]]
        start, end = with_colon[-1] if with_colon else parts[0]
        draft.blank(name.start, start)
        draft.replace(name.start, name.start + 1, b"-")
        draft.blank(end, group.end)
        return
    start, end = parts[0]
    if _WORD.fullmatch(masked[start:end]) and start - name.start > 3 and segment.end - end > 1:
        draft.blank(name.start, start)
        draft.replace(name.start, name.start + 3, b"int")
        draft.blank(end, segment.end)
        draft.replace(end, end + 2, b"()")


def _arguments(masked: bytes, group: Token) -> list[tuple[int, int]]:
    """The ranges of the comma-separated parts inside of ``group``, without blanks around them."""
    parts: list[tuple[int, int]] = []
    start = group.start + 1
    ends = [token.start for token in tokenise(masked, start, group.end - 1) if token.kind == b","]
    for end in (*ends, group.end - 1):
        part = masked[start:end]
        if part.strip():
            parts.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))
        start = end + 1
    return parts


DECLARATION_RULES = (Rule("declarations", (), _free_declarations),)
