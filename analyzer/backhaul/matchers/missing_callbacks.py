"""An acquired value that code running later must release needs a callback for when time is up."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import Confidence, Finding
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.context import Reporter, is_nil
from backhaul.matchers.releases import begun, may_be_released_unseen, place_name
from backhaul.matchers.spans import Span, span_of
from backhaul.model.code import Await


def callback_missing(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    """Silent on what is never released (another fault), and on what is released before the unit is left."""
    use, body = acquisition.use, acquisition.body
    if not is_nil(use.arguments.get(all_of_them.parameters.callback)) or acquisition.callback_is_unseen:
        return
    if acquisition.escapes or not acquisition.places or may_be_released_unseen(acquisition, all_of_them):
        return
    releases = all_of_them.releases(acquisition)
    span = span_of(acquisition, all_of_them) if releases else None
    if span is None:
        return
    where = _who_ends_it(span, any(p.body is not body for p in releases))
    if where:
        confidence: Confidence = "high" if acquisition.is_local else "medium"
        yield reporter.finding(
            use.site,
            body,
            confidence=confidence if use.is_certain else "low",
            trail=[begun(acquisition)],
            call=called(use),
            place=place_name(acquisition.main_place),
            where=where,
        )


def is_released_at_once(acquisition: Acquisition, all_of_them: Acquisitions) -> bool:
    """Whether the unit that acquires releases on each way before it is left, and waits for nothing."""
    if acquisition.escapes or not acquisition.places or not all_of_them.releases(acquisition):
        return False
    span = span_of(acquisition, all_of_them)
    if span is None or span.is_left_holding or span.handed_over or not span.releases:
        return False
    return not any(_awaits(span))


def _who_ends_it(span: Span, is_released_elsewhere: bool) -> str:
    """Which code that takes its own time must end it; "" where the unit does so without waiting."""
    if span.handed_over:
        return "is ended only by code that runs later"
    if span.releases and any(_awaits(span)):
        return "is ended only after asynchronous work"
    if is_released_elsewhere and (span.is_left_holding or not span.releases):
        return "is ended only by other functions"
    if not span.releases and span.is_left_holding:
        return "is ended only when the function runs again"
    return ""


def _awaits(span: Span) -> Iterator[bool]:
    for point in span.held:
        if point.atom is not None:
            yield any(True for _ in nodes_of(point.atom, Await, into_closures=False))
