"""Calls: messages to Objective-C, functions, classes by name, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from backhaul.frontends.python.bridges import (
    BLOCK_MAKERS,
    CLASS_LOOKUPS,
    CONVERSIONS,
    SENDS_TO_SUPER,
    is_selector_part,
    keyword_selector,
    selector,
)
from backhaul.frontends.python.context import Context
from backhaul.frontends.python.expressions import is_framework_module
from backhaul.frontends.python.literals import content_of
from backhaul.frontends.python.lowering import expression, lower
from backhaul.model.code import Argument, Call, Cast, Expression, Interpolation, Literal, Name, Opaque

if TYPE_CHECKING:
    import libcst as cst

_SUPER_ARGUMENTS = 3  # of ``send_super``: the class, the object, the selector


class _Given(Struct):
    """The arguments of a call as written."""

    arguments: list[Argument]
    keywords: list[str]
    is_open: bool  # with ``*list`` or ``**dictionary`` among them

    @property
    def positional(self) -> int:
        return len(self.arguments) - len(self.keywords)


@expression("Call")
def _call(context: Context, node: cst.Call, depth: int) -> Expression:
    func: Any = node.func
    kind = type(func).__name__
    special = _special(context, node, depth)
    if special is not None:
        return special
    start, end = context.span(node)
    if kind == "Name":
        first, last = context.span(func)
        name = context.scope.meaning(func.value)
        context.mentions.add(name)
        given = _ordered(context, _given(context, node, depth), func.value, depth)
        return Call(start, end, None, name, given.arguments, first, last)
    if kind != "Attribute":
        receiver = lower(context, func, depth)
        given = _given(context, node, depth)
        return Call(start, end, receiver, "", given.arguments, receiver.end, receiver.end)
    first, last = context.span(func.attr)
    word = func.attr.value
    if is_framework_module(context, func.value):
        context.mentions.add(word)
        return Call(start, end, None, word, _given(context, node, depth).arguments, first, last)
    receiver = lower(context, func.value, depth)
    given = _given(context, node, depth)
    if word == "format" and isinstance(receiver, Literal) and receiver.kind == "string":
        return Interpolation(start, end, [receiver, *(argument.value for argument in given.arguments)])
    is_module = isinstance(receiver, Name) and receiver.name in context.found.imports
    name = word if is_module else _message(context, word, given)
    if name == word:
        given = _ordered(context, given, word, depth)
    context.mentions.add(name)
    return Call(start, end, receiver, name, given.arguments, first, last)


def _message(context: Context, word: str, given: _Given) -> str:
    """The selector that a call of the member ``word`` sends; ``word`` itself when it is Python's own."""
    if word in context.plain:
        return word
    if given.is_open:
        return selector(word, None)
    is_foreign = context.is_rubicon and word not in context.signatures
    parts = [word, *(keyword.partition("__")[0] for keyword in given.keywords)]
    is_selector = (given.keywords or is_selector_part(word)) and not any("_" in part for part in parts)
    if is_foreign and is_selector and given.positional == 1:
        for argument in given.arguments:
            argument.label = None
        return keyword_selector(word, given.keywords)
    return selector(word, len(given.arguments))


def _given(context: Context, node: cst.Call, depth: int) -> _Given:
    given = _Given([], [], False)
    for argument in node.args:
        start, end = context.span(argument)
        value = lower(context, argument.value, depth)
        label = None if argument.keyword is None else argument.keyword.value
        if argument.star:
            given.is_open = True
            value = Opaque(start, end, [value])
        if label is not None:
            given.keywords.append(label)
        given.arguments.append(Argument(start, end, label, value))
    return given


def _ordered(context: Context, given: _Given, word: str, depth: int) -> _Given:
    """``given`` in the order of the parameters, with the default values, for a function of the file."""
    signature = context.signatures.get(word)
    if signature is None or given.is_open or given.positional > len(signature.names):
        return given
    by_name = dict(zip(signature.names, given.arguments[: given.positional], strict=False))
    for argument in given.arguments[given.positional :]:
        if argument.label not in signature.names:
            return given
        by_name[argument.label or ""] = argument
    ordered = []
    for name, default in zip(signature.names, signature.defaults, strict=True):
        argument_given = by_name.get(name)
        if argument_given is None:
            if default is None:
                return given
            value = _default(context, default, depth)
            argument_given = Argument(value.start, value.end, name, value)
        ordered.append(argument_given)
    return _Given(ordered, given.keywords, is_open=False)


def _default(context: Context, node: Any, depth: int) -> Expression:
    """A default value, where the caller leaves it; only a constant is the same everywhere."""
    start, end = context.span(node)
    is_constant = type(node).__name__ in ("Integer", "Float", "SimpleString") or (
        type(node).__name__ == "Name" and node.value in ("None", "True", "False")
    )
    return lower(context, node, depth) if is_constant else Opaque(start, end, [])


def _special(context: Context, node: cst.Call, depth: int) -> Expression | None:
    """What is a call only in Python: the look-up of a class, a block, ``super``."""
    word = called_word(context, node)
    if word == "super":
        context.mentions.add("super")
        return Name(*context.span(node), "super")
    looked_up = class_looked_up(context, node)
    if looked_up:
        context.mentions.add(looked_up)
        return Name(*context.span(node), looked_up)
    if word in CONVERSIONS and word not in context.signatures and len(node.args) == 1:
        given = node.args[0]
        if not given.star and given.keyword is None:
            return Cast(*context.span(node), lower(context, given.value, depth), word, "as")
    if word in BLOCK_MAKERS and node.args and node.args[0].keyword is None:
        return lower(context, node.args[0].value, depth)
    if word == SENDS_TO_SUPER and len(node.args) >= _SUPER_ARGUMENTS:
        sent: Any = node.args[_SUPER_ARGUMENTS - 1].value
        if type(sent).__name__ == "SimpleString":
            start, end = context.span(node)
            arguments = _given(context, node, depth).arguments[_SUPER_ARGUMENTS:]
            name = content_of(sent)
            context.mentions.update((name, "super"))
            return Call(start, end, Name(start, start, "super"), name, arguments, *context.span(sent))
    return None


def called_word(context: Context, node: cst.Call) -> str:
    """The function of an imported module that is called, or a bare name; "" for anything else."""
    func: Any = node.func
    if type(func).__name__ == "Name":
        return context.scope.meaning(func.value)
    if type(func).__name__ == "Attribute" and is_framework_module(context, func.value):
        return str(func.attr.value)
    return ""


def class_looked_up(context: Context, node: cst.CSTNode) -> str:
    """The class of Objective-C that ``node`` looks up by its name; "" when it does not."""
    call: Any = node
    if type(call).__name__ != "Call" or len(call.args) != 1:
        return ""
    given = call.args[0].value
    if type(given).__name__ != "SimpleString" or called_word(context, call) not in CLASS_LOOKUPS:
        return ""
    name = content_of(given)
    return name if name.isidentifier() else ""
