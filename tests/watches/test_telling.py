"""Watches on the sample week: each story or event is told once to each watcher and none is missed, also under kills."""

from __future__ import annotations

import functools
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
import pytest

from tests.conftest import ROOT, admin
from tests.warehouse.conftest import WEEK, week_database  # noqa: F401 - a fixture
from wirewatch.alarms.outside import Address, to_webhook
from wirewatch.alarms.sending import Channel, NotSent
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.watches.telling import sync_watch_file, tell_watches

pytestmark = pytest.mark.timeout(900)

WATCHES = """\
watches:
- {key: core, owner: a, relevance: core}
- {key: events, owner: a, relevance: core, per: event}
- {key: strait, owner: b, query: '"Taiwan Strait" or 台湾海峡'}
- {key: talks, owner: b, event: talks, per: event, digest_hour: 0}
- {key: prc, owner: c, relevance: tagged, bloc: prc}
- {key: elsewhere, owner: c, relevance: core, channels: [slack]}
"""
CHILD = """
import functools, sys
from wirewatch.alarms.outside import Address, to_webhook
from wirewatch.alarms.sending import Channel, NotSent
from wirewatch.warehouse import Warehouse
from wirewatch.watches.telling import tell_watches
dsn, url = sys.argv[1:]
with Warehouse(dsn) as warehouse:
    try:
        tell_watches(warehouse, [Channel("webhook", functools.partial(to_webhook, Address("http", url)))])
    except NotSent:
        sys.exit(3)
"""


@dataclass
class Receiver:
    """A webhook that keeps what it takes, by the message's number, and can be slow or refuse."""

    url: str = ""
    taken: dict[str, dict] = field(default_factory=dict)
    repeated: int = 0
    slow_s: float = 0.0
    refuse: int = 0
    """Refuses every so manieth message; 0: none."""
    asked: int = 0

    def subjects(self) -> Counter[tuple[str, str]]:
        """How often each subject was told, by watch."""
        return Counter(
            (message["watch"], item["subject"]) for message in self.taken.values() for item in message["items"]
        )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked += 1
            time.sleep(found.slow_s)
            refused = found.refuse and found.asked % found.refuse == 0
            if not refused:
                found.repeated += message["id"] in found.taken
                assert found.taken.setdefault(message["id"], message) == message, "a repetition says the same"
            try:
                self.send_response(503 if refused else 204)
                self.end_headers()
            except OSError:
                pass  # the sender was killed

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    yield found
    server.shutdown()


@pytest.fixture
def dsn(postgres, week_database) -> Iterator[str]:  # noqa: F811
    """A copy of the sample week that can be changed."""
    name = f"watched_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with admin(postgres) as opened:
        opened.execute(f"drop database if exists {name} with (force)")
        opened.execute(f"create database {name} template {WEEK}")
        yield postgres.dsn(name)
        opened.execute(f"drop database {name} with (force)")


@pytest.fixture
def week_copy(dsn, tmp_path) -> Iterator[tuple[Warehouse, psycopg2.extensions.cursor]]:
    """Its warehouse with the watches, which were made before the week, and a cursor."""
    file = tmp_path / "watches.yaml"
    file.write_text(WATCHES)
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with Warehouse(dsn) as warehouse, connection.cursor() as cursor:
        sync_watch_file(warehouse, Settings(home=tmp_path, watches=file))
        cursor.execute("update news.watch set told_from = '2020-01-01'")
        # As if the week had been collected today, whenever it was played.
        cursor.execute("update news.article set first_seen_at = now() - interval '1 hour'")
        yield warehouse, cursor
    connection.close()


def to(receiver: Receiver) -> list[Channel]:
    return [Channel("webhook", functools.partial(to_webhook, Address("http", receiver.url)))]


def wanted(cursor) -> set[tuple[str, str]]:
    """What each watcher is to be told, from the tables below the function that watches ask."""
    cursor.execute(
        """
        with core as (
            select article.story_id, member.event_id, tag.event, tag.relevance, outlet.perspective
            from news.article join news.tag using (article_id) join news.outlet using (outlet_id)
            join news.event_member as member using (story_id)
            where tag.valid_to is null and member.valid_to is null and tag.relevance <> 'none'
        ), by_event as (
            select *, coalesce('event:' || event_id, 'story:' || story_id) as subject from core where relevance = 'core'
        )
        select 'Core', 'story:' || story_id from core where relevance = 'core'
        union select 'Events', subject from by_event
        union select 'Talks', subject from by_event where event = 'talks'
        union select 'Prc', 'story:' || story_id from core where perspective = 'prc'
        union select 'Strait', 'story:' || article.story_id
        from news.article join news.article_version using (article_id, version)
        where title || text ~* '\\mTaiwan\\W+Straits?\\M|台[湾灣]海[峡峽]|臺[湾灣]海[峡峽]'
        """
    )
    return set(cursor.fetchall())


def test_each_story_is_told_once(week_copy, receiver):
    warehouse, cursor = week_copy
    report = tell_watches(warehouse, to(receiver))
    assert set(receiver.subjects()) == wanted(cursor)
    assert set(receiver.subjects().values()) == {1}
    assert report.items == len(wanted(cursor))
    assert tell_watches(warehouse, to(receiver)).messages == 0
    assert receiver.repeated == 0


