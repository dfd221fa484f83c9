"""A tolerant reader of old-style (OpenStep) property lists, the form of Xcode's project files.

Projects are merged by hand and by machines, so that damaged ones are common: what is not
understood is passed over, and what stands before and after it is kept. No recursion: nesting is
only bounded by the file's size.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Value: TypeAlias = "str | list[Value] | dict[str, Value]"

_TOKEN = re.compile(
    r"""\s*+ (?: /\*.*?\*/\s*+ | //[^\n]*+\s*+ )*+   # white space and comments
    (?: ([\w.$:~+@-][\w.$:~+@/-]*+)     # 1: bare
    | ([{}()=;,])                       # 2: structure
    | "([^"\\]*+(?:\\.[^"\\]*+)*+)"     # 3: quoted
    | '([^'\\]*+(?:\\.[^'\\]*+)*+)'     # 4: quoted
    | <([0-9a-fA-F\s]*)>                # 5: data
    | (/[\w.$:~+@/-]*+)                 # 6: bare
    )""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:U([0-9a-fA-F]{4})|([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def read_old_style(text: str) -> dict[str, Value]:
    """The dictionary that ``text`` holds; empty when it holds none. Never raises."""
    root: dict[str, Value] = {}
    stack: list[dict[str, Value] | list[Value]] = []
    keys: list[str | None] = []  # of each open dictionary: the key that waits for its value
    value: Value | None = None

    def close() -> None:
        """Put the value read last where it belongs."""
        nonlocal value
        if value is not None and stack:
            top = stack[-1]
            if isinstance(top, list):
                top.append(value)
            elif keys[-1] is not None:
                top[keys[-1]] = value
                keys[-1] = None
        value = None

    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        if kind is None:
            continue
        token = match[kind]
        if kind != 2:
            value = _unescaped(token) if kind in (3, 4) and "\\" in token else token
        elif token in "{(":
            container: dict[str, Value] | list[Value] = {} if token == "{" else []
            if not stack and token == "{":
                if root:
                    break
                container = root
            stack.append(container)
            keys.append(None)
            value = None
        elif token == "=":
            if keys and isinstance(value, str):
                keys[-1] = value
                value = None
        elif token in ";,":
            close()
        elif stack:
            close()
            value = stack.pop()
            keys.pop()
            if not stack:
                break
    while len(stack) > 1:  # a file cut short
        close()
        value = stack.pop()
        keys.pop()
    close()
    return root


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        if match[2]:
            return chr(int(match[2], 8))
        return _ESCAPED.get(match[3], match[3])

    return _ESCAPE.sub(plain, text)
