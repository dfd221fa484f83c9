"""Git repositories for the clients to work in: samples, as a team would have them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
ANALYZER = ROOT / "analyzer"
_WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what git or pytest said about another repository, and ``more``."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))}
    return {**own, "GIT_CONFIG_GLOBAL": os.devnull, **more}


def git(repository: Path, *arguments: str) -> str:
    """Runs git and gives what it prints. Raises CalledProcessError."""
    return subprocess.run(
        ["git", *_WHO, *arguments],
        cwd=repository,
        env=environment(),
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.strip()


def commit(repository: Path, message: str) -> str:
    """Commits everything; gives the commit's hash."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)
    return git(repository, "rev-parse", "HEAD")


def repository_of(sample: str, folder: Path) -> Path:
    """A repository whose one commit, on the branch ``main``, holds a sample (``field-notes/after``)."""
    shutil.copytree(SAMPLES / sample, folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "The app")
    return folder
