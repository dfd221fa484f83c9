"""The prefilter: does a file hold any of the words that matter?

A word is a whole run of letters, digits and underscores, so that a set of any size costs the same
to ask for. Most files of a tree hold none and are never parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_LETTER = frozenset(bytes((byte,)) for byte in _LETTERS)
_TO_SPACES = bytes(byte if byte in _LETTERS or byte >= 0x80 else 0x20 for byte in range(256))


def as_words(names: Iterable[str]) -> frozenset[bytes]:
    """The words to look for, in UTF-8, so as to find every file that holds one of ``names``.

    A name of several words (a selector, a dotted name) is wanted by its first, which stands in
    every file that holds the whole.
    """
    parts = (name.encode("utf-8", "replace").translate(_TO_SPACES).split() for name in names)
    return frozenset(words[0] for words in parts if words)


def words_in(text: bytes, *, joined: bool = False) -> set[bytes]:
    """All words of ``text``, comments and strings included.

    ``joined``: the parts of a selector are one word there (``uploadTaskWithRequest_fromFile_``); its first
    part counts as a word, too.
    """
    words = set(text.translate(_TO_SPACES).split())
    if joined:
        words.update([word.lstrip(b"_").partition(b"_")[0] for word in words if word.endswith(b"_")])
    return words


def only_nested(words: Iterable[bytes], text: bytes, nested_type: re.Pattern[bytes]) -> bool:
    """Whether ``text`` holds ``words`` only as names of types that it declares inside of others.

    Such a type is another than the one of that name that is known outside. ``nested_type``: see
    ``SourceLanguage``. A word that is not found (in another encoding than UTF-8) is not known to be one.
    """
    return all(_is_only_nested(word, text, nested_type) for word in words)


def _is_only_nested(word: bytes, text: bytes, nested_type: re.Pattern[bytes]) -> bool:
    is_there = False
    end = 0
    while (start := text.find(word, end)) >= 0:
        end = start + len(word)
        if text[start - 1 : start] in _LETTER or text[end : end + 1] in _LETTER:
            continue
        if not nested_type.fullmatch(text, text.rfind(b"\n", 0, start) + 1, start):
            return False
        is_there = True
    return is_there


def packed(words: Iterable[bytes]) -> bytes:
    """``words`` in a tenth of the memory."""
    return b" ".join(words)


def unpacked(words: bytes) -> list[bytes]:
    """The words that ``packed`` gave ``words`` for."""
    return words.split()
