"""The plan of rooms holds, the tools that check it notice when it does not, and nothing grows beyond its size."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import rooms
from tests.conftest import ROOT

_PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_CONTRACTS = _PYPROJECT["tool"]["importlinter"]["contracts"]
_PURE = next(one for one in _CONTRACTS if "pure" in one["name"])
_STAGES = {edge.split(" -> ")[0] for edge in _PURE["ignore_imports"]}
_LIBRARY = ROOT / "plugins" / "wirewatch"


def test_the_drawing_is_what_the_import_graph_says():
    document = rooms.DOCUMENT.read_text(encoding="utf-8")
    assert rooms.with_drawing(document) == document, "run `make docs`"


def test_no_two_rooms_import_each_other():
    arrows = rooms.arrows()
    assert [(one, other) for one in arrows for other in arrows[one] if one in arrows.get(other, ())] == []


def test_every_arrow_points_down():
    height = {room: n for n, layer in enumerate(rooms.layers()) for room in layer}
    arrows = [(one.split(".")[0], other.split(".")[0]) for one, others in rooms.arrows().items() for other in others]
    assert [(one, other) for one, other in arrows if one != other and height[one] >= height[other]] == []


# A deliberate wrong import in each pure folder


def _broken(folder: Path, imports: dict[str, str]) -> str:
    """What import-linter says of a copy of the library in which modules (by path) hold one more import."""
    copy = folder / "plugins" / "wirewatch"
    shutil.copytree(_LIBRARY, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, imported in imports.items():
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    linter = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(copy.parent), "COLUMNS": "200"}
    ran = subprocess.run(
        [linter, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode != 0) == bool(imports), ran.stdout
    return ran.stdout


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said when a new module of each pure folder imports everything that is forbidden to it."""
    wrong = "\nimport ".join(_PURE["forbidden_modules"])
    return _broken(tmp_path_factory.mktemp("wrong"), {_new_module(source): wrong for source in _PURE["source_modules"]})


def _new_module(source: str) -> str:
    """Where the wrong imports of a pure folder go: a module of its own, or the module itself where it is one."""
    path = source.removeprefix("wirewatch.").replace(".", "/")
    return f"{path}.py" if (_LIBRARY / f"{path}.py").exists() else f"{path}/wrong.py"


def test_the_contracts_hold_in_a_copy_without_a_wrong_import(tmp_path: Path):
    assert "0 broken" in _broken(tmp_path, {})


@pytest.mark.parametrize("source", _PURE["source_modules"])
def test_a_wrong_import_in_a_pure_folder_breaks_the_contract(said: str, source: str):
    module = f"wirewatch.{_new_module(source).removesuffix('.py').replace('/', '.')}"
    found = re.findall(rf"^-? *{re.escape(module)} -> ([\w.]+) \(l", said, flags=re.MULTILINE)
    assert sorted(set(_PURE["forbidden_modules"]) - set(found)) == []


def test_a_wrong_import_upwards_breaks_the_layers(tmp_path: Path):
    said = _broken(tmp_path, {"web/robots.py": "wirewatch.feeds.schedule"})
    assert "wirewatch.web.robots -> wirewatch.feeds.schedule" in said


@pytest.mark.parametrize("stage", sorted(_STAGES))
def test_what_is_listed_as_a_stage_is_one(stage: str):
    """A module that needs nothing impure any more is to be taken off the list."""
    graph = rooms.grimp.build_graph("wirewatch", include_external_packages=True)
    imported = graph.find_modules_directly_imported_by(stage)
    impure = tuple(f"{module}." for module in (*_PURE["forbidden_modules"], "concurrent", "wirewatch.sandbox"))
    assert [module for module in imported if f"{module}.".startswith(impure)] != []


def _pure_files() -> Iterator[Path]:
    for source in _PURE["source_modules"]:
        path = _LIBRARY / source.removeprefix("wirewatch.").replace(".", "/")
        alone = path.with_suffix(".py")
        for file in [alone] if alone.exists() else sorted(path.rglob("*.py")):
            module = ".".join(file.relative_to(_LIBRARY.parent).with_suffix("").parts)
            if module not in _STAGES:
                yield file


@pytest.mark.parametrize("file", list(_pure_files()), ids=lambda file: str(file.relative_to(_LIBRARY)))
def test_pure_modules_read_no_clock(file: Path):
    """`datetime.now()` needs no import that the contract could forbid."""
    calls = [node.func for node in ast.walk(_tree(file)) if isinstance(node, ast.Call)]
    read = [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in ("now", "utcnow", "today")]
    assert read == []


# Sizes

_LINES, _FUNCTION_LINES, _METHODS = 450, 50, 12

_REASONS = {
    "plugins/wirewatch/demo/sample_web/faults.py": "one class for each way to spoil an answer",
    "plugins/wirewatch/feeds/recording.py:_record_success": "one statement with all that a poll found",
    "plugins/wirewatch/web/visitor.py:get": "one visit from turn to answer",
    "plugins/wirewatch/articles/claims.py:Claims": "what becomes of a claimed entry: one short method for each outcome",
    "plugins/wirewatch/settings.py:Settings": "one check for each rule that settings must obey",
    "dags/label_articles.py:label_articles": "a DAG is one function that holds its tasks; each has a few lines",
    "dags/poll_feeds.py:poll_feeds": "as above",
    "plugins/wirewatch/local/postgres.py:Postgres": "one server: start, stop, and one-line questions about it",
    "plugins/wirewatch/local/supervisor.py:Supervisor": "one supervisord: start, stop, and questions about its parts",
}
"""What is above its size, and why."""


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _too_large() -> Iterator[str]:
    for file in sorted([*(ROOT / "plugins").rglob("*.py"), *(ROOT / "dags").rglob("*.py")]):
        name = file.relative_to(ROOT).as_posix()
        if len(file.read_text(encoding="utf-8").splitlines()) > _LINES:
            yield name
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if (node.end_lineno or 0) - node.lineno + 1 > _FUNCTION_LINES:
                    yield f"{name}:{node.name}"
            elif isinstance(node, ast.ClassDef):
                methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
                if len(methods) > _METHODS:
                    yield f"{name}:{node.name}"


def test_nothing_is_above_its_size_without_a_reason():
    assert sorted(set(_too_large()) - _REASONS.keys()) == [], (
        f"modules have at most {_LINES} lines, functions {_FUNCTION_LINES}, classes {_METHODS} methods"
    )


def test_every_reason_is_still_needed():
    assert sorted(_REASONS.keys() - set(_too_large())) == []
