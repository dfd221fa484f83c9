"""Front ends: each reads the text of one language into the program model.

tree-sitter is imported only below this package, and only when a file of the language is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from backhaul.model.declarations import Module
from backhaul.model.languages import BY_SUFFIX

SUFFIXES: dict[str, str] = {f".{suffix}": language.name for suffix, language in BY_SUFFIX.items()}
"""Which front end reads the files of a suffix."""

_GRAMMARS = {
    "tree-sitter-swift": (
        "tree_sitter_swift",
        b"func f() async throws(E) { guard let self else { return }; let x = if a { 1 } else { unsafe b } }",
    ),
    "tree-sitter-objc": (
        "tree_sitter_objc",
        b"@implementation A\n- (void)f:(NSArray<B *> *)x { if (@available(iOS 13, *)) { [x g:^{ [y h]; }]; }}"
        b"\n@end",
    ),
}
"""Distribution of each grammar → its module, and a line that its namesakes cannot parse."""


def read_module(path: str, text: bytes) -> Module:
    """What the file ``path`` declares and does.

    ``path`` is recorded as it is; its suffix, one of ``SUFFIXES`` in any case, chooses the
    language. ``text`` is UTF-8; a byte-order mark is allowed. Raises ``KeyError`` for another
    suffix, and nothing for any bytes: what cannot be parsed is told in ``Module.damage``.
    """
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    frontend = import_module(f"backhaul.frontends.{SUFFIXES[suffix]}")
    return cast(Module, frontend.read(path, text))


def takes_comment(path: str, text: bytes, at: int) -> bool:
    """Whether a line of its own that is a comment may stand before the line that begins at byte ``at``.

    It may not inside a literal, inside another comment, or after a line that is continued by a
    backslash, as in a macro. ``path`` chooses the language, as in ``read_module``; ``text`` is UTF-8.
    """
    from backhaul.frontends.lexing import mask_objc, mask_python, mask_swift

    if text[:at].rstrip(b"\r\n").endswith(b"\\"):
        return False
    mask = {"swift": mask_swift, "objc": mask_objc, "python": mask_python}[
        SUFFIXES[path[path.rfind(".") :].lower()]
    ]
    return mask(text[:at] + b";\n" + text[at:])[at : at + 1] == b";"


def grammar_versions() -> dict[str, str]:
    """The grammars in use, for ``--version``: name of the distribution → version.

    Other distributions install modules of the same names with grammars that read far less, so
    each grammar is tried on a line it must parse; one that fails is marked ``(not the expected
    grammar)``. A grammar that is not installed is ``missing``.
    """
    from importlib.metadata import PackageNotFoundError, version

    from tree_sitter import Parser

    from backhaul.frontends.grammars import load_language

    found = {}
    for distribution, (module, canary) in _GRAMMARS.items():
        try:
            number = version(distribution)
            tree = Parser(load_language(module)).parse(canary)
        except (PackageNotFoundError, ImportError):
            found[distribution] = "missing"
            continue
        found[distribution] = f"{number} (not the expected grammar)" if tree.root_node.has_error else number
    return found
