from itertools import pairwise

import pytest
from backhaul.findings.finding import Finding
from backhaul.findings.fingerprint import github_line_hashes, identities
from backhaul.sources.text import SourceTexts
from hypothesis import given
from hypothesis import strategies as st

# The vectors that github/codeql-action publishes in src/fingerprints.test.ts.
GITHUB = [
    ("", ["c129715d7a2bc9a3:1"]),
    (
        " a\nb\n  \t\tc\n d",
        ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
    ),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
        [
            "8b7cf3e952e7aeb2:1",
            "b1ae1287ec4718d9:1",
            "bff680108adb0fcc:1",
            "c6805c5e1288b612:1",
            "b86d3392aea1be30:1",
            "e6ceba753e1a442:1",
        ],
    ),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
        [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ],
    ),
]
"""Text, and the hash of each of its lines."""


@pytest.mark.parametrize(("text", "hashes"), GITHUB)
def test_github_vectors(text, hashes):
    assert list(github_line_hashes(text, range(1, len(hashes) + 1)).values()) == hashes


@pytest.mark.parametrize("end", ["\r", "\r\n"])
@pytest.mark.parametrize(("text", "hashes"), GITHUB)
def test_github_vectors_with_other_line_ends(text, hashes, end):
    other = text.replace("\n", end)
    assert list(github_line_hashes(other, range(1, len(hashes) + 1)).values()) == hashes


def test_github_vector_with_mixed_line_ends():
    mixed = " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n"
    assert list(github_line_hashes(mixed, range(1, 8)).values()) == GITHUB[-1][1]


def test_github_vector_of_repeated_lines():
    hashes = github_line_hashes("Lorem ipsum dolor sit amet.\n" * 10, range(1, 12))
    assert list(hashes.values()) == [
        *(f"a7f2ff13bc495cf2:{n}" for n in range(1, 7)),
        "a7f2ff1481e87703:1",
        "a9cf91f7bbf1862b:1",
        "55ec222b86bcae53:1",
        "cc97dc7b1d7d8f7b:1",
        "c129715d7a2bc9a3:1",
    ]


def test_only_the_lines_asked_for():
    whole = github_line_hashes("a\na\na\n", range(1, 5))
    assert github_line_hashes("a\na\na\n", [3]) == {3: whole[3]}
    assert github_line_hashes("a", []) == {}
    assert github_line_hashes("a", [7]) == {}


def rolling(text: str) -> list[str]:
    """The definition, unit by unit, as a check on the prefix sums."""
    kept = [u for u in text.replace("\r\n", "\n").replace("\r", "\n") if u not in " \t"]
    units = [u for c in kept for u in memoryview(c.encode("utf-16-le")).cast("H")] + [0xFFFF] + [0] * 100
    starts = [0] + [i + 1 for i, u in enumerate(units) if u == 10]
    seen: list[int] = []
    for start in starts:
        value = 0
        for unit in units[start : start + 100]:
            value = (value * 37 + unit) % 2**64
        seen.append(value)
    return [f"{value:x}:{seen[: i + 1].count(value)}" for i, value in enumerate(seen)]


@given(st.text(alphabet="ab \t\r\né😀", max_size=300))
def test_prefix_sums_agree_with_the_definition(text):
    expected = rolling(text)
    assert list(github_line_hashes(text, range(1, len(expected) + 1)).values()) == expected


def texts(tmp_path, text: str) -> SourceTexts:
    (tmp_path / "a.swift").write_text(text, encoding="utf-8")
    return SourceTexts(lambda path: str(tmp_path / path))


def at(text: str, needle: str, count: int = 1) -> list[Finding]:
    found, start = [], 0
    for _ in range(count):
        start = text.index(needle, start)
        found.append(Finding("rule", "a.swift", start, start + 1, "error", "high", symbol="A.f()"))
        start += 1
    return found


def test_identity_survives_moved_and_reindented_lines(tmp_path):
    before = "let a = 1\ncall( x )\n"
    after = "// new\n\nlet a = 1\n\n\t\tcall(x)\n"
    [first] = identities(at(before, "call"), texts(tmp_path, before))
    [second] = identities(at(after, "call"), texts(tmp_path, after))
    assert first == second
    assert first.fingerprint == second.fingerprint


def test_identity_tells_twins_apart(tmp_path):
    text = "call(x)\ncall(x)\ncall(x)\n"
    found = identities(at(text, "call", 3), texts(tmp_path, text))
    assert [identity.index for identity in found] == [0, 1, 2]
    assert len({identity.fingerprint for identity in found}) == 3
    assert all(a != b for a, b in pairwise(found))


def test_identity_of_a_file_that_cannot_be_read(tmp_path):
    missing = SourceTexts(lambda path: str(tmp_path / path))
    [identity] = identities([Finding("rule", "gone.swift", 0, 1, "error", "high")], missing)
    assert identity.fingerprint
