"""The Swift front end: source text to the program model."""

from __future__ import annotations

import gc

from backhaul.frontends.swift import declarations, expressions, grammar, sequences
from backhaul.frontends.swift.generics import blank_generic_arguments
from backhaul.frontends.swift.unit import Unit
from backhaul.model.declarations import Module

_REGISTERED = (expressions, sequences)  # imported for the lowerings they register


def read(path: str, text: bytes) -> Module:
    """The module that ``text``, UTF-8, declares; ``path`` is only recorded. Raises nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        unit = Unit(text)
        declarations.module(unit, grammar.parse(blank_generic_arguments(text)).root_node)
    finally:
        if collecting:
            gc.enable()
    return Module(path, "swift", unit.imports, unit.types, unit.properties, unit.functions)
