"""Object-like macros that stand for a constant: ``#define SESSION_NAME @"downloads"``."""

from __future__ import annotations

import re

from tree_sitter import Node

from backhaul.frontends.objc.bodies import begin, finish
from backhaul.frontends.objc.context import Context
from backhaul.model.code import Block, Expression, Literal, Name, Return
from backhaul.model.declarations import Function, Property

_REPLACEMENT = re.compile(
    rb"""[(\s]*
    (?: @?"(?P<string>(?:[^"\\\n]|\\.)*)"
      | (?P<number>-?\d[\w.]*)
      | @?(?P<word>YES|NO|TRUE|FALSE|true|false)\b
      | (?P<name>k?[A-Z][A-Z0-9_]*|k[A-Z]\w*)\b
    )
    [)\s]*(?://.*|/\*.*\*/\s*)?$""",
    re.VERBOSE,
)
"""A literal, or a name that reads as a constant's: that of a type is a replacement of another sort."""


def read_constant(context: Context, node: Node) -> tuple[Property, Function] | None:
    """The global constant that the ``#define`` at ``node`` amounts to, with its value.

    None where it is replaced by anything but a literal or a name.
    """
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or value is None:
        return None
    match = _REPLACEMENT.match(context.text[value.start_byte : value.end_byte])
    if match is None:
        return None
    start, end = node.start_byte, node.end_byte
    first, last = name.start_byte, name.end_byte
    word = context.word(first, last)
    begin(context)
    constant = _expression(context, match, value.start_byte)
    function = Function(word, "value", "", [], "", start, end, first, last)
    block = Block(constant.start, constant.end, [Return(constant.start, constant.end, constant)])
    finish(context, function, block, damaged=False)
    return Property(word, "", "", start, end, first, last, is_constant=True), function


def _expression(context: Context, match: re.Match[bytes], offset: int) -> Expression:
    group = match.lastgroup or ""
    start, end = offset + match.start(group), offset + match.end(group)
    word = context.word(start, end)
    if group == "string":
        return Literal(start - 1, end + 1, "string", word)
    if group == "number":
        return Literal(start, end, "float" if "." in word else "int", word)
    if group == "word":
        return Literal(start, end, "bool", word)
    context.mentions.add(word)
    return Name(start, end, word)
