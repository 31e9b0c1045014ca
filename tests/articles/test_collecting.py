"""The stage on loopback sites and a real database: every entry ends in one state, whatever the web does."""

from __future__ import annotations

import json
import os
import signal
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tests.articles.newsdesk import FIRST_SEEN, TEXT
from tests.web.site import article
from wirewatch.articles import collecting, extracting
from wirewatch.articles.collecting import CollectReport, collect_shard, waiting_shards
from wirewatch.articles.reading import ExtractionPool
from wirewatch.articles.reextracting import reextract
from wirewatch.records import ArchiveLocation, DateCandidate
from wirewatch.sandbox import pool as reading
from wirewatch.sandbox.frames import write_frame
from wirewatch.text.urls import url_key
from wirewatch.web.archive import Archive


def test_an_entry_becomes_a_page_and_an_article(warehouse, settings, desk, site, collect):
    feed = desk.feed("gazette", timezone="Asia/Shanghai")
    date = DateCandidate("feed:published", "Wed, 03 Jun 2026 01:00:00 GMT", datetime(2026, 6, 3, 1, tzinfo=UTC))
    entry = desk.entry(feed, site.url("/a"), dates=json.dumps([date.as_json()]), authors=["A. Writer"])
    site.pages["/a"] = article("Destroyer sails", *TEXT)

    assert waiting_shards(warehouse, 1) == [0]
    assert collect() == CollectReport(fetched=1, extracted=1)
    assert waiting_shards(warehouse, 1) == []

    assert desk.state(entry) == ("extracted", None)
    key, outlet, first_seen = desk.one(
        "select url_key, outlet.key, first_seen_at from news.article join news.outlet using (outlet_id)"
    )
    assert (key, outlet, first_seen) == (url_key(site.url("/a")), "gazette", FIRST_SEEN)
    title, text, published, source, authors, digest = desk.one(
        "select title, text, published_at, published_source, authors, text_digest from news.article_version"
    )
    assert title == "Destroyer sails"
    assert text == "\n".join(TEXT)
    assert (published, source) == (date.value, "feed:published")
    assert authors == ["A. Writer"]
    assert digest.startswith("sha256:")

    url, status, size, file, offset, length, page_digest = desk.one(
        "select url, http_status, bytes, archive_file, archive_offset, archive_length, digest from ingest.page"
    )
    assert (url, status) == (site.url("/a"), 200)
    _, body = Archive(settings.archive_url).read(ArchiveLocation(file, offset, length, page_digest))
    assert body.decode() == site.pages["/a"]
    assert size == len(body)


def test_entries_of_one_address_share_one_fetch_and_one_article(desk, site, collect):
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    first, second = desk.feed("first"), desk.feed("second")
    entries = [
        desk.entry(
            second,
            site.url("/a?utm_source=rss").replace("?utm_source=rss", ""),
            identity="x",
            first_seen_at=FIRST_SEEN + timedelta(hours=1),
            last_seen_at=FIRST_SEEN + timedelta(hours=1),
        ),
        desk.entry(first, site.url("/a"), identity="y"),
        desk.entry(first, site.url("/a/"), identity="z"),
    ]
    assert collect() == CollectReport(fetched=1, extracted=1)
    assert {desk.state(entry) for entry in entries} == {("extracted", None)}
    assert desk.all("select outlet.key from news.article join news.outlet using (outlet_id)") == [("first",)]
    late = desk.entry(second, site.url("/a"), identity="late")
    assert collect() == CollectReport(adopted=1)
    assert desk.state(late) == ("extracted", None)
    assert site.paths().count("/a") + site.paths().count("/a/") == 1


def test_a_redirect_to_a_known_article_adopts_it(desk, site, collect):
    feed = desk.feed("gazette")
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    desk.entry(feed, site.url("/a"))
    collect()
    site.pages["/short"] = (301, {"Location": "/a"}, b"")
    short = desk.entry(feed, site.url("/short"))
    assert collect() == CollectReport(adopted=1)
    again = desk.entry(feed, site.url("/short"), identity="again")
    assert collect() == CollectReport(adopted=1)
    assert desk.state(short) == desk.state(again) == ("extracted", None)
    assert desk.one("select count(*) from news.article") == (1,)
    assert site.paths().count("/short") == 1


def test_the_article_belongs_to_the_outlet_at_whose_home_it_is(desk, sites, site, collect):
    aggregator = desk.feed("aggregator", homepage="https://aggregator.example/")
    desk.feed("paper", homepage=site.url("/"))
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    desk.entry(aggregator, site.url("/a"))
    collect()
    assert desk.all("select outlet.key from news.article join news.outlet using (outlet_id)") == [("paper",)]


