"""Small programs for tests of the analysis: source texts, read by the real front ends.

They are written against a library that exists only here. ``Lamp`` is made from ``LampSettings``, which
are *dim* or *bright*; ``openGate`` gives a ``Gate`` that ``closeGate`` must be given; ``runNow`` and
``runLater`` run a closure.
"""

from __future__ import annotations

from functools import cache
from textwrap import dedent

from backhaul.analysis.bodies import Body
from backhaul.analysis.control_flow import ControlFlow, Point
from backhaul.analysis.effects import Effects, Graphs
from backhaul.analysis.origins import Origin
from backhaul.analysis.places import Place, Places
from backhaul.analysis.program import FunctionSymbol, Program
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.values import Values
from backhaul.analysis.variables import Unit
from backhaul.analysis.walking import descendants
from backhaul.frontends import read_module
from backhaul.model.code import Call, Closure, Expression, Name, Node
from backhaul.rules import ApiModels
from backhaul.rules.model_files import join_models, read_model_file

LIBRARY = """
title = "Lamps and gates"
url = "https://example.com/lamps"
words = ["Lamp"]

[[type]]
name = "Lamp"
also = ["TLLamp"]
noun = "lamp"

[[type]]
name = "LampSettings"
also = ["TLSettings"]
noun = "settings"

[[type]]
name = "Gate"

[[operation]]
id = "settings.dim"
swift = ["static LampSettings.dim(_:)"]
objc = ["+[TLSettings dimSettings:]"]
arguments = { tag = 0 }
returns = { type = "LampSettings", kind = "dim" }

[[operation]]
id = "settings.bright"
swift = ["static LampSettings.bright"]
objc = ["+[TLSettings brightSettings]"]
returns = { type = "LampSettings", kind = "bright" }

[[operation]]
id = "settings.tag"
swift = ["LampSettings.tag"]
objc = ["-[TLSettings tag]"]
nil-unless = "dim"

[[operation]]
id = "lamp.make"
swift = ["Lamp.init(settings:)"]
objc = ["+[TLLamp lampWithSettings:]"]
arguments = { settings = 0 }
argument-types = { settings = "LampSettings" }
returns = { type = "Lamp", kind = "argument:settings" }

[[operation]]
id = "lamp.settings"
swift = ["Lamp.settings"]
objc = ["-[TLLamp settings]"]
returns = { type = "LampSettings", kind = "receiver" }

[[operation]]
id = "lamp.light"
swift = ["Lamp.light()"]
objc = ["-[TLLamp light]"]

[[operation]]
id = "gate.open"
swift = ["openGate()"]
objc = ["openGate"]
returns = { type = "Gate" }

[[operation]]
id = "gate.close"
swift = ["closeGate(_:)"]
objc = ["closeGate"]
arguments = { gate = 0 }

[[operation]]
id = "gate.invalid"
swift = ["static Gate.none"]
objc = ["GateNone"]
returns = { type = "Gate" }

[[operation]]
id = "run.now"
swift = ["runNow(_:)"]
objc = ["runNow"]
arguments = { work = 0 }
calls = { work = "now" }

[[operation]]
id = "run.later"
swift = ["runLater(_:)"]
objc = ["runLater"]
arguments = { work = 0 }
calls = { work = "later" }

[[operation]]
id = "collection.closure"
swift = ["*.forEach(_:)"]
arguments = { work = 0 }
calls = { work = "now" }

[[operation]]
id = "halt"
swift = ["halt()"]
objc = ["halt"]
leaves = true
"""


@cache
def library() -> ApiModels:
    return join_models([read_model_file("lamps.toml", LIBRARY)])


