"""An operation that may be performed once for each identity, and that one run performs twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.conditions import contradicts, guards_of, text_of
from backhaul.analysis.deferral import when_run
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.types import unwrapped
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.hooks import is_of
from backhaul.matchers.identities import Identities, Texts
from backhaul.matchers.launch import application_parts
from backhaul.matchers.parameters import PerformedTwiceParameters
from backhaul.model.code import Call, Closure, Expression, Name, Node

_MAX_DEPTH = 6
_MOST_RUNS = 40
_WORDS = re.compile(r"\w+")

_Place = tuple[Node, Body]


class Run(Struct, frozen=True, eq=False):
    """One way to the operation: the calls that lead there, outermost first, and the operation itself."""

    use: Use
    identity: Texts
    way: tuple[_Place, ...]

    @property
    def root(self) -> FunctionSymbol:
        return self.way[0][1].symbol


def find(reporter: Reporter, parameters: PerformedTwiceParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    reported: set[int] = set()
    for first, second in combinations(asked.runs(), 2):
        if not first.identity & second.identity:
            continue
        places = asked.both_run(first, second)
        if places is None or id(places[1][0]) in reported:
            continue
        (one, where), (node, body) = places
        reported.add(id(node))
        site = second.use.site if node is second.use.node else _site(node)
        first_site = first.use.site if one is first.use.node else _site(one)
        yield reporter.finding(
            site,
            body,
            trail=[
                step_at(one, where, "registered here", first_site),
                step_at(node, body, "and here again", site),
            ],
            subject=next(iter(first.identity & second.identity)).strip('"'),
        )


def _site(node: Node) -> tuple[int, int]:
    return (node.name_start, node.name_end) if isinstance(node, Call) else (node.start, node.end)


class _Question:
    def __init__(self, parameters: PerformedTwiceParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.identities = Identities(context)
        self.parts = {id(symbol) for symbol in application_parts(context)}

    def runs(self) -> list[Run]:
        """Every way to the operation from a member that the system calls, in the order of the source."""
        found: list[Run] = []
        for use, body, _ in self.context.uses(self.parameters.operation):
            if body.symbol.module.path not in self.context.program.tests:
                given = use.arguments.get(self.parameters.identity)
                found.extend(self._ways(use, given, ((use.node, body),), 0))
        return sorted(found[:_MOST_RUNS], key=lambda run: (self._is_late(run), *_order(run.way[0])))

    def _ways(self, use: Use, given: Expression | None, way: tuple[_Place, ...], depth: int) -> Iterator[Run]:
        node, body = way[0]
        if given is None or depth > _MAX_DEPTH or not self._is_plain(node, body):
            return
        symbol = body.symbol
        position = self._parameter(given, body)
        identity = self.identities.of(given, body) if position is None else frozenset()
        if position is None and len(identity) != 1:
            return
        if self._is_root(symbol):
            if identity:
                yield Run(use, identity, way)
            return
        for call, caller in self.context.values.calls_of(symbol):
            outer = argument_for(symbol, call, position) if position is not None else given
            if position is None:
                yield from self._known(use, identity, ((call, caller), *way), depth + 1)
            else:
                yield from self._ways(use, outer, ((call, caller), *way), depth + 1)

    def _known(self, use: Use, identity: Texts, way: tuple[_Place, ...], depth: int) -> Iterator[Run]:
        """The ways to a place at which the identity is known."""
        node, body = way[0]
        if depth > _MAX_DEPTH or not self._is_plain(node, body):
            return
        if self._is_root(body.symbol):
            yield Run(use, identity, way)
            return
        for call, caller in self.context.values.calls_of(body.symbol):
            if all(caller is not where for _, where in way):
                yield from self._known(use, identity, ((call, caller), *way), depth + 1)

    def _parameter(self, given: Expression, body: Body) -> int | None:
        given = unwrapped(given)
        variable = body.variable(given) if isinstance(given, Name) else None
        return variable.parameter if variable is not None and variable.unit is body.unit else None

    def _is_plain(self, node: Node, body: Body) -> bool:
        """Whether code runs whenever its function does, as far as the program's own state goes."""
        if self.context.instances.is_in_closure_run_once(node, body):
            return False
        if any("self." in text for c in guards_of(node, body, through_closures=True) for text in c[:1]):
            return False
        closures = (outer for outer in body.ancestors(node) if isinstance(outer, Closure))
        return all(when_run(closure, body, self.context.resolver)[0] != "unknown" for closure in closures)

    def _is_root(self, symbol: FunctionSymbol) -> bool:
        if symbol.function.kind == "script" or id(symbol) in self.parts:
            return True
        return any(is_of(symbol, name, self.context) for name in self.parameters.runs)

    def _is_late(self, run: Run) -> bool:
        return not (id(run.root) in self.parts or is_of(run.root, self.parameters.runs[0], self.context))

    def both_run(self, first: Run, second: Run) -> tuple[_Place, _Place] | None:
        """Where two ways part, if one run of the program goes both."""
        if self._are_apart(first, second):
            return None
        pairs = zip(first.way, second.way, strict=False)
        parting = next(((one, other) for one, other in pairs if one[0] is not other[0]), None)
        if parting is None:
            return None
        (node, body), (other, where) = parting
        if body is not where:
            return parting if self._belong_together(first.root, second.root) else None
        if contradicts(
            guards_of(node, body, through_closures=True), guards_of(other, body, through_closures=True)
        ):
            return None
        if self._are_told_apart(first, second, first.way.index((node, body))):
            return None
        return parting if node.start < other.start else (parting[1], parting[0])

    def _are_told_apart(self, first: Run, second: Run, at: int) -> bool:
        """Whether what is called at the parting decides by an argument that is not the same there."""
        (one, body), (other, _) = first.way[at], second.way[at]
        if at + 1 >= min(len(first.way), len(second.way)):
            return False
        if not isinstance(one, Call) or not isinstance(other, Call):
            return False
        for node, callee in (first.way[at + 1], second.way[at + 1]):
            met = " ".join(c.text for c in guards_of(node, callee, through_closures=True))
            asked = set(_WORDS.findall(met))
            for position, parameter in enumerate(callee.unit.parameters):
                if parameter.name not in asked:
                    continue
                given = [argument_for(callee.symbol, call, position) for call in (one, other)]
                texts = {text_of(value, body) for value in given if value is not None}
                if len(texts) > 1:
                    return True
        return False

    def _belong_together(self, one: FunctionSymbol, other: FunctionSymbol) -> bool:
        """Whether both are members of one type, or one makes the application whose delegate has the other."""
        if one is other:
            return False
        if one.owner and one.owner == other.owner:
            return True
        return (id(one) in self.parts) != (id(other) in self.parts)

    def _are_apart(self, first: Run, second: Run) -> bool:
        """Whether conditions of the build, or targets, keep two ways out of one program."""
        for node, body in first.way:
            for other, where in second.way:
                if body is not where and _exclude((node, body), (other, where)):
                    return True
        paths = [run.way[-1][1].symbol.module.path for run in (first, second)]
        ours, theirs = ({t.name for t in self.context.project.targets(path)} for path in paths)
        return bool(ours and theirs) and ours.isdisjoint(theirs)


def _exclude(one: _Place, other: _Place) -> bool:
    """Whether the conditions at two places cannot hold together."""
    return contradicts(*(guards_of(node, body, through_closures=True) for node, body in (one, other)))


def _order(place: _Place) -> tuple[str, int]:
    return place[1].symbol.module.path, place[0].start
