"""Code that stands still until an answer comes, where it may be the main thread that does.

Either an operation fetches what a location names before it returns, or a lock is waited for that
the callback of something asynchronous opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.conditions import guards_of, text_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, UNKNOWN, step_at
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.circumstances import is_asked, is_worker
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.delegates import makers_with
from backhaul.matchers.parameters import BlockingLoadParameters, BlockingWaitParameters
from backhaul.matchers.whereabouts import is_handed_on, is_work_of_others, reads_as_off_main
from backhaul.model.code import Binary, Call, Closure, Expression, Index, Literal, Member, Name, Node, Unary

_MAIN_TEST = "main-thread-test"
_LOCATION = "location"
_LOOKUP = "lookup"
_ANY_LOCATION = "url"
_ASKED_ON_QUEUE = "delegate.set-with-queue"
_DELEGATE = "delegate"
_INTERFACE = "main-actor"
_OTHER_QUEUE = "queue"
_MOST_FIELDS = 2
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def find_waits(reporter: Reporter, parameters: BlockingWaitParameters, context: Context) -> Iterator[Finding]:
    for use, body, unit in context.uses(parameters.operation):
        lock = _lock_of(use)
        if lock is None or not _may_be_main(use.node, body, context):
            continue
        opened = _opened_by(lock, parameters, body, context)
        if opened is None or not unit.is_inside(body.unit_at(opened[0].node)):
            continue
        start, signal = opened
        if _is_named(parameters.unless_named, body) or is_asked(parameters.unless_asked, use.node, body):
            continue
        if not _is_called_on_main(body.symbol, parameters.interface, context):
            continue
        yield reporter.finding(
            use.site,
            body,
            confidence="medium",
            trail=[
                step_at(start.node, body, f"`{called(start)}` started here", start.site),
                step_at(signal.node, body, "its callback ends the waiting here", signal.site),
                step_at(use.node, body, "waited for here", use.site),
            ],
            call=called(use),
            subject=f"the answer of `{called(start)}`",
        )


def find_loads(reporter: Reporter, parameters: BlockingLoadParameters, context: Context) -> Iterator[Finding]:
    for use, body, _ in context.uses(parameters.operation):
        location = use.arguments.get(parameters.argument)
        if location is None or not _may_be_main(use.node, body, context):
            continue
        found = _is_remote(location, use, parameters, body, context)
        if found is None or _is_named(parameters.unless_named, body):
            continue
        confidence, trail = found
        yield reporter.finding(
            use.site,
            body,
            confidence=confidence,
            trail=[*trail, step_at(use.node, body, "fetched here", use.site)],
            call=called(use),
            subject="what it fetches",
        )


# Where it runs


def _may_be_main(node: Node, body: Body, context: Context) -> bool:
    """Whether ``node`` may run on the main thread, as far as can be seen.

    Not in closures of which it is not known when they run, in asynchronous functions, in methods of types
    that run on threads of their own, in scripts and command-line tools, and where the program asks.
    """
    symbol = body.symbol
    if symbol.function.is_async or any(f.kind == "script" for f in symbol.module.functions):
        return False
    if context.project.kinds(symbol.module.path) == {"tool"}:
        return False
    if any(where is body for _, where, _ in context.uses(_MAIN_TEST)):
        return False
    if symbol.owner and (is_worker(symbol.owner, context) or _is_asked_elsewhere(symbol, context)):
        return False
    if is_handed_on(node, body, context) or reads_as_off_main(node, body, context):
        return False
    return context.queues.sent_away(node, body) is None and not is_work_of_others(symbol, context)


def _is_asked_elsewhere(symbol: FunctionSymbol, context: Context) -> bool:
    """Whether a method is one of a delegate that is asked on queues other than the main one.

    Other types must not call it, and the delegate must not be part of the user interface.
    """
    given = [*makers_with(symbol.owner, _ASKED_ON_QUEUE, _DELEGATE, context)]
    if not given or any(body.symbol.owner != symbol.owner for _, body in context.values.calls_of(symbol)):
        return False
    supertypes = map(context.models.type_named, context.program.supertypes(symbol.owner))
    if any(api is not None and _INTERFACE in api.tags for api in supertypes):
        return False
    return all(context.queues.kinds(use, body) == {_OTHER_QUEUE} for use, body in given)


def _is_called_on_main(symbol: FunctionSymbol, interface: str, context: Context) -> bool:
    """Whether the program calls a function of that name where it may be the main thread.

    Methods of a type tagged ``interface`` are called by the system, there.
    """
    supertypes = context.program.supertypes(symbol.owner) if symbol.owner else ()
    if any(api is not None and interface in api.tags for api in map(context.models.type_named, supertypes)):
        return True
    names = symbol.callable_names
    for caller in context.program.mentioning(*sorted(names)):
        body = caller.body
        if body is None or caller is symbol or caller.module.path in context.program.tests:
            continue
        for call, _ in body.calls:
            if call.name in names and _may_be_main(call, body, context):
                return True
    return False


def _is_named(words: tuple[str, ...], body: Body) -> bool:
    """Whether the name of the function tells its callers that it blocks."""
    return any(word in body.symbol.name.lower() for word in words)


# Waiting


def _lock_of(use: Use) -> Expression | None:
    lock = use.arguments.get("lock", use.receiver)
    return unwrapped(lock) if lock is not None else None


def _opened_by(
    lock: Expression, parameters: BlockingWaitParameters, body: Body, context: Context
) -> tuple[Use, Use] | None:
    """What is started with a callback that opens ``lock``, and where the callback does."""
    wanted = text_of(lock, body)
    for signal, where, unit in context.uses(parameters.signal):
        other = _lock_of(signal)
        if where is not body or other is None or wanted is None or text_of(other, body) != wanted:
            continue
        while unit.node is not None:
            call = taker(unit.node, body) if isinstance(unit.node, Closure) else None
            for start in context.resolver.operations.at(call, body) if call is not None else ():
                if any(start.operation.is_named(name) for name in parameters.starts):
                    return start, signal
            unit = body.unit_at(unit.node)
    return None


# Loading


def _is_remote(
    location: Expression, use: Use, parameters: BlockingLoadParameters, body: Body, context: Context
) -> tuple[Confidence, tuple[Step, ...]] | None:
    """How sure it is that ``location`` names something on another machine; None: nothing says so."""
    asked = _asked_for(use.node, parameters, body)
    if asked is not None:
        return ("high", ()) if asked else None
    known = [o for o in context.values.origins_at(location, body, use.node) if o.kind != NIL]
    if known and all(o.kind in parameters.remote for o in known):
        return "high", known[0].trail
    if any(o.kind not in (UNKNOWN, *parameters.remote) for o in known):
        return None
    name = _text_behind(location, body, context, 0)
    words = {part for word in _WORDS.findall(name) for part in _parts(word.lower())}
    if not set(name.split()).isdisjoint(parameters.spelled):
        words.discard(_ANY_LOCATION)
    if words.isdisjoint(parameters.remote_words) or not words.isdisjoint(parameters.local_words):
        return None
    return "medium", ()


def _asked_for(node: Node, parameters: BlockingLoadParameters, body: Body) -> bool | None:
    """Whether a condition that holds at ``node`` asks for a remote scheme (True), or a local one (False)."""
    met = [c.text.lower() for c in guards_of(node, body, through_closures=True) if c.holds]
    if any(text in condition for condition in met for text in parameters.local_texts):
        return False
    return any(text in condition for condition in met for text in parameters.remote_texts) or None


def _text_behind(location: Expression, body: Body, context: Context, depth: int) -> str:
    """The name of the text that a location is made from; "" where it is not made from a text here."""
    inner = unwrapped(location)
    if isinstance(inner, Name) and depth < 4:
        variable = body.variable(inner)
        values = _values_of(variable)
        return _text_behind(values[0], body, context, depth + 1) if len(values) == 1 else ""
    for use in context.resolver.operations.at(inner, body):
        if use.operation.is_named(_LOCATION) and _LOCATION in use.arguments:
            return " ".join(_names_of_text(use.arguments[_LOCATION], body, context))
    if isinstance(inner, (Name, Member)) and depth < _MOST_FIELDS:
        found = [
            _text_behind(value, where, context, depth + 1) for value, where in _stored(inner, body, context)
        ]
        return " ".join(filter(None, found))
    return ""


def _stored(field: Name | Member, body: Body, context: Context) -> Iterator[tuple[Expression, Body]]:
    """What the program puts into a field, nil aside, each with the function that does."""
    if isinstance(field, Member) and field.base is not None:
        owner = context.resolver.types.of(field.base, body)
    else:
        owner = body.symbol.owner if isinstance(field, Member) or body.variable(field) is None else ""
    declared = context.program.property(owner, field.name) if owner else None
    if declared is not None:
        for value, where, _ in context.values.fields.writes(
            declared[0].owner, owner, field_names(field.name)
        ):
            if not is_nil(value):
                yield value, where


def _parts(word: str) -> tuple[str, ...]:
    """The words that a word is written together of: ``imgurl``."""
    stem = word.removesuffix(_ANY_LOCATION)
    return (word,) if stem in ("", word) else (word, stem, _ANY_LOCATION)


def _names_of_text(text: Expression, body: Body, context: Context) -> Iterator[str]:
    """The names of a text: its own, and what the element is called that a local holds."""
    yield _key_looked_up(text, body, context) or _name_of(text)
    inner = unwrapped(text)
    held = _values_of(body.variable(inner)) if isinstance(inner, Name) else []
    if len(held) == 1:
        yield _key_looked_up(held[0], body, context) or _name_of(held[0])


def _key_looked_up(expression: Expression, body: Body, context: Context) -> str:
    """What an element is called by the text that it is looked up by: ``[item objectForKey:@"imageURL"]``."""
    inner = unwrapped(expression)
    if isinstance(inner, Call) and len(inner.arguments) == 1:
        operations = context.resolver.operations.at(inner, body)
        if any(use.operation.is_named(_LOOKUP) for use in operations):
            return _key_of(inner.arguments[0].value)
    return ""


def _values_of(variable: Variable | None) -> list[Expression]:
    if variable is None or variable.parameter is not None:
        return []
    return [d.expression for d in variable.definitions if d.form == "value" and d.expression is not None]


def _name_of(expression: Expression) -> str:
    inner = unwrapped(expression)
    if isinstance(inner, Unary):
        return _name_of(inner.operand)
    if isinstance(inner, Binary) and inner.operator == "??":
        return _name_of(inner.left)
    if isinstance(inner, Call) and not inner.arguments and inner.receiver is not None:
        return f"{_name_of(inner.receiver)} {inner.name}"
    if isinstance(inner, Member):
        return f"{_name_of(inner.base)} {inner.name}" if inner.base is not None else inner.name
    if isinstance(inner, Index) and len(inner.arguments) == 1:
        return _key_of(inner.arguments[0])
    return inner.name if isinstance(inner, Name) else ""


def _key_of(expression: Expression) -> str:
    """What an element is called by the text that is its key: ``item["imageURL"]``."""
    return expression.text if isinstance(expression, Literal) and expression.kind == "string" else ""
