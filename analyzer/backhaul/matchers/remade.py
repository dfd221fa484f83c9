"""An object of some identity is made anew before the one that was ended is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import text_of
from backhaul.analysis.control_flow import Point
from backhaul.analysis.origins import NIL, Origin, step_at
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.walking import descendants
from backhaul.findings.finding import Finding
from backhaul.matchers.context import Context, Reporter, is_nil
from backhaul.matchers.endings import Ended, Endings
from backhaul.matchers.hooks import is_spelled
from backhaul.matchers.identities import Sources
from backhaul.matchers.parameters import RemadeParameters
from backhaul.model.code import Assign, Call, Closure, Expression, Member, Name, Node

_RUNS = ("now", "later", "main")


def find(reporter: Reporter, parameters: RemadeParameters, context: Context) -> Iterator[Finding]:
    asked = _Question(parameters, context)
    for ended in asked.ended():
        found = asked.made_again(ended)
        if found is None:
            continue
        node, origin = found
        yield reporter.finding(
            asked.site(node, ended.body),
            ended.body,
            confidence="medium",
            trail=[
                *origin.trail[:1],
                step_at(ended.node, ended.body, f"`{ended.node.name}` called here", ended.site),
                step_at(node, ended.body, "made anew here", asked.site(node, ended.body)),
            ],
            call=ended.node.name,
            subject=f"`{ended.place.name}`",
        )


class _Question:
    def __init__(self, parameters: RemadeParameters, context: Context) -> None:
        self.parameters = parameters
        self.context = context
        self.endings = Endings(parameters.end, context)
        self.sources = Sources(parameters.source, parameters.identity, context)
        self.timing = context.effects(parameters.end, "receiver").timing

    def ended(self) -> list[Ended]:
        """The endings of objects of the kind, but for those in members where the old one is gone."""
        return [
            ended
            for ended in self.endings.all()
            if not ended.place.is_local
            and not self._is_gone(ended.body)
            and any(origin.kind == self.parameters.kind for origin in self._held(ended.place))
        ]

    def _is_gone(self, body: Body) -> bool:
        hooks = [h for name in self.parameters.unless_in for h in self.context.models.hooks_named(name)]
        return any(is_spelled(body.symbol, s) for hook in hooks for s in (*hook.swift, *hook.objc))

    def _held(self, place: Place) -> list[Origin]:
        """Where what is in a field or global may come from."""
        return self.context.once(
            ("held", place),
            lambda: [
                origin
                for value, body in self._values(place)
                for origin in self.context.values.origins(value, body)
                if origin.kind != NIL
            ],
        )

    def _values(self, place: Place) -> Iterator[tuple[Expression, Body]]:
        for write in self.endings.writes(place):
            yield write.value, write.body
        if place.kind == "field":
            for symbol in self.context.values.fields.sources(place.owner, (place.name, f"_{place.name}")):
                for returned in symbol.body.unit.returns if symbol.body is not None else ():
                    if returned.value is not None and symbol.body is not None:
                        yield returned.value, symbol.body

    def site(self, node: Node, body: Body) -> tuple[int, int]:
        """Where a report points: the name of a call, the making in an assignment."""
        if isinstance(node, Assign):
            made = [n for n in descendants(node.value, into_closures=False) if isinstance(n, Call)]
            for call in made:
                if any(
                    use.operation.is_named(self.parameters.operation)
                    for use in self.context.resolver.operations.at(call, body)
                ):
                    return call.name_start, call.name_end
            node = made[0] if made else node.target
        return (node.name_start, node.name_end) if isinstance(node, Call) else (node.start, node.end)

    def made_again(self, ended: Ended) -> tuple[Node, Origin] | None:
        """The first node after the ending that puts an object of the same identity into its place."""
        graph = self.context.graphs.of(ended.unit, ended.body)
        if graph is None:
            return None
        stack = [(edge.target, False) for p in graph.points_of(ended.node) for edge in p.edges]
        seen: set[tuple[int, bool]] = set()
        while stack:
            point, is_empty = stack.pop()
            if (id(point), is_empty) in seen:
                continue
            seen.add((id(point), is_empty))
            verdict, is_empty = self._at(point, is_empty, ended)
            if isinstance(verdict, tuple):
                return verdict
            if verdict:
                stack.extend((edge.target, is_empty) for edge in point.edges)
        return None

    def _at(self, point: Point, is_empty: bool, ended: Ended) -> tuple[tuple[Node, Origin] | bool, bool]:
        """What happens at ``point``: the making, or whether to go on; and whether the place is empty."""
        nodes = list(self._run_at(point, ended.body)) if point.atom is not None else []
        for node in nodes:
            if isinstance(node, Assign) and text_of(node.target, ended.body) == ended.text:
                if is_nil(node.value):
                    is_empty = True
                    continue
                origin = self._same(self.context.values.origins(node.value, ended.body), ended)
                return ((node, origin) if origin is not None else False), is_empty
        for node in nodes:
            origin = self._filled_by(node, is_empty, ended)
            if origin is not None:
                return (node, origin), is_empty
        return True, is_empty

    def _run_at(self, point: Point, body: Body) -> Iterator[Node]:
        """The nodes of a point, and those of closures that run in the course of it or soon after."""
        stack: list[Node] = [point.atom] if point.atom is not None else []
        while stack:
            for node in descendants(stack.pop(), into_closures=False):
                yield node
                if isinstance(node, Closure) and self.timing(node, body) in _RUNS:
                    stack.append(node.body)

    def _filled_by(self, node: Node, is_empty: bool, ended: Ended) -> Origin | None:
        """What a call of a method of the same object, or a reading of the place, puts into it."""
        body = ended.body
        is_read = isinstance(node, (Member, Name)) or (isinstance(node, Call) and not node.arguments)
        around = body.parent(node)
        is_read = is_read and not (isinstance(around, Assign) and around.target is node)
        if is_read and is_empty and ended.base and text_of(node, body) == ended.text:  # type: ignore[arg-type]
            getters = self.context.program.members(ended.place.owner, ended.place.name)
            return self._put_by([g for g in getters if not g.function.parameters], True, ended)
        if not isinstance(node, Call) or node is ended.node or not ended.base:
            return None
        base = "self" if node.receiver is None else text_of(node.receiver, body)
        if ended.base not in (base, "self" if base == "self.self" else base):
            return None
        return self._put_by(list(self.context.resolver.callees.of(node, body).functions), is_empty, ended)

    def _put_by(self, functions: Sequence[FunctionSymbol], is_empty: bool, ended: Ended) -> Origin | None:
        for write in self.endings.writes(ended.place):
            if is_nil(write.value) or (not is_empty and self.endings.only_when_empty(write, ended.place)):
                continue
            if not self._leads_to(functions, write.body.symbol):
                continue
            origin = self._same(self.context.values.origins(write.value, write.body), ended)
            if origin is not None:
                return origin
        return None

    def _leads_to(self, functions: Sequence[FunctionSymbol], writer: FunctionSymbol) -> bool:
        return self.context.reach.find(functions, lambda symbol: symbol is writer) is not None

    def _same(self, made: list[Origin], ended: Ended) -> Origin | None:
        """The origin among ``made`` that is of the kind, and of the identity that was ended."""
        held = [o for o in self._held(ended.place) if o.kind == self.parameters.kind]
        before = frozenset(text for o in held for text in self.sources.identity(o))
        sources = {id(source[0].node) for o in held if (source := self.sources.of(o)) is not None}
        for origin in made:
            source = self.sources.of(origin)
            if origin.kind != self.parameters.kind or source is None:
                continue
            if self.parameters.fresh and self.sources.is_of_kind(origin, self.parameters.fresh):
                continue
            identity = self.sources.identity(origin)
            is_of_same_code = id(source[0].node) in sources and not self.sources.is_given(origin)
            if identity & before or (not identity and is_of_same_code):
                return origin
        return None
