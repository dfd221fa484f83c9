"""Reading of Swift files: parsing, lowering, recovery put together."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from tree_sitter import Node, Tree

from backhaul.frontends import recovery
from backhaul.frontends.lexing import mask_swift
from backhaul.frontends.outline_swift import outline_swift
from backhaul.frontends.outlines import Body
from backhaul.frontends.swift import declarations, expressions, grammar, sequences, statements
from backhaul.frontends.swift.misreadings import respell
from backhaul.frontends.swift.unit import Unit
from backhaul.model.declarations import Module

_START = attrgetter("start")

_REGISTERED = (expressions, sequences, statements)  # imported for the lowerings they register


def parse(text: bytes) -> Tree:
    return grammar.parse(respell(text))


def reparse(text: bytes, before: bytes, tree: Tree) -> Tree:
    return grammar.reparse(respell(text), respell(before), tree)


def lower(root: Node, text: bytes) -> recovery.Declarations:
    """What is declared below ``root``, its names read from ``text``."""
    unit = Unit(text)
    declarations.module(unit, root)
    for found in (unit.types, unit.properties, unit.functions):
        found.sort(key=_START)
    return recovery.Declarations(unit.imports, unit.types, unit.properties, unit.functions, unit.bad)


def enclose(body: Body) -> tuple[bytes, bytes]:
    """A member is parsed inside a type: some may not stand alone."""
    return (b"class A {", b"}") if body.owner else (b"", b"")


def _rules() -> Sequence[recovery.Rule]:
    from backhaul.frontends.swift.rules import RULES

    return RULES


GRAMMAR = recovery.Grammar(
    language="swift",
    parse=parse,
    reparse=reparse,
    mask=mask_swift,
    outline=outline_swift,
    rules=_rules,
    rules_first=False,
    lower=lower,
    enclose=enclose,
)


def grammar_for(_path: str) -> recovery.Grammar:
    return GRAMMAR


def read(path: str, text: bytes) -> Module:
    """The module that ``text``, UTF-8, declares; ``path`` is only recorded. Raises nothing."""
    return recovery.read(GRAMMAR, path, text)
