"""An entry of a property list that must not be there, or not with this value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backhaul.findings.finding import Finding
from backhaul.matchers.context import Reporter
from backhaul.matchers.parameters import PropertyListParameters
from backhaul.sources.project import ProjectFacts, PropertyList

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def find(
    reporter: Reporter, parameters: PropertyListParameters, project: ProjectFacts, tests: frozenset[str]
) -> Iterator[Finding]:
    """``tests``: paths of property lists that are not of the product."""
    for found in project.property_lists_with(parameters.key[0]):
        if found.path in tests or not _has_entry(found, parameters):
            continue
        if _is_for(parameters.unless_built_for, found.path):
            continue
        start, end = project.place_in(found.path, parameters.key)
        yield reporter.finding_in(found.path, (start, end), key=parameters.key[-1])


def _has_entry(found: PropertyList, parameters: PropertyListParameters) -> bool:
    values: object = found.values
    for key in parameters.key[:-1]:
        values = values.get(key) if isinstance(values, dict) else None
    if not isinstance(values, dict) or any(key in values for key in parameters.unless_keys):
        return False
    return values.get(parameters.key[-1]) is parameters.value


def _is_for(purposes: tuple[str, ...], path: str) -> bool:
    """Whether a property list is only for such builds, by its name or that of its folder."""
    named = "/".join(path.split("/")[-2:]).rpartition(".")[0]
    return any(word.lower() in purposes for word in _WORD.findall(named))
