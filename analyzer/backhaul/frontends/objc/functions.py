"""Functions and methods of an Objective-C file: signature, body, names mentioned."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.bodies import begin, finish
from backhaul.frontends.objc.context import Context
from backhaul.frontends.objc.damage import is_damaged
from backhaul.frontends.objc.declarators import read_declarator, read_parameters
from backhaul.frontends.objc.grammar import COMMENT, COMPOUND, DECLARATORS, ERROR, IDENTIFIER, TYPES, kind
from backhaul.frontends.objc.lowering import lower, lower_block
from backhaul.model.code import Block, Parameter, Return, Statement
from backhaul.model.declarations import Function, FunctionKind

_METHOD_TYPE = kind("method_type")
_METHOD_PARAMETER = kind("method_parameter")
_KEYWORD_DECLARATOR = kind("keyword_declarator")
_PARENTHESIZED = kind("parenthesized_declarator")


def read_method(context: Context, node: Node, owner: str, attributes: list[str]) -> Function | None:
    """The method declared or defined by ``node``; None when it has lost its name."""
    text = context.text
    selector = ""
    names: list[Node] = []
    first: Node | None = None
    parameters: list[Parameter] = []
    result = "id"
    body: Node | None = None
    extra: list[str] = []
    for child in node.named_children:
        number = child.kind_id
        if number == IDENTIFIER:
            names.append(child)
            first = first or child
        elif number == _METHOD_PARAMETER:
            first = first or child
            part = names.pop() if names else None
            selector += "" if part is None else context.word(part.start_byte, part.end_byte)
            selector += ":"
            parameters.append(_method_parameter(context, child))
        elif number == _METHOD_TYPE:
            result = _bracketed_type(context, child)
        elif number == COMPOUND:
            body = child
        elif number not in (COMMENT, ERROR, _KEYWORD_DECLARATOR):
            extra.append(context.word(child.start_byte, child.end_byte))
    if first is None:
        return None
    if not parameters:
        selector = context.word(first.start_byte, first.end_byte)
        names = names[1:]
    start, last = first.start_byte, first.end_byte
    if first.kind_id == _METHOD_PARAMETER:
        last = start + 1
    macros = [context.word(name.start_byte, name.end_byte) for name in names]
    is_static = text[node.start_byte : node.start_byte + 1] == b"+"
    function = Function(
        selector,
        _method_kind(selector, is_static),
        owner,
        parameters,
        result,
        node.start_byte,
        node.end_byte if body is None else body.end_byte,
        start,
        last,
        attributes=[*attributes, *macros, *extra],
        is_static=is_static,
    )
    _read_body(context, function, node, body)
    return function


def _method_kind(selector: str, is_static: bool) -> FunctionKind:
    if is_static:
        return "method"
    if selector == "dealloc":
        return "deinit"
    # A name is of the init family when "init" is not the beginning of a longer word: "initialize".
    is_init = selector.startswith("init") and not selector[4:5].islower()
    return "init" if is_init else "method"


def _bracketed_type(context: Context, node: Node) -> str:
    return context.type(context.text[node.start_byte + 1 : node.end_byte - 1])


def _method_parameter(context: Context, node: Node) -> Parameter:
    type_ = "id"
    name = ""
    for child in node.named_children:
        number = child.kind_id
        if number == _METHOD_TYPE:
            type_ = _bracketed_type(context, child)
        elif number == IDENTIFIER:
            name = context.word(child.start_byte, child.end_byte)
    return Parameter(node.start_byte, node.end_byte, "", name, type_)


def read_function(context: Context, node: Node) -> Function | None:
    """The C function defined by ``node``; None for what only looks like one."""
    type_node = declarator = body = None
    attributes = []
    for child in node.named_children:
        number = child.kind_id
        if number in DECLARATORS:
            declarator = child
        elif number in TYPES:
            type_node = type_node or child
        elif number == COMPOUND:
            body = child
        elif number not in (COMMENT, ERROR):
            attributes.append(context.word(child.start_byte, child.end_byte))
    read = None if declarator is None else read_declarator(context, type_node, declarator)
    if read is None or read.parameters is None:
        return None
    function = _free_function(context, node, read.name, read.parameters, read.type, attributes)
    if body is not None:
        function.end = body.end_byte
    _read_body(context, function, node, body)
    return function


def read_macro_method(context: Context, node: Node, owner: str) -> Function | None:
    """The method of ``owner`` that ``MACRO(name) { … }`` in its implementation stands for.

    What it takes and gives is not known. None where ``node`` is something else.
    """
    inner, body = None, None
    for child in node.named_children:
        if child.kind_id == _PARENTHESIZED:
            inner = child.named_children[0] if len(child.named_children) == 1 else None
        elif child.kind_id == COMPOUND:
            body = child
    if inner is None or inner.kind_id != IDENTIFIER or body is None:
        return None
    start, end = inner.start_byte, inner.end_byte
    name = context.word(start, end)
    function = Function(name, "method", owner, [], "", node.start_byte, body.end_byte, start, end)
    _read_body(context, function, node, body)
    return function


def read_prototype(context: Context, node: Node, name: Node, parameters: Node, result: str) -> Function:
    """A C function that the declaration ``node`` announces."""
    return _free_function(context, node, name, parameters, result, [])


def _free_function(
    context: Context, node: Node, name: Node, parameters: Node, result: str, attributes: list[str]
) -> Function:
    start, end = name.start_byte, name.end_byte
    return Function(
        context.word(start, end),
        "function",
        "",
        read_parameters(context, parameters),
        result,
        node.start_byte,
        node.end_byte,
        start,
        end,
        attributes=attributes,
    )


def read_value(context: Context, node: Node, name: Node, value: Node) -> Function:
    """The initial value of the global variable that the declarator ``node`` declares."""
    start, end = name.start_byte, name.end_byte
    function = Function(
        context.word(start, end), "value", "", [], "", node.start_byte, value.end_byte, start, end
    )
    begin(context)
    first, last = value.start_byte, value.end_byte
    result: list[Statement] = [Return(first, last, lower(context, value, 0))]
    finish(context, function, Block(first, last, result), is_damaged(value))
    return function


def _read_body(context: Context, function: Function, node: Node, body: Node | None) -> None:
    if body is None:
        return
    begin(context)
    block = lower_block(context, body, 0)
    finish(context, function, block, is_damaged(node))
