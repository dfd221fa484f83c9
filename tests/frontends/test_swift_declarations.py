"""Swift declarations in the program model."""

from __future__ import annotations

from textwrap import dedent

import pytest
from backhaul.frontends import SUFFIXES, grammar_versions, read_module
from backhaul.model.declarations import decode_body, decode_module, encode_module
from backhaul.model.printing import print_function
from swift_reading import module_of, only_function

TYPES = """
import Foundation
@testable import struct Foo.Bar

@MainActor public final class A: B, C<Int>, @unchecked Sendable {
    enum D: String { case a, b = "x"; indirect case c(Int, d: E = .f) }
    struct G { actor H {} }
}
protocol I: AnyObject, J where K == L {}
extension M.N: O where P: Q { class R {} }
enum S {}
@main struct T {}
extension [Int] {}
"""


def test_types() -> None:
    found = {(t.kind, t.name): t for t in module_of(TYPES).types}
    assert list(found) == [
        ("class", "A"),
        ("enum", "A.D"),
        ("struct", "A.G"),
        ("actor", "A.G.H"),
        ("protocol", "I"),
        ("extension", "M.N"),
        ("class", "M.N.R"),
        ("enum", "S"),
        ("struct", "T"),
        ("extension", "[Int]"),
    ]
    assert found["class", "A"].inherits == ["B", "C", "Sendable"]
    assert found["class", "A"].attributes == ["@MainActor", "public", "final"]
    assert found["enum", "A.D"].members == ["a", "b", "c"]
    assert found["protocol", "I"].inherits == ["AnyObject", "J"]
    assert found["struct", "T"].attributes == ["@main"]


def test_imports() -> None:
    assert module_of(TYPES).imports == ["Foundation", "Foo.Bar"]


@pytest.mark.parametrize(
    ("source", "spelling", "kind"),
    [
        ("func f() {}", "f()", "function"),
        ("class A { func f(_ a: Int, b: Int, with c: Int) {} }", "f(_:b:with:)", "method"),
        ("class A { init(a: Int) {} }", "init(a:)", "init"),
        ("class A { init?(_ a: Int) {} }", "init(_:)", "init"),
        ("class A { convenience init!<T>(a: T) {} }", "init(a:)", "init"),
        ("class A { deinit { f() } }", "deinit", "deinit"),
        ("class A { subscript(i: Int) -> Int { i } }", "subscript(_:)", "method"),
        ("class A { subscript(safe i: Int) -> Int { i } }", "subscript(safe:)", "method"),
        ("class A { static func == (a: A, b: A) -> Bool { true } }", "==(a:b:)", "method"),
        ("class A { class func f() {} }", "f()", "method"),
        ("class A { func `repeat`() {} }", "repeat()", "method"),
        ("protocol P { func f(a: Int) }", "f(a:)", "method"),
        ("protocol P { init() }", "init()", "init"),
        ("extension A { func f<T: B>(a: T) where T.C == D {} }", "f(a:)", "method"),
    ],
)
def test_functions(source: str, spelling: str, kind: str) -> None:
    function = only_function(source)
    assert (function.spelling, function.kind) == (spelling, kind)
    name = source.encode()[function.name_start : function.name_end].decode().strip("`")
    assert name == function.name
    assert source.startswith(source[function.start : function.end], function.start)


def test_signature() -> None:
    source = """
    class A {
        @objc(send:) public static override func f(
            _ a: inout [ String :  Int ],
            b c: @escaping (Int) -> Void = { _ in g() },
            @ViewBuilder d: () -> E,
            f: Int...
        ) async throws -> Result<Int,
            Error> { h() }
    }
    """
    function = only_function(source)
    assert function.attributes == ["@objc(send:)", "public", "static", "override"]
    assert function.result == "Result<Int, Error>"
    assert (function.is_static, function.is_async, function.throws) == (True, True, True)
    assert [(p.label, p.name, p.type) for p in function.parameters] == [
        ("", "a", "inout [ String : Int ]"),
        ("b", "c", "@escaping (Int) -> Void"),
        ("d", "d", "() -> E"),
        ("f", "f", "Int..."),
    ]
    assert function.parameters[1].default is not None
    assert {"g", "h"} <= set(function.mentions)


def test_typed_throws_and_class_function() -> None:
    function = only_function("class A { class func f() throws(E) -> Int { 1 } }")
    assert function.throws and function.is_static and function.result == "Int"


def test_requirements_have_no_body() -> None:
    module = module_of("protocol P { func f(); var a: Int { get set }; static var b: Int { get } }")
    assert [function.has_body for function in module.functions] == [False]
    assert [(p.name, p.is_computed, p.is_static) for p in module.properties] == [
        ("a", True, False),
        ("b", True, True),
    ]


PROPERTIES = """
class A {
    let a = 1
    var b: Int?
    static let shared = A()
    lazy var c: B = { [weak self] in B() }()
    weak var d: C?
    @StateObject private var e = D()
    @UIApplicationDelegateAdaptor(F.self) var f
    var g: Int { 1 }
    var h: Int { get async throws { 1 } set(v) { i = v } }
    var j = 0 { didSet { k(oldValue) } willSet(n) { k(n) } }
    let l = 1, m: Int = 2
    let (o, p) = q()
}
var global = A()
"""


