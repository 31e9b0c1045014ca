"""Newsroom: the server time of each page on a warehouse of a million synthetic articles.

    python -m bench.newsroom [--dsn URI] [--print]

It loads a warehouse of its own, unless it is given the one that `python -m bench.million --keep FOLDER` left. Writes
the figures to docs/newsroom.md.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import psycopg2
from starlette.testclient import TestClient

from bench.documents import DOCS, write_generated
from bench.million import MILLION
from bench.synthetic import END, load
from tests.conftest import free_port
from wirewatch.local.postgres import Postgres
from wirewatch.newsroom.application import application
from wirewatch.newsroom.context import PageContext, Reader
from wirewatch.warehouse.migrations import migrate

_RUNS = 9
LIMIT_S = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """One address: how long its answers took, in seconds, and how often article text was scanned."""

    what: str
    fastest: float
    median: float
    processor: float
    """Processor time of the server, without the database's: the median."""
    text_scans: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(prog="python -m bench.newsroom", description=__doc__.split("\n")[0])
    parser.add_argument("--dsn", help="URI of a loaded warehouse")
    parser.add_argument("--print", action="store_true", help="print the figures, write nothing")
    asked = parser.parse_args(arguments)
    with _loaded(asked.dsn) as dsn, closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            text = report(_size(cursor), measure(dsn, cursor))
    if asked.print:
        print(text)
    else:
        write_generated(DOCS / "newsroom.md", text, by="newsroom")


@contextmanager
def _loaded(dsn: str | None) -> Iterator[str]:
    if dsn is not None:
        yield dsn
        return
    with tempfile.TemporaryDirectory(prefix="wirewatch-million-") as folder:
        server = Postgres(Path(folder), free_port(), durable=False)
        server.start()
        try:
            migrate(server.dsn("postgres"))
            load(server.dsn("postgres"), MILLION)
            yield server.dsn("postgres")
        finally:
            server.stop()


def addresses(cursor) -> dict[str, str]:
    """What is asked, by what it is called: each page, and those whose filters let little through."""
    cursor.execute("select story_id from news.story_topic order by reports desc, story_id limit 1")
    ((biggest,),) = cursor.fetchall()
    cursor.execute(
        "select outlet.key from news.article_search join news.outlet using (outlet_id)"
        " group by outlet.key order by count(*), outlet.key limit 1"
    )
    ((rare,),) = cursor.fetchall()
    middle = END - timedelta(days=200)
    return {
        "Stories": "/",
        "Stories, core and related": "/?relevance=any",
        "Stories, half a year down": f"/?before={round(middle.timestamp() * 1e6)}_0",
        "Stories, the rarest outlet": f"/?relevance=any&outlet={rare}",
        "Stories, no match at all": f"/?relevance=any&outlet={rare}&event=talks&language=fr&perspective=europe",
        "A story with many copies": f"/stories/{biggest}",
        "Search, a frequent phrase": "/search?q=%22Taiwan+Strait%22",
        "Search, Chinese": "/search?q=%E5%8F%B0%E6%B9%BE%E6%B5%B7%E5%B3%A1",
        "Feeds": "/feeds",
        "Pipeline, 7 days": "/pipeline",
        "Pipeline, 30 days": "/pipeline?window=30d",
        "Trends, 30 days": "/trends",
        "Trends, a year": "/trends?days=364",
        "Review": "/review",
    }


def measure(dsn: str, cursor) -> list[Measured]:
    """Asks for each page as a browser would, at the end of the synthetic year."""
    context = PageContext(
        reader=lambda: Reader("1", "bench", True), warehouse_dsn=lambda: dsn, secret="bench" * 8, now=lambda: END
    )
    client = TestClient(application(context))
    client.get("/")  # templates are read with the first answer
    return [_measured(client, cursor, what, path) for what, path in addresses(cursor).items()]


def _measured(client: TestClient, cursor, what: str, path: str) -> Measured:
    scans = _text_scans(cursor)
    took, worked = [], []
    for _ in range(_RUNS):
        begun, work = perf_counter(), process_time()
        answer = client.get(path)
        took.append(perf_counter() - begun)
        worked.append(process_time() - work)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return Measured(what, min(took), median(took), median(worked), _text_scans(cursor) - scans)


def _text_scans(cursor) -> int:
    cursor.execute("select pg_stat_clear_snapshot()")
    cursor.execute("select seq_scan from pg_stat_user_tables where relname = 'article_version'")
    return cursor.fetchone()[0]


def _size(cursor) -> str:
    cursor.execute("select count(*) from news.article")
    ((articles,),) = cursor.fetchall()
    cursor.execute("select count(*) from news.story_topic")
    ((stories,),) = cursor.fetchall()
    return f"{articles:,} articles, {stories:,} stories of the topic"


def report(size: str, found: Sequence[Measured]) -> str:
    """The figures as Markdown."""
    lines = [
        f"On {size}: server time of {_RUNS} answers in ms, goal {1000 * LIMIT_S:.0f}. The load was"
        f" {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors.",
        "",
        "| page | fastest | median | of it Python | scans of article text |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {page.what} | {1000 * page.fastest:.0f} | {1000 * page.median:.0f} | {1000 * page.processor:.0f}"
        f" | {page.text_scans} |"
        for page in found
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
