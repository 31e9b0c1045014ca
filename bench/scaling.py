"""Articles per minute with 1, 2 and 4 workers: where the network is slow, and where the processor is what is short.

    python -m bench scaling

A worker here is a process that runs the body of the Celery task `collect` on one shard of hosts after the other, as a
slot of a Celery worker does; what Airflow adds per task (about a second) is in docs/scaling.md. Each run begins with an
empty warehouse and the same pages: those of the loopback newsroom, each at several addresses of many hosts.

- Network-bound: every page, and every robots.txt, answers after 2 s. Goal: at least 90 % of linear.
- CPU-bound: they answer at once. At least 90 % of the cores should be used: at each of many moments it is counted how
  many of our processes, Postgres's among them, run or wait for a core, at most as many as there are cores. Other work
  on the machine makes them wait longer, and changes little in how many there are.

Each run also proves from the web's own log that no host was visited by two workers at a time, and from the warehouse
that every page became one article.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import psutil
import psycopg2
from aiohttp import web

from bench.collecting import enter, postgres_cpu_s
from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from wirewatch.articles.collecting import collect_shard, waiting_shards
from wirewatch.demo.sample_web import site
from wirewatch.demo.sample_web.stories import WEEK_END, articles
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

WORKERS = (1, 2, 4)
HOSTS = 128
SHARDS = 12
SLOW_S = 2.0
NETWORK_PAGES = 6
CPU_PAGES = 4
"""Pages of each host."""

GOAL = 0.90


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took. Times in seconds."""

    workers: int
    pages: int
    articles: int
    wall_s: float
    worker_cpu_s: float
    postgres_cpu_s: float
    used: float
    """Mean share of the cores that our processes ran on or waited for."""
    shortest_pause_s: float
    """Between the end of one visit to a host and the beginning of the next; negative when two overlapped."""

    @property
    def per_minute(self) -> float:
        """Articles per minute."""
        return 60 * self.articles / self.wall_s


@dataclass(slots=True)
class SlowWeb:
    """Many hosts on loopback, which answer `delay_s` after they are asked."""

    delay_s: float
    pages: int
    visits: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    """Host → when each visit began and ended."""

    @contextmanager
    def served(self) -> Iterator[list[str]]:
        """Yields the addresses of all pages, host after host."""
        port = free_port()
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        loop = asyncio.new_event_loop()
        hosts = [f"127.0.{4 + n // 250}.{1 + n % 250}" for n in range(HOSTS)]

        async def start() -> None:
            await runner.setup()
            for host in hosts:
                await web.TCPSite(runner, host, port).start()

        loop.run_until_complete(start())
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield [f"http://{host}:{port}/{n}" for host in hosts for n in range(self.pages)]
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def shortest_pause_s(self) -> float:
        """Between two visits to one host."""
        return min(
            later[0] - earlier[1] for visits in self.visits.values() for earlier, later in pairwise(sorted(visits))
        )

    async def _answer(self, request: web.Request) -> web.Response:
        began = time.monotonic()
        await asyncio.sleep(self.delay_s)
        host = request.url.host
        self.visits[host].append((began, time.monotonic()))
        if request.path == "/robots.txt":
            return web.Response(status=404)
        bodies = _bodies()
        number = int(request.path[1:]) + self.pages * int(host.rpartition(".")[2])
        return web.Response(body=bodies[number % len(bodies)], content_type="text/html")


_BODIES: list[bytes] = []


def _bodies() -> list[bytes]:
    """The pages of the loopback newsroom that can be read."""
    if not _BODIES:
        for article in articles().values():
            if article.dropped is None and article.removed is None and not article.outlet.chinese:
                _BODIES.append(site.answer(article.outlet, article.path, 80, WEEK_END).body)
    return _BODIES


