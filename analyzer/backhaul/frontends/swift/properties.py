"""Properties, globals and subscripts: their initial values, accessors and observers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.blocks import block_in, value_block
from backhaul.frontends.swift.functions import add
from backhaul.frontends.swift.local_declarations import COMPUTED, OBSERVERS, annotation
from backhaul.frontends.swift.patterns import PATTERN
from backhaul.frontends.swift.signatures import (
    ASYNC,
    BEHAVIOR_MODIFIER,
    THROWS,
    Signature,
    modifier_nodes,
    parameters,
    texts,
)
from backhaul.frontends.swift.unit import EXPRESSIONS, Unit
from backhaul.model.code import Block, Expression, Opaque, Parameter, Return
from backhaul.model.declarations import Function, FunctionKind, Property

PROTOCOL_PROPERTY = g.kind("protocol_property_declaration")
SUBSCRIPT_WORD = g.token("subscript")
GETTER = g.kind("computed_getter")
SETTER = g.kind("computed_setter")
MODIFY = g.kind("computed_modify")
GETTER_SPECIFIER = g.kind("getter_specifier")
OBSERVER_WORDS = {g.kind("willset_clause"): "newValue", g.kind("didset_clause"): "oldValue"}


def properties(unit: Unit, node: Node, owner: str) -> None:
    """``let`` and ``var`` outside functions: properties with their initial values and accessors."""
    children = node.children
    modifiers = modifier_nodes(children)
    attributes = texts(unit, modifiers)
    binding = ""
    start = node.start_byte
    position = 0
    while position < len(children):
        child = children[position]
        number = child.kind_id
        if number == g.VALUE_BINDING:
            binding = unit.text[child.start_byte : child.end_byte]
        elif number == PATTERN:
            if not binding:
                first = child.children[0]
                binding = unit.text[first.start_byte : first.end_byte]
            stop = position + 1
            while stop < len(children) and children[stop].kind_id != g.COMMA:
                stop += 1
            binding_of(
                unit, node, children[position:stop], start, owner, attributes, binding == "let", modifiers
            )
            position = stop
            if stop + 1 < len(children):
                start = children[stop + 1].start_byte
        position += 1


def binding_of(
    unit: Unit,
    node: Node,
    nodes: Sequence[Node],
    start: int,
    owner: str,
    attributes: list[str],
    is_constant: bool,
    modifiers: list[Node],
) -> None:
    """The variables of one pattern, with the value and the accessors behind it."""
    type_ = ""
    value: Node | None = None
    accessors: Node | None = None
    expects_value = False
    for part in nodes[1:]:
        number = part.kind_id
        if number == g.TYPE_ANNOTATION:
            type_ = annotation(unit, part)
        elif number == g.EQUALS:
            expects_value = True
        elif number in (COMPUTED, OBSERVERS):
            accessors = part
        elif expects_value and number not in g.SKIPPED:
            value = part
            expects_value = False
    is_static = any(text in ("static", "class") for text in attributes)
    computed = node.kind_id == PROTOCOL_PROPERTY or (accessors is not None and accessors.kind_id == COMPUTED)
    names = [part for part in leaves(nodes[0]) if part.kind_id == g.IDENTIFIER]
    for name in names:
        unit.properties.append(
            Property(
                unit.word(name),
                owner,
                type_,
                start,
                nodes[-1].end_byte,
                name.start_byte,
                name.end_byte,
                is_static,
                is_constant,
                any(part.kind_id == BEHAVIOR_MODIFIER for part in modifiers),
                computed,
                "weak" in attributes,
                attributes,
            )
        )
    if not names:
        return
    entry = Accessed(unit, node, owner, unit.word(names[0]), names[0], type_, attributes, is_static)
    if value is not None:
        initial = value

        def lowered() -> Expression:
            expression = EXPRESSIONS[initial.kind_id](unit, initial, 3)
            if len(names) > 1:
                expression = Opaque(expression.start, expression.end, [expression])
            return expression

        entry.value(names[0].start_byte, lowered, g.is_sound(initial))
    if accessors is not None and accessors.kind_id == COMPUTED:
        entry.computed(accessors)
    elif accessors is not None:
        for clause in accessors.children:
            given = OBSERVER_WORDS.get(clause.kind_id)
            if given is not None:
                entry.accessor(clause, "observer", given)


def leaves(node: Node) -> list[Node]:
    """The childless descendants of ``node``, in order."""
    result = []
    pending = [node]
    while pending:
        current = pending.pop()
        children = current.children
        if children and current.kind_id != g.IDENTIFIER:
            pending += reversed(children)
        else:
            result.append(current)
    return result


def subscript(unit: Unit, node: Node, owner: str) -> None:
    """``subscript(…) -> T { … }``: a method, and a setter if there is one."""
    children = node.children
    signature = Signature(unit, children, COMPUTED)
    word = next((child for child in children if child.kind_id == SUBSCRIPT_WORD), node)
    entry = Accessed(
        unit, node, owner, "subscript", word, signature.result, signature.attributes, signature.is_static
    )
    entry.getter = "method"
    entry.parameters = lambda: parameters(unit, children, 3, labelled=False)
    accessors = children[-1] if children[-1].kind_id == COMPUTED else None
    if accessors is None or not entry.computed(accessors):
        entry.bodiless()


class Accessed:
    """A property or subscript whose accessors are lowered."""

    def __init__(
        self,
        unit: Unit,
        node: Node,
        owner: str,
        name: str,
        name_node: Node,
        type_: str,
        attributes: list[str],
        is_static: bool,
    ) -> None:
        self.unit = unit
        self.node = node
        self.owner = owner
        self.name = name
        self.name_start = name_node.start_byte
        self.name_end = name_node.end_byte
        self.type = type_
        self.attributes = attributes
        self.is_static = is_static
        self.getter: FunctionKind = "getter"
        self.parameters: Callable[[], list[Parameter]] = list

    def entry(self, kind: FunctionKind, start: int, end: int) -> Function:
        return Function(
            self.name,
            kind,
            self.owner,
            [],
            self.type if kind in ("getter", "value", "method") else "",
            start,
            end,
            self.name_start,
            self.name_end,
            attributes=self.attributes,
            is_static=self.is_static,
        )

    def bodiless(self) -> None:
        function = self.entry(self.getter, self.node.start_byte, self.node.end_byte)
        function.parameters = self.parameters()
        add(self.unit, function, None)

    def computed(self, accessors: Node) -> bool:
        """Adds the accessors in a ``computed_property`` node; False if none has a body."""
        unit = self.unit
        inside = None
        found = False
        for child in accessors.children:
            number = child.kind_id
            if number == g.STATEMENTS:
                inside = child
            elif number == GETTER:
                found |= self.accessor(child, self.getter, None)
            elif number in (SETTER, MODIFY):
                found |= self.accessor(child, "setter", "newValue" if number == SETTER else None)
        if inside is None and (found or accessors.child_count > 2):
            return found
        function = self.entry(self.getter, accessors.start_byte, accessors.end_byte)

        def lower() -> Block:
            function.parameters = self.parameters()
            return value_block(unit, accessors, inside, 0, True)

        add(unit, function, lower, g.is_sound(accessors))
        return True

    def accessor(self, node: Node, kind: FunctionKind, given: str | None) -> bool:
        """One accessor with a body; ``given`` names its implicit parameter."""
        unit = self.unit
        function = self.entry(kind, node.start_byte, node.end_byte)
        body: Node | None = None
        opened = False
        parameter = Parameter(node.start_byte, node.start_byte, "", given or "", self.type)
        start = node.start_byte
        for child in node.children:
            number = child.kind_id
            if number == g.OPEN_BRACE:
                opened = True
                start = child.start_byte
            elif number == g.STATEMENTS:
                body = child
            elif number == g.IDENTIFIER and not opened:
                parameter = Parameter(child.start_byte, child.end_byte, "", unit.word(child), self.type)
            elif number == GETTER_SPECIFIER:
                effects = {part.kind_id for part in child.children}
                function.is_async = ASYNC in effects
                function.throws = bool(effects & THROWS)
        if not opened:
            return False

        def lower() -> Block:
            function.parameters = self.parameters()
            if given:
                function.parameters.append(parameter)
            if kind == "setter" or kind == "observer":
                return block_in(unit, body, 0, start, node.end_byte)
            return value_block(unit, node, body, 0, True)

        add(unit, function, lower, g.is_sound(node))
        return True

    def value(self, start: int, lowered: Callable[[], Expression], sound: bool) -> None:
        """The initial value, a function that returns it."""
        function = self.entry("value", start, start)

        def lower() -> Block:
            value = lowered()
            function.end = value.end
            return Block(value.start, value.end, [Return(value.start, value.end, value)])

        add(self.unit, function, lower, sound)
