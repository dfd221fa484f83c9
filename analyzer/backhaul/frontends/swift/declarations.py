"""Declarations: types and their members, functions, properties, top-level code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.blocks import block_in, statements, value_block
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
from backhaul.frontends.swift.statements import (
    COMPUTED,
    FUNCTION_BODY,
    OBSERVERS,
    annotation,
    function_block,
)
from backhaul.frontends.swift.unit import EXPRESSIONS, Unit, lowers_statement
from backhaul.model.code import (
    Block,
    Expression,
    Opaque,
    Parameter,
    Return,
    Statement,
)
from backhaul.model.declarations import (
    NO_BODY,
    Function,
    FunctionKind,
    Property,
    TypeDeclaration,
    TypeKind,
    encode_body,
)

CLASS = g.kind("class_declaration")
PROTOCOL = g.kind("protocol_declaration")
BODIES = frozenset((g.kind("class_body"), g.kind("enum_class_body"), g.kind("protocol_body")))
TYPE_KINDS = {g.token(word): word for word in ("class", "struct", "enum", "actor", "extension", "protocol")}
INHERITANCE = g.kind("inheritance_specifier")
ENUM_ENTRY = g.kind("enum_entry")
PROPERTY = g.kind("property_declaration")
PROTOCOL_PROPERTY = g.kind("protocol_property_declaration")
FUNCTION = g.kind("function_declaration")
PROTOCOL_FUNCTION = g.kind("protocol_function_declaration")
INIT = g.kind("init_declaration")
DEINIT = g.kind("deinit_declaration")
SUBSCRIPT = g.kind("subscript_declaration")
IMPORT = g.kind("import_declaration")
DOTTED = g.kind("identifier")
FUNC = g.token("func")
GETTER = g.kind("computed_getter")
SETTER = g.kind("computed_setter")
MODIFY = g.kind("computed_modify")
GETTER_SPECIFIER = g.kind("getter_specifier")
OBSERVER_WORDS = {g.kind("willset_clause"): "newValue", g.kind("didset_clause"): "oldValue"}
VARARGS = g.token("...")

DECLARATIONS = frozenset(
    (
        CLASS,
        PROTOCOL,
        ENUM_ENTRY,
        PROPERTY,
        PROTOCOL_PROPERTY,
        FUNCTION,
        PROTOCOL_FUNCTION,
        INIT,
        DEINIT,
        SUBSCRIPT,
        IMPORT,
    )
)


def module(unit: Unit, root: Node) -> None:
    """Lowers the whole file, its ``source_file`` node ``root``."""
    script = members(unit, root.children, "", None)
    if any(node.kind_id not in (g.DIRECTIVE, g.DIAGNOSTIC) for node in script):
        start, end = script[0].start_byte, script[-1].end_byte

        def body() -> Block:
            return Block(start, end, statements(unit, script, 2))

        sound = all(g.is_sound(node) for node in script)
        add(unit, Function("script", "script", "", [], "", start, end, start, start), body, sound)


def members(unit: Unit, nodes: Iterable[Node], owner: str, type_: TypeDeclaration | None) -> list[Node]:
    """Lowers the declarations among ``nodes``; returns the others, which are code.

    Declarations inside what could not be parsed are lowered too.
    """
    code: list[Node] = []
    for node in nodes:
        number = node.kind_id
        if number in (FUNCTION, PROTOCOL_FUNCTION):
            function(unit, node, owner)
        elif number in (PROPERTY, PROTOCOL_PROPERTY):
            properties(unit, node, owner)
        elif number in (CLASS, PROTOCOL):
            type_declaration(unit, node, owner)
        elif number == INIT:
            initialiser(unit, node, owner)
        elif number == ENUM_ENTRY:
            if type_ is not None:
                type_.members += enum_cases(unit, node)
        elif number == SUBSCRIPT:
            subscript(unit, node, owner)
        elif number == DEINIT:
            deinitialiser(unit, node, owner)
        elif number == IMPORT:
            imported(unit, node)
        elif number == g.ERROR:
            code += members(unit, node.children, owner, type_)
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
    function.mentions = sorted(unit.mentions)
    function.is_damaged = unit.damaged or not sound
    unit.mentions, unit.damaged = outer


def imported(unit: Unit, node: Node) -> None:
    for child in node.children:
        if child.kind_id == DOTTED:
            unit.imports.append(unit.phrase(child.start_byte, child.end_byte))


@lowers_statement(CLASS, PROTOCOL)
def local_type(unit: Unit, node: Node, _depth: int, _result: list[Statement]) -> None:
    """A type declared inside a function: its members are the file's, they are not run here."""
    type_declaration(unit, node, "")


def type_declaration(unit: Unit, node: Node, outer: str) -> None:
    """A class, struct, enum, actor, protocol or extension with all that it declares."""
    kind = "protocol" if node.kind_id == PROTOCOL else ""
    name = ""
    name_start = name_end = node.start_byte
    inherits: list[str] = []
    bodies: list[Node] = []
    for child in node.children:
        number = child.kind_id
        if not kind and number in TYPE_KINDS:
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
    pending = node.children
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


INIT_WORD = g.token("init")
DEINIT_WORD = g.token("deinit")
SUBSCRIPT_WORD = g.token("subscript")


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
