"""``backhaul.toml``: found in the right place, and refused with one clear line."""

from pathlib import Path

import pytest
from backhaul.config import Config, ConfigError, find_config, read_config


def write(folder, text: str):
    file = folder / "backhaul.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key(tmp_path):
    file = write(
        tmp_path,
        """
        select = ["background-session"]
        ignore = ["background-session-async"]
        exclude = ["Legacy/"]
        min-severity = "warning"
        min-confidence = "medium"
        fail-on = "never"
        include-tests = true
        pedantic = true
        rules = ["tools/rules"]
        """,
    )
    configured = read_config(file)
    assert configured.config == Config(
        select=("background-session",),
        ignore=("background-session-async",),
        exclude=("Legacy/",),
        min_severity="warning",
        min_confidence="medium",
        fail_on="never",
        include_tests=True,
        pedantic=True,
        rules=("tools/rules",),
    )
    assert configured.rule_folders == (tmp_path / "tools" / "rules",)


def test_an_empty_file_changes_nothing(tmp_path):
    assert read_config(write(tmp_path, "")).config == Config()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('# a comment\nselct = ["x"]', "backhaul.toml:2: unknown key `selct`; did you mean `select`?"),
        ("[scan]\n", "backhaul.toml:1: unknown key `scan`"),
        ('pedantic = "yes"', "backhaul.toml:1: `pedantic`: expected `bool`, got `str`"),
        ('\nmin-severity = "high"', "backhaul.toml:2: `min-severity`: invalid enum value 'high'"),
        ("select = [", "backhaul.toml:1: not TOML: "),
        ("select = [1]", "backhaul.toml:1: `select[0]`: expected `str`, got `int`"),
    ],
)
def test_wrong_files_are_refused_in_one_line(tmp_path, monkeypatch, text, problem):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        read_config(write(tmp_path, text))
    assert str(caught.value).startswith(problem)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_utf8(tmp_path):
    file = tmp_path / "backhaul.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_config(file)


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_config(tmp_path / "other.toml")


@pytest.mark.parametrize("name", ["../rules", "/etc", "a/../../b"])
def test_rules_stay_inside_the_folder_of_the_file(tmp_path, name):
    configured = read_config(write(tmp_path / "tree", f'rules = ["{name}"]'))
    with pytest.raises(ConfigError, match="outside the file's folder"):
        _ = configured.rule_folders


def test_a_link_does_not_lead_outside_either(tmp_path):
    configured = read_config(write(tmp_path / "tree", 'rules = ["link"]'))
    (tmp_path / "tree" / "link").symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="outside the file's folder"):
        _ = configured.rule_folders


def test_the_nearest_file_up_to_the_root(tmp_path):
    outside = write(tmp_path, "")
    inner = tmp_path / "tree" / "App" / "Sources"
    inner.mkdir(parents=True)
    root = str(tmp_path / "tree")
    assert find_config(str(inner), root) is None
    top = write(tmp_path / "tree", "")
    assert find_config(str(inner), root) == top
    near = write(tmp_path / "tree" / "App", "")
    assert find_config(str(inner), root) == near
    assert find_config(str(tmp_path), str(tmp_path)) == outside


def test_the_folder_of_a_file(tmp_path):
    top = write(tmp_path, "")
    (tmp_path / "A.swift").write_text("")
    assert find_config(str(tmp_path / "A.swift"), str(tmp_path)) == top


@pytest.mark.parametrize("exists", [True, False])
def test_where_files_must_not_be_looked_at_the_folder_tells(tmp_path, monkeypatch, exists):
    if exists:
        write(tmp_path, "")

    def forbid(self):
        raise PermissionError(1, "Operation not permitted", str(self))

    monkeypatch.setattr(Path, "is_file", forbid)
    assert find_config(str(tmp_path), str(tmp_path)) == (tmp_path / "backhaul.toml" if exists else None)
