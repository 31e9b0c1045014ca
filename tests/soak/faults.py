"""Scripted faults of feeds and pages on loopback: what each becomes, what is lost or doubled, and at what memory.

    python -m tests.soak.faults

Each fault has a site of its own, with a feed of three items. All sites are polled and collected at once while the
faults last, and again when they are over. The work runs in a process of its own, whose memory is sampled with that of
its children. The table goes to docs/reliability.md; a fault that ends in another state than expected makes it exit 1.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from aiohttp import web

from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from tests.outlets import outlet
from wirewatch.articles.collecting import collect_shard, waiting_shards
from wirewatch.demo.sample_web import faults
from wirewatch.demo.sample_web.site import Answer
from wirewatch.feeds.polling import due_shards, poll_shard, sync_registry
from wirewatch.feeds.registry import Feed, Registry
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

ITEMS = 3
DELAY_S = 0.5
MEMORY_LIMIT_MB = 400
_PARAGRAPHS = (
    "The destroyer passed through the strait on Tuesday morning, the fleet said in a short statement about number {n}.",
    "Officials described the passage as routine and said that the ship had stayed in international waters all day.",
    "Two patrol aircraft followed at a distance, and a spokesman for the command told reporters that he saw no danger.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One fault at one place, and what it has to end in."""

    name: str
    path: str
    """`/feed.xml`, `/1` (the first of the items' pages) or `/robots.txt`."""
    expected: str
    """While it lasts: the feed's health; or the page's entry: its drop reason, `waiting`, or `extracted`."""
    kind: str | None = None
    """Of wirewatch/demo/sample_web/faults.py; None for a fault of the address itself."""
    parameters: dict[str, Any] = field(default_factory=dict)
    afterwards: str = ""
    """When it is over; empty: healthy, or extracted."""

    @property
    def of_feed(self) -> bool:
        return self.path != "/1"


def _feed(name: str, expected: str, kind: str | None, **parameters: Any) -> Case:
    return Case(name, "/feed.xml", expected, kind, parameters)


def _page(name: str, expected: str, kind: str | None, *, afterwards: str = "", **parameters: Any) -> Case:
    return Case(name, "/1", expected, kind, parameters, afterwards or ("" if expected == "waiting" else expected))


METADATA = "http://169.254.169.254/latest/meta-data/"
INSIDE = "http://127.0.0.1:9/"

