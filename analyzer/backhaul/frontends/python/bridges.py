"""What the bridges spell: how Python names Objective-C's classes, selectors and blocks.

PyObjC (and Pyobjus after it) joins the parts of a selector with underscores:
``uploadTaskWithRequest_fromFile_(r, f)`` sends ``uploadTaskWithRequest:fromFile:``. Rubicon takes
that too, and the later parts as keywords: ``uploadTaskWithRequest(r, fromFile=f)``.
Sources: PyObjC, "PyObjC and Python" (pyobjc.readthedocs.io/en/latest/core/intro.html); Rubicon,
"Objective-C messages" (rubicon-objc.readthedocs.io); Pyobjus (pyobjus.readthedocs.io).
"""

from __future__ import annotations

from collections.abc import Sequence

MODULES = frozenset(["objc", "rubicon.objc", "pyobjus", "objc_util"])
"""The bridges themselves; modules with a capital (``Foundation``) are frameworks behind them."""

RUBICON = "rubicon.objc"

CLASS_LOOKUPS = frozenset(["lookUpClass", "ObjCClass", "autoclass", "NSClassFromString"])
"""Functions that give the class whose name they are passed."""

BLOCK_MAKERS = frozenset(["Block", "ObjCBlock"])
"""Functions that make a block of the function they are passed."""

CONVERSIONS = frozenset(
    ["str", "bytes", "int", "float", "bool", "objc_str", "ns_from_py", "py_from_ns", "at"]
)
"""Functions that give the value that they are passed in another form."""

PLAIN_METHOD = frozenset(["python_method", "objc_rawmethod"])
"""Decorators of methods whose name is no selector."""

NAMED_SELECTOR = frozenset(["namedSelector", "namedselector"])
"""Decorators that are passed the selector of the method."""

FIELD_MAKERS = frozenset(["ivar", "IBOutlet", "objc_property", "objc_ivar", "instance_variable"])
"""Functions whose result, in a class, declares a field of its objects."""

CLASS_METHODS = frozenset(["classmethod", "objc_classmethod"])
SENDS_TO_SUPER = "send_super"


def is_framework(module: str) -> bool:
    """Whether what ``module`` holds are names of Objective-C: a framework's or a bridge's."""
    return module in MODULES or module.rpartition(".")[2][:1].isupper()


def selector(name: str, arguments: int | None) -> str:
    """The selector that a member ``name`` with so many arguments stands for; else ``name`` itself.

    None: an unknown number. Underscores before the name are its own.
    """
    bare = name.lstrip("_")
    if not bare.endswith("_") or bare.endswith("__"):
        return name
    if arguments is not None and bare.count("_") != arguments:
        return name
    return name[: len(name) - len(bare)] + bare.replace("_", ":")


def keyword_selector(name: str, keywords: Sequence[str]) -> str:
    """Rubicon's spelling: one argument without a keyword, the rest with (``b__2`` is another ``b``)."""
    return ":".join([name, *(keyword.partition("__")[0] for keyword in keywords), ""])


def is_selector_part(name: str) -> bool:
    """Whether ``name`` looks like the first part of a selector rather than Python's own style."""
    is_class = name[:1].isupper() and name[1:2].islower()
    return "_" not in name and not is_class and not name.islower()
