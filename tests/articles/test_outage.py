"""The network is away for longer than all tries together last: nothing is counted, and all is read when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from tests.soak import SOAK_QUERIES
from wirewatch.articles.collecting import collect_shard
from wirewatch.articles.retries import MOST_TRIES
from wirewatch.demo import DEMO_QUERIES
from wirewatch.demo.sample_web.loopback import LoopbackServer, visited_address
from wirewatch.feeds.polling import poll_shard, sync_registry
from wirewatch.feeds.registry import Feed, Outlet, Registry
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse

ADDRESSES = [f"127.0.6.{n}" for n in range(1, 7)]
_TEXT = "The pilot boat of the harbour went out at noon, and its crew saw the buoy where the chart has it. " * 8


class Sites:
    """Six outlets with two items each, which can be taken off the network."""

    def __init__(self) -> None:
        self._server: LoopbackServer | None = None
        self.port = 0

    def connect(self) -> None:
        self._server = LoopbackServer(ADDRESSES, self._answer, name="sites")
        self._server.start(self.port)
        self.port = self._server.port

    def cut(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        root = f"http://{visited_address(request)}:{self.port}"
        if request.path == "/feed.xml":
            items = "".join(f"<item><title>Boat {n}</title><link>{root}/{n}</link></item>" for n in range(2))
            return web.Response(text=f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="text/xml")
        if request.path == "/robots.txt":
            return web.Response(status=404)
        title = f"Boat {request.path} of {root}"
        page = f"<html><title>{title}</title><article><h1>{title}</h1><p>{_TEXT}{title}</p></article></html>"
        return web.Response(text=page, content_type="text/html")

    def registry(self) -> Registry:
        return Registry(
            outlets=tuple(
                Outlet(
                    key=f"site_{n}", name=f"Site {n}", homepage=f"http://{address}:{self.port}/", country="US",
                    language="en", kind="newspaper", ownership="none", perspective="us", press="independent",
                    timezone=None, feeds=(Feed("All", f"http://{address}:{self.port}/feed.xml"),),
                )
                for n, address in enumerate(ADDRESSES)
            ),
            digest="six sites",
        )  # fmt: skip


@pytest.fixture
def sites() -> Iterator[Sites]:
    found = Sites()
    found.connect()
    yield found
    found.cut()


@pytest.fixture
def house(tmp_path) -> Settings:
    return Settings(home=tmp_path, allow_addresses="127.0.6.0/24", host_delay_s=0)


def poll(warehouse: Warehouse, settings: Settings) -> None:
    """What waits is due at once, whatever its pace: a round stands for as long as a wait lasts."""
    with warehouse.transaction() as rows:
        rows.using(DEMO_QUERIES).make_feeds_due()
        rows.using(SOAK_QUERIES).forget_waits()
    poll_shard(warehouse, settings, 0, 1)
    with warehouse.transaction() as rows:
        rows.using(SOAK_QUERIES).forget_waits()


def entries(cursor) -> list[tuple[str, int]]:
    cursor.execute("select state, attempts from ingest.entry")
    return cursor.fetchall()


def pauses(cursor) -> list[str]:
    cursor.execute("select stage || ' ' || reason from ingest.pause")
    return [row[0] for row in cursor.fetchall()]


def test_an_outage_of_any_length_counts_no_attempt(sites, house, warehouse, cursor):
    sync_registry(warehouse, sites.registry(), now=datetime.now(UTC))
    poll(warehouse, house)
    sites.cut()
    collect_shard(warehouse, house, 0, 1)  # before a poll has found it out
    assert any(attempts for _, attempts in entries(cursor)), "what nobody could know yet was counted"
    for _ in range(MOST_TRIES + 4):
        poll(warehouse, house)
        collect_shard(warehouse, house, 0, 1)
        assert entries(cursor) == [("new", 0)] * 12
    assert pauses(cursor) == ["visits to pages 6 of 6 hosts do not answer: check this machine's network, DNS and proxy"]
    cursor.execute("select subject, closed_at is null from ingest.alarm where check_name = 'paused_stages'")
    assert cursor.fetchall() == [("visits to pages", True)]
    sites.connect()
    poll(warehouse, house)
    collect_shard(warehouse, house, 0, 1)
    assert entries(cursor) == [("extracted", 0)] * 12
    assert pauses(cursor) == []


def test_a_host_that_is_down_alone_is_counted(sites, house, warehouse, cursor):
    sync_registry(warehouse, sites.registry(), now=datetime.now(UTC))
    poll(warehouse, house)
    cursor.execute(
        "update ingest.entry set url = replace(url, '127.0.6.1:', '127.0.6.99:'), host = '127.0.6.99'"
        " where url like '%127.0.6.1:%'"
    )
    poll(warehouse, house)
    collect_shard(warehouse, house, 0, 1)
    assert sorted(entries(cursor)) == [("extracted", 0)] * 10 + [("new", 1)] * 2


def test_visits_are_made_again_when_nobody_polls_any_more(sites, house, warehouse, cursor):
    sync_registry(warehouse, sites.registry(), now=datetime.now(UTC))
    poll(warehouse, house)
    sites.cut()
    poll(warehouse, house)
    cursor.execute(
        "update ingest.pause set since = now() - interval '20 min', last_seen_at = now() - interval '16 min'"
    )
    sites.connect()
    collect_shard(warehouse, house, 0, 1)
    assert entries(cursor) == [("extracted", 0)] * 12
