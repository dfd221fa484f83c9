"""Postfix chains: ``a.b?.c(x)[i]!.d { … }``: members, calls, subscripts and forced unwrapping.

The grammar nests a chain to the left, one level a step. Lowering walks down to the base and then
builds upward, so that a chain of any length needs no recursion. This is the hottest code of the
front end: most nodes of a body belong to chains.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from backhaul.frontends.swift import grammar as g
from backhaul.frontends.swift.unit import EXPRESSIONS, MAX_DEPTH, Unit, lowers
from backhaul.model.code import Argument, Call, Expression, Index, Member, Name, Opaque, Unary
from backhaul.model.mentions import call_mention

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

STEPS = frozenset((CALL, NAVIGATION, POSTFIX))

SEGMENT = 100
"""Steps after which the model of a very long chain is cut, to bound its nesting.

What has been built is set aside, and the chain goes on from an unknown value; at the end the
pieces stand side by side in an ``Opaque``. Every call stays visible, only a receiver is unknown.
"""

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


def chain(unit: Unit, base: Node, steps: Sequence[Step], depth: int, implicit: int = -1) -> Expression:
    """The chain of ``steps`` (the last one first) on ``base``, which no operator parts from them.

    ``implicit``: where the dot before ``base`` stands if ``base`` is an implicit member, else -1.
    """
    number = base.kind_id
    if number == PREFIX:
        children = base.children
        implicit, base = children[0].start_byte, children[-1]
        number = base.kind_id
    if number == g.IDENTIFIER or (implicit >= 0 and not base.child_count):
        start = base.start_byte
        return extend(unit, steps, depth, start if implicit < 0 else implicit, base, None, implicit >= 0)
    if number == CONSTRUCTOR:
        children = base.children
        steps = [*steps, (CALL, base, children)]
        base = children[0]
        number = base.kind_id
    if number == g.USER_TYPE:
        value, last = type_name(unit, base)
        return extend(unit, steps, depth, base.start_byte, last, value, False)
    if number == KEY_PATH:
        value, count = key_path(unit, base, steps, depth)
        return extend(unit, steps[:count], depth, value.start, None, value, False)
    value = EXPRESSIONS[number](unit, base, depth + len(steps) % SEGMENT)
    return extend(unit, steps, depth, base.start_byte, None, value, False)


def extend(
    unit: Unit,
    steps: Sequence[Step],
    depth: int,
    start: int,
    word: Node | None,
    receiver: Expression | None,
    implicit: bool,
) -> Expression:
    """Adds ``steps`` to what begins at ``start``: ``receiver``, or its member ``word``, or the name ``word``.

    While ``word`` is pending, the next step decides whether it is called, or is a member or a name.
    """
    text, mentions = unit.text, unit.mentions
    name: str | None = None
    name_start = name_end = start
    if word is not None:
        name_start, name_end = word.start_byte, word.end_byte
        name = text[name_start:name_end]
        if not name.isascii() or name[:1] == "`":
            name = unit.spelled(name)
        mentions.add(name)
    optional = False
    called: Call | None = None  # the last step, if a call that may take a trailing closure yet
    parts: list[Expression] = []
    for position in range(len(steps) - 1, -1, -1):
        if position % SEGMENT == SEGMENT - 1:
            if name is not None:
                receiver = settled(start, receiver, name, name_start, name_end, optional, implicit)
                name = called = None
            if receiver is not None:
                parts.append(receiver)
                receiver = Opaque(start, receiver.end, [])
        number, node, children = steps[position]
        if number == CALL:
            suffix = children[-1].children
            first = suffix[0]
            inner = depth + position % SEGMENT + 3
            given: list[Argument] | None
            if first.kind_id != VALUE_ARGUMENTS:
                given = closures(unit, suffix, inner)
                if called is not None:
                    if called.name and not called.arguments:
                        mentions.add(call_mention(called.name, given))
                    called.arguments += given
                    called.end = node.end_byte
                    called = None
                    continue
            elif text.startswith("(", first.start_byte):
                if first.end_byte - first.start_byte == 2:
                    given = []
                else:
                    given = arguments(unit, first.children, inner)
                    if given is None:
                        continue
                if len(suffix) > 1:
                    given += closures(unit, suffix, inner)
            else:
                if name is not None:
                    receiver = settled(start, receiver, name, name_start, name_end, optional, implicit)
                    name = None
                indices = [item.value for item in arguments(unit, first.children, inner) or ()]
                assert receiver is not None
                receiver = Index(start, first.end_byte, receiver, indices)
                called = None
                if len(suffix) == 1:
                    continue
                given = closures(unit, suffix, inner)
            if name is None:
                name = ""
                name_start = name_end = first.start_byte
                implicit = optional = False
            else:
                mentions.add(call_mention(name, given))
            if len(children) > 2 and has_question(children):
                optional = True
            end = node.end_byte
            receiver = called = Call(
                start, end, receiver, name, given, name_start, name_end, optional, implicit
            )
            if len(suffix) > 1 or first.kind_id != VALUE_ARGUMENTS:
                called = None
            name = None
        elif number == NAVIGATION:
            if name is not None:
                if receiver is None and not implicit:
                    receiver = Name(name_start, name_end, name)
                else:
                    receiver = Member(start, name_end, receiver, name, optional)
            suffix_node = children[-1]
            name_start, name_end = suffix_node.start_byte + 1, suffix_node.end_byte
            name = text[name_start:name_end]
            if not name.isalnum() or not name.isascii():  # most names are, and this is the hot path
                word = suffix_node.children[-1]
                name_start, name_end = word.start_byte, word.end_byte
                name = unit.spelled(text[name_start:name_end])
            mentions.add(name)
            optional = len(children) > 2 and has_question(children)
            implicit = False
            called = None
        elif position == 0 or steps[position - 1][0] != CALL or not is_call(unit, steps[position - 1][2]):
            if name is not None:
                receiver = settled(start, receiver, name, name_start, name_end, optional, implicit)
                name = None
            assert receiver is not None
            receiver = Unary(start, node.end_byte, postfix(unit, children[-1]), receiver)
            called = None
    if name is not None:
        if receiver is None and not implicit:
            receiver = Name(name_start, name_end, name)
        else:
            receiver = Member(start, name_end, receiver, name, optional)
    assert receiver is not None
    return receiver if not parts else Opaque(start, receiver.end, [*parts, receiver])


def settled(
    start: int,
    receiver: Expression | None,
    name: str,
    name_start: int,
    name_end: int,
    optional: bool,
    implicit: bool,
) -> Expression:
    """A pending name that is not called: a member, or a bare name."""
    if receiver is None and not implicit:
        return Name(name_start, name_end, name)
    return Member(start, name_end, receiver, name, optional)


def has_question(children: list[Node]) -> bool:
    """Whether ``?`` stands among ``children``: the step is optional."""
    return any(child.kind_id == g.QUESTION for child in children)


def postfix(unit: Unit, operator: Node) -> str:
    if operator.kind_id == g.BANG:
        return "unwrap"
    return unit.source(operator.start_byte, operator.end_byte)


def is_call(unit: Unit, children: list[Node]) -> bool:
    """Whether the step with ``children`` calls what is before it, and is no subscript."""
    first = children[-1].children[0]
    return first.kind_id != VALUE_ARGUMENTS or unit.text.startswith("(", first.start_byte)


def arguments(unit: Unit, written: list[Node], depth: int) -> list[Argument] | None:
    """The arguments among the children ``written`` of parentheses or brackets.

    None for ``(a:b:)``, which only says which function the name before it means.
    """
    result = []
    for node in written:
        number = node.kind_id
        if number == VALUE_ARGUMENT:
            parts = node.children
            value = parts[-1]
            label = None
            if len(parts) > 1:
                if parts[0].kind_id == LABEL:
                    label = unit.word(parts[0])
                    if value.kind_id == g.COLON:
                        return None
                if len(parts) > 3 or value.kind_id in g.SKIPPED:
                    parts = [
                        part
                        for part in parts
                        if part.kind_id not in g.SKIPPED and part.kind_id != TYPE_MODIFIERS
                    ]
                    value = parts[-1] if parts else value
                    if parts and parts[0].kind_id == LABEL:
                        label = unit.word(parts[0])
            lowered = EXPRESSIONS[value.kind_id](unit, value, depth)
            result.append(Argument(node.start_byte, node.end_byte, label, lowered))
        elif number == g.ERROR:
            lowered = EXPRESSIONS[number](unit, node, depth)
            result.append(Argument(node.start_byte, node.end_byte, None, lowered))
    return result


def closures(unit: Unit, parts: Sequence[Node], depth: int) -> list[Argument]:
    """The trailing closures among ``parts``: the first, and those that follow with a label."""
    result = []
    label: Node | None = None
    for node in parts:
        number = node.kind_id
        if number == CLOSURE:
            start = node.start_byte if label is None else label.start_byte
            spelled = None if label is None else unit.word(label)
            value = EXPRESSIONS[CLOSURE](unit, node, depth)
            result.append(Argument(start, node.end_byte, spelled, value, True))
            label = None
        elif number == g.IDENTIFIER:
            label = node
    return result


def type_name(unit: Unit, node: Node) -> tuple[Expression | None, Node | None]:
    """``A.B<C>`` as a value, without the generic arguments: what comes before the last name, and that."""
    words = [part for part in node.children if part.kind_id == g.TYPE_IDENTIFIER]
    if not words:
        return Opaque(node.start_byte, node.end_byte, []), None
    value: Expression | None = None
    for word in words[:-1]:
        name = unit.word(word)
        unit.mentions.add(name)
        start, end = word.start_byte, word.end_byte
        value = Name(start, end, name) if value is None else Member(value.start, end, value, name)
    return value, words[-1]


def key_path(unit: Unit, node: Node, steps: Sequence[Step], depth: int) -> tuple[Expression, int]:
    """``\\Type.a.b[i]``: opaque, but for the arguments of subscripts; and how many steps are left."""
    children: list[Expression] = []
    for part in node.children:
        if part.kind_id == g.IDENTIFIER:
            unit.mentions.add(unit.word(part))
        elif part.kind_id == VALUE_ARGUMENT:
            children += [argument.value for argument in arguments(unit, [part], depth + 2) or ()]
    count = len(steps)
    end = node.end_byte
    while count:
        number, step, parts = steps[count - 1]
        if number == NAVIGATION:
            unit.mentions.add(unit.word(parts[-1].children[-1]))
        elif number == CALL:
            if is_call(unit, parts):
                break
            written = parts[-1].children[0].children
            children += [argument.value for argument in arguments(unit, written, depth + 2) or ()]
        count -= 1
        end = step.end_byte
    return Opaque(node.start_byte, end, children), count


@lowers(MACRO)
def macro(unit: Unit, node: Node, depth: int) -> Expression:
    """``#name(…) { … }``: a call whose name begins with the hash sign."""
    if depth > MAX_DEPTH:
        return too_deep(unit, node)
    start, end = node.start_byte, node.end_byte
    given: list[Argument] = []
    name, name_end = "#", start
    for child in node.children:
        number = child.kind_id
        if number == g.IDENTIFIER:
            name += unit.word(child)
            name_end = child.end_byte
        elif number == CALL_SUFFIX:
            for part in child.children:
                if part.kind_id == VALUE_ARGUMENTS:
                    given += arguments(unit, part.children, depth + 3) or ()
            given += closures(unit, child.children, depth + 3)
    unit.mentions.update((name, call_mention(name, given)))
    return Call(start, end, None, name, given, start, name_end)


@lowers(CONSTRUCTOR, g.USER_TYPE, KEY_PATH)
def lone_base(unit: Unit, node: Node, depth: int) -> Expression:
    return too_deep(unit, node) if depth > MAX_DEPTH else chain(unit, node, (), depth)


def too_deep(unit: Unit, node: Node) -> Expression:
    """What stands for code nested beyond ``MAX_DEPTH``: nothing of it is kept, and that is said."""
    unit.damaged = True
    return Opaque(node.start_byte, node.end_byte, [])
