"""The hooks, in the real pre-commit: it builds their environment from this repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from backhaul import cli
from repositories import ROOT, SAMPLES, commit, environment, git, repository_of

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each hook prints when two of an app's three bad files, one in each language, are staged."""
    folder = tmp_path_factory.mktemp("pre-commit")
    repository = repository_of("field-notes/after", folder / "FieldNotes App")
    spoil(repository, "FieldNotes/Core/FNTransferCenter.m", "FieldNotes/Core/TransferSettings.swift")
    commit(repository, "Mistakes of the past")
    spoil(repository, "FieldNotes/Maps/FNTileCache.m", "FieldNotes/Notes/NoteUploader.swift")
    git(repository, "add", "--all")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "--verbose"],
        cwd=repository,
        env=environment(PRE_COMMIT_HOME=str(folder / "home"), XDG_CACHE_HOME=str(folder / "cache")),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    parts = re.split(r"^- hook id: (.*)$", done.stdout, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def spoil(repository: Path, *paths: str) -> None:
    for path in paths:
        shutil.copyfile(SAMPLES / "field-notes" / "before" / path, repository / path)


def flagged(output: str) -> set[str]:
    """The files of the findings in a text report."""
    return set(re.findall(r"^(?:error|warning)\[[\w-]+\]: .*\n +--> (\S+?):", output, re.MULTILINE))


def test_the_hook_for_staged_files_reports_them_alone(output):
    assert "exit code: 1" in output["backhaul"]
    staged = {"FieldNotes/Maps/FNTileCache.m", "FieldNotes/Notes/NoteUploader.swift"}
    assert flagged(output["backhaul"]) == staged


def test_the_hook_for_staged_files_knows_the_others(output):
    assert "--> FieldNotes/Maps/MapSession.swift:" in output["backhaul"]
    assert "in files that were not asked for" in output["backhaul"]


def test_the_full_hook_reports_everything(output):
    assert "exit code: 1" in output["backhaul-full"]
    assert flagged(output["backhaul-full"]) >= {
        "FieldNotes/Core/FNTransferCenter.m",
        "FieldNotes/Maps/FNTileCache.m",
        "FieldNotes/Notes/NoteUploader.swift",
    }


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_arguments_of_the_user_stand_between_the_command_and_the_files(hook, tmp_path, monkeypatch, capsys):
    repository = repository_of("field-notes/before", tmp_path / "app")
    monkeypatch.chdir(repository)
    files = ["FieldNotes/Notes/NoteUploader.swift"] if hook.get("pass_filenames", True) else []
    command = hook["entry"].split()[1:]
    code = cli.main([*command, "--no-cache", "--select", "background-session-async", *files])
    assert code == 1
    assert flagged(capsys.readouterr().out) == {"FieldNotes/Notes/NoteUploader.swift"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_files_that_start_a_hook(hook):
    starts = re.compile(hook["files"])
    for name in (
        "A.swift",
        "b/B.m",
        "B.mm",
        "B.h",
        "Info.plist",
        "App.entitlements",
        "App.xcodeproj/project.pbxproj",
    ):
        assert starts.search(name), name
    for name in ("README.md", "A.swiftmodule", "B.cpp", "Podfile"):
        assert not starts.search(name), name


def test_the_configuration_in_the_readme_names_hooks_that_exist():
    block = next(b for b in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if b.startswith("repos:"))
    (entry,) = yaml.safe_load(block)["repos"]
    assert {hook["id"] for hook in entry["hooks"]} <= {hook["id"] for hook in HOOKS}
