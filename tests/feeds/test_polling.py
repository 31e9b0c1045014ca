"""The polling stage: a real database, real servers on the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tests.outlets import outlet
from wirewatch.alarms.watching import assert_sound
from wirewatch.errors import FileProblems
from wirewatch.feeds import recording
from wirewatch.feeds.asking import ASKED_AGAIN, MOVED_AFTER
from wirewatch.feeds.parser.parsing import parse_feed
from wirewatch.feeds.polling import PollReport, SyncReport, due_shards, poll_shard, sync_feeds_file, sync_registry
from wirewatch.feeds.recording import PollVisit, record_visit
from wirewatch.feeds.registry import Feed, Registry
from wirewatch.feeds.schedule import Bounds
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse

NOW = datetime(2026, 6, 10, tzinfo=UTC)
ITEM = "<item><guid>{n}</guid><title>Story {n}</title><link>https://news.example/{n}</link></item>"


def rss(*items: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


def items(*numbers: int) -> bytes:
    return rss(*(ITEM.format(n=n) for n in numbers))


def moved(target: str) -> web.Response:
    return web.Response(status=302, headers={"Location": target})


@dataclass
class Site:
    """A loopback site whose answer can be changed between polls."""

    answer: Callable[[web.Request], web.StreamResponse] = lambda request: web.Response(status=404)
    requests: list[web.Request] = field(default_factory=list)
    address: str = ""

    def serve(self, body: bytes, **headers: str) -> None:
        self.answer = lambda request: web.Response(body=body, headers=headers)

    def polls(self) -> list[web.Request]:
        return [request for request in self.requests if request.path != "/robots.txt"]


@contextmanager
def serving(*addresses: str) -> Iterator[list[Site]]:
    """One site on each loopback address, in a thread of their own."""
    sites = [Site() for _ in addresses]
    loop = asyncio.new_event_loop()
    runners: list[web.AppRunner] = []

    async def start() -> None:
        for site, address in zip(sites, addresses, strict=True):
            app = web.Application(client_max_size=0)

            async def handle(request: web.Request, site: Site = site) -> web.StreamResponse:
                site.requests.append(request)
                if request.path == "/robots.txt":
                    return web.Response(status=404)
                answer = site.answer(request)
                return await answer if asyncio.iscoroutine(answer) else answer

            app.router.add_route("*", "/{path:.*}", handle)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            runners.append(runner)
            listener = web.TCPSite(runner, address, 0)
            await listener.start()
            site.address = f"http://{address}:{runner.addresses[0][1]}"

    async def stop() -> None:
        for runner in runners:
            await runner.cleanup()

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield sites
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving("127.0.0.1") as sites:
        yield sites[0]


def registry(*urls: str, digest: str = "1") -> Registry:
    outlets = tuple(outlet(f"outlet{n}", Feed("All", url), name=f"Outlet {n}") for n, url in enumerate(urls))
    return Registry(outlets, digest)


@pytest.fixture
def poll(warehouse: Warehouse, settings: Settings, cursor) -> Callable[..., PollReport]:
    """Polls all feeds now, whether they are due or not."""

    def run(*urls: str) -> PollReport:
        if urls:
            sync_registry(warehouse, registry(*urls), now=datetime.now(UTC))
        cursor.execute("update ingest.feed set next_poll_at = now() - interval '1 second'")
        return poll_shard(warehouse, settings, 0, 1)

    return run


def one(cursor, query: str):
    cursor.execute(query)
    return cursor.fetchone()


def all_rows(cursor, query: str):
    cursor.execute(query)
    return cursor.fetchall()


def entries(cursor, columns: str = "identity, url, state") -> list[tuple]:
    return all_rows(cursor, f"select {columns} from ingest.entry order by entry_id")


class TestEntries:
    def test_each_is_stored_once(self, site, poll, cursor):
        site.serve(items(1, 2, 3))
        report = poll(site.address + "/feed")
        assert (report.feeds, report.entries_new, report.failed) == (1, 3, 0)
        site.serve(items(2, 3, 4))
        assert poll().entries_new == 1
        assert entries(cursor) == [(str(n), f"https://news.example/{n}", "new") for n in (1, 2, 3, 4)]

    def test_first_and_last_seen(self, site, poll, cursor):
        site.serve(items(1, 2))
        poll(site.address + "/feed")
        site.serve(items(2))
        poll()
        poll()
        polls = [when for (when,) in all_rows(cursor, "select last_seen_at from ingest.entry order by identity")]
        first = one(cursor, "select max(first_seen_at), min(first_seen_at) from ingest.entry")
        assert first == (polls[0], polls[0])
        assert polls[1] == one(cursor, "select last_polled_at from ingest.feed")[0] > polls[0]

    def test_an_answer_not_modified_lists_the_entries_again(self, site, poll, cursor):
        site.answer = lambda request: (
            web.Response(status=304)
            if request.headers.get("If-None-Match") == '"a"'
            else web.Response(body=items(1), headers={"ETag": '"a"', "Last-Modified": "Mon, 08 Jun 2026 00:00:00 GMT"})
        )
        poll(site.address + "/feed")
        assert poll() == PollReport(feeds=1, unchanged=1)
        assert site.polls()[1].headers["If-Modified-Since"] == "Mon, 08 Jun 2026 00:00:00 GMT"
        assert one(cursor, "select outcome, http_status, entries_listed from ingest.poll order by poll_id desc") == (
            "not_modified",
            304,
            1,
        )
        assert one(cursor, "select last_seen_at > first_seen_at from ingest.entry") == (True,)

    def test_a_document_is_asked_for_whole_once_a_day_since_validators_lie(self, site, poll, cursor):
        site.serve(items(1), ETag='"a"')
        poll(site.address + "/feed")
        cursor.execute("update ingest.feed set listed_at = listed_at - interval '25 hours'")
        poll()
        assert [request.headers.get("If-None-Match") for request in site.polls()] == [None, None]

    def test_a_document_that_was_cut_short_leaves_no_validators(self, site, poll, cursor):
        site.serve(items(1, 2, 3)[:-60], ETag='"a"')
        poll(site.address + "/feed")
        assert one(cursor, "select etag, body_digest from ingest.feed") == (None, None)
        assert [identity for (identity,) in entries(cursor, "identity")] == ["1", "2"]
        site.serve(items(1, 2, 3), ETag='"a"')
        assert poll().entries_new == 1

    def test_a_guid_re_used_for_other_words_keeps_the_old_ones(self, site, poll, cursor):
        site.serve(items(1))
        poll(site.address + "/feed")
        cursor.execute("update ingest.entry set state = 'dropped', reason = 'no_text'")
        site.serve(items(1).replace(b"Story 1", b"Corrected story 1"))
        report = poll()
        assert (report.entries_new, report.entries_changed) == (0, 1)
        assert entries(cursor, "title, revision, state, reason") == [("Corrected story 1", 2, "dropped", "no_text")]
        assert all_rows(cursor, "select revision, title, url from ingest.entry_revision") == [
            (1, "Story 1", "https://news.example/1")
        ]
        poll()
        assert entries(cursor, "revision") == [(2,)]

    def test_an_item_that_moves_still_says_which_article_it_led_to(self, site, poll, cursor, warehouse):
        site.serve(items(1))
        poll(site.address + "/feed")
        old, new = "https://news.example/1", "https://news.example/1b"
        cursor.execute(
            "with article as (insert into news.article (outlet_id, url, url_key, first_seen_at)"
            " select outlet_id, %s, 'news.example/1', now() from news.outlet returning article_id)"
            " insert into news.article_version (article_id, version, title, text, text_digest, extractor, extracted_at)"
            " select article_id, 1, 'Story 1', 'Text.', 'd', 'test', now() from article returning article_id",
            [old],
        )
        cursor.execute("update ingest.entry set state = 'extracted', article_id = %s", cursor.fetchone())
        site.serve(items(1).replace(b"example/1", b"example/1b"))
        poll()
        assert entries(cursor, "url, state, article_id") == [(new, "new", None)]
        assert one(cursor, "select url from ingest.entry_revision join news.article using (article_id, url)") == (old,)
        assert_sound(warehouse)

    def test_a_guid_re_used_for_another_address_is_collected_anew(self, site, poll, cursor):
        site.serve(items(1))
        poll(site.address + "/feed")
        cursor.execute(
            "update ingest.entry"
            " set state = 'fetching', attempts = 2, lease_until = now() + interval '1 hour', lease_by = 'x'"
        )
        site.serve(items(1).replace(b"example/1", b"example/1b"))
        poll()
        assert entries(cursor, "url, url_key, state, attempts, lease_by, page_id, article_id") == [
            ("https://news.example/1b", "news.example/1b", "new", 0, None, None, None)
        ]

    def test_an_entry_without_a_usable_address_is_dropped_and_comes_back_with_one(self, site, poll, cursor):
        site.serve(
            rss("<item><guid isPermaLink='false'>1</guid></item>", "<item><guid>2</guid><link>ftp://a</link></item>")
        )
        poll(site.address + "/feed")
        assert entries(cursor, "identity, state, reason") == [("1", "dropped", "no_url"), ("2", "dropped", "bad_url")]
        assert "ftp://a" in entries(cursor, "detail")[1][0]
        site.serve(items(1, 2))
        poll()
        assert entries(cursor, "state, reason, url") == [("new", None, f"https://news.example/{n}") for n in (1, 2)]
        site.serve(rss("<item><guid isPermaLink='false'>1</guid><title>New title</title></item>"))
        poll()
        assert entries(cursor, "title, url, state")[0] == ("New title", "https://news.example/1", "new")

    def test_what_postgres_can_not_hold_is_replaced_and_stored(self, site, poll, cursor):
        bad = "<item><guid>{}</guid><title>a\x00b &#xD800; c</title><pubDate>{}</pubDate></item>"
        site.serve(
            rss(
                bad.format("x" * 9000, "Fri, 31 Dec 9999 23:59:59 GMT"),
                f"<item><guid>2</guid><link>https://a.example/{'y' * 9000}</link></item>",
                f"<item><guid>3</guid><link>https://a.example/{'z' * 1990}</link></item>",
            )
        )
        assert poll(site.address + "/feed").entries_new == 3
        assert entries(cursor, "published_at, dates->0->>'rejected'")[0] == (None, "absurd")
        assert [state for (state,) in entries(cursor, "state")] == ["dropped", "dropped", "new"]


class TestFailures:
    """What a server does is data: a health state, a poll in the history, a later poll."""

    @pytest.mark.parametrize(
        ("answer", "outcome", "health"),
        [
            (lambda r: web.Response(status=404), "gone", "gone"),
            (lambda r: web.Response(status=410), "gone", "gone"),
            (lambda r: web.Response(status=403, text="<html>no</html>"), "blocked", "blocked"),
            (lambda r: web.Response(status=429, headers={"Retry-After": "7200"}), "refused", "blocked"),
            (lambda r: web.Response(status=503), "refused", "unreachable"),
            (lambda r: web.Response(text="<html><title>Hello</title></html>"), "not_a_feed", "not_a_feed"),
            (lambda r: web.Response(text="<?xml version='1.0'?><Error/>"), "not_a_feed", "not_a_feed"),
            (lambda r: web.Response(text="<html><title>Just a moment...</title></html>"), "not_a_feed", "not_a_feed"),
            (lambda r: web.Response(text=""), "not_a_feed", "not_a_feed"),
            (lambda r: web.Response(body=b" " * 9_000_000), "not_a_feed", "not_a_feed"),
            (lambda r: web.Response(body=rss()), "empty", "empty"),
            (
                lambda r: moved("http://127.0.0.1:9/"),
                "unreachable",
                "unreachable",
            ),
            (lambda r: moved("http://169.254.169.254/"), "blocked", "blocked"),
            (
                lambda r: web.Response(body=b"x" * 99, headers={"Content-Encoding": "gzip"}),
                "unreachable",
                "unreachable",
            ),
        ],
    )
    def test_health(self, site, poll, cursor, answer, outcome, health):
        site.answer = answer
        report = poll(site.address + "/feed")
        assert report.feeds == 1
        assert report.failed == (outcome != "empty")
        found = one(cursor, "select outcome, health, error from ingest.poll")
        assert found[:2] == (outcome, health)
        assert bool(found[2]) == (outcome != "empty")
        assert one(cursor, "select health, failures, last_error from ingest.feed") == (
            health,
            int(outcome != "empty"),
            found[2],
        )
        assert one(cursor, "select next_poll_at > now() + interval '4 minutes', lease_by from ingest.feed") == (
            True,
            None,
        )

    def test_retry_after_is_waited_for(self, site, poll, cursor):
        site.answer = lambda request: web.Response(status=503, headers={"Retry-After": "7200"})
        poll(site.address + "/feed")
        (wait,) = one(cursor, "select extract(epoch from next_poll_at - now())::int from ingest.feed")
        assert 7100 <= wait <= 10800

    def test_a_failure_loses_nothing_and_ends_with_the_next_good_poll(self, site, poll, cursor):
        site.serve(items(1), ETag='"a"')
        poll(site.address + "/feed")
        good = site.answer
        site.answer = lambda request: web.Response(status=500)
        for _ in range(3):
            poll()
        assert one(cursor, "select failures, etag, health from ingest.feed") == (3, '"a"', "unreachable")
        site.answer = good
        poll()
        assert one(cursor, "select failures, last_error, health from ingest.feed") == (0, None, "unchanged")
        assert len(entries(cursor)) == 1

    def test_failures_never_retire_a_feed(self, site, poll, cursor):
        site.answer = lambda request: web.Response(status=410)
        for _ in range(12):
            poll(site.address + "/feed")
        still_polled = "select failures, retired_at is null, next_poll_at < now() + interval '8 days' from ingest.feed"
        assert one(cursor, still_polled) == (12, True, True)

    def test_when_most_hosts_are_silent_it_counts_against_none(self, poll, cursor):
        closed = [f"http://127.0.0.{n}:9/feed" for n in range(2, 6)]
        report = poll(*closed)
        assert (report.feeds, report.uncounted, report.failed) == (4, 4, 0)
        assert set(all_rows(cursor, "select health, failures, last_error from ingest.feed")) == {("new", 0, None)}
        assert "counts against no feed" in one(cursor, "select error from ingest.poll")[0]

    def test_when_some_hosts_are_silent_it_counts_against_them(self, poll, cursor):
        with serving("127.0.0.2", "127.0.0.3", "127.0.0.4") as sites:
            for site in sites:
                site.serve(items(1))
            report = poll("http://127.0.0.5:9/feed", "http://127.0.0.6:9/feed", *(site.address + "/" for site in sites))
        assert (report.feeds, report.failed, report.uncounted) == (5, 2, 0)
        assert one(cursor, "select count(*) from ingest.feed where health = 'unreachable' and failures = 1") == (2,)


class TestMoves:
    def test_a_permanent_redirect_is_followed_directly_once_it_held(self, site, poll, cursor):
        def answer(request: web.Request) -> web.StreamResponse:
            if request.path == "/old":
                return web.Response(status=301, headers={"Location": "/new"})
            return web.Response(body=items(1)) if request.path == "/new" else web.Response(status=500)

        site.answer = answer
        for _ in range(MOVED_AFTER + 1):
            poll(site.address + "/old")
        paths = [request.path for request in site.polls()]
        assert paths == ["/old", "/new"] * MOVED_AFTER + ["/new"]
        assert one(cursor, "select url, moved_to, moved_polls from ingest.feed") == (
            site.address + "/old",
            site.address + "/new",
            MOVED_AFTER + 1,
        )
        site.answer = lambda request: web.Response(status=404)
        poll()
        poll()
        assert [request.path for request in site.polls()][-2:] == ["/new", "/old"]
        assert one(cursor, "select moved_to, moved_polls from ingest.feed") == (None, 0)

    def test_a_temporary_redirect_is_not_remembered(self, site, poll, cursor):
        site.answer = lambda request: moved("/new") if request.path == "/old" else web.Response(body=items(1))
        poll(site.address + "/old")
        assert one(cursor, "select moved_to, health from ingest.feed") == (None, "healthy")


class TestPace:
    def test_no_shared_item_with_the_poll_before_is_an_overflow(self, site, poll, cursor):
        site.serve(items(1, 2))
        poll(site.address + "/feed")
        site.serve(items(3, 4))
        assert poll().overflows == 1
        assert one(cursor, "select overflow from ingest.poll order by poll_id desc") == (True,)
        assert one(cursor, "select interval_s from ingest.feed") == (450,)
        site.serve(items(4, 5))
        assert poll().overflows == 0

    def test_known_items_lengthen_the_interval(self, site, poll, cursor):
        site.serve(items(1, 2, 3))
        for _ in range(3):
            poll(site.address + "/feed")
        assert one(cursor, "select interval_s, known_share from ingest.feed") == (1350, 1.0)

    def test_the_publishers_wishes(self, site, poll, cursor):
        site.serve(items(1, 2, 3, 4), **{"Cache-Control": "max-age=7200"})
        for _ in range(6):
            poll(site.address + "/feed")
        assert one(cursor, "select interval_s from ingest.feed") == (7200,)


class TestWhatAnswersTeach:
    def test_a_last_modified_that_never_changes_is_not_sent_any_more(self, site, poll, cursor):
        newest = [0]

        def answer(request):
            if "If-Modified-Since" in request.headers:
                return web.Response(status=304)
            listed = items(*range(newest[0], newest[0] + 5))
            return web.Response(body=listed, headers={"Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT"})

        site.answer = answer
        for _ in range(24):
            poll(site.address + "/feed")
            cursor.execute("update ingest.feed set listed_at = listed_at - interval '1 hour'")
            newest[0] += 1
        found, note = one(cursor, "select (select count(*) from ingest.entry), note from news.feed_health")
        assert found >= 27
        assert "Last-Modified" in note

    def test_a_mistaken_permanent_redirect_is_left_again(self, site, poll, cursor):
        mistaken = [True]

        def answer(request):
            if request.path == "/section" and mistaken[0]:
                return web.Response(status=301, headers={"Location": "/main"})
            return web.Response(body=items(1 if request.path == "/main" else 2))

        site.answer = answer
        for _ in range(MOVED_AFTER + 3):
            poll(site.address + "/section")
        assert site.polls()[-1].path == "/main"
        mistaken[0] = False
        for _ in range(ASKED_AGAIN):
            poll(site.address + "/section")
        assert site.polls()[-1].path == "/section"
        assert one(cursor, "select moved_to, moved_polls from ingest.feed") == (None, 0)

    def test_a_redirect_is_followed_on_when_its_source_has_died(self, site, poll, cursor):
        dead = [False]

        def answer(request):
            if request.path == "/old":
                return web.Response(status=404) if dead[0] else web.Response(status=301, headers={"Location": "/new"})
            return web.Response(body=items(1))

        site.answer = answer
        for n in range(MOVED_AFTER + 2 * ASKED_AGAIN):
            dead[0] = n > MOVED_AFTER
            poll(site.address + "/old")
        assert one(cursor, "select health, failures from ingest.feed") == ("unchanged", 0)


class TestClaims:
    def test_two_tasks_share_the_feeds(self, warehouse, database, site, settings, cursor):
        site.serve(items(1))
        sync_registry(warehouse, registry(*(f"{site.address}/{n}" for n in range(6))), now=NOW)
        now = datetime.now(UTC)
        with Warehouse(database) as other, warehouse.transaction() as rows, other.transaction() as others:
            first = rows.claim_feeds(shard=0, shards=1, by="a", until=now + timedelta(hours=1), n=4, now=now)
            second = others.claim_feeds(shard=0, shards=1, by="b", until=now + timedelta(hours=1), n=4, now=now)
        assert (len(first), len(second)) == (4, 2)
        assert due_shards(warehouse, 1) == []
        assert poll_shard(warehouse, settings, 0, 1).feeds == 0

    def test_a_dead_tasks_claims_return_by_themselves(self, warehouse, site, settings, cursor):
        site.serve(items(1))
        sync_registry(warehouse, registry(site.address + "/feed"), now=NOW)
        cursor.execute("update ingest.feed set lease_until = now() - interval '1 second', lease_by = 'dead'")
        assert due_shards(warehouse, 1) == [0]
        assert poll_shard(warehouse, settings, 0, 1).feeds == 1

    def test_what_a_task_brings_after_its_claim_was_lost_is_not_recorded(self, warehouse, site, cursor):
        sync_registry(warehouse, registry(site.address + "/feed"), now=NOW)
        cursor.execute(
            "update ingest.feed set lease_until = now() + interval '1 hour', lease_by = 'other' returning feed_id"
        )
        visit = PollVisit(
            cursor.fetchone()[0], "me", NOW, 0.1, http_status=200, parsed=parse_feed(items(1), url="", now=NOW)
        )
        assert record_visit(warehouse, visit, Bounds(300, 86400), now=NOW) is None
        assert entries(cursor) == []

    def test_a_poll_is_never_later_than_its_entries(self, warehouse, site, cursor):
        """When the clock goes back during a visit; the ledger would not seem to balance for a week."""
        now = datetime.now(UTC)
        began = now + timedelta(hours=1)
        sync_registry(warehouse, registry(site.address + "/feed"), now=now)
        cursor.execute("update ingest.feed set lease_until = 'infinity', lease_by = 'me' returning feed_id")
        visit = PollVisit(
            cursor.fetchone()[0], "me", began, 0.1, http_status=200, parsed=parse_feed(items(1, 2), url="", now=began)
        )
        assert record_visit(warehouse, visit, Bounds(300, 86400), now=now).entries_new == 2
        assert one(cursor, "select polled_at, first_seen_at from ingest.poll, ingest.entry") == (now, now)
        assert_sound(warehouse)

    def test_shards_cover_all_feeds_once(self, warehouse, cursor):
        sync_registry(warehouse, registry(*(f"https://host{n}.example/feed" for n in range(40))), now=NOW)
        now = datetime.now(UTC)
        claimed = []
        for shard in due_shards(warehouse, 4):
            with warehouse.transaction() as rows:
                claimed += rows.claim_feeds(shard=shard, shards=4, by="a", until=now, n=99, now=now)
        assert len({feed.feed_id for feed in claimed}) == len(claimed) == 40


class TestRegistry:
    def test_it_is_brought_into_force_and_repeated_without_effect(self, warehouse, cursor):
        feeds = registry("https://a.example/feed", "https://b.example/feed")
        assert sync_registry(warehouse, feeds, now=NOW) == SyncReport(outlets=2, feeds=2, feeds_added=2)
        assert sync_registry(warehouse, feeds, now=NOW) == SyncReport(outlets=2, feeds=2)
        assert one(cursor, "select count(*) from ingest.registry") == (1,)
        assert one(cursor, "select host, added_at, retired_at from ingest.feed") == ("a.example", NOW, None)

    def test_what_leaves_the_file_is_retired_and_may_come_back(self, warehouse, cursor):
        both = registry("https://a.example/feed", "https://b.example/feed")
        sync_registry(warehouse, both, now=NOW)
        cursor.execute("update ingest.feed set etag = 'kept'")
        later = NOW + timedelta(days=1)
        assert sync_registry(warehouse, registry("https://a.example/feed", digest="2"), now=later).feeds_retired == 1
        assert all_rows(cursor, "select url, retired_at from ingest.feed order by url") == [
            ("https://a.example/feed", None),
            ("https://b.example/feed", later),
        ]
        assert one(cursor, "select retired_at from news.outlet where key = 'outlet1'") == (later,)
        assert sync_registry(warehouse, replace(both, digest="3"), now=later).feeds_added == 0
        assert all_rows(cursor, "select retired_at, etag from ingest.feed") == [(None, "kept")] * 2
        assert one(cursor, "select count(*) from ingest.registry where in_force_until is null") == (1,)

    def test_a_feed_that_is_switched_off_is_not_polled(self, warehouse, cursor):
        feeds = registry("https://a.example/feed")
        off = replace(feeds.outlets[0], feeds=(Feed("All", "https://a.example/feed", enabled=False),))
        sync_registry(warehouse, feeds, now=NOW)
        sync_registry(warehouse, Registry((off,), "2"), now=NOW)
        assert due_shards(warehouse, 4) == []

    def test_a_broken_file_leaves_the_last_good_one_in_force(self, warehouse, settings, tmp_path, cursor):
        sync_registry(warehouse, registry("https://a.example/feed"), now=NOW)
        broken = tmp_path / "feeds.yaml"
        broken.write_text("outlets: [")
        with pytest.raises(FileProblems, match=r"feeds\.yaml:1: not YAML"):
            sync_feeds_file(warehouse, settings.model_copy(update={"feeds": broken}))
        assert due_shards(warehouse, 1) == [0]

    def test_the_shipped_file_fits_the_tables(self, warehouse, settings):
        assert sync_feeds_file(warehouse, settings).feeds >= 105


class TestFairness:
    def test_the_second_poll_of_a_new_feed_comes_after_the_shortest_interval(self, site, poll, cursor):
        site.serve(items(1, 2, 3))
        poll(site.address + "/feed")
        (wait,) = one(cursor, "select extract(epoch from next_poll_at - now())::int from ingest.feed")
        assert wait <= 330
        cursor.execute("update ingest.feed set next_poll_at = now()")
        poll()
        (wait,) = one(cursor, "select extract(epoch from next_poll_at - now())::int from ingest.feed")
        assert wait > 850

    def test_a_document_with_very_many_items_is_stored_in_several_polls(self, site, poll, cursor, monkeypatch):
        monkeypatch.setattr(recording, "_MOST_A_DAY", 400)
        site.serve(items(*range(1, 1001)))
        stored = []
        for _ in range(4):
            poll(site.address + "/feed")
            stored.append(one(cursor, "select count(*) from ingest.entry")[0])
            cursor.execute("update ingest.feed set next_poll_at = now()")
        assert stored == [400, 800, 1000, 1000]

    def test_what_a_feed_brings_beyond_its_budget_waits_for_the_next_days(self, site, poll, cursor):
        site.serve(items(*range(1, 701)))
        poll(site.address + "/feed")
        waits = "select round(extract(epoch from next_try_at - now()) / 86400)::int, count(*) from ingest.entry"
        cursor.execute(f"{waits} group by 1 order by 1")
        assert cursor.fetchall() == [(0, 300), (1, 300), (2, 100)]
        # A feed that always brings much may do so.
        cursor.execute(
            "update ingest.poll set entries_new = 7000, entries_listed = 7000, polled_at = now() - interval '2 days'"
        )
        cursor.execute("update ingest.feed set next_poll_at = now()")
        site.serve(items(*range(701, 1401)))
        poll()
        cursor.execute(f"{waits} where entry_id > 700 group by 1 order by 1")
        assert cursor.fetchall() == [(0, 700)]
