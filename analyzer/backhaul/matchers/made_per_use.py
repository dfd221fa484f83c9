"""An object that is meant to be kept is made anew for each piece of work."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.courses import Course
from backhaul.analysis.effects import RECEIVER
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol, field_names
from backhaul.analysis.timing import timing
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.delegates import delegate_type, related
from backhaul.matchers.hooks import members_of
from backhaul.matchers.identities import Sources
from backhaul.matchers.makings import Making, Makings
from backhaul.matchers.parameters import MadePerUseParameters
from backhaul.matchers.single_uses import SingleUses
from backhaul.model.code import Call, Closure, Expression, Member, Name, Node

_ROUNDS = "runs-in-rounds"


def find(reporter: Reporter, parameters: MadePerUseParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    makings = asked.makings
    for making in (*makings.direct, *makings.by_owner):
        if context.project.kinds(making.symbol.module.path) == {"tool"} or not makings.is_ordinary(making):
            continue
        if makings.is_once(making) or asked.is_always_the_same(making):
            continue
        course = makings.course(making)
        found = asked.used_at_once(making, course) or asked.used_by_callers(making, course)
        if found is None:
            continue
        where, step = found
        is_ended = asked.is_ended(making, course)
        yield reporter.finding(
            making.site,
            making.body,
            confidence="high" if making.use.is_certain and not making.owner else "medium",
            severity="note" if is_ended or asked.is_brief(making) else None,
            trail=[*making.trail[::-1], step],
            call=making.call,
            where=f"{where}, and ends it again" if is_ended else where,
        )


class _Question:
    def __init__(self, parameters: MadePerUseParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.makings = context.once(
            ("makings", parameters.operation), lambda: Makings(parameters.operation, context)
        )
        self.using = context.effects(parameters.use, RECEIVER)
        self.ending = context.effects(parameters.end, RECEIVER)
        self.uses = SingleUses(parameters.use, self.makings, context)
        self.sources = Sources(parameters.source, parameters.identity, context)

    def is_always_the_same(self, making: Making) -> bool:
        """Whether what the object is made of has an identity that does not change."""
        given = making.use.arguments.get(self.parameters.argument)
        if given is None:
            return False
        origins = self.context.values.origins_at(given, making.made_in, making.use.node)
        return any(self.sources.identity(origin) for origin in origins)

    def is_brief(self, making: Making) -> bool:
        """Whether it is made by an object whose process lives for one piece of work."""
        hook = self.parameters.brief
        family = (
            set(self.context.program.family(making.symbol.owner)) if hook and making.symbol.owner else set()
        )
        return (
            any(symbol.owner in family for symbol, _ in members_of(hook, self.context)) if family else False
        )

    # Made and used by one function

    def used_at_once(self, making: Making, course: Course) -> tuple[str, Step] | None:
        """How one function makes and uses the object: a clause, and where it uses it."""
        if making.owner and (course.stores or course.returns):
            return None
        uses = self.uses.of(making, course)
        if not uses or any(self._is_in_rounds(use, making) for use in uses):
            return None
        if any(self._is_used_elsewhere(place, making) for place in course.kept_in):
            return None
        use = uses[0]
        step = step_at(use, making.body, "used here")
        return f"each time `{making.symbol.qualified_name}` is called", step

    def _is_in_rounds(self, use: Call, making: Making) -> bool:
        """Whether the object serves several uses: one in each round of a loop that it is made before."""
        body = making.body
        loop = body.loop_around(use)
        if loop is not None and loop is not body.loop_around(making.node):
            return True
        unit: Unit | None = body.unit_at(use)
        home = self._home(making)
        while unit is not None and unit is not home:
            closure = unit.node
            if not isinstance(closure, Closure) or not self._runs_once(closure, body):
                return True
            if body.loop_around(closure) is not None:
                return True
            unit = unit.parent
        return False

    def _home(self, making: Making) -> Unit | None:
        """The unit that the object is made in; a closure that runs where it stands is none of its own."""
        unit: Unit | None = making.unit
        while unit is not None and isinstance(unit.node, Closure):
            if timing(unit.node, making.body, self.context.resolver) != "now":
                break
            unit = unit.parent
        return unit

    def _runs_once(self, closure: Closure, body: Body) -> bool:
        """Whether a closure runs once for each time it is made, as far as its taker is known."""
        parent = body.parent(closure)
        taker = body.parent(parent) if parent is not None else None
        if taker is not None and self.uses.performs(taker, body, _ROUNDS):
            return False
        return bool(timing(closure, body, self.context.resolver))

    def _is_used_elsewhere(self, place: Place, making: Making) -> bool:
        """Whether other functions use what the object is kept in."""
        if place.owner == "?" or self._is_filled_elsewhere(place, making):
            return True
        return any(p.body is not making.body for p in self.using.on({place, place.element()}))

    def _is_filled_elsewhere(self, place: Place, making: Making) -> bool:
        """Whether the object takes the place of one that was made elsewhere."""
        if place.kind != "field":
            return False
        names = field_names(place.name)
        fields = self.context.values.fields
        writes = fields.writes(place.owner, place.owner, names)
        if any(where is not making.body and not is_nil(value) for value, where, _ in writes):
            return True
        return any(
            source.function.kind == "value" and not _is_nothing(source)
            for source in fields.sources(place.owner, names)
        )

    # Returned to those who use it

    def used_by_callers(self, making: Making, course: Course) -> tuple[str, Step] | None:
        """How the callers of a function use what it makes, without keeping it."""
        body = making.body
        if making.owner or course.stores or course.escapes or course.passed:
            return None
        if not any(unit is body.unit for _, unit in course.returns):
            return None
        for node, where in self._asked_for(making.symbol):
            if self.makings.runs_once(where.symbol) or where.symbol.function.kind in ("init", "value"):
                continue
            taken = self.makings.courses.of(node, where)
            if taken.stores or taken.escapes or taken.returns or taken.passed:
                continue
            uses = [call for call, _ in taken.calls if self.uses.performs(call, where, self.parameters.use)]
            if uses and all(self._is_alone(use, node, where) for use in uses):
                name = making.symbol.name.partition(":")[0]
                return f"each time `{name}` is asked for", step_at(node, where, "asked for and used here")
        return None

    @staticmethod
    def _is_alone(use: Call, node: Node, body: Body) -> bool:
        loop = body.loop_around(use)
        return body.unit_at(use) is body.unit_at(node) and (loop is None or loop is body.loop_around(node))

    def _asked_for(self, symbol: FunctionSymbol) -> Iterator[tuple[Expression, Body]]:
        """The calls of a function outside tests, and the reads of a property that it gives the value of."""
        tests = self.context.program.tests
        for call, body in self.context.values.calls_of(symbol):
            if body.symbol.module.path not in tests:
                yield call, body
        if symbol.function.parameters or not symbol.owner:
            return
        field = self.context.places.field(symbol.owner, symbol.name)
        for other in self.context.program.mentioning(symbol.name):
            where = other.body
            if where is None or other.module.path in tests or other is symbol:
                continue
            for node in descendants(where.unit.block):
                is_named = isinstance(node, (Name, Member)) and node.name == symbol.name
                if is_named and self.context.places.of(node, where) == field:  # type: ignore[arg-type]
                    yield node, where  # type: ignore[misc]

    # Ended after each use

    def is_ended(self, making: Making, course: Course) -> bool:
        """Whether something ends the object, wherever it is kept, or its delegate does."""
        if self._is_ended_by_delegate(making):
            return True
        if making.owner:
            kept = making.kept
            enders = {id(p.body) for p in self.ending.performances if kept in p.places}
            roots = [
                symbol
                for call, _ in course.calls
                for symbol in self.context.resolver.callees.of(call, making.body).functions
            ]
            return self.context.reach.find(roots, lambda s: id(s.body) in enders) is not None
        places = {self.context.places.local(v) for v in course.variables} | set(course.kept_in)
        return bool(self.ending.on(places)) or self._is_ended_by_callers(making, course)

    def _is_ended_by_delegate(self, making: Making) -> bool:
        """Whether its delegate, or the type that makes it, ends what it is given."""
        owners = {making.made_in.symbol.owner}
        delegate = delegate_type(making.use, self.parameters.delegate, making.made_in, self.context)
        if delegate:
            owners |= related(delegate, self.context)
        owners -= {""}
        return any(
            p.body.symbol.owner in owners and any(place.kind == "parameter" for place in p.places)
            for p in self.ending.performances
        )

    def _is_ended_by_callers(self, making: Making, course: Course) -> bool:
        """Whether who asks for the object ends it."""
        if not course.returns:
            return False
        taken = (self.makings.courses.of(node, where) for node, where in self._asked_for(making.symbol))
        places = {self.context.places.local(v) for each in taken for v in each.variables}
        return bool(self.ending.on(places))


def _is_nothing(value: FunctionSymbol) -> bool:
    """Whether an initial value is nil."""
    return value.body is not None and all(is_nil(r.value) for r in value.body.unit.returns)
