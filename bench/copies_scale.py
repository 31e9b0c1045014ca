"""Copies: what linking 1,000 new articles costs in a warehouse of 10,000, 100,000 and 1,000,000.

    python -m bench.copies_scale [--sizes N …]

Writes the figures and the query plans to docs/copies.md; with `--sizes` they are printed instead. A million articles
take about ten minutes and 6 GB of disk.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg2

from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from wirewatch.copies.fingerprint import SKETCH
from wirewatch.copies.linking import link_copies
from wirewatch.copies.thresholds import COMMON, MAX_CANDIDATES, OVERSIZED, SURE
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import named_queries
from wirewatch.warehouse.migrations import migrate

SIZES = (10_000, 100_000, 1_000_000)
NEW = 1_000
PER_DAY = 2_000
"""Articles of one day: about what 150 feeds bring."""

WORDS = 20_000
LENGTH = 400
"""Words of a new article."""

START = datetime(2026, 1, 5, tzinfo=UTC)

_FILL = """
with added as (
    insert into news.article (outlet_id, url, url_key, first_seen_at)
    select 1 + n %% 50, 'https://filled.example/' || n, 'filled.example/' || n,
        %(start)s::timestamptz + n * interval '1 day' / %(per_day)s
    from generate_series(%(first)s::bigint, %(last)s::bigint) as n
    returning article_id, first_seen_at
), worded as (
    insert into news.article_version (article_id, version, title, text, text_digest, language, extractor, extracted_at)
    select article_id, 1, 'Filled ' || article_id, 'Filled ' || article_id, md5(article_id::text), 'en', 'bench',
        first_seen_at
    from added
)
insert into news.fingerprint (
    article_id, version, method, seen_at, language, digest, sketch, facts, sentences, sentence_keys
)
select article_id, 1, 'bench', first_seen_at, case when article_id %% 4 = 0 then 'zh' else 'en' end,
    hashint8extended(article_id, 1),
    array(select hashint8extended(article_id * 100 + k, 2) from generate_series(1, %(sketch)s) as k),
    array(
        select hashint8extended((power(random(), 3) * 20000)::bigint + 1000000 * (article_id / %(per_day)s / 7), 3)
        from generate_series(1, 12)
    ),
    array(select hashint8extended(article_id * 100 + k, 4) from generate_series(1, 25) as k),
    array(select hashint8extended(article_id * 100 + k, 5) from generate_series(1, 25) as k)
