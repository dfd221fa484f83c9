"""What the project files of a tree say about its products.

Nothing is read until it is asked for, and the readers are not even imported: most scans never ask.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from backhaul.sources.notification import Notification, NotificationKind
from backhaul.sources.products import (
    BadDescriptionError,
    Configuration,
    Platform,
    ProductKind,
    Target,
    TellingEntries,
    kind_of_property_list,
    platforms_of_property_list,
)
from backhaul.sources.reading import is_plain
from backhaul.sources.swift_language import SwiftLanguage
from backhaul.sources.text import decode
from backhaul.sources.walking import SourceFile

__all__ = ["Platform", "Product", "ProductKind", "ProjectFacts", "PropertyList", "Target"]

_PREBUILT_BY = ("app.config.js", "app.config.ts")
_PREBUILT = re.compile(r'"expo"\s*:')
_DIRECTIVE = re.compile(r"^[ \t]*#", re.MULTILINE)
_OLDEST = ("IPHONEOS_DEPLOYMENT_TARGET", "TVOS_DEPLOYMENT_TARGET")
_DEEPEST = 6  # of the values in which variables are replaced
_MANIFESTS = (".podspec", "package.json", "pubspec.yaml", "plugin.xml")
_T = TypeVar("_T")

if TYPE_CHECKING:
    from backhaul.sources.xcode_projects import Membership


class PropertyList(Struct, frozen=True):
    """A property list of the tree. Values are what ``plistlib`` gives: ``$(VARIABLES)`` stay as written."""

    path: str
    values: dict[str, object]

    def texts(self, key: str) -> list[str]:
        """The texts in the array ``key``, which a build setting writes as words; empty for anything else."""
        value = self.values.get(key)
        if isinstance(value, str):
            return value.split()
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class Product(Struct, frozen=True):
    """One configuration of a target, and what it is built with.

    ``information``, its information property list, and ``entitlements``: with their ``$(VARIABLES)``
    replaced where these are known; None where the tree does not say. ``oldest_system``: the version of
    iOS (or of tvOS) that it runs on at least, "" where that is not known.
    """

    target: Target
    configuration: str
    information: PropertyList | None
    entitlements: PropertyList | None
    oldest_system: str = ""

    def is_for_older(self, version: str) -> bool:
        """Whether it runs on systems older than ``version``, as far as is known."""
        return bool(self.oldest_system) and _parts(self.oldest_system) < _parts(version)


class ProjectFacts:
    """Facts about the products of one source tree, by paths relative to its root.

    ``files``: project files, property lists and manifests. Where the tree does not answer, the
    answers are empty: unknown, not "no". A file that cannot be understood is as if it were not
    there, and leaves a notification in ``notifications`` when it is first needed.
    """

    def __init__(self, files: Sequence[SourceFile], telling: TellingEntries) -> None:
        self._telling = telling
        self._files = {file.path: file for file in files}
        self._property_lists: dict[str, PropertyList | None] = {}
        self._lists_with: dict[str, list[PropertyList]] = {}
        self.notifications: list[Notification] = []

    def kinds(self, path: str) -> frozenset[ProductKind]:
        """The kinds of product that a source file may be part of; empty: unknown."""
        return frozenset(target.kind for target in self.targets(path) if target.kind is not None)

    def targets(self, path: str) -> tuple[Target, ...]:
        """The targets that a source file is built into, as far as the tree says.

        A file that no project or package lists, as headers mostly are, is taken to be of the
        targets of the files in its folder; else of what the nearest manifest or information
        property list above it describes.
        """
        listed = [membership.target for membership in self._memberships if membership.holds(path)]
        if listed:
            return tuple(listed)
        folder = posixpath.dirname(path)
        beside = self._listed_by_folder.get(folder)
        if beside:
            return tuple(beside)
        return tuple(self._nearest(folder))

    def swift(self, path: str) -> SwiftLanguage:
        """How a Swift file is compiled: what holds in every target that it is built into."""
        languages = [target.swift for target in self.targets(path)]
        return SwiftLanguage(
            bool(languages) and all(each.checks_isolation for each in languages),
            bool(languages) and all(each.is_main_by_default for each in languages),
        )

    @cached_property
    def all_kinds(self) -> frozenset[ProductKind]:
        """The kinds of all products that the tree describes."""
        described = [membership.target for membership in self._memberships]
        described += [target for targets in self._described_by_folder.values() for target in targets]
        return frozenset(target.kind for target in described if target.kind is not None)

    @cached_property
    def target_names(self) -> frozenset[str]:
        """The names of all targets that the tree describes."""
        described = [membership.target for membership in self._memberships]
        described += [target for targets in self._described_by_folder.values() for target in targets]
        return frozenset(target.name for target in described)

    def platforms(self, path: str) -> frozenset[Platform]:
        """The platforms that a source file is built for; empty where some target does not say."""
        targets = self.targets(path)
        if not all(target.platforms for target in targets):
            return frozenset()
        return frozenset(platform for target in targets for platform in target.platforms)

    def products(self, path: str) -> list[Product]:
        """What is built with a source file: each target in each of its configurations."""
        return [
            self._product(target, configuration)
            for target in self.targets(path)
            for configuration in target.configurations or (Configuration(),)
        ]

    def _product(self, target: Target, configuration: Configuration) -> Product:
        information: PropertyList | None = None
        if not self._is_prebuilt(target.described_by):
            information = self._information(target, configuration)
        entitlements: PropertyList | None = None
        if configuration.entitlements == "":
            entitlements = PropertyList(target.described_by, {})
        elif configuration.entitlements is not None:
            entitlements = self.property_list(configuration.entitlements)
        if entitlements is not None:
            values = _replaced(entitlements.values, configuration.settings)
            entitlements = PropertyList(entitlements.path, values)
        settings = configuration.settings
        oldest = next((settings[key] for key in _OLDEST if key in settings), "")
        return Product(target, configuration.name, information, entitlements, oldest)

    def _information(self, target: Target, configuration: Configuration) -> PropertyList | None:
        if configuration.info:
            written = self.property_list(configuration.info)
            text = self._text(configuration.info) if configuration.is_preprocessed else None
            if text is not None and _DIRECTIVE.search(text) is not None:
                return None
        else:
            written = PropertyList(target.described_by, {}) if configuration.is_generated else None
        if written is None:
            return None
        values = _replaced({**configuration.entries, **written.values}, configuration.settings)
        return PropertyList(written.path, values)

    def _is_prebuilt(self, project: str) -> bool:
        """Whether a tool writes the project and its property lists anew, from a file that lies above them."""
        folder = posixpath.dirname(posixpath.dirname(posixpath.dirname(project)))
        if any(posixpath.join(folder, name) in self._files for name in _PREBUILT_BY):
            return True
        text = self._text(posixpath.join(folder, "app.json"))
        return text is not None and _PREBUILT.search(text) is not None

    def property_list(self, path: str) -> PropertyList | None:
        """The property list at ``path``; None when there is none, or none that can be read."""
        from backhaul.sources.property_lists import read_property_list

        if path not in self._property_lists:
            values = self._parsed(path, "bad-property-list", read_property_list)
            self._property_lists[path] = PropertyList(path, values) if values is not None else None
        return self._property_lists[path]

    def property_lists_with(self, key: str) -> list[PropertyList]:
        """The property lists of the tree that have ``key`` in their outermost dictionary, by path."""
        if key not in self._lists_with:
            self._lists_with[key] = list(self._find_lists_with(key))
        return self._lists_with[key]

    def _find_lists_with(self, key: str) -> Iterator[PropertyList]:
        word = key.encode()
        for path in self._files:
            if not path.endswith(".plist"):
                continue
            data = self._parsed(path, "bad-property-list", lambda data: data)
            if data is None or (word not in data and is_plain(data)):
                continue
            found = self.property_list(path)
            if found is not None and key in found.values:
                yield found

    def builds_with(self, path: str) -> list[tuple[Target, Configuration]]:
        """The targets, each with its configuration, that have the information property list at ``path``."""
        return [
            (membership.target, configuration)
            for membership in self._memberships
            for configuration in membership.target.configurations
            if configuration.info == path
        ]

    def place_in(self, path: str, keys: Sequence[str | int]) -> tuple[int, int]:
        """The bytes of the text of the property list at ``path`` that hold an entry; (0, 0): not known."""
        from backhaul.sources.plist_places import place_of

        text = self._parsed(path, "bad-property-list", decode)
        return place_of(text, keys) if text is not None else (0, 0)

    # What is described where

    @cached_property
    def _memberships(self) -> list[Membership]:
        from backhaul.sources.manifests import read_swift_package
        from backhaul.sources.property_lists import read_property_list
        from backhaul.sources.xcode_projects import read_targets

        found: list[Membership] = []
        for path in self._files:
            if path.endswith("project.pbxproj"):
                values = self._parsed(path, "bad-project-file", read_property_list)
                found += read_targets(path, values, self._text) if values is not None else []
            elif posixpath.basename(path) == "Package.swift":
                text = self._text(path)
                found += read_swift_package(path, text) if text is not None else []
            elif posixpath.basename(path) in ("project.yml", "Project.swift"):
                found += self._parsed(path, "bad-project-file", partial(self._from_manifest, path)) or []
        return found

    def _from_manifest(self, path: str, data: bytes) -> list[Membership]:
        text = data.decode("utf-8", "replace")
        if path.endswith(".swift"):
            from backhaul.sources.tuist import read_tuist

            return read_tuist(path, text)
        from backhaul.sources.xcodegen import read_xcodegen

        return read_xcodegen(path, text, self._text)

    @cached_property
    def _listed_by_folder(self) -> dict[str, list[Target]]:
        folders: dict[str, dict[int, Target]] = defaultdict(dict)
        for number, membership in enumerate(self._memberships):
            for path in membership.files:
                folders[posixpath.dirname(path)][number] = membership.target
        return {folder: list(targets.values()) for folder, targets in folders.items()}

    def _nearest(self, folder: str) -> Iterable[Target]:
        """What is described in ``folder`` or else in the nearest folder above it."""
        while True:
            if folder in self._described_by_folder:
                return self._described_by_folder[folder]
            above = posixpath.dirname(folder)
            if above == folder:
                return ()
            folder = above

    @cached_property
    def _described_by_folder(self) -> dict[str, list[Target]]:
        """Targets by the folder of a manifest, or of an information property list that no project claims."""
        from backhaul.sources.manifests import read_plugin

        found: dict[str, list[Target]] = defaultdict(list)
        claimed = {path for membership in self._memberships for path in membership.target.info}
        for path in self._files:
            target = None
            if path.endswith(_MANIFESTS):
                text = self._text(path)
                target = read_plugin(path, text) if text is not None else None
            elif path.endswith("Info.plist") and path not in claimed:
                listed = self.property_list(path)
                kind = kind_of_property_list(listed.values, self._telling) if listed is not None else None
                if listed is not None and kind is not None:
                    platforms = platforms_of_property_list(listed.values, self._telling)
                    target = Target(
                        posixpath.dirname(path), kind, path, (Configuration(info=path),), platforms
                    )
            if target is not None:
                found[posixpath.dirname(path)].append(target)
        return found

    def _text(self, path: str) -> str | None:
        return self._parsed(path, "bad-project-file", lambda data: data.decode("utf-8", "replace"))

    def _parsed(self, path: str, kind: NotificationKind, parse: Callable[[bytes], _T]) -> _T | None:
        from backhaul.sources.property_lists import BadPropertyListError

        file = self._files.get(path)
        if file is None:
            return None
        try:
            return parse(file.read())
        except OSError as error:
            problem = f"cannot be read: {error.strerror or error}"
        except (BadPropertyListError, BadDescriptionError) as error:
            problem = f"{error}, ignored"
        self.note([Notification(kind, "warning", problem, path)])
        return None

    def note(self, notifications: Iterable[Notification]) -> None:
        """Adds to ``notifications`` what is not among them."""
        for notification in notifications:
            if notification not in self.notifications:
                self.notifications.append(notification)


def _parts(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _replaced(values: Mapping[str, object], settings: Mapping[str, str]) -> dict[str, object]:
    """Values of a property list with the build settings in them."""
    from backhaul.sources.build_settings import expanded

    def inner(value: object, depth: int) -> object:
        if isinstance(value, str):
            return expanded(value, settings) if "$" in value else value
        if depth < _DEEPEST and isinstance(value, dict):
            return {key: inner(item, depth + 1) for key, item in value.items()}
        if depth < _DEEPEST and isinstance(value, list):
            return [inner(item, depth + 1) for item in value]
        return value

    return {key: inner(value, 0) for key, value in values.items()}
