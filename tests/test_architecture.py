"""The folders are the steps of the analysis, and imports follow the arrows between them."""

import ast
from pathlib import Path

import pytest

import innovsurvey

PACKAGE = Path(innovsurvey.__file__).parent
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")

ARROWS = {
    "errors": set(),
    "base": {"errors"},
    "numerics": {"errors"},
    "definitions": {"base", "errors"},
    "questionnaire": {"definitions", "base", "errors"},
    "responses": {"definitions", "numerics", "base", "errors"},
    "drafting": {"responses", "definitions", "base", "errors"},
    "measurement": {"numerics", "base", "errors"},
    "models": {"numerics", "base", "errors"},
    "report": {
        "base", "definitions", "errors", "measurement", "models", "numerics", "responses",
    },
    "cli": {
        "base", "definitions", "drafting", "errors", "measurement", "models", "numerics",
        "questionnaire", "report", "responses",
    },
    "__main__": {"cli"},
}  # fmt: skip

# A library beyond pandas, numpy and scipy is called from one folder only.
HOMES = {
    "docx": "questionnaire",
    "factor_analyzer": "numerics",
    "great_tables": "report",
    "joblib": "base",
    "jsonschema": "definitions",
    "matplotlib": "report",
    "nbclient": "report",
    "nbconvert": "report",
    "nbformat": "report",
    "patsy": "models",
    "pyarrow": "responses",
    "pyreadstat": "responses",
    "python_calamine": "responses",
    "seaborn": "report",
    "statsmodels": "models",
    "threadpoolctl": "numerics",
    "tqdm": "base",
    "typer": "cli",
    "typst": "questionnaire",
    "yaml": "definitions",
}


def room(path):
    """Name the folder of a module, or the module itself where it stands alone."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def is_for_types(node):
    """Tell an import that only a type checker runs."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def imported(path, *, for_types=True):
    """Name every module that a file imports, inside functions too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not for_types:
        tree.body = [node for node in tree.body if not is_for_types(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_follow_the_arrows(path):
    inner = {name.split(".")[1] for name in imported(path) if name.startswith("innovsurvey.")}
    assert inner <= ARROWS[room(path)] | {room(path)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_library_is_called_from_one_folder_only(path):
    for name in imported(path):
        home = HOMES.get(name.split(".")[0])
        assert home in {None, room(path)}, name


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda p: p.parent.name)
def test_folders_hold_no_code_of_their_own(path):
    assert path.parent == PACKAGE or path.read_text(encoding="utf-8") == ""


def test_no_module_is_part_of_a_cycle():
    graph = {}
    for path in MODULES:
        name = ".".join(("innovsurvey", *path.relative_to(PACKAGE).with_suffix("").parts))
        found = set(imported(path, for_types=False))
        graph[name] = {f.rpartition(".")[0] for f in found} | found
    known = set(graph)
    graph = {name: targets & known - {name} for name, targets in graph.items()}

    def reach(start):
        seen, stack = set(), list(graph[start])
        while stack:
            name = stack.pop()
            if name not in seen:
                seen.add(name)
                stack.extend(graph[name])
        return seen

    assert [name for name in graph if name in reach(name)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_asserts_no_broad_excepts_no_unfinished_places(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    for word in ("TODO", "FIXME", "XXX", "NotImplementedError", "pragma: no cover"):
        assert word not in text
