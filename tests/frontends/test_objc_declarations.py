"""Objective-C declarations in the program model."""

from __future__ import annotations

import pytest
from backhaul.frontends import read_module
from backhaul.model.declarations import decode_body
from backhaul.model.printing import print_function
from objc_reading import functions_of, module_of, only_function

TYPES = """
#import <Foundation/Foundation.h>
#import "Sample.h"
#include <math.h>
@import UIKit.UIView;
@class Forward;
@protocol Announced;

@interface A : NSObject <P, Q>
@end
@interface B<__covariant T : id<P>> : NSArray <P>
@end
@interface Root
@end
@interface Child : Base
@end
@interface A ()
@end
@interface A (Uploads) <R>
@end
@protocol P <NSObject, Q>
@end
@protocol Alone
@end
@implementation A
@end
@implementation A (Uploads)
@end
enum Kind { KindOne, KindTwo = 4, };
typedef enum { First, Second } Order;
typedef struct { int a; char *b; } Pair;
struct Point { double x, y; };
typedef NSString *Alias;
"""


MACROS = """
#define NAME @"a b"
#define TEXT "c" /* why */
#define COUNT (12)
#define SHARE 0.5f
#define IS_ON @YES
#define MODE kModeFast
#define VIEW UIView
#define SUM 1 + 2
#define CALL(x) 3
#define NOTHING
#define JOINED @"a" @"b"
#if DEBUG
  #define HOST @"here"
#else
  #define HOST @"there"
#endif
"""


def test_macros_that_stand_for_a_constant() -> None:
    module = module_of(MACROS)
    names = ["NAME", "TEXT", "COUNT", "SHARE", "IS_ON", "MODE", "HOST", "HOST"]
    assert [(one.name, one.owner, one.is_constant) for one in module.properties] == [
        (name, "", True) for name in names
    ]
    values = [print_function(function)[1].strip() for function in module.functions]
    assert values == [
        'return "a b"',
        'return "c"',
        "return 12",
        "return 0.5f",
        "return YES",
        "return kModeFast",
        'return "here"',
        'return "there"',
    ]
    assert [function.mentions for function in module.functions if function.name == "MODE"] == [["kModeFast"]]


def test_types() -> None:
    module = module_of(TYPES)
    assert [(t.kind, t.name, t.category, t.inherits) for t in module.types] == [
        ("class", "A", "", ["NSObject", "P", "Q"]),
        ("class", "B", "", ["NSArray", "P"]),
        ("class", "Root", "", []),
        ("class", "Child", "", ["Base"]),
        ("extension", "A", "", []),
        ("extension", "A", "Uploads", ["R"]),
        ("protocol", "P", "", ["NSObject", "Q"]),
        ("protocol", "Alone", "", []),
        ("class", "A", "", []),
        ("extension", "A", "Uploads", []),
        ("enum", "Kind", "", []),
        ("enum", "Order", "", []),
        ("struct", "Pair", "", []),
        ("struct", "Point", "", []),
    ]
    members = {type_.name: type_.members for type_ in module.types if type_.kind == "enum"}
    assert members == {"Kind": ["KindOne", "KindTwo"], "Order": ["First", "Second"]}
    fields = [(one.owner, one.name, one.type) for one in module.properties]
    assert fields == [
        ("Pair", "a", "int"),
        ("Pair", "b", "char"),
        ("Point", "x", "double"),
        ("Point", "y", "double"),
    ]


def test_imports() -> None:
    assert module_of(TYPES).imports == ["Foundation/Foundation.h", "Sample.h", "math.h", "UIKit.UIView"]


def test_type_ranges() -> None:
    for type_ in module_of(TYPES).types:
        assert TYPES[type_.name_start : type_.name_end] == type_.name
        written = TYPES[type_.start : type_.end]
        if type_.kind in ("class", "extension", "protocol"):
            assert written.startswith("@") and written.endswith("@end")
            assert written.count("@end") == 1
        else:
            assert written.startswith(("enum", "struct", "typedef"))


def test_a_type_in_inheritance_keeps_no_arguments() -> None:
    (type_,) = module_of("@interface A : NSArray<B *> <P>\n@end").types
    assert type_.inherits == ["NSArray", "P"]


