"""A simulated week of the newsroom through every stage, without Airflow: the answers equal the truth."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from tests.newsroom import Newsroom
from wirewatch.alarms.watching import assert_sound
from wirewatch.articles.collecting import collect_shard, waiting_shards
from wirewatch.copies.linking import link_copies
from wirewatch.feeds.polling import due_shards, poll_shard, sync_feeds_file
from wirewatch.ledger import close_entries
from wirewatch.local.truth import compare
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics

ROUNDS = [
    datetime(2026, 3, 4, tzinfo=UTC),
    datetime(2026, 3, 6, 12, tzinfo=UTC),
    datetime(2026, 3, 8, 23, 59, tzinfo=UTC),
]


@pytest.fixture
def newsroom_settings(tmp_path) -> Settings:
    return Settings(
        home=tmp_path,
        feeds=tmp_path / "feeds.yaml",
        allow_addresses="127.0.0.0/8",
        host_delay_s=0.02,
        max_age_days=36500,
        shards=2,
        batch_minutes=3,
    )


def run_all(warehouse, settings: Settings) -> None:
    for shard in due_shards(warehouse, settings.shards):
        poll_shard(warehouse, settings, shard, settings.shards)
    for shard in waiting_shards(warehouse, settings.shards):
        collect_shard(warehouse, settings, shard, settings.shards)
    link_copies(warehouse, settings)
    tag_topics(warehouse, settings)
    close_entries(warehouse)


def make_feeds_due(warehouse) -> None:
    with warehouse.transaction() as rows:
        rows.make_feeds_due()


def test_a_week_of_news(warehouse, newsroom_settings):
    with Newsroom.running(now=ROUNDS[0]) as newsroom:
        newsroom.write_feeds(newsroom_settings.feeds)
        sync_feeds_file(warehouse, newsroom_settings)
        sync_topic_files(warehouse, newsroom_settings)
        for now in ROUNDS:
            newsroom.now = now
            make_feeds_due(warehouse)
            run_all(warehouse, newsroom_settings)
        truth = [article.as_json() for article in newsroom.truth().values()]
        listed = [asdict(item) for item in newsroom.listed]
    comparison = compare(warehouse, truth, listed)
    assert comparison.holds, "\n".join(comparison.differences)
    assert_sound(warehouse)
