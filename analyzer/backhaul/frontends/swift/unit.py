"""One Swift file while it is lowered: its text, and what has been gathered from it so far."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from backhaul.frontends.swift.grammar import ALL_KINDS
from backhaul.model.code import Expression, Statement
from backhaul.model.declarations import Function, Property, TypeDeclaration

MAX_DEPTH = 250
"""Nesting of structs and lists in a lowered body beyond which code is left out (the function is
then damaged). Encoding, decoding and every walk over a body recurse; Python stops at 1,000."""


class Unit:
    """The text of a file and the declarations found in it.

    ``text`` holds one character a byte (ISO 8859-1), so that a byte range of the syntax tree is a
    slice; ``word`` and ``source`` give what the bytes spell in UTF-8.
    ``mentions`` and ``damaged`` belong to the function that is being lowered.
    """

    __slots__ = ("bad", "damaged", "functions", "imports", "later", "mentions", "properties", "text", "types")

    def __init__(self, data: bytes) -> None:
        self.text = data.decode("latin-1")
        self.mentions: set[str] = set()
        self.damaged = False
        self.imports: list[str] = []
        self.types: list[TypeDeclaration] = []
        self.properties: list[Property] = []
        self.functions: list[Function] = []
        self.later: list[tuple[Node, str]] = []  # types still to be lowered, with the types around them
        self.bad: list[tuple[int, int]] = []  # type declarations with errors outside of bodies

    def source(self, start: int, end: int) -> str:
        """The text from byte ``start`` to byte ``end``."""
        text = self.text[start:end]
        return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")

    def word(self, node: Node) -> str:
        """The identifier ``node``, without backticks."""
        text = self.text[node.start_byte : node.end_byte]
        return self.spelled(text) if not text.isascii() or text[:1] == "`" else text

    def spelled(self, text: str) -> str:
        """The identifier in the slice ``text`` of ``self.text``, without backticks."""
        if not text.isascii():
            text = text.encode("latin-1").decode("utf-8", "replace")
        return text[1:-1] if text[:1] == "`" and len(text) > 2 else text

    def phrase(self, start: int, end: int) -> str:
        """The text from ``start`` to ``end`` with every run of whitespace made one blank."""
        text = self.text[start:end]
        return text if text.isalnum() and text.isascii() else " ".join(self.source(start, end).split())


ExpressionLowering = Callable[[Unit, Node, int], Expression]
"""(unit, node, depth of the node in the encoded body) → the expression."""

StatementLowering = Callable[[Unit, Node, int, list[Statement]], None]
"""(unit, node, depth, statements so far): appends what the node is to the statements."""

EXPRESSIONS: dict[int, ExpressionLowering] = {}
"""How a node of each kind is lowered as an expression; complete for the grammar's kinds."""

STATEMENT_KINDS: dict[int, StatementLowering] = {}
"""How a node of each kind is lowered as a statement; other kinds are expressions."""


def lowers(*kinds: int) -> Callable[[ExpressionLowering], ExpressionLowering]:
    """Registers the decorated function for expressions of ``kinds``."""

    def register(function: ExpressionLowering) -> ExpressionLowering:
        EXPRESSIONS.update(dict.fromkeys(kinds, function))
        return function

    return register


def lowers_statement(*kinds: int) -> Callable[[StatementLowering], StatementLowering]:
    """Registers the decorated function for statements of ``kinds``."""

    def register(function: StatementLowering) -> StatementLowering:
        STATEMENT_KINDS.update(dict.fromkeys(kinds, function))
        return function

    return register


def lowers_rest(function: ExpressionLowering) -> ExpressionLowering:
    """Registers the decorated function for every kind that has none yet."""
    for number in ALL_KINDS:
        EXPRESSIONS.setdefault(number, function)
    return function
