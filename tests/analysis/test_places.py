"""Where values are kept and where they go."""

from __future__ import annotations

import pytest
from backhaul.analysis.places import Destinations

from analysis.programs import Analysed


def destinations(
    statements: str, members: str = "var gate: Gate; var gates: [Int: Gate]; var all: [Gate]"
) -> Destinations:
    analysed = Analysed(f"class Box {{ {members}\n func f(box: Box, k: Int) -> Gate {{ {statements} }} }}")
    call, body, _ = analysed.call("openGate")
    return analysed.places.destinations(call, body)


def kept(found: Destinations) -> set[tuple[str, str]]:
    return {(place.kind, place.name) for place in found.places}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("let a = openGate()", {("local", "a")}),
        ("var a: Gate; a = openGate()", {("local", "a")}),
        ("let a = t ? openGate() : other", {("local", "a")}),
        ("gate = openGate()", {("field", "gate")}),
        ("self.gate = openGate()", {("field", "gate")}),
        ("box.gate = openGate()", {("field", "gate")}),
        ("gates[k] = openGate()", {("element", "gates")}),
        ("shared = openGate()", {("field", "shared")}),
        ("if let a = openGate() { }", {("local", "a")}),
        ("let a = try! openGate() as Gate", {("local", "a")}),
        ("run { [a = openGate()] in }", {("local", "a")}),
    ],
)
def test_kept(statements: str, expected: set[tuple[str, str]]):
    found = destinations(statements)
    assert kept(found) == expected
    assert not found.escapes
    assert not found.is_dropped


@pytest.mark.parametrize(
    "statements", ["openGate(); other()", "_ = openGate()", "let _ = openGate()", "run { openGate() }"]
)
def test_dropped(statements: str):
    found = destinations(statements)
    assert found.is_dropped
    assert not found.places


@pytest.mark.parametrize("statements", ["return openGate()", "for x in [openGate()] { }"])
def test_escapes(statements: str):
    assert destinations(statements).escapes


@pytest.mark.parametrize(
    "statements", ["if openGate() == other { }", 'use("\\(openGate())")', "gates[openGate()] = other"]
)
def test_looked_at_only(statements: str):
    found = destinations(statements)
    assert not (found.places or found.escapes or found.arguments)


def test_arguments():
    ((call, position),) = destinations("use(k, openGate())").arguments
    assert (call.name, position) == ("use", 1)


# The places behind an expression


def behind(swift: str = "", objc: str = "", name: str = "use") -> set[tuple[str, str]]:
    analysed = Analysed(swift, objc)
    expression, body = analysed.argument(name)
    return {(place.kind, place.name) for place in analysed.places.behind(expression, body)}


FIELDS = "var gate: Gate; var gates: [Int: Gate] = [:]; func own() -> Gate { return gate }"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("use(gate)", {("field", "gate")}),
        ("let a = gate; use(a)", {("local", "a"), ("field", "gate")}),
        ("use(own())", {("field", "gate")}),
        ("use(gates[k])", {("element", "gates")}),
        ("guard let a = gates[k] else { return }; use(a)", {("local", "a"), ("element", "gates")}),
        ("let a = gates.removeValue(forKey: k); use(a)", {("local", "a"), ("element", "gates")}),
        ("for a in gates { use(a) }", {("local", "a"), ("element", "gates")}),
        ("use(t ? gate : p)", {("field", "gate"), ("local", "p"), ("parameter", "f")}),
        ("use(Gate(rawValue: gate.rawValue))", {("field", "gate")}),
        ("let a = openGate(); use(a)", {("local", "a")}),
    ],
)
def test_behind(statements: str, expected: set[tuple[str, str]]):
    found = behind(f"class Box {{ {FIELDS}\n func f(p: Gate, k: Int) {{ {statements} }} }}")
    assert expected <= found


def test_a_variable_and_its_property_are_one_place():
    text = """
        @interface Box : NSObject
        @property (nonatomic) Gate gate;
        @end
        @implementation Box
        - (void)f { _gate = openGate(); }
        - (void)g { use(self.gate); }
        - (void)h { use(self->_gate); }
        - (void)i { use([self gate]); }
        @end
    """
    analysed = Analysed(objc=text)
    place = analysed.opened()
    for number in range(3):
        assert place in analysed.places.behind(*analysed.argument("use", number))


def test_a_field_belongs_to_the_type_that_declares_it():
    text = """
        class Box { var gate: Gate }
        class Small: Box { func f() { gate = openGate() } }
        func g(box: Box) { use(box.gate) }
    """
    analysed = Analysed(text)
    assert analysed.opened() in analysed.places.behind(*analysed.argument("use"))


def test_fields_of_one_name_in_two_types_are_two_places():
    text = """
        class A { var gate: Gate; func f() { gate = openGate() } }
        class B { var gate: Gate; func f() { use(gate) } }
    """
    analysed = Analysed(text)
    assert analysed.opened() not in analysed.places.behind(*analysed.argument("use"))


def test_locals_of_one_name_are_told_apart():
    text = "func f() { do { let a = openGate() }; do { let a = other(); use(a) } }"
    analysed = Analysed(text)
    assert analysed.opened() not in analysed.places.behind(*analysed.argument("use"))
