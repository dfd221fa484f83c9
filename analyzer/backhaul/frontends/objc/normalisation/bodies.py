"""Macros and other words inside of function bodies that the grammar does not take as they are."""

from __future__ import annotations

import re

from backhaul.frontends.objc.normalisation.patterns import blank_all, closing, outer_spans
from backhaul.frontends.recovery import Draft, Rule

_ATTRIBUTE = re.compile(rb"\b__attribute(?:__)?\s*\(\(")
_UNUSED = re.compile(rb"\b(?:__unused|__deprecated|__used)\b(?!\s*[:=;,)\]])")
_AT_BLOCK = re.compile(
    rb"@(?!(?:try|catch|finally|autoreleasepool|interface|implementation|protocol)\b)\w+(?=\s*\{)"
)
_TRAILING_COMMA = re.compile(rb",(?=\s*\))")
_KEYWORD = re.compile(rb"\bavailability\b(?!\s*\()")
_POINTER = re.compile(rb"\*+(?=\s*[,)])")
_FIRST_ARGUMENT = re.compile(
    rb"\b(?!(?:if|while|for|switch|return|sizeof)\b)[A-Za-z_]\w*\(\s*(?:const\s+)?[A-Za-z_]\w*\s*\Z"
)
_LATER_ARGUMENT = re.compile(rb",\s*(?:const\s+)?[A-Za-z_]\w*\s*\Z")
_PARAMETER_MACRO = re.compile(rb"[(,]\s*([A-Z][A-Z0-9]*_[A-Z0-9_]+)\s+(?=[A-Za-z_]\w*[\s*]+[A-Za-z_(])")
_NEXT_TO_STRING = re.compile(
    rb'"\s*(@?(?:[A-Z_][A-Z0-9_]{2,}\b(?!\s*\()|[A-Za-z_]\w*(?=\s*@?")))|(@?\b[A-Z_][A-Z0-9_]{2,})(?=\s*@?")'
)
_GENERICS = re.compile(rb"(<[^()<>;]*+(?:<[^<>;]*+>[^()<>;]*+)?>)(?:\s*\*)?\s*,")
_FIRST_OF_MACRO = re.compile(rb"\b[A-Z]\w*\(\s*[A-Za-z_]\w*\s*\Z")
_STRUCT_ARGUMENT = re.compile(rb"\b[A-Z]\w*\(\s*(struct)\s+\w+\s*,")
_LATER_WEAK = re.compile(rb",\s*(__weak|__strong)\s*\*")
_MACRO_BEFORE_VALUE = re.compile(rb"\*\s*(?!const\b|_N|__)\w+\s+([A-Z][A-Z0-9]*_[A-Z0-9_]+)\s*=(?!=)")
_EXTERN_C = re.compile(rb'\bextern\s*"\s*"(?!\s*\{)')
_RECEIVING_STRINGS = re.compile(rb'\[\s*@"\s*"((?:\s*@?"\s*")+)(?=\s*[A-Za-z_]\w*\s*[:\]])')
_TYPE_MACRO = re.compile(
    rb"[;{}]\s*([A-Za-z_]\w*\s*\(\s*)[A-Za-z_]\w*\s*(,[^()]*\))(?=\s*\*+\s*[A-Za-z_]\w*\s*[=;])"
)
_MACRO_BEFORE_CARET = re.compile(rb"\(\s*([A-Z][A-Z0-9]*_[A-Z0-9_]+)\s*\^")
_MACRO_AFTER_CARET = re.compile(rb"\^\s*([A-Z][A-Z0-9]*_[A-Z0-9_]+)\s*[)\w]")
_STATEMENT_MACRO = re.compile(rb"[;{}]\s*(@?[A-Za-z_]\w*)[ \t]*(?=[(\r\n])")
_KEYWORDS = frozenset(
    (
        *(b"if", b"while", b"for", b"switch", b"return", b"else", b"do", b"case", b"default", b"break"),
        *(b"@synchronized", b"@try", b"@catch", b"@finally", b"@autoreleasepool", b"@property"),
    )
)
_CONSTANT = re.compile(rb"[A-Z][A-Z0-9_]{2,}")
_LINE_END = re.compile(rb"[ \t]*\r?\n")
_GOES_ON = re.compile(rb"\s*(?:[A-Za-z_@\[*^]|\(\(?\w+\s*\*\s*\))")