PROPERTIES = [
    ("@property int a;", "int", [], False, False),
    ("@property (nonatomic, strong) A *a;", "A", ["nonatomic", "strong"], False, False),
    (
        "@property (nonatomic, weak, nullable) id<D> a;",
        "id<D>",
        ["nonatomic", "weak", "nullable"],
        True,
        False,
    ),
    ("@property (class, readonly) A *a;", "A", ["class", "readonly"], False, True),
    ("@property (getter=isA, setter=putA:) BOOL a;", "BOOL", ["getter=isA", "setter=putA:"], False, False),
    ("@property (copy) void (^a)(NSData *d);", "void (^)(NSData d)", ["copy"], False, False),
    ("@property (copy) NSArray<NSURL *> *a;", "NSArray<NSURL>", ["copy"], False, False),
    ("@property NSDictionary<NSString *, A *> *a;", "NSDictionary<NSString, A>", [], False, False),
    ("@property (assign) NSInteger a API_AVAILABLE(ios(10));", "NSInteger", ["assign"], False, False),
    ("@property IBOutlet UIView *a;", "UIView", ["IBOutlet"], False, False),
]


@pytest.mark.parametrize(("code", "type_", "attributes", "weak", "static"), PROPERTIES)
def test_property(code: str, type_: str, attributes: list[str], weak: bool, static: bool) -> None:
    source = f"@interface A : B\n{code}\n@end\n"
    module = module_of(source)
    (found,) = module.properties
    assert (found.owner, found.name, found.type) == ("A", "a", type_)
    assert (found.is_weak, found.is_static) == (weak, static)
    assert found.attributes[: len(attributes)] == attributes
    assert source[found.name_start : found.name_end] == "a"
    assert source[found.start : found.end] == code
    assert not module.damage.bad_declarations


def test_two_properties_of_one_declaration() -> None:
    found = module_of("@interface A : B\n@property (weak) C *a, *b;\n@end").properties
    assert [(one.name, one.type, one.is_weak) for one in found] == [("a", "C", True), ("b", "C", True)]


def test_instance_variables() -> None:
    source = """\
@interface A : NSObject {
    int _a, *_b;
    @private
    __weak id<D> _c;
    void (^_d)(void);
}
@end
@implementation A {
    NSArray<E *> *_e;
}
@synthesize f = _g, h, i = _i;
@dynamic j;
@end
"""
    found = module_of(source).properties
    assert [(one.owner, one.name, one.type, one.is_weak, one.attributes) for one in found] == [
        ("A", "_a", "int", False, []),
        ("A", "_b", "int", False, []),
        ("A", "_c", "id<D>", True, ["@private"]),
        ("A", "_d", "void (^)(void)", False, ["@private"]),
        ("A", "_e", "NSArray<E>", False, []),
        ("A", "f", "", False, ["ivar=_g"]),
        ("A", "h", "", False, ["ivar=h"]),
    ]
    assert all(source[one.name_start : one.name_end] == one.name for one in found)


METHODS = [
    ("- (void)a", "a", "method", "void", [], False),
    ("- a", "a", "method", "id", [], False),
    ("+ (instancetype)shared", "shared", "method", "instancetype", [], True),
    ("+ (void)initialize", "initialize", "method", "void", [], True),
    ("- (instancetype)init", "init", "init", "instancetype", [], False),
    ("- (id)initWithA:(B *)a", "initWithA:", "init", "id", [("a", "B")], False),
    ("+ (id)initWithA:(B *)a", "initWithA:", "method", "id", [("a", "B")], True),
    ("- (void)initialise", "initialise", "method", "void", [], False),
    ("- (void)dealloc", "dealloc", "deinit", "void", [], False),
    ("- (void)deallocate", "deallocate", "method", "void", [], False),
    ("- (void)a:(int)b c:(nullable D *)e", "a:c:", "method", "void", [("b", "int"), ("e", "D")], False),
    ("- (void)a:(int)b :(int)c", "a::", "method", "void", [("b", "int"), ("c", "int")], False),
    ("- (void)a:b", "a:", "method", "void", [("b", "id")], False),
    ("- (NSArray<A *> *)a", "a", "method", "NSArray<A>", [], False),
    (
        "- (void)a:(void (^ _Nullable)(NSData *d, NSError *e))b",
        "a:",
        "method",
        "void",
        [("b", "void (^)(NSData d, NSError e)")],
        False,
    ),
    ("- (void)a:(NSError **)b, ...", "a:", "method", "void", [("b", "NSError")], False),
]


