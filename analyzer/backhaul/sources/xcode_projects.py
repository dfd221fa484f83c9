"""Xcode projects: which targets there are, and which files each is built from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from msgspec import Struct, field

from backhaul.sources.build_settings import read_settings
from backhaul.sources.old_style_plist import Value
from backhaul.sources.products import Target, kind_of_product_type

_VARIABLE = re.compile(r"\$[({](\w+)(?::\w+)?[)}]")
_INFO_SETTING = "INFOPLIST_KEY_"
_DEEPEST = 100  # groups within groups; a damaged project can hold a ring of them


class Membership(Struct, frozen=True):
    """What a target is built from, as paths relative to the root of the scan.

    ``folders``: all files below belong to it, but for those in ``left_out``.
    """

    target: Target
    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    def holds(self, path: str) -> bool:
        if path in self.files:
            return True
        if not self.folders or path in self.left_out:
            return False
        return any(folder == "" or path.startswith(folder + "/") for folder in self.folders)


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
        for group_id, group in self._objects.items():
            if group.text("isa") != "PBXFileSystemSynchronizedRootGroup":
                continue
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
        own = self._settings(value)
        shared = self._settings(self._root)
        sdks = {sdk for settings in own if (sdk := settings.text("SDKROOT"))} or {
            sdk for settings in shared if (sdk := settings.text("SDKROOT"))
        }
        return Target(
            name=name,
            kind=kind_of_product_type(value.text("productType"), frozenset(sdks)),
            described_by=self._path,
            info=self._setting_paths(own, "INFOPLIST_FILE", name),
            entitlements=self._setting_paths(own, "CODE_SIGN_ENTITLEMENTS", name),
            settings={
                key.removeprefix(_INFO_SETTING): setting
                for settings in own
                for key, setting in settings.values.items()
                if key.startswith(_INFO_SETTING) and isinstance(setting, str)
            },
        )

    def _settings(self, value: _Object) -> list[_Object]:
        """The build settings of each configuration of a target or project, those of its file below."""
        configurations = self._object(value.text("buildConfigurationList")).texts("buildConfigurations")
        return [self._configured(self._object(each)) for each in configurations]

    def _configured(self, configuration: _Object) -> _Object:
        path = self._path_of(configuration.text("baseConfigurationReference"))
        base = read_settings(path, self._read) if path is not None else {}
        return _Object({**base, **configuration.mapping("buildSettings")})

    def _setting_paths(self, settings: list[_Object], key: str, target: str) -> tuple[str, ...]:
        known = {"SRCROOT": "", "PROJECT_DIR": "", "TARGET_NAME": target, "PRODUCT_NAME": target}
        paths: list[str] = []
        for each in settings:
            written = each.text(key)
            path = _VARIABLE.sub(lambda match: known.get(match[1], match[0]), written).lstrip("/")
            if path and "$" not in path:
                paths.append(_joined(self._folder, path))
        return tuple(dict.fromkeys(paths))

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


_NOTHING = _Object()


def _joined(*parts: str) -> str:
    """Parts of a path put together and made plain; "" for the root of the scan."""
    path = posixpath.normpath(posixpath.join("", *parts))
    return "" if path == "." else path
