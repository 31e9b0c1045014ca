"""Events: what 1,000 new stories cost in a small and in a large warehouse.

    python -m bench.events_scale [STORIES …]

Writes the figures to docs/events.md. Needs nothing but the embedded Postgres.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
from psycopg2.extras import execute_values

from bench.copies import table
from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from wirewatch.events.assigning import METHOD, assign_events
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

SIZES = (10_000, 1_000_000)
A_DAY = 2_000
NEW = 1_000
WORDS = [f"word{n}" for n in range(20_000)]
END = datetime(2026, 3, 1, tzinfo=UTC)


def main() -> None:
    """Measures and writes."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    rows = [(size, *measure(size)) for size in sizes]
    cells = [
        [f"{size:,}", placed, f"{cpu:.1f}", f"{wall:.1f}", f"{cpu / rows[0][2]:.2f}"]
        for size, placed, cpu, wall in rows
    ]
    text = (
        f"{NEW:,} new stories in a warehouse that got {A_DAY:,} a day (embedded Postgres, one connection, reading the "
        "texts included). CPU of our process.\n\n"
        + table(["stories before", "memberships written", "CPU seconds", "wall", "growth"], cells)
    )
    write_generated(DOCS / "events.md", text, by="events_scale")
    print(text)


def measure(size: int) -> tuple[int, float, float]:
    """(memberships written, CPU seconds, seconds) of the new stories after `size` others."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-events-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            fill(dsn, size)
            with Warehouse(dsn) as warehouse:
                settings = Settings(home=Path(folder) / "home")
                while assign_events(warehouse, settings, now=END).read:
                    pass  # the last days, whose events the new ones join; a call ends after some minutes
                add(dsn, range(size, size + NEW), END, due=True)
                cpu, wall = time.process_time(), time.monotonic()
                report = assign_events(warehouse, settings, now=END + timedelta(hours=12))
                return report.placed, time.process_time() - cpu, time.monotonic() - wall
        finally:
            server.stop()


def fill(dsn: str, size: int) -> None:
    """Stories of the past: all are read, and those of the last days wait for their events."""
    for start in range(0, size, 20_000):
        numbers = range(start, min(size, start + 20_000))
        first = END - timedelta(days=(size - start) / A_DAY)
        add(dsn, numbers, first, due=start + 20_000 >= size)


def add(dsn: str, numbers: range, first: datetime, *, due: bool) -> None:
    """Articles, each a story of its own; a happening of the day is told by about ten of them."""
    chance = random.Random(numbers.start)
    step = timedelta(days=1) / A_DAY
    times = [first + step * place for place in range(len(numbers))]
    texts = [(headline(chance, number, time), " ".join(chance.choices(WORDS, k=40)))
             for number, time in zip(numbers, times, strict=True)]  # fmt: skip
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into news.outlet (key, name, country, language, kind, ownership, perspective)"
            " values ('bench', 'Bench', 'US', 'en', 'newspaper', 'private', 'us') on conflict do nothing"
        )
        execute_values(
            cursor,
            "insert into news.article (article_id, outlet_id, url, url_key, first_seen_at) overriding system value"
            " select v.id, outlet_id, 'https://b.example/' || v.id, 'b.example/' || v.id, v.at::timestamptz"
            " from (values %s) as v (id, at), news.outlet where key = 'bench'",
            list(zip(numbers, times, strict=True)),
        )
        execute_values(
            cursor,
            "insert into news.article_version (article_id, version, title, text, text_digest, published_at,"
            " published_source, language, extractor, extracted_at) values %s",
            [
                (n, 1, title, text, str(n), at, "bench", "en", "bench", at)
                for n, at, (title, text) in zip(numbers, times, texts, strict=True)
            ],
        )
        execute_values(
            cursor,
            "insert into news.story (origin_article_id, origin_reason, origin_kind, updated_at, event_due) values %s",
            [(n, "only_article", "own_report", at, due) for n, at in zip(numbers, times, strict=True)],
        )
        if not due:
            cursor.execute(
                "insert into news.event_reading select story_id, origin_article_id, 1, %s, updated_at, 'news', false,"
                " false, '{a}', '{a}', '{1}' from news.story where not event_due on conflict do nothing",
                [METHOD],
            )


def headline(chance: random.Random, number: int, time: datetime) -> str:
    """Words of one of the day's happenings, and some of its own."""
    happening = random.Random(f"{time.date()} {chance.randrange(A_DAY // 10)}")
    return " ".join([*happening.choices(WORDS, k=5), *chance.choices(WORDS, k=3)])


if __name__ == "__main__":
    main()
