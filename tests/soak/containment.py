"""One hostile host must not stop the others: random faults and out-of-range numbers beside honest hosts.

    python -m tests.soak containment --runs 200 --seed 2026

A run has 20 honest and 5 hostile hosts in one shard, two items each. What is hostile is drawn from all kinds of faults
of the sample web and from numbers that nothing can hold, at robots.txt, the feed or a page. A run passes when every
honest item has its article without a failed try, and within LIMIT_S. The client's time limits are five seconds instead
of thirty, since what hangs would hang for as long as it is waited for. Writes its figures into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from unittest import mock

import psycopg2
from aiohttp import web

from bench.documents import DOCS, write_generated
from tests.conftest import free_port
from wirewatch.articles import collecting
from wirewatch.demo.sample_web import faults
from wirewatch.demo.sample_web.loopback import LoopbackServer, visited_address
from wirewatch.demo.sample_web.site import Answer
from wirewatch.feeds import polling
from wirewatch.feeds.registry import Feed, Outlet, Registry
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate
from wirewatch.web.client import RequestLimits

HONEST, HOSTILE, ITEMS = 20, 5, 2
LIMIT_S = 180.0
_CLIENT = {"connect_s": 5.0, "read_s": 5.0, "total_s": 10.0}
_PARAGRAPHS = (
    "The frigate left the harbour of {place} on Monday, the admiralty said in a note of two lines.",
    "Nobody on board wanted to say where it would go, and the harbour master knew of no other ship.",
    "Two tugs came back before noon, and their crews spoke of a calm sea and of little wind at {place}.",
)

NUMBERS = (
    "1e13", "1e18", "1e308", "1e999", "-1", "-1e30", "nan", "inf", "0", "9" * 19, "9" * 400, "0x7fffffff",
    "2147483648", "9223372036854775808", "99999999999999999", "٣", "1/0", "",
)  # fmt: skip
"""What may stand where a number is expected."""


@dataclass(frozen=True, slots=True)
class Attack:
    """What one host does to one of its answers."""

    path: str
    what: str
    fault: faults.Fault | None = None
    spoil: Callable[[Answer], Answer] | None = None


@dataclass(slots=True)
class Outcome:
    """What came of one run."""

    seconds: float
    attacks: list[Attack]
    lost: list[str] = field(default_factory=list)
    """Honest items without an article, with their state."""
    tries: int = 0
    """Failed tries that honest entries were charged with."""
    error: str | None = None
    """The error that ended a task."""

    @property
    def passed(self) -> bool:
        return not self.lost and not self.tries and not self.error and self.seconds <= LIMIT_S


def draw(chance: random.Random) -> Attack:
    """One attack, by chance."""
    path = chance.choice(["/robots.txt", "/feed.xml", "/0", "/0"])
    if chance.random() < 0.5:
        kind = chance.choice(sorted(faults.FAULTS))
        return Attack(path, kind, fault=faults.rule(kind, **_parameters(kind, chance)).fault)
    number = chance.choice(NUMBERS)
    name, spoil = chance.choice(_NUMBERED[path])
    return Attack(path, f"{name} {number[:24]}", spoil=lambda answer: spoil(answer, number))


def _parameters(kind: str, chance: random.Random) -> dict[str, object]:
    given: dict[str, dict[str, object]] = {
        "status": {
            "status": chance.choice([400, 401, 403, 404, 410, 418, 429, 451, 500, 503, 599, 600, 999]),
            "headers": {"Retry-After": chance.choice([n for n in NUMBERS if n.isascii()])},
        },
        "redirect": {"to": chance.choice(["http://10.0.0.1/", "file:///etc/passwd", "//[", "http://x:99999/", "/"])},
        "extra_headers": {"headers": {"Cache-Control": f"max-age={chance.choice(NUMBERS[:12])}"}},
        "gzip_bomb": {"size": 1 << 26},
        "endless": {"size": 1 << 26},
        "guids": {"same": "x" * chance.choice([1, 5_000, 200_000])},
        "other_year": {"year": chance.choice([1, 1000, 1900, 9999])},
    }
    return given.get(kind, {})


def _robots(line: str) -> Callable[[Answer, str], Answer]:
    return lambda _, number: _text(f"User-agent: *\n{line.format(number)}\nDisallow: /nothing\n", "text/plain")


def _header(name: str, value: str) -> Callable[[Answer, str], Answer]:
    def spoil(answer: Answer, number: str) -> Answer:
        written = value.format(number).encode("ascii", "ignore").decode()
        return Answer(answer.status, (*(h for h in answer.headers if h[0] != name), (name, written)), answer.body)

    return spoil


def _element(text: str) -> Callable[[Answer, str], Answer]:
    """Puts `text` at the head of a feed's channel and of its items, or of a page."""

    def spoil(answer: Answer, number: str) -> Answer:
        put = text.format(number).encode()
        body = answer.body
        for place in (b"<channel>", b"<item>", b"<head>"):
            body = body.replace(place, place + put)
        return Answer(answer.status, answer.headers, body)

    return spoil


