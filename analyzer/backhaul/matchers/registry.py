"""Where each matcher is found, and what a program must hold for it to have a question at all.

A small program asks few questions: only the matchers that can find something in it are imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from msgspec import Struct

from backhaul.matchers.presence import Presence

if TYPE_CHECKING:
    from backhaul.findings.finding import Finding
    from backhaul.matchers.context import Context, Reporter

Find: TypeAlias = "Callable[[Reporter, Any, Context], Iterator[Finding]]"


class Matcher(Struct, frozen=True):
    """``place``: a module of this package, and after a dot its function, where that is not ``find``.

    ``needs``: keys of the ``[match]`` table, in groups. There is nothing to find unless, of each group,
    something that one of its keys names occurs in the program. A group of which the table has no key does
    not count.

    ``of_all``: it looks for what is missing, or for where code runs. What one program does with a file that
    several share, the file is meant for: so such a finding must hold in all of them.
    """

    place: str
    needs: tuple[tuple[str, ...], ...] = ()
    of_all: bool = False

    def is_in_question(self, table: Mapping[str, object], presence: Presence) -> bool:
        for group in self.needs:
            named = [(key, name) for key in group for name in _names(table.get(key))]
            if named and not any(presence.of(key, name) for key, name in named):
                return False
        return True

    def function(self) -> Find:
        module, _, name = self.place.partition(".")
        return cast(Find, getattr(import_module(f"backhaul.matchers.{module}"), name or "find"))


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _matcher(place: str, *needs: str, of_all: bool = False) -> Matcher:
    return Matcher(place, tuple(tuple(group.split("|")) for group in needs), of_all)


REGISTRY: dict[str, Matcher] = {
    "call": _matcher("call", "operation"),
    "conversion": _matcher("conversions", "kind"),
    "required-hook": _matcher("required_hook", "operation"),
    "lead-to": _matcher("lead_to", "operation", "hook"),
    "performed-late": _matcher("performed_late", "operation", of_all=True),
    "performed-twice": _matcher("performed_twice", "operation"),
    "isolated-closure": _matcher("isolated_closures", "operation"),
    "dropped-error": _matcher("dropped_errors", "operation"),
    "unregistered": _matcher("unregistered", "operation"),
    "handled-work": _matcher("handled_work", "registration", "source"),
    "use-after-end": _matcher("after_end", "end", "use"),
    "one-per-identity": _matcher("one_per_identity", "operation"),
    "made-per-use": _matcher("made_per_use", "operation"),
    "bypassed-delegate": _matcher("bypassed", "operation"),
    "mutation-of-copy": _matcher("copies", "mutation|adds", "gives-copy|copied-by"),
    "never-ended": _matcher("never_ended", "operation", of_all=True),
    "never-performed": _matcher("never_performed", "operation", of_all=True),
    "remade-after-end": _matcher("remade", "end", "operation"),
    "pairing": _matcher("pairing", "acquire", of_all=True),
    "callback-body": _matcher("callback_bodies", "operation", of_all=True),
    "mutation-without-effect": _matcher("mutations.find_without_effect", "mutation", "operation"),
    "unchecked-grant": _matcher("grants", "operation|hook|switched-hook|verifier"),
    "keyed-value": _matcher("keyed_values", "named|into|key"),
    "allowing-member": _matcher("allowing_members", "hook"),
    "unread-answer": _matcher("answers", "operation|awaited"),
    "reaching-value": _matcher("reaching_values", "operations"),
    "contradictory-changes": _matcher("contradictions", "says", "brings"),
    "blocking-wait": _matcher("blocking.find_waits", "operation", of_all=True),
    "blocking-load": _matcher("blocking.find_loads", "operation", of_all=True),
    "request-shape": _matcher("mutations.find_shape", "mutation", "operation"),
    "literal-for-constant": _matcher("literals", "type"),
    "product-entry": _matcher("product_entries", "operations|hooks"),
    "expiring-value": _matcher("expiring", "hook|operation", of_all=True),
    "handed-closure": _matcher("handed_closures", "hook|caller", of_all=True),
    "called-once": _matcher("called_once", "hook|operation", of_all=True),
    "delegate-member": _matcher("delegate_members", "operation", of_all=True),
    "follow-up": _matcher("follow_ups", "operation"),
    "unchecked-outcome": _matcher("unchecked", "hook"),
    "unheld-work": _matcher("unheld_work", "hook"),
    "gated": _matcher("gated", "operations"),
    "left-open": _matcher("left_open", "acquire"),
    "state-branch": _matcher("state_branches", "operation|of"),
}
