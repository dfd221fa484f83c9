"""Which functions a function leads to."""

from __future__ import annotations

import pytest
from backhaul.analysis.reach import Reach

from analysis.programs import Analysed


def leads(name: str, wanted: str, swift: str = "", objc: str = "") -> bool:
    """Whether the function ``name`` leads to the only one called ``wanted``."""
    analysed = Analysed(swift, objc)
    target = analysed.symbol(wanted)
    return Reach(analysed.resolver).find([analysed.symbol(name)], lambda s: s is target) is not None


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("func f() { g() }; func g() { goal() }", True),
        ("func f() { g() }; func g() { f() }", False),
        ("func f() { run { goal() } }", True),
        ("class A { init() { goal() } }; func f() { _ = A() }", True),
        ("class A { let x = goal() }; func f() { _ = A() }", True),
        ("class A { lazy var x = goal() }; func f() { _ = A() }", False),
        ("class A { lazy var x = goal() }; func f() { A().x.use() }", True),
        ("class A { static let one = A(); init() { goal() } }; func f() { A.one.use() }", True),
        (
            "class A { static let one = A(); init() { goal() }; static func g() { } }; func f() { A.g() }",
            False,
        ),
        ("class A { var x: Int { goal() } }; func f(a: A) { print(a.x) }", True),
        ("class A { var x = 0 { didSet { goal() } } }; func f(a: A) { a.x = 1 }", True),
        ("class A { init() { goal() } }; class B: A { }; func f() { _ = B() }", True),
        ("let shared = goal(); func f() { use(shared) }", True),
        ("class A { func f() { add(#selector(g)) }; @objc func g() { goal() } }", False),
    ],
)
def test_swift(text: str, reached: bool) -> None:
    assert leads("f", "goal", swift=text + "\nfunc goal() -> Int { 0 }") is reached


@pytest.mark.parametrize(
    ("members", "reached"),
    [
        ("- (void)f { [self g]; } - (void)g { [self goal]; }", True),
        ("- (void)f { self.x = 1; } - (void)setX:(int)x { [self goal]; }", True),
        ("- (void)f { [self setX:1]; } - (void)setX:(int)x { [self goal]; }", True),
        ("- (void)f { use(self.x); } - (int)x { return [self goal]; }", True),
        ("- (void)f { [[A new] g]; } - (instancetype)init { [self goal]; return self; } - (void)g { }", True),
        ("- (void)f { [self g]; } - (void)g { } - (void)h { [self goal]; }", False),
    ],
)
def test_objective_c(members: str, reached: bool) -> None:
    interface = "@interface A : NSObject\n@property int x;\n@end"
    text = f"{interface}\n@implementation A\n{members}\n- (int)goal {{ return 0; }}\n@end"
    assert leads("f", "goal", objc=text) is reached
