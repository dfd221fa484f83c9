"""Whether a program declares a hook: a member, a call or a mention by which it handles something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import nodes_of
from backhaul.matchers.context import Context, is_nil
from backhaul.matchers.delegates import is_whole
from backhaul.matchers.parameters import DelegateHook
from backhaul.model.code import Call, Member, Name, Node
from backhaul.rules import Hook

_INERT = "inert"
_WORD = re.compile(r"\w+")


def is_declared(hook: Hook, context: Context, *, with_effect: bool = False) -> bool:
    """Whether the program has the hook; ``with_effect``: one that does more than log."""
    program = context.program
    for spelling in (*hook.swift, *hook.objc):
        name = spelling.partition("(")[0]
        for symbol in program.functions_named.get(name, ()):
            if not symbol.function.has_body or not is_spelled(symbol, spelling):
                continue
            if _is_hidden(symbol, context):
                continue
            if not with_effect or does_something(symbol, context):
                return True
    if any(wrapped_as(set(hook.mentions), context)):
        return True
    for mention in hook.mentions:
        if program.mentioning(mention) or any(
            mention in m.type for s in program.functions for m in s.function.parameters
        ):
            return True
    return any(_is_called(signature.name, hook.words, context) for signature in hook.calls)


def wrapped_as(names: set[str], context: Context) -> Iterator[tuple[str, str]]:
    """The types, and the properties by which they have what one of ``names`` says under another name.

    ``@Environment(\\.name) private var other``.
    """
    wrapped = context.once(("wrapped properties",), lambda: list(_wrapped(context)))
    for owner, name, words in wrapped:
        if name not in names and not names.isdisjoint(words):
            yield owner, name


def _wrapped(context: Context) -> Iterator[tuple[str, str, frozenset[str]]]:
    """The properties with wrappers that are given something: type, name, and the words of the wrappers."""
    for module in context.program.modules:
        for declared in module.properties:
            wrappers = [text for text in declared.attributes if text.startswith("@") and "(" in text]
            if declared.owner and wrappers:
                words = frozenset(word for text in wrappers for word in _WORD.findall(text))
                yield declared.owner, declared.name, words


def is_spelled(symbol: FunctionSymbol, spelling: str) -> bool:
    """Whether a hook's ``spelling`` means ``symbol``: a selector, or a Swift name with its labels."""
    if symbol.module.language == "objc" and symbol.function.name == spelling:
        return True
    return symbol.function.spelling == spelling


def is_of(symbol: FunctionSymbol, hook: str, context: Context) -> bool:
    """Whether ``symbol`` is spelled as a member of the hook ``hook``."""
    spellings = (s for each in context.models.hooks_named(hook) for s in (*each.swift, *each.objc))
    return any(is_spelled(symbol, spelling) for spelling in spellings)


def members_of(hook: str, context: Context) -> Iterator[tuple[FunctionSymbol, Hook]]:
    """The members of the program, with a body, that are of the hook ``hook``.

    Not those that are empty for subtypes to fill in.
    """
    for each in context.models.hooks_named(hook):
        for spelling in (*each.swift, *each.objc):
            language = "swift" if spelling in each.swift else "objc"
            for symbol in context.program.functions_named.get(spelling.partition("(")[0], ()):
                function = symbol.function
                if symbol.module.language != language or not function.has_body:
                    continue
                if not is_spelled(symbol, spelling) or _is_hidden(symbol, context):
                    continue
                if not _is_left_to_subtypes(symbol, context):
                    yield symbol, each


def _is_hidden(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether a Swift member of the right name cannot be called by it: it is private, or a protocol's."""
    if symbol.module.language != "swift":
        return False
    attributes = symbol.function.attributes
    is_private = "private" in attributes or "fileprivate" in attributes
    owner = context.program.find_type(symbol.owner) if symbol.owner else None
    is_of_protocol = owner is not None and owner.is_declared_here and owner.kind == "protocol"
    return is_of_protocol or (is_private and not any(a.startswith("@objc") for a in attributes))


def is_withheld(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether ``symbol`` is spelled as a member that the system calls, and is out of the system's sight."""
    return _is_hidden(symbol, context) and any(
        is_spelled(symbol, spelling) for hook in context.models.hooks for spelling in hook.swift
    )


def _is_left_to_subtypes(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether a member is empty, and a type that inherits it has one of its own in its place."""
    body = symbol.body
    if body is None or body.unit.block.statements or not symbol.owner:
        return False
    return any(
        other.function.has_body and other.function.spelling == symbol.function.spelling
        for subtype in context.program.subtypes(symbol.owner)
        for other in subtype.functions.get(symbol.name, ())
    )


def parameter_of(symbol: FunctionSymbol, hook: Hook, role: str) -> Variable | None:
    """The parameter that plays ``role``; None where this spelling of the hook has none."""
    position = hook.arguments.get(role)
    parameters = symbol.body.unit.parameters if symbol.body is not None else []
    return parameters[position] if position is not None and position < len(parameters) else None


def is_used(hook: str, role: str, context: Context) -> bool:
    """Whether some member of the hook uses its parameter ``role`` for more than logging."""
    for symbol, each in members_of(hook, context):
        parameter = parameter_of(symbol, each, role)
        body = symbol.body
        if parameter is None or body is None or symbol.module.path in context.program.tests:
            continue
        if any(not _is_inert(name, body, context) for name, _ in parameter.uses):
            return True
    return False


def is_answered(body: Body, test: DelegateHook, context: Context) -> bool:
    """Whether the delegates told of what ``body`` starts have the hook, or may have it.

    They are those of the objects that the type itself makes; of all that the program makes where it makes
    none.
    """
    having = {
        s.owner for s, _ in members_of(test.hook, context) if s.module.path not in context.program.tests
    }
    made = [
        (u, b)
        for u, b, _ in context.uses(test.delegated)
        if b.symbol.module.path not in context.program.tests
    ]
    made = [(u, b) for u, b in made if body.symbol.owner and b.symbol.owner == body.symbol.owner] or made
    for use, where in made:
        delegate = use.arguments.get(test.delegate)
        if is_nil(delegate) or delegate is None:
            continue
        kind = context.resolver.types.of(delegate, where)
        symbol = context.program.find_type(kind) if kind else None
        if symbol is None or symbol.kind in ("protocol", "extension") or not is_whole(kind, context):
            return True
        if not having.isdisjoint(context.program.family(kind)):
            return True
    return not made


def _is_inert(name: Node, body: Body, context: Context) -> bool:
    """Whether a name is only looked at: an argument of a call that keeps nothing."""
    outer = next((a for a in body.ancestors(name) if isinstance(a, Call)), None)
    found = context.resolver.operations.at(outer, body) if outer is not None else []
    return any(use.operation.is_named(_INERT) for use in found)


def does_something(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether a member does more than log."""
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
