"""Something is granted to a subject that nothing has checked.

An operation makes a grant for its ``subject``, or a closure that is handed over is answered with a literal
true. It is in order where, on some way that leads there, an operation checks the subject or a part of it,
where the subject or a part of it is compared, or where it goes to code that cannot be seen: the
programmer is trusted then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from backhaul.analysis.bodies import Body, taker
from backhaul.analysis.callees import argument_for
from backhaul.analysis.conditions import Condition, condition_of, conjuncts, guards_of, leaves
from backhaul.analysis.consumers import holders, names_of
from backhaul.analysis.derivation import Derivation
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import FunctionSymbol, type_name
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Confidence, Finding, Severity, Step
from backhaul.matchers.call import called
from backhaul.matchers.circumstances import built_only_for
from backhaul.matchers.context import Context, Reporter, is_nil, is_true
from backhaul.matchers.hooks import is_withheld, members_of, parameter_of
from backhaul.matchers.knowledge import tells_developers
from backhaul.matchers.parameters import UncheckedGrantParameters
from backhaul.model.code import (
    Argument,
    Assign,
    Binary,
    Block,
    Call,
    Case,
    Closure,
    Collection,
    Conditional,
    Evaluate,
    Expression,
    If,
    Literal,
    Local,
    LocalFunction,
    Member,
    Name,
    Node,
    Return,
    Switch,
    Unary,
)
from backhaul.rules import Hook

_COMPARES = ("==", "!=", "===", "!==")
_MOST_CALLS = 3
_TEXT = re.compile(r'"([^"]*)"')


class _Verdict(Struct, frozen=True):
    """How sure it is that nothing checks; ``conditions``: what else must hold for the grant to be made."""

    confidence: Confidence
    conditions: tuple[Condition, ...] = ()
    trail: tuple[Step, ...] = ()


def find(reporter: Reporter, parameters: UncheckedGrantParameters, context: Context) -> Iterator[Finding]:
    asked = _Asked(parameters, context)
    for grant, subject, body, name in asked.grants():
        verdict = asked.judge(grant, subject, body)
        if verdict is None:
            continue
        severity: Severity | None = "warning" if verdict.conditions else None
        confidence = verdict.confidence
        around = f"{body.symbol.owner} {body.symbol.name}".lower()
        if any(word in around for word in parameters.doubtful_named):
            severity = "warning"
        if any(_is_choice(condition, parameters) for condition in verdict.conditions):
            severity = "note"
        if built_only_for(parameters.doubtful_in_build, grant, body):
            severity, confidence = "note", "low"
        site = (grant.name_start, grant.name_end)
        yield reporter.finding(
            site,
            body,
            confidence=confidence,
            severity=severity,
            trail=[*verdict.trail, step_at(grant, body, "granted here, and nothing was checked")],
            call=f"`{name}`",
        )


def _is_choice(condition: Condition, parameters: UncheckedGrantParameters) -> bool:
    """Whether somebody has chosen that the subject is not checked."""
    words = parameters.note_asked if condition.holds else parameters.note_denied
    return any(word in condition.text.lower() for word in words)


class _Asked:
    def __init__(self, parameters: UncheckedGrantParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context

    # What is granted

    def grants(self) -> Iterator[tuple[Call, Expression, Body, str]]:
        """Each grant, with the subject that should have been checked, and the name of what grants it."""
        for use, body, _ in self.context.uses(self.parameters.operation):
            subject = use.arguments.get(self.parameters.subject)
            if not isinstance(use.node, Call) or subject is None or isinstance(subject, Closure):
                continue
            if not self._is_withheld(use.node, body) and not is_withheld(body.symbol, self.context):
                yield use.node, subject, body, called(use)
        for subject_of, answer, body in self._handed():
            for call, _ in body.calls:
                is_answer = body.variable_called(call) is answer and len(call.arguments) == 1
                if is_answer and is_true(call.arguments[0].value):
                    yield call, _read(subject_of), body, call.name

    def _handed(self) -> Iterator[tuple[Variable, Variable, Body]]:
        """The closures by which a subject is answered: of members of the hook, and of closures given away."""
        parameters = self.parameters
        for symbol, hook in self._hook_members:
            subject = parameter_of(symbol, hook, parameters.subject)
            answer = parameter_of(symbol, hook, parameters.answer)
            if subject is not None and answer is not None and symbol.body is not None:
                yield subject, answer, symbol.body
        for use, body, _ in self.context.uses(parameters.verifier) if parameters.verifier else ():
            block = use.arguments.get(parameters.closure)
            if isinstance(block, Closure):
                given = body.unit_of(block).parameters
                if len(given) > max(parameters.subject_at, parameters.answer_at):
                    yield given[parameters.subject_at], given[parameters.answer_at], body

    def _is_withheld(self, grant: Call, body: Body) -> bool:
        """Whether what is granted only goes where it is refused: beside it stands such an answer."""
        if self._is_refused(grant, body):
            return True
        held = holders(body, lambda expression: expression is grant, iter(()))
        given = [n for n in names_of(held, body) if isinstance(body.parent(n), (Argument, Collection))]
        return bool(given) and all(self._is_refused(name, body) for name in given)

    def _places(self, grant: Call, body: Body) -> list[Node]:
        """Where what is granted is given away: where it is made, or where a variable that holds it goes."""
        held = holders(body, lambda expression: expression is grant, iter(()))
        given = [
            n for n in names_of(held, body) if isinstance(body.parent(n), (Argument, Collection, Return))
        ]
        return [n for n in given if not self._is_refused(n, body)] or [grant]

    def _is_refused(self, value: Node, body: Body) -> bool:
        for outer in body.ancestors(value):
            if isinstance(outer, Call):
                return any(self._refuses(a.value, body) for a in outer.arguments)
            if isinstance(outer, Collection):
                return any(self._refuses(item, body) for item in outer.items)
            if not isinstance(outer, Argument) and not isinstance(outer, Unary):
                return False
        return False

    def _refuses(self, value: Expression, body: Body) -> bool:
        if not isinstance(unwrapped(value), (Name, Member)):
            return False
        found = {o.kind for o in self.context.values.origins(value, body)}
        return found == {self.parameters.refusal}

    # Whether it was checked

    def judge(self, grant: Call, subject: Expression, body: Body, depth: int = 0) -> _Verdict | None:
        """None: it is in order, or may be."""
        if self._is_decided_by_people(grant, body):
            return None
        derivation = Derivation(subject, body, self._wholes)
        if not all(self._is_from_outside(root, grant, body) for root in derivation.roots):
            return None
        if self._is_checked(grant, derivation, body, 0):
            return None
        conditions = self._least_conditions(grant, derivation, body)
        if conditions is None:
            return None
        verdict = _Verdict("medium" if conditions else "high", tuple(conditions))
        if (derivation.fields or derivation.kept) and self._is_checked_elsewhere(body):
            return None
        return self._judge_callers(verdict, derivation, body, depth)

    def _judge_callers(
        self, verdict: _Verdict, derivation: Derivation, body: Body, depth: int
    ) -> _Verdict | None:
        """A function that is given its subject is as good as the functions that call it."""
        given = [v for v in derivation.roots if v.parameter is not None and v.unit is body.unit]
        if not given or depth > _MOST_CALLS:
            return verdict
        variable = given[0]
        calls = self.context.values.calls_of(body.symbol)
        if not calls:
            return verdict if self._comes_from_outside(body.symbol, variable) else None
        for call, caller in calls:
            passed = argument_for(body.symbol, call, variable.parameter or 0)
            if passed is None:
                return verdict
            outer = self.judge(call, passed, caller, depth + 1)
            if outer is not None:
                step = step_at(call, caller, f"`{body.symbol.qualified_name}` called here")
                least: Confidence = "medium" if "medium" in (verdict.confidence, outer.confidence) else "high"
                both = (*verdict.conditions, *outer.conditions)
                return _Verdict(least, both, (*outer.trail, step))
        return None

    def _is_from_outside(self, root: Variable, grant: Call, body: Body) -> bool:
        """A closure may be handed a subject by code that has checked it, unless it is a raw one."""
        if root.parameter is None or root.unit is body.unit or self._is_raw(root):
            return True
        return body.variable_called(grant) in root.unit.parameters

    def _is_raw(self, variable: Variable) -> bool:
        api = self.context.models.type_named(type_name(variable.type))
        return api is not None and self.parameters.raw in api.tags

    def _comes_from_outside(self, symbol: FunctionSymbol, variable: Variable) -> bool:
        """Whether the system hands the subject in as it came from the other side, unchecked."""
        return self._is_raw(variable) or any(found is symbol for found, _ in self._hook_members)

    @cached_property
    def _hook_members(self) -> list[tuple[FunctionSymbol, Hook]]:
        parameters = self.parameters
        hooks = [parameters.hook] if parameters.hook else []
        if parameters.switch and any(
            is_true(use.arguments.get(parameters.switch_value))
            for use, _, _ in self.context.uses(parameters.switch)
        ):
            hooks.append(parameters.switched_hook)
        return [member for hook in hooks for member in members_of(hook, self.context)]

    def _wholes(self, expression: Expression, body: Body) -> list[Expression]:
        for use in self.context.resolver.operations.at(expression, body):
            if use.operation.is_named(self.parameters.part):
                return use.operands
        return []

    def _is_decided_by_people(self, grant: Node, body: Body) -> bool:
        """Whether the grant stands in a closure that runs when somebody has chosen it."""
        unit = body.unit_at(grant)
        while unit.node is not None:
            call = taker(unit.node, body) if isinstance(unit.node, Closure) else None
            found = self.context.resolver.operations.at(call, body) if call is not None else []
            if any(use.operation.is_named(name) for use in found for name in self.parameters.unless_within):
                return True
            unit = body.unit_at(unit.node)
        return False

    def _is_checked(self, grant: Node, derivation: Derivation, body: Body, depth: int) -> bool:
        return any(not excludes(node, grant, body) for node in self._checks(grant, derivation, body, depth))

    def _checks(self, grant: Node, derivation: Derivation, body: Body, depth: int) -> Iterator[Node]:
        """What in ``body`` may check what is derived from the subject."""
        for node in descendants(body.unit.block):
            if node is grant:
                continue
            if isinstance(node, Binary) and node.operator in _COMPARES:
                sides = (node.left, node.right)
                if any(derivation.has(s) for s in sides) and not any(isinstance(s, Literal) for s in sides):
                    yield node
            elif isinstance(node, Member) and node.base is not None and derivation.has(node.base):
                if not self.context.resolver.operations.at(node, body):
                    yield node
            elif isinstance(node, Call) and self._may_check(node, derivation, body, depth):
                yield node

    def _may_check(self, call: Call, derivation: Derivation, body: Body, depth: int) -> bool:
        uses = self.context.resolver.operations.at(call, body)
        operands = [a.value for a in call.arguments]
        if call.receiver is not None:
            operands.append(call.receiver)
        if not any(derivation.has(operand) for operand in operands):
            return False
        if any(u.operation.is_named(name) for u in uses for name in self.parameters.compares):
            return not isinstance(body.parent(call), Evaluate)
        if uses:
            return any(
                u.operation.is_named(self.parameters.check) and self._heeds(u, call, body) for u in uses
            )
        if tells_developers(call):
            return False
        functions = self.context.resolver.callees.of(call, body).functions
        if not functions or depth > _MOST_CALLS:
            return True
        is_asked = depth > 0 or not isinstance(body.parent(call), Evaluate)
        return any(self._function_checks(f, call, derivation, depth, is_asked=is_asked) for f in functions)

    def _heeds(self, use: Use, call: Call, body: Body) -> bool:
        """Whether what a check tells is asked for: the verdict, where that is told through a pointer."""
        pointer = use.arguments.get(self.parameters.verdict)
        if pointer is None:
            return is_heeded(call, body)
        told = pointer.operand if isinstance(pointer, Unary) and pointer.operator == "&" else None
        variable = body.variable(told) if isinstance(told, Name) else None
        if variable is None:
            return not is_nil(pointer) and (told is not None or is_heeded(call, body))
        return any(name is not told for name, _ in variable.uses)

    def _function_checks(
        self, symbol: FunctionSymbol, call: Call, derivation: Derivation, depth: int, *, is_asked: bool
    ) -> bool:
        """Whether a function of the program checks a subject that it is given.

        ``is_asked``: something is made of what it returns. It is then enough that it looks into the subject.
        """
        body = symbol.body
        if body is None:
            return True
        for position, variable in enumerate(body.unit.parameters):
            given = argument_for(symbol, call, position)
            if given is None or not derivation.has(given):
                continue
            inner = Derivation(_read(variable), body, self._wholes)
            if any(True for _ in self._checks(call, inner, body, depth + 1)):
                return True
            if is_asked and self._looks_into(inner, body):
                return True
        return False

    def _looks_into(self, derivation: Derivation, body: Body) -> bool:
        return any(
            use.operation.is_named(self.parameters.content) and any(map(derivation.has, use.operands))
            for call, _ in body.calls
            for use in self.context.resolver.operations.at(call, body)
        )

    def _is_checked_elsewhere(self, body: Body) -> bool:
        """A subject that an object keeps may be checked by any of the methods of its type."""
        owner = body.symbol.owner
        return any(
            where.symbol.owner == owner and isinstance(use.node, Call) and self._heeds(use, use.node, where)
            for use, where, _ in self.context.uses(self.parameters.check)
        )

    def _least_conditions(self, grant: Call, derivation: Derivation, body: Body) -> list[Condition] | None:
        """As ``_conditions``, of the place where the grant is given away under the fewest."""
        found = [self._conditions(grant, place, derivation, body) for place in self._places(grant, body)]
        return min((each for each in found if each is not None), key=len, default=None)

    def _conditions(
        self, grant: Node, place: Node, derivation: Derivation, body: Body
    ) -> list[Condition] | None:
        """The conditions of the grant that say nothing of the subject; None where one makes it harmless.

        ``place``: where it is given away.
        """
        found: set[Condition] = set()
        deciders = list(_parameters_of_closures(grant, body))
        held = {f"{v.name}#{v.node.start}" for v in derivation.variables}
        asked = [
            condition
            for node in ((grant, place) if place is not grant else (grant,))
            for condition in (*guards_of(node, body, through_closures=True), *_declined(node, body))
        ]
        for condition in asked:
            if condition.holds and not set(self.parameters.harmless).isdisjoint(
                _TEXT.findall(condition.text)
            ):
                return None
            lowered = condition.text.lower()
            if condition.constant == "nil" or any(word in lowered for word in self.parameters.routine):
                continue
            if not condition.text or condition.text in held:
                continue
            if any(f"{v.name}#{v.node.start}" in condition.text for v in deciders):
                return None
            found.add(condition)
        return sorted(found)


def _declined(node: Node, body: Body) -> Iterator[Condition]:
    """What is asked, together with more, by conditions that do not all hold where ``node`` stands."""
    inner = node
    for outer in body.ancestors(node):
        if isinstance(outer, If) and inner is outer.otherwise:
            asked = [part for condition in outer.conditions for part in conjuncts(condition)]
            if len(asked) > 1:
                found = [condition_of(part, body, False) for part in asked]
                yield from (condition for condition in found if condition is not None)
        inner = outer


def _parameters_of_closures(node: Node, body: Body) -> Iterator[Variable]:
    """What closures around ``node`` are told by whoever calls them."""
    unit = body.unit_at(node)
    while unit.node is not None:
        yield from unit.parameters
        unit = body.unit_at(unit.node)


def _read(variable: Variable) -> Expression:
    """An expression that means ``variable``: one of its uses."""
    if variable.uses:
        return variable.uses[0][0]
    return Name(variable.node.start, variable.node.end, variable.name)


def is_heeded(call: Call, body: Body) -> bool:
    """Whether what a check tells, by its result or through a pointer, is asked for afterwards."""
    if any(isinstance(a.value, Closure) for a in call.arguments):
        return True
    outer = body.parent(call)
    if isinstance(outer, Local):
        variable = body.declared_by(outer)
        if variable is not None and variable.uses:
            return True
    elif isinstance(outer, Assign):
        if not (isinstance(outer.target, Name) and outer.target.name == "_"):
            return True
    elif not isinstance(outer, Evaluate):
        return True
    told = [a.value.operand for a in call.arguments if isinstance(a.value, Unary) and a.value.operator == "&"]
    for pointer in told:
        variable = body.variable(pointer) if isinstance(pointer, Name) else None
        if variable is None or any(name is not pointer for name, _ in variable.uses):
            return True
    return False


def excludes(one: Node, other: Node, body: Body) -> bool:
    """Whether no run comes to both places: they stand in different branches, or the earlier one leaves."""
    path_of_one, path_of_other = [one, *body.ancestors(one)], [other, *body.ancestors(other)]
    around = {id(node) for node in path_of_one}
    common = next((node for node in path_of_other if id(node) in around), None)
    if common is None:
        return False
    below_one, below_other = _below(common, path_of_one), _below(common, path_of_other)
    if below_one is None or below_other is None:
        return False
    if isinstance(common, (If, Conditional)):
        branches = (common.then, common.otherwise)
        return any(below_one is b for b in branches) and any(below_other is b for b in branches)
    if isinstance(common, Switch):
        return isinstance(below_one, Case) and isinstance(below_other, Case)
    if not isinstance(common, Block):
        return False
    earlier = path_of_one if below_one.start < below_other.start else path_of_other
    stop = next((n for n in earlier if n is below_one or n is below_other), None)
    has_left = False
    for node in earlier:
        if node is stop:
            break
        if isinstance(node, (Closure, LocalFunction)):
            has_left = False
        elif isinstance(node, Block):
            has_left = has_left or leaves(node)
    return has_left


def _below(common: Node, path: list[Node]) -> Node | None:
    position = next(i for i, node in enumerate(path) if node is common)
    return path[position - 1] if position else None
