"""Under which names a body holds a value: its aliases, copies, and the closures written in it that use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from backhaul.analysis.bodies import Body
from backhaul.analysis.types import unwrapped
from backhaul.analysis.variables import Unit, Variable
from backhaul.analysis.walking import descendants
from backhaul.model.code import Binary, Call, Closure, Conditional, Expression, LocalFunction, Member, Name

SAME_VALUE = frozenset(("copy", "retain", "autorelease", "Block_copy", "_Block_copy"))
"""Calls that give back the closure they are made on, or given."""


class Held(Struct, eq=False):
    """The variables of ``body`` that hold the value, by ``id``.

    ``objects``: one on which the operation is to be performed. ``closures``: one that is to be called.
    ``carriers``: a closure written in the body that uses the value, or a local function that does.
    """

    body: Body
    objects: set[int] = field(default_factory=set)
    closures: set[int] = field(default_factory=set)
    carriers: dict[int, list[Unit]] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)  # closures that are the value of a carrier
    _mentioned: dict[int, frozenset[int]] = field(default_factory=dict)

    def holds(self, variable: Variable | None) -> bool:
        key = id(variable)
        return key in self.objects or key in self.closures or key in self.carriers

    def mentions(self, inside: Closure | LocalFunction) -> bool:
        """Whether the code of a closure names the value, at any depth."""
        found = self._mentioned.get(id(inside))
        if found is None:
            nodes = (n for n in descendants(inside.body) if isinstance(n, (Name, Call)))
            variables = (
                self.body.variable(n) if isinstance(n, Name) else self.body.variable_called(n) for n in nodes
            )
            found = self._mentioned[id(inside)] = frozenset(id(v) for v in variables if v is not None)
        return any(key in found for key in (*self.objects, *self.closures, *self.carriers))

    @property
    def key(self) -> tuple[frozenset[int], frozenset[int]]:
        return frozenset(self.objects), frozenset(self.closures)


def held_in(body: Body, objects: Iterable[Variable], closures: Iterable[Variable]) -> Held:
    """All variables of ``body`` that hold what the given ones hold."""
    held = Held(body, {id(v) for v in objects}, {id(v) for v in closures})
    left = [v for v in body.all_variables() if not held.holds(v)]
    while True:
        fresh = [v for v in left if _takes(v, held)]
        if not fresh:
            return held
        left = [v for v in left if not held.holds(v)]


def _takes(variable: Variable, held: Held) -> bool:
    """Whether ``variable`` comes to hold the value, too; it is then recorded."""
    function = variable.local_function
    if function is not None:
        if isinstance(function.node, LocalFunction) and held.mentions(function.node):
            held.carriers[id(variable)] = [function]
            return True
        return False
    taken = False
    for definition in variable.definitions:
        if definition.expression is None or definition.form not in ("value", "part"):
            continue
        for source in _sources(definition.expression):
            inner = held.body.variable(source) if isinstance(source, Name) else None
            if inner is not None and id(inner) in held.objects:
                held.objects.add(id(variable))
                taken = True
            elif inner is not None and id(inner) in held.closures:
                held.closures.add(id(variable))
                taken = True
            elif inner is not None and id(inner) in held.carriers:
                held.carriers[id(variable)] = held.carriers[id(inner)]
                taken = True
            elif isinstance(source, Closure) and held.mentions(source):
                held.carriers.setdefault(id(variable), []).append(held.body.unit_of(source))
                held.named.add(id(source))
                taken = True
    return taken


def _sources(expression: Expression) -> Iterator[Expression]:
    """The names and closures whose value ``expression`` may be."""
    expression = unwrapped(expression)
    if isinstance(expression, Call) and expression.name in SAME_VALUE:
        same = expression.receiver
        if same is None and len(expression.arguments) == 1:
            same = expression.arguments[0].value
        if same is not None:
            yield from _sources(same)
    elif isinstance(expression, Conditional):
        for branch in (expression.then, expression.otherwise):
            if branch is not None:
                yield from _sources(branch)
    elif isinstance(expression, Binary) and expression.operator == "??":
        yield from _sources(expression.left)
        yield from _sources(expression.right)
    else:
        yield expression


def is_named(expression: Expression, held: Held) -> bool:
    """Whether ``expression`` is the value itself, casts and the like aside."""
    inner = unwrapped(expression)
    if isinstance(inner, Member):
        return False
    return isinstance(inner, Name) and held.holds(held.body.variable(inner))
