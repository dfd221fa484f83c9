"""Swift's names of Objective-C methods, and the other way round, by the calls they answer to."""

from __future__ import annotations

import pytest

from analysis.programs import Analysed


def swift_callees(method: str, call: str) -> list[str]:
    """What a Swift call on a ``Box`` runs, whose only Objective-C method is ``method``."""
    objc = f"@interface Box : NSObject\n@end\n@implementation Box\n- (void){method} {{ }}\n@end"
    analysed = Analysed(f"func f(box: Box, x: Any, y: Any) {{ box.{call} }}", objc)
    node, body, _ = analysed.call(call.partition("(")[0])
    return [s.name for s in analysed.resolver.callees.of(node, body).functions]


@pytest.mark.parametrize(
    ("method", "call", "selector"),
    [
        ("reset", "reset()", "reset"),
        ("open:(id)a", "open(x)", "open:"),
        ("uploadFile:(id)a toURL:(id)b", "uploadFile(x, to: y)", "uploadFile:toURL:"),
        ("moveToPlace:(id)a", "move(toPlace: x)", "moveToPlace:"),
        ("moveToPlace:(id)a", "move(to: x)", "moveToPlace:"),
        (
            "beginTaskWithName:(id)a handler:(id)b",
            "beginTask(withName: x, handler: y)",
            "beginTaskWithName:handler:",
        ),
    ],
)
def test_swift_calls_objective_c(method: str, call: str, selector: str):
    assert swift_callees(method, call) == [selector]


def test_the_number_of_arguments_must_fit():
    assert swift_callees("uploadFile:(id)a toURL:(id)b", "uploadFile(x)") == []


def test_initialisers():
    objc = """
        @interface Box : NSObject
        @end
        @implementation Box
        - (instancetype)initWithName:(id)name { return self; }
        @end
    """
    analysed = Analysed("func f(x: Any) { let box = Box(name: x) }", objc)
    node, body, _ = analysed.call("Box")
    assert [s.name for s in analysed.resolver.callees.of(node, body).functions] == ["initWithName:"]


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("func reset()", "reset"),
        ("func open(_ a: Any)", "open:x"),
        ("func upload(_ a: Any, to b: Any)", "upload:x to:x"),
        ("func upload(file a: Any)", "uploadWithFile:x"),
        ("func move(to a: Any)", "moveTo:x"),
        ("func move(with a: Any, by b: Any)", "moveWith:x by:x"),
        ("@objc(goFrom:) func move(a: Any)", "goFrom:x"),
    ],
)
def test_objective_c_calls_swift(method: str, message: str):
    swift = f"@objc class Box: NSObject {{ @objc {method} {{ }} }}"
    if method.startswith("@objc"):
        swift = f"@objc class Box: NSObject {{ {method} {{ }} }}"
    analysed = Analysed(swift, f"void f(Box *box, id x) {{ [box {message}]; }}")
    body = analysed.body("f")
    ((node, _),) = body.calls
    assert len(analysed.resolver.callees.of(node, body).functions) == 1


def test_an_explicit_selector_replaces_the_made_one():
    swift = "@objc class Box: NSObject { @objc(go:) func move(_ a: Any) { } }"
    analysed = Analysed(swift, "void f(Box *box, id x) { [box move:x]; }")
    body = analysed.body("f")
    ((node, _),) = body.calls
    assert analysed.resolver.callees.of(node, body).functions == ()
