"""Scans in which other contents stand in for files."""

from __future__ import annotations

import pytest
from backhaul.scan import ScanOptions, scan
from scanning import GOOD, RULES, beacons, found, run, write

__all__ = ["beacons"]
OTHER = GOOD.replace("beacon1", "beacon2").encode()


@pytest.mark.usefixtures("beacons")
class TestOverlay:
    @pytest.mark.parametrize("method", ["here", "fork", "spawn"])
    def test_contents_stand_in(self, tmp_path, method):
        write(tmp_path, "A.swift")
        write(tmp_path, "B.swift")
        report = run(tmp_path, overlay={"A.swift": OTHER}, method=method, jobs=2)
        assert found(report) == [("A.swift", "beacon2"), ("B.swift", "beacon1")]
        source = report.texts().get("A.swift")
        assert source is not None and source.text == OTHER

    def test_files_that_are_not_there(self, tmp_path):
        write(tmp_path, "A.swift")
        report = run(
            tmp_path, overlay={"A.swift": None, "New/B.swift": OTHER, "C.txt": OTHER, "D.swift": None}
        )
        assert found(report) == [("New/B.swift", "beacon2")]

    def test_a_test_by_its_name(self, tmp_path):
        write(tmp_path, "A.swift")
        overlay = {"AppTests/B.swift": OTHER, "C.swift": OTHER, "DTests.swift": OTHER + b"import XCTest\n"}
        assert found(run(tmp_path, overlay=overlay)) == [("A.swift", "beacon1"), ("C.swift", "beacon2")]

    def test_facts(self, tmp_path):
        report = run(tmp_path, overlay={"App/Info.plist": b"<plist/>", "Package.swift": b"let a = 1"})
        assert [fact.path for fact in report.tree.facts] == ["App/Info.plist", "Package.swift"]
        assert [fact.read() for fact in report.tree.facts] == [b"<plist/>", b"let a = 1"]

    def test_the_cache_is_read_and_left_alone(self, tmp_path):
        tree, cache = tmp_path / "tree", str(tmp_path / "cache")
        write(tree, "A.swift")
        write(tree, "B.swift")
        run(tree, cache_dir=cache)
        before = {file: file.read_bytes() for file in (tmp_path / "cache").iterdir()}
        report = run(tree, cache_dir=cache, overlay={"A.swift": OTHER})
        assert report.statistics.effort.files_parsed == 1
        assert found(report) == [("A.swift", "beacon2"), ("B.swift", "beacon1")]
        assert before == {file: file.read_bytes() for file in (tmp_path / "cache").iterdir()}
        assert found(run(tree, cache_dir=cache)) == [("A.swift", "beacon1"), ("B.swift", "beacon1")]


def test_nothing_stands_in_by_default(tmp_path):
    write(tmp_path, "A.swift")
    options = ScanOptions(paths=(str(tmp_path),), root=str(tmp_path), use_cache=False)
    assert all(source.data is None for source in scan(options, RULES).tree.sources)
