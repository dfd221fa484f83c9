"""The field corpus: pinned npm packages with real iOS sources, and the labelled sites in them.

The packages are other people's code: they are downloaded with npm (and so from the registry this
machine is set up for) into the user's cache folder, checked against the pinned sha512, unpacked
there, and never committed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
CERTAIN = 0.8
LANGUAGES = {"swift": "Swift", "objc": "Objective-C", "objcpp": "Objective-C", "plist": "plist"}


class CorpusUnavailableError(Exception):
    """The packages cannot be had here (no npm, no network); the message says why."""


class CorpusCorruptError(Exception):
    """A package is not the one that was pinned, or cannot be unpacked safely."""


@dataclass(frozen=True)
class Package:
    """One pinned package; ``integrity`` is npm's ``sha512-`` and base64."""

    name: str
    version: str
    integrity: str

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def tarball(self) -> str:
        """The file name that ``npm pack`` gives the package."""
        return f"{self.name.lstrip('@').replace('/', '-')}-{self.version}.tgz"


@dataclass(frozen=True)
class Label:
    """One site that a person read: the pitfall is there (``flag``) or is not (``silent``).

    ``path`` is relative to the package's folder; lines are 1-based, both included.
    """

    package: str
    path: str
    line: int
    line_end: int
    rule: str
    expect: str
    lang: str
    certainty: float
    needs: str
    why: str

    @property
    def is_certain(self) -> bool:
        return self.certainty >= CERTAIN

    @property
    def language(self) -> str:
        return LANGUAGES[self.lang]


def packages() -> list[Package]:
    rows = json.loads((HERE / "packages.json").read_text(encoding="utf-8"))
    return [Package(row["package"], row["version"], row["integrity"]) for row in rows]


def labels() -> list[Label]:
    rows = (json.loads(line) for line in (HERE / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Label(
            package=f"{row['package']}@{row['version']}",
            **{key: row[key] for key in Label.__dataclass_fields__ if key != "package"},
        )
        for row in rows
    ]


def cache_folder() -> Path:
    """Where packages are kept: ``BACKHAUL_FIELD_CACHE``, or the user's cache folder."""
    if chosen := os.environ.get("BACKHAUL_FIELD_CACHE"):
        return Path(chosen)
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "backhaul" / "field-corpus"


def unpacked(wanted: list[Package] | None = None) -> dict[str, Path]:
    """The folder of every package by ``name@version``; downloads and unpacks what is missing.

    Raises ``CorpusUnavailableError`` when a package is missing and cannot be downloaded, and
    ``CorpusCorruptError`` when one is not what was pinned.
    """
    wanted = packages() if wanted is None else wanted
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    folders = {package.spec: _folder(cache, package) for package in wanted}
    missing = [package for package in wanted if not folders[package.spec].is_dir()]
    if missing:
        with tempfile.TemporaryDirectory(dir=cache, prefix="download-") as name:
            download(missing, Path(name))
            for package in missing:
                tarball = Path(name, package.tarball)
                check(tarball, package)
                _install(tarball, folders[package.spec])
    return {spec: folder / "package" for spec, folder in folders.items()}


def _folder(cache: Path, package: Package) -> Path:
    # The hash is part of the name: what lies there was checked against this very pin.
    digest = hashlib.sha256(package.integrity.encode()).hexdigest()[:12]
    return cache / f"{package.name.replace('/', '+')}@{package.version}-{digest}"


def download(wanted: list[Package], folder: Path) -> None:
    """Puts the tarballs into ``folder``; the packages' scripts are not run."""
    npm = shutil.which("npm")
    if npm is None:
        raise CorpusUnavailableError("npm is not installed; it downloads the packages of the corpus")
    command = [npm, "pack", "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    command += [package.spec for package in wanted]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        raise CorpusUnavailableError("npm did not finish within ten minutes") from None
    absent = [package.spec for package in wanted if not (folder / package.tarball).is_file()]
    if absent:
        said = " ".join(line for line in done.stderr.splitlines() if "npm warn" not in line)
        raise CorpusUnavailableError(
            f"npm could not download {', '.join(absent[:3])}: {said[:300] or 'no reason given'}"
        )


def check(tarball: Path, package: Package) -> None:
    """Raises ``CorpusCorruptError`` unless ``tarball`` has the pinned sha512."""
    algorithm, _, expected = package.integrity.partition("-")
    with tarball.open("rb") as file:
        actual = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if algorithm != "sha512" or actual != expected:
        raise CorpusCorruptError(f"{package.spec}: sha512 is {actual}, pinned is {package.integrity}")


def _install(tarball: Path, folder: Path) -> None:
    """Unpacks beside ``folder`` and moves it there whole: a broken run leaves nothing behind."""
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix="unpack-"))
    try:
        unpack(tarball, fresh)
        try:
            fresh.replace(folder)
        except OSError:
            if not folder.is_dir():  # else another run was faster, with the same content
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def unpack(tarball: Path, folder: Path) -> None:
    """Unpacks the regular files of ``tarball`` below ``folder``/package.

    Whatever its name, the single top folder of an npm tarball becomes ``package``. Links, devices
    and every name that leads out of the folder raise ``CorpusCorruptError``.
    """
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts
            if member.isdir():
                continue
            if (
                not member.isreg()
                or len(parts) < 2
                or parts[0] == "/"
                or ".." in parts
                or "\\" in member.name
            ):
                raise CorpusCorruptError(f"{tarball.name}: does not belong into a package: {member.name!r}")
            target = folder.joinpath("package", *parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            source = archive.extractfile(member)
            assert source is not None  # a regular file always has content
            with source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
