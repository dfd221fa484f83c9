"""Objective-C that the grammar cannot read for want of the headers: macros, split branches."""

from __future__ import annotations

import pytest
from backhaul.frontends import recovery
from backhaul.frontends.objc.reading import grammar_for
from backhaul.model.printing import print_function
from objc_reading import body_lines, functions_of, module_of

# Each stands between two sound declarations, which must not suffer.
MACROS = {
    "nonnull": "NS_ASSUME_NONNULL_END\nNS_ASSUME_NONNULL_BEGIN",
    "any bare word": "MY_HEADER_BEGIN",
    "enumeration": "typedef NS_ENUM(NSInteger, E) { EOne, ETwo = 2 };",
    "options": "typedef NS_OPTIONS(NSUInteger, E) { EOne = 1 << 0, ETwo = 1 << 1 };",
    "custom enumeration": "typedef RLM_CLOSED_ENUM(NSUInteger, E) { EA NS_SWIFT_NAME(a) } NS_SWIFT_NAME(F);",
    "exported variable": "FOO_EXPORT NSString *const name NS_SWIFT_NAME(Foo.name);",
    "exported function": "FOO_EXPORT void g(int a) API_AVAILABLE(ios(10.0));",
    "attribute": "static void g(void) __attribute__((unused));",
    "attribute behind": "static NSString *h __attribute__((unused)) = nil;",
    "unused variable": "static int h __unused;",
    "pragma": "#pragma mark - More",
    "quoted header": '#if __has_include("x.h")\n#import "x.h"\n#endif',
    "macro with arguments": "FOO_SYNTHESIZE(a, b)",
    "deprecation": 'typedef int T DEPRECATED_MSG_ATTRIBUTE("b");',
}


@pytest.mark.parametrize("path", ["Sample.m", "Sample.h", "Sample.mm"])
@pytest.mark.parametrize("name", MACROS)
def test_declarations_around_a_macro(name: str, path: str) -> None:
    source = f"""\
NS_ASSUME_NONNULL_BEGIN
@interface A : NSObject
- (void)before;
@end
{MACROS[name]}
@implementation A
- (void)before {{ [a b:c]; }}
@end
NS_ASSUME_NONNULL_END
void after(void) {{ d(); }}
"""
    module = module_of(source, path)
    assert [(one.kind, one.name) for one in module.types if one.name == "A"] == [("class", "A")] * 2
    found = {one.name: one for one in module.functions if one.has_body and one.kind != "value"}
    assert print_function(found["before"])[1:] == ["    [a b:c]"]
    assert print_function(found["after"])[1:] == ["    d()"]
    assert found["before"].owner == "A" and found["after"].owner == ""
    assert not module.damage.lost and not module.damage.damaged and not module.damage.bad_declarations
    assert module.damage.functions == 2


@pytest.mark.parametrize(
    "head", ["NS_ENUM(NSInteger, Kind)", "NS_OPTIONS(NSUInteger, Kind)", "NS_ERROR_ENUM(Domain, Kind)"]
)
def test_enumeration_through_a_macro(head: str) -> None:
    members = "KindA,\n    KindB API_AVAILABLE(ios(13)) = 1,"
    source = f"NS_ASSUME_NONNULL_BEGIN\ntypedef {head} {{\n    {members}\n}};\n"
    module = module_of(source, "Sample.h")
    (type_,) = module.types
    assert (type_.kind, type_.name, type_.members) == ("enum", "Kind", ["KindA", "KindB"])
    assert source[type_.name_start : type_.name_end] == "Kind"


HEADS = {
    "available": "API_AVAILABLE(ios(13.0), macos(10.15))\n@interface A : B",
    "exported": "FOO_EXPORT @interface A : B",
    "named": "NS_SWIFT_NAME(C.A)\n@interface A : B",
    "attributed": '__attribute__((objc_runtime_name("X")))\n@interface A : B',
    "in a row": "NS_CLASS_AVAILABLE_IOS(8_0) FOO_EXPORT\n@interface A : B",
}


@pytest.mark.parametrize("name", HEADS)
def test_macro_before_a_type(name: str) -> None:
    source = f"{HEADS[name]}\n- (void)c;\n@end\n@interface D : E\n- (void)f;\n@end\n"
    module = module_of(source, "Sample.h")
    assert [(one.name, one.inherits) for one in module.types] == [("A", ["B"]), ("D", ["E"])]
    assert [(one.owner, one.name) for one in module.functions] == [("A", "c"), ("D", "f")]
    assert module.damage.declarations == 2 and not module.damage.bad_declarations


MEMBERS = {
    "available": "- (void)c API_AVAILABLE(ios(10.0), macos(10.12));",
    "custom": "- (void)c:(int)a AF_API_AVAILABLE(ios(10), macosx(10.12));",
    "named": "- (void)c:(int)a NS_SWIFT_NAME(c(of:)) NS_REQUIRES_SUPER;",
    "property": '@property (nonatomic) int c UI_APPEARANCE_SELECTOR API_DEPRECATED("d", ios(2.0, 9.0));',
    "block property": "@property (copy) void (^c)(int) NS_SWIFT_NAME(d);",
    "macro type": "- (FOO_GENERIC(NSArray, B *) *)c;",
    "alone": "FOO_SINGLETON_HEADER(A)",
    "parameter": "- (void)c:(NS_NOESCAPE void (^)(void))block;",
    "sendable": "- (void)c:(void (NS_SWIFT_SENDABLE ^)(int a))block;",
}


