"""Declarations of an Objective-C file: types, members, functions, globals, imports.

All branches of conditional compilation around declarations are read. What stands inside an error
is read too, as far as its own parts are sound.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from tree_sitter import Node

from backhaul.frontends.objc.bodies import begin, finish
from backhaul.frontends.objc.context import Context
from backhaul.frontends.objc.damage import has_bad_members
from backhaul.frontends.objc.declarators import read_declarator
from backhaul.frontends.objc.functions import (
    read_function,
    read_macro_method,
    read_method,
    read_prototype,
    read_value,
)
from backhaul.frontends.objc.grammar import (
    COMMENT,
    DECLARATORS,
    ERROR,
    IDENTIFIER,
    STATEMENTS,
    TYPES,
    kind,
    kinds,
    token,
)
from backhaul.frontends.objc.macros import read_constant
from backhaul.frontends.objc.members import read_fields, read_property, read_synthesized
from backhaul.frontends.objc.types import type_names
from backhaul.frontends.recovery import Declarations
from backhaul.model.code import Block, Statement
from backhaul.model.declarations import Function, Property, TypeDeclaration


class _Owner(Struct, frozen=True):
    """The type whose members are being read; no name outside of types."""

    name: str = ""
    attributes: tuple[str, ...] = ()  # that all members of this section share: "@optional"


_Pending = list[tuple[Node, _Owner]]
_Reader = Callable[[Context, Declarations, Node, _Owner, _Pending], None]
_FILE = _Owner()


def read_declarations(context: Context, root: Node) -> Declarations:
    """Everything declared below ``root``."""
    found = Declarations()
    pending: _Pending = [(root, _FILE)]
    while pending:
        node, owner = pending.pop()
        reader = _READERS.get(node.kind_id)
        if reader is not None:
            reader(context, found, node, owner, pending)
    return found


def _descend(_context: Context, _found: Declarations, node: Node, owner: _Owner, pending: _Pending) -> None:
    pending.extend((child, owner) for child in reversed(node.named_children))


def _section(context: Context, _found: Declarations, node: Node, owner: _Owner, pending: _Pending) -> None:
    """``@required`` or ``@optional`` and what follows."""
    first = node.children[0]
    word = context.word(first.start_byte, first.end_byte)
    section = _Owner(owner.name, ("@optional",) if word == "@optional" else ())
    pending.extend((child, section) for child in reversed(node.named_children))


def _method(context: Context, found: Declarations, node: Node, owner: _Owner, _pending: _Pending) -> None:
    function = read_method(context, node, owner.name, list(owner.attributes))
    if function is not None:
        found.functions.append(function)


def _function(context: Context, found: Declarations, node: Node, owner: _Owner, _pending: _Pending) -> None:
    function = read_function(context, node)
    if function is None and owner.name:
        function = read_macro_method(context, node, owner.name)
    if function is not None:
        found.functions.append(function)


def _property(context: Context, found: Declarations, node: Node, owner: _Owner, _pending: _Pending) -> None:
    found.properties.extend(read_property(context, node, owner.name, list(owner.attributes)))


def _synthesized(
    context: Context, found: Declarations, node: Node, owner: _Owner, _pending: _Pending
) -> None:
    found.properties.extend(read_synthesized(context, node, owner.name))


def _instance_variables(
    context: Context, found: Declarations, node: Node, owner: _Owner, _pending: _Pending
) -> None:
    visibility: list[str] = []
    pending = list(reversed(node.named_children))
    while pending:
        part = pending.pop()
        number = part.kind_id
        if number == _VISIBILITY:
            visibility = [context.word(part.start_byte, part.end_byte)]
        elif number in _VARIABLES:
            found.properties.extend(read_fields(context, part, owner.name, visibility))
        else:
            pending.extend(reversed(part.named_children))


def _declaration(context: Context, found: Declarations, node: Node, owner: _Owner, pending: _Pending) -> None:
    """Global variables and prototypes."""
    type_node: Node | None = None
    storage: list[str] = []
    start = node.start_byte
    for child in node.named_children:
        number = child.kind_id
        if number in DECLARATORS:
            read = read_declarator(context, type_node, child)
            if read is None:
                continue
            if read.parameters is not None:
                found.functions.append(read_prototype(context, node, read.name, read.parameters, read.type))
                continue
            first, last = read.name.start_byte, read.name.end_byte
            is_constant = b"const" in context.text[start:first].rpartition(b"*")[2].split()
            found.properties.append(
                Property(
                    context.word(first, last),
                    "",
                    read.type,
                    start,
                    node.end_byte,
                    first,
                    last,
                    is_constant=is_constant,
                    attributes=storage,
                )
            )
            if read.value is not None:
                found.functions.append(read_value(context, child, read.name, read.value))
        elif number in TYPES:
            type_node = type_node or child
            if number in _COMPOSITE:
                _composite(context, found, child, owner, pending)
        elif number == _STORAGE:
            storage = [*storage, context.word(child.start_byte, child.end_byte)]
        elif number == ERROR:
            pending.append((child, owner))


def _composite(context: Context, found: Declarations, node: Node, _owner: _Owner, _pending: _Pending) -> None:
    """A C struct, union or enum with a name and a body."""
    name = node.child_by_field_name("name")
    if name is not None:
        _read_composite(context, found, node, name, node)


def _type_definition(
    context: Context, found: Declarations, node: Node, _owner: _Owner, _pending: _Pending
) -> None:
    """``typedef struct { … } Name;``, ``typedef enum { … } Name;``: the new name is the type's."""
    body = next((child for child in node.named_children if child.kind_id in _COMPOSITE), None)
    if body is None:
        return
    names = [child for child in node.named_children if child.kind_id == _TYPE_NAME]
    name = names[-1] if names else body.child_by_field_name("name")
    if name is not None:
        _read_composite(context, found, body, name, node)


