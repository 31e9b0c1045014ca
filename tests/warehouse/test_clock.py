"""One clock for all workers: the database's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wirewatch.warehouse import Warehouse, connection
from wirewatch.warehouse.tending import ClockReport, undo_clock_jump

_OUTLET = (
    "insert into news.outlet (key, name, country, language, kind, ownership, perspective)"
    " values ('a', 'A', 'US', 'en', 'wire', 'own', 'us')"
)
_FEED = (
    "insert into ingest.feed"
    " (outlet_id, url, name, host, added_at, next_poll_at, last_polled_at, lease_until, lease_by)"
    " select outlet_id, %s, 'f', 'a.example', now(), now() + %s, now() + %s, now() + %s, %s from news.outlet"
)
_ENTRY = (
    "insert into ingest.entry (feed_id, identity, identity_kind, url, url_key, host, title, dates, digest,"
    " first_seen_at, last_seen_at, state, state_at, next_try_at, lease_until, lease_by)"
    " select feed_id, %s, 'guid', 'http://a.example/' || %s, 'a.example/' || %s, 'a.example', 't', '[]', 'd',"
    " now(), now(), %s, now() + %s, now() + %s, now() + %s, %s from ingest.feed limit 1"
)
_HOST = (
    "insert into ingest.host (host, next_visit_at, busy_until, busy_by)"
    " values ('a.example', now() + '8 days', now() + '8 days', 'worker')"
)
_PAGE = (
    "with page as (insert into ingest.page (url, final_url, fetched_at, http_status, content_type, bytes, archive_file,"
    " archive_offset, archive_length, digest) select url, url, now(), 200, 'text/html', 1, 'f', 0, 1,"
    " 'sha1:' || repeat('A', 32) from ingest.entry where identity = '4' returning page_id)"
    " update ingest.entry set state = 'fetched', page_id = page.page_id from page where identity = '4'"
)
_DAY = timedelta(days=1)
_NONE = timedelta(0)


def test_now_is_the_database_s_time(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    with warehouse.transaction() as rows:
        before = rows.database_time()
    assert before <= warehouse.now() <= before + timedelta(seconds=5)


def test_now_is_carried_by_the_monotonic_clock(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    ticks = [1000.0]
    monkeypatch.setattr(connection, "monotonic", lambda: ticks[0])
    first = warehouse.now()
    ticks[0] += 30
    assert warehouse.now() - first == timedelta(seconds=30)
    ticks[0] += 3600
    assert abs(warehouse.now() - datetime.now(UTC)) < timedelta(minutes=1), "an old reading was carried on"


def test_a_transaction_within_a_transaction_is_refused(warehouse: Warehouse):
    with warehouse.transaction() as rows:
        rows.database_time()
        with pytest.raises(RuntimeError, match="nested transaction"):
            warehouse.transaction().__enter__()


def test_what_a_jump_put_off_is_due_again(warehouse: Warehouse, cursor):
    cursor.execute(_OUTLET)
    cursor.execute(_FEED, ("http://a.example/jumped", 9 * _DAY, 8 * _DAY, 8 * _DAY, "worker"))
    cursor.execute(_FEED, ("http://a.example/right", _DAY / 24, _NONE, timedelta(minutes=10), "worker"))
    cursor.execute(_FEED, ("http://a.example/claimed", _DAY / 24, -_DAY, 8 * _DAY, "worker"))
    cursor.execute(_ENTRY, ("1", "1", "1", "new", 8 * _DAY, 9 * _DAY, None, None))
    cursor.execute(_ENTRY, ("2", "2", "2", "fetching", 8 * _DAY, _NONE, 8 * _DAY, "worker"))
    cursor.execute(_ENTRY, ("3", "3", "3", "new", _NONE, _DAY, None, None))
    # By a worker that went by the clock of before for up to a minute after it went back.
    cursor.execute(_ENTRY, ("4", "4", "4", "fetching", _NONE, _NONE, 3 * _DAY, "worker"))
    cursor.execute(_PAGE)
    cursor.execute(_ENTRY, ("5", "5", "5", "new", _NONE, 3 * _DAY, None, None))
    cursor.execute(_HOST)

    assert undo_clock_jump(warehouse) == ClockReport(feeds=2, entries=4, articles=0, hosts=1)
    assert undo_clock_jump(warehouse) == ClockReport(feeds=0, entries=0, articles=0, hosts=0)

    cursor.execute("select url from ingest.feed where next_poll_at <= now() order by url")
    assert cursor.fetchall() == [("http://a.example/jumped",)]
    cursor.execute("select url from ingest.feed where lease_by is not null")
    assert cursor.fetchall() == [("http://a.example/right",)]
    cursor.execute("select identity from ingest.entry where coalesce(lease_until, next_try_at) <= now() order by 1")
    assert cursor.fetchall() == [("1",), ("2",), ("4",), ("5",)]
    cursor.execute("select next_visit_at < now() + interval '1 hour', busy_by from ingest.host")
    assert cursor.fetchall() == [(True, None)]
