"""Measures the scanner on the field corpus: labelled mistakes found, labelled correct code left alone.

python tests/field/measure.py                    the table, each rule and language apart
python tests/field/measure.py --verbose          and every label that is not met
python tests/field/measure.py --dump FILE        and every finding with its source, for a reader
python tests/field/measure.py --raise-floors     keep what was reached as the new floor
"""

from __future__ import annotations

import argparse
import sys
import tomllib
import traceback
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import corpus
from corpus import Label
from scanner import Found, known_rules, scan_folder

NEAR = 4  # lines around a label that still meet it
FLOORS = corpus.HERE / "floors.toml"


@dataclass
class Tally:
    """Labels of one kind of certainty: how many, and how many of them are met."""

    flags: int = 0
    found: int = 0
    silents: int = 0
    kept: int = 0

    def add(self, expect: str, met: bool) -> None:
        if expect == "flag":
            self.flags += 1
            self.found += met
        else:
            self.silents += 1
            self.kept += met

    def __iadd__(self, other: Tally) -> Tally:
        self.flags += other.flags
        self.found += other.found
        self.silents += other.silents
        self.kept += other.kept
        return self


@dataclass
class Row:
    certain: Tally = field(default_factory=Tally)
    rest: Tally = field(default_factory=Tally)


@dataclass
class Measurement:
    """``rows``: by rule and language. ``unmet``: labels that are missed or falsely reported."""

    rows: dict[tuple[str, str], Row]
    unmet: list[Label]
    findings: dict[str, list[Found]]  # by name@version
    without_rule: int  # labels of rules that do not exist yet
    failures: list[str]  # packages whose scan raised, with the traceback


def meets(found: Found, label: Label) -> bool:
    return (
        found.rule == label.rule
        and found.path == label.path
        and label.line - NEAR <= found.line <= label.line_end + NEAR
    )


def is_exactly(found: Found, label: Label) -> bool:
    """Whether a finding stands on the very lines of a label: it is then about no other beside it."""
    return meets(found, label) and label.line <= found.line <= label.line_end


def judge(
    labels: Iterable[Label], findings: dict[str, list[Found]], rules: set[str], failures: list[str]
) -> Measurement:
    """Holds ``findings`` (by package) against the labels of the rules that exist."""
    rows: dict[tuple[str, str], Row] = defaultdict(Row)
    unmet: list[Label] = []
    without_rule = 0
    labels = list(labels)
    mistakes = [label for label in labels if label.expect == "flag"]
    for label in labels:
        if label.rule not in rules:
            without_rule += 1
            continue
        near = [found for found in findings.get(label.package, ()) if meets(found, label)]
        if label.expect == "silent":
            others = [mistake for mistake in mistakes if mistake.package == label.package]
            near = [found for found in near if not any(is_exactly(found, other) for other in others)]
        reported = bool(near)
        met = reported == (label.expect == "flag")
        row = rows[label.rule, label.language]
        (row.certain if label.is_certain else row.rest).add(label.expect, met)
        if not met:
            unmet.append(label)
    return Measurement(dict(sorted(rows.items())), unmet, findings, without_rule, failures)


def measure() -> Measurement:
    """Downloads what is missing, scans every package, and judges.

    A scan that raises is reported among the failures, and its labels count as not found. Raises
    what ``corpus.unpacked`` raises.
    """
    findings: dict[str, list[Found]] = {}
    failures: list[str] = []
    for spec, folder in sorted(corpus.unpacked().items()):
        try:
            findings[spec] = scan_folder(folder)
        except Exception:
            failures.append(f"{spec}: {traceback.format_exc()}")
    return judge(corpus.labels(), findings, known_rules(), failures)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "·"


def _line(name: str, language: str, certain: Tally, rest: Tally) -> str:
    cells = [
        _share(certain.found, certain.flags),
        _share(certain.kept, certain.silents),
        _share(rest.found, rest.flags),
        _share(rest.kept, rest.silents),
    ]
    return f"{name:<45}{language:<13}" + "".join(f"{cell:>9}" for cell in cells)


def table(measurement: Measurement) -> str:
    """The result as text: one line a rule and language, then the totals."""
    lines = [
        f"{'':<58}{'certain labels':>18}{'the rest':>18}",
        f"{'rule':<45}{'language':<13}" + f"{'found':>9}{'silent':>9}" * 2,
    ]
    totals: dict[str, Row] = defaultdict(Row)
    for (rule, language), row in measurement.rows.items():
        lines.append(_line(rule, language, row.certain, row.rest))
        for name in (language, "together"):
            totals[name].certain += row.certain
            totals[name].rest += row.rest
    lines.append("")
    lines += [_line("all rules", name, row.certain, row.rest) for name, row in sorted(totals.items())]
    count = sum(len(found) for found in measurement.findings.values())
    lines.append("")
    lines.append(
        f"{count} findings in {len(measurement.findings)} packages; "
        f"{measurement.without_rule} labels are of rules that do not exist yet."
    )
    return "\n".join(lines)