CASES = (
    _feed("no fault", "healthy", None),
    _feed("headers that never end, a line at a time (slow loris)", "unreachable", "slow_headers"),
    _feed("a body, a byte at a time", "unreachable", "trickle"),
    _feed("hangs", "unreachable", "hang"),
    _feed("connection reset before the answer", "unreachable", "reset"),
    _feed("connection reset in the answer", "unreachable", "reset", after=100),
    _feed("truncated body", "unreachable", "truncated"),
    _feed("not HTTP", "unreachable", "raw"),
    _feed("gzip bomb, 1 GiB", "not_a_feed", "gzip_bomb"),
    _feed("stream of 10 GiB", "not_a_feed", "endless"),
    _feed("invalid gzip", "unreachable", "broken_gzip"),
    _feed("headers of 64 KiB", "unreachable", "huge_headers"),
    _feed("150 headers", "healthy", "huge_headers", size=100),
    _feed("redirects without end", "unreachable", "redirect_loop"),
    _feed("redirect to 169.254.169.254", "blocked", "redirect", to=METADATA),
    _feed("redirect to 127.0.0.1", "blocked", "redirect", to=INSIDE),
    _feed("redirect to [::ffff:169.254.169.254]", "blocked", "redirect", to="http://[::ffff:169.254.169.254]/"),
    _feed("redirect to file:///etc/passwd", "unreachable", "redirect", to="file:///etc/passwd"),
    _feed("429 with Retry-After", "blocked", "status", status=429, headers={"Retry-After": "600"}),
    _feed("503 with Retry-After", "unreachable", "status", status=503, headers={"Retry-After": "600"}),
    _feed("500", "unreachable", "status", status=500),
    _feed("404", "gone", "status", status=404),
    _feed("410", "gone", "status", status=410),
    _feed("401", "blocked", "status", status=401),
    _feed("403, anti-bot page", "blocked", "bot_wall"),
    _feed("403, an anti-bot page that looks like XML", "blocked", "bot_wall", xml_looking=True),
    _feed("200, anti-bot page", "not_a_feed", "bot_wall", status=200),
    _feed("HTML in place of the feed", "not_a_feed", "not_a_feed"),
    _feed("empty body", "not_a_feed", "empty"),
    _feed("no items", "empty", "no_items"),
    _feed("entity bomb", "healthy", "entity_bomb"),
    _feed("external entity", "healthy", "external_entity"),
    _feed("wrong charset declared", "healthy", "wrong_charset"),
    _feed("NUL bytes", "healthy", "nul_bytes"),
    _feed("lone surrogates", "healthy", "lone_surrogate"),
    _feed("dates in year 9999", "healthy", "other_year", year=9999),
    _feed("one guid for all items", "healthy", "guids", same="1"),
    _feed("server's clock a month ahead", "healthy", "clock_skew"),
    _feed("elements nested 100,000 deep", "not_a_feed", "deep_nesting"),
    Case("robots.txt fails (500)", "/robots.txt", "unreachable", "status", {"status": 500}),
    Case("robots.txt is a 404 of 10 GiB", "/robots.txt", "healthy", "endless", {}),
    Case("robots.txt redirects to 169.254.169.254", "/robots.txt", "unreachable", "redirect", {"to": METADATA}),
    Case("no such host", "no-such-host.invalid", "unreachable"),
    Case("nobody listens", ":9", "unreachable"),
    Case("TLS to a server without it", "https:", "unreachable"),
    _page("hangs", "waiting", "hang"),
    _page("a body, a byte at a time", "waiting", "trickle"),
    _page("connection reset in the answer", "waiting", "reset", after=100),
    _page("truncated body", "waiting", "truncated"),
    _page("invalid gzip", "waiting", "broken_gzip"),
    _page("empty body", "waiting", "empty"),
    _page("gzip bomb, 1 GiB", "too_large", "gzip_bomb"),
    _page("stream of 10 GiB", "too_large", "endless"),
    _page("redirects without end", "too_many_redirects", "redirect_loop"),
    _page("redirect to 169.254.169.254", "blocked_address", "redirect", to=METADATA),
    _page("redirect to the front page", "gone", "redirect", to="/"),
    _page("429 with Retry-After", "waiting", "status", status=429, headers={"Retry-After": "600"}),
    _page("503", "waiting", "status", status=503),
    _page("404", "waiting", "status", status=404),
    _page("410", "gone", "status", status=410),
    _page("403, anti-bot page", "waiting", "bot_wall"),
    _page("200, anti-bot page", "waiting", "bot_wall", status=200),
    _page("a video in place of the page", "not_html", "other_type", content_type="video/mp4"),
    _page("HTML under application/octet-stream", "extracted", "other_type"),
    _page("elements nested 100,000 deep", "no_text", "deep_nesting"),
    _page("NUL bytes", "extracted", "nul_bytes"),
    _page("lone surrogates", "extracted", "lone_surrogate"),
    _page("wrong charset declared", "extracted", "wrong_charset"),
    _page("server's clock a month ahead", "extracted", "clock_skew"),
)


