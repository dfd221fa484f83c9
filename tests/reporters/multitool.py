"""Microsoft's SARIF validator, installed once into a cache outside the tree."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path

VERSION = "5.7.0"
SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}


class UnavailableError(Exception):
    """Why the validator cannot be had."""


@cache
def multitool() -> Path:
    """The validator's program. Raises ``UnavailableError``."""
    system = SYSTEMS.get(platform.system())
    if system is None or platform.machine() not in ("x86_64", "AMD64"):
        raise UnavailableError(f"no build for {platform.system()} on {platform.machine()}")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "backhaul-tests" / f"sarif-multitool-{VERSION}"
    program = folder / "node_modules" / "@microsoft" / f"sarif-multitool-{system}" / "Sarif.Multitool"
    if not program.is_file():
        _install(folder)
    if not program.is_file():
        raise UnavailableError("npm installed no program")
    program.chmod(0o755)  # npm may be told not to run the package's script that does this
    return program


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    package = f"@microsoft/sarif-multitool@{VERSION}"
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"npm: {error}") from None
    if done.returncode:
        raise UnavailableError(f"npm: {done.stderr.strip()[-300:]}")


def validate(log: Path) -> list[tuple[str, str, str]]:
    """Level, rule and place of everything that the validator has to say about a SARIF log."""
    program = multitool()
    found = log.with_suffix(".validated.sarif")
    command = [str(program), "validate", str(log), "--rule-kind", "Sarif;Gh", "--level", "Error;Warning;Note"]
    command += ["--output", str(found), "--log", "ForceOverwrite"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if not found.is_file():
        raise UnavailableError(f"it does not run here: {(done.stdout + done.stderr).strip()[-300:]}")
    results = json.loads(found.read_text(encoding="utf-8-sig"))["runs"][0]["results"]
    return [
        (result.get("level", "warning"), result["ruleId"], result["message"]["arguments"][0])
        for result in results
    ]
