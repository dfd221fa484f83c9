"""Control flow of Objective-C bodies: branches, loops, switches, exceptions, locks."""

from __future__ import annotations

from tree_sitter import Node

from backhaul.frontends.objc.context import MAX_DEPTH, Context
from backhaul.frontends.objc.declarators import read_declarator
from backhaul.frontends.objc.expressions import comma_parts
from backhaul.frontends.objc.grammar import (
    ALTERNATIVES,
    COMMENT,
    COMPOUND,
    ERROR,
    STATEMENTS,
    TYPES,
    field,
    kind,
    kinds,
    statement,
    token,
    without_comments,
)
from backhaul.frontends.objc.lowering import (
    expression_statement,
    flatten,
    lower,
    lower_block,
    lower_body,
    two_parts,
    unwrap,
)
from backhaul.model.code import (
    Assign,
    Availability,
    Block,
    Case,
    Catch,
    Do,
    Evaluate,
    Expression,
    If,
    Local,
    Loop,
    Name,
    Statement,
    Switch,
)

_BODY = field("body")
_CASE = kind("case_statement")
_CATCH = kind("catch_clause")
_FINALLY = kind("finally_clause")
_CONDITION = field("condition")
_CONSEQUENCE = field("consequence")
_ALTERNATIVE = field("alternative")
_ELIF = kind("preproc_elif")
_ELSE = kind("preproc_else")
_IN = token("in")
_INITIALIZER = field("initializer")
_UPDATE = field("update")
_VALUE = field("value")
_DECLARATION = kind("declaration")
_PREPROCESSOR = kinds("preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef")


def _conditions(context: Context, node: Node | None, depth: int) -> list[Expression]:
    return [] if node is None else [lower(context, node, depth + 1)]


