import gc
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from backhaul import asking, frontends, parallel
from backhaul.cache import PartialFile
from backhaul.model.declarations import Damage, Module
from backhaul.scan import ScanOptions, scan
from backhaul.sources import walking
from scanning import GOOD, RULES, beacons, found, notified, run, write

pytestmark = pytest.mark.usefixtures(beacons.__name__)
__all__ = ["beacons"]

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, FIFOs and modes are POSIX's")
METHODS = ["fork", "here"] if hasattr(os, "fork") else ["here"]
OBJC = "@implementation A  // beacon\n- (void)beacon2 { [self x]; }\n@end\n"


def test_both_languages(tmp_path: Path):
    write(tmp_path, "b.swift")
    write(tmp_path, "a/x.m", OBJC)
    report = run(tmp_path)
    assert found(report) == [("a/x.m", "beacon2"), ("b.swift", "beacon1")]
    assert (report.files_seen, report.files_relevant, report.files_analysed) == (2, 2, 2)
    assert report.notifications == []
    assert report.root == str(tmp_path.resolve())
    assert Path(report.location("a/x.m")) == (tmp_path / "a/x.m").resolve()


def test_python_counts_where_it_imports_a_bridge(tmp_path: Path):
    write(tmp_path, "a.py", "import objc\ndef beacon1(): pass  # beacon_with_\n")
    write(tmp_path, "b.py", "def beacon2(): pass  # beacon\n")
    options = ScanOptions(paths=(str(tmp_path),), root=str(tmp_path), jobs=1, cache_dir=str(tmp_path / "c"))
    for _ in range(2):
        report = scan(options, RULES)
        assert found(report) == [("a.py", "beacon1")]
        assert (report.files_seen, report.files_relevant) == (1, 1)
        assert [source.path for source in report.tree.sources] == ["a.py"]


def test_files_without_a_word_that_matters_are_not_parsed(tmp_path: Path):
    write(tmp_path, "a.swift", GOOD)
    write(tmp_path, "b.swift", "func beacon2() { }\n// beaconless")
    report = run(tmp_path)
    assert found(report) == [("a.swift", "beacon1")]
    assert (report.files_seen, report.files_relevant, report.statistics.effort.files_parsed) == (2, 1, 1)


def test_names_of_interest_bring_in_further_files(tmp_path: Path):
    write(tmp_path, "a.swift", "func lureA() { }\n// beacon")
    write(tmp_path, "b.swift", "func beaconB() { }\nfunc lureB() { lureA() }")
    write(tmp_path, "c.swift", "func beaconC() { lureB() }")
    write(tmp_path, "d.swift", "func beaconD() { lureNot() }")
    report = run(tmp_path)
    assert found(report) == [("b.swift", "beaconB"), ("c.swift", "beaconC")]
    assert (report.statistics.rounds, report.files_relevant) == (3, 3)
    assert report.statistics.effort.files_read == 4


def test_names_that_only_matter_together(tmp_path: Path):
    write(tmp_path, "a.swift", "func pairA() { }\n// beacon")
    write(tmp_path, "b.swift", "func beaconB() { pairA() }")
    write(tmp_path, "c.swift", "func beaconC() { pairA2() }")
    write(tmp_path, "d.swift", "func beaconD() { pairA(pairA2) }")
    assert found(run(tmp_path)) == [("d.swift", "beaconD")]


def test_findings_in_test_code_only_on_request(tmp_path: Path):
    write(tmp_path, "AppTests/a.swift")
    write(tmp_path, "b.swift")
    report = run(tmp_path)
    assert found(report) == [("b.swift", "beacon1")]
    assert report.statistics.test_findings == 1
    assert len(found(run(tmp_path, include_tests=True))) == 2


def test_a_tree_without_sources(tmp_path: Path):
    report = run(tmp_path)
    assert (report.files_seen, report.findings) == (0, [])


def test_a_path_that_does_not_exist(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        run(tmp_path, paths=(str(tmp_path / "nowhere"),))


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, "a/x.swift")
    monkeypatch.chdir(tmp_path)
    report = scan(ScanOptions(paths=("a",), use_cache=False), RULES)
    assert found(report) == [("x.swift", "beacon1")]


def test_a_file_with_gaps_is_analysed_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read_module = frontends.read_module

    def with_gaps(path: str, text: bytes) -> Module:
        module = read_module(path, text)
        if "gaps" in path:
            module.damage = Damage(functions=5, lost=[(1, 2)], damaged=[(3, 4), (5, 6)], declarations=2)
        return module

    monkeypatch.setattr(frontends, "read_module", with_gaps)
    write(tmp_path, "gaps.swift")
    write(tmp_path, "whole.swift")
    report = run(tmp_path)
    assert found(report) == [("gaps.swift", "beacon1"), ("whole.swift", "beacon1")]
    assert report.partial == [PartialFile("gaps.swift", 5, 1, 2, 2, 0)]


