"""Functions and methods: signature, body, the names mentioned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from backhaul.frontends.python.bridges import CLASS_METHODS, NAMED_SELECTOR, PLAIN_METHOD, selector
from backhaul.frontends.python.context import Context, Scope, Signature
from backhaul.frontends.python.expressions import dotted_name, hide, read_parameters, type_text
from backhaul.frontends.python.literals import content_of
from backhaul.frontends.python.lowering import lower_block
from backhaul.frontends.python.variables import declare, nodes_in
from backhaul.model.code import Assign, Block, Call, LocalFunction
from backhaul.model.declarations import Function, FunctionKind, encode_body
from backhaul.model.mentions import assigned_name, assignment_mention, call_mention

if TYPE_CHECKING:
    import libcst as cst


def read_local_function(context: Context, node: cst.FunctionDef, depth: int) -> LocalFunction:
    """A function inside a function."""
    parameters = read_parameters(context, node.params, depth)
    outer, loops = context.scope, context.loops
    context.scope, context.loops = Scope(outer), []
    hide(context, parameters)
    body = lower_block(context, node.body, depth)
    declare(body, context.scope)
    context.scope, context.loops = outer, loops
    is_async = node.asynchronous is not None
    return LocalFunction(*context.span(node), node.name.value, parameters, body, is_async)


def decorators_of(node: cst.FunctionDef | cst.ClassDef) -> dict[str, Any]:
    """The decorators by the last part of their names; each with its expression."""
    found = {}
    for each in node.decorators:
        written: Any = each.decorator
        called = written.func if type(written).__name__ == "Call" else written
        found[dotted_name(called).rpartition(".")[2]] = written
    return found


def method_name(node: cst.FunctionDef) -> str:
    """The selector of a method, or its own name where it is Python's alone."""
    decorators = decorators_of(node)
    name = node.name.value
    if not PLAIN_METHOD.isdisjoint(decorators):
        return name
    for decorator in NAMED_SELECTOR & decorators.keys():
        arguments = getattr(decorators[decorator], "args", ())
        if arguments and type(arguments[0].value).__name__ == "SimpleString":
            return content_of(arguments[0].value)
    is_open = type(node.params.star_arg).__name__ == "Param"
    count = len(node.params.posonly_params) + len(node.params.params)
    own = 0 if "staticmethod" in decorators else 1
    return selector(name, None if is_open else count - own)


def signature_of(node: cst.FunctionDef, *, has_self: bool) -> Signature | None:
    """The parameters of a function by name; None where it takes any number of them."""
    parameters = node.params
    if type(parameters.star_arg).__name__ == "Param" or parameters.star_kwarg is not None:
        return None
    all_of_them = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    given = all_of_them[1:] if has_self else all_of_them
    return Signature(tuple(p.name.value for p in given), tuple(p.default for p in given))


def read_function(context: Context, node: cst.FunctionDef, owner: str) -> None:
    """Adds the function or method to what the file declares."""
    decorators = decorators_of(node)
    is_bound = bool(owner) and "staticmethod" not in decorators
    name = method_name(node) if owner else node.name.value
    parameters = read_parameters(context, node.params, 0)
    itself = parameters[0].name if is_bound and parameters and parameters[0].type != "..." else ""
    start, end = context.span(node)
    first, last = context.span(node.name)
    kind = _kind(name, owner, decorators)
    result = "" if node.returns is None else type_text(node.returns.annotation)
    function = Function(
        name,
        kind,
        owner,
        parameters[1:] if itself else parameters,
        result or ("id" if kind == "init" else ""),
        start,
        end,
        first,
        last,
        attributes=[f"@{each}" for each in decorators if each],
        is_static=bool(owner) and ("staticmethod" in decorators or not CLASS_METHODS.isdisjoint(decorators)),
        is_async=node.asynchronous is not None,
    )
    read_body(context, function, node, itself)
    context.found.functions.append(function)


def _kind(name: str, owner: str, decorators: dict[str, Any]) -> FunctionKind:
    if not owner:
        return "function"
    if name in ("dealloc", "__del__"):
        return "deinit"
    if "property" in decorators or "cached_property" in decorators:
        return "getter"
    if "setter" in decorators:
        return "setter"
    if CLASS_METHODS & decorators.keys() or "staticmethod" in decorators:
        return "method"
    is_init = name == "__init__" or (name.startswith("init") and not name[4:5].islower())
    return "init" if is_init else "method"


def read_body(context: Context, function: Function, node: cst.FunctionDef, itself: str) -> None:
    """Lowers the body into ``function``; ``itself`` is what the function calls its object."""
    before = context.mentions, context.is_damaged, context.owner, context.scope, context.loops
    context.mentions, context.is_damaged, context.loops = set(), False, []
    context.owner, context.scope = function.owner, Scope(context.scope)
    hide(context, function.parameters)
    if itself:
        context.scope.aliases[itself] = "self"
    block = lower_block(context, node.body, 0)
    declare(block, context.scope)
    finish(context, function, block)
    context.mentions, context.is_damaged, context.owner, context.scope, context.loops = before


def _deeds_in(block: Block) -> Iterator[str]:
    """How the calls and assignments in ``block`` are mentioned (see ``model.mentions``)."""
    for node in nodes_in(block):
        if isinstance(node, Assign):
            yield assignment_mention(assigned_name(node.target))
        elif isinstance(node, Call) and node.name and ":" not in node.name:
            yield call_mention(node.name, node.arguments)


def finish(context: Context, function: Function, block: Block) -> None:
    """Stores ``block`` as the body of ``function``, with what lowering it has noted."""
    function.body = encode_body(block)
    function.mentions = sorted(context.mentions.union(_deeds_in(block)))
    function.is_damaged = context.is_damaged
