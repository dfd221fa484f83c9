"""Ways through functions: statement by statement, and what runs on the way out."""

from __future__ import annotations

import pytest
from backhaul.analysis import control_flow
from backhaul.analysis.conditions import Condition
from backhaul.analysis.control_flow import ControlFlow, GraphTooLargeError

from analysis.programs import Analysed, ways


def test_statements_in_order():
    assert ways("a(); let x = b(); let (y, z) = c(); _ = d()") == {"a b c d end"}


def test_nothing_at_all():
    assert ways("") == {"end"}


def test_if_and_else():
    assert ways("if t() { a() } else { b() }\n c()") == {"t a c end", "t b c end"}


def test_if_without_else():
    assert ways("if t() { a() }\n c()") == {"t a c end", "t c end"}


def test_conditions_are_tested_in_order():
    assert ways("if t(), u() { a() }") == {"t u a end", "t u end", "t end"}


def test_else_if():
    assert ways("if t() { a() } else if u() { b() } else { c() }") == {"t a end", "t u b end", "t u c end"}


def test_a_constant_condition_decides():
    assert ways("if true { a() } else { b() }") == {"a end"}
    assert ways("if (NO) { a(); } else { b(); }", "objc") == {"b end"}


def test_guard():
    assert ways("guard t() else { a(); return }\n b()") == {"t a end", "t b end"}


def test_guard_that_throws():
    assert ways("guard t() else { throw e() }\n b()") == {"t e throw", "t b end"}


def test_conditional_compilation_takes_every_branch():
    assert ways("#if DEBUG\n a()\n #else\n b()\n #endif\n c()") == {"a c end", "b c end"}


# Loops


def test_while():
    assert ways("while t() { a() }\n b()") == {"t b end", "t a t b end"}


def test_repeat_runs_its_body_first():
    assert ways("repeat { a() } while t()\n b()") == {"a t b end", "a t a t b end"}


def test_do_while():
    assert ways("do { a(); } while (t()); b();", "objc") == {"a t b end", "a t a t b end"}


def test_for_in():
    assert ways("for x in s() { a(x) }\n b()") == {"s b end", "s a b end"}


def test_for_in_with_a_filter():
    assert ways("for x in s() where t(x) { a(x) }\n b()") >= {"s b end", "s t a b end", "s t b end"}


def test_for_of_c():
    assert ways("for (int i = s(); t(); u()) { a(); } b();", "objc") == {"s t b end", "s t a u t b end"}


def test_an_endless_loop_has_no_end():
    assert ways("while true { a() }") == set()


def test_break_and_continue():
    assert ways("while t() { if u() { break }\n a() }\n b()") == {
        "t b end",
        "t u b end",
        "t u a t b end",
        "t u a t u b end",
    }
    assert "t u t b end" in ways("while t() { if u() { continue }\n a() }\n b()")


def test_continue_runs_the_step():
    assert "s t c u t b end" in ways("for (s(); t(); u()) { if (c()) { continue; } a(); } b();", "objc")


def test_labelled_jumps():
    text = """
        outer: while t() {
            while u() {
                if v() { break outer }
                if w() { continue outer }
                a()
            }
            b()
        }
        c()
    """
    found = ways(text)
    assert "t u v c end" in found
    assert "t u v w t c end" in found
    assert "t u v w a u b t c end" in found


def test_a_labelled_block_can_be_broken_out_of():
    assert ways("work: do { if t() { break work }\n a() }\n b()") == {"t b end", "t a b end"}


# Switches


def test_switch():
    assert ways("switch s() { case 1: a()\n case 2: b()\n default: c() }\n d()") == {
        "s a d end",
        "s b d end",
        "s c d end",
    }


def test_swift_cases_do_not_fall_through_unless_told():
    assert ways("switch s() { case 1: a(); fallthrough\n case 2: b()\n default: break }") == {
        "s a b end",
        "s b end",
        "s end",
    }


def test_c_cases_fall_through_unless_broken():
    assert ways("switch (s()) { case 1: a(); case 2: b(); break; case 3: c(); }", "objc") == {
        "s a b end",
        "s b end",
        "s c end",
        "s end",
    }


def test_a_swift_switch_always_takes_a_case():
    assert ways("switch s() { case .one: a()\n case .two: b() }") == {"s a end", "s b end"}


def test_break_in_a_switch_leaves_the_switch_and_continue_the_loop():
    text = "while t() { switch s() { case 1: break\n case 2: continue\n default: a() }\n b() }"
    assert ways(text) >= {"t s b t end", "t s t end", "t s a b t end"}


def test_where_clause_of_a_case_may_fail():
    assert ways("switch s() { case 1 where t(): a()\n default: b() }") >= {"s t a end", "s b end"}


# Ways out


def test_defer_runs_on_each_way_out():
    text = "defer { d() }\n if t() { a(); return }\n if u() { throw e() }\n b()"
    assert ways(text) == {"t a d end", "t u e d throw", "t u b d end"}


def test_defer_runs_only_once_it_was_reached():
    assert ways("if t() { return }\n defer { d() }\n a()") == {"t end", "t a d end"}


