"""A change of a copy that nobody looks at, or of what was copied before: it reaches nothing."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.control_flow import Point, reached_from
from backhaul.analysis.courses import Course, Courses
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit, Variable
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.context import Context, Reporter, source_text
from backhaul.matchers.parameters import MutationOfCopyParameters
from backhaul.model.code import Assign, Call, Expression, Member, Name, Node, Unary

_KEEPING = "collection-store"
_HARMLESS = ("inert", "in-sight")


def find(reporter: Reporter, parameters: MutationOfCopyParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    for use, changed, body, unit in (*_settings(parameters, context), *_additions(parameters, context)):
        if body.symbol.function.is_damaged:
            continue
        why = asked.why_lost(use, changed, body, unit)
        if why is not None:
            where, steps = why
            yield reporter.finding(
                use.site,
                body,
                trail=[*steps, step_at(use.node, body, "changed here", use.site)],
                change=_written(use, body),
                where=where,
            )


def _settings(
    parameters: MutationOfCopyParameters, context: Context
) -> Iterator[tuple[Use, Expression, Body, Unit]]:
    """Changes by setting a property, with what is changed."""
    for use, body, unit in context.uses(parameters.mutation):
        if use.receiver is not None:
            yield use, use.receiver, body, unit


def _additions(
    parameters: MutationOfCopyParameters, context: Context
) -> Iterator[tuple[Use, Expression, Body, Unit]]:
    """Changes by adding to a collection that is such a property: ``x.headers?.append(…)``.

    Found by the property, which is rare, and not by what adds, which is everywhere.
    """
    spellings = context.models.spellings_of(parameters.mutation)
    settable = sorted({spelling.name for spelling in spellings if spelling.form == "write"})
    for symbol in context.program.mentioning(*settable) if parameters.adds else ():
        body = symbol.body
        if body is None:
            continue
        for collection in body.nodes_named(settable, reads=True):
            if not isinstance(collection, Member) or collection.base is None:
                continue
            outer = body.parent(collection)
            while isinstance(outer, Unary):
                outer = body.parent(outer)
            uses = context.resolver.operations.at(outer, body) if isinstance(outer, Call) else ()
            use = next((use for use in uses if use.operation.is_named(parameters.adds)), None)
            if use is not None and use.receiver is not None and unwrapped(use.receiver) is collection:
                yield use, collection.base, body, body.unit_at(collection)


class _Question:
    def __init__(self, parameters: MutationOfCopyParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.courses: Courses = context.once(("courses",), lambda: Courses(context.places, _KEEPING))

    def why_lost(
        self, use: Use, receiver: Expression, body: Body, unit: Unit
    ) -> tuple[str, list[Step]] | None:
        inner = unwrapped(receiver)
        if self._gives_copy(inner, body):
            return self.parameters.of_copy, []
        variable = body.variable(inner) if isinstance(inner, Name) else None
        if variable is None or variable.parameter is not None or len(variable.definitions) != 1:
            return None
        course = self.courses.of_variable(variable, body)
        value = variable.definitions[0].expression
        given = unwrapped(value) if value is not None else None
        if given is not None and self._gives_copy(given, body):
            if not self._is_for_itself(course, body) or course.passed:
                return None
            return self.parameters.of_copy, [step_at(given, body, "a copy, taken here")]
        return self._changed_late(use, variable, course, body, unit)

    def _gives_copy(self, expression: Expression, body: Body) -> bool:
        """Whether an expression reads what is always a copy."""
        return any(
            use.is_certain and use.operation.is_named(self.parameters.gives_copy)
            for use in self.context.resolver.operations.at(expression, body)
        )

    def _is_for_itself(self, course: Course, body: Body) -> bool:
        """Whether the value stays in the function, but for what takes a copy of it."""
        if course.escapes or course.stores or course.returns:
            return False
        names = (self.parameters.copied_by, *_HARMLESS)
        return all(self._performs(call, body, *names) for call, _ in course.passed)

    def _performs(self, node: Node, body: Body, *names: str) -> bool:
        uses = self.context.resolver.operations.at(node, body)
        return any(use.operation.is_named(name) for use in uses for name in names)

    # Changed after it was copied

    def _changed_late(
        self, use: Use, variable: Variable, course: Course, body: Body, unit: Unit
    ) -> tuple[str, list[Step]] | None:
        """A change that some copying leads to, and that leads to none."""
        copyings = [
            call for call, _ in course.passed if self._performs(call, body, self.parameters.copied_by)
        ]
        if not copyings or not self._is_for_itself(course, body):
            return None
        if any(body.unit_at(call) is not unit for call in copyings) or variable.unit is not unit:
            return None
        graph = self.context.graphs.of(unit, body)
        if graph is None:
            return None
        here = graph.points_of(use.node)
        after = _after(here)
        before = [c for c in copyings if not _after(graph.points_of(c)).isdisjoint(id(p) for p in here)]
        if not before or any(id(p) in after for c in copyings for p in graph.points_of(c)):
            return None
        return self.parameters.of_original, [step_at(before[0], body, "copied here")]


def _after(points: list[Point]) -> set[int]:
    """The points on the ways on from ``points``, by ``id``; themselves only where a way leads back."""
    return reached_from(edge.target for point in points for edge in point.edges)


def _written(use: Use, body: Body) -> str:
    if isinstance(use.node, Assign):
        return source_text(use.node.target, body.symbol.module.language) or called(use)
    collection = unwrapped(use.receiver) if use.receiver is not None else None
    if isinstance(collection, Member):
        return source_text(collection, body.symbol.module.language) or called(use)
    return called(use)