def test_old_entries_are_dropped_unvisited_and_late_ones_are_not(desk, site, collect):
    feed = desk.feed("gazette")
    old = desk.entry(
        feed, site.url("/old"), published_at=FIRST_SEEN - timedelta(days=31), published_source="feed:published"
    )
    late = desk.entry(
        feed, site.url("/late"), published_at=FIRST_SEEN - timedelta(days=29), published_source="feed:published"
    )
    site.pages["/late"] = article("Destroyer sails", *TEXT)
    assert collect() == CollectReport(fetched=1, extracted=1, dropped=1)
    assert desk.state(old) == ("dropped", "too_old")
    assert desk.state(late) == ("extracted", None)


@pytest.mark.parametrize(
    ("page", "reason", "tries"),
    [
        ((410, {}, b""), "gone", 1),
        ((404, {}, b""), "gone", 3),
        ((403, {}, b"<html>Forbidden"), "bot_wall", 3),
        ((402, {}, b""), "paywall", 1),
        ((200, {"Content-Type": "application/pdf"}, b"%PDF"), "not_html", 1),
        ((302, {"Location": "/a"}, b""), "too_many_redirects", 1),
        ((302, {"Location": "http://169.254.169.254/"}, b""), "blocked_address", 1),
        ((302, {"Location": "/"}, b""), "gone", 1),
        ((200, {"Content-Type": "text/html"}, b"<html><body></body></html>"), "no_text", 1),
        ((200, {"Content-Type": "text/html"}, b""), "retries_exhausted", 8),
        ((503, {}, b""), "retries_exhausted", 8),
        ((429, {"Retry-After": "100"}, b""), "retries_exhausted", 8),
    ],
)
def test_what_fails_is_tried_as_long_as_it_may_help_and_then_dropped_with_its_reason(
    desk, site, collect, page, reason, tries
):
    site.pages["/a"] = page
    site.pages["/"] = "<html>front page"
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    for n in range(1, tries + 1):
        collect()
        assert desk.one("select attempts from ingest.entry") == (n,)
        assert desk.state(entry)[0] == ("dropped" if n == tries else "new")
        assert collect() == CollectReport()
        desk.due_now()
    assert desk.state(entry) == ("dropped", reason)
    assert desk.one("select detail from ingest.entry")[0]


def test_robots_txt_ends_an_entry(desk, site, collect):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /a")
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    assert collect() == CollectReport(dropped=1)
    assert desk.state(entry) == ("dropped", "robots_disallowed")
    assert site.paths() == ["/robots.txt"]


def test_a_host_that_is_down_is_left_alone_and_nothing_is_lost(desk, sites, site, collect):
    feed = desk.feed("gazette")
    down = sites.open("127.0.0.2")
    entries = [desk.entry(feed, down.url(f"/{n}")) for n in range(10)]
    for n in range(10):
        down.pages[f"/{n}"] = article(f"Destroyer sails {n}", *TEXT, f"Paragraph {n}.")
    desk.entry(feed, site.url("/a"))
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    sites.close(down)
    report = collect()
    assert (report.extracted, report.dropped) == (1, 0)
    assert desk.one("select max(attempts), sum(attempts) <= 2 from ingest.entry where host = %s", down.host) == (
        1,
        True,
    )
    assert collect() == CollectReport()
    sites._run(down.__aenter__())
    sites.opened.append(down)
    desk.due_now()
    assert collect().extracted == 10
    assert {desk.state(entry) for entry in entries} == {("extracted", None)}


def test_a_retry_after_makes_the_others_of_the_host_wait_uncounted(desk, site, collect):
    feed = desk.feed("gazette")
    site.pages["/0"] = (429, {"Retry-After": "3600"}, b"")
    entries = [desk.entry(feed, site.url(f"/{n}")) for n in range(3)]
    assert collect() == CollectReport(put_off=3)
    assert site.paths() == ["/robots.txt", "/0"]
    assert desk.all(
        "select attempts, next_try_at > now() + interval '59 minutes' from ingest.entry order by 1 desc"
    ) == [
        (1, True),
        (0, True),
        (0, True),
    ]
    assert {desk.state(entry)[0] for entry in entries} == {"new"}


def test_a_redirect_to_a_host_that_fails_is_not_held_against_the_first(desk, sites, site, collect):
    feed = desk.feed("gazette")
    other = sites.open("127.0.0.2")
    other.pages["/busy"] = (429, {"Retry-After": "3600"}, b"")
    site.pages["/0"] = (302, {"Location": other.url("/busy")}, b"")
    site.pages["/1"] = article("Destroyer sails", *TEXT)
    waiting = desk.entry(feed, site.url("/0"))
    read = desk.entry(feed, site.url("/1"))
    assert collect() == CollectReport(fetched=1, extracted=1, put_off=1)
    assert (desk.state(waiting)[0], desk.state(read)[0]) == ("new", "extracted")


