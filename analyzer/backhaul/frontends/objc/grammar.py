"""The Objective-C grammar: its parser, the numbers of its node kinds, and the tables of handlers.

Numbers are compared in place of names: reading a node's kind as a string is the slower half of a
walk. A kind that the grammar has under several numbers (aliases) shows only the public one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tree_sitter import Node

from backhaul.frontends.grammars import load_language

if TYPE_CHECKING:
    from backhaul.frontends.objc.context import Context
    from backhaul.model.code import Expression, Statement

LANGUAGE = load_language("tree_sitter_objc")

ERROR = 65535  # tree-sitter's number for what it could not parse, in every grammar

ExpressionHandler = Callable[["Context", Node, int], "Expression | None"]
StatementHandler = Callable[["Context", Node, int, "list[Statement]"], None]


def kind(name: str) -> int:
    """The number of the named node kind ``name``. Raises ``LookupError`` for an unknown one."""
    number = LANGUAGE.id_for_node_kind(name, True)
    if number is None:
        raise LookupError(f"the Objective-C grammar has no node {name}")
    return number


def token(name: str) -> int:
    """The number of the token ``name``, as ``kind``."""
    number = LANGUAGE.id_for_node_kind(name, False)
    if number is None:
        raise LookupError(f"the Objective-C grammar has no token {name}")
    return number


def kinds(*names: str) -> frozenset[int]:
    return frozenset(map(kind, names))


def field(name: str) -> int:
    """The number of the field ``name``, as ``kind``."""
    number = LANGUAGE.field_id_for_name(name)
    if number is None:
        raise LookupError(f"the Objective-C grammar has no field {name}")
    return number


COMMENT = kind("comment")
IDENTIFIER = kind("identifier")
COMPOUND = kind("compound_statement")
PARAMETERS = kind("parameter_list")
PARENTHESIZED = kind("parenthesized_expression")

TYPES = kinds(
    "type_identifier",
    "primitive_type",
    "sized_type_specifier",
    "typedefed_specifier",
    "generic_specifier",
    "typeof_specifier",
    "struct_specifier",
    "union_specifier",
    "enum_specifier",
    "macro_type_specifier",
    "array_type_specifier",
    "type_name",
    "type_descriptor",
)
DECLARATORS = kinds(
    "identifier",
    "init_declarator",
    "pointer_declarator",
    "function_declarator",
    "array_declarator",
    "block_pointer_declarator",
    "parenthesized_declarator",
    "attributed_declarator",
    "struct_declarator",
)
ALTERNATIVES = kinds("preproc_else", "preproc_elif", "preproc_elifdef")

EXPRESSIONS: dict[int, ExpressionHandler] = {}
STATEMENTS: dict[int, StatementHandler] = {}


def expression(*names: str) -> Callable[[ExpressionHandler], ExpressionHandler]:
    """Registers the handler that lowers expressions of the kinds ``names``."""

    def register(handler: ExpressionHandler) -> ExpressionHandler:
        EXPRESSIONS.update(dict.fromkeys(map(kind, names), handler))
        return handler

    return register


def statement(*names: str) -> Callable[[StatementHandler], StatementHandler]:
    """Registers the handler that lowers statements of the kinds ``names``."""

    def register(handler: StatementHandler) -> StatementHandler:
        STATEMENTS.update(dict.fromkeys(map(kind, names), handler))
        return handler

    return register


def complete_tables(
    other_expression: ExpressionHandler, other_statement: StatementHandler, error: StatementHandler
) -> None:
    """Fills both tables for every kind without a handler of its own, and for errors."""
    STATEMENTS[ERROR] = error
    for number in (*range(LANGUAGE.node_kind_count), ERROR):
        EXPRESSIONS.setdefault(number, other_expression)
        STATEMENTS.setdefault(number, other_statement)


def without_comments(nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if node.kind_id != COMMENT]
