"""Names, operators, casts: syntax tree to model.

A handler takes the context, the node and the depth of the model above it, and gives the model's
expression, or None for what is no expression (a type, a comment).
"""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.context import MAX_DEPTH, Context
from backhaul.frontends.objc.grammar import (
    COMPOUND,
    EXPRESSIONS,
    PARENTHESIZED,
    expression,
    field,
    kind,
    without_comments,
)
from backhaul.frontends.objc.lowering import flatten, lower, lower_block, opaque, two_parts, unwrap
from backhaul.model.code import (
    Assign,
    Binary,
    Block,
    Branching,
    Cast,
    Conditional,
    Do,
    Evaluate,
    Expression,
    Index,
    Literal,
    Name,
    Opaque,
    Statement,
    Unary,
)
from backhaul.model.mentions import assigned_name, assignment_mention

_COMMA_EXPRESSION = kind("comma_expression")
_OPERATOR = field("operator")
_CONDITION = field("condition")
_CONSEQUENCE = field("consequence")
_ALTERNATIVE = field("alternative")

_CONSTANTS = {
    "nil": "nil",
    "Nil": "nil",
    "NULL": "nil",
    "nullptr": "nil",
    "YES": "bool",
    "NO": "bool",
    "TRUE": "bool",
    "FALSE": "bool",
    "true": "bool",
    "false": "bool",
}


@expression(
    "comment",
    "type_identifier",
    "primitive_type",
    "sized_type_specifier",
    "typedefed_specifier",
    "generic_specifier",
    "struct_specifier",
    "union_specifier",
    "enum_specifier",
    "type_name",
    "type_descriptor",
    "type_qualifier",
    "storage_class_specifier",
    "attribute_specifier",
    "field_designator",
    "preproc_def",
    "preproc_function_def",
    "preproc_call",
    "preproc_directive",
    "escape_sequence",
    "parameter_list",
)
def _no_expression(_context: Context, _node: Node, _depth: int) -> Expression | None:
    return None


@expression("identifier", "field_identifier", "true", "false", "null")
def _name(context: Context, node: Node, _depth: int) -> Expression | None:
    start, end = node.start_byte, node.end_byte
    raw = context.text[start:end]
    word = context.words.get(raw)
    if word is None:
        word = context.words[raw] = raw.decode("utf-8", "replace")
    constant = _CONSTANTS.get(word)
    if constant is not None:
        return Literal(start, end, constant, word)  # type: ignore[arg-type]
    if not word:
        return Opaque(start, end, [])
    context.mentions.add(word)
    return Name(start, end, word)


@expression("parenthesized_expression")
def _parenthesized(context: Context, node: Node, depth: int) -> Expression | None:
    node = unwrap(node)
    if node.kind_id == COMPOUND:
        if depth > MAX_DEPTH:
            return flatten(context, node)
        start, end = node.start_byte, node.end_byte
        return Branching(start, end, Do(start, end, lower_block(context, node, depth + 1)))
    if node.kind_id == PARENTHESIZED:
        return opaque(context, node, depth)
    return EXPRESSIONS[node.kind_id](context, node, depth)


@expression("assignment_expression")
def _assign(context: Context, node: Node, depth: int) -> Expression | None:
    parts = two_parts(node)
    if depth > MAX_DEPTH or parts is None:
        return opaque(context, node, depth)
    left, right = parts
    operator = _operator(context, node, left, right)
    target = lower(context, left, depth + 1)
    context.mentions.add(assignment_mention(assigned_name(target)))
    return Assign(node.start_byte, node.end_byte, target, operator, lower(context, right, depth + 1))


@expression("binary_expression", "range_expression")
def _binary(context: Context, node: Node, depth: int) -> Expression | None:
    parts = two_parts(node)
    if depth > MAX_DEPTH or parts is None:
        return opaque(context, node, depth)
    left, right = parts
    operator = _operator(context, node, left, right)
    first = lower(context, left, depth + 1)
    return Binary(node.start_byte, node.end_byte, operator, first, lower(context, right, depth + 1))


def _operator(context: Context, node: Node, left: Node, right: Node) -> str:
    between = context.text[left.end_byte : right.start_byte]
    if b"/" in between and len(between) > 3:  # a comment may stand beside the operator
        written = node.child_by_field_id(_OPERATOR)
        if written is not None:
            return context.word(written.start_byte, written.end_byte)
    word = context.words.get(between)
    if word is None:
        word = context.words[between] = between.decode("utf-8", "replace").strip()
    return word


