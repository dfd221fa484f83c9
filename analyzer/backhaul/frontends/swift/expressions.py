"""Expressions without operators or steps: names, literals, collections, closures, macros' relatives."""

from __future__ import annotations

import re
from typing import Literal as Choice

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.blocks import statements, value_block
from backhaul.frontends.swift.chains import CLOSURE, too_deep
from backhaul.frontends.swift.unit import (
    EXPRESSIONS,
    MAX_DEPTH,
    STATEMENT_KINDS,
    Unit,
    lowers,
    lowers_rest,
)
from backhaul.model.code import (
    Availability,
    Block,
    Branching,
    Capture,
    Closure,
    Collection,
    Do,
    Expression,
    Interpolation,
    Literal,
    Name,
    Opaque,
    Parameter,
    SelectorName,
    Statement,
)

CAPTURES = g.kind("capture_list")
CAPTURE = g.kind("capture_list_item")
OWNERSHIP = g.kind("ownership_modifier")
ATTRIBUTE = g.kind("attribute")
SIGNATURE = g.kind("lambda_function_type")
SIGNATURE_PARAMETERS = g.kind("lambda_function_type_parameters")
CLOSURE_PARAMETER = g.kind("lambda_parameter")
ASYNC = g.token("async")
INTERPOLATED = g.kind("interpolated_expression")
RAW_INTERPOLATION = g.kind("raw_str_interpolation")
INTERPOLATION_START = g.token("\\(")

WORD = re.compile(r"[^\W\d]\w*")


@lowers(g.IDENTIFIER, g.TYPE_IDENTIFIER)
def name(unit: Unit, node: Node, _depth: int) -> Expression:
    word = unit.word(node)
    if word == "()":  # parsed as a name (see rules)
        return Collection(node.start_byte, node.end_byte, "tuple", [])
    unit.mentions.add(word)
    return Name(node.start_byte, node.end_byte, word)


@lowers(g.kind("self_expression"), g.kind("super_expression"))
def own(unit: Unit, node: Node, _depth: int) -> Expression:
    word = unit.text[node.start_byte : node.end_byte]
    unit.mentions.add(word)
    return Name(node.start_byte, node.end_byte, word)


def literal(kind: Choice["nil", "bool", "int", "float"], *names: str) -> None:
    """Registers the lowering of literals that are kept as they are written."""

    def lower(unit: Unit, node: Node, _depth: int) -> Expression:
        start, end = node.start_byte, node.end_byte
        return Literal(start, end, kind, unit.text[start:end])

    lowers(*map(g.kind, names))(lower)


literal("nil", "nil_literal")
literal("bool", "boolean_literal")
literal("int", "integer_literal", "hex_literal", "oct_literal", "bin_literal")
literal("float", "real_literal")


@lowers(g.kind("line_string_literal"), g.kind("multi_line_string_literal"), g.kind("raw_string_literal"))
def string(unit: Unit, node: Node, depth: int) -> Expression:
    """A string literal, its text as it is written; with its parts if some are interpolated."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    start, end = node.start_byte, node.end_byte
    if unit.text.startswith(("/", "#/", "##/"), start):
        return Opaque(start, end, [])  # a regular expression, parsed as a string (see rules)
    first, last = text_range(unit, start, end)
    if unit.text.find("\\", first, last) < 0:
        return Literal(start, end, "string", unit.source(first, last))
    children = node.children
    if not any(child.kind_id in (INTERPOLATED, RAW_INTERPOLATION) for child in children):
        return Literal(start, end, "string", unit.source(first, last))
    parts: list[Expression] = []
    for child in children:
        number = child.kind_id
        if number in (INTERPOLATION_START, RAW_INTERPOLATION):
            if first < child.start_byte:
                parts.append(Literal(first, child.start_byte, "string", unit.source(first, child.start_byte)))
            first = child.end_byte
        if number == RAW_INTERPOLATION:
            for part in child.children:
                if part.kind_id == INTERPOLATED:
                    interpolated(unit, part, depth + 2, parts)
        elif number == INTERPOLATED:
            interpolated(unit, child, depth + 2, parts)
        elif number == g.CLOSE_PAREN:
            first = child.end_byte
    if first < last:
        parts.append(Literal(first, last, "string", unit.source(first, last)))
    return Interpolation(start, end, parts)


def text_range(unit: Unit, start: int, end: int) -> tuple[int, int]:
    """The range between the quotes of the string literal at ``start:end``."""
    text = unit.text
    end = min(end, len(text))  # a function parsed alone may have a string that does not end in it
    if text.startswith("#", start):
        while start < end and text[start] == "#":
            start += 1
        while end > start and text[end - 1] == "#":
            end -= 1
    width = 3 if text.startswith('"""', start) and end - start >= 6 else 1
    return min(start + width, end), max(end - width, start)


def interpolated(unit: Unit, node: Node, depth: int, parts: list[Expression]) -> None:
    """What stands in ``\\(…)``: a value, and labelled arguments after it."""
    for child in node.children:
        number = child.kind_id
        if child.is_named and number not in g.EXTRAS and number != LABEL:
            parts.append(EXPRESSIONS[number](unit, child, depth))


LABEL = g.kind("value_argument_label")


def elements(unit: Unit, children: list[Node], depth: int) -> list[Expression]:
    """The named ``children`` as expressions, without comments."""
    return [
        EXPRESSIONS[child.kind_id](unit, child, depth)
        for child in children
        if child.is_named and child.kind_id not in g.EXTRAS
    ]


