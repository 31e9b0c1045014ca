"""A second review is given without sight of the first, and the agreement of reviewers is counted from such ones."""

from __future__ import annotations

import os
from dataclasses import replace

import psycopg2
import pytest
from starlette.testclient import TestClient

from tests.newsroom.conftest import copied
from tests.warehouse.conftest import WEEK
from wirewatch.local.postgres import Postgres
from wirewatch.newsroom import form_tokens
from wirewatch.newsroom.application import application
from wirewatch.newsroom.context import PageContext, Reader

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SECRET = "s" * 32


class Pages:
    """The pages over the sample week, for whoever `reader` is."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.reader = Reader("7", "ann", True)
        context = PageContext(reader=lambda: self.reader, warehouse_dsn=lambda: dsn, secret=SECRET)
        self.client = TestClient(application(context), follow_redirects=False)

    def sees(self, path: str) -> str:
        """A page's HTML."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return answer.text

    def says(self, name: str, article: int, relevance: str, back: str, event: str = "") -> None:
        """A review by the editor called `name`."""
        self.reader = replace(self.reader, id=name, name=name)
        form = {
            "token": form_tokens.issue(SECRET, name),
            "topic": "us_china_military",
            "article_id": article,
            "version": 1,
        }
        answer = self.client.post("/review", data={**form, "relevance": relevance, "event": event, "back": back})
        assert answer.status_code == 303, answer.text[:500]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query returns."""
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            found = cursor.fetchall()
        connection.close()
        return found


@pytest.fixture(scope="module")
def pages(postgres: Postgres, week_database: str) -> Pages:
    """Over a copy of the week, for what is reviewed stays."""
    return Pages(copied(postgres, f"second_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", WEEK))


def test_what_one_said_waits_for_another_who_does_not_see_it(pages: Pages) -> None:
    first, second = (row[0] for row in pages.rows("select article_id from news.article where story_id is not null"
                                                   " order by article_id limit 2"))  # fmt: skip
    pages.says("ann", first, "core", "review", "talks")
    pages.says("ann", second, "none", "review")
    assert "article-" not in pages.sees("/review/second"), "nobody reviews blind what is their own"
    pages.reader = replace(pages.reader, id="bob", name="bob")
    waiting = pages.sees("/review/second")
    assert f'id="article-{first}"' in waiting
    assert f'id="article-{second}"' in waiting
    assert "checked" not in waiting
    assert "ann" not in waiting.partition("<main")[2].partition("</main>")[0].split()
    pages.says("bob", first, "core", "second", "exercise_deployment")
    assert f'id="article-{first}"' not in pages.sees("/review/second")
    pages.says("bob", second, "core", "review")
    agreement = pages.rows(
        "select reviewer, other_reviewer, articles, same_relevance, core_kappa, events, same_event"
        " from news.reviewer_agreement where reviewer = 'ann'"
    )
    assert agreement == [("ann", "bob", 1, 1.0, None, 1, 0.0)], "only the blind one counts"
    assert "ann and bob" in pages.sees("/review")


def test_kappa_is_what_agreement_there_is_beyond_chance(pages: Pages) -> None:
    articles = [row[0] for row in pages.rows("select article_id from news.article where story_id is not null"
                                             " order by article_id offset 2 limit 4")]  # fmt: skip
    for article, ann, bob in zip(
        articles, ("core", "core", "none", "none"), ("core", "none", "none", "none"), strict=True
    ):
        pages.says("ann", article, ann, "review")
        pages.says("bob", article, bob, "second")
    # Of five articles (one of the test above) both say core of 2, neither of 2: (0.8 - 0.48) / 0.52.
    assert pages.rows("select articles, same_core, core_kappa from news.reviewer_agreement") == [(5, 0.8, 0.615)]


def test_review_proposes_at_most_two_of_an_outlet(pages: Pages) -> None:
    outlets = pages.rows(
        "select tag_id, name from news.tag join news.article using (article_id) join news.outlet using (outlet_id)"
    )
    name_of = dict(outlets)
    shown = [int(part.split('"')[0]) for part in pages.sees("/review").split('id="tag-')[1:]]
    names = [name_of[tag] for tag in shown]
    assert shown
    assert max(names.count(name) for name in names) <= 2
