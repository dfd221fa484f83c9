"""Helpers of the Swift frontend's tests."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from backhaul.frontends.swift import read
from backhaul.model.declarations import Function, Module, decode_body
from backhaul.model.printing import print_function
from msgspec import Struct


def module_of(source: str) -> Module:
    return read("Sample.swift", dedent(source).encode())


def only_function(source: str) -> Function:
    (function,) = module_of(source).functions
    return function


def body_lines(statements: str) -> list[str]:
    """The printed body of a sound function with ``statements``."""
    function = only_function("func f() {\n" + dedent(statements) + "\n}")
    assert not function.is_damaged
    return [line.removeprefix("    ") for line in print_function(function)[1:]]


def nodes_of(function: Function) -> Iterator[Struct]:
    """All nodes of a function's body and of its parameters' default values."""
    body = decode_body(function)
    pending: list[Struct] = [] if body is None else [body]
    pending += function.parameters
    while pending:
        node = pending.pop()
        yield node
        for name in node.__struct_fields__:
            value = getattr(node, name)
            children = value if isinstance(value, list) else [value]
            pending += [child for child in children if isinstance(child, Struct)]
