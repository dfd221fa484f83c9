"""Branches of ``#if`` that no build compiles, as far as their file alone says: ``#if 0``, ``#if false``, and
``#if USE_OLD_WAY`` below ``#define USE_OLD_WAY 0``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from backhaul.frontends.conditionals import Branch, Group, find_groups
from backhaul.frontends.lexing import blank

_MACRO = re.compile(rb"^[ \t]*#[ \t]*(define|undef)[ \t]+(\w+)(?:[ \t]+(.*?))?[ \t]*\r?$", re.MULTILINE)
_NUMBER = re.compile(rb"\(?[ \t]*(?:(\d+)[uUlL]*|(YES|TRUE|true)|(NO|FALSE|false))[ \t]*\)?")
_TOKEN = re.compile(rb"&&|\|\||==|!=|[!()]|\w+|\S")
_MOST_TOKENS = 100
_MAY_BE_DEAD = re.compile(
    rb"#[ \t]*(?:define\b|(?:if|elif|elseif)\b[^\n]*\b(?:\d+|true|false|YES|NO|TRUE|FALSE)\b)"
)


def may_have_dead_branches(text: bytes) -> bool:
    """Whether ``text`` is worth the closer look of ``without_dead_branches``."""
    return b"endif" in text and _MAY_BE_DEAD.search(text) is not None


def without_dead_branches(text: bytes, masked: bytes) -> bytes:
    """``text`` with what stands in such branches turned into spaces; line ends stay.

    ``masked`` is its masked copy.
    """
    groups = find_groups(masked)
    macros = _Macros(masked, groups)
    changed = bytearray(text)
    for start, end in _dead(groups, macros):
        changed[start:end] = blank(bytes(changed[start:end]))
    return bytes(changed)


class _Macros:
    """The numbers that a file defines in one place; they hold below it, in the branch in which it stands."""

    def __init__(self, masked: bytes, groups: list[Group]) -> None:
        found: dict[bytes, list[re.Match[bytes]]] = defaultdict(list)
        for match in _MACRO.finditer(masked):
            found[match[2]].append(match)
        single = [matches[0] for matches in found.values() if len(matches) == 1]
        self._defined = {
            match[2]: (match.end(), _end_of_branch(match.start(), groups, len(masked)), match[3] or b"")
            for match in single
            if match[1] == b"define"
        }

    def is_defined(self, name: bytes, position: int) -> bool | None:
        """Whether ``name`` is surely defined above ``position``; None: something else may define it."""
        defined = self._defined.get(name)
        return True if defined is not None and defined[0] <= position < defined[1] else None

    def number(self, name: bytes, position: int) -> int | None:
        """The number that ``name`` stands for at ``position``, where the file says so."""
        if not self.is_defined(name, position):
            return None
        return _as_number(self._defined[name][2])


def _end_of_branch(position: int, groups: list[Group], end: int) -> int:
    """Where the innermost branch around ``position`` ends; ``end`` outside of all."""
    around = (branch.end for group in groups for branch in group.branches if branch.content <= position)
    return min((found for found in around if found > position), default=end)


def _as_number(text: bytes) -> int | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    return int(match[1]) if match[1] else int(match[2] is not None)


def _dead(groups: list[Group], macros: _Macros) -> Iterator[tuple[int, int]]:
    for group in groups:
        is_taken = False
        for branch in group.branches:
            holds = True if branch.word == b"else" else _holds(branch, macros)
            if is_taken or holds is False:
                yield branch.content, branch.end
            is_taken = is_taken or bool(holds)


def _holds(branch: Branch, macros: _Macros) -> bool | None:
    """Whether a branch's condition is met; None: the file does not say."""
    if branch.word.endswith(b"def"):
        defined = macros.is_defined(branch.condition, branch.start)
        return not defined if defined is not None and branch.word.endswith(b"ndef") else defined
    tokens = _TOKEN.findall(branch.condition)
    if len(tokens) > _MOST_TOKENS:
        return None
    reader = _Reader(tokens, macros, branch.start)
    value = reader.alternatives()
    return None if value is None or reader.tokens else bool(value)


class _Reader:
    """Reads a condition from its tokens; what it cannot read, or what the file does not define, is None."""

    def __init__(self, tokens: list[bytes], macros: _Macros, position: int) -> None:
        self.tokens = tokens[::-1]
        self.macros = macros
        self.position = position

    def alternatives(self) -> int | None:
        value = self._conjunction()
        while self._takes(b"||"):
            other = self._conjunction()
            value = 1 if value or other else None if value is None or other is None else 0
        return value

    def _conjunction(self) -> int | None:
        value = self._comparison()
        while self._takes(b"&&"):
            other = self._comparison()
            is_false = value == 0 or other == 0
            value = 0 if is_false else None if value is None or other is None else 1
        return value

    def _comparison(self) -> int | None:
        value = self._operand()
        for sign in (b"==", b"!="):
            if self._takes(sign):
                other = self._operand()
                return None if value is None or other is None else int((value == other) == (sign == b"=="))
        return value

    def _operand(self) -> int | None:
        if self._takes(b"!"):
            value = self._operand()
            return None if value is None else int(not value)
        if self._takes(b"("):
            value = self.alternatives()
            return value if self._takes(b")") else None
        word = self.tokens.pop() if self.tokens else b""
        if word == b"defined":
            return self._defined()
        if self.tokens and self.tokens[-1] == b"(":
            self._pass_call()
            return None
        number = _as_number(word)
        return number if number is not None else self.macros.number(word, self.position)

    def _defined(self) -> int | None:
        is_enclosed = self._takes(b"(")
        name = self.tokens.pop() if self.tokens else b""
        if is_enclosed and not self._takes(b")"):
            return None
        return 1 if self.macros.is_defined(name, self.position) else None

    def _pass_call(self) -> None:
        """``__has_include(<x.h>)``, ``os(iOS)``: up to its bracket; nothing is known of it."""
        depth = 0
        while self.tokens:
            token = self.tokens.pop()
            depth += (token == b"(") - (token == b")")
            if depth == 0:
                return

    def _takes(self, token: bytes) -> bool:
        if self.tokens and self.tokens[-1] == token:
            self.tokens.pop()
            return True
        return False
