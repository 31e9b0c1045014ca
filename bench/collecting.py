"""Pages that collect keeps per second of CPU, against bare trafilatura on the same pages.

Recorded pages are served on loopback; collect does all of its work on them (robots.txt, turns, fetch, archive,
extraction in a child process, articles) in a process of its own, whose CPU time is taken with its children's, start
included. Postgres is counted apart, and judged with it. The same pages go through `trafilatura.extract` and nothing
else in the same run, before and after: the mean is taken, for the speed of a busy machine changes.

The figures go to docs/reliability.md. Needs the recorded pages (../shared/data/pages).
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg2
import trafilatura
from aiohttp import web
from psycopg2.extras import execute_values

from bench.documents import DOCS, write_generated
from bench.extraction import PAGES, SETS, recorded_pages
from tests.conftest import free_port
from wirewatch.articles.collecting import collect_shard
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.text.urls import host_key, url_key
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

ROUNDS = 3
"""How often each page is collected, at another address each time: the start of the process weighs less."""

HOSTS = 8
GOAL = 0.90
"""Share of bare trafilatura's pages per CPU-second that collect should keep."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run cost. Times in seconds."""

    pages: int
    articles: int
    collect_cpu_s: float
    collect_wall_s: float
    postgres_cpu_s: float
    trafilatura_cpu_s: float

    @property
    def share(self) -> float:
        """Pages per CPU-second of collect, its database included, as a share of bare trafilatura's."""
        return self.trafilatura_cpu_s / (self.collect_cpu_s + self.postgres_cpu_s)


def main() -> None:
    """Runs both and writes the figures."""
    if sys.argv[1:2] == ["work"]:
        work(*sys.argv[2:])
        return
    if not PAGES.is_dir():
        print("collecting: skipped, it needs the recorded material beside the project, which is not part of it")
        return
    bodies = [page.html for name in SETS for page in recorded_pages(name)] * ROUNDS
    figures = measure(bodies)
    write_generated(DOCS / "reliability.md", report(figures), by="collecting")
    print(report(figures))


def measure(bodies: list[bytes]) -> Figures:
    """Collect `bodies` and extract them plainly."""
    trafilatura.extract(bodies[0])  # what it loads once is not timed
    plain_cpu_s = plain(bodies)
    with tempfile.TemporaryDirectory(prefix="wirewatch-collecting-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            with serving(bodies) as urls:
                enter(dsn, urls)
                before = postgres_cpu_s(dsn)
                began = time.monotonic()
                child = subprocess.Popen(
                    [sys.executable, "-m", "bench.collecting", "work", dsn, folder], stdout=subprocess.PIPE, text=True
                )
                said, _ = child.communicate()
                if child.returncode:
                    sys.exit(f"collect failed with status {child.returncode}: its own message is above")
                collect_wall_s = time.monotonic() - began
                database_cpu_s = postgres_cpu_s(dsn) - before
            with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
                cursor.execute("select count(*) from news.article")
                articles = cursor.fetchone()[0]
        finally:
            server.stop()
    plain_cpu_s = (plain_cpu_s + plain(bodies)) / 2
    return Figures(len(bodies), articles, float(said.split()[-1]), collect_wall_s, database_cpu_s, plain_cpu_s)


def plain(bodies: list[bytes]) -> float:
    """CPU time of `trafilatura.extract` on `bodies`, in seconds."""
    began = time.process_time()
    for body in bodies:
        trafilatura.extract(body)
    return time.process_time() - began


def work(dsn: str, folder: str) -> None:
    """What the measured process does; prints its CPU time, with its children's and its start."""
    settings = Settings(home=Path(folder) / "home", allow_addresses="127.0.2.0/24", host_delay_s=0, batch_minutes=60)
    with Warehouse(dsn) as warehouse:
        collect_shard(warehouse, settings, 0, 1)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(sum(usage.ru_utime + usage.ru_stime for usage in used))


@contextmanager
def serving(bodies: list[bytes]) -> Iterator[list[str]]:
    """The pages on loopback; yields their addresses."""
    port = free_port()

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        return web.Response(body=bodies[int(request.path[1:])], content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    loop = asyncio.new_event_loop()

    async def start() -> None:
        await runner.setup()
        for n in range(HOSTS):
            await web.TCPSite(runner, f"127.0.2.{n + 1}", port).start()

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield [f"http://127.0.2.{n % HOSTS + 1}:{port}/{n}" for n in range(len(bodies))]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def enter(dsn: str, urls: list[str]) -> None:
    """Put an entry for each address into the warehouse."""
    now = datetime.now(UTC)
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into news.outlet (key, name, country, language, kind, ownership, perspective)"
            " values ('recorded', 'Recorded', 'US', 'en', 'newspaper', 'none', 'us') returning outlet_id"
        )
        cursor.execute(
            "insert into ingest.feed (outlet_id, url, name, host, next_poll_at, added_at)"
            " values (%s, 'http://feed.invalid/', 'Recorded', 'feed.invalid', %s, %s) returning feed_id",
            (cursor.fetchone()[0], now, now),
        )
        feed_id = cursor.fetchone()[0]
        execute_values(
            cursor,
            "insert into ingest.entry (feed_id, identity, identity_kind, url, url_key, host, title, digest,"
            " first_seen_at, last_seen_at, state, state_at, next_try_at) values %s",
            [
                (feed_id, url, "link", url, url_key(url), host_key(url), "", "-", now, now, "new", now, now)
                for url in urls
            ],
        )


def postgres_cpu_s(dsn: str) -> float:
    """CPU time of the server's process group so far; what ended in between is missing from it."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        postmaster = psutil.Process(cursor.fetchone()[0]).parent()
        times = [process.cpu_times() for process in (postmaster, *postmaster.children())]
    # A server counts its ended backends as its children's time.
    return sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system


def report(figures: Figures) -> str:
    """The figures as a table."""
    rows = (
        ("bare `trafilatura.extract`", figures.trafilatura_cpu_s),
        ("collect, all of its work", figures.collect_cpu_s),
        ("collect, with Postgres", figures.collect_cpu_s + figures.postgres_cpu_s),
    )
    lines = ["| | CPU seconds | pages per CPU-second | share |", "|---|---:|---:|---:|"]
    lines += [
        f"| {name} | {cpu:.1f} | {figures.pages / cpu:.1f} | {100 * figures.trafilatura_cpu_s / cpu:.0f} % |"
        for name, cpu in rows
    ]
    lines += [
        "",
        f"{figures.pages} pages, {figures.articles} articles; {figures.collect_wall_s:.0f} s of wall time on "
        f"{os.cpu_count()} shared cores. Goal: {100 * GOAL:.0f} %, {'reached' if figures.share >= GOAL else 'missed'}.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