def _read_composite(context: Context, found: Declarations, node: Node, name: Node, whole: Node) -> None:
    """Adds the type with the body of ``node``, declared by ``whole``."""
    body = node.child_by_field_name("body")
    if body is None:
        return
    first, last = name.start_byte, name.end_byte
    word = context.word(first, last)
    members: list[str] = []
    is_enum = node.kind_id == _ENUM
    pending = list(reversed(body.named_children))
    while pending:
        part = pending.pop()
        if part.kind_id == _ENUMERATOR:
            case = part.named_children[0]
            members.append(context.word(case.start_byte, case.end_byte))
        elif part.kind_id == _FIELD:
            found.properties.extend(read_fields(context, part, word, []))
        else:
            pending.extend(reversed(part.named_children))
    form = "enum" if is_enum else "struct"
    found.types.append(
        TypeDeclaration(
            word,
            form,  # type: ignore[arg-type]
            [],
            whole.start_byte,
            whole.end_byte,
            first,
            last,
            members=members,
        )
    )


def _type(context: Context, found: Declarations, node: Node, _owner: _Owner, pending: _Pending) -> None:
    """``@interface``, ``@implementation`` or ``@protocol``, a category's among them."""
    name: Node | None = None
    category = ""
    is_extension = False
    before: list[str] = []  # lists in angle brackets: first the type's own parameters, then protocols
    after: list[list[str]] = []
    inherits: list[str] = []
    attributes: list[str] = []
    for child in node.children:
        number = child.kind_id
        if number == IDENTIFIER:
            word = context.word(child.start_byte, child.end_byte)
            if name is None:
                name = child
            elif is_extension:
                category = word
            elif not inherits:
                inherits.append(word)
        elif number == _BRACKET:
            is_extension = True
        elif number in _LISTS:
            if inherits or is_extension or node.kind_id == _PROTOCOL or name is None:
                after.append(type_names(context.text[child.start_byte : child.end_byte]))
            else:
                before = type_names(context.text[child.start_byte : child.end_byte])
        elif name is None and child.is_named and number != COMMENT:
            attributes.append(context.word(child.start_byte, child.end_byte))
        elif number in _MEMBERS:
            break
    if name is None:
        found.bad.append((node.start_byte, node.end_byte))
        _descend(context, found, node, _FILE, pending)
        return
    if not inherits and not is_extension and not after and node.kind_id == _INTERFACE:
        after = [before]  # a root class: what follows its name are protocols
    protocols = after[-1] if after and (len(after) > 1 or not inherits or "*" not in after[-1]) else []
    first, last = name.start_byte, name.end_byte
    word = context.word(first, last)
    form = "protocol" if node.kind_id == _PROTOCOL else "extension" if is_extension else "class"
    found.types.append(
        TypeDeclaration(
            word,
            form,  # type: ignore[arg-type]
            [*inherits, *protocols],
            node.start_byte,
            node.end_byte,
            first,
            last,
            category,
            attributes,
        )
    )
    if has_bad_members(node):
        found.bad.append((node.start_byte, node.end_byte))
    owner = _Owner(word)
    pending.extend((child, owner) for child in reversed(node.named_children))


