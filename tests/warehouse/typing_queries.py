"""Writes plugins/wirewatch/warehouse/rows.pyi, the types of the named queries and their rows: `make rows`.

The database itself tells each query's parameters, columns and types, without running it. A column may be null where the
table's column may be, or where it comes from the optional side of an outer join; what the database can't tell is said
in the query's description: `May be null: a.`, `Never null: b.` and, of one row or one value, `Always one row.` Tests
check that the file is up to date, and that no row which any test reads breaks what it says.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from aiosql.types import SQLOperationType

from tests.conftest import free_port
from tests.warehouse.watching_rows import STUB
from wirewatch.local.postgres import Postgres
from wirewatch.warehouse.connection import QUERIES, named_queries
from wirewatch.warehouse.migrations import migrate

_TYPES = {
    "bool": "bool", "int2": "int", "int4": "int", "int8": "int", "oid": "int", "float4": "float", "float8": "float",
    "numeric": "Decimal", "text": "str", "varchar": "str", "bpchar": "str", "name": "str", "uuid": "str",
    "date": "date", "timestamptz": "datetime", "interval": "timedelta", "bytea": "memoryview", "json": "Any",
    "jsonb": "Any", "void": "object",
}  # fmt: skip
"""Types of the database as psycopg2 gives them; any other is an error of this table. JSON is whatever was put in."""

_HEAD = '''\
# Written by `make rows` from sql/queries and the database: change the query, not this file.
"""The types of the named queries and of their rows.

Only type checkers read this: at run time `Transaction` finds a query by its name, and rows are named tuples.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

