"""What is acquired must be released: on every path, in time, and the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backhaul.analysis.effects import Effect
from backhaul.analysis.program import FunctionSymbol
from backhaul.findings.finding import Finding
from backhaul.matchers.acquisitions import Acquisition, Acquisitions
from backhaul.matchers.call import called
from backhaul.matchers.callbacks import callback_does_not_release
from backhaul.matchers.captures import captured_before_assignment
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.early_releases import released_before_work
from backhaul.matchers.late_acquisitions import acquired_in_callback, acquired_late
from backhaul.matchers.leaks import find_leaks
from backhaul.matchers.missing_callbacks import callback_missing
from backhaul.matchers.overwrites import overwritten
from backhaul.matchers.parameters import PairingParameters
from backhaul.matchers.releases import begun, may_be_released_unseen, place_name, released_here

_CLOSED = frozenset(("private", "fileprivate"))


def find(reporter: Reporter, parameters: PairingParameters, context: Context) -> Iterator[Finding]:
    key = ("acquisitions", parameters.acquire, parameters.release, parameters.role, parameters.callback)
    acquisitions = context.once(key, lambda: Acquisitions(parameters, context)).asked_by(parameters)
    fault = _FAULTS[parameters.fault]
    for acquisition in acquisitions.all:
        yield from fault(acquisition, acquisitions, reporter)


def _never_released(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    use, body = acquisition.use, acquisition.body
    if acquisition.is_dropped:
        yield reporter.finding(
            use.site,
            body,
            confidence="high" if use.is_certain else "medium",
            trail=[begun(acquisition)],
            call=called(use),
            place="its identifier",
            where="is dropped, so that nothing can end the task",
        )
        return
    if acquisition.escapes or not acquisition.places:
        return
    outside = [p for p in all_of_them.releases(acquisition) if not all_of_them.in_callback(p, acquisition)]
    if outside or may_be_released_unseen(acquisition, all_of_them):
        return
    inside = all_of_them.releases(acquisition)
    if acquisition.callback_is_unseen and not inside:
        return
    where = "ended only by the expiration handler" if inside else "never ended"
    trail = [begun(acquisition), *(released_here(p, "ended only here, when time is up") for p in inside[:2])]
    yield reporter.finding(
        use.site,
        body,
        confidence="high" if acquisition.is_local and use.is_certain else "medium",
        severity="warning" if inside else None,
        trail=trail,
        call=called(use),
        place=place_name(acquisition.main_place),
        where=f"is {where}",
    )


# Not released on some path


def _not_released_on_path(
    acquisition: Acquisition, all_of_them: Acquisitions, reporter: Reporter
) -> Iterator[Finding]:
    if acquisition.escapes or acquisition.is_dropped or not acquisition.places:
        return
    if may_be_released_unseen(acquisition, all_of_them):
        return
    releases = all_of_them.releases(acquisition)
    outside = [p for p in releases if not all_of_them.in_callback(p, acquisition)]
    if not outside:
        return
    use, body = acquisition.use, acquisition.body
    elsewhere = [p for p in outside if p.body is not body]
    others = [p for p in elsewhere if not all_of_them.only_from_callbacks(p.body.symbol, acquisition)]
    if not others and len(elsewhere) == len(outside):
        if not all_of_them.is_reached(body.symbol) and any(_is_open(p.body.symbol) for p in elsewhere):
            return  # who begins may well end it too
        yield reporter.finding(
            use.site,
            body,
            confidence="medium",
            trail=[
                begun(acquisition),
                *(released_here(p, "ended here, reached only when time is up") for p in elsewhere[:2]),
            ],
            call=called(use),
            place=place_name(acquisition.main_place),
            where="is ended only when time is up: nothing ends it when the work is done",
        )
        return
    for leak in find_leaks(acquisition, all_of_them):
        is_saved = all_of_them.effect_of_callback(acquisition) >= Effect.SOMETIMES
        yield reporter.finding(
            use.site,
            body,
            confidence=leak.confidence if use.is_certain else "low",
            severity="note" if is_saved else None,
            trail=[begun(acquisition), *leak.trail],
            call=called(use),
            place=place_name(acquisition.main_place),
            where=f"{leak.where}, but only when time is up" if is_saved else leak.where,
        )
        return


def _is_open(symbol: FunctionSymbol) -> bool:
    return _CLOSED.isdisjoint(symbol.function.attributes)


_Fault = Callable[[Acquisition, Acquisitions, Reporter], Iterator[Finding]]

_FAULTS: dict[str, _Fault] = {
    "never-released": _never_released,
    "not-released-on-path": _not_released_on_path,
    "released-before-work": released_before_work,
    "no-callback": callback_missing,
    "acquired-in-callback": acquired_in_callback,
    "acquired-after-start": acquired_late,
    "callback-does-not-release": callback_does_not_release,
    "overwritten": overwritten,
    "captured-before-assignment": captured_before_assignment,
}
