"""Manifests of Tuist (``Project.swift``): what stands in them literally. They are programs, and not run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from backhaul.sources.products import Configuration, Platform, Target, kind_of_product_type, platforms_of
from backhaul.sources.xcode_projects import Membership

_TOKEN = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | \s+
    | (?P<string>"(?:[^"\\\n]|\\.)*")
    | (?P<name>\.?\w+)
    | (?P<sign>[()\[\],:])
    | .
    """,
    re.DOTALL | re.VERBOSE,
)
_TARGETS = ("Target", ".target")
_PRODUCTS = {
    ".app": "application",
    ".appClip": "application.on-demand-install-capable",
    ".appExtension": "app-extension",
    ".messagesExtension": "app-extension.messages",
    ".extensionKitExtension": "extensionkit-extension",
    ".tvTopShelfExtension": "tv-app-extension",
    ".watch2App": "application.watchapp2",
    ".watch2Extension": "watchkit2-extension",
    ".framework": "framework",
    ".staticFramework": "framework.static",
    ".staticLibrary": "library.static",
    ".dynamicLibrary": "library.dynamic",
    ".unitTests": "bundle.unit-test",
    ".uiTests": "bundle.ui-testing",
    ".commandLineTool": "tool",
    ".xpc": "xpc-service",
}
_SDKS = {
    ".iOS": "iphoneos",
    ".iPhone": "iphoneos",
    ".iPad": "iphoneos",
    ".macOS": "macosx",
    ".mac": "macosx",
    ".watchOS": "watchos",
    ".appleWatch": "watchos",
    ".tvOS": "appletvos",
    ".appleTv": "appletvos",
    ".visionOS": "xros",
    ".appleVision": "xros",
}
_WRAPPERS = (".string", ".array", ".dictionary", ".boolean", ".integer")
_OPENING, _CLOSING = "([", ")]"
_DEEPEST = 20


class _Token(Struct, frozen=True):
    kind: str
    text: str


class _NotLiteralError(Exception):
    """A value that is made when the manifest runs."""


def read_tuist(path: str, text: str) -> list[Membership]:
    """The targets that the manifest at ``path`` writes out; none for another file of that name."""
    if "ProjectDescription" not in text:
        return []
    tokens = [
        _Token(match.lastgroup, match[0]) for match in _TOKEN.finditer(text) if match.lastgroup is not None
    ]
    found = (_membership(path, arguments) for arguments in _targets(tokens))
    return [membership for membership in found if membership is not None]


def _targets(tokens: list[_Token]) -> Iterator[dict[str, list[_Token]]]:
    """The arguments of each outermost target: one that stands inside is what another depends on."""
    at = 0
    while at < len(tokens) - 1:
        is_target = tokens[at].text in _TARGETS and tokens[at + 1].text == "("
        at += 2 if is_target else 1
        if is_target:
            arguments, at = _arguments(tokens, at)
            yield arguments


def _arguments(tokens: list[_Token], start: int) -> tuple[dict[str, list[_Token]], int]:
    """The tokens of each argument by its label, from the first one inside the parentheses; where they end."""
    found: dict[str, list[_Token]] = {}
    label, depth = "", 0
    value: list[_Token] = []
    for number in range(start, len(tokens)):
        token = tokens[number]
        if depth == 0 and token.text in (",", ")"):
            found[label] = value
            label, value = "", []
            if token.text == ")":
                return found, number
            continue
        if token.kind == "sign":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and not label and token.text == ":" and len(value) == 1:
            label, value = value[0].text, []
        else:
            value.append(token)
    return {}, len(tokens)


def _membership(path: str, arguments: dict[str, list[_Token]]) -> Membership | None:
    name = _plain(arguments.get("name"))
    product = arguments.get("product")
    if not isinstance(name, str) or product is None:
        return None
    platforms = _platforms(arguments)
    product_type = _PRODUCTS.get(product[-1].text, "") if product else ""
    target = Target(
        name=name,
        kind=kind_of_product_type(product_type, platforms),
        described_by=path,
        configurations=(_configuration(path, arguments),),
        platforms=platforms,
        scripts=tuple(t.text for t in arguments.get("scripts", ()) if t.kind == "string"),
    )
    folder = posixpath.dirname(path)
    files: set[str] = set()
    folders: set[str] = set()
    for token in arguments.get("sources", ()):
        if token.kind == "string":
            written, star, _ = token.text[1:-1].partition("*")
            (folders if star else files).add(_below(folder, written))
    return Membership(target, frozenset(files), frozenset(folders))


