"""What code does about a duty: something that is to be done once with a value it is given.

A completion handler is to be called; a task that the system hands out is to be told that it is
completed. The value is followed under all its names, into closures that use it, and into functions of
the program that it, or such a closure, is passed to. Whoever takes it out of sight, or keeps it, has
done his part: that is trusted.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.callees import argument_for
from backhaul.analysis.conditions import Condition, Guards, guards_of, text_of
from backhaul.analysis.consumers import Consumer, consumer_of
from backhaul.analysis.held import SAME_VALUE, Held, held_in
from backhaul.analysis.places import Place
from backhaul.analysis.program import FunctionSymbol
from backhaul.analysis.resolution import Resolver
from backhaul.analysis.timing import run_together, timing
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit, Variable
from backhaul.analysis.walking import descendants
from backhaul.model.code import (
    Assign,
    Binary,
    Call,
    Closure,
    Conditional,
    Destructure,
    Expression,
    Literal,
    Local,
    Member,
    Name,
    Node,
    Unary,
)

_TRUE = ("true", "YES")
_MOST_CALLS_DEEP = 2
_YES_OR_NO = frozenset(("Bool", "BOOL", "bool"))


class Deed(IntEnum):
    """What is done: nothing; it is handed on, to be done later or out of sight; it is surely done."""

    NOTHING = 0
    HANDED = 1
    DONE = 2


class Duty(Struct, frozen=True):
    """``operation`` is to be performed on the value; where it is "", the value is a closure to be called.

    ``aside``: operations, by id or tag, that do nothing about it, whatever they are given. ``instead``: those
    after which nobody waits for it any more, on whatever they are performed. ``is_mixed``: the
    value may be of several types, so that a cast of it that fails is a way like any other. ``is_kept``: the
    object whose method is given the value lives as long as somebody waits for it to be done. ``over``: fields
    on which one of ``instead`` is performed: where such a field is empty, nobody waits either. ``ended``:
    what the members of a type say of its fields where they perform one of ``instead``, with its name.
    ``sure``: types to which no cast is taken to fail, and of which the value's function is never given nil.
    """

    operation: str = ""
    aside: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    is_mixed: bool = False
    is_kept: bool = False
    over: frozenset[Place] = frozenset()
    ended: frozenset[tuple[str, Condition]] = frozenset()
    sure: frozenset[str] = frozenset()


class Act(Struct, eq=False):
    """What the evaluation of one ``node`` does. ``left_to``: the code that is to do it then."""

    node: Node
    deed: Deed
    left_to: list[Scene] = field(default_factory=list)


class Scene(Struct, eq=False):
    """A unit that is to do it. ``form``: a ``closure`` written for it, or a ``function`` it is passed to.

    ``at_once``: it has run when the code that leaves it to it goes on. ``known``: what holds when it runs.
    """

    unit: Unit
    held: Held
    form: str
    at_once: bool
    known: Guards = frozenset()
    is_inner: bool = False  # not where the value is given first


class Deeds:
    """Tells what single expressions do about a duty. ``summary`` says it of whole scenes."""

    def __init__(self, duty: Duty, resolver: Resolver) -> None:
        self.duty = duty
        self.resolver = resolver

    def summary(self, scene: Scene) -> Deed:
        raise NotImplementedError

    def acts(self, atom: Node, held: Held, known: Guards) -> list[Act]:
        """What the evaluation of ``atom`` does, closures inside it aside.

        ``known``: what holds whenever the unit runs. An act of no deed is the call of a function that drops
        the value.
        """
        body = held.body
        found: list[Act] = []
        given: dict[int, tuple[Call, list[tuple[Expression, Expression]]]] = {}
        for node in descendants(atom, into_closures=False):
            act: Act | None = None
            if isinstance(node, Call) and body.variable_called(node) is not None:
                act = self._called(node, held, known)
            elif isinstance(node, Call) and not node.name and node.receiver is not None:
                act = self._called_directly(node, held)
            elif self._is_value(node, held):
                assert isinstance(node, (Name, Closure))
                consumer = self._consumer(node, body)
                if consumer.form == "passed" and isinstance(consumer.node, Call):
                    argument = consumer.argument
                    assert argument is not None
                    entry = given.setdefault(id(consumer.node), (consumer.node, []))
                    entry[1].append((argument, node))  # type: ignore[arg-type]
                else:
                    act = self._consumed(node, consumer, held, known)
            elif isinstance(node, Call) and self._is_instead(node, body):
                act = Act(node, Deed.HANDED)
            if act is not None:
                found.append(_if_always(act, atom, held))
        for call, values in given.values():
            act = self._passed(call, values, held, known)
            if act is not None:
                found.append(_if_always(act, atom, held))
        return found

    def _is_instead(self, call: Call, body: Body, depth: int = 0) -> bool:
        """Whether ``call``, or a method of the same object that it is, performs one of ``instead``."""
        if not self.duty.instead:
            return False
        uses = self.resolver.operations.at(call, body)
        if uses or depth > _MOST_CALLS_DEEP:
            return any(use.operation.is_named(name) for use in uses for name in self.duty.instead)
        receiver = call.receiver
        if receiver is not None and not (isinstance(receiver, Name) and receiver.name in ("self", "super")):
            return False
        return any(
            symbol.body is not None
            and any(self._is_instead(inner, symbol.body, depth + 1) for inner, _ in symbol.body.calls)
            for symbol in self.resolver.callees.of(call, body).functions
            if symbol.owner
        )

    def _is_value(self, node: Node, held: Held) -> bool:
        if isinstance(node, Name):
            return held.holds(held.body.variable(node))
        return isinstance(node, Closure) and id(node) not in held.named and held.mentions(node)

    def _consumer(self, node: Node, body: Body) -> Consumer:
        """What takes the value; a copy of it is it."""
        consumer = consumer_of(node, body)
        taker = consumer.node
        while isinstance(taker, Call) and taker.name in SAME_VALUE:
            consumer = consumer_of(taker, body)
            taker = consumer.node
        return consumer

    # Calls of the value, and on it

    def _called(self, call: Call, held: Held, known: Guards) -> Act | None:
        key = id(held.body.variable_called(call))
        if key in held.closures:
            return Act(call, Deed.DONE)
        if key not in held.carriers:
            return None
        known = known | guards_of(call, held.body)
        scenes = [Scene(unit, held, "closure", at_once=True, known=known) for unit in held.carriers[key]]
        return Act(call, self._weakest(scenes), scenes)

    def _called_directly(self, call: Call, held: Held) -> Act | None:
        """A call of an expression: of a name in parentheses, of a closure literal."""
        called = unwrapped(call.receiver) if call.receiver is not None else None
        if isinstance(called, Name) and id(held.body.variable(called)) in held.closures:
            return Act(call, Deed.DONE)
        return None

    def _consumed(self, node: Name | Closure, consumer: Consumer, held: Held, known: Guards) -> Act | None:
        if isinstance(node, Closure):
            return self._left_to_closure(node, consumer, held, known)
        if consumer.form == "used":
            return self._used(node, consumer.node, held)
        if consumer.form == "stored" and isinstance(consumer.node, Assign):
            target = consumer.node.target
            is_local = isinstance(target, Name) and held.holds(held.body.variable(target))
            return None if is_local else Act(node, Deed.HANDED)
        by_address = isinstance(consumer.node, Unary) and consumer.node.operator == "&"
        if consumer.form == "returned" or by_address or self._is_packed(consumer.node, held):
            return Act(node, Deed.HANDED)
        return None

    def _is_packed(self, taker: Node | None, held: Held) -> bool:
        """Whether a value is part of another (a dictionary, a tuple) that ``taker`` gives a name to."""
        if isinstance(taker, Destructure):
            return True
        variable = held.body.declared_by(taker) if isinstance(taker, Local) else None
        return variable is not None and not held.holds(variable)

    def _used(self, name: Name, taker: Node | None, held: Held) -> Act | None:
        """The value is the object of a call or of a member."""
        if not isinstance(taker, Call) or isinstance(unwrapped(name), Call):
            return None
        if not taker.name:
            return None  # the call of the value itself
        uses = self.resolver.operations.at(taker, held.body)
        if any(use.operation.is_named(self.duty.operation) for use in uses):
            return Act(taker, Deed.DONE)
        is_read = held.body.symbol.module.language == "objc" and not taker.arguments
        if uses or is_read:
            return None
        return Act(taker, Deed.HANDED)

    # Closures that use the value

    def _left_to_closure(self, closure: Closure, consumer: Consumer, held: Held, known: Guards) -> Act | None:
        """A closure that is not an argument: kept somewhere, returned, or called where it is written."""
        taker = consumer.node
        if isinstance(taker, Assign) and self.is_aside(taker, held.body):
            return None
        known = known | guards_of(closure, held.body)
        scene = Scene(held.body.unit_of(closure), held, "closure", isinstance(taker, Call), known)
        deed = self.summary(scene)
        if deed is Deed.NOTHING:
            return None
        return Act(closure, deed if scene.at_once else Deed.HANDED, [scene])

    # What is passed on

    def _passed(
        self, call: Call, values: list[tuple[Expression, Expression]], held: Held, known: Guards
    ) -> Act | None:
        """``values``: arguments of ``call``, each with what it is, or holds."""
        body = held.body
        if self.is_aside(call, body):
            return None
        if len(values) > 1 and run_together(call, body, self.resolver):
            return Act(call, Deed.HANDED)
        known = known | guards_of(call, body)
        scenes: list[Scene] = []
        deed = Deed.NOTHING
        carrying: list[tuple[Expression, bool]] = []
        for argument, value in values:
            closures = self._closures(value, held)
            is_object = not closures and id(self._variable(value, held)) in held.objects
            if closures:
                when = timing(value, body, self.resolver) if isinstance(value, Closure) else ""
                inner = [Scene(unit, held, "closure", when == "now", known) for unit in closures]
                done = self._weakest(inner)
                if done is Deed.NOTHING:
                    continue
                scenes.extend(inner)
                deed = max(deed, done if when == "now" else Deed.HANDED)
            carrying.append((argument, not is_object))
        if not carrying or deed is Deed.DONE:
            return Act(call, deed, scenes) if carrying else None
        within = self._takers(call, carrying, body, known)
        if within is None:
            return Act(call, Deed.HANDED, scenes)
        scenes.extend(within)
        return Act(call, self._weakest(within), scenes)

    def _variable(self, value: Expression, held: Held) -> Variable | None:
        return held.body.variable(value) if isinstance(value, Name) else None

    def _closures(self, value: Expression, held: Held) -> list[Unit]:
        """The closures of the body that ``value`` is one of; none where it is the value itself."""
        if isinstance(value, Closure):
            return [held.body.unit_of(value)]
        return held.carriers.get(id(self._variable(value, held)), [])

    def _takers(
        self, call: Call, carrying: list[tuple[Expression, bool]], body: Body, known: Guards
    ) -> list[Scene] | None:
        """The functions of the program that ``call`` passes the arguments to; None: they are not known."""
        if self.resolver.operations.at(call, body) or body.variable_called(call) is not None:
            return None
        callees = self.resolver.callees.of(call, body)
        tests = self.resolver.program.tests
        functions = [f for f in callees.functions if f.module.path not in tests]
        if not functions or not callees.is_complete:
            return None
        if any(f.function.result in _YES_OR_NO for f in functions):
            return None  # they tell whether they took it
        scenes: list[Scene] = []
        for symbol in functions:
            scene = self._taken_by(symbol, call, carrying, body, known)
            if scene is None:
                return None
            scenes.append(scene)
        return scenes

    def _taken_by(
        self,
        symbol: FunctionSymbol,
        call: Call,
        carrying: list[tuple[Expression, bool]],
        body: Body,
        known: Guards,
    ) -> Scene | None:
        inner = symbol.body
        if inner is None:
            return None
        objects: list[Variable] = []
        closures: list[Variable] = []
        for position, parameter in enumerate(inner.unit.parameters):
            passed = argument_for(symbol, call, position)
            for argument, is_closure in carrying:
                if passed is not None and argument is passed:
                    (closures if is_closure else objects).append(parameter)
        if len(objects) + len(closures) != len(carrying):
            return None
        held = held_in(inner, objects, closures)
        given = _known_to(symbol, call, body, known)
        return Scene(inner.unit, held, "function", at_once=True, known=given, is_inner=True)

    def is_aside(self, node: Call | Assign, body: Body) -> bool:
        """Whether what ``node`` is given does not count, whatever it does."""
        uses = self.resolver.operations.at(node, body)
        return any(use.operation.is_named(name) for use in uses for name in self.duty.aside)

    def _weakest(self, scenes: list[Scene]) -> Deed:
        """What is sure to be done when one of ``scenes`` runs, nobody knows which."""
        deeds = [self.summary(scene) for scene in scenes]
        if len(set(deeds)) == 1:
            return deeds[0]
        return Deed.HANDED if deeds else Deed.NOTHING


def _known_to(symbol: FunctionSymbol, call: Call, body: Body, known: Guards) -> Guards:
    """What is ``known`` where ``call`` stands, in the words of the function it calls."""
    inner = symbol.body
    if inner is None:
        return frozenset()
    words: dict[str, str] = {}
    found: list[Condition] = []
    for position, parameter in enumerate(inner.unit.parameters):
        passed = argument_for(symbol, call, position)
        text = text_of(passed, body) if isinstance(passed, (Name, Member)) else None
        name = f"{parameter.name}#{parameter.node.start}"
        if text is not None:
            words[text] = name
        elif isinstance(passed, Literal) and passed.kind == "bool":
            found.append(Condition(name, passed.text in _TRUE))
    on_self = call.receiver is None or (isinstance(call.receiver, Name) and call.receiver.name == "self")
    for condition in known:
        given = next(
            (w for w in words if condition.text == w or condition.text.startswith((f"{w}.", f"{w} "))), None
        )
        if given is not None:
            length = len(given)
            text = words[given] + condition.text[length:]
            subject = words[given] + condition.subject[length:] if condition.subject.startswith(given) else ""
            found.append(condition._replace(text=text, subject=subject))
        elif on_self and condition.text.startswith("self."):
            found.append(condition)
    return frozenset(found)


def _if_always(act: Act, atom: Node, held: Held) -> Act:
    """``act``, but for one in a part of ``atom`` that is evaluated on a condition: it may be done."""
    if act.deed is not Deed.DONE:
        return act
    inner: Node = act.node
    for outer in held.body.ancestors(act.node):
        if inner is atom:
            break
        is_choice = isinstance(outer, Conditional) and inner is not outer.condition
        is_second = (
            isinstance(outer, Binary) and outer.operator in ("&&", "||", "??") and inner is outer.right
        )
        if is_choice or is_second:
            return Act(act.node, Deed.HANDED, act.left_to)
        inner = outer
    return act
