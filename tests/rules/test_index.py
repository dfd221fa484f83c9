"""The compiled index gives what the pages and models say, and is never trusted when it may not."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest
from backhaul.rules import RuleSet, load_rules, loading
from backhaul.rules.index import Index, read_index

from .conftest import Changed


def compared(rules: RuleSet) -> tuple[object, ...]:
    models = rules.models
    return rules.cards, models.types, models.operations, models.hooks, rules.vocabulary, rules.fingerprint


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one with every compilation."""
    seen: list[str] = []
    compile_rules = loading.compile_rules

    def counted(texts: list[tuple[str, bytes]], digest: str) -> Index:
        seen.append(digest)
        return compile_rules(texts, digest)

    monkeypatch.setattr(loading, "compile_rules", counted)
    return seen


def test_index_gives_the_same(rules_with: Changed, tmp_path: Path, compilations: list[str]) -> None:
    extra = [rules_with()]
    cache = tmp_path / "cache"
    first = load_rules(extra, index_folder=cache)
    second = load_rules(extra, index_folder=cache)
    assert len(compilations) == 1
    assert compared(first) == compared(second) == compared(load_rules(extra, use_index=False))
    assert len(files_in(cache)) == 1


@pytest.mark.parametrize("name", ["doors/door-left-open.md", "models/doors.toml"])
def test_a_changed_file_is_read_anew(
    rules_with: Changed, tmp_path: Path, compilations: list[str], name: str
) -> None:
    folder = rules_with()
    cache = tmp_path / "cache"
    before = load_rules([folder], index_folder=cache)
    file = folder / name
    file.write_text(file.read_text(encoding="utf-8").replace("Doors", "Gates"), encoding="utf-8")
    after = load_rules([folder], index_folder=cache)
    assert len(compilations) == 2
    assert before.fingerprint != after.fingerprint
    assert len(files_in(cache)) == 1


def test_changed_code_is_noticed(
    rules_with: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = rules_with()
    before = load_rules([folder], index_folder=tmp_path / "cache")
    monkeypatch.setattr("backhaul.rules.index._own_sources", lambda: [("changed.py", b"")])
    assert load_rules([folder], index_folder=tmp_path / "cache").fingerprint != before.fingerprint


def _with_another_digest(data: bytes) -> bytes:
    digest = msgspec.msgpack.decode(data, type=Index).digest
    return data.replace(digest.encode(), b"0" * len(digest))


DAMAGE = {
    "empty": lambda data: data[:0],
    "cut": lambda data: data[: len(data) // 2],
    "not ours": lambda data: b"\x93" + data,
    "another digest": _with_another_digest,
    "wrong type": lambda data: msgspec.msgpack.encode([len(data)] * 6),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_index_is_made_anew(
    rules_with: Changed, tmp_path: Path, compilations: list[str], kind: str
) -> None:
    extra = [rules_with()]
    cache = tmp_path / "cache"
    right = load_rules(extra, index_folder=cache)
    (file,) = files_in(cache)
    file.write_bytes(DAMAGE[kind](file.read_bytes()))
    assert compared(load_rules(extra, index_folder=cache)) == compared(right)
    assert len(compilations) == 2
    assert read_index(file, right.fingerprint) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_an_index_that_others_may_write_is_not_read(
    rules_with: Changed, tmp_path: Path, compilations: list[str]
) -> None:
    extra = [rules_with()]
    cache = tmp_path / "cache"
    rules = load_rules(extra, index_folder=cache)
    (file,) = files_in(cache)
    file.chmod(0o666)
    assert read_index(file, rules.fingerprint) is None
    load_rules(extra, index_folder=cache)
    assert len(compilations) == 2
    assert file.stat().st_mode & 0o077 == 0


def test_no_folder_for_the_index_is_no_error(rules_with: Changed, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert load_rules([rules_with()], index_folder=blocked / "below").card("door-left-open")


def test_without_index_nothing_is_written(rules_with: Changed, tmp_path: Path) -> None:
    load_rules([rules_with()], index_folder=tmp_path / "cache", use_index=False)
    assert not (tmp_path / "cache").exists()


def test_rules_are_found_in_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "backhaul"
    (package / "rules").mkdir(parents=True)
    (package / "rules_data").mkdir()
    monkeypatch.setattr(loading, "__file__", str(package / "rules" / "loading.py"))
    assert loading.rules_folder() == package / "rules_data"
