"""Operators: what the parts of ``try await !a.b() ?? c as? T`` belong to.

The grammar's precedences differ from Swift's in places (``-x + y`` is read as ``-(x + y)``,
``try? f()?.g`` as ``(try? f())?.g``), but the order of its leaves is the order of the source. So an
expression with operators is taken apart into operands and operators and put together again with
the precedences of Swift's standard library:
https://developer.apple.com/documentation/swift/operator-declarations
Operators a program declares itself have the default precedence here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.chains import (
    CALL,
    CALL_SUFFIX,
    NAVIGATION,
    POSTFIX,
    PREFIX,
    STEPS,
    VALUE_ARGUMENTS,
    Step,
    arguments,
    chain,
    extend,
    steps_of,
    too_deep,
)
from backhaul.frontends.swift.unit import EXPRESSIONS, MAX_DEPTH, Unit, lowers
from backhaul.model.code import (
    Assign,
    Await,
    Binary,
    Cast,
    Collection,
    Conditional,
    Expression,
    Opaque,
    Try,
    Unary,
)
from backhaul.model.mentions import assigned_name, assignment_mention

TERNARY = g.kind("ternary_expression")
AS = g.kind("as_expression")
CHECK = g.kind("check_expression")
ASSIGNMENT = g.kind("assignment")
TARGET = g.kind("directly_assignable_expression")
TRY = g.kind("try_expression")
AWAIT = g.kind("await_expression")
CONSUME = g.kind("consume_expression")
UNSAFE = g.kind("unsafe_expression")
OPEN_START = g.kind("open_start_range_expression")
OPEN_END = g.kind("open_end_range_expression")
CUSTOM_OPERATOR = g.kind("custom_operator")

BINARY = frozenset(
    g.kind(name)
    for name in (
        "multiplicative_expression",
        "additive_expression",
        "range_expression",
        "infix_expression",
        "nil_coalescing_expression",
        "equality_expression",
        "comparison_expression",
        "conjunction_expression",
        "disjunction_expression",
        "bitwise_operation",
    )
)

LOOSE = BINARY | {TERNARY, AS, CHECK, ASSIGNMENT, TRY, AWAIT, CONSUME, UNSAFE, PREFIX, OPEN_START, OPEN_END}
"""Kinds that bind less tightly than a postfix step, whatever the tree says."""

OPERATORS = frozenset(
    (g.BANG, CUSTOM_OPERATOR, *(g.token(text) for text in ("-", "+", "&", "~", "++", "--")))
)
"""Kinds of an operator that stands where a called expression should: ``!(a)`` is read as a call."""

UNSETTLED = LOOSE | OPERATORS

UNARY, CAST, TERNARY_LEVEL, ASSIGNMENT_LEVEL, COVERING = 100, 30, 10, 5, 0
CUSTOM_LEVEL = 12

LEVELS = {
    **dict.fromkeys(("<<", ">>", "&<<", "&>>"), 60),
    **dict.fromkeys(("*", "/", "%", "&", "&*", ".*", "./", ".&"), 50),
    **dict.fromkeys(("+", "-", "|", "^", "&+", "&-", ".+", ".-", ".|", ".^"), 40),
    **dict.fromkeys(("...", "..<"), 35),
    "??": 25,
    **dict.fromkeys(("==", "!=", "===", "!==", "<", ">", "<=", ">=", "~=", ".==", ".!=", ".<", ".>"), 20),
    "&&": 15,
    "||": 14,
}
RIGHT = frozenset((25, TERNARY_LEVEL, ASSIGNMENT_LEVEL))
"""Levels whose operators associate to the right."""

LONGEST = 64
"""Operators of one sequence beyond which it is flattened, to bound the nesting of the model."""

Form = Literal["operand", "steps", "prefix", "postfix", "binary", "ternary", "cast", "assign"]
Token = tuple[Form, Node, str, Sequence[Step]]
"""What a part is; its node; its operator's text; its steps (of a chain)."""


def is_loose(node: Node) -> bool:
    """Whether the base ``node`` of a chain must be taken apart before the chain's steps apply."""
    number = node.kind_id
    if number == PREFIX:
        children = node.children
        return children[0].kind_id != g.DOT or children[-1].kind_id in STEPS or children[-1].kind_id in LOOSE
    return number in LOOSE or number in OPERATORS


@lowers(CALL, NAVIGATION, POSTFIX)
def lower_chain(unit: Unit, node: Node, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    steps, base = steps_of(node)
    number = base.kind_id
    if number == g.IDENTIFIER:
        return extend(unit, steps, depth, base.start_byte, base, None, False)
    if number in UNSETTLED and is_loose(base):
        return sequence(unit, node, depth)
    return chain(unit, base, steps, depth)


@lowers(TRY)
def lower_try(unit: Unit, node: Node, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    children = node.children
    operand = children[-1] if children[-1].kind_id != g.QUESTION else children[-2]
    value = EXPRESSIONS[operand.kind_id](unit, operand, depth + 1)
    return Try(node.start_byte, value.end, value, try_form(unit, children[0]))


@lowers(AWAIT)
def lower_await(unit: Unit, node: Node, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    children = node.children
    operand = children[-1] if children[-1].kind_id != g.QUESTION else children[-2]
    value = EXPRESSIONS[operand.kind_id](unit, operand, depth + 1)
    return Await(node.start_byte, value.end, value)


@lowers(PREFIX)
def lower_prefix(unit: Unit, node: Node, depth: int) -> Expression:
    children = node.children
    operator, operand = children[0], children[-1]
    number = operand.kind_id
    if operator.kind_id == g.DOT:
        if number not in STEPS and number not in LOOSE:
            return chain(unit, node, (), depth)
    elif number == g.IDENTIFIER:
        text = unit.source(operator.start_byte, operator.end_byte)
        return prefixed(unit, operator, text, EXPRESSIONS[number](unit, operand, depth + 1))
    return sequence(unit, node, depth)


@lowers(ASSIGNMENT)
def lower_assignment(unit: Unit, node: Node, depth: int) -> Expression:
    """An assignment; whatever stands right of it binds tighter."""
    children = node.children
    if len(children) == 3 and depth <= MAX_DEPTH:
        target, operator, value = children
        if target.kind_id == TARGET:
            target = target.children[0]
        if target.kind_id not in LOOSE:
            text = unit.text[operator.start_byte : operator.end_byte]
            left = EXPRESSIONS[target.kind_id](unit, target, depth + 1)
            right = EXPRESSIONS[value.kind_id](unit, value, depth + 1)
            return assigned(unit, node.start_byte, left, text, right)
    return sequence(unit, node, depth)


@lowers(*BINARY)
def lower_binary(unit: Unit, node: Node, depth: int) -> Expression:
    """An operator with two operands that have none themselves; anything else is a sequence."""
    children = node.children
    if len(children) != 3 or depth > MAX_DEPTH:
        return sequence(unit, node, depth)
    first, operator, second = children
    if first.kind_id in LOOSE or (second.kind_id in LOOSE and is_loose(second)):
        return sequence(unit, node, depth)
    left_steps, left = steps_of(first)
    right_steps, right = steps_of(second)
    if (left.kind_id in UNSETTLED and is_loose(left)) or (right.kind_id in UNSETTLED and is_loose(right)):
        return sequence(unit, node, depth)
    text = unit.text[operator.start_byte : operator.end_byte]
    if text == " =":
        return sequence(unit, node, depth)
    value = chain(unit, left, left_steps, depth + 1)
    return Binary(node.start_byte, second.end_byte, text, value, chain(unit, right, right_steps, depth + 1))


@lowers(TERNARY, AS, CHECK, CONSUME, UNSAFE, OPEN_START, OPEN_END)
def sequence(unit: Unit, node: Node, depth: int) -> Expression:
    """The expression ``node``, its operators sorted by Swift's precedences."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    return fold(unit, linearise(unit, node), depth)


def try_form(unit: Unit, operator: Node) -> Literal["try", "try?", "try!"]:
    last = unit.text[operator.start_byte : operator.end_byte][-1:]
    return "try?" if last == "?" else "try!" if last == "!" else "try"


def linearise(unit: Unit, root: Node) -> list[Token]:
    """The operands and operators of ``root`` in the order of the source."""
    tokens: list[Token] = []
    pending: list[Node | Token] = [root]
    while pending:
        item = pending.pop()
        if isinstance(item, tuple):
            tokens.append(item)
            continue
        number = item.kind_id
        if number in STEPS:
            take_chain(unit, item, pending)
        elif number in LOOSE:
            take_operator(unit, item, number, pending)
        elif number == TARGET and item.children:
            pending.append(item.children[0])
        else:
            pending.append(("operand", item, "", ()))
    return tokens


def take_chain(unit: Unit, node: Node, pending: list[Node | Token]) -> None:
    steps, base = steps_of(node)
    if not is_loose(base):
        pending.append(("operand", base, "", steps))
        return
    if base.kind_id in OPERATORS:
        operand = steps.pop()[2][-1]
        pending.append(("operand", operand, "", steps))
        pending.append(("prefix", base, unit.source(base.start_byte, base.end_byte), ()))
    else:
        pending.append(("steps", node, "", steps))
        pending.append(base)


def take_operator(unit: Unit, node: Node, number: int, pending: list[Node | Token]) -> None:
    """Appends the parts of ``node``, the last one first."""
    parts = [child for child in node.children if child.kind_id not in g.SKIPPED]
    first, last = parts[0], parts[-1]
    if number in BINARY or number == ASSIGNMENT:
        operator = parts[1] if len(parts) > 2 else first
        text = unit.source(operator.start_byte, operator.end_byte)
        if number in BINARY and text == " =":
            text = "~="  # the "=" of a pattern, parsed as an operator (see rules)
        form: Form = "assign" if number == ASSIGNMENT else "binary"
        pending += (last, (form, operator, text, ()), first)
    elif number == TERNARY:
        pending += (last, ("ternary", parts[1], "", ()), first)
    elif number in (AS, CHECK):
        operator = parts[1] if len(parts) > 2 else first
        text = unit.source(operator.start_byte, operator.end_byte)
        pending += (("cast", last, text, ()), first)
    elif number == OPEN_END:
        pending += (("postfix", last, "...", ()), first)
    elif (
        number == PREFIX
        and first.kind_id == g.DOT
        and last.kind_id not in LOOSE
        and last.kind_id not in STEPS
    ):
        pending.append(("operand", node, "", ()))
    else:
        text = unit.source(first.start_byte, first.end_byte)
        pending += (last, ("prefix", first, text, ()))


class Fold:
    """Operands and operators while they are put together (Dijkstra's shunting yard)."""

    __slots__ = ("operators", "unit", "values")

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.values: list[Expression] = []
        self.operators: list[tuple[int, Token, Expression | None]] = []

    def push(self, level: int, token: Token, middle: Expression | None = None) -> None:
        """An infix operator of ``level``; ``middle`` is the second operand of ``? :``."""
        self.reduce_above(level if level in RIGHT else level - 1)
        self.operators.append((level, token, middle))

    def reduce_above(self, level: int) -> None:
        operators = self.operators
        while operators and operators[-1][0] > level:
            self.reduce()

    def reduce(self) -> None:
        level, (form, node, text, _), middle = self.operators.pop()
        values = self.values
        right = values.pop()
        if form == "prefix":
            values.append(prefixed(self.unit, node, text, right))
            return
        left = values.pop()
        if form == "assign":
            values.append(assigned(self.unit, left.start, left, text, right))
        elif level == TERNARY_LEVEL:
            values.append(Conditional(left.start, right.end, left, middle, right))
        else:
            values.append(Binary(left.start, right.end, text, left, right))


def assigned(unit: Unit, start: int, target: Expression, operator: str, value: Expression) -> Assign:
    unit.mentions.add(assignment_mention(assigned_name(target)))
    return Assign(start, value.end, target, operator, value)


def prefixed(unit: Unit, operator: Node, text: str, value: Expression) -> Expression:
    start, end = operator.start_byte, value.end
    if text in ("a", "c", "t"):  # where a word begins that was parsed as an operator (see rules)
        if text == "a":
            return Await(start, end, value)
        if text == "c":
            return Unary(start, end, "consume", value)
        return Try(start, end, value, "try?" if unit.text.startswith("try?", start) else "try")
    if text[:3] == "try" and text.strip("?!") == "try":
        return Try(start, end, value, try_form(unit, operator))
    if text == "await":
        return Await(start, end, value)
    return Unary(start, end, text, value)


COVERING_WORDS = frozenset(("try", "try?", "try!", "await", "unsafe"))
"""Words that cover everything to their right."""


def fold(unit: Unit, tokens: list[Token], depth: int) -> Expression:
    """The expression that ``tokens`` spell."""
    count = sum(token[0] not in ("operand", "steps") for token in tokens)
    if count > LONGEST:
        return flatten(unit, tokens, depth)
    result = Fold(unit)
    inner = depth + count
    implicit = -1
    position = 0
    while position < len(tokens):
        token = tokens[position]
        form, node, text, steps = token
        position += 1
        if form == "operand":
            later: list[Step] = []
            while position < len(tokens) and tokens[position][0] == "steps":
                later = [*tokens[position][3], *later]
                position += 1
            result.values.append(operand(unit, node, [*later, *steps], inner, implicit))
            implicit = -1
        elif form == "prefix":
            implicit = -1
            if node.kind_id == g.DOT:
                implicit = node.start_byte
            else:
                result.operators.append((COVERING if text in COVERING_WORDS else UNARY, token, None))
        elif form == "binary":
            result.push(LEVELS.get(text, CUSTOM_LEVEL), token)
        elif form == "assign":
            result.push(ASSIGNMENT_LEVEL, token)
        elif form == "ternary":
            result.push(TERNARY_LEVEL, token, EXPRESSIONS[node.kind_id](unit, node, inner))
        elif form == "cast":
            result.reduce_above(CAST - 1)
            value = result.values[-1]
            kind = text if text in ("as", "as?", "as!", "is") else "as"
            result.values[-1] = Cast(
                value.start,
                node.end_byte,
                value,
                unit.phrase(node.start_byte, node.end_byte),
                kind,  # type: ignore[arg-type]  # narrowed by the line above
            )
        elif form == "steps":
            result.reduce_above(COVERING - 1)
            result.values[-1] = chain_on(unit, result.values[-1], steps, inner)
        elif form == "postfix":
            value = result.values[-1]
            result.values[-1] = Unary(value.start, node.end_byte, text, value)
    result.reduce_above(COVERING - 1)
    return result.values[-1]


def operand(unit: Unit, node: Node, steps: list[Step], depth: int, implicit: int) -> Expression:
    """An operand with the steps of its chain; ``node`` may be the parentheses after an operator."""
    if node.kind_id == CALL_SUFFIX:
        return chain_on(unit, parenthesised(unit, node, depth), steps, depth)
    return chain(unit, node, steps, depth, implicit)


def chain_on(unit: Unit, value: Expression, steps: Sequence[Step], depth: int) -> Expression:
    """The chain of ``steps`` on what is lowered already."""
    return extend(unit, steps, depth, value.start, None, value, False)


def parenthesised(unit: Unit, suffix: Node, depth: int) -> Expression:
    """What follows an operator and was read as the arguments of a call of it: ``!(a)``, ``!{ … }``."""
    parts = suffix.children
    if parts and parts[0].kind_id != VALUE_ARGUMENTS:
        return EXPRESSIONS[parts[0].kind_id](unit, parts[0], depth)
    written = parts[0].children if parts else []
    given = [argument.value for argument in arguments(unit, written, depth) or ()]
    if len(given) == 1:
        return given[0]
    return Collection(suffix.start_byte, suffix.end_byte, "tuple", given)


def flatten(unit: Unit, tokens: list[Token], depth: int) -> Expression:
    """A very long sequence: its operands side by side, below the assignment it may be part of."""
    for position, (form, _, text, _) in enumerate(tokens):
        if form == "assign" and 0 < position < len(tokens) - 1:
            target = fold(unit, tokens[:position], depth + 1)
            value = fold(unit, tokens[position + 1 :], depth + 1)
            return assigned(unit, target.start, target, text, value)
    form, operator, text, _ = tokens[0]
    if form == "prefix" and text in COVERING_WORDS:
        return prefixed(unit, operator, text, flatten(unit, tokens[1:], depth + 1))
    parts: list[Expression] = []
    for position, (form, node, _, steps) in enumerate(tokens):
        if form == "operand":
            dot = tokens[position - 1][1] if position else node
            implicit = dot.start_byte if dot.kind_id == g.DOT else -1
            parts.append(operand(unit, node, list(steps), depth + 2, implicit))
        elif form == "ternary":
            parts.append(EXPRESSIONS[node.kind_id](unit, node, depth + 2))
        elif form == "steps" and parts:
            parts[-1] = chain_on(unit, parts[-1], steps, depth + 2)
    start = min(token[1].start_byte for token in tokens)
    return Opaque(start, max(token[1].end_byte for token in tokens), parts)
