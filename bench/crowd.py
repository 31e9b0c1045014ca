"""What the database does for 100,000 feeds, 50,000 hosts and a million entries that wait.

    python -m bench crowd

A warehouse is filled with a day of that size as it would stand after an outage: every feed due, ten entries of each
waiting. Then the queries that the workers live on are timed, one at a time, each in a transaction of its own; and
eight processes make visits as fast as the database lets them, each visit with all of its transactions (claim, robots,
turn, page, article, turn back) and nothing else. The figures go to docs/scaling.md.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg2

from bench.collecting import postgres_cpu_s
from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from wirewatch.articles.pages import FeedWords, Page
from wirewatch.articles.storing import store_article
from wirewatch.errors import HostBusy
from wirewatch.local.postgres import Postgres
from wirewatch.records import ExtractedArticle
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.warehouse.migrations import migrate
from wirewatch.web.politeness import Politeness

FEEDS = 100_000
HOSTS = 50_000
ENTRIES = 1_000_000
SHARDS = 60
TIMES = 60
CLIENTS = 8
SECONDS = 30.0
ARTICLES_A_DAY = 10_000_000

_FILL = """
insert into news.outlet (key, name, country, language, kind, ownership, perspective)
values ('crowd', 'Crowd', 'US', 'en', 'newspaper', 'none', 'us');
insert into ingest.feed (outlet_id, url, name, host, next_poll_at, added_at)
select 1, 'https://h' || n %% %(hosts)s || '.example/feed/' || n, 'All', 'h' || n %% %(hosts)s || '.example',
    now() - n * interval '1 millisecond', now()
from generate_series(1, %(feeds)s) as n;
insert into ingest.host (host, next_visit_at, robots_status, robots_checked_at, robots_expires_at)
select 'h' || n || '.example', '-infinity', 404, now(), now() + interval '1 day'
from generate_series(0, %(hosts)s - 1) as n;
insert into ingest.entry (
    feed_id, identity, identity_kind, url, url_key, host, title, digest, first_seen_at, last_seen_at, state, state_at,
    next_try_at
)
select 1 + n %% %(feeds)s, n::text, 'guid', 'https://' || host || '/a/' || n, host || '/a/' || n, host, 'Title ' || n,
    md5(n::text), now(), now(), 'new', now(), now() - n * interval '1 millisecond'
from (select n, 'h' || n %% %(hosts)s || '.example' as host from generate_series(1, %(entries)s) as n) as entry;
"""
_SETTLE = "vacuum analyze news.outlet, ingest.feed, ingest.host, ingest.entry"


@dataclass(frozen=True, slots=True)
class Timed:
    """One query's times, in milliseconds."""

    name: str
    once_a: str
    """How often a worker asks it."""
    times: list[float]

    @property
    def p95(self) -> float:
        """Of twenty times, nineteen were no longer."""
        return quantiles(self.times, n=20)[-1]


def main() -> None:
    """Fills, measures, and writes the figures."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-crowd-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=True)
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            _fill(dsn)
            timed = _time_queries(dsn)
            before = postgres_cpu_s(dsn)
            visits = _visit_side_by_side(dsn)
            cpu_s = postgres_cpu_s(dsn) - before
            doubled = _doubled(dsn)
        finally:
            server.stop()
    text = report(timed, visits, cpu_s, doubled)
    write_generated(DOCS / "scaling.md", text, by="crowd")
    print(text)


def _fill(dsn: str) -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"feeds": FEEDS, "hosts": HOSTS, "entries": ENTRIES})
        cursor.execute(_SETTLE)
    connection.close()


def _time_queries(dsn: str) -> list[Timed]:
    until = timedelta(minutes=10)

    def at(now: datetime) -> dict[str, object]:
        return {"shards": SHARDS, "now": now}

    def claimed(now: datetime, n: int) -> dict[str, object]:
        return at(now) | {"shard": n % SHARDS, "by": "crowd", "until": now + until}

    found: list[Any] = []

    asked: tuple[tuple[str, str, Callable[[Transaction, datetime, int], object]], ...] = (
        ("due_shards", "run", lambda rows, now, _: rows.due_shards(**at(now))),
        ("claim_feeds, 16 at a time", "16 polls", lambda rows, now, n: rows.claim_feeds(**claimed(now, n), n=16)),
        ("waiting_shards", "run", lambda rows, now, _: rows.waiting_shards(**at(now))),
        (
            "adopt_known_entries",
            "task",
            lambda rows, now, n: rows.adopt_known_entries(shard=n % SHARDS, **at(now)),
        ),
        (
            "waiting_by_feed",
            "look, every 2 s",
            lambda rows, now, n: found.extend(_look(rows, n % SHARDS, now)[:2]),
        ),
        ("claim_entry", "page", lambda rows, now, n: _claim(rows, found[n % len(found)], now, now + until, "crowd")),
        (
            "begin_visit",
            "page",
            lambda rows, _, n: rows.begin_visit(host=f"h{n}.example", by="crowd", delay_s=5.0, lease_s=150.0),
        ),
    )
    timed = []
    with Warehouse(dsn) as warehouse:
        for name, once_a, ask in asked:
            times = []
            for n in range(TIMES):
                began = time.perf_counter()
                with warehouse.transaction() as rows:
                    ask(rows, datetime.now(UTC), n)
                times.append(1000 * (time.perf_counter() - began))
            timed.append(Timed(name, once_a, times))
    return timed


def _visit_side_by_side(dsn: str) -> int:
    """How many visits CLIENTS processes made in SECONDS, each on shards of its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(CLIENTS, mp_context=spawn) as pool:
        return sum(pool.map(partial(visit, dsn), range(CLIENTS)))


