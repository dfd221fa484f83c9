"""Helpers of the Python frontend's tests."""

from __future__ import annotations

from textwrap import dedent, indent

from backhaul.frontends.python import read
from backhaul.model.declarations import Function, Module
from backhaul.model.printing import print_function


def module_of(source: str | bytes, path: str = "sample.py") -> Module:
    return read(path, source if isinstance(source, bytes) else dedent(source).encode())


def functions_of(source: str) -> dict[str, Function]:
    return {function.name: function for function in module_of(source).functions}


def body_lines(code: str, head: str = "") -> list[str]:
    """``code`` as the body of a function below ``head``, printed."""
    source = f"{dedent(head)}\ndef f(p, q):\n" + indent(dedent(code).strip("\n"), "    ") + "\n"
    module = module_of(source)
    assert module.damage.lost == [] and module.damage.damaged == []
    function = next(each for each in module.functions if each.name == "f")
    lines = [line.removeprefix("    ") for line in print_function(function)[1:]]
    return [line for line in lines if not line.startswith("parameter _ ")]
