"""How long honest articles wait beside one hostile feed: from publication to the article, and to its labels.

    python -m bench fairness
    python -m bench.fairness LOAD … [--seconds 180] [--label-every 300]

Ten outlets on loopback publish an article every 15 seconds. Beside them a feed lists 640 hosts that never answer, one
host with 2,000 articles, 100,000 entries, or pages of 600 kB of unclosed tags; or, beside twenty outlets, one host with
2,000 articles that wants five seconds between two visits, and twenty hosts that never answer. Three processes poll,
collect and label as the DAGs do: labels come after each run of collecting, and every LABEL_EVERY seconds. What is not
there at the end counts with the time that it has waited. The table goes to docs/reliability.md. All loads take about
half an hour; other work on the machine spoils the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from statistics import median

import psycopg2
from aiohttp import web

from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from wirewatch.articles import collecting
from wirewatch.copies.linking import link_copies
from wirewatch.demo.sample_web.loopback import LoopbackServer, visited_address
from wirewatch.feeds import polling
from wirewatch.ledger import close_entries
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

GOOD, GOOD_BESIDE_BOTH = 10, 20
EVERY_S = 15.0
POLLED_EVERY_S = 10.0
LOADS = {
    "none": "none",
    "slow_hosts": "640 hosts that never answer, one feed",
    "many_articles": "2,000 articles at one host",
    "huge_feed": "a feed of 100,000 entries",
    "slow_pages": "pages of 600 kB of unclosed tags",
    "both": "2,000 articles at one host, 5 s a visit, and 20 hosts that never answer",
}
_HOSTILE = "127.0.3.200"
_SLOW = [f"127.0.{net}.{n}" for net in (4, 5, 6, 7) for n in range(1, 161)]
_PARAGRAPHS = (
    "The ferry of {place} came back on Monday with all who had left, the harbour office wrote in its daily note.",
    "Nobody had waited at the quay, for the office had said nothing of the hour, and the rain had begun at noon.",
    "Two boats went out to look at the buoys near {place}, and their crews found all of them where they should be.",
)


@dataclass(frozen=True, slots=True)
class Waited:
    """How long honest articles waited under one load, in seconds."""

    load: str
    articles: int
    seen: list[float]
    labelled: list[float]


class Web:
    """The good outlets, and one load."""

    def __init__(self, load: str) -> None:
        self.load = load
        self.good = [f"127.0.3.{n}" for n in range(1, (GOOD_BESIDE_BOTH if load == "both" else GOOD) + 1)]
        self._slow = {"slow_hosts": _SLOW, "both": _SLOW[:20]}.get(load, [])
        self._server = LoopbackServer([*self.good, _HOSTILE, *self._slow], self._answer, name="fairness")
        self._began = time.time()

    @contextmanager
    def served(self) -> Iterator[None]:
        """The outlets publish while the block runs."""
        self._server.start()
        self._began = time.time()
        try:
            yield
        finally:
            self._server.stop()

    def url(self, address: str, path: str) -> str:
        """An address of this web."""
        return f"http://{address}:{self._server.port}{path}"

    def feeds(self) -> list[str]:
        """The feeds to poll."""
        return [self.url(address, "/feed.xml") for address in self.good] + (
            [self.url(_HOSTILE, "/feed.xml")] if self.load != "none" else []
        )

    def published(self, path: str) -> float:
        """When a good article was published, in seconds since the epoch."""
        return self._began + EVERY_S * int(path.strip("/"))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        address, path = visited_address(request), request.path
        if path == "/robots.txt":
            wish = "User-agent: *\nCrawl-delay: 5\n" if (address, self.load) == (_HOSTILE, "both") else ""
            return web.Response(text=wish, content_type="text/plain")
        if address in _SLOW:
            await asyncio.sleep(3600)
        if path == "/feed.xml":
            body = self._hostile_feed() if address == _HOSTILE else self._good_feed(address)
            return web.Response(text=body, content_type="application/rss+xml")
        if address == _HOSTILE and self.load == "slow_pages":
            return web.Response(text=_unclosed(path), content_type="text/html")
        return web.Response(text=_page(f"{address} {path[1:]}"), content_type="text/html")

    def _good_feed(self, address: str) -> str:
        newest = int((time.time() - self._began) / EVERY_S)
        numbers = range(newest, max(newest - 30, -1), -1)
        return _rss((self.url(address, f"/{n}"), f"Ferry {n} of {address}", self.published(str(n))) for n in numbers)

    def _hostile_feed(self) -> str:
        if self.load == "slow_hosts":
            return _rss((self.url(address, "/0"), f"Slow {address}", self._began) for address in self._slow)
        if self.load == "huge_feed":
            items = "".join(f"<item><link>{self.url(_HOSTILE, f'/{n}')}</link></item>" for n in range(100_000))
            return f'<rss version="2.0"><channel>{items}</channel></rss>'
        many = 100 if self.load == "slow_pages" else 2_000
        urls = [self.url(_HOSTILE, f"/{n}") for n in range(many)]
        urls += [self.url(address, "/0") for address in self._slow]
        return _rss((url, f"Article {url}", self._began) for url in urls)


def _rss(items: Iterator[tuple[str, str, float]]) -> str:
    listed = "".join(
        f"<item><title>{title}</title><link>{url}</link>"
        f"<pubDate>{format_datetime(datetime.fromtimestamp(int(at), UTC))}</pubDate></item>"
        for url, title, at in items
    )
    return f'<rss version="2.0"><channel>{listed}</channel></rss>'


def _page(place: str) -> str:
    text = "".join(f"<p>{paragraph.format(place=place)}</p>" for paragraph in _PARAGRAPHS)
    return f"<!doctype html><html lang=en><head><title>Ferry of {place}</title></head><body><article>{text}</article>"


def _unclosed(path: str) -> str:
    return f"<html><body><article><h1>Page {path}</h1>" + "<p>Officials said <b><i><span>nothing " * 16_000


def work(role: str, dsn: str, home: str, label_every_s: float) -> None:
    """One of the three processes; works until it is killed."""
    logging.disable(logging.CRITICAL)
    settings = Settings(home=Path(home), allow_addresses="127.0.0.0/8", host_delay_s=1.0, shards=1)
    done = Path(home) / "collected"
    with Warehouse(dsn) as warehouse:
        if role == "label":
            sync_topic_files(warehouse, settings)
        seen = at = 0.0
        while True:
            if role == "poll":
                with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
                    cursor.execute("update ingest.feed set next_poll_at = now() where next_poll_at > now()")
                polling.poll_shard(warehouse, settings, 0, 1)
                time.sleep(POLLED_EVERY_S)
            elif role == "collect":
                if collecting.waiting_shards(warehouse, 1):
                    collecting.collect_shard(warehouse, settings, 0, 1)
                    done.write_text(str(time.time()))
                time.sleep(1)
            else:
                changed = done.stat().st_mtime if done.exists() else 0.0
                if changed > seen or time.time() - at > label_every_s:
                    seen, at = changed, time.time()
                    link_copies(warehouse, settings, lambda: lexicons(warehouse, settings))
                    tag_topics(warehouse, settings)
                    close_entries(warehouse)
                time.sleep(1)


def play(load: str, seconds: float, label_every_s: float) -> Waited:
    """One load in a fresh warehouse."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-fairness-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        web_ = Web(load)
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            with web_.served():
                _add_feeds(dsn, web_.feeds())
                (Path(folder) / "home").mkdir()
                with _workers(dsn, Path(folder) / "home", label_every_s):
                    time.sleep(seconds)
                return _judge(dsn, web_, load, seconds)
        finally:
            server.stop()


