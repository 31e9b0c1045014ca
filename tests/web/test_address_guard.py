"""Which addresses may be visited, and that nothing else is ever connected to."""

from __future__ import annotations

import socket
from ipaddress import IPv4Network, ip_address

import pytest
from aiohttp.abc import AbstractResolver
from hypothesis import given
from hypothesis import strategies as st

from tests.web.site import Site
from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure
from wirewatch.web.address_guard import why_blocked
from wirewatch.web.client import RequestLimits, WebClient

BLOCKED = {
    "0.0.0.0": "unspecified",
    "0.1.2.3": "private",
    "10.1.2.3": "private",
    "100.64.0.1": "not globally reachable",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud service",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private",
    "192.0.0.8": "special purpose",
    "192.0.2.1": "private",
    "192.168.1.1": "private",
    "198.18.0.1": "private",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "private",
    "255.255.255.255": "private",
    "::": "unspecified",
    "::1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "link-local",
    "::127.0.0.1": "loopback",
    "64:ff9b::10.0.0.1": "private",
    "64:ff9b::169.254.169.254": "link-local",
    "64:ff9b:1::1": "special purpose",
    "2002:7f00:1::": "loopback",
    "2002:a9fe:a9fe::1": "link-local",
    "2001:db8::1": "private",
    "2001::1": "special purpose",
    "3fff::1": "special purpose",
    "fe80::1": "link-local",
    "fec0::1": "private",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "ff02::1": "multicast",
}


@pytest.mark.parametrize(("address", "why"), BLOCKED.items())
def test_blocked(address, why):
    assert why_blocked(ip_address(address)).startswith(why)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_public_addresses_may_be_visited(address):
    assert why_blocked(ip_address(address)) is None


def test_an_operator_can_open_a_network_and_no_more():
    allow = (IPv4Network("127.0.0.0/8"),)
    assert why_blocked(ip_address("127.0.0.5"), allow) is None
    assert why_blocked(ip_address("::ffff:127.0.0.5"), allow) is None
    assert why_blocked(ip_address("10.0.0.1"), allow) == "private"
    assert why_blocked(ip_address("::1"), allow) == "loopback"


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_ipv6_dress(address):
    bare = why_blocked(address) is None
    number = int(address)
    for dressed in (f"::ffff:{address}", f"64:ff9b::{address}", str(ip_address((0x2002 << 112) | (number << 80) | 1))):
        assert (why_blocked(ip_address(dressed)) is None) == bare


class Rebinding(AbstractResolver):
    """A DNS server that says something else each time it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            {"hostname": host, "host": address, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
            for address in answer
        ]

    async def close(self) -> None:
        return None


@pytest.fixture
async def inside():
    """A server in the operator's own network: no visit may ever arrive there."""
    async with Site("127.0.0.1") as opened:
        opened.pages["/"] = "<html>secret"
        yield opened
        assert opened.visits == []


def _resolves(name):
    try:
        return bool(socket.getaddrinfo(name, 80))
    except OSError:
        return False


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0x7f.0.0.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://127.1:{port}/",
        "http://user:secret@127.0.0.1:{port}/",
        "http://127.0.0.1.:{port}/",
        "http://①②⑦.0.0.1:{port}/",
    ],
)
async def test_no_way_of_writing_an_address_leads_inside(settings, inside, url):
    if "localhost" in url and not _resolves("localhost"):
        pytest.skip("this machine does not know the name localhost: /etc/hosts is missing")
    closed = settings.model_copy(update={"allow_addresses": ()})
    async with WebClient(closed, limits=RequestLimits(connect_s=2, total_s=3)) as client:
        with pytest.raises(FetchError) as error:
            await client.get(url.format(port=inside.port))
    assert not error.value.retry


async def test_a_name_that_turns_to_the_inside_between_two_looks_is_never_followed(settings, inside):
    """DNS rebinding: the answer that is checked is the one that is connected to, and each connection is checked."""
    closed = settings.model_copy(update={"allow_addresses": (IPv4Network("127.0.0.2/32"),)})
    resolver = Rebinding(["127.0.0.2"], ["127.0.0.1"])
    outside = Site("127.0.0.2")
    outside.port = inside.port
    async with outside:
        outside.pages["/"] = (200, {"Content-Type": "text/html", "Connection": "close"}, b"<html>public")
        async with WebClient(closed, resolver=resolver, limits=RequestLimits(connect_s=2, total_s=3)) as client:
            url = f"http://rebind.example:{inside.port}/"
            assert (await client.get(url)).address == "127.0.0.2"
            with pytest.raises(FetchError) as error:
                await client.get(url)
    assert error.value.reason == FetchFailure.BLOCKED_ADDRESS


async def test_of_several_addresses_only_the_good_ones_are_tried(settings, inside):
    opened = settings.model_copy(update={"allow_addresses": (IPv4Network("127.0.0.2/32"),)})
    async with Site("127.0.0.2") as outside:
        outside.pages["/"] = "<html>public"
        resolver = Rebinding(["127.0.0.1", "127.0.0.2"])
        async with WebClient(opened, resolver=resolver) as client:
            assert (await client.get(f"http://both.example:{outside.port}/")).address == "127.0.0.2"


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:{port}/"])
async def test_a_redirect_does_not_lead_inside(settings, inside, target):
    opened = settings.model_copy(update={"allow_addresses": (IPv4Network("127.0.0.2/32"),)})
    async with Site("127.0.0.2") as outside:
        outside.pages["/"] = (302, {"Location": target.format(port=inside.port)}, b"")
        async with WebClient(opened, limits=RequestLimits(connect_s=2, total_s=3)) as client:
            with pytest.raises(FetchError) as error:
                await client.get(outside.url("/"))
    assert error.value.reason == FetchFailure.BLOCKED_ADDRESS
    assert not error.value.retry
