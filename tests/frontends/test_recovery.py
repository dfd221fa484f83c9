"""Recovery: functions read alone, the better reading kept, and what the damage says of it."""

from __future__ import annotations

import gc

import pytest
from backhaul.frontends import read_module, recovery
from backhaul.frontends.objc.reading import grammar_for
from backhaul.frontends.recovery import Draft, Grammar
from backhaul.frontends.swift.reading import GRAMMAR as SWIFT
from backhaul.model.code import Block, Call, Evaluate
from backhaul.model.declarations import Function, Module, decode_body
from backhaul.model.printing import print_function
from msgspec.structs import replace

OBJC = grammar_for("Sample.m")


def without_rules(grammar: Grammar) -> Grammar:
    """``grammar`` with isolation as its only help."""
    return replace(grammar, rules=tuple, rules_first=False)


def calls(function: Function) -> list[Call]:
    """The calls that are statements of the body."""
    body = decode_body(function)
    assert isinstance(body, Block)
    values = [one.value for one in body.statements if isinstance(one, Evaluate)]
    return [value for value in values if isinstance(value, Call)]


def bodies(module: Module) -> dict[str, Function]:
    return {one.name: one for one in module.functions if one.has_body}


# The bare word before @implementation makes the parser lose everything up to @end.
LOST = """\
static int before(void) { return a(); }
NS_ASSUME_NONNULL_BEGIN
@implementation Uploader // größer
- (void)upload:(NSURL *)url to:(id)other
{
    [self.session uploadTaskWithRequest:url fromData:other];
}
+ (instancetype)init2 { b(^{ return c(); }); }
- (instancetype)initWithA:(int)a { d(); }
static void inner(int x) { e(x); }
@end
NS_ASSUME_NONNULL_END
void after(void) { f(); }
"""


def test_the_sample_is_lost_without_recovery() -> None:
    damage = recovery.measure_raw(OBJC, LOST.encode())
    assert damage.functions == 6 and damage.declarations == 1
    assert len(damage.lost) >= 3


@pytest.mark.parametrize("grammar", [without_rules(OBJC), OBJC, grammar_for("Sample.mm")])
def test_lost_functions_are_read_at_their_own_offsets(grammar: Grammar) -> None:
    text = LOST.encode()
    module = recovery.read(grammar, "Sample.m", text)
    found = bodies(module)
    assert [(one.owner, one.name, one.kind, one.is_static) for one in found.values()] == [
        ("", "before", "function", False),
        ("Uploader", "upload:to:", "method", False),
        ("Uploader", "init2", "method", True),
        ("Uploader", "initWithA:", "init", False),
        ("", "inner", "function", False),
        ("", "after", "function", False),
    ]
    assert module.damage.functions == 6
    assert not module.damage.lost and not module.damage.damaged
    for one in found.values():
        assert text[one.name_start : one.name_end].decode() == one.name.partition(":")[0]
        written = text[one.start : one.end].decode()
        assert written.endswith("}") and written.startswith(("- (", "+ (", "static ", "void "))
        assert not one.is_damaged
    (call,) = calls(found["upload:to:"])
    assert text[call.start : call.end] == b"[self.session uploadTaskWithRequest:url fromData:other]"
    assert text[call.name_start : call.name_end] == b"uploadTaskWithRequest"
    assert [text[one.start : one.end] for one in call.arguments] == [b"url", b"other"]
    assert found["upload:to:"].mentions == [
        "other",
        "self",
        "session",
        "uploadTaskWithRequest:fromData:",
        "url",
    ]
    parameter = found["upload:to:"].parameters[0]
    assert text[parameter.start : parameter.end] == b":(NSURL *)url"


def test_the_first_function_of_a_file_can_be_read_alone() -> None:
    """What is put before it would begin before the file does."""
    text = b"- (void)a { [b c:d]; }\n@end\n@implementation E"
    for source in (text, b"@implementation A\n" + text):
        module = recovery.read(without_rules(OBJC), "Sample.m", source)
        for one in module.functions:
            assert 0 <= one.start < one.end <= len(source)
            assert source[one.name_start : one.name_end] == b"a"


BROKEN = """\
@implementation A
- (void)sound { [a b:c]; }
- (void)broken {
    [d e:f];
    if (g ( { ;
    h();
    [i j];
}
- (void)last { k(); }
@end
void l(void) { m(); }
"""


def test_damaged_body_keeps_its_sound_statements() -> None:
    text = BROKEN.replace("if (g ( { ;", "id x = = 1 2 ];").encode()
    module = recovery.read(OBJC, "Sample.m", text)
    found = bodies(module)
    assert [name for name, one in found.items() if one.is_damaged] == ["broken"]
    assert {"e:", "h", "j", "i"} <= set(found["broken"].mentions)
    assert calls(found["broken"])[0].name == "e:"
    ((start, end),) = module.damage.damaged
    assert text[start:end].startswith(b"{\n    [d e:f];") and text[start:end].endswith(b"[i j];\n}")
    assert module.damage.functions == 4 and not module.damage.lost
    assert print_function(found["sound"])[1:] == ["    [a b:c]"]
    assert print_function(found["last"])[1:] == ["    k()"]
    assert print_function(found["l"])[1:] == ["    m()"]
    assert found["last"].owner == "A"


