"""Names, members, operators: syntax tree to model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backhaul.frontends.python.bridges import MODULES, selector
from backhaul.frontends.python.context import Context, Scope
from backhaul.frontends.python.lowering import (
    expression,
    lower,
    lower_condition,
    lower_parts,
    name_of,
    opaque,
)
from backhaul.frontends.python.variables import declare
from backhaul.model.code import (
    Assign,
    Await,
    Binary,
    Block,
    Branching,
    Closure,
    Collection,
    Conditional,
    Evaluate,
    Expression,
    Index,
    Interpolation,
    Literal,
    Loop,
    Member,
    Name,
    Opaque,
    Parameter,
    Return,
    Unary,
)

if TYPE_CHECKING:
    import libcst as cst

_QUOTED_TYPE = re.compile(r"\s*(?:\w+\.)*(?:Optional\[)?(?P<name>[A-Za-z_][\w.]*)\]?\s*(?:\|\s*None\s*)?")
_CONSTANTS = {"None": ("nil", "nil"), "True": ("bool", "true"), "False": ("bool", "false")}
_OPERATORS = {
    "Add": "+",
    "Subtract": "-",
    "Multiply": "*",
    "MatrixMultiply": "@",
    "Divide": "/",
    "FloorDivide": "//",
    "Modulo": "%",
    "Power": "**",
    "LeftShift": "<<",
    "RightShift": ">>",
    "BitAnd": "&",
    "BitOr": "|",
    "BitXor": "^",
    "Equal": "==",
    "NotEqual": "!=",
    "Is": "==",
    "IsNot": "!=",
    "LessThan": "<",
    "LessThanEqual": "<=",
    "GreaterThan": ">",
    "GreaterThanEqual": ">=",
    "In": "in",
    "NotIn": "in",
    "Plus": "+",
    "Minus": "-",
    "BitInvert": "~",
}


@expression("Name")
def _name(context: Context, node: cst.Name, _depth: int) -> Expression:
    constant = _CONSTANTS.get(node.value)
    if constant is not None:
        return Literal(*context.span(node), *constant)  # type: ignore[arg-type]
    return name_of(context, node)


@expression("Attribute")
def _member(context: Context, node: cst.Attribute, depth: int) -> Expression:
    """``base.name``; of a module of Objective-C's names, the name itself."""
    start, end = context.span(node)
    word = node.attr.value
    if is_framework_module(context, node.value):
        word = context.scope.meaning(word) if word in context.module.aliases else word
        context.mentions.add(word)
        return Name(start, end, word)
    if word not in context.plain:
        word = selector(word, None)
    context.mentions.add(word)
    return Member(start, end, lower(context, node.value, depth), word)


def is_framework_module(context: Context, node: cst.CSTNode) -> bool:
    """Whether ``node`` names an imported module that holds names of Objective-C."""
    dotted = dotted_name(node)
    meaning = context.scope.meaning(dotted)
    return meaning == MODULE or (meaning == dotted and dotted in MODULES)


MODULE = "(module)"
"""What the name of an imported framework stands for."""


def dotted_name(node: cst.CSTNode) -> str:
    """``a.b.c`` where ``node`` is that, else ""."""
    parts: list[str] = []
    part: Any = node
    while type(part).__name__ == "Attribute":
        parts.append(part.attr.value)
        part = part.value
    if type(part).__name__ != "Name":
        return ""
    return ".".join([part.value, *reversed(parts)])


@expression("Lambda")
def _lambda(context: Context, node: cst.Lambda, depth: int) -> Expression:
    start, end = context.span(node)
    outer = context.scope
    parameters = read_parameters(context, node.params, depth)
    context.scope = Scope(outer)
    hide(context, parameters)
    value = lower(context, node.body, depth)
    body = Block(value.start, value.end, [Return(value.start, value.end, value)])
    declare(body, context.scope)
    context.scope = outer
    return Closure(start, end, parameters, [], body)


def hide(context: Context, parameters: list[Parameter]) -> None:
    """The ``parameters`` of the scope that begins: what they hide stands for them from here on."""
    for parameter in parameters:
        context.scope.given.add(parameter.name)
        context.scope.aliases[parameter.name] = parameter.name


def read_parameters(context: Context, node: cst.Parameters, depth: int) -> list[Parameter]:
    """All parameters; ``*args`` and ``**options`` have the type ``...``."""
    found = []
    star = node.star_arg if type(node.star_arg).__name__ == "Param" else None
    keyed: list[Any] = [*node.kwonly_params, *([node.star_kwarg] if node.star_kwarg else [])]
    for each in [*node.posonly_params, *node.params, *([star] if star else []), *keyed]:
        start, end = context.span(each)
        type_ = "" if each.annotation is None else type_text(each.annotation.annotation)
        default = None if each.default is None else lower(context, each.default, depth)
        if each is star or each is node.star_kwarg:
            type_ = "..."
        found.append(Parameter(start, end, "", each.name.value, type_, default))
    return found


def type_text(node: cst.CSTNode) -> str:
    """The class that an annotation names: without ``Optional[…]``, ``| None``, quotes; "" for others."""
    part: Any = node
    kind = type(part).__name__
    if kind == "SimpleString":
        match = _QUOTED_TYPE.fullmatch(str(part.raw_value))
        return match["name"].rpartition(".")[2] if match else ""
    if kind == "Subscript" and dotted_name(part.value).rpartition(".")[2] in (
        "Optional",
        "ClassVar",
        "Final",
    ):
        return type_text(part.slice[0].slice.value) if type(part.slice[0].slice).__name__ == "Index" else ""
    if kind == "BinaryOperation" and type(part.operator).__name__ == "BitOr":
        found = [type_text(side) for side in (part.left, part.right)]
        return next((word for word in found if word not in ("", "None")), "")
    word = dotted_name(part).rpartition(".")[2]
    return "" if word in ("object", "Any", "id") else word


