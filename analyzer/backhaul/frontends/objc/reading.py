"""Reading of one Objective-C file."""

from __future__ import annotations

import gc

from backhaul.frontends.objc.context import Context
from backhaul.frontends.objc.declarations import read_declarations
from backhaul.frontends.objc.grammar import new_parser
from backhaul.model.declarations import Damage, Module


def read(path: str, text: bytes) -> Module:
    """The program model of the file ``path`` with the content ``text`` (UTF-8).

    Never raises for any bytes: what could not be parsed is counted in ``Module.damage``.
    """
    collects = gc.isenabled()
    gc.disable()  # the trees and nodes made here hold no cycles; collecting among them costs thrice the work
    try:
        tree = new_parser().parse(text)
        found = read_declarations(Context(text), tree.root_node)
    finally:
        if collects:
            gc.enable()
    damage = Damage(functions=sum(function.has_body for function in found.functions))
    return Module(path, "objc", found.imports, found.types, found.properties, found.functions, damage)
