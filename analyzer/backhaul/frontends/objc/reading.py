"""Reading of one Objective-C file: how its kind is parsed, recovered and lowered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tree_sitter import Node, Parser, Tree

from backhaul.frontends import recovery
from backhaul.frontends.lexing import mask_objc
from backhaul.frontends.objc.context import Context
from backhaul.frontends.objc.declarations import read_declarations
from backhaul.frontends.objc.grammar import LANGUAGE
from backhaul.frontends.outline_objc import outline_objc
from backhaul.frontends.outlines import Body
from backhaul.frontends.reparsing import reparse
from backhaul.model.declarations import Module


def read(path: str, text: bytes) -> Module:
    """The program model of the file ``path`` with the content ``text`` (UTF-8).

    Never raises for any bytes: what could not be parsed is counted in ``Module.damage``.
    """
    return recovery.read(grammar_for(path), path, text)


def grammar_for(path: str) -> recovery.Grammar:
    """How files named like ``path`` are read."""
    return _grammar(path.rpartition(".")[2].lower())


@cache
def _grammar(suffix: str) -> recovery.Grammar:
    """Headers and Objective-C++ rarely parse as they are; plain Objective-C mostly does."""
    return recovery.Grammar(
        language="objc",
        parse=_parse,
        reparse=_reparse,
        mask=mask_objc,
        outline=outline_objc,
        rules=_objc_rules if suffix == "m" else _objcpp_rules,
        rules_first=suffix != "m",
        lower=_lower,
        enclose=_enclose,
    )


def _objc_rules() -> Sequence[recovery.Rule]:
    from backhaul.frontends.objc.normalisation import OBJC_RULES

    return OBJC_RULES


def _objcpp_rules() -> Sequence[recovery.Rule]:
    from backhaul.frontends.objc.normalisation import OBJCPP_RULES

    return OBJCPP_RULES


@cache
def _parser() -> Parser:
    return Parser(LANGUAGE)


def _parse(text: bytes) -> Tree:
    return _parser().parse(text)


def _reparse(text: bytes, before: bytes, tree: Tree) -> Tree:
    return reparse(_parser(), text, before, tree)


def _lower(root: Node, text: bytes) -> recovery.Declarations:
    return read_declarations(Context(text), root)


def _enclose(body: Body) -> tuple[bytes, bytes]:
    return (b"@implementation A ", b" @end") if body.form == "method" else (b"", b"")
