"""``backhaul init``: a configuration to start from, written after a look at the project."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from backhaul.cache import Cache
from backhaul.cli import CLEAN, UsageError
from backhaul.config import NAME, SCHEMA_ADDRESS, schema
from backhaul.intake import Intake
from backhaul.matchers.interest import makers_in, names_of_interest
from backhaul.model.declarations import Function, Module
from backhaul.model.languages import language_of
from backhaul.output import atomic_text, standard_output
from backhaul.parallel import Pool
from backhaul.projects import project_of
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import counted
from backhaul.rules import RuleSet, load_rules
from backhaul.scan import ScanOptions
from backhaul.sources.products import Target
from backhaul.sources.vocabulary import as_words
from backhaul.sources.walking import SourceTree, WalkOptions, find_sources

_MOST_NAMED = 12
_WIDTH = 100
_LEFT_OUT = {"vendored": "vendored", "built": "build results", "ignored": "ignored by git"}


def init(arguments: argparse.Namespace) -> int:
    """Writes ``backhaul.toml`` into a folder. Raises ``UsageError`` when there is one already."""
    if arguments.schema:
        standard_output(for_people=False).write(schema_text())
        return CLEAN
    folder = Path(arguments.folder)
    if not folder.is_dir():
        raise UsageError(f"there is no folder `{arguments.folder}`")
    file = folder / NAME
    if os.path.lexists(file):
        raise UsageError(f"{file} is already there")
    text = configuration(str(folder.resolve()))
    with atomic_text(str(file)) as stream:
        stream.write(text)
    print(f"backhaul: wrote {visible(str(file))}: every line in it is optional", file=sys.stderr)
    return CLEAN


def schema_text() -> str:
    """The JSON Schema of ``backhaul.toml`` as it is shipped."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def configuration(root: str) -> str:
    """The text of a configuration for the tree at ``root``, an absolute path. It changes nothing."""
    tree = find_sources(root, WalkOptions())
    rules = load_rules()
    modules = _take_in(tree, rules)
    project = project_of(tree, rules)
    targets = {target.name: target for source in tree.sources for target in project.targets(source.path)}
    named = [targets[name] for name in sorted(targets) if name and name == visible(name)]
    return _TEMPLATE.format(
        schema=SCHEMA_ADDRESS,
        sources=_sources(tree),
        left_out=_comment("Not looked at anyway", _left_out(tree)),
        tests=_comment("Tests found", _test_folders(tree)),
        targets=_comment("Targets found", (_described(target) for target in named)),
        products=", ".join(_quoted(t.name) for t in named if t.kind != "tests") or '"App"',
        wrappers=_comment("Followed into without a word here", _wrappers(tree, modules, rules)),
    )


def _sources(tree: SourceTree) -> str:
    kinds = Counter(language.title for source in tree.sources if (language := language_of(source.path)))
    parts = ", ".join(f"{count} in {kind}" for kind, count in kinds.most_common())
    return counted(len(tree.sources), "source file") + (f" ({parts})" if parts else "")


def _left_out(tree: SourceTree) -> Iterator[str]:
    for skipped in tree.skipped:
        if skipped.reason in _LEFT_OUT:
            yield f"{skipped.path} ({_LEFT_OUT[skipped.reason]})"


def _test_folders(tree: SourceTree) -> list[str]:
    """The topmost folders in which all sources are tests, and test files elsewhere."""
    others = {folder for s in tree.sources if not s.is_test for folder in _folders_of(s.path)}
    found = dict.fromkeys(
        next((folder for folder in _folders_of(source.path) if folder not in others), source.path)
        for source in tree.sources
        if source.is_test
    )
    return list(found)


def _folders_of(path: str) -> Iterator[str]:
    """The folders that a file lies in, the topmost first, each with a final slash."""
    parts = path.split("/")[:-1]
    return ("/".join(parts[: depth + 1]) + "/" for depth in range(len(parts)))


def _described(target: Target) -> str:
    return f"{target.name} ({target.kind})" if target.kind else target.name


