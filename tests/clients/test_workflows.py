"""The action, this repository's workflows and the one in the README, under actionlint, ShellCheck, zizmor."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from composite import ACTION
from repositories import ROOT, environment, git

README = (ROOT / "README.md").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [ROOT / ".ci" / "run", *sorted((ROOT / ".github" / "action").iterdir())]
POLICY = "rules: { unpinned-uses: { config: { policies: { 'backhaul/*': ref-pin, '*': hash-pin } } } }\n"


def check(tool: str, *arguments: object, folder: Path = ROOT) -> None:
    """Runs one of the programs that are installed beside this Python; it must have nothing to say."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        [str(programs / tool), *map(str, arguments)],
        cwd=folder,
        env=environment(PATH=f"{programs}:/usr/bin:/bin", NO_COLOR="1"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def zizmor(*files: Path, folder: Path = ROOT) -> None:
    check("zizmor", "--offline", "--persona", "pedantic", "--no-progress", *files, folder=folder)


@pytest.fixture
def pasted(tmp_path: Path) -> Path:
    """A repository with nothing but the workflow of the README."""
    block = next(b for b in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if b.startswith("name:"))
    file = tmp_path / ".github" / "workflows" / "backhaul.yml"
    file.parent.mkdir(parents=True)
    file.write_text(block, encoding="utf-8")
    (tmp_path / "zizmor.yml").write_text(POLICY, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    return file


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts(script: Path):
    check("shellcheck", script)


def test_the_workflows_of_this_repository():
    assert WORKFLOWS
    check("actionlint", *WORKFLOWS)
    zizmor(*WORKFLOWS)


def test_the_workflow_to_paste(pasted: Path):
    check("actionlint", pasted, folder=pasted.parents[2])
    zizmor(pasted, folder=pasted.parents[2])
    used = [step for job in workflow(pasted)["jobs"].values() for step in job["steps"]]
    inputs = next(step.get("with", {}) for step in used if step["uses"].startswith("backhaul/"))
    assert set(inputs) <= set(ACTION["inputs"])


def test_the_action_under_zizmor():
    zizmor(ROOT / "action.yml")


def test_the_steps_of_the_action_under_actionlint(tmp_path: Path):
    """actionlint reads workflows only: the steps become those of a job that takes the same inputs."""
    inputs = {name: {"type": "string"} for name in ACTION["inputs"]}
    job = {"runs-on": "ubuntu-latest", "steps": ACTION["runs"]["steps"]}
    text = yaml.safe_dump({"on": {"workflow_call": {"inputs": inputs}}, "jobs": {"action": job}})
    file = tmp_path / "action.yml"
    file.write_text(text, encoding="utf-8")
    check("actionlint", file, folder=tmp_path)


def test_scripts_of_steps_hold_no_expressions():
    assert [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("file", [ROOT / "action.yml", *WORKFLOWS], ids=lambda file: file.name)
def test_actions_are_pinned_by_the_hash_of_a_commit(file: Path):
    used = re.findall(r"uses: (\S+)(.*)", file.read_text(encoding="utf-8"))
    loose = [
        name
        for name, rest in used
        if name != "./" and not (re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) and re.match(r" # v\d", rest))
    ]
    assert used
    assert loose == []


def test_every_input_says_what_it_is_for():
    for name, about in (ACTION["inputs"] | ACTION["outputs"]).items():
        assert about["description"].endswith("."), name


def workflow(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_the_documentation_lists_every_input_and_output():
    page = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (?:(?:`([^`]+)`)? ?\| )?(.+) \|$", page, re.MULTILINE)
    told = [*ACTION["inputs"].items(), *ACTION["outputs"].items()]
    assert [(name, text) for name, _, text in rows] == [
        (name, " ".join(about["description"].split())) for name, about in told
    ]
    defaults = {name: about["default"] for name, about in ACTION["inputs"].items() if about["default"]}
    assert {name: default for name, default, _ in rows if default} == defaults