def unmet_lines(measurement: Measurement) -> list[str]:
    """A line for every missed or false label: what, where, and why the label says so."""
    return [
        f"{'missed' if label.expect == 'flag' else 'FALSE '} {label.certainty:.2f} {label.rule}  "
        f"{label.package}/{label.path}:{label.line}  ({label.needs}) {label.why}"
        for label in sorted(measurement.unmet, key=lambda label: (label.expect, label.rule, label.package))
    ]


def dump(measurement: Measurement, folders: dict[str, Path]) -> str:
    """Every finding of the corpus with the source around it, for reading by a person."""
    parts: list[str] = []
    for spec, findings in sorted(measurement.findings.items()):
        for found in sorted(findings, key=lambda found: (found.path, found.line, found.rule)):
            text = (folders[spec] / found.path).read_text(encoding="utf-8", errors="replace").splitlines()
            first = max(found.line - 3, 1)
            source = "\n".join(
                f"{'>' if number == found.line else ' '}{number:>6} {line}"
                for number, line in enumerate(text[first - 1 : found.line + 4], first)
            )
            trail = "".join(f"  {path}:{line} {text}\n" for path, line, text in found.trail)
            parts.append(
                f"{spec}/{found.path}:{found.line}\n{found.rule} ({found.severity}, {found.confidence})\n"
                f"{found.message}\n{trail}{source}\n"
            )
    return "\n".join(parts)


# Floors: what was reached once, on the certain labels, must stay reached.


def floors() -> dict[tuple[str, str], tuple[int, int]]:
    """The committed floors by rule and language: labels found, labels kept silent."""
    data = tomllib.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else {}
    return {
        (rule, language): (numbers["found"], numbers["silent"])
        for rule, languages in data.items()
        for language, numbers in languages.items()
    }


def below_floor(measurement: Measurement) -> list[str]:
    """What is worse than committed, a line each; empty when all floors hold."""
    problems = []
    for (rule, language), (found, kept) in floors().items():
        certain = measurement.rows.get((rule, language), Row()).certain
        if certain.found < found:
            problems.append(f"{rule} ({language}): finds {certain.found} labels, {found} is the floor")
        if certain.kept < kept:
            problems.append(f"{rule} ({language}): silent on {certain.kept} labels, {kept} is the floor")
    return problems


def raise_floors(measurement: Measurement) -> None:
    """Writes what was reached wherever it is better than committed; never lowers a number."""
    best = floors()
    for key, row in measurement.rows.items():
        found, kept = best.get(key, (0, 0))
        best[key] = (max(found, row.certain.found), max(kept, row.certain.kept))
    lines = ["# Labels of the field corpus (certainty 0.8 and more) that must stay met."]
    lines.append("# Written by `python tests/field/measure.py --raise-floors`; numbers only ever rise.")
    for (rule, language), (found, kept) in sorted(best.items()):
        lines += ["", f'[{rule}."{language}"]', f"found = {found}", f"silent = {kept}"]
    FLOORS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures the scanner on the field corpus.")
    parser.add_argument("--verbose", action="store_true", help="print every label that is not met")
    parser.add_argument(
        "--dump", type=Path, metavar="FILE", help="write every finding with its source to FILE"
    )
    parser.add_argument("--raise-floors", action="store_true", help="keep what was reached as the floor")
    options = parser.parse_args()
    try:
        measurement = measure()
    except corpus.CorpusUnavailableError as reason:
        print(f"\n*** FIELD CORPUS NOT MEASURED: {reason} ***\n", file=sys.stderr)
        return 0
    except corpus.CorpusCorruptError as reason:
        print(f"field corpus: {reason}", file=sys.stderr)
        return 2
    print(table(measurement))
    if options.verbose:
        print("", *unmet_lines(measurement), sep="\n")
    if options.dump:
        options.dump.write_text(dump(measurement, corpus.unpacked()), encoding="utf-8")
    if options.raise_floors:
        raise_floors(measurement)
    problems = below_floor(measurement)
    if problems:
        print("", "Below the floor:", *problems, sep="\n")
    if measurement.failures:
        print("", "SCANS THAT FAILED:", *measurement.failures, sep="\n")
    return 1 if problems or measurement.failures else 0


if __name__ == "__main__":
    sys.exit(main())
