"""Nominal types of expressions."""

from __future__ import annotations

import pytest

from analysis.programs import Analysed

DECLARATIONS = """
    class Box { var lamp: Lamp; lazy var made = Lamp(settings: .bright)
                static let shared = Box(); func find() -> Lamp { lamp }
                func copy() -> Self { self }
                var spares: [Lamp] = []; var named: [String: Lamp]?; let twins = [Lamp(settings: .bright)] }
    class Small: Box { }
    let global = Box()
    func makeBox() -> Box? { nil }
"""


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("use(box)", "Box"),
        ("use(box.lamp)", "Lamp"),
        ("use(box.made)", "Lamp"),
        ("use(box.find())", "Lamp"),
        ("use(small.lamp)", "Lamp"),
        ("use(Box.shared)", "Box"),
        ("use(Box.shared.lamp)", "Lamp"),
        ("use(global)", "Box"),
        ("use(makeBox())", "Box"),
        ("use(makeBox()!.lamp)", "Lamp"),
        ("let x = box; use(x)", "Box"),
        ("let x: Lamp = other(); use(x)", "Lamp"),
        ("let x = other() as! Lamp; use(x)", "Lamp"),
        ("if let x = other() as? Lamp { use(x) }", "Lamp"),
        ("guard let x = makeBox() else { return }; use(x)", "Box"),
        ("use(makeBox() ?? other())", "Box"),
        ("use(flag ? box : other())", "Box"),
        ("use(box.copy())", "Box"),
        ("use({ () -> Box in return box }())", "Box"),
        ("use(lamp.settings)", "LampSettings"),
        ("use(Lamp(settings: .bright).settings)", "LampSettings"),
        ("use(LampSettings.bright)", "LampSettings"),
        ("for x in [lamp, box.lamp] { use(x) }", "Lamp"),
        ("let all = [lamp]; for x in all { use(x) }", "Lamp"),
        ("for x in box.spares { use(x) }", "Lamp"),
        ("for x in box.twins { use(x) }", "Lamp"),
        ("let all: Set<Lamp> = other(); for x in all { use(x) }", "Lamp"),
        ('use(box.named?["a"])', "Lamp"),
        ("use(box.spares[0])", "Lamp"),
        ("[lamp].forEach { use($0) }", "Lamp"),
        ("box.spares.forEach { x in use(x) }", "Lamp"),
        ("for x in [lamp, box] { use(x) }", ""),
        ("for x in [lamp, other()] { use(x) }", ""),
        ("[lamp].map(other).forEach { use($0) }", ""),
        ("box.spares.collect { use($0) }", ""),
        ("let all: Box = box; for x in all { use(x) }", ""),
        ("use(other())", ""),
        ("use(box.nothing)", ""),
        ("use(1)", ""),
    ],
)
def test_swift(statements: str, expected: str):
    text = f"{DECLARATIONS}\nfunc f(box: Box, small: Small, lamp: Lamp, flag: Bool) {{ {statements} }}"
    assert Analysed(text).type_of() == expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("use(box);", "Box"),
        ("use(box.lamp);", "Lamp"),
        ("use([box lamp]);", "Lamp"),
        ("use([box find]);", "Lamp"),
        ("use([[Box alloc] init]);", "Box"),
        ("use([Box new]);", "Box"),
        ("use([Box shared].lamp);", "Lamp"),
        ("use(Box.shared);", "Box"),
        ("use([Box boxWithContentsOfURL:nil]);", "Box"),
        ("use([Box box]);", "Box"),
        ("use([Box boxer]);", ""),
        ("use([Box otherWithName:nil]);", ""),
        ("use((Box *)other());", "Box"),
        ("id x = [TLLamp lampWithSettings:nil]; use(x);", "Lamp"),
        ("__weak typeof(box) weakBox = box; use(weakBox);", "Box"),
        ("use(other());", ""),
    ],
)
def test_objective_c(statements: str, expected: str):
    text = f"""
        @interface Box : NSObject
        @property (nonatomic, strong) TLLamp *lamp;
        + (instancetype)shared;
        - (TLLamp *)find;
        @end
        @implementation Box
        + (instancetype)shared {{ return nil; }}
        - (TLLamp *)find {{ return self.lamp; }}
        @end
        void f(Box *box) {{ {statements} }}
    """
    assert Analysed(objc=text).type_of() == expected


def test_names_of_types():
    analysed = Analysed("class Box { static func f() { use(self, Box.self, Other.self, x) } }")
    call, body, _ = analysed.call("use")
    named = [analysed.resolver.types.named_by(a.value, body) for a in call.arguments]
    assert named == ["Box", "Box", "Other", ""]


def test_an_endless_definition_has_no_type():
    assert Analysed("func f() { var a = b; var b = a; a = b; use(a) }").type_of() == ""


def test_self_makes_an_object_of_the_type_around_it():
    assert (
        Analysed("class Box { static func make() -> Self { let made = Self(); use(made) } }").type_of()
        == "Box"
    )


@pytest.mark.parametrize(
    ("text", "performed"),
    [
        ("let x: Lamp = .init(settings: .bright)", True),
        ("lamp = .init(settings: .bright)", True),
        ("return flag ? lamp : .init(settings: .bright)", True),
        ("take(.init(settings: .bright))", True),
        ("give(1, .init(settings: .bright))", True),
        ("give(.init(settings: .bright), lamp)", False),
        ("let x: Lantern = .init(settings: .bright)", False),
        ("other(.init(settings: .bright))", False),
    ],
)
def test_an_initialiser_without_its_type_is_of_the_type_expected_there(text: str, performed: bool):
    analysed = Analysed(
        "func take(_ lamp: Lamp) { }\n"
        f"func f(lamp: Lamp, give: @escaping (Int, Lamp?) -> Void) -> Lamp {{ {text} }}"
    )
    call, body, _ = analysed.call("init")
    assert bool(analysed.resolver.operations.at(call, body)) is performed
