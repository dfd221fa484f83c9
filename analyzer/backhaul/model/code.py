"""The code inside a function: statements and expressions, independent of any language.

Every node carries the half-open range ``start:end`` it was written in, as byte offsets into
the file's text encoded in UTF-8 (lines and columns are computed only for what is reported).

Nodes are ``msgspec`` structs: compact, typed, invisible to the garbage collector, and stored
as tagged arrays, so that a function's body travels between processes and through the cache as
bytes and is decoded only when an analysis asks for it. Nodes compare by identity.

A front end keeps every sub-expression: what has no node of its own becomes ``Opaque`` with its
children, so that a call or a use of a variable is never hidden from the analysis.
"""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct


class Node(Struct, array_like=True, gc=False, eq=False):
    """Anything with a place in the source: bytes ``start`` up to, not including, ``end``."""

    start: int
    end: int


class Tagged(Node, tag_field="node"):
    """A node that stands where several kinds may: encoded with its number."""


# Expressions


class Name(Tagged, tag=1):
    """A bare name: local, parameter, global, type, implicit member; ``self`` and ``super`` too."""

    name: str


class Member(Tagged, tag=2):
    """``base.name``. Without a base it is Swift's implicit member (``.background``).

    ``self->_ivar`` and a property read written as a message without arguments and receiver
    ``self`` are *not* unified here: the first is a Member, the second a Call.
    """

    base: Expression | None
    name: str
    optional: bool = False


class Argument(Node):
    """One argument of a call. ``label`` is Swift's; Objective-C arguments have none."""

    label: str | None
    value: Expression
    trailing: bool = False  # a Swift trailing closure: its label may be absent or differ


class Call(Tagged, tag=3):
    """A call, a message send, an initialiser, or the invocation of a closure value.

    ``name`` is Swift's base name (``uploadTask``), the whole Objective-C selector
    (``uploadTaskWithRequest:fromData:``), or the name of a C function. It is empty when the
    called thing is itself an expression without a name (``handlers[i]()``, ``{ … }()``): then
    ``receiver`` is that expression. ``self.handler(x)`` has receiver ``self`` and name
    ``handler`` whether ``handler`` is a method or a property that holds a closure.
    ``name_start:name_end`` is where the name (the first selector part) stands.
    """

    receiver: Expression | None
    name: str
    arguments: list[Argument]
    name_start: int
    name_end: int
    optional: bool = False  # reached through ``?.`` or ``?()``
    implicit: bool = False  # Swift's leading dot (``.background(…)``): of the type expected here


class Parameter(Node):
    """A parameter of a function or closure.

    ``label`` is the argument label a Swift caller writes ("" for none); Objective-C has "".
    """

    label: str
    name: str
    type: str = ""
    default: Expression | None = None


class Capture(Node):
    """One entry of a closure's capture list: ``[weak self]``, ``[id]``, ``[n = self.count]``."""

    name: str
    form: Choice["value", "weak", "unowned"]
    value: Expression | None = None


class Closure(Tagged, tag=4):
    """A Swift closure or an Objective-C block.

    ``copies_locals``: plain captured locals are copied when the closure is created
    (Objective-C blocks); otherwise captured variables are shared (Swift), but for those that
    ``captures`` lists.
    """

    parameters: list[Parameter]
    captures: list[Capture]
    body: Block
    copies_locals: bool = False
    is_async: bool = False
    attributes: list[str] = []  # as written: "@Sendable", "@MainActor"


class Literal(Tagged, tag=5):
    """A literal. ``text`` is a string's content without quotes, else the source text."""

    kind: Choice["nil", "bool", "int", "float", "string"]
    text: str


class Interpolation(Tagged, tag=6):
    """A string with interpolated parts; the fixed parts are string literals among ``parts``."""

    parts: list[Expression]


class Collection(Tagged, tag=7):
    """An array, dictionary (keys and values in turn) or tuple literal."""

    kind: Choice["array", "dictionary", "tuple"]
    items: list[Expression]


class Conditional(Tagged, tag=8):
    """``condition ? then : otherwise``. ``then`` is None for C's ``a ?: b``."""

    condition: Expression
    then: Expression | None
    otherwise: Expression


class Binary(Tagged, tag=9):
    """``left operator right``, without assignment: ``==``, ``&&``, ``??``, ``+`` …"""

    operator: str
    left: Expression
    right: Expression


class Unary(Tagged, tag=10):
    """``operator operand``. Swift's forced unwrapping ``x!`` has the operator ``unwrap``."""

    operator: str
    operand: Expression


class Assign(Tagged, tag=11):
    """``target operator value``; the operator is ``=`` or a compound one (``+=``)."""

    target: Expression
    operator: str
    value: Expression


class Cast(Tagged, tag=12):
    """``value as type``; form: ``as``, ``as?``, ``as!``, ``is`` or ``c`` for a C cast."""

    value: Expression
    type: str
    form: Choice["as", "as?", "as!", "is", "c"]


class Index(Tagged, tag=13):
    """``base[arguments]``."""

    base: Expression
    arguments: list[Expression]


class Await(Tagged, tag=14):
    """``await value``."""

    value: Expression


class Try(Tagged, tag=15):
    """``try value``; form: ``try``, ``try?`` or ``try!``."""

    value: Expression
    form: Choice["try", "try?", "try!"]


class SelectorName(Tagged, tag=16):
    """``#selector(Type.method(_:))`` or ``@selector(method:)``; ``name`` as written inside."""

    name: str


