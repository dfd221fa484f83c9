"""What takes a value where it stands."""

from __future__ import annotations

import pytest
from backhaul.analysis.bodies import Body
from backhaul.analysis.consumers import consumer_of, holders, names_of
from backhaul.analysis.walking import nodes_of
from backhaul.model.code import Call, Name

from analysis.programs import Analysed


def body_of(statements: str) -> Body:
    source = f"class Box {{ var kept: Any?\n func f(task: Task, other: Task) {{ {statements} }} }}"
    body = Analysed(source).program.functions_named["f"][0].body
    assert body is not None
    return body


@pytest.mark.parametrize(
    ("statement", "form"),
    [
        ("send(task)", "passed"),
        ("send([task, other])", "passed"),
        ("send(task as! Upload)", "passed"),
        ("send(task ?? other)", "passed"),
        (r'print("\(task)")', "described"),
        ("self.kept = task", "stored"),
        ("send(task.number)", "used"),
        ("task.resume()", "used"),
        ("send(task == other)", "none"),
        ("let copy = task", "none"),
        ("if task is Upload { }", "none"),
    ],
)
def test_what_takes_a_value(statement: str, form: str):
    body = body_of(statement)
    name = next(n for n in nodes_of(body.unit.block, Name) if n.name == "task")
    assert consumer_of(name, body).form == form


def test_a_whole_argument_is_told_from_a_part():
    body = body_of("send([task])")
    name = next(n for n in nodes_of(body.unit.block, Name) if n.name == "task")
    call = next(nodes_of(body.unit.block, Call))
    assert consumer_of(name, body).argument is call.arguments[0].value
    assert consumer_of(name, body).argument is not name


def test_copies_hold_the_value_too():
    body = body_of(
        "let upload = task as? Upload\n guard let sure = upload else { return }\n send(sure, other)"
    )
    held = holders(body, lambda _: False, (v for v in body.unit.parameters if v.name == "task"))
    assert {v.name for v in held} == {"task", "upload", "sure"}
    assert [n.name for n in names_of(held, body)] == ["task", "upload", "sure"]
