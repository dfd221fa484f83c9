"""Masking of comments and literals, and the outlines of bodies found in masked text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from backhaul.frontends.conditionals import conditions_of, find_groups, flatten_conditionals, is_balanced
from backhaul.frontends.lexing import blank, mask_objc, mask_swift
from backhaul.frontends.outline_objc import outline_objc
from backhaul.frontends.outline_swift import outline_swift
from hypothesis import example, given, settings
from hypothesis import strategies as st

MASKS: list[Callable[[bytes], bytes]] = [mask_objc, mask_swift]

# In each source "§" stands for a byte that must become a blank; all others must stay.
OBJC = {
    "line comment": ("a // { x\nb", "a §§§§§§\nb"),
    "line comment at the end": ("a // x", "a §§§§"),
    "continued comment": ("a // x \\\n { y\nb", "a §§§§§§\n§§§§\nb"),
    "comment": ('a /* { " */ b', "a §§§§§§§§§ b"),
    "comment over lines": ("a /* x\n { */ b", "a §§§§\n§§§§§ b"),
    "comments do not nest": ("/* /* */ a /* */", "§§§§§§§§ a §§§§§"),
    "open comment": ("a /* { ", "a §§§§§"),
    "string": ('f(@"a{b", "c")', 'f(@"§§§", "§")'),
    "empty string": ('@""', '@""'),
    "escaped quote": ('@"a\\"{" b', '@"§§§§" b'),
    "escaped backslash": ('@"a\\\\" { b', '@"§§§" { b'),
    "comment in a string": ('@"http://a/*" b', '@"§§§§§§§§§§" b'),
    "quote in a comment": ('a // "\nb { "c"', 'a §§§§\nb { "§"'),
    "character": ("a == '{' || b == '\\''", "a == '§' || b == '§§'"),
    "quote in a character": ("a == '\"' { b }", "a == '§' { b }"),
    "open string": ('#error "x { y\nb {', "#error §§§§§§\nb {"),
    "division": ("a / b / c * d", "a / b / c * d"),
    "umlaut": ('@"é" // ü', '@"§§" §§§§§'),
}
SWIFT = {
    "line comment": ("a // { x\nb", "a §§§§§§\nb"),
    "comment": ('a /* { " */ b', "a §§§§§§§§§ b"),
    "comments nest": ("/* /* */ a */ b", "§§§§§§§§§§§§§ b"),
    "open comment": ("a /* /* */ {", "a §§§§§§§§§§"),
    "string": ('f("a{b", "c")', 'f("§§§", "§")'),
    "empty string": ('f("") {', 'f("") {'),
    "escaped quote": ('"a\\"{" b', '"§§§§" b'),
    "escaped backslash": ('"a\\\\" { b', '"§§§" { b'),
    "comment in a string": ('"http://a/*" b', '"§§§§§§§§§§" b'),
    "interpolation": ('"a \\(b { "c" }) d" {', '"' + "§" * 16 + '" {'),
    "nested interpolation": ('"\\("\\("}")")" {', '"' + "§" * 11 + '" {'),
    "interpolated parentheses": ('"\\(f(a, ")"))" {', '"' + "§" * 12 + '" {'),
    "raw string": ('#"a " \\(b) \\"# {', '#"' + "§" * 10 + '"# {'),
    "interpolation of a raw string": ('#"\\#("}")"# {', '#"§§§§§§§"# {'),
    "several lines": ('"""\n{ "a" ""\n""" {', '"""\n§§§§§§§§\n""" {'),
    "open string": ('let a = "b {\nc {', 'let a = "§§§\nc {'),
    "regular expression": ('a.b(/[{]"/) { c }', "a.b(§§§§§§) { c }"),
    "extended regular expression": ('a = #/{ " /# {', "a = §§§§§§§§ {"),
    "division": ("a / b / c", "a / b / c"),
    "division without blanks": ("let a = b/c/d", "let a = b/c/d"),
    "operator": ("reduce(1, /) { a }", "reduce(1, /) { a }"),
    "umlaut": ('"é" // ü', '"§§" §§§§§'),
}


def check_mask(mask: Callable[[bytes], bytes], source: str, expected: str) -> None:
    text = source.encode()
    wanted = expected.replace("§", " ").encode()
    assert len(wanted) == len(text)
    assert mask(text) == wanted


@pytest.mark.parametrize("name", OBJC)
def test_objc_mask(name: str) -> None:
    check_mask(mask_objc, *OBJC[name])


@pytest.mark.parametrize("name", SWIFT)
def test_swift_mask(name: str) -> None:
    check_mask(mask_swift, *SWIFT[name])


def test_cplusplus_raw_string_holds_no_code() -> None:
    source = b'auto a = R"x({ " )y" // )x"; b {'
    masked = mask_objc(source)
    assert len(masked) == len(source)
    assert masked.endswith(b'"; b {') and b"{" not in masked[:-2]


def test_blank_keeps_line_ends() -> None:
    assert blank("a é\r\n\tb\n".encode()) == b"    \r\n  \n"


PIECES = st.sampled_from(
    [
        *'{ } ( ) " \' / // /* */ \\ # #" "# """ \\( \\#( #/ /# a é R"( )" @" \r\n \n'.split(" "),
        *("let a = ", " return ", "\\\n", " "),
    ]
)


