"""Package managers' manifests: what they say about the products made from the files beside them.

They are programs in Swift, Ruby and so on; nothing of them is run, and only what stands in them
literally is read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import msgspec

from backhaul.sources.products import ProductKind, Target
from backhaul.sources.swift_language import language_of_package
from backhaul.sources.xcode_projects import Membership

_SWIFT_TARGETS: dict[str, ProductKind] = {
    "target": "library",
    "executableTarget": "tool",
    "testTarget": "tests",
    "macro": "tool",
    "plugin": "tool",
}
_DEFAULT_FOLDERS = {"testTarget": ("Tests", "Sources"), "plugin": ("Plugins",)}
_SOURCE_FOLDERS = ("Sources", "Source", "src", "srcs")
_SWIFT_TOKEN = re.compile(
    r"""//[^\n]* | /\*.*?\*/
    | (?P<string>"(?:[^"\\\n]|\\.)*")
    | \.(?P<call>\w+)\s*\(
    | (?P<label>\w+)\s*:
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    """,
    re.DOTALL | re.VERBOSE,
)
_HOSTS = frozenset(
    ["react-native", "expo", "expo-modules-core", "@capacitor/core", "@capacitor/ios", "nativescript"]
)
"""Frameworks whose plugins are libraries of somebody's app."""
_CORDOVA_PLUGIN = re.compile(r"<plugin\b")


def read_swift_package(path: str, text: str) -> list[Membership]:
    """The targets of the ``Package.swift`` at ``path``."""
    folder = posixpath.dirname(path)
    is_app = ".iOSApplication(" in text
    language = language_of_package(text)
    found = []
    for call, labels in _calls(text):
        name = labels.get("name", "")
        if call not in _SWIFT_TARGETS or not name:
            continue
        kind = _SWIFT_TARGETS[call]
        target = Target(name, "app" if is_app and kind == "tool" else kind, path, swift=language)
        if "path" in labels:
            places = [labels["path"]]
        else:
            places = [f"{base}/{name}" for base in _DEFAULT_FOLDERS.get(call, _SOURCE_FOLDERS)]
        folders = frozenset(_below(folder, place) for place in places)
        found.append(Membership(target, folders=folders))
    return found


def _calls(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The outermost calls of targets (``.target(…)``) with their arguments that are plain strings.

    A target named among another's dependencies is written alike, but stands inside it.
    """
    call = ""
    depth = inside = 0
    label = ""
    labels: dict[str, str] = {}
    for match in _SWIFT_TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "call":
            depth += 1
            if not call and match["call"] in _SWIFT_TARGETS:
                call, inside, labels = match["call"], depth, {}
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if call and depth < inside:
                yield call, labels
                call = ""
        elif kind == "label":
            label = match["label"]
        elif kind == "string" and call and depth == inside and label:
            labels.setdefault(label, match["string"][1:-1])
            label = ""


def read_plugin(path: str, text: str) -> Target | None:
    """The library that a manifest other than a Swift package describes; None when it describes none.

    A pod, and a plugin of a cross-platform framework, is built into an app that lies elsewhere.
    """
    name = posixpath.basename(path)
    if name.endswith(".podspec"):
        is_plugin = True
    elif name == "package.json":
        is_plugin = _is_plugin_package(text)
    elif name == "pubspec.yaml":
        is_plugin = _is_flutter_plugin(text)
    else:
        is_plugin = name == "plugin.xml" and _CORDOVA_PLUGIN.search(text) is not None
    return Target(posixpath.dirname(path), "library", path) if is_plugin else None


def _is_flutter_plugin(text: str) -> bool:
    is_inside = False
    for line in text.splitlines():
        if line[:1].strip() and not line.startswith("#"):
            is_inside = line.startswith("flutter:")
        elif is_inside and line.lstrip().startswith("plugin:"):
            return True
    return False


def _is_plugin_package(text: str) -> bool:
    try:
        package = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    if not isinstance(package, dict):
        return False
    peers = package.get("peerDependencies")
    if isinstance(peers, dict) and not _HOSTS.isdisjoint(peers):
        return True
    cordova, nativescript = package.get("cordova"), package.get("nativescript")
    return (
        "capacitor" in package
        or "codegenConfig" in package
        or (isinstance(cordova, dict) and "id" in cordova)
        or (isinstance(nativescript, dict) and "platforms" in nativescript)
    )


def _below(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined
