"""A simulated week of the sample web through every stage, without Airflow: for several tests and `make docs`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from wirewatch.articles.collecting import collect_shard
from wirewatch.copies.linking import link_copies
from wirewatch.demo import DEMO_QUERIES
from wirewatch.demo.sample_web import SampleWeb
from wirewatch.events.assigning import assign_events
from wirewatch.feeds.polling import poll_shard, sync_feeds_file
from wirewatch.ledger import close_entries
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.tending import refresh_nightly_views, refresh_views

ROUNDS = (
    datetime(2026, 3, 4, tzinfo=UTC),
    datetime(2026, 3, 6, 12, tzinfo=UTC),
    datetime(2026, 3, 8, 23, 59, tzinfo=UTC),
)
"""The sample web's clock at each round of polls: its week has 2 to 8 March."""

WEEK_QUERIES = Path(__file__).with_name("week.sql")

CLOSE_ROUNDS = (
    datetime(2026, 3, 2, 20, tzinfo=UTC),
    *ROUNDS[:2],
    datetime(2026, 3, 8, 16, tzinfo=UTC),
    ROUNDS[2],
)
"""Close enough to see pages before and after their edits."""


def week_settings(home: Path) -> Settings:
    """Settings for a newsroom on this machine, whose week lies in the past."""
    return Settings(
        home=home,
        feeds=home / "feeds.yaml",
        allow_addresses="127.0.0.0/8",
        host_delay_s=0.02,
        max_age_days=36500,
        shards=2,
        batch_minutes=3,
    )


@contextmanager
def played_week(warehouse: Warehouse, settings: Settings, rounds: Sequence[datetime] = ROUNDS) -> Iterator[SampleWeb]:
    """Collects and labels the week, a round of polls at each time; gives the sample web, which still answers."""
    with SampleWeb.running(now=rounds[0]) as newsroom:
        newsroom.write_feeds(settings.feeds)
        sync_feeds_file(warehouse, settings)
        sync_topic_files(warehouse, settings)
        for now in rounds:
            newsroom.now = now
            with warehouse.transaction() as rows:
                rows.using(DEMO_QUERIES).make_feeds_due()
            _poll_all(warehouse, settings)
            _run_all(warehouse, settings)
        yield newsroom


def fill_week(dsn: str, home: Path) -> list[dict]:
    """Plays the week into a migrated warehouse, its edits included; gives the truth about its articles."""
    settings = week_settings(home)
    settings.home.mkdir(exist_ok=True)
    with Warehouse(dsn, application="tests") as warehouse:
        with played_week(warehouse, settings, CLOSE_ROUNDS) as newsroom:
            _look_again(warehouse, settings, newsroom)
            truth = [article.as_json() for article in newsroom.truth().values()]
        refresh_views(warehouse)
        refresh_nightly_views(warehouse)
    return truth


def _look_again(warehouse: Warehouse, settings: Settings, newsroom: SampleWeb) -> None:
    """Reads the pages again that were changed or taken down, as the pipeline does after a day."""
    changed = [
        article for article in newsroom.truth().values() if article.modified != article.published or article.removed
    ]
    with warehouse.transaction() as rows:
        rows.using(WEEK_QUERIES).make_revisits_due(
            urls=[url for article in changed for url in (article.url, *article.aliases)]
        )
    _run_all(warehouse, settings)


def _poll_all(warehouse: Warehouse, settings: Settings) -> None:
    due = True
    while due:
        for shard in range(settings.shards):
            poll_shard(warehouse, settings, shard, settings.shards)
        with warehouse.transaction() as rows:
            due = rows.using(DEMO_QUERIES).demo_progress().due_feeds


def _run_all(warehouse: Warehouse, settings: Settings) -> None:
    _collect_all(warehouse, settings)
    link_copies(warehouse, settings, lambda: lexicons(warehouse, settings))
    assign_events(warehouse, settings)
    tag_topics(warehouse, settings)
    close_entries(warehouse)


def _collect_all(warehouse: Warehouse, settings: Settings) -> None:
    """Collects until no visit is due within the next minute: on a slow machine a host may be busy at its turn."""
    deadline = monotonic() + 60
    waiting = 1
    while waiting and monotonic() < deadline:
        for shard in range(settings.shards):
            collect_shard(warehouse, settings, shard, settings.shards)
        with warehouse.transaction() as rows:
            waiting = rows.using(WEEK_QUERIES).waiting_soon()
