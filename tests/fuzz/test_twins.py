"""A project gives the same findings, whichever part of it is written in Swift, Objective-C or Python."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
from sample_apps import Expectation, expected, findings

TWINS = Path(__file__).parent / "twins"
LANGUAGES = (".swift", ".m")
PYTHON = ".py"


def mixtures(project: Path) -> list[list[str]]:
    """Choices of a language for each part of ``project``, as names of files.

    Every one of the two languages that apps are written in; and with Python, all of it, one part, and all
    but one.
    """
    parts = sorted({path.stem for path in project.iterdir()})
    chosen = [list(suffixes) for suffixes in itertools.product(LANGUAGES, repeat=len(parts))]
    chosen.append([PYTHON] * len(parts))
    for number in range(len(parts)):
        chosen.append([PYTHON if n == number else ".m" for n in range(len(parts))])
        chosen.append([".swift" if n == number else PYTHON for n in range(len(parts))])
    return [[part + suffix for part, suffix in zip(parts, suffixes, strict=True)] for suffixes in chosen]


def in_part(places: list[Expectation]) -> list[tuple[str, str]]:
    return sorted((Path(path).stem, rule) for path, _line, rule in places)


@pytest.mark.parametrize("project", sorted(TWINS.iterdir()), ids=lambda project: project.name)
def test_any_mixture_of_languages_gives_the_same_findings(project: Path, tmp_path: Path) -> None:
    by_mixture = {}
    for files in mixtures(project):
        folder = tmp_path / "-".join(files)
        folder.mkdir()
        for file in files:
            shutil.copy(project / file, folder)
        found = findings(folder)
        marked = expected(folder)
        assert marked
        assert [place for place in marked if place not in found] == [], files
        by_mixture[" ".join(files)] = in_part(found)
    everywhere = next(iter(by_mixture.values()))
    assert {files: found for files, found in by_mixture.items() if found != everywhere} == {}
