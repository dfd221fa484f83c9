"""Properties that hold for any text, Objective-C or not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from backhaul.frontends.objc import read
from backhaul.model.code import Call, Literal, Local, Member, Name, Node
from backhaul.model.declarations import (
    Function,
    Module,
    Property,
    TypeDeclaration,
    decode_body,
    decode_module,
    encode_module,
)
from backhaul.model.printing import print_function, print_module
from hypothesis import given, settings
from hypothesis import strategies as st

SAMPLE = """\
#import "Uploader.h"
#define LOG(x) NSLog(@"%@", x)
NS_ASSUME_NONNULL_BEGIN
static NSString *const Identifier = @"größe.\\"upload\\" 🎉";
typedef NS_ENUM(NSInteger, State) { StateIdle, StateBusy API_AVAILABLE(ios(13)) };

@interface Uploader () <NSURLSessionDelegate>
@property (nonatomic, copy, nullable) void (^completion)(NSData *_Nullable data, NSError *error);
@property (nonatomic, weak) id<UploaderDelegate> delegate;
@end

@implementation Uploader {
    NSMutableDictionary<NSString *, NSNumber *> *_tasks;
}
@synthesize session = _session;

- (id)initWithName:(NSString *)name { if (self = [super init]) { _name = [name copy]; } return self; }

- (NSURLSession *)session {
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        self->_session = [NSURLSession sessionWithConfiguration:self.configuration delegate:self];
    });
    return _session;
}
#if TARGET_OS_IOS
- (BOOL)upload:(NSURL *)file to:(NSURL *)url error:(NSError **)error API_AVAILABLE(ios(10.0)) {
    __block NSUInteger task = [app beginTaskWithExpirationHandler:^{ [app end:task]; }];
    __weak typeof(self) weakSelf = self;
    @weakify(self)
    for (NSUInteger i = 0, n = parts.count; i < n; i++) { sum += [parts[i] length] * 2; }
    for (Part *part in self.parts) { if (!part.ready && i > 0x1F) continue; else LOG(part); }
    switch (self.state) { case StateIdle: start(); case StateBusy: break; default: goto done; }
    @try { [self work]; } @catch (NSException *e) { @throw; } @finally { [lock unlock]; }
    @synchronized (self) { _tasks[@"a"] = @(1.5f); }
    @autoreleasepool { do { --count; } while (count > 0 && (a || b)); }
    #ifdef DEBUG
    NSLog(@"%@" @"x", @[@1, @{@"k": @YES}]);
    #else
    self.completion(nil, nil);
    #endif
    if (error) *error = (NSError *)[self failure] ?: last;
done:
    return ((^BOOL(NSData *data, int code) { return code == 200 ? YES : weakSelf != nil; })(body, 1));
}
#endif
+ (void)load { [self performSelector:@selector(a:b:) withObject:self.a.b->c]; }
- (void)dealloc { [_session invalidateAndCancel]; }
@end
static inline void after(int x, char *const names[]) { while (x --> 0) { free((void *)names[x]); } }
NS_ASSUME_NONNULL_END
"""

CUTS = st.integers(min_value=0, max_value=len(SAMPLE.encode()))
FRAGMENTS = st.sampled_from(
    [
        *b"{ } ( ) [ ] \" /* // \\ < > ^ @ ' ; : = # \xff \x00 ^{ @{ @[ @end @try".split(),
        *(
            b"#if X\n",
            b"#else\n",
            b"#endif\n",
            b"\r\n",
            b"\n- (void)x {",
            b" case 1: ",
            b"\n@implementation Z\n",
        ),
        *(
            b"NS_ASSUME_NONNULL_BEGIN\n",
            b"\n@interface Z : Y\n",
            b" else ",
            b" typedef NS_ENUM(",
            b"#define A \\\n",
        ),
    ]
)
PATHS = st.sampled_from(["A.m", "A.h", "A.mm"])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The sample with parts cut out, moved and put in."""
    data = SAMPLE.encode()
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        low, high = sorted((min(draw(CUTS), len(data)), min(draw(CUTS), len(data))))
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


def children_of(node: Node) -> Iterator[tuple[str, list[Node]]]:
    for name in node.__struct_fields__:
        value = getattr(node, name)
        yield (
            name,
            [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Node)],
        )


def nodes_of(function: Function) -> Iterator[Node]:
    body = decode_body(function)
    pending: list[Node] = [] if body is None else [body]
    while pending:
        node = pending.pop()
        yield node
        for _, children in children_of(node):
            pending += children


def check(module: Module, size: int) -> None:
    """All ranges of ``module`` are inside the file, and each node's is inside its parent's."""
    items: list[TypeDeclaration | Property | Function]
    items = [*module.types, *module.properties, *module.functions]
    for item in items:
        assert 0 <= item.start <= item.end <= size, item
        assert item.start <= item.name_start <= item.name_end <= size, item
    for function in module.functions:
        body = decode_body(function)
        if body is not None:
            assert function.start <= body.start <= body.end <= function.end
            check_nodes(function)
    for start, end in (*module.damage.lost, *module.damage.damaged):
        assert 0 <= start < end <= size
    assert len(module.damage.lost) + len(module.damage.damaged) <= max(
        module.damage.functions, len(module.functions)
    )


