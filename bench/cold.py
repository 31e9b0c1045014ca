"""Months in files: what a month weighs in Postgres and in files, and how long it takes to move and to bring back.

    python -m bench.cold [--articles N]

The articles of bench/synthetic.py, all of one month, with fingerprints like those that linking stores. Writes the
figures to docs/operations.md; with `--articles` they are printed instead.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg2

from bench.documents import DOCS, write_generated
from bench.synthetic import load
from tests.conftest import free_port
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.cold import cold_texts, cool, thaw
from wirewatch.warehouse.migrations import migrate

ARTICLES = 20_000
MONTH = date(2025, 1, 1)
HEAVY = ("article_version", "article_search", "fingerprint", "evidence_row")
_READS = 50

_ONE_MONTH = """
update news.article set first_seen_at = '2025-01-15', linked_at = now(), tagged_at = now(), revisit_at = null;
insert into news.fingerprint (article_id, version, method, seen_at, language, digest, sketch, facts, sentences,
    sentence_keys)
select article_id, version, 'bench', first_seen_at, 'en', hashtextextended('d', article_id), drawn.sketch,
    drawn.sketch[1:12], drawn.sketch[1:20], drawn.sketch[1:20]
from news.article
cross join lateral (
    select array_agg(hashtextextended(n::text, article_id)) as sketch from generate_series(1, 64) as n
) as drawn
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Loads, measures, writes."""
    parser = argparse.ArgumentParser(prog="python -m bench.cold", description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=ARTICLES, help="so many instead; figures are printed only")
    count = parser.parse_args(arguments).articles
    with tempfile.TemporaryDirectory(prefix="wirewatch-cold-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            text = measure(server.dsn("postgres"), Path(folder), count)
        finally:
            server.stop()
    if count == ARTICLES:
        write_generated(DOCS / "operations.md", text, by="cold")
    else:
        print(text)


def measure(dsn: str, folder: Path, count: int) -> str:
    """Moves a month of so many articles to files and back; the figures as Markdown."""
    migrate(dsn)
    load(dsn, count)
    settings = Settings(home=folder / "home")
    with closing(psycopg2.connect(dsn)) as connection, Warehouse(dsn) as warehouse:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_ONE_MONTH)
            before = _sizes(cursor)
            moved, cooling = _timed(lambda: cool(warehouse, settings, MONTH))
            during = _sizes(cursor)
            cursor.execute("select article_id from news.article")
            articles = random.Random(1).sample([row[0] for row in cursor.fetchall()], _READS)
            with warehouse.transaction() as rows:
                _, reading = _timed(lambda: [cold_texts(rows, article) for article in articles])
            _, thawing = _timed(lambda: thaw(warehouse, MONTH))
            after = _sizes(cursor)
    lines = [
        f"A month of {count:,} synthetic articles: moved in {cooling:.0f} s, one text read in "
        f"{1000 * reading / _READS:.0f} ms, "
        f"brought back in {thawing:.0f} s,\nwhile other work took most of both cores. "
        "Sizes in MB, with indexes, after `vacuum full`:\n",
        "| | in Postgres | while cold | back |",
        "|---|---:|---:|---:|",
        *(f"| `{name}` | {before[name]:.0f} | {during[name]:.0f} | {after[name]:.0f} |" for name in HEAVY),
        f"| the whole database | {before['all']:.0f} | {during['all']:.0f} | {after['all']:.0f} |",
        f"| files | | {moved.bytes / 1e6:.0f} | |",
    ]
    return "\n".join(lines)


def _sizes(cursor: psycopg2.extensions.cursor) -> dict[str, float]:
    cursor.execute("vacuum full")
    sizes = {}
    for name in HEAVY:
        cursor.execute("select pg_total_relation_size(%s::regclass) / 1e6", [f"news.{name}"])
        sizes[name] = float(cursor.fetchone()[0])
    cursor.execute("select pg_database_size(current_database()) / 1e6")
    sizes["all"] = float(cursor.fetchone()[0])
    return sizes


def _timed(work):
    began = time.monotonic()
    done = work()
    return done, time.monotonic() - began


if __name__ == "__main__":
    main()
