"""Checks what a card asks of its matcher against the API models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backhaul.rules.card import Card
from backhaul.rules.errors import TomlText, nearest
from backhaul.rules.model_files import convert
from backhaul.rules.models import ApiModels, Operation
from backhaul.rules.page import read_front

_OPERATION_KEYS = (
    "operation",
    "acquire",
    "release",
    "mutation",
    "inert",
    "written-by",
    "unless-only-used-by",
)
_HOOK_KEYS = ("hook", "delegate-hook")
_ROLE_KEYS = ("argument", "callback", "payload", "role")


def check_match(card: Card, text: str, models: ApiModels) -> None:
    """Raises ``RuleError`` for a name in ``[match]`` that no matcher or model knows.

    ``text`` is the whole page, for the line of the error.
    """
    from backhaul.matchers.parameters import MATCHERS

    front = read_front(card.path, text)
    source = TomlText(card.path, front.toml, front.line)
    if card.matcher not in MATCHERS:
        source.fail(
            f"unknown matcher `{card.matcher}`{nearest(card.matcher, MATCHERS)}", table="match", key="matcher"
        )
    convert(source, card.match, MATCHERS[card.matcher], table="match")
    named = _check_operations(source, card.parameters, models)
    roles = {role for operation in named for role in operation.arguments}
    for table, key, value in _entries(card.parameters):
        if key in _HOOK_KEYS and value not in models.hook_names:
            source.fail(f"unknown hook `{value}`{nearest(value, models.hook_names)}", table="match", key=key)
        if key == "kind" and value not in models.kinds:
            source.fail(f"unknown kind `{value}`{nearest(value, models.kinds)}", table="match", key=key)
        if (key in _ROLE_KEYS or table == "arguments") and isinstance(value, str):
            role = key if table == "arguments" else value
            if role not in roles:
                source.fail(
                    f"no operation of the card has a role `{role}`{nearest(role, roles)}",
                    table="match",
                    key=key,
                )


def _check_operations(source: TomlText, parameters: dict[str, Any], models: ApiModels) -> list[Operation]:
    """The operations that the card names by id or tag."""
    found: list[Operation] = []
    for _, key, value in _entries(parameters):
        if key in _OPERATION_KEYS:
            operations = models.operations_named(value)
            if not operations:
                problem = f"unknown operation or tag `{value}`{nearest(value, models.operation_names)}"
                source.fail(problem, table="match", key=key, value=value)
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
