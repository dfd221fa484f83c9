"""The reports that one scan writes, and where to."""

from __future__ import annotations

import argparse
from pathlib import Path

from msgspec import Struct

from backhaul.cli import UsageError
from backhaul.output import atomic_text, quiet_when_closed, standard_output
from backhaul.reporters import FORMATS, reporter
from backhaul.reporters.contents import Contents


class Output(Struct, frozen=True):
    """A report to write: ``file`` is "" for standard output."""

    format: str
    file: str


def outputs_of(arguments: argparse.Namespace) -> list[Output]:
    """The reports asked for; the main one goes to standard output unless a file is named for it."""
    main, others = "", []
    for text in arguments.output:
        prefix, colon, file = text.partition(":")
        if colon and prefix in FORMATS:
            others.append(Output(prefix, _named(file)))
        elif main:
            raise UsageError(f"--output names two files for one report: `{main}` and `{text}`")
        else:
            main = _named(text)
    outputs = [Output(arguments.format, main), *others]
    files = [output.file for output in outputs]
    for file in files:
        if files.count(file) > 1:
            raise UsageError(f"--output writes two reports to {f'`{file}`' if file else 'standard output'}")
    return outputs


def _named(file: str) -> str:
    """The file of a report, "" for standard output. Raises ``UsageError`` for one that cannot be."""
    if file == "-":
        return ""
    folder = Path(file).parent
    if not file or Path(file).is_dir():
        raise UsageError(f"--output: `{file}` is not a file")
    if not folder.is_dir():
        raise UsageError(f"--output: there is no folder `{folder}`")
    return file


def write_report(output: Output, contents: Contents) -> None:
    """Writes one report. Raises ``UsageError`` when its file cannot be written."""
    writer = reporter(output.format)
    if not output.file:
        stream = standard_output(for_people=output.format == "text")
        with quiet_when_closed(stream):
            writer.write(contents, stream)
            stream.flush()
        return
    try:
        with atomic_text(output.file) as stream:
            writer.write(contents, stream)
    except OSError as error:
        raise UsageError(f"--output {output.file}: {error.strerror or error}") from None
