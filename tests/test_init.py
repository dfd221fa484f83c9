"""``backhaul init``: what it says of a project is true, and what it writes can be used."""

from __future__ import annotations

import re
import shutil

import pytest
from backhaul import cli
from backhaul.config import Config, read_config, schema
from sample_apps import SAMPLES


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "app"
    shutil.copytree(SAMPLES / "field-notes" / "before", folder)
    monkeypatch.chdir(folder)
    return folder


def settings_in(text: str) -> str:
    """``text`` with every setting that is commented out switched on."""
    return re.sub(r"(?m)^# (?=[a-z-]+ = |\[)", "", text)


def test_it_changes_nothing(project, capsys):
    assert cli.main(["init"]) == 0
    assert capsys.readouterr().err == "backhaul: wrote backhaul.toml: every line in it is optional\n"
    assert read_config(project / "backhaul.toml").config == Config()


def test_every_setting_is_there_and_can_be_switched_on(project):
    cli.main(["init"])
    file = project / "backhaul.toml"
    file.write_text(settings_in(file.read_text()))
    config = read_config(file).config
    assert config.targets == ("FieldNotes",)
    assert config.per_path
    keys = {name for part in schema()["$defs"].values() for name in part["properties"]}
    assert all(re.search(rf"(?m)^(?:{key} = |\[+{key}\])", file.read_text()) for key in keys)


def test_it_has_looked(project):
    (project / "FieldNotesTests").mkdir()
    (project / "FieldNotesTests" / "A.swift").write_text("let a = 1\n")
    (project / "Pods" / "X").mkdir(parents=True)
    (project / "Pods" / "X" / "x.m").write_text("int x;\n")
    cli.main(["init"])
    text = (project / "backhaul.toml").read_text()
    assert "# Not looked at anyway: Pods (vendored)." in text
    assert "# Tests found: FieldNotesTests/." in text
    assert "# Targets found: FieldNotes (app)." in text
    assert "#   MapSession.session in FieldNotes/Maps/MapSession.swift\n" in text
    assert "13 source files (7 in Objective-C, 6 in Swift)" in text


def test_an_empty_folder(tmp_path):
    assert cli.main(["init", str(tmp_path)]) == 0
    assert "below this folder: 0 source files.\n" in (tmp_path / "backhaul.toml").read_text()


def test_names_cannot_break_out_of_a_comment_or_a_string(project):
    hostile = 'x\nfail-on = "never"\n# \x1b[2J"'
    project_file = next(project.rglob("project.pbxproj"))
    text = project_file.read_text()
    quoted = hostile.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    project_file.write_text(text.replace("FieldNotes", f'"{quoted}"'))
    (project / "node_modules\nfail-on = 'never'").mkdir()
    (project / 'T"Tests').mkdir()
    (project / 'T"Tests' / "a\n.swift").write_text("let a = 1\n")
    assert cli.main(["init"]) == 0
    file = project / "backhaul.toml"
    assert read_config(file).config == Config()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", file.read_text())


def test_an_existing_file_is_left_alone(project, capsys):
    (project / "backhaul.toml").write_text("pedantic = true\n")
    assert cli.main(["init"]) == 2
    assert capsys.readouterr().err == "backhaul: error: backhaul.toml is already there\n"
    assert (project / "backhaul.toml").read_text() == "pedantic = true\n"


def test_a_link_is_not_followed(project, tmp_path):
    (project / "backhaul.toml").symlink_to(tmp_path / "elsewhere")
    assert cli.main(["init"]) == 2
    assert not (tmp_path / "elsewhere").exists()


def test_no_such_folder(capsys):
    assert cli.main(["init", "nowhere"]) == 2
    assert capsys.readouterr().err == "backhaul: error: there is no folder `nowhere`\n"
