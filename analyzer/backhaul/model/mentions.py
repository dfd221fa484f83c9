"""What a function mentions, in the words by which it is looked up without reading its body.

Besides every name by itself: ``name(label`` for a call in Swift, by the label of its first argument,
``name({`` where that is a closure after the parentheses, ``name(`` where there is none; and ``name=`` for
what is assigned to. So only bodies that can hold what is asked for need be decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from backhaul.model.code import Argument, Expression, Index, Member, Name, Unary

UNLABELLED = "_"


def call_mention(name: str, given: Sequence[Argument]) -> str:
    """How a call of ``name`` is mentioned."""
    if not given:
        return f"{name}("
    first = given[0]
    return f"{name}({{" if first.trailing else f"{name}({first.label or UNLABELLED}"


def mentions_of_calls(name: str, first_labels: Iterable[str]) -> Iterator[str]:
    """How calls of ``name`` can be mentioned whose first parameter is labelled so; "": that have no argument.

    An argument that is a closure can follow the parentheses, without its label.
    """
    for label in first_labels:
        yield f"{name}({label}"
        if label:
            yield f"{name}({{"


def mention_of_any_call(name: str) -> str:
    """What ``Program.mentioning`` takes for the calls of ``name`` with whatever arguments."""
    return f"{name}(*"


def assignment_mention(name: str) -> str:
    return f"{name}="


def assigned_name(target: Expression) -> str:
    """The variable or property that an assignment to ``target`` writes, or an element of which it writes."""
    while isinstance(target, (Index, Unary)):
        target = target.base if isinstance(target, Index) else target.operand
    return target.name if isinstance(target, (Member, Name)) else ""
