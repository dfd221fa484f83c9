"""The tree-sitter grammar for Swift: its parser and the numbers of the node kinds that are lowered.

Node kinds are compared by number (``Node.kind_id``), which is faster than by name. A kind that the
installed grammar does not have gets a number no node has, so that an older grammar costs
constructs, not a crash.
"""

from __future__ import annotations

from functools import cache

from tree_sitter import Node, Parser, Tree

from backhaul.frontends import reparsing
from backhaul.frontends.grammars import load_language

LANGUAGE = load_language("tree_sitter_swift")

ERROR = 65535
"""``kind_id`` of an ERROR node (tree-sitter's ``ts_builtin_sym_error``)."""

ALL_KINDS = (*range(LANGUAGE.node_kind_count), ERROR)


def kind(name: str) -> int:
    """The number of the named kind ``name``; -1 if the grammar has none."""
    number = LANGUAGE.id_for_node_kind(name, True)
    return -1 if number is None else number


def token(text: str) -> int:
    """The number of the keyword or punctuation ``text``; -1 if the grammar has none."""
    number = LANGUAGE.id_for_node_kind(text, False)
    return -1 if number is None else number


@cache
def _parser() -> Parser:
    return Parser(LANGUAGE)


def parse(data: bytes) -> Tree:
    """The syntax tree of ``data``; never fails, what is not Swift becomes ERROR nodes."""
    return _parser().parse(data)


def reparse(data: bytes, before: bytes, tree: Tree) -> Tree:
    """The syntax tree of ``data``, which is as long as ``before``, whose tree is ``tree``."""
    return reparsing.reparse(_parser(), data, before, tree)


COMMENT = kind("comment")
MULTILINE_COMMENT = kind("multiline_comment")
QUESTION = token("?")
BANG = kind("bang")
MISSING_IN_EMPTY_TUPLE = token("!")

EXTRAS = frozenset((COMMENT, MULTILINE_COMMENT))
"""Kinds that may stand between any two children of any node."""

SKIPPED = frozenset((COMMENT, MULTILINE_COMMENT, QUESTION))
"""``EXTRAS``, and the ``?`` that the grammar allows after any expression."""

IDENTIFIER = kind("simple_identifier")
TYPE_IDENTIFIER = kind("type_identifier")
USER_TYPE = kind("user_type")
STATEMENTS = kind("statements")
OPEN_BRACE = token("{")
CLOSE_BRACE = token("}")
OPEN_PAREN = token("(")
CLOSE_PAREN = token(")")
OPEN_BRACKET = token("[")
COMMA = token(",")
COLON = token(":")
EQUALS = token("=")
DOT = token(".")
LET = token("let")
WHERE_CLAUSE = kind("where_clause")
TYPE_ANNOTATION = kind("type_annotation")
VALUE_BINDING = kind("value_binding_pattern")
DIRECTIVE = kind("directive")
DIAGNOSTIC = kind("diagnostic")


def is_sound(node: Node) -> bool:
    """Whether ``node`` was parsed without an error that hides code.

    The grammar has no empty tuple: it reads ``()`` as a tuple of a missing ``!``. That is no loss.
    """
    if not node.has_error:
        return True
    pending = [node]
    while pending:
        current = pending.pop()
        if current.is_error:
            return False
        for child in current.children:
            if child.is_missing:
                if child.kind_id != MISSING_IN_EMPTY_TUPLE:
                    return False
            elif child.has_error:
                pending.append(child)
    return True
