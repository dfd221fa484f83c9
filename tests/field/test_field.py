"""What the scanner reached on real code must stay reached."""

from __future__ import annotations

import io
import tarfile
import warnings
from pathlib import Path

import corpus
import measure
import pytest


def test_floors_hold(capsys: pytest.CaptureFixture[str]):
    try:
        measurement = measure.measure()
    except corpus.CorpusUnavailableError as reason:
        warnings.warn(f"FIELD CORPUS NOT MEASURED: {reason}", stacklevel=1)
        pytest.skip(f"FIELD CORPUS NOT MEASURED: {reason}")
    with capsys.disabled():
        print("", measure.table(measurement), sep="\n")
    assert measurement.failures == []
    assert measurement.rows, "no label is of a rule that exists"
    assert measure.below_floor(measurement) == []


def test_every_label_is_of_a_pinned_package():
    pinned = {package.spec for package in corpus.packages()}
    labels = corpus.labels()
    assert labels
    assert {label.package for label in labels} <= pinned
    assert {label.expect for label in labels} == {"flag", "silent"}


def tarball(folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    path = folder / "made.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def linked(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = tarfile.SYMTYPE
    member.linkname = target
    return member


def test_the_top_folder_of_a_tarball_becomes_package(tmp_path: Path):
    path = tarball(tmp_path, (tarfile.TarInfo("some-name/ios/A.m"), b"int a;"))
    corpus.unpack(path, tmp_path / "out")
    assert (tmp_path / "out" / "package" / "ios" / "A.m").read_bytes() == b"int a;"


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("package/../../outside.m"),
        tarfile.TarInfo("/package/outside.m"),
        tarfile.TarInfo("package/..\\outside.m"),
        tarfile.TarInfo("outside.m"),
        linked("package/ios", "/"),
        linked("package/A.m", "../../outside.m"),
    ],
    ids=lambda member: member.name,
)
def test_no_tarball_writes_outside_its_folder(tmp_path: Path, member: tarfile.TarInfo):
    path = tarball(tmp_path, (member, b""))
    with pytest.raises(corpus.CorpusCorruptError):
        corpus.unpack(path, tmp_path / "out")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_another_tarball_than_the_pinned_one_is_refused(tmp_path: Path):
    path = tarball(tmp_path, (tarfile.TarInfo("package/A.m"), b"int a;"))
    with pytest.raises(corpus.CorpusCorruptError, match="sha512"):
        corpus.check(path, corpus.Package("made", "1.0.0", "sha512-AAAA"))
