"""A rule page: Markdown with a TOML block in front, sections of prose, and examples that are tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from backhaul.model.languages import BY_NAME, language_of
from backhaul.rules.errors import RuleError, nearest

REQUIRED_SECTIONS = ("Why", "How to fix it", "Known limits", "Flagged", "Not flagged")
EXAMPLE_SECTIONS = ("Flagged", "Not flagged", "Across files")
SECTIONS = (*REQUIRED_SECTIONS, "Across files")

_EXAMPLE_FILES = {name: f"Example.{language.suffixes[0]}" for name, language in BY_NAME.items()}
_EXAMPLE_FILES["xml"] = "Info.plist"
_LANGUAGES = {"xml": "plist"}
_FENCE = re.compile(r"(```+|~~~+)\s*([\w+-]*)\s*$")
_FILE_HEADING = re.compile(r"`([^`\s]+)`:?")
_EXPECT = re.compile(r"(?://|#|<!--)\s*expect:\s*([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)")


class ExampleFile(Struct, frozen=True):
    """One file of an example. ``line``: 1-based line of the page on which ``text`` begins.

    ``expected``: 1-based lines of ``text`` with the rule that must report there.
    """

    path: str
    language: str
    text: str
    line: int
    expected: tuple[tuple[int, str], ...]


class Example(Struct, frozen=True):
    """Files that are scanned together: a single block, or the blocks of one project.

    ``caption``: the prose above it, on one line.
    """

    section: str
    caption: str
    files: tuple[ExampleFile, ...]

    @property
    def line(self) -> int:
        return self.files[0].line

    @property
    def comment(self) -> str:
        """What begins a comment in its first file."""
        language = language_of(self.files[0].path)
        return "//" if language is None else language.comment


class Page(Struct, frozen=True):
    """What follows the TOML block. ``sections`` maps a heading to its Markdown, in order."""

    summary: str
    sections: dict[str, str]
    examples: tuple[Example, ...]


class Front(Struct, frozen=True):
    """The head of a page: its title and its TOML, which begins on the 1-based ``line``."""

    title: str
    toml: str
    line: int
    end: int  # 0-based line after the block


def read_front(path: str, text: str) -> Front:
    """Title and TOML block of a page. Raises ``RuleError``."""
    lines = text.split("\n")
    title = lines[0].removeprefix("# ").strip() if lines[0].startswith("# ") else ""
    if not title:
        raise RuleError(path, 1, "a rule page begins with its title: `# Title`")
    for index, line in enumerate(lines[1:], start=1):
        if line.strip() == "```toml":
            for end in range(index + 1, len(lines)):
                if lines[end].strip() == "```":
                    return Front(title, "\n".join(lines[index + 1 : end]), index + 2, end + 1)
            raise RuleError(path, index + 1, "the TOML block is not closed")
        if line.strip():
            raise RuleError(path, index + 1, "the title is followed by a block of TOML: ```toml")
    raise RuleError(path, len(lines), "the title is followed by a block of TOML: ```toml")


def read_page(path: str, text: str) -> Page:
    """The prose and the examples of a page. Raises ``RuleError`` for a section that is not known."""
    front = read_front(path, text)
    lines = text.split("\n")
    starts = [number for number, heading in _headings(lines, front.end) if heading.startswith("## ")]
    summary = "\n".join(lines[front.end : starts[0] if starts else len(lines)]).strip()
    sections: dict[str, str] = {}
    examples: list[Example] = []
    for start, end in pairwise([*starts, len(lines)]):
        name = lines[start].removeprefix("## ").strip()
        if name not in SECTIONS:
            raise RuleError(path, start + 1, f"unknown section `{name}`{nearest(name, SECTIONS)}")
        if name in sections:
            raise RuleError(path, start + 1, f"the section `{name}` stands there twice")
        sections[name] = "\n".join(lines[start + 1 : end]).strip()
        if name in EXAMPLE_SECTIONS:
            examples.extend(_examples(path, name, lines, start + 1, end))
    return Page(summary, sections, tuple(examples))


def read_examples(path: str, text: str) -> tuple[Example, ...]:
    """The examples on a page that is no rule's: of an API model. Raises ``RuleError``.

    It has a title, and sections in the form of a rule's; other sections are prose.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    starts = [number for number, heading in _headings(lines, 0) if heading.startswith("## ")]
    examples: list[Example] = []
    for start, end in pairwise([*starts, len(lines)]):
        name = lines[start].removeprefix("## ").strip()
        if name in EXAMPLE_SECTIONS:
            examples.extend(_examples(path, name, lines, start + 1, end))
    if not examples:
        raise RuleError(path, 1, f"no examples; they stand under {', '.join(EXAMPLE_SECTIONS)}")
    return tuple(examples)


