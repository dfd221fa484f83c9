"""Parsing that recovers: what a parser loses to one macro is read by other means.

A parser without the compiler's headers meets words that it cannot know. It then gives up an
expression, a function or, in Objective-C, a whole class. Three means bring that back, in this order:

1. *Rules* rewrite what is known to confuse the grammar into something of the same length that does
   not, so that all offsets stay true (``Rule``). Names are read from the original text.
2. *Isolation*: a function that is still lost is parsed alone, out of reach of what broke the file.
3. *Choice*: of each function the best reading is kept, whole before damaged before none.

Which functions there are is known independently of the parser, from the braces (``Outline``); one
that no reading gives is reported as lost in ``Damage``. Nothing here knows a language: that comes
as a ``Grammar``.
"""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct, field
from tree_sitter import Node, Point, Tree

from backhaul.frontends.conditionals import conditions_of, find_groups
from backhaul.frontends.dead_branches import may_have_dead_branches, without_dead_branches
from backhaul.frontends.lexing import blank
from backhaul.frontends.outlines import Body, Outline
from backhaul.model.declarations import (
    BuildCondition,
    Damage,
    Function,
    Language,
    Module,
    Property,
    TypeDeclaration,
)


class Draft:
    """A text being rewritten by rules, and its masked copy, which rules search.

    ``branch`` is which branch of conditional compilation a rule keeps that can keep only one (0 the
    likeliest); such a rule notes what it drops in ``dropped``.
    """

    __slots__ = ("branch", "dropped", "masked", "text")

    def __init__(self, text: bytes, masked: bytes, branch: int = 0) -> None:
        self.text = bytearray(text)
        self.masked = bytearray(masked)
        self.branch = branch
        self.dropped: list[tuple[int, int]] = []

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Writes ``new``, padded with blanks, over ``start:end``. Line ends in the range are kept only
        if ``new`` has them. Raises ``ValueError`` when ``new`` is longer than the range."""
        if len(new) > end - start:
            raise ValueError(f"{len(new)} bytes do not fit into {end - start}")
        padded = new.ljust(end - start)
        self.text[start:end] = padded
        self.masked[start:end] = padded

    def blank(self, start: int, end: int) -> None:
        """Turns ``start:end`` into spaces; line ends stay."""
        self.replace(start, end, blank(bytes(self.text[start:end])))


class Rule(Struct, frozen=True):
    """One rewriting. ``rewrite`` is called when the masked text holds one of ``triggers`` (always, if
    there are none)."""

    name: str
    triggers: tuple[bytes, ...]
    rewrite: Callable[[Draft], None]


class Declarations(Struct):
    """What a syntax tree declares, in the order of the text: one reading of a file or of a part of it.

    A function with a body ends at the body's closing brace. ``bad`` are the ranges of type
    declarations that hold an error outside of function bodies.
    """

    imports: list[str] = field(default_factory=list)
    types: list[TypeDeclaration] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    bad: list[tuple[int, int]] = field(default_factory=list)


class Grammar(Struct, frozen=True):
    """What recovery has to know of a language.

    ``parse``: bytes to tree.
    ``reparse``: the tree of a text as long as another, of which the text and the tree are given.
    ``mask``: text to masked text of the same length (``lexing``).
    ``outline``: masked text to the bodies in it (``outlines``).
    ``rules``: gives what is applied, in order; asked only when something needs them.
    ``rules_first``: most files of this kind need the rules, so they are applied before anything is
    parsed; otherwise only where the raw text has an error.
    ``lower``: ``(root, text)`` to what is declared below the node ``root``; names are read from
    ``text``, the file's original bytes, at the nodes' offsets.
    ``enclose``: for a body to be parsed alone, what to put before and after its ``start:stop``.
    """

    language: Language
    parse: Callable[[bytes], Tree]
    reparse: Callable[[bytes, bytes, Tree], Tree]
    mask: Callable[[bytes], bytes]
    outline: Callable[[bytes], Outline]
    rules: Callable[[], Sequence[Rule]]
    rules_first: bool
    lower: Callable[[Node, bytes], Declarations]
    enclose: Callable[[Body], tuple[bytes, bytes]]


def read(grammar: Grammar, path: str, text: bytes) -> Module:
    """The program model of the file ``path`` with the content ``text``, and its damage.

    Branches of ``#if`` that are never compiled are not part of it.

    The collector is off meanwhile (and restored): nodes and models hold no cycles, and going
    through them again and again would cost three times the work.
    """
    if may_have_dead_branches(text):
        text = without_dead_branches(text, grammar.mask(text))
    collects = gc.isenabled()
    gc.disable()
    try:
        found, damage, masked = _read(grammar, text)
    finally:
        if collects:
            gc.enable()
    declared = (found.imports, found.types, found.properties, found.functions)
    return Module(path, grammar.language, *declared, damage, _build_conditions(path, masked))


def _build_conditions(path: str, masked: bytes) -> list[BuildCondition]:
    return [] if path.endswith(".h") else list(conditions_of(find_groups(masked)))


def measure_raw(grammar: Grammar, text: bytes) -> Damage:
    """The damage that ``text`` takes from the parser alone, without any recovery."""
    merger = _Merger(grammar, text, text, grammar.outline(grammar.mask(text)))
    reading = grammar.lower(grammar.parse(text).root_node, text)
    damage = merger.damage
    for body, function in zip(merger.bodies, merger.match(reading), strict=True):
        if function is None:
            damage.lost.append((body.open, body.end))
        elif function.is_damaged:
            damage.damaged.append((body.open, body.end))
    damage.bad_declarations = len(merger.bad_types(reading))
    return damage


def normalise(grammar: Grammar, text: bytes, masked: bytes, branch: int = 0) -> Draft:
    """``text`` with all rules of ``grammar`` applied."""
    draft = Draft(text, masked, branch)
    for rule in grammar.rules():
        if not rule.triggers or any(trigger in draft.masked for trigger in rule.triggers):
            rule.rewrite(draft)
    return draft


def _read(grammar: Grammar, text: bytes) -> tuple[Declarations, Damage, bytes]:
    """What ``text`` declares, the damage, and the text masked (empty if it was not needed)."""
    raw = None if grammar.rules_first else grammar.parse(text)
    if raw is not None and not raw.root_node.has_error:
        masked = grammar.mask(text) if b"#if" in text else b""
        return *_sound(grammar.lower(raw.root_node, text)), masked
    masked = grammar.mask(text)
    draft = normalise(grammar, text, masked)
    changed = bytes(draft.text)
    readings: list[Declarations] = []
    if raw is None or changed != text:
        tree = grammar.parse(changed) if raw is None else grammar.reparse(changed, text, raw)
        readings.append(grammar.lower(tree.root_node, text))
        if not tree.root_node.has_error and not draft.dropped:
            return *_sound(readings[0]), masked
    merger = _Merger(grammar, text, changed, grammar.outline(masked))
    if raw is not None and not (readings and merger.is_complete(readings[0])):
        readings.append(grammar.lower(raw.root_node, text))
    found = merger.merge(readings)
    if any(_DECLARES.search(masked, start, end) for start, end in draft.dropped):
        _add_dropped(grammar, text, masked, draft.dropped, found)
    return found, merger.damage, masked


_DECLARES = re.compile(rb"[(@]|\b(?:func|var|let|class|struct|enum)\b")


def _sound(found: Declarations) -> tuple[Declarations, Damage]:
    """A reading without errors, or without bodies that the parser could lose."""
    damaged = [(function.start, function.end) for function in found.functions if function.is_damaged]
    count = sum(function.has_body and function.kind not in _NOT_OUTLINED for function in found.functions)
    return found, Damage(count, [], damaged, len(found.types), len(found.bad))


_NOT_OUTLINED = ("value", "script")


def _add_dropped(
    grammar: Grammar, text: bytes, masked: bytes, dropped: list[tuple[int, int]], found: Declarations
) -> None:
    """Adds to ``found`` what stands only in branches that the first reading dropped."""
    other = normalise(grammar, text, masked, 1)
    reading = grammar.lower(grammar.parse(bytes(other.text)).root_node, text)

    def is_dropped(item: Function | Property | TypeDeclaration) -> bool:
        return any(start <= item.name_start < end for start, end in dropped)

    found.types.extend(filter(is_dropped, reading.types))
    found.properties.extend(filter(is_dropped, reading.properties))
    found.functions.extend(filter(is_dropped, reading.functions))


class _Merger:
    """Puts the best of several readings of one file together."""

    def __init__(self, grammar: Grammar, text: bytes, changed: bytes, outline: Outline) -> None:
        self.grammar = grammar
        self.text = text
        self.changed = changed
        self.bodies = outline.bodies
        self.types = outline.types
        self.damage = Damage(functions=len(outline.bodies), declarations=len(outline.types))

    def is_complete(self, reading: Declarations) -> bool:
        """Does ``reading`` have every body and every type, each sound?"""
        matched = self.match(reading)
        if any(function is None or function.is_damaged for function in matched):
            return False
        return not self.bad_types(reading)

    def merge(self, readings: list[Declarations]) -> Declarations:
        """The best of ``readings``, the first preferred, and of what can be read in isolation."""
        bad = [self.bad_types(reading) for reading in readings]
        best = min(range(len(readings)), key=lambda number: len(bad[number]))
        found = readings[best]
        matched = [self.match(reading) for reading in readings]
        own = matched[best]
        chosen = [
            self._choose(body, chain((one[number] for one in matched), self._isolated(body)))
            for number, body in enumerate(self.bodies)
        ]
        self._replace_functions(found, own, chosen)
        self._replace_types(found, bad[best])
        found.types.sort(key=_start)
        found.properties.sort(key=_start)
        found.functions.sort(key=_start)
        return found

    def match(self, reading: Declarations) -> list[Function | None]:
        """For each body of the outline, the function of ``reading`` that has it."""
        ends = {
            function.end: function
            for function in reading.functions
            if function.has_body and function.kind not in _NOT_OUTLINED
        }
        matched: list[Function | None] = []
        previous: Body | None = None
        for body in self.bodies:
            function = ends.get(body.end)
            if function is not None:
                shares = previous is not None and previous.start == body.start
                earliest = 0 if previous is None or shares else previous.end
                if not earliest <= function.start <= body.open:
                    function = None
            matched.append(function)
            previous = body
        return matched

    def _choose(self, body: Body, candidates: Iterable[Function | None]) -> Function | None:
        """The best reading of ``body``: the first whole one, else the one that holds most.

        ``candidates`` is drawn on only as far as needed: the later ones cost a parse.
        """
        best: Function | None = None
        for function in candidates:
            if function is None:
                continue
            if not function.is_damaged:
                best = function
                break
            if best is None or len(bytes(function.body)) > len(bytes(best.body)):
                best = function
        if best is None:
            self.damage.lost.append((body.open, body.end))
            return None
        if best.is_damaged:
            self.damage.damaged.append((body.open, body.end))
        if body.owner and not best.owner:
            best.owner = body.owner
            if best.kind == "function":
                best.kind = "method"
        return best

    def _isolated(self, body: Body) -> Iterator[Function | None]:
        """``body`` parsed alone: rewritten by the rules, then as it is."""
        before, after = self.grammar.enclose(body)
        for source in self._sources(body.start, body.stop):
            reading = self._parse_alone(source, body.start, before, after)
            function = next((one for one in reading.functions if one.end == body.end and one.has_body), None)
            if function is not None:
                function.owner = body.owner
            yield function

    def _sources(self, start: int, stop: int) -> Iterator[bytes]:
        changed, raw = self.changed[start:stop], self.text[start:stop]
        yield changed
        if raw != changed:
            yield raw

    def _parse_alone(self, source: bytes, start: int, before: bytes, after: bytes) -> Declarations:
        tree = self.grammar.parse(before + source + after)
        # Offsets are unsigned 32 bit numbers: what stands before the file's beginning wraps around.
        offset = (start - len(before)) % 2**32
        root = tree.root_node_with_offset(offset, Point(0, 0))
        return Declarations() if root is None else self.grammar.lower(root, self.text)

    def _replace_functions(
        self, found: Declarations, own: list[Function | None], chosen: list[Function | None]
    ) -> None:
        """Makes ``chosen`` the functions of the outlined bodies in ``found``.

        Where the reading ``found`` did not have a body itself, what it took the body's parts for
        (globals, code outside of functions) goes.
        """
        unread = [body for body, function in zip(self.bodies, own, strict=True) if function is None]
        starts = [body.open for body in unread]

        def is_debris(item: Function | Property | TypeDeclaration) -> bool:
            number = bisect_right(starts, item.start) - 1
            inside = number >= 0 and item.start < unread[number].end
            later = number + 1 < len(unread) and unread[number + 1].end <= item.end
            return inside or (later and isinstance(item, Function))

        replaced = {id(function) for function in own if function is not None}
        kept = [f for f in found.functions if id(f) not in replaced and not is_debris(f)]
        found.functions = [*kept, *(function for function in chosen if function is not None)]
        found.properties = [item for item in found.properties if not is_debris(item)]
        found.types = [item for item in found.types if not is_debris(item)]

    def bad_types(self, reading: Declarations) -> list[tuple[int, int]]:
        """The outlined type declarations that ``reading`` does not have, or not without errors."""
        sound = {item.start for item in reading.types} - {start for start, _ in reading.bad}
        known = {range_[0] for range_ in self.types}
        bad = [range_ for range_ in self.types if range_[0] not in sound]
        return bad + [range_ for range_ in reading.bad if range_[0] not in known]

    def _replace_types(self, found: Declarations, bad: list[tuple[int, int]]) -> None:
        """Reads each of the ``bad`` type declarations alone; what is clean there replaces what is not.

        Functions with bodies are left as they are: they have been chosen one by one.
        """
        for start, end in bad:
            for source in self._sources(start, end):
                reading = self._parse_alone(source, start, b"", b"")
                if reading.types and not reading.bad:
                    self._replace_type(found, reading, start, end)
                    break
            else:
                self.damage.bad_declarations += 1
        self.damage.declarations = max(self.damage.declarations, len(found.types))

    @staticmethod
    def _replace_type(found: Declarations, reading: Declarations, start: int, end: int) -> None:
        def is_outside(item: Function | Property | TypeDeclaration) -> bool:
            return not start <= item.start < end

        found.types = [*filter(is_outside, found.types), *reading.types]
        found.properties = [*filter(is_outside, found.properties), *reading.properties]
        prototypes = [function for function in reading.functions if not function.has_body]
        found.functions = [one for one in found.functions if one.has_body or is_outside(one)] + prototypes


def _start(item: Function | Property | TypeDeclaration) -> int:
    return item.start
