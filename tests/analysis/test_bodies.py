"""Which variable a name means, what defines it, what captures it."""

from __future__ import annotations

from backhaul.analysis.bodies import Body
from backhaul.analysis.reaching import reaching
from backhaul.analysis.variables import Variable
from backhaul.model.code import Name

from analysis.programs import Analysed, closures_in, names_in


def variables(body: Body, name: str) -> list[Variable | None]:
    """The variable of each use of ``name``, in order of the source."""
    return [body.variable(use) for use in names_in(body, name)]


def swift(text: str) -> Body:
    return Analysed(text).body("f")


def objc(text: str) -> Body:
    return Analysed(objc=text).body("f")


# Scopes


def test_a_compiled_branch_makes_no_scope():
    body = objc("void f(void) {\n#if A\n int a = 1;\n#endif\n g();\n#if A\n use(a);\n#endif\n}")
    (a,) = variables(body, "a")
    assert a is not None and len(a.definitions) == 1


def test_branches_of_a_compiled_condition_declare_one_variable():
    body = swift("func f() {\n#if X\nlet a = 1\n#elseif Y\nlet a = 2\n#else\nlet a = 3\n#endif\nuse(a) }")
    (a,) = variables(body, "a")
    assert a is not None and len(a.definitions) == 3


def test_names_declared_before_a_compiled_condition_are_not_merged():
    body = swift("func f(a: Int?) { let b = 0\n#if X\nlet c = b\n#else\nlet b = 1\n#endif\nuse(b) }")
    outer, inner = variables(body, "b")
    assert outer is not None and inner is not None and outer is not inner


def test_parameters_and_locals():
    body = swift("func f(a: Int) { let b = a; use(b) }")
    (a,) = variables(body, "a")
    (b,) = variables(body, "b")
    assert a is not None and (a.parameter, a.is_constant, a.type) == (0, True, "Int")
    assert b is not None and (b.parameter, b.is_constant) == (None, True)


def test_an_inner_declaration_shadows_the_outer_one():
    body = swift("func f() { let a = 1; if t { let a = 2; use(a) }; use(a) }")
    inner, outer = variables(body, "a")
    assert inner is not None and outer is not None and inner is not outer
    assert inner.definitions[0].node.start > outer.definitions[0].node.start


def test_a_redeclaration_in_swift_reads_the_outer_one_first():
    body = swift("func f(a: Int?) { if let a = a { use(a) } }")
    value, used = variables(body, "a")
    assert value is not None and value.parameter == 0
    assert used is not None and used.parameter is None


def test_shorthand_binding():
    body = swift("func f(a: Int?) { if let a { use(a) } else { drop(a) } }")
    used, dropped = body.variable(names_in(body, "a")[-2]), body.variable(names_in(body, "a")[-1])
    assert used is not None and used.parameter is None
    assert dropped is not None and dropped.parameter == 0


def test_guard_binds_for_the_rest_of_its_block():
    body = swift("func f(a: Int?) { guard let b = a else { use(b); return }; use(b) }")
    before, after = variables(body, "b")
    assert before is None
    assert after is not None


def test_names_of_loops_cases_and_catches_end_with_them():
    body = swift("""
        func f() {
            for a in list { use(a) }
            switch k { case .one(let b): use(b)
            default: break }
            do { try g() } catch let c { use(c) }
            use(a, b, c)
        }
    """)
    for name in "abc":
        inner, outer = variables(body, name)[-2:]
        assert inner is not None, name
        assert outer is None, name


def test_a_loop_gives_elements():
    body = swift("func f() { for a in list { use(a) } }")
    variable = variables(body, "a")[-1]
    assert variable is not None
    assert [d.form for d in variable.definitions] == ["element"]


def test_tuples_give_parts():
    body = swift("func f() { let (a, b) = pair(); use(a, b) }")
    variable = variables(body, "a")[-1]
    assert variable is not None and variable.definitions[0].form == "part"


def test_a_local_of_c_is_visible_in_its_own_value():
    body = objc("void f(void) { Block b = ^{ use(b); }; }")
    (used,) = variables(body, "b")
    assert used is not None


def test_local_functions_are_visible_before_their_declaration():
    body = swift("func f() { g(); func g() { } }")
    (call,) = [c for c, _ in body.calls if c.name == "g"]
    variable = body.variable_called(call)
    assert variable is not None and variable.local_function is not None


def test_members_and_globals_are_no_variables():
    body = swift("class Box { var x = 1; func f() { use(x, self.x, Global) } }")
    assert variables(body, "x") == [None]
    assert variables(body, "self") == [None]
    assert variables(body, "Global") == [None]