@statement("if_statement")
def _if(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    start, end = node.start_byte, node.end_byte
    if depth > MAX_DEPTH:
        out.append(Evaluate(start, end, flatten(context, node)))
        return
    parts = node.named_children
    if len(parts) not in (2, 3) or parts[1].kind_id == COMMENT or parts[-1].kind_id == COMMENT:
        parts = [child for child in parts if child.kind_id not in (COMMENT, ERROR)]
    if len(parts) < 2:
        expression_statement(context, node, depth, out)
        return
    if context.text[start : start + 3] == b"for":
        _range_for(context, node, parts, depth, out)
        return
    conditions = _conditions(context, parts[0], depth)
    _declare_condition(context, parts[0], conditions, out)
    then = lower_block(context, parts[1], depth + 1)
    otherwise = None
    if len(parts) > 2:
        branch = without_comments(parts[2].named_children)
        if branch:
            otherwise = lower_block(context, branch[0], depth + 1)
    out.append(If(start, end, conditions, then, otherwise))


def _declare_condition(
    context: Context, node: Node, conditions: list[Expression], out: list[Statement]
) -> None:
    """C++'s ``if (T x = f())``, which a rule wrote as ``if (x = f())``: ``x`` is declared before."""
    first = conditions[0]
    if not isinstance(first, Assign) or not isinstance(first.target, Name):
        return
    start = node.start_byte + 1
    type_ = context.type(context.text[start : first.start].strip())
    if type_.strip("("):
        out.append(Local(first.start, first.end, first.target.name, type_, first.value))
        conditions[0] = first.target


def _range_for(context: Context, node: Node, parts: list[Node], depth: int, out: list[Statement]) -> None:
    """C++'s ``for (T name : sequence)``, which a rule wrote as ``if (name , sequence)``."""
    pair = two_parts(unwrap(parts[0]))
    name, sequence = pair if pair is not None else (None, parts[0])
    names = [] if name is None else [context.word(name.start_byte, name.end_byte)]
    values = lower(context, sequence, depth + 1)
    body = lower_block(context, parts[1], depth + 1)
    out.append(Loop(node.start_byte, node.end_byte, "for-in", body, names, values))


@statement("preproc_if", "preproc_ifdef", "preproc_elif", "preproc_elifdef")
def _compiled_if(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    """Conditional compilation: both ways are kept, under the condition as written."""
    start, end = node.start_byte, node.end_byte
    if depth > MAX_DEPTH:
        out.append(Evaluate(start, end, flatten(context, node)))
        return
    then: list[Statement] = []
    otherwise = None
    test: Node | None = None
    last = end
    for child in node.named_children:
        number = child.kind_id
        if test is None:
            test = child
        elif number in ALTERNATIVES:
            last = child.start_byte
            otherwise = _compiled_else(context, child, depth + 1)
        else:
            STATEMENTS[number](context, child, depth + 1, then)
    condition = Availability(start, start, "") if test is None else _compiled_condition(context, node, test)
    block = Block(condition.end, last, then)
    out.append(If(start, end, [condition], block, otherwise))


def _compiled_else(context: Context, node: Node, depth: int) -> Block:
    found: list[Statement] = []
    if node.kind_id == _ELSE:
        for child in node.named_children:
            STATEMENTS[child.kind_id](context, child, depth, found)
    else:
        STATEMENTS[node.kind_id](context, node, depth, found)
    return Block(node.start_byte, node.end_byte, found)


def _compiled_condition(context: Context, node: Node, test: Node) -> Availability:
    start, end = test.start_byte, test.end_byte
    written = context.word(start, end)
    directive = context.word(node.start_byte, start)
    if "ndef" in directive:
        written = f"!defined({written})"
    elif "def" in directive:
        written = f"defined({written})"
    return Availability(start, end, written)


@statement("for_statement")
def _for(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    start, end = node.start_byte, node.end_byte
    if depth > MAX_DEPTH:
        out.append(Evaluate(start, end, flatten(context, node)))
        return
    if any(child.kind_id == _IN for child in node.children):
        _for_in(context, node, depth, out)
        return
    setup: list[Statement] = []
    first = node.child_by_field_id(_INITIALIZER)
    if first is not None:
        if first.kind_id == _DECLARATION:
            STATEMENTS[_DECLARATION](context, first, depth + 1, setup)
        else:
            for part in comma_parts(context, first, depth + 1):
                setup.append(Evaluate(part.start, part.end, part))
    conditions = _conditions(context, node.child_by_field_id(_CONDITION), depth)
    update = node.child_by_field_id(_UPDATE)
    step = [] if update is None else comma_parts(context, update, depth + 1)
    body = lower_body(context, node.child_by_field_id(_BODY), node, depth)
    out.append(Loop(start, end, "for", body, conditions=conditions, setup=setup, step=step))


def _for_in(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    *declared, sequence, body = without_comments(node.named_children)
    names = []
    if declared:
        read = read_declarator(context, None, declared[-1])
        if read is not None:
            names.append(context.word(read.name.start_byte, read.name.end_byte))
    values = lower(context, sequence, depth + 1)
    block = lower_block(context, body, depth + 1)
    out.append(Loop(node.start_byte, node.end_byte, "for-in", block, names, values))


@statement("while_statement", "do_statement")
def _while(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    start, end = node.start_byte, node.end_byte
    if depth > MAX_DEPTH:
        out.append(Evaluate(start, end, flatten(context, node)))
        return
    conditions = _conditions(context, node.child_by_field_id(_CONDITION), depth)
    body = lower_body(context, node.child_by_field_id(_BODY), node, depth)
    form = "repeat" if node.kind_id == _DO else "while"
    out.append(Loop(start, end, form, body, conditions=conditions))  # type: ignore[arg-type]


_DO = kind("do_statement")


@statement("switch_statement")
def _switch(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    start, end = node.start_byte, node.end_byte
    condition = node.child_by_field_id(_CONDITION)
    body = node.child_by_field_id(_BODY)
    if depth > MAX_DEPTH or condition is None or body is None:
        expression_statement(context, node, depth, out)
        return
    subject = lower(context, condition, depth + 1)
    cases: list[Case] = []
    _cases(context, body.named_children, depth + 1, cases, out)
    out.append(Switch(start, end, subject, cases))


def _cases(context: Context, nodes: list[Node], depth: int, cases: list[Case], out: list[Statement]) -> None:
    """Adds the cases among ``nodes``. A label inside ``#if`` starts a case like any other; what
    stands before the first label (declarations only, in C) goes to ``out``."""
    for node in nodes:
        number = node.kind_id
        if number == _CASE:
            _case(context, node, depth, cases, out)
        elif number in _PREPROCESSOR and depth <= MAX_DEPTH and _holds_case(node):
            inner = node.named_children
            skipped = 0 if number == _ELSE else 1
            _cases(context, inner[skipped:], depth + 1, cases, out)
        elif cases:
            case = cases[-1]
            STATEMENTS[number](context, node, depth, case.body.statements)
            case.end = case.body.end = max(case.end, node.end_byte)
        else:
            STATEMENTS[number](context, node, depth, out)


def _holds_case(node: Node) -> bool:
    waiting = [node]
    while waiting:
        for child in waiting.pop().named_children:
            if child.kind_id == _CASE:
                return True
            if child.kind_id in _PREPROCESSOR:
                waiting.append(child)
    return False


def _case(context: Context, node: Node, depth: int, cases: list[Case], out: list[Statement]) -> None:
    start, end = node.start_byte, node.end_byte
    label = node.child_by_field_id(_VALUE)
    patterns = [] if label is None else [lower(context, label, depth)]
    first = start if label is None else label.end_byte
    cases.append(Case(start, end, patterns, [], Block(first, end, []), None, True))
    content = node.named_children
    if label is not None:
        content = content[content.index(label) + 1 :]
    _cases(context, content, depth + 1, cases, out)


@statement("case_statement")
def _stray_case(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    """A label outside of a switch's own block (``#if`` around a part of it, Duff's device)."""
    cases: list[Case] = []
    _case(context, node, depth, cases, out)
    for case in cases:
        out.extend(case.body.statements)


@statement("try_statement")
def _try(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    body: Block | None = None
    cleanup: Block | None = None
    catches: list[Catch] = []
    for child in node.named_children:
        number = child.kind_id
        if number == COMPOUND:
            body = lower_block(context, child, depth + 1)
        elif number == _CATCH:
            catches.append(_catch(context, child, depth + 1))
        elif number == _FINALLY:
            cleanup = lower_body(context, _compound(child), child, depth)
    start, end = node.start_byte, node.end_byte
    out.append(Do(start, end, body or Block(start, start, []), catches, cleanup))


def _compound(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.kind_id == COMPOUND), None)


def _catch(context: Context, node: Node, depth: int) -> Catch:
    patterns: list[Expression] = []
    names: list[str] = []
    for child in node.named_children:
        if child.kind_id not in TYPES:
            continue
        for part in child.named_children:
            start, end = part.start_byte, part.end_byte
            if part.kind_id in TYPES and patterns:  # the grammar takes the name after ``id`` for a type
                names.append(context.word(start, end))
                continue
            if part.kind_id in TYPES:
                patterns.append(Name(start, end, context.type(context.text[start:end])))
                continue
            read = read_declarator(context, None, part)
            if read is not None:
                names.append(context.word(read.name.start_byte, read.name.end_byte))
    body = lower_body(context, _compound(node), node, depth)
    return Catch(node.start_byte, node.end_byte, patterns, names, body)


@statement("synchronized_statement")
def _synchronized(context: Context, node: Node, depth: int, out: list[Statement]) -> None:
    start, end = node.start_byte, node.end_byte
    body = _compound(node)
    locks = [child for child in node.named_children if child.kind_id not in (COMMENT, COMPOUND)]
    lock = lower(context, locks[0], depth + 1) if locks else None
    out.append(Do(start, end, lower_body(context, body, node, depth), guard_value=lock))
