import os
import sys
import time
from pathlib import Path

import msgspec
import pytest
from backhaul import cache
from backhaul.scan import Report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scanning import GOOD, RULES, age, beacons, found, notified, run, write

pytestmark = pytest.mark.usefixtures(beacons.__name__)
__all__ = ["beacons"]


@pytest.fixture(autouse=True)
def program_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever works on the program while its tests run changes what caches are made by."""
    monkeypatch.setattr(cache, "_files_of", lambda _: [])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    write(root, "a.swift")
    write(root, "b.swift", "func lureB() { }\n// beacon")
    write(root, "c.swift", "func beaconC() { lureB() }")
    write(root, "d.swift", "func d() { }")
    write(root, "e.swift", "/* beacon */ func beacon5() { ) }")
    write(root, "Info.plist", "{ a = b; }")
    return root


def cached(root: Path, **options: object) -> Report:
    return run(root, cache_dir=str(root.parent / "cache"), **options)


def effort(report: Report) -> tuple[int, int]:
    return report.statistics.effort.files_read, report.statistics.effort.files_parsed


def the_file(root: Path) -> Path:
    (file,) = (root.parent / "cache").iterdir()
    return file


def outcome(report: Report) -> object:
    return report.findings, report.partial, report.notifications, report.files_relevant, report.files_analysed


def test_a_tree_that_did_not_change_is_not_read(tree: Path):
    cold = cached(tree)
    assert effort(cold) == (5, 4)
    written = the_file(tree).stat().st_mtime_ns
    warm = cached(tree)
    assert effort(warm) == (0, 0)
    assert outcome(warm) == outcome(cold) == outcome(run(tree))
    assert the_file(tree).stat().st_mtime_ns == written


def test_a_changed_file_is_parsed_and_no_other(tree: Path):
    cached(tree)
    write(tree, "a.swift", "func beaconNew() { }\n// beacon")
    report = cached(tree)
    assert ("a.swift", "beaconNew") in found(report)
    assert effort(report) == (1, 1)
    assert effort(cached(tree)) == (0, 0)


class TestWarm:
    """Scans of one process that keep what they know in memory."""

    def test_only_what_changed_is_parsed(self, tree: Path):
        warm = cache.WarmCache(str(tree), [str(tree)], str(tree.parent / "cache"))
        cold = cached(tree, warm=warm)
        assert effort(cold) == (5, 4)
        assert outcome(cached(tree)) == outcome(cold), "the first scan is kept on disk, too"
        the_file(tree).unlink()
        assert effort(cached(tree, warm=warm)) == (0, 0)
        write(tree, "a.swift", "func beaconNew() { }\n// beacon")
        report = cached(tree, warm=warm)
        assert effort(report) == (1, 1)
        assert outcome(report) == outcome(run(tree))
        assert list((tree.parent / "cache").iterdir()) == []

    def test_what_stands_in_for_a_file_is_kept_too(self, tree: Path):
        warm = cache.WarmCache(str(tree), [str(tree)], str(tree.parent / "cache"))
        before = outcome(cached(tree, warm=warm))
        for name, parsed in (("one", 1), ("one", 0), ("two", 1)):
            overlay = {"a.swift": f"func beacon_{name}() {{ }}  // beacon".encode()}
            report = cached(tree, warm=warm, overlay=overlay)
            assert ("a.swift", f"beacon_{name}") in found(report)
            assert report.statistics.effort.files_parsed == parsed
        assert outcome(cached(tree, warm=warm)) == before

    def test_word_sets_do_not_pile_up(self, tree: Path):
        warm = cache.WarmCache(str(tree), [str(tree)], str(tree.parent / "cache"))
        for number in range(20):
            overlay = {"b.swift": f"func lure{number}() {{ }}\n// beacon".encode()}
            cached(tree, warm=warm, overlay=overlay)
        assert len(warm.contents().asked) <= 5


def test_a_file_with_new_times_and_the_same_content_is_not_parsed(tree: Path):
    cached(tree)
    age(tree / "a.swift", 30)
    report = cached(tree)
    assert effort(report) == (1, 0)
    assert outcome(report) == outcome(run(tree))
    assert effort(cached(tree)) == (0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="there the third time is that of creation")
def test_a_change_that_hides_behind_the_same_size_and_time(tree: Path):
    cached(tree)
    status = (tree / "a.swift").stat()
    (tree / "a.swift").write_text(GOOD.replace("beacon1", "beacon7"))
    os.utime(tree / "a.swift", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert ("a.swift", "beacon7") in found(cached(tree))


def test_files_that_come_and_go(tree: Path):
    cached(tree)
    (tree / "a.swift").rename(tree / "z.swift")
    report = cached(tree)
    assert "z.swift" in dict(found(report))
    assert "a.swift" not in dict(found(report))
    assert outcome(report) == outcome(run(tree))


def test_what_brought_a_file_in_is_gone(tree: Path):
    """``c.swift`` mattered for a name in ``b.swift`` only: it must not stay in because it is known."""
    assert "c.swift" in dict(found(cached(tree)))
    write(tree, "b.swift", "func other() { }\n// beacon")
    report = cached(tree)
    assert "c.swift" not in dict(found(report))
    assert effort(report) == (1, 1)


def test_new_names_are_looked_for_in_files_known_not_to_matter(tree: Path):
    cached(tree)
    write(tree, "b.swift", "func lureD() { }\n// beacon")
    write(tree, "d.swift", "func beaconD() { lureD() }")
    cached(tree)
    write(tree, "b.swift", "func lureX() { }\n// beacon")
    write(tree, "x.swift", "func beaconX() { lureX() }")
    report = cached(tree)
    assert found(report) == found(run(tree))
    assert "x.swift" in dict(found(report))


def test_a_file_just_written_is_not_trusted_by_its_times(tree: Path):
    (tree / "a.swift").write_text(GOOD)
    age(tree / "a.swift", 0)
    cached(tree)
    report = cached(tree)
    assert effort(report) == (1, 0)
    assert outcome(report) == outcome(run(tree))


def test_other_rules_and_options_are_not_answered_from_the_cache(tree: Path):
    cached(tree)
    other = msgspec.structs.replace(RULES, fingerprint="rules 2")
    report = cached(tree, rules=other)
    assert effort(report) == (0, 0)
    words = msgspec.structs.replace(RULES, fingerprint="rules 3", vocabulary=frozenset({"d"}))
    report = cached(tree, rules=words)
    assert report.files_relevant == 1
    assert outcome(report) == outcome(run(tree, rules=words))
    assert notified(cached(tree, largest_file=25)) == notified(run(tree, largest_file=25)) != []
    assert found(cached(tree, exclude=("a.swift",))) == found(run(tree, exclude=("a.swift",)))


def test_project_facts_count_as_input(tree: Path):
    first = cached(tree)
    write(tree, "Info.plist", "{ a = c; }")
    report = cached(tree)
    assert effort(report) == (0, 0)
    assert outcome(report) == outcome(first)


def test_test_code_can_be_asked_for_afterwards(tree: Path):
    write(tree, "Tests/t.swift")
    without = cached(tree)
    with_tests = cached(tree, include_tests=True)
    assert effort(with_tests) == (0, 0)
    assert len(with_tests.findings) == len(without.findings) + 1


def test_another_version_of_the_program_starts_anew(tree: Path, monkeypatch: pytest.MonkeyPatch):
    cached(tree)
    monkeypatch.setattr(cache, "__version__", "99")
    assert effort(cached(tree)) == (5, 4)


def test_an_installed_program_is_known_by_the_record_of_its_files(tmp_path: Path):
    package = str(write(tmp_path, "program/scan.py").parent)
    assert cache._record_of(package) == b""
    write(tmp_path, "program_more-1.0.dist-info/RECORD", "program_more/scan.py,sha256=b,1")
    assert cache._record_of(package) == b""
    write(tmp_path, "program-1.0.dist-info/RECORD", "program/scan.py,sha256=a,1")
    assert cache._record_of(package) == b"program/scan.py,sha256=a,1"
    write(tmp_path, "program-1.1.dist-info/RECORD", "program/scan.py,sha256=c,1")
    assert cache._record_of(package) == b"", "nobody knows which of them is there"


def test_failures_are_tried_again(tree: Path, monkeypatch: pytest.MonkeyPatch):
    from backhaul import parallel

    parse_file = parallel.parse_file
    monkeypatch.setattr(parallel, "parse_file", lambda *_: parallel.Parsed(failure="crash"))
    report = cached(tree, method="here")
    assert {kind for kind, _ in notified(report)} == {"parser-crash"}
    monkeypatch.setattr(parallel, "parse_file", parse_file)
    assert outcome(cached(tree)) == outcome(run(tree))


# Damage

fuzz = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@given(data=st.data())
def test_a_damaged_cache_is_ignored(tree: Path, data: st.DataObject):
    if not (tree.parent / "cache").exists():
        cached(tree)
        (tree.parent / "sound").write_bytes(the_file(tree).read_bytes())
    sound = (tree.parent / "sound").read_bytes()
    at = data.draw(st.integers(0, len(sound)))
    junk = data.draw(st.binary(max_size=20))
    cut = data.draw(st.integers(0, 20) | st.just(len(sound)))
    the_file(tree).write_bytes(sound[:at] + junk + sound[at + cut :])
    assert outcome(cached(tree)) == outcome(run(tree))


def test_a_sound_file_of_another_shape_is_ignored(tree: Path):
    expected = outcome(cached(tree))
    file = the_file(tree)
    made_by = cache._made_by()
    for head in (
        [made_by, b"", None],
        [made_by, "key", None],
        [made_by, b"key", [[]]],
        {"made_by": made_by},
        [made_by, b"key", None, 1, 2],
        None,
    ):
        for contents in ([[[b"a"]], {b"a.swift": [1, 2, 3, b"", 7]}], [[], {b"a.swift": "entry"}], [[]], 7):
            frames = [cache._frame(msgspec.msgpack.encode(part)) for part in (head, contents)]
            file.write_bytes(b"".join((cache._MAGIC, *frames)))
            assert outcome(cached(tree)) == expected


def test_an_entry_that_holds_no_module_is_parsed_again(tree: Path):
    expected = outcome(cached(tree))
    opened = cache.Cache(str(tree), [str(tree.resolve())], str(tree.parent / "cache"))
    contents = opened.contents()
    for entry in contents.entries.values():
        entry.module = entry.module and b"\x93\x01\x02\x03"
    assert opened.write(b"another key", None, contents) == ""
    report = cached(tree)
    assert effort(report) == (0, 4)
    assert outcome(report) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_cache_that_others_may_write_is_ignored(tree: Path):
    cached(tree)
    the_file(tree).chmod(0o666)
    assert effort(cached(tree)) == (5, 4)
    assert the_file(tree).stat().st_mode & 0o777 == 0o600


# Where it is kept


def test_the_same_words_for_other_paths(tree: Path, monkeypatch: pytest.MonkeyPatch):
    write(tree, "sub/s.swift", GOOD.replace("beacon1", "beaconS"))
    monkeypatch.chdir(tree)
    assert len(cached(tree, paths=(".",)).findings) == 4
    monkeypatch.chdir(tree / "sub")
    assert found(cached(tree, paths=(".",))) == [("sub/s.swift", "beaconS")]
    assert effort(cached(tree, paths=(str(tree),))) == (0, 0)


def test_the_folder_is_made_and_holds_one_file(tree: Path):
    folder = tree.parent / "cache" / "deep"
    for _ in range(3):
        run(tree, cache_dir=str(folder))
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tree: Path, place: str):
    (tree.parent / "file").write_text("in the way")
    report = run(tree, cache_dir=str(tree.parent / place))
    assert outcome(report) == outcome(run(tree))
    assert effort(run(tree, cache_dir=str(tree.parent / place))) == (5, 4)


def test_a_folder_is_found_without_being_named(tree: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree.parent / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tree.parent / "home"))
    monkeypatch.setenv("HOME", str(tree.parent / "home"))
    run(tree, use_cache=True)
    assert len(list((tree.parent / "home").rglob("*.scan"))) == 1
    assert effort(run(tree, use_cache=True)) == (0, 0)


def test_without_a_cache_nothing_is_written(tree: Path):
    before = sorted(tree.parent.rglob("*"))
    run(tree)
    assert sorted(tree.parent.rglob("*")) == before


def test_caches_of_trees_long_gone_are_dropped(tree: Path):
    cached(tree)
    old = the_file(tree).rename(tree.parent / "cache" / "0123.scan")
    age(old, 100 * 86400)
    cached(tree)
    assert not old.exists()
    assert the_file(tree).stat().st_mtime > time.time() - 600