def test_properties() -> None:
    found = {p.name: p for p in module_of(PROPERTIES).properties}
    assert list(found) == ["a", "b", "shared", *"cdefghjlmop", "global"]
    assert found["b"].type == "Int?"
    assert found["a"].is_constant and not found["b"].is_constant
    assert found["shared"].is_static and found["c"].is_lazy and found["d"].is_weak
    assert found["g"].is_computed and found["h"].is_computed and not found["j"].is_computed
    assert found["e"].attributes == ["@StateObject", "private"]
    assert found["f"].attributes == ["@UIApplicationDelegateAdaptor(F.self)"]
    assert found["global"].owner == "" and found["a"].owner == "A"
    for name, property_ in found.items():
        assert PROPERTIES[property_.name_start : property_.name_end] == name


def test_values_and_accessors() -> None:
    module = module_of(PROPERTIES)
    printed = {
        f"{function.kind} {function.name}": [line.strip() for line in print_function(function)[1:]]
        for function in module.functions
    }
    assert printed == {
        "value a": ["return 1"],
        "value shared": ["return A()"],
        "value c": ["return { [weak self] in", "return B()", "}()"],
        "value e": ["return D()"],
        "getter g": ["return 1"],
        "getter h": ["return 1"],
        "setter h": ["parameter _ v: Int", "i = v"],
        "observer j": ["parameter _ n", "k(n)"],
        "value j": ["return 0"],
        "value l": ["return 1"],
        "value m": ["return 2"],
        "value o": ["return opaque(q())"],
        "value global": ["return A()"],
    }
    (getter,) = (f for f in module.functions if f.kind == "getter" and f.name == "h")
    assert getter.is_async and getter.throws and getter.result == "Int"
    assert all(f.owner == ("" if f.name == "global" else "A") for f in module.functions)


def test_subscript_accessors() -> None:
    module = module_of("class A { subscript(i: Int) -> B { get { c[i] } set { c[i] = newValue } } }")
    assert [(f.kind, [p.name for p in f.parameters]) for f in module.functions] == [
        ("method", ["i"]),
        ("setter", ["i", "newValue"]),
    ]


def test_members_of_all_branches() -> None:
    source = "class A {\n#if DEBUG\nfunc f() {}\n#elseif os(iOS)\nfunc g() {}\n#else\nvar h = 1\n#endif\n}"
    module = module_of(source)
    assert [function.name for function in module.functions] == ["f", "g", "h"]
    assert not module.damage.lost and not module.damage.damaged


def test_top_level_code_is_one_script() -> None:
    module = module_of("import A\nlet b = C()\nb.d()\nfunc e() {}\nif f { g() }\n#Preview { H() }\n")
    found = {function.kind: function for function in module.functions}
    assert sorted(found) == ["function", "script", "value"]
    assert [line.strip() for line in print_function(found["script"])[1:]] == [
        "b.d()",
        "if f {",
        "g()",
        "}",
        "#Preview() {",
        "return H()",
        "}",
    ]


def test_directives_alone_are_no_script() -> None:
    assert module_of('#if DEBUG\nfunc f() {}\n#endif\n#warning("x")\n').functions[0].kind == "function"


def test_module_travels_as_bytes() -> None:
    module = module_of(PROPERTIES + TYPES)
    copied = decode_module(encode_module(module))
    assert copied.path == "Sample.swift" and copied.language == "swift"
    assert [f.name for f in copied.functions] == [f.name for f in module.functions]
    assert all(decode_body(f) is not None for f in copied.functions)


@pytest.mark.parametrize("lines", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark(lines: str, mark: str) -> None:
    source = mark + dedent(PROPERTIES).strip().replace("\n", lines)
    module = module_of(source)
    data = source.encode()
    assert not module.damage.lost and not module.damage.damaged
    assert [data[p.name_start : p.name_end].decode() for p in module.properties] == [
        p.name for p in module.properties
    ]


def test_text_that_is_not_ascii() -> None:
    source = 'class Ünïcode { let größe = "ß🎉"; func 发送(à b: Int) { ç.é(ñ: b) } }'
    module = module_of(source)
    data = source.encode()
    assert module.types[0].name == "Ünïcode"
    assert module.properties[0].name == "größe"
    method = module.functions[1]
    assert (method.spelling, method.mentions) == ("发送(à:)", ["b", "ç", "é", "é(ñ"])
    assert data[method.name_start : method.name_end].decode() == "发送"
    assert print_function(module.functions[0])[1] == '    return "ß🎉"'


def test_module_by_suffix() -> None:
    assert set(SUFFIXES) == {".swift", ".m", ".mm", ".h", ".py"}
    assert read_module("a/B.SWIFT", b"func f() {}").path == "a/B.SWIFT"
    with pytest.raises(KeyError):
        read_module("a.txt", b"")


def test_grammars_are_the_expected_ones() -> None:
    found = grammar_versions()
    assert set(found) == {"tree-sitter-swift", "tree-sitter-objc"}
    assert all(text[0].isdigit() and "(" not in text for text in found.values())
