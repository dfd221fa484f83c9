"""What a file declares: types with their members, and top-level code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.blocks import statements
from backhaul.frontends.swift.functions import add, deinitialiser, function, initialiser
from backhaul.frontends.swift.local_declarations import COMPUTED, FUNCTION_BODY, OBSERVERS
from backhaul.frontends.swift.properties import PROTOCOL_PROPERTY, properties, subscript
from backhaul.frontends.swift.signatures import modifier_nodes, texts
from backhaul.frontends.swift.unit import Unit, lowers_statement
from backhaul.model.code import Block, Statement
from backhaul.model.declarations import Function, TypeDeclaration, TypeKind

CLASS = g.kind("class_declaration")
PROTOCOL = g.kind("protocol_declaration")
BODIES = frozenset((g.kind("class_body"), g.kind("enum_class_body"), g.kind("protocol_body")))
TYPE_KINDS = {g.token(word): word for word in ("class", "struct", "enum", "actor", "extension", "protocol")}
INHERITANCE = g.kind("inheritance_specifier")
ENUM_ENTRY = g.kind("enum_entry")
DOTTED = g.kind("identifier")


def module(unit: Unit, root: Node) -> None:
    """Lowers the whole file, its ``source_file`` node ``root``."""
    script = members(unit, root.children, "", None)
    while unit.later:
        type_declaration(unit, *unit.later.pop())
    if any(node.kind_id not in (g.DIRECTIVE, g.DIAGNOSTIC) for node in script):
        start, end = script[0].start_byte, script[-1].end_byte

        def body() -> Block:
            return Block(start, end, statements(unit, script, 2))

        sound = all(g.is_sound(node) for node in script)
        add(unit, Function("script", "script", "", [], "", start, end, start, start), body, sound)


def members(unit: Unit, nodes: Iterable[Node], owner: str, type_: TypeDeclaration | None) -> list[Node]:
    """Lowers the declarations among ``nodes``; returns the others, which are code.

    Declarations inside what could not be parsed are lowered too; types come ``later``, since they
    may nest to any depth.
    """
    code: list[Node] = []
    pending = list(nodes)
    pending.reverse()
    while pending:
        node = pending.pop()
        number = node.kind_id
        member = MEMBERS.get(number)
        if member is not None:
            member(unit, node, owner)
        elif number in (CLASS, PROTOCOL):
            unit.later.append((node, owner))
        elif number == ENUM_ENTRY:
            if type_ is not None:
                type_.members += enum_cases(unit, node)
        elif number == g.ERROR:
            pending += reversed(node.children)
        elif node.is_named and number not in g.EXTRAS and number not in STATEMENTS_WITHOUT_CODE:
            code.append(node)
    return code


JUDGED_THEMSELVES = frozenset((FUNCTION_BODY, COMPUTED, OBSERVERS, CLASS, PROTOCOL))

STATEMENTS_WITHOUT_CODE = frozenset(
    g.kind(name)
    for name in (
        "typealias_declaration",
        "associatedtype_declaration",
        "operator_declaration",
        "precedence_group_declaration",
        "macro_declaration",
        "shebang_line",
    )
)


def imported(unit: Unit, node: Node, _owner: str) -> None:
    for child in node.children:
        if child.kind_id == DOTTED:
            unit.imports.append(unit.phrase(child.start_byte, child.end_byte))


MEMBERS: dict[int, Callable[[Unit, Node, str], None]] = {
    g.kind("function_declaration"): function,
    g.kind("protocol_function_declaration"): function,
    g.kind("property_declaration"): properties,
    PROTOCOL_PROPERTY: properties,
    g.kind("init_declaration"): initialiser,
    g.kind("deinit_declaration"): deinitialiser,
    g.kind("subscript_declaration"): subscript,
    g.kind("import_declaration"): imported,
}
"""How declarations that are no types are lowered: (unit, node, owner)."""


@lowers_statement(CLASS, PROTOCOL)
def local_type(unit: Unit, node: Node, _depth: int, _result: list[Statement]) -> None:
    """A type declared inside a function: its members are the file's, they are not run here."""
    unit.later.append((node, ""))


def type_declaration(unit: Unit, node: Node, outer: str) -> None:
    """A class, struct, enum, actor, protocol or extension with all that it declares."""
    kind = name = ""
    name_start = name_end = node.start_byte
    inherits: list[str] = []
    bodies: list[Node] = []
    for child in node.children:
        number = child.kind_id
        if not kind and number in TYPE_KINDS:  # what stands before it are modifiers
            kind = TYPE_KINDS[number]
        elif number in BODIES:
            bodies.append(child)
        elif number == INHERITANCE:
            inherits.append(type_text(unit, child.children[0]))
        elif kind and not name and child.is_named and number not in g.EXTRAS:
            name = type_text(unit, child)
            name_start, name_end = child.start_byte, child.end_byte
    full = f"{outer}.{name}" if outer and kind != "extension" else name
    type_ = TypeDeclaration(
        full,
        cast(TypeKind, kind or "class"),
        inherits,
        node.start_byte,
        node.end_byte,
        name_start,
        name_end,
        attributes=texts(unit, modifier_nodes(node.children)),
    )
    unit.types.append(type_)
    if node.has_error and not is_sound_outside_bodies(node):
        unit.bad.append((node.start_byte, node.end_byte))
    for body in bodies:
        code = members(unit, body.children, full, type_)
        stray(unit, code, full)


def is_sound_outside_bodies(node: Node) -> bool:
    """Whether the type ``node`` has no error but in functions, values and the types in it."""
    pending = list(node.children)
    while pending:
        child = pending.pop()
        if child.is_error or child.is_missing:
            return False
        if child.has_error and child.kind_id not in JUDGED_THEMSELVES:
            pending += child.children
    return True


def stray(unit: Unit, nodes: list[Node], owner: str) -> None:
    """Code directly in a type: only what could not be parsed leaves some."""
    code = [node for node in nodes if node.kind_id not in (g.DIRECTIVE, g.DIAGNOSTIC)]
    if code:
        start, end = code[0].start_byte, code[-1].end_byte

        def body() -> Block:
            return Block(start, end, statements(unit, code, 2))

        add(unit, Function("script", "script", owner, [], "", start, end, start, start), body, False)


def type_text(unit: Unit, node: Node) -> str:
    """A type's name as written, without generic arguments; any other type as its source text."""
    if node.kind_id == g.USER_TYPE:
        return ".".join(unit.word(part) for part in node.children if part.kind_id == g.TYPE_IDENTIFIER)
    if node.kind_id == g.TYPE_IDENTIFIER:
        return unit.word(node)
    return unit.phrase(node.start_byte, node.end_byte)


def enum_cases(unit: Unit, node: Node) -> list[str]:
    children = node.children
    result = []
    expects_value = False
    for child in children:
        number = child.kind_id
        if number == g.EQUALS:
            expects_value = True
        elif number == g.COMMA:
            expects_value = False
        elif number == g.IDENTIFIER and not expects_value:
            result.append(unit.word(child))
    return result
