"""The timeline by day: what a refresh of the changed days gives is what counting everything gives."""

from __future__ import annotations

import pytest

from tests.conftest import admin
from tests.warehouse.conftest import WEEK
from tests.warehouse.test_deleting import Desk
from tests.week import week_settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.tending import refresh_views

pytestmark = pytest.mark.timeout(900)  # the first test that asks for the week waits until it is played


@pytest.fixture
def desk(week_database, postgres, tmp_path):
    name = f"{WEEK}_timeline"
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name} template {WEEK}")
    with Warehouse(postgres.dsn(name), application="tests") as warehouse:
        yield Desk(warehouse, week_settings(tmp_path), postgres.dsn(name))
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")


def refreshed(desk: Desk) -> int:
    """Refreshes; how many days were counted again."""
    with desk.warehouse.transaction() as rows:
        return rows.refresh_timeline()


def timeline(desk: Desk) -> list[tuple]:
    return desk.ask("select * from news.timeline order by topic, event, day")


def counted_anew(desk: Desk) -> list[tuple]:
    desk.ask(
        "truncate ingest.timeline_count; insert into ingest.timeline_due select distinct day from news.article_search"
    )
    refreshed(desk)
    return timeline(desk)


def test_counts_are_those_of_the_views(desk):
    whole = counted_anew(desk)
    assert {row[-1] for row in whole} >= {"too little history", "as usual"}
    for topic, event, day, core, core_stories, collected, *_ in whole:
        assert (core, core_stories) == desk.ask(
            """
            select count(*), count(*) filter (where is_origin) from news.tagged
            where relevance = 'core' and topic = %s and day = %s and %s in (event, 'all')
            """,
            topic, day, event,
        )[0]  # fmt: skip
        assert [(collected,)] == desk.ask("select count(*) from news.collected where day = %s", day)
    kinds = desk.ask("select sum(cardinality(events) + 1) from news.topics")[0][0]
    assert len(whole) == kinds * desk.ask("select count(distinct day) from news.collected")[0][0]


def test_nothing_is_counted_again_when_nothing_changed(desk):
    refresh_views(desk.warehouse)
    assert refreshed(desk) == 0


@pytest.mark.parametrize(
    ("change", "days"),
    [
        ("update news.tag set valid_to = now() where tag_id = (select min(tag_id) from news.tag where {core})", 1),
        (
            """
            insert into news.tag (article_id, version, topic, rules_version, relevance, event, score, probability,
                valid_from)
            select article_id, version, topic, rules_version, 'core', event, score, probability, now()
            from news.tag where {core} order by tag_id limit 1
            """,
            1,
        ),
        (
            """
            update news.article_version set published_at = published_at - interval '2 days', title = title
            where article_id = (select min(article_id) from news.tag where {core}) and published_at is not null
            """,
            2,
        ),
        (
            """
            update news.story set origin_kind = 'agency_not_collected'
            where story_id = (select min(story_id) from news.tagged where is_origin and relevance = 'core')
            """,
            1,
        ),
    ],
    ids=["tag closed", "tag opened", "dated otherwise", "origin changed"],
)
def test_a_change_is_counted_on_its_days_alone(desk, change, days):
    refresh_views(desk.warehouse)
    before = timeline(desk)
    if "insert" in change:
        desk.ask("drop index news.tag_in_force")
    desk.ask(change.format(core="relevance = 'core' and valid_to is null"))
    assert 1 <= refreshed(desk) <= days
    after = timeline(desk)
    assert after != before
    assert counted_anew(desk) == after


def test_a_new_event_type_has_a_row_for_every_day(desk):
    refresh_views(desk.warehouse)
    desk.ask("delete from ingest.timeline_count where event = 'talks'")
    assert refreshed(desk) > 5
    after = timeline(desk)
    assert counted_anew(desk) == after
