"""Rule pages as tests: what their examples are marked with is what a scan of them finds."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from backhaul.frontends import SUFFIXES, read_module
from backhaul.reporters.contents import clause
from backhaul.rules import Card, RuleSet
from backhaul.rules.errors import RuleError, nearest
from backhaul.rules.page import Example, ExampleFile, Page, check_page
from backhaul.scan import ScanOptions, scan
from backhaul.sources.text import SourceText


class Problem(Struct, frozen=True):
    """Something that is not as it should be, on the 1-based ``line`` of the page."""

    line: int
    text: str


def page_problems(card: Card, page: Page) -> Iterator[Problem]:
    """What is wrong with the sections of a page, and with the languages of its examples."""
    try:
        check_page(page, card.path, card.id, card.languages)
    except RuleError as error:
        yield Problem(error.line, error.problem)


def example_problems(example: Example, rules: RuleSet, card: Card | None = None) -> list[Problem]:
    """What is wrong with an example that stands on the page of ``card`` (None: on no rule's page).

    Its files are scanned together, by the regular ones of ``rules`` and ``card``; a pedantic rule is
    asked on its own page only.
    """
    known = [other.id for other in rules.cards]
    problems = [
        Problem(file.line + line - 1, f"`{rule}` is not a rule{nearest(rule, known)}")
        for file in example.files
        for line, rule in file.expected
        if rule not in known
    ]
    for file in example.files:
        if Path(file.path).suffix in SUFFIXES:
            problems += _damage(file)
    asked = tuple(
        other
        for other in rules.cards
        if other.audience == "regular" or (card is not None and other.id == card.id)
    )
    return problems or list(_differences(example, msgspec.structs.replace(rules, cards=asked)))


def _damage(file: ExampleFile) -> Iterator[Problem]:
    damage = read_module(file.path, file.text.encode()).damage
    source = SourceText(file.path, file.text.encode())
    for start, _ in (*damage.lost, *damage.damaged):
        yield Problem(file.line + source.line(start) - 1, "this function cannot be parsed in full")
    if damage.bad_declarations:
        yield Problem(file.line, f"{file.path}: a declaration of a type cannot be parsed")


def _differences(example: Example, rules: RuleSet) -> Iterator[Problem]:
    """Where what is found and what is marked differ."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for file in example.files:
            if not (folder / file.path).resolve().is_relative_to(folder):
                yield Problem(file.line, f"`{file.path}` leads out of the example")
                return
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.path).write_text(file.text, encoding="utf-8")
        options = ScanOptions(paths=(str(folder),), root=str(folder), jobs=1, use_cache=False)
        report = scan(options, rules)
    files = {file.path: file for file in example.files}
    for notification in report.notifications:
        place = files.get(notification.path, example)
        yield Problem(place.line, f"{notification.path or 'the example'}: {notification.text}")
    marked = Counter((file.path, line, rule) for file in example.files for line, rule in file.expected)
    for finding in report.findings:
        card, file = rules.card(finding.rule), files[finding.path]
        line = SourceText(file.path, file.text.encode()).line(finding.start)
        if marked[file.path, line, finding.rule] > 0:
            marked[file.path, line, finding.rule] -= 1
        else:
            told = f": {clause(finding, card)}" if card is not None else ""
            yield Problem(file.line + line - 1, f"`{finding.rule}` is found and not expected{told}")
        unfilled = card.placeholders - finding.arguments.keys() if card is not None else ()
        for name in sorted(unfilled):
            yield Problem(file.line + line - 1, f"nothing fills `{{{name}}}` in the message")
    for (path, line, rule), count in marked.items():
        if count:
            yield Problem(files[path].line + line - 1, f"`{rule}` is expected and not found")
