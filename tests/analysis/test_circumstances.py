"""For which builds code is there, and which of two places exclude each other."""

from __future__ import annotations

import pytest
from backhaul.analysis.bodies import Body
from backhaul.matchers.circumstances import built_only_for
from backhaul.matchers.grants import excludes

from analysis.programs import Analysed


def body_of(source: str) -> Body:
    body = Analysed(source).program.functions_named["f"][0].body
    assert body is not None
    return body


@pytest.mark.parametrize(
    ("condition", "is_only"),
    [
        ("DEBUG", True),
        ("DEBUG && os(iOS)", True),
        ("MY_DEBUG_MENU", True),
        ("!DEBUG", False),
        ("os(iOS)", False),
        ("DEBUG || os(iOS)", False),
        ("DEBUG || DEBUG_MENU", True),
        ("defined(DEBUG) || defined(DEBUG_MENU)", True),
        ("DEBUG || !DEBUG_MENU", False),
        ("DEBUG || DEBUG_MENU && os(iOS)", False),
    ],
)
def test_a_flag_of_the_build(condition: str, is_only: bool):
    inside = body_of(f"func f() {{\n#if {condition}\n go()\n#endif\n}}")
    around = body_of(f"#if {condition}\nfunc f() {{ go() }}\n#endif\n")
    for body in (inside, around):
        assert built_only_for(("debug",), body.calls[0][0], body) is is_only


def test_the_other_branch():
    body = body_of("func f() {\n#if DEBUG\n a()\n#else\n b()\n#endif\n c()\n}")
    assert [built_only_for(("debug",), call, body) for call, _ in body.calls] == [True, False, False]


@pytest.mark.parametrize(
    ("condition", "is_only"),
    [
        ("isDebug", True),
        ("environment == .debug", True),
        ("Build.DEBUG_MENU", True),
        ('host.hasPrefix("debug.")', True),
        ("!isDebug", False),
        ("debugger != nil", False),
        ("isReady", False),
    ],
)
def test_a_question_when_it_runs(condition: str, is_only: bool):
    body = body_of(f"func f() {{\n if {condition} {{ go() }}\n}}")
    (go,) = (call for call, _ in body.calls if call.name == "go")
    assert built_only_for(("debug",), go, body) is is_only


@pytest.mark.parametrize(
    ("statements", "do_exclude"),
    [
        ("a(); b()", False),
        ("if x { a() }; b()", False),
        ("if x { a() } else { b() }", True),
        ("if a() { b() } else { c() }", False),
        ("if x { a(); return }; b()", True),
        ("guard x else { a(); return }; b()", True),
        ("switch x { case .one: a()\n default: b() }", True),
        ("run { a(); return }; b()", False),
        ("let y = x ? a() : b()", True),
    ],
)
def test_places_that_exclude_each_other(statements: str, do_exclude: bool):
    body = body_of(f"func f(x: Bool) {{ {statements} }}")
    calls = {call.name: call for call, _ in body.calls}
    assert excludes(calls["a"], calls["b"], body) is do_exclude
    assert excludes(calls["b"], calls["a"], body) is do_exclude