@pytest.mark.parametrize("mask", MASKS)
@settings(max_examples=250)
@given(text=st.lists(PIECES, max_size=25).map("".join).map(str.encode) | st.binary(max_size=60))
@example(text=b'"\\(')
@example(text=b'"""')
@example(text=b'R"(')
@example(text=b"/")
def test_a_mask_only_blanks(mask: Callable[[bytes], bytes], text: bytes) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    for before, after in zip(text, masked, strict=True):
        assert after == before or (after == 0x20 and before not in b"\r\n") or before == 0x52
    assert mask(masked).count(b"\n") == text.count(b"\n")


@pytest.mark.parametrize("mask", MASKS)
def test_masking_is_linear(mask: Callable[[bytes], bytes]) -> None:
    """Constructs left open, or piled up, do not make it start over and over."""
    for text in (
        b"/*" * 50_000,
        b'"' * 99_999,
        b"//" * 50_000,
        b'"\\(' * 30_000,
        b"/" * 80_000,
        b"'" * 90_000,
    ):
        assert len(mask(text)) == len(text)


def objc_bodies(source: str) -> list[tuple[str, str, str, str]]:
    """Form, owner, declaration and body of each body."""
    outline = outline_objc(mask_objc(source.encode()))
    return [
        (one.form, one.owner, source[one.start : one.open].strip(), source[one.open : one.stop])
        for one in outline.bodies
    ]


def test_objc_outline() -> None:
    source = """\
#define M(x) do { x } while (0)
@interface A : B { int _a; }
- (void)declared;
@end
static int table[] = { 1, 2 };
struct S { int a; };
typedef NS_ENUM(NSInteger, E) { EOne };
extern "C" {
static inline void f(int a) { if (a) { b(); } }
}
@implementation A (C) { int _b; }
- (void)g:(int)a { ^{ c(); }(); }
+ (id)h; { return @{}; }
static void i(void) { }
@end
@protocol P;
@protocol Q
@end
"""
    assert objc_bodies(source) == [
        ("function", "", "static inline void f(int a)", "{ if (a) { b(); } }"),
        ("method", "A", "- (void)g:(int)a", "{ ^{ c(); }(); }"),
        ("method", "A", "+ (id)h;", "{ return @{}; }"),
        ("function", "", "static void i(void)", "{ }"),
    ]
    outline = outline_objc(mask_objc(source.encode()))
    types = [source[start:end].split()[:2] for start, end in outline.types]
    assert types == [["@interface", "A"], ["@implementation", "A"], ["@protocol", "Q"]]
    assert all(source[start:end].endswith("@end") for start, end in outline.types)


@pytest.mark.parametrize(
    "head",
    [
        "void f(void)",
        "static NSArray<A *> *f(void (^done)(BOOL), int b[2])",
        "__attribute__((unused)) static int f()",
        "int f(int a) const noexcept",
        "A::A(int b) : B(b), c(b)",
        "auto f(int a) -> int",
        "int f(a, b) MACRO",
        "void f(void)\n",
        "unsigned long f(struct S *s)",
    ],
)
def test_heads_of_functions(head: str) -> None:
    found = objc_bodies(f"int before;\n{head} {{ a(); }}\n")
    assert found == [("function", "", head.strip(), "{ a(); }")]


@pytest.mark.parametrize(
    "code",
    [
        "static A a = { .b = f(1) };",
        "void (^a)(void) = ^(void) { b(); };",
        "struct S { int a; } __attribute__((packed));",
        "typedef struct { int (*a)(int); } S;",
        "typedef FOO_OPTIONS(int, E) { A };",
        "@interface A : B { int (*_c)(int); }\n@end",
        "enum E { A = f(1) };",
        "A *a = @{@(1): b(2)};",
    ],
)
def test_braces_that_are_no_functions(code: str) -> None:
    assert objc_bodies(code) == []
    assert [body[2] for body in objc_bodies(f"{code}\nvoid f(void) {{ }}")] == ["void f(void)"]


