"""Statements of Objective-C bodies: syntax tree to model.

A handler takes the context, the node, the depth of the model above it and the list that it adds
the model's statements to: one declaration may be several, a macro none.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from backhaul.frontends.objc.context import MAX_DEPTH, Context
from backhaul.frontends.objc.declarators import read_declarator, read_parameters
from backhaul.frontends.objc.expressions import comma_parts
from backhaul.frontends.objc.grammar import (
    COMMENT,
    DECLARATORS,
    ERROR,
    STATEMENTS,
    TYPES,
    field,
    statement,
    without_comments,
)
from backhaul.frontends.objc.lowering import (
    expression_statement,
    lower,
    lower_block,
    lower_body,
    parts_statement,
)
from backhaul.model.code import (
    Break,
    Continue,
    Do,
    Evaluate,
    Goto,
    Label,
    Local,
    LocalFunction,
    Return,
    Statement,
    Storage,
    Throw,
)

_BODY = field("body")


@statement(
    "comment",
    "attribute_specifier",
    "attribute_declaration",
    "class_declaration",
    "enum_specifier",
    "module_import",
    "preproc_call",
    "preproc_def",
    "preproc_function_def",
    "preproc_include",
    "preproc_undef",
    "protocol_forward_declaration",
    "storage_class_specifier",
    "struct_specifier",
    "type_definition",
    "type_identifier",
    "type_qualifier",
    "union_specifier",
)
def _nothing(_context: Context, _node: Node, _depth: int, _out: list[Statement]) -> None:
    """Declares types or speaks to the preprocessor."""


@statement("expression_statement")
def _expression(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    start, end = node.start_byte, node.end_byte
    for child in node.named_children:
        if child.kind_id != COMMENT:
            for value in comma_parts(context, child, depth):
                out.append(Evaluate(start, end, value))


_STORAGE = re.compile(rb"\b(?:static|__block|__weak|const|constexpr)\b")


@statement("declaration")
def _declaration(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    type_node = None
    beginning = start = node.start_byte
    for child in node.named_children:
        number = child.kind_id
        if number in DECLARATORS:
            if start != beginning:
                start = child.start_byte
            read = read_declarator(context, type_node, child)
            if read is None or read.parameters is not None:
                continue
            first, last = read.name.start_byte, read.name.end_byte
            storage, is_constant = _storage(context.text[beginning:first])
            value = None if read.value is None else lower(context, read.value, depth)
            name = context.word(first, last)
            out.append(Local(start, child.end_byte, name, read.type, value, is_constant, storage))
            start = child.end_byte
        elif number in TYPES:
            if type_node is None:
                type_node = child
        elif number == ERROR:
            expression_statement(context, child, depth, out)


def _storage(written: bytes) -> tuple[Storage, bool]:
    """How the variable is kept whose declaration says ``written`` before the name; is it constant?"""
    found = _STORAGE.findall(written)
    if not found:
        return "plain", False
    pointed = written.rfind(b"*")
    constant = written.rfind(b"const") > pointed
    if b"static" in found:
        return "static", constant
    if b"__block" in found:
        return "shared", constant
    return ("weak" if b"__weak" in found else "plain"), constant


@statement("compound_statement")
def _nested(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    out.append(Do(node.start_byte, node.end_byte, lower_block(context, node, depth + 1)))


statement("preproc_else", "else_clause", "attributed_statement", "implementation_definition")(parts_statement)


@statement("labeled_statement")
def _label(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    if depth > MAX_DEPTH:
        parts_statement(context, node, depth, out)
        return
    for position, child in enumerate(node.named_children):
        if position == 0:
            start, end = child.start_byte, child.end_byte
            out.append(Label(start, end, context.word(start, end)))
        else:
            STATEMENTS[child.kind_id](context, child, depth + 1, out)


@statement("goto_statement")
def _goto(context: Context, node: Node, _depth: int, out: list[Statement]) -> None:
    names = without_comments(node.named_children)
    label = context.word(names[0].start_byte, names[0].end_byte) if names else ""
    out.append(Goto(node.start_byte, node.end_byte, label))


@statement("return_statement")
def _return(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    values = without_comments(node.named_children)
    value = lower(context, values[0], depth + 1) if values else None
    out.append(Return(node.start_byte, node.end_byte, value))


@statement("throw_statement")
def _throw(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    values = without_comments(node.named_children)
    value = lower(context, values[0], depth + 1) if values else None
    out.append(Throw(node.start_byte, node.end_byte, value))


@statement("break_statement")
def _break(_context: Context, node: Node, _depth: int, out: list[Statement]) -> None:
    out.append(Break(node.start_byte, node.end_byte))


@statement("continue_statement")
def _continue(_context: Context, node: Node, _depth: int, out: list[Statement]) -> None:
    out.append(Continue(node.start_byte, node.end_byte))


@statement("function_definition")
def _local_function(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    """A function in a function (a GNU extension)."""
    declarator = next((child for child in node.named_children if child.kind_id in DECLARATORS), None)
    read = None if declarator is None else read_declarator(context, None, declarator)
    if read is None:
        expression_statement(context, node, depth, out)
        return
    name = context.word(read.name.start_byte, read.name.end_byte)
    body = lower_body(context, node.child_by_field_id(_BODY), node, depth)
    parameters = read_parameters(context, read.parameters)
    out.append(LocalFunction(node.start_byte, node.end_byte, name, parameters, body))
