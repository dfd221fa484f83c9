"""Control flow: branches, loops, ``match``, exceptions, ``with``, nested functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backhaul.frontends.python.context import Context, Enclosing
from backhaul.frontends.python.expressions import dotted_name, names_in_target
from backhaul.frontends.python.functions import read_function, read_local_function
from backhaul.frontends.python.lowering import (
    EXPRESSIONS,
    lower,
    lower_block,
    lower_condition,
    lower_parts,
    lower_statements,
    statement,
)
from backhaul.frontends.python.statements import store_parts
from backhaul.frontends.python.types import read_type
from backhaul.model.code import (
    Assign,
    Block,
    Case,
    Catch,
    Do,
    Evaluate,
    Expression,
    If,
    Loop,
    Opaque,
    Statement,
    Switch,
)

if TYPE_CHECKING:
    import libcst as cst


@statement("If")
def _if(context: Context, node: cst.If, depth: int, out: list[Statement]) -> None:
    condition = lower_condition(context, node.test, depth)
    then = lower_block(context, node.body, depth)
    otherwise = None
    if node.orelse is not None:
        otherwise = _alternative(context, node.orelse, depth)
    out.append(If(*context.span(node), [condition], then, otherwise))


def _alternative(context: Context, node: cst.If | cst.Else, depth: int) -> Block:
    if type(node).__name__ == "Else":
        return lower_block(context, node.body, depth)
    found: list[Statement] = []
    lower_statements(context, [node], depth + 1, found)
    return Block(*context.span(node), found)


@statement("While")
def _while(context: Context, node: cst.While, depth: int, out: list[Statement]) -> None:
    start, end = context.span(node)
    conditions = [lower_condition(context, node.test, depth)]
    label, body = _loop_body(context, node, node.body, depth)
    out.append(Loop(start, end, "while", body, conditions=conditions, label=label))
    _after_loop(context, node.orelse, depth, out)


@statement("For")
def _for(context: Context, node: cst.For, depth: int, out: list[Statement]) -> None:
    """The target may be anything that can be assigned to; what is no name gets its value in the body."""
    start, end = context.span(node)
    sequence = lower(context, node.iter, depth)
    names = names_in_target(node.target)
    for name in names:
        context.scope.bind(name)
    label, body = _loop_body(context, node, node.body, depth)
    is_async = node.asynchronous is not None
    out.append(Loop(start, end, "for-in", body, names, sequence, label=label, is_async=is_async))
    _after_loop(context, node.orelse, depth, out)


def _loop_body(context: Context, node: cst.CSTNode, body: cst.BaseSuite, depth: int) -> tuple[str, Block]:
    """Label and body; the label tells ``break`` in a ``match`` what it leaves."""
    loop = Enclosing(f"loop {context.span(node)[0]}")
    context.loops.append(loop)
    block = lower_block(context, body, depth)
    context.loops.pop()
    return loop.label if loop.is_named else "", block


def _after_loop(context: Context, node: cst.Else | None, depth: int, out: list[Statement]) -> None:
    """The ``else`` of a loop runs unless ``break`` left it: on some ways."""
    if node is None:
        return
    start, end = context.span(node)
    out.append(If(start, end, [Opaque(start, start, [])], lower_block(context, node.body, depth)))


@statement("Try", "TryStar")
def _try(context: Context, node: Any, depth: int, out: list[Statement]) -> None:
    start, end = context.span(node)
    body = lower_block(context, node.body, depth)
    if node.orelse is not None:
        follow = lower_block(context, node.orelse.body, depth)
        body.statements += follow.statements
        body.end = follow.end
    catches = [_catch(context, handler, depth) for handler in node.handlers]
    cleanup = None if node.finalbody is None else lower_block(context, node.finalbody.body, depth)
    out.append(Do(start, end, body, catches, cleanup))


def _catch(context: Context, node: Any, depth: int) -> Catch:
    patterns = [] if node.type is None else _caught(context, node.type, depth)
    names = [] if node.name is None else names_in_target(node.name.name)
    for name in names:
        context.scope.aliases.pop(name, None)
    return Catch(*context.span(node), patterns, names, lower_block(context, node.body, depth))


def _caught(context: Context, node: cst.CSTNode, depth: int) -> list[Expression]:
    """The classes of errors; none for the one that all others inherit from."""
    if dotted_name(node) in ("Exception", "BaseException"):
        return []
    if type(node).__name__ == "Tuple":
        return lower_parts(context, node.children, depth)
    return [lower(context, node, depth)]


@statement("With")
def _with(context: Context, node: cst.With, depth: int, out: list[Statement]) -> None:
    """Each manager is made, and named, before the body runs in a block of its own."""
    start, end = context.span(node)
    before: list[Statement] = []
    lock: Expression | None = None
    for item in node.items:
        value = lower(context, item.item, depth)
        place = (value.start, value.end)
        target: Any = None if item.asname is None else item.asname.name
        if target is None:
            lock = value if len(node.items) == 1 else lock
            if lock is not value:
                before.append(Evaluate(*place, value))
        elif type(target).__name__ in ("Tuple", "List"):
            store_parts(context, target, value, place, depth, before)
        else:
            if type(target).__name__ == "Name":
                context.scope.bind(target.value)
            before.append(Evaluate(*place, Assign(*place, lower(context, target, depth), "=", value)))
    body = lower_block(context, node.body, depth)
    body.statements[:0] = before
    out.append(Do(start, end, body, guard_value=lock))


@statement("Match")
def _match(context: Context, node: cst.Match, depth: int, out: list[Statement]) -> None:
    subject = lower(context, node.subject, depth)
    context.loops.append(Enclosing(""))
    cases = [_case(context, each, depth) for each in node.cases]
    context.loops.pop()
    out.append(Switch(*context.span(node), subject, cases))


def _case(context: Context, node: cst.MatchCase, depth: int) -> Case:
    names: list[str] = []
    patterns = _patterns(context, node.pattern, depth, names)
    for name in names:
        context.scope.aliases.pop(name, None)
    where = None if node.guard is None else lower_condition(context, node.guard, depth)
    body = lower_block(context, node.body, depth)
    return Case(*context.span(node), patterns, names, body, where)


def _patterns(context: Context, node: Any, depth: int, names: list[str]) -> list[Expression]:
    """What a case compares with, none where it takes everything; ``names`` fills with what it binds."""
    kind = type(node).__name__
    if kind == "MatchAs" and node.pattern is None:
        names += [] if node.name is None else [node.name.value]
        return []
    if kind == "MatchOr":
        return [p for each in node.patterns for p in _patterns(context, each.pattern, depth, names)]
    if kind in ("MatchValue", "MatchSingleton"):
        return [lower(context, node.value, depth)]
    if kind == "MatchAs":
        names.append(node.name.value)
        return _patterns(context, node.pattern, depth, names)
    start, end = context.span(node)
    return [Opaque(start, end, _within(context, node, depth, names))]


def _within(context: Context, node: Any, depth: int, names: list[str]) -> list[Expression]:
    """The values in a pattern of several parts; its captures are added to ``names``."""
    found: list[Expression] = []
    rest = getattr(node, "rest", None)
    for part in node.children:
        kind = type(part).__name__
        if kind in EXPRESSIONS and type(node).__name__ in ("MatchClass", "MatchMappingElement"):
            found.append(lower(context, part, depth))
        if kind in ("MatchAs", "MatchStar") and part.name is not None:
            names.append(part.name.value)
        if kind in ("MatchValue", "MatchSingleton"):
            found.append(lower(context, part.value, depth))
        elif kind.startswith("Match"):
            found += _within(context, part, depth + 1, names)
    names += [] if rest is None else [rest.value]
    return found


@statement("FunctionDef")
def _function(context: Context, node: cst.FunctionDef, depth: int, out: list[Statement]) -> None:
    """A function inside a function; in a branch at the top level, one of the file."""
    if context.scope.is_module:
        read_function(context, node, "")
        return
    for decorator in node.decorators:
        if type(decorator.decorator).__name__ == "Call":
            value = lower(context, decorator.decorator, depth)
            out.append(Evaluate(value.start, value.end, value))
    out.append(read_local_function(context, node, depth))


@statement("ClassDef")
def _class(context: Context, node: cst.ClassDef, _depth: int, _out: list[Statement]) -> None:
    """A class of a function: a type like any other, that sees the function's names."""
    read_type(context, node, "")
