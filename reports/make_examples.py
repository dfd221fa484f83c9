"""Writes the example reports: the sample apps, scanned, in every format that a person may want to see.

    python reports/make_examples.py             writes them into reports/examples
    python reports/make_examples.py FOLDER      writes them into another folder

The tests write them again and compare.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from backhaul.cli import FINDINGS, main

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
EXAMPLES = Path(__file__).resolve().parent / "examples"
FORMATS = {"html": "samples.html", "markdown": "samples.md", "sarif": "samples.sarif", "text": "samples.txt"}
_SOURCES = (".swift", ".m", ".h")
_EXPECTED = re.compile(r"// expect: ([a-z-]+(?:, [a-z-]+)*)")


def write_examples(folder: Path) -> None:
    """Writes one report of each format into ``folder``."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        # Outside of the repository: what is scanned has no history that would be in the reports.
        tree = Path(temporary) / "samples"
        shutil.copytree(SAMPLES, tree)
        text, *others = reversed(FORMATS.items())
        outputs = [
            f"--output={folder / text[1]}",
            *(f"--output={name}:{folder / file}" for name, file in others),
        ]
        # Only rules that find something, so that a new rule does not change the list in SARIF.
        select = f"--select={','.join(_expected_rules(tree))}"
        code = main(["scan", str(tree), "--no-cache", select, *outputs])
    if code != FINDINGS:
        raise SystemExit(f"the scan of {SAMPLES} ended with {code}")


def _expected_rules(tree: Path) -> list[str]:
    """The rules that the samples say are broken in them."""
    files = (path for path in tree.rglob("*") if path.suffix in _SOURCES)
    sources = (path.read_text(encoding="utf-8") for path in files)
    return sorted(
        {rule for text in sources for listed in _EXPECTED.findall(text) for rule in listed.split(", ")}
    )


if __name__ == "__main__":
    write_examples(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)