class CoresInUse:
    """Looks twice a second at the processes of the workers and of a server, while the block runs."""

    def __init__(self, server: Postgres) -> None:
        self._roots = [psutil.Process(), psutil.Process(server.pid())]
        self._counts: list[int] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> CoresInUse:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def used(self) -> float:
        """Mean share of the cores."""
        cores = os.cpu_count() or 1
        return fmean(min(count, cores) for count in self._counts) / cores

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            ours = [process for root in self._roots for process in root.children(recursive=True)]
            self._counts.append(sum(_runs(process) for process in ours))


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_RUNNING
    except psutil.NoSuchProcess:
        return False  # ended between two looks


def work(dsn: str, home: str, shard: int) -> float:
    """What a worker does with one shard; gives the CPU time that it and its children took."""
    before = _cpu_s()
    settings = Settings(home=Path(home), allow_addresses="127.0.0.0/8", host_delay_s=0, batch_minutes=60)
    with Warehouse(dsn) as warehouse:
        collect_shard(warehouse, settings, shard, SHARDS)
    return _cpu_s() - before


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(workers: int, *, delay_s: float, pages: int) -> Run:
    """One run from an empty warehouse."""
    slow = SlowWeb(delay_s, pages)
    with tempfile.TemporaryDirectory(prefix="wirewatch-scaling-") as folder, slow.served() as urls:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=True)
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            enter(dsn, urls)
            with Warehouse(dsn) as warehouse:
                shards = waiting_shards(warehouse, SHARDS)
            spawn = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
                list(pool.map(time.sleep, [1.0] * workers))  # A Celery worker runs already when a task comes.
                database_before, began = postgres_cpu_s(dsn), time.monotonic()
                with CoresInUse(server) as cores:
                    cpu_s = sum(pool.map(partial(work, dsn, folder), shards))
                wall_s = time.monotonic() - began
                database_s = postgres_cpu_s(dsn) - database_before
            with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
                cursor.execute("select count(*) from news.article")
                found = cursor.fetchone()[0]
        finally:
            server.stop()
    return Run(workers, len(urls), found, wall_s, cpu_s, database_s, cores.used, slow.shortest_pause_s())


def report(network: list[Run], cpu: list[Run], load: float) -> str:
    """Both tables, and what they prove; `load` is how many processes ran or waited for a core before it began."""
    one = network[0].per_minute
    lines = [
        "Network-bound: every page answers after 2 s.",
        "",
        "| workers | articles per minute | of linear | CPU of the workers, per article | of Postgres |",
        "|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {run.workers} | {run.per_minute:.0f} | {100 * run.per_minute / one / run.workers:.0f} % "
        f"| {1000 * run.worker_cpu_s / run.articles:.0f} ms | {1000 * run.postgres_cpu_s / run.articles:.1f} ms |"
        for run in network
    ]
    lines += [
        "",
        "CPU-bound: every page answers at once.",
        "",
        "| workers | articles per minute | of the cores, used | CPU of the workers, per article | of Postgres |",
        "|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {run.workers} | {run.per_minute:.0f} | {100 * run.used:.0f} % "
        f"| {1000 * run.worker_cpu_s / run.articles:.0f} ms | {1000 * run.postgres_cpu_s / run.articles:.1f} ms |"
        for run in cpu
    ]
    everything = [*network, *cpu]
    lost = sum(run.pages - run.articles for run in everything)
    overlaps = sum(run.shortest_pause_s < 0 for run in everything)
    lines += [
        "",
        f"{sum(run.pages for run in everything)} pages on {HOSTS} hosts in {SHARDS} shards, {os.cpu_count()} cores, "
        f"load before it began {load:.1f}. Pages without an article of their own: {lost}; runs in which two visits to "
        f"a host overlapped: {overlaps}.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Runs all of it and writes the figures to docs/scaling.md."""
    load = os.getloadavg()[0]
    network = [measure(workers, delay_s=SLOW_S, pages=NETWORK_PAGES) for workers in WORKERS]
    cpu = [measure(workers, delay_s=0.0, pages=CPU_PAGES) for workers in WORKERS]
    text = report(network, cpu, load)
    write_generated(DOCS / "scaling.md", text, by="scaling")
    print(text)


if __name__ == "__main__":
    main()
