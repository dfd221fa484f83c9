"""A closure that the system runs, and how it must behave: heed what it is told, and finish its work."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit, Variable
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.parameters import CallbackBodyParameters
from backhaul.matchers.work import Start, Workers
from backhaul.model.code import Closure, Name


def find(reporter: Reporter, parameters: CallbackBodyParameters, context: Context) -> Iterator[Finding]:
    workers = Workers(parameters.starts, parameters.waits, context)
    for use, body, _ in context.uses(parameters.operation):
        closure = use.arguments.get(parameters.callback)
        closure = unwrapped(closure) if closure is not None else None
        if not isinstance(closure, Closure):
            continue
        unit = body.unit_of(closure)
        if _uses_shorthand(closure, parameters.told):
            continue
        told = _parameter(unit, parameters.told)
        here = step_at(use.node, body, f"`{called(use)}` called here", use.site)
        if told is None or not told.uses:
            yield _finding(reporter, use, body, "ignores whether its time is up", [here])
            continue
        start = _only_start(unit, body, told, workers, context)
        if start is not None:
            started = step_at(start.call, body, "this only starts the work; then the block is over")
            where = f"returns before the work that `{start.call.name}` starts is done"
            yield _finding(reporter, use, body, where, [here, started])


def _finding(reporter: Reporter, use: Use, body: Body, where: str, trail: list[Step]) -> Finding:
    return reporter.finding(
        use.site,
        body,
        confidence="high" if use.is_certain else "low",
        trail=trail,
        call=called(use),
        where=where,
    )


def _parameter(unit: Unit, position: int) -> Variable | None:
    return unit.parameters[position] if position < len(unit.parameters) else None


def _uses_shorthand(closure: Closure, position: int) -> bool:
    """Whether a closure without a parameter list uses its argument as ``$0``."""
    names = nodes_of(closure.body, Name, into_closures=False)
    return not closure.parameters and any(name.name == f"${position}" for name in names)


def _only_start(unit: Unit, body: Body, told: Variable, workers: Workers, context: Context) -> Start | None:
    """Where the block starts work, if that is all it does on the way on which it may work."""
    graph = context.graphs.of(unit, body)
    if graph is None:
        return None
    is_up = f"{told.name}#{told.node.start}"
    atoms = [
        point.atom
        for point in graph.points
        if point.atom is not None
        and not any(c.text == is_up and c.holds for c in guards_of(point.atom, body))
    ]
    work = workers.in_atoms(atoms, body)
    return work.starts[0] if work.is_only_started else None