@lowers(g.kind("array_literal"), g.kind("array_type"))
def array(unit: Unit, node: Node, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    return Collection(node.start_byte, node.end_byte, "array", elements(unit, node.children, depth + 2))


@lowers(g.kind("dictionary_literal"), g.kind("dictionary_type"))
def dictionary(unit: Unit, node: Node, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    return Collection(node.start_byte, node.end_byte, "dictionary", elements(unit, node.children, depth + 2))


@lowers(g.kind("tuple_expression"))
def tuple_literal(unit: Unit, node: Node, depth: int) -> Expression:
    """A tuple; an expression in parentheses is that expression."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    children = [child for child in node.children if child.kind_id not in g.SKIPPED]
    if len(children) == 3:
        value = children[1]
        if value.kind_id == g.BANG:
            return Collection(node.start_byte, node.end_byte, "tuple", [])
        return EXPRESSIONS[value.kind_id](unit, value, depth + 1)
    items: list[Expression] = []
    for position, child in enumerate(children):
        if not child.is_named:
            continue
        if children[position + 1].kind_id == g.COLON:
            continue
        items.append(EXPRESSIONS[child.kind_id](unit, child, depth + 2))
    return Collection(node.start_byte, node.end_byte, "tuple", items)


@lowers(CLOSURE)
def closure(unit: Unit, node: Node, depth: int) -> Expression:
    """``{ [captures] (parameters) async in … }``."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    captures: list[Capture] = []
    parameters: list[Parameter] = []
    attributes: list[str] = []
    is_async = False
    body: Node | None = None
    for child in node.children:
        number = child.kind_id
        if number == g.STATEMENTS:
            body = child
        elif number == CAPTURES:
            captures = [capture(unit, item, depth + 2) for item in child.children if item.kind_id == CAPTURE]
        elif number == ATTRIBUTE:
            attributes.append(unit.phrase(child.start_byte, child.end_byte))
        elif number == SIGNATURE:
            for part in child.children:
                if part.kind_id == SIGNATURE_PARAMETERS:
                    parameters = [
                        closure_parameter(unit, item)
                        for item in part.children
                        if item.kind_id == CLOSURE_PARAMETER
                    ]
                elif part.kind_id == ASYNC:
                    is_async = True
    block = value_block(unit, node, body, depth + 1)
    return Closure(node.start_byte, node.end_byte, parameters, captures, block, False, is_async, attributes)


def capture(unit: Unit, node: Node, depth: int) -> Capture:
    """``weak self``, ``id``, ``n = self.count``."""
    form: Choice["value", "weak", "unowned"] = "value"
    parts = [child for child in node.children if child.kind_id not in g.SKIPPED]
    if parts[0].kind_id == OWNERSHIP:
        form = "weak" if unit.text.startswith("weak", parts[0].start_byte) else "unowned"
        parts = parts[1:]
    word = unit.word(parts[0]) if parts else ""
    unit.mentions.add(word)
    value = EXPRESSIONS[parts[-1].kind_id](unit, parts[-1], depth) if len(parts) > 2 else None
    return Capture(node.start_byte, node.end_byte, word, form, value)


def closure_parameter(unit: Unit, node: Node) -> Parameter:
    """``x``, ``x: Int``, ``_ x: inout Int``."""
    word = type_ = ""
    children = node.children
    for position, child in enumerate(children):
        if child.kind_id == g.COLON:
            if position + 1 < len(children):
                type_ = unit.phrase(children[position + 1].start_byte, node.end_byte)
            break
        if child.kind_id not in g.EXTRAS:
            word = unit.word(child)
    return Parameter(node.start_byte, node.end_byte, "", word, type_)


@lowers(g.kind("selector_expression"))
def selector(unit: Unit, node: Node, _depth: int) -> Expression:
    """``#selector(Type.method(_:))``, also ``#selector(getter: …)``."""
    start, end = node.start_byte, node.end_byte
    text = unit.source(start, end)
    inside = text[text.find("(") + 1 : -1].strip()
    for prefix in ("getter:", "setter:"):
        inside = inside.removeprefix(prefix)
    inside = "".join(inside.split())
    unit.mentions.update(WORD.findall(inside))
    return SelectorName(start, end, inside)


@lowers(g.kind("availability_condition"))
def availability(unit: Unit, node: Node, _depth: int) -> Expression:
    return Availability(node.start_byte, node.end_byte, unit.phrase(node.start_byte, node.end_byte))


@lowers(g.kind("if_statement"), g.kind("switch_statement"))
def branching(unit: Unit, node: Node, depth: int) -> Expression:
    """``if`` and ``switch`` used as a value."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    result: list[Statement] = []
    STATEMENT_KINDS[node.kind_id](unit, node, depth + 1, result)
    return Branching(node.start_byte, node.end_byte, result[0])


@lowers(
    g.kind("regex_literal"),
    g.kind("special_literal"),
    g.kind("fully_open_range"),
    g.DIRECTIVE,
    g.DIAGNOSTIC,
    g.COMMENT,
    g.MULTILINE_COMMENT,
)
def nothing(_unit: Unit, node: Node, _depth: int) -> Expression:
    """An expression in which nothing is called, read or written."""
    return Opaque(node.start_byte, node.end_byte, [])


@lowers_rest
def opaque(unit: Unit, node: Node, depth: int) -> Expression:
    """Anything else, and what could not be parsed: the expressions in it."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    children: list[Expression] = []
    for child in node.children:
        number = child.kind_id
        if not child.is_named or number in g.EXTRAS:
            continue
        if number == g.STATEMENTS or number in STATEMENT_KINDS:
            inside = child.children if number == g.STATEMENTS else [child]
            block = Block(child.start_byte, child.end_byte, statements(unit, inside, depth + 6))
            children.append(Branching(block.start, block.end, Do(block.start, block.end, block)))
        else:
            children.append(EXPRESSIONS[number](unit, child, depth + 2))
    return Opaque(node.start_byte, node.end_byte, children)
