"""A value that says that work is done must not say so while the work is only beginning."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.control_flow import Point
from backhaul.analysis.duties import Act, Deed
from backhaul.analysis.fulfilment import Fulfilment, Fulfilments
from backhaul.analysis.origins import step_at
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.duty_roots import Root
from backhaul.matchers.parameters import CalledOnceParameters
from backhaul.matchers.started_work import Start, Starts, trail_of
from backhaul.model.code import Call, Node


def done_early(
    root: Root,
    fulfilments: Fulfilments,
    parameters: CalledOnceParameters,
    reporter: Reporter,
    context: Context,
) -> Iterator[Finding]:
    """Where the code that is given the value, or a helper of it, starts work and then does its duty."""
    starts = Starts(parameters, context)
    scenes = [root.fulfilment]
    scenes += [left.to for left in fulfilments.inner(root.fulfilment) if _runs_at_once(left.to)]
    for fulfilment in scenes:
        found = _in_fulfilment(fulfilment, starts, context)
        if found is None:
            continue
        start, act = found
        body = fulfilment.scene.held.body
        yield reporter.finding(
            _site(act.node),
            body,
            confidence=start.confidence,
            trail=[
                root.step,
                *trail_of(start, body),
                step_at(act.node, body, "done here, while the work goes on"),
            ],
            subject=root.value.name,
            where=f"the work that `{start.call.name}` starts goes on",
        )
        return


def _runs_at_once(fulfilment: Fulfilment) -> bool:
    return fulfilment.scene.form == "function" or fulfilment.scene.at_once


def _site(node: Node) -> tuple[int, int]:
    if isinstance(node, Call) and node.name:
        return node.name_start, node.name_end
    return node.start, node.end


def _in_fulfilment(fulfilment: Fulfilment, starts: Starts, context: Context) -> tuple[Start, Act] | None:
    """Work that starts, and the deed that is done on a way on from there, with nothing in between."""
    scene = fulfilment.scene
    done = {id(act.node): act for act in fulfilment.acts if act.deed is Deed.DONE}
    graph = context.graphs.of(scene.unit, scene.held.body) if done else None
    if graph is None or starts.holds(scene.unit.block, scene.held.body):
        return None
    acts = {id(act.node): act for act in fulfilment.acts}
    stack: list[tuple[Point, Start | None]] = [(graph.entry, None)]
    seen: set[tuple[int, int]] = set()
    while stack:
        point, start = stack.pop()
        if (id(point), id(start)) in seen or point.exit:
            continue
        seen.add((id(point), id(start)))
        atom = point.atom
        if atom is not None:
            here = [n for n in descendants(atom, into_closures=True) if id(n) in acts]
            if here:
                act = done.get(id(here[0]))
                if start is not None and act is not None:
                    return start, act
                continue
            if starts.waits(atom, scene.held.body):
                continue
            start = start or starts.in_code(atom, scene.held.body, 0)
        stack.extend((edge.target, start) for edge in reversed(point.edges))
    return None
