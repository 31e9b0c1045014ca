"""Politeness and robots.txt on a real database: what the site's own access log says."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import psycopg2
import pytest

from tests.web.site import Site
from wirewatch.errors import FetchError, HostBusy
from wirewatch.records import FetchFailure
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import named_queries
from wirewatch.web.client import RequestLimits, WebClient
from wirewatch.web.visitor import Visitor

FAST = RequestLimits(connect_s=2, read_s=1, total_s=3)


def robots(text: str, status: int = 200):
    return status, {"Content-Type": "text/plain"}, text.encode()


@pytest.fixture
async def site():
    async with Site() as opened:
        opened.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /private/\n")
        for n in range(8):
            opened.pages[f"/{n}"] = f"<html>page {n}"
        yield opened


@pytest.fixture
async def client(settings):
    async with WebClient(settings, limits=FAST) as opened:
        yield opened


def delayed(settings, seconds: float):
    return settings.model_copy(update={"host_delay_s": seconds})


async def test_robots_txt_is_read_once_and_obeyed(warehouse, settings, client, site):
    visitor = Visitor(warehouse, settings, client, by="a")
    assert (await visitor.get(site.url("/1"))).status == 200
    with pytest.raises(FetchError) as error:
        await visitor.get(site.url("/private/x"))
    assert error.value.reason == FetchFailure.ROBOTS_DISALLOWED
    # Another worker finds it in the warehouse.
    await Visitor(warehouse, settings, client, by="b").get(site.url("/2"))
    assert site.paths() == ["/robots.txt", "/1", "/2"]


async def test_four_workers_leave_the_delay_between_any_two_visits(database, settings, site):
    polite = delayed(settings, 0.4)

    async def work(name: str, numbers: list[int]) -> None:
        with Warehouse(database) as warehouse:
            async with WebClient(polite, limits=FAST) as client:
                visitor = Visitor(warehouse, polite, client, by=name)
                await asyncio.gather(*(visitor.get(site.url(f"/{n}")) for n in numbers))

    await asyncio.gather(*(work(f"worker {n}", [n, n + 4]) for n in range(4)))
    times = [visit.began for visit in site.visits]
    assert sorted(site.paths()) == sorted(["/robots.txt", *(f"/{n}" for n in range(8))])
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4


async def test_crawl_delay_is_kept(warehouse, settings, client, site):
    site.pages["/robots.txt"] = robots("User-agent: wirewatch\nCrawl-delay: 0.5\n")
    visitor = Visitor(warehouse, settings, client, by="a")
    await visitor.get(site.url("/1"))
    await visitor.get(site.url("/2"))
    times = [visit.began for visit in site.visits]
    assert len(times) == 3
    assert min(b - a for a, b in pairwise(times)) >= 0.5


async def test_a_redirect_within_the_host_waits_and_asks_robots_too(warehouse, settings, client, site):
    site.pages["/old"] = (301, {"Location": "/1"}, b"")
    site.pages["/trap"] = (302, {"Location": "/private/x"}, b"")
    visitor = Visitor(warehouse, delayed(settings, 0.3), client, by="a")
    assert (await visitor.get(site.url("/old"))).final_url == site.url("/1")
    with pytest.raises(FetchError, match=r"robots\.txt"):
        await visitor.get(site.url("/trap"))
    times = [visit.began for visit in site.visits]
    assert site.paths() == ["/robots.txt", "/old", "/1", "/trap"]
    assert min(b - a for a, b in pairwise(times)) >= 0.3


async def test_a_redirect_to_another_host_asks_its_robots_and_gives_the_first_turn_back(
    warehouse, cursor, settings, client, site
):
    async with Site("127.0.0.2") as other:
        other.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /no\n")
        other.pages["/yes"] = "<html>yes"
        site.pages["/go"] = (302, {"Location": other.url("/yes")}, b"")
        site.pages["/stop"] = (302, {"Location": other.url("/no")}, b"")
        visitor = Visitor(warehouse, settings, client, by="a")
        assert (await visitor.get(site.url("/go"))).final_url == other.url("/yes")
        with pytest.raises(FetchError) as error:
            await visitor.get(site.url("/stop"))
        assert error.value.reason == FetchFailure.ROBOTS_DISALLOWED
        assert other.paths() == ["/robots.txt", "/yes"]
    cursor.execute("select count(*) from ingest.host where busy_by is not null")
    assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("status", [404, 403, 401, 410])
async def test_a_site_without_robots_txt_may_be_visited(warehouse, settings, client, site, status):
    site.pages["/robots.txt"] = robots("", status)
    assert (await Visitor(warehouse, settings, client, by="a").get(site.url("/1"))).status == 200


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_robots_txt_that_fails_stops_visits_until_it_can_be_read(warehouse, settings, client, site, status):
    site.pages["/robots.txt"] = robots("", status)
    for name in ("a", "b"):
        with pytest.raises(FetchError, match=r"robots\.txt") as error:
            await Visitor(warehouse, settings, client, by=name).get(site.url("/1"))
        assert error.value.retry
        assert error.value.retry_after_s > 500
    assert site.paths() == ["/robots.txt"]


async def test_known_rules_stay_in_force_while_robots_txt_fails(warehouse, cursor, settings, client, site):
    await Visitor(warehouse, settings, client, by="a").get(site.url("/1"))
    cursor.execute("update ingest.host set robots_expires_at = now() - interval '1 second'")
    site.pages["/robots.txt"] = robots("", 503)
    visitor = Visitor(warehouse, settings, client, by="b")
    await visitor.get(site.url("/2"))
    with pytest.raises(FetchError) as error:
        await visitor.get(site.url("/private/x"))
    assert error.value.reason == FetchFailure.ROBOTS_DISALLOWED
    assert site.paths() == ["/robots.txt", "/1", "/robots.txt", "/2"]


async def test_retry_after_holds_for_the_whole_host(warehouse, settings, client, site):
    site.pages["/1"] = (503, {"Retry-After": "3600"}, b"")
    visitor = Visitor(warehouse, settings, client, by="a")
    with pytest.raises(FetchError) as error:
        await visitor.get(site.url("/1"))
    assert error.value.retry_after_s == 3600
    with pytest.raises(HostBusy) as busy:
        await visitor.get(site.url("/2"))
    assert 3500 < busy.value.retry_after_s <= 3600
    assert site.paths() == ["/robots.txt", "/1"]


async def test_a_dead_workers_turn_returns_after_its_lease(warehouse, cursor, settings, client, site):
    visitor = Visitor(warehouse, settings, client, by="a")
    await visitor.get(site.url("/1"))
    cursor.execute("update ingest.host set busy_by = 'dead', busy_until = now() + interval '2 seconds'")
    with pytest.raises(HostBusy):
        await visitor.get(site.url("/2"), patience_s=0.5)
    assert (await visitor.get(site.url("/2"), patience_s=10)).status == 200


def test_a_turns_commit_does_not_wait_for_the_disk_and_others_do(database):
    def waits(query: str, **values: object) -> bool:
        with psycopg2.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute("set local synchronous_commit = on")  # the tests' server is not durable
            getattr(named_queries(), query)(connection, host="a.test", **values)
            cursor.execute("show synchronous_commit")
            return cursor.fetchone()[0] == "on"

    assert not waits("begin_visit", by="one", delay_s=5.0, lease_s=60.0)
    assert waits("begin_visit", by="two", delay_s=5.0, lease_s=60.0), "it got no turn and wrote nothing"
    assert waits("save_robots", status=404, text=None, valid_s=60.0)
    assert not waits("end_visit", by="one", delay_s=5.0, counted=True, error=None, failing_as=None)
