"""Reading of pages: sections, examples, markers; and the table of all pages."""

from __future__ import annotations

import pytest
from backhaul.rules import RuleError, load_rules, rules_folder
from backhaul.rules.catalogue import table_of
from backhaul.rules.page import check_page, read_page

from .conftest import PAGE


def page(text: str) -> object:
    return read_page("doors/door-left-open.md", text)


def test_table_is_current() -> None:
    """Made anew by ``python -m backhaul.rules --index > rules/README.md``."""
    written = (rules_folder() / "README.md").read_text(encoding="utf-8")
    assert written == table_of(load_rules(use_index=False))


def test_sections_and_examples() -> None:
    read = read_page("p.md", PAGE)
    assert read.summary == "The heat leaves."
    assert read.sections["How to fix it"] == "Close it."
    flagged, other = read.examples
    assert flagged.files[0].expected == ((1, "door-left-open"),)
    assert flagged.files[0].text == "door.open(me, quietly: true) // expect: door-left-open\n"
    assert PAGE.split("\n")[flagged.line - 1] in flagged.files[0].text
    assert other.files[0].expected == ()


def test_several_rules_on_one_line_and_captions() -> None:
    text = PAGE.replace(
        "open\n```\n\n## Not",
        "open, door-lost\n```\n\nIn the\nother tongue:\n\n```objc\n[d open];\n```\n\n## Not",
    )
    first, second, _ = read_page("p.md", text).examples
    assert first.files[0].expected == ((1, "door-left-open"), (1, "door-lost"))
    assert (second.caption, second.files[0].path) == ("In the other tongue:", "Example.m")


PROJECTS = """
## Across files

### One

`Sources/A.swift`

```swift
# not a heading
open() // expect: door-left-open
```

`Sources/B.m`

```objc
[door shut];
```

### Two

`Info.plist`

```xml
<plist/>
```
"""


def test_projects() -> None:
    first, second = read_page("p.md", PAGE + PROJECTS).examples[2:]
    assert (first.caption, second.caption) == ("One", "Two")
    assert [file.path for file in first.files] == ["Sources/A.swift", "Sources/B.m"]
    assert first.files[0].expected == ((2, "door-left-open"),)
    assert [file.language for file in second.files] == ["xml"]


WRONG = [
    (("## Why", "## Wyh"), "unknown section `Wyh`; did you mean `Why`?", "## Wyh"),
    (("## Known limits\n\nNone.", "## Why\n\nNone."), "the section `Why` stands there twice", None),
    (
        ("```swift\ndoor.close", "```java\ndoor.close"),
        "an example is in swift, objc, python or xml, not `java`",
        "```java",
    ),
    (("door.close()\n```\n", "door.close()\n"), "the block is not closed", "```swift\ndoor.close"),
]


@pytest.mark.parametrize(("change", "says", "at"), WRONG, ids=[w[1] for w in WRONG])
def test_wrong_page(change: tuple[str, str], says: str, at: str | None) -> None:
    text = PAGE.replace(*change)
    with pytest.raises(RuleError) as caught:
        page(text)
    assert caught.value.problem == says
    if at is not None:
        assert caught.value.line == text[: text.index(at)].count("\n") + 1


def test_project_file_without_path() -> None:
    with pytest.raises(RuleError, match="headed by its path"):
        page(PAGE + PROJECTS.replace("`Sources/B.m`", "The second file"))


INCOMPLETE = [
    (("## Why\n\nPhysics.\n\n", ""), ("swift",), "the section `## Why` is missing or empty"),
    (("The heat leaves.\n\n", ""), ("swift",), "a paragraph that says what goes wrong"),
    (("", ""), ("swift", "objc"), "`## Flagged` has no example in objc"),
    ((" // expect: door-left-open", ""), ("swift",), "no line is marked"),
    (("door.close()", "door.close() // expect: door-left-open"), ("swift",), "has no `// expect:`"),
]


@pytest.mark.parametrize(("change", "languages", "says"), INCOMPLETE, ids=[w[2] for w in INCOMPLETE])
def test_incomplete_page(change: tuple[str, str], languages: tuple[str, ...], says: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_page(read_page("p.md", PAGE.replace(*change)), "p.md", "door-left-open", languages)
    assert says in caught.value.problem
