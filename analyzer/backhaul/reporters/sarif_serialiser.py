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

_Properties: TypeAlias = tuple[tuple[str, str, Callable[[], Any]], ...]
_known: dict[type, _Properties] = {}
"""Attribute, property and default of each property of the sarif-om classes met so far."""


def to_json(log: object) -> str:
    """The text of a SARIF log: indented by two, with a final line end.

    ``log`` is made of sarif-om objects, dicts, lists, strings, numbers and booleans; None is left
    out. Raises ``TypeError`` for any other object.
    """
    return msgspec.json.format(msgspec.json.encode(_plain(log)), indent=2).decode() + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    kind = type(value)
    if kind not in _known:
        _known[kind] = _properties(kind)
    result = {}
    for name, key, default in _known[kind]:
        item = getattr(value, name)
        if item is not None and (key == _ALWAYS_WRITTEN or item != default()):
            result[key] = _plain(item)
    return result


def _properties(kind: type) -> _Properties:
    attributes = getattr(kind, "__attrs_attrs__", None)
    if attributes is None:
        raise TypeError(f"{kind.__name__} is no object of SARIF")
    return tuple(
        (attribute.name, attribute.metadata["schema_property_name"], _default_of(attribute.default))
        for attribute in attributes
    )


def _default_of(default: Any) -> Callable[[], Any]:
    """A function that gives the default; attrs has a mark of its own for one that is made anew."""
    factory: Callable[[], Any] | None = getattr(default, "factory", None)
    return factory or (lambda: default)
