"""Statements: branches, loops, error handling, local declarations."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.blocks import block_in, statements
from backhaul.frontends.swift.chains import too_deep
from backhaul.frontends.swift.patterns import PATTERN, bound_names, pattern
from backhaul.frontends.swift.unit import (
    EXPRESSIONS,
    MAX_DEPTH,
    STATEMENT_KINDS,
    Unit,
    lowers_statement,
)
from backhaul.model.code import (
    Argument,
    Binding,
    Block,
    Break,
    Call,
    Case,
    Catch,
    Collection,
    Continue,
    Do,
    Evaluate,
    Expression,
    Guard,
    If,
    Loop,
    Name,
    Opaque,
    Return,
    Statement,
    Switch,
    Throw,
    Unary,
)
from backhaul.model.mentions import call_mention

IF = g.kind("if_statement")
ELSE = g.kind("else")
CASE = g.token("case")
ENTRY = g.kind("switch_entry")
SWITCH_PATTERN = g.kind("switch_pattern")
WHERE = g.kind("where_keyword")
FALLTHROUGH = g.token("fallthrough")
CATCH = g.kind("catch_block")
TRANSFER_WORDS = {g.token(word): word for word in ("return", "break", "continue", "yield")}
TUPLE = g.kind("tuple_expression")
WHILE = g.token("while")
IN = g.token("in")
AWAIT = g.token("await")
TRY_OPERATOR = g.kind("try_operator")


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
            start = patterns[0].start if patterns else clause.start
            patterns = [Opaque(start, clause.end, [*patterns, clause])]
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
        if operand is not None and operand.kind_id == TUPLE and operand.start_byte == start + len("yield"):
            result.append(Evaluate(start, end, called(unit, "yield", start, operand, yielded)))
        else:
            result.append(Evaluate(start, end, Unary(start, end, "yield", yielded)))
    else:
        result.append(Throw(start, end, value_or_none))


def called(unit: Unit, name: str, start: int, parentheses: Node, inside: Expression) -> Call:
    """A call of a function that the grammar takes for a keyword; ``inside`` are its arguments."""
    values = [inside]
    if isinstance(inside, Collection) and inside.start == parentheses.start_byte:
        values = inside.items
    given = [Argument(value.start, value.end, None, value) for value in values]
    unit.mentions.update((name, call_mention(name, given)))
    return Call(start, parentheses.end_byte, None, name, given, start, start + len(name))


@lowers_statement(g.kind("throw_keyword"))
def top_level_throw(_unit: Unit, node: Node, _depth: int, result: list[Statement]) -> None:
    """``throw`` outside any function: its value follows as a statement of its own."""
    result.append(Throw(node.start_byte, node.end_byte))


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
