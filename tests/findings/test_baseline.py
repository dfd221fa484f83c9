"""The file of known findings."""

import pytest
from backhaul.findings.baseline import BaselineError, read_baseline, stale_entries, write_baseline
from backhaul.findings.fingerprint import Identity
from hypothesis import given
from hypothesis import strategies as st

FIRST = Identity("rule-a", "App/A.swift", "A.f()", "01234567", 0)
SECOND = Identity("rule-b", "App/A.swift", "", "01234567", 1)


def test_it_is_sorted_and_one_finding_is_one_line():
    assert write_baseline([SECOND, FIRST]) == write_baseline([FIRST, SECOND])
    assert write_baseline([FIRST, SECOND]) == (
        '{\n  "version": 1,\n  "findings": [\n'
        '    {"rule": "rule-a", "path": "App/A.swift", "symbol": "A.f()", "line": "01234567", "index": 0},\n'
        '    {"rule": "rule-b", "path": "App/A.swift", "symbol": "", "line": "01234567", "index": 1}\n'
        "  ]\n}\n"
    )


identities = st.builds(
    Identity,
    rule=st.text(),
    path=st.text() | st.just("caf\udce9"),
    symbol=st.text(),
    line=st.text(),
    index=st.integers(0, 9),
)


@given(st.lists(identities))
def test_what_is_written_can_be_read(found):
    assert read_baseline(write_baseline(found).encode()) == frozenset(found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"version": 2, "findings": []}',
        b'{"version": 1}',
        b'{"version": 1, "findings": [{}]}',
        b'{"version": 1, "findings": [], "more": 1}',
        b"[" * 100_000,
    ],
)
def test_other_files_are_refused(data):
    with pytest.raises(BaselineError) as caught:
        read_baseline(data)
    assert "\n" not in str(caught.value)


def test_entries_that_match_nothing_are_named():
    [remark] = stale_entries([FIRST, SECOND], [SECOND], ["rule-a", "rule-b"])
    assert remark.path == "App/A.swift"
    assert remark.text == "`rule-a` in A.f() is in the baseline, but no longer found: write the baseline anew"


def test_entries_of_rules_that_were_not_asked_are_not_named():
    assert stale_entries([FIRST], [], ["rule-b"]) == []
