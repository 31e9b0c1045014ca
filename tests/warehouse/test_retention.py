"""What is dropped, and that no view notices."""

from __future__ import annotations

import pytest

from wirewatch.settings import Settings
from wirewatch.warehouse.retention import drop_expired, expired


@pytest.fixture
def filled(cursor):
    """A feed with polls of seven months, the oldest of them in the default partition, and entries with revisions."""
    cursor.execute(
        """
        insert into news.outlet (key, name, country, language, kind, ownership, perspective)
        values ('desk', 'Desk', 'US', 'en', 'newspaper', 'private', 'us');
        insert into ingest.feed (outlet_id, url, name, host, added_at, next_poll_at)
        values (1, 'https://desk.example/feed', 'News', 'desk.example', now(), now());
        select ingest.make_poll_partitions((now() - interval '150 days')::date, now()::date);
        insert into ingest.poll (
            feed_id, polled_at, duration_ms, outcome, entries_listed, entries_new, overflow, health
        )
        select 1, now() - n * interval '7 hours', 5, case when n % 5 = 0 then 'unreachable' else 'new_entries' end, 9,
            n % 3, n % 11 = 0, 'healthy'
        from generate_series(0, 700) as n;
        insert into ingest.entry (
            feed_id, identity, identity_kind, url, url_key, host, title, digest, first_seen_at, last_seen_at, state,
            state_at, reason, next_try_at
        )
        select 1, n::text, 'guid', 'https://desk.example/' || n, 'desk.example/' || n, 'desk.example', 'T', 'd',
            now() - n * interval '3 days', now() - n * interval '3 days', 'dropped', now(), 'gone', now()
        from generate_series(0, 60) as n;
        insert into ingest.entry_revision (entry_id, revision, title, seen_until)
        select entry_id, 1, 'Before', first_seen_at from ingest.entry;
        -- An item that moved: its old words alone say which feed listed the article at its old address.
        with moved as (
            insert into news.article (outlet_id, url, url_key, first_seen_at)
            select outlet_id, 'https://desk.example/old', 'desk.example/old', now() - interval '90 days'
            from news.outlet limit 1
            returning article_id
        ), version as (
            insert into news.article_version (article_id, version, title, text, text_digest, extractor, extracted_at)
            select article_id, 1, 'Before it moved', 'Text.', 'd', 'test', now() from moved
        )
        insert into ingest.entry_revision (entry_id, revision, title, seen_until, article_id)
        select 1, 2, 'Before it moved', now() - interval '90 days', article_id from moved
        """
    )
    return cursor


def everything(cursor) -> dict[str, list]:
    """All rows of all views."""
    cursor.execute(
        "select relname from pg_class where relnamespace = 'news'::regnamespace and relkind = 'v' order by 1"
    )
    found = {}
    for (view,) in cursor.fetchall():
        cursor.execute(f"select view::text from news.{view} as view order by 1")
        found[view] = cursor.fetchall()
    return found


def tables(cursor) -> list[tuple[str, int]]:
    cursor.execute("select tableoid::regclass::text, count(*) from ingest.poll group by 1 order by 1")
    return cursor.fetchall()


def test_nothing_is_dropped_unless_it_is_set(filled, warehouse, settings):
    before = tables(filled)
    assert settings.retention == {}
    assert expired(warehouse, settings) == []
    assert drop_expired(warehouse, settings).rows == 0
    assert tables(filled) == before


def test_a_dry_run_says_exactly_what_goes_and_no_view_notices(filled, warehouse, settings):
    keeping = settings.model_copy(update={"retention": {"ingest.poll": 60, "ingest.entry_revision": 30}})
    views, before = everything(filled), tables(filled)
    assert views["coverage"]
    said = expired(warehouse, keeping)
    assert tables(filled) == before
    assert {part.table for part in said} > {"ingest.entry_revision"}
    dropped = drop_expired(warehouse, keeping)
    assert (dropped.parts, dropped.rows) == (len(said), sum(part.rows for part in said))
    after = tables(filled)
    assert sum(count for _, count in before) - sum(count for _, count in after) == sum(
        part.rows for part in said if part.table.startswith("ingest.poll")
    )
    assert everything(filled) == views
    filled.execute("select count(*), min(polled_at) < now() - interval '59 days' from ingest.poll")
    assert filled.fetchone()[1], "a month goes as a whole, when its last day is old enough"
    filled.execute("select title from ingest.entry_revision where seen_until < now() - interval '30 days'")
    assert filled.fetchall() == [("Before it moved",)]
    assert expired(warehouse, keeping) == []
    assert everything(filled) == views


def test_old_polls_of_the_default_partition_go_by_the_day(cursor, warehouse, settings):
    cursor.execute(
        """
        insert into news.outlet (key, name, country, language, kind, ownership, perspective)
        values ('desk', 'Desk', 'US', 'en', 'newspaper', 'private', 'us');
        insert into ingest.feed (outlet_id, url, name, host, added_at, next_poll_at)
        values (1, 'https://desk.example/feed', 'News', 'desk.example', now(), now());
        insert into ingest.poll (feed_id, polled_at, duration_ms, outcome, health)
        select 1, now() - n * interval '1 day', 5, 'nothing_new', 'healthy' from generate_series(0, 99) as n
        """
    )
    keeping = settings.model_copy(update={"retention": {"ingest.poll": 60}})
    views = everything(cursor)
    (part,) = expired(warehouse, keeping)
    assert (part.table, part.rows) == ("ingest.poll_default", 39)
    assert drop_expired(warehouse, keeping).rows == 39
    assert everything(cursor) == views
    cursor.execute("select count(*), sum(polls) from ingest.poll_day")
    assert cursor.fetchone() == (39, 39)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("news.tag=100", "news.tag can't be dropped, views need it; only ingest.poll, ingest.entry_revision can"),
        ("ingest.poll=7", "ingest.poll=7 is too short: views and checks read 60 days"),
        ("ingest.poll", "not of the form table=days"),
    ],
)
def test_a_wrong_policy_is_refused(monkeypatch, value, message):
    monkeypatch.setenv("WIREWATCH_RETENTION", value)
    with pytest.raises(Exception, match="WIREWATCH_RETENTION") as caught:
        Settings.load()
    assert message in str(caught.value)


def test_a_policy_is_read(monkeypatch):
    monkeypatch.setenv("WIREWATCH_RETENTION", "ingest.poll=400, ingest.entry_revision=90")
    assert Settings.load().retention == {"ingest.poll": 400, "ingest.entry_revision": 90}