class Binding(Tagged, tag=17):
    """A condition that tests a value and names its parts: ``if let a = b``, ``if case .x(let a) = b``.

    ``pattern`` is the pattern of a ``case`` test; ``names`` are all names it binds.
    """

    names: list[str]
    value: Expression
    pattern: Expression | None = None


class Availability(Tagged, tag=18):
    """``#available(iOS 13, *)``, ``@available(…)``, or the text of a ``#if`` condition."""

    text: str

    @property
    def is_of_build(self) -> bool:
        """The condition of a ``#if``, decided before the program runs."""
        return self.text[:1] not in ("#", "@")


class Branching(Tagged, tag=19):
    """A statement used as a value: Swift's ``if`` and ``switch`` expressions, C's ``({ … })``."""

    statement: Statement


class Opaque(Tagged, tag=20):
    """An expression without a node of its own; its sub-expressions in order of evaluation."""

    children: list[Expression]


Expression: TypeAlias = (
    Name
    | Member
    | Call
    | Closure
    | Literal
    | Interpolation
    | Collection
    | Conditional
    | Binary
    | Unary
    | Assign
    | Cast
    | Index
    | Await
    | Try
    | SelectorName
    | Binding
    | Availability
    | Branching
    | Opaque
)


# Statements

Storage: TypeAlias = Choice["plain", "shared", "static", "weak"]
"""Of a local variable. ``shared`` is ``__block``: blocks share it instead of copying it."""


class Local(Tagged, tag=40):
    """Declaration of one local variable. ``is_constant``: ``let``, ``const``."""

    name: str
    type: str = ""
    value: Expression | None = None
    is_constant: bool = False
    storage: Storage = "plain"


class Destructure(Tagged, tag=41):
    """``let (a, b) = value``; a part that is ignored has the name ``_``."""

    names: list[str]
    value: Expression


class Evaluate(Tagged, tag=42):
    """An expression as a statement (assignments among them)."""

    value: Expression


class If(Tagged, tag=43):
    """All of ``conditions`` must hold, tested in order. Swift bindings are ``Binding`` conditions.

    Conditional compilation inside a function is an ``If`` over ``Availability``, an ``#elseif``
    nested in ``otherwise``.
    """

    conditions: list[Expression]
    then: Block
    otherwise: Block | None = None


class Guard(Tagged, tag=44):
    """Swift's ``guard``: ``otherwise`` runs, and leaves, unless all conditions hold."""

    conditions: list[Expression]
    otherwise: Block


class Loop(Tagged, tag=45):
    """Every loop.

    ``for-in``: ``names`` are bound to the elements of ``sequence``; ``conditions`` is its
    ``where`` clause. ``while`` and ``repeat`` (body first) test ``conditions``. ``for`` is C's:
    ``setup``, ``conditions``, ``step``.
    """

    form: Choice["for-in", "while", "repeat", "for"]
    body: Block
    names: list[str] = []
    sequence: Expression | None = None
    conditions: list[Expression] = []
    setup: list[Statement] = []
    step: list[Expression] = []
    label: str = ""
    is_async: bool = False


class Case(Node):
    """One case of a switch. No patterns: the default case. ``names`` are bound by the patterns."""

    patterns: list[Expression]
    names: list[str]
    body: Block
    where: Expression | None = None
    falls_through: bool = False  # at the end of its body; always so in C, where ``break`` leaves


class Switch(Tagged, tag=46):
    """A switch; ``is_exhaustive``: some case is always taken (Swift), though none is a default."""

    subject: Expression
    cases: list[Case]
    is_exhaustive: bool = False
    label: str = ""


class Return(Tagged, tag=47):
    """``return value``; also the implicit result of a Swift body that is a single expression."""

    value: Expression | None = None


class Throw(Tagged, tag=48):
    """``throw value``, ``@throw value``; no value re-throws."""

    value: Expression | None = None


class Break(Tagged, tag=49):
    label: str = ""


class Continue(Tagged, tag=50):
    label: str = ""


class Goto(Tagged, tag=51):
    label: str


class Label(Tagged, tag=52):
    """A C label: the target of ``goto``."""

    name: str


class Defer(Tagged, tag=53):
    """``body`` runs when the enclosing block is left, on whatever way."""

    body: Block


class Catch(Node):
    """``patterns`` empty: catches everything. ``names``: what the handler binds (``error``)."""

    patterns: list[Expression]
    names: list[str]
    body: Block


class Do(Tagged, tag=54):
    """A nested block, with error handlers if any: ``do … catch``, ``@try … @catch … @finally``.

    Also any block with a scope of its own: ``{ … }``, ``@autoreleasepool``. ``guard_value`` is
    the lock of ``@synchronized(lock)``.
    """

    body: Block
    catches: list[Catch] = []
    cleanup: Block | None = None
    guard_value: Expression | None = None
    label: str = ""


class LocalFunction(Tagged, tag=55):
    """A named function inside a function; it captures variables as a closure does."""

    name: str
    parameters: list[Parameter]
    body: Block
    is_async: bool = False


Statement: TypeAlias = (
    Local
    | Destructure
    | Evaluate
    | If
    | Guard
    | Loop
    | Switch
    | Return
    | Throw
    | Break
    | Continue
    | Goto
    | Label
    | Defer
    | Do
    | LocalFunction
)


class Block(Node):
    """Statements in order."""

    statements: list[Statement]
