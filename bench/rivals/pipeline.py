"""Wirewatch's stages on the same feeds, in as many processes as the plain script: what the DAGs call, no Airflow.

python -m bench.rivals.pipeline DSN HOME FEED…
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from wirewatch.articles.collecting import collect_shard, waiting_shards
from wirewatch.copies.linking import link_copies
from wirewatch.demo import DEMO_QUERIES
from wirewatch.feeds.polling import due_shards, poll_shard, sync_registry
from wirewatch.feeds.registry import Feed, Outlet, Registry
from wirewatch.ledger import close_entries
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse

SHARDS = 4


def settings(home: str) -> Settings:
    """Loopback may be visited, without a pause."""
    return Settings(
        home=Path(home), allow_addresses="127.0.0.0/8", host_delay_s=0, batch_minutes=60, max_age_days=36500
    )


def registry(feeds: list[str]) -> Registry:
    """One outlet for each feed."""
    outlets = (
        Outlet(
            key=f"site_{n}", name=f"Site {n}", homepage=f"http://{urlsplit(feed).netloc}/", country="US", language="en",
            kind="newspaper", ownership="none", perspective="us", timezone=None, feeds=(Feed("All", feed),),
        )
        for n, feed in enumerate(feeds)
    )  # fmt: skip
    return Registry(outlets=tuple(outlets), digest="peers")


def poll(dsn: str, home: str, shard: int) -> None:
    """The feeds of one shard."""
    with Warehouse(dsn) as warehouse:
        poll_shard(warehouse, settings(home), shard, SHARDS)


def collect(dsn: str, home: str, shard: int) -> None:
    """The pages of one shard."""
    with Warehouse(dsn) as warehouse:
        collect_shard(warehouse, settings(home), shard, SHARDS)


def main() -> None:
    """All stages in the order of the DAGs, as after `make up`: what a killed run held is free again."""
    dsn, home, *feeds = sys.argv[1:]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        pool.submit(os.getpid).result()  # forks all of them, before there is a connection that they would share
        _work(dsn, home, feeds, pool)


def _work(dsn: str, home: str, feeds: list[str], pool: ProcessPoolExecutor) -> None:
    with Warehouse(dsn) as warehouse:
        sync_registry(warehouse, registry(feeds), now=datetime.now(UTC))
        with warehouse.transaction() as rows:
            rows.expire_claims()
            rows.using(DEMO_QUERIES).make_feeds_due()
        list(pool.map(partial(poll, dsn, home), due_shards(warehouse, SHARDS)))
        list(pool.map(partial(collect, dsn, home), waiting_shards(warehouse, SHARDS)))
        sync_topic_files(warehouse, settings(home))
        link_copies(warehouse, settings(home), lambda: lexicons(warehouse, settings(home)))
        tag_topics(warehouse, settings(home))
        close_entries(warehouse)


if __name__ == "__main__":
    main()
