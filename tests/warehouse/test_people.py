"""What an analyst tries beyond reading is refused or bounded, and the pipeline goes on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest

from tests.conftest import free_port
from wirewatch.local.postgres import Postgres
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.bootstrap import make_databases
from wirewatch.warehouse.connection import named_queries
from wirewatch.warehouse.migrations import migrate

ROLES = ("airflow", "wirewatch", "pipeline", "analyst", "editor")

REFUSED = [
    # advisory locks, of sessions and of transactions
    "select pg_advisory_lock(7206152)",
    "select pg_advisory_xact_lock(7206152)",
    "select pg_try_advisory_lock(1)",
    "select pg_try_advisory_xact_lock(1, 2)",
    "select pg_advisory_lock_shared(1)",
    "select pg_advisory_unlock_all()",
    # large objects
    "select lo_create(0)",
    "select lo_creat(-1)",
    "select lo_from_bytea(0, repeat('x', 1000)::bytea)",
    "select lo_open(1, 131072)",
    "select lo_import('/etc/passwd')",
    "select lo_put(1, 0, 'x')",
    # files and programs
    "copy (select 1) to '/tmp/x'",
    "copy (select 1) to program 'true'",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    # tables and views
    "create table news.mine (x int)",
    "create table public.mine (x int)",
    "create temporary table mine as select generate_series(1, 1000)",
    "create schema mine",
    "create view news.mine as select 1",
    "select * from ingest.entry",
    "select * from news.article",
    "insert into news.outlet (key) values ('x')",
    "delete from news.article",
    "begin; lock table news.articles in access exclusive mode",
    "select from ingest.lock for update",
    # programs of the server
    "create function news.mine() returns int language sql as 'select 1'",
    "create extension pg_trgm schema news",
    "create extension dblink schema news",
    # other sessions, other roles
    "select pg_terminate_backend(pg_backend_pid())",
    "select pg_cancel_backend(1)",
    "set role pipeline",
    "create role mine",
    "alter role pipeline password 'x'",
    "alter view news.articles owner to analyst",
    # the server
    "alter system set work_mem = '1GB'",
    "select pg_reload_conf()",
    "checkpoint",
    "set temp_file_limit = -1",
    "alter role analyst set temp_file_limit = -1",
    "alter role analyst connection limit -1",
    "select pg_notify('x', 'y')",
    "select pg_export_snapshot()",
    "select pg_create_logical_replication_slot('x', 'pgoutput')",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server as `make up` makes it."""
    started = Postgres(Path(tmp_path_factory.mktemp("people")) / "postgres", free_port(), durable=False)
    started.start()
    try:
        make_databases(started.dsn("postgres"), {role: role for role in ROLES})
        migrate(started.dsn("warehouse", user="wirewatch", password="wirewatch"))
        yield started
    finally:
        started.stop()


@pytest.fixture
def analyst(server: Postgres) -> Iterator[psycopg2.extensions.connection]:
    with closing(psycopg2.connect(server.dsn("warehouse", user="analyst", password="analyst"))) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture
def pipeline(server: Postgres) -> Iterator[Warehouse]:
    with Warehouse(server.dsn("warehouse", user="pipeline", password="pipeline")) as opened:
        yield opened


def go_on(pipeline: Warehouse) -> None:
    """What the pipeline does all day, the locks among it."""
    with pipeline.transaction() as rows:
        rows.lock_registry()
        rows.lock_linking()
        rows.due_shards(shards=1, now=rows.database_time())


@pytest.mark.parametrize("statement", REFUSED)
def test_what_is_refused(analyst, pipeline, statement):
    with analyst.cursor() as cursor, pytest.raises(psycopg2.Error) as refused:
        cursor.execute(statement)
    assert refused.value.pgcode in ("42501", "0A000", "42704", "58P01"), refused.value
    go_on(pipeline)


@pytest.mark.parametrize("database", ["postgres", "template1", "airflow"])
def test_other_databases_are_closed(server, database):
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(server.dsn(database, user="analyst", password="analyst"))


def test_temporary_files_have_a_limit(analyst):
    with analyst.cursor() as cursor:
        cursor.execute("show temp_file_limit")
        assert cursor.fetchone() == ("2GB",)
        cursor.execute("set work_mem = '64kB'")
        with pytest.raises(psycopg2.Error, match="temp_file_limit"):
            cursor.execute(
                "select max(x) from (select repeat('x', 5000) || n as x from generate_series(1, 999999) n order by 1) y"
            )


def test_statements_have_a_time(analyst):
    with analyst.cursor() as cursor:
        cursor.execute("select name, setting from pg_settings where name like '%_timeout' and setting <> '0'")
        limits = dict(cursor.fetchall())
    assert limits["statement_timeout"] == "900000"
    assert {"idle_in_transaction_session_timeout", "transaction_timeout", "lock_timeout"} <= set(limits)


def test_all_of_its_connections_leave_the_pipelines(server, pipeline):
    opened = [psycopg2.connect(server.dsn("warehouse", user="analyst", password="analyst")) for _ in range(12)]
    with pytest.raises(psycopg2.OperationalError, match="too many connections for role"):
        psycopg2.connect(server.dsn("warehouse", user="analyst", password="analyst"))
    go_on(pipeline)
    for connection in opened:
        connection.close()


def test_a_session_that_lifts_its_limits_is_ended_by_the_checks(server, analyst, pipeline):
    with analyst.cursor() as cursor:
        cursor.execute("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; begin; select 1")
    with pipeline.transaction() as rows:
        assert rows.end_long_sessions() == []
    patient = "interval '10 minutes'"
    with pipeline.transaction() as rows:
        statement = named_queries().end_long_sessions.sql
        assert patient in statement
        ended = rows.select(statement.replace(patient, "interval '0 minutes'").replace("%%", "%"))
    assert [(row.usename, row.ended) for row in ended] == [("analyst", True)]
    with pytest.raises(psycopg2.Error), analyst.cursor() as cursor:
        cursor.execute("select 1")


def test_what_it_changes_of_itself_is_undone_at_the_next_start(server, analyst):
    with analyst.cursor() as cursor:
        cursor.execute("alter role analyst set statement_timeout = 0")
        cursor.execute("alter role analyst in database warehouse set statement_timeout = 0")
        with suppress(psycopg2.Error):
            cursor.execute("alter role analyst password 'mine'")
    make_databases(server.dsn("postgres"), {role: role for role in ROLES})
    with closing(psycopg2.connect(server.dsn("warehouse", user="analyst", password="analyst"))) as again:
        cursor = again.cursor()
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("15min",)