def test_defers_run_last_first():
    assert ways("defer { d1() }\n defer { d2() }\n a()") == {"a d2 d1 end"}


def test_defer_belongs_to_its_block():
    assert ways("if t() { defer { d() }\n a() }\n b()") == {"t a d b end", "t b end"}


def test_defer_runs_in_each_round_of_a_loop():
    found = ways("while t() { defer { d() }\n if u() { break }\n a() }\n b()")
    assert found >= {"t b end", "t u d b end", "t u a d t b end"}


def test_conditions_inside_a_defer():
    assert ways("defer { if t() { d() } }\n a()") == {"a t d end", "a t end"}


def test_finally_runs_on_each_way_out():
    text = "@try { if (t()) { return; } a(); } @finally { f2(); } b();"
    assert ways(text, "objc") == {"t f2 end", "t a f2 b end"}


def test_finally_after_catch():
    text = "@try { @throw e(); } @catch (NSException *x) { c(); return; } @finally { f2(); } b();"
    found = ways(text, "objc")
    assert "e c f2 end" in found
    assert not any("b" in way.split() and "f2" not in way.split() for way in found)


def test_synchronized_evaluates_its_lock_and_can_be_left():
    assert ways("@synchronized(l()) { if (t()) { return; } a(); } b();", "objc") == {"l t end", "l t a b end"}


def test_autoreleasepool_is_a_block():
    assert ways("@autoreleasepool { a(); } b();", "objc") == {"a b end"}


# Errors


def test_try_may_leave_the_function():
    assert ways("try a()\n b()") == {"throw", "a b end"}


@pytest.mark.parametrize("form", ["try?", "try!"])
def test_other_forms_of_try_do_not(form: str):
    assert ways(f"_ = {form} a()\n b()") == {"a b end"}


def test_errors_are_caught():
    assert ways("do { try a()\n b() } catch { c() }\n d()") == {"a b d end", "c d end"}


def test_a_catch_with_a_pattern_may_not_match():
    assert ways("do { try a() } catch is E { c() }") == {"a end", "c end", "throw"}


def test_rethrowing_leaves():
    assert ways("do { try a() } catch { c(); throw error }") == {"a end", "c throw"}


def test_errors_in_a_condition():
    assert ways("guard try t() else { return }\n b()") == {"throw", "t end", "t b end"}


def test_errors_inside_a_closure_stay_there():
    assert ways("run { try a() }\n b()") == {"run b end"}


def test_errors_run_defers_on_their_way():
    assert ways("defer { d() }\n do { defer { i() }\n try a() } catch { c() }\n b()") == {
        "a i b d end",
        "i c b d end",
    }


# Jumps and calls that do not return


def test_goto_forwards_and_backwards():
    assert ways("if (t()) goto out; a(); out: b();", "objc") == {"t b end", "t a b end"}
    assert "a t a t end" in ways("again: a(); if (t()) { goto again; }", "objc")


def test_calls_that_do_not_return():
    assert ways("guard t() else { halt() }\n b()") == {"t halt never", "t b end"}
    assert ways("if (t()) { halt(); } b();", "objc") == {"t halt never", "t b end"}


def test_defers_do_not_run_when_the_process_stops():
    assert ways("defer { d() }\n halt()") == {"halt never"}


def test_what_follows_a_return_is_not_reached():
    assert ways("a(); return; b();", "objc") == {"a end"}


def test_closures_are_no_part_of_the_unit_that_makes_them():
    assert ways("let x = { if t() { return }\n a() }\n b(x)") == {"b end"}
    assert ways("func inner() { a() }\n b()") == {"b end"}


# The graph itself


def test_edges_carry_their_conditions():
    analysed = Analysed("func f(on: Bool) { if on { a() } else { b() } }")
    body = analysed.body("f")
    graph = ControlFlow(body.unit, body)
    (test,) = [p for p in graph.points if len(p.edges) == 2]
    holds = [[c.holds for c in edge.conditions] for edge in test.edges]
    assert holds == [[True], [False]]


def test_edges_of_a_switch_carry_the_case():
    analysed = Analysed("func f(k: K) { switch k { case .one: a()\n default: b() } }")
    body = analysed.body("f")
    graph = ControlFlow(body.unit, body)
    (test,) = [p for p in graph.points if len(p.edges) == 2]
    first, rest = (edge.conditions[0] for edge in test.edges)
    assert (first.constant, first.holds) == (".one", True)
    assert rest == Condition(first.text, False, first.subject, ".one")


def test_code_of_a_defer_has_a_point_on_each_way():
    analysed = Analysed("func f() { defer { d() }\n if t() { return }\n a() }")
    body = analysed.body("f")
    graph = ControlFlow(body.unit, body)
    call, _, _ = analysed.call("d")
    assert len(graph.points_of(call)) == 2


def test_a_graph_beyond_reason_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(control_flow, "_MAX_POINTS", 20)
    body = Analysed("func f() {" + "a()\n" * 30 + "}").body("f")
    with pytest.raises(GraphTooLargeError):
        ControlFlow(body.unit, body)
