"""A delegate waits for what a closure is given in its place."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.delegates import delegate_type, members_in, related
from backhaul.matchers.hooks import does_something
from backhaul.matchers.parameters import BypassedDelegateParameters

_MOST_FOR_ONE_DELEGATE = 3


def find(reporter: Reporter, parameters: BypassedDelegateParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    for owner, uses in asked.answered_by_closure().items():
        member = asked.member_of(owner)
        if member is None or owner in asked.told or asked.may_be_told_unseen(owner):
            continue
        site = member.function.name_start, member.function.name_end
        step = Step(member.module.path, *site, "waits for the answer here")
        for use, body in uses[:_MOST_FOR_ONE_DELEGATE]:
            yield reporter.finding(
                use.site,
                body,
                confidence="medium",
                trail=[step, step_at(use.node, body, f"`{called(use)}` called here", use.site)],
                call=called(use),
                subject=f"`{member.function.spelling}` of `{owner}`",
            )


class _Question:
    def __init__(self, parameters: BypassedDelegateParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.makers = self._find_makers()
        self.told = {o for use, body in self._uses(parameters.told) for o in self._delegates(use, body) or ()}

    def _find_makers(self) -> dict[int, str]:
        """The types of the delegates, by the calls that make objects with them."""
        role = self.parameters.delegate
        found: dict[int, str] = {}
        self._made_by: set[tuple[str, str]] = set()
        for use, body, _ in self.context.uses(self.parameters.maker):
            if not is_nil(use.arguments.get(role)):
                found[id(use.node)] = delegate_type(use, role, body, self.context)
                self._made_by.add((body.symbol.owner, found[id(use.node)]))
        return found

    def _uses(self, operation: str) -> Iterator[tuple[Use, Body]]:
        for use, body, _ in self.context.uses(operation):
            if body.symbol.module.path not in self.context.program.tests:
                yield use, body

    def _delegates(self, use: Use, body: Body) -> set[str] | None:
        """The types of the delegates of what ``use`` is performed on; None: not known."""
        if use.receiver is None:
            return None
        origins = [o for o in self.context.values.origins_at(use.receiver, body, use.node) if o.kind != NIL]
        if not origins or any(o.use is None for o in origins):
            return None
        found = {self.makers[id(o.use.node)] for o in origins if o.use and id(o.use.node) in self.makers}
        return None if "" in found else found

    def may_be_told_unseen(self, owner: str) -> bool:
        """Whether the delegate, or who makes objects with it, has a delegate told that is not known."""
        around = related(owner, self.context) | {m for m, found in self._made_by if found == owner}
        return any(
            body.symbol.owner in around and self._delegates(use, body) is None
            for use, body in self._uses(self.parameters.told)
        )

    def answered_by_closure(self) -> dict[str, list[tuple[Use, Body]]]:
        """By type of the delegate, the uses whose answer a closure gets."""
        found: dict[str, list[tuple[Use, Body]]] = {}
        for use, body in self._uses(self.parameters.operation):
            if not is_nil(use.arguments.get(self.parameters.own_delegate)):
                continue
            if is_nil(use.arguments.get(self.parameters.closure)) or self._takes_no_closure(use, body):
                continue
            for owner in self._delegates(use, body) or ():
                found.setdefault(owner, []).append((use, body))
        return found

    def _takes_no_closure(self, use: Use, body: Body) -> bool:
        if use.receiver is None:
            return True
        origins = self.context.values.origins_at(use.receiver, body, use.node)
        return any(origin.kind == self.parameters.unless_kind for origin in origins)

    def member_of(self, owner: str) -> FunctionSymbol | None:
        """A member of the delegate that waits for the answer, and that nothing of the program calls."""
        for symbol, _ in members_in(owner, self.parameters.hook, self.context):
            if does_something(symbol, self.context) and not self.context.values.calls_of(symbol):
                return symbol
        return None
