"""Broken input: no crash, and nothing lost of the sound files beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_apps import SAMPLES, expected, findings, sources

NEIGHBOURS = sorted((Path(__file__).parent / "neighbours").iterdir())
BROKEN = {".swift": "Broken.swift", ".m": "Broken.m", ".h": "Broken.h", ".py": "Broken.py"}
IMPORTS = b"import objc\n"
"""What makes a Python file a source; to the others it is an error more."""
SOUND = sorted(path for app in SAMPLES.glob("*/before") for path in sources(app))


def scanned_with(folder: Path, name: str, broken: bytes) -> None:
    """Scans ``broken`` beside sound files and holds their findings against what they expect."""
    for path in NEIGHBOURS:
        shutil.copy(path, folder)
    wanted = expected(folder)
    (folder / name).write_bytes(broken)
    assert [found for found in findings(folder) if found[0] != name] == wanted


fuzz = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@given(path=st.sampled_from(SOUND), data=st.data())
def test_truncated(path: Path, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory):
    source = path.read_bytes()
    first = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(first, len(source)))
    scanned_with(tmp_path_factory.mktemp("tree"), BROKEN[path.suffix], source[first:end])


@fuzz
@given(path=st.sampled_from(SOUND), other=st.sampled_from(SOUND), data=st.data())
def test_spliced(path: Path, other: Path, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory):
    source, inserted = path.read_bytes(), other.read_bytes()
    at = data.draw(st.integers(0, len(source)))
    first = data.draw(st.integers(0, len(inserted)))
    end = data.draw(st.integers(first, len(inserted)))
    broken = source[:at] + inserted[first:end] + source[at:]
    scanned_with(tmp_path_factory.mktemp("tree"), BROKEN[path.suffix], broken)


@fuzz
@given(path=st.sampled_from(SOUND), data=st.data())
def test_tokens_lost_and_doubled(path: Path, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory):
    source = path.read_bytes()
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(source)))
        junk = data.draw(
            st.sampled_from(
                [b"", b"{", b"}", b"(", b'"', b"/*", b"@end", b"#if X\n", b"#endif\n", b"^{", b"\\"]
            )
        )
        cut = data.draw(st.integers(0, 3))
        source = source[:at] + junk + source[at + cut :]
    scanned_with(tmp_path_factory.mktemp("tree"), BROKEN[path.suffix], source)


@fuzz
@given(name=st.sampled_from(sorted(BROKEN.values())), data=st.binary(max_size=400))
def test_any_bytes(name: str, data: bytes, tmp_path_factory: pytest.TempPathFactory):
    scanned_with(tmp_path_factory.mktemp("tree"), name, IMPORTS + b"URLSession " + data)


OPENINGS = [
    "not ",
    "f'{",
    "lambda:",
    "if a:\n ",
    "{",
    "(",
    "[",
    "^{",
    "[a ",
    "x.y{ ",
    "if a { ",
    "#if A\n",
    "@[",
    '"\\(',
]


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("name", sorted(BROKEN.values()))
def test_deep_nesting(name: str, opening: str, tmp_path: Path):
    scanned_with(tmp_path, name, IMPORTS + b"URLSession\n" + (opening * 3000).encode())


def test_deeply_nested_comments(tmp_path: Path):
    # The Swift grammar takes time quadratic in their depth: a tenth of the depth of the others.
    scanned_with(tmp_path, "Broken.swift", b"// URLSession\n" + b"/*" * 300)


@pytest.mark.parametrize(
    "name", ["Info.plist", "App.entitlements", "project.pbxproj", "Package.swift", "package.json"]
)
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"<plist><dict>", b"// !$*UTF8*$!\n{ objects = {", b"{" * 5000]
)
def test_broken_project_files(name: str, content: bytes, tmp_path: Path):
    scanned_with(tmp_path, name, content)