def check_nodes(function: Function) -> None:
    for node in nodes_of(function):
        start, end = node.start, node.end
        assert start <= end, node
        if isinstance(node, Call):
            assert start <= node.name_start <= node.name_end <= end, node
        for name, children in children_of(node):
            for child in children:
                assert start <= child.start and child.end <= end, (node, child)
            if name == "statements" and not function.is_damaged:
                assert all(a.start <= b.start for a, b in pairwise(children)), node


@settings(max_examples=200)
@given(data=damaged(), path=PATHS)
def test_damaged_text(data: bytes, path: str) -> None:
    module = read(path, data)
    check(module, len(data))
    assert print_module(decode_module(encode_module(module))) == print_module(module)


@settings(max_examples=60)
@given(data=st.binary(max_size=200), path=PATHS)
def test_random_bytes(data: bytes, path: str) -> None:
    check(read(path, data), len(data))


@settings(max_examples=100)
@given(data=st.lists(FRAGMENTS, max_size=30).map(b"".join), path=PATHS)
def test_random_fragments(data: bytes, path: str) -> None:
    check(read(path, data), len(data))


@settings(max_examples=60)
@given(cut=CUTS)
def test_what_stands_before_the_cut_stays(cut: int) -> None:
    """A method that ends well before the text breaks off reads as in the whole text."""
    data = SAMPLE.encode()
    whole = {one.name: print_function(one) for one in read("A.m", data).functions if one.has_body}
    last = data.rfind(b"\n@implementation", 0, cut)
    for one in read("A.m", data[:cut] + b"\n@end\n").functions:
        if one.has_body and one.kind != "script" and last < one.end < data.rfind(b"\n- (", 0, cut):
            assert print_function(one) == whole[one.name]


def test_sample_is_read_whole() -> None:
    data = SAMPLE.encode()
    for path in ("A.m", "A.h", "A.mm"):
        module = read(path, data)
        check(module, len(data))
        assert not module.damage.lost and not module.damage.damaged
        assert not module.damage.bad_declarations
        assert [one.name for one in module.functions if one.has_body] == [
            "Identifier",
            "initWithName:",
            "session",
            "upload:to:error:",
            "load",
            "dealloc",
            "after",
        ]
        assert module.damage.functions == 6 and module.damage.declarations == 3


def test_ranges_are_exact() -> None:
    """What a node calls its name is what the text says there."""
    data = SAMPLE.encode()
    count = 0
    for function in read("A.m", data).functions:
        written = data[function.name_start : function.name_end].decode()
        assert written == function.name.partition(":")[0]
        for node in nodes_of(function):
            if isinstance(node, Name):
                assert data[node.start : node.end].decode() == node.name
            elif isinstance(node, Call):
                assert data[node.name_start : node.name_end].decode() == node.name.partition(":")[0]
            elif isinstance(node, Member):
                assert data[node.start : node.end].decode().endswith(node.name)
            elif isinstance(node, Local):
                assert node.name in data[node.start : node.end].decode()
            elif isinstance(node, Literal) and node.kind == "nil":
                assert data[node.start : node.end].decode() == node.text
            count += 1
    assert count > 200


def test_carriage_returns_only_shift() -> None:
    for path in ("A.m", "A.h"):
        plain = read(path, SAMPLE.encode())
        windows = read(path, SAMPLE.replace("\n", "\r\n").encode())
        check(windows, len(SAMPLE.replace("\n", "\r\n").encode()))
        assert print_module(windows) == print_module(plain)


def test_byte_order_mark_only_shifts() -> None:
    plain, marked = read("A.m", SAMPLE.encode()), read("A.m", b"\xef\xbb\xbf" + SAMPLE.encode())
    assert print_module(marked) == print_module(plain)
    assert [one.name_start - 3 for one in marked.functions] == [one.name_start for one in plain.functions]
    assert [one.start - 3 for one in marked.types] == [one.start for one in plain.types]


DEPTH = 10_000


def body(code: str) -> str:
    return "void f(void) { " + code + " }"