def test_objc_outline_recovers_at_the_next_type() -> None:
    source = (
        "@implementation A\n- (void)a { if (b) { \n}\n- (void)c { }\n@end\n"
        "@implementation B\n- (void)d { e(); }\n@end\n"
    )
    assert ("method", "B", "- (void)d", "{ e(); }") in objc_bodies(source)
    assert len(outline_objc(mask_objc(source.encode())).types) == 2


def test_objc_outline_with_branches_that_split_braces() -> None:
    source = "void f(void) {\n#if A\nif (a) {\n#else\nif (b) {\n#endif\nc(); }\n}\nvoid g(void) { }\n"
    assert [body[2] for body in objc_bodies(source)] == ["void f(void)", "void g(void)"]


def test_swift_outline() -> None:
    source = """\
struct A { // {
    var a: Int { b }
    func c(d: [String: () -> Void] = [:]) async throws -> Int { e { f() } }
    class B { init?() { } ; deinit { g("}") } }
}
func h() { }
let i = { j() }
"""
    outline = outline_swift(mask_swift(source.encode()))
    found = [(body.owner, source[body.open : body.end]) for body in outline.bodies]
    assert found == [
        ("A", "{ b }"),
        ("A", "{ e { f() } }"),
        ("A.B", "{ }"),
        ("A.B", '{ g("}") }'),
        ("", "{ }"),
    ]


TEXTS = st.lists(
    st.sampled_from(
        [
            *"{ } ; ( ) - + , < > : = ^ @end #endif #else func init var struct a".split(),
            *(
                "\n- (void)a:(int)b {",
                "@implementation A\n",
                "@protocol P\n",
                "\n#if X\n",
                "\n#else\n",
                "void f(int a) {",
            ),
            *("func f() {", "class A {", "var a: Int { get {", 'extern "C" {', "\n"),
        ]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=250)
@given(text=TEXTS)
def test_outlined_bodies_are_apart(text: str) -> None:
    """Any text: bodies in order, none inside another, each begins with its brace."""
    for mask, outline in ((mask_objc, outline_objc), (mask_swift, outline_swift)):
        masked = mask(text.encode())
        end = 0
        for body in outline(masked).bodies:
            assert end <= body.open < body.end <= body.stop <= len(masked)
            assert body.start <= body.open
            assert masked[body.open : body.open + 1] == b"{"
            end = body.end
        for first, last in outline(masked).types:
            assert 0 <= first < last <= len(masked)


def test_groups_of_conditional_compilation() -> None:
    text = b"#endif\n#if A\na\n# ifdef B\nb\n#  endif\n#elif C && \\\n D\nc\n#else\nd\n#endif\n#if E\n"
    inner, outer = find_groups(text)
    assert text[inner.start : inner.end] == b"# ifdef B\nb\n#  endif"
    assert [(one.word, one.condition) for one in inner.branches] == [(b"ifdef", b"B")]
    assert text[inner.branches[0].content : inner.branches[0].end] == b"\nb\n"
    assert [one.word for one in outer.branches] == [b"if", b"elif", b"else"]
    assert [text[one.content : one.end].strip() for one in outer.branches][1:] == [b"c", b"d"]


@pytest.mark.parametrize(
    ("text", "balanced"), [(b"", True), (b"{([])}", True), (b"{", False), (b"}{", False), (b"a)(b", False)]
)
def test_balance(text: bytes, balanced: bool) -> None:
    assert is_balanced(text) is balanced


def test_flattening_keeps_one_of_unbalanced_branches() -> None:
    text = b"#if A\nf {\n#else\ng {\n#endif\n}\n#if B\nx\n#else\ny\n#endif\n"
    for number, kept in ((0, b"f { }"), (1, b"g { }")):
        flat = flatten_conditionals(text, number)
        assert len(flat) == len(text) and flat.count(b"\n") == text.count(b"\n")
        assert b" ".join(flat.split()) == kept + b" x y"


def test_what_branches_stand_for() -> None:
    text = b"#ifdef A\na\n#elif B && C\nb\n#else\nc\n#endif\n#ifndef D\nd\n#endif\n"
    found = [(text[c.start : c.end].strip(), c.text, c.holds) for c in conditions_of(find_groups(text))]
    assert found == [
        (b"a", "defined(A)", True),
        (b"b\n#else\nc", "defined(A)", False),
        (b"b", "B && C", True),
        (b"c", "B && C", False),
        (b"d", "!defined(D)", True),
    ]
