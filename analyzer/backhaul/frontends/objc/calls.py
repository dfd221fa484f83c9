"""Calls, message sends, blocks and members: syntax tree to model."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.context import MAX_DEPTH, Context
from backhaul.frontends.objc.declarators import block_parameters, read_parameters
from backhaul.frontends.objc.grammar import (
    COMMENT,
    COMPOUND,
    EXPRESSIONS,
    IDENTIFIER,
    PARENTHESIZED,
    expression,
    kind,
    token,
)
from backhaul.frontends.objc.lowering import flatten, lower, lower_block, opaque, two_parts, unwrap
from backhaul.model.code import Argument, Block, Branching, Call, Closure, Do, Expression, Member, Name
from backhaul.model.mentions import call_mention

_ARGUMENTS = kind("argument_list")
_FIELD = kind("field_expression")
_GENERIC = kind("generic_specifier")
_COLON = token(":")
_COMMA = token(",")
_CLOSING = token("]")
_MAKERS = frozenset(("alloc", "new", "init"))
"""Messages without arguments that people write as properties: ``Foo.new``, ``Foo.alloc.init``."""


@expression("message_expression")
def _message(context: Context, node: Node, depth: int) -> Expression | None:
    if depth > MAX_DEPTH:
        return flatten(context, node)
    depth += 1
    text = context.text
    children = node.children
    if len(children) == 4 and children[3].kind_id == _CLOSING:
        _, target, selector, _ = children
        first, last = selector.start_byte, selector.end_byte
        raw = text[first:last]
        arguments: list[Argument] = []
        context.mentions.add(call_mention(context.word(first, last), arguments))
    else:
        target, first, last, raw, arguments = _keyword_parts(context, children, depth)
    name = context.words.get(raw)
    if name is None:
        name = context.words[raw] = raw.decode("utf-8", "replace")
    context.mentions.add(name)
    if target.kind_id == _GENERIC:
        target = target.named_children[0]
        receiver: Expression = Name(
            target.start_byte, target.end_byte, context.word(target.start_byte, target.end_byte)
        )
    else:
        receiver = lower(context, target, depth)
    return Call(node.start_byte, node.end_byte, receiver, name, arguments, first, last)


def _keyword_parts(
    context: Context, children: list[Node], depth: int
) -> tuple[Node, int, int, bytes, list[Argument]]:
    """Receiver, range of the first selector part, selector and arguments of a message's ``children``.

    A part is a name where a value is not due: after a colon or comma comes a value.
    """
    text = context.text
    selector = b""
    arguments: list[Argument] = []
    target: Node | None = None
    first = last = -1
    due = False
    for child in children[1:-1]:
        number = child.kind_id
        if number == _COLON:
            selector += b":"
            due = True
        elif number == _COMMA:
            due = True
        elif number == COMMENT:
            continue
        elif target is None:
            target = child
        elif due:
            value = EXPRESSIONS[number](context, child, depth)
            if value is not None:
                arguments.append(Argument(child.start_byte, child.end_byte, None, value))
                due = False
        elif number == IDENTIFIER:
            start, end = child.start_byte, child.end_byte
            if first < 0:
                first, last = start, end
            selector += text[start:end]
        else:
            value = EXPRESSIONS[number](context, child, depth)
            if value is not None:
                arguments.append(Argument(child.start_byte, child.end_byte, None, value))
    if target is None:
        target = children[0]
    if first < 0:
        first = last = target.end_byte
    return target, first, last, selector, arguments


@expression("call_expression")
def _call(context: Context, node: Node, depth: int) -> Expression | None:
    if depth > MAX_DEPTH:
        return flatten(context, node)
    parts = two_parts(node)
    if parts is None or parts[1].kind_id != _ARGUMENTS:
        return opaque(context, node, depth)
    function, list_ = parts
    if function.kind_id == PARENTHESIZED:
        function = unwrap(function)
    number = function.kind_id
    depth += 1
    receiver: Expression | None = None
    if number == IDENTIFIER:
        first, last = function.start_byte, function.end_byte
    elif number == _FIELD:
        field_parts = two_parts(function)
        if field_parts is None:
            return opaque(context, node, depth)
        base, member = field_parts
        receiver = lower(context, base, depth)
        first, last = member.start_byte, member.end_byte
    else:
        receiver = lower(context, function, depth)
        first = last = list_.start_byte
    name = context.word(first, last)
    arguments = _arguments(context, list_, depth)
    if name:
        context.mentions.update((name, call_mention(name, arguments)))
    return Call(node.start_byte, node.end_byte, receiver, name, arguments, first, last)


def _arguments(context: Context, node: Node, depth: int) -> list[Argument]:
    found = []
    for child in node.named_children:
        if child.kind_id == COMPOUND:
            value: Expression | None = _block_argument(context, child, depth)
        else:
            value = EXPRESSIONS[child.kind_id](context, child, depth)
        if value is not None:
            found.append(Argument(child.start_byte, child.end_byte, None, value))
    return found


def _block_argument(context: Context, node: Node, depth: int) -> Expression:
    """A bare ``{ … }`` given to a macro: whatever the macro does with it, it may run."""
    start, end = node.start_byte, node.end_byte
    return Branching(start, end, Do(start, end, lower_block(context, node, depth + 1)))


@expression("field_expression")
def _member(context: Context, node: Node, depth: int) -> Expression | None:
    parts = two_parts(node)
    if depth > MAX_DEPTH or parts is None:
        return opaque(context, node, depth)
    base, name = parts
    word = context.word(name.start_byte, name.end_byte)
    context.mentions.add(word)
    value = lower(context, base, depth + 1)
    if word in _MAKERS and (word != "init" or (isinstance(value, Call) and value.name == "alloc")):
        context.mentions.add(call_mention(word, ()))
        return Call(node.start_byte, node.end_byte, value, word, [], name.start_byte, name.end_byte)
    return Member(node.start_byte, node.end_byte, value, word)


@expression("block_literal")
def _block(context: Context, node: Node, depth: int) -> Expression | None:
    if depth > MAX_DEPTH:
        return flatten(context, node)
    start, end = node.start_byte, node.end_byte
    body = next((child for child in node.named_children if child.kind_id == COMPOUND), None)
    block = Block(end, end, []) if body is None else lower_block(context, body, depth + 1)
    parameters = read_parameters(context, block_parameters(node))
    return Closure(start, end, parameters, [], block, copies_locals=_copies(context.text, start))


def _copies(text: bytes, start: int) -> bool:
    """Blocks copy captured locals; a C++ lambda, which a rule made a block, does not after ``[&``."""
    return text[start : start + 1] == b"^" or text[start + 1 : start + 40].lstrip()[:1] != b"&"
