"""Four faults of a newsroom, each raised within one round, told once by mail and webhook, and closed by itself.

The stages are the real ones. What takes days in the world (a silence, a queue that waits) is put into the rows' times.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ruamel.yaml import YAML

from wirewatch.alarms.checks import When
from wirewatch.alarms.sending import send_alarms
from wirewatch.alarms.watching import CheckReport, check_data
from wirewatch.articles.collecting import collect_shard
from wirewatch.copies.linking import link_copies
from wirewatch.demo.sample_web import WEEK_END, SampleWeb
from wirewatch.feeds.polling import poll_shard, sync_feeds_file
from wirewatch.ledger import close_entries
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons

SILENT, WALLED, REDESIGNED = "127.0.0.12", "127.0.0.13", "127.0.0.15"
OUTLETS = {"harbor_ledger", "potomac_post", "tidewater_news", "old_mill_gazette", "valley_courier"}


class House:
    """A small newsroom's readers: the stages, and rounds of checking and telling."""

    def __init__(self, warehouse, cursor, settings, newsroom, channels) -> None:
        self.warehouse, self.cursor, self.settings, self.newsroom = warehouse, cursor, settings, newsroom
        self.channels = channels
        self.rounds = 0

    def poll(self) -> None:
        # The newsroom's week lies in the past: its feeds are as fresh as if it were now.
        self.cursor.execute("update ingest.feed set newest_entry_at = now() where host not like %s", (f"{SILENT}%",))
        self.cursor.execute("update ingest.feed set next_poll_at = now() - interval '1 minute'")
        poll_shard(self.warehouse, self.settings, 0, 1)

    def collect(self) -> None:
        self.cursor.execute("update ingest.entry set next_try_at = now() - interval '1 minute' where state = 'new'")
        collect_shard(self.warehouse, self.settings, 0, 1)
        link_copies(self.warehouse, self.settings, lambda: lexicons(self.warehouse, self.settings))
        tag_topics(self.warehouse, self.settings)
        close_entries(self.warehouse)

    def check(self) -> CheckReport:
        """The next round of check_warehouse."""
        self.rounds += 1
        report = check_data(self.warehouse, self.settings, When.CYCLE)
        send_alarms(self.warehouse, self.channels())
        return report

    def open_alarms(self) -> set[tuple[str, str]]:
        self.cursor.execute("select check_name, subject from news.alarms where closed_at is null")
        return set(self.cursor.fetchall())


@pytest.fixture
def house(warehouse, cursor, tmp_path, channels, inbox, webhook):
    settings = Settings(
        home=tmp_path,
        feeds=tmp_path / "feeds.yaml",
        allow_addresses="127.0.0.0/8",
        host_delay_s=0.01,
        max_age_days=36500,
        min_free_mb=0,
    )
    with SampleWeb.running(now=datetime(2026, 3, 6, tzinfo=UTC)) as newsroom:
        newsroom.write_feeds(settings.feeds)
        yaml = YAML()
        registry = yaml.load(settings.feeds)
        registry["outlets"] = [outlet for outlet in registry["outlets"] if outlet["key"] in OUTLETS]
        yaml.dump(registry, settings.feeds)
        sync_feeds_file(warehouse, settings)
        sync_topic_files(warehouse, settings)
        made = House(warehouse, cursor, settings, newsroom, channels)
        made.poll()
        cursor.execute("update ingest.feed set newest_entry_at = now()")
        made.poll()
        made.collect()
        yield made


def test_silence_wall_redesign_and_stuck_queue(house, inbox, webhook):
    newsroom, port = house.newsroom, house.newsroom.port
    assert house.check().opened == 0, house.open_alarms()

    newsroom.fail("always_unchanged", host=SILENT)
    house.cursor.execute(
        "update ingest.feed set added_at = now() - interval '60 days', newest_entry_at = now() - interval '30 days',"
        " last_new_entry_at = null where host like %s",
        (f"{SILENT}%",),
    )
    newsroom.fail("bot_wall", host=WALLED, path="/world/*")
    newsroom.fail("script_shell", host=REDESIGNED, path="/stories/*")
    newsroom.now = datetime(2026, 3, 8, 15, tzinfo=UTC)
    house.poll()
    house.collect()
    faults = {
        ("silent_feeds", f"http://{SILENT}:{port}/feed/"),
        ("bot_walls", f"{WALLED}:{port}"),
        ("broken_extraction", f"{REDESIGNED}:{port}"),
    }
    assert house.check().opened == 3
    assert house.open_alarms() == faults
    assert house.check() == CheckReport(house.check().checks, persisting=3)
    assert [len(inbox.mails), len(webhook.bodies)] == [1, 1], "told once, together"
    assert {(a["check_name"], a["subject"]) for a in webhook.bodies[0]["alarms"]} == faults

    newsroom.faults.clear()
    newsroom.now = WEEK_END
    house.poll()
    house.cursor.execute(
        "update ingest.entry set state_at = state_at - interval '3 hours', next_try_at = now() - interval '3 hours'"
        " where state = 'new'"
    )
    house.cursor.execute("update ingest.page set fetched_at = fetched_at - interval '3 hours'")
    stuck = house.check()
    assert (stuck.opened, stuck.closed) == (1, 1), "the queue stands still; the silent feed has spoken"
    assert ("stuck_queue", "collect_articles") in house.open_alarms()
    assert [len(inbox.mails), len(webhook.bodies)] == [2, 2]
    assert [a["check_name"] for a in webhook.bodies[1]["alarms"]] == ["stuck_queue"]

    house.collect()
    assert house.check().closed == 3
    assert house.open_alarms() == set()
    house.check()
    assert [len(inbox.mails), len(webhook.bodies)] == [2, 2]
    house.cursor.execute("select count(*) from news.alarms where closed_at > opened_at")
    assert house.cursor.fetchone() == (4,)
