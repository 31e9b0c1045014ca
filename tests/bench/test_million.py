"""The synthetic warehouse is whole, and each view has its query for a month."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import aiosql
import psycopg2
import pytest
from filelock import FileLock

from bench.million import QUERIES, ask_searches, ask_views, report
from bench.synthetic import load
from tests.conftest import admin
from wirewatch.warehouse.migrations import VIEWS

ARTICLES = 3000


pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def filled(postgres):
    """A warehouse of a few thousand synthetic articles."""
    name = f"synthetic_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with FileLock(Path(os.environ["WIREWATCH_TEST_HOME"]) / "template.lock"), admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name} template template_warehouse")
    load(postgres.dsn(name), ARTICLES)
    with closing(psycopg2.connect(postgres.dsn(name), options="-c timezone=UTC")) as connection:
        yield connection


def test_every_view_has_a_query():
    queries = aiosql.from_path(QUERIES, "psycopg2", encoding="utf-8", mandatory_parameters=False)
    functions = {"search", "matches"}
    without = {file.stem for file in VIEWS.glob("*.sql")} - set(queries.available_queries)
    assert without == functions, "views without a query"


def test_the_rows_agree_with_each_other(filled):
    with filled, filled.cursor() as cursor:
        cursor.execute(
            """
            select (select count(*) from news.article), (select count(*) from news.article_search),
                (select count(*) from news.articles), (select count(*) from news.reports),
                (select sum(reports) from news.stories), (select sum(collected) from news.daily_outlets)
            """
        )
        assert set(cursor.fetchone()) == {ARTICLES}
        cursor.execute(
            """
            select count(*) from news.article_search as filed
            join news.article_version as version using (article_id, version)
            where filed.words <> news.search_words(version.title, version.text, version.language)
               or filed.reported_at <> version.published_at
            """
        )
        assert cursor.fetchone() == (0,), "filed otherwise than the trigger files"
        cursor.execute(
            "select count(distinct language), count(*) filter (where event is not null) > 50 from news.tagged"
        )
        assert cursor.fetchone() == (4, True)


def test_views_and_searches_answer(filled):
    views, searches = ask_views(filled), ask_searches(filled)
    empty = {row.name for row in views + searches if row.rows == 0}
    people = {"reviews", "reviewer_agreement", "corrections", "deletions", "cold_months"}
    events = {"events", "event_reports", "event_coverage", "event_differences", "storylines"}  # nobody links here
    citations = {"citations", "citation_flows"}
    assert empty <= {"timeline", "ejercicios", "stories", "tag_changes", "alarms"} | people | events | citations
    assert sum(row.text_scans for row in searches) == 0
    assert f"{ARTICLES:,} articles" in report(ARTICLES, "1 MB", views, searches)
