"""A program that does something must declare a hook by which it hears of the outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called, named
from backhaul.matchers.context import Context, Reporter, arguments_fit
from backhaul.matchers.hooks import is_declared
from backhaul.matchers.parameters import MutationTest, RequiredHookParameters
from backhaul.model.code import Literal
from backhaul.model.declarations import Module, TypeDeclaration

_APPLICATION = "application"
_MAIN = "main"
_NOT_LAUNCHED = frozenset(("tests", "tool", "watch"))
"""Products that the system never launches for such events, or in another way."""
_WATCH = frozenset(("watch",))
_BESIDE_THE_PRODUCT = re.compile(
    r"(?:.*?/)?[^/]*"
    r"(?:[Ee]xample|[Ss]ample|[Ff]ixture|[Dd]emo|[Pp]layground|Hello"
    r"|[Tt]ests?[-_ ]?[Hh]ost|TestApp|Tester)[^/]*/"
)


def find(reporter: Reporter, parameters: RequiredHookParameters, context: Context) -> Iterator[Finding]:
    hooks = context.models.hooks_named(parameters.hook)
    if any(is_declared(hook, context) for hook in hooks):
        return
    delegated = any(
        is_declared(hook, context, with_effect=True)
        for hook in context.models.hooks_named(parameters.delegate_hook)
    )
    for use, body, _ in context.uses(parameters.operation):
        verdict = arguments_fit(use, body, parameters.arguments, context)
        if verdict is None or verdict[0] == "low" or verdict[1] is None:
            continue
        if any(
            is_mutated(use, body, test, parameters.arguments, context) for test in parameters.unless_mutated
        ):
            continue
        path = body.symbol.module.path
        if any(is_declared(hook, other) for other in context.sharing(path) for hook in hooks):
            continue  # another application is the one that does it, or does it, too
        kinds = context.project.kinds(path)
        if kinds and kinds <= _NOT_LAUNCHED:
            continue
        application = application_of(path, context)
        if application is None and (delegated or "library" not in kinds):
            continue
        trail: list[Step] = [
            *verdict[1].trail,
            step_at(use.node, body, f"`{called(use)}` called here", use.site),
        ]
        if application is not None:
            declaration, module = application
            place = (module.path, declaration.name_start, declaration.name_end)
            trail.append(Step(*place, f"`{declaration.name}` is the application, and handles no such events"))
        yield reporter.finding(
            use.site,
            body,
            confidence=verdict[0] if application is not None else "low",
            trail=trail,
            subject=named(use.arguments.get(next(iter(parameters.arguments), "")), body, context),
            call=called(use),
        )


def application_of(path: str, context: Context) -> tuple[TypeDeclaration, Module] | None:
    """The application that the file ``path`` is part of, by what it inherits from.

    A test, or a sample or demonstration beside the file, is not the application of a library; nor is
    that of a watch the one of a file that is built for something else, or any that of a daemon beside it.
    """
    ours = context.project.kinds(path)
    wanted = {name for api in context.models.types_tagged(_APPLICATION) for name in (api.name, *api.also)}
    for symbol in context.program.types.values():
        is_object = symbol.is_declared_here and symbol.kind != "protocol"
        if not is_object or wanted.isdisjoint(symbol.inherits):
            continue
        declaration, module = symbol.declarations[0]
        beside = _BESIDE_THE_PRODUCT.match(module.path)
        is_apart = beside is not None and not path.startswith(beside.group())
        theirs = context.project.kinds(module.path)
        is_other_device = bool(ours and theirs) and (ours == _WATCH) != (theirs == _WATCH)
        if module.path in context.program.tests or is_apart or is_other_device:
            continue
        if not _is_of_another_program(path, module.path, context):
            return declaration, module
    return None


def _is_of_another_program(path: str, application: str, context: Context) -> bool:
    """Whether a folder around the file has a main function, and the application lies elsewhere."""
    begin = {
        symbol.module.path.rpartition("/")[0]
        for symbol in context.program.functions_named.get(_MAIN, ())
        if not symbol.owner and symbol.function.has_body
    }
    folder = path.rpartition("/")[0]
    while folder and not application.startswith(f"{folder}/"):
        if folder in begin:
            return True
        folder = folder.rpartition("/")[0]
    return False


def is_mutated(use: Use, body: Body, test: MutationTest, roles: Iterable[str], context: Context) -> bool:
    """Whether the argument was changed so before: by a statement on the same place, in any body."""
    given = [use.arguments[role] for role in roles if role in use.arguments]
    places = {p for expression in given for p in context.places.behind(expression, body)}
    for change, where, _ in context.uses(test.operation):
        value = change.arguments.get("value")
        if test.value and not (isinstance(value, Literal) and value.text.lower() in _texts(test.value)):
            continue
        if change.receiver is None:
            continue
        target = context.places.behind(change.receiver, where)
        if not places.isdisjoint(target) or (where.symbol is not body.symbol and not places):
            return True
        if where.symbol is not body.symbol and where.symbol.owner == body.symbol.owner:
            return True
    return False


def _texts(value: str) -> tuple[str, ...]:
    """The spellings of a boolean in both languages."""
    return {"false": ("false", "no", "0"), "true": ("true", "yes", "1")}.get(value, (value,))