DEEP = {
    "parentheses": body("x = " + "(" * DEPTH + "1" + ")" * DEPTH + ";"),
    "arrays": body("x = " + "@[" * DEPTH + "]" * DEPTH + ";"),
    "dictionaries": body("x = " + "@{a: " * DEPTH + "b" + "}" * DEPTH + ";"),
    "messages": body("[" * DEPTH + "a" + " b]" * DEPTH + ";"),
    "message arguments": body("[a b:" * DEPTH + "c" + "]" * DEPTH + ";"),
    "braces": body("{" * DEPTH + "}" * DEPTH),
    "blocks": body("a(" + "^{ a(" * 1_000 + "); }" * 1_000 + ");"),
    "branches": body("if (a) { " * DEPTH + "}" * DEPTH),
    "else if": body("if (a) { } else " * DEPTH + "{ }"),
    "loops": body("while (a) " * DEPTH + ";"),
    "tries": body("@try { " * 1_000 + "} @finally { }" * 1_000),
    "switches": body("switch (a) { case 1: " * DEPTH + "}" * DEPTH),
    "arguments": body("a(" * DEPTH + ")" * DEPTH + ";"),
    "subscripts": body("a[" * DEPTH + "0" + "]" * DEPTH + ";"),
    "casts": body("x = " + "(A *)" * DEPTH + "b;"),
    "signs": body("x = " + "!" * DEPTH + "b;"),
    "ternaries": body("x = " + "a ? b : " * DEPTH + "c;"),
    "assignments": body("a = " * DEPTH + "b;"),
    "statement expressions": body("x = " + "({ " * 1_000 + "a;" + " });" * 1_000),
    "pointers": body("A " + "*" * DEPTH + "a;"),
    "generic arguments": "@interface A : B\n- (" + "C<" * 2_000 + "D" + ">" * 2_000 + ")e;\n@end",
    "conditional compilation": body("\n" + "#if A\n" * 2_000 + "a();\n" + "#endif\n" * 2_000),
    "directives around declarations": "#if A\n" * 2_000 + "int a;\n" + "#endif\n" * 2_000,
    "structures": "struct S { " * 2_000 + "int a;" + " } a;" * 2_000,
    "opening only": "void f(void) { " + "[^{(" * 2_500,
    "case labels": body("switch (a) { " + "case 1: " * DEPTH + "b(); }"),
    "branches of one group": body("\n#if A\n" + "#elif B\na();\n" * DEPTH + "#endif\n"),
    "boxes": body("x = " + "@(" * DEPTH + "a" + ")" * DEPTH + ";"),
    "labels": body("a: " * DEPTH + ";"),
    "cases under conditions": body(
        "switch (a) {\n" + "#if A\n" * 2_000 + "case 1: b();\n" + "#endif\n" * 2_000 + "}"
    ),
    "designators": body("x = " + "{ .a = " * 2_000 + "1" + " }" * 2_000 + ";"),
    "commas": body("x = " + "(a, " * DEPTH + "b" + ")" * DEPTH + ";"),
    "pools": body("@autoreleasepool { " * DEPTH + "}" * DEPTH),
    "functions": body("int g(void) { " * 1_000 + "}" * 1_000),
    "block types": "void f(" + "void (^a)(" * 1_000 + "int b" + ")" * 1_000 + ") { }",
    "linkage": 'extern "C" { ' * 2_000 + "int a;" + "}" * 2_000,
    "closing only": "@implementation A\n" + "]})" * 2_500,
    "methods never closed": "@implementation A\n" + "- (void)a {\n" * 1_000,
    "types never closed": "@interface A : B\n" * 2_000,
}
LONG = {
    "sum": body("x = a" + " + a" * DEPTH + ";"),
    "strings": body("x = @" + '"a" ' * DEPTH + ";"),
    "conjunction": body("x = a" + " && a" * DEPTH + ";"),
    "members": body("a" + ".b" * DEPTH + ";"),
}
WIDTH = 3_000
WIDE = {
    "statements": body("a(b); " * WIDTH),
    "array": body("x = @[" + "a, " * WIDTH + "b];"),
    "arguments": body("a(" + "b, " * WIDTH + "c);"),
    "comma": body("a" + ", b" * WIDTH + ";"),
    "locals": body("int a" + ", b" * WIDTH + ";"),
    "cases": body("switch (a) { " + "case 1: b(); " * WIDTH + "}"),
}


@pytest.mark.parametrize("path", ["A.m", "A.h"])
@pytest.mark.parametrize("name", [*DEEP, *LONG])
def test_deep_nesting(name: str, path: str) -> None:
    data = (DEEP | LONG)[name].encode()
    module = read(path, data)
    check(module, len(data))
    print_module(decode_module(encode_module(module)))


@pytest.mark.parametrize("name", WIDE)
def test_width_loses_nothing(name: str) -> None:
    (function,) = read("A.m", WIDE[name].encode()).functions
    assert not function.is_damaged
    assert len(list(nodes_of(function))) > WIDTH


def test_too_deep_is_damage() -> None:
    module = read("A.m", DEEP["arguments"].encode())
    (function,) = module.functions
    assert function.is_damaged and len(module.damage.damaged) == 1


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\n",
        "}",
        "{",
        "{{{",
        "-",
        "- (",
        "@",
        "@end",
        "@interface",
        "@implementation A",
        '@"',
        "/*",
        "#if",
        "#",
        "\\",
    ],
)
@pytest.mark.parametrize("path", ["A.m", "A.h"])
def test_fragments(source: str, path: str) -> None:
    check(read(path, source.encode()), len(source.encode()))
