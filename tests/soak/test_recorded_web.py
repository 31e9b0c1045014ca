"""The recorded web: hosts become loopback addresses, steps change the feeds, the account finds what went wrong."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest

from tests.soak.recorded.accounting import account
from tests.soak.recorded.guard import LeavesLoopbackError, only_loopback
from tests.soak.recorded.material import RecordedFeed, Recording
from tests.soak.recorded.web import Hosts, RecordedWeb

ITEM = "<item><guid>{0}</guid><link>https://news.example/story?id={0}&amp;utm_source=rss</link>{1}</item>"
BODY = "<title>Story</title><description>The ship left port on Monday.</description>"


def document(*items: str) -> bytes:
    return f"<rss><channel><title>News</title>{''.join(items)}</channel></rss>".encode()


@pytest.fixture
def recorded_web():
    steps = [document(ITEM.format(1, BODY)), document(ITEM.format(2, BODY), ITEM.format(1, BODY), ITEM.format(3, ""))]
    feed = RecordedFeed("feeds.example", "/news?format=rss", "news", lambda step: steps[step])
    hosts = frozenset({"feeds.example", "news.example"})
    with RecordedWeb(Recording("test", (feed,), 2, 1, hosts)).running() as running:
        yield running


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def feed_url(web: RecordedWeb) -> str:
    return web.feed_address(web.recording.feeds[0])


def entry(web: RecordedWeb, identity: str, url: str | None = None, title: str = "") -> SimpleNamespace:
    return SimpleNamespace(feed=feed_url(web), identity=identity, url=url, title=title)


def link(web: RecordedWeb, number: int) -> str:
    return web.hosts.origin("news.example") + f"/story?id={number}"


def test_addresses_are_replaced_and_names_are_not():
    hosts = Hosts(["paper.example", "www.paper.example"])
    hosts.port = 8000
    feed = (
        b'<rss xmlns:p="http://paper.example/ns"><link>https://WWW.paper.example:443/a?b</link> http://other.example/'
    )
    changed = feed.replace(b"https://WWW.paper.example:443", b"http://127.0.0.3:8000")
    assert hosts.rewrite(feed) == changed


def test_the_step_decides_what_the_feed_says(recorded_web):
    status, first = get(feed_url(recorded_web))
    assert status == 200
    assert list(recorded_web.listed) == [(feed_url(recorded_web), "1")]
    recorded_web.step = 1
    assert get(feed_url(recorded_web))[1] != first
    assert [key for _, key in recorded_web.listed] == ["1", "2", "3"]


def test_a_page_exists_once_it_was_listed_and_when_there_is_something_to_say(recorded_web):
    assert get(link(recorded_web, 2))[0] == 404
    recorded_web.step = 1
    get(feed_url(recorded_web))
    status, page = get(link(recorded_web, 2))
    assert status == 200
    assert b"The ship left port on Monday." in page
    assert get(link(recorded_web, 3))[0] == 404


def test_an_account_that_balances(recorded_web):
    get(feed_url(recorded_web))
    assert account(recorded_web, [entry(recorded_web, "1")]).balances
    by_its_address = account(recorded_web, [entry(recorded_web, "another name for it", link(recorded_web, 1))])
    assert by_its_address.balances


def test_an_account_with_a_loss_a_repetition_and_an_invention(recorded_web):
    recorded_web.step = 1
    get(feed_url(recorded_web))
    found = [
        entry(recorded_web, "1"),
        entry(recorded_web, "once more", link(recorded_web, 1)),
        entry(recorded_web, "3"),
        entry(recorded_web, "4", link(recorded_web, 4)),
    ]
    wrong = account(recorded_web, found)
    feed = feed_url(recorded_web)
    assert wrong.unaccounted == (f"{feed} 2",)
    assert wrong.twice == (f"{feed} 1",)
    assert wrong.never_listed == (f"{feed} 4",)
    assert not wrong.balances


def test_nothing_leaves_loopback():
    with only_loopback() as refused:
        with pytest.raises(LeavesLoopbackError, match="leave this machine"):
            socket.create_connection(("192.0.2.1", 80), timeout=1)
        with pytest.raises(LeavesLoopbackError):
            socket.getaddrinfo("news.example", 443)
        socket.getaddrinfo("127.0.0.2", 80)
    assert refused == ["192.0.2.1", "news.example"]
