"""Helpers of the Objective-C frontend's tests."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from backhaul.frontends.objc import read
from backhaul.model.declarations import Function, Module, decode_body
from backhaul.model.printing import print_function


def module_of(source: str, path: str = "Sample.m") -> Module:
    return read(path, dedent(source).encode())


def functions_of(source: str, path: str = "Sample.m") -> dict[str, Function]:
    return {function.name: function for function in module_of(source, path).functions}


def only_function(source: str) -> Function:
    (function,) = module_of(source).functions
    return function


def statements_of(code: str) -> list[Any]:
    """The statements of a sound function that holds ``code``."""
    function = only_function("void f(void) {\n" + dedent(code) + "\n}")
    assert not function.is_damaged
    body = decode_body(function)
    assert body is not None
    return list(body.statements)


def body_lines(code: str) -> list[str]:
    """``statements_of``, printed."""
    function = only_function("void f(void) {\n" + dedent(code) + "\n}")
    assert not function.is_damaged
    return [line.removeprefix("    ") for line in print_function(function)[1:]]


def value_of(code: str) -> Any:
    """The expression ``code``, read as the value of a local variable."""
    (statement,) = statements_of(f"id value = {code};")
    return statement.value
