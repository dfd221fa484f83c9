"""The example reports are what the sample apps give today, byte for byte."""

from __future__ import annotations

import difflib
import runpy
from pathlib import Path

import pytest

REPORTS = Path(__file__).resolve().parents[1] / "reports"
MAKER = runpy.run_path(str(REPORTS / "make_examples.py"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    MAKER["write_examples"](folder)
    return folder


@pytest.mark.parametrize("file", MAKER["FORMATS"].values())
def test_an_example_is_up_to_date(written, file):
    kept = (REPORTS / "examples" / file).read_text(encoding="utf-8").splitlines()
    now = (written / file).read_text(encoding="utf-8").splitlines()
    changes = [line[:200] for line in difflib.unified_diff(kept, now, "kept", "now", n=0, lineterm="")]
    assert changes[:40] == [], "if that is as it should be: python reports/make_examples.py"


def test_nothing_else_is_kept():
    assert {path.name for path in (REPORTS / "examples").iterdir()} == set(MAKER["FORMATS"].values())
