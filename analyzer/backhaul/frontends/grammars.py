"""Loading of the compiled tree-sitter grammars."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from types import ModuleType

from tree_sitter import Language


def load_language(package: str) -> Language:
    """The grammar that the installed package ``package`` (``tree_sitter_objc``) holds.

    The package's own ``__init__`` imports importlib.resources for queries that nobody asks here,
    which is a third of a short run's start: the compiled module inside is loaded directly, and
    through the package only where it does not lie where such packages keep it. Raises ``ImportError``
    when the package is not installed.
    """
    binding = _load_binding(package) or import_module(package)
    return Language(binding.language())


def _load_binding(package: str) -> ModuleType | None:
    name = f"{package}._binding"
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(package)
    if spec is None:
        return None
    for folder in spec.submodule_search_locations or ():
        for suffix in EXTENSION_SUFFIXES:
            path = os.path.join(folder, f"_binding{suffix}")  # noqa: PTH118 - pathlib costs start-up
            if not os.path.isfile(path):  # noqa: PTH113
                continue
            loader = ExtensionFileLoader(name, path)
            binding_spec = spec_from_loader(name, loader)
            if binding_spec is None:
                return None
            module = module_from_spec(binding_spec)
            loader.exec_module(module)
            return module if hasattr(module, "language") else None
    return None
