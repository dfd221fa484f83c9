"""Two changes of one value that contradict each other: what one says, the other must not bring."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import Guards, contradicts, guards_of, text_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, step_at
from backhaul.analysis.program import field_names
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.call import named
from backhaul.matchers.changes import ChangesOf
from backhaul.matchers.context import Context, Reporter, is_nil, judged
from backhaul.matchers.parameters import ContradictoryChangesParameters
from backhaul.model.code import Argument, Assign, Call, Expression, Member, Name
from backhaul.model.declarations import Property

_PRIVATE = {"private", "fileprivate"}


def find(
    reporter: Reporter, parameters: ContradictoryChangesParameters, context: Context
) -> Iterator[Finding]:
    asked = _Asked(parameters, context)
    for brought, body, unit in context.uses(parameters.brings):
        value = brought.arguments.get(parameters.value)
        if brought.receiver is None or is_nil(value):
            continue
        verdict = asked.said_of(brought, brought.receiver, body, unit)
        if verdict is None or (value is not None and asked.may_be_absent(value, body)):
            continue
        confidence, trail, said = verdict
        yield reporter.finding(
            brought.site,
            body,
            confidence=confidence,
            trail=[*trail, step_at(brought.node, body, "set here", brought.site)],
            subject=named(brought.receiver, body, context),
            said=said,
        )


_MOST_STEPS = 4
"""Of a way back from a value to what it was made from."""


def _mentions(guard: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(text)}(?![\w#])", guard) is not None


def _made_from(value: Expression | None, body: Body) -> Expression | None:
    """What ``value`` is another form of: a local's only value, a call's receiver or only argument."""
    if isinstance(value, Name):
        variable = body.variable(value)
        if variable is None or variable.parameter is not None or len(variable.definitions) != 1:
            return None
        value = variable.definitions[0].expression
        return unwrapped(value) if value is not None else None
    if isinstance(value, Call) and value.receiver is None and len(value.arguments) == 1:
        return unwrapped(value.arguments[0].value)
    base = value.base if isinstance(value, Member) else value.receiver if isinstance(value, Call) else None
    return unwrapped(base) if base is not None else None


class _Asked:
    def __init__(self, parameters: ContradictoryChangesParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self._changes = ChangesOf(parameters.says, context)

    def said_of(
        self, brought: Use, subject: Expression, body: Body, unit: Unit
    ) -> tuple[Confidence, list[Step], str] | None:
        """What forbids ``brought``, how sure that is, and its text; None: nothing does."""
        place = self.context.places.of(subject, body)
        if place is None:
            return None
        here = guards_of(brought.node, body)
        later = [
            use
            for use, where, inside in self.context.uses(self.parameters.says)
            if where is body
            and inside is unit
            and use.node.start > brought.node.start
            and use.receiver is not None
            and self.context.places.of(use.receiver, body) == place
            and not contradicts(guards_of(use.node, body), here)
        ]
        if any(not guards_of(use.node, body) <= here for use in later):
            return None
        before = [] if later else self._changes.before(brought.node, subject, body, unit)
        said = [later[-1]] if later else [change.use for change in before if change.body is body]
        if before and len(said) != len(before):
            return None
        if not said:
            return self._by_default(subject, body)
        if not all(self._forbids(use, body) and not self._is_asked_of(use, here, body) for use in said):
            return None
        use = said[-1]
        value = use.arguments[self.parameters.value]
        text = getattr(unwrapped(value), "text", "") or named(value, body, self.context)
        return "high", [step_at(use.node, body, "said here", use.site)], text

    def _forbids(self, use: Use, body: Body) -> bool:
        value = use.arguments.get(self.parameters.value)
        inner = unwrapped(value) if value is not None else None
        variable = body.variable(inner) if isinstance(inner, Name) else None
        if value is None or (variable is not None and variable.parameter is not None):
            return False
        if inner is not None and self._is_others_to_set(inner, body):
            return False
        text = text_of(value, body)
        if text and any(c.holds and c.subject == text for c in guards_of(use.node, body)):
            return False  # looked at on the way here: it is what it was found to be
        kind = self.parameters.forbidding
        return judged(value, body, use.node, kind, self.context, surely=True) is not None

    def _is_others_to_set(self, value: Expression, body: Body) -> bool:
        """Whether ``value`` is a property that others may fill, or a protocol's that they may implement."""
        found = self._property(value, body)
        if found is None or found.is_constant or _PRIVATE.intersection(found.attributes):
            return False
        owner = self.context.program.find_type(found.owner)
        return not found.is_computed or (owner is not None and owner.kind == "protocol")

    def may_be_absent(self, value: Expression, body: Body) -> bool:
        """Whether ``value`` is an optional that someone else fills, or that never holds anything."""
        inner = unwrapped(value)
        variable = body.variable(inner) if isinstance(inner, Name) else None
        field = self._property(inner, body) if variable is None else None
        if field is not None and field.type.endswith("?") and not field.is_computed:
            return self._is_others_to_set(inner, body)
        origins = self.context.values.origins_at(value, body, value)
        return bool(origins) and all(origin.kind == NIL for origin in origins)

    def _property(self, value: Expression, body: Body) -> Property | None:
        if isinstance(value, Member) and value.base is not None:
            owner = self.context.resolver.types.of(value.base, body)
        elif isinstance(value, (Name, Member)) and (
            isinstance(value, Member) or body.variable(value) is None
        ):
            owner = body.symbol.owner
        else:
            return None
        names = field_names(value.name)
        found = (self.context.program.property(owner, name) for name in names if owner)
        return next((declared[0] for declared in found if declared is not None), None)

    def _is_asked_of(self, use: Use, guards: Guards, body: Body) -> bool:
        """Whether one of ``guards`` asks what is said: ``method`` is set, and it is ``case "POST":``.

        A question about what the value was made from asks it, too: ``let verb = method.uppercased()``.
        """
        value = use.arguments.get(self.parameters.value)
        inner = unwrapped(value) if value is not None else None
        for _ in range(_MOST_STEPS):
            if isinstance(inner, (Name, Member)):
                text = text_of(inner, body)
                if text and any(guard.subject == text or _mentions(guard.text, text) for guard in guards):
                    return True
            inner = _made_from(inner, body)
            if inner is None:
                return False
        return False

    def _by_default(self, subject: Expression, body: Body) -> tuple[Confidence, list[Step], str] | None:
        """A value that is made here, changed by known operations only, and used here, is as it was made."""
        inner = unwrapped(subject)
        variable = body.variable(inner) if isinstance(inner, Name) else None
        if variable is None or variable.parameter is not None or len(variable.definitions) != 1:
            return None
        definition = variable.definitions[0]
        made = unwrapped(definition.expression) if definition.expression is not None else None
        if made is None or not self._performs(made, self.parameters.made_by, body):
            return None
        used: Use | None = None
        for name, _ in variable.uses:
            outer = body.parent(name)
            if isinstance(outer, Member) or (isinstance(outer, Call) and outer.receiver is name):
                node = outer if isinstance(outer, Call) else body.parent(outer)
                is_write = isinstance(node, Assign) and node.target is outer
                told = node if isinstance(node, Call) or is_write else None
                if told is not None and not self.context.resolver.operations.at(told, body):
                    return None  # an extension's: who knows what it sets
                continue
            call = body.parent(outer) if isinstance(outer, Argument) else None
            found = self._performs(call, self.parameters.used_by, body) if isinstance(call, Call) else None
            if found is None:
                return None
            used = found
        if used is None:
            return None
        return "medium", [step_at(made, body, "made here")], self.parameters.default

    def _performs(self, node: Expression, operation: str, body: Body) -> Use | None:
        found = self.context.resolver.operations.at(node, body)
        return next((use for use in found if use.operation.is_named(operation)), None)