# Definitions


def test_assignments_define():
    body = swift("func f() { var a = 1; a = 2; a += 3; use(a) }")
    variable = variables(body, "a")[-1]
    assert variable is not None
    assert [d.form for d in variable.definitions] == ["value", "value", "unknown"]


def test_a_reference_taken_may_change_the_variable():
    body = objc("void f(void) { NSError *e = nil; g(&e); use(e); }")
    variable = variables(body, "e")[-1]
    assert variable is not None
    assert [d.form for d in variable.definitions] == ["value", "unknown"]


def test_assignments_to_parts_define_no_variable():
    body = swift("func f() { var a = g(); a.x = 2; a[0] = 3; use(a) }")
    variable = variables(body, "a")[-1]
    assert variable is not None and len(variable.definitions) == 1


def defined_by(text: str) -> list[int]:
    """Which assignments (by position among all definitions) reach the use of ``a`` in ``use(a)``."""
    analysed = Analysed(text)
    expression, body = analysed.argument("use")
    assert isinstance(expression, Name)
    variable = body.variable(expression)
    assert variable is not None
    return [variable.definitions.index(d) for d in reaching(variable, expression, body)]


def test_a_later_definition_hides_an_earlier_one():
    assert defined_by("func f() { var a = 1; a = 2; use(a) }") == [1]


def test_a_definition_after_the_use_does_not_reach_it():
    assert defined_by("func f() { var a = 1; use(a); a = 2 }") == [0]


def test_a_definition_in_a_branch_hides_nothing():
    assert defined_by("func f() { var a = 1; if t { a = 2 }; use(a) }") == [0, 1]


def test_a_definition_in_both_branches():
    assert sorted(defined_by("func f() { var a: Int; if t { a = 1 } else { a = 2 }; use(a) }")) == [0, 1]


def test_a_definition_under_the_condition_of_the_use_hides():
    assert defined_by("func f(t: Bool) { var a = 1; if t { a = 2 }; if t { use(a) } }") == [1]


def test_definitions_in_loops_come_round_again():
    assert defined_by("func f() { var a = 1; while t { use(a); a = 2 } }") == [0, 1]


def test_definitions_in_closures_may_come_at_any_time():
    assert defined_by("func f() { var a = 1; run { a = 2 }; use(a) }") == [0, 1]


# Captures


def test_closures_share_and_blocks_copy():
    assert not Analysed("func f() { run { } }").body("f").units[1].copies_locals
    assert Analysed(objc="void f(void) { run(^{ }); }").body("f").units[1].copies_locals


def test_storage_of_locals():
    body = objc("""
        void f(void) {
            int a = 1; __block int b = 2; static int c = 3;
            run(^{ use(a, b, c); });
        }
    """)
    storages = {}
    for name in "abc":
        variable = variables(body, name)[-1]
        assert variable is not None
        storages[name] = variable.storage
    assert storages == {"a": "plain", "b": "shared", "c": "static"}


def test_a_capture_list_makes_a_copy():
    body = swift("func f() { var a = 1; run { [a] in use(a) }; use(a) }")
    copy, original = variables(body, "a")[-2:]
    assert copy is not None and original is not None and copy is not original
    assert copy.is_constant
    assert copy.unit is body.unit_of(closures_in(body)[0])


def test_a_capture_list_may_give_a_value_its_own_name():
    body = swift("class Box { var x = 1; func f() { run { [n = self.x] in use(n) } } }")
    (used,) = variables(body, "n")
    assert used is not None and used.definitions[0].expression is not None


def test_capturing_self_weakly_declares_nothing():
    body = swift("class Box { func f() { run { [weak self] in self?.g() } } }")
    assert all(variable is None for variable in variables(body, "self"))


# Units


def test_units_know_where_they_are():
    body = swift("func f() { run { inner { deep() } }; func g() { low() } }")
    (outer, inner) = closures_in(body)
    units = {call.name: unit for call, unit in body.calls}
    assert units["run"] is body.unit
    assert units["inner"] is body.unit_of(outer)
    assert units["deep"] is body.unit_of(inner)
    assert units["deep"].is_inside(units["inner"])
    assert not units["inner"].is_inside(units["deep"])
    assert units["low"].parent is body.unit


def test_returns_belong_to_their_unit():
    body = swift("func f() -> Int { run { return 2 }; return 1 }")
    assert len(body.unit.returns) == 1
    assert len(body.units[1].returns) == 1
