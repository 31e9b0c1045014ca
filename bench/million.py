"""Warehouse: a million synthetic articles; what each view and search answer in, and by which plans.

    python -m bench.million [--articles N] [--keep FOLDER [--port N]]

Writes the figures to docs/warehouse.md; with `--articles` they are printed instead. `--keep` leaves the loaded server
running there, and says how to reach it; given again, it measures without loading.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

import aiosql
import psycopg2

from bench.documents import DOCS, write_generated
from bench.synthetic import END, load
from tests.conftest import free_port
from wirewatch.local.postgres import Postgres
from wirewatch.warehouse.migrations import migrate

MILLION = 1_000_000
QUERIES = Path(__file__).with_name("million.sql")
SEARCHES = (
    "aircraft carrier",
    '"Taiwan Strait"',
    "destroyer -submarine",
    "ejercicios",
    "台湾海峡",
    "臺灣海峽",
    "南海",
    "解放军",
)
VIEW_LIMIT_S, SEARCH_LIMIT_S = 1.0, 0.5
_RUNS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One query: how long it takes (the median of three), what it gives, and what it scans."""

    name: str
    seconds: float
    rows: int
    text_scans: int
    """Sequential scans of the table that holds the articles' words."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Loads, measures, writes."""
    parser = argparse.ArgumentParser(prog="python -m bench.million", description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=MILLION, help="so many instead; figures are printed only")
    parser.add_argument("--keep", type=Path, help="leave the server and its data in this folder")
    parser.add_argument("--port", type=int, help="its port; a free one without")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wirewatch-million-") as folder:
        server = Postgres(asked.keep or Path(folder), asked.port or free_port(), durable=False)
        server.start()
        try:
            text = measure(server.dsn("postgres"), asked.articles)
        finally:
            if asked.keep is None:
                server.stop()
    if asked.keep:
        print(f"kept: {server.dsn('postgres')} under {asked.keep}")
    if asked.articles == MILLION:
        write_generated(DOCS / "warehouse.md", text, by="million")
        print("written to docs/warehouse.md")
    else:
        print(text)


def measure(dsn: str, articles: int) -> str:
    """Loads so many articles, unless they are there, and gives the figures as Markdown."""
    migrate(dsn)
    with closing(psycopg2.connect(dsn, options="-c timezone=UTC -c random_page_cost=1.1")) as connection:
        if not _one(connection, "select exists (select from news.article)"):
            began = time.monotonic()
            load(dsn, articles)
            print(f"loaded in {time.monotonic() - began:.0f} s", flush=True)
        size = _one(connection, "select pg_size_pretty(pg_database_size(current_database()))")
        return report(articles, size, ask_views(connection), ask_searches(connection))


def _one(connection, query: str):
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def ask_views(connection) -> list[Measured]:
    """Asks each view for the last whole month of the data, as million.sql says."""
    since = (END - timedelta(days=32)).replace(day=1)
    until = (since + timedelta(days=32)).replace(day=1)
    month = {"since": since, "until": until}
    queries = aiosql.from_path(QUERIES, "psycopg2", encoding="utf-8", mandatory_parameters=False)
    names = [name for name in queries.available_queries if not name.endswith("_cursor")]
    return [_measured(connection, name, getattr(queries, name).sql, month) for name in names]


def ask_searches(connection) -> list[Measured]:
    """Searches everything, and the tagged articles of three months."""
    found = []
    for query in SEARCHES:
        found.append(_measured(connection, query, "select * from news.search(%(query)s)", {"query": query}))
    limited = "select * from news.search(%(query)s, since => %(since)s, relevance => 'tagged')"
    for query in SEARCHES[:1] + SEARCHES[4:5]:
        since = END - timedelta(days=90)
        found.append(_measured(connection, f"{query}, tagged, 90 days", limited, {"query": query, "since": since}))
    return found


def _measured(connection, name: str, query: str, parameters: dict) -> Measured:
    times = []
    for _ in range(_RUNS):
        with connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(query, parameters)
            rows = len(cursor.fetchall())
            times.append(time.perf_counter() - began)
            cursor.execute(
                "select seq_scan from pg_stat_xact_user_tables where relid = 'news.article_version'::regclass"
            )
            (scans,) = cursor.fetchone()
            scans += _planned_scans(cursor, query, parameters)
        connection.rollback()
    return Measured(name, median(times), rows, scans)


def _planned_scans(cursor, query: str, parameters: dict) -> int:
    """Sequential scans of the words in the plan: those of parallel workers aren't in the session's counters."""
    cursor.execute("explain (format json) " + query, parameters)
    plan = json.dumps(cursor.fetchone()[0])
    return plan.count(
        '"Node Type": "Seq Scan", "Parallel Aware": true, "Async Capable": false, "Relation Name": "article_version"'
    )


def report(articles: int, size: str, views: list[Measured], searches: list[Measured]) -> str:
    """The figures as Markdown."""

    def table(head: str, rows: list[Measured], limit_s: float) -> list[str]:
        lines = [f"| {head} | ms | rows | within {limit_s * 1000:.0f} ms |", "| --- | ---: | ---: | --- |"]
        for row in rows:
            verdict = "yes" if row.seconds <= limit_s else "**no**"
            lines.append(f"| {row.name} | {row.seconds * 1000:.0f} | {row.rows} | {verdict} |")
        return lines

    scans = sum(row.text_scans for row in views + searches)
    busy = f"{os.getloadavg()[0]:.0f} processes shared {os.cpu_count()} cores"
    return "\n".join(
        [
            f"{articles:,} articles of a year (database {size}), embedded Postgres with its defaults, one connection, "
            f"median of {_RUNS} runs, while {busy}. Sequential scans of the articles' words in all of these queries: "
            f"{scans}.",
            "",
            *table("view, a month (`bench/million.sql`)", views, VIEW_LIMIT_S),
            "",
            *table("search, a year unless said", searches, SEARCH_LIMIT_S),
        ]
    )


if __name__ == "__main__":
    main()