def _blank_attributes(draft: Draft) -> None:
    """``__attribute__((…))``: nothing that the model asks for, and often where the grammar has none."""
    for match in _ATTRIBUTE.finditer(bytes(draft.masked)):
        end = closing(draft.masked, draft.masked.index(b"(", match.start()))
        if end > 0:
            draft.blank(match.start(), end)


def _rename_keyword(draft: Draft) -> None:
    """A variable named like a word of the grammar: its name is read from the original text."""
    for match in _KEYWORD.finditer(bytes(draft.masked)):
        draft.replace(match.end() - 1, match.end(), b"_")


def _keep_types(draft: Draft) -> None:
    """``GENERIC(Type, Other *) *name = …``: the first argument is the type."""
    for match in _TYPE_MACRO.finditer(bytes(draft.masked)):
        draft.blank(*match.span(1))
        draft.blank(*match.span(2))


def _quote_macros(draft: Draft) -> None:
    """``@"a" NAME @"b"``: a macro for a string becomes a string, so that all are one for the grammar.
    The lowering sees in the original text that it is a name."""
    position = 0
    while match := _NEXT_TO_STRING.search(draft.masked, position):
        start, end = match.span(1 if match.group(1) else 2)
        position = end
        if end - start > 1 and bytes(draft.masked[start:end]) not in _KEYWORDS:
            draft.replace(start, start + 1, b'"')
            draft.replace(start + 1, end, b" " * (end - start - 2) + b'"')
            position = end - 1


def _end_statements(draft: Draft) -> None:
    """A macro without a semicolon, alone on its line, gets one: else what follows is its operand."""
    masked = bytes(draft.masked)
    outer = outer_spans(masked)
    for (_, start), (end, _) in zip(outer, [*outer[1:], (len(masked), 0)], strict=True):
        for match in _STATEMENT_MACRO.finditer(masked, start, end):
            _end_statement(draft, masked, match)


def _end_statement(draft: Draft, masked: bytes, match: re.Match[bytes]) -> None:
    word = match.group(1)
    if word in _KEYWORDS:
        return
    end = match.end()
    if masked[end : end + 1] == b"(":
        end = closing(masked, end)
    elif not _CONSTANT.fullmatch(word):
        return
    rest = _LINE_END.match(masked, end) if end > 0 else None
    if rest is not None and _GOES_ON.match(masked, rest.end()) and draft.text[end : end + 1].isspace():
        draft.replace(end, end + 1, b";")


BODY_RULES = (
    Rule("attribute", (b"__attribute",), _blank_attributes),
    Rule("unused", (b"__unused", b"__deprecated", b"__used"), blank_all(_UNUSED)),
    Rule("macro-with-block", (b"@",), blank_all(_AT_BLOCK)),
    Rule("trailing-comma", (b",",), blank_all(_TRAILING_COMMA)),
    Rule("keyword-as-name", (b"availability",), _rename_keyword),
    Rule("type-macro", (b"(",), _keep_types),
    Rule("type-as-argument", (b"*)", b"* )"), blank_all(_POINTER, before=_FIRST_ARGUMENT)),
    Rule("type-as-argument", (b"*,", b"* ,", b"*)"), blank_all(_POINTER, before=_LATER_ARGUMENT)),
    Rule("parameter-macro", (b"_",), blank_all(_PARAMETER_MACRO, 1)),
    Rule("generic-argument", (b"<",), blank_all(_GENERICS, 1, _FIRST_OF_MACRO)),
    Rule("struct-argument", (b"(struct",), blank_all(_STRUCT_ARGUMENT, 1)),
    Rule("ownership", (b"__weak", b"__strong"), blank_all(_LATER_WEAK, 1)),
    Rule("macro-before-value", (b"_",), blank_all(_MACRO_BEFORE_VALUE, 1)),
    Rule("extern-c", (b"extern",), blank_all(_EXTERN_C)),
    Rule("receiving-strings", (b'@"',), blank_all(_RECEIVING_STRINGS, 1)),
    Rule("macro-beside-string", (b'"',), _quote_macros),
    Rule("macro-in-block-type", (b"^",), blank_all(_MACRO_BEFORE_CARET, 1)),
    Rule("macro-in-block-type", (b"^",), blank_all(_MACRO_AFTER_CARET, 1)),
    Rule("statement-macro", (b"(",), _end_statements),
)
