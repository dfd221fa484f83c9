"""What the faults of a pairing have in common: words, steps, and releases that cannot be traced."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.effects import Performance
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Step
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.model.code import (
    Argument,
    Member,
    Name,
)


def place_name(place: Place | None) -> str:
    if place is None:
        return "the identifier"
    return f"`{place.owner}.{place.name}`" if place.kind == "field" and place.owner else f"`{place.name}`"


def begun(acquisition: Acquisition) -> Step:
    use = acquisition.use
    return step_at(use.node, acquisition.body, f"`{called(use)}` called here", use.site)


def released_here(performance: Performance, text: str) -> Step:
    return step_at(performance.use.node, performance.body, text, performance.use.site)


def may_be_released_unseen(acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """A release of a value that cannot be traced, where it may be this acquisition's.

    In the same type, or of a field of the same name on an object of unknown type.
    """
    names = {place.name for place in acquisition.places if not place.is_local}
    for performance in all_of_them.effects.performances:
        if any(place.owner == "?" and place.name in names for place in performance.places):
            return True
    if acquisition.is_local:
        return any(node.name in all_of_them.effects.names for node in named_functions(acquisition.body))
    owner = acquisition.body.symbol.owner
    return any(p.body.symbol.owner == owner for p in all_of_them.effects.unplaced())


def named_functions(body: Body) -> Iterator[Name | Member]:
    """Functions that are passed on as values: ``id.map(application.end)``."""
    for argument in nodes_of(body.unit.block, Argument):
        if isinstance(argument.value, (Name, Member)):
            yield argument.value