@contextmanager
def killed(module: str, name: str, monkeypatch):
    """The worker dies when it calls `module.name`."""

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{name}", die)
        with pytest.raises(Killed):
            yield


def test_a_page_that_was_fetched_before_a_crash_is_read_from_the_archive(desk, site, collect, monkeypatch):
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    with killed("wirewatch.articles.extracting", "store_article", monkeypatch):
        collect()
    assert desk.state(entry)[0] == "fetched"
    assert collect() == CollectReport()
    desk.leases_end()
    site.pages["/a"] = (500, {}, b"")
    assert collect() == CollectReport(extracted=1)
    assert desk.state(entry) == ("extracted", None)
    assert site.paths().count("/a") == 1


def test_an_item_that_moves_while_its_page_is_read_is_collected_at_its_new_address(desk, site, collect, monkeypatch):
    site.pages["/a"] = site.pages["/b"] = article("Destroyer sails", *TEXT)
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    store = extracting.store_article

    def moved_meanwhile(*arguments):
        monkeypatch.undo()
        address = site.url("/b")
        desk.cursor.execute(
            "update ingest.entry set url = %s, url_key = %s, state = 'new', attempts = 0, page_id = null,"
            " lease_until = null, lease_by = null",
            [address, url_key(address)],
        )
        return store(*arguments)

    monkeypatch.setattr(extracting, "store_article", moved_meanwhile)
    collect()
    collect()
    assert desk.state(entry) == ("extracted", None)
    assert desk.one("select count(*), min(url) from news.article") == (1, site.url("/b"))


def test_a_crash_before_the_archive_costs_one_more_fetch(desk, site, collect, monkeypatch):
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    with killed("wirewatch.articles.keeping.PageKeeper", "keep", monkeypatch):
        collect()
    assert desk.state(entry)[0] == "fetching"
    assert collect() == CollectReport()
    desk.leases_end()
    assert collect() == CollectReport(fetched=1, extracted=1)
    assert desk.one("select count(*) from news.article") == (1,)


def test_a_page_that_is_missing_from_the_archive_is_fetched_again(desk, site, settings, collect, monkeypatch):
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    with killed("wirewatch.articles.extracting", "store_article", monkeypatch):
        collect()
    desk.leases_end()
    for file in settings.home.rglob("*.warc.gz"):
        file.unlink()
    assert collect().extracted == 1
    assert desk.state(entry) == ("extracted", None)
    assert site.paths().count("/a") == 2


def test_an_entry_that_kills_its_worker_every_time_ends_in_the_ledger(desk, site, collect):
    entry = desk.entry(
        desk.feed("gazette"), site.url("/a"), state="fetching", crashes=7, lease_by="dead", lease_until=FIRST_SEEN
    )
    desk.cursor.execute("update ingest.entry set state_at = now()")
    assert collect() == CollectReport(dropped=1)
    assert desk.state(entry) == ("dropped", "retries_exhausted")


def test_what_postgres_can_not_hold_loses_nothing(desk, site, collect):
    feed = desk.feed("gazette")
    site.pages["/nul"] = (
        200,
        {"Content-Type": "text/html", "X-Odd": "a\udcffb"},
        article("Nul \0 title", *TEXT, "A NUL\0 and a surrogate &#xD800; here.").encode(),
    )
    far = DateCandidate("feed:published", "9999-12-31T23:59:59Z", None, rejected="absurd")
    entry = desk.entry(feed, site.url("/nul"), dates=json.dumps([far.as_json()]))
    assert collect().extracted == 1
    assert desk.state(entry) == ("extracted", None)
    assert desk.one("select published_at, dates->-1->>'rejected' from news.article_version") == (None, "absurd")


@pytest.mark.parametrize(
    ("fate", "limits"),
    [("hangs", {"time_limit_s": 1}), ("eats memory", {"memory_limit": 24 * 1024**2}), ("is killed", {})],
)
def test_a_page_that_ends_its_reader_costs_its_batch_nothing(desk, site, collect, monkeypatch, fate, limits):
    pools = []

    def pool(workers):
        pools.append(ExtractionPool(workers, **limits))
        return pools[-1]

    def write_and_kill(stream, body):
        write_frame(stream, body)
        if b"Hostile" in body:
            os.kill(pools[0].children[0], signal.SIGKILL)

    monkeypatch.setattr(collecting, "ReadingLanes", pool)
    if fate == "is killed":
        monkeypatch.setattr(reading, "write_frame", write_and_kill)
    # Seconds and hundreds of megabytes for a reader, just below what the client accepts.
    site.pages["/hostile"] = article("Hostile", *TEXT * 10_000)
    feed = desk.feed("gazette")
    hostile = desk.entry(feed, site.url("/hostile"), identity="hostile")
    others = []
    for n in range(5):
        site.pages[f"/{n}"] = article(f"Destroyer {n} sails", *TEXT)
        others.append(desk.entry(feed, site.url(f"/{n}"), identity=str(n)))
    report = collect()
    assert (report.extracted, report.dropped) == (5, 1)
    assert desk.state(hostile) == ("dropped", "extraction_failed")
    assert {desk.state(entry) for entry in others} == {("extracted", None)}


