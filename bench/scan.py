"""How long a scan takes, in units of parsing everything: bare tree-sitter, one process, same files, same run.

    python bench/scan.py FOLDER … [--rounds 5]

For each folder, by turns, so that whatever else the machine does falls on all alike:

    parse   every Swift and Objective-C file, parsed and thrown away
    cold    ``backhaul scan`` that knows nothing of the tree
    warm    the same again, with its cache
    edited  the same after one file that matters was changed

and, once for all, what starting costs: ``python -c pass`` against the scan of one small file.
Medians of wall time, and of processor time of all processes together, which on a machine that is
busy says more; memory is the largest process's. Works on a copy of each folder. Exits with 1
when a scan fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ANALYZER = Path(__file__).resolve().parents[1] / "analyzer"
sys.path.insert(0, str(ANALYZER))

from backhaul.sources.walking import WalkOptions, find_sources  # noqa: E402

PARSE = """
import sys
import tree_sitter, tree_sitter_objc, tree_sitter_swift
parsers = {
    True: tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language())),
    False: tree_sitter.Parser(tree_sitter.Language(tree_sitter_objc.language())),
}
for path in sys.stdin.read().split("\\0"):
    with open(path, "rb") as file:
        parsers[path.endswith(".swift")].parse(file.read())
"""
SMALL = """import Foundation
final class Uploader {
    private lazy var session = URLSession(configuration: .background(withIdentifier: "a"))
    func send(_ data: Data, with request: URLRequest) {
        session.uploadTask(with: request, from: data).resume()
    }
}
"""
WIDTHS = (10, 14, 8, 12, 8, 11)
SETTLING = 2.5  # seconds after which a file's times are trusted
SCAN = [sys.executable, "-m", "backhaul", "scan", "--fail-on", "never", "--format", "json"]
COMPILED = tempfile.TemporaryDirectory(prefix="backhaul-bench-")  # as an installed package has it
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ANALYZER), "PYTHONPYCACHEPREFIX": COMPILED.name}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


@dataclass
class Series:
    """Times in seconds and the largest process, in MB, of one thing done again and again."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    megabytes: float = 0


def run(series: Series, command: list[str], given: str = "") -> None:
    """Runs ``command`` once. Raises RuntimeError when it fails."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as standard_input:
        standard_input.write(given.encode("utf-8", "surrogateescape"))
        standard_input.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=standard_input, stdout=output, stderr=output, env=ENVIRONMENT
        )
        _, status, usage = os.wait4(process.pid, 0)
        series.seconds.append(time.perf_counter() - started)
        series.processor.append(usage.ru_utime + usage.ru_stime)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            text = output.read().decode(errors="replace")[-500:]
            raise RuntimeError(f"{' '.join(command[1:4])} … ended with {process.returncode}: {text}")
    in_kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    series.megabytes = max(series.megabytes, in_kilobytes / 1024)


def measure(folder: Path, rounds: int) -> tuple[dict[str, Series], int, int]:
    """The series of one folder, the number of its source files and their bytes."""
    with tempfile.TemporaryDirectory() as place:
        copy, cache = Path(place, "tree"), Path(place, "cache")
        shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        tree = find_sources(str(copy), WalkOptions())
        paths = [source.location for source in tree.sources]
        if not paths:
            raise RuntimeError(f"{folder} holds no source file")
        matters = [path for path in paths if b"URLSession" in Path(path).read_bytes()]
        series = {name: Series() for name in ("parse", "cold", "warm", "edited")}
        everything = "\0".join(paths)
        cached = [*SCAN, "--cache-dir", str(cache), str(copy)]
        run(Series(), cached)
        for count in range(rounds):
            run(series["parse"], [sys.executable, "-c", PARSE], everything)
            run(series["cold"], [*SCAN, "--no-cache", str(copy)])
            run(series["warm"], cached)
            with Path((matters or paths)[0]).open("ab") as edited:
                edited.write(b"\n// edited %d\n" % count)
            run(series["edited"], cached)
            time.sleep(SETTLING)
            run(Series(), cached)
        return series, len(paths), sum(source.size for source in tree.sources)


def measure_start(rounds: int) -> dict[str, Series]:
    series = {"pass": Series(), "one small file": Series()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "Uploader.swift")
        file.write_text(SMALL, encoding="utf-8")
        run(Series(), [*SCAN, "--no-cache", str(file)])
        for _ in range(rounds * 2):
            run(series["pass"], [sys.executable, "-c", "pass"])
            run(series["one small file"], [*SCAN, "--no-cache", str(file)])
    return series


def print_rows(series: dict[str, Series], unit: str) -> None:
    whole, effort = median(series[unit].seconds), median(series[unit].processor)
    for name, one in series.items():
        wall, processor = median(one.seconds), median(one.processor)
        spread = f"{min(one.seconds):.2f}–{max(one.seconds):.2f}"
        print(
            f"  {name:<16}{wall:>8.3f} s{spread:>14}{wall / whole:>8.2f}"
            f"{processor:>10.3f} s{processor / effort:>8.2f}{one.megabytes:>8.0f} MB"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    titles = ("wall", "from–to", "ratio", "processor", "ratio", "memory")
    print(f"  {'':<16}" + "".join(f"{title:>{width}}" for title, width in zip(titles, WIDTHS, strict=True)))
    try:
        for folder in arguments.folders:
            series, files, size = measure(folder.resolve(), arguments.rounds)
            print(f"{folder}: {files} files, {size / 1e6:.1f} MB")
            print_rows(series, "parse")
        print("start")
        print_rows(measure_start(arguments.rounds), "pass")
    except RuntimeError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
