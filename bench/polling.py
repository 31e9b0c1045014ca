"""Polls 5,000 loopback feeds, then all again with half of them unchanged: feeds per second, beside feedparser's speed.

    python -m bench polling
    python -m bench.polling HOSTS

100 loopback hosts serve 50 feeds of 25 items each, about 20 kB, with ETags, from a process of their own; there is no
delay between two visits to a host. One task polls them twice into a fresh warehouse: in the first round every item is
new, in the second half of the feeds answer "not modified" and the others have 5 new items. feedparser's own speed is
measured on the same documents, on one core, in the same run. The figures go to docs/feeds.md.
"""

from __future__ import annotations

import asyncio
import io
import logging
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import feedparser
import psycopg2
from aiohttp import web

from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from tests.outlets import outlet
from wirewatch.feeds.polling import PollReport, poll_shard, sync_registry
from wirewatch.feeds.registry import Feed, Registry
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

HOSTS = 100
FEEDS_PER_HOST = 50
ITEMS = 25
NEW_ITEMS = 5
SAMPLE = 200
"""Documents on which feedparser is timed."""
START = datetime(2026, 6, 1, tzinfo=UTC)


def document(host: int, feed: int, second: bool) -> bytes:
    """The feed of one round; in the second, every other one has moved on."""
    newest = ITEMS + (NEW_ITEMS if second and feed % 2 else 0)
    items = "".join(_item(host, feed, n) for n in range(newest, newest - ITEMS, -1))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Feed {feed} of host {host}</title><link>https://host{host}.example/</link>{items}</channel></rss>"
    ).encode()


def _item(host: int, feed: int, n: int) -> str:
    when = format_datetime(START + timedelta(minutes=30 * n))
    words = " ".join(f"The patrol of sector {(host * 7 + feed * 3 + n + k) % 97} met ship {k}." for k in range(12))
    return (
        f"<item><title>Patrol {n} of feed {feed} meets ships in sector {(host + n) % 97}</title>"
        f"<link>https://host{host}.example/{feed}/{n}?utm_source=rss</link>"
        f"<guid isPermaLink='false'>{host}-{feed}-{n}</guid>"
        f"<pubDate>{when}</pubDate><dc:creator>Reporter {n % 9}</dc:creator>"
        f"<description>&lt;p&gt;{words}&lt;/p&gt;&lt;p&gt;More at &lt;a href='/{n}'&gt;the site&lt;/a&gt;.&lt;/p&gt;"
        "</description></item>"
    )


def serve(port: int, second: bool) -> None:
    """The hosts, until the process is ended."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        host = int(request.transport.get_extra_info("sockname")[0].rpartition(".")[2])
        feed = int(request.path[1:])
        etag = f'"{host}-{feed}-{int(second and feed % 2)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(
            body=document(host, feed, second), content_type="application/rss+xml", headers={"ETag": etag}
        )

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        for host in range(1, HOSTS + 1):
            await web.TCPSite(runner, f"127.0.1.{host}", port).start()
        print("ready", flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


@dataclass(frozen=True, slots=True)
class Round:
    """One poll of all feeds."""

    report: PollReport
    seconds: float
    cpu_seconds: float
    """Of this process and the child that parses; not of server and database."""


def play(warehouse: Warehouse, settings: Settings, port: int, *, second: bool) -> Round:
    """Poll everything while the hosts serve one round."""
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.polling", "serve", str(port), str(int(second))], stdout=subprocess.PIPE
    )
    try:
        server.stdout.readline()
        began, cpu = time.monotonic(), _cpu()
        report = poll_shard(warehouse, settings, 0, 1)
        return Round(report, time.monotonic() - began, _cpu() - cpu)
    finally:
        server.terminate()
        server.wait()


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def feedparser_speed() -> tuple[float, float]:
    """Documents per second of feedparser alone, and their mean size in bytes."""
    documents = [document(host, 1, False) for host in range(SAMPLE)]
    began = time.process_time()
    for body in documents:
        feedparser.parse(io.BytesIO(body))
    return SAMPLE / (time.process_time() - began), sum(map(len, documents)) / SAMPLE


def registry(hosts: int, port: int) -> Registry:
    return Registry(
        tuple(
            outlet(f"host_{host}", *(Feed(f"{n}", f"http://127.0.1.{host}:{port}/{n}") for n in range(FEEDS_PER_HOST)))
            for host in range(1, hosts + 1)
        ),
        "polling",
    )


def table(rounds: list[Round], parses_per_s: float, size: float) -> str:
    """The figures in Markdown."""
    lines = [
        "| round | feeds | new entries | unchanged feeds | failed | seconds | feeds/s | feeds per CPU-second |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, done in zip(("all new", "half unchanged"), rounds, strict=True):
        report = done.report
        lines.append(
            f"| {name} | {report.feeds} | {report.entries_new} | {report.unchanged} | {report.failed} |"
            f" {done.seconds:.0f} | {report.feeds / done.seconds:.0f} | {report.feeds / done.cpu_seconds:.0f} |"
        )
    lines += [
        "",
        f"feedparser alone parses {parses_per_s:.0f} of these documents ({size / 1000:.0f} kB each) per CPU-second."
        " Server, database, task and its parsing child share the cores; CPU-seconds are those of task and child.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Both rounds; the table goes to docs/feeds.md."""
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]), sys.argv[3] == "1")
        return
    logging.basicConfig(level=logging.WARNING)
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else HOSTS
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="wirewatch-polling-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            settings = Settings(
                home=Path(folder), allow_addresses="127.0.1.0/24", host_delay_s=0, batch_minutes=60, min_interval_s=7200
            )
            with Warehouse(dsn) as warehouse:
                sync_registry(warehouse, registry(hosts, port), now=datetime.now(UTC))
                rounds = []
                for second in (False, True):
                    rounds.append(play(warehouse, settings, port, second=second))
                    print(rounds[-1], flush=True)
                    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
                        cursor.execute("update ingest.feed set next_poll_at = now() - interval '1 second'")
        finally:
            server.stop()
    write_generated(DOCS / "feeds.md", table(rounds, *feedparser_speed()), by="polling")


if __name__ == "__main__":
    main()
