"""Which names outside the files already read could change what the cards find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from typing import Any

from msgspec import Struct

from backhaul.analysis.program import type_name
from backhaul.model.declarations import Function, Module
from backhaul.rules import RuleSet

_OPERATION_KEYS = ("acquire", "release")
_CALLER_KEYS = {
    "performed-late": "operation",
    "performed-twice": "operation",
    "unregistered": "registration",
    "handled-work": "registration",
}
"""Of the cards that ask who calls a function that performs an operation: where they name it."""
_ASKS_THREAD = "note-off-main"  # of which callers it depends on what thread it runs
_SHORTEST_TELLING_NAME = 8
_LENGTH_OF_A_SENTENCE = 12
_INTERFACE = "interface"  # begins the declaration of a class
_LONGEST_CHAIN = 2  # an object that holds one that holds a session


class Interest(Struct, frozen=True):
    """Which further files matter: those that hold one of ``names``, or all names of one of ``together``."""

    names: frozenset[str] = frozenset()
    together: frozenset[tuple[str, ...]] = frozenset()


def names_of_interest(modules: Sequence[Module], rules: RuleSet) -> Interest:
    """By which words further files may use what ``modules`` declare.

    Types and functions that make a value of a kind that some card asks about, or acquire or release
    something; types together with their fields that can hold such a value; types of which only an
    extension is known. A file that holds none of them cannot see such a value, nor change what
    becomes of it. Types declared outside the tree are of no interest: everybody uses them.
    """
    declared = {t.name for m in modules for t in m.types if t.kind != "extension"}
    carriers = _types_with_kinds(rules)
    makers = [function for _, function in makers_in(modules, rules)]
    names: set[str] = set()
    together = set(_holding_fields(modules, makers, declared, carriers))
    for function in (*makers, *_methods_around(makers, modules)):
        by_name, by_both = _ways_to(function, declared)
        names |= by_name
        together |= by_both
    names |= _declared_elsewhere(modules, declared, rules)
    together |= _of_unknown_family(modules, rules)
    names |= _called_by_others(modules, rules)
    return Interest(frozenset(names), frozenset(together))


def makers_in(modules: Sequence[Module], rules: RuleSet) -> list[tuple[Module, Function]]:
    """The functions that make a value of a kind some card asks about, or acquire or release something."""
    wanted = _names_of_operations(rules)
    telling = frozenset(n for n in wanted if n.partition(":")[0] in rules.vocabulary)
    carriers = _types_with_kinds(rules)
    return [
        (m, f)
        for m in modules
        for f in m.functions
        if not telling.isdisjoint(f.mentions)
        or not (wanted.isdisjoint(f.mentions) or carriers.isdisjoint(f.mentions))
    ]


def _methods_around(makers: Sequence[Function], modules: Sequence[Module]) -> Iterator[Function]:
    """The class methods through which others use class methods of the same type that make something."""
    inner: dict[str, set[str]] = defaultdict(set)
    for function in filter(_is_class_method, makers):
        inner[function.owner].add(function.name)
    functions = [
        f for module in modules for f in module.functions if f.owner in inner and _is_class_method(f)
    ]
    for _ in range(_LONGEST_CHAIN):
        around = [f for f in functions if not inner[f.owner].isdisjoint(f.mentions)]
        yield from around
        for function in around:
            inner[function.owner].add(function.name)


def _is_class_method(function: Function) -> bool:
    return function.is_static and function.kind == "method" and bool(function.owner)


def _ways_to(function: Function, declared: Set[str]) -> tuple[set[str], set[tuple[str, ...]]]:
    """The words by which another file gets at what ``function`` makes, and those that must stand together.

    Its name, where that is a telling one, and that of its type: whoever has an object of the type has what
    the object made. A class method makes nothing for an object: of it, both names are needed.
    """
    owner = function.owner.rpartition(".")[2] if function.owner in declared else ""
    name = function.name.partition(":")[0] if function.kind in ("function", "method") else ""
    names = {name} if len(name) >= _SHORTEST_TELLING_NAME else set()
    if owner and _is_class_method(function):
        return names, {(owner, name)}
    return names | ({owner} if owner else set()), set()


def _holding_fields(
    modules: Sequence[Module], makers: Sequence[Function], declared: Set[str], carriers: Set[str]
) -> frozenset[tuple[str, ...]]:
    """Types with their fields that can hold a value some card asks about, or an object that does.

    For the latter, with the field of that object, by whose name a file gets at the value.
    """
    if not makers:
        return frozenset()
    found: set[tuple[str, ...]] = set()
    made = [(f.owner, f.name) for f in makers if f.kind in ("value", "getter")]
    ways: dict[str, set[tuple[str, ...]]] = {carrier: {()} for carrier in carriers}  # from a type to a value
    for _ in range(_LONGEST_CHAIN):
        fields = [(p.owner, p.name, type_name(p.type)) for m in modules for p in m.properties]
        steps = [(owner, name, way) for owner, name, held in fields for way in ways.get(held, ())]
        steps += [(owner, name, ()) for owner, name in made]
        ways = defaultdict(set)
        for owner, name, way in steps:
            if owner in declared:
                ways[owner.rpartition(".")[2]].add((name.lstrip("_"), *way))
        found.update((owner, *way) for owner, reached in ways.items() for way in reached)
    return frozenset(found)


def _declared_elsewhere(modules: Sequence[Module], declared: Set[str], rules: RuleSet) -> set[str]:
    """Types whose extensions do something that a card asks about, and whose fields are not yet known."""
    asked = _names_of_asked(rules) & rules.vocabulary
    extended = {
        f.owner
        for m in modules
        for f in m.functions
        if f.owner and f.owner not in declared and not asked.isdisjoint(_first_words(f.mentions))
    }
    return {owner.rpartition(".")[2] for owner in extended if rules.models.type_named(owner) is None}


def _of_unknown_family(modules: Sequence[Module], rules: RuleSet) -> set[tuple[str, ...]]:
    """Classes that are called back and of which only the implementation is read; the word that declares one.

    Their interface, in a header that may hold no other word of interest, says from what they inherit, and so
    in whose place they are called.
    """
    spelled = {name for hook in rules.models.hooks for name in hook.objc}
    members = {name for name in spelled if name.partition(":")[0] in rules.vocabulary}
    related = {t.name for m in modules for t in m.types if t.inherits}
    return {
        (f.owner, _INTERFACE)
        for m in modules
        if m.language == "objc"
        for f in m.functions
        if f.name in members and f.owner and f.owner not in related
    }


def _called_by_others(modules: Sequence[Module], rules: RuleSet) -> set[str]:
    """By which words other files call the functions that do something of which a card asks who calls it.

    The name of the function where it is a telling one, else that of its type.
    """
    asked = [
        str(match.table[_CALLER_KEYS.get(match.matcher, "operation")])
        for card in rules.cards
        for match in card.matches
        if match.matcher in _CALLER_KEYS or match.table.get(_ASKS_THREAD)
    ]
    spellings = {s for name in asked for s in rules.models.spellings_of(name) if s.type in rules.vocabulary}
    types = {s.type for s in spellings}
    found: set[str] = set()
    for module in modules:
        for function in module.functions if types else ():
            mentions = function.mentions
            if types.isdisjoint(mentions):
                continue
            if not any(s.name in mentions and s.type in mentions for s in spellings):
                continue
            name = function.name.partition(":")[0]
            if function.kind in ("function", "method") and len(name) >= _LENGTH_OF_A_SENTENCE:
                found.add(name)
            elif function.owner and rules.models.type_named(function.owner) is None:
                found.add(function.owner.rpartition(".")[2])
    return found


def _first_words(names: Sequence[str]) -> Iterator[str]:
    return (name.partition(":")[0] for name in names)


def _types_with_kinds(rules: RuleSet) -> frozenset[str]:
    """Names of the types whose values can be of a kind that is followed."""
    models = rules.models
    kinds = _followed_kinds(rules)
    makers = [o for o in models.operations if o.returns is not None and o.returns.type]
    found = {o.returns.type for o in makers if o.returns is not None and o.returns.kind in kinds}
    for _ in range(_LONGEST_CHAIN):
        for operation in makers:
            returns = operation.returns
            role = returns.kind.removeprefix("argument:") if returns is not None else ""
            if returns is not None and operation.argument_types.get(role) in found:
                found.add(returns.type)
    return frozenset(name for api in map(models.type_named, found) if api for name in (api.name, *api.also))


def _followed_kinds(rules: RuleSet) -> frozenset[str]:
    """The kinds some card asks about that objects of an API have.

    Plain values (dates, numbers, addresses) have kinds too. Their types stand in every file, so that
    no name in which one is kept says that a file matters.
    """
    asked = _asked_kinds(rules)
    returned = [operation.returns for operation in rules.models.operations if operation.returns is not None]
    return frozenset(r.kind for r in returned if r.kind in asked and r.type in rules.vocabulary)


def _names_of_operations(rules: RuleSet) -> frozenset[str]:
    """Simple names of the operations that cards track from one function to another.

    What gives a plain value is tracked where its name is a word of the vocabulary.
    """
    asked, followed = _asked_kinds(rules), _followed_kinds(rules)
    models = rules.models
    tracked = {str(table[key]) for table in _tables(rules) for key in _OPERATION_KEYS if key in table}
    names = {spelling.name for name in tracked for spelling in models.spellings_of(name)}
    for spelling in models.all_spellings():
        returns = spelling.operation.returns
        is_telling = spelling.name.partition(":")[0] in rules.vocabulary
        if returns is not None and returns.kind in (asked if is_telling else followed):
            names.add(spelling.name)
    return frozenset(names)


def _asked_kinds(rules: RuleSet) -> frozenset[str]:
    return frozenset(kind for table in _tables(rules) for kind in _kinds_in(table))


def _names_of_asked(rules: RuleSet) -> frozenset[str]:
    """Simple names of the operations that some card looks for."""
    asked = {str(table["operation"]) for table in _tables(rules) if "operation" in table}
    return frozenset(s.name for name in asked for s in rules.models.spellings_of(name))


def _tables(rules: RuleSet) -> Iterator[dict[str, Any]]:
    """What all cards ask of their matchers."""
    for card in rules.cards:
        for match in card.matches:
            yield match.table


def _kinds_in(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        for key, value in table.items():
            if key == "kind" and isinstance(value, str):
                yield value
            else:
                yield from _kinds_in(value)
