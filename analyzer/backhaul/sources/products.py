"""Products and the targets that make them, as project files and manifests describe them."""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

from msgspec import Struct

ProductKind: TypeAlias = Choice["app", "extension", "watch", "library", "tests", "tool"]

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
_EXTENSION_KEYS = ("NSExtension", "EXAppExtensionAttributes")
_WATCH_KEYS = ("WKApplication", "WKWatchKitApp")
_WATCH_SDK = "watchos"


class Target(Struct, frozen=True, gc=False):
    """Something that is built from sources.

    ``kind``: None when the description does not say. ``described_by``: the project file or manifest.
    ``info`` and ``entitlements``: property lists it is built with, as paths in the tree.
    ``settings``: entries of its information property list that stand in the project instead.
    """

    name: str
    kind: ProductKind | None
    described_by: str
    info: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ()
    settings: dict[str, str] = {}


def kind_of_product_type(product_type: str, sdks: frozenset[str]) -> ProductKind | None:
    """The kind of an Xcode target, from its product type and the SDKs it is built with."""
    kind = _KINDS_OF_TYPES.get(product_type.removeprefix(_PRODUCT_TYPE))
    return "watch" if kind == "app" and sdks == {_WATCH_SDK} else kind


def kind_of_property_list(values: dict[str, object]) -> ProductKind | None:
    """The kind of product that an information property list is of, as far as it says."""
    if any(key in values for key in _EXTENSION_KEYS):
        return "extension"
    if any(values.get(key) for key in _WATCH_KEYS):
        return "watch"
    package = values.get("CFBundlePackageType")
    return _KINDS_OF_PACKAGES.get(package) if isinstance(package, str) else None
