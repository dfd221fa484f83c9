"""Of what kind a value is: dim or bright lamps, wherever they were made."""

from __future__ import annotations

import pytest
from backhaul.analysis.origins import NIL, UNKNOWN

from analysis.programs import Analysed

DIM = "Lamp(settings: .dim(1))"
BRIGHT = "Lamp(settings: .bright)"
UNSEEN = {UNKNOWN}


def kinds(text: str) -> set[str]:
    """The kinds of what is used; ``DIM`` and ``BRIGHT`` in the text stand for lamps made so."""
    return Analysed(text.replace("DIM", DIM).replace("BRIGHT", BRIGHT)).kinds()


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("use(DIM)", {"dim"}),
        ("let a = DIM; use(a)", {"dim"}),
        ("let s = LampSettings.dim(1); let a = Lamp(settings: s); use(a)", {"dim"}),
        ("let s: LampSettings = .bright; use(Lamp(settings: s))", {"bright"}),
        ("var a = DIM; a = BRIGHT; use(a)", {"bright"}),
        ("var a = DIM; if t { a = BRIGHT }; use(a)", {"dim", "bright"}),
        ("let a: Lamp; if t { a = DIM } else { a = BRIGHT }; use(a)", {"dim", "bright"}),
        ("let a = t ? DIM : BRIGHT; use(a)", {"dim", "bright"}),
        ("let a = other() ?? DIM; use(a)", {UNKNOWN, "dim"}),
        ("let a = if t { DIM } else { BRIGHT }; use(a)", {"dim", "bright"}),
        ("let a = switch k { case .one: DIM\n default: BRIGHT }; use(a)", {"dim", "bright"}),
        ("let a = { DIM }(); use(a)", {"dim"}),
        ("let a = { let b = DIM; return b }(); use(a)", {"dim"}),
        ("func make() -> Lamp { DIM }; use(make())", {"dim"}),
        ("let a = DIM as Any; use(a as! Lamp)", {"dim"}),
        ("guard let a = Optional.some(other()) else { return }; use(a)", UNSEEN),
        ("let a: Lamp? = nil; use(a)", {NIL}),
        ("use(DIM.settings)", {"dim"}),
        ("let a = DIM; use(Lamp(settings: a.settings))", {"dim"}),
        ("for a in [DIM] { use(a) }", UNSEEN),
        ("let (a, b) = (DIM, BRIGHT); use(a)", UNSEEN),
        ("use(other())", UNSEEN),
        ("use(Lamp(settings: other()))", UNSEEN),
    ],
)
def test_locals(statements: str, expected: set[str]):
    assert kinds(f"func f(t: Bool, k: Kind) {{ {statements} }}") == expected


# Conditions


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("let a = t ? DIM : BRIGHT; if t { use(a) }", {"dim"}),
        ("let a = t ? DIM : BRIGHT; if !t { use(a) }", {"bright"}),
        ("let a = t ? DIM : BRIGHT; guard t else { return }; use(a)", {"dim"}),
        ("let a: Lamp; if t { a = DIM } else { a = BRIGHT }; if t { use(a) }", {"dim"}),
        ("let a = k == .one ? DIM : BRIGHT; if k == .two { use(a) }", {"bright"}),
        ("let a = k == .one ? DIM : BRIGHT; switch k { case .one: use(a)\n default: break }", {"dim"}),
        ("let a = t ? DIM : BRIGHT; if u { use(a) }", {"dim", "bright"}),
    ],
)
def test_correlated_conditions(statements: str, expected: set[str]):
    assert kinds(f"func f(t: Bool, u: Bool, k: Kind) {{ {statements} }}") == expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("if s.tag != nil { use(s) }", {"dim"}),
        ("if s.tag == nil { use(s) }", {"bright"}),
        ("guard s.tag == nil else { return }; use(s)", {"bright"}),
        ("if let tag = s.tag { use(s) }", {"dim"}),
    ],
)
def test_what_is_nil_unless_of_a_kind_tells_the_kind(statements: str, expected: set[str]):
    text = f"func f(t: Bool) {{ let s: LampSettings = t ? .dim(1) : .bright; {statements} }}"
    assert kinds(text) == expected