def check_page(page: Page, path: str, rule: str, languages: Sequence[str]) -> None:
    """Raises ``RuleError`` unless the page has its sections and its examples show what they claim."""
    for name in REQUIRED_SECTIONS:
        if not page.sections.get(name):
            raise RuleError(path, 1, f"the section `## {name}` is missing or empty")
    if not page.summary:
        raise RuleError(path, 1, "a paragraph that says what goes wrong stands before the first section")
    for section in ("Flagged", "Not flagged"):
        files = [file for e in page.examples if e.section == section for file in e.files]
        shown = {_LANGUAGES.get(file.language, file.language) for file in files}
        for language in languages:
            if language not in shown:
                raise RuleError(path, 1, f"`## {section}` has no example in {language}")
    for example in page.examples:
        expected = {name for file in example.files for _, name in file.expected}
        if example.section == "Flagged" and rule not in expected:
            raise RuleError(path, example.line, f"no line is marked `{example.comment} expect: {rule}`")
        if example.section == "Not flagged" and expected:
            raise RuleError(
                path, example.line, f"an example that is not flagged has no `{example.comment} expect:`"
            )


def _headings(lines: Sequence[str], start: int) -> Iterator[tuple[int, str]]:
    """0-based line numbers of the headings that stand outside fenced blocks."""
    fence = ""
    for number in range(start, len(lines)):
        match = _FENCE.match(lines[number].strip())
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1]
        elif not fence and lines[number].startswith("#"):
            yield number, lines[number]


class _Block(Struct):
    language: str
    text: str
    line: int
    lead: str  # the paragraph right above
    group: int  # how many ### headings came before
    heading: str  # the last of them


def _blocks(path: str, lines: Sequence[str], start: int, end: int) -> Iterator[_Block]:
    lead: list[str] = []
    group, heading = 0, ""
    number = start
    while number < end:
        line = lines[number].strip()
        match = _FENCE.match(line)
        if match:
            close = next((n for n in range(number + 1, end) if lines[n].strip() == match[1]), None)
            if close is None:
                raise RuleError(path, number + 1, "the block is not closed")
            code = "\n".join(lines[number + 1 : close]) + "\n"
            yield _Block(match[2], code, number + 2, " ".join(lead), group, heading)
            lead, number = [], close
        elif line.startswith("### "):
            group, heading, lead = group + 1, line.removeprefix("### "), []
        elif line:
            lead.append(line)
        elif lead and number + 1 < end and not _FENCE.match(lines[number + 1].strip()):
            lead = []
        number += 1


def _examples(path: str, section: str, lines: Sequence[str], start: int, end: int) -> Iterator[Example]:
    """The examples of one section: single blocks, and projects, each below a heading of its own."""
    blocks = list(_blocks(path, lines, start, end))
    if section != "Across files":
        for block in (b for b in blocks if not b.group):
            if block.language not in _EXAMPLE_FILES:
                *others, last = _EXAMPLE_FILES
                problem = f"an example is in {', '.join(others)} or {last}, not `{block.language}`"
                raise RuleError(path, block.line - 1, problem)
            file = _file(block, _EXAMPLE_FILES[block.language])
            yield Example(section, block.lead, (file,))
        blocks = [block for block in blocks if block.group]
    for group in dict.fromkeys(block.group for block in blocks):
        files = []
        heading = ""
        for block in (b for b in blocks if b.group == group):
            name = _FILE_HEADING.fullmatch(block.lead)
            if name is None:
                raise RuleError(
                    path, block.line - 1, "a file of a project is headed by its path: `Sources/Name.swift`"
                )
            files.append(_file(block, name[1]))
            heading = block.heading
        yield Example(section, heading, tuple(files))


def _file(block: _Block, path: str) -> ExampleFile:
    expected = tuple(
        (number, rule.strip())
        for number, line in enumerate(block.text.split("\n"), start=1)
        for match in [_EXPECT.search(line)]
        if match
        for rule in match[1].split(",")
    )
    return ExampleFile(path, block.language, block.text, block.line, expected)
