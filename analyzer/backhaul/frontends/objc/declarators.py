"""C declarators: which name a declaration gives to what type, through pointers, arrays and blocks."""

from __future__ import annotations

from msgspec import Struct
from tree_sitter import Node

from backhaul.frontends.objc.context import Context
from backhaul.frontends.objc.grammar import DECLARATORS, TYPES, kind, kinds
from backhaul.model.code import Parameter

INIT = kind("init_declarator")
_NAMES = kinds("identifier", "field_identifier", "type_identifier")
_FUNCTION = kind("function_declarator")
_SIMPLE = kinds("pointer_declarator", "struct_declarator")
_PARAMETER = kind("parameter_declaration")
_PARAMETERS = kind("parameter_list")
_ABSTRACT = kinds(
    "abstract_pointer_declarator",
    "abstract_function_declarator",
    "abstract_array_declarator",
    "abstract_block_pointer_declarator",
    "abstract_parenthesized_declarator",
)


class Declarator(Struct):
    """One name that a declaration introduces.

    ``parameters`` is the parameter list when a function is declared (not a pointer to one, nor a
    block), else None; ``value`` is the initial value.
    """

    name: Node
    type: str
    parameters: Node | None = None
    value: Node | None = None


def read_declarator(context: Context, type_node: Node | None, node: Node) -> Declarator | None:
    """What the declarator ``node`` declares, ``type_node`` being the type before it.

    None when it names nothing, as in text that could not be parsed.
    """
    value = None
    if node.kind_id == INIT:
        parts = [child for child in node.named_children if not child.is_extra]
        value = parts[-1] if len(parts) > 1 else None
        node = parts[0]
    outer = node
    parent = None
    is_simple = True
    number = node.kind_id
    while number not in _NAMES:
        if number not in DECLARATORS:
            return None
        parent = node
        is_simple = is_simple and number in _SIMPLE
        for child in node.named_children:
            number = child.kind_id
            if number in _NAMES or number in DECLARATORS:
                node = child
                break
        else:
            return None
    text = context.text
    raw = b"" if type_node is None else text[type_node.start_byte : type_node.end_byte]
    parameters = None
    if parent is not None and parent.kind_id == _FUNCTION:
        parameters = parent.child_by_field_name("parameters")
    elif not is_simple:
        before = text[outer.start_byte : node.start_byte]
        raw = b"%b %b%b" % (raw, before, text[node.end_byte : outer.end_byte])
    return Declarator(node, context.type(raw), parameters, value)


def read_parameters(context: Context, node: Node | None) -> list[Parameter]:
    """The parameters of the C parameter list ``node``; an unnamed one has the name ""."""
    found: list[Parameter] = []
    for child in () if node is None else node.named_children:
        if child.kind_id != _PARAMETER:
            continue
        type_node = declarator = None
        for part in child.named_children:
            number = part.kind_id
            if number in TYPES and type_node is None:
                type_node = part
            elif number in DECLARATORS:
                declarator = part
        start, end = child.start_byte, child.end_byte
        read = None if declarator is None else read_declarator(context, type_node, declarator)
        if read is not None:
            word = context.word(read.name.start_byte, read.name.end_byte)
            found.append(Parameter(start, end, "", word, read.type))
            continue
        written = context.type(context.text[start:end])
        if written != "void":
            found.append(Parameter(start, end, "", "", written))
    return found


def block_parameters(node: Node) -> Node | None:
    """The parameter list of the block literal ``node``; behind a result type it lies inside that.

    The result type, a name alone, is taken for the name of a function.
    """
    for child in node.named_children:
        while child.kind_id != _PARAMETERS:
            inner = child.named_children
            number = inner[-1].kind_id if inner else 0
            if number not in (_PARAMETERS, _FUNCTION) and number not in _ABSTRACT:
                break
            child = inner[-1]
        else:
            return child
    return None
