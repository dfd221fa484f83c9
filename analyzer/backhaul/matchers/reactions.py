"""What a program does when something happens to it: the code that members of a hook, and observers, run."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.walking import descendants
from backhaul.matchers.context import Context
from backhaul.matchers.hooks import members_of, wrapped_as
from backhaul.model.code import Argument, Block, Call, Closure, Member, Name, Node, SelectorName


class Reaction(Struct, frozen=True, eq=False):
    """Code that runs then, in one body."""

    node: Node
    body: Body


def reactions(hook: str, context: Context) -> list[Reaction]:
    """The code of the program, tests aside, that runs when what ``hook`` names happens.

    The members of the hook; and where a function mentions one of its names (a notification), what it hands
    over in the same call: a closure, or a selector. Without such a call the function itself is meant.
    """
    return context.once(("reactions", hook), lambda: list(_find(hook, context)))


def _find(hook: str, context: Context) -> Iterator[Reaction]:
    tests = context.program.tests
    for symbol, _ in members_of(hook, context):
        if symbol.body is not None and symbol.module.path not in tests:
            yield Reaction(symbol.body.unit.block, symbol.body)
    names = {name for each in context.models.hooks_named(hook) for name in each.mentions}
    for symbol in context.program.mentioning(*sorted(names)):
        yield from _observing(symbol, names, context)
    for owner, name in wrapped_as(names, context):
        for symbol in context.program.mentioning(name):
            if symbol.owner == owner:
                yield from _observing(symbol, {name}, context)


def _observing(symbol: FunctionSymbol, names: set[str], context: Context) -> Iterator[Reaction]:
    body = symbol.body
    if body is None or symbol.module.path in context.program.tests:
        return
    for node in body.nodes_named(names, reads=True):
        yield from _observers(node, body, context)


def _observers(mention: Node, body: Body, context: Context) -> Iterator[Reaction]:
    inner = mention
    for outer in body.ancestors(mention):
        if isinstance(outer, Call):
            handed = [a.value for a in outer.arguments if isinstance(a.value, (Closure, SelectorName))]
            if handed:
                for value in handed:
                    yield from _handed(value, body, context)
                return
        if isinstance(outer, (Block, Closure)):
            yield Reaction(inner if _holds_code(inner) else body.unit.block, body)
            return
        inner = outer


def _handed(value: Node, body: Body, context: Context) -> Iterator[Reaction]:
    if isinstance(value, SelectorName):
        for symbol in functions_named_by(value, body, context):
            if symbol.body is not None:
                yield Reaction(symbol.body.unit.block, symbol.body)
    else:
        yield Reaction(value, body)


def functions_named_by(selector: SelectorName, body: Body, context: Context) -> list[FunctionSymbol]:
    """The functions of the own type that a selector may mean; else those of any type."""
    name = selector.name.rpartition(".")[2].partition("(")[0]
    own = context.program.members(body.symbol.owner, name) if body.symbol.owner else []
    return own or list(context.program.functions_named.get(name, ()))


def _holds_code(statement: Node) -> bool:
    """Whether a statement has blocks of its own: a loop over what happens, or what a closure does."""
    return any(isinstance(node, Block) for node in descendants(statement))


def leads_to(reaction: Reaction, operation: str, context: Context, *, owner: str = "") -> bool:
    """Whether the code of a reaction performs ``operation``, or calls or names functions that lead to it.

    ``owner``: in a member of this type.
    """
    uses = [use for use in context.uses(operation) if not owner or use[1].symbol.owner == owner]
    inside = {id(node) for node in descendants(reaction.node)}
    if any(where is reaction.body and id(use.node) in inside for use, where, _ in uses):
        return True
    doing = {id(where.symbol) for _, where, _ in uses}
    if not doing:
        return False
    roots = list(_functions_in(reaction, context))
    return context.reach.find(roots, lambda reached: id(reached) in doing) is not None


def _functions_in(reaction: Reaction, context: Context) -> Iterator[FunctionSymbol]:
    body = reaction.body
    owner = body.symbol.owner
    for node in descendants(reaction.node):
        if isinstance(node, Call):
            yield from context.resolver.callees.of(node, body).functions
        elif isinstance(node, SelectorName):
            yield from functions_named_by(node, body, context)
        elif isinstance(node, Argument) and isinstance(node.value, (Name, Member)) and owner:
            yield from context.program.members(owner, node.value.name)  # a function that is named as a value


def calls_out_of_sight(reaction: Reaction, words: tuple[str, ...], context: Context) -> bool:
    """Whether it calls something, of whose type nothing is known, with one of ``words`` in its name."""
    body, resolver = reaction.body, context.resolver
    for node in descendants(reaction.node):
        if not isinstance(node, Call) or not any(word in node.name.lower() for word in words):
            continue
        if isinstance(node.receiver, Name) and node.receiver.name == "super":
            continue
        if resolver.callees.of(node, body).functions or resolver.operations.at(node, body):
            continue
        if node.receiver is None or not resolver.types.of(node.receiver, body):
            return True
    return False
