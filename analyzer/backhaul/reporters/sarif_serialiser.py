"""Turns sarif-om's objects into JSON.

The serialiser that sarif-om names, jschema-to-python, takes time that grows with the square of the
log, and leaves out a ``level`` that equals SARIF's default, which lets a reader fall back on the
rule's own level instead. This one writes every ``level``, and properties in the order of the classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

_ALWAYS_WRITTEN = "level"

_Properties: TypeAlias = tuple[tuple[str, str, Any], ...]
_known: dict[type, _Properties] = {}
"""Attribute, property and default of each property of the sarif-om classes met so far."""


def to_json(log: object) -> str:
    """The text of a SARIF log: indented by two, with a final line end.

    ``log`` is made of sarif-om objects, dicts, lists, strings, numbers and booleans; None is left
    out. Raises ``TypeError`` for any other object.
    """
    return msgspec.json.format(msgspec.json.encode(_plain(log)), indent=2).decode() + "\n"


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if kind is int or kind is bool or kind is float:
        return value
    if kind is dict:
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if kind is list or kind is tuple:
        return [_plain(item) for item in value]
    properties = _known.get(kind) or _properties(kind)
    result = {}
    for name, key, default in properties:
        item = getattr(value, name)
        if item is None or (default is not None and item == default and key != _ALWAYS_WRITTEN):
            continue
        result[key] = _plain(item)
    return result


def _properties(kind: type) -> _Properties:
    attributes = getattr(kind, "__attrs_attrs__", None)
    if attributes is None:
        raise TypeError(f"{kind.__name__} is no object of SARIF")
    _known[kind] = tuple(
        (attribute.name, attribute.metadata["schema_property_name"], _default(attribute.default))
        for attribute in attributes
    )
    return _known[kind]


def _default(default: Any) -> Any:
    """The value of a default; attrs has a mark of its own for one that is made anew."""
    factory: Callable[[], Any] | None = getattr(default, "factory", None)
    return default if factory is None else factory()