class Analysed:
    """A program with every analysis of it, and ways to point at its nodes by name."""

    def __init__(
        self,
        swift: str = "",
        objc: str = "",
        files: dict[str, str] | None = None,
        tests: frozenset[str] = frozenset(),
    ) -> None:
        texts = {"main.swift": swift, "main.m": objc, **(files or {})}
        modules = [read_module(path, dedent(text).encode()) for path, text in texts.items() if text.strip()]
        for module in modules:
            damage = module.damage
            assert (damage.lost, damage.damaged, damage.bad_declarations) == ([], [], 0), module.path
        self.program = Program(modules, tests)
        self.resolver = Resolver(self.program, library())
        self.values = Values(self.resolver)
        self.places = Places(self.resolver)
        self.graphs = Graphs(self.resolver.no_return_names, self.resolver.reads_text)
        self.closing = Effects("gate.close", "gate", self.places, self.graphs)

    def symbol(self, name: str, owner: str | None = None) -> FunctionSymbol:
        """The only function of that name with a body."""
        found = [
            s
            for s in self.program.functions
            if s.name == name and s.function.has_body and (owner is None or s.owner == owner)
        ]
        assert len(found) == 1, [s.qualified_name for s in found]
        return found[0]

    def body(self, name: str, owner: str | None = None) -> Body:
        body = self.symbol(name, owner).body
        assert body is not None
        return body

    def call(self, name: str, number: int = 0) -> tuple[Call, Body, Unit]:
        """The call of ``name`` in the program, in order of the source."""
        found = [
            (call, symbol.body, unit)
            for symbol in self.program.functions
            if symbol.body is not None
            for call, unit in symbol.body.calls
            if call.name == name
        ]
        return found[number]

    def argument(self, name: str, number: int = 0) -> tuple[Expression, Body]:
        """What the call of ``name`` is given first."""
        call, body, _ = self.call(name, number)
        return call.arguments[0].value, body

    def kinds(self, name: str = "use", number: int = 0) -> set[str]:
        """The kinds that the first argument of the call of ``name`` may have there; "" is unknown."""
        return {origin.kind for origin in self.origins(name, number)}

    def origins(self, name: str = "use", number: int = 0) -> list[Origin]:
        expression, body = self.argument(name, number)
        return self.values.origins_at(expression, body, expression)

    def type_of(self, name: str = "use", number: int = 0) -> str:
        """The type of the first argument of the call of ``name``."""
        return self.resolver.types.of(*self.argument(name, number))

    def opened(self, number: int = 0) -> Place:
        """The place that the opened gate is put into first."""
        call, body, _ = self.call("openGate", number)
        (place,) = self.places.destinations(call, body).places
        return place

    def closes(self, name: str, place: Place | None = None, owner: str | None = None) -> str:
        """What a run of the function ``name`` does to the opened gate: an effect's name."""
        return self.closing.of_function(self.symbol(name, owner), place or self.opened()).name.lower()


def ways(statements: str, language: str = "swift", *, throws: bool = True) -> set[str]:
    """Every way through a function with the body ``statements``: the names it calls, then its exit.

    A loop is gone through at most once. Without ``throws``, ways on which an error leaves the function
    are left out.
    """
    if language == "swift":
        analysed = Analysed(swift=f"func f() async throws {{\n{dedent(statements)}\n}}")
    else:
        analysed = Analysed(objc=f"void f(void) {{\n{dedent(statements)}\n}}")
    body = analysed.body("f")
    graph = ControlFlow(body.unit, body, analysed.resolver.no_return_names, analysed.resolver.reads_text)
    found = {" ".join(way) for way in _ways(graph.entry, (), {})}
    return found if throws else {way for way in found if not way.endswith("throw")}


def _ways(point: Point, done: tuple[str, ...], visits: dict[int, int]) -> list[tuple[str, ...]]:
    if point.exit:
        return [(*done, point.exit)]
    if visits.get(id(point), 0) > 1:
        return []
    visits = {**visits, id(point): visits.get(id(point), 0) + 1}
    if point.atom is not None:
        done = (*done, *called_in(point.atom))
    return [way for edge in point.edges for way in _ways(edge.target, done, visits)]


def called_in(node: Node) -> list[str]:
    """The names that evaluating ``node`` calls, closures inside aside."""
    return [n.name for n in descendants(node, into_closures=False) if isinstance(n, Call) and n.name]


def names_in(body: Body, name: str) -> list[Name]:
    """The uses of ``name`` in a body, in order of the source."""
    found = [n for n in descendants(body.unit.block) if isinstance(n, Name) and n.name == name]
    return sorted(found, key=lambda node: node.start)


def closures_in(body: Body) -> list[Closure]:
    return [n for n in descendants(body.unit.block) if isinstance(n, Closure)]