def test_unclosed_brackets_cost_no_other_type() -> None:
    text = BROKEN + "@implementation N\n- (void)o { p(); }\n@end\n"
    found = bodies(recovery.read(OBJC, "Sample.m", text.encode()))
    assert print_function(found["sound"])[1:] == ["    [a b:c]"]
    assert print_function(found["o"])[1:] == ["    p()"]
    assert found["o"].owner == "N" and not found["o"].is_damaged


def test_a_body_that_no_parse_gives_is_lost() -> None:
    text = b"void a(void) { b(); }\nint f(int (x) { c(); }\nvoid d(void) { e(); }\n"
    without = text.replace(b"int f(int (x) { c(); }\n", b"")
    assert not recovery.read(OBJC, "Sample.m", without).damage.lost
    module = recovery.read(OBJC, "Sample.m", text)
    assert {"a"} <= set(bodies(module))
    for start, end in module.damage.lost + module.damage.damaged:
        assert text[start:end].startswith(b"{") and text[start:end].endswith(b"}")


def test_damage_of_a_sound_file() -> None:
    text = b"static int x = 1;\n@interface A\n- (void)a;\n@end\n@implementation A\n- (void)a { }\n@end\n"
    for path in ("Sample.m", "Sample.h", "Sample.mm"):
        damage = read_module(path, text).damage
        assert (damage.functions, damage.declarations, damage.bad_declarations) == (1, 2, 0)
        assert damage.lost == [] and damage.damaged == []


def test_damage_of_a_declaration() -> None:
    text = b"@interface A : B\n- (void)a;\n= = ];\n@end\n@interface C : D\n- (void)e;\n@end\n"
    module = recovery.read(OBJC, "Sample.h", text)
    assert module.damage.declarations == 2 and module.damage.bad_declarations == 1
    assert [one.name for one in module.types] == ["A", "C"]
    assert {"a", "e"} <= {one.name for one in module.functions}


def test_raw_damage_counts_damaged_bodies() -> None:
    text = b"void a(void) { b(); }\nvoid c(void) { d(); id = = ]; }\n"
    damage = recovery.measure_raw(OBJC, text)
    assert damage.functions == 2 and not damage.lost
    ((start, end),) = damage.damaged
    assert text[start:end] == b"{ d(); id = = ]; }"


def test_a_lost_body_leaves_no_debris() -> None:
    """What a parse took a lost body's statements for (globals, functions) is not declared."""
    text = LOST.replace("d(); }", "int local = 1; Type *other = d(); }").encode()
    module = recovery.read(without_rules(OBJC), "Sample.m", text)
    assert not {"local", "other"} & {one.name for one in module.properties}
    assert len(bodies(module)) == 6


def test_swift_accessors_share_one_declaration() -> None:
    text = (
        b"class A {\n    func a() { b(!) = }\n"
        b"    var c: Int {\n        get { d() }\n        set { e(newValue) }\n    }\n}\n"
    )
    module = recovery.read(without_rules(SWIFT), "A.swift", text)
    found = {(one.name, one.kind): one for one in module.functions}
    assert {("c", "getter"), ("c", "setter")} <= set(found)
    assert found["c", "setter"].owner == "A"
    assert "e" in found["c", "setter"].mentions and "e" not in found["c", "getter"].mentions


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        recovery.read(OBJC, "Sample.m", b"void f(void) { a(); }")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_draft_keeps_its_length() -> None:
    draft = Draft(b"abc\ndef", b"abc\ndef")
    draft.replace(0, 3, b"x")
    assert bytes(draft.text) == bytes(draft.masked) == b"x  \ndef"
    draft.blank(2, 6)
    assert bytes(draft.text) == b"x  \n  f"
    with pytest.raises(ValueError, match="do not fit"):
        draft.replace(0, 2, b"long")


def test_rules_run_only_when_triggered() -> None:
    seen: list[str] = []
    rules = [
        recovery.Rule("always", (), lambda _: seen.append("always")),
        recovery.Rule("found", (b"zz", b"b"), lambda _: seen.append("found")),
        recovery.Rule("absent", (b"zz",), lambda _: seen.append("absent")),
    ]
    recovery.normalise(replace(OBJC, rules=lambda: rules), b'a b "zz"', b'a b "  "')
    assert seen == ["always", "found"]


def test_sound_files_are_not_rewritten() -> None:
    def fail(_: Draft) -> None:
        raise AssertionError("no rule is due")

    grammar = replace(OBJC, rules=lambda: (recovery.Rule("fail", (), fail),), rules_first=False)
    (found,) = recovery.read(grammar, "Sample.m", b"void f(void) { a(); }").functions
    assert found.name == "f"


def test_a_harmful_rule_does_not_cost_a_function_that_parses() -> None:
    """Of each function the better reading is kept: here the one without the rule."""

    def spoil(draft: Draft) -> None:
        at = draft.masked.index(b"good")
        draft.replace(at, at + 4, b"= ];")

    text = b"void a(void) { good(b); }\nvoid c(void) { id = = ]; d(); }\n"
    grammar = replace(OBJC, rules=lambda: (recovery.Rule("spoil", (b"good",), spoil),))
    found = bodies(recovery.read(grammar, "Sample.m", text))
    assert print_function(found["a"])[1:] == ["    good(b)"]
    assert not found["a"].is_damaged
    assert found["c"].is_damaged and "d" in found["c"].mentions


def test_functions_come_in_the_order_of_the_text() -> None:
    module = recovery.read(without_rules(OBJC), "Sample.m", LOST.encode())
    for items in (module.functions, module.types, module.properties):
        starts = [one.start for one in items]
        assert starts == sorted(starts)
