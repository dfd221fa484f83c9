"""Which names outside the files already read could change what the cards find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backhaul.model.declarations import Function, Module
from backhaul.rules import RuleSet

_OPERATION_KEYS = ("acquire", "release")
_SHORTEST_TELLING_NAME = 8


def names_of_interest(modules: Sequence[Module], rules: RuleSet) -> frozenset[str]:
    """Words by which further files may use what ``modules`` declare: types and functions that

    make a value of a kind that some card asks about, or acquire or release something. A file that
    holds none of them cannot see such a value, nor change what becomes of it.
    """
    wanted = _names_of_operations(rules)
    found: set[str] = set()
    for module in modules:
        for function in module.functions:
            if not wanted.isdisjoint(function.mentions):
                found.update(_names_of(function))
    return frozenset(found)


def _names_of_operations(rules: RuleSet) -> frozenset[str]:
    """Simple names of the operations that cards track from one function to another."""
    tracked: set[str] = set()
    kinds: set[str] = set()
    for card in rules.cards:
        tracked.update(str(card.match[key]) for key in _OPERATION_KEYS if key in card.match)
        kinds.update(_kinds_in(card.match))
    return frozenset(
        spelling.name
        for spelling in rules.models.all_spellings()
        if any(spelling.operation.is_named(name) for name in tracked)
        or (spelling.operation.returns is not None and spelling.operation.returns.kind in kinds)
    )


def _kinds_in(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        for key, value in table.items():
            if key == "kind" and isinstance(value, str):
                yield value
            else:
                yield from _kinds_in(value)


def _names_of(function: Function) -> Iterator[str]:
    if function.owner:
        yield function.owner.rpartition(".")[2]
    if function.kind in ("function", "method"):
        name = function.name.partition(":")[0]
        if len(name) >= _SHORTEST_TELLING_NAME:
            yield name
