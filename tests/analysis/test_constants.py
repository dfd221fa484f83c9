"""Conditions that constants of the program decide."""

from __future__ import annotations

import pytest
from backhaul.analysis.conditions import guards_of
from backhaul.analysis.constants import Constants

from analysis.programs import Analysed


def is_dead(swift: str = "", objc: str = "") -> bool:
    """Whether the call of ``here`` can never run."""
    analysed = Analysed(swift, objc)
    call, body, _ = analysed.call("here")
    return Constants(analysed.program).exclude(guards_of(call, body), body.symbol.owner)


@pytest.mark.parametrize(
    ("declarations", "condition", "expected"),
    [
        ("#define MODE 2", "MODE == 1", True),
        ("#define MODE 2", "MODE == 2", False),
        ("#define MODE 2", "MODE != 2", True),
        ("#define ONE 1\n#define TWO 2\n#define MODE TWO", "MODE == ONE", True),
        ("#define ONE 1\n#define TWO 2\n#define MODE TWO", "MODE == TWO", False),
        ("#define USES_IT NO", "USES_IT", True),
        ("#define USES_IT (YES) // really", "!USES_IT", True),
        ("#define USES_IT 1", "USES_IT && other", False),
        ("static const BOOL usesIt = NO;", "usesIt", True),
        ("static BOOL usesIt = NO;", "usesIt", False),
        ("#if TARGET_OS_IOS\n#define MODE 1\n#else\n#define MODE 2\n#endif", "MODE == 1", False),
        ("#define MODE MODE", "MODE", False),
        ("#define MODE(x) 0", "MODE(other)", False),
        ("", "MODE == 1", False),
    ],
)
def test_macros_and_constants_of_objective_c(declarations: str, condition: str, expected: bool):
    text = f"{declarations}\nvoid f(BOOL other) {{ if ({condition}) {{ here(); }} }}"
    assert is_dead(objc=text) is expected


@pytest.mark.parametrize(
    ("declarations", "condition", "expected"),
    [
        ("let usesIt = false", "usesIt", True),
        ("var usesIt = false", "usesIt", False),
        ("enum Flags { static let usesIt = false }", "Flags.usesIt", True),
        ("enum Flags { static let usesIt = true }", "Flags.usesIt", False),
        ("enum Flags { static let level = 3 }", "Flags.level == 2", True),
        ("enum Flags { static let level = next() }", "Flags.level == 2", False),
        ("enum Flags { static var usesIt: Bool { read() } }", "Flags.usesIt", False),
    ],
)
def test_constants_of_swift(declarations: str, condition: str, expected: bool):
    assert is_dead(f"{declarations}\nfunc f() {{ if {condition} {{ here() }} }}") is expected


def test_a_field_hides_a_global():
    member = "final class A { var usesIt = false; func f() { if usesIt { here() } } }"
    assert not is_dead(f"let usesIt = false\n{member}")
