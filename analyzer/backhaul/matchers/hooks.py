"""Whether a program declares a hook: a member, a call or a mention by which it handles something."""

from __future__ import annotations

from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.walking import nodes_of
from backhaul.matchers.context import Context
from backhaul.model.code import Call, Member, Name
from backhaul.rules import Hook

_INERT = "inert"


def is_declared(hook: Hook, context: Context, *, with_effect: bool = False) -> bool:
    """Whether the program has the hook; ``with_effect``: one that does more than log."""
    program = context.program
    for spelling in (*hook.swift, *hook.objc):
        name = spelling.partition("(")[0]
        for symbol in program.functions_named.get(name, ()):
            if not symbol.function.has_body or symbol.function.spelling != spelling:
                continue
            if not with_effect or _has_effect(symbol, context):
                return True
    for mention in hook.mentions:
        if program.mentioning(mention) or any(
            mention in m.type for s in program.functions for m in s.function.parameters
        ):
            return True
    return any(_is_called(signature.name, hook.words, context) for signature in hook.calls)


def _has_effect(symbol: FunctionSymbol, context: Context) -> bool:
    body = symbol.body
    if body is None:
        return False
    calls = [call for call, _ in body.calls]
    return bool(body.assigns) or any(
        not any(use.operation.is_named(_INERT) for use in context.resolver.operations.at(call, body))
        for call in calls
    )


def _is_called(name: str, words: tuple[str, ...], context: Context) -> bool:
    for symbol in context.program.mentioning(name):
        body = symbol.body
        if body is None:
            continue
        for call, _ in body.calls:
            if call.name == name and (not words or _mentions(call, words)):
                return True
    return False


def _mentions(call: Call, words: tuple[str, ...]) -> bool:
    names = [n.name for a in call.arguments for n in nodes_of(a, Member)]
    names += [n.name for a in call.arguments for n in nodes_of(a, Name)]
    names += [n.name for a in call.arguments for n in nodes_of(a, Call)]
    return not set(words).isdisjoint(names)
