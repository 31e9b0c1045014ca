"""Each fault does to a client what it says, and leaves the server well."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
import zlib
from collections.abc import Iterator

import feedparser
import pytest

from tests.demo.test_server import get
from wirewatch.demo.sample_web import SampleWeb
from wirewatch.demo.sample_web.faults import FAULTS

FEED = "/rss/world.xml"


@pytest.fixture(scope="module")
def running() -> Iterator[SampleWeb]:
    with SampleWeb.running() as newsroom:
        yield newsroom


@pytest.fixture
def newsroom(running: SampleWeb) -> Iterator[SampleWeb]:
    running.faults.clear()
    running.visits.clear()
    yield running
    running.faults.clear()
    assert get(f"http://127.0.0.11:{running.port}{FEED}")[0] == 200, "the server survived"


def fetch(newsroom: SampleWeb, path: str = FEED, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return get(f"http://127.0.0.11:{newsroom.port}{path}", headers)


def exchange(newsroom: SampleWeb, seconds: float = 0.5, path: str = FEED) -> bytes:
    """What arrives on a plain socket within `seconds`."""
    arrived, end = b"", time.monotonic() + seconds
    with socket.create_connection(("127.0.0.11", newsroom.port), timeout=seconds) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
        while (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            try:
                part = connection.recv(65536)
            except TimeoutError:
                break
            if not part:
                break
            arrived += part
    return arrived


def test_a_rule_counts_and_chooses(newsroom):
    newsroom.fail("status", host="127.0.0.11", path="/rss/*", times=2, status=429, headers={"Retry-After": "9"})
    assert get(newsroom.url("talks"))[0] == 200
    assert fetch(newsroom)[1]["Retry-After"] == "9"
    assert [fetch(newsroom)[0], fetch(newsroom)[0]] == [429, 200]
    assert [visit.fault for visit in newsroom.visits] == [None, "status", "status", None]


def test_redirects(newsroom):
    newsroom.fail("redirect", path=FEED, to="http://169.254.169.254/latest", status=301)
    status, headers, _ = fetch(newsroom)
    assert (status, headers["Location"]) == (301, "http://169.254.169.254/latest")
    newsroom.faults.clear()
    newsroom.fail("redirect_loop")
    hops = [FEED]
    for _ in range(5):
        hops.append(fetch(newsroom, hops[-1])[1]["Location"])
    assert len(set(hops)) == 6


def test_walls_and_pages_in_place_of_a_feed(newsroom):
    newsroom.fail("bot_wall", times=1, xml_looking=True)
    status, headers, body = fetch(newsroom)
    assert status == 403
    assert "xml" in headers["Content-Type"]
    assert body.startswith(b"<?xml")
    newsroom.fail("not_a_feed", times=1)
    assert feedparser.parse(fetch(newsroom)[2]).version == ""
    newsroom.fail("script_shell", times=1)
    status, headers, body = fetch(newsroom)
    assert (status, b"<p>" in body) == (200, False)
    assert b"<div id=root></div>" in body
    newsroom.fail("empty", times=1)
    assert fetch(newsroom)[2] == b""
    newsroom.fail("no_items", times=1)
    parsed = feedparser.parse(fetch(newsroom)[2])
    assert (parsed.version, parsed.entries) == ("rss20", [])


def test_validators_that_lie_or_lack(newsroom):
    newsroom.fail("always_unchanged", times=1)
    assert fetch(newsroom)[0] == 304
    newsroom.fail("no_validators", times=1)
    assert {"ETag", "Last-Modified"}.isdisjoint(fetch(newsroom)[1])


def test_wrong_charset(newsroom):
    newsroom.fail("wrong_charset", host="127.0.0.18")
    _, headers, body = get(newsroom.url("talks-jinghai"))
    assert "iso-8859-1" in headers["Content-Type"]
    assert b"charset=iso-8859-1" in body
    assert "美军" in body.decode("gbk")


def test_characters_that_can_not_be_stored(newsroom):
    newsroom.fail("nul_bytes", times=1)
    assert b"<title>\x00" in fetch(newsroom)[2]
    newsroom.fail("lone_surrogate", times=2)
    assert b"&#xD83D;" in fetch(newsroom)[2]
    told = json.loads(get(newsroom.feed_urls("newsloop")[0])[2])
    assert told["items"][0]["title"].startswith("\ud83d")


@pytest.mark.parametrize("year", [9999, 1999])
def test_other_years(newsroom, year):
    newsroom.fail("other_year", year=year)
    dates = [entry.published for entry in feedparser.parse(fetch(newsroom)[2]).entries]
    assert all(str(year) in date for date in dates)


def test_guids(newsroom):
    honest = re.findall(rb"<guid[^>]*>([^<]*)", fetch(newsroom)[2])
    newsroom.fail("guids", times=1, same="1")
    assert set(re.findall(rb"<guid[^>]*>([^<]*)", fetch(newsroom)[2])) == {b"1"}
    newsroom.fail("guids", times=1, suffix="-v2")
    assert re.findall(rb"<guid[^>]*>([^<]*)", fetch(newsroom)[2]) == [guid + b"-v2" for guid in honest]


def test_hostile_documents(newsroom):
    newsroom.fail("entity_bomb", times=1)
    assert fetch(newsroom)[2].count(b"<!ENTITY") == 11
    newsroom.fail("external_entity", times=1, system="http://127.0.0.1/secret")
    assert b'SYSTEM "http://127.0.0.1/secret"' in fetch(newsroom)[2]
    newsroom.fail("deep_nesting", times=1, depth=5000)
    assert fetch(newsroom)[2].count(b"<div>") == 5000
    newsroom.fail("other_type", times=1, content_type="video/mp4")
    assert fetch(newsroom)[1]["Content-Type"] == "video/mp4"


def test_strange_headers(newsroom):
    newsroom.fail("huge_headers", times=1)
    head = exchange(newsroom).split(b"\r\n\r\n")[0]
    assert len(head) > 65536
    assert head.count(b"X-Cache-Node") == 150
    newsroom.fail("extra_headers", times=1, headers={"Set-Cookie": "id=1", "Cache-Control": "max-age=900"})
    assert fetch(newsroom)[1]["Set-Cookie"] == "id=1"
    newsroom.fail("clock_skew", times=1, seconds=86400)
    skewed = fetch(newsroom)[1]
    assert skewed["Date"] == skewed["Last-Modified"]


def test_hang_says_nothing(newsroom):
    newsroom.fail("hang")
    assert exchange(newsroom, 0.4) == b""


def test_hang_answers_in_the_end(newsroom):
    newsroom.fail("hang", seconds=0.1)
    assert fetch(newsroom)[0] == 200


def test_slow_answers(newsroom):
    newsroom.fail("trickle", times=1, seconds=0.05)
    assert 3 <= len(exchange(newsroom, 0.6).split(b"\r\n\r\n", 1)[1]) < 200
    newsroom.fail("slow_headers", times=1, seconds=0.05)
    arrived = exchange(newsroom, 0.6)
    assert arrived.count(b"X-Slow-") >= 3
    assert b"\r\n\r\n" not in arrived


@pytest.mark.parametrize("after", [0, 100])
def test_reset(newsroom, after):
    newsroom.fail("reset", after=after)
    with pytest.raises(ConnectionResetError):
        fetch(newsroom)


def test_cut_off_bodies(newsroom):
    newsroom.fail("truncated", share=0.5)
    with pytest.raises(http.client.IncompleteRead):
        fetch(newsroom)
    newsroom.faults.clear()
    newsroom.fail("raw", data="220 mail.example ESMTP ready\r\n")
    with pytest.raises(http.client.BadStatusLine):
        fetch(newsroom)


def test_compression(newsroom):
    honest = fetch(newsroom)[2]
    newsroom.fail("gzip", times=1)
    assert zlib.decompress(fetch(newsroom)[2], zlib.MAX_WBITS | 16) == honest
    newsroom.fail("broken_gzip", times=1)
    with pytest.raises(zlib.error):
        zlib.decompress(fetch(newsroom)[2], zlib.MAX_WBITS | 16)


def test_a_gzip_bomb_is_small_and_unpacks_to_its_size(newsroom):
    newsroom.fail("gzip_bomb", size=32 << 20)
    packed = fetch(newsroom)[2]
    assert len(packed) < 100_000
    assert len(zlib.decompress(packed, zlib.MAX_WBITS | 16)) == 32 << 20


def test_an_endless_page_goes_on(newsroom):
    newsroom.fail("endless", times=1)
    connection = http.client.HTTPConnection("127.0.0.11", newsroom.port, timeout=10)
    connection.request("GET", FEED)
    response = connection.getresponse()
    assert len(response.read(20 << 20)) == 20 << 20
    connection.close()


def test_every_fault_is_tested():
    """A new fault must get its test: each kind is named in this file."""
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    assert [kind for kind in FAULTS if f'fail("{kind}"' not in text] == []