def _text(text: str, kind: str) -> Answer:
    return Answer(200, (("Content-Type", f"{kind}; charset=utf-8"),), text.encode())


_HEADERS = [
    ("Retry-After", _header("Retry-After", "{}")),
    ("Age", _header("Age", "{}")),
    ("Last-Modified", _header("Last-Modified", "Mon, 01 Jan {} 00:00:00 GMT")),
    ("Date", _header("Date", "Mon, 01 Jan {} 00:00:00 GMT")),
    ("ETag", _header("ETag", '"{}"')),
    ("max-age", _header("Cache-Control", "max-age={}")),
]
_NUMBERED: dict[str, list[tuple[str, Callable[[Answer, str], Answer]]]] = {
    "/robots.txt": [
        ("Crawl-delay", _robots("Crawl-delay: {}")),
        ("Request-rate", _robots("Request-rate: 1/{}")),
        ("Request-rate of", _robots("Request-rate: {}/1")),
        ("Visit-time", _robots("Visit-time: {}-{}".replace("{}", "{0}"))),
        *_HEADERS,
    ],
    "/feed.xml": [
        ("ttl", _element("<ttl>{}</ttl>")),
        ("pubDate", _element("<pubDate>Mon, 01 Jan {} 00:00:00 +{}</pubDate>".replace("{}", "{0}"))),
        ("zone", _element("<pubDate>Mon, 01 Jan 2026 00:00:00 +{}</pubDate>")),
        ("guid", _element("<guid>{}</guid>")),
        ("port", _element("<link>http://127.0.0.1:{}/x</link>")),
        *_HEADERS,
    ],
    "/0": [
        ("published", _element('<meta property="article:published_time" content="{}">')),
        ("date", _element('<meta property="article:published_time" content="{}-01-01T00:00:00Z">')),
        ("canonical", _element('<link rel="canonical" href="http://127.0.0.1:{}/x">')),
        ("refresh", _element('<meta http-equiv="refresh" content="{}; url=/x">')),
        *_HEADERS,
    ],
}


class Sites:
    """All hosts of a run: the first HONEST addresses are honest, the others attack."""

    def __init__(self, attacks: list[Attack]) -> None:
        self.addresses = [f"127.0.2.{n}" for n in range(1, HONEST + len(attacks) + 1)]
        self._attacks = dict(zip(self.addresses[HONEST:], attacks, strict=True))
        self._server = LoopbackServer(self.addresses, self._answer, name="containment")

    @contextmanager
    def served(self) -> Iterator[None]:
        """The sites answer while the block runs."""
        self._server.start()
        try:
            yield
        finally:
            self._server.stop()

    def registry(self, digest: str) -> Registry:
        """A feed for each host."""
        return Registry(
            outlets=tuple(
                Outlet(
                    key=f"site_{n}",
                    name=f"Site {n}",
                    homepage=f"http://{address}:{self._server.port}/",
                    country="US",
                    language="en",
                    kind="newspaper",
                    ownership="none",
                    perspective="us",
                    press="independent",
                    timezone=None,
                    feeds=(Feed("All", f"http://{address}:{self._server.port}/feed.xml"),),
                )
                for n, address in enumerate(self.addresses)
            ),
            digest=digest,
        )

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        address = visited_address(request)
        answer, attack = self._honest(address, request.path), self._attacks.get(address)
        if attack is None or attack.path != request.path:
            return faults.respond(answer)
        if attack.fault is not None:
            return await attack.fault.serve(request, answer)
        return faults.respond(attack.spoil(answer) if attack.spoil else answer)

    def _honest(self, address: str, path: str) -> Answer:
        root = f"http://{address}:{self._server.port}"
        if path == "/feed.xml":
            printed = format_datetime(datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))
            items = "".join(
                f"<item><title>Frigate {n} of {address}</title><link>{root}/{n}</link>"
                f"<guid>{address}-{n}</guid><pubDate>{printed}</pubDate></item>"
                for n in range(ITEMS)
            )
            return _text(f'<rss version="2.0"><channel>{items}</channel></rss>', "application/rss+xml")
        if path.strip("/").isdigit():
            place = f"{address} {path}"
            text = "".join(f"<p>{paragraph.format(place=place)}</p>" for paragraph in _PARAGRAPHS)
            title = f"Frigate {path[1:]} of {address}"
            return _text(
                f"<!doctype html><html lang=en><head><title>{title}</title></head>"
                f"<body><article><h1>{title}</h1>{text}</article></body></html>",
                "text/html",
            )
        return Answer(404, (("Content-Type", "text/plain"),), b"nothing here")


