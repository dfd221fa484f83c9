"""``backhaul.toml``: found in the right place, and refused with one clear line."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import backhaul
import pytest
from backhaul.config import Config, ConfigError, Configured, PerPath, find_config, read_config, schema
from backhaul.init_command import schema_text
from backhaul.rules import load_rules
from backhaul.scan_command import rule_names
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator


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
        targets = ["App"]
        baseline = "tools/known.json"

        [severity]
        background-task = "note"

        [[per-path]]
        paths = ["Old/"]
        ignore = ["transfer"]
        min-severity = "error"
        min-confidence = "high"
        severity = { background-data-task = "warning" }
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
        targets=("App",),
        baseline="tools/known.json",
        severity={"background-task": "note"},
        per_path=(
            PerPath(("Old/",), ("transfer",), "error", "high", severity={"background-data-task": "warning"}),
        ),
    )
    assert configured.baseline == tmp_path / "tools" / "known.json"
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
        (
            "\n[severity]\na-rule = 'note'\nb-rule = 'high'",
            "backhaul.toml:4: `severity.b-rule`: `high` is no severity; known: `note`, `warning`, `error`",
        ),
        ("severity = 1", "backhaul.toml:1: `severity`: expected `object`, got `int`"),
        ("per-path = 1", "backhaul.toml:1: `per-path` is written as [[per-path]]"),
        ("[per-path]\npaths = []", "backhaul.toml:1: `per-path` is written as [[per-path]]"),
        ("[[per-path]]\n", "backhaul.toml:1: the key `paths` is missing in [per-path]"),
        ("[[per-path]]\npaths = []", "backhaul.toml:2: `paths`: expected `array` of length >= 1"),
        (
            "[[per-path]]\npaths = ['a']\n\n[[per-path]]\npaths = ['b']\nignor = []",
            "backhaul.toml:6: unknown key `ignor` in [per-path]; did you mean `ignore`?",
        ),
        (
            "[[per-path]]\npaths = ['a']\nmin-severity = 'eror'",
            "backhaul.toml:3: `min-severity`: invalid enum value 'eror'; did you mean `error`?",
        ),
        (
            "exclude = ['a', '*a*a*a*a*a*a*a*a*a']",
            "backhaul.toml:1: `exclude`: the pattern `*a*a",
        ),
        ("[[per-path]]\npaths = ['*a*a*a*a*a*a*a*a*a']", "backhaul.toml:2: `paths`: the pattern `*a*a"),
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


NAMES = ("rule-a", "rule-b", "family")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "pedantic = true\nselect = ['family',\n'rule-aa']",
            "3: `rule-aa` is neither a rule nor",
        ),
        ("ignore = ['all']", "1: `all` is neither a rule nor a family; known: "),
        ("[severity]\nfamily = 'note'\nrule-c = 'note'", "3: `rule-c` is neither a rule nor a family"),
        ("[[per-path]]\npaths = ['a']\n[[per-path]]\npaths = ['b']\nignore = ['x']", "5: `x` is neither"),
        ("[[per-path]]\npaths = ['a']\nseverity = { x = 'note' }", "3: `x` is neither a rule nor a family"),
    ],
)
def test_names_that_no_rule_has(tmp_path, monkeypatch, text, problem):
    monkeypatch.chdir(tmp_path)
    configured = read_config(write(tmp_path, text))
    with pytest.raises(ConfigError) as caught:
        configured.check_names(NAMES)
    assert str(caught.value).startswith(f"backhaul.toml:{problem}")


def test_names_that_rules_have(tmp_path):
    text = "select = ['family']\nignore = ['rule-a']\n[severity]\nrule-b = 'note'"
    read_config(write(tmp_path, text)).check_names(NAMES)


def test_the_folder_that_patterns_are_relative_to(tmp_path):
    inside = read_config(write(tmp_path / "tree" / "App", ""))
    assert inside.base(str(tmp_path / "tree")) == "App/"
    assert inside.base(str(tmp_path / "tree" / "App")) == ""
    assert inside.base(str(tmp_path / "other")) == ""
    assert Configured().base(str(tmp_path)) == ""


# The schema that editors use says what the loader does.

WORDS = st.sampled_from(["rule-a", "note", "error", "high", "never", "Old/", "*.m", ""])
VALUES = st.recursive(
    WORDS | st.booleans() | st.integers(-1, 3) | st.just(1.5) | st.just(date(2026, 1, 2)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=6,
)
KEYS = st.sampled_from([*schema()["$defs"]["Config"]["properties"], "selct"])
PART_KEYS = st.sampled_from([*schema()["$defs"]["PerPath"]["properties"], "path"])
LISTS = st.lists(WORDS, max_size=2)
PARTS = st.dictionaries(PART_KEYS, VALUES | LISTS, max_size=4)
TABLES = st.dictionaries(KEYS, VALUES | LISTS | st.lists(PARTS, max_size=2), max_size=4)


def as_toml(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)} = {as_toml(v)}" for k, v in value.items()) + "}"
        case list():
            return f"[{', '.join(map(as_toml, value))}]"
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value)


@settings(max_examples=300)
@given(TABLES)
def test_the_schema_accepts_what_the_loader_accepts(tmp_path_factory, table):
    text = "".join(f"{json.dumps(key)} = {as_toml(value)}\n" for key, value in table.items())
    accepted = Draft202012Validator(schema()).is_valid(tomllib.loads(text))
    file = tmp_path_factory.getbasetemp() / "backhaul.toml"
    file.write_text(text, encoding="utf-8")
    try:
        read_config(file)
    except ConfigError as error:
        assert not accepted, (text, error)
    else:
        assert accepted, text


def test_the_schema_is_a_schema_and_shipped_as_it_is():
    Draft202012Validator.check_schema(schema())
    shipped = Path(backhaul.__file__).parent / "schemas" / "config.schema.json"
    assert shipped.read_text(encoding="utf-8") == schema_text(), "backhaul init --schema"


def test_the_page_about_it_shows_every_key(tmp_path):
    page = Path(__file__).parents[1] / "docs" / "configuration.md"
    [text] = re.findall(r"(?ms)^```toml\n(.*?)^```", page.read_text(encoding="utf-8"))
    read_config(write(tmp_path, text)).check_names(rule_names(load_rules()))
    shown = tomllib.loads(text)
    assert set(shown) == set(schema()["$defs"]["Config"]["properties"])
    assert set(shown["per-path"][0]) == set(schema()["$defs"]["PerPath"]["properties"])


def test_every_key_is_described():
    for part in schema()["$defs"].values():
        assert all(key.get("description") for key in part["properties"].values())


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