class Web:
    """All sites, served by a thread, with the faults while `broken` is true."""

    def __init__(self) -> None:
        self.port = free_port()
        self.broken = True
        self._cases = {f"127.0.1.{n}": case for n, case in enumerate(CASES, start=1)}

    @contextmanager
    def served(self) -> Iterator[None]:
        """The sites answer while the block runs."""
        loop = asyncio.new_event_loop()
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

        async def start() -> None:
            await runner.setup()
            for address in self._cases:
                await web.TCPSite(runner, address, self.port).start()

        loop.run_until_complete(start())
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def feed_url(self, address: str, case: Case) -> str:
        """Where the feed of a case is polled."""
        if case.path == "https:":
            return f"https://{address}:{self.port}/feed.xml"
        if case.path == ":9":
            return f"http://{address}:9/feed.xml"
        if case.path.endswith(".invalid"):
            return f"http://{case.path}/feed.xml"
        return f"http://{address}:{self.port}/feed.xml"

    def registry(self) -> Registry:
        """The feeds of all sites."""
        return Registry(
            outlets=tuple(
                outlet(f"site_{n}", Feed("All", self.feed_url(address, case)), name=case.name)
                for n, (address, case) in enumerate(self._cases.items())
            ),
            digest="faults",
        )

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        address = request.transport.get_extra_info("sockname")[0]
        case = self._cases[address]
        answer = self._honest(address, request.path)
        if self.broken and case.kind and request.path == case.path:
            return await faults.rule(case.kind, **case.parameters).fault.serve(request, answer)
        return faults.respond(answer)

    def _honest(self, address: str, path: str) -> Answer:
        root = f"http://{address}:{self.port}"
        if path == "/feed.xml":
            dates = [
                format_datetime(datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1 + n)) for n in range(ITEMS)
            ]
            items = "".join(
                f"<item><title>Passage {n + 1} of {address}</title><link>{root}/{n + 1}</link>"
                f"<guid>{address}-{n}</guid><pubDate>{dates[n]}</pubDate></item>"
                for n in range(ITEMS)
            )
            body = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'
            return Answer(200, (("Content-Type", "application/rss+xml; charset=utf-8"),), body.encode())
        if path.strip("/").isdigit():
            text = "".join(f"<p>{paragraph.format(n=path[1:])}</p>" for paragraph in _PARAGRAPHS)
            title = f"Passage {path[1:]} of {address}"
            body = f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head><body>"
            body += f"<article><h1>{title}</h1>{text}<p>Reported from {address}.</p></article></body></html>"
            return Answer(200, (("Content-Type", "text/html; charset=utf-8"),), body.encode())
        if path == "/":
            return Answer(
                200, (("Content-Type", "text/html"),), b"<!doctype html><html><body>The front page</body></html>"
            )
        return Answer(404, (("Content-Type", "text/plain"),), b"nothing here")


@dataclass(frozen=True, slots=True)
class Found:
    """What the warehouse says about one site."""

    health: str
    states: Counter[str]
    """Of its entries: `waiting`, `extracted`, or the drop reason."""
    first: str
    """Of the first item's entry."""


@dataclass(slots=True)
class Round:
    """One poll and collect of everything."""

    seconds: float
    peak_mb: float
    parent_mb: float
    found: list[Found]


def work(dsn: str, home: str) -> None:
    """What the measured process does: all of the work that is due."""
    settings = Settings(home=Path(home), allow_addresses="127.0.1.0/24", host_delay_s=DELAY_S)
    with Warehouse(dsn) as warehouse:
        for shard in due_shards(warehouse, 1):
            poll_shard(warehouse, settings, shard, 1)
        for shard in waiting_shards(warehouse, 1):
            collect_shard(warehouse, settings, shard, 1)


def play(dsn: str, home: Path) -> Round:
    """Run `work` in a process of its own and look at memory and warehouse."""
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", "tests.soak.faults", "work", dsn, str(home)])
    peak = parent = 0.0
    watched = psutil.Process(child.pid)
    while child.poll() is None:
        try:
            own = watched.memory_info().rss
            tree = own + sum(process.memory_info().rss for process in watched.children(recursive=True))
            peak, parent = max(peak, tree / 2**20), max(parent, own / 2**20)
        except psutil.NoSuchProcess:
            pass  # ended between two looks
        time.sleep(0.05)
    if child.returncode:
        sys.exit(f"the work failed with status {child.returncode}: its own message is above")
    return Round(time.monotonic() - began, peak, parent, look(dsn))