def _wrappers(tree: SourceTree, modules: Sequence[Module], rules: RuleSet) -> list[str]:
    """The project's own functions that other files call to make a session, or begin or end something."""
    callers: dict[str, set[str]] = {}
    for module in modules:
        for function in module.functions:
            for name in function.mentions:
                callers.setdefault(name, set()).add(module.path)
    tests = {source.path for source in tree.sources if source.is_test}
    found = [
        f"{_spelled(function)} in {module.path}"
        for module, function in makers_in(modules, rules)
        if function.kind in ("function", "method", "value", "getter")
        and module.path not in tests
        and callers.get(function.name, set()) - {module.path} - tests
    ]
    return list(dict.fromkeys(found))


def _take_in(tree: SourceTree, rules: RuleSet) -> Sequence[Module]:
    """The modules that matter at first sight, and those that use what they declare.

    ``tree`` loses the files that are no sources after all.
    """
    cache = Cache(tree.root, [tree.root], is_used=False)
    with Pool() as pool:
        intake = Intake(cache, pool, ScanOptions().largest_file, None)
        together = frozenset(as_words(names) for names in rules.together)
        intake.start(tree.sources, as_words(rules.vocabulary), together)
        modules, others = intake.finish()
        intake.start(others, as_words(names_of_interest(modules, rules).names))
        more, _ = intake.finish()
        foreign = frozenset(intake.foreign)
        tree.sources = [source for source in tree.sources if source.path not in foreign]
        return [*modules, *more]


def _spelled(function: Function) -> str:
    return f"{function.owner}.{function.spelling}" if function.owner else function.spelling


def _comment(head: str, items: Iterable[str]) -> str:
    """A comment that names ``items``, a line each when they are many; nothing when there are none."""
    named = [visible(item) for item in items]
    if not named:
        return ""
    more = [f"and {len(named) - _MOST_NAMED} more"] if len(named) > _MOST_NAMED else []
    shown = [*named[:_MOST_NAMED], *more]
    line = f"# {head}: {', '.join(shown)}.\n"
    if len(line) <= _WIDTH:
        return line
    return "".join([f"# {head}:\n", *(f"#   {each}\n" for each in shown)])


def _quoted(text: str) -> str:
    """``text``, which holds no control character, as a TOML string."""
    return json.dumps(text, ensure_ascii=False)


_TEMPLATE = """\
#:schema {schema}
#
# Settings of Backhaul for the tree below this folder: {sources}.
# Every line is optional, and the command line has the last word. The names of rules and of their
# families are what `backhaul rules` lists.


# Rules

# select = []                     # report only these rules or families; empty: all regular ones
# ignore = []                     # do not report these
# pedantic = false                # true: pedantic rules and findings of low confidence, too
# min-severity = "note"           # note, warning or error
# min-confidence = "medium"       # low, medium or high
# fail-on = "warning"             # from this severity on the exit code is 1; or never


# Files

{left_out}# exclude = ["Legacy/", "*.generated.swift"]     # as in .gitignore, relative to this file

{tests}# include-tests = false           # true: what is found in tests is reported, too

{targets}# targets = [{products}]     # report only on the sources of these


# What you have judged already

# baseline = "backhaul-baseline.json"     # made by: backhaul scan --write-baseline backhaul-baseline.json


# What Backhaul should know of your code

{wrappers}# A wrapper whose source is not in this tree is described in an API model, a rule of your house on a
# page: in a folder of your own, as docs/house-rules.md shows. `backhaul test-rules FOLDER` tests it.
# rules = ["backhaul-rules"]


# Severities of single rules or families

# [severity]
# background-data-task = "note"


# Settings for some of the files: the last that says something counts

# [[per-path]]
# paths = ["Legacy/", "*Old.m"]   # as in .gitignore, relative to this file
# ignore = ["background-data-task"]
# min-severity = "error"
# min-confidence = "high"
# severity = {{ background-session = "warning" }}
"""