@pytest.mark.parametrize("name", MEMBERS)
def test_macro_at_a_member(name: str) -> None:
    source = f"@interface A : B\n- (void)before;\n{MEMBERS[name]}\n- (void)after;\n@end\n"
    module = module_of(source, "Sample.h")
    found = [one.name for one in module.functions]
    assert found[0] == "before" and found[-1] == "after"
    assert all(one.owner == "A" for one in module.functions)
    assert not module.damage.bad_declarations


METHODS = {
    "available": "- (void)c API_AVAILABLE(ios(10)) { d(); }",
    "attribute": '- (void)c __attribute__((annotate("e"))) { d(); }',
    "semicolon": "- (void)c; { d(); }",
    "unused parameter": "- (void)c:(__unused int)a { d(); }",
    "parameter attribute": "- (void)c:(int __attribute__((unused)))a { d(); }",
}


@pytest.mark.parametrize("name", METHODS)
def test_macro_at_a_method_with_a_body(name: str) -> None:
    source = (
        f"@implementation A\n- (void)before {{ a(); }}\n{METHODS[name]}\n- (void)after {{ b(); }}\n@end\n"
    )
    module = module_of(source)
    assert [print_function(one)[-1] for one in module.functions] == ["    a()", "    d()", "    b()"]
    assert not module.damage.lost and not module.damage.damaged


BODIES = {
    "weakify": (
        "@weakify(self)\n[a b:^{\n    @strongify(self);\n    [self c];\n}];",
        "weakify(self)\n[a b:^{\n    strongify(self)\n    self.c()\n}]",
    ),
    "onExit": ("@onExit { a(); };\nb();", "do {\n    a()\n}\nb()"),
    "statement macro before a message": ("FOO_ASSERT(a)\n[b c];", "FOO_ASSERT(a)\nb.c()"),
    "bare macro before a message": ("BEGIN_WARNINGS\n[b c];", "BEGIN_WARNINGS\nb.c()"),
    "trailing comma": ("f(a, );", "f(a)"),
    "keyword of the grammar": ("availability = [a availability];", "availability = a.availability()"),
    "pointer type as an argument": ("A *a = FOO_CAST(b, A *);", "var a: A = FOO_CAST(b, A)"),
    "attribute of a local": ("A *a __attribute__((unused)) = b();", "var a: A = b()"),
    "unused local": ("__unused A *a = b();", "var a: A = b()"),
    "pragma": ("a();\n#pragma clang diagnostic push\nb();\n#pragma clang diagnostic pop", "a()\nb()"),
}


@pytest.mark.parametrize("name", BODIES)
def test_macro_in_a_body(name: str) -> None:
    source, printed = BODIES[name]
    assert body_lines(source) == printed.splitlines()


def test_weakify_keeps_the_calls() -> None:
    source = """\
@implementation A
- (void)b {
    @weakify(self)
    [a c:^{
        @strongify(self)
        [self d];
    }];
}
@end
"""
    (found,) = module_of(source).functions
    assert not found.is_damaged
    assert {"weakify", "strongify", "c:", "d", "a"} <= set(found.mentions)


def test_branches_that_split_a_signature_give_both_methods() -> None:
    source = """\
@implementation A
#if TARGET_OS_IOS
- (void)a:(UIImage *)image {
#else
- (void)b:(NSImage *)image {
#endif
    [self c];
}
- (void)d { e(); }
@end
"""
    found = functions_of(source)
    assert set(found) == {"a:", "b:", "d"}
    for name in ("a:", "b:"):
        assert print_function(found[name])[-1] == "    self.c()"
    assert not any(one.is_damaged for one in found.values())


def test_every_rule_keeps_the_length() -> None:
    grammar = grammar_for("Sample.h")
    bodies = "".join(f"void f(void) {{\n{code}\n}}\n" for code, _ in BODIES.values())
    texts = (*MACROS.values(), *HEADS.values(), *MEMBERS.values(), *METHODS.values(), bodies)
    for text in (one.encode() for one in texts):
        for branch in (0, 1):
            draft = recovery.normalise(grammar, text, grammar.mask(text), branch)
            assert len(draft.text) == len(draft.masked) == len(text)


def test_rules_leave_sound_code_alone() -> None:
    source = b"""\
@interface A<T> : B <C>
@property (nonatomic, copy) NSArray<T> *list;
- (void)a:(int)b c:(void (^)(NSError *_Nullable))d;
@end
@implementation A
- (void)a:(int)b c:(void (^)(NSError *))d {
    NSString *s = @"NS_ENUM(a, b) { // \\"#if";
    MAX(b, 1);
    if (b * 2 > [self e]) { d(nil); }
    self.list = @[@{@"a": @(b)}, ^{ return (id)s; }];
    typeof(self) x = b ? self : (A *)s;
}
static inline UIColor *Color(NSInteger rgb) { return [UIColor f:rgb]; }
@end
"""
    grammar = grammar_for("Sample.m")
    assert bytes(recovery.normalise(grammar, source, grammar.mask(source)).text) == source


def test_names_are_read_from_the_original_text() -> None:
    source = 'void f(void) { id availability = [a availability]; NSString *s = @"x" NAME @"y"; }'
    (found,) = functions_of(source).values()
    assert found.mentions == ["NAME", "a", "availability", "availability("]
