"""What functions and their kin have in front of the body: parameters, result, attributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.unit import EXPRESSIONS, Unit
from backhaul.model.code import Parameter

PARAMETER = g.kind("parameter")
MODIFIERS = g.kind("modifiers")
ATTRIBUTE = g.kind("attribute")
ARROW = g.token("->")
ASYNC = g.token("async")
THROWS = frozenset((g.kind("throws"), g.kind("throws_clause")))
CONSTRAINTS = g.kind("type_constraints")
CLASS = g.token("class")
PROPERTY_MODIFIER = g.kind("property_modifier")
BEHAVIOR_MODIFIER = g.kind("property_behavior_modifier")
OWNERSHIP = g.kind("ownership_modifier")

IN_SIGNATURE = THROWS | {ARROW, ASYNC, CLASS, CONSTRAINTS}

MODIFIER_KINDS = frozenset(
    g.kind(name)
    for name in (
        "attribute",
        "member_modifier",
        "visibility_modifier",
        "function_modifier",
        "mutation_modifier",
        "property_modifier",
        "parameter_modifier",
        "ownership_modifier",
        "inheritance_modifier",
        "property_behavior_modifier",
    )
)


def modifier_nodes(children: Iterable[Node]) -> list[Node]:
    """The attributes and modifiers of the declaration with ``children``."""
    result = []
    for child in children:
        number = child.kind_id
        if number == MODIFIERS:
            result += [part for part in child.children if part.kind_id in MODIFIER_KINDS]
        elif number in MODIFIER_KINDS:
            result.append(child)
        elif number not in g.EXTRAS:
            break  # attributes of parameters and of supertypes follow
    return result


def texts(unit: Unit, nodes: Iterable[Node]) -> list[str]:
    return [unit.phrase(node.start_byte, node.end_byte) for node in nodes]


def parameters(unit: Unit, children: Sequence[Node], depth: int, labelled: bool = True) -> list[Parameter]:
    """The parameters among ``children``, each followed by its default value if it has one.

    ``labelled``: a name alone is the label too (not so in subscripts).
    """
    result: list[Parameter] = []
    expects_default = False
    for child in children:
        number = child.kind_id
        if number == PARAMETER:
            result.append(parameter(unit, child, labelled))
        elif number == g.EQUALS:
            expects_default = bool(result)
        elif expects_default and number not in g.EXTRAS:
            last = result[-1]
            last.default = EXPRESSIONS[number](unit, child, depth)
            last.end = child.end_byte
            expects_default = False
    return result


def parameter(unit: Unit, node: Node, labelled: bool) -> Parameter:
    """``label name: type``; without a label of its own the name is the label if ``labelled``."""
    words: list[str] = []
    type_ = ""
    for child in node.children:
        number = child.kind_id
        if number == g.COLON:
            type_ = unit.phrase(child.end_byte, node.end_byte)
            break
        if number == g.IDENTIFIER:
            words.append(unit.word(child))
    name = words[-1] if words else ""
    label = words[0] if len(words) > 1 or (words and labelled) else ""
    return Parameter(node.start_byte, node.end_byte, "" if label == "_" else label, name, type_)


class Signature:
    """What is read from the children of a function: result type, effects, modifiers."""

    __slots__ = ("attributes", "is_async", "is_static", "result", "throws")

    def __init__(self, unit: Unit, children: Sequence[Node], stop: int) -> None:
        """``stop``: the kind of the child that ends the signature (the body)."""
        modifiers = modifier_nodes(children)
        self.attributes = texts(unit, modifiers)
        self.is_static = any(
            node.kind_id == PROPERTY_MODIFIER and text in ("static", "class")
            for node, text in zip(modifiers, self.attributes, strict=True)
        )
        self.is_async = self.throws = False
        start = end = -1
        for child in children:
            number = child.kind_id
            if number in IN_SIGNATURE or number == stop:
                if number in (stop, CONSTRAINTS):
                    break
                if number == ARROW:
                    start = end = child.end_byte
                elif number == ASYNC:
                    self.is_async = True
                elif number == CLASS:
                    self.is_static = True
                    self.attributes.append("class")
                else:
                    self.throws = True
            elif start >= 0 and number not in g.EXTRAS:
                end = child.end_byte
        self.result = unit.phrase(start, end) if start >= 0 else ""

    @property
    def has_result(self) -> bool:
        return self.result not in ("", "Void", "()", "Swift.Void")
