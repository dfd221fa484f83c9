"""What functions do to an opened gate: close it always, sometimes, later, never."""

from __future__ import annotations

import pytest

from analysis.programs import Analysed

BOX = "class Box { var gate: Gate; var ready: Bool; func open() { gate = openGate() }"


def closes(members: str, name: str = "f") -> str:
    """What ``name`` does to the field that ``open`` fills."""
    return Analysed(f"{BOX}\n{members} }}").closes(name)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("closeGate(gate)", "always"),
        ("closeGate(self.gate)", "always"),
        ("let a = gate; closeGate(a)", "always"),
        ("if ready { closeGate(gate) }", "sometimes"),
        ("if ready { closeGate(gate) } else { closeGate(gate) }", "always"),
        ("guard ready else { return }; closeGate(gate)", "sometimes"),
        ("guard ready else { halt() }; closeGate(gate)", "always"),
        ("if gate != .none { closeGate(gate) }", "always"),
        ("guard gate != .none else { return }; closeGate(gate)", "always"),
        ("if gate == .none { return }; closeGate(gate)", "always"),
        ("if let a = gate { closeGate(a) }", "always"),
        ("defer { closeGate(gate) }; if ready { return }; g()", "always"),
        ("do { try g() } catch { }; closeGate(gate)", "always"),
        ("for _ in list { closeGate(gate) }", "sometimes"),
        ("while true { closeGate(gate); break }", "always"),
        ("switch ready { case true: closeGate(gate)\n case false: closeGate(gate) }", "always"),
        ("runNow { closeGate(gate) }", "always"),
        ("runNow { if ready { closeGate(gate) } }", "sometimes"),
        ("runLater { closeGate(gate) }", "later"),
        ("unknown { closeGate(gate) }", "later"),
        ("runLater { runNow { closeGate(gate) } }", "later"),
        ("{ closeGate(gate) }()", "always"),
        ("let end = { closeGate(self.gate) }; end()", "always"),
        ("let end = { closeGate(self.gate) }; runLater(end)", "later"),
        ("let end = { closeGate(self.gate) }", "later"),
        ("func end() { closeGate(gate) }; end()", "always"),
        ("func end() { closeGate(gate) }", "never"),
        ("func end() { closeGate(gate) }; runLater(end)", "later"),
        ("closeGate(other)", "never"),
        ("", "never"),
    ],
)
def test_one_function(statements: str, expected: str):
    assert closes(f"func f() {{ {statements} }}") == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("func f() { g() }; func g() { closeGate(gate) }", "always"),
        ("func f() { g() }; func g() { if ready { closeGate(gate) } }", "sometimes"),
        ("func f() { if ready { g() } }; func g() { closeGate(gate) }", "sometimes"),
        ("func f() { g() }; func g() { runLater { closeGate(self.gate) } }", "later"),
        ("func f() { runLater { self.g() } }; func g() { closeGate(gate) }", "later"),
        ("func f() { runLater(g) }; func g() { closeGate(gate) }", "later"),
        ("func f() { observe(#selector(g)) }; @objc func g() { closeGate(gate) }", "later"),
        ("func f() { close(gate) }; func close(_ a: Gate) { closeGate(a) }", "always"),
        (
            "func f() { g(gate) }; func g(_ a: Gate) { h(a) }; func h(_ a: Gate) { closeGate(a) }",
            "always",
        ),
        ("func f() { state = 1 }; var state: Int { didSet { closeGate(gate) } }", "always"),
        ("func f() { state = 1 }; var state: Int { get { 1 } set { closeGate(gate) } }", "always"),
        ("func f() { f() }", "never"),
        ("func f() { g() }; func g() { if ready { f() } else { closeGate(gate) } }", "sometimes"),
        ("func f() { g { closeGate(self.gate) } }; func g(_ work: () -> Void) { work() }", "always"),
        (
            "func f() { g { closeGate(self.gate) } }; func g(_ work: () -> Void) { runLater { work() } }",
            "later",
        ),
    ],
)
def test_through_other_functions(members: str, expected: str):
    assert closes(members) == expected


def test_a_helper_that_is_given_another_gate_does_nothing_to_this_one():
    text = "func f() { close(other) }; var other: Gate; func close(_ a: Gate) { closeGate(a) }"
    assert closes(text) == "never"


def test_subclasses_may_close():
    text = """
        class Box { var gate: Gate; func open() { gate = openGate() }; func f() { end() }; func end() { } }
        class Small: Box { override func end() { closeGate(gate) } }
    """
    assert Analysed(text).closes("f") in ("always", "sometimes")


def test_local_gates():
    text = "func f() { let a = openGate(); runLater { closeGate(a) } }"
    assert Analysed(text).closes("f") == "later"


def test_declaring_a_local_function_closes_nothing():
    """Only calling it does."""
    text = "func f() { let a = openGate(); func end() { closeGate(a) }; if t { return }; end() }"
    assert Analysed(text).closes("f") == "sometimes"


def test_objective_c():
    text = """
        @interface Box : NSObject
        @property (nonatomic) Gate gate;
        @end
        @implementation Box
        - (void)open { self.gate = openGate(); }
        - (void)f { [self end]; }
        - (void)end { if (_gate != GateNone) { closeGate(_gate); _gate = GateNone; } }
        - (void)g { @synchronized(self) { [self performSelector:@selector(end)]; } }
        - (void)h { self.state = 1; }
        - (void)setState:(int)state { closeGate(self.gate); }
        - (void)i { runLater(^{ [self end]; }); }
        @end
    """
    analysed = Analysed(objc=text)
    found = {name: analysed.closes(name) for name in ("f", "g", "h", "i")}
    assert found == {"f": "always", "g": "later", "h": "always", "i": "later"}


def test_across_the_languages():
    swift = """
        @objc class Box: NSObject {
            @objc var gate: Gate
            func open() { gate = openGate() }
            @objc(shut) func close() { closeGate(gate) }
        }
    """
    objc = "void f(Box *box) { [box shut]; }"
    assert Analysed(swift, objc).closes("f") == "always"