def test_shards_split_the_hosts_and_together_take_everything(warehouse, settings, desk, sites):
    feed = desk.feed("gazette")
    for n in range(1, 9):
        site = sites.open(f"127.0.0.{n}")
        site.pages["/a"] = article(f"Destroyer sails {n}", *TEXT, f"Paragraph {n}.")
        desk.entry(feed, site.url("/a"))
    shards = waiting_shards(warehouse, 3)
    assert set(shards) <= {0, 1, 2}
    reports = [collect_shard(warehouse, settings, shard, 3) for shard in shards]
    assert sum(report.extracted for report in reports) == 8
    assert all(report.extracted for report in reports)
    assert waiting_shards(warehouse, 3) == []


def test_two_workers_at_once_make_no_article_twice(database, settings, desk, sites):
    from wirewatch.warehouse import Warehouse

    feed = desk.feed("gazette")
    site = sites.open("127.0.0.3")
    for n in range(20):
        site.pages[f"/{n}"] = article(f"Destroyer sails {n}", *TEXT, f"Paragraph {n}.")
        desk.entry(feed, site.url(f"/{n}"))
    reports = []

    def work() -> None:
        with Warehouse(database) as warehouse:
            reports.append(collect_shard(warehouse, settings, 0, 1))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(report.extracted for report in reports) == 20
    assert desk.one("select count(*), count(distinct url_key) from news.article") == (20, 20)
    assert desk.all("select distinct state from ingest.entry") == [("extracted",)]
    assert max(site.paths().count(f"/{n}") for n in range(20)) == 1


LONG = "".join(
    f"<p>{line} In sentence {n} the report goes on at some length about the passage.</p>"
    for n, line in enumerate(TEXT * 3)
)


@pytest.mark.parametrize(
    ("page", "content", "state"),
    [
        ((402, {}, b""), LONG, ("extracted", None)),
        ("<html><body></body></html>", LONG, ("extracted", None)),
        ((402, {}, b""), "<p>Only a teaser of the story.</p>", ("dropped", "paywall")),
        ((402, {}, b""), "<p></p>" * 200, ("dropped", "paywall")),
        ((302, {"Location": "http://10.0.0.1/"}, b""), LONG, ("dropped", "blocked_address")),
    ],
)
def test_the_text_in_the_feed_stands_in_for_a_page_that_can_not_be_had(desk, site, collect, page, content, state):
    site.pages["/a"] = page
    entry = desk.entry(desk.feed("gazette"), site.url("/a"), content=content)
    collect()
    assert desk.state(entry) == state
    if state == ("extracted", None):
        title, text, page_id = desk.one("select title, text, page_id from news.article_version")
        assert (title, page_id) == ("Title in the feed", None)
        assert text.startswith(TEXT[0])


def test_what_a_host_repeats_is_learned_and_left_out(warehouse, settings, desk, site, collect):
    feed = desk.feed("gazette")
    box = "Join twelve thousand readers of our Harbour Letter every Friday"
    for n in range(8):
        site.pages[f"/{n}"] = article(
            f"Ship {n} sails",
            *(f"{line} It was the passage number {n}." for line in TEXT),
            box,
            f"Written by desk {n}.",
        )
    for n in range(7):
        desk.entry(feed, site.url(f"/{n}"))
    assert collect().extracted == 7
    assert desk.one("select count(*) from news.article_version where text like %s", f"%{box}%") == (7,)
    desk.entry(feed, site.url("/7"))
    assert collect().extracted == 1
    text = desk.one("select text from news.article_version order by article_id desc limit 1")[0]
    assert box not in text
    assert all(line in text for line in TEXT)
    assert desk.all("select host, line, articles from ingest.repeated_line") == [(site.host, box, 7)]
    # The earlier ones lose it when they are read again.
    assert reextract(warehouse, settings, FIRST_SEEN).changed == 7
    query = "select count(*) from news.article join news.article_version using (article_id, version) where text like %s"
    assert desk.one(query, f"%{box}%") == (0,)
