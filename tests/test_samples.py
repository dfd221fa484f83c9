"""The sample apps, through the real pipeline: exactly the marked lines, nothing in the corrected twins."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path, PurePosixPath

import pytest
from backhaul.frontends import SUFFIXES
from sample_apps import SAMPLES, apps, expected, findings, name_of, scanned, sources

THIRTEEN = {
    "background-session-async",
    "background-session-completion-handler",
    "background-session-events-unhandled",
    "background-session-without-delegate",
    "background-task-captured-before-assignment",
    "background-task-expiration-does-not-end",
    "background-task-identifier-overwritten",
    "background-task-never-ended",
    "background-task-not-ended-on-path",
    "background-upload-from-data",
    "background-upload-from-stream",
    "multipart-upload-from-file",
    "upload-request-body-ignored",
}
SWIFT_ONLY = {"background-session-async"}


@pytest.mark.parametrize("app", apps(), ids=name_of)
def test_findings_are_the_marked_lines(app: Path):
    assert findings(app) == expected(app)


def test_apps_in_one_tree_are_told_apart():
    """Twins declare the same types; what the corrected one does excuses nothing in the other."""
    assert findings(SAMPLES) == expected(SAMPLES)


@pytest.mark.parametrize("app", apps(), ids=name_of)
def test_samples_parse_whole(app: Path):
    report = scanned(app)
    assert report.partial == []
    assert report.notifications == []
    assert report.files_analysed > 0


@pytest.mark.parametrize("app", [app for app in apps() if app.name == "after"], ids=name_of)
def test_corrected_twins_expect_nothing(app: Path):
    assert expected(app) == []


def test_every_app_has_two_twins():
    twins = defaultdict(set)
    for app in apps():
        twins[app.parent.name].add(app.name)
    assert len(twins) >= 4
    assert set(map(frozenset, twins.values())) == {frozenset({"before", "after"})}


def test_bad_twins_hold_every_mistake_in_every_language():
    held = defaultdict(set)
    for app in apps():
        for path, _, rule in expected(app):
            held[SUFFIXES[PurePosixPath(path).suffix]].add(rule)
    assert held["swift"] >= THIRTEEN
    assert held["objc"] >= THIRTEEN - SWIFT_ONLY


def test_apps_are_of_more_than_one_file():
    assert all(len(list(sources(app))) > 5 for app in apps())
