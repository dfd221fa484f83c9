"""``backhaul completions``: the scripts by which shells complete commands, options and values."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from backhaul.cli import CLEAN, command_line
from backhaul.output import standard_output
from backhaul.rules import RuleSet, load_rules

_FILES = ("FILE", "[FORMAT:]FILE", "PATH")
_FOLDERS = ("DIR", "FOLDER")


def print_completions(arguments: argparse.Namespace) -> int:
    """Prints the script for a shell. The names of rules in it are those of this version."""
    import shtab

    parser = command_line()
    rules = load_rules()
    for action in _actions(parser):
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.metavar in ("RULE", "RULE-OR-FAMILY"):
            action.choices = _names(rules, with_families=action.metavar != "RULE")
    standard_output(for_people=False).write(shtab.complete(parser, shell=arguments.shell).rstrip("\n") + "\n")
    return CLEAN


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every option and argument of a parser and of its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)


def _names(rules: RuleSet, *, with_families: bool) -> list[str]:
    families = {card.family for card in rules.cards} if with_families else set()
    return [*(card.id for card in rules.cards), *sorted(families)]
