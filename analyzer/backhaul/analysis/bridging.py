"""How a declaration of one language is spelled in the other.

Swift shows an Objective-C method under a base name cut at a preposition
(``uploadFile:toURL:`` → ``uploadFile(_:to:)``, ``initWithConfiguration:`` → ``init(configuration:)``);
Objective-C shows a Swift method under a selector made of its labels (SE-0005 and the rules of
``@objc``). Only names are produced here; callers still compare the number of arguments.
"""

from __future__ import annotations

import re

from backhaul.model.declarations import Function

_PREPOSITIONS = "With|For|From|To|Into|In|At|By|On|Of|Using|As|And|After|Before|Via"
_CUT = re.compile(rf"(?<=[a-z0-9])(?=(?:{_PREPOSITIONS})(?:[A-Z]|$))")
_STARTS_WITH_PREPOSITION = re.compile(rf"(?i:{_PREPOSITIONS})(?=[A-Z]|$)")
_OBJC_NAME = re.compile(r"@objc\(([\w:]+)\)")
_SWIFT_NAME = re.compile(r"(?:NS_SWIFT_NAME|swift_name)\(\"?(\w+)")


def imported_names(function: Function) -> set[str]:
    """Swift base names under which an Objective-C method may be called."""
    first = function.name.partition(":")[0]
    if function.kind == "init":
        return {"init"}
    names = {first}
    for cut in _CUT.finditer(first):
        names.add(first[: cut.start()])
    for attribute in function.attributes:
        given = _SWIFT_NAME.search(attribute)
        if given:
            names.add(given.group(1))
    return names


def selectors_of(function: Function) -> set[str]:
    """Objective-C selectors under which a Swift method may be called."""
    for attribute in function.attributes:
        given = _OBJC_NAME.search(attribute)
        if given:
            return {given.group(1)}
    if not function.parameters:
        return {function.name}
    labels = [parameter.label for parameter in function.parameters]
    rest = "".join(f"{label}:" for label in labels[1:])
    first = labels[0]
    if first in ("", "_"):
        return {f"{function.name}:{rest}"}
    joined = {f"{function.name}With{first[0].upper()}{first[1:]}:{rest}"}
    if _STARTS_WITH_PREPOSITION.match(first):
        joined.add(f"{function.name}{first[0].upper()}{first[1:]}:{rest}")
    return joined
