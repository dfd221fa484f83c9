"""Swift statements in the program model."""

from __future__ import annotations

from textwrap import dedent

import pytest
from backhaul.model.code import Binding, Do, If, Local, LocalFunction, Loop, Switch
from backhaul.model.declarations import decode_body
from swift_reading import body_lines, module_of, nodes_of, only_function

STATEMENTS = {
    "locals": (
        """
        let a = 1, b: Int? = nil
        var c: [String: Int]
        weak var d = e
        async let f = g()
        let (h, _) = try await i()
        let (j, (k, l)) = m
        """,
        """
        let a = 1
        let b: Int? = nil
        var c: [String: Int]
        weak var d = e
        let f = g()
        let (h, _) = try await i()
        let (j, k, l) = m
        """,
    ),
    "if": (
        """
        if a, b == c { d() } else if !e { f() } else { g() }
        """,
        """
        if a, (b == c) {
            d()
        } else {
            if (!e) {
                f()
            } else {
                g()
            }
        }
        """,
    ),
    "bindings": (
        """
        if let a = b?.c, var d = e as? F, let g, a.h() { }
        if let self = self as? G { }
        if let a: Int = b { }
        if let (a, b) = c { }
        """,
        """
        if let a = b?.c, let d = (e as? F), let g = g, a.h() {
        }
        if let self = (self as? G) {
        }
        if let a = b {
        }
        if case (a, b) binding a, b = c {
        }
        """,
    ),
    "case conditions": (
        """
        if case .a(let b, c: _) = d, case let .e(f) = g { }
        if case let x? = y { }
        if case .failure = result { }
        if case Foo.bar(1) = z { }
        """,
        """
        if case .a(b, c: _) binding b = d, case .e(f) binding f = g {
        }
        if case (?x) binding x = y {
        }
        if case .failure = result {
        }
        if case Foo.bar(1) = z {
        }
        """,
    ),
    "guard": (
        """
        guard let self, let a = b.c({ $0 }), a > 1 else { return nil }
        guard #available(iOS 13, *) else { fatalError() }
        """,
        """
        guard let self = self, let a = b.c({
            return $0
        }), (a > 1) else {
            return nil
        }
        guard #available(iOS 13, *) else {
            fatalError()
        }
        """,
    ),
    "conditions do not take bodies for closures": (
        """
        if a.isEmpty { b() }
        while let c = try d.next() { e() }
        for f in g.h where f.i { j() }
        switch k.l { default: m() }
        """,
        """
        if a.isEmpty {
            b()
        }
        while let c = try d.next() {
            e()
        }
        for f in g.h where f.i {
            j()
        }
        switch k.l exhaustive {
        default:
            m()
        }
        """,
    ),
    "loops": (
        """
        outer: for (i, _) in a.enumerated() { continue outer }
        for try await x in y.z() { break }
        for case let .b(c) in d { }
        while a, let b = c { }
        repeat { a() } while b < c
        """,
        """
        outer: for (i, _) in a.enumerated() {
            continue outer
        }
        for await x in y.z() {
            break
        }
        for c in d where .b(c) {
        }
        while a, let b = c {
        }
        repeat {
            a()
        } while (b < c)
        """,
    ),
    "switch": (
        """
        switch a {
        case .b(let c, d: _) where c > 1, .e:
            f()
            fallthrough
        case is G, let h as I:
            break
        case 1...3, (1, _), "x", nil:
            return
        case let (x, y):
            g(x)
        @unknown default:
            throw E.f(1)
        }
        """,
        """
        switch a exhaustive {
        case .b(c, d: _), .e binding c where (c > 1):
            f()
            fallthrough
        case (_ is G), (h as I) binding h:
            break
        case (1 ... 3), (1, _), "x", nil:
            return
        case (x, y) binding x, y:
            g(x)
        default:
            throw E.f(1)
        }
        """,
    ),
    "errors": (
        """
        do { try a() } catch E.b(let c) { d() } catch let e as F { } catch let g { } catch { throw error }
        do { b() }
        do { c() } catch let e where e.f { }
        """,
        """
        do {
            try a()
        } catch E.b(c) binding c {
            d()
        } catch (e as F) binding e {
        } catch binding g {
        } catch binding error {
            throw error
        }
        do {
            b()
        }
        do {
            c()
        } catch opaque(e.f) binding e {
        }
        """,
    ),
    "defer": (
        """
        defer { a(); b() }
        deferred { c() }
        """,
        """
        defer {
            a()
            b()
        }
        deferred() {
            return c()
        }
        """,
    ),
    "local functions": (
        """
        func g(_ a: Int, with b: Int = 2) async -> Int { a }
        var h: Int { 1 }
        var i = 0 { didSet { j() } }
        """,
        """
        func g(_ a: Int, with b: Int = 2) async {
            return a
        }
        func h() {
            return 1
        }
        var i = 0
        func didSet() {
            j()
        }
        """,
    ),
    "conditional compilation": (
        """
        a()
        #if DEBUG && os(iOS)
        b()
        #elseif canImport(UIKit)
        c()
        #if X
        d()
        #endif
        #else
        e()
        #endif
        f()
        """,
        """
        a()
        if #if(DEBUG && os(iOS)) {
            b()
        } else {
            if #if(canImport(UIKit)) {
                c()
                if #if(X) {
                    d()
                }
            } else {
                e()
            }
        }
        f()
        """,
    ),
    "several on a line": ("a(); b(); return", "a()\nb()\nreturn"),
    "labels": ("l: if a { break l }", "l: do {\n    if a {\n        break l\n    }\n}"),
    "nothing": ("typealias A = B\n// a comment\n/* and another */", ""),
    "yield is a function outside of accessors": ("yield(a)", "yield(a)"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement(name: str) -> None:
    source, printed = STATEMENTS[name]
    assert body_lines(source) == dedent(printed).strip().splitlines()


@pytest.mark.parametrize(
    ("declaration", "printed"),
    [
        ("func f() -> Int { g() }", "return g()"),
        ("func f() { g() }", "g()"),
        ("func f() -> Void { g() }", "g()"),
        ("func f() -> Int { if a { 1 } else { g() } }", "return value of {"),
        ("func f() -> Int { if a { return 1 } else { return 2 } }", "if a {"),
        ("func f() -> Int { if a { g() }; return 1 }", "if a {"),
        ("func f() -> Int { switch a { case .b: 1; case .c: throw E.d } }", "return value of {"),
        ("func f() -> Int { switch a { case .b: g(); return 1; default: 2 } }", "switch a exhaustive {"),
        ("var v: Int { g() }", "return g()"),
        ("init() { g() }", "g()"),
    ],
)
def test_single_expression_is_the_result(declaration: str, printed: str) -> None:
    from backhaul.model.printing import print_function

    function = only_function(f"struct S {{ {declaration} }}")
    assert print_function(function)[1].strip() == printed


def test_if_let_without_value_reads_the_name() -> None:
    source = "func f() { if let a { } }"
    (binding,) = (node for node in nodes_of(only_function(source)) if isinstance(node, Binding))
    assert (binding.names, source[binding.value.start : binding.value.end]) == (["a"], "a")


def test_exhaustive_switch_and_labelled_statements() -> None:
    found = list(
        nodes_of(only_function("func f() { a: switch b { case .c: break }\nd: while e { }\ng: do { } }"))
    )
    assert [node.label for node in found if isinstance(node, Switch)] == ["a"]
    assert [node.label for node in found if isinstance(node, Loop)] == ["d"]
    assert [node.label for node in found if isinstance(node, Do)] == ["g"]
    assert all(node.is_exhaustive for node in found if isinstance(node, Switch))


def test_storage_and_constants() -> None:
    found = [
        n for n in nodes_of(only_function("func f() { let a = 1; weak var b = c }")) if isinstance(n, Local)
    ]
    assert {n.name: (n.is_constant, n.storage) for n in found} == {"a": (True, "plain"), "b": (False, "weak")}


def test_members_of_a_local_type_belong_to_the_file() -> None:
    module = module_of("func f() { class A { func g() { h() } } ; A() }")
    assert [(function.owner, function.name) for function in module.functions] == [("", "f"), ("A", "g")]
    assert [type_.name for type_ in module.types] == ["A"]
    body = decode_body(module.functions[0])
    assert body is not None and len(body.statements) == 1


def test_block_ranges_include_the_braces() -> None:
    source = "func f() -> Int { if a { b } else { c } }"
    (statement,) = (node for node in nodes_of(only_function(source)) if isinstance(node, If))
    assert source[statement.then.start : statement.then.end] == "{ b }"
    assert statement.otherwise is not None
    assert source[statement.otherwise.start : statement.otherwise.end] == "{ c }"


def test_local_function_is_a_statement_of_its_own() -> None:
    found = list(nodes_of(only_function("func f() { func g() { h() } }")))
    assert [node.name for node in found if isinstance(node, LocalFunction)] == ["g"]