from added
"""
_SETTLE = """
insert into news.story (origin_article_id, origin_reason, updated_at)
select article_id, 'only_article', first_seen_at from news.article where story_id is null;
update news.article set story_id = story.story_id, linked_at = first_seen_at
from news.story where origin_article_id = article_id and article.story_id is null;
"""
_INDEXES = ("fingerprint_sketch", "fingerprint_facts", "fingerprint_sentence_keys")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fills, links, measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.copies_scale", description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", nargs="+", type=int, help="these sizes, printed only")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wirewatch-scale-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            text = measure(server.dsn("postgres"), Path(folder), asked.sizes or SIZES)
        finally:
            server.stop()
    if asked.sizes:
        print(text)
    else:
        write_generated(DOCS / "copies.md", text, by="copies_scale")
        print("written to docs/copies.md")


def measure(dsn: str, folder: Path, sizes: Sequence[int]) -> str:
    """The figures for each size, as Markdown."""
    migrate(dsn)
    settings = Settings(home=folder / "home", batch_minutes=60)
    rows, plans = [], ""
    with Warehouse(dsn) as warehouse, closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            """
            insert into news.outlet (key, name, country, language, kind, ownership, perspective)
            select 'outlet_' || n, 'Outlet ' || n, 'US', 'en', 'newspaper', 'private', 'us'
            from generate_series(1, 50) as n
            """
        )
        filled = 0
        put_new(cursor, -1, 50)
        link_copies(warehouse, settings, list)
        for size in sizes:
            fill(cursor, filled, size)
            filled = size
            put_new(cursor, size, NEW)
            backend = server_process(cursor)
            began, ours, theirs = time.perf_counter(), time.process_time(), cpu_seconds(backend)
            report = link_copies(warehouse, settings, list)
            seconds = time.perf_counter() - began
            ours, theirs = time.process_time() - ours, cpu_seconds(backend) - theirs
            cursor.execute("select pg_size_pretty(pg_total_relation_size('news.fingerprint'))")
            cost = ours + theirs
            times = [f"{value:.1f}" for value in (cost, ours, theirs, seconds)]
            rows.append([f"{size:,}", report.linked, report.links, *times, cost, cursor.fetchone()[0]])
            print(f"{size:,}: {report.linked} linked in {cost:.1f} s of CPU, {seconds:.1f} s", flush=True)
            plans = candidate_plan(cursor)
    heads = ["articles before", "linked", "links", "CPU seconds", "ours", "Postgres", "wall", "growth", "fingerprints"]
    lines = ["| " + " | ".join(heads) + " |", "| --- " * len(heads) + "|"]
    for *cells, cost, size in rows:
        lines.append("| " + " | ".join(map(str, [*cells, f"{cost / rows[0][-2]:.2f}", size])) + " |")
    return "\n".join(
        [
            f"{NEW:,} new articles of {LENGTH} words, a third of them copies, linked in a warehouse that "
            f"got {PER_DAY:,} articles a day (embedded Postgres, one connection, reading the texts included). Growth "
            "is of CPU seconds; wall time depends on what else the machine does.",
            "",
            *lines,
            "",
            f"Plan of `copy_candidates` at {sizes[-1]:,}:",
            "",
            "```",
            plans,
            "```",
        ]
    )


def server_process(cursor) -> psutil.Process:
    """The server's process that works for the warehouse's connection."""
    cursor.execute("select pid from pg_stat_activity where application_name = 'wirewatch'")
    return psutil.Process(cursor.fetchone()[0])


def cpu_seconds(process: psutil.Process) -> float:
    """What it has used."""
    times = process.cpu_times()
    return times.user + times.system


def fill(cursor, first: int, last: int) -> None:
    """Fills the warehouse with fingerprints of articles that are like no others."""
    cursor.execute("select indexname, indexdef from pg_indexes where indexname = any (%s)", [list(_INDEXES)])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"drop index news.{name}")
    for start in range(first, last, 50_000):
        end = min(start + 50_000, last) - 1
        cursor.execute(_FILL, {"start": START, "per_day": PER_DAY, "first": start, "last": end, "sketch": SKETCH})
    cursor.execute(_SETTLE)
    cursor.execute("set maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.execute("vacuum analyze news.article, news.article_version, news.fingerprint, news.story")


def put_new(cursor, size: int, count: int) -> None:
    """Stores new articles at the end of the warehouse's time, a third of them copies of the one before."""
    chance = random.Random(size)
    seen = START + timedelta(days=max(size, 0) / PER_DAY)
    text = ""
    for number in range(count):
        if number % 3 == 2:
            sentences = text.split("\n")
            text = "\n".join(sentences[: len(sentences) * 4 // 5])
        else:
            text = "\n".join(
                " ".join(f"word{chance.randrange(WORDS)}" for _ in range(20)) + "." for _ in range(LENGTH // 20)
            )
        key = f"new.example/{size}/{number}"
        cursor.execute(
            """
            with added as (
                insert into news.article (outlet_id, url, url_key, first_seen_at)
                values (%(outlet)s, 'https://' || %(key)s, %(key)s, %(seen)s) returning article_id
            )
            insert into news.article_version (
                article_id, version, title, text, text_digest, language, extractor, extracted_at
            )
            select article_id, 1, %(key)s, %(text)s, md5(%(text)s), 'en', 'bench', %(seen)s from added
            """,
            {"outlet": 1 + number % 50, "key": key, "text": text, "seen": seen + number * timedelta(seconds=1)},
        )


def candidate_plan(cursor) -> str:
    """How Postgres finds the candidates of the newest article."""
    cursor.execute("select article_id, sketch, digest from news.fingerprint order by article_id desc limit 1")
    article, sketch, digest = cursor.fetchone()
    cursor.execute("set enable_seqscan = off")  # As the stage has it: the query `prefer_indexes`.
    cursor.execute(
        "explain (analyze, costs off, buffers off) " + named_queries().copy_candidates.sql.replace("%%", "%"),
        {
            "article_id": article,
            "sketch": sketch * 5,
            "digest": digest,
            "canonical_key": "new.example/0/0",
            "sure": SURE,
            "common": COMMON,
            "oversized": OVERSIZED,
            "most": MAX_CANDIDATES,
        },
    )
    return "\n".join(line if len(line) < 120 else line[:90] + " …" for (line,) in cursor.fetchall())


if __name__ == "__main__":
    main()
