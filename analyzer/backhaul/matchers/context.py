"""What every matcher works with, and how it reports."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar, cast

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.effects import Effects, Graphs
from backhaul.analysis.instances import Instances
from backhaul.analysis.lifetimes import Lifetimes
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import NIL, UNKNOWN, Origin
from backhaul.analysis.places import Places
from backhaul.analysis.program import FunctionSymbol, Program
from backhaul.analysis.queues import Queues
from backhaul.analysis.reach import Reach
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.values import Values
from backhaul.analysis.variables import Unit
from backhaul.findings.finding import Confidence, Finding, Severity, Step
from backhaul.matchers.build_flags import needs_flag
from backhaul.matchers.parameters import ValueTest
from backhaul.matchers.presence import Presence
from backhaul.model.code import (
    Await,
    Call,
    Cast,
    Conditional,
    Expression,
    Index,
    Literal,
    Member,
    Name,
    Node,
    Try,
    Unary,
)
from backhaul.model.declarations import Language, Module
from backhaul.rules import ApiModels, Card, Match
from backhaul.sources.project import ProjectFacts

T = TypeVar("T")
_FALSE = ("false", "NO", "FALSE", "0")
_TRUE = ("true", "YES", "TRUE", "1")


class Context:
    """One program under one set of API models; analyses are made once and shared by all cards.

    ``symbols``: see ``Program``. ``beside``: the other programs of the tree.
    """

    beside: Sequence[Context] = ()

    def __init__(
        self,
        modules: Sequence[Module],
        models: ApiModels,
        project: ProjectFacts,
        tests: frozenset[str],
        symbols: dict[int, FunctionSymbol] | None = None,
    ) -> None:
        names = [(api.name, *api.also) for api in models.types if api.also]
        aliases = {name: group for group in names for name in group}
        self.program = Program(modules, tests, aliases, symbols)
        self.models = models
        self.project = project
        self.resolver = Resolver(self.program, models)
        self.values = Values(self.resolver)
        self.places = Places(self.resolver)
        self.presence = Presence(self.program, models, self.resolver.operations)
        self._uses: dict[str, list[tuple[Use, Body, Unit]]] = {}
        self._effects: dict[tuple[str, str], Effects] = {}
        self._shared: dict[Hashable, object] = {}

    def sharing(self, path: str) -> list[Context]:
        """The other programs that the module ``path`` is part of."""
        return [other for other in self.beside if path in other.paths]

    @cached_property
    def paths(self) -> frozenset[str]:
        return frozenset(module.path for module in self.program.modules)

    @cached_property
    def queues(self) -> Queues:
        return Queues(self.values)

    @cached_property
    def graphs(self) -> Graphs:
        return Graphs(self.resolver.no_return_names, self.resolver.reads_text)

    @cached_property
    def lifetimes(self) -> Lifetimes:
        applications = (n for api in self.models.types_tagged("application") for n in (api.name, *api.also))
        return Lifetimes(self.resolver, tuple(applications))

    @cached_property
    def reach(self) -> Reach:
        return Reach(self.resolver)

    @cached_property
    def instances(self) -> Instances:
        single = (name for api in self.models.types_tagged("application") for name in (api.name, *api.also))
        once = (s.name for s in self.models.spellings_of("runs-once"))
        return Instances(self.resolver, frozenset(once), frozenset(single))

    def effects(self, operation: str, role: str) -> Effects:
        key = (operation, role)
        if key not in self._effects:
            self._effects[key] = Effects(operation, role, self.places, self.graphs)
        return self._effects[key]

    def asks_for(self, kind: str, body: Body) -> bool:
        """Whether a body looks at something that is nil unless its object is of ``kind``."""
        return any(
            operation.nil_unless == kind and any(where is body for _, where, _ in self.uses(operation.id))
            for operation in self.models.operations
        )

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made at the first call with ``key`` and shared by all cards."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast(T, self._shared[key])

    def uses(self, operation: str) -> list[tuple[Use, Body, Unit]]:
        """Every use, by call or assignment, of an operation (id or tag), in order of the source."""
        if operation not in self._uses:
            self._uses[operation] = list(self._find_uses(operation))
        return self._uses[operation]

    def _find_uses(self, operation: str) -> Iterator[tuple[Use, Body, Unit]]:
        spellings = self.models.spellings_of(operation)
        names = sorted({name for spelling in spellings for name in self.models.names_written(spelling)})
        is_read = any(s.form == "read" or (s.form == "method" and ":" not in s.name) for s in spellings)
        for symbol in self.resolver.operations.performers(operation):
            body = symbol.body
            if body is None:
                continue
            for node in body.nodes_named(names, reads=is_read):
                uses = self.resolver.operations.at(node, body)
                use = next((use for use in uses if use.operation.is_named(operation)), None)
                if use is not None and not self.is_dead(node, body):
                    yield use, body, body.unit_at(node)

    def is_dead(self, node: Node, body: Body) -> bool:
        """Whether constants of the program keep ``node`` from ever being evaluated."""
        guards = guards_of(node, body, through_closures=True)
        return self.values.constants.exclude(guards, body.symbol.owner)


def is_nil(expression: Expression | None) -> bool:
    """Absent, or a literal nil, or a choice between nils."""
    if isinstance(expression, Conditional):
        return is_nil(expression.then) and is_nil(expression.otherwise)
    return expression is None or (isinstance(expression, Literal) and expression.kind == "nil")


def is_true(expression: Expression | None) -> bool:
    """A literal true, boxed or not."""
    while isinstance(expression, (Unary, Cast)):
        expression = expression.operand if isinstance(expression, Unary) else expression.value
    return isinstance(expression, Literal) and expression.text in _TRUE


def judged(
    expression: Expression, body: Body, place: Node, kind: str, context: Context, *, surely: bool = False
) -> tuple[Confidence, Origin] | None:
    """How sure it is that ``expression`` is of ``kind`` at ``place``; None: it is not known to be.

    ``high``: every origin is. ``medium``: some other kind is possible. ``low``: some origin cannot
    be seen. Where other kinds are possible and the program asks before, by a condition that has
    the kind in its name (``if isBackground``), or looks in the same function at what only a value of
    the kind has, it is trusted to know. Where the kind depends on what was passed when the object was
    made, some call of the function must be on an object of ``kind``. ``surely``: nothing but ``high``
    will do, and all calls must agree.
    """
    known = [o for o in context.values.origins_at(expression, body, place) if o.kind != NIL]
    wanted = [o for o in known if o.kind in context.models.kinds_within(kind)]
    if not wanted:
        return None
    best = max(wanted, key=lambda o: len(o.trail))
    if len(wanted) == len(known):
        return "high", best
    if surely:
        return None
    if any(kind in c.text.lower() for c in guards_of(place, body, through_closures=True)):
        return None
    if context.asks_for(kind, body):
        return None
    if all(o.is_passed for o in wanted):
        return _judged_by_call(expression, body, place, kind, context)
    return ("low" if any(o.kind == UNKNOWN for o in known) else "medium"), best


def _judged_by_call(
    expression: Expression, body: Body, place: Node, kind: str, context: Context
) -> tuple[Confidence, Origin] | None:
    mixed: Origin | None = None
    for origins in context.values.origins_by_call(expression, body, place):
        known = [o for o in origins if o.kind != NIL]
        wanted = [o for o in known if o.kind in context.models.kinds_within(kind)]
        if wanted and len(wanted) == len(known):
            return "high", max(wanted, key=lambda o: len(o.trail))
        if wanted and not any(o.is_passed or o.kind == UNKNOWN for o in known):
            mixed = mixed or max(wanted, key=lambda o: len(o.trail))
    if mixed is not None:
        return "medium", mixed
    return _judged_by_object(expression, body, place, kind, context)


def _judged_by_object(
    expression: Expression, body: Body, place: Node, kind: str, context: Context
) -> tuple[Confidence, Origin] | None:
    """What runs for every object that is made counts for each of them; a method, when it holds for all."""
    best: Origin | None = None
    others = 0
    for origins in context.values.origins_by_object(expression, body, place):
        known = [o for o in origins if o.kind != NIL]
        wanted = [o for o in known if o.kind in context.models.kinds_within(kind)]
        if wanted and len(wanted) == len(known):
            best = best or max(wanted, key=lambda o: len(o.trail))
        else:
            others += 1
    runs_for_all = body.symbol.function.kind in ("init", "value", "getter")
    return ("medium", best) if best is not None and (runs_for_all or not others) else None


class Reporter:
    """Makes the findings of one thing that a card asks."""

    def __init__(self, card: Card, match: Match) -> None:
        self.card = card
        self.match = match

    def finding(
        self,
        site: tuple[int, int],
        body: Body,
        *,
        confidence: Confidence | None = None,
        severity: Severity | None = None,
        trail: Sequence[Step] = (),
        **arguments: str,
    ) -> Finding:
        """A finding at the bytes ``site`` of the code of ``body``.

        An error in code that only some builds have is a warning.
        """
        module = body.symbol.module
        severity = severity or self.match.severity or self.card.severity
        if severity == "error" and needs_flag(module, site[0]):
            severity = "warning"
        return self.finding_in(
            module.path,
            site,
            symbol=body.symbol.qualified_name,
            confidence=confidence,
            severity=severity,
            trail=trail,
            **arguments,
        )

    def finding_in(
        self,
        path: str,
        site: tuple[int, int],
        *,
        symbol: str = "",
        confidence: Confidence | None = None,
        severity: Severity | None = None,
        trail: Sequence[Step] = (),
        **arguments: str,
    ) -> Finding:
        """A finding at the bytes ``site`` of a file. The card's confidence is the most it can have."""
        ranks = {"low": 0, "medium": 1, "high": 2}
        given = confidence or self.card.confidence
        lower = given if ranks[given] < ranks[self.card.confidence] else self.card.confidence
        return Finding(
            rule=self.card.id,
            path=path,
            start=site[0],
            end=site[1],
            severity=severity or self.match.severity or self.card.severity,
            confidence=lower,
            symbol=symbol,
            arguments={**arguments, **self.match.fills},
            trail=_deduplicated(trail),
        )


