"""Which functions a function leads to."""

from __future__ import annotations

import pytest
from backhaul.analysis.bodies import Body
from backhaul.analysis.deferral import when_run
from backhaul.analysis.reach import Reach
from backhaul.analysis.walking import nodes_of
from backhaul.model.code import Closure

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


def test_what_closures_do_later_can_be_left_out() -> None:
    analysed = Analysed(
        "func f() { runLater { goal() }; runNow { other() } }\nfunc goal() {}\nfunc other() {}"
    )

    def is_later(closure: Closure, body: Body) -> bool:
        return when_run(closure, body, analysed.resolver)[0] != "now"

    reach = Reach(analysed.resolver, is_later)
    assert [symbol.name for symbol in reach.next(analysed.symbol("f"))] == ["other"]


def test_what_a_part_of_a_function_leads_to() -> None:
    analysed = Analysed("func f() { first(); use { goal() } }\nfunc first() {}\nfunc goal() {}")
    body = analysed.symbol("f").body
    assert body is not None
    (closure,) = nodes_of(body.unit.block, Closure)
    assert [s.name for s in Reach(analysed.resolver).within(closure, body)] == ["goal"]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("runNow { a() }", "now"),
        ("runLater { a() }", "later"),
        ("{ a() }()", "now"),
        ("keep { a() }", "unknown"),
        ("let x = { a() }", "unknown"),
    ],
)
def test_when_closures_run(text: str, when: str) -> None:
    analysed = Analysed(f"func f() {{ {text} }}")
    body = analysed.symbol("f").body
    assert body is not None
    (closure,) = nodes_of(body.unit.block, Closure)
    assert when_run(closure, body, analysed.resolver)[0] == when
