"""What a finding is recognised by when the code around it moves."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec import Struct

from backhaul.findings.finding import Finding
from backhaul.sources.text import SourceTexts

_WINDOW = 100  # code units
_FACTOR = 37
_MASK = (1 << 64) - 1
_END_OF_FILE = 0xFFFF
_FIRST_FACTOR = pow(_FACTOR, _WINDOW, 1 << 64)


class Identity(Struct, frozen=True, gc=False):
    """A finding without its line number: it stays the same when other lines change.

    ``line`` stands for the text of the line with all white space left out; ``index`` counts
    findings that are otherwise alike, from 0, in the order of the file.
    """

    rule: str
    path: str
    symbol: str
    line: str
    index: int

    @property
    def fingerprint(self) -> str:
        """Thirty-two hexadecimal digits that stand for the whole."""
        parts = [self.rule, self.path, self.symbol, self.line, str(self.index)]
        joined = "\0".join(parts).encode("utf-8", "surrogateescape")
        return hashlib.blake2b(joined, digest_size=16).hexdigest()


def identities(findings: Sequence[Finding], texts: SourceTexts) -> list[Identity]:
    """The identity of each finding, in the same order; ``findings`` are sorted by place.

    The order decides the index, so give all findings of a scan, not a selection of them.
    """
    seen: dict[tuple[str, str, str, str], int] = {}
    result = []
    for finding in findings:
        key = (finding.rule, finding.path, finding.symbol, _line_digest(finding, texts))
        index = seen.get(key, 0)
        seen[key] = index + 1
        result.append(Identity(*key, index))
    return result


def _line_digest(finding: Finding, texts: SourceTexts) -> str:
    source = texts.get(finding.path)
    line = source.line_text(source.line(finding.start)) if source is not None else ""
    return hashlib.blake2b("".join(line.split()).encode(), digest_size=8).hexdigest()


def github_line_hashes(text: str, lines: Iterable[int]) -> dict[int, str]:
    """GitHub's ``primaryLocationLineHash`` of the 1-based ``lines`` of ``text``.

    The method is that of ``src/fingerprints.ts`` in github/codeql-action. Of the text's UTF-16
    code units, without spaces and tabs, every line end made LF and the unit 0xFFFF put at the
    end, the 100 units from the line's start on (zeros beyond the end) are a number in base
    37 modulo 2 to the 64th. It is followed by how many lines up to this one have it.
    """
    units = _units(text)
    prefixes = list(accumulate(units, lambda value, unit: (value * _FACTOR + unit) & _MASK, initial=0))
    wanted = set(lines)
    last = max(wanted, default=0)
    counts: dict[int, int] = {}
    hashes: dict[int, str] = {}
    start = 0
    for line in range(1, last + 1):
        value = (prefixes[start + _WINDOW] - prefixes[start] * _FIRST_FACTOR) & _MASK
        counts[value] = counts.get(value, 0) + 1
        if line in wanted:
            hashes[line] = f"{value:x}:{counts[value]}"
        try:
            start = units.index(0x0A, start) + 1
        except ValueError:
            break
    return hashes


def _units(text: str) -> array[int]:
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    units = array("H")
    units.frombytes(kept.encode("utf-16-le", "surrogatepass"))
    if array("H", [1]).tobytes() != b"\x01\x00":
        units.byteswap()
    units.append(_END_OF_FILE)
    units.extend([0] * _WINDOW)
    return units
