"""How much of real source the frontends read: functions lost or damaged, bad type declarations.

    PYTHONPATH=analyzer python bench/damage.py FOLDER … [--suffix .m] [--list]

For each kind of file below the folders: files, functions (by their braces), the share of them that
the parser alone loses or damages, the same after recovery, and the share of type declarations with
an error in them, before and after. ``--list`` names the functions that stay lost or damaged.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backhaul.frontends import recovery
from backhaul.model.declarations import Damage

FRONTENDS = {".m": "objc", ".mm": "objc", ".h": "objc", ".swift": "swift"}


@dataclass
class Sum:
    """Counts over files of one kind, in one way of reading."""

    functions: int = 0
    lost: int = 0
    damaged: int = 0
    declarations: int = 0
    bad: int = 0

    def add(self, damage: Damage) -> None:
        self.functions += damage.functions
        self.lost += len(damage.lost)
        self.damaged += len(damage.damaged)
        self.declarations += damage.declarations
        self.bad += damage.bad_declarations

    def __str__(self) -> str:
        functions = _percent(self.lost + self.damaged, self.functions)
        return (
            f"functions {functions} (lost {self.lost}), declarations {_percent(self.bad, self.declarations)}"
        )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} % = {part} of {whole}" if whole else "none"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--suffix", choices=sorted(FRONTENDS), help="this kind of file only")
    parser.add_argument("--list", action="store_true", help="name what stays lost or damaged")
    options = parser.parse_args()
    for suffix, frontend in FRONTENDS.items():
        if options.suffix in (None, suffix):
            _measure(suffix, frontend, options.folders, options.list)


def _measure(suffix: str, frontend: str, folders: list[Path], names_them: bool) -> None:
    reading = importlib.import_module(f"backhaul.frontends.{frontend}.reading")
    files = 0
    raw, recovered = Sum(), Sum()
    for path in _files(folders, suffix):
        text = path.read_bytes()
        grammar = reading.grammar_for(path.name)
        files += 1
        raw.add(recovery.measure_raw(grammar, text))
        damage = recovery.read(grammar, str(path), text).damage
        recovered.add(damage)
        if names_them:
            _name(path, text, damage)
    if files:
        print(f"{suffix}: {files} files\n  parser alone: {raw}\n  recovered:    {recovered}")


def _files(folders: list[Path], suffix: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob(f"*{suffix}")):
            if path.is_file():
                yield path


def _name(path: Path, text: bytes, damage: Damage) -> None:
    for word, ranges in (("lost", damage.lost), ("damaged", damage.damaged)):
        for start, _ in ranges:
            print(f"{path}:{text.count(10, 0, start) + 1}: {word}")
    if damage.bad_declarations:
        print(f"{path}: {damage.bad_declarations} bad declarations", file=sys.stdout)


if __name__ == "__main__":
    main()
