"""Manifests of XcodeGen (``project.yml``), from which Xcode projects are made that are often not kept."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from backhaul.sources.build_settings import expanded, is_known, is_on, merged, read_settings
from backhaul.sources.products import (
    BadDescriptionError,
    Configuration,
    Platform,
    Target,
    kind_of_product_type,
    platforms_of,
)
from backhaul.sources.xcode_projects import Membership

Spec: TypeAlias = dict[str, Any]
Read: TypeAlias = Callable[[str], "str | None"]

_LARGEST = 500_000  # characters
_MOST_NODES = 50_000  # aliases can make a small file endless
_DEEPEST = 30
_CONFIGURATIONS = {"Debug": "debug", "Release": "release"}
_SDKS = {"ios": "iphoneos", "macos": "macosx", "watchos": "watchos", "tvos": "appletvos", "visionos": "xros"}
_OLDEST = {"ios": "IPHONEOS_DEPLOYMENT_TARGET", "tvos": "TVOS_DEPLOYMENT_TARGET"}
_SCRIPTS = (
    "preBuildScripts",
    "prebuildScripts",
    "postCompileScripts",
    "postBuildScripts",
    "postbuildScripts",
)
_INFO_SETTING = "INFOPLIST_KEY_"
_UNKNOWN = "$(UNKNOWN)"


def read_xcodegen(path: str, text: str, read: Read) -> list[Membership]:
    """The targets of the manifest at ``path``; none for a file of that name that is no manifest.

    ``read`` gives the text of a file by its path in the tree, None when there is none. What includes,
    templates and groups of settings add is followed as far as it is in the tree. Raises
    BadDescriptionError.
    """
    spec = _with_includes(path, _loaded(text), read, {path})
    targets = _mapping(spec.get("targets"))
    return [
        membership
        for name, target in targets.items()
        if isinstance(target, dict)
        for membership in _memberships(name, _with_templates(name, target, spec), spec, path, read)
    ]


def _loaded(text: str) -> Spec:
    import yaml

    if len(text) > _LARGEST:
        raise BadDescriptionError(f"larger than {_LARGEST // 1000} kB")
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        raise BadDescriptionError(f"no readable YAML ({problem})") from None
    count = 0

    def plain(value: Any, depth: int) -> Any:
        nonlocal count
        count += 1
        if count > _MOST_NODES or depth > _DEEPEST:
            raise BadDescriptionError("too much in it, or nested too deeply")
        if isinstance(value, dict):
            return {str(key): plain(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item, depth + 1) for item in value]
        return value

    return _mapping(plain(found, 0))


def _with_includes(path: str, spec: Spec, read: Read, seen: set[str]) -> Spec:
    result: Spec = {}
    for include in _items(spec.get("include")):
        named = include.get("path") if isinstance(include, dict) else include
        inner = _below(posixpath.dirname(path), named) if isinstance(named, str) else ""
        text = read(inner) if inner and inner not in seen else None
        if text is None:
            continue
        seen.add(inner)
        included = _with_includes(inner, _loaded(text), read, seen)
        is_relative = not isinstance(include, dict) or include.get("relativePaths", True)
        _mark(included, posixpath.dirname(inner if is_relative else path))
        result = _mapping(_laid_over(result, included))
    return _mapping(_laid_over(result, spec))


def _mark(spec: Spec, folder: str) -> None:
    """Remember the folder that the paths of targets and templates are relative to."""
    for group in ("targets", "targetTemplates"):
        for target in _mapping(spec.get(group)).values():
            if isinstance(target, dict):
                target.setdefault("folder of paths", folder)


def _with_templates(name: str, target: Spec, spec: Spec) -> Spec:
    result: Spec = {}
    templates = _mapping(spec.get("targetTemplates"))
    for template in _items(target.get("templates")):
        result = _laid_over(result, _mapping(templates.get(str(template))))
    return _mapping(_filled(_laid_over(result, target), name))


def _filled(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value.replace("${target_name}", name)
    if isinstance(value, dict):
        return {key: _filled(item, name) for key, item in value.items()}
    return [_filled(item, name) for item in value] if isinstance(value, list) else value


def _laid_over(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{key: _laid_over(below.get(key), item) for key, item in above.items()}}
    if isinstance(below, list) and isinstance(above, list):
        return [*below, *above]
    return above


def _memberships(name: str, target: Spec, spec: Spec, path: str, read: Read) -> Iterator[Membership]:
    folder = target.get("folder of paths", posixpath.dirname(path))
    files, folders, left_out = _sources(target, folder)
    choices = [str(each).lower() for each in _items(target.get("platform"))] or [""]
    for platform in choices:
        found = _Target(name, target, spec, path, platform, read)
        yield Membership(found.target(folder), files, folders, left_out)


def _sources(target: Spec, folder: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    files: set[str] = set()
    folders: set[str] = set()
    left_out: set[str] = set()
    for source in _items(target.get("sources")):
        settings = source if isinstance(source, dict) else {"path": source}
        named = settings.get("path")
        if not isinstance(named, str) or settings.get("buildPhase") == "none" or "includes" in settings:
            continue
        place = _below(folder, named)
        is_file = posixpath.splitext(named)[1] in (".swift", ".m", ".mm", ".h", ".c")
        (files if is_file else folders).add(place)
        left_out |= {_below(place, out) for out in _items(settings.get("excludes")) if isinstance(out, str)}
    return frozenset(files), frozenset(folders), frozenset(left_out)


class _Target:
    """One target of a manifest, for one platform ("" where the manifest leaves it to destinations)."""

    def __init__(self, name: str, target: Spec, spec: Spec, path: str, platform: str, read: Read) -> None:
        self._name = name
        self._target = target
        self._spec = spec
        self._path = path
        self._platform = platform
        self._read = read
        self._root = posixpath.dirname(path)

    def target(self, folder: str) -> Target:
        platforms = self._platforms()
        names = _mapping(self._spec.get("configs")) or _CONFIGURATIONS
        return Target(
            name=self._name,
            kind=kind_of_product_type(str(self._target.get("type", "")), platforms),
            described_by=self._path,
            configurations=tuple(self._configuration(name, folder) for name in names),
            platforms=platforms,
            scripts=tuple(
                str(script.get("script", ""))
                for key in _SCRIPTS
                for script in _items(self._target.get(key))
                if isinstance(script, dict)
            ),
        )

    def _platforms(self) -> frozenset[Platform]:
        destinations = [str(each).lower() for each in _items(self._target.get("supportedDestinations"))]
        named = destinations if self._platform in ("", "auto") else [self._platform]
        return platforms_of(_SDKS[name] for name in named if name in _SDKS)

    def _configuration(self, name: str, folder: str) -> Configuration:
        settings = merged(
            [*self._levels(self._spec, self._root, name), *self._levels(self._target, folder, name)]
        )
        info = _mapping(self._target.get("info"))
        properties = _mapping(info.get("properties"))
        entitlements = _mapping(self._target.get("entitlements"))
        made: dict[str, object] = {
            key.removeprefix(_INFO_SETTING): value
            for key, value in settings.items()
            if key.startswith(_INFO_SETTING)
        }
        written = expanded(settings.get("INFOPLIST_FILE", ""), settings)
        return Configuration(
            name=name,
            info=""
            if properties
            else self._place(info.get("path"), folder) or self._place(written, self._root),
            entitlements=None
            if entitlements.get("properties")
            else self._entitlements(entitlements, settings, folder),
            settings=settings,
            entries={**made, **properties},
            is_generated=bool(properties) or is_on(settings, "GENERATE_INFOPLIST_FILE"),
            is_preprocessed=is_on(settings, "INFOPLIST_PREPROCESS"),
        )

    def _entitlements(self, written: Spec, settings: dict[str, str], folder: str) -> str:
        in_settings = expanded(settings.get("CODE_SIGN_ENTITLEMENTS", ""), settings)
        return self._place(written.get("path"), folder) or self._place(in_settings, self._root)

    @staticmethod
    def _place(written: object, folder: str) -> str:
        if not isinstance(written, str) or not written:
            return ""
        return _below(folder, written) if is_known(written) and not written.startswith("/") else _UNKNOWN

    def _levels(self, spec: Spec, folder: str, configuration: str) -> Iterator[dict[str, str]]:
        """The settings of the project or target, the general ones first."""
        yield (
            {
                "SRCROOT": ".",
                "PROJECT_DIR": ".",
                "TARGET_NAME": self._name,
                "PRODUCT_NAME": "$(TARGET_NAME)",
                "CONFIGURATION": configuration,
            }
            if spec is self._spec
            else {}
        )
        oldest = spec.get("deploymentTarget", _mapping(spec.get("options")).get("deploymentTarget"))
        if isinstance(oldest, dict):
            oldest = {str(key).lower(): value for key, value in oldest.items()}.get(self._platform or "ios")
        if self._platform in _OLDEST and isinstance(oldest, str | int | float):
            yield {_OLDEST[self._platform]: str(oldest)}
        file = _mapping(spec.get("configFiles")).get(configuration)
        if isinstance(file, str):
            yield read_settings(_below(folder, file), self._read)
        yield from self._own(_mapping(spec.get("settings")), configuration, 0)

    def _own(self, settings: Spec, configuration: str, depth: int) -> Iterator[dict[str, str]]:
        groups = _mapping(self._spec.get("settingGroups"))
        for group in _items(settings.get("groups")) if depth < _DEEPEST else ():
            yield from self._own(_mapping(groups.get(str(group))), configuration, depth + 1)
        is_grouped = any(key in settings for key in ("base", "configs", "groups"))
        yield _texts(_mapping(settings.get("base")) if is_grouped else settings)
        for name, special in _mapping(settings.get("configs")).items():
            if name.lower() in configuration.lower():
                yield _texts(_mapping(special))


def _texts(settings: Spec) -> dict[str, str]:
    found = {}
    for key, value in settings.items():
        if isinstance(value, bool):
            found[key] = "YES" if value else "NO"
        elif isinstance(value, list):
            found[key] = " ".join(map(str, value))
        elif value is not None and not isinstance(value, dict):
            found[key] = str(value)
    return found


def _mapping(value: object) -> Spec:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> Iterable[Any]:
    """The items of a list; something else stands for a list of itself."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _below(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined
