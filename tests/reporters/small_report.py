"""What the reporters' tests are made of: a rule with its page, and two small files."""

from __future__ import annotations

from pathlib import Path

from backhaul.rules import Card
from backhaul.rules.card import Source

PAGE = """\
# Upload from `Data` on a background session

```toml
```

The app stops with an exception ("Uploads from data are not supported."). More prose follows.

## Why

Because a *system process* reads the body. See [the page](https://example.com/page).

## How to fix it

Write the body to a file first, and upload that:

```swift
let bodies = [String](repeating: "a", count: 2)
```

## Known limits

None that we know.
"""

SESSIONS = """\
import Foundation

let configuration = URLSessionConfiguration.background(withIdentifier: "a")
"""
UPLOADER = """\
import Foundation

final class Uploader {
    func send(_ data: Data) {
        session.uploadTask(with: request, from: data).resume()
    }
}
"""


def make_card(tmp_path: Path, rule: str = "background-upload-from-data", **changes: object) -> Card:
    """A card whose page is a file below ``tmp_path``."""
    page = tmp_path / "rules" / "background-session" / f"{rule}.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(PAGE, encoding="utf-8")
    fields = {
        "id": rule,
        "title": "Upload from `Data` on a background session",
        "family": "background-session",
        "severity": "error",
        "confidence": "high",
        "audience": "regular",
        "consequence": "crash",
        "languages": ("swift", "objc"),
        "since": "0.1.0",
        "message": "upload task made from in-memory data on {subject}, a background session",
        "matches": (),
        "sources": (Source("A page", "https://example.com/page", "It is so."),),
        "path": str(page),
    }
    return Card(**{**fields, **changes})


def spot(text: str, needle: str) -> tuple[int, int]:
    """The byte offsets of ``needle`` in ``text``."""
    start = text.encode().index(needle.encode())
    return start, start + len(needle.encode())
