"""The action: its own steps, on a repository as GitHub would check it out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import repositories
from composite import Played, Run, run_action
from repositories import SAMPLES, commit, git

UPLOAD = "github/codeql-action/upload-sarif"
PLAYED = {"actions/setup-python": Played({"python-path": sys.executable})}
REFUSED = {UPLOAD: Played(is_success=False)}
BAD_FILE = "FieldNotes/Notes/NoteUploader.swift"


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a job whose first step, the installation, has been run."""
    folder = tmp_path_factory.mktemp("runner")
    workspace = tmp_path_factory.mktemp("empty")
    for name in ("pip", "venv", "json"):  # names of modules that the installation imports
        (workspace / f"{name}.py").write_text("raise SystemExit('imported from the workspace')\n")
    github = {"sha": "0" * 40, "event_name": "push", "repository": "ada/notes"}
    run = run_action(workspace, folder, {}, github, PLAYED)
    assert "nothing" not in run.log
    assert "no Swift, Objective-C or PyObjC source was found" in run.log
    assert (folder / "backhaul" / "bin" / "backhaul").is_file()
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return repositories.repository_of("field-notes/before", tmp_path / "notes")


@pytest.fixture
def on_push(workspace: Path, temporary: Path) -> Callable[..., Run]:
    """Runs the action for a push; keywords are inputs, with underscores for hyphens."""

    def run(played: dict[str, Played] | None = None, **inputs: str) -> Run:
        github = {
            "sha": git(workspace, "rev-parse", "HEAD"),
            "event_name": "push",
            "repository": "ada/notes",
        }
        return act(workspace, temporary, github, played, **inputs)

    return run


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory, temporary: Path) -> Run:
    """The action without any input, for a push."""
    workspace = repositories.repository_of("field-notes/before", tmp_path_factory.mktemp("push") / "notes")
    github = {"sha": git(workspace, "rev-parse", "HEAD"), "event_name": "push", "repository": "ada/notes"}
    return act(workspace, temporary, github, None)


def act(
    workspace: Path, temporary: Path, github: dict[str, Any], played: dict[str, Played] | None, **inputs: str
) -> Run:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return run_action(
        workspace, temporary, given, github, PLAYED | (played or {}), skip=frozenset(["install"])
    )


def pull_request(tmp_path: Path, *, head: str = "ada/notes", depth: int = 1) -> tuple[Path, dict[str, Any]]:
    """A checkout of the merge of a pull request that adds one bad file, while others made mistakes on main.

    ``head``: the repository it comes from. Gives the workspace and the context ``github``.
    """
    origin = repositories.repository_of("field-notes/after", tmp_path / "origin")
    base = git(origin, "rev-parse", "HEAD")
    git(origin, "checkout", "--quiet", "-b", "change")
    spoil(origin, BAD_FILE)
    commit(origin, "A change with mistakes")
    git(origin, "checkout", "--quiet", "main")
    spoil(origin, "FieldNotes/Maps/FNTileCache.m")
    commit(origin, "Somebody else's mistakes")
    git(origin, "checkout", "--quiet", "-b", "merge")
    git(origin, "merge", "--quiet", "--no-ff", "--message", "Merge", "change")
    workspace = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", f"--depth={depth}", "--branch=merge", origin.as_uri(), str(workspace))
    event = {"pull_request": {"base": {"sha": base}, "head": {"repo": {"full_name": head}}}}
    sha = git(workspace, "rev-parse", "HEAD")
    return workspace, {
        "sha": sha,
        "event_name": "pull_request",
        "repository": "ada/notes",
        "event": event,
    }


def spoil(repository: Path, path: str) -> None:
    content = (SAMPLES / "field-notes" / "before" / path).read_bytes()
    (repository / path).write_bytes(content)


