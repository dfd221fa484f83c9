"""A wrong page or model is one clear error that names the file, the line and the remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from backhaul.rules import RuleError, load_rules

from .conftest import MODEL, PAGE, Changed


def error_of(folder: Path) -> RuleError:
    with pytest.raises(RuleError) as caught:
        load_rules([folder], use_index=False)
    return caught.value


def line_of(text: str, part: str) -> int:
    """The 1-based line on which ``part`` stands."""
    return text[: text.index(part)].count("\n") + 1


def test_a_right_folder_is_loaded(rules_with: Changed) -> None:
    rules = load_rules([rules_with()], use_index=False)
    card = rules.card("door-left-open")
    assert card is not None
    assert (card.title, card.family, card.matches[0].matcher) == ("A door left open", "doors", "call")
    assert card.placeholders == {"call", "subject"}
    assert card.summary == "The heat leaves."
    assert next(iter(card.sections)) == "Why"
    assert {"Door", "openDoor"} <= rules.vocabulary


WRONG_PAGES = [
    ('severity    = "warning"', 'severty = "warning"', "severty", "did you mean `severity`?"),
    (
        'severity    = "warning"',
        'severity = "fatal"',
        "fatal",
        "invalid enum value 'fatal'; known: `error`, `note`, `warning`",
    ),
    ('since       = "0.1.0"', 'since = "soon"', "soon", "`since` is a version"),
    ('consequence = "energy"\n', "", "id    ", "the key `consequence` is missing"),
    ('languages   = ["swift"]', 'languages = ["java"]', "java", "`languages[0]`"),
    ('id          = "door-left-open"', 'id = "door-open"', "door-open", "not the name of the file"),
    ("{subject} lets", "{sub ject} lets", "sub ject", "not a placeholder"),
    ("{subject} lets", "{subject lets", "subject lets", "`message`"),
    ("the heat out", "the heat out.", "heat out.", "without a full stop"),
    ('matcher   = "call"', 'matcher = "cal"', '"cal"', "did you mean `call`?"),
    ('matcher   = "call"\n', "", "[match]", "the key `matcher` is missing"),
    ('"door.open"', '"door.opne"', "opne", "unknown operation or tag `door.opne`; did you mean `door.open`?"),
    ('how = "not-nil"', 'hoow = "not-nil"', "hoow", "has a role `hoow`; did you mean `how`?"),
    ('how = "not-nil"', 'how = { kind = "opne" }', "opne", "unknown kind `opne`"),
    (
        'operation = "door.open"',
        'operation = "door.open"\nreciever = {}',
        "reciever",
        "did you mean `receiver`?",
    ),
    ('url   = "https://example.com/doors"', 'url = "doors"', 'url = "doors"', "`url` begins with https://"),
    ('says  = "Doors must be closed."\n', "", "[[source]]", "the key `says` is missing in [source]"),
    ('severity    = "warning"', "severity = warning", "severity = w", "not TOML"),
    ("# A door left open\n", "A door left open\n", "A door", "begins with its title"),
    ("```toml\n", "```yaml\n", "```yaml", "followed by a block of TOML"),
]


@pytest.mark.parametrize(("old", "new", "at", "says"), WRONG_PAGES, ids=[w[3] for w in WRONG_PAGES])
def test_wrong_page(rules_with: Changed, old: str, new: str, at: str, says: str) -> None:
    error = error_of(rules_with(page=(old, new)))
    assert error.path.endswith("doors/door-left-open.md")
    assert says in error.problem
    assert error.line == line_of(PAGE.replace(old, new), at)
    assert str(error) == f"{error.path}:{error.line}: {error.problem}"


WRONG_MODELS = [
    ('words = ["Door", "openDoor"]', "word = []", "word =", "did you mean `words`?"),
    ('tags = ["opening"]', 'tag = ["opening"]', "tag =", "did you mean `tags`?"),
    ('tags = ["opening"]', 'tags = "opening"', "tags =", "`tags`: expected `array`, got `str`"),
    ('"TestDoor.open(_:quietly:)"', '"TestDoor.open(_, quietly)"', "(_, q", "is not a Swift spelling"),
    ('"-[TSTDoor open:quietly:]"', '"[TSTDoor open]"', "[TSTDoor open]", "is not an Objective-C spelling"),
    ('"TestDoor.open(_:quietly:)"', '"TestDor.open(_:quietly:)"', "TestDor.", "did you mean `TestDoor`?"),
    ("how = 1 }", "how = 2 }", "how = 2", "no spelling of `door.open` has an argument 2"),
    ('calls = { how = "later" }', 'calls = { when = "later" }', "when", "`when` is no role"),
    ('calls = { how = "later" }', 'calls = { how = "soon" }', "soon", "`calls[...]`"),
    ("argument:who", "argument:whom", "argument:whom", "did you mean `who`?"),
    ("argument:who", "Open Door", "Open Door", "is not a word"),
    ('type = "TSTDoor"', 'type = "TSDoor"', "TSDoor", "did you mean `TSTDoor`?"),
    ('also = ["TSTDoor"]', 'also = ["URLSession"]', "URLSession", "already named by"),
    ('tags = ["opening"]', 'tags = ["door.open"]', "tags =", "is the id of an operation"),
    (
        '"TestDoor.init(opened:by:)"',
        '"TSTDoor.open(_:quietly:)"',
        "TSTDoor.open",
        "already spells `door.open`",
    ),
    ('swift = ["door(_:didOpenFor:)"]\nobjc = ["door:didOpenFor:"]\n', "", "[[hook]]\n", "[[hook]] needs"),
    ('tags = ["opening"]', 'nil-unless = "bakground"', "nil-unless", "did you mean `background`?"),
    ('noun = "door"', "noun = door", "noun", "not TOML"),
    ("https://example.com", "http://example.com", "http:", "begins with https://"),
]


@pytest.mark.parametrize(("old", "new", "at", "says"), WRONG_MODELS, ids=[w[3] for w in WRONG_MODELS])
def test_wrong_model(rules_with: Changed, old: str, new: str, at: str, says: str) -> None:
    error = error_of(rules_with(model=(old, new)))
    assert error.path.endswith("models/doors.toml")
    assert says in error.problem
    assert error.line == line_of(MODEL.replace(old, new), at) + (1 if at == "[[hook]]\n" else 0)


def test_two_rules_of_one_id(rules_with: Changed) -> None:
    folder = rules_with()
    second = folder / "gates" / "door-left-open.md"
    second.parent.mkdir()
    second.write_text(PAGE, encoding="utf-8")
    error = error_of(folder)
    assert error.path == str(second)
    assert re.search(r"already on .*doors.door-left-open\.md", error.problem)


def test_not_utf8(rules_with: Changed) -> None:
    folder = rules_with()
    page = folder / "doors" / "door-left-open.md"
    page.write_bytes(PAGE.encode() + b"\n\xff\n")
    assert (error_of(folder).line, error_of(folder).problem) == (PAGE.count("\n") + 2, "not UTF-8")


def test_no_such_folder(tmp_path: Path) -> None:
    assert "no such folder" in error_of(tmp_path / "missing").problem


def test_folder_without_rules(tmp_path: Path) -> None:
    assert "no rule page" in error_of(tmp_path).problem


def test_nothing_in_a_folder_is_executed(rules_with: Changed, tmp_path: Path) -> None:
    folder = rules_with()
    trap = tmp_path / "trapped"
    for name in ("conftest.py", "doors/__init__.py", "models/setup.py", "sitecustomize.py"):
        (folder / name).write_text(f"open({str(trap)!r}, 'w')\n", encoding="utf-8")
    load_rules([folder], use_index=False)
    assert not trap.exists()
