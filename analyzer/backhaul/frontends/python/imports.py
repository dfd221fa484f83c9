"""Imports: which names of a file stand for Objective-C's, and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backhaul.frontends.python.bridges import MODULES, RUBICON, is_framework
from backhaul.frontends.python.context import Context
from backhaul.frontends.python.expressions import MODULE, dotted_name

if TYPE_CHECKING:
    import libcst as cst


def read_import(context: Context, node: Any) -> None:
    """Notes what an import makes known in the scope at hand."""
    if type(node).__name__ == "Import":
        for each in node.names:
            _read_module(context, each)
        return
    module = "" if node.module is None else dotted_name(node.module)
    _note(context, module)
    for each in node.names if isinstance(node.names, (list, tuple)) else ():
        name = dotted_name(each.name)
        own = name if each.asname is None else each.asname.name.value
        whole = f"{module}.{name}"
        _note(context, whole if whole in MODULES else "")
        context.scope.aliases[own] = MODULE if whole in MODULES else name
        if not is_framework(module):
            context.origins[own] = whole.lstrip(".")


def _read_module(context: Context, each: cst.ImportAlias) -> None:
    name = dotted_name(each.name)
    _note(context, name)
    own = name if each.asname is None else each.asname.name.value  # type: ignore[union-attr]
    if is_framework(name):
        context.scope.aliases[own] = MODULE
    if own != name:
        _note(context, own)


def _note(context: Context, module: str) -> None:
    if module == RUBICON or module.startswith(f"{RUBICON}."):
        context.is_rubicon = True
    if module and module not in context.found.imports:
        context.found.imports.append(module)
