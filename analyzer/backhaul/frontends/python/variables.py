"""Where local variables are declared: Python does not say, the model does.

A variable is declared in the innermost block around everything that uses it, where it first gets a
value, or before the statement that holds its first use.
"""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.frontends.python.context import Scope
from backhaul.model.code import (
    Assign,
    Block,
    Call,
    Catch,
    Closure,
    Destructure,
    Evaluate,
    Local,
    LocalFunction,
    Loop,
    Name,
    Node,
    Opaque,
    Statement,
)


def declare(block: Block, scope: Scope) -> None:
    """Declares the variables of ``scope`` in ``block``, its body."""
    names = {name for name in scope.bound if name not in scope.outside}
    if names:
        _declare(block, names, scope.types)


def _declare(block: Block, names: set[str], types: dict[str, str]) -> None:
    places = [_names_in(statement) & names for statement in block.statements]
    found: list[Statement] = []
    seen: set[str] = set()
    for number, (statement, here) in enumerate(zip(block.statements, places, strict=True)):
        first = here - seen
        seen |= first
        later = set().union(*places[number + 1 :]) if first else set()
        inner = {name for name in first - later if _declare_inside(statement, name, types)}
        first -= inner
        own = _declared_by(statement) & first
        assigned = _assigned(statement) if not own else ""
        for name in sorted(first - own - {assigned}):
            found.append(Local(statement.start, statement.start, name, types.get(name, "")))
            _spread_parts(statement, name)
        if assigned in first and isinstance(statement, Evaluate) and isinstance(statement.value, Assign):
            value = statement.value.value
            found.append(Local(statement.start, statement.end, assigned, types.get(assigned, ""), value))
        else:
            found.append(statement)
    block.statements = found


def _declare_inside(statement: Statement, name: str, types: dict[str, str]) -> bool:
    """Declares ``name`` in a block of ``statement`` that holds all its uses, if there is one."""
    holding = [child for child in _children(statement) if name in _names_in(child)]
    if isinstance(statement, (Closure, LocalFunction)) or len(holding) != 1:
        return False
    inner: Node = holding[0]
    while not isinstance(inner, Block):
        if not isinstance(inner, Catch):
            return False
        if name in inner.names:
            return True
        inner = inner.body
    if isinstance(statement, Loop) and not _begins_with_value(inner, name):
        return False
    _declare(inner, {name}, types)
    return True


def _begins_with_value(block: Block, name: str) -> bool:
    """Whether ``block`` gives ``name`` a value before it does anything else with it."""
    first = next((s for s in block.statements if name in _names_in(s)), None)
    return first is not None and (_assigned(first) == name or name in _declared_by(first))


def _assigned(statement: Statement) -> str:
    """The variable that ``statement`` gives a value which does not depend on it; "" for none."""
    if not isinstance(statement, Evaluate) or not isinstance(statement.value, Assign):
        return ""
    assign = statement.value
    if assign.operator != "=" or not isinstance(assign.target, Name):
        return ""
    name = assign.target.name
    return "" if name in _names_in(assign.value) else name


def _declared_by(statement: Statement) -> set[str]:
    if isinstance(statement, Destructure):
        return set(statement.names)
    return set(statement.names) if isinstance(statement, Loop) else set()


def _spread_parts(statement: Node, name: str) -> None:
    """Makes assignments of what would declare ``name`` again, as a part of a value, inside ``statement``."""
    pending: list[Node] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, Block):
            spread: list[Statement] = []
            for each in node.statements:
                is_part = isinstance(each, Destructure) and name in each.names
                spread += assigned_parts(each) if is_part and isinstance(each, Destructure) else [each]
            node.statements = spread
        if not isinstance(node, (Closure, LocalFunction)):
            pending += _children(node)


def assigned_parts(statement: Destructure) -> list[Statement]:
    """The same with variables that exist already: each gets a part of the value, which one is unknown."""
    start, end = statement.start, statement.end
    found: list[Statement] = [Evaluate(statement.value.start, statement.value.end, statement.value)]
    for name in statement.names:
        if name != "_":
            assign = Assign(start, end, Name(start, start, name), "=", Opaque(end, end, []))
            found.append(Evaluate(start, end, assign))
    return found


def _names_in(node: Node) -> set[str]:
    """Every variable that ``node`` may use or declare."""
    found: set[str] = set()
    pending: list[Node] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, Name):
            found.add(part.name)
        elif isinstance(part, Call) and part.receiver is None:
            found.add(part.name)
        elif isinstance(part, (Loop, Destructure)):
            found.update(part.names)
        pending += _children(part)
    return found


def nodes_in(block: Block) -> Iterator[Node]:
    """``block`` and everything inside it, in no certain order."""
    pending: list[Node] = [block]
    while pending:
        part = pending.pop()
        yield part
        pending += _children(part)


def _children(node: Node) -> Iterator[Node]:
    """The nodes right below ``node``, in the order of its fields."""
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, list):
            yield from (each for each in value if isinstance(each, Node))
