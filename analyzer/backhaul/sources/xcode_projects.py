"""Xcode projects: which targets there are, and which files each is built from."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct, field

from backhaul.sources.build_settings import expanded, is_known, is_on, merged, read_settings
from backhaul.sources.old_style_plist import Value
from backhaul.sources.products import Configuration, Target, kind_of_product_type, platforms_of
from backhaul.sources.swift_language import language_of_settings

_INFO_SETTING = "INFOPLIST_KEY_"
_DEEPEST = 100  # groups within groups; a damaged project can hold a ring of them


class Membership(Struct, frozen=True):
    """What a target is built from, as paths relative to the root of the scan.

    ``folders``: all files below belong to it, but for those in ``left_out`` and below; a name there with an
    asterisk stands for all that fit.
    """

    target: Target
    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    def holds(self, path: str) -> bool:
        if path in self.files:
            return True
        return any(folder == "" or path.startswith(folder + "/") for folder in self.folders) and not any(
            fnmatchcase(path, out) if "*" in out else path == out or path.startswith(out + "/")
            for out in self.left_out
        )


class _Object(Struct, frozen=True):
    """One object of a project file; whatever is not of the form expected reads as absent."""

    values: dict[str, Value] = field(default_factory=dict)

    def text(self, key: str) -> str:
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> list[str]:
        value = self.values.get(key)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def mapping(self, key: str) -> dict[str, Value]:
        value = self.values.get(key)
        return value if isinstance(value, dict) else {}


def read_targets(path: str, values: dict[str, object], read: Callable[[str], str | None]) -> list[Membership]:
    """The targets of the project file ``path`` (``App.xcodeproj/project.pbxproj``), parsed as ``values``.

    ``read`` gives the text of a configuration file by its path in the tree, None when there is none.
    """
    return list(_Project(path, values, read).memberships())


class _Project:
    def __init__(self, path: str, values: dict[str, object], read: Callable[[str], str | None]) -> None:
        self._path = path
        self._read = read
        objects = values.get("objects")
        self._objects = {
            identifier: _Object(value)
            for identifier, value in (objects.items() if isinstance(objects, dict) else ())
            if isinstance(value, dict)
        }
        root = values.get("rootObject")
        self._root = self._object(root if isinstance(root, str) else "")
        folder = posixpath.dirname(posixpath.dirname(path))
        self._folder = _joined(folder, self._root.text("projectDirPath"))
        self._parents = {
            child: identifier
            for identifier, value in self._objects.items()
            for child in value.texts("children")
        }
        self._kept_in_step = [
            (identifier, value)
            for identifier, value in self._objects.items()
            if value.text("isa") == "PBXFileSystemSynchronizedRootGroup"
        ]
        self._files_of_settings: dict[str, dict[str, str]] = {}

    def _object(self, identifier: str) -> _Object:
        return self._objects.get(identifier, _NOTHING)

    def memberships(self) -> Iterator[Membership]:
        for identifier, value in self._objects.items():
            if value.text("isa") == "PBXNativeTarget":
                yield self._membership(identifier, value)

    def _membership(self, identifier: str, value: _Object) -> Membership:
        files = {
            path
            for phase in value.texts("buildPhases")
            for build_file in self._object(phase).texts("files")
            if (path := self._path_of(self._object(build_file).text("fileRef"))) is not None
        }
        own_groups = value.texts("fileSystemSynchronizedGroups")
        folders: set[str] = set()
        left_out: set[str] = set()
        for group_id, group in self._kept_in_step:
            folder = self._path_of(group_id)
            if folder is None:
                continue
            exceptions = {
                _joined(folder, path)
                for exception in map(self._object, group.texts("exceptions"))
                if exception.text("target") == identifier
                for path in exception.texts("membershipExceptions")
            }
            if group_id in own_groups:
                folders.add(folder)
                left_out |= exceptions
            else:
                files |= exceptions
        target = self._target(value)
        return Membership(target, frozenset(files), frozenset(folders), frozenset(left_out))

    def _target(self, value: _Object) -> Target:
        name = value.text("name")
        configurations = self._configurations(value, name)
        platforms = platforms_of(sdk for each in configurations for sdk in _sdks(each.settings))
        return Target(
            name=name,
            kind=kind_of_product_type(value.text("productType"), platforms),
            described_by=self._path,
            configurations=tuple(configurations),
            platforms=platforms,
            swift=language_of_settings([each.settings for each in configurations]),
            scripts=tuple(
                script
                for phase in value.texts("buildPhases")
                if (script := self._object(phase).text("shellScript"))
            ),
        )

    def _configurations(self, value: _Object, target: str) -> list[Configuration]:
        """The configurations of a target, on top of the project's of the same name."""
        shared = {each.text("name"): each for each in self._configurations_in(self._root)}
        found = []
        for each in self._configurations_in(value):
            name = each.text("name")
            general = shared.get(name)
            known = {
                "SRCROOT": ".",
                "PROJECT_DIR": ".",
                "SOURCE_ROOT": ".",
                "PROJECT_NAME": posixpath.basename(posixpath.dirname(self._path)).removesuffix(".xcodeproj"),
                "CONFIGURATION": name,
                "TARGET_NAME": target,
                "TARGETNAME": target,
                "PRODUCT_NAME": "$(TARGET_NAME)",
                "PRODUCT_MODULE_NAME": "$(PRODUCT_NAME:c99extidentifier)",
                "EXECUTABLE_NAME": "$(PRODUCT_NAME)",
            }
            levels = [*(self._levels(general) if general else ()), *self._levels(each)]
            settings = merged([known, *levels])
            found += [self._configuration(name, variant) for variant in _variants(settings)]
        return found

    def _configurations_in(self, value: _Object) -> list[_Object]:
        list_of = self._object(value.text("buildConfigurationList"))
        found = [self._object(each) for each in list_of.texts("buildConfigurations")]
        return [each for each in found if each.values]

    def _levels(self, configuration: _Object) -> tuple[dict[str, str], dict[str, str]]:
        """The settings of a configuration's file, and its own."""
        path = self._path_of(configuration.text("baseConfigurationReference"))
        anchor = self._path_of(configuration.text("baseConfigurationReferenceAnchor"))
        relative = configuration.text("baseConfigurationReferenceRelativePath")
        if anchor is not None and relative:
            path = _joined(anchor, relative)
        own = {
            key: " ".join(item for item in value if isinstance(item, str))
            if isinstance(value, list)
            else value
            for key, value in configuration.mapping("buildSettings").items()
            if not isinstance(value, dict)
        }
        if path is not None and path not in self._files_of_settings:
            self._files_of_settings[path] = read_settings(path, self._read)
        return self._files_of_settings[path] if path is not None else {}, own

    def _configuration(self, name: str, settings: dict[str, str]) -> Configuration:
        return Configuration(
            name=name,
            info=self._setting_path(settings, "INFOPLIST_FILE"),
            entitlements=self._setting_path(settings, "CODE_SIGN_ENTITLEMENTS"),
            settings=settings,
            entries={
                key.removeprefix(_INFO_SETTING).partition("[")[0]: value
                for key, value in settings.items()
                if key.startswith(_INFO_SETTING)
            },
            is_generated=is_on(settings, "GENERATE_INFOPLIST_FILE"),
            is_preprocessed=is_on(settings, "INFOPLIST_PREPROCESS"),
        )

    def _setting_path(self, settings: dict[str, str], key: str) -> str:
        """The path of a file that a setting names, in the tree as far as it is known; "" for none."""
        written = expanded(settings.get(key, ""), settings).strip('"')
        if not written or not is_known(written) or written.startswith("/"):
            return "$(UNKNOWN)" if written else ""
        return _joined(self._folder, written)

    def _path_of(self, identifier: str) -> str | None:
        """Path of a file reference or group; None when it lies outside the project's sources."""
        parts: list[str] = []
        for _ in range(_DEEPEST):
            value = self._object(identifier)
            if not value.values:
                break
            part = value.text("path")
            if part:
                parts.append(part)
            tree = value.text("sourceTree")
            if tree == "SOURCE_ROOT" or (tree == "<group>" and identifier not in self._parents):
                break
            if tree != "<group>":
                return None
            identifier = self._parents[identifier]
        path = _joined(self._folder, *reversed(parts)) if parts else ""
        return path if path and not path.startswith("../") else None


def _sdks(settings: dict[str, str]) -> list[str]:
    """The names of the SDKs that a target is built with: several only where it leaves the choice open."""
    sdk = expanded(settings.get("SDKROOT", ""), settings)
    supported = expanded(settings.get("SUPPORTED_PLATFORMS", ""), settings).split()
    return [sdk] if platforms_of([sdk]) else supported


def _variants(settings: dict[str, str]) -> list[dict[str, str]]:
    """The settings with each of the information property lists that they name for one SDK only."""
    special = [value for key, value in settings.items() if key.startswith("INFOPLIST_FILE[")]
    own = [settings] if "INFOPLIST_FILE" in settings or not special else []
    return own + [{**settings, "INFOPLIST_FILE": value} for value in dict.fromkeys(special)]


_NOTHING = _Object()


def _joined(*parts: str) -> str:
    """Parts of a path put together and made plain; "" for the root of the scan."""
    path = posixpath.normpath(posixpath.join("", *parts))
    return "" if path == "." else path
