"""A call of an operation on a value of some kind."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, Origin, step_at
from backhaul.analysis.walking import nodes_of
from backhaul.findings.finding import CONFIDENCES, Confidence, Finding
from backhaul.matchers.circumstances import (
    built_only_for,
    is_asked,
    is_chosen,
    is_tested,
    is_worker,
    may_be_left_out,
)
from backhaul.matchers.context import Context, Reporter, arguments_fit, is_nil, judged, source_text
from backhaul.matchers.delegates import members_in
from backhaul.matchers.excuses import (
    is_kept,
    is_only_local,
    is_only_used_by,
    is_put_inside,
    is_put_into,
    is_result_changed,
    may_be,
)
from backhaul.matchers.hooks import is_answered, is_used
from backhaul.matchers.launch import is_done_at_launch
from backhaul.matchers.parameters import CallParameters
from backhaul.matchers.payloads import is_given, is_produced
from backhaul.matchers.whereabouts import is_handed_on, is_work_of_others, reads_as_off_main
from backhaul.model.code import (
    Assign,
    Await,
    Expression,
    Member,
    Name,
    Node,
)
from backhaul.rules import Card

_MAIN_TEST = "main-thread-test"


def find(reporter: Reporter, parameters: CallParameters, context: Context) -> Iterator[Finding]:
    for use, body, _ in context.uses(parameters.operation):
        if _is_implementation(body, reporter.card, context) or _names_anew(use, body):
            continue
        if parameters.only_certain and not use.is_certain:
            continue
        if parameters.only_in and not _is_only_in(parameters.only_in, use, body, context):
            continue
        if parameters.only_performed and not any(map(context.uses, parameters.only_performed)):
            return
        if parameters.only_beside_hook and not _has_member(body, parameters.only_beside_hook, context):
            continue
        verdict = _judge(use, body, parameters, context)
        if verdict is None:
            continue
        confidence, origin = verdict
        if _is_excused(use, body, parameters, context):
            continue
        trail = [*origin.trail] if origin is not None else []
        if parameters.only_in_loop and not _is_in_loop(use.node, body):
            continue
        if parameters.only_off_main:
            sent = context.queues.sent_away(use.node, body)
            if sent is None:
                continue
            trail.append(sent)
        trail.append(step_at(use.node, body, f"`{called(use)}` {_done(use)} here", use.site))
        subject: Expression | None = receiver_of(use)
        if parameters.receiver is None:
            subject = next((use.arguments[r] for r in parameters.arguments if r in use.arguments), None)
        lesser = parameters.note_with_hook
        is_note = lesser is not None and is_used(lesser.hook, lesser.role, context)
        is_note = is_note or _is_lesser(use, body, parameters, context)
        if built_only_for(parameters.doubtful_in_build, use.node, body):
            confidence, is_note = "low", True
        yield reporter.finding(
            use.site,
            body,
            confidence=confidence,
            severity="note" if is_note else None,
            trail=trail,
            subject=named(subject, body, context),
            call=called(use),
        )


def _is_lesser(use: Use, body: Body, parameters: CallParameters, context: Context) -> bool:
    """Whether it is there for one choice of several, or runs away from the main thread."""
    if parameters.note_when_chosen and is_chosen(use.node, body):
        return True
    return parameters.note_off_main and (
        is_worker(body.symbol.owner, context)
        or is_handed_on(use.node, body, context)
        or reads_as_off_main(use.node, body, context)
        or context.queues.sent_away(use.node, body) is not None
        or is_work_of_others(body.symbol, context)
        or _is_called_on_purpose(body, context)
    )


def _is_called_on_purpose(body: Body, context: Context) -> bool:
    """Whether a function, or every caller of it, asks whether it is on the main thread."""
    asking = {id(where) for _, where, _ in context.uses(_MAIN_TEST)}
    if id(body) in asking:
        return True
    calls = context.values.calls_of(body.symbol)
    return bool(calls) and all(id(where) in asking for _, where in calls)


def _names_anew(use: Use, body: Body) -> bool:
    """Whether a constant is only given another name for all of the program: nothing is done with it yet."""
    symbol = body.symbol
    return isinstance(use.node, Name) and symbol.function.kind == "value" and not symbol.owner


def _is_implementation(body: Body, card: Card, context: Context) -> bool:
    """Whether the function is itself what the card asks for: a library in the tree, whose use is reported."""
    symbol = body.symbol
    wanted = {str(match.table["operation"]) for match in card.matches if "operation" in match.table}
    canonical = context.resolver.types.canonical
    return any(
        canonical(spelling.type) == canonical(symbol.owner)
        and spelling.language == symbol.module.language
        and any(map(spelling.operation.is_named, wanted))
        for spelling in (context.models.spellings(symbol.name) if symbol.owner else ())
    )


def receiver_of(use: Use) -> Expression:
    """The object that the operation is performed on: ``self`` where none is written."""
    return use.receiver if use.receiver is not None else Name(use.node.start, use.node.start, "self")


def named(expression: Expression | None, body: Body, context: Context) -> str:
    """How a message calls a value: its source text, or what it is."""
    text = source_text(expression, body.symbol.module.language)
    if text and text != "self":
        return f"`{text}`"
    kind = context.resolver.types.of(expression, body) if expression is not None else ""
    return f"this {context.values.noun(kind)}" if kind else "this value"


def called(use: Use) -> str:
    """The operation's name as written at this use."""
    named_node = use.node.target if isinstance(use.node, Assign) else use.node
    return getattr(named_node, "name", "") or use.operation.id


