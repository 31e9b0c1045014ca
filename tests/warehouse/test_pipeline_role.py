"""The pipeline's role reads and writes rows; it changes, drops and empties nothing. test_pipeline.py works as it."""

from __future__ import annotations

import psycopg2
import pytest


@pytest.fixture
def as_pipeline(cursor):
    cursor.execute("set role pipeline")
    return cursor


@pytest.mark.parametrize(
    "statement",
    [
        "delete from ingest.entry",
        "delete from news.article",
        "delete from news.article_version",
        "truncate ingest.poll",
        "drop table news.tag",
        "alter table news.article add column mine int",
        "create table ingest.mine (x int)",
        "create table public.mine (x int)",
        "create role mine",
        "select ingest.make_poll_partitions('2026-01-01', '2026-02-01')",
        "select * from pg_authid",
        "copy (select 1) to program 'true'",
        "select ingest.refresh_timeline()",
    ],
)
def test_what_it_may_not_do(as_pipeline, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        as_pipeline.execute(statement)


def test_it_is_nobody_s_superior(cursor):
    cursor.execute(
        "select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication from pg_roles"
        " where rolname = 'pipeline'"
    )
    assert cursor.fetchone() == (False,) * 5


def test_it_may_use_what_later_migrations_make(cursor):
    cursor.execute("create table news.later (x int)")
    cursor.execute("set role pipeline")
    cursor.execute("insert into news.later values (1) returning x")
    assert cursor.fetchone() == (1,)
