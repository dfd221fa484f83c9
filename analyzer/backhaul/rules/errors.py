"""The one error of rule pages and API models, and where in a file it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn


class RuleError(ValueError):
    """A rule page or an API model that cannot be used.

    ``path`` is the file as it was found, ``line`` is 1-based; the message names the key or the
    text that is wrong and, where there is one, the right spelling.
    """

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


def nearest(word: str, right: Iterable[str]) -> str:
    """A hint to append to a message: the nearest of ``right``, else all of them when they are few."""
    from difflib import get_close_matches

    choices = sorted(set(right))
    close = get_close_matches(word, choices, n=1)
    if close:
        return f"; did you mean `{close[0]}`?"
    if 0 < len(choices) <= 12:
        return "; known: " + ", ".join(f"`{choice}`" for choice in choices)
    return ""


class TomlText:
    """TOML text inside a file, to find the line of a key or of a value that proved wrong.

    ``first_line`` is the 1-based line of the file on which the text begins.
    """

    def __init__(self, path: str, text: str, first_line: int = 1) -> None:
        self.path = path
        self.first_line = first_line
        self._lines = text.splitlines()

    def fail(
        self, problem: str, *, table: str = "", ordinal: int = 0, key: str = "", value: str = ""
    ) -> NoReturn:
        """Raises ``RuleError`` at the line that ``line_of`` gives."""
        line = self.line_of(table=table, ordinal=ordinal, key=key, value=value)
        raise RuleError(self.path, line, problem)

    def line_of(self, *, table: str = "", ordinal: int = 0, key: str = "", value: str = "") -> int:
        """1-based line in the file of a value or a key of the ``ordinal``-th ``table``.

        The line of the table's header where the key or value does not stand there literally.
        """
        start, end = self._section(table, ordinal)
        key_line = None
        if key:
            pattern = re.compile(rf"""(?:^|[{{,\s])["']?{re.escape(key)}["']?\s*=""")
            key_line = self._search(pattern, start, end)
        if value:
            quoted = re.compile(rf"""["']{re.escape(value)}["']""")
            found = self._search(quoted, key_line if key_line is not None else start, end)
            if found is not None:
                return found + self.first_line
        return (key_line if key_line is not None else start) + self.first_line

    def _search(self, pattern: re.Pattern[str], start: int, end: int) -> int | None:
        for index in range(start, end):
            code = self._lines[index].split(" #", 1)[0]
            if pattern.search(code):
                return index
        return None

    def _section(self, table: str, ordinal: int) -> tuple[int, int]:
        """Half-open range of 0-based lines that belong to the table."""
        headers = [index for index, line in enumerate(self._lines) if line.startswith("[")]
        if not table:
            return 0, (headers[0] if headers else len(self._lines))
        names = (f"[[{table}]]", f"[{table}]")
        matching = [index for index in headers if self._lines[index].split("#")[0].strip() in names]
        if ordinal >= len(matching):
            return 0, len(self._lines)
        start = matching[ordinal]
        return start, next((index for index in headers if index > start), len(self._lines))

    def check_keys(
        self, given: Iterable[str], known: Iterable[str], *, table: str = "", ordinal: int = 0
    ) -> None:
        """Raises ``RuleError`` for the first key that is not among ``known``."""
        names = list(known)
        for key in given:
            if key not in names:
                where = f" in [{table}]" if table else ""
                self.fail(
                    f"unknown key `{key}`{where}{nearest(key, names)}", table=table, ordinal=ordinal, key=key
                )