@pytest.mark.parametrize(("head", "selector", "kind", "result", "parameters", "static"), METHODS)
def test_method(
    head: str, selector: str, kind: str, result: str, parameters: list[tuple[str, str]], static: bool
) -> None:
    first = selector.partition(":")[0]
    for source, has_body in (
        (f"@interface A : B\n{head};\n@end\n", False),
        (f"@implementation A\n{head} {{ b(); }}\n@end\n", True),
    ):
        found = only_function(source)
        assert (found.owner, found.name, found.kind, found.result) == ("A", selector, kind, result)
        assert [(one.name, one.type) for one in found.parameters] == parameters
        assert all(one.label == "" for one in found.parameters)
        assert (found.is_static, found.has_body) == (static, has_body)
        assert found.spelling == (selector if ":" in selector else found.spelling)
        assert source[found.name_start : found.name_end] == first
        assert source[found.start : found.end] == (f"{head} {{ b(); }}" if has_body else f"{head};")
        assert not found.is_damaged


def test_method_of_a_category_and_of_a_protocol() -> None:
    source = """
    @protocol P
    - (void)a;
    @optional
    - (void)b;
    @property int c;
    @required
    - (void)d;
    @end
    @implementation A (Uploads)
    - (void)e {}
    @end
    """
    module = module_of(source)
    assert [(one.owner, one.name, one.attributes) for one in module.functions] == [
        ("P", "a", []),
        ("P", "b", ["@optional"]),
        ("P", "d", []),
        ("A", "e", []),
    ]
    (declared,) = module.properties
    assert declared.owner == "P" and "@optional" in declared.attributes


def test_method_attributes() -> None:
    found = functions_of(
        """
        @interface A : B
        - (instancetype)init NS_UNAVAILABLE;
        - (void)a:(int)b API_AVAILABLE(ios(13.0), macos(10.15)) NS_SWIFT_NAME(a(_:));
        - (void)c __attribute__((objc_requires_super));
        - (void)d;
        @end
        """
    )
    assert list(found) == ["init", "a:", "c", "d"]
    assert "NS_UNAVAILABLE" in found["init"].attributes
    assert found["init"].kind == "init"


FUNCTIONS = [
    ("void f(void) { a(); }", "void", []),
    ("static inline BOOL f(NSString *a, int) { return b; }", "BOOL", [("a", "NSString"), ("", "int")]),
    ("NSArray<A *> *f(void (^done)(BOOL)) { return b; }", "NSArray<A>", [("done", "void (^)(BOOL)")]),
    ("__attribute__((constructor)) static void f() { a(); }", "void", []),
    ("int f(int a, ...) { return a; }", "int", [("a", "int")]),
    ("char *const *f(int a[], char *b[2]) { return c; }", "char", None),
]


@pytest.mark.parametrize(("source", "result", "parameters"), FUNCTIONS)
def test_c_function(source: str, result: str, parameters: list[tuple[str, str]] | None) -> None:
    found = only_function(source)
    assert (found.owner, found.name, found.kind, found.result) == ("", "f", "function", result)
    if parameters is not None:
        assert [(one.name, one.type) for one in found.parameters] == parameters
    assert source[found.name_start : found.name_end] == "f"
    assert source[found.start : found.end] == source
    assert found.has_body and not found.is_damaged


def test_prototypes() -> None:
    found = functions_of(
        "FOUNDATION_EXPORT void f(int a);\nextern NSString *g(void) NS_RETURNS_RETAINED;\nvoid *h(int *);\n"
    )
    assert list(found) == ["f", "g", "h"]
    assert all(one.kind == "function" and not one.has_body for one in found.values())
    assert found["g"].result == "NSString"


def test_c_function_inside_an_implementation() -> None:
    found = functions_of("@implementation A\nstatic void f(void) { a(); }\n- (void)g { f(); }\n@end")
    assert [(one.name, one.kind, one.owner) for one in found.values()] == [
        ("f", "function", ""),
        ("g", "method", "A"),
    ]


def test_globals() -> None:
    source = """\
static NSString *const identifier = @"upload";
extern NSString *const notification;
const int limit = 3, *other;
static void (^handler)(void) = ^{ a(); };
static A *shared;
"""
    module = module_of(source)
    assert [(one.name, one.type, one.is_constant, one.attributes) for one in module.properties] == [
        ("identifier", "NSString", True, ["static"]),
        ("notification", "NSString", True, ["extern"]),
        ("limit", "int", True, []),
        ("other", "int", False, []),
        ("handler", "void (^)(void)", False, ["static"]),
        ("shared", "A", False, ["static"]),
    ]
    assert all(
        one.owner == "" and source[one.name_start : one.name_end] == one.name for one in module.properties
    )
    values = {one.name: print_function(one)[1:] for one in module.functions}
    assert values == {
        "identifier": ['    return "upload"'],
        "limit": ["    return 3"],
        "handler": ["    return ^{", "        a()", "    }"],
    }
    assert all(one.kind == "value" for one in module.functions)


