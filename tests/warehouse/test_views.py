"""The analysts' contract: every view is documented and readable by `analyst`, who can do nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import psycopg2
import pytest

from wirewatch.warehouse.migrations import VIEWS
from wirewatch.warehouse.tending import make_partitions, months_ahead

SHIPPED = sorted(file.stem for file in VIEWS.glob("*.sql") if f"create view news.{file.stem}" in file.read_text())
"""The files of views; the others of the folder create functions."""


@pytest.fixture
def analyst(cursor):
    cursor.execute("set role analyst")
    return cursor


@pytest.mark.parametrize("view", SHIPPED)
def test_analyst_reads_the_view(analyst, view):
    analyst.execute(f"select * from news.{view}")
    assert analyst.description


def test_analyst_reads_no_table_and_writes_nothing(cursor):
    cursor.execute(
        "select format('%I.%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace"
        " where nspname in ('ingest', 'news', 'public') and relkind in ('r', 'p')"
    )
    tables = [name for (name,) in cursor.fetchall()]
    assert len(tables) > 10
    cursor.execute("set role analyst")
    for table in tables:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(f"select * from {table}")
    for statement in (
        "insert into news.story default values",
        "update news.articles set title = ''",
        "delete from news.articles",
        "create table news.mine (x int)",
        "create table public.mine (x int)",
        "select ingest.make_poll_partitions('2026-01-01', '2026-02-01')",
    ):
        # A view over several tables can't be written by anybody; Postgres says so before it looks at rights.
        with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectNotInPrerequisiteState)):
            cursor.execute(statement)


def test_everything_has_a_comment(cursor):
    cursor.execute(
        """
        select format('%I.%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname in ('ingest', 'news') and relkind in ('r', 'p', 'v')
            and obj_description(pg_class.oid) is null
        union all
        select format('%I.%I.%I', nspname, relname, attname)
        from pg_attribute join pg_class on pg_class.oid = attrelid join pg_namespace on pg_namespace.oid = relnamespace
        where nspname in ('ingest', 'news') and relkind in ('r', 'p', 'v') and attnum > 0 and not attisdropped
            and not relispartition and col_description(attrelid, attnum) is null
        """
    )
    assert cursor.fetchall() == [], "tables or columns without a comment"


def test_times_are_timestamptz_only(cursor):
    cursor.execute(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema in ('ingest', 'news')"
        " and data_type in ('timestamp without time zone', 'time without time zone')"
    )
    assert cursor.fetchall() == []


def test_a_new_database_has_its_months_before_its_first_poll(warehouse, cursor):
    """A month that began in the default partition could not be made any more."""
    cursor.execute("select to_regclass('ingest.poll_' || to_char(now() at time zone 'UTC', 'YYYY_MM'))")
    assert cursor.fetchone() != (None,)
    assert make_partitions(warehouse).made == 0


def test_partitions_are_made_once(warehouse, cursor):
    cursor.execute(
        "select format('drop table ingest.%I', relname) from pg_class where relname ~ '^poll_\\d{4}_\\d{2}$'"
    )
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
    cursor.connection.commit()
    assert make_partitions(warehouse).made == 4
    assert make_partitions(warehouse).made == 0


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])
def test_partitions_reach_this_month_and_the_next_three_on_every_day(zone):
    for day in range(2 * 366):
        now = datetime(2027, 12, 1, 23, 30, tzinfo=zone) + timedelta(days=day)
        first, last = months_ahead(now)
        months = 12 * (last.year - first.year) + last.month - first.month + 1
        assert (first.day, last.day, months) == (1, 1, 4)
        assert (first.year, first.month) == (now.astimezone(UTC).year, now.astimezone(UTC).month)


def test_every_view_is_listed_in_information_schema(analyst):
    """Tools list what an analyst may read from there; materialised views would be missing."""
    analyst.execute("select table_name from information_schema.tables where table_schema = 'news'")
    listed = {name for (name,) in analyst.fetchall()}
    assert set(SHIPPED) <= listed
