"""Whether a closure runs where it is written, or some time after the function has returned."""

from __future__ import annotations

from typing import Literal as Choice

from backhaul.analysis.bodies import Body
from backhaul.analysis.resolution import Resolver
from backhaul.model.code import Argument, Assign, Call, Closure, Node

When = Choice["now", "later", "unknown"]


def when_run(closure: Closure, body: Body, resolver: Resolver) -> tuple[When, Call | Assign | None]:
    """When ``closure`` runs, by what it is given to: a call, or the assignment that stores it.

    A closure that is called where it stands, and one of an operation that runs it before it returns,
    run ``now``; that of an operation that runs it ``later`` or on the main queue, later. Of all other
    closures it is unknown.
    """
    parent = body.parent(closure)
    if isinstance(parent, Call) and parent.receiver is closure:
        return "now", parent
    taker: Node | None = body.parent(parent) if isinstance(parent, Argument) else parent
    if not isinstance(taker, (Call, Assign)):
        return "unknown", None
    for use in resolver.operations.at(taker, body):
        timing = next((t for r, t in use.operation.calls.items() if use.arguments.get(r) is closure), "")
        if timing:
            return ("now" if timing == "now" else "later"), taker
    return "unknown", taker
