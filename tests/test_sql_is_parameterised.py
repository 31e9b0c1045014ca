"""No SQL is put together from strings: values are parameters, names go through psycopg2.sql, queries stand in files.

Ruff's S608 finds SQL that looks like it; this finds every call that hands something else to the database.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

CALLS = {"execute", "executemany", "execute_values", "execute_batch", "copy_expert", "mogrify", "callproc"}
FILES = sorted([*(ROOT / "plugins").rglob("*.py"), *(ROOT / "dags").rglob("*.py")])
WAREHOUSE = ROOT / "plugins" / "wirewatch" / "warehouse"


def put_together(tree: ast.AST) -> Iterator[int]:
    """The lines on which a statement is put together from strings and given to the database."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        if name not in CALLS:
            continue
        for argument in node.args[:2]:
            formatted = (
                isinstance(argument, ast.Call)
                and isinstance(argument.func, ast.Attribute)
                and argument.func.attr in {"format", "join", "replace"}
                and isinstance(argument.func.value, ast.Constant)
            )
            if isinstance(argument, ast.JoinedStr | ast.BinOp) or formatted:
                yield node.lineno


def imports_driver(tree: ast.AST) -> bool:
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return any(name.split(".")[0] in {"psycopg2", "psycopg", "asyncpg"} for name in names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_statements_are_constant(file: Path):
    tree = ast.parse(file.read_text())
    assert list(put_together(tree)) == []
    if WAREHOUSE not in file.parents:
        assert not imports_driver(tree), "only warehouse/ talks to Postgres"


@pytest.mark.parametrize(
    "code",
    [
        'cursor.execute(f"select {x}")',
        'cursor.execute("select " + x)',
        'cursor.execute("select %s" % x)',
        'cursor.execute("select {}".format(x))',
        'execute_values(cursor, f"insert into {x} values %s", rows)',
    ],
)
def test_the_rule_finds_what_it_is_for(code):
    assert list(put_together(ast.parse(code))) == [1]


def test_the_rule_lets_parameters_through():
    code = 'cursor.execute("select %s", (f"{x}",))\ncursor.execute(sql.SQL("create database {}").format(name))'
    assert list(put_together(ast.parse(code))) == []


def test_no_two_queries_have_one_name():
    names = Counter(
        match[1]
        for folder in ("queries", "checks")
        for file in (ROOT / "sql" / folder).glob("*.sql")
        for match in re.finditer(r"^-- name: (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert [name for name, count in names.items() if count > 1] == []
