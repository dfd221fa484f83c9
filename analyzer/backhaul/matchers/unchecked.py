"""A callback that takes its arguments for success, though only an answer tells the outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.conditions import guards_of, text_of
from backhaul.analysis.consumers import consumer_of, holders, names_of
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import children, descendants
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.delegates import members_in
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.knowledge import Knowledge
from backhaul.matchers.parameters import UncheckedOutcomeParameters
from backhaul.model.code import (
    Assign,
    Await,
    Binary,
    Binding,
    Call,
    Conditional,
    Expression,
    Guard,
    If,
    Literal,
    Member,
    Name,
    Node,
    Try,
)

_MAX_DEPTH = 3
_NILS = ("nil", ".none")
_FAILING = ("error", "fail")
"""Words in the name of what is done, or set, where something went wrong."""
_Taken: TypeAlias = tuple[Node, Body]


def find(reporter: Reporter, parameters: UncheckedOutcomeParameters, context: Context) -> Iterator[Finding]:
    knowledge = Knowledge(parameters, context)
    concerned: set[str] | None = None
    for symbol, hook in members_of(parameters.hook, context):
        body = symbol.body
        given = parameter_of(symbol, hook, parameters.nil_on_success or parameters.product)
        subject = parameter_of(symbol, hook, parameters.subject)
        if body is None or given is None:
            continue
        if concerned is None:
            concerned = _concerned(parameters, context)
        if parameters.nil_on_success and concerned.isdisjoint(context.program.family(symbol.owner)):
            continue
        success = _Success(parameters, knowledge, context)
        taken = success.taken(given, body)
        if taken is None or knowledge.of(symbol.owner) or knowledge.examines(symbol):
            continue
        node, where = taken
        function = symbol.function
        declared = (function.name_start, function.name_end)
        trail = [step_at(node, body, f"`{given.name}` is all that this callback looks at", declared)]
        site = _site(node)
        trail.append(step_at(node, where, "taken for success here", site))
        yield reporter.finding(
            site,
            where,
            trail=trail,
            subject=f"`{subject.name}`" if subject is not None else "the task",
            call=_written(node),
        )


def _concerned(parameters: UncheckedOutcomeParameters, context: Context) -> set[str]:
    """The types that start what the card is about, and those whose objects hear of it."""
    starting = {body.symbol.owner for _, body, _ in context.uses(parameters.concerns)} - {""}
    hearing = {symbol.owner for symbol, _ in members_of(parameters.concerned_hook, context)}
    for use, body, _ in context.uses(parameters.delegated):
        delegate = use.arguments.get(parameters.delegate)
        if delegate is not None and body.symbol.owner in starting:
            hearing.add(context.resolver.types.of(delegate, body))
    return (starting | hearing) - {""}


class _Success:
    """Finds what a callback does because it believes in success."""

    def __init__(
        self, parameters: UncheckedOutcomeParameters, knowledge: Knowledge, context: Context
    ) -> None:
        self.parameters = parameters
        self.knowledge = knowledge
        self.context = context

    def taken(self, given: Variable, body: Body, depth: int = 0) -> _Taken | None:
        """The first thing done so, and the body it stands in."""
        variables = holders(body, lambda _: False, iter([given]))
        if self.parameters.product:
            found: Node | None = self._takes_product(self._restated(variables, body), body)
            return (found, body) if found is not None else None
        found = self._done_on_nil(variables, body) or self._verdict_passed(variables, body)
        return (found, body) if found is not None else self._passed_on(variables, body, depth)

    def _restated(self, variables: list[Variable], body: Body) -> list[Variable]:
        """With the variables that hold another form of the value: its path."""

        def restates(expression: Expression) -> bool:
            base = expression.receiver if isinstance(expression, Call) else getattr(expression, "base", None)
            named = unwrapped(base) if base is not None else None
            is_held = isinstance(named, Name) and body.variable(named) in variables
            return is_held and self._performs(expression, body, self.parameters.restated)

        return holders(body, restates, iter(variables))

    def _takes_product(self, variables: list[Variable], body: Body) -> Node | None:
        """The first call that is given the product, but for those that only look at it.

        One that gives what is kept in the product's place from then on only says it in another way, where
        something else takes it.
        """
        restating: Node | None = None
        for name in names_of(variables, body):
            call = self._call_around(name, body)
            if call is None:
                continue
            if self._opens(call, body):
                return None
            if self._looks(call, body) or self._is_within_quiet(call, body):
                continue
            if not _is_put_back(call, variables):
                return call
            restating = restating or call
        return restating

    def _call_around(self, name: Name, body: Body) -> Call | None:
        """The call that is given the value, in whatever form."""
        consumer = consumer_of(name, body)
        while consumer.node is not None and self._performs(consumer.node, body, self.parameters.restated):
            consumer = consumer_of(consumer.node, body)
        return consumer.node if consumer.form == "passed" and isinstance(consumer.node, Call) else None

    def _opens(self, call: Call, body: Body) -> bool:
        """Whether an object is made of the product that is none where the content is not as it should be."""
        if not self.context.resolver.types.is_initialiser(call, body):
            return False
        outer = body.parent(call)
        while isinstance(outer, (Try, Await)):
            outer = body.parent(outer)
        return isinstance(outer, Binding) and not self.context.resolver.operations.at(call, body)

    def _looks(self, call: Call, body: Body) -> bool:
        return self._performs(call, body, self.parameters.look)

    def _performs(self, node: Node, body: Body, operation: str) -> bool:
        return any(u.operation.is_named(operation) for u in self.context.resolver.operations.at(node, body))

    def _done_on_nil(self, variables: list[Variable], body: Body) -> Node | None:
        """The first thing done only where the argument is nil."""
        failing = {
            text
            for call, _ in body.calls
            if not _is_nil_at(call, variables, body) and (text := text_of(call, body)) is not None
        }
        for node in descendants(body.unit.block):
            if not isinstance(node, (Call, Assign)) or not _is_nil_at(node, variables, body):
                continue
            if _is_asked(node, body) or any(word in _written(node).lower() for word in _FAILING):
                continue
            if isinstance(node, Call) and text_of(node, body) in failing:
                continue  # done after an error, too
            if self._has_effect(node, body):
                return node
        return None

    def _has_effect(self, node: Call | Assign, body: Body) -> bool:
        if isinstance(node, Assign):
            target = node.target
            return not (isinstance(target, Name) and body.variable(target) is not None)
        found = [use.operation for use in self.context.resolver.operations.at(node, body)]
        if any(o.calls or any(map(o.is_named, self.parameters.trivial)) for o in found):
            return False
        if self.context.resolver.types.is_initialiser(node, body):
            return False
        if found and not node.arguments and all(o.returns is not None for o in found):
            return False  # only asks for something
        return not self._is_within_quiet(node, body)

    def _is_within_quiet(self, call: Call, body: Body) -> bool:
        """Whether a call only says something to developers, or works out what is said."""
        calls = [call, *(a for a in body.ancestors(call) if isinstance(a, Call))]
        return any(self.knowledge.is_quiet(each, body) for each in calls)

    def _verdict_passed(self, variables: list[Variable], body: Body) -> Node | None:
        """A call that is given what comparing the argument with nil gives."""
        verdicts = [
            v
            for v in body.all_variables()
            if any(d.form == "value" and _is_verdict(d.expression, variables, body) for d in v.definitions)
        ]
        for call, _ in body.calls:
            for argument in call.arguments:
                inner = unwrapped(argument.value)
                named = isinstance(inner, Name) and body.variable(inner) in verdicts
                is_told = named or _is_verdict(inner, variables, body)
                if is_told and not self.knowledge.is_quiet(call, body):
                    return call
        return None

    def _passed_on(self, variables: list[Variable], body: Body, depth: int) -> _Taken | None:
        """The argument handed, nil or not, to code that cannot ask for the answer."""
        for name in names_of(variables, body):
            consumer = consumer_of(name, body)
            call = consumer.node
            if consumer.form != "passed" or not isinstance(call, Call) or not self._has_effect(call, body):
                continue
            if _is_set_at(name, variables, body):
                continue
            if any(is_nil(argument.value) for argument in call.arguments) and self._is_told_apart(body):
                continue
            functions = self.context.resolver.callees.of(call, body).functions
            if not functions:
                return call, body
            for callee in functions if depth < _MAX_DEPTH else ():
                parameter = _parameter_given(callee, call, consumer.argument)
                if parameter is not None and callee.body is not None:
                    found = self.taken(parameter, callee.body, depth + 1)
                    if found is not None:
                        return found
        return None

    def _is_told_apart(self, body: Body) -> bool:
        """Whether the type is told of success by another callback."""
        hook, owner = self.parameters.succeeded_hook, body.symbol.owner
        return bool(hook and owner) and next(members_in(owner, hook, self.context), None) is not None


def _is_put_back(call: Call, variables: list[Variable]) -> bool:
    """Whether what ``call`` gives is stored into one of the variables."""
    return any(
        definition.expression is not None and unwrapped(definition.expression) is call
        for variable in variables
        for definition in variable.definitions
    )


def _parameter_given(callee: FunctionSymbol, call: Call, argument: Node | None) -> Variable | None:
    """The parameter for which ``call`` passes ``argument``."""
    parameters = callee.body.unit.parameters if callee.body is not None else []
    for position, parameter in enumerate(parameters):
        if argument_for(callee, call, position) is argument:
            return parameter
    return None


def _texts(variables: list[Variable]) -> set[str]:
    """What conditions call the variables."""
    return {f"{v.name}#{v.node.start}" for v in variables}


def _is_nil_at(node: Node, variables: list[Variable], body: Body) -> bool:
    """Whether one of the variables is known to be nil where ``node`` runs."""
    texts = _texts(variables)
    return any(
        (c.holds and c.subject in texts and c.constant in _NILS) or (not c.holds and c.text in texts)
        for c in guards_of(node, body, through_closures=True)
    )


def _is_asked(node: Node, body: Body) -> bool:
    """Whether ``node`` is part of a test, which asks for something and does nothing yet."""
    inner = node
    for outer in body.ancestors(node):
        if isinstance(outer, (If, Guard)):
            return any(condition is inner for condition in outer.conditions)
        inner = outer
    return False


def _is_set_at(name: Name, variables: list[Variable], body: Body) -> bool:
    """Whether the argument is known not to be nil at ``name``."""
    texts = _texts(variables)
    for c in guards_of(name, body, through_closures=True):
        if (not c.holds and c.subject in texts and c.constant in _NILS) or (c.holds and c.text in texts):
            return True
    variable = body.variable(name)
    return variable is not None and any(isinstance(d.node, Binding) for d in variable.definitions)


def _is_verdict(expression: Expression | None, variables: list[Variable], body: Body) -> bool:
    inner = unwrapped(expression) if expression is not None else None
    if isinstance(inner, Conditional):
        inner = unwrapped(inner.condition)
    if not isinstance(inner, Binary) or inner.operator not in ("==", "!="):
        return False
    sides = [inner.left, inner.right]
    nils = [s for s in sides if isinstance(s, Literal) and s.kind == "nil"]
    return bool(nils) and any(text_of(s, body) in _texts(variables) for s in sides)


def _site(node: Node) -> tuple[int, int]:
    if isinstance(node, Call):
        return node.name_start, node.name_end
    return (node.target.start, node.target.end) if isinstance(node, Assign) else (node.start, node.end)


def _written(node: Node) -> str:
    named = node.target if isinstance(node, Assign) else node
    inner = named if isinstance(named, (Call, Member, Name)) else next(iter(children(named)), None)
    return getattr(inner, "name", "") or "this"
