"""Postfix chains: ``a.b?.c(x)[i]!.d { … }``: members, calls, subscripts and forced unwrapping.

The grammar nests a chain to the left, one level a step. Lowering walks down to the base and then
builds upward, so that a chain of any length needs no recursion.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.unit import EXPRESSIONS, MAX_DEPTH, Unit, lowers
from backhaul.model.code import Argument, Call, Expression, Index, Member, Name, Opaque, Unary

CALL = g.kind("call_expression")
NAVIGATION = g.kind("navigation_expression")
POSTFIX = g.kind("postfix_expression")
PREFIX = g.kind("prefix_expression")
CALL_SUFFIX = g.kind("call_suffix")
VALUE_ARGUMENTS = g.kind("value_arguments")
VALUE_ARGUMENT = g.kind("value_argument")
LABEL = g.kind("value_argument_label")
CLOSURE = g.kind("lambda_literal")
CONSTRUCTOR = g.kind("constructor_expression")
KEY_PATH = g.kind("key_path_expression")
MACRO = g.kind("macro_invocation")
TYPE_MODIFIERS = g.kind("type_modifiers")
TYPE_PARAMETERS = g.kind("type_parameters")

STEPS = frozenset((CALL, NAVIGATION, POSTFIX))

SEGMENT = 100
"""Steps of a chain after which its model is cut: see ``Chain.cut``."""

Step = tuple[int, Node, list[Node]]
"""One step of a chain: its node's kind, the node, the node's children."""


def steps_of(node: Node) -> tuple[list[Step], Node]:
    """The steps of the chain ``node``, the last one first, and the node of its base."""
    steps: list[Step] = []
    number = node.kind_id
    while number in STEPS:
        children = node.children
        steps.append((number, node, children))
        node = children[0]
        number = node.kind_id
    return steps, node


class Chain:
    """A chain that is being built, step by step.

    Either ``value`` is what has been built, or a name is pending that the next step makes a call
    or, failing that, a member or a bare name.
    """

    __slots__ = (
        "called",
        "end",
        "implicit",
        "name",
        "name_end",
        "name_start",
        "optional",
        "parts",
        "receiver",
        "start",
        "unit",
        "value",
    )

    def __init__(self, unit: Unit, start: int) -> None:
        self.unit = unit
        self.start = start
        self.end = start
        self.value: Expression | None = None
        self.receiver: Expression | None = None
        self.name: str | None = None
        self.name_start = self.name_end = start
        self.optional = False
        self.implicit = False
        self.called: Call | None = None  # the last step, if a call that takes a trailing closure yet
        self.parts: list[Expression] = []

    def begin(self, name: Node, implicit: bool = False) -> None:
        """Starts the chain with a bare name, or with an implicit member."""
        self.name = self.unit.word(name)
        self.unit.mentions.add(self.name)
        self.name_start = name.start_byte
        self.end = self.name_end = name.end_byte
        self.implicit = implicit

    def settle(self) -> Expression:
        """The expression so far; a pending name becomes a member or a bare name."""
        name = self.name
        if name is not None:
            if self.receiver is None and not self.implicit:
                self.value = Name(self.name_start, self.name_end, name)
            else:
                self.value = Member(self.start, self.name_end, self.receiver, name, self.optional)
            self.name = self.receiver = None
            self.optional = self.implicit = False
        assert self.value is not None
        return self.value

    def member(self, node: Node, children: list[Node]) -> None:
        self.receiver = self.settle()
        name = children[-1].children[-1]
        self.begin(name)
        self.optional = len(children) > 2 and any(child.kind_id == g.QUESTION for child in children)
        self.end = node.end_byte
        self.called = None

    def unwrap(self, node: Node, children: list[Node]) -> None:
        operator = children[-1]
        text = (
            "unwrap"
            if operator.kind_id == g.BANG
            else self.unit.source(operator.start_byte, operator.end_byte)
        )
        self.end = node.end_byte
        self.value = Unary(self.start, self.end, text, self.settle())
        self.called = None

    def call(self, node: Node, children: list[Node], depth: int) -> None:
        """Adds a call, a subscript, or the reference of a function with its labels."""
        suffix = children[-1]
        parts = suffix.children
        self.end = node.end_byte
        if not parts or parts[0].kind_id != VALUE_ARGUMENTS:
            if self.called is not None:
                self.called.arguments += closures(self.unit, parts, depth + 2)
                self.called.end = self.end
                self.called = None
            else:
                self.invoke([], parts, suffix, children, depth)
            return
        written = parts[0].children
        if written and written[0].kind_id == g.OPEN_BRACKET:
            base = self.settle()
            indices = [argument.value for argument in arguments(self.unit, written, depth)]
            self.value = Index(self.start, parts[0].end_byte, base, indices)
            self.called = None
            if len(parts) > 1:
                self.invoke([], parts[1:], suffix, children, depth)
        elif not is_reference(written):
            self.invoke(arguments(self.unit, written, depth + 2), parts[1:], suffix, children, depth)
            if len(parts) > 1:
                self.called = None

    def invoke(
        self, given: list[Argument], trailing: list[Node], suffix: Node, children: list[Node], depth: int
    ) -> None:
        if trailing:
            given += closures(self.unit, trailing, depth + 2)
        name = self.name
        if name is None:
            self.receiver = self.settle()
            name = ""
            self.name_start = self.name_end = suffix.start_byte
        optional = self.optional or (
            len(children) > 2 and any(child.kind_id == g.QUESTION for child in children)
        )
        call = Call(
            self.start,
            self.end,
            self.receiver,
            name,
            given,
            self.name_start,
            self.name_end,
            optional,
            self.implicit,
        )
        self.value = self.called = call
        self.name = self.receiver = None
        self.optional = self.implicit = False

    def cut(self) -> None:
        """Keeps the nesting of a very long chain bounded.

        What has been built is set aside, and the chain goes on from an unknown value; ``finish``
        puts the pieces side by side. Every call stays visible, only its receiver is unknown.
        """
        self.parts.append(self.settle())
        self.value = Opaque(self.start, self.end, [])
        self.called = None

    def finish(self) -> Expression:
        value = self.settle()
        if self.parts:
            return Opaque(self.start, self.end, [*self.parts, value])
        return value


def chain(unit: Unit, base: Node, steps: Sequence[Step], depth: int, implicit: int = -1) -> Expression:
    """The chain of ``steps`` (the last one first) on ``base``, which no operator parts from them.

    ``implicit``: where the dot before ``base`` stands if ``base`` is an implicit member, else -1.
    """
    count = len(steps)
    number = base.kind_id
    if number == PREFIX:
        dot, base = base.children[0], base.children[-1]
        implicit, number = dot.start_byte, base.kind_id
    result = Chain(unit, base.start_byte if implicit < 0 else implicit)
    inner = depth + count % SEGMENT
    if number == g.IDENTIFIER or (implicit >= 0 and not base.child_count):
        result.begin(base, implicit >= 0)
    elif number == CONSTRUCTOR:
        construct(result, base, inner)
    elif number == g.USER_TYPE:
        type_name(result, base)
    elif number == KEY_PATH:
        count = key_path(result, base, steps, inner)
    else:
        result.value = EXPRESSIONS[number](unit, base, inner)
        result.end = base.end_byte
    return extend(result, steps, count, depth)


def chain_on(unit: Unit, value: Expression, steps: Sequence[Step], depth: int) -> Expression:
    """The chain of ``steps`` on what is lowered already."""
    result = Chain(unit, value.start)
    result.value, result.end = value, value.end
    return extend(result, steps, len(steps), depth)


def extend(result: Chain, steps: Sequence[Step], count: int, depth: int) -> Expression:
    """Adds the first ``count`` of ``steps``, the last one first."""
    for position in range(count - 1, -1, -1):
        number, node, children = steps[position]
        if number == NAVIGATION:
            result.member(node, children)
        elif number == CALL:
            result.call(node, children, depth + position % SEGMENT)
        elif position == 0 or steps[position - 1][0] != CALL or not is_call(steps[position - 1][2]):
            result.unwrap(node, children)
        if position and position % SEGMENT == 0:
            result.cut()
    return result.finish()


def is_call(children: list[Node]) -> bool:
    """Whether the step with ``children`` calls what is before it, and is no subscript."""
    parts = children[-1].children
    if not parts or parts[0].kind_id != VALUE_ARGUMENTS:
        return True
    written = parts[0].children
    return bool(written) and written[0].kind_id == g.OPEN_PAREN


def is_reference(written: list[Node]) -> bool:
    """Whether ``(a:b:)`` follows a function's name to say which function is meant."""
    if len(written) != 3 or written[1].kind_id != VALUE_ARGUMENT:
        return False
    parts = written[1].children
    return len(parts) > 1 and parts[-1].kind_id == g.COLON and parts[0].kind_id == LABEL