def test_the_collector_is_as_it_was(tmp_path: Path):
    write(tmp_path, "a.swift")
    assert gc.isenabled()
    run(tmp_path)
    assert gc.isenabled()


# Bad input: the good file beside it is still reported

BAD = {
    "empty": b"",
    "only a word": b"beacon",
    "binary": b"beacon\x00\x01\x02" * 1000,
    "random": b"beacon " + bytes(range(256)) * 40,
    "utf-16 cut": "\ufeffbeacon func f(".encode("utf-16-le")[:-1],
    "nul late": b"// beacon\n" + b"let a = 1\n" * 1000 + b"\0",
    "one line": b"let beacon = [" + b"1," * 200_000 + b"]",
    "braces": b"beacon " + b"{" * 50_000,
    "parentheses": b"let beacon = " + b"(" * 20_000 + b")" * 20_000,
    "closures": b"let beacon = " + b"{ a in " * 5_000,
    "brackets": b"void beacon(void) { " + b"[a " * 10_000,
    "strings": b'let beacon = "\\(' + b'"\\(' * 5_000,
    "comments": b"beacon " + b"/* " * 300,
    "conditions": b"// beacon\n" + b"#if A\n" * 20_000,
    "carriage returns": b"// beacon\rfunc f() { }\r" * 100,
}


@pytest.mark.parametrize("suffix", ["swift", "m", "h"])
@pytest.mark.parametrize("kind", BAD)
def test_bad_content_costs_nothing_else(tmp_path: Path, kind: str, suffix: str):
    write(tmp_path, f"bad.{suffix}", BAD[kind])
    write(tmp_path, "good.swift")
    report = run(tmp_path, file_seconds=10)
    assert [place for place in found(report) if place[0] == "good.swift"] == [("good.swift", "beacon1")]
    assert report.files_seen == 2
    named = {path for _, path in notified(report)} | {partial.path for partial in report.partial}
    assert named <= {f"bad.{suffix}"}


def test_text_that_is_not_utf8(tmp_path: Path):
    write(tmp_path, "a.swift", "// größe beacon\nfunc beaconA() { }".encode("utf-16"))
    write(tmp_path, "b.swift", "// größe beacon\nfunc beaconB() { }".encode("latin-1"))
    write(tmp_path, "c.swift", b"\xef\xbb\xbffunc beaconC() { } // beacon")
    report = run(tmp_path)
    assert [finding.symbol for finding in report.findings] == ["beaconA", "beaconB", "beaconC"]
    assert report.findings[2].start == 0


def test_what_is_not_text_is_told(tmp_path: Path):
    write(tmp_path, "a.swift", b"\x7fELF\0\0beacon")
    write(tmp_path, "b.swift")
    report = run(tmp_path)
    assert notified(report) == [("not-text", "a.swift")]
    assert found(report) == [("b.swift", "beacon1")]


def test_what_is_too_large_is_told(tmp_path: Path):
    write(tmp_path, "large.swift", GOOD + "// " + "x" * 1000)
    write(tmp_path, "good.swift")
    report = run(tmp_path, largest_file=500)
    assert notified(report) == [("too-large", "large.swift")]
    assert found(report) == [("good.swift", "beacon1")]


@posix
def test_odd_files_beside_a_good_one(tmp_path: Path):
    os.mkfifo(tmp_path / "fifo.swift")
    (tmp_path / "ring.m").symlink_to("ring.m")
    (tmp_path / "up").symlink_to(".")
    (tmp_path / "folder.swift").mkdir()
    write(tmp_path, "good.swift")
    report = run(tmp_path)
    assert found(report) == [("good.swift", "beacon1")]
    assert notified(report) == [("special-file", "fifo.swift"), ("unreadable-file", "ring.m")]


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses names that are no UTF-8")
@pytest.mark.parametrize("method", METHODS)
def test_a_name_that_is_no_text(tmp_path: Path, method: str):
    name = os.fsdecode(b"od\xffd\n.swift")
    write(tmp_path, name)
    cache_dir = str(tmp_path / "cache")
    for _ in range(2):
        assert found(run(tmp_path, method=method, cache_dir=cache_dir)) == [(name, "beacon1")]


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read_file = walking.read_file

    def refusing(location: str) -> bytes:
        if location.endswith("closed.swift"):
            raise PermissionError(13, "Permission denied")
        return read_file(location)

    monkeypatch.setattr(walking, "read_file", refusing)
    write(tmp_path, "closed.swift")
    write(tmp_path, "good.swift")
    report = run(tmp_path)
    assert notified(report) == [("unreadable-file", "closed.swift")]
    assert "Permission denied" in report.notifications[0].text
    assert found(report) == [("good.swift", "beacon1")]


# Processes


