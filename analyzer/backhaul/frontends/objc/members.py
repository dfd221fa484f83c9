"""Properties and instance variables of Objective-C types, and the fields of C structs."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.context import Context
from backhaul.frontends.objc.declarators import read_declarator
from backhaul.frontends.objc.grammar import COMMENT, DECLARATORS, ERROR, IDENTIFIER, TYPES, kind, token
from backhaul.model.declarations import Property

_ATTRIBUTES = kind("property_attributes_declaration")
_DECLARATION = kind("struct_declaration")
_EQUALS = token("=")
_FIELD_NAME = kind("field_identifier")
_SYNTHESIZE = token("@synthesize")


def read_property(context: Context, node: Node, owner: str, attributes: list[str]) -> list[Property]:
    """The properties that one ``@property`` declares."""
    listed: list[str] = []
    found: list[Property] = []
    for child in node.named_children:
        if child.kind_id == _ATTRIBUTES:
            listed = [context.word(part.start_byte, part.end_byte) for part in child.named_children]
        elif child.kind_id == _DECLARATION:
            found = read_fields(context, child, owner, attributes + listed)
    for declared in found:
        declared.start, declared.end = node.start_byte, node.end_byte
        declared.is_weak = declared.is_weak or "weak" in listed
        declared.is_static = "class" in listed
    return found


def read_fields(context: Context, node: Node, owner: str, attributes: list[str]) -> list[Property]:
    """The variables that ``node``, one declaration inside of a type, declares.

    Words before the type that are neither a type nor a qualifier (macros) become attributes.
    """
    found: list[Property] = []
    type_node: Node | None = None
    extra: list[str] = []
    declarators: list[Node] = []
    start, end = node.start_byte, node.end_byte
    for child in node.named_children:
        number = child.kind_id
        if number in DECLARATORS or number == _FIELD_NAME:
            declarators.append(child)
        elif number in TYPES:
            if type_node is not None and not declarators:
                extra.append(context.word(type_node.start_byte, type_node.end_byte))
            type_node = child if not declarators else type_node
        elif declarators and number not in (COMMENT, ERROR):
            extra.append(context.word(child.start_byte, child.end_byte))
    for declarator in declarators:
        read = read_declarator(context, type_node, declarator)
        if read is None or (read.parameters is not None):
            continue
        first, last = read.name.start_byte, read.name.end_byte
        is_weak = b"__weak" in context.text[start:first]
        name = context.word(first, last)
        written = [*attributes, *extra]
        found.append(
            Property(name, owner, read.type, start, end, first, last, is_weak=is_weak, attributes=written)
        )
    return found


def read_synthesized(context: Context, node: Node, owner: str) -> list[Property]:
    """What ``@synthesize`` says beyond the default: ``name = variable`` or a variable named alike.

    Such a property has no type here (its ``@property`` has it) and the attribute ``ivar=variable``.
    """
    if node.children[0].kind_id != _SYNTHESIZE:
        return []
    found: list[Property] = []
    is_variable = False
    for child in node.children:
        if child.kind_id == _EQUALS:
            is_variable = True
        elif child.kind_id == IDENTIFIER:
            first, last = child.start_byte, child.end_byte
            word = context.word(first, last)
            if is_variable and found:
                found[-1].attributes = [f"ivar={word}"]
            elif not is_variable:
                start, end = node.start_byte, node.end_byte
                found.append(Property(word, owner, "", start, end, first, last, attributes=[f"ivar={word}"]))
            is_variable = False
    return [declared for declared in found if declared.attributes != [f"ivar=_{declared.name}"]]
