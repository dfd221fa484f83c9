"""Variables and functions declared inside a body."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.blocks import block_in, statements, value_block
from backhaul.frontends.swift.patterns import PATTERN, bound_names
from backhaul.frontends.swift.signatures import Signature, modifier_nodes, parameters, texts
from backhaul.frontends.swift.unit import EXPRESSIONS, Unit, lowers_statement
from backhaul.model.code import (
    Block,
    Collection,
    Destructure,
    Expression,
    Local,
    LocalFunction,
    Statement,
    Storage,
)

FUNCTION_BODY = g.kind("function_body")
COMPUTED = g.kind("computed_property")
OBSERVERS = g.kind("willset_didset_block")


@lowers_statement(g.kind("property_declaration"))
def local(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    """``let`` and ``var``: one statement a variable, or one for the parts of a tuple."""
    children = node.children
    attributes = texts(unit, modifier_nodes(children))
    storage: Storage = "weak" if "weak" in attributes else "plain"
    is_constant = False
    start = node.start_byte
    position = 0
    while position < len(children):
        child = children[position]
        if child.kind_id == g.VALUE_BINDING:
            is_constant = unit.text.startswith("let", child.start_byte)
        elif child.kind_id == PATTERN:
            stop = position + 1
            while stop < len(children) and children[stop].kind_id != g.COMMA:
                stop += 1
            variable(unit, children[position:stop], start, depth, is_constant, storage, result)
            position = stop
            if stop + 1 < len(children):
                start = children[stop + 1].start_byte
        position += 1


def variable(
    unit: Unit,
    nodes: Sequence[Node],
    start: int,
    depth: int,
    is_constant: bool,
    storage: Storage,
    result: list[Statement],
) -> None:
    """Adds the variable that ``nodes`` declare: pattern, type, value, accessors."""
    matched, names = bound_names(unit, nodes[0], depth + 1)
    type_ = ""
    value: Expression | None = None
    accessors: Node | None = None
    expects_value = False
    for node in nodes[1:]:
        number = node.kind_id
        if number == g.TYPE_ANNOTATION:
            type_ = annotation(unit, node)
        elif number == g.EQUALS:
            expects_value = True
        elif number in (COMPUTED, OBSERVERS):
            accessors = node
        elif expects_value and number not in g.SKIPPED:
            value = EXPRESSIONS[number](unit, node, depth + 1)
            expects_value = False
    end = nodes[-1].end_byte
    if isinstance(matched, Collection):
        if value is not None:
            result.append(Destructure(start, end, names, value))
        else:
            result += [Local(start, end, name, "", None, is_constant, storage) for name in names]
        return
    name = names[0] if names else "_"
    if accessors is not None and accessors.kind_id == COMPUTED:
        body = next((child for child in accessors.children if child.kind_id == g.STATEMENTS), None)
        block = value_block(unit, accessors, body, depth + 1, True)
        if body is None:
            block = Block(block.start, block.end, accessor_statements(unit, accessors, depth + 3))
        result.append(LocalFunction(start, end, name, [], block))
        return
    result.append(Local(start, end, name, type_, value, is_constant, storage))
    if accessors is not None:
        for child in accessors.children:
            if child.child_count:
                body = next((part for part in child.children if part.kind_id == g.STATEMENTS), None)
                block = block_in(unit, body, depth + 1, child.start_byte, child.end_byte)
                word = unit.word(child.children[0])
                result.append(LocalFunction(child.start_byte, child.end_byte, word, [], block))


def accessor_statements(unit: Unit, accessors: Node, depth: int) -> list[Statement]:
    """The bodies of ``get`` and ``set`` of a local computed variable, one after the other."""
    result: list[Statement] = []
    for child in accessors.children:
        for part in child.children:
            if part.kind_id == g.STATEMENTS:
                result += statements(unit, part.children, depth)
    return result


def annotation(unit: Unit, node: Node) -> str:
    """The type in ``: Type``."""
    return unit.phrase(node.start_byte + 1, node.end_byte)


@lowers_statement(g.kind("function_declaration"))
def local_function(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    children = node.children
    signature = Signature(unit, children, FUNCTION_BODY)
    body = next((child for child in children if child.kind_id == FUNCTION_BODY), None)
    word = ""
    for position, child in enumerate(children):
        if unit.text[child.start_byte : child.end_byte] == "func" and position + 1 < len(children):
            word = unit.word(children[position + 1])
            break
    result.append(
        LocalFunction(
            node.start_byte,
            node.end_byte,
            word,
            parameters(unit, children, depth + 3),
            function_block(unit, body, depth + 1, signature.has_result, node.end_byte),
            signature.is_async,
        )
    )


def function_block(unit: Unit, body: Node | None, depth: int, has_result: bool, end: int) -> Block:
    """The block of the ``function_body`` node ``body``."""
    if body is None:
        return Block(end, end, [])
    inside = next((child for child in body.children if child.kind_id == g.STATEMENTS), None)
    if has_result:
        return value_block(unit, body, inside, depth, True)
    return block_in(unit, inside, depth, body.start_byte, body.end_byte)