'''


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a query's rows."""

    name: str
    kind: str
    """Its Python type, without `None`."""
    null: bool

    @property
    def annotation(self) -> str:
        """As it is written in Python."""
        return f"{self.kind} | None" if self.null and self.kind not in ("Any", "object") else self.kind


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """What the database says of one query."""

    name: str
    about: str
    operation: SQLOperationType
    parameters: Mapping[str, str]
    """Name → Python type."""
    many: bool
    """It takes rows of values."""
    columns: tuple[Column, ...]

    @property
    def row(self) -> str:
        """The name of its rows' class."""
        return "".join(map(str.capitalize, self.name.split("_"))) + "Row"

    @property
    def has_rows(self) -> bool:
        """Whether callers see its rows, not just a value or a count."""
        rows = (SQLOperationType.SELECT, SQLOperationType.SELECT_ONE)
        return bool(self.columns) and (self.operation in rows or self.many)

    @property
    def result(self) -> str:
        """What calling it gives."""
        always = "Always one row." in self.about
        if self.many:
            return f"list[{self.row}]" if self.columns else "None"
        if self.operation is SQLOperationType.SELECT:
            return f"list[{self.row}]"
        if self.operation is SQLOperationType.SELECT_ONE:
            return self.row if always else f"{self.row} | None"
        if self.operation in (SQLOperationType.SELECT_VALUE, SQLOperationType.INSERT_RETURNING):
            value = self.columns[0]
            return value.annotation if always else Column(value.name, value.kind, null=True).annotation
        return "int"


def queries_without_types() -> list[str]:
    """The queries that no caller names as a method: those with parts to be filled in (`{view}`)."""
    return [name for name in _names() if re.search(r"\{\w+\}", getattr(named_queries(), name).sql)]


def _names() -> list[str]:
    return sorted(name for name in named_queries().available_queries if not name.endswith("_cursor"))


def typed_queries(dsn: str) -> Iterator[TypedQuery]:
    """Every named query. Raises ValueError, naming the query, for what the database can't read."""
    left_out = queries_without_types()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for name in _names():
            if name not in left_out:
                yield _typed(connection, name)


def _typed(connection: psycopg.Connection[Any], name: str) -> TypedQuery:
    query = getattr(named_queries(), name)
    many = "%s" in query.sql
    places: dict[str, int] = {}
    text = re.sub(r"%\((\w+)\)s", lambda found: f"${places.setdefault(found[1], len(places) + 1)}", query.sql)
    text = text.replace("%%", "%")
    if many:
        if "returning" not in text:
            return TypedQuery(name, "", query.operation, {}, many, ())
        text = _with_values(text)
    prepared = connection.pgconn.prepare(name.encode(), text.encode())
    if prepared.status != psycopg.pq.ExecStatus.COMMAND_OK:
        said = prepared.error_message.decode().split("\n")[0]
        raise ValueError(f"sql/queries: {name}: the database says {said}; a cast such as :now::timestamptz tells types")
    described = connection.pgconn.describe_prepared(name.encode())
    order = [] if many else sorted(places, key=list(query.__signature__.parameters).index)
    parameters = {key: _type(connection, described.param_type(places[key] - 1)) for key in order}
    about = " ".join((query.__doc__ or "").split())
    said_null = _said("May be null", about)
    optional = _optional(connection, text) if described.nfields and not many else set()
    columns = tuple(
        Column(
            found := (described.fname(n) or b"").decode(),
            _type(connection, described.ftype(n)),
            found not in _said("Never null", about)
            and (
                found in said_null
                or n in optional
                or _may_be_null(connection, described.ftable(n), described.ftablecol(n))
            ),
        )
        for n in range(described.nfields)
    )
    if unknown := said_null - {column.name for column in columns}:
        raise ValueError(f"sql/queries: {name}: `May be null` names {sorted(unknown)}, which are no columns of it")
    return TypedQuery(name, about, query.operation, parameters, many, columns)


def _said(what: str, about: str) -> set[str]:
    """The columns of `May be null: a, b.` or `Never null: c.` in a query's description."""
    found = re.search(rf"{what}: ([\w, ]+)\.", about)
    return {column.strip() for column in found[1].split(",")} if found else set()


def _with_values(text: str) -> str:
    """`text` with one row of nulls for its `values %s`, each of the type that the statement gives its column."""
    columns = re.search(r"values %s\)\s*as \w+\s*\(([^)]*)\)", text) or re.search(r"\(([^()]*)\)\s*values %s", text)
    if columns is None:
        raise ValueError(f"no list of columns beside `values %s` in {text}")
    return text.replace("%s", f"({', '.join(['null'] * len(columns[1].split(',')))})")


def _type(connection: psycopg.Connection[Any], oid: int) -> str:
    name, element = connection.execute(
        "select pg_type.typname, element.typname from pg_type left join pg_type as element on element.oid = "
        "pg_type.typelem and pg_type.typcategory = 'A' where pg_type.oid = %s", (oid,),
    ).fetchone() or ("", None)  # fmt: skip
    if element is not None:
        return f"list[{_TYPES[element]}]"
    return _TYPES[name]


def _may_be_null(connection: psycopg.Connection[Any], table: int, column: int) -> bool:
    """Whether a column of a table may be; those of views and expressions are not known to be."""
    found = connection.execute(
        "select not attnotnull from pg_attribute join pg_class on pg_class.oid = attrelid "
        "where attrelid = %s and attnum = %s and relkind in ('r', 'p')", (table, column),
    ).fetchone()  # fmt: skip
    return bool(found and found[0])


def _optional(connection: psycopg.Connection[Any], text: str) -> set[int]:
    """The places of columns that come from the optional side of an outer join, by the plan's own words."""
    if re.match(r"\s*(select|with|insert|update|delete)\b", text) is None:
        return set()
    (plans,) = connection.execute(f"explain (verbose, format json, generic_plan) {text}".encode()).fetchone() or ([],)
    if not plans:
        return set()
    plan = plans[0]["Plan"]
    aliases = set(_optional_aliases(plan, optional=False))
    return {n for n, output in enumerate(plan.get("Output", [])) if output.split(".")[0].strip("(") in aliases}


def _optional_aliases(plan: Mapping[str, Any], *, optional: bool) -> Iterator[str]:
    if optional and "Alias" in plan:
        yield plan["Alias"]
    kind = plan.get("Join Type")
    for part in plan.get("Plans", ()):
        side = part.get("Parent Relationship")
        below = (
            optional or kind == "Full" or (kind == "Left" and side == "Inner") or (kind == "Right" and side == "Outer")
        )
        yield from _optional_aliases(part, optional=below)


def stub(dsn: str) -> str:
    """The whole of rows.pyi."""
    queries = list(typed_queries(dsn))
    files = {
        name: path.name
        for path in sorted(QUERIES.glob("*.sql"))
        for name in re.findall(r"-- name: (\w+)", path.read_text())
    }
    rows = [
        f"class {query.row}(NamedTuple):\n"
        + "".join(f"    {column.name}: {column.annotation}\n" for column in query.columns)
        for query in queries
        if query.has_rows
    ]
    methods = [_method(query) for query in sorted(queries, key=lambda query: (files[query.name], query.name))]
    written = _HEAD + "\n".join(rows) + "\nclass NamedQueries:\n" + "".join(methods)
    if "Decimal" not in written.replace(_HEAD, ""):
        written = written.replace("from decimal import Decimal\n", "")
    ruff = [Path(sys.executable).with_name("ruff"), "format", "--stdin-filename", STUB, "-"]
    return subprocess.run(ruff, input=written, capture_output=True, text=True, check=True).stdout


def _method(query: TypedQuery) -> str:
    if query.many:
        return f"    def {query.name}(self, rows: Iterable[Sequence[object]], /) -> {query.result}: ...\n"
    parameters = "".join(f", {name}: {_given(kind)}" for name, kind in query.parameters.items())
    return f"    def {query.name}(self{', *' + parameters if parameters else ''}) -> {query.result}: ...\n"


def _given(kind: str) -> str:
    """The type of a parameter: any of them may be null, and JSON comes wrapped."""
    return {"Any": "object", "memoryview": "bytes | None"}.get(kind, f"{kind} | None")


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        server = Postgres(Path(home) / "postgres", free_port(), durable=False)
        server.start()
        try:
            migrate(server.dsn("postgres"))
            STUB.write_text(stub(server.dsn("postgres")), encoding="utf-8")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
