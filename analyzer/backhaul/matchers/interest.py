"""Which names outside the files already read could change what the cards find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set

from msgspec import Struct

from backhaul.analysis.program import type_name
from backhaul.model.declarations import Function, Module
from backhaul.rules import Operation, RuleSet

_OPERATION_KEYS = ("acquire", "release")
_SHORTEST_TELLING_NAME = 8
_LONGEST_CHAIN = 2  # an object that holds one that holds a session


class Interest(Struct, frozen=True):
    """Which further files matter: those that hold one of ``names``, or both names of one of ``pairs``."""

    names: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()


def names_of_interest(modules: Sequence[Module], rules: RuleSet) -> Interest:
    """By which words further files may use what ``modules`` declare.

    Types and functions that make a value of a kind that some card asks about, or acquire or release
    something; types together with their fields that can hold such a value. A file that holds none
    of them cannot see such a value, nor change what becomes of it.
    """
    wanted = _names_of_operations(rules)
    holders: Set[str] = _types_with_kinds(rules)
    names: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for module in modules:
        for function in module.functions:
            if not wanted.isdisjoint(function.mentions):
                names.update(_names_of(function))
    made = [
        (f.owner, f.name)
        for m in modules
        for f in m.functions
        if f.kind in ("value", "getter") and not wanted.isdisjoint(f.mentions)
    ]
    for _ in range(_LONGEST_CHAIN):
        fields = [(p.owner, p.name) for m in modules for p in m.properties if type_name(p.type) in holders]
        fields += made
        holders = {owner.rpartition(".")[2] for owner, _ in fields}
        pairs.update((owner.rpartition(".")[2], name.lstrip("_")) for owner, name in fields if owner)
    names |= _declared_elsewhere(modules, rules)
    return Interest(frozenset(names), frozenset(pairs))


def _declared_elsewhere(modules: Sequence[Module], rules: RuleSet) -> set[str]:
    """Types whose extensions do something that a card asks about, and whose fields are not yet known."""
    asked = _names_where(rules, lambda operation: any(operation.is_named(n) for n in _asked(rules)))
    declared = {t.name for m in modules for t in m.types if t.kind != "extension"}
    extended = {
        f.owner
        for m in modules
        for f in m.functions
        if f.owner and f.owner not in declared and not asked.isdisjoint(f.mentions)
    }
    return {owner.rpartition(".")[2] for owner in extended if rules.models.type_named(owner) is None}


def _types_with_kinds(rules: RuleSet) -> frozenset[str]:
    """Names of the types whose values the models tell apart by kind."""
    models = rules.models
    carriers = {o.returns.type for o in models.operations if o.returns is not None and o.returns.kind}
    found = set(carriers)
    for name in carriers:
        api = models.type_named(name)
        found.update(api.also if api is not None else ())
    return frozenset(found - {""})


def _names_of_operations(rules: RuleSet) -> frozenset[str]:
    """Simple names of the operations that cards track from one function to another."""
    tracked: set[str] = set()
    kinds: set[str] = set()
    for card in rules.cards:
        tracked.update(str(card.match[key]) for key in _OPERATION_KEYS if key in card.match)
        kinds.update(_kinds_in(card.match))
    return _names_where(
        rules,
        lambda operation: (
            any(operation.is_named(name) for name in tracked)
            or (operation.returns is not None and operation.returns.kind in kinds)
        ),
    )


def _asked(rules: RuleSet) -> frozenset[str]:
    """The operations, by id or tag, that some card looks for."""
    return frozenset(str(card.match["operation"]) for card in rules.cards if "operation" in card.match)


def _names_where(rules: RuleSet, holds: Callable[[Operation], bool]) -> frozenset[str]:
    return frozenset(s.name for s in rules.models.all_spellings() if holds(s.operation))


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
