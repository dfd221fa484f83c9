"""``backhaul test-rules``: a folder of rule pages, run as tests."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from backhaul.cli import CLEAN, FINDINGS, NOTHING_SCANNED, UsageError
from backhaul.output import standard_output
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import counted
from backhaul.reporters.styled import Line, write_lines
from backhaul.rule_tests import Problem, example_problems, page_problems
from backhaul.rules import Card, RuleError, RuleSet, load_rules, rules_folder
from backhaul.rules.errors import nearest
from backhaul.rules.loading import pages_of_models
from backhaul.rules.page import Example, read_examples


class _Tested(Struct):
    """A page, and what is wrong with it."""

    path: str
    examples: int
    problems: list[Problem]


def run_rule_tests(arguments: argparse.Namespace, configured: Sequence[Path]) -> int:
    """Tests the pages in a folder and prints what fails. ``configured``: other folders of rules.

    Raises ``UsageError`` for a folder or a rule that is not there, ``RuleError`` for what cannot be read.
    """
    folder = Path(arguments.folder)
    if not folder.is_dir():
        raise UsageError(f"there is no folder `{arguments.folder}`")
    extra = [each for each in (*configured, folder) if not _is_one_of(each, [rules_folder()])]
    rules = load_rules([each for n, each in enumerate(extra) if not _is_one_of(each, extra[:n])])
    cards = [card for card in rules.cards if _is_one_of(Path(card.path).parents[1], [folder])]
    cards = _chosen(cards, arguments.rule)
    models = [] if arguments.rule else pages_of_models(folder)
    stream = standard_output(for_people=True)
    results = [_shown(tested, stream) for tested in _results(cards, models, rules)]
    failed = sum(bool(tested.problems) for tested in results)
    examples = counted(sum(tested.examples for tested in results), "example")
    if not results:
        stream.write(f"No page to test in {visible(arguments.folder)}.\n")
        return NOTHING_SCANNED
    verdict = f"{failed} of {counted(len(results), 'page')} failed" if failed else "All passed"
    about = "" if failed else f"{counted(len(results), 'page')}, "
    write_lines(
        [Line([(verdict, "bold red" if failed else "bold green"), (f" ({about}{examples}).", "")])], stream
    )
    return FINDINGS if failed else CLEAN


def _is_one_of(folder: Path, folders: Sequence[Path]) -> bool:
    return any(os.path.realpath(folder) == os.path.realpath(other) for other in folders)


def _chosen(cards: Sequence[Card], names: Sequence[str]) -> list[Card]:
    known = [card.id for card in cards]
    for name in names:
        if name not in known:
            raise UsageError(f"there is no rule `{name}` in the folder{nearest(name, known)}")
    return [card for card in cards if not names or card.id in names]


def _results(cards: Sequence[Card], models: Sequence[Path], rules: RuleSet) -> Iterator[_Tested]:
    for card in cards:
        try:
            page = card.page
            problems = [*page_problems(card, page), *_of_examples(page.examples, rules, card)]
            yield _Tested(card.path, len(page.examples), problems)
        except RuleError as error:
            yield _Tested(card.path, 0, [Problem(error.line, error.problem)])
    for path in models:
        try:
            examples = read_examples(str(path), path.read_bytes().decode("utf-8"))
            yield _Tested(str(path), len(examples), _of_examples(examples, rules, None))
        except RuleError as error:
            yield _Tested(str(path), 0, [Problem(error.line, error.problem)])
        except UnicodeDecodeError:
            yield _Tested(str(path), 0, [Problem(1, "not UTF-8")])


def _of_examples(examples: Sequence[Example], rules: RuleSet, card: Card | None) -> list[Problem]:
    return [problem for example in examples for problem in example_problems(example, rules, card)]


def _shown(tested: _Tested, stream: TextIO) -> _Tested:
    """Prints a result as soon as it is there: a line for the page, or one for each problem."""
    path = visible(os.path.relpath(tested.path))
    lines = [
        Line([(f"{path}:{problem.line}: ", "bold"), (visible(problem.text), "red")])
        for problem in sorted(tested.problems, key=lambda problem: problem.line)
    ]
    passed = Line(
        [(f"{path}: ", ""), ("passed", "green"), (f" ({counted(tested.examples, 'example')})", "dim")]
    )
    write_lines(lines or [passed], stream)
    stream.flush()
    return tested
