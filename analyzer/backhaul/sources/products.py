"""Products and the targets that make them, as project files and manifests describe them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

from backhaul.sources.swift_language import SwiftLanguage

ProductKind: TypeAlias = Choice["app", "extension", "watch", "library", "tests", "tool"]

Platform: TypeAlias = Choice["ios", "macos", "watchos", "tvos", "visionos"]

_PRODUCT_TYPE = "com.apple.product-type."
_KINDS_OF_TYPES: dict[str, ProductKind] = {
    "application": "app",
    "application.messages": "app",
    "application.on-demand-install-capable": "app",
    "application.watchapp": "watch",
    "application.watchapp2": "watch",
    "application.watchapp2-container": "watch",
    "app-extension": "extension",
    "app-extension.intents-service": "extension",
    "app-extension.messages": "extension",
    "app-extension.messages-sticker-pack": "extension",
    "extensionkit-extension": "extension",
    "tv-app-extension": "extension",
    "watchkit-extension": "watch",
    "watchkit2-extension": "watch",
    "xpc-service": "extension",
    "framework": "library",
    "framework.static": "library",
    "library.dynamic": "library",
    "library.static": "library",
    "bundle.ocunit-test": "tests",
    "bundle.ui-testing": "tests",
    "bundle.unit-test": "tests",
    "tool": "tool",
}
_KINDS_OF_PACKAGES: dict[str, ProductKind] = {"APPL": "app", "FMWK": "library", "XPC!": "extension"}
"""Values of an information property list's package type."""
_PLATFORMS: dict[str, Platform] = {
    "iphoneos": "ios",
    "iphonesimulator": "ios",
    "macosx": "macos",
    "watchos": "watchos",
    "watchsimulator": "watchos",
    "appletvos": "tvos",
    "appletvsimulator": "tvos",
    "xros": "visionos",
    "xrsimulator": "visionos",
}


class TellingEntries(Struct, frozen=True):
    """The entries that tell of which kind of product an information property list is, and for which platform.

    ``app``: those that only applications have; the type of package is mostly a variable. ``ios``: those
    that begin so are for iOS; ``mac``: those that are for macOS only.
    """

    app: frozenset[str] = frozenset()
    extension: frozenset[str] = frozenset()
    watch: frozenset[str] = frozenset()
    ios: frozenset[str] = frozenset()
    mac: frozenset[str] = frozenset()


class BadDescriptionError(Exception):
    """A manifest that cannot be read. Its text says how, for people."""


class Configuration(Struct, frozen=True, gc=False):
    """One way to build a target, as Debug or Release.

    ``info``: path of its information property list in the tree, with ``$(…)`` where that is not known; ""
    where it names none. ``entitlements``: likewise; None where the description says nothing of them.
    ``settings``: the build settings, not yet replaced in each other. ``entries``: of the
    information property list, those that stand in the description; they are all of it where
    ``is_generated`` and there is no ``info``. ``is_preprocessed``: it may contain directives for the build.
    """

    name: str = ""
    info: str = ""
    entitlements: str | None = None
    settings: dict[str, str] = {}
    entries: dict[str, object] = {}
    is_generated: bool = False
    is_preprocessed: bool = False


class Target(Struct, frozen=True, gc=False):
    """Something that is built from sources.

    ``kind``: None when the description does not say. ``described_by``: the project file or manifest.
    ``platforms``: those it is built for; empty: not known. ``scripts``: the texts of what the build runs.
    ``swift``: how its Swift sources are compiled.
    """

    name: str
    kind: ProductKind | None
    described_by: str
    configurations: tuple[Configuration, ...] = ()
    platforms: frozenset[Platform] = frozenset()
    scripts: tuple[str, ...] = ()
    swift: SwiftLanguage = SwiftLanguage()

    @property
    def info(self) -> tuple[str, ...]:
        """Paths of the information property lists that are known."""
        return _known(configuration.info for configuration in self.configurations)

    @property
    def entitlements(self) -> tuple[str, ...]:
        """Paths of the entitlements that are known."""
        return _known(configuration.entitlements or "" for configuration in self.configurations)


def _known(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for path in paths if path and "$" not in path))


def platforms_of(names: Iterable[str]) -> frozenset[Platform]:
    """The platforms that SDKs are for, by the names of the SDKs; one that is not known stands for none."""
    return frozenset(_PLATFORMS[name] for name in names if name in _PLATFORMS)


def kind_of_product_type(product_type: str, platforms: frozenset[Platform]) -> ProductKind | None:
    """The kind of an Xcode target, from its product type and the platforms it is built for."""
    kind = _KINDS_OF_TYPES.get(product_type.removeprefix(_PRODUCT_TYPE))
    return "watch" if kind == "app" and platforms == {"watchos"} else kind


def kind_of_property_list(values: dict[str, object], telling: TellingEntries) -> ProductKind | None:
    """The kind of product that an information property list is of, as far as it says."""
    if not telling.extension.isdisjoint(values):
        return "extension"
    if any(values.get(key) for key in telling.watch):
        return "watch"
    package = values.get("CFBundlePackageType")
    kind = _KINDS_OF_PACKAGES.get(package) if isinstance(package, str) else None
    is_open = package is None or (isinstance(package, str) and "$" in package)
    return "app" if is_open and not telling.app.isdisjoint(values) else kind


def platforms_of_property_list(values: dict[str, object], telling: TellingEntries) -> frozenset[Platform]:
    """The platforms that an information property list is for, as far as it says."""
    if any(values.get(key) for key in telling.watch):
        return frozenset(("watchos",))
    if any(key.startswith(tuple(telling.ios)) for key in values):
        return frozenset(("ios",))
    return frozenset() if telling.mac.isdisjoint(values) else frozenset(("macos",))
