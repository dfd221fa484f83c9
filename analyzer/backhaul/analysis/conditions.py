"""Conditions under which code runs, in a form in which two places can be compared.

A *guard* is a condition's canonical text with a polarity. Two guards contradict each other when
they have the same text and opposite polarity, or say that one subject equals two different
constants. Texts compare values as written, not what they hold at run time: a variable changed in
between is taken for unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from backhaul.analysis.bodies import Body
from backhaul.model.code import (
    Availability,
    Await,
    Binary,
    Binding,
    Block,
    Break,
    Call,
    Case,
    Cast,
    Closure,
    Collection,
    Conditional,
    Continue,
    Do,
    Evaluate,
    Expression,
    Goto,
    Guard,
    If,
    Index,
    Interpolation,
    Literal,
    LocalFunction,
    Loop,
    Member,
    Name,
    Node,
    Return,
    Statement,
    Switch,
    Throw,
    Try,
    Unary,
)

_NEGATIONS = {"!=": "==", "!==": "==", "===": "==", "==": "=="}
_FALSE = ("false", "NO", "0")
ABSENT = ("nil", "NULL", "Nil")
_TRUE = ("true", "YES")
_CONSTANT = re.compile(r"k?[A-Z]")
SAME = ("isEqual", "isEqual:", "isEqualToString:")
_HOLDS = ("contains", "containsObject:")


class Condition(NamedTuple):
    """``text`` holds (``holds``) or does not. For an equality, ``subject`` and ``constant`` are its sides.

    Where the subject equals one of several constants, ``constant`` has them all, one a line. With
    ``not_all``, these do not all hold, or fail to, as said with each; ``text`` is "" where that is all.
    """

    text: str
    holds: bool
    subject: str = ""
    constant: str = ""
    not_all: frozenset[tuple[str, bool]] = frozenset()

    def negated(self) -> Condition:
        return self._replace(holds=not self.holds, not_all=frozenset())


Guards = frozenset[Condition]


def contradicts(one: Iterable[Condition], other: Iterable[Condition]) -> bool:
    """Whether no run can be at two places so guarded."""
    ones, others = tuple(one), tuple(other)
    if not ones or not others:
        return False
    if any(_excludes(a, b) or _excludes(b, a) for a in ones for b in others):
        return True
    return _has_all(ones, others) or _has_all(others, ones)


def _has_all(known: tuple[Condition, ...], others: tuple[Condition, ...]) -> bool:
    """Whether all is ``known`` that some of the ``others`` says is not so together."""
    compound = [other.not_all for other in others if other.not_all]
    return bool(compound) and any(map({(c.text, c.holds) for c in known}.issuperset, compound))


def _excludes(a: Condition, b: Condition) -> bool:
    if a.text == b.text:
        return a.holds != b.holds
    if a.text == b.subject and b.constant in ABSENT:
        return not a.subject and a.holds == b.holds  # "x" and "x == nil"
    if not b.holds or not b.constant:
        return False
    constants = b.constant.split("\n")
    if a.text == b.subject:  # "x" is false, or 0, and "x == 1"
        return not a.holds and set(_FALSE).isdisjoint(constants)
    if not a.holds or a.subject != b.subject or not a.constant:
        return False
    return set(a.constant.split("\n")).isdisjoint(constants)


def condition_of(expression: Expression, body: Body, holds: bool = True) -> Condition | None:
    """``expression`` as a condition; None when it has no stable text (it holds closures)."""
    while isinstance(expression, (Await, Try)):
        expression = expression.value
    named = _named_test(expression, body)
    if named is not None:
        return condition_of(named, body, holds)
    if isinstance(expression, Unary) and expression.operator == "!":
        return condition_of(expression.operand, body, not holds)
    if isinstance(expression, Binary) and expression.operator in _NEGATIONS:
        return _equality(expression, body, holds)
    if isinstance(expression, Binding):
        if expression.pattern is not None:
            subject, constant = text_of(expression.value, body), text_of(expression.pattern, body)
            if subject is None or constant is None:
                return None
            return Condition(f"{subject} == {constant}", holds, subject, constant)
        text = text_of(expression.value, body)
        return Condition(f"{text} == nil", not holds, text, "nil") if text is not None else None
    text = text_of(expression, body)
    if text is not None and isinstance(expression, Call):
        return Condition(text, holds, *_compared(expression, body))
    if text is not None and holds and isinstance(expression, Binary) and expression.operator == "||":
        sides = disjuncts(expression)
        return Condition(text, holds, *_one_of(sides, body), _parts(sides, body, False))
    return Condition(text, holds) if text is not None else None


def _one_of(expressions: list[Expression], body: Body) -> tuple[str, str]:
    """What all of ``expressions`` compare, and the constants, one a line: ``x == a || x == b``."""
    found = [condition_of(expression, body) for expression in expressions]
    subjects = {c.subject if c is not None and c.holds and c.constant else "" for c in found}
    if len(subjects) != 1 or "" in subjects:
        return "", ""
    return subjects.pop(), "\n".join(c.constant for c in found if c is not None)


def _parts(expressions: list[Expression], body: Body, holds: bool) -> frozenset[tuple[str, bool]]:
    """What each of ``expressions`` says, as text and polarity; empty where one has no text."""
    found = [condition_of(expression, body, holds) for expression in expressions]
    return frozenset((c.text, c.holds) for c in found if c is not None) if None not in found else frozenset()


def _compared(call: Call, body: Body) -> tuple[str, str]:
    """What a call compares with constants, and those: ``[method isEqualToString:Basic]``.

    ``["POST", "PUT"].contains(method)`` compares ``method`` with two.
    """
    if call.receiver is None or len(call.arguments) != 1:
        return "", ""
    value = call.arguments[0].value
    if call.name in _HOLDS and isinstance(call.receiver, Collection):
        constants = [text_of(item, body) if _is_constant(item) else None for item in call.receiver.items]
        if not constants or None in constants:
            return "", ""
        return text_of(value, body) or "", "\n".join(c for c in constants if c is not None)
    if call.name not in SAME:
        return "", ""
    is_named = (
        isinstance(value, Name) and body.variable(value) is None and value.name.lstrip("k")[:1].isupper()
    )
    if not is_named and not (isinstance(value, Literal) and value.kind == "string"):
        return "", ""
    return text_of(call.receiver, body) or "", text_of(value, body) or ""


def _named_test(expression: Expression, body: Body) -> Expression | None:
    """What a constant local stands for: ``let isEmpty = x == nil; if isEmpty …``."""
    variable = body.variable(expression) if isinstance(expression, Name) else None
    if variable is None or variable.parameter is not None or len(variable.definitions) != 1:
        return None
    definition = variable.definitions[0]
    value = definition.expression
    return value if definition.form == "value" and isinstance(value, (Binary, Unary, Member)) else None


def _equality(expression: Binary, body: Body, holds: bool) -> Condition | None:
    sides = expression.left, expression.right
    if _is_constant(expression.left) and not _is_constant(expression.right):
        sides = expression.right, expression.left
    return equality_of(*sides, body, holds != expression.operator.startswith("!"))


def equality_of(
    subject: Expression, constant: Expression, body: Body, holds: bool = True
) -> Condition | None:
    """That ``subject`` equals ``constant``, or, without ``holds``, does not; None where one has no text."""
    left, right = _named_text(subject, body), _named_text(constant, body)
    if left is None or right is None:
        return None
    if right in _FALSE or right in _TRUE:
        return Condition(left, holds == (right in _TRUE))
    return Condition(f"{left} == {right}", holds, left, right)


def _named_text(expression: Expression, body: Body) -> str | None:
    """The text of what is compared; of a local that only names a property, that of the property."""
    named = _named_test(expression, body)
    return text_of(named if isinstance(named, Member) else expression, body)


def _is_constant(expression: Expression) -> bool:
    return isinstance(expression, Literal) or (isinstance(expression, Member) and expression.base is None)


def text_of(expression: Expression | None, body: Body) -> str | None:
    """Canonical text: locals told apart by declaration, members of ``self`` written ``self.x``."""
    if isinstance(expression, Name):
        variable = body.variable(expression)
        if variable is not None:
            return f"{expression.name}#{variable.node.start}"
        return f"self.{expression.name.lstrip('_')}"
    if isinstance(expression, Member):
        if expression.base is None:
            return f".{expression.name}"
        base = text_of(expression.base, body)
        base = "self" if base == "self.self" else base
        return None if base is None else f"{base}.{expression.name.lstrip('_')}"
    if isinstance(expression, Literal):
        return expression.text if expression.kind != "string" else f'"{expression.text}"'
    if isinstance(expression, Availability):
        return " ".join(expression.text.split())
    if isinstance(expression, (Await, Try, Cast)):
        return text_of(expression.value, body)
    return _compound_text(expression, body)


def _compound_text(expression: Expression | None, body: Body) -> str | None:
    parts: list[Expression | None]
    if isinstance(expression, Call):
        head, parts = expression.name, [a.value for a in expression.arguments]
        if expression.receiver is not None:
            parts = [expression.receiver, *parts]
        if expression.receiver is not None and not expression.arguments and ":" not in expression.name:
            base = text_of(expression.receiver, body)
            base = "self" if base == "self.self" else base
            return None if base is None else f"{base}.{expression.name}"
    elif isinstance(expression, Binary):
        head, parts = expression.operator, [expression.left, expression.right]
    elif isinstance(expression, Unary):
        head, parts = expression.operator, [expression.operand]
        if head == "unwrap":
            return text_of(expression.operand, body)
    elif isinstance(expression, Index):
        head, parts = "[]", [expression.base, *expression.arguments]
    elif isinstance(expression, Conditional):
        head, parts = "?:", [expression.condition, expression.then, expression.otherwise]
    elif isinstance(expression, Interpolation):
        head, parts = "text", [*expression.parts]
    elif isinstance(expression, Collection):
        head, parts = expression.kind, [*expression.items]
    else:
        return None
    texts = [text_of(part, body) if part is not None else "" for part in parts]
    return None if None in texts else f"{head}({', '.join(t or '' for t in texts)})"


def conjuncts(expression: Expression) -> list[Expression]:
    """The operands of a chain of ``&&``."""
    if isinstance(expression, Binary) and expression.operator == "&&":
        return [*conjuncts(expression.left), *conjuncts(expression.right)]
    return [expression]


def disjuncts(expression: Expression) -> list[Expression]:
    """The operands of a chain of ``||``."""
    if isinstance(expression, Binary) and expression.operator == "||":
        return [*disjuncts(expression.left), *disjuncts(expression.right)]
    return [expression]


def assumed(conditions: list[Expression], body: Body, holds: bool) -> list[Condition]:
    """What is known where all ``conditions`` hold; or where they do not all hold.

    A failed conjunction of several says nothing about each of them, but that they do not hold together.
    """
    single: list[Expression] = []
    if holds:
        for condition in conditions:
            single.extend(conjuncts(condition))
    else:
        together = [part for condition in conditions for part in conjuncts(condition)]
        if len(together) > 1:
            parts = _parts(together, body, True)
            return [Condition("", False, not_all=parts)] if parts else []
        single = disjuncts(conditions[0])
    found = [condition_of(expression, body, holds) for expression in single]
    return [condition for condition in found if condition is not None]


def guards_of(node: Node, body: Body, *, through_closures: bool = False) -> Guards:
    """What is known to hold whenever ``node`` is evaluated, inside its unit.

    With ``through_closures``, also what held when the closures around it were made.
    """
    key = (id(node), through_closures)
    known: Guards | None = body.guards.get(key)
    if known is None:
        found: list[Condition] = []
        inner: Node = node
        for outer in body.ancestors(node):
            if isinstance(outer, (Closure, LocalFunction)) and not through_closures:
                break
            found.extend(_enclosing(outer, inner, body))
            inner = outer
        known = body.guards[key] = frozenset(found)
    return known


def _enclosing(outer: Node, inner: Node, body: Body) -> list[Condition]:
    if isinstance(outer, If):
        if inner is outer.then:
            return assumed(outer.conditions, body, True)
        if inner is outer.otherwise:
            return assumed(outer.conditions, body, False)
        return _asked_before(inner, outer.conditions, body)
    if isinstance(outer, Guard):
        if inner is outer.otherwise:
            return assumed(outer.conditions, body, False)
        return _asked_before(inner, outer.conditions, body)
    if isinstance(outer, Conditional) and inner is not outer.condition:
        return assumed([outer.condition], body, inner is outer.then)
    if isinstance(outer, Binary) and outer.operator in ("&&", "||") and inner is outer.right:
        return assumed([outer.left], body, outer.operator == "&&")
    if isinstance(outer, Loop) and inner is outer.body and outer.form in ("while", "for"):
        return assumed(outer.conditions, body, True)
    if isinstance(outer, Case):
        return _matched(outer, body)
    if isinstance(outer, Block):
        return _passed(outer, inner, body)
    return []


def _asked_before(inner: Node, conditions: list[Expression], body: Body) -> list[Condition]:
    position = next((i for i, condition in enumerate(conditions) if condition is inner), 0)
    return assumed(conditions[:position], body, True) if position else []


def _matched(case: Case, body: Body) -> list[Condition]:
    switch = body.parent(case)
    if not isinstance(switch, Switch):
        return []
    subject = text_of(switch.subject, body)
    if subject is None:
        return []
    if len(case.patterns) == 1:
        constant = text_of(case.patterns[0], body)
        if constant in _TRUE or constant in _FALSE:
            return [Condition(subject, constant in _TRUE)]
        return [] if constant is None else [Condition(f"{subject} == {constant}", True, subject, constant)]
    if case.patterns:
        constants = [c for c in (text_of(pattern, body) for pattern in case.patterns) if c is not None]
        if len(constants) < len(case.patterns):
            return []
        return [Condition(f"{subject} == {' or '.join(constants)}", True, subject, "\n".join(constants))]
    others = [text_of(p, body) for other in switch.cases if other is not case for p in other.patterns]
    return [
        Condition(f"{subject} == {constant}", False, subject, constant) for constant in others if constant
    ]


def _passed(block: Block, inner: Node, body: Body) -> list[Condition]:
    """What earlier statements of the block have made sure of: guards, and branches that left."""
    found: list[Condition] = []
    for statement in block.statements:
        if statement is inner:
            break
        if isinstance(statement, Guard):
            found.extend(assumed(statement.conditions, body, True))
        elif isinstance(statement, If) and statement.otherwise is None and leaves(statement.then):
            found.extend(assumed(statement.conditions, body, False))
    return found


def leaves(block: Block, no_return: frozenset[str] = frozenset()) -> bool:
    """Whether control never runs off the end of ``block``."""
    return any(_leaves(statement, no_return) for statement in block.statements)


def _leaves(statement: Statement, no_return: frozenset[str]) -> bool:
    if isinstance(statement, (Return, Throw, Break, Continue, Goto)):
        return True
    if isinstance(statement, Evaluate):
        return isinstance(statement.value, Call) and statement.value.name in no_return
    if isinstance(statement, If):
        return (
            statement.otherwise is not None
            and leaves(statement.then, no_return)
            and leaves(statement.otherwise, no_return)
        )
    if isinstance(statement, Do):
        return leaves(statement.body, no_return) and all(leaves(c.body, no_return) for c in statement.catches)
    return False
