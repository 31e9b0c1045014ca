"""A warehouse that holds the newsroom's week, filled once for the whole run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from filelock import FileLock

from tests.conftest import admin
from tests.week import fill_week
from wirewatch.local.postgres import Postgres

WEEK = "newsroom_week"


@pytest.fixture(scope="session")
def week_database(postgres: Postgres) -> str:
    """The URI of the filled warehouse: for reading only."""
    home = Path(os.environ["WIREWATCH_TEST_HOME"])
    with FileLock(home / "week.lock"), admin(postgres) as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", (WEEK,))
        if cursor.fetchone() is None:
            cursor.execute(f"drop database if exists {WEEK}_new with (force)")
            cursor.execute(f"create database {WEEK}_new template template_warehouse")
            truth = fill_week(postgres.dsn(f"{WEEK}_new"), home / "week")
            (home / "truth.json").write_text(json.dumps(truth))
            cursor.execute(f"alter database {WEEK}_new rename to {WEEK}")
    return postgres.dsn(WEEK)


@pytest.fixture
def week(week_database: str) -> Iterator[psycopg2.extensions.cursor]:
    """An analyst's cursor on the week."""
    connection = psycopg2.connect(week_database, options="-c timezone=UTC")
    connection.set_session(readonly=True, autocommit=True)
    with connection.cursor() as opened:
        opened.execute("set role analyst")
        yield opened
    connection.close()


@pytest.fixture(scope="session")
def truth(week_database: str) -> dict[str, dict]:
    """What is true of the articles of the week that can be read, by each of its addresses."""
    articles = json.loads((Path(os.environ["WIREWATCH_TEST_HOME"]) / "truth.json").read_text())
    return {
        url: article for article in articles if not article["drop"] for url in (article["url"], *article["aliases"])
    }


@pytest.fixture
def week_owner(week_database: str) -> Iterator[psycopg2.extensions.cursor]:
    """The owner's cursor on the week, for reading: to look below the views."""
    connection = psycopg2.connect(week_database, options="-c timezone=UTC")
    connection.set_session(readonly=True, autocommit=True)
    with connection.cursor() as opened:
        yield opened
    connection.close()
