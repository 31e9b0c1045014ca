"""Writes docs/warehouse.md from the comments in the database: `make docs`; a test checks that it is up to date."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from tests.conftest import ROOT, free_port
from wirewatch.local.postgres import Postgres
from wirewatch.warehouse.migrations import migrate

DOCUMENT = ROOT / "docs" / "warehouse.md"
_MARK = "<!-- generated from the database's comments by `make docs`; edit sql/, not this part -->"

_RELATIONS = """
select nspname, relname, relkind in ('v', 'm') as is_view, obj_description(pg_class.oid) as comment, pg_class.oid as oid
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where nspname in ('news', 'ingest') and relkind in ('r', 'p', 'v', 'm') and not relispartition
order by not relkind in ('v', 'm'), nspname desc, relname
"""
_FUNCTIONS = """
select format('%I.%I', nspname, proname) as name, pg_get_function_arguments(pg_proc.oid) as arguments,
    obj_description(pg_proc.oid) as comment, case when typtype = 'c' then typrelid end as row
from pg_proc join pg_namespace on pg_namespace.oid = pronamespace join pg_type on pg_type.oid = prorettype
where nspname = 'news' and has_function_privilege('analyst', pg_proc.oid, 'execute')
order by name
"""
_COLUMNS = """
select attname, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum)
from pg_attribute where attrelid = %s and attnum > 0 and not attisdropped order by attnum
"""


def reference(cursor: psycopg2.extensions.cursor) -> str:
    """The reference part of the document."""
    cursor.execute(_RELATIONS)
    relations = cursor.fetchall()
    parts, heading = [_MARK], None
    for schema, name, is_view, comment, oid in relations:
        section = "## Views: the contract with analysts" if is_view else "## Tables: how it is kept"
        if section != heading:
            if heading is not None:
                parts.extend(_functions(cursor))
            parts.append(f"\n{section}")
            heading = section
        parts.append(f"\n### {schema}.{name}\n\n{comment}\n\n{_columns(cursor, oid)}")
    return "\n".join(parts) + "\n"


def _functions(cursor: psycopg2.extensions.cursor) -> Iterator[str]:
    cursor.execute(_FUNCTIONS)
    yield "\n## Functions"
    for name, arguments, comment, row in cursor.fetchall():
        yield f"\n### {name}\n\n{comment}\n\n```sql\n{name}({arguments})\n```"
        if row is not None:
            yield f"\n{_columns(cursor, row)}"


def _columns(cursor: psycopg2.extensions.cursor, oid: int) -> str:
    cursor.execute(_COLUMNS, (oid,))
    lines = ["| column | type | |", "|---|---|---|"]
    for column, kind, required, meaning in cursor.fetchall():
        needed = " not null" if required else ""
        lines.append(f"| `{column}` | {kind}{needed} | {(meaning or '').replace('|', chr(92) + '|')} |")
    return "\n".join(lines)


def with_reference(document: str, generated: str) -> str:
    """`document` with its generated part replaced; what stands before the mark is written by hand."""
    return document.split(_MARK)[0] + generated


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        server = Postgres(Path(home), free_port(), durable=False)
        server.start()
        try:
            migrate(server.dsn("postgres"))
            with psycopg2.connect(server.dsn("postgres")) as connection, connection.cursor() as cursor:
                DOCUMENT.write_text(with_reference(DOCUMENT.read_text(), reference(cursor)))
            connection.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
