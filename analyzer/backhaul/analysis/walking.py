"""Visiting the nodes of a body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from backhaul.model.code import Call, Closure, LocalFunction, Node

_PLAIN_FIELDS = frozenset(
    "start end name names type label form operator text kind storage category optional trailing "
    "name_start name_end copies_locals is_async attributes is_constant falls_through is_exhaustive".split()
)
_fields: dict[type[Node], tuple[str, ...]] = {}

_NESTED = (Closure, LocalFunction)

N = TypeVar("N", bound=Node)


def children(node: Node) -> list[Node]:
    """The nodes directly inside ``node``, in the order of its fields."""
    cls = type(node)
    fields = _fields.get(cls)
    if fields is None:
        fields = _fields[cls] = tuple(f for f in cls.__struct_fields__ if f not in _PLAIN_FIELDS)
    found: list[Node] = []
    for name in fields:
        value = getattr(node, name)
        if value.__class__ is list:
            found += value
        elif isinstance(value, Node):
            found.append(value)
    return found


def descendants(node: Node, *, into_closures: bool = True) -> Iterator[Node]:
    """``node`` and everything inside it, parents first.

    With ``into_closures`` false, closures and local functions, ``node`` itself too, are given, but
    not entered.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if not into_closures and isinstance(current, _NESTED):
            continue
        stack.extend(reversed(children(current)))


def nodes_of(node: Node, cls: type[N], *, into_closures: bool = True) -> Iterator[N]:
    """The nodes of one class in ``node``, itself included."""
    for found in descendants(node, into_closures=into_closures):
        if isinstance(found, cls):
            yield found


def calls_in(node: Node, *, into_closures: bool = True) -> Iterator[Call]:
    return nodes_of(node, Call, into_closures=into_closures)
