"""A file of findings that are known and not reported again, so that a team can start from today.

The file is JSON, one finding a line, sorted: it can be reviewed and merged. An entry is a
finding's ``Identity``, so it still matches when the code around it moves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec
from msgspec import Struct

from backhaul.findings.fingerprint import Identity
from backhaul.sources.notification import Notification

VERSION = 1


class BaselineError(ValueError):
    """A file that is no baseline; the message says what is wrong with it."""


class _File(Struct, forbid_unknown_fields=True):
    version: int
    findings: list[Identity]


def write_baseline(found: Iterable[Identity]) -> str:
    """The content of a baseline file that holds ``found``."""
    import json

    fields = Identity.__struct_fields__
    entries = [
        "    " + json.dumps({name: getattr(identity, name) for name in fields})
        for identity in sorted(found, key=_key)
    ]
    body = "[\n" + ",\n".join(entries) + "\n  ]" if entries else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {body}\n}}\n'


def read_baseline(data: bytes) -> frozenset[Identity]:
    """The findings that a baseline file holds. Raises ``BaselineError``."""
    import json

    try:
        # The standard library keeps the bytes of a file name that are not UTF-8; msgspec refuses them.
        content = json.loads(data)
        if isinstance(content, dict) and content.get("version", VERSION) != VERSION:
            raise BaselineError(f"its version is {content['version']!r}, and this Backhaul reads {VERSION}")
        return frozenset(msgspec.convert(content, _File).findings)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, msgspec.ValidationError) as error:
        raise BaselineError(f"not a baseline file: {error}") from None


def stale_entries(
    baseline: Collection[Identity], found: Sequence[Identity], asked: Collection[str]
) -> list[Notification]:
    """Remarks on the entries whose rule is among ``asked`` and that match nothing any more."""
    gone = sorted(frozenset(baseline) - frozenset(found), key=_key)
    return [
        Notification(
            "stale-baseline",
            "note",
            f"`{identity.rule}`{f' in {identity.symbol}' if identity.symbol else ''} is in the baseline, "
            "but no longer found: write the baseline anew",
            identity.path,
        )
        for identity in gone
        if identity.rule in asked
    ]


def _key(identity: Identity) -> tuple[str, str, str, str, int]:
    return (identity.path, identity.rule, identity.symbol, identity.line, identity.index)
