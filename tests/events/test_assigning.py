"""The stage that finds events, on a real Postgres."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.copies.conftest import put  # noqa: F401
from tests.events.scene import NOW, articles, truth
from wirewatch.copies.linking import link_copies
from wirewatch.events.assigning import EventReport, assign_events


@pytest.fixture
def world(put, cursor, warehouse, settings):  # noqa: F811
    """Lets the scene's articles arrive, and finds their events."""

    class World:
        def arrive(self, *chosen) -> None:
            for article in chosen:
                put(article.url, article.text, title=article.title, outlet=article.outlet, language=article.language,
                    published=article.published_at, seen=article.first_seen_at)  # fmt: skip

        def find(self, hours: int = 24) -> EventReport:
            now = NOW + timedelta(hours=hours)
            link_copies(warehouse, settings, list, now=now)
            return assign_events(warehouse, settings, now=now)

        def events(self) -> dict[str, tuple[str | None, str | None]]:
            """Address → the addresses of its event's and its storyline's first reports."""
            cursor.execute(
                """
                select article.url, first.url, line.url
                from news.event_member as member
                join news.article on article.story_id = member.story_id
                left join news.story as event on event.story_id = member.event_id
                left join news.article as first on first.article_id = event.origin_article_id
                left join news.story as storyline on storyline.story_id = member.storyline_id
                left join news.article as line on line.article_id = storyline.origin_article_id
                where member.valid_to is null
                """
            )
            return {url: (event, storyline) for url, event, storyline in cursor.fetchall()}

    return World()


def test_the_warehouse_finds_what_the_filter_finds(world):
    world.arrive(*articles())
    assert world.find().read == len(articles())
    url = {article.id: article.url for article in articles()}
    found = world.events()
    for one, event in truth().items():
        assert (found[url[one]][0] is None) == (event is None)
        for other, other_event in truth().items():
            if event is not None and other_event is not None:
                assert (found[url[one]][0] == found[url[other]][0]) == (event == other_event)


def test_a_second_run_changes_nothing(world, cursor):
    world.arrive(*articles())
    world.find()
    assert world.find(25) == EventReport()
    cursor.execute("update news.story set event_due = true")
    again = world.find(26)
    assert (again.read, again.placed, again.closed) == (len(articles()), 0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_order_of_arrival_changes_nothing(world, cursor, seed):
    given = articles()
    world.arrive(*given)
    world.find()
    expected = world.events()
    cursor.execute("set session_replication_role = replica")
    cursor.execute("truncate news.article, news.story cascade")
    cursor.execute("set session_replication_role = origin")
    chance = random.Random(seed)
    chance.shuffle(given)
    for number, article in enumerate(given):
        world.arrive(article)
        if chance.random() < 0.5 or number == len(given) - 1:
            world.find(24 + number)
    assert world.events() == expected


def test_what_was_believed_before_stays_readable(world, cursor):
    given = articles()
    world.arrive(*given[1:])
    world.find(24)
    before = world.events()
    world.arrive(given[0])
    world.find(30)
    assert world.events()[given[1].url][0] == given[0].url != before[given[1].url][0]
    cursor.execute(
        "select count(*) from news.event_member where valid_from <= %(then)s and valid_to > %(then)s",
        {"then": NOW + timedelta(hours=25)},
    )
    assert cursor.fetchone()[0] > 0


def test_views_say_who_was_first_who_was_silent_and_who_differs(world, cursor):
    world.arrive(*articles())
    world.find()
    cursor.execute("set role analyst")
    cursor.execute("select title, independent_reports, cardinality(outlets), languages from news.events "
                   "order by first_reported_at")  # fmt: skip
    found = cursor.fetchall()
    assert found[0][1:] == (7, 7, ["en", "es", "zh"])
    cursor.execute(
        "select outlet, silent from news.event_coverage join news.events using (event_id) where independent_reports = 7"
    )
    silent = dict(cursor.fetchall())
    assert silent["outlet9"]
    assert not silent["outlet0"]
    cursor.execute("select events, stories from news.storylines order by first_reported_at")
    assert cursor.fetchall() == [(2, 9), (1, 2)]
    cursor.execute("select term, stories, of_stories from news.event_differences where kind = 'number'")
    assert ("23", 2, 2) not in cursor.fetchall()


def test_people_are_obeyed(world, cursor):
    world.arrive(*articles())
    world.find()
    cursor.execute(
        """
        insert into news.correction (kind, article_id, other_article_id, said_by, said_at)
        select 'same_event', one.article_id, other.article_id, 'editor', now()
        from news.article as one, news.article as other where one.url like '%/7' and other.url like '%/0'
        """
    )
    cursor.execute("update news.story set event_due = true")
    world.find(30)
    found = world.events()
    url = {article.id: article.url for article in articles()}
    assert found[url["r7"]] == found[url["r8"]] == found[url["r0"]]
