"""The build phase and the plugin of docs/xcode.md, as they are pasted."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from backhaul.frontends import read_module
from repositories import ANALYZER, ROOT, SAMPLES

PAGE = (ROOT / "docs" / "xcode.md").read_text(encoding="utf-8")
SCRIPT = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[0]
INPUTS, OUTPUTS = (
    re.findall(r"^\| `(.+?)` \|", part, re.MULTILINE)
    for part in re.split(r"\| (?:Input|Output) Files \|", PAGE)[1:]
)
BACKHAUL = f"""\
#!/bin/sh
PYTHONPATH={shlex.quote(str(ANALYZER))} exec {shlex.quote(sys.executable)} -m backhaul "$@"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the program in it, as pipx and uv put it there."""
    program = tmp_path / "home" / ".local" / "bin" / "backhaul"
    program.parent.mkdir(parents=True)
    program.write_text(BACKHAUL, encoding="utf-8")
    program.chmod(0o755)
    return tmp_path / "home"


def build(sample: str, home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the phase as Xcode does: with few variables but its own, from the folder of the project."""
    project = folder / "My Project"
    shutil.copytree(SAMPLES / sample, project)
    (app,) = (each.name for each in project.iterdir() if not each.name.endswith(".xcodeproj"))
    derived = folder / "Derived Data"
    derived.mkdir()
    settings = {
        "SRCROOT": str(project),
        "PROJECT_FILE_PATH": str(project / f"{app}.xcodeproj"),
        "DERIVED_FILE_DIR": str(derived),
    }

    def expanded(path: str) -> str:
        return re.sub(r"\$\((\w+)\)", lambda match: settings[match[1]], path.replace("MyApp", app))

    declared = {f"SCRIPT_INPUT_FILE_{n}": expanded(path) for n, path in enumerate(INPUTS)}
    declared |= {f"SCRIPT_OUTPUT_FILE_{n}": expanded(path) for n, path in enumerate(OUTPUTS)}
    return subprocess.run(
        ["/bin/sh", "-c", SCRIPT],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), **settings, **declared},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_findings_are_lines_that_xcode_links(home, tmp_path):
    done = build("field-notes/before", home, tmp_path)
    assert done.returncode == 1, "an error stops the build"
    places = re.findall(r"^(/.+?):(\d+):(\d+): (error|warning|note): .+$", done.stdout, re.MULTILINE)
    assert len(places) == len(done.stdout.splitlines()), "Xcode takes every line for itself"
    assert {severity for *_, severity in places} == {"error", "warning", "note"}
    assert all(Path(path).is_file() for path, *_ in places)
    assert done.stderr == ""


def test_it_is_declared_when_it_ran(home, tmp_path):
    build("field-notes/after", home, tmp_path)
    assert (tmp_path / "Derived Data" / "backhaul.stamp").is_file()


def test_a_sound_app_builds_in_silence(home, tmp_path):
    done = build("field-notes/after", home, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_machine_without_the_program_builds_with_a_warning(tmp_path):
    done = build("field-notes/before", tmp_path / "nobody", tmp_path)
    assert done.returncode == 0
    assert re.fullmatch(r"warning: backhaul is not installed.*\n", done.stdout)


@pytest.mark.parametrize("path", ["Package.swift", "Plugins/Backhaul/plugin.swift"])
def test_the_plugin_is_read_without_a_gap(path):
    file = ROOT / "docs" / "swiftpm" / path
    module = read_module(path, file.read_bytes())
    damage = module.damage
    assert not (damage.lost or damage.damaged or damage.bad_declarations)
    assert module.functions
