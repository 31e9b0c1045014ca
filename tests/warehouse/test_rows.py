"""rows.pyi says of the named queries what the database says."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.warehouse.typing_queries import queries_without_types, stub
from tests.warehouse.watching_rows import STUB, problems
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import QUERIES, named_queries


def test_the_types_are_those_of_the_database(database: str):
    """Also of each name and parameter: a query that the database can't read fails here before anything runs it."""
    assert stub(database) == STUB.read_text(encoding="utf-8"), "run `make rows`"


def test_every_query_has_types():
    methods = {node.name for node in ast.walk(ast.parse(STUB.read_text())) if isinstance(node, ast.FunctionDef)}
    names = {name for name in named_queries().available_queries if not name.endswith("_cursor")}
    assert names - methods == set(queries_without_types())


def test_a_row_that_is_not_as_declared_is_noticed(warehouse: Warehouse):
    with warehouse.transaction() as rows:
        (feeds,) = [rows.status_totals()]
    assert problems("status_totals", feeds) == []
    assert problems("status_totals", feeds._replace(entries_1d=None)) == ["status_totals.entries_1d is null"]
    assert problems("status_totals", feeds._replace(bytes="many")) == ["status_totals.bytes is 'many', not int"]
    assert problems("status_totals", None) == ["status_totals gave no row"]


@pytest.mark.parametrize("call", ["no_such_query", "database_tyme"])
def test_an_unknown_query_is_refused(warehouse: Warehouse, call: str):
    with warehouse.transaction() as rows, pytest.raises(AttributeError):
        getattr(rows, call)()


def test_no_two_queries_have_one_name():
    """The later would silently take the place of the other."""
    texts = (path.read_text(encoding="utf-8") for path in QUERIES.glob("*.sql"))
    names = Counter(name for text in texts for name in re.findall(r"^-- name: (\w+)", text, flags=re.MULTILINE))
    assert [name for name, times in names.items() if times > 1] == []
