"""An app with one mistake, and how tests of the command line look at what comes back."""

from __future__ import annotations

from pathlib import Path

import backhaul

RULE = "background-upload-from-data"
BAD = """\
import Foundation

final class Uploader {
    let session = URLSession(configuration: .background(withIdentifier: id), delegate: it, delegateQueue: nil)

    func send(_ data: Data, _ request: URLRequest) {
        session.uploadTask(with: request, from: data).resume()
    }
}
"""
LINE = 7
GOOD = BAD.replace("from: data", "fromFile: file")
ANALYZER = Path(backhaul.__file__).parents[1]


def put(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def places(report: dict) -> list[tuple[str, int]]:
    return [(finding["path"], finding["region"]["startLine"]) for finding in report["findings"]]


def one_line(text: str) -> str:
    assert text.count("\n") == 1 and text.endswith("\n"), text
    return text.removesuffix("\n")