# Fields


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("let a = DIM", {"dim"}),
        ("lazy var a = DIM", {"dim"}),
        ("lazy var a: Lamp = { let s = LampSettings.dim(1); return Lamp(settings: s) }()", {"dim"}),
        ("var a: Lamp { DIM }", {"dim"}),
        ("var a: Lamp { get { DIM } set { } }", {"dim"}),
        ("let a: Lamp; init() { a = DIM }", {"dim"}),
        ("let a: Lamp; init() { self.a = DIM }", {"dim"}),
        ("var a: Lamp?; func g() { a = DIM }; func h() { a = nil }", {"dim"}),
        ("var a = DIM; func g() { a = BRIGHT }", {"dim", "bright"}),
        ("static let a = DIM", {"dim"}),
        ("let s = LampSettings.dim(1); lazy var a = Lamp(settings: s)", {"dim"}),
        ("var a: Lamp", UNSEEN),
    ],
)
def test_fields(members: str, expected: set[str]):
    used = "Box.a" if "static" in members else "a"
    assert kinds(f"class Box {{ {members}\n func f() {{ use({used}) }} }}") == expected


def test_fields_from_outside_and_of_superclasses():
    assert kinds("class Box { let a = DIM }; func f(box: Box) { use(box.a) }") == {"dim"}
    assert kinds("class Box { let a = DIM }; class Small: Box { func f() { use(a) } }") == {"dim"}


def test_singletons():
    assert kinds("class Box { static let shared = Box(); let a = DIM }; func f() { use(Box.shared.a) }") == {
        "dim"
    }
    assert kinds("let shared = DIM; func f() { use(shared) }") == {"dim"}


def test_two_types_with_a_field_of_one_name():
    text = "class A { let a = DIM }; class B { let a = BRIGHT }; func f(b: B) { use(b.a) }"
    assert kinds(text) == {"bright"}


def test_the_initialiser_of_an_object_decides_what_its_field_holds():
    text = """
        class Box { let a: Lamp
            init(dim: Bool) { a = dim ? DIM : BRIGHT } }
        func f() { let box = Box(dim: true); use(box.a) }
        func g() { let box = Box(dim: false); use(box.a) }
    """.replace("DIM", DIM).replace("BRIGHT", BRIGHT)
    analysed = Analysed(text)
    assert analysed.kinds(number=0) == {"dim"}
    assert analysed.kinds(number=1) == {"bright"}


def test_the_initialiser_may_delegate():
    text = """
        class Box { let a: Lamp
            init(settings: LampSettings) { a = Lamp(settings: settings) }
            convenience init(tag: Int) { self.init(settings: .dim(tag)) } }
        func f() { use(Box(tag: 1).a) }
        func g() { _ = Box(settings: .bright) }
    """
    assert kinds(text) == {"dim"}


# Functions


def test_factories():
    assert kinds("func make() -> Lamp { return DIM }; func f() { use(make()) }") == {"dim"}
    assert kinds("class M { static func make() -> Lamp { DIM } }; func f() { use(M.make()) }") == {"dim"}


def test_constant_arguments_decide_branches():
    text = """
        func make(dim: Bool) -> Lamp { if dim { return DIM }; return BRIGHT }
        func f() { use(make(dim: true)) }
    """
    assert kinds(text) == {"dim"}


def test_default_arguments_decide_branches():
    text = """
        func make(dim: Bool = false) -> Lamp { dim ? DIM : BRIGHT }
        func f() { use(make()) }
    """
    assert kinds(text) == {"bright"}


def test_enumeration_arguments_decide_cases():
    text = """
        func make(_ kind: Kind) -> Lamp { switch kind { case .low: return DIM
            case .high: return BRIGHT } }
        func f() { use(make(.high)) }
    """
    assert kinds(text) == {"bright"}


def test_an_unknown_argument_leaves_both():
    text = "func make(dim: Bool) -> Lamp { dim ? DIM : BRIGHT }; func f(x: Bool) { use(make(dim: x)) }"
    assert kinds(text) == {"dim", "bright"}


def test_what_is_passed_through_comes_back():
    text = "func same(_ a: Lamp) -> Lamp { return a }; func f() { use(same(DIM)); _ = same(BRIGHT) }"
    assert kinds(text) == {"dim"}


def test_recursion_ends():
    text = "func make(n: Int) -> Lamp { n > 0 ? make(n: n - 1) : DIM }; func f() { use(make(n: 3)) }"
    assert "dim" in kinds(text)


# Parameters


def test_parameters_are_what_callers_pass():
    assert kinds("func f(a: Lamp) { use(a) }; func g() { f(a: DIM) }") == {"dim"}
    assert kinds("func f(a: Lamp) { use(a) }; func g() { f(a: DIM); f(a: BRIGHT) }") == {"dim", "bright"}