@pytest.mark.parametrize("method", [*METHODS, "spawn"])
@pytest.mark.parametrize("jobs", [1, 3])
def test_however_files_are_parsed_the_result_is_the_same(
    tmp_path: Path, method: str, jobs: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(parallel, "_BYTES_PER_WORKER", 100)
    seen: list[list[bytes]] = []

    def encoded(modules, *others):
        seen.append([parallel._encoder.encode(module) for module in modules])
        return find(modules, *others)

    find = asking.find
    monkeypatch.setattr(asking, "find", encoded)
    for number in range(12):
        write(
            tmp_path,
            f"{number}.swift",
            f"/* beacon */ func beacon{number}() {{ let a = {'x' * number * 7} }}\n",
        )
    write(tmp_path, "x.m", OBJC)
    serial = run(tmp_path, method="here")
    report = run(tmp_path, method=method, jobs=jobs)
    assert seen[0] == seen[1]
    assert report.findings == serial.findings
    assert len(report.findings) == 13


def test_where_forking_is_not_to_be_had_large_trees_get_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made: list[str] = []

    class Counted(parallel.SpawnedWorker):
        def __init__(self, serve) -> None:
            made.append("worker")
            super().__init__(serve)

    monkeypatch.setattr(parallel, "_can_fork", lambda: False)
    monkeypatch.setattr(parallel, "SpawnedWorker", Counted)
    write(tmp_path, "a.swift")
    assert (len(run(tmp_path, jobs=2).findings), made) == (1, [])
    monkeypatch.setattr(parallel, "_SPAWN_FROM", 10)
    assert (len(run(tmp_path, jobs=2).findings), made) == (1, ["worker"])


def misbehaving(monkeypatch: pytest.MonkeyPatch, how) -> None:
    """Parse ``bad…`` files by calling ``how``, in processes that are forked from this one."""
    parse_file = parallel.parse_file

    def parse(path: str, location: str, data: bytes | None):
        if "bad" in path:
            how()
        return parse_file(path, location, data)

    monkeypatch.setattr(parallel, "parse_file", parse)


forking = pytest.mark.skipif(not parallel._can_fork(), reason="needs a forked process to play the fool")


@forking
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (lambda: os.kill(os.getpid(), 11), "signal 11"),
        (lambda: os.abort(), "signal 6"),
        (lambda: os._exit(3), "exit code 3"),
        (lambda: sys.exit(4), "exit code 1"),
    ],
)
def test_a_crash_costs_one_file(
    tmp_path: Path,
    how,
    reason: str,
    jobs: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    misbehaving(monkeypatch, how)
    for number in range(5):
        write(tmp_path, f"good{number}.swift")
    write(tmp_path, "bad1.swift")
    write(tmp_path, "bad2.swift")
    report = run(tmp_path, jobs=jobs)
    assert [path for path, _ in found(report)] == [f"good{number}.swift" for number in range(5)]
    assert notified(report) == [("parser-crash", "bad1.swift"), ("parser-crash", "bad2.swift")]
    assert reason in report.notifications[0].text
    assert capfd.readouterr().err == ""


def test_a_front_end_s_mistake_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read_module = frontends.read_module

    def mistaken(path: str, text: bytes) -> Module:
        return {}[path] if "bad" in path else read_module(path, text)

    monkeypatch.setattr(frontends, "read_module", mistaken)
    write(tmp_path, "bad.swift")
    write(tmp_path, "good.swift")
    report = run(tmp_path)
    assert found(report) == [("good.swift", "beacon1")]
    assert notified(report) == [("parser-crash", "bad.swift")]
    assert "KeyError" in report.notifications[0].text


@forking
def test_a_hang_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    misbehaving(monkeypatch, lambda: time.sleep(600))
    write(tmp_path, "bad.swift", GOOD * 10)
    write(tmp_path, "good.swift")
    report = run(tmp_path, file_seconds=0.5)
    assert found(report) == [("good.swift", "beacon1")]
    assert notified(report) == [("parser-timeout", "bad.swift")]


def open_files() -> int:
    """How many this process has open; 0 where the system does not tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@forking
def test_no_process_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    misbehaving(monkeypatch, lambda: os._exit(1))
    write(tmp_path, "bad.swift")
    write(tmp_path, "good.swift")
    before = open_files()
    run(tmp_path, jobs=2)
    assert open_files() == before
    with suppress(ChildProcessError):
        assert os.waitpid(-1, os.WNOHANG) == (0, 0), "a dead process was not waited for"


def test_the_same_tree_gives_the_same_report(tmp_path: Path):
    for number in range(20):
        write(tmp_path, f"{number % 3}/{number}.swift", GOOD * number + "func broken() { ) }")
    write(tmp_path, "x.swift", b"\0\0")
    first, second = run(tmp_path, jobs=2), run(tmp_path, jobs=1)
    assert first.findings == second.findings
    assert first.partial == second.partial
    assert first.notifications == second.notifications
