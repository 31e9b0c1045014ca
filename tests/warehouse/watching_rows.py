"""Every row that a test reads is compared with what rows.pyi says of it: columns, types, and where null may stand."""

from __future__ import annotations

import ast
import datetime
import decimal
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.conftest import ROOT
from wirewatch.warehouse import Transaction
from wirewatch.warehouse.connection import QUERIES

STUB = ROOT / "plugins" / "wirewatch" / "warehouse" / "rows.pyi"
_CLASSES = {
    "bool": bool, "int": int, "float": float, "str": str, "Decimal": decimal.Decimal, "date": datetime.date,
    "datetime": datetime.datetime, "timedelta": datetime.timedelta, "memoryview": memoryview,
}  # fmt: skip


@cache
def _declared() -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Row class → column → annotation, and query → annotation of what it gives."""
    classes = [node for node in ast.parse(STUB.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    rows = {
        node.name: {one.target.id: ast.unparse(one.annotation) for one in node.body if isinstance(one, ast.AnnAssign)}
        for node in classes
    }
    methods = {one.name: ast.unparse(one.returns) for one in classes[-1].body if isinstance(one, ast.FunctionDef)}
    return rows, methods


def problems(query: str, result: object) -> list[str]:
    """How what a query gave differs from what rows.pyi says."""
    rows, methods = _declared()
    annotation = methods.get(query)
    if annotation is None:
        return [f"{query} is not in rows.pyi; run `make rows`"]
    if annotation == "None":
        return []  # writes, and what it gives is of no use
    many = annotation.startswith("list[") and annotation[5:-1] in rows
    kind = (annotation[5:-1] if many else annotation).removesuffix(" | None")
    if kind not in rows:
        return _wrong(query, result, annotation)
    if result is None:
        return [] if annotation.endswith("| None") else [f"{query} gave no row"]
    found: list[str] = []
    for row in result if many else [result]:
        if list(row._fields) != list(rows[kind]):
            return [f"{query}: columns {row._fields}, not {list(rows[kind])}"]
        for (name, column), value in zip(rows[kind].items(), row, strict=True):
            found += _wrong(f"{query}.{name}", value, column)
    return found


def _wrong(what: str, value: object, annotation: str) -> list[str]:
    kind = annotation.removesuffix(" | None")
    if value is None:
        return [] if annotation != kind or kind in ("Any", "object") else [f"{what} is null"]
    if kind.startswith("list["):
        return [] if isinstance(value, list) else [f"{what} is {value!r}"]
    return [] if kind not in _CLASSES or isinstance(value, _CLASSES[kind]) else [f"{what} is {value!r}, not {kind}"]


@pytest.fixture(autouse=True, scope="session")
def _watched_rows() -> Any:
    """Fails the test that reads a row which rows.pyi does not allow."""
    by_name: Callable[..., Any] = Transaction.__getattr__

    def watched(self: Transaction, name: str) -> Callable[..., Any]:
        run = by_name(self, name)

        def compared(*values: object, **parameters: object) -> Any:
            result = run(*values, **parameters)
            if self._queries == QUERIES:
                assert problems(name, result) == []
            return result

        return compared

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transaction, "__getattr__", watched)
        yield
