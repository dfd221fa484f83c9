"""``backhaul rules``, ``backhaul explain`` and ``backhaul show``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from backhaul.cli import CLEAN, UsageError
from backhaul.config import Configured, find_config, read_config
from backhaul.output import standard_output
from backhaul.reporters.characters import visible
from backhaul.reporters.styled import Line, is_painted, write_lines
from backhaul.rules import Card, RuleSet, load_rules
from backhaul.rules.errors import nearest
from backhaul.sources.walking import find_root


def list_rules(arguments: argparse.Namespace) -> int:
    """Prints every rule with its severity and title, by family."""
    write_lines(_listing(_load(arguments)), standard_output(for_people=True))
    return CLEAN


def explain(arguments: argparse.Namespace) -> int:
    """Prints the page of a rule. Raises ``UsageError`` for one that does not exist."""
    rules = _load(arguments)
    card = rules.card(arguments.rule)
    if card is None:
        raise UsageError(
            f"there is no rule `{arguments.rule}`{nearest(arguments.rule, (c.id for c in rules.cards))}"
        )
    page = "\n".join(visible(line) for line in card.markdown.splitlines())
    stream = standard_output(for_people=True)
    if not is_painted(stream):
        stream.write(f"{page}\n")
        return CLEAN
    from rich.console import Console
    from rich.markdown import Markdown

    Console(file=stream, force_terminal=True).print(Markdown(page))
    return CLEAN


def show(arguments: argparse.Namespace) -> int:
    """Prints the program model of a source file. Raises ``UsageError`` for a file it cannot read."""
    from backhaul.frontends import SUFFIXES, read_module
    from backhaul.model.printing import print_module
    from backhaul.sources.reading import read_file
    from backhaul.sources.text import decode

    file = arguments.file
    if Path(file).suffix.lower() not in SUFFIXES:
        raise UsageError(f"{file}: not a source file; their names end in {', '.join(SUFFIXES)}")
    try:
        text = decode(read_file(file))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None
    if text is None:
        raise UsageError(f"{file}: not a text file")
    printed = print_module(read_module(file, text))
    stream = standard_output(for_people=True)
    stream.writelines(f"{visible(line)}\n" for line in printed.splitlines())
    return CLEAN


def _load(arguments: argparse.Namespace) -> RuleSet:
    return load_rules(configured_folders(arguments))


def configured_folders(arguments: argparse.Namespace) -> tuple[Path, ...]:
    """The folders of the user's own rules, by ``--config`` or the configuration of the working folder."""
    if arguments.config:
        return read_config(Path(arguments.config)).rule_folders
    found = find_config(".", find_root(["."]))
    return (read_config(found) if found else Configured()).rule_folders


def _listing(rules: RuleSet) -> Iterator[Line]:
    width = max((len(card.id) for card in rules.cards), default=0)
    family = ""
    for card in rules.cards:
        if card.family != family:
            if family:
                yield Line()
            family = card.family
            yield Line([(visible(family), "bold")])
        yield Line(
            [
                (f"  {card.id:<{width}}  ", ""),
                (f"{card.severity:<8}", _style(card)),
                (visible(card.title), ""),
                ("  (pedantic)" if card.audience == "pedantic" else "", "dim"),
            ]
        )


def _style(card: Card) -> str:
    return {"error": "red", "warning": "yellow", "note": "cyan"}[card.severity]
