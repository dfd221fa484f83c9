"""What a program opens, it must close when something happens to it: when it leaves the foreground, say."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.analysis.bodies import Body
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.operations import Use
from backhaul.analysis.origins import step_at
from backhaul.findings.finding import Finding, Step
from backhaul.matchers.call import called, named
from backhaul.matchers.circumstances import built_only_for, is_in_library
from backhaul.matchers.context import Context, Reporter, arguments_fit, judged
from backhaul.matchers.parameters import LeftOpenParameters
from backhaul.matchers.reactions import Reaction, calls_out_of_sight, leads_to, reactions
from backhaul.matchers.required_hook import application_of
from backhaul.model.code import Closure
from backhaul.model.declarations import Module, TypeDeclaration

_PLUGIN = "plugin"
_ELSEWHERE = frozenset(("tests", "tool", "watch", "extension"))
_FAILING = ("fail", "cancel", "error", "nil")


def find(reporter: Reporter, parameters: LeftOpenParameters, context: Context) -> Iterator[Finding]:
    uses = (each for each in context.uses(parameters.acquire) if each[0].is_certain)
    opened = [each for each in uses if _is_asked(*each[:2], parameters, context)]
    if not opened or _is_answered(parameters, context):
        return
    for use, body, _ in opened:
        home = _home_of(body.symbol.module.path, parameters, context)
        if (
            home is None
            or _is_renewed(body, parameters, context)
            or _is_closed_in_time(body, parameters, context)
            or any(_is_answered(parameters, other) for other in context.sharing(body.symbol.module.path))
        ):
            continue
        declaration, module = home
        place = Step(
            module.path,
            declaration.name_start,
            declaration.name_end,
            f"the program of `{declaration.name}` does nothing about it then",
        )
        yield reporter.finding(
            use.site,
            body,
            trail=[step_at(use.node, body, f"`{called(use)}` called here", use.site), place],
            subject=named(use.receiver, body, context),
            call=called(use).partition(":")[0],
        )


def _is_asked(use: Use, body: Body, parameters: LeftOpenParameters, context: Context) -> bool:
    """Whether the use counts: not inside a library for it, and not in code for another system."""
    symbol = body.symbol
    kinds = context.project.kinds(symbol.module.path)
    if symbol.module.path in context.program.tests or (kinds and kinds <= _ELSEWHERE):
        return False
    if _imports(symbol.module, parameters.unless_imported):
        return False
    if is_in_library(body, context) or built_only_for(parameters.unless_built_for, use.node, body):
        return False
    for role, kind in parameters.unless_given.items():
        given = use.arguments.get(role)
        if given is not None and judged(given, body, use.node, kind, context) is not None:
            return False
    verdict = arguments_fit(use, body, parameters.arguments, context)
    return verdict is not None and verdict[0] != "low"


def _is_answered(parameters: LeftOpenParameters, context: Context) -> bool:
    """Whether the program does something about it when it happens, or may."""
    return any(
        any(leads_to(reaction, operation, context) for operation in parameters.release)
        or calls_out_of_sight(reaction, parameters.words, context)
        for hook in parameters.hooks
        for reaction in reactions(hook, context)
        if not (parameters.only_own and is_in_library(reaction.body, context))
    )


def _is_renewed(body: Body, parameters: LeftOpenParameters, context: Context) -> bool:
    """Whether the type opens it again when the program hears that it is gone."""
    return any(
        leads_to(reaction, operation, context, owner=body.symbol.owner)
        for reaction in _when_lost(parameters, context)
        for operation in parameters.renew
    )


def _when_lost(parameters: LeftOpenParameters, context: Context) -> Iterator[Reaction]:
    """What runs when the program hears that what it opened is gone."""
    if parameters.renewed_in:
        yield from reactions(parameters.renewed_in, context)
    if parameters.renewed_by:
        for use, body, _ in context.uses(parameters.renewed_by):
            handler = use.arguments.get(parameters.handler)
            if handler is not None:
                yield Reaction(handler, body)


def _home_of(
    path: str, parameters: LeftOpenParameters, context: Context
) -> tuple[TypeDeclaration, Module] | None:
    """The application that the file is part of, or else the plugin, if the system does so to them."""
    found = application_of(path, context)
    if found is None:
        found = _plugin(context)
    elif not _is_of_the_system(path, found[1].path, parameters, context):
        return None
    if found is None or _imports(found[1], parameters.unless_imported):
        return None
    for each in (path, found[1].path):
        for product in context.project.products(each):
            values = product.information.texts(parameters.unless_key) if product.information else []
            if any(value in parameters.unless_values for value in values):
                return None
    return found


def _plugin(context: Context) -> tuple[TypeDeclaration, Module] | None:
    wanted = {name for api in context.models.types_tagged(_PLUGIN) for name in (api.name, *api.also)}
    for symbol in context.program.types.values():
        if symbol.is_declared_here and symbol.kind != "protocol" and not wanted.isdisjoint(symbol.inherits):
            return symbol.declarations[0]
    return None


def _is_of_the_system(path: str, application: str, parameters: LeftOpenParameters, context: Context) -> bool:
    """Whether the file is built for one of the platforms.

    Where the project names others, too, or does not say, the nearest files tell that import a framework of
    one platform only.
    """
    platforms = context.project.platforms(path) or context.project.platforms(application)
    if platforms and platforms.isdisjoint(parameters.platforms):
        return False
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        near = [m for m in context.program.modules if not folder or m.path.startswith(f"{folder}/")]
        if any(_imports(module, parameters.only_imported) for module in near):
            return True
        if any(_imports(module, parameters.unless_imported) for module in near):
            return False
    return bool(platforms)


def _imports(module: Module, names: tuple[str, ...]) -> bool:
    """Whether a module imports one of the frameworks ``names``."""
    return any(imported.partition("/")[0] in names for imported in module.imports)


def _is_closed_in_time(body: Body, parameters: LeftOpenParameters, context: Context) -> bool:
    """Whether a closure of the function that opens it closes it, when it has served its purpose."""
    for operation in parameters.release:
        for close, where, _ in context.uses(operation):
            if where is not body or not any(isinstance(o, Closure) for o in body.ancestors(close.node)):
                continue
            guards = guards_of(close.node, body)
            if not any(word in guard.text.lower() for guard in guards for word in _FAILING):
                return True
    return False
