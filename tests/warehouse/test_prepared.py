"""Queries that are prepared give what the same ones give unprepared; a statement by itself is a transaction."""

from __future__ import annotations

from contextlib import suppress

import psycopg2
import pytest

from wirewatch.errors import WarehouseError
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import named_queries
from wirewatch.warehouse.prepared import PREPARED

TURN = {"host": "a.example", "by": "me", "delay_s": 0.0, "lease_s": 60.0}
HOSTS = "select count(*) from ingest.host"


def hosts(cursor) -> int:
    cursor.execute(HOSTS)
    return cursor.fetchone()[0]


def begin_and_fail(warehouse: Warehouse) -> None:
    """A transaction that takes a turn and is rolled back."""
    with suppress(ZeroDivisionError), warehouse.transaction() as rows:
        assert rows.begin_visit(**TURN).granted
        raise ZeroDivisionError


@pytest.mark.parametrize("name", sorted(PREPARED))
def test_the_database_can_tell_the_types_of_its_parameters(warehouse: Warehouse, name: str):
    query = getattr(named_queries(), name)
    connection = warehouse._connect()
    with pytest.raises(KeyError):
        connection.run(name, query, {})  # prepared, and then without values for its parameters
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where name = %s", (name,))
        assert cursor.fetchone()[0] == 1
    connection.rollback()


def test_it_is_prepared_once_and_outlives_a_rollback(warehouse: Warehouse, cursor):
    begin_and_fail(warehouse)
    assert hosts(cursor) == 0
    with warehouse.transaction() as rows:
        assert rows.begin_visit(**TURN).granted
        assert rows.end_visit(host="a.example", by="me", delay_s=0.0, counted=True, error=None, failing_as=None) == 1
        assert rows.begin_visit(**TURN).granted
        assert not rows.begin_visit(**TURN | {"by": "another"}).granted
    assert hosts(cursor) == 1


def test_a_new_connection_prepares_anew(warehouse: Warehouse):
    with warehouse.statement() as rows:
        assert rows.begin_visit(**TURN).granted
    warehouse.close()
    with warehouse.statement() as rows:
        assert rows.begin_visit(**TURN).busy


def test_a_value_that_is_not_there_is_none(warehouse: Warehouse):
    now = warehouse.now()
    page = {
        "url": "http://a.example/", "final_url": "http://a.example/", "fetched_at": now,
        "http_status": 200, "content_type": None, "bytes": 1, "file": "a.warc.gz", "offset": 0, "length": 1,
        "digest": "sha256:0",
    }  # fmt: skip
    with warehouse.transaction() as rows:
        assert rows.save_page(entry_id=1, by="me", until=now, now=now, **page) is None


def test_a_statement_is_committed_at_once(warehouse: Warehouse, cursor):
    with warehouse.statement() as rows:
        assert rows.begin_visit(**TURN).granted
        assert hosts(cursor) == 1


def test_after_a_refused_statement_transactions_are_transactions_again(warehouse: Warehouse, cursor):
    with pytest.raises(WarehouseError, match="rejected a value"), warehouse.statement() as rows:
        rows.begin_visit(**TURN | {"lease_s": "soon"})
    begin_and_fail(warehouse)
    assert hosts(cursor) == 0


def test_a_statement_of_its_own_is_none_within_a_transaction(warehouse: Warehouse):
    with warehouse.transaction() as rows:
        rows.database_time()
        with pytest.raises(RuntimeError), warehouse.statement():
            pass


def test_rows_are_named(warehouse: Warehouse):
    with warehouse.statement() as rows:
        asked = rows.begin_visit(**TURN)
    assert (asked.granted, asked._fields) == (True, ("granted", "due_in_s", "busy"))


def test_what_was_prepared_outlives_a_change_of_the_schema(warehouse: Warehouse):
    with warehouse.statement() as rows:
        rows.begin_visit(**TURN)
    with psycopg2.connect(warehouse.dsn) as connection, connection.cursor() as changing:
        changing.execute("alter table ingest.host add column beside int")
    with warehouse.statement() as rows:
        assert rows.begin_visit(**TURN).busy