def _platforms(arguments: dict[str, list[_Token]]) -> frozenset[Platform]:
    """Those that are named; none where one of the names is not known."""
    named = [
        t.text for key in ("platform", "destinations") for t in arguments.get(key, ()) if t.kind == "name"
    ]
    return (
        platforms_of(_SDKS[name] for name in named) if all(name in _SDKS for name in named) else frozenset()
    )


def _configuration(path: str, arguments: dict[str, list[_Token]]) -> Configuration:
    folder = posixpath.dirname(path)
    info = arguments.get("infoPlist", [])
    name = "all"
    identifier = _plain(arguments.get("bundleId"))
    settings = {"PRODUCT_BUNDLE_IDENTIFIER": identifier} if isinstance(identifier, str) else {}
    file = _file(info)
    if file is not None:
        return Configuration(name, _below(folder, file), _entitlements(folder, arguments), settings)
    if info and info[0].text in (".extendingDefault", ".dictionary"):
        given = [token for token in info[2:-1] if token.text != "with"]
        entries = _plain([token for number, token in enumerate(given) if number or token.text != ":"])
        if isinstance(entries, dict):
            return Configuration(
                name, "", _entitlements(folder, arguments), settings, entries, is_generated=True
            )
    return Configuration(name, "$(UNKNOWN)", _entitlements(folder, arguments), settings)


def _entitlements(folder: str, arguments: dict[str, list[_Token]]) -> str | None:
    file = _file(arguments.get("entitlements", []))
    return _below(folder, file) if file is not None else None


def _file(value: list[_Token]) -> str | None:
    """The path in ``"…"`` or ``.file(path: "…")``; None for anything else."""
    if len(value) == 1 and value[0].kind == "string":
        return value[0].text[1:-1]
    if [token.text for token in value[:4]] == [".file", "(", "path", ":"] and len(value) == 6:
        return value[4].text[1:-1] if value[4].kind == "string" else None
    return None


def _plain(value: list[_Token] | None) -> object:
    """What a literal stands for: texts, lists, dictionaries, truth values; None for anything else."""
    if not value:
        return None
    try:
        found, end = _literal(value, 0, 0)
    except (_NotLiteralError, IndexError):
        return None
    return found if end == len(value) else None


def _literal(tokens: list[_Token], at: int, depth: int) -> tuple[object, int]:
    token = tokens[at]
    if depth > _DEEPEST:
        raise _NotLiteralError
    if token.kind == "string" and "\\" not in token.text:
        return token.text[1:-1], at + 1
    if token.text in ("true", "false"):
        return token.text == "true", at + 1
    if token.text.isdigit():
        return int(token.text), at + 1
    if token.text in _WRAPPERS and tokens[at + 1].text == "(":
        found, end = _literal(tokens, at + 2, depth + 1)
        if tokens[end].text != ")":
            raise _NotLiteralError
        return found, end + 1
    if token.text == "[":
        return _collection(tokens, at + 1, depth)
    raise _NotLiteralError


def _collection(tokens: list[_Token], at: int, depth: int) -> tuple[object, int]:
    items: list[object] = []
    pairs: dict[str, object] = {}
    if tokens[at].text == ":":  # an empty dictionary
        return pairs, at + 2
    while tokens[at].text != "]":
        found, at = _literal(tokens, at, depth + 1)
        if tokens[at].text == ":":
            value, at = _literal(tokens, at + 1, depth + 1)
            pairs[str(found)] = value
        else:
            items.append(found)
        if tokens[at].text == ",":
            at += 1
        elif tokens[at].text != "]":
            raise _NotLiteralError
    return pairs or items, at + 1


def _below(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined
