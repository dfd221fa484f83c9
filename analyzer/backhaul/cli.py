"""The command line: what is asked for, and what comes back.

Results go to standard output, everything else to standard error. A mistake of the user's is one
line, and no traceback reaches anyone who did not ask for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import backhaul
from backhaul.findings.finding import CONFIDENCES, SEVERITIES
from backhaul.output import quiet_when_closed
from backhaul.reporters import FORMATS

CLEAN, FINDINGS, WRONG_USE, NOTHING_SCANNED = range(4)
"""The exit codes."""
_INTERRUPTED = 130  # as a shell reports a process that SIGINT ended

SHELLS = ("bash", "zsh", "fish")
FAIL_ON = (*SEVERITIES, "never")

_COMMANDS = """\
examples:
  backhaul scan                         the folder you are in
  backhaul scan App --format sarif -o backhaul.sarif
  backhaul scan --changed-since main    what this branch causes
  backhaul explain background-upload-from-data

backhaul COMMAND --help tells more.
"""

_SCANNING = """\
examples:
  backhaul scan App Shared --select background-session
  backhaul scan -o sarif:backhaul.sarif         the text here, SARIF in a file
  backhaul scan --write-baseline known.json     accept what is there today …
  backhaul scan --baseline known.json           … and report what is new
  backhaul scan --suppress RULE --reason "the server is a toy"
  backhaul scan - --stdin-filename App/Uploader.swift < unsaved.swift

exit codes:
  0  nothing at or above --fail-on (by default: warning)
  1  findings
  2  wrong use or wrong configuration
  3  nothing could be scanned
"""


class UsageError(Exception):
    """Something the user asked for cannot be done; the message is one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        from backhaul.reporters.characters import visible

        self.exit(WRONG_USE, f"{self.prog}: error: {visible(message)} (see {self.prog} --help)\n")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help whose second column begins where most options end."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal, as ``shutil.get_terminal_size`` gives it; that module is slow to import."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