def arguments(unit: Unit, written: list[Node], depth: int) -> list[Argument]:
    """The arguments between the parentheses or brackets ``written``."""
    result = []
    for node in written:
        if node.kind_id == VALUE_ARGUMENT:
            parts = node.children
            value, label = parts[0], None
            if len(parts) > 1:
                parts = [
                    part for part in parts if part.kind_id not in g.SKIPPED and part.kind_id != TYPE_MODIFIERS
                ]
                value = parts[-1] if parts else value
                if parts and parts[0].kind_id == LABEL:
                    label = unit.word(parts[0])
            result.append(
                Argument(
                    node.start_byte, node.end_byte, label, EXPRESSIONS[value.kind_id](unit, value, depth)
                )
            )
        elif node.is_error:
            value = node
            result.append(
                Argument(node.start_byte, node.end_byte, None, EXPRESSIONS[g.ERROR](unit, node, depth))
            )
    return result


def closures(unit: Unit, parts: Sequence[Node], depth: int) -> list[Argument]:
    """The trailing closures among ``parts``: the first, and those that follow with a label."""
    result = []
    label: Node | None = None
    for node in parts:
        number = node.kind_id
        if number == CLOSURE:
            start = node.start_byte if label is None else label.start_byte
            result.append(
                Argument(
                    start,
                    node.end_byte,
                    None if label is None else unit.word(label),
                    EXPRESSIONS[CLOSURE](unit, node, depth),
                    True,
                )
            )
            label = None
        elif number == g.IDENTIFIER:
            label = node
    return result