def results(run: Run) -> list[dict[str, Any]]:
    log = json.loads(Path(run.outputs["sarif-file"]).read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


class TestPush:
    def test_findings_are_uploaded_counted_and_fail_the_job(self, pushed):
        assert not pushed.is_success
        assert pushed.used[UPLOAD] == {"sarif_file": pushed.outputs["sarif-file"], "category": "backhaul"}
        levels = Counter(f"{each['level']}s" for each in results(pushed))
        assert {name: int(pushed.outputs[name]) for name in levels} == levels
        assert int(pushed.outputs["findings"]) == levels.total() > 0
        assert pushed.outputs["exit-code"] == "1"

    def test_the_report_is_in_the_log_and_in_the_summary(self, pushed):
        assert "error[background-upload-from-data]: Upload task made from in-memory data" in pushed.log
        assert "background-upload-from-data" in pushed.summary

    def test_what_was_uploaded_is_not_annotated_too(self, pushed, on_push):
        assert "::error file" not in pushed.log
        assert "::error file=FieldNotes/" in on_push(annotations="true").log

    def test_an_upload_that_is_refused_is_made_up_for(self, on_push):
        run = on_push(REFUSED, fail_on="never")
        assert run.is_success
        assert run.log.count("::error file=") == int(run.outputs["errors"])

    def test_an_upload_that_was_demanded_must_succeed(self, on_push):
        run = on_push(REFUSED, upload="true", fail_on="never", summary="false")
        assert not run.is_success
        assert run.summary == ""

    def test_inputs_become_options(self, on_push, workspace):
        run = on_push(
            select="background-session-async, background-task", ignore="background-task", pedantic="true"
        )
        assert run.outputs["findings"] == "1"
        (workspace / "My Code").mkdir()
        (workspace / BAD_FILE).rename(workspace / "My Code" / "--quiet.swift")
        run = on_push(paths="FieldNotes/Core\n\nMy Code/--quiet.swift\n", min_severity="error")
        files = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results(run)}
        assert "My%20Code/--quiet.swift" in files
        assert not any(file.startswith("FieldNotes/Maps") for file in files)

    def test_a_wrong_configuration_stops_it(self, on_push, workspace):
        (workspace / "backhaul.toml").write_text("slect = []\n", encoding="utf-8")
        run = on_push()
        assert not run.is_success
        assert "backhaul.toml:1" in run.log
        assert UPLOAD not in run.used

    def test_the_report_goes_where_it_is_wanted(self, on_push, workspace):
        run = on_push(sarif_file="results.sarif", upload="false", fail_on="never")
        assert run.is_success
        assert UPLOAD not in run.used
        assert run.outputs["sarif-file"] == str(workspace / "results.sarif")
        assert results(run)

    def test_what_stands_in_the_sources_commands_nothing(self, on_push, workspace):
        bad = workspace / BAD_FILE
        evil = bad.with_name("::error::owned.swift")
        evil.write_bytes(bad.read_bytes().replace(b"// expect", b"// ::warning::owned ##[error]owned"))
        log = on_push(annotations="false").log
        start = log.index("::stop-commands::")
        token = log[start:].splitlines()[0].removeprefix("::stop-commands::")
        inside, after = log[start:].split(f"::{token}::")
        assert "owned" in inside
        assert "owned" not in log[:start] + after

    def test_modules_in_the_workspace_are_not_imported(self, on_push, workspace):
        for name in ("json", "secrets", "backhaul", "argparse"):
            (workspace / f"{name}.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
        run = on_push()
        assert run.outputs["exit-code"] == "1"
        assert results(run)


class TestPullRequest:
    def test_changed_lines_are_reported_and_everything_is_uploaded(self, tmp_path, temporary):
        workspace, github = pull_request(tmp_path)
        run = act(workspace, temporary, github, None)
        assert not run.is_success
        assert run.outputs["changed-since"] == git(workspace, "rev-parse", "HEAD^1")
        assert 0 < int(run.outputs["findings"]) < len(results(run))

    def test_everything_can_be_reported(self, tmp_path, temporary):
        workspace, github = pull_request(tmp_path, depth=2)
        run = act(workspace, temporary, github, None, changed_since="all")
        assert int(run.outputs["findings"]) == len(results(run))

    def test_one_from_a_fork_is_annotated_and_not_uploaded(self, tmp_path, temporary):
        workspace, github = pull_request(tmp_path, head="bob/notes", depth=2)
        run = act(workspace, temporary, github, None, fail_on="never")
        assert run.is_success
        assert UPLOAD not in run.used
        annotated = [
            line for line in run.log.splitlines() if line.startswith(("::error file", "::warning file"))
        ]
        assert len(annotated) == int(run.outputs["findings"]) > 0
        assert all(f"file={BAD_FILE}," in line for line in annotated)

    def test_one_that_changes_nothing_bad_succeeds(self, tmp_path, temporary):
        workspace, github = pull_request(tmp_path, head="bob/notes", depth=2)
        (workspace / BAD_FILE).write_bytes((SAMPLES / "field-notes" / "after" / BAD_FILE).read_bytes())
        run = act(workspace, temporary, github, None)
        assert run.is_success
        assert run.outputs["findings"] == "0"
        assert len(results(run)) > 0, "the others' mistakes are still there"

    def test_the_branch_itself_may_be_checked_out(self, tmp_path, temporary):
        _, github = pull_request(tmp_path)
        workspace = tmp_path / "branch"
        git(tmp_path, "clone", "--quiet", "--branch=change", (tmp_path / "origin").as_uri(), str(workspace))
        run = act(workspace, temporary, github, None)
        assert run.outputs["changed-since"] == github["event"]["pull_request"]["base"]["sha"]
        assert int(run.outputs["findings"]) > 0

    def test_without_the_base_everything_is_reported_with_a_warning(self, tmp_path, temporary):
        workspace, github = pull_request(tmp_path)
        git(workspace, "remote", "remove", "origin")
        run = act(workspace, temporary, github, None)
        assert "::warning::The base of the pull request is not in the checkout" in run.log
        assert run.outputs["changed-since"] == ""
        assert int(run.outputs["findings"]) == len(results(run))