class _Version(argparse.Action):
    """Imports the grammars only when the version is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from backhaul.frontends import grammar_versions

        print(f"backhaul {backhaul.__version__}")
        for name, version in grammar_versions().items():
            print(f"  {name} {version}")
        parser.exit()


def command_line(only: str = "") -> argparse.ArgumentParser:
    """The commands and their options. ``only``: a command whose options will do, to start sooner."""
    parser = _Parser(
        prog="backhaul",
        usage="backhaul COMMAND [OPTION …]",
        description="Finds the documented mistakes in the networking code of Apple apps, without a build.",
        epilog=_COMMANDS,
        formatter_class=_Formatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the versions and exit")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, title="commands", prog="backhaul"
    )
    for name in (only,) if only in _ADDING else _ADDING:
        _ADDING[name](commands)
    return parser


def _add_rule_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="use this backhaul.toml, not the one in the tree")


def _add_scan(commands: Any) -> None:
    scan = commands.add_parser(
        "scan",
        help="scan source trees",
        usage="backhaul scan [OPTION …] [PATH …]",
        description="Scan Swift, Objective-C and PyObjC sources, property lists and Xcode projects.",
        epilog=_SCANNING,
        formatter_class=_Formatter,
    )
    scan.set_defaults(run=_scan)
    add = scan.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: .); - for standard input")
    add("--stdin-filename", metavar="FILE", help="the file that standard input stands in for")

    group = scan.add_argument_group("report")
    add = group.add_argument
    add("--format", choices=list(FORMATS), default="text", metavar="FORMAT", help=", ".join(FORMATS))
    add(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="[FORMAT:]FILE",
        help="write the report to FILE; with FORMAT: another report beside the first (repeatable)",
    )
    add("--quiet", action="store_true", help="findings only, no summary")
    add("--statistics", action="store_true", help="counts and times, on standard error")

    group = scan.add_argument_group("what to report")
    add = group.add_argument
    names = {"action": "extend", "type": _names, "default": [], "metavar": "RULE-OR-FAMILY"}
    add("--select", help="report only these rules (repeatable, comma-separated)", **names)
    add("--ignore", help="do not report these", **names)
    add(
        "--pedantic",
        action="store_true",
        default=None,
        help="the pedantic rules and findings of low confidence, too",
    )
    add("--min-severity", choices=SEVERITIES, metavar="SEVERITY", help=", ".join(SEVERITIES))
    add(
        "--min-confidence",
        choices=CONFIDENCES,
        metavar="CONFIDENCE",
        help=f"{', '.join(CONFIDENCES)} (default: medium; low with --pedantic)",
    )
    add("--include-tests", action="store_true", default=None, help="report findings in tests, too")
    add("--only", nargs="+", action="extend", metavar="FILE", help="scan everything, report on these files")
    add(
        "--whole-project",
        action="store_true",
        help="scan the whole repository that holds the PATHs, report on the PATHs",
    )
    add("--changed-since", metavar="REV", help="scan everything, report what the changes since REV cause")
    add("--baseline", metavar="FILE", help="do not report the findings that FILE holds")
    add("--write-baseline", metavar="FILE", help="record today's findings in FILE and exit with 0")

    group = scan.add_argument_group("what you have judged")
    add = group.add_argument
    add("--suppress", metavar="RULE", help="write a suppressing comment above every finding of RULE")
    add("--reason", metavar="TEXT", help="why: it stands in the comment")

    group = scan.add_argument_group("exit code")
    group.add_argument(
        "--fail-on", choices=FAIL_ON, metavar="SEVERITY", help=f"{', '.join(FAIL_ON)} (default: warning)"
    )
    group.add_argument("--exit-zero", action="store_true", help="the same as --fail-on never")

    group = scan.add_argument_group("how to scan")
    add = group.add_argument
    add("--config", metavar="FILE", help="use this backhaul.toml, not the one in the tree")
    add("--exclude", action="append", default=[], metavar="PATTERN", help="leave out, as in .gitignore")
    add("--jobs", type=_jobs, default=0, metavar="N", help="processes (default: as many as are of use)")
    add("--cache-dir", default="", metavar="DIR", help="where parsed files are kept")
    add("--no-cache", action="store_true", help="neither read nor write the cache")


def _add_rules(commands: Any) -> None:
    rules = commands.add_parser("rules", help="list the rules")
    _add_rule_options(rules)
    rules.set_defaults(run=_rules)


def _add_explain(commands: Any) -> None:
    explain = commands.add_parser("explain", help="show the page of a rule")
    explain.add_argument("rule", metavar="RULE")
    _add_rule_options(explain)
    explain.set_defaults(run=_explain)


def _add_lsp(commands: Any) -> None:
    lsp = commands.add_parser("lsp", help="serve an editor: findings while you type, over standard input")
    lsp.set_defaults(run=_lsp)


def _add_init(commands: Any) -> None:
    init = commands.add_parser("init", help="write a commented backhaul.toml, after a look at the project")
    init.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help="where (default: .)")
    init.add_argument("--schema", action="store_true", help="print the JSON Schema of backhaul.toml instead")
    init.set_defaults(run=_init)


def _add_test_rules(commands: Any) -> None:
    test_rules = commands.add_parser("test-rules", help="run the examples on your own rule pages as tests")
    test_rules.add_argument("folder", metavar="DIR", help="a folder of rule pages and API models")
    test_rules.add_argument("rule", nargs="*", metavar="RULE", help="only these (default: all in DIR)")
    _add_rule_options(test_rules)
    test_rules.set_defaults(run=_test_rules)


def _add_show(commands: Any) -> None:
    show = commands.add_parser("show", help="show how a source file is understood")
    show.add_argument("file", metavar="FILE")
    show.set_defaults(run=_show)


def _add_completions(commands: Any) -> None:
    completions = commands.add_parser("completions", help="print what makes a shell complete commands")
    completions.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    completions.set_defaults(run=_completions)


_ADDING: dict[str, Callable[[Any], None]] = {
    "scan": _add_scan,
    "rules": _add_rules,
    "explain": _add_explain,
    "lsp": _add_lsp,
    "init": _add_init,
    "test-rules": _add_test_rules,
    "show": _add_show,
    "completions": _add_completions,
}


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of processes")
    return int(text)


def _scan(arguments: argparse.Namespace) -> int:
    from backhaul.scan_command import run_scan

    return run_scan(arguments)


def _rules(arguments: argparse.Namespace) -> int:
    from backhaul.page_commands import list_rules

    return list_rules(arguments)


def _lsp(_arguments: argparse.Namespace) -> int:
    try:
        from backhaul.language_server.server import serve
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("pygls", "lsprotocol")):
            raise
        raise UsageError("the language server needs pygls: pip install 'backhaul[lsp]'") from None
    serve()
    return CLEAN


def _explain(arguments: argparse.Namespace) -> int:
    from backhaul.page_commands import explain

    return explain(arguments)


def _test_rules(arguments: argparse.Namespace) -> int:
    from backhaul.page_commands import configured_folders
    from backhaul.rule_test_command import run_rule_tests

    return run_rule_tests(arguments, configured_folders(arguments))


def _init(arguments: argparse.Namespace) -> int:
    from backhaul.init_command import init

    return init(arguments)


def _completions(arguments: argparse.Namespace) -> int:
    from backhaul.completions import print_completions

    return print_completions(arguments)


def _show(arguments: argparse.Namespace) -> int:
    from backhaul.page_commands import show

    return show(arguments)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (the process's own by default) and give the exit code."""
    try:
        given = sys.argv[1:] if argv is None else argv
        arguments = command_line(*given[:1]).parse_args(given)
        run: Callable[[argparse.Namespace], int] = arguments.run
        with quiet_when_closed(sys.stdout):
            code = run(arguments)
            sys.stdout.flush()
            return code
        return CLEAN
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else WRONG_USE
    except KeyboardInterrupt:
        return _fail(_INTERRUPTED, "interrupted")
    except Exception as error:
        return _fail(*_explained(error))


def _explained(error: Exception) -> tuple[int, str]:
    """The exit code for ``error`` and one line about it. The imports are for this moment alone."""
    from backhaul.config import ConfigError
    from backhaul.findings.baseline import BaselineError
    from backhaul.rules import RuleError

    if isinstance(error, UsageError | ConfigError | BaselineError | RuleError):
        return WRONG_USE, str(error)
    if isinstance(error, OSError):
        about = f"{error.filename}: " if error.filename else ""
        return WRONG_USE, f"{about}{error.strerror or error}"
    return NOTHING_SCANNED, _crash(error)


def _fail(code: int, message: str) -> int:
    from backhaul.reporters.characters import visible

    print(f"backhaul: error: {visible(message)}", file=sys.stderr)
    return code


def _crash(error: Exception) -> str:
    """One line about an error that should not have happened; the traceback when it is asked for."""
    from backhaul.sources.notification import described

    if os.environ.get("BACKHAUL_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    return f"internal error, please report it: {described(error)}; BACKHAUL_TRACEBACK=1 shows more"
