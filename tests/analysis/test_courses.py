"""What becomes of an object where it is made."""

from __future__ import annotations

import pytest
from backhaul.analysis.bodies import Body
from backhaul.analysis.courses import Course, Courses
from backhaul.analysis.places import Places
from backhaul.analysis.walking import nodes_of
from backhaul.model.code import Call

from analysis.programs import Analysed


def course_of(statements: str) -> tuple[Course, Body]:
    """The course of what ``make()`` gives, in a method with these statements."""
    source = f"""
        class Box {{
            var kept: Any?
            var all: [String: Any] = [:]
            func f(key: String) -> Any? {{ {statements} }}
            func take(_ given: Any) {{}}
        }}
    """
    analysed = Analysed(source)
    body = analysed.program.functions_named["f"][0].body
    assert body is not None
    made = next(call for call in nodes_of(body.unit.block, Call) if call.name == "make")
    return Courses(Places(analysed.resolver), "keeping").of(made, body), body


@pytest.mark.parametrize(
    ("statements", "called"),
    [
        ("let it = make(); it.start()", ["start"]),
        ("make().start()", ["start"]),
        ("if let it = make() as? Lamp { let same = it; same?.start() }", ["start"]),
        ("let it = make(); later { [it] in it.start() }", ["start"]),
        ("let other = make().twin(); other.start()", ["twin"]),
    ],
)
def test_calls_on_it(statements: str, called: list[str]):
    course, _ = course_of(statements)
    assert [call.name for call, _ in course.calls] == called
    assert not course.escapes


@pytest.mark.parametrize(
    ("statements", "kinds"),
    [
        ("kept = make()", ["field"]),
        ("let it = make(); self.kept = it", ["field"]),
        ("all[key] = make()", ["element"]),
        ("let it = make(); print(it.number)", []),
    ],
)
def test_where_it_is_stored(statements: str, kinds: list[str]):
    assert [place.kind for place in course_of(statements)[0].kept_in] == kinds


def test_whom_it_is_passed_to():
    course, _ = course_of("let it = make(); take(it)")
    assert [call.name for call, _ in course.passed] == ["take"]


@pytest.mark.parametrize(
    ("statements", "is_dropped"), [("make()", True), ("_ = make()", True), ("return make()", False)]
)
def test_what_nothing_takes(statements: str, is_dropped: bool):
    course, _ = course_of(f"print(key); {statements}")
    assert course.is_dropped is is_dropped
    assert bool(course.returns) is not is_dropped
