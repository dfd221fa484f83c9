"""A project gives the same findings, whichever part of it is written in Swift or in Objective-C."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
from sample_apps import Expectation, expected, findings

TWINS = Path(__file__).parent / "twins"
LANGUAGES = (".swift", ".m")


def mixtures(project: Path) -> list[list[str]]:
    """Every choice of a language for each part of ``project``, as names of files."""
    parts = sorted({path.stem for path in project.iterdir()})
    return [list(names) for names in itertools.product(*([part + s for s in LANGUAGES] for part in parts))]


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
