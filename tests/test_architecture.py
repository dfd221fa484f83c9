"""The architecture, as tests: who may import whom, where Apple's names live, what rules/ holds."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "analyzer" / "backhaul"
MODULES = sorted(PACKAGE.rglob("*.py"))

TOP = ""
# Layer: the layers it may import, itself aside. The modules at the top of the package put them together.
# matchers.parameters says what a card may ask, and imports nothing: a leaf below the rules.
LAYERS: dict[str, set[str]] = {
    "model": set(),
    "sources": {"model"},
    "findings": {"model", "sources"},
    "matchers.parameters": set(),
    "rules": {"findings", "matchers.parameters", "model"},
    "frontends": {"model"},
    "analysis": {"findings", "model", "rules"},
    "matchers": {"analysis", "findings", "matchers.parameters", "model", "rules", "sources"},
    "reporters": {"findings", "model", "rules", "sources"},
    "language_server": {TOP, "findings", "reporters", "rules", "sources"},
}
ONLY_FOR_FRONTENDS = re.compile(r"tree_sitter")
HEAVY = {
    "rich",
    "jinja2",
    "sarif_om",
    "jsonschema",
    "multiprocessing",
    "concurrent",
    "libcst",
    "pygls",
    "lsprotocol",
    "markdown_it",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def layer(module: str) -> str:
    """The layer of the module ``backhaul.…``; "" for the modules at the top of the package."""
    inner = module.partition(".")[2]
    parts = inner.split(".")
    return max(
        (name for name in LAYERS if name.split(".") == parts[: name.count(".") + 1]), key=len, default=""
    )


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def imported(nodes: Iterator[ast.AST]) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that ``nodes`` import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            assert node.module is not None
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def test_layers_import_in_one_direction():
    wrong = []
    for path in MODULES:
        own = layer(module_name(path))
        if own == "":
            continue
        for line, name in imported(ast.walk(tree(path))):
            if name.split(".")[0] != "backhaul" or name in ("backhaul", "backhaul.__version__"):
                continue
            if layer(name) != own and layer(name) not in LAYERS[own]:
                wrong.append(f"{place(path, line)}: {own} imports {name}")
    assert wrong == []


def test_the_table_of_layers_is_complete_and_has_no_cycle():
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders <= set(LAYERS), "a new layer needs its line in the table"
    below: set[str] = set()
    while len(below) < len(LAYERS):
        free = {name for name, uses in LAYERS.items() if uses - {TOP} <= below} - below
        assert free, f"cycle among {set(LAYERS) - below}"
        below |= free


def test_only_frontends_know_syntax_trees():
    wrong = [
        place(path, line)
        for path in MODULES
        if layer(module_name(path)) != "frontends"
        for line, name in imported(ast.walk(tree(path)))
        if ONLY_FOR_FRONTENDS.match(name)
    ]
    assert wrong == []


def test_a_plain_scan_imports_nothing_heavy():
    """Heavy libraries are imported inside the function that uses them, never with a module."""
    wrong = [
        f"{place(path, line)}: {name}"
        for path in MODULES
        if layer(module_name(path)) != "language_server"
        for line, name in imported(run_on_import(tree(path)))
        if name.split(".")[0] in HEAVY or layer(name) == "language_server"
    ]
    assert wrong == []


def run_on_import(module: ast.Module) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: not inside functions, not for type checkers only."""
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
            continue
        waiting += ast.iter_child_nodes(node)


def api_names() -> set[str]:
    """The names of Apple's and of libraries' API that the models hold, but for everyday words."""
    names: set[str] = set()
    for path in sorted((ROOT / "rules" / "models").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        names.update(data.get("words", []))
        for entry in data.get("type", []):
            names.update([entry["name"], *entry.get("also", [])])
    return {name for name in names if re.search(r"[a-z][A-Z]|[A-Z]{2,}[a-z]", name)}


def literals(module: ast.Module) -> Iterator[ast.Constant]:
    """Every string in the code; strings that stand alone as statements are documentation."""
    documentation = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node


def test_api_names_are_data():
    names = api_names()
    assert {"URLSession", "UIApplication", "beginBackgroundTask"} <= names, "the models name what we look for"
    wrong = [
        f"{place(path, literal.lineno)}: {word}"
        for path in MODULES
        for literal in literals(tree(path))
        for word in re.findall(r"\w+", str(literal.value))
        if word in names
    ]
    assert wrong == []


def test_rules_hold_no_code():
    files = [path for path in (ROOT / "rules").rglob("*") if path.is_file()]
    assert files
    assert {path.suffix for path in files} <= {".md", ".toml", ".json"}
    assert [path for path in files if path.stat().st_mode & 0o111] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_says_what_it_is(path: Path):
    assert ast.get_docstring(tree(path)), "a module starts with a docstring"
