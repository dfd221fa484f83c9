"""What an operation makes needs another operation to be performed on it, and nothing does."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import Callees
from backhaul.analysis.courses import Course, Courses
from backhaul.analysis.origins import step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import field_names
from backhaul.analysis.timing import timing
from backhaul.analysis.variables import Variable
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter
from backhaul.matchers.parameters import NeverPerformedParameters
from backhaul.model.code import Assign, Call, Closure, Expression, Member, Name, Node, Return

_MOST_CALLS_DEEP = 3
_HEADERS = (".h", ".hh", ".hpp")
_CLOSED = frozenset(("private", "fileprivate"))
_KEEPING = "collection-store"
_RUN_FOR_ITSELF = ("later", "main")


class _Source(Struct, eq=False):
    """An expression that gives a fresh object, and how it came about."""

    node: Call
    body: Body
    call: str
    trail: list[Step]
    confidence: Confidence


def find(reporter: Reporter, parameters: NeverPerformedParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    waiting = list(asked.sources())
    for source in waiting:
        if source.body.symbol.function.is_damaged:
            continue
        course = asked.courses.of(source.node, source.body)
        if asked.is_put_off(source, course):
            continue
        if len(source.trail) == 1:
            waiting.extend(asked.given_back(source, course))
        if asked.is_left(course, source.body, 0):
            yield reporter.finding(
                (source.node.name_start, source.node.name_end),
                source.body,
                confidence="medium" if course.stores else source.confidence,
                trail=source.trail,
                call=source.call,
                where=asked.where(course),
            )


class _Question:
    def __init__(self, parameters: NeverPerformedParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.courses = context.once(("courses",), lambda: Courses(context.places, _KEEPING))
        self._needed = {
            s.name for s in context.models.all_spellings() if s.operation.is_named(parameters.needed)
        }

    def sources(self) -> Iterator[_Source]:
        for use, body, _ in self.context.uses(self.parameters.operation):
            if isinstance(use.node, Call):
                step = step_at(use.node, body, f"`{called(use)}` called here", use.site)
                yield _Source(use.node, body, called(use), [step], "high" if use.is_certain else "medium")

    def given_back(self, source: _Source, course: Course) -> Iterator[_Source]:
        """The calls of a function that does no more with the object than to return it."""
        symbol = source.body.symbol
        made = [(r, u) for r, u in course.returns if u is source.body.unit]
        if not made or len(made) != len(source.body.unit.returns) or symbol.function.kind == "init":
            return
        without_returns = Course(course.calls, course.reads, course.stores, course.passed)
        if course.escapes or not self.is_left(without_returns, source.body, 0):
            return
        for call, caller in self.context.values.calls_of(symbol):
            callees = self.context.resolver.callees.of(call, caller)
            if callees.is_complete and len(callees.functions) == 1:
                step = step_at(call, caller, f"`{call.name}` called here")
                yield _Source(call, caller, call.name, [*source.trail, step], "medium")

    def where(self, course: Course) -> str:
        if course.is_dropped:
            return "is dropped"
        if course.stores:
            return f"is kept in `{course.stores[0][0].name}`, and nothing does it"
        names = list(dict.fromkeys(v.name for v in course.variables))
        return f"is held by `{names[0]}` only" if names else "is held by nothing"

    def is_put_off(self, source: _Source, course: Course) -> bool:
        """Whether the code that made the object gives it up itself, and so knows what it does."""
        made_in = source.body.unit_at(source.node)
        return any(
            self._performs(call, source.body, *self.parameters.unless_by)
            for call, unit in course.calls
            if unit is made_in
        )

    # Whether nothing can perform what is needed

    def is_left(self, course: Course, body: Body, depth: int) -> bool:
        """Whether all that becomes of the object is seen, and none of it performs the operation."""
        if course.escapes or any(not self._is_nobodys(r, body) for r, _ in course.returns):
            return False
        if any(not self._only_looks(call, body) for call, _ in course.calls):
            return False
        if any(m.name in self._needed or self._is_own_member(m, body) for m, _ in course.reads):
            return False
        if not all(self._is_left_by(call, argument, body, depth) for call, argument in course.passed):
            return False
        return all(self._is_left_in(place, node, depth) for place, node in course.stores)

    def _is_own_member(self, member: Member, body: Body) -> bool:
        """Whether the program itself gives the type that member, in an extension: it may do anything."""
        owner = self.context.resolver.types.of(member.base, body) if member.base is not None else ""
        return bool(owner) and self.context.program.property(owner, member.name) is not None

    def _is_nobodys(self, returned: Return, body: Body) -> bool:
        """Whether it is the result of a closure that runs for itself, so that nobody gets it."""
        unit = body.unit_at(returned)
        is_alone = len(unit.block.statements) == 1
        return (
            isinstance(unit.node, Closure)
            and is_alone
            and timing(unit.node, body, self.context.resolver) in _RUN_FOR_ITSELF
        )

    def _performs(self, node: Node, body: Body, *names: str) -> bool:
        uses = self.context.resolver.operations.at(node, body)
        return any(use.operation.is_named(name) for use in uses for name in names)

    def _only_looks(self, call: Call, body: Body) -> bool:
        if self._performs(call, body, self.parameters.needed):
            return False
        return self._performs(call, body, *self.parameters.harmless)

    def _is_left_by(self, call: Call, argument: Node, body: Body, depth: int) -> bool:
        if self._performs(call, body, *self.parameters.harmless):
            return True
        given = self.courses.parameters_given(call, argument, body)
        callees = self.context.resolver.callees.of(call, body)
        if depth >= _MOST_CALLS_DEEP or not given or len(given) != len(callees.functions):
            return False
        if self._plays_the_system(call, callees, body):
            return False
        return callees.is_complete and all(self._is_left_with(v, where, depth + 1) for v, where in given)

    def _plays_the_system(self, call: Call, callees: Callees, body: Body) -> bool:
        """Whether a method is called that a protocol from outside asks for, and the system is to call."""
        owner = self.context.resolver.types.of(call.receiver, body) if call.receiver is not None else ""
        symbol = self.context.program.find_type(owner) if owner else None
        if not owner or (symbol is not None and symbol.is_declared_here):
            return False
        return all(function.owner != owner for function in callees.functions)

    def _is_left_with(self, parameter: Variable, body: Body, depth: int) -> bool:
        if body.symbol.function.is_damaged:
            return False
        return self.is_left(self.courses.of_variable(parameter, body), body, depth)

    def _is_left_in(self, place: Place, node: Node, depth: int) -> bool:
        """Whether nothing performs the operation on what a field of one file holds."""
        if place.kind != "field" or depth >= _MOST_CALLS_DEEP or not self._is_closed(place):
            return False
        return all(
            self.is_left(self.courses.of(read, body), body, depth + 1)
            for read, body in self._reads(place)
            if read is not node
        )

    def _is_closed(self, place: Place) -> bool:
        for name in field_names(place.name):
            declared = self.context.program.property(place.owner, name)
            if declared is not None:
                found, module = declared
                if module.language == "objc":
                    return not module.path.endswith(_HEADERS)
                return not _CLOSED.isdisjoint(found.attributes)
        return False

    def _reads(self, place: Place) -> Iterator[tuple[Expression, Body]]:
        names = field_names(place.name)
        for symbol in self.context.program.mentioning(*names):
            body = symbol.body
            if body is None:
                continue
            for node in descendants(body.unit.block):
                if not isinstance(node, (Name, Member, Call)) or node.name not in names:
                    continue
                parent = body.parent(node)
                is_written = isinstance(parent, Assign) and parent.target is node
                if not is_written and self.context.places.of(node, body) in (place, self._unowned(place)):
                    yield node, body

    def _unowned(self, place: Place) -> Place:
        """The field as it is read of an object whose type is not known."""
        return Place("field", place.name, "?")
