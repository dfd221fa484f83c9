"""A small report with everything in it, for every reporter's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from backhaul.findings.finding import Finding, Step
from backhaul.findings.fingerprint import identities
from backhaul.reporters.contents import Contents
from backhaul.sources.text import SourceTexts
from small_report import SESSIONS, UPLOADER, make_card, spot


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Contents]:
    """Makes contents: ``make({path: text}, [finding, …], cards=…, partial=…, …)``."""

    def make_contents(files: dict[str, str], findings: list[Finding], **fields: object) -> Contents:
        root = tmp_path / "tree"
        root.mkdir(exist_ok=True)
        for path, text in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogateescape"))
        texts = SourceTexts(lambda path: f"{root}/{path}")
        return Contents(
            root=str(root),
            findings=findings,
            fingerprints=[identity.fingerprint for identity in identities(findings, texts)],
            cards=fields.pop("cards", None) or (make_card(tmp_path),),
            texts=texts,
            **{"files_seen": len(files), "files_relevant": 1, "files_analysed": 1, **fields},
        )

    return make_contents


@pytest.fixture
def example(make: Callable[..., Contents]) -> Contents:
    """One finding in one file, whose way begins in another."""
    made, used = spot(SESSIONS, "background"), spot(UPLOADER, "uploadTask")
    finding = Finding(
        "background-upload-from-data",
        "App/Uploader.swift",
        *used,
        "error",
        "high",
        symbol="Uploader.send(_:)",
        arguments={"subject": "`session`"},
        trail=(
            Step("App/Sessions.swift", *made, "configuration made background here"),
            Step("App/Uploader.swift", *used, "`uploadTask` called here"),
        ),
    )
    return make({"App/Sessions.swift": SESSIONS, "App/Uploader.swift": UPLOADER}, [finding])