def play(dsn: str, home: Path, seed: int) -> Outcome:
    """One run on an empty warehouse."""
    chance = random.Random(seed)
    attacks = [draw(chance) for _ in range(HOSTILE)]
    sites = Sites(attacks)
    settings = Settings(home=home, allow_addresses="127.0.2.0/24", host_delay_s=0)
    began = time.monotonic()
    outcome = Outcome(0.0, attacks)

    def impatient(**given: int) -> RequestLimits:
        return RequestLimits(**given, **_CLIENT)

    with (
        sites.served(),
        Warehouse(dsn) as warehouse,
        mock.patch.object(collecting, "RequestLimits", impatient),
        mock.patch.object(polling, "RequestLimits", impatient),
    ):
        polling.sync_registry(warehouse, sites.registry(f"containment {seed}"), now=warehouse.now())
        try:
            polling.poll_shard(warehouse, settings, 0, 1)
            collecting.collect_shard(warehouse, settings, 0, 1)
        except Exception as error:
            outcome.error = f"{type(error).__name__}: {error}"
    outcome.seconds = time.monotonic() - began
    _judge(dsn, outcome)
    return outcome


def _judge(dsn: str, outcome: Outcome) -> None:
    """Looks for every honest item."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select entry.url, entry.state, coalesce(entry.detail, ''), entry.attempts"
            " from ingest.entry join ingest.feed using (feed_id) join news.outlet using (outlet_id)"
            " where substring(outlet.key from '[0-9]+')::int < %s",
            [HONEST],
        )
        found = cursor.fetchall()
    outcome.tries = sum(tries for *_, tries in found)
    outcome.lost = [f"{url}: {state} {detail}" for url, state, detail, _ in found if state != "extracted"]
    outcome.lost += ["an item that no feed brought"] * (HONEST * ITEMS - len(found))


def main() -> None:
    """Plays the runs, and writes what came of them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=2026)
    given = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="wirewatch-containment-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            _make_template(server)
            for n in range(given.runs):
                outcomes.append(play(_fresh(server), Path(folder) / f"home-{n}", given.seed + n))
                if not outcomes[-1].passed:
                    _complain(given.seed + n, outcomes[-1])
        finally:
            server.stop()
    report = table(outcomes, given.seed)
    print(report)
    if given.runs >= 200:
        write_generated(DOCS / "reliability.md", report, by="containment", package="tests.soak")
    if not all(outcome.passed for outcome in outcomes):
        sys.exit(1)


def _make_template(server: Postgres) -> None:
    _admin(server, "create database containment_template")
    migrate(server.dsn("containment_template"))


def _fresh(server: Postgres) -> str:
    _admin(server, "drop database if exists containment with (force)")
    _admin(server, "create database containment template containment_template")
    return server.dsn("containment")


def _admin(server: Postgres, statement: str) -> None:
    connection = psycopg2.connect(server.dsn("postgres"))
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()


def _complain(seed: int, outcome: Outcome) -> None:
    attacks = ", ".join(f"{attack.what} at {attack.path}" for attack in outcome.attacks)
    print(
        f"seed {seed}: {outcome.seconds:.0f} s, {outcome.tries} tries, {outcome.error or 'no error'}, "
        f"lost {outcome.lost[:3]}; attacks: {attacks}",
        flush=True,
    )


def table(outcomes: list[Outcome], seed: int) -> str:
    """The figures, for the docs."""
    seconds = sorted(outcome.seconds for outcome in outcomes)
    kinds = Counter(attack.what.split()[0] for outcome in outcomes for attack in outcome.attacks)
    rows = {
        "runs, seeds from": f"{len(outcomes)}, {seed}",
        "hosts in each: honest, hostile": f"{HONEST}, {HOSTILE}",
        "attacks, kinds of them": f"{kinds.total()}, {len(kinds)}",
        "tasks that an error ended": str(sum(outcome.error is not None for outcome in outcomes)),
        "**honest items not read**": str(sum(len(outcome.lost) for outcome in outcomes)),
        "**tries charged to honest entries**": str(sum(outcome.tries for outcome in outcomes)),
        f"**runs that passed** (within {LIMIT_S:.0f} s)": str(sum(outcome.passed for outcome in outcomes)),
        "seconds of a run: median, longest": f"{seconds[len(seconds) // 2]:.1f}, {seconds[-1]:.1f}",
    }
    return "\n".join(["| | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows.items())])


if __name__ == "__main__":
    main()
