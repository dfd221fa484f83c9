"""Runs the composite action of ``action.yml`` as GitHub's runner would: its own ``run`` scripts, in order,
with the runner's variables and files. Of the actions it uses, only what they give back is played."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, field
from repositories import ROOT, environment

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

_TOKEN = re.compile(r"'(?:[^']|'')*'|&&|\|\||!=|==|!|[()]|,|[\w.-]+|\s+")
_WORDS = {"&&": " and ", "||": " or ", "!": " not ", "null": "None", "true": "True", "false": "False"}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "format": lambda text, *values: text.format(*values),
    "cancelled": lambda: False,
}


class Played(Struct):
    """What an action that is used gives back: its outputs, and whether it succeeded."""

    outputs: dict[str, str] = {}
    is_success: bool = True


class Run(Struct):
    """What became of a run. ``used``: for each action that was used, its inputs."""

    is_success: bool = True
    outputs: dict[str, str] = {}
    log: str = ""
    summary: str = ""
    used: dict[str, dict[str, str]] = field(default_factory=dict)


def run_action(
    workspace: Path,
    temporary: Path,
    inputs: Mapping[str, str],
    github: Mapping[str, Any],
    played: Mapping[str, Played],
    *,
    skip: frozenset[str] = frozenset(),
) -> Run:
    """Runs the action in ``workspace``. ``temporary``: the runner's folder for the job.

    ``github``: the context of that name. ``played``: by the name of an action without its version.
    ``skip``: ids of steps that have been run before.
    """
    assert set(inputs) <= set(ACTION["inputs"])
    run = Run()
    steps: dict[str, Any] = {}
    given = {name: inputs.get(name, about.get("default", "")) for name, about in ACTION["inputs"].items()}
    contexts = {
        "inputs": given,
        "github": github,
        "runner": {"os": "Linux", "temp": str(temporary)},
        "steps": steps,
    }
    for step in ACTION["runs"]["steps"]:
        if step.get("id") in skip:
            continue
        if not _is_wanted(step, contexts, run):
            steps[step.get("id", "")] = {"outcome": "skipped", "outputs": {}}
            continue
        if "uses" in step:
            name = step["uses"].split("@")[0]
            run.used[name] = {key: _filled(value, contexts) for key, value in step.get("with", {}).items()}
            done = played.get(name, Played())
        else:
            done = _run_script(step, contexts, workspace, run)
        steps[step.get("id", "")] = {
            "outcome": "success" if done.is_success else "failure",
            "outputs": done.outputs,
        }
        if not done.is_success and _filled(step.get("continue-on-error", "false"), contexts) != "true":
            run.is_success = False
    run.outputs = {name: _filled(about["value"], contexts) for name, about in ACTION["outputs"].items()}
    return run


def _is_wanted(step: Mapping[str, Any], contexts: Mapping[str, Any], run: Run) -> bool:
    condition = str(step.get("if", "true")).strip().removeprefix("${{").removesuffix("}}")
    holds = bool(_value(condition, contexts))
    return holds and (run.is_success or "cancelled()" in condition)


def _run_script(step: Mapping[str, Any], contexts: Mapping[str, Any], workspace: Path, run: Run) -> Played:
    temporary = Path(contexts["runner"]["temp"])
    files = {name: temporary / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("", encoding="utf-8")
    script = temporary / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    assert step["shell"] == "bash"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=workspace,
        env=environment(
            RUNNER_TEMP=str(temporary),
            RUNNER_OS="Linux",
            GITHUB_ACTION_PATH=str(ROOT),
            GITHUB_WORKSPACE=str(workspace),
            GITHUB_SHA=contexts["github"]["sha"],
            **{name: str(file) for name, file in files.items()},
            **{name: _filled(value, contexts) for name, value in step.get("env", {}).items()},
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    run.log += done.stdout
    run.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
    lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
    return Played(dict(line.split("=", 1) for line in lines), done.returncode == 0)


def _filled(text: Any, contexts: Mapping[str, Any]) -> str:
    """``text`` with its expressions replaced by what they come to."""

    def shown(match: re.Match[str]) -> str:
        value = _value(match[1], contexts)
        return {None: "", True: "true", False: "false"}.get(value, str(value))

    return re.sub(r"\$\{\{(.*?)\}\}", shown, {True: "true", False: "false"}.get(text, str(text)))


def _value(expression: str, contexts: Mapping[str, Any]) -> Any:
    """What an expression comes to: the part of GitHub's language that ``action.yml`` uses."""
    assert "".join(_TOKEN.findall(expression)) == expression, f"not understood: {expression}"
    python = []
    for token in _TOKEN.findall(expression):
        if token in _WORDS:
            python.append(_WORDS[token])
        elif token.startswith("'"):
            python.append(repr(token[1:-1].replace("''", "'")))
        elif re.match(r"[a-z]", token) and token not in _FUNCTIONS:
            python.append(f"look_up({token!r})")
        else:
            python.append(token)
    names = {**_FUNCTIONS, "look_up": lambda path: _looked_up(path, contexts)}
    return eval("".join(python).strip(), {"__builtins__": {}}, names)


def _looked_up(path: str, contexts: Mapping[str, Any]) -> Any:
    value: Any = contexts
    for name in path.split("."):
        if value is contexts:
            assert name in contexts, f"no context `{name}`"
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
