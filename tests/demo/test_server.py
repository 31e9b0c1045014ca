"""The server: clock, validators, robots.txt, log, control, registry and command line."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from ruamel.yaml import YAML

from wirewatch.demo.sample_web import WEEK_END, SampleWeb
from wirewatch.demo.sample_web.outlets import outlets
from wirewatch.demo.sample_web.stories import articles

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def running() -> Iterator[SampleWeb]:
    with SampleWeb.running() as newsroom:
        yield newsroom


@pytest.fixture
def newsroom(running: SampleWeb) -> SampleWeb:
    running.now = WEEK_END
    running.faults.clear()
    running.visits.clear()
    return running


def get(url: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers or {})
    response = connection.getresponse()
    answer = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return answer


def post(newsroom: SampleWeb, order: object) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=10)
    connection.request("POST", "/__control", body=json.dumps(order))
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def test_every_article_answers_with_what_its_truth_says(newsroom):
    expected = {"gone": 410}
    for url, true in newsroom.truth().items():
        status, headers, _ = get(url)
        assert status == expected.get(true.drop, 200), url
        assert ("pdf" in headers["Content-Type"]) == (true.drop == "not_html")
        for alias in true.aliases:
            assert get(alias)[0] == 200


def test_a_tracked_link_leads_to_the_same_page(newsroom):
    url = newsroom.url("talks-pdr")
    assert get(url)[2] == get(url + "?utm_source=rss&utm_medium=feed")[2]


def test_the_clock_decides_what_is_there(newsroom):
    url, feed = newsroom.url("sale"), newsroom.feed_urls("meridian_wire")[0]
    newsroom.now = datetime(2026, 3, 5, 21, 29, tzinfo=UTC)
    assert get(url)[0] == 404
    assert url.encode() not in get(feed)[2]
    newsroom.now = datetime(2026, 3, 5, 21, 30, tzinfo=UTC)
    assert get(url)[0] == 200
    assert url.encode() in get(feed)[2]


@pytest.mark.parametrize("validator", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_304_is_honest(newsroom, validator):
    answered, asked = validator
    feed = newsroom.feed_urls("meridian_wire")[0]
    newsroom.now = datetime(2026, 3, 4, tzinfo=UTC)
    value = get(feed)[1][answered]
    assert get(feed, {asked: value})[0] == 304
    newsroom.now = datetime(2026, 3, 4, 5, 5, tzinfo=UTC)
    assert get(feed, {asked: value})[0] == 304, "nothing was published in between"
    newsroom.now = datetime(2026, 3, 4, 5, 10, tzinfo=UTC)
    assert get(feed, {asked: value})[0] == 200


def test_what_was_read_before_its_removal_is_not_lost(newsroom):
    url = newsroom.url("withdrawn")
    assert newsroom.truth()[url].drop == "gone"
    newsroom.now = datetime(2026, 3, 6, tzinfo=UTC)
    assert get(url)[0] == 200
    newsroom.now = WEEK_END
    assert get(url)[0] == 410
    assert (newsroom.truth()[url].drop, newsroom.truth()[url].removed) == (None, True)


def test_robots_txt_differs_by_host(newsroom):
    def robots(key):
        return get(f"http://{outlets()[key].address}:{newsroom.port}/robots.txt")[2].decode()

    assert "Crawl-delay: 2" in robots("sea_lanes_institute")
    assert "Disallow: /members/" in robots("luzon_sentinel")
    assert "Crawl-delay" not in robots("meridian_wire")


def test_the_log_tells_who_came_when(newsroom):
    get(newsroom.url("talks") + "?a=1", {"User-Agent": "tester"})
    visit = newsroom.visits[-1]
    assert (visit.host, visit.status, visit.client) == ("127.0.0.13", 200, "127.0.0.1")
    assert visit.path.endswith("?a=1")
    assert visit.headers["User-Agent"] == "tester"
    log = json.loads(get(f"http://127.0.0.1:{newsroom.port}/__control/log")[2])
    assert log[-1]["at"] == visit.at


def test_listed_items_are_remembered(newsroom):
    newsroom.listed.clear()
    newsroom.now = datetime(2026, 3, 3, tzinfo=UTC)
    get(newsroom.feed_urls("harbor_ledger")[0])
    early = len(newsroom.listed)
    newsroom.now = WEEK_END
    get(newsroom.feed_urls("harbor_ledger")[0])
    of_outlet = [article for article in articles().values() if article.outlet.key == "harbor_ledger"]
    assert 0 < early < len(newsroom.listed) == len(of_outlet)
    told = json.loads(get(f"http://127.0.0.1:{newsroom.port}/__control/entries")[2])
    assert {item["title"] for item in told} == {article.title for article in of_outlet}


def test_control_sets_clock_and_faults(newsroom):
    order = {"now": "2026-03-03T00:00:00Z", "faults": [{"kind": "status", "path": "/feed/", "status": 503, "times": 1}]}
    status, state = post(newsroom, order)
    assert status == 200
    assert state["now"] == "2026-03-03T00:00:00+00:00"
    feed = newsroom.feed_urls("harbor_ledger")[0]
    assert [get(feed)[0], get(feed)[0]] == [503, 200]
    truth = json.loads(get(f"http://127.0.0.1:{newsroom.port}/__control/truth")[2])
    assert {true["url"] for true in truth} == set(newsroom.truth())


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"noww": 1}, "unknown keys"),
        ({"now": "2026-03-03T00:00:00"}, "has no zone"),
        ({"faults": [{"kind": "explode"}]}, "unknown fault"),
        ({"faults": [{"kind": "hang", "minutes": 3}]}, "takes"),
        ({"now": "2026-03-02T00:00:00Z", "faults": [{"path": "/"}]}, "kind"),
    ],
)
def test_a_wrong_order_is_refused_whole(newsroom, order, said):
    status, answer = post(newsroom, order)
    assert status == 400
    assert said in answer["error"]
    assert newsroom.now == WEEK_END


def test_the_registry_has_every_feed(newsroom, tmp_path):
    newsroom.write_feeds(tmp_path / "feeds.yaml")
    document = YAML(typ="safe").load(tmp_path / "feeds.yaml")
    assert {outlet["key"] for outlet in document["outlets"]} == set(outlets())
    urls = [feed["url"] for outlet in document["outlets"] for feed in outlet["feeds"]]
    assert len(set(urls)) == len(urls) >= 24
    assert all(get(url)[0] == 200 for url in urls)


def test_a_busy_port_gets_the_next_free(newsroom):
    with SampleWeb.running(newsroom.port) as second:
        assert second.port > newsroom.port
        assert get(second.url("talks"))[0] == 200


def test_the_command_serves_until_sigterm(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    feeds = tmp_path / "feeds.yaml"
    command = [sys.executable, "-m", "wirewatch.demo.sample_web", "--port", str(port), "--feeds-file", str(feeds)]
    process = subprocess.Popen([*command, "--now", "2026-03-04T00:00:00Z"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        with urlopen(address, timeout=10) as answer:
            assert json.load(answer)["now"] == "2026-03-04T00:00:00+00:00"
        assert "meridian_wire" in feeds.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