@expression("unary_expression", "pointer_expression")
def _unary(context: Context, node: Node, depth: int) -> Expression | None:
    operands = node.named_children
    if len(operands) != 1:
        operands = without_comments(operands)
    if depth > MAX_DEPTH or len(operands) != 1:
        return opaque(context, node, depth)
    operator = node.children[0]
    word = context.word(operator.start_byte, operator.end_byte)
    return Unary(node.start_byte, node.end_byte, word, lower(context, operands[0], depth + 1))


@expression("update_expression")
def _update(context: Context, node: Node, depth: int) -> Expression | None:
    operator = node.child_by_field_id(_OPERATOR)
    operands = without_comments(node.named_children)
    if depth > MAX_DEPTH or operator is None or len(operands) != 1:
        return opaque(context, node, depth)
    start, end = operator.start_byte, operator.end_byte
    sign = context.word(start, start + 1)
    target = lower(context, operands[0], depth + 1)
    context.mentions.add(assignment_mention(assigned_name(target)))
    return Assign(node.start_byte, node.end_byte, target, f"{sign}=", Literal(start, end, "int", "1"))


@expression("conditional_expression")
def _conditional(context: Context, node: Node, depth: int) -> Expression | None:
    condition = node.child_by_field_id(_CONDITION)
    otherwise = node.child_by_field_id(_ALTERNATIVE)
    if depth > MAX_DEPTH or condition is None or otherwise is None:
        return opaque(context, node, depth)
    depth += 1
    first = lower(context, condition, depth)
    then = node.child_by_field_id(_CONSEQUENCE)
    second = None if then is None else lower(context, then, depth)
    third = lower(context, otherwise, depth)
    return Conditional(node.start_byte, node.end_byte, first, second, third)


@expression("comma_expression")
def _comma(context: Context, node: Node, depth: int) -> Expression | None:
    """``(a, b)`` has the value of its last part, as a block in braces has."""
    if depth > MAX_DEPTH:
        return flatten(context, node)
    statements: list[Statement] = [
        Evaluate(part.start, part.end, part) for part in comma_parts(context, node, depth + 1)
    ]
    start, end = node.start_byte, node.end_byte
    return Branching(start, end, Do(start, end, Block(start, end, statements)))


def comma_parts(context: Context, node: Node, depth: int) -> list[Expression]:
    """The parts of a comma expression in order; of any other expression, it alone."""
    parts: list[Expression] = []
    while node.kind_id == _COMMA_EXPRESSION:
        pair = without_comments(node.named_children)
        if len(pair) != 2:
            break
        parts.append(lower(context, pair[0], depth))
        node = pair[1]
    parts.append(
        (opaque(context, node, depth) or Opaque(node.start_byte, node.end_byte, []))
        if node.kind_id == _COMMA_EXPRESSION
        else lower(context, node, depth)
    )
    return parts


@expression("cast_expression")
def _cast(context: Context, node: Node, depth: int) -> Expression | None:
    parts = two_parts(node)
    if depth > MAX_DEPTH or parts is None:
        return opaque(context, node, depth)
    type_, value = parts
    written = context.type(context.text[type_.start_byte : type_.end_byte])
    return Cast(node.start_byte, node.end_byte, lower(context, value, depth + 1), written, "c")


@expression("subscript_expression")
def _index(context: Context, node: Node, depth: int) -> Expression | None:
    parts = two_parts(node)
    if depth > MAX_DEPTH or parts is None:
        return opaque(context, node, depth)
    base = lower(context, parts[0], depth + 1)
    return Index(node.start_byte, node.end_byte, base, [lower(context, parts[1], depth + 1)])


@expression("compound_literal_expression")
def _compound_literal(context: Context, node: Node, depth: int) -> Expression | None:
    parts = two_parts(node)
    if depth > MAX_DEPTH or parts is None:
        return opaque(context, node, depth)
    type_, value = parts
    written = context.type(context.text[type_.start_byte : type_.end_byte])
    return Cast(node.start_byte, node.end_byte, lower(context, value, depth + 1), written, "c")
