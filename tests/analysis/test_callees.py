"""Which functions a call may run, and which of its arguments a parameter gets."""

from __future__ import annotations

from backhaul.analysis.callees import Callees, argument_for
from backhaul.model.code import Closure, Literal

from analysis.programs import Analysed


def callees(name: str, swift: str = "", objc: str = "") -> Callees:
    analysed = Analysed(swift, objc)
    call, body, _ = analysed.call(name)
    return analysed.resolver.callees.of(call, body)


def owners(found: Callees) -> set[str]:
    return {symbol.owner for symbol in found.functions}


def test_methods_of_self():
    text = "class A { func f() { g() }; func g() { } }; class B { func g() { } }"
    found = callees("g", text)
    assert owners(found) == {"A"}
    assert found.is_complete


def test_methods_of_a_known_type():
    text = "class A { func g() { } }; class B { func g() { } }; func f(a: A) { a.g() }"
    assert owners(callees("g", text)) == {"A"}


def test_overriding_methods_may_run():
    text = "class A { func g() { } }; class B: A { override func g() { } }; func f(a: A) { a.g() }"
    assert owners(callees("g", text)) == {"A", "B"}


def test_a_block_that_swift_may_leave_out():
    swift = "func f(a: A) { a.g(1) { } }"
    objc = """@implementation A
        - (void)g:(int)x done:(void (^)(void))done failed:(void (^ _Nullable)(NSError *))failed { }
        - (void)h:(int)x name:(NSString *)name { }
        @end"""
    assert owners(callees("g", swift, objc)) == {"A"}
    assert not callees("h", "func f(a: A) { a.h(1) }", objc).functions


def test_stand_ins_of_tests_are_not_run():
    files = {
        "a.swift": "class A { func g() { } }; func f(a: A) { a.g() }",
        "b.swift": "class B: A { override func g() { } }; func t(a: A) { a.g() }",
    }
    analysed = Analysed(files=files, tests=frozenset({"b.swift"}))
    found = {}
    for symbol in analysed.program.functions:
        for call, _ in symbol.body.calls if symbol.body is not None else ():
            found[symbol.name] = owners(analysed.resolver.callees.of(call, symbol.body))
    assert found == {"f": {"A"}, "t": {"A", "B"}}


def test_inherited_methods():
    text = "class A { func g() { } }; class B: A { }; func f(b: B) { b.g() }"
    assert owners(callees("g", text)) == {"A"}


def test_super_runs_the_inherited_one():
    text = "class A { func g() { } }; class B: A { override func g() { super.g() } }"
    assert owners(callees("g", text)) == {"A"}


def test_a_protocol_means_those_who_conform():
    text = """
        protocol P { func g() }
        class A: P { func g() { } }
        class B { func g() { } }
        func f(p: P) { p.g() }
    """
    assert owners(callees("g", text)) == {"A"}


def test_what_others_make_of_a_protocol_is_not_known():
    text = """
        protocol P { func g() }
        extension P { func g() { } }
        func f(p: P) { p.g() }
    """
    assert not callees("g", text).is_complete
    assert callees("g", text + "class A: P { }").is_complete


def test_extensions_belong_to_their_type():
    text = "class A { }; extension A { func g() { } }; func f(a: A) { a.g() }"
    assert owners(callees("g", text)) == {"A"}


def test_categories_belong_to_their_class():
    text = """
        @interface A : NSObject
        @end
        @implementation A (More)
        - (void)g { }
        @end
        void f(A *a) { [a g]; }
    """
    assert owners(callees("g", objc=text)) == {"A"}


def test_labels_tell_overloads_apart():
    text = "class A { func g(x: Int) { }; func g(y: Int) { }; func f() { g(y: 1) } }"
    (found,) = callees("g", text).functions
    assert found.function.parameters[0].label == "y"


def test_a_closure_in_a_variable_is_no_function():
    text = "func g() { }; func f(g: () -> Void) { g() }"
    assert callees("g", text) == Callees((), False)


def test_an_unknown_receiver_with_a_telling_name():
    text = "class A { func sendReport() { } }; func f(x: Unknown) { x.y.sendReport() }"
    found = callees("sendReport", text)
    assert owners(found) == {"A"}
    assert not found.is_complete


def test_an_unknown_receiver_with_a_common_name():
    text = "class A { func start() { } }; func f(x: Unknown) { x.y.start() }"
    assert callees("start", text).functions == ()


def test_a_name_that_two_types_have_tells_nothing_without_the_type():
    types = "class A { func sendReport() { } }; class B { func sendReport() { } }"
    text = f"{types}; func f(x: Unknown) {{ x.y.sendReport() }}"
    assert callees("sendReport", text).functions == ()


def test_initialisers_of_both_languages():
    text = "class A { init(x: Int) { }; init(y: Int) { } }; func f() { _ = A(y: 1) }"
    (found,) = callees("A", text).functions
    assert found.function.parameters[0].label == "y"
    objc = """
        @interface A : NSObject
        @end
        @implementation A
        - (instancetype)initWithX:(int)x { return self; }
        @end
        void f(void) { A *a = [[A alloc] initWithX:1]; }
    """
    assert owners(callees("initWithX:", objc=objc)) == {"A"}


def test_mere_declarations_are_not_run():
    text = "@interface A : NSObject\n- (void)g;\n@end\nvoid f(A *a) { [a g]; }"
    assert callees("g", objc=text).functions == ()


# Arguments


def passed(text: str, position: int) -> object:
    analysed = Analysed(text)
    call, body, _ = analysed.call("g")
    (symbol,) = analysed.resolver.callees.of(call, body).functions
    found = argument_for(symbol, call, position)
    return found.text if isinstance(found, Literal) else type(found) if found is not None else None


def test_arguments_by_position():
    text = "func g(_ a: Int, b: Int) { }; func f() { g(1, b: 2) }"
    assert [passed(text, 0), passed(text, 1)] == ["1", "2"]


def test_defaulted_parameters_get_nothing():
    text = "func g(a: Int = 0, b: Int) { }; func f() { g(b: 2) }"
    assert [passed(text, 0), passed(text, 1)] == [None, "2"]


def test_a_trailing_closure_goes_last():
    text = "func g(a: Int, b: Int = 0, then: () -> Void) { }; func f() { g(a: 1) { } }"
    assert [passed(text, 0), passed(text, 1), passed(text, 2)] == ["1", None, Closure]


def test_several_trailing_closures():
    text = "func g(a: Int = 0, then: () -> Void, orElse: () -> Void) { }; func f() { g { } orElse: { } }"
    assert [passed(text, 0), passed(text, 1), passed(text, 2)] == [None, Closure, Closure]
