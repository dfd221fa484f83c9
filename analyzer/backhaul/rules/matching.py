"""Checks what a card asks of its matcher against the API models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from backhaul.rules.card import Card, Match
from backhaul.rules.errors import TomlText, nearest
from backhaul.rules.model_files import convert
from backhaul.rules.models import ApiModels, Operation
from backhaul.rules.page import read_front

_OPERATION_KEYS = (
    "operation",
    "operations",
    "acquire",
    "release",
    "aside",
    "duty",
    "warned-by",
    "schedules",
    "unstarted",
    "holds",
    "mutation",
    "inert",
    "written-by",
    "carrier",
    "check",
    "content-check",
    "concerns",
    "delegated",
    "in-sight",
    "part",
    "verifier",
    "named",
    "into",
    "store",
    "boxes",
    "signal",
    "says",
    "brings",
    "awaited",
    "used-by",
    "despite-beside",
    "trivial",
    "look",
    "state",
    "renew",
    "renewed-by",
    "ends",
    "unless-leads",
    "at-once",
    "made-by",
    "restated",
    "end",
    "use",
    "source",
    "unless-only-used-by",
    "unless-beside",
    "unless-performed",
    "unless-kept-by",
    "unless-within",
    "newer",
    "unless-at-launch",
    "starts",
    "starts-at-once",
    "waits",
    "constant",
    "content",
    "switch",
    "maker",
    "producer",
    "same",
    "looks",
    "resumes",
    "keeps",
    "elsewhere",
    "only-performed",
    "unless-source",
    "registration",
    "sources",
    "leads-to",
    "unless-leads-to",
    "lacks",
    "besides",
)
_HOOK_KEYS = (
    "hook",
    "hooks",
    "switched-hook",
    "renewed-in",
    "delegate-hook",
    "queue-hook",
    "caller",
    "unless-hook",
    "callbacks",
    "concerned-hook",
    "terminal",
    "unless-in",
    "before",
    "after",
    "screen",
    "runs",
)
_ROLE_KEYS = (
    "argument",
    "identity",
    "handler",
    "error",
    "callback",
    "handler",
    "payload",
    "role",
    "roles",
    "closure",
    "delegate",
    "queue",
    "answer",
    "passed-on",
    "ended",
    "session",
    "given",
    "nil-on-success",
    "product",
    "subject",
    "note-if-called-at-once",
    "switch-value",
    "verdict",
)


def check_match(card: Card, text: str, models: ApiModels) -> None:
    """Raises ``RuleError`` for a name in ``[match]`` that no matcher or model knows.

    ``text`` is the whole page, for the line of the error.
    """
    front = read_front(card.path, text)
    source = TomlText(card.path, front.toml, front.line)
    for number, match in enumerate(card.matches):
        _check(match, number, card, source, models)


def _check(match: Match, number: int, card: Card, source: TomlText, models: ApiModels) -> None:
    from backhaul.matchers.parameters import MATCHERS

    def fail(problem: str, key: str, value: str = "") -> NoReturn:
        source.fail(problem, table="match", ordinal=number, key=key, value=value)

    if match.matcher not in MATCHERS:
        fail(f"unknown matcher `{match.matcher}`{nearest(match.matcher, MATCHERS)}", "matcher")
    convert(source, match.table, MATCHERS[match.matcher], table="match", ordinal=number)
    for name in match.fills:
        if name not in card.placeholders:
            fail(f"`fills`: `message` has no `{{{name}}}`{nearest(name, card.placeholders)}", name)
    named = _check_operations(fail, match.parameters, models)
    roles = {role for operation in named for role in operation.arguments}
    hooks = [value for _, key, value in _entries(match.parameters) if key in _HOOK_KEYS]
    roles |= {role for name in hooks for hook in models.hooks_named(name) for role in hook.arguments}
    for table, key, value in _entries(match.parameters):
        if key in _HOOK_KEYS and value not in models.hook_names:
            fail(f"unknown hook `{value}`{nearest(value, models.hook_names)}", key)
        if key in ("kind", "unless-kind") and value not in models.kinds:
            fail(f"unknown kind `{value}`{nearest(value, models.kinds)}", key)
        if (key in _ROLE_KEYS or table == "arguments") and isinstance(value, str):
            role = key if table == "arguments" else value
            if role not in roles:
                fail(f"no operation or hook of the card has a role `{role}`{nearest(role, roles)}", key)


def _check_operations(
    fail: Callable[[str, str, str], NoReturn], parameters: dict[str, Any], models: ApiModels
) -> list[Operation]:
    """The operations that the match names by id or tag."""
    found: list[Operation] = []
    for _, key, value in _entries(parameters):
        if key in _OPERATION_KEYS:
            operations = models.operations_named(value)
            if not operations:
                problem = f"unknown operation or tag `{value}`{nearest(value, models.operation_names)}"
                fail(problem, key, value)
            found.extend(operations)
    return found


def _entries(value: dict[str, Any], table: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every key with each of its plain values, and the key of the table it stands in."""
    for key, item in value.items():
        if isinstance(item, dict):
            if table != "arguments":
                yield from _entries(item, key)
            else:
                yield table, key, ""
                yield from _entries(item, "")
        elif isinstance(item, list):
            for element in item:
                if isinstance(element, dict):
                    yield from _entries(element, key)
                else:
                    yield table, key, element
        else:
            yield table, key, item