@expression("IfExp")
def _conditional(context: Context, node: cst.IfExp, depth: int) -> Expression:
    condition = lower_condition(context, node.test, depth)
    then = lower(context, node.body, depth)
    return Conditional(*context.span(node), condition, then, lower(context, node.orelse, depth))


@expression("BooleanOperation")
def _boolean(context: Context, node: cst.BooleanOperation, depth: int) -> Expression:
    """``a or b`` as a value is ``a`` unless that is nothing."""
    start, end = context.span(node)
    left, right = lower(context, node.left, depth), lower(context, node.right, depth)
    if type(node.operator).__name__ == "Or":
        return Conditional(start, end, left, None, right)
    return Binary(start, end, "&&", left, right)


@expression("UnaryOperation")
def _unary(context: Context, node: cst.UnaryOperation, depth: int) -> Expression:
    kind = type(node.operator).__name__
    start, end = context.span(node)
    if kind == "Not":
        return Unary(start, end, "!", lower_condition(context, node.expression, depth))
    value = lower(context, node.expression, depth)
    if isinstance(value, Literal) and kind == "Minus":
        return Literal(start, end, value.kind, f"-{value.text}")
    return Unary(start, end, _OPERATORS.get(kind, "?"), value)


@expression("BinaryOperation")
def _binary(context: Context, node: cst.BinaryOperation, depth: int) -> Expression:
    start, end = context.span(node)
    left = lower(context, node.left, depth)
    right = lower(context, node.right, depth)
    operator = _OPERATORS.get(type(node.operator).__name__, "?")
    if operator == "%" and isinstance(left, (Interpolation, Literal)) and _is_text(left):
        filled = right.items if isinstance(right, Collection) and right.kind == "tuple" else [right]
        return Interpolation(start, end, [left, *filled])
    return Binary(start, end, operator, left, right)


def _is_text(value: Interpolation | Literal) -> bool:
    return isinstance(value, Interpolation) or value.kind == "string"


@expression("Comparison")
def _comparison(context: Context, node: cst.Comparison, depth: int) -> Expression:
    """``a < b <= c`` is ``a < b and b <= c``."""
    start, _ = context.span(node)
    left = lower(context, node.left, depth)
    found: Expression | None = None
    for comparison in node.comparisons:
        right = lower(context, comparison.comparator, depth)
        kind = type(comparison.operator).__name__
        test: Expression = Binary(left.start, right.end, _OPERATORS.get(kind, "?"), left, right)
        if kind == "NotIn":
            test = Unary(test.start, test.end, "!", test)
        found = test if found is None else Binary(start, right.end, "&&", found, test)
        left = lower(context, comparison.comparator, depth) if len(node.comparisons) > 1 else right
    return found if found is not None else left


@expression("Subscript")
def _index(context: Context, node: cst.Subscript, depth: int) -> Expression:
    start, end = context.span(node)
    base = lower(context, node.value, depth)
    parts = lower_parts(context, node.slice, depth)
    if all(type(each.slice).__name__ == "Index" for each in node.slice):
        return Index(start, end, base, parts)
    return Opaque(start, end, [base, *parts])


@expression("Await")
def _await(context: Context, node: cst.Await, depth: int) -> Expression:
    return Await(*context.span(node), lower(context, node.expression, depth))


@expression("Yield")
def _yield(context: Context, node: cst.Yield, depth: int) -> Expression:
    return opaque(context, node, depth)


@expression("NamedExpr")
def _walrus(context: Context, node: cst.NamedExpr, depth: int) -> Expression:
    value = lower(context, node.value, depth)
    if type(node.target).__name__ == "Name":
        context.scope.bind(node.target.value)  # type: ignore[attr-defined]
    return Assign(*context.span(node), lower(context, node.target, depth), "=", value)


@expression("ListComp", "SetComp", "GeneratorExp", "DictComp")
def _comprehension(context: Context, node: Any, depth: int) -> Expression:
    """A loop that runs where it stands; what it gathers is unknown."""
    outer = context.scope
    context.scope = Scope(
        outer, bound=outer.bound, outside=outer.outside, types=outer.types, is_module=outer.is_module
    )
    loop = _comprehension_loop(context, node, node.for_in, depth)
    context.scope = outer
    return Branching(*context.span(node), loop)


def _comprehension_loop(context: Context, node: Any, part: cst.CompFor, depth: int) -> Loop:
    start, end = context.span(node)
    sequence = lower(context, part.iter, depth)
    names = names_in_target(part.target)
    for name in names:
        context.scope.aliases[name] = name
    conditions = [lower_condition(context, each.test, depth) for each in part.ifs]
    body: list[Any] = []
    if part.inner_for_in is not None:
        body.append(_comprehension_loop(context, node, part.inner_for_in, depth + 1))
    else:
        results = [node.key, node.value] if type(node).__name__ == "DictComp" else [node.elt]
        for value in (lower(context, each, depth) for each in results):
            body.append(Evaluate(value.start, value.end, value))
    return Loop(start, end, "for-in", Block(start, end, body), names, sequence, conditions)


def names_in_target(node: cst.CSTNode) -> list[str]:
    """The variables that an assignment to ``node`` gives a value, in order."""
    part: Any = node
    kind = type(part).__name__
    if kind == "Name":
        return [part.value]
    if kind in ("Tuple", "List"):
        return [name for element in part.elements for name in names_in_target(element.value)]
    return []
