"""An entry of a property list that must not be there, or not with this value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.findings.finding import Finding
from backhaul.matchers.context import Reporter
from backhaul.matchers.parameters import PropertyListParameters
from backhaul.sources.project import ProjectFacts

_ANY = "*"
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def find(
    reporter: Reporter, parameters: PropertyListParameters, project: ProjectFacts, tests: frozenset[str]
) -> Iterator[Finding]:
    """``tests``: paths of property lists that are not of the product."""
    for found in project.property_lists_with(parameters.key[0]):
        ways = [] if found.path in tests else list(_ways(found.values, parameters.key, parameters))
        if ways and _is_for(parameters.unless_built_for, found.path, project):
            continue
        for way in ways:
            yield reporter.finding_in(found.path, project.place_in(found.path, way), key=way[-1])


def _ways(
    values: object, keys: tuple[str, ...], parameters: PropertyListParameters
) -> Iterator[tuple[str, ...]]:
    """The ways of keys to the entries that are asked for; ``*`` stands for any key."""
    if not isinstance(values, dict):
        return
    if len(keys) > 1:
        for key in sorted(map(str, values)) if keys[0] == _ANY else (keys[0],):
            for way in _ways(values.get(key), keys[1:], parameters):
                yield (key, *way)
    elif not any(key in values for key in parameters.unless_keys):
        value, wanted = values.get(keys[0]), parameters.value
        if value in wanted if isinstance(wanted, tuple) else value is wanted:
            yield keys


def _is_for(purposes: tuple[str, ...], path: str, project: ProjectFacts) -> bool:
    """Whether a property list is only for such builds: by its name, its folder's, or what has it."""
    named = "/".join(path.split("/")[-2:]).rpartition(".")[0]
    if _names(named, purposes):
        return True
    builds = project.builds_with(path)
    return bool(builds) and all(
        target.kind == "tests" or _names(configuration.name, purposes) for target, configuration in builds
    )


def _names(text: str, purposes: tuple[str, ...]) -> bool:
    return any(word.lower() in purposes for word in _WORD.findall(text))
