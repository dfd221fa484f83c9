"""Comments and strings found without a parser, and masked.

In the *masked* text, which has the same length, a brace or a word stands for itself and never for
a part of a comment or string: rules can rewrite it by patterns, braces can be matched. All offsets
are bytes.
"""

from __future__ import annotations

import re

_NOT_NEWLINE = re.compile(rb"[^\r\n]")


def blank(text: bytes) -> bytes:
    """``text`` with everything but line ends turned into spaces."""
    return _NOT_NEWLINE.sub(b" ", text)


# Objective-C

_OBJC_HIDDEN = re.compile(
    rb"""//(?:[^\n\\]|\\\r?\n|\\.)*"""  # a backslash at its end continues a comment
    rb"""|/\*.*?(?:\*/|\Z)"""
    rb"""|R"(?<!\wR")([^()\\ \n]{0,16})\(.*?\)\1\""""  # C++ raw string
    rb"""|"(?:[^"\\\n]|\\.|\\\r\n)*"?"""
    rb"""|'(?<![\w']')(?:[^'\\\n]|\\.){1,8}'""",
    re.DOTALL,
)


def mask_objc(text: bytes) -> bytes:
    """``text`` with comments blanked and strings and characters emptied; quotes stay."""
    return _OBJC_HIDDEN.sub(_masked_objc, text)


# In a string, a backslash at a line's end stays: a directive goes on there.
_OBJC_BLANKED = re.compile(rb"[^\r\n\\]|\\(?!\r?\n)")


def _masked_objc(match: re.Match[bytes]) -> bytes:
    hidden = match.group()
    quote = hidden[:1]
    if quote == b"R":
        return b' "' + blank(hidden[2:-1]) + b'"'
    if quote != b"/" and len(hidden) > 1 and hidden.endswith(quote):
        return quote + _OBJC_BLANKED.sub(b" ", hidden[1:-1]) + quote
    return blank(hidden)


# Python

_PYTHON_HIDDEN = re.compile(
    rb"#[^\n]*"
    rb"|(?P<long>\'\'\'|\"\"\")(?:\\.|(?!(?P=long)).)*+(?P=long)"
    rb"|(?P<quote>['\"])(?:\\.|(?!(?P=quote))[^\n\\])*+(?:(?P=quote))?+",
    re.DOTALL,
)


def mask_python(text: bytes) -> bytes:
    """``text`` with comments and strings blanked, quotes too."""
    return _PYTHON_HIDDEN.sub(lambda match: blank(match.group()), text)


# Swift

_SWIFT_HIDDEN = re.compile(rb'//[^\n]*|/\*|(#*)("""|")|(#+)/(?![/*])|/(?=[^\s/*])')
_SWIFT_COMMENT = re.compile(rb"/\*|\*/")
_BEFORE_REGEX = re.compile(rb"(?:[(,=:\[!&|?{};]|\b(?:return|case|in|try|await))\s*\Z")
_REGEX = re.compile(rb"/(?:[^/\\\n\[]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])*(?<=[^\s/])/(?![/*\w])")


def mask_swift(text: bytes) -> bytes:
    """``text`` with comments and regular expressions blanked and strings emptied; quotes stay.

    Interpolated parts belong to their string: they are emptied with it.
    """
    parts: list[bytes] = []
    done = 0
    position = 0
    while match := _SWIFT_HIDDEN.search(text, position):
        start, end = match.span()
        opening = 0
        if text.startswith(b"//", start):
            pass
        elif text.startswith(b"/*", start):
            end = _swift_comment_end(text, end)
        elif match.group(2):
            opening = end - start
            end = _swift_string_end(text, end, match.group(1), match.group(2))
        elif match.group(3):
            closing = text.find(b"/" + match.group(3), end)
            end = len(text) if closing < 0 else closing + 1 + len(match.group(3))
        else:
            regex = _REGEX.match(text, start)
            if regex is None or not _BEFORE_REGEX.search(text, max(0, start - 12), start):
                position = end
                continue
            end = regex.end()
        parts.append(text[done:start])
        if opening:
            parts.append(_emptied(text[start:end], opening))
        else:
            parts.append(blank(text[start:end]))
        done = position = end
    parts.append(text[done:])
    return b"".join(parts)


def _emptied(string: bytes, opening: int) -> bytes:
    """A string literal whose delimiters, ``opening`` bytes long, stay and whose content does not."""
    delimiter = string[:opening]
    if len(string) >= 2 * opening and string.endswith(delimiter[::-1]):
        return delimiter + blank(string[opening:-opening]) + delimiter[::-1]
    return delimiter + blank(string[opening:])


def _swift_comment_end(text: bytes, position: int) -> int:
    """One past the comment that was opened just before ``position``; comments nest."""
    depth = 1
    while depth:
        match = _SWIFT_COMMENT.search(text, position)
        if match is None:
            return len(text)
        depth += 1 if match.group() == b"/*" else -1
        position = match.end()
    return position


_SWIFT_STRING = {
    quote: re.compile(rb"\\|" + quote + (rb"|\n" if quote == b'"' else b"")) for quote in (b'"', b'"""')
}
_IN_INTERPOLATION = re.compile(rb'[()]|//[^\n]*|/\*|(#*)("""|")')


def _swift_string_end(text: bytes, position: int, hashes: bytes, quote: bytes) -> int:
    """One past the string opened just before ``position`` by ``hashes`` and ``quote``.

    A plain string ends at its line's end at the latest: a quote left open must not swallow the file.
    """
    special = _SWIFT_STRING[quote]
    closing = quote + hashes
    open_strings: list[tuple[bytes, bytes, int]] = []  # strings around, with the depth of parentheses in each
    depth = 0  # of parentheses in the interpolation at hand; 0 means inside of a string's text
    while True:
        if depth:
            match = _IN_INTERPOLATION.search(text, position)
            if match is None:
                return len(text)
            position = match.end()
            found = match.group()
            if found == b"(":
                depth += 1
            elif found == b")":
                depth -= 1
            elif found == b"/*":
                position = _swift_comment_end(text, position)
            elif match.group(2):
                open_strings.append((hashes, quote, depth))
                hashes, quote, depth = match.group(1), match.group(2), 0
                special, closing = _SWIFT_STRING[quote], quote + hashes
            continue
        match = special.search(text, position)
        if match is None:
            return len(text)
        at, position = match.span()
        if match.group() == b"\\":
            if text.startswith(hashes + b"(", position):
                position += len(hashes) + 1
                depth = 1
            elif text.startswith(hashes, position):
                position += len(hashes) + 1
        elif match.group() == b"\n":
            if not open_strings:
                return at
            hashes, quote, depth = open_strings.pop()
            special, closing = _SWIFT_STRING[quote], quote + hashes
        elif text.startswith(closing, at):
            position = at + len(closing)
            if not open_strings:
                return position
            hashes, quote, depth = open_strings.pop()
            special, closing = _SWIFT_STRING[quote], quote + hashes
