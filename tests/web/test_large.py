"""Large bodies take turns; small ones never wait."""

from __future__ import annotations

import asyncio

import pytest

from tests.web.site import Site
from wirewatch.errors import FetchError
from wirewatch.web.client import RequestLimits, WebClient
from wirewatch.web.large import LARGE, LargeBodies

HTML = {"Content-Type": "text/html"}


@pytest.fixture
async def site():
    async with Site() as opened:
        opened.pages["/small"] = (200, HTML, b"<html>" + b" " * 1000)
        opened.pages["/large"] = (200, HTML, b"<html>" + b" " * (2 * LARGE))
        yield opened


@pytest.fixture
async def client(settings):
    async with WebClient(settings, limits=RequestLimits(total_s=10)) as opened:
        yield opened


async def test_no_more_large_bodies_than_places(client, site):
    places, held, most = LargeBodies(2), 0, 0

    async def visit() -> None:
        nonlocal held, most
        async with places.visit() as place:
            await client.get(site.url("/large"), on_large=place.take)
            held += 1
            most = max(most, held)
            await asyncio.sleep(0.05)
            held -= 1

    await asyncio.gather(*(visit() for _ in range(6)))
    assert most == 2


async def test_small_bodies_need_no_place(client, site):
    places = LargeBodies(1)
    async with places.visit() as kept:
        await kept.take()
        async with asyncio.timeout(5), places.visit() as place:
            await client.get(site.url("/small"), on_large=place.take)
            assert not place.taken


async def test_a_place_returns_when_the_visit_fails(client, site):
    places = LargeBodies(1)
    for _ in range(2):
        with pytest.raises(FetchError):
            async with asyncio.timeout(5), places.visit() as place:
                await client.get(site.url("/large"), on_large=place.take, max_bytes=LARGE + 1)
