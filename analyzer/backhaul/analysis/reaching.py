"""Which definitions of a local variable may give its value at a place; what a statement results in."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.variables import Definition, Variable
from backhaul.model.code import Do, Evaluate, Expression, If, Loop, Node, Return, Switch


def reaching(variable: Variable, at: Node, body: Body) -> list[Definition]:
    """The definitions of ``variable`` that may give the value it has at ``at``.

    Within one unit a definition that every way to ``at`` passes hides the earlier ones; what
    happens in other units (closures) may come at any time.
    """
    definitions = variable.definitions
    if len(definitions) <= 1:
        return definitions
    here = body.unit_at(at)
    same = [
        d for d in definitions if d.unit is here and d.node.start <= at.start and not _inside(at, d, body)
    ]
    others = [d for d in definitions if d.unit is not here]
    later = [d for d in definitions if d.unit is here and d not in same and share_loop(d.node, at, body)]
    guards = guards_of(at, body)
    path = {id(a) for a in body.ancestors(at)}
    kept: list[Definition] = []
    for definition in reversed(same):
        kept.append(definition)
        parent = body.parent(definition.node)
        statement = parent
        if statement is not None and (id(parent) in path or id(body.parent(statement)) in path):
            break
        if guards_of(definition.node, body) <= guards:
            break
    return [*reversed(kept), *later, *others]


def _inside(at: Node, definition: Definition, body: Body) -> bool:
    """Whether ``at`` is part of the expression that the definition evaluates."""
    return any(ancestor is definition.node for ancestor in body.ancestors(at))


def share_loop(one: Node, other: Node, body: Body) -> bool:
    """Whether some loop has both nodes in it, so that each may come after the other."""
    loops = {id(a) for a in body.ancestors(one) if isinstance(a, Loop)}
    return any(id(a) in loops for a in body.ancestors(other))


def results_of(statement: object) -> Iterator[Expression]:
    """The values that a statement used as an expression may have."""
    blocks = []
    if isinstance(statement, If):
        blocks = [statement.then, *([statement.otherwise] if statement.otherwise is not None else [])]
    elif isinstance(statement, Switch):
        blocks = [case.body for case in statement.cases]
    elif isinstance(statement, Do):
        blocks = [statement.body, *(c.body for c in statement.catches)]
    for block in blocks:
        last = block.statements[-1] if block.statements else None
        if isinstance(last, Evaluate):
            yield last.value
        elif isinstance(last, Return) and last.value is not None:
            yield last.value
        elif last is not None:
            yield from results_of(last)