def visit(dsn: str, client: int) -> int:
    """Makes visits for SECONDS; gives how many."""
    return asyncio.run(_visits(dsn, client))


async def _visits(dsn: str, client: int) -> int:
    by, made, until = f"client-{client}", 0, time.monotonic() + SECONDS
    with Warehouse(dsn) as warehouse:
        politeness = Politeness(warehouse, by=by)
        looks: dict[int, list[Any]] = {}
        while time.monotonic() < until:
            shard = client + CLIENTS * (made % (SHARDS // CLIENTS))
            if not looks.get(shard):
                with warehouse.transaction() as rows:
                    looks[shard] = _look(rows, shard, datetime.now(UTC))
            made += await _visit(warehouse, politeness, looks[shard].pop(), by, f"{client}/{made}")
    return made


def _look(rows: Transaction, shard: int, now: datetime) -> list[Any]:
    """Where entries of a shard wait, as a task looks every two seconds."""
    return list(rows.waiting_by_feed(shard=shard, shards=SHARDS, suspect=False, crashes=3, now=now))


def _claim(rows: Transaction, waiting: Any, now: datetime, until: datetime, by: str) -> Any:
    return rows.claim_entry(
        host=waiting.host, feed_id=waiting.feed_id, suspect=False, crashes=3, by=by, until=until, now=now
    )


async def _visit(warehouse: Warehouse, politeness: Politeness, waiting: Any, by: str, file: str) -> bool:
    """All transactions of one article, with nothing between them."""
    now = datetime.now(UTC)
    lease = now + timedelta(minutes=10)
    with warehouse.transaction() as rows:
        entry = _claim(rows, waiting, now, lease, by)
    with warehouse.transaction() as rows:
        rows.get_robots(host=entry.host)
    try:
        async with politeness.visit(entry.host, delay_s=5.0, patience_s=0.5):
            pass  # the page would be fetched here
    except HostBusy as busy:
        with warehouse.transaction() as rows:
            rows.release_entry(entry_id=entry.entry_id, by=by, next_try_at=lease, detail=str(busy), now=now)
        return False
    with warehouse.transaction() as rows:
        page_id = rows.save_page(
            entry_id=entry.entry_id, by=by, until=lease, now=now, url=entry.url, final_url=entry.url, fetched_at=now,
            http_status=200, content_type="text/html", bytes=60_000, file=file, offset=0, length=12_000,
            digest="sha1:CROWD",
        )  # fmt: skip
    page = Page(page_id, entry.url, now, "text/html", None, b"")
    store_article(warehouse, entry, page, _article(entry.title, f"{entry.url} " * 60), _WORDS)
    return True


_WORDS = FeedWords(title=None, authors=(), language=None, dates=(), zone=None)


def _article(title: str, text: str) -> ExtractedArticle:
    return ExtractedArticle(
        title=title, text=text, authors=(), published_at=None, published_source=None, modified_at=None, dates=(),
        language="en", canonical_url=None, section=None, wire=None, dateline=None, title_source="html:heading",
        text_source="page",
        extractor="crowd",
    )  # fmt: skip


def _doubled(dsn: str) -> int:
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) - count(distinct url) from ingest.page")
        return cursor.fetchone()[0]


def report(timed: list[Timed], visits: int, cpu_s: float, doubled: int) -> str:
    """The table, and what the visits say."""
    lines = ["| query | asked once a | median | 95 % |", "|---|---|---:|---:|"]
    lines += [f"| {t.name} | {t.once_a} | {median(t.times):.1f} ms | {t.p95:.1f} ms |" for t in timed]
    lines += [
        "",
        f"{FEEDS:,} feeds due, {ENTRIES:,} entries waiting on {HOSTS:,} hosts, {SHARDS} shards. {CLIENTS} clients made "
        f"{visits / SECONDS:.0f} visits a second for {SECONDS:.0f} s, at {1000 * cpu_s / visits:.1f} ms of Postgres's "
        f"CPU time each; {doubled} pages were visited twice. "
        f"{ARTICLES_A_DAY:,} articles a day are {ARTICLES_A_DAY / 86400:.0f} a second: "
        f"{ARTICLES_A_DAY / 86400 * cpu_s / visits:.1f} cores of the primary.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
