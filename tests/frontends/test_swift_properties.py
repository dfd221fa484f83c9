"""Properties that hold for any text, Swift or not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from backhaul.frontends.swift import read
from backhaul.model.code import Call, Local, Member, Name
from backhaul.model.declarations import Module, decode_body, decode_module, encode_module
from backhaul.model.printing import print_module
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from swift_reading import nodes_of

SAMPLE = """\
import Foundation

@MainActor
final class Uploader: NSObject, URLSessionDelegate {
    static let shared = Uploader()
    private lazy var session: URLSession = {
        let configuration = URLSessionConfiguration.background(withIdentifier: "größe \\(id) 🎉")
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }()
    var handlers: [String: () -> Void] = [:] { didSet { log("n=\\(oldValue.count)", level: .debug) } }
    @Published var progress: Double? { get { stored } set { stored = newValue ?? 0 } }

    init?(name: String = "a", _ block: @escaping (Int) async throws -> Void) { super.init(); self.n = name }

    func upload(_ file: URL, to url: URL) async throws -> (Data, URLResponse) {
        guard let self, let size = try? file.size(), size > 0 else { throw Failure.empty(file) }
        defer { cleanUp() }
        var request = URLRequest(url: url)
        request.httpMethod = size < 1_000 ? "PUT" : "POST"
        #if DEBUG && os(iOS)
        print(#"raw \\#(request)"#)
        #else
        log(request)
        #endif
        outer: for (index, part) in parts.enumerated() where !part.isEmpty {
            switch part {
            case .data(let data, _) where data.count > 1, .empty: continue outer
            case let file as File: try await file.open { [weak self] in self?.done($0!, &count) }
            default: break outer
            }
        }
        if case .failed(let error)? = state, #available(iOS 15, *) { f(error) } else if await x.ready { () }
        let value = if ready { 1 } else { -2 + y[3] * 4 }
        do { try work() } catch let error as NSError where error.code == 1 { retry() } catch { throw error }
        return try await session.upload(for: request, fromFile: file).map { ($0, value as! Int) }
    }
    deinit { session.invalidateAndCancel() }
}

extension Uploader: Sendable { subscript(i: Int) -> Int { items[i].map(\\.size) as? Int ?? 0 } }
protocol Progress { var value: Double { get }; func step(by n: Int) }
#Preview { ContentView().task { await Uploader.shared.run(.now + 1) } }
let total = parts.reduce(0, +); start(total)
"""

CUTS = st.integers(min_value=0, max_value=len(SAMPLE.encode()))
FRAGMENTS = st.sampled_from(
    [
        *b'{ } ( ) [ " """ /* // \\( < >( ` () !! = :: \xff \x00'.split(),
        *(b"#if X\n", b"#endif\n", b"\r\n", b" func f() {", b" if await ", b" case .a: ", b" guard let "),
        *(b" class A {", b" try? ", b" @a "),
    ]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The sample with parts cut out, moved and put in."""
    data = SAMPLE.encode()
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        low, high = sorted((draw(CUTS), draw(CUTS)))
        low, high = min(low, len(data)), min(high, len(data))
        kind = draw(st.sampled_from(["truncate", "remove", "move", "insert"]))
        if kind == "truncate":
            data = data[low:high]
        elif kind == "remove":
            data = data[:low] + data[min(high, low + 40) :]
        elif kind == "move":
            data = data[:low] + data[high : high + 60] + data[low:]
        else:
            data = data[:low] + draw(FRAGMENTS) + data[low:]
    return data


def check(module: Module, size: int) -> None:
    """All ranges of ``module`` are inside the file, and each node's is inside its parent's."""
    for item in (*module.types, *module.properties, *module.functions):
        assert 0 <= item.start <= item.end <= size
        assert 0 <= item.name_start <= item.name_end <= size
    for function in module.functions:
        body = decode_body(function)
        if body is not None:
            check_node(body)
            assert function.start <= body.start and body.end <= function.end
        if function.kind in ("function", "init", "deinit"):
            assert function.start <= function.name_start
    for start, end in (*module.damage.lost, *module.damage.damaged):
        assert 0 <= start < end <= size


def check_node(root: Struct) -> None:
    pending = [root]
    while pending:
        node = pending.pop()
        assert node.start <= node.end, node
        if isinstance(node, Call):
            assert node.start <= node.name_start <= node.name_end <= node.end, node
        for name in node.__struct_fields__:
            value = getattr(node, name)
            children = [
                child
                for child in (value if isinstance(value, list) else [value])
                if isinstance(child, Struct)
            ]
            for child in children:
                assert node.start <= child.start and child.end <= node.end, (node, child)
            if name == "statements":
                assert all(a.start <= b.start for a, b in pairwise(children)), node
            pending += children


@settings(max_examples=150)
@given(damaged())
def test_damaged_text(data: bytes) -> None:
    module = read("A.swift", data)
    check(module, len(data))
    assert decode_module(encode_module(module)).path == "A.swift"


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    check(read("A.swift", data), len(data))


@settings(max_examples=60)
@given(st.lists(FRAGMENTS, max_size=30).map(b"".join))
def test_random_fragments(data: bytes) -> None:
    check(read("A.swift", data), len(data))


def test_sample_is_read_whole() -> None:
    module = read("A.swift", SAMPLE.encode())
    check(module, len(SAMPLE.encode()))
    assert not module.damage.lost and not any(function.is_damaged for function in module.functions)
    assert module.damage.functions == 7


def test_ranges_are_exact() -> None:
    """What a node calls its name is what the text says there."""
    data = SAMPLE.encode()
    count = 0
    for function in read("A.swift", data).functions:
        assert (
            data[function.name_start : function.name_end].decode() == function.name
            or function.kind == "script"
        )
        for node in nodes_of(function):
            if isinstance(node, Name):
                assert data[node.start : node.end].decode() in (node.name, "is"), node
            elif isinstance(node, Call):
                assert data[node.name_start : node.name_end].decode() == node.name
            elif isinstance(node, Member):
                assert data[node.start : node.end].decode().endswith(node.name)
            elif isinstance(node, Local):
                assert node.name in data[node.start : node.end].decode()
            count += 1
    assert count > 250


def test_carriage_returns_only_shift() -> None:
    plain = read("A.swift", SAMPLE.encode())
    windows = read("A.swift", SAMPLE.replace("\n", "\r\n").encode())
    assert print_module(windows).replace("\\r\\n", "\\n") == print_module(plain)


DEPTH = 3_000
DEEP = {
    "parentheses": "let x = " + "(" * DEPTH + "1" + ")" * DEPTH,
    "arrays": "let x = " + "[" * DEPTH + "1" + "]" * DEPTH,
    "braces": "func f() { " + "{" * DEPTH + "}" * DEPTH + " }",
    "closures": "func f() { a" + " { a" * DEPTH + " }" * DEPTH + " }",
    "statements": "func f() { " + "if a { " * DEPTH + "}" * DEPTH + " }",
    "else if": "func f() { " + "if a { } else " * DEPTH + "{ } }",
    "arguments": "func f() { " + "a(" * DEPTH + ")" * DEPTH + " }",
    "subscripts": "func f() { " + "a[" * DEPTH + "]" * DEPTH + " }",
    "types": "class A { " * DEPTH + "}" * DEPTH,
    "local types": "func f() { class A { " * 500 + "} }" * 500,
    "local functions": "func f() { " * 1_000 + "}" * 1_000,
    "patterns": "func f() { switch a { case " + "(" * DEPTH + "let b" + ")" * DEPTH + ": c } }",
    "conditional compilation": "func f() {\n" + "#if A\n" * DEPTH + "a()\n" + "#endif\n" * DEPTH + "}",
    "interpolation": "let x = " + '"\\(' * 300 + "a" + ')"' * 300,
    "generic arguments": "let x: " + "A<" * DEPTH + "B" + ">" * DEPTH,
}
LONG = {
    "sum": "let x = a" + " + a" * 20_000,
    "assigned sum": "func f() { x = a" + " + a" * 20_000 + " }",
    "coalescing": "let x = a" + " ?? b" * 3_000,
    "ternaries": "let x = " + "a ? b : " * 3_000 + "c",
    "calls": "func f() { a" + ".b(1)" * 5_000 + " }",
    "members": "func f() { a" + ".b" * 5_000 + " }",
    "trailing closures": "func f() { a" + " { }" * 1_000 + " }",
    "branches": "func f() {\n#if A\n" + "#elseif B\na()\n" * 3_000 + "#endif\n}",
    "tuple": "let x = (" + "a, " * 5_000 + "b)",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting(name: str) -> None:
    data = DEEP[name].encode()
    module = read("A.swift", data)
    check(module, len(data))
    print_module(decode_module(encode_module(module)))


@pytest.mark.parametrize("name", LONG)
def test_long_chains_lose_nothing(name: str) -> None:
    module = read("A.swift", LONG[name].encode())
    (function,) = module.functions
    assert not function.is_damaged
    assert len(list(nodes_of(function))) > 900


def test_too_deep_is_damage() -> None:
    (function,) = read("A.swift", DEEP["arguments"].encode()).functions
    assert function.is_damaged