def test_a_parameter_nobody_passes_is_unknown():
    assert kinds("func f(a: Lamp) { use(a) }") == UNSEEN


def test_parameters_with_a_default():
    assert kinds("func f(a: Lamp = DIM) { use(a) }; func g() { f() }") == {"dim"}


def test_parameters_of_closures_are_unknown():
    assert kinds("func f() { run { a in use(a) } }") == UNSEEN


def test_captured_variables():
    assert kinds("func f() { let a = DIM; run { use(a) } }") == {"dim"}
    assert kinds("func f() { let a = DIM; run { [a] in use(a) } }") == {"dim"}


def test_origins_by_call_tell_callers_apart():
    text = f"""
        class Box {{ let a: Lamp
            init(_ a: Lamp) {{ self.a = a }}
            func f() {{ use(a) }} }}
        func g() {{ Box({DIM}).f() }}
        func h() {{ Box({BRIGHT}).f() }}
    """
    analysed = Analysed(text)
    expression, body = analysed.argument("use")
    found = analysed.values.origins_by_call(expression, body, expression)
    assert [{o.kind for o in origins} for origins in found] == [{"dim"}, {"bright"}]


# Trails and languages


def test_the_trail_leads_from_the_making_to_the_use():
    text = """
        class Box { let s = LampSettings.dim(1)
            lazy var a = Lamp(settings: s)
            func f() { use(a) } }
    """
    (origin,) = Analysed(text).origins()
    texts = [step.text for step in origin.trail]
    assert texts[0] == "settings made dim here"
    assert "lamp made from it here" in texts


def test_objective_c():
    text = """
        @interface Box : NSObject
        @property (nonatomic, strong) TLLamp *lamp;
        @end
        @implementation Box
        - (instancetype)init {
            self = [super init];
            if (self) { _lamp = [TLLamp lampWithSettings:[TLSettings dimSettings:1]]; }
            return self;
        }
        - (void)f { use(self.lamp); }
        - (void)g { use([self lamp]); }
        @end
    """
    analysed = Analysed(objc=text)
    assert analysed.kinds(number=0) == {"dim"}
    assert analysed.kinds(number=1) == {"dim"}


def test_setters_and_getters_of_objective_c():
    text = """
        @interface Box : NSObject
        @property (nonatomic, strong) TLLamp *lamp;
        @property (nonatomic, strong) TLLamp *other;
        @end
        @implementation Box
        - (TLLamp *)lamp {
            if (_lamp == nil) { _lamp = [TLLamp lampWithSettings:[TLSettings brightSettings]]; }
            return _lamp;
        }
        - (void)set { [self setOther:[TLLamp lampWithSettings:[TLSettings dimSettings:1]]]; }
        - (void)f { use(self.lamp); use(self.other); }
        @end
    """
    analysed = Analysed(objc=text)
    assert analysed.kinds(number=0) == {"bright"}
    assert analysed.kinds(number=1) == {"dim"}


def test_dispatch_once_singletons():
    text = """
        TLLamp *sharedLamp(void) {
            static TLLamp *lamp;
            static dispatch_once_t once;
            runNow(^{ lamp = [TLLamp lampWithSettings:[TLSettings dimSettings:1]]; });
            return lamp;
        }
        void f(void) { use(sharedLamp()); }
    """
    assert Analysed(objc=text).kinds() == {"dim"}


def test_across_the_languages():
    objc = """
        @interface Maker : NSObject
        + (TLLamp *)lampForTag:(int)tag;
        @end
        @implementation Maker
        + (TLLamp *)lampForTag:(int)tag { return [TLLamp lampWithSettings:[TLSettings dimSettings:tag]]; }
        @end
    """
    assert Analysed("func f() { use(Maker.lamp(forTag: 1)) }", objc).kinds() == {"dim"}
    swift = (
        f"@objc class Holder: NSObject {{ @objc static let shared = Holder(); @objc let lamp = {BRIGHT} }}"
    )
    assert Analysed(swift, "void f(void) { use(Holder.shared.lamp); }").kinds() == {"bright"}


def test_across_files():
    files = {"a.swift": f"class Box {{ let a = {DIM} }}", "b.swift": "extension Box { func f() { use(a) } }"}
    assert Analysed(files=files).kinds() == {"dim"}