def _deduplicated(trail: Sequence[Step]) -> tuple[Step, ...]:
    """Without a place that repeats the one before it."""
    kept: list[Step] = []
    for step in trail:
        if kept and (kept[-1].path, kept[-1].start, kept[-1].end) == (step.path, step.start, step.end):
            continue
        kept.append(step)
    return tuple(kept)


def arguments_fit(
    use: Use, body: Body, wanted: Mapping[str, object], context: Context
) -> tuple[Confidence, Origin | None] | None:
    """Whether the arguments of ``use`` are as a card wants them; None: they are not."""
    confidence: Confidence = "high"
    origin: Origin | None = None
    for role, test in wanted.items():
        given = use.arguments.get(role)
        if test == "not-nil":
            if is_nil(given):
                return None
        elif test == "nil-or-absent":
            if not is_nil(given):
                return None
        elif test in ("false", "not-false"):
            if (isinstance(given, Literal) and given.text in _FALSE) != (test == "false"):
                return None
        elif test == "true":
            if not is_true(given):
                return None
        elif isinstance(test, ValueTest):
            if given is None:
                return None
            verdict = judged(given, body, use.node, test.kind, context, surely=test.surely)
            if verdict is None:
                return None
            confidence, origin = verdict
    return confidence, origin


def source_text(expression: Expression | None, language: Language) -> str:
    """A short name for a value in a message: ``self.session``, ``makeSession()``; "" when it has none."""
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Member):
        return f"{source_text(expression.base, language)}.{expression.name}"
    if isinstance(expression, (Await, Try)):
        return source_text(expression.value, language)
    if isinstance(expression, Unary):
        return source_text(expression.operand, language)
    if isinstance(expression, Index):
        base = source_text(expression.base, language)
        return f"{base}[…]" if base else ""
    if isinstance(expression, Call) and expression.name:
        return _call_text(expression, language)
    return ""


def _call_text(call: Call, language: Language) -> str:
    base = source_text(call.receiver, language)
    given = "…" if call.arguments else ""
    if language == "objc" and call.receiver is not None:
        return f"[{base or '…'} {call.name}{given}]"
    dot = "." if base or call.implicit else ""
    return f"{base}{dot}{call.name}({given})"