def look(dsn: str) -> list[Found]:
    """The result of each site, in the order of CASES."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select substring(outlet.key from '[0-9]+')::int, feed.health"
            " from ingest.feed join news.outlet using (outlet_id)"
        )
        health = dict(cursor.fetchall())
        cursor.execute(
            "select substring(outlet.key from '[0-9]+')::int, entry.url,"
            " case when state in ('new', 'fetching', 'fetched') then 'waiting' else coalesce(reason, state) end"
            " from ingest.entry join ingest.feed using (feed_id) join news.outlet using (outlet_id)"
        )
        states: defaultdict[int, Counter[str]] = defaultdict(Counter)
        first: dict[int, str] = {}
        for n, url, state in cursor.fetchall():
            states[n][state] += 1
            if url.endswith("/1"):
                first[n] = state
    return [Found(health[n], states[n], first.get(n, "")) for n in range(len(CASES))]


def hours_pass(dsn: str) -> None:
    """Every wait is over."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update ingest.feed set next_poll_at = now()")
        cursor.execute("update ingest.entry set next_try_at = now() where state = 'new'")
        cursor.execute("update ingest.host set next_visit_at = '-infinity', robots_expires_at = null")


def doubled(dsn: str) -> int:
    """Articles that exist more than once."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select count(*) - count(distinct (title, text)) from news.article"
            " join news.article_version using (article_id, version)"
        )
        return cursor.fetchone()[0]


def judge(case: Case, during: Found, after: Found) -> tuple[str, str, list[str]]:
    """(what it was while it lasted, what it was afterwards, what is wrong with either)."""
    wrong = []
    now, later = (during.health, after.health) if case.of_feed else (during.first, after.first)
    if now != case.expected:
        wrong.append(f"expected {case.expected}")
    stays_away = case.path not in ("/feed.xml", "/1", "/robots.txt")
    if case.of_feed and not stays_away:
        if later not in ("healthy", "unchanged"):
            wrong.append("expected to recover")
        if after.states["extracted"] < ITEMS:
            wrong.append(f"lost {ITEMS - after.states['extracted']}")
    if not case.of_feed:
        if later != (case.afterwards or "extracted"):
            wrong.append(f"expected {case.afterwards or 'extracted'} afterwards")
        if after.states.total() != ITEMS or after.states["waiting"] or after.states["extracted"] < ITEMS - 1:
            wrong.append(f"entries {dict(after.states)}")
    return now, later, wrong


def report(first: Round, second: Round, twice: int) -> tuple[str, bool]:
    """The table, and whether all is as it should be."""
    lines = ["| fault of the | what | while it lasts | afterwards | |", "|---|---|---|---|---|"]
    bad = 0
    for case, during, after in zip(CASES, first.found, second.found, strict=True):
        now, later, wrong = judge(case, during, after)
        bad += bool(wrong)
        place = {"/1": "page", "/robots.txt": "robots.txt"}.get(case.path, "feed")
        lines.append(f"| {place} | {case.name} | {now} | {later} | {'; '.join(wrong) or 'as expected'} |")
    peak, parent = max(first.peak_mb, second.peak_mb), max(first.parent_mb, second.parent_mb)
    fine = not (bad or twice) and peak <= MEMORY_LIMIT_MB
    lines += [
        "",
        f"{len(CASES)} cases, {bad} not as expected; articles that exist twice: {twice}.",
        f"Memory of a worker at its peak: {peak:.0f} MB with its child process ({parent:.0f} MB without). "
        f"With all faults at once a run took {first.seconds:.0f} s, without them {second.seconds:.0f} s.",
    ]
    return "\n".join(lines), fine


def main() -> None:
    """Runs everything and writes the table; exits with 1 when something is not as expected."""
    if sys.argv[1:2] == ["work"]:
        work(*sys.argv[2:])
        return
    # Every connection that a visitor breaks off is an error to the server; here that is its purpose.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    sites = Web()
    with tempfile.TemporaryDirectory(prefix="wirewatch-faults-") as folder, sites.served():
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            with Warehouse(dsn) as warehouse:
                sync_registry(warehouse, sites.registry(), now=datetime.now(UTC))
            first = play(dsn, Path(folder) / "home")
            sites.broken = False
            hours_pass(dsn)
            second = play(dsn, Path(folder) / "home")
            twice = doubled(dsn)
        finally:
            server.stop()
    text, fine = report(first, second, twice)
    write_generated(DOCS / "reliability.md", text, by="faults", package="tests.soak")
    print(text)
    if not fine:
        sys.exit(1)


if __name__ == "__main__":
    main()
