"""What code needs of the property lists of the products it is built into, and they lack, or have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from backhaul.analysis.bodies import Body
from backhaul.analysis.consumers import consumer_of
from backhaul.analysis.operations import Use
from backhaul.analysis.variables import Variable
from backhaul.findings.finding import Confidence, Finding, Step
from backhaul.matchers.call import called
from backhaul.matchers.circumstances import is_built_for, is_in_library, may_be_left_out
from backhaul.matchers.context import Context, Reporter, arguments_fit, judged
from backhaul.matchers.hooks import members_of, parameter_of
from backhaul.matchers.identities import Identities
from backhaul.matchers.knowledge import tells_developers
from backhaul.matchers.parameters import ProductEntryParameters
from backhaul.model.code import Availability, Call, If, Node
from backhaul.sources.project import Product, PropertyList

_OF_UNKNOWN_APPS = (None, "library")
_TESTS = "tests"
_PIECE = re.compile(r'"([^"]*)"')
_RANKS: tuple[Confidence, ...] = ("low", "medium", "high")
_VARIABLE = re.compile(r"\$\([^)]*\)|\$\{[^}]*\}")


class _Site(Struct, frozen=True):
    """A place in the code, what stands there, and the texts that it names; None: it names none."""

    body: Body
    place: tuple[int, int]
    name: str
    texts: tuple[str, ...] | None
    is_lesser: bool = False
    confidence: Confidence = "high"


def find(reporter: Reporter, parameters: ProductEntryParameters, context: Context) -> Iterator[Finding]:
    if any(map(context.uses, parameters.unless_performed)):
        return
    for site in _sites(parameters, context):
        products = _asked(site, parameters, context)
        if not products or not _is_new_enough(products, parameters, context):
            continue
        wanted = site.texts or parameters.contains
        faults = [_fault(product, wanted, parameters) for product in products]
        if any(fault is None for fault in faults):
            continue
        first, lacking = products[0], faults[0] or ""
        yield reporter.finding_in(
            site.body.symbol.module.path,
            site.place,
            symbol=site.body.symbol.qualified_name,
            severity="note" if site.is_lesser else None,
            confidence=min(site.confidence, "high" if first.configuration else "medium", key=_RANKS.index),
            trail=_trail(first, site, lacking, parameters, context),
            call=site.name,
            entry=lacking,
            key=parameters.key,
            lacks=f"`{parameters.key}`"
            if lacking == parameters.key
            else f"`{lacking}` in `{parameters.key}`",
            product=first.target.name or "the app",
        )


def _sites(parameters: ProductEntryParameters, context: Context) -> Iterator[_Site]:
    identities = Identities(context)
    for name in parameters.operations:
        for use, body, _ in context.uses(name):
            verdict = arguments_fit(use, body, parameters.arguments, context)
            if verdict is None or may_be_left_out(use.node, body):
                continue
            if not parameters.role and is_in_library(body, context):
                continue  # nothing says that the program has the library do it
            if parameters.unless_kind and any(
                judged(given, body, use.node, parameters.unless_kind, context) is not None
                for given in use.arguments.values()
            ):
                continue
            texts = _named(use, body, parameters, identities) if parameters.role else None
            if texts is None or texts:
                yield _Site(body, use.site, called(use), texts, confidence=verdict[0])
    for hook in parameters.hooks:
        for symbol, declared in members_of(hook, context):
            if symbol.body is not None:
                function = symbol.function
                place = (function.name_start, function.name_end)
                handler = parameter_of(symbol, declared, parameters.note_if_called_at_once)
                is_lesser = handler is not None and (
                    _is_only_called(handler, symbol.body) or _is_only_passed_on(handler, symbol.body, context)
                )
                is_lesser = is_lesser or _only_answers(symbol.body)
                yield _Site(symbol.body, place, function.spelling, None, is_lesser)


def _is_only_called(handler: Variable, body: Body) -> bool:
    """Whether the function itself calls its parameter, and no closure or other function is given it."""
    calls = {call.name_start for call, unit in body.calls if unit is body.unit}
    return bool(handler.uses) and all(name.start in calls for name, _ in handler.uses)


def _only_answers(body: Body) -> bool:
    """Whether a member only calls what it is given, and logs: nothing is missed without it."""
    if not body.calls or body.assigns:
        return False
    return all(
        ((called_one := body.variable_called(call)) is not None and called_one.parameter is not None)
        or tells_developers(call)
        for call, _ in body.calls
    )


def _is_only_passed_on(handler: Variable, body: Body, context: Context) -> bool:
    """Whether the function only hands its parameter to code that cannot be seen, as templates do."""
    if len(body.unit.block.statements) != 1 or len(handler.uses) != 1:
        return False
    consumer = consumer_of(handler.uses[0][0], body)
    call = consumer.node
    if consumer.form != "passed" or not isinstance(call, Call):
        return False
    return not context.resolver.callees.of(call, body).functions


def _named(
    use: Use, body: Body, parameters: ProductEntryParameters, identities: Identities
) -> tuple[str, ...]:
    """The texts that the argument may be, in the forms of an entry; empty where one is not known."""
    found: list[str] = []
    for text in identities.of(use.arguments.get(parameters.role), body):
        pieces = _PIECE.findall(text)
        if "+".join(f'"{piece}"' for piece in pieces) != text:
            return ()
        text = "".join(pieces)
        for suffix in parameters.suffixes:
            text = text.removesuffix(suffix)
        found.append(text)
    return tuple(form.replace("*", text) for text in sorted(found) for form in parameters.forms)


def _asked(site: _Site, parameters: ProductEntryParameters, context: Context) -> list[Product]:
    """The products in question that a site is built into; none where something of them is not known."""
    products = context.project.products(site.body.symbol.module.path)
    if any(product.target.kind in _OF_UNKNOWN_APPS for product in products):
        return []
    others = [product for product in products if product.target.kind not in (*parameters.kinds, _TESTS)]
    if parameters.alone and others:
        return []
    products = [product for product in products if product.target.kind in parameters.kinds]
    asked = [product for product in products if not _is_for_others(product, parameters)]
    node = Node(*site.place)
    if len(asked) < len(products) and not all(
        is_built_for(product.target.platforms, node, site.body) for product in asked
    ):
        return []
    if any(parameters.key in script for product in products for script in product.target.scripts):
        return []
    return asked


def _is_for_others(product: Product, parameters: ProductEntryParameters) -> bool:
    """Whether a product is for platforms, or for nobody knows which, that are not asked about."""
    platforms = product.target.platforms
    is_other = bool(parameters.platforms) and platforms.isdisjoint(parameters.platforms)
    return is_other and bool(platforms or product.configuration)


def _is_new_enough(products: Sequence[Product], parameters: ProductEntryParameters, context: Context) -> bool:
    """Whether the products run on no older system, or know of none."""
    if not parameters.since:
        return True
    if all(product.oldest_system for product in products):
        return not any(product.is_for_older(parameters.since) for product in products)
    return not any(
        isinstance(condition, Availability)
        for name in parameters.newer
        for use, body, _ in context.uses(name)
        for outer in body.ancestors(use.node)
        if isinstance(outer, If)
        for condition in outer.conditions
    )


def _list_of(product: Product, parameters: ProductEntryParameters) -> PropertyList | None:
    return product.information if parameters.of == "information" else product.entitlements


def _fault(product: Product, wanted: Sequence[str], parameters: ProductEntryParameters) -> str | None:
    """What the product lacks of what it needs; None: nothing, or that is not known."""
    found = _list_of(product, parameters)
    if found is None:
        return None
    value = found.values.get(parameters.key)
    if parameters.fault == "present":
        return parameters.key if value else None
    if not wanted:
        return parameters.key if parameters.key not in found.values else None
    entries = [text for key in (parameters.key, *parameters.or_keys) for text in found.texts(key)]
    if value is not None and not isinstance(value, str) and found.texts(parameters.key) != value:
        return None
    lacking = [text for text in wanted if not any(_stands_for(entry, text) for entry in entries)]
    if parameters.role:
        return lacking[0] if lacking else None
    return " or ".join(lacking) if len(lacking) == len(wanted) else None


def _stands_for(entry: str, text: str) -> bool:
    """Whether an entry allows a text: the same, or with something for each variable and asterisk in it."""
    parts = re.split(r"\*", _VARIABLE.sub("*", entry.strip()))
    return re.fullmatch(".*".join(map(re.escape, parts)), text, re.DOTALL) is not None


def _trail(
    product: Product, site: _Site, lacking: str, parameters: ProductEntryParameters, context: Context
) -> list[Step]:
    trail = []
    found = _list_of(product, parameters)
    if found is not None and found.path.endswith((".plist", ".entitlements")):
        start, end = context.project.place_in(found.path, [parameters.key])
        has = parameters.key in found.values
        if parameters.fault == "present":
            said = f"`{parameters.key}` stands here"
        elif has and lacking != parameters.key:
            said = f"`{lacking}` is not among `{parameters.key}` here"
        else:
            said = f"there is no `{parameters.key}` here"
        trail.append(Step(found.path, start, end if has else start, said))
    path = site.body.symbol.module.path
    trail.append(Step(path, *site.place, f"`{site.name}` stands here"))
    return trail
