"""The delegate of an object must have a member, that does something; or has one that is never called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.variables import Variable
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.call import called, named
from backhaul.matchers.context import Context, Reporter, arguments_fit
from backhaul.matchers.delegates import delegate_type, is_whole, makers_with, members_in, related
from backhaul.matchers.handed_closures import followed
from backhaul.matchers.hooks import does_something, is_declared, parameter_of
from backhaul.matchers.parameters import DelegateMemberParameters
from backhaul.matchers.required_hook import application_of, is_mutated
from backhaul.model.code import Name
from backhaul.rules import Hook

_CLOSURE = re.compile(r"\(\)(?:async)?->(?:Void|\(\))|void\(\^\w*\)\((?:void)?\)|^dispatch_block_t")
"""The type of a closure without parameters and result, without its spaces."""


def find(reporter: Reporter, parameters: DelegateMemberParameters, context: Context) -> Iterator[Finding]:
    reported: set[int] = set()
    for use, body, _ in context.uses(parameters.operation):
        owner = delegate_type(use, parameters.delegate, body, context)
        if not owner:
            continue
        verdict = arguments_fit(use, body, parameters.arguments, context)
        if verdict is None or verdict[0] == "low" or _is_excused(use, body, owner, parameters, context):
            continue
        made = [*(verdict[1].trail if verdict[1] is not None else ()), _made(use, body)]
        if parameters.fault == "missing":
            yield from _missing(use, body, owner, verdict[0], made, reporter, parameters, context)
            continue
        for symbol, hook in members_in(owner, parameters.hook, context):
            if id(symbol) not in reported and _is_faulty(symbol, hook, owner, parameters, context):
                reported.add(id(symbol))
                yield _at_member(symbol, verdict[0], made, reporter, parameters)


def _made(use: Use, body: Body) -> Step:
    return step_at(use.node, body, f"`{called(use)}` called here", use.site)


def _missing(
    use: Use,
    body: Body,
    owner: str,
    confidence: Confidence,
    trail: list[Step],
    reporter: Reporter,
    parameters: DelegateMemberParameters,
    context: Context,
) -> Iterator[Finding]:
    if next(members_in(owner, parameters.hook, context), None) is not None or not is_whole(owner, context):
        return
    hook = context.models.hooks_named(parameters.hook)[0]
    spellings = hook.swift if body.symbol.module.language == "swift" else hook.objc
    yield reporter.finding(
        use.site,
        body,
        confidence=confidence,
        trail=trail,
        subject=named(use.arguments.get(parameters.delegate), body, context),
        where=f"`{owner}`, its delegate, has no `{spellings[0]}`",
    )


def _at_member(
    symbol: FunctionSymbol,
    confidence: Confidence,
    trail: list[Step],
    reporter: Reporter,
    parameters: DelegateMemberParameters,
) -> Finding:
    assert symbol.body is not None
    where = "does nothing" if parameters.fault == "idle" else "is never called"
    return reporter.finding(
        (symbol.function.name_start, symbol.function.name_end),
        symbol.body,
        confidence=confidence,
        trail=trail,
        subject=f"`{symbol.owner}`",
        where=f"`{symbol.function.spelling}` {where}",
    )


def _is_faulty(
    symbol: FunctionSymbol, hook: Hook, owner: str, parameters: DelegateMemberParameters, context: Context
) -> bool:
    if parameters.fault == "idle":
        return not does_something(symbol, context)
    if _only_agrees(symbol, hook, parameters, context):
        return False
    for operation in parameters.elsewhere:
        if next(makers_with(owner, operation, parameters.delegate, context), None) is not None:
            return False
    return all(
        (verdict := arguments_fit(use, body, parameters.arguments, context)) is not None
        and verdict[0] == "high"
        for use, body in makers_with(owner, parameters.operation, parameters.delegate, context)
    )


def _only_agrees(
    symbol: FunctionSymbol, hook: Hook, parameters: DelegateMemberParameters, context: Context
) -> bool:
    """Whether all that the member does is to give back what it was given: as if it were not there."""
    body = symbol.body
    if body is None:
        return True
    given = parameter_of(symbol, hook, parameters.passed_on)
    answer = parameter_of(symbol, hook, parameters.answer)
    if answer is None:
        answers = [r.value for r in body.unit.returns]
    else:
        answers = [
            call.arguments[0].value if call.arguments else None
            for call, _ in body.calls
            if body.variable_called(call) is answer
        ]
        if len(answers) < len(answer.uses):
            return not _is_decided_elsewhere(answer, body, context)
    return all(isinstance(a, Name) and body.variable(a) is given for a in answers)


def _is_decided_elsewhere(answer: Variable, body: Body, context: Context) -> bool:
    """Whether a function of the program is given the closure, which may tell it anything."""
    return any(
        any(isinstance(a.value, Name) and body.variable(a.value) is answer for a in call.arguments)
        and context.resolver.callees.of(call, body).functions
        for call, _ in body.calls
    )


def _is_excused(
    use: Use, body: Body, owner: str, parameters: DelegateMemberParameters, context: Context
) -> bool:
    if any(is_mutated(use, body, test, parameters.arguments, context) for test in parameters.unless_mutated):
        return True
    unless = parameters.unless_hook
    if not unless:
        return False
    if any(is_declared(hook, context) for hook in context.models.hooks_named(unless)):
        return True  # what becomes of its closure is another question
    path = body.symbol.module.path
    if application_of(path, context) is not None or _calls_kept(owner, context):
        return True
    return "library" not in context.project.kinds(path) and not _keeps_uncalled(owner, context)


def _keeps_uncalled(owner: str, context: Context) -> bool:
    """Whether the delegate has a place for a closure without parameters, which nothing ever calls."""
    handovers = followed(context)
    for name in related(owner, context):
        symbol = context.program.find_type(name)
        for declared in symbol.properties if symbol is not None else ():
            kind = "".join(symbol.properties[declared][0][0].type.split()) if symbol is not None else ""
            if _CLOSURE.search(kind) and not handovers.is_read({context.places.field(name, declared)}):
                return True
    return False


def _calls_kept(owner: str, context: Context) -> bool:
    """Whether the delegate calls a closure without parameters that it keeps, in any of its members."""
    family = related(owner, context)
    return any(
        place.owner in family or not place.owner
        for symbol in context.program.functions
        if symbol.owner in family and symbol.body is not None
        for call, _ in symbol.body.calls
        if not call.arguments
        for place in followed(context).kept_in(call, symbol.body)
    )
