"""Conditions that never hold, because of the constants they compare: ``#define MODE FOREGROUND``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backhaul.analysis.conditions import Condition
from backhaul.analysis.program import FunctionSymbol, Program
from backhaul.model.code import Literal, Member, Name, Return

_NAMED = re.compile(r"self\.(?:(?P<owner>[A-Z]\w*)\.)?(?P<name>\w+)")
_TRUTHS = {"true": "1", "YES": "1", "TRUE": "1", "false": "0", "NO": "0", "FALSE": "0"}
_MOST_ALIASES = 4


class Constants:
    """Answers for one program, whose constants are its fields and globals that are never assigned."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._values: dict[tuple[str, str], str] = {}

    def exclude(self, guards: Iterable[Condition], owner: str) -> bool:
        """Whether one of ``guards``, of a member of the type ``owner``, never holds."""
        return any(self._truth(guard, owner) is (not guard.holds) for guard in guards)

    def _truth(self, guard: Condition, owner: str) -> bool | None:
        """Whether what a guard says is so; None: the program does not fix it."""
        if not guard.subject:
            value = self._value_of_text(guard.text, owner)
            return value not in ("0", "") if value.isdigit() else None
        left, right = (self._value_of_text(text, owner) for text in (guard.subject, guard.constant))
        return left == right if left and right else None

    def _value_of_text(self, text: str, owner: str) -> str:
        """The number that a side of a guard is; "" where it is no constant."""
        if text.isdigit() or text in _TRUTHS:
            return _TRUTHS.get(text, text)
        match = _NAMED.fullmatch(text)
        return self._value(match["owner"] or owner, match["name"]) if match else ""

    def _value(self, owner: str, name: str, aliases: int = 0) -> str:
        key = owner, name
        if key not in self._values:
            self._values[key] = ""
            self._values[key] = self._find(owner, name, aliases)
        return self._values[key]

    def _find(self, owner: str, name: str, aliases: int) -> str:
        if aliases > _MOST_ALIASES:
            return ""
        member = self.program.property(owner, name) if owner else None
        declared = [member] if member is not None else self.program.globals.get(name, [])
        if not declared or not all(property.is_constant for property, _ in declared):
            return ""
        home = declared[0][0].owner
        values = {
            self._given(symbol, aliases)
            for symbol in self.program.functions_named.get(name, ())
            if symbol.owner == home and symbol.function.kind in ("value", "getter")
        }
        return values.pop() if len(values) == 1 else ""

    def _given(self, symbol: FunctionSymbol, aliases: int) -> str:
        """What an initial value is, as a number; "" for anything else."""
        statements = symbol.body.unit.block.statements if symbol.body is not None else []
        value = statements[0].value if len(statements) == 1 and isinstance(statements[0], Return) else None
        if isinstance(value, Literal) and value.kind in ("int", "bool"):
            return _TRUTHS.get(value.text, value.text)
        if isinstance(value, Name):
            return self._value(symbol.owner, value.name, aliases + 1)
        if isinstance(value, Member) and isinstance(value.base, Name):
            return self._value(value.base.name, value.name, aliases + 1)
        return ""
