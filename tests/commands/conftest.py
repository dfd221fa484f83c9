"""Commands are run in the folder of a small app."""

from __future__ import annotations

import json

import pytest
from backhaul import cli
from small_app import BAD, RULE, put


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    return str(tmp_path_factory.mktemp("caches"))


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, caches):
    """The user's caches lie elsewhere, and nothing asks for colours."""
    monkeypatch.setenv("XDG_CACHE_HOME", caches)
    for name in ("FORCE_COLOR", "NO_COLOR", "BACKHAUL_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def tree(tmp_path, monkeypatch):
    """An app with one mistake, in the working folder."""
    folder = tmp_path / "tree"
    put(folder / "App" / "Uploader.swift", BAD)
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys):
    """Runs a command line; gives exit code, standard output and standard error."""

    def run_it(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(argv)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_it


@pytest.fixture
def scan(run):
    """Scans for one rule, as JSON; gives exit code and report."""

    def scan_it(*argv: str) -> tuple[int, dict]:
        code, out, err = run("scan", "--format", "json", "--select", RULE, *argv)
        assert out, err
        return code, json.loads(out)

    return scan_it
