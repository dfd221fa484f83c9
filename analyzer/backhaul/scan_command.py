"""``backhaul scan``: from the arguments to the reports and the exit code."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from backhaul.cli import CLEAN, FINDINGS, NOTHING_SCANNED, UsageError
from backhaul.config import Config, Configured, FailOn, find_config, read_config
from backhaul.findings.baseline import BaselineError, read_baseline, write_baseline
from backhaul.findings.finding import SEVERITIES, Finding
from backhaul.findings.fingerprint import Identity
from backhaul.output import atomic_text
from backhaul.policy import policy_of, with_severities
from backhaul.progress import progress_bar
from backhaul.report_files import outputs_of, write_report
from backhaul.reporters.characters import visible
from backhaul.reporters.contents import Contents, counted
from backhaul.rules import Card, RuleSet, load_rules
from backhaul.rules.errors import nearest
from backhaul.scan import Report, ScanOptions, scan
from backhaul.scan_scope import Scope, scope_of
from backhaul.screening import Screen, Screened, screen
from backhaul.sources.ignoring import rebased
from backhaul.sources.walking import WalkOptions


def run_scan(arguments: argparse.Namespace) -> int:
    """Scans, reports, and gives the exit code. Raises ``UsageError`` and its like for wrong use."""
    started = time.perf_counter()
    outputs = outputs_of(arguments)
    scope = scope_of(arguments)
    root, paths = scope.root, scope.paths
    configured = _configured(arguments, paths, root)
    config = _with_arguments(configured, arguments, root)
    rules = load_rules(configured.rule_folders)
    configured.check_names(rule_names(rules))
    if arguments.suppress or arguments.reason:
        config = _for_suppression(arguments, config, rules)
    chosen = Screen(
        rules=choose_rules(rules, config),
        policy=policy_of(config, configured.base(root), rules.cards),
        targets=frozenset(config.targets),
        include_tests=config.include_tests or bool(scope.overlay),
        baseline=_baseline(arguments, configured),
        only=scope.paths_to_report,
    )
    options = _options(scope, config, arguments)

    def look(overlay: dict[str, bytes | None]) -> tuple[Report, Screened]:
        return _look(msgspec.structs.replace(options, overlay=overlay), rules, chosen, arguments)

    report, screened = look(options.overlay)
    if arguments.suppress:
        from backhaul.suppressing import suppress  # seldom needed

        report, screened = suppress(arguments.suppress, arguments.reason, report, screened, look)
    if arguments.write_baseline:
        screened = _record_baseline(arguments.write_baseline, report, rules, chosen, screened)
    contents = screened.contents
    contents.is_brief = arguments.quiet
    for output in outputs:
        write_report(output, contents)
    if arguments.statistics:
        _print_statistics(contents, report, time.perf_counter() - started)
    elif not arguments.quiet and not any(o.format == "text" and not o.file for o in outputs):
        print(f"backhaul: {_in_short(contents)}", file=sys.stderr)
    return _exit_code(report, contents.findings, config.fail_on, paths)


def _look(
    options: ScanOptions, rules: RuleSet, chosen: Screen, arguments: argparse.Namespace
) -> tuple[Report, Screened]:
    """A scan, and what is reported of it."""
    with progress_bar(sys.stderr, is_wanted=not arguments.quiet) as progress:
        report = scan(options, rules, progress)
    if arguments.changed_since is not None:
        chosen = _caused_since(arguments.changed_since, report, options, rules, chosen)
    return report, screen(report, rules, chosen)


def _configured(arguments: argparse.Namespace, paths: Sequence[str], root: str) -> Configured:
    if arguments.config:
        return read_config(Path(arguments.config))
    common = os.path.commonpath([os.path.realpath(path) for path in paths])
    found = find_config(common, root)
    return read_config(found) if found else Configured()


def _with_arguments(configured: Configured, arguments: argparse.Namespace, root: str) -> Config:
    """The configuration with what the command line says instead, or besides; ``exclude`` from ``root``."""
    config = configured.config
    said = {
        name: value
        for name in ("pedantic", "min_severity", "min_confidence", "include_tests", "fail_on")
        if (value := getattr(arguments, name)) is not None
    }
    if arguments.exit_zero:
        said["fail_on"] = "never"
    return msgspec.structs.replace(
        config,
        select=tuple(arguments.select) or config.select,
        ignore=(*config.ignore, *arguments.ignore),
        exclude=(*rebased(config.exclude, configured.base(root)), *arguments.exclude),
        **said,
    )


def _for_suppression(arguments: argparse.Namespace, config: Config, rules: RuleSet) -> Config:
    """``config`` for the one rule that is to be suppressed. Raises ``UsageError`` for what cannot be."""
    from backhaul.suppressing import check_request

    if not arguments.suppress:
        raise UsageError("--reason says why a rule is suppressed: name it with --suppress RULE")
    if arguments.write_baseline:
        raise UsageError("--suppress and --write-baseline: one or the other")
    arguments.reason = check_request(arguments.suppress, arguments.reason, rules)
    return msgspec.structs.replace(config, select=(arguments.suppress,))


def choose_rules(rules: RuleSet, config: Config) -> tuple[Card, ...]:
    """The rules that ``config`` selects. A pedantic rule runs when asked for by name or by ``pedantic``.

    Raises ``UsageError`` for a name that is neither a rule nor a family.
    """
    names = rule_names(rules)
    for name in (*config.select, *config.ignore):
        if name not in names:
            raise UsageError(
                f"`{name}` is neither a rule nor a family{nearest(name, names)} (see backhaul rules)"
            )
    cards = tuple(
        card
        for card in rules.cards
        if (not config.select or card.id in config.select or card.family in config.select)
        and (card.audience == "regular" or config.pedantic or card.id in config.select)
        and card.id not in config.ignore
        and card.family not in config.ignore
    )
    if not cards:
        raise UsageError("no rule is left: everything selected is ignored")
    return with_severities(cards, config.severity)


def rule_names(rules: RuleSet) -> frozenset[str]:
    """The ids of all rules, and the names of their families."""
    return frozenset(name for card in rules.cards for name in (card.id, card.family))


def _options(scope: Scope, config: Config, arguments: argparse.Namespace) -> ScanOptions:
    return ScanOptions(
        paths=scope.paths,
        root=scope.root,
        overlay=scope.overlay,
        walk=WalkOptions(exclude=config.exclude),
        include_tests=True,
        jobs=arguments.jobs,
        use_cache=not arguments.no_cache,
        cache_dir=arguments.cache_dir,
    )


def _caused_since(
    revision: str, report: Report, options: ScanOptions, rules: RuleSet, chosen: Screen
) -> Screen:
    """``chosen``, narrowed down to what changed since ``revision``."""
    from backhaul.changed_since import Cause  # with git and a comparison of texts: few scans need them
    from backhaul.sources.git import GitError

    try:
        cause = Cause(revision, report, options, rules, chosen)
    except GitError as error:
        raise UsageError(f"--changed-since {revision}: {error}") from None
    return msgspec.structs.replace(chosen, is_caused=cause.is_of, is_touched=cause.changes.touch)


def _baseline(arguments: argparse.Namespace, configured: Configured) -> frozenset[Identity]:
    """The known findings: of the file that the command line names, else of the configuration's."""
    if arguments.baseline:
        file, about = Path(arguments.baseline), f"--baseline {arguments.baseline}"
    elif configured.baseline is not None and not arguments.write_baseline:
        file, about = configured.baseline, f"{configured.shown}: `baseline` = {configured.config.baseline}"
    else:
        return frozenset()
    try:
        return read_baseline(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{about}: {error.strerror or error}") from None
    except BaselineError as error:
        raise UsageError(f"{about}: {error}") from None


def _record_baseline(file: str, report: Report, rules: RuleSet, chosen: Screen, found: Screened) -> Screened:
    """Writes everything found to the baseline ``file``, and gives what is then left to report: nothing."""
    try:
        with atomic_text(file) as stream:
            stream.write(write_baseline(found.recorded))
    except OSError as error:
        raise UsageError(f"--write-baseline {file}: {error.strerror or error}") from None
    print(f"backhaul: wrote {counted(len(found.recorded), 'finding')} to {file}", file=sys.stderr)
    return screen(report, rules, msgspec.structs.replace(chosen, baseline=frozenset(found.recorded)))


def _in_short(contents: Contents) -> str:
    """One line for a person whose report goes to a program."""
    counts = [counted(count, severity) for severity, count in contents.counts().items() if count]
    found = ", ".join(counts) or "no findings"
    partial = len(contents.partial)
    gaps = f"; {counted(partial, 'file')} could be parsed only in part" if partial else ""
    return f"{found} in {counted(contents.files_seen, 'source file')}{gaps}"


def _print_statistics(contents: Contents, report: Report, seconds: float) -> None:
    """Counts by rule, and what the scan cost, on standard error."""
    counts = Counter(finding.rule for finding in contents.findings)
    lines = [f"{count:>7}  {rule}" for rule, count in counts.most_common()]
    statistics, effort = report.statistics, report.statistics.effort
    lines += [
        f"{contents.files_seen:>7}  source files ({statistics.bytes_seen / 1e6:.1f} MB)",
        f"{contents.files_relevant:>7}  of them relevant, found in {counted(statistics.rounds, 'round')}",
        f"{contents.files_analysed:>7}  analysed, {len(contents.partial)} of them only in part",
        f"{effort.files_read:>7}  read and {effort.files_parsed} parsed in this run "
        f"({effort.bytes_parsed / 1e6:.1f} MB), the others known from the cache",
        f"{seconds:>7.2f}  seconds",
    ]
    print("\n".join(lines), file=sys.stderr)


def _exit_code(report: Report, findings: Sequence[Finding], fail_on: FailOn, paths: Sequence[str]) -> int:
    is_empty = report.files_seen == 0 and not report.findings
    if is_empty or (report.files_relevant and not report.files_analysed):
        problem = "could be parsed" if report.files_seen else "was found"
        where = visible(", ".join(paths))
        print(
            f"backhaul: error: no Swift, Objective-C or PyObjC source {problem} in {where}", file=sys.stderr
        )
        return NOTHING_SCANNED
    if fail_on == "never":
        return CLEAN
    least = SEVERITIES.index(fail_on)
    return FINDINGS if any(SEVERITIES.index(f.severity) >= least for f in findings) else CLEAN
