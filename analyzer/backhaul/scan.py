"""The scan: from a source tree to findings, step by step.

Only files that hold a word of the API models are parsed, then those that hold the name of
something in the first ones that matters (a function that makes a session, a delegate's class).
"""

from __future__ import annotations

import gc
import os.path
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from backhaul.cache import Cache, PartialFile, Result, WarmCache
from backhaul.findings.finding import Finding
from backhaul.intake import Effort, Intake
from backhaul.model.declarations import Module
from backhaul.parallel import Method, Pool
from backhaul.projects import project_of
from backhaul.rules import RuleSet
from backhaul.sources.notification import Notification
from backhaul.sources.overlay import overlaid
from backhaul.sources.project import ProjectFacts
from backhaul.sources.text import SourceTexts
from backhaul.sources.vocabulary import as_words
from backhaul.sources.walking import Skipped, SourceTree, WalkOptions, find_root, find_sources

_MOST_ROUNDS = 4


class ScanOptions(Struct, frozen=True):
    """What to scan and how.

    ``paths``: files and folders; ``root``: the folder that paths in reports are relative to, ""
    to find it. ``jobs``: processes, 0 for as many as are of use; ``method``: how they are made.
    ``cache_dir``: "" for the user's cache folder. ``largest_file`` in bytes: a larger file is not
    read. ``file_seconds``: what parsing one small file may take. ``overlay``: contents that stand in
    for files, by path relative to the root; None for a file that is not to be there. Such a scan reads
    the cache and leaves it as it is.
    """

    paths: tuple[str, ...] = (".",)
    root: str = ""
    walk: WalkOptions = WalkOptions()
    include_tests: bool = False
    jobs: int = 0
    method: Method = "auto"
    use_cache: bool = True
    cache_dir: str = ""
    largest_file: int = 4_000_000
    file_seconds: float = 20
    overlay: dict[str, bytes | None] = {}


class Statistics(Struct):
    """What a scan cost. ``effort`` is what this run did itself, the rest was known.

    ``rounds``: how often files were looked for; ``test_findings``: findings in test code.
    """

    bytes_seen: int
    rounds: int
    test_findings: int
    effort: Effort


class Report(Struct):
    """What a scan found, sorted by place, and what it looked at.

    ``files_seen``: source files of the tree; ``files_relevant``: those that hold a word that
    matters; ``files_analysed``: those of them that could be parsed; ``partial``: of these, those
    with gaps. Findings in test code are left out unless they were asked for.
    """

    tree: SourceTree
    project: ProjectFacts
    findings: list[Finding]
    files_seen: int
    files_relevant: int
    files_analysed: int
    partial: list[PartialFile]
    notifications: list[Notification]
    statistics: Statistics

    @property
    def root(self) -> str:
        """The folder, absolute, that all paths are relative to."""
        return self.tree.root

    @property
    def skipped(self) -> list[Skipped]:
        return self.tree.skipped

    def location(self, path: str) -> str:
        """Where the source file that reports call ``path`` is to be read."""
        return next((s.location for s in self.tree.sources if s.path == path), f"{self.root}/{path}")

    def texts(self) -> SourceTexts:
        """The texts of the files as they were scanned."""
        files = (*self.tree.facts, *self.tree.sources)
        locations = {file.path: file.location for file in files}
        overlay = {file.path: file.data for file in files if file.data is not None}
        return SourceTexts(lambda path: locations.get(path, f"{self.root}/{path}"), overlay)


def scan(
    options: ScanOptions,
    rules: RuleSet,
    progress: Callable[[int, int], None] | None = None,
    warm: WarmCache | None = None,
) -> Report:
    """Everything ``rules`` find below ``options.paths``.

    ``progress`` is told how many of how many files have been parsed, at each of them. ``warm``: what
    earlier scans of these paths in this process left, in place of the cache on disk. Raises
    FileNotFoundError for a path that does not exist. Whatever is wrong with a file becomes a
    notification of the report.
    """
    with _garbage_collection_off():
        paths = [os.path.realpath(path) for path in options.paths]
        root = options.root or find_root(paths)
        if warm is not None:
            warm.renew()
        cache = warm or Cache(root, paths, options.cache_dir, is_used=options.use_cache)
        tree = find_sources(root, options.walk, paths)
        if options.overlay:
            tree = overlaid(tree, options.overlay, paths)
        project = project_of(tree, rules)
        key = cache.key(tree, rules.fingerprint, str(options.largest_file))
        result = cache.result(key)
        effort = Effort()
        if result is None:
            with Pool(options.jobs, options.method, options.file_seconds) as pool:
                intake = Intake(cache, pool, options.largest_file, progress)
                result = _analyse(tree, rules, project, intake)
            if warm is not None or not options.overlay:
                intake.save(key, result)
            effort = intake.effort
        if result.foreign:
            foreign = frozenset(result.foreign)
            tree.sources = [source for source in tree.sources if source.path not in foreign]
        return _report(tree, project, result, effort, options.include_tests)


def _analyse(tree: SourceTree, rules: RuleSet, project: ProjectFacts, intake: Intake) -> Result:
    """Take in round after round of files, each for what the last made interesting, then match."""
    sources = tree.sources
    together = frozenset(as_words(names) for names in rules.together)
    intake.start(sources, as_words(rules.vocabulary), together)
    from backhaul import asking, matchers  # while the first files are being parsed

    modules, others = intake.finish()
    rounds = 1
    while modules and others and rounds < _MOST_ROUNDS:
        interest = matchers.names_of_interest(modules, rules)
        together = frozenset(as_words(names) for names in interest.together)
        intake.start(others, as_words(interest.names), together)
        more, others = intake.finish()
        if not more:
            break
        modules = sorted((*modules, *more), key=lambda module: module.path)
        rounds += 1

    return Result(
        findings=asking.find(modules, rules, project, _tests(tree), intake.processes),
        partial=[partial for module in modules if (partial := _gaps(module)) is not None],
        notifications=[*intake.notifications, *project.notifications],
        files_relevant=intake.relevant,
        files_analysed=len(modules),
        rounds=rounds,
        foreign=intake.foreign,
    )


def _tests(tree: SourceTree) -> frozenset[str]:
    return frozenset(file.path for file in (*tree.sources, *tree.facts) if file.is_test)


def _gaps(module: Module) -> PartialFile | None:
    damage = module.damage
    if not (damage.lost or damage.damaged or damage.bad_declarations):
        return None
    return PartialFile(
        module.path,
        damage.functions,
        len(damage.lost),
        len(damage.damaged),
        damage.declarations,
        damage.bad_declarations,
    )


def _report(
    tree: SourceTree, project: ProjectFacts, result: Result, effort: Effort, include_tests: bool
) -> Report:
    tests = frozenset() if include_tests else _tests(tree)
    shown = [finding for finding in result.findings if finding.path not in tests]
    return Report(
        tree=tree,
        project=project,
        findings=sorted(shown, key=lambda finding: finding.sort_key),
        files_seen=len(tree.sources),
        files_relevant=result.files_relevant,
        files_analysed=result.files_analysed,
        partial=result.partial,
        notifications=sorted((*tree.notifications, *result.notifications), key=lambda n: n.sort_key),
        statistics=Statistics(
            bytes_seen=sum(source.size for source in tree.sources),
            rounds=result.rounds,
            test_findings=len(result.findings) - len(shown),
            effort=effort,
        ),
    )


@contextmanager
def _garbage_collection_off() -> Iterator[None]:
    """Building a program's model with the collector on takes four times as long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