def test_each_story_is_told_once_and_none_is_missed_under_kills(week_copy, receiver, dsn):
    warehouse, cursor = week_copy
    receiver.slow_s, receiver.refuse = 0.05, 5
    expected = wanted(cursor)
    cursor.execute("select story_id from news.story where merged_into is null order by story_id")
    stories = [story for (story,) in cursor.fetchall()]
    cursor.execute("update news.article set first_seen_at = '2019-01-01'")
    chance = random.Random(7)
    chance.shuffle(stories)
    killed = 0
    for n in range(24):
        # More of the week arrives while the teller is killed at any instant.
        cursor.execute("update news.article set first_seen_at = now() where story_id = any (%s)", [stories[n::24]])
        child = subprocess.Popen([sys.executable, "-c", CHILD, dsn, receiver.url], cwd=ROOT)
        try:
            child.wait(timeout=chance.uniform(0.2, 1.6))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            killed += 1
    # What is told once a day may have been told before the rest of the week arrived: the next day tells it.
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    receiver.refuse = 0
    tell_watches(warehouse, to(receiver))
    tell_watches(warehouse, to(receiver), now=tomorrow)
    assert killed >= 5
    assert set(receiver.subjects()) == expected
    assert set(receiver.subjects().values()) == {1}


def test_what_a_channel_refuses_is_sent_again_under_the_same_number(week_copy, receiver):
    warehouse, cursor = week_copy
    receiver.refuse = 1
    with pytest.raises(NotSent, match="did not take message 1 of watch"):
        tell_watches(warehouse, to(receiver))
    cursor.execute("select min(tries), bool_and(error is not null), count(sent_at) from news.watch_message")
    assert cursor.fetchone() == (1, True, 0)
    receiver.refuse = 0
    assert tell_watches(warehouse, to(receiver)).messages == 5
    assert set(receiver.subjects()) == wanted(cursor)


def test_a_digest_goes_out_once_a_day_from_its_hour_on(week_copy, receiver):
    warehouse, cursor = week_copy
    cursor.execute("update news.watch set digest_hour = 9 where key = 'core'")
    cursor.execute("update news.watch set paused_at = now() where key <> 'core'")
    day = datetime.now(UTC).replace(hour=8)
    assert tell_watches(warehouse, to(receiver), now=day).messages == 0
    assert tell_watches(warehouse, to(receiver), now=day.replace(hour=10)).messages == 1
    cursor.execute("delete from news.watch_item where subject = (select min(subject) from news.watch_item)")
    assert tell_watches(warehouse, to(receiver), now=day.replace(hour=11)).messages == 0
    assert tell_watches(warehouse, to(receiver), now=day.replace(hour=9) + timedelta(days=1)).messages == 1


def test_stories_that_are_joined_later_are_not_told_again(week_copy, receiver):
    warehouse, cursor = week_copy
    tell_watches(warehouse, to(receiver))
    told = len(receiver.taken)
    cursor.execute(
        "update news.article set story_id = (select min(story_id) from news.story_topic where relevance = 'core')"
        " where story_id in (select story_id from news.story_topic where relevance = 'core')"
    )
    assert tell_watches(warehouse, to(receiver)).messages == 0
    assert len(receiver.taken) == told


def test_what_is_listed_in_a_pause_or_long_ago_is_not_told(week_copy, receiver):
    warehouse, cursor = week_copy
    cursor.execute("update news.watch set key = null where key = 'core'")  # made on a page
    cursor.execute("update news.watch set paused_at = now()")
    assert tell_watches(warehouse, to(receiver)).watches == 0
    with warehouse.transaction() as rows:
        for watch in rows.watches_in_force():
            rows.pause_watch(watch_id=watch.watch_id, paused=False)
    assert tell_watches(warehouse, to(receiver)).messages == 0
    cursor.execute("update news.watch set told_from = '2020-01-01', paused_at = null")
    cursor.execute("update news.article set first_seen_at = now() - interval '8 days'")
    assert tell_watches(warehouse, to(receiver)).messages == 0


def test_a_burst_is_told_once(week_copy, receiver):
    warehouse, cursor = week_copy
    cursor.execute("update news.watch set paused_at = now()")
    cursor.execute(
        "insert into news.watch (name, owner, filters, per, told_from)"
        """ values ('Bursts', 'a', '{"event": "exercise_deployment"}', 'burst', '2026-03-01')"""
    )
    tell_watches(warehouse, to(receiver))
    cursor.execute("select day from news.timeline where event = 'exercise_deployment' and level = 'burst'")
    days = [day for (day,) in cursor.fetchall()]
    assert days
    assert receiver.subjects() == {("Bursts", f"burst:us_china_military:exercise_deployment:{day}"): 1 for day in days}
    assert tell_watches(warehouse, to(receiver)).messages == 0


def test_the_file_is_obeyed(week_copy, tmp_path):
    warehouse, cursor = week_copy
    file = tmp_path / "watches.yaml"
    settings = Settings(home=tmp_path, watches=file)
    file.write_text("watches:\n- {key: core, owner: z, event: talks, paused: true}\n")
    assert sync_watch_file(warehouse, settings).watches == 1
    cursor.execute("select key, owner, filters, paused_at is null from news.watch where retired_at is null")
    assert cursor.fetchall() == [("core", "z", {"event": "talks"}, False)]
    file.write_text("watches:\n- {key: core, owner: z, event: talks}\n")
    sync_watch_file(warehouse, settings)
    cursor.execute("select paused_at, told_from > now() - interval '1 minute' from news.watch where key = 'core'")
    assert cursor.fetchall() == [(None, True)]
