"""What is known to hold where code stands, and when two places exclude each other."""

from __future__ import annotations

import pytest
from backhaul.analysis.conditions import Condition, contradicts, guards_of

from analysis.programs import Analysed


def guards(swift: str = "", objc: str = "", *, at: str = "here", closures: bool = False) -> set[str]:
    """The guards of the call of ``at``: ``text`` or ``not text``, declarations left out of texts."""
    call, body, _ = Analysed(swift, objc).call(at)
    found = guards_of(call, body, through_closures=closures)
    return {_plain_of(c) for c in found}


def _plain_of(condition: Condition) -> str:
    if not condition.text:
        parts = (("" if holds else "not ") + _plain(text) for text, holds in condition.not_all)
        return f"not all of {', '.join(sorted(parts))}"
    return ("" if condition.holds else "not ") + _plain(condition.text)


def _plain(text: str) -> str:
    head, *rest = text.split("#")
    return head + "".join(part.lstrip("0123456789") for part in rest)


def excludes(swift: str = "", objc: str = "") -> bool:
    """Whether the calls of ``one`` and ``two`` contradict each other."""
    analysed = Analysed(swift, objc)
    (one, body, _), (two, _, _) = analysed.call("one"), analysed.call("two")
    return contradicts(guards_of(one, body), guards_of(two, body))


# What holds where


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("if a { here() }", {"a"}),
        ("if !a { here() }", {"not a"}),
        ("if a { } else { here() }", {"not a"}),
        ("if a { } else if b { here() }", {"not a", "b"}),
        ("if a && b { here() }", {"a", "b"}),
        ("if a, b { here() }", {"a", "b"}),
        ("if a, here() { }", {"a"}),
        ("if a && b { } else { here() }", {"not all of a, b"}),
        ("if a && print({ b }) { } else { here() }", set()),
        ("if a || b { } else { here() }", {"not a", "not b"}),
        ("if a || b { here() }", {"||(a, b)"}),
        ("guard a else { return }; here()", {"a"}),
        ("guard a, !b else { here(); return }", {"not all of a, not b"}),
        ("guard a else { here(); return }", {"not a"}),
        ("if a { return }; here()", {"not a"}),
        ("if a { throw b }; here()", {"not a"}),
        ("if a { print(b) }; here()", set()),
        ("if a { if b { return } else { return } }; here()", {"not a"}),
        ("if a { if b { return } }; here()", set()),
        ("while a { here() }", {"a"}),
        ("_ = a ? here() : b", {"a"}),
        ("_ = a ? b : here()", {"not a"}),
        ("_ = a && here()", {"a"}),
        ("_ = a || here()", {"not a"}),
        ("if a == false { here() }", {"not a"}),
        ("if true == a { here() }", {"a"}),
        ("if a != nil { here() }", {"not a == nil"}),
        ("if let x = a { here() }", {"not a == nil"}),
        ("guard let x = a else { here(); return }", {"a == nil"}),
        ("if kind == .one { here() }", {"kind == .one"}),
        ("if .one == kind { here() }", {"kind == .one"}),
        ("if case .one = kind { here() }", {"kind == .one"}),
        ("switch kind { case .one: here()\n default: break }", {"kind == .one"}),
        ("switch kind { case .one: break\n default: here() }", {"not kind == .one"}),
        ("switch a { case true: here()\n default: break }", {"a"}),
        ("switch kind { case .one, .two: here()\n default: break }", {"kind == .one or .two"}),
        ("if a { run { here() } }", set()),
    ],
)
def test_guards(statements: str, expected: set[str]):
    parameters = "a: Bool, b: Bool, kind: Kind"
    assert guards(f"func f({parameters}) throws {{ {statements} }}") == expected


def test_guards_around_a_closure_count_when_asked():
    text = "func f(a: Bool) { if a { run { here() } } }"
    assert guards(text) == set()
    assert guards(text, closures=True) == {"a"}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("if (a) { here(); }", {"a"}),
        ("if (a == NO) { here(); }", {"not a"}),
        ("if (!a) return; here();", {"a"}),
        ("if (nil == x) { return; } here();", {"not x == nil"}),
        ("if (a) { goto out; } here(); out: return;", {"not a"}),
        ("switch (k) { case KindOne: here(); break; default: break; }", {"k == self.KindOne"}),
    ],
)
def test_guards_in_objective_c(statements: str, expected: set[str]):
    assert guards(objc=f"void f(BOOL a, id x, Kind k) {{ {statements} }}") == expected


def test_a_field_has_one_text_however_it_is_written():
    text = """
        @implementation Box
        - (void)f { if (_open) { one(); } if (!self.open) { two(); } }
        @end
    """
    assert excludes(objc=text)
    assert excludes("class Box { func f() { if open { one() }; if !self.open { two() } } }")


def test_getter_messages_and_dots_are_one_text():
    text = """
        @implementation Box
        - (void)f { if ([self isOpen]) { one(); } if (!self.isOpen) { two(); } }
        @end
    """
    assert excludes(objc=text)


# Contradictions


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("if a { one() } else { two() }", True),
        ("if a { one() }; if !a { two() }", True),
        ("if a { one() }; if a { two() }", False),
        ("if a { one() }; if b { two() }", False),
        ("if a { one(); return }; two()", True),
        ("guard a else { one(); return }; two()", True),
        ("if kind == .one { one() }; if kind == .two { two() }", True),
        ("if kind == .one { one() }; if kind != .one { two() }", True),
        ("if kind != .one { one() }; if kind != .two { two() }", False),
        ("switch kind { case .one: one()\n default: two() }", True),
        ("switch kind { case .one: one()\n case .two: two()\n default: break }", True),
        ("switch kind { case .one, .two: one()\n case .three, .four: two()\n default: break }", True),
        ("if kind == .one || kind == .two { one() }; if kind == .three { two() }", True),
        ("if kind == .one || kind == .two { one() }; if kind == .two { two() }", False),
        ("if kind == .one || a { one() }; if kind == .two { two() }", False),
        ("if !kind { one() }; if kind == 0 || kind == 1 { two() }", False),
        ("if let x = name { one() }; if name == nil { two() }", True),
        ("if let x = name { one() }; guard name != nil else { two(); return }", True),
        ("_ = a ? one() : two()", True),
        ("if a && b { one() }; if !a { two() }", True),
        ("if a && b { one() } else { two() }", True),
        ("if a, kind == .one { one() } else { two() }", True),
        ("if a && b { } else { one() }; if a { two() }", False),
        ("if a || b { one() } else { two() }", True),
        ("if a || b { one() }; if !a { two() }", False),
        ("if #available(iOS 13, *) { one() } else { two() }", True),
    ],
)
def test_contradictions(statements: str, expected: bool):
    assert excludes(f"func f(a: Bool, b: Bool, kind: Kind, name: String?) {{ {statements} }}") == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [("Digest", True), ('@"digest"', True), ("Basic", False), ("given", False)],
)
def test_what_equals_a_constant_in_objective_c(other: str, expected: bool):
    tests = f"if ([x.method isEqualToString:Basic]) one(); if ([x.method isEqualToString:{other}]) two();"
    assert excludes(objc=f"void f(Space *x, NSString *given) {{ {tests} }}") == expected


def test_equal_names_of_two_variables_are_two_conditions():
    text = "func f() { do { let a = x(); if a { one() } }; do { let a = y(); if !a { two() } } }"
    assert not excludes(text)


def test_conditions_with_closures_have_no_text():
    assert guards("func f() { if list.contains(where: { $0 }) { here() } }") == set()
