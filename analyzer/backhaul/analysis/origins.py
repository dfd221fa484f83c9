"""Where a value comes from: one answer to that question, and the steps of its trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import Condition, Guards
from backhaul.analysis.operations import Use
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.variables import Variable
from backhaul.findings.finding import Step
from backhaul.model.code import Call, Expression, Literal, Member, Name, Node

UNKNOWN = ""
NIL = "nil"
MAX_ORIGINS = 24
"""How many ways for a value to come about are told apart; of more, the rest is unknown."""


class Origin(Struct, frozen=True):
    """One way a value comes about: its kind, the trail to it, what must hold for it to be so.

    ``guards`` hold only for places in the function where the value was asked for. ``made``: the
    initialiser that made it, as entered there, for an object of one of the program's own types.
    ``is_passed``: it came in through a parameter, so that another caller may bring another kind.
    """

    kind: str
    trail: tuple[Step, ...] = ()
    guards: Guards = frozenset()
    use: Use | None = None
    made: tuple[FunctionSymbol, Frame] | None = None
    is_passed: bool = False

    def then(self, step: Step) -> Origin:
        return replace(self, trail=(*self.trail, step))

    def under(self, guards: Iterable[Condition]) -> Origin:
        return replace(self, guards=self.guards | frozenset(guards))


class Frame(Struct, frozen=True, eq=False):
    """A body as entered by one call: ``arguments`` are the caller's expressions, by parameter.

    Without arguments the body may have been entered from anywhere.
    """

    body: Body
    arguments: dict[Variable, tuple[Expression | None, Frame]] | None = None
    receiver: tuple[Expression, Frame] | None = None


def step_at(node: Node, body: Body, text: str, site: tuple[int, int] | None = None) -> Step:
    """A step of a trail at ``node``, or at its name where it is a call."""
    start, end = site or (
        (node.name_start, node.name_end) if isinstance(node, Call) else (node.start, node.end)
    )
    return Step(body.symbol.module.path, start, end, text)


def stored(origin: Origin, name: str, value: Expression, target: Node, body: Body) -> Origin:
    """``origin`` assigned to a field; one step where the assigned value itself made it."""
    if not origin.kind:
        return origin
    stored = f"stored in `{name.lstrip('_')}` here"
    last = origin.trail[-1] if origin.trail else None
    if last is not None and last.path == body.symbol.module.path and value.start <= last.start < value.end:
        joined = Step(last.path, last.start, last.end, f"{last.text.removesuffix(' here')} and {stored}")
        return replace(origin, trail=(*origin.trail[:-1], joined))
    return origin.then(step_at(target, body, stored))


def without_guards(origin: Origin) -> Origin:
    """Conditions of another function say nothing here."""
    return replace(origin, guards=frozenset()) if origin.guards else origin


def _is_of_type(member: Member) -> bool:
    """Whether a member is one of a type, as a case of an enumeration is: ``.get``, ``Method.get``."""
    base = member.base
    while isinstance(base, Member):
        base = base.base
    return base is None or (isinstance(base, Name) and base.name[:1].isupper())


def known_constants(frame: Frame) -> Iterator[Condition]:
    """What holds in a body because of the constants that the call passes."""
    for variable, (argument, _) in (frame.arguments or {}).items():
        name = f"{variable.name}#{variable.node.start}"
        constant = argument if argument is not None else getattr(variable.node, "default", None)
        if isinstance(constant, Literal) and constant.kind == "bool":
            yield Condition(name, constant.text in ("true", "YES"))
        elif isinstance(constant, Literal) and constant.kind == "nil":
            yield Condition(f"{name} == nil", True, name, "nil")
            yield Condition(name, False)
        elif isinstance(constant, Member) and _is_of_type(constant):
            yield Condition(f"{name} == .{constant.name}", True, name, f".{constant.name}")
        elif isinstance(constant, Name) and constant.name[:1].isupper():
            yield Condition(f"{name} == self.{constant.name}", True, name, f"self.{constant.name}")