def construct(result: Chain, node: Node, depth: int) -> None:
    """``Type<Argument>(…)``: a call of the type's name."""
    built, suffix = node.children[0], node.children[-1]
    if built.kind_id == g.USER_TYPE:
        type_name(result, built)
    else:
        result.value = EXPRESSIONS[built.kind_id](result.unit, built, depth)
    result.call(node, [built, suffix], depth)


def type_name(result: Chain, node: Node) -> None:
    """``A.B<C>`` as a value: its names, without the generic arguments."""
    first = True
    for part in node.children:
        if part.kind_id == g.TYPE_IDENTIFIER:
            if not first:
                result.receiver = result.settle()
            result.begin(part)
            first = False
    if first:
        result.value = Opaque(node.start_byte, node.end_byte, [])
    result.end = node.end_byte


def key_path(result: Chain, node: Node, steps: Sequence[Step], depth: int) -> int:
    """``\\Type.a.b[i]``: opaque, but for the arguments of subscripts. Returns the steps left over."""
    unit = result.unit
    children: list[Expression] = []
    for part in node.children:
        if part.kind_id == g.IDENTIFIER:
            unit.mentions.add(unit.word(part))
        elif part.kind_id == VALUE_ARGUMENT:
            children += [argument.value for argument in arguments(unit, [part], depth + 2)]
    count = len(steps)
    end = node.end_byte
    while count:
        number, step, parts = steps[count - 1]
        if number == NAVIGATION:
            unit.mentions.add(unit.word(parts[-1].children[-1]))
        elif number == CALL:
            if is_call(parts):
                break
            written = parts[-1].children[0].children
            children += [argument.value for argument in arguments(unit, written, depth + 2)]
        count -= 1
        end = step.end_byte
    result.value = Opaque(node.start_byte, end, children)
    result.end = end
    return count


@lowers(MACRO)
def macro(unit: Unit, node: Node, depth: int) -> Expression:
    """``#name(…) { … }``: a call whose name begins with the hash sign."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    result = Chain(unit, node.start_byte)
    children = [child for child in node.children if child.kind_id not in g.EXTRAS]
    for child in children:
        if child.kind_id == g.IDENTIFIER:
            result.name = "#" + unit.word(child)
            result.name_start, result.name_end = node.start_byte, child.end_byte
            unit.mentions.add(result.name)
    if children and children[-1].kind_id == CALL_SUFFIX and result.name:
        result.call(node, children[-1:], depth)
    elif not result.name:
        result.value = Opaque(node.start_byte, node.end_byte, [])
    return result.finish()


@lowers(CONSTRUCTOR, g.USER_TYPE, KEY_PATH)
def lone_base(unit: Unit, node: Node, depth: int) -> Expression:
    return too_deep(unit, node) if depth > MAX_DEPTH else chain(unit, node, (), depth)


def too_deep(unit: Unit, node: Node) -> Expression:
    """What stands for code nested beyond ``MAX_DEPTH``: nothing of it is kept, and that is said."""
    unit.damaged = True
    return Opaque(node.start_byte, node.end_byte, [])
