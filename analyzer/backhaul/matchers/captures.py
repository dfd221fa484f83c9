"""A callback must not release a copy made before the value was there."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Finding
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.context import Reporter
from backhaul.matchers.releases import begun
from backhaul.model.code import (
    Capture,
    Closure,
    Name,
    Node,
)


def captured_before_assignment(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    callback, body = acquisition.callback, acquisition.body
    if callback is None or acquisition.callback_body is not body or not isinstance(callback.node, Closure):
        return
    given = acquisition.use.arguments.get(all_of_them.parameters.callback)
    if given is not callback.node:
        return
    for use, name in _releases_in(callback, body, all_of_them):
        variable = body.variable(name)
        if variable is None:
            continue
        if variable.unit.is_inside(callback) and not _copied_in(variable.node, callback):
            continue
        copied = _copied_in(variable.node, callback) or (
            callback.copies_locals and variable.storage == "plain" and variable.parameter is None
        )
        if not copied or not _receives(variable.name, acquisition):
            continue
        yield reporter.finding(
            use.site,
            body,
            trail=[
                begun(acquisition),
                step_at(
                    use.node,
                    body,
                    f"`{variable.name}` here is the copy made before the call returned",
                    use.site,
                ),
            ],
            call=called(acquisition.use),
            place=f"`{variable.name}`",
            where="is copied into the handler before it is assigned",
        )
        return


def _copied_in(node: Node, callback: Unit) -> bool:
    return (
        isinstance(node, Capture)
        and isinstance(callback.node, Closure)
        and any(capture is node for capture in callback.node.captures)
    )


def _releases_in(callback: Unit, body: Body, all_of_them: Acquisitions) -> Iterator[tuple[Use, Name]]:
    for performance in all_of_them.effects.performances:
        if performance.body is body and performance.unit.is_inside(callback):
            given = performance.use.arguments.get(all_of_them.parameters.role)
            if given is not None:
                for name in nodes_of(given, Name):
                    yield performance.use, name


def _receives(name: str, acquisition: Acquisition) -> bool:
    """Whether a local variable called ``name`` gets the acquired value."""
    return any(place.is_local and place.name == name for place in acquisition.places)
