"""Folders of rules made for a test: one model, one page, with something changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MODEL = """\
title = "Doors"
url = "https://example.com/doors"
words = ["Door", "openDoor"]

[[type]]
name = "TestDoor"
also = ["TSTDoor"]
noun = "door"

[[operation]]
id = "door.open"
tags = ["opening"]
swift = ["TestDoor.open(_:quietly:)", "TestDoor.init(opened:by:)"]
objc = ["-[TSTDoor open:quietly:]"]
arguments = { who = 0, how = 1 }
calls = { how = "later" }
returns = { type = "TSTDoor", kind = "argument:who" }

[[hook]]
id = "door.opened"
swift = ["door(_:didOpenFor:)"]
objc = ["door:didOpenFor:"]
"""

PAGE = """\
# A door left open

```toml
id          = "door-left-open"
severity    = "warning"
confidence  = "high"
audience    = "regular"
consequence = "energy"
languages   = ["swift"]
since       = "0.1.0"
message     = "`{call}` on {subject} lets the heat out"

[match]
matcher   = "call"
operation = "door.open"
arguments = { how = "not-nil" }

[[source]]
title = "Doors"
url   = "https://example.com/doors"
says  = "Doors must be closed."
```

The heat leaves.

## Why

Physics.

## How to fix it

Close it.

## Known limits

None.

## Flagged

```swift
door.open(me, quietly: true) // expect: door-left-open
```

## Not flagged

```swift
door.close()
```
"""

Changed = Callable[..., Path]


@pytest.fixture
def rules_with(tmp_path: Path) -> Changed:
    """Writes a folder of rules in which ``old`` is replaced by ``new``, and gives the folder.

    ``page`` and ``model`` are pairs of texts; a text must occur exactly once.
    """

    def write(
        page: tuple[str, str] | None = None,
        model: tuple[str, str] | None = None,
        path: str = "doors/door-left-open.md",
    ) -> Path:
        folder = tmp_path / "rules"
        for name, text, change in ((path, PAGE, page), ("models/doors.toml", MODEL, model)):
            if change is not None:
                assert text.count(change[0]) == 1, change[0]
                text = text.replace(*change)
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return folder

    return write