def test_exported_method_of_a_bridge() -> None:
    """The macro of React Native takes the signature as its argument; the body follows it."""
    source = """\
@implementation Uploader
RCT_EXPORT_MODULE()
RCT_EXPORT_METHOD(upload:(NSString *)path resolver:(RCTPromiseResolveBlock)resolve)
{
    [self.session uploadTaskWithRequest:request fromFile:path];
    resolve(nil);
}
RCT_EXPORT_METHOD(cancel) { [self.task cancel]; }
RCT_REMAP_METHOD(stop, stopWithReason:(NSString *)reason) { [self stop:reason]; }
- (void)after { a(); }
@end
"""
    module = module_of(source)
    found = {one.name: one for one in module.functions}
    assert list(found) == ["upload:resolver:", "cancel", "stopWithReason:", "after"]
    assert all(one.owner == "Uploader" and one.kind == "method" for one in found.values())
    upload = found["upload:resolver:"]
    assert [one.name for one in upload.parameters] == ["path", "resolve"]
    assert source[upload.name_start : upload.name_end] == "upload"
    assert print_function(upload)[-2:] == [
        "    [self.session uploadTaskWithRequest:request fromFile:path]",
        "    resolve(nil)",
    ]
    assert not module.damage.lost and not module.damage.damaged


def test_extern_c_and_conditional_declarations() -> None:
    source = """
    #ifdef __cplusplus
    extern "C" {
    #endif
    void f(void);
    #if A
    @interface B : C
    - (void)g;
    #ifdef D
    - (void)h;
    #endif
    @end
    #else
    int i;
    #endif
    #ifdef __cplusplus
    }
    #endif
    """
    module = module_of(source, "Sample.h")
    assert [one.name for one in module.functions] == ["f", "g", "h"]
    assert [one.name for one in module.types] == ["B"]
    assert [one.name for one in module.properties] == ["i"]


def test_code_outside_of_functions_is_a_script() -> None:
    module = module_of('SpecBegin(A)\ndescribe(@"b", ^{ it(@"c", ^{ d(); }); });\nSpecEnd\n')
    mentioned = {name for one in module.functions for name in one.mentions}
    assert {"describe", "it", "d"} <= mentioned


@pytest.mark.parametrize("suffix", ["m", "mm", "h", "M"])
def test_suffixes(suffix: str) -> None:
    module = read_module(f"A.{suffix}", b"@implementation A\n- (void)b { c(); }\n@end")
    assert module.language == "objc" and module.path == f"A.{suffix}"
    (found,) = module.functions
    body = decode_body(found)
    assert body is not None and len(body.statements) == 1


def test_protocols_chosen_by_the_build() -> None:
    source = """
    @interface A : RCTEventEmitter
    #ifdef NEW
    <ASpec>
    #else
    <RCTBridgeModule>
    #endif
    @property (nonatomic) NSURLSession *session;
    @end
    """
    module = module_of(source, "Sample.mm")
    assert [(one.name, one.inherits) for one in module.types] == [("A", ["RCTEventEmitter", "ASpec"])]
    assert [one.name for one in module.properties] == ["session"]
    assert not module.damage.bad_declarations


def test_a_method_that_a_macro_declares_by_its_name_alone() -> None:
    """Nothing in it is an error of syntax: it reads as a function with its name in parentheses."""
    source = """\
@implementation Sender
SUBSCRIBE(Sent) { [self finish]; }
- (void)after { a(); }
@end
"""
    module = module_of(source)
    assert [(one.owner, one.name) for one in module.functions] == [("Sender", "Sent"), ("Sender", "after")]
    assert print_function(module.functions[0])[-1:] == ["    self.finish()"]


def test_a_module_declared_by_a_macro_under_another_name() -> None:
    source = """
    @interface RCT_EXTERN_REMAP_MODULE(Player, PlayerAPI, NSObject)
    RCT_EXPORT_VIEW_PROPERTY(config, NSDictionary);
    RCT_EXTERN_METHOD(version:(RCTPromiseResolveBlock)resolve
                      rejecter:(RCTPromiseRejectBlock)reject)
    @end
    """
    module = module_of(source, "Sample.m")
    assert [(one.name, one.inherits) for one in module.types] == [("PlayerAPI", ["NSObject"])]
    assert not module.damage.bad_declarations