def _add_feeds(dsn: str, urls: list[str]) -> None:
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        for n, url in enumerate(urls):
            cursor.execute(
                "insert into news.outlet (key, name, homepage, country, language, kind, ownership, perspective)"
                " values (%s, %s, %s, 'US', 'en', 'newspaper', 'none', 'us') returning outlet_id",
                [f"outlet_{n}", f"Outlet {n}", url.removesuffix("feed.xml")],
            )
            (outlet_id,) = cursor.fetchone() or (0,)
            cursor.execute(
                "insert into ingest.feed (outlet_id, url, name, host, next_poll_at, added_at)"
                " values (%s, %s, 'All', %s, now(), now())",
                [outlet_id, url, url.split("/")[2]],
            )


@contextmanager
def _workers(dsn: str, home: Path, label_every_s: float) -> Iterator[None]:
    begin: Callable[[str], subprocess.Popen[bytes]] = lambda role: subprocess.Popen(  # noqa: E731
        [sys.executable, "-m", "bench.fairness", "--work", role, dsn, str(home), str(label_every_s)]
    )
    running = [begin(role) for role in ("poll", "collect", "label")]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def _judge(dsn: str, web_: Web, load: str, seconds: float) -> Waited:
    """The waits of what good outlets published, except in the last tenth of the time."""
    now = time.time()
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select article.url, extract(epoch from version.extracted_at)::float,"
            " extract(epoch from article.tagged_at)::float"
            " from news.article join news.article_version as version using (article_id, version)"
        )
        found = {url: (seen, tagged) for url, seen, tagged in cursor.fetchall()}
    seen, labelled = [], []
    for address in web_.good:
        for n in range(1, int(0.9 * seconds / EVERY_S)):
            published = web_.published(str(n))
            read, tagged = found.get(web_.url(address, f"/{n}"), (None, None))
            seen.append((read or now) - published)
            labelled.append((tagged or now) - published)
    return Waited(load, len(seen), seen, labelled)


def table(waited: list[Waited]) -> str:
    """The figures, for the docs."""
    rows = [
        f"| {LOADS[one.load]} | {one.articles} | {median(one.seen):.0f} s | {max(one.seen):.0f} s "
        f"| {median(one.labelled):.0f} s | {max(one.labelled):.0f} s |"
        for one in waited
    ]
    head = (
        "| beside | honest articles | seen: median | worst | labelled: median | worst |\n|---|---:|---:|---:|---:|---:|"
    )
    return "\n".join([head, *rows])


def main() -> None:
    """Plays the loads, and writes what came of them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("loads", nargs="*", default=list(LOADS))
    arguments.add_argument("--seconds", type=float, default=300.0)
    arguments.add_argument("--label-every", type=float, default=300.0)
    given = arguments.parse_args()
    waited = []
    for load in given.loads:
        waited.append(play(load, given.seconds, given.label_every))
        print(table(waited[-1:]), flush=True)
    if given.loads == list(LOADS):
        write_generated(DOCS / "reliability.md", table(waited), by="fairness")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2], sys.argv[3], sys.argv[4], float(sys.argv[5]))
    else:
        main()
