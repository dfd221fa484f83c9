"""The scan: from a source tree to findings, step by step.

Only files that hold a word of the API models are parsed, then those that hold the name of
something in the first ones that matters (a function that makes a session, a delegate's class).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct, field

from backhaul.findings.finding import Finding
from backhaul.model.declarations import Module, decode_module
from backhaul.parallel import Parsed, Task, parse_files
from backhaul.rules import RuleSet
from backhaul.sources.notification import Notification
from backhaul.sources.project import ProjectFacts
from backhaul.sources.reading import is_plain, read_file
from backhaul.sources.text import decode
from backhaul.sources.vocabulary import as_words, words_among
from backhaul.sources.walking import Skipped, SourceFile, SourceTree, WalkOptions, find_root, find_sources

_MOST_ROUNDS = 4
_LARGE = 8  # times the size above which a file is not even looked at


class ScanOptions(Struct, frozen=True):
    """What to scan and how.

    ``paths``: files and folders; ``root``: the folder that paths in reports are relative to, ""
    to find it. ``jobs``: processes, 0 for as many as are of use. ``cache_dir``: "" for the
    user's cache folder. ``largest_file`` in bytes: a larger file is parsed only when it holds a
    word that matters, and is not read at all at eight times the size.
    """

    paths: tuple[str, ...] = (".",)
    root: str = ""
    walk: WalkOptions = WalkOptions()
    include_tests: bool = False
    jobs: int = 0
    use_cache: bool = True
    cache_dir: str = ""
    largest_file: int = 1_000_000


class PartialFile(Struct, frozen=True, gc=False):
    """A file that could not be parsed in full: of ``functions`` bodies, ``lost`` were not analysed
    and ``damaged`` only in part; of ``declarations`` of types, ``bad_declarations`` were not read.
    """

    path: str
    functions: int
    lost: int
    damaged: int
    declarations: int
    bad_declarations: int


class Statistics(Struct):
    """Counts of a scan. ``files_read``: opened in this run; ``files_parsed``: parsed in this run."""

    bytes_seen: int = 0
    files_read: int = 0
    files_parsed: int = 0
    bytes_parsed: int = 0
    rounds: int = 0
    test_findings: int = 0


class Report(Struct):
    """What a scan found, sorted by place, and what it looked at.

    ``files_seen``: source files of the tree; ``files_relevant``: those that hold a word that
    matters; ``files_analysed``: those of them that could be parsed. ``partial``: those of
    these that were parsed with gaps. ``skipped``: folders left out.
    """

    tree: SourceTree
    project: ProjectFacts
    findings: list[Finding] = field(default_factory=list)
    files_seen: int = 0
    files_relevant: int = 0
    files_analysed: int = 0
    partial: list[PartialFile] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    statistics: Statistics = field(default_factory=Statistics)

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


def scan(options: ScanOptions, rules: RuleSet) -> Report:
    """Everything ``rules`` find below ``options.paths``.

    Raises FileNotFoundError for a path that does not exist. Whatever is wrong with a file becomes
    a notification of the report.
    """
    with _garbage_collection_off():
        root = options.root or find_root(options.paths)
        tree = find_sources(root, options.walk, options.paths)
        project = ProjectFacts(tree.root, tree.facts)
        report = Report(tree, project, files_seen=len(tree.sources))
        report.notifications.extend(tree.notifications)
        _Scan(options, rules, report).run()
        return report


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


class _Scan:
    def __init__(self, options: ScanOptions, rules: RuleSet, report: Report) -> None:
        self._options = options
        self._rules = rules
        self._report = report
        self._modules: list[Module] = []

    def run(self) -> None:
        from backhaul import matchers

        report = self._report
        report.statistics.bytes_seen = sum(source.size for source in report.tree.sources)
        waiting = self._bring_in(report.tree.sources, as_words(self._rules.vocabulary))
        for _ in range(_MOST_ROUNDS):
            names = matchers.names_of_interest(self._modules, self._rules)
            count = len(self._modules)
            waiting = self._bring_in(waiting, as_words(names))
            if len(self._modules) == count:
                break
        findings = matchers.find(self._modules, self._rules, report.project)
        self._report_findings(findings)
        report.notifications.sort(key=lambda notification: notification.sort_key)

    def _bring_in(self, sources: Sequence[SourceFile], words: frozenset[bytes]) -> list[SourceFile]:
        """Parse those of ``sources`` that hold one of ``words``; gives the others."""
        self._report.statistics.rounds += 1
        tasks: list[Task] = []
        others: list[SourceFile] = []
        for source in sources:
            found = self._words_of(source, words)
            if found:
                tasks.append(Task(source.path, source.location, source.size))
            elif found is not None:
                others.append(source)
        self._report.files_relevant += len(tasks)
        for task, parsed in parse_files(tasks, self._options.jobs):
            self._take(task, parsed)
        self._modules.sort(key=lambda module: module.path)
        return others

    def _words_of(self, source: SourceFile, words: frozenset[bytes]) -> frozenset[bytes] | None:
        """Those of ``words`` that the file holds; None when it cannot be read."""
        if source.size > _LARGE * self._options.largest_file:
            text = f"larger than {_LARGE * self._options.largest_file / 1e6:g} MB, not read"
            self._report.notifications.append(Notification("too-large", "warning", text, source.path))
            return None
        try:
            data = read_file(source.location)
        except OSError as error:
            text = f"cannot be read: {error.strerror or error}"
            self._report.notifications.append(Notification("unreadable-file", "warning", text, source.path))
            return None
        self._report.statistics.files_read += 1
        text_bytes = data if is_plain(data) else decode(data)
        if text_bytes is None:
            self._report.notifications.append(
                Notification("not-text", "warning", "not a text file, not analysed", source.path)
            )
            return None
        return words_among(text_bytes, words)

    def _take(self, task: Task, parsed: Parsed) -> None:
        statistics = self._report.statistics
        statistics.files_parsed += 1
        statistics.bytes_parsed += task.size
        if parsed.failure:
            return
        module = decode_module(parsed.module)
        module.path = task.path
        self._modules.append(module)
        self._report.files_analysed += 1
        damage = module.damage
        if damage.lost or damage.damaged or damage.bad_declarations:
            self._report.partial.append(
                PartialFile(
                    task.path,
                    damage.functions,
                    len(damage.lost),
                    len(damage.damaged),
                    damage.declarations,
                    damage.bad_declarations,
                )
            )

    def _report_findings(self, findings: Sequence[Finding]) -> None:
        report = self._report
        report.partial.sort(key=lambda partial: partial.path)
        tests = frozenset(source.path for source in report.tree.sources if source.is_test)
        shown = [f for f in findings if self._options.include_tests or f.path not in tests]
        report.statistics.test_findings = len(findings) - len(shown)
        report.findings = sorted(shown, key=lambda finding: finding.sort_key)
