"""Which modules make one program: a tree may hold several applications beside the code they share.

Every application has a folder of its own: the largest one that holds it and no other application.
What lies in none of these folders is shared, and part of each program.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backhaul.model.declarations import Module

_MOST_PROGRAMS = 12
_OF_OBJECTS = ("class", "struct", "enum", "actor")


def programs_of(
    modules: Sequence[Module], application_types: Collection[str], tests: Collection[str] = ()
) -> list[list[Module]]:
    """``modules`` as programs, each with the shared modules; one program where no two applications are.

    ``application_types``: names of supertypes that make a type an application. ``tests``: paths of
    modules whose applications do not count.
    """
    folders = _folders_of_applications(modules, application_types, tests)
    if len(folders) < 2 or len(folders) > _MOST_PROGRAMS:
        return [list(modules)]
    shared = [m for m in modules if not any(_is_in(m.path, folder) for folder in folders)]
    return [
        sorted([*shared, *(m for m in modules if _is_in(m.path, folder))], key=lambda m: m.path)
        for folder in folders
    ]


def _folders_of_applications(
    modules: Sequence[Module], application_types: Collection[str], tests: Collection[str]
) -> list[str]:
    wanted = frozenset(application_types)
    homes = {
        module.path.rpartition("/")[0]
        for module in modules
        if module.path not in tests
        and any(d.kind in _OF_OBJECTS and not wanted.isdisjoint(d.inherits) for d in module.types)
    }
    if "" in homes:
        return []
    folders = {_own_folder(home, homes - {home}) for home in homes}
    return sorted(folders - {""})


def _own_folder(home: str, others: Collection[str]) -> str:
    """The largest folder that holds ``home`` and none of ``others``; "" where another lies around it."""
    parts = home.split("/")
    for length in range(1, len(parts) + 1):
        folder = "/".join(parts[:length])
        if not any(_is_in(other + "/", folder) for other in others):
            return folder
    return ""


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")
