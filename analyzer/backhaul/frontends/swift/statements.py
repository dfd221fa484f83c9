"""Statements: branches, loops, error handling, local declarations."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.blocks import block_in, statements, value_block
from backhaul.frontends.swift.chains import too_deep
from backhaul.frontends.swift.patterns import PATTERN, bound_names, pattern
from backhaul.frontends.swift.signatures import Signature, modifier_nodes, parameters, texts
from backhaul.frontends.swift.unit import (
    EXPRESSIONS,
    MAX_DEPTH,
    STATEMENT_KINDS,
    Unit,
    lowers_statement,
)
from backhaul.model.code import (
    Binding,
    Block,
    Break,
    Case,
    Catch,
    Collection,
    Continue,
    Destructure,
    Do,
    Evaluate,
    Expression,
    Guard,
    If,
    Local,
    LocalFunction,
    Loop,
    Name,
    Opaque,
    Return,
    Statement,
    Storage,
    Switch,
    Throw,
    Unary,
)

IF = g.kind("if_statement")
ELSE = g.kind("else")
CASE = g.token("case")
ENTRY = g.kind("switch_entry")
SWITCH_PATTERN = g.kind("switch_pattern")
WHERE = g.kind("where_keyword")
FALLTHROUGH = g.token("fallthrough")
CATCH = g.kind("catch_block")
TRANSFER_WORDS = {g.token(word): word for word in ("return", "break", "continue", "yield")}
WHILE = g.token("while")
IN = g.token("in")
AWAIT = g.token("await")
TRY_OPERATOR = g.kind("try_operator")
FUNCTION_BODY = g.kind("function_body")
COMPUTED = g.kind("computed_property")
OBSERVERS = g.kind("willset_didset_block")


def braces(unit: Unit, children: Sequence[Node], position: int, depth: int) -> tuple[Block, int]:
    """The block whose opening brace is at or after ``position``, and the position behind it."""
    while position < len(children) and children[position].kind_id != g.OPEN_BRACE:
        position += 1
    if position == len(children):
        end = children[-1].end_byte
        return Block(end, end, []), position
    start = children[position].start_byte
    body: Node | None = None
    position += 1
    while position < len(children) and children[position].kind_id != g.CLOSE_BRACE:
        if children[position].kind_id == g.STATEMENTS:
            body = children[position]
        position += 1
    last = children[min(position, len(children) - 1)]
    return block_in(unit, body, depth, start, last.end_byte), position + 1


def conditions(
    unit: Unit, children: Sequence[Node], position: int, depth: int
) -> tuple[list[Expression], int]:
    """The conditions from ``position`` on, and the position of the brace or ``else`` behind them."""
    result: list[Expression] = []
    item: list[Node] = []
    nested = 0
    while position < len(children):
        node = children[position]
        number = node.kind_id
        if number == g.OPEN_BRACE or number == ELSE:
            break
        if number == g.OPEN_PAREN:
            nested += 1
        elif number == g.CLOSE_PAREN:
            nested -= 1
        if number == g.COMMA and nested <= 0:
            condition(unit, item, depth, result)
            item = []
        elif number not in g.EXTRAS:
            item.append(node)
        position += 1
    condition(unit, item, depth, result)
    return result, position


def condition(unit: Unit, nodes: list[Node], depth: int, result: list[Expression]) -> None:
    """Adds the condition that ``nodes`` spell; a ``where`` clause of a binding is one more."""
    if not nodes:
        return
    first = nodes[0]
    number = first.kind_id
    if number != g.VALUE_BINDING and number != CASE:
        for node in nodes:
            if node.kind_id != g.QUESTION:
                result.append(EXPRESSIONS[node.kind_id](unit, node, depth))
        return
    where: Node | None = None
    if nodes[-1].kind_id == g.WHERE_CLAUSE:
        where = nodes.pop()
    split = next((index for index, node in enumerate(nodes) if node.kind_id == g.EQUALS), len(nodes))
    shape = [node for node in nodes[:split] if node.kind_id != g.TYPE_ANNOTATION]
    values = [node for node in nodes[split + 1 :] if node.kind_id != g.QUESTION]
    names: list[str] = []
    matched = pattern(unit, shape, depth + 1, names, False)
    value: Expression
    if values:
        value = EXPRESSIONS[values[0].kind_id](unit, values[0], depth + 1)
    elif isinstance(matched, Name):
        value = Name(matched.start, matched.end, matched.name)
    else:
        value = Opaque(matched.end, matched.end, [])
    tested = None if number != CASE and not isinstance(matched, Collection) else matched
    result.append(Binding(first.start_byte, max(value.end, matched.end), names, value, tested))
    if where is not None:
        result.append(where_condition(unit, where, depth))


def where_condition(unit: Unit, clause: Node, depth: int) -> Expression:
    value = clause.children[-1]
    return EXPRESSIONS[value.kind_id](unit, value, depth)


@lowers_statement(IF)
def if_statement(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    if depth > MAX_DEPTH:
        result.append(Evaluate(node.start_byte, node.end_byte, too_deep(unit, node)))
        return
    children = node.children
    tests, position = conditions(unit, children, 1, depth + 2)
    then, position = braces(unit, children, position, depth + 1)
    otherwise: Block | None = None
    while position < len(children) and children[position].kind_id in g.EXTRAS:
        position += 1
    if position < len(children) and children[position].kind_id == ELSE:
        last = children[-1]
        if last.kind_id == IF:
            chained: list[Statement] = []
            if_statement(unit, last, depth + 3, chained)
            otherwise = Block(last.start_byte, last.end_byte, chained)
        else:
            otherwise, _ = braces(unit, children, position, depth + 1)
    result.append(If(node.start_byte, node.end_byte, tests, then, otherwise))


@lowers_statement(g.kind("guard_statement"))
def guard(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    tests, position = conditions(unit, node.children, 1, depth + 2)
    otherwise, _ = braces(unit, node.children, position, depth + 1)
    result.append(Guard(node.start_byte, node.end_byte, tests, otherwise))


@lowers_statement(g.kind("while_statement"))
def while_loop(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    tests, position = conditions(unit, node.children, 1, depth + 2)
    body, _ = braces(unit, node.children, position, depth + 1)
    result.append(Loop(node.start_byte, node.end_byte, "while", body, conditions=tests))


@lowers_statement(g.kind("repeat_while_statement"))
def repeat_loop(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    children = node.children
    body, position = braces(unit, children, 0, depth + 1)
    while position < len(children) and children[position].kind_id != WHILE:
        position += 1
    tests, _ = conditions(unit, children, position + 1, depth + 2)
    result.append(Loop(node.start_byte, node.end_byte, "repeat", body, conditions=tests))


@lowers_statement(g.kind("for_statement"))
def for_loop(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    children = node.children
    names: list[str] = []
    tests: list[Expression] = []
    sequence: Expression | None = None
    is_async = within = False
    position = 1
    while position < len(children) and children[position].kind_id != g.OPEN_BRACE:
        child = children[position]
        number = child.kind_id
        if number == AWAIT:
            is_async = True
        elif number == PATTERN and not within:
            matched, names = bound_names(unit, child, depth + 2)
            if not isinstance(matched, Name | Collection):
                tests.append(matched)
        elif number == IN:
            within = True
        elif number == g.WHERE_CLAUSE:
            tests.append(where_condition(unit, child, depth + 2))
        elif within and number not in g.SKIPPED and sequence is None:
            sequence = EXPRESSIONS[number](unit, child, depth + 1)
        position += 1
    body, _ = braces(unit, children, position, depth + 1)
    result.append(
        Loop(node.start_byte, node.end_byte, "for-in", body, names, sequence, tests, is_async=is_async)
    )


@lowers_statement(g.kind("switch_statement"))
def switch(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    children = [child for child in node.children if child.kind_id not in g.SKIPPED]
    subject = children[1] if len(children) > 1 else node
    value = (
        EXPRESSIONS[subject.kind_id](unit, subject, depth + 1)
        if subject.is_named and subject is not node
        else Opaque(node.start_byte, node.start_byte, [])
    )
    cases = [case(unit, child, depth + 2) for child in children if child.kind_id == ENTRY]
    result.append(Switch(node.start_byte, node.end_byte, value, cases, True))


def case(unit: Unit, node: Node, depth: int) -> Case:
    patterns: list[Expression] = []
    names: list[str] = []
    where: Expression | None = None
    body: Node | None = None
    falls_through = expects_where = False
    colon = node.end_byte
    for child in node.children:
        number = child.kind_id
        if number == SWITCH_PATTERN:
            patterns.append(pattern(unit, child.children, depth + 2, names, False))
        elif number == WHERE:
            expects_where = True
        elif number == g.STATEMENTS:
            body = child
        elif number == g.COLON:
            colon = child.end_byte
        elif number == FALLTHROUGH:
            falls_through = True
        elif expects_where and child.is_named and number not in g.EXTRAS:
            where = EXPRESSIONS[number](unit, child, depth + 1)
            expects_where = False
    block = block_in(unit, body, depth + 1, colon, node.end_byte)
    return Case(node.start_byte, node.end_byte, patterns, names, block, where, falls_through)


@lowers_statement(g.kind("do_statement"))
def do_statement(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    children = node.children
    body, _ = braces(unit, children, 1, depth + 1)
    catches = [handler(unit, child, depth + 2) for child in children if child.kind_id == CATCH]
    result.append(Do(node.start_byte, node.end_byte, body, catches))


def handler(unit: Unit, node: Node, depth: int) -> Catch:
    """``catch pattern where … { … }``; ``catch let e`` catches everything, as ``catch`` does."""
    children = node.children
    patterns: list[Expression] = []
    names: list[str] = []
    bound = False
    for child in children:
        number = child.kind_id
        if number == PATTERN:
            bound = True
            matched = pattern(unit, child.children, depth + 2, names, False)
            if not (isinstance(matched, Name) and matched.name in names):
                patterns.append(matched)
        elif number == g.WHERE_CLAUSE:
            clause = where_condition(unit, child, depth + 3)
            patterns = [Opaque(clause.start, clause.end, [*patterns, clause])]
        elif number == g.OPEN_BRACE:
            break
    if not bound:
        names = ["error"]
    body, _ = braces(unit, children, 1, depth + 1)
    return Catch(node.start_byte, node.end_byte, patterns, names, body)


@lowers_statement(g.kind("control_transfer_statement"))
def transfer(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    children = [child for child in node.children if child.kind_id not in g.SKIPPED]
    start, end = node.start_byte, node.end_byte
    word = TRANSFER_WORDS.get(children[0].kind_id)
    operand = children[-1] if len(children) > 1 else None
    if word == "break" or word == "continue":
        label = ""
        if operand is not None and operand.kind_id == g.IDENTIFIER:
            label = unit.word(operand)
            operand = None
        result.append((Break if word == "break" else Continue)(start, end, label))
        if operand is not None:
            value = EXPRESSIONS[operand.kind_id](unit, operand, depth + 1)
            result.append(Evaluate(value.start, value.end, value))
        return
    value_or_none = None if operand is None else EXPRESSIONS[operand.kind_id](unit, operand, depth + 1)
    if word == "return":
        result.append(Return(start, end, value_or_none))
    elif word == "yield":
        yielded = value_or_none or Opaque(end, end, [])
        result.append(Evaluate(start, end, Unary(start, end, "yield", yielded)))
    else:
        result.append(Throw(start, end, value_or_none))


@lowers_statement(g.kind("throw_keyword"))
def top_level_throw(_unit: Unit, node: Node, _depth: int, result: list[Statement]) -> None:
    """``throw`` outside any function: its value follows as a statement of its own."""
    result.append(Throw(node.start_byte, node.end_byte))


@lowers_statement(g.kind("property_declaration"))
def local(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    """``let`` and ``var``: one statement a variable, or one for the parts of a tuple."""
    children = node.children
    attributes = texts(unit, modifier_nodes(children))
    storage: Storage = "weak" if "weak" in attributes else "plain"
    is_constant = False
    start = node.start_byte
    position = 0
    while position < len(children):
        child = children[position]
        if child.kind_id == g.VALUE_BINDING:
            is_constant = unit.text.startswith("let", child.start_byte)
        elif child.kind_id == PATTERN:
            stop = position + 1
            while stop < len(children) and children[stop].kind_id != g.COMMA:
                stop += 1
            variable(unit, children[position:stop], start, depth, is_constant, storage, result)
            position = stop
            if stop + 1 < len(children):
                start = children[stop + 1].start_byte
        position += 1


def variable(
    unit: Unit,
    nodes: Sequence[Node],
    start: int,
    depth: int,
    is_constant: bool,
    storage: Storage,
    result: list[Statement],
) -> None:
    """Adds the variable that ``nodes`` declare: pattern, type, value, accessors."""
    matched, names = bound_names(unit, nodes[0], depth + 1)
    type_ = ""
    value: Expression | None = None
    accessors: Node | None = None
    expects_value = False
    for node in nodes[1:]:
        number = node.kind_id
        if number == g.TYPE_ANNOTATION:
            type_ = annotation(unit, node)
        elif number == g.EQUALS:
            expects_value = True
        elif number in (COMPUTED, OBSERVERS):
            accessors = node
        elif expects_value and number not in g.SKIPPED:
            value = EXPRESSIONS[number](unit, node, depth + 1)
            expects_value = False
    end = nodes[-1].end_byte
    if isinstance(matched, Collection):
        if value is not None:
            parts = [item.name if isinstance(item, Name) else "_" for item in matched.items]
            if any(not isinstance(item, Name) for item in matched.items):
                parts = names
            result.append(Destructure(start, end, parts, value))
        else:
            result += [Local(start, end, name, "", None, is_constant, storage) for name in names]
        return
    name = names[0] if names else "_"
    if accessors is not None and accessors.kind_id == COMPUTED:
        body = next((child for child in accessors.children if child.kind_id == g.STATEMENTS), None)
        block = value_block(unit, accessors, body, depth + 1, True)
        if body is None:
            block = Block(block.start, block.end, accessor_statements(unit, accessors, depth + 3))
        result.append(LocalFunction(start, end, name, [], block))
        return
    result.append(Local(start, end, name, type_, value, is_constant, storage))
    if accessors is not None:
        for child in accessors.children:
            if child.child_count:
                body = next((part for part in child.children if part.kind_id == g.STATEMENTS), None)
                block = block_in(unit, body, depth + 1, child.start_byte, child.end_byte)
                word = unit.word(child.children[0])
                result.append(LocalFunction(child.start_byte, child.end_byte, word, [], block))


def accessor_statements(unit: Unit, accessors: Node, depth: int) -> list[Statement]:
    """The bodies of ``get`` and ``set`` of a local computed variable, one after the other."""
    result: list[Statement] = []
    for child in accessors.children:
        for part in child.children:
            if part.kind_id == g.STATEMENTS:
                result += statements(unit, part.children, depth)
    return result


def annotation(unit: Unit, node: Node) -> str:
    """The type in ``: Type``."""
    children = node.children
    return unit.phrase(children[1].start_byte, node.end_byte) if len(children) > 1 else ""


@lowers_statement(g.kind("function_declaration"))
def local_function(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    children = node.children
    signature = Signature(unit, children, FUNCTION_BODY)
    body = next((child for child in children if child.kind_id == FUNCTION_BODY), None)
    word = ""
    for position, child in enumerate(children):
        if unit.text[child.start_byte : child.end_byte] == "func" and position + 1 < len(children):
            word = unit.word(children[position + 1])
            break
    result.append(
        LocalFunction(
            node.start_byte,
            node.end_byte,
            word,
            parameters(unit, children, depth + 3),
            function_block(unit, body, depth + 1, signature.has_result, node.end_byte),
            signature.is_async,
        )
    )


def function_block(unit: Unit, body: Node | None, depth: int, has_result: bool, end: int) -> Block:
    """The block of the ``function_body`` node ``body``."""
    if body is None:
        return Block(end, end, [])
    inside = next((child for child in body.children if child.kind_id == g.STATEMENTS), None)
    if has_result:
        return value_block(unit, body, inside, depth, True)
    return block_in(unit, inside, depth, body.start_byte, body.end_byte)


@lowers_statement(
    g.kind("typealias_declaration"),
    g.kind("associatedtype_declaration"),
    g.kind("operator_declaration"),
    g.kind("precedence_group_declaration"),
    g.kind("macro_declaration"),
    g.kind("import_declaration"),
)
def without_code(_unit: Unit, _node: Node, _depth: int, _result: list[Statement]) -> None:
    """A declaration in which nothing happens."""


@lowers_statement(g.ERROR)
def unparsed(unit: Unit, node: Node, depth: int, result: list[Statement]) -> None:
    """What could not be parsed: the statements and expressions in it."""
    unit.damaged = True
    if depth > MAX_DEPTH:
        return
    for child in node.children:
        if child.kind_id == g.STATEMENTS:
            result += statements(unit, child.children, depth + 1)
        elif child.kind_id in STATEMENT_KINDS or (child.is_named and child.kind_id in EXPRESSIONS):
            result += statements(unit, [child], depth + 1)
