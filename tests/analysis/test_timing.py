"""When a closure runs."""

from __future__ import annotations

from backhaul.analysis.timing import timing
from backhaul.model.code import Closure

from analysis.programs import Analysed


def time_of(text: str, name: str) -> str:
    """When the closure that the first call of ``name`` is given runs."""
    program = Analysed(text)
    closure, body = program.argument(name)
    assert isinstance(closure, Closure)
    return timing(closure, body, program.resolver)


def test_a_function_of_the_program_that_calls_its_closure_runs_it_now():
    assert time_of("func g(_ work: () -> Void) { work() }\nfunc f() { g { } }", "g") == "now"


def test_a_function_that_hands_its_closure_on_to_one_that_runs_it_later():
    text = "func f() { g { } }\nfunc g(_ work: @escaping () -> Void) { runLater { work() } }"
    assert time_of(text, "g") == "later"


def test_a_function_that_passes_its_closure_to_itself_says_nothing():
    text = "func f() { g { } }\nfunc g(_ work: @escaping () -> Void) { g { work() } }"
    assert time_of(text, "g") == ""