def _include(context: Context, found: Declarations, node: Node, _owner: _Owner, _pending: _Pending) -> None:
    for child in node.named_children:
        if child.kind_id in _PATHS:
            found.imports.append(context.word(child.start_byte, child.end_byte).strip('<>"'))


def _macro(context: Context, found: Declarations, node: Node, _owner: _Owner, _pending: _Pending) -> None:
    constant = read_constant(context, node)
    if constant is not None:
        declared, value = constant
        found.properties.append(declared)
        found.functions.append(value)


def _module(context: Context, found: Declarations, node: Node, _owner: _Owner, _pending: _Pending) -> None:
    parts = [child for child in node.named_children if child.kind_id == IDENTIFIER]
    found.imports.append(".".join(context.word(part.start_byte, part.end_byte) for part in parts))


def _code(context: Context, found: Declarations, node: Node, _owner: _Owner, _pending: _Pending) -> None:
    """Code outside of functions: what a macro makes of the blocks given to it is unknown, but they
    are there to be run."""
    start, end = node.start_byte, node.end_byte
    if b"{" not in context.text[start:end]:
        return
    statements: list[Statement] = []
    begin(context)
    STATEMENTS[node.kind_id](context, node, 0, statements)
    if statements:
        function = Function("", "script", "", [], "", start, end, start, start)
        finish(context, function, Block(start, end, statements), node.has_error)
        found.functions.append(function)


_BRACKET = token("(")
_ENUM = kind("enum_specifier")
_ENUMERATOR = kind("enumerator")
_FIELD = kind("field_declaration")
_INTERFACE = kind("class_interface")
_PROTOCOL = kind("protocol_declaration")
_STORAGE = kind("storage_class_specifier")
_TYPE_NAME = kind("type_identifier")
_VISIBILITY = kind("visibility_specification")
_COMPOSITE = kinds("struct_specifier", "union_specifier", "enum_specifier")
_LISTS = kinds("parameterized_arguments", "protocol_reference_list", "generic_arguments")
_MEMBERS = kinds(
    "instance_variables", "method_declaration", "property_declaration", "implementation_definition"
)
_PATHS = kinds("string_literal", "system_lib_string", "identifier")
_VARIABLES = kinds("struct_declaration", "declaration")

_READERS: dict[int, _Reader] = {
    **dict.fromkeys(
        (
            *kinds(
                "translation_unit",
                "implementation_definition",
                "linkage_specification",
                "declaration_list",
                "preproc_if",
                "preproc_ifdef",
                "preproc_else",
                "preproc_elif",
                "preproc_elifdef",
            ),
            ERROR,
        ),
        _descend,
    ),
    **dict.fromkeys(kinds("class_interface", "class_implementation", "protocol_declaration"), _type),
    **dict.fromkeys(_COMPOSITE, _composite),
    **dict.fromkeys(kinds("method_declaration", "method_definition"), _method),
    kind("qualified_protocol_interface_declaration"): _section,
    kind("function_definition"): _function,
    kind("property_declaration"): _property,
    kind("property_implementation"): _synthesized,
    kind("instance_variables"): _instance_variables,
    kind("declaration"): _declaration,
    kind("type_definition"): _type_definition,
    kind("preproc_include"): _include,
    kind("preproc_def"): _macro,
    kind("module_import"): _module,
    kind("expression_statement"): _code,
}
