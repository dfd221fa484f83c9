"""Functions, initialisers and deinitialisers outside of bodies."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.local_declarations import FUNCTION_BODY, function_block
from backhaul.frontends.swift.signatures import Signature, parameters
from backhaul.frontends.swift.unit import Unit
from backhaul.model.code import Block
from backhaul.model.declarations import NO_BODY, Function, FunctionKind, encode_body

FUNC = g.token("func")
INIT_WORD = g.token("init")
DEINIT_WORD = g.token("deinit")


def add(unit: Unit, function: Function, body: Callable[[], Block] | None, sound: bool = True) -> None:
    """Adds ``function`` to the unit, its body lowered by ``body``."""
    unit.functions.append(function)
    if body is None:
        return
    outer = unit.mentions, unit.damaged
    unit.mentions = set()
    unit.damaged = False
    block = body()
    function.body = encode_body(block)
    unit.mentions.discard("")  # the name of what is missing
    function.mentions = sorted(unit.mentions)
    function.is_damaged = unit.damaged or not sound
    unit.mentions, unit.damaged = outer


def function(unit: Unit, node: Node, owner: str) -> None:
    children = node.children
    signature = Signature(unit, children, FUNCTION_BODY)
    body = children[-1] if children[-1].kind_id == FUNCTION_BODY else None
    name_node = node
    for position, child in enumerate(children):
        if child.kind_id == FUNC:
            name_node = next(
                (part for part in children[position + 1 :] if part.kind_id not in g.EXTRAS), child
            )
            break
    declare(unit, node, owner, "method" if owner else "function", name_node, signature, body)


def initialiser(unit: Unit, node: Node, owner: str) -> None:
    children = node.children
    signature = Signature(unit, children, FUNCTION_BODY)
    body = children[-1] if children[-1].kind_id == FUNCTION_BODY else None
    name_node = next((child for child in children if child.kind_id == INIT_WORD), node)
    declare(unit, node, owner, "init", name_node, signature, body)


def deinitialiser(unit: Unit, node: Node, owner: str) -> None:
    children = node.children
    signature = Signature(unit, children, FUNCTION_BODY)
    body = children[-1] if children[-1].kind_id == FUNCTION_BODY else None
    name_node = next((child for child in children if child.kind_id == DEINIT_WORD), node)
    declare(unit, node, owner, "deinit", name_node, signature, body)


def declare(
    unit: Unit,
    node: Node,
    owner: str,
    kind: FunctionKind,
    name: Node,
    signature: Signature,
    body: Node | None,
) -> None:
    """Adds a function, method or initialiser; ``body`` None is a mere declaration."""
    entry = Function(
        unit.word(name),
        kind,
        owner,
        [],
        signature.result,
        node.start_byte,
        node.end_byte,
        name.start_byte,
        name.end_byte,
        NO_BODY,
        [],
        signature.attributes,
        signature.is_static,
        signature.is_async,
        signature.throws,
    )
    if body is None:
        entry.parameters = parameters(unit, node.children, 3)
        add(unit, entry, None)
        return

    def lower() -> Block:
        entry.parameters = parameters(unit, node.children, 3)
        return function_block(unit, body, 0, signature.has_result, node.end_byte)

    add(unit, entry, lower, g.is_sound(body))