def _done(use: Use) -> str:
    return "set" if isinstance(use.node, Assign) else "called"


def _judge(
    use: Use, body: Body, parameters: CallParameters, context: Context
) -> tuple[Confidence, Origin | None] | None:
    test = parameters.receiver
    if test is None:
        return arguments_fit(use, body, parameters.arguments, context)
    received = judged(receiver_of(use), body, use.node, test.kind, context, surely=test.surely)
    if received is None:
        return None
    verdict = arguments_fit(use, body, parameters.arguments, context)
    if verdict is None:
        return None
    return min(verdict[0], received[0], key=CONFIDENCES.index), received[1]


def _is_only_in(wanted: str, use: Use, body: Body, context: Context) -> bool:
    """Whether the call is built into products of one kind only, and into all of them."""
    if context.project.kinds(body.symbol.module.path) != {wanted}:
        return False
    return not may_be_left_out(use.node, body)


def _has_member(body: Body, hook: str, context: Context) -> bool:
    """Whether the type that ``body`` belongs to has a member of the hook."""
    owner = body.symbol.owner
    return bool(owner) and next(members_in(owner, hook, context), None) is not None


def _is_own_setting(use: Use, body: Body, context: Context) -> bool:
    """Whether an object, already made, changes a property that its type declares: a library in the tree."""
    target = use.node.target if isinstance(use.node, Assign) else None
    if not isinstance(target, (Name, Member)) or body.symbol.name.startswith("init"):
        return False
    if isinstance(target, Member) and not (isinstance(target.base, Name) and target.base.name == "self"):
        return False
    owner = context.program.find_type(body.symbol.owner) if body.symbol.owner else None
    return owner is not None and target.name in owner.properties


def _is_in_loop(node: Node, body: Body) -> bool:
    """Whether ``node`` is evaluated in each round of a loop that counts nothing and never suspends."""
    loop = body.loop_around(node)
    return loop is not None and loop.form != "for-in" and not any(True for _ in nodes_of(loop, Await))


def _is_as_given(
    payload: Expression, use: Use, body: Body, parameters: CallParameters, context: Context
) -> bool:
    """Whether a payload is what the program was given. A parameter is where some caller passes such."""
    if not is_given(payload, body) or is_produced(payload, use, body, parameters.written_by, context):
        return False
    variable = body.variable(payload) if isinstance(payload, Name) else None
    if variable is None or variable.parameter is None or variable.unit is not body.unit:
        return True
    passed = [
        (argument, call, caller)
        for call, caller in context.values.calls_of(body.symbol)
        if (argument := argument_for(body.symbol, call, variable.parameter)) is not None
    ]
    return not passed or any(
        is_given(argument, caller)
        and not is_produced(argument, replace(use, node=call), caller, parameters.written_by, context)
        for argument, call, caller in passed
    )


def _is_surely(kind: str, use: Use, body: Body, context: Context) -> bool:
    return judged(receiver_of(use), body, use.node, kind, context, surely=True) is not None


def _is_excused(use: Use, body: Body, parameters: CallParameters, context: Context) -> bool:
    named = f"{body.symbol.name} {body.symbol.function.spelling}".lower()
    if any(word in named for word in parameters.unless_named):
        return True
    if any(
        is_nil(use.arguments[role]) if kind == NIL else may_be(use.arguments[role], kind, body, context)
        for role, kind in parameters.unless_given.items()
        if role in use.arguments
    ):
        return True
    if parameters.unless_own and _is_own_setting(use, body, context):
        return True
    if parameters.only_into and not is_put_into(use, parameters.only_into, body):
        return True
    if parameters.unless_inside and is_put_inside(use, parameters.unless_inside, body):
        return True
    if parameters.only_local and not is_only_local(use, body, context):
        return True
    if any(is_result_changed(use, body, test.operation, context) for test in parameters.unless_mutated):
        return True
    if parameters.unless_only_used_by and is_only_used_by(use, parameters.unless_only_used_by, body, context):
        return True
    if any(context.uses(name) for name in parameters.unless_performed):
        return True
    if any(where is body for name in parameters.unless_beside for _, where, _ in context.uses(name)):
        return True
    if any(is_done_at_launch(name, context) for name in parameters.unless_at_launch):
        return True
    payload = use.arguments.get(parameters.given) if parameters.given else None
    if payload is not None and not _is_as_given(payload, use, body, parameters, context):
        return True
    if is_asked(parameters.unless_decided_by, use.node, body, either_way=True):
        return True
    if parameters.unless_asked and is_asked(parameters.unless_asked, use.node, body):
        return True
    if parameters.only_given and is_tested(use.node, body):
        return True
    if parameters.unless_receiver and _is_surely(parameters.unless_receiver, use, body, context):
        return True
    if parameters.unless_answered and is_answered(body, parameters.unless_answered, context):
        return True
    if not parameters.unless_kept_by:
        return False
    given = [use.arguments[role] for role in parameters.arguments if role in use.arguments]
    return any(is_kept(value, body, parameters.unless_kept_by, context) for value in given)
