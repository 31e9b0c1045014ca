"""Successive polls of a feed that moves on, with restarts, lost answers and crashes between them.

Whatever happens in between: every item that an answer listed is in the warehouse once, with the times of the first and
the last answer that listed it.
"""

from __future__ import annotations

import random
import tarfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.feeds.test_polling import all_rows, items, one, registry
from wirewatch.errors import FetchError
from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.feeds.parser.parsing import parse_feed
from wirewatch.feeds.polling import sync_registry
from wirewatch.feeds.recording import PollVisit, record_visit
from wirewatch.feeds.schedule import Bounds
from wirewatch.records import FetchFailure
from wirewatch.warehouse import Warehouse

START = datetime(2026, 6, 1, tzinfo=UTC)
LATER = START + timedelta(days=99)
BOUNDS = Bounds(300, 86400)
FAULTS = ("none", "lost", "crash", "failure", "repeated", "not_modified", "two_at_once")


class Killed(BaseException):
    """Stands for the end of the process in the middle of a transaction."""


class Feed:
    """One feed of a warehouse, polled by hand at times of our own."""

    def __init__(self, warehouse: Warehouse, url: str = "https://a.example/feed") -> None:
        self.warehouse = warehouse
        sync_registry(warehouse, registry(url, digest=url), now=START)
        self.now = START
        self.seen: dict[str, tuple[datetime, datetime]] = {}

    def claim(self, by: str = "me"):
        self.now += timedelta(hours=4)
        with self.warehouse.transaction() as rows:
            # Late enough for any wait and any lease to be over.
            due = self.now + timedelta(days=10)
            (feed,) = rows.claim_feeds(shard=0, shards=1, by=by, until=self.now, n=1, now=due)
        return feed

    def visit(self, feed, by: str = "me", **brought) -> PollVisit:
        return PollVisit(feed.feed_id, by, self.now, 0.1, **brought)

    def poll(self, parsed: ParsedFeed, **brought) -> None:
        visit = self.visit(self.claim(), http_status=200, parsed=parsed, **brought)
        assert record_visit(self.warehouse, visit, BOUNDS, now=self.now) is not None
        self.note(parsed)

    def note(self, parsed: ParsedFeed) -> None:
        for entry in parsed.entries:
            first, _ = self.seen.get(entry.identity, (self.now, self.now))
            self.seen[entry.identity] = (first, self.now)

    def suffer(self, fault: str, parsed: ParsedFeed, before: ParsedFeed | None) -> None:
        """Let `fault` happen while the server offers `parsed`, having offered `before` at the last good poll."""
        match fault:
            case "lost":  # claimed, and the worker dies before or after the answer
                self.claim()
            case "crash":  # the process ends within the transaction that stores the answer
                visit = self.visit(self.claim(), http_status=200, parsed=parsed)
                with pytest.raises(Killed), killing(self.warehouse):
                    record_visit(self.warehouse, visit, BOUNDS, now=self.now)
            case "failure":
                error = FetchError(FetchFailure.TIMEOUT, "no answer in time", retry=True)
                record_visit(self.warehouse, self.visit(self.claim(), error=error), BOUNDS, now=self.now)
            case "repeated":
                self.poll(parsed)
            case "not_modified" if before is not None:
                visit = self.visit(self.claim(), http_status=304)
                record_visit(self.warehouse, visit, BOUNDS, now=self.now)
                self.note(before)
            case "two_at_once":  # a lease ends while its holder still works: only the new holder records
                slow = self.visit(self.claim("slow"), "slow", http_status=200, parsed=parsed)
                self.poll(parsed)
                assert record_visit(self.warehouse, slow, BOUNDS, now=self.now) is None


class killing:  # noqa: N801 - reads as a statement
    """Ends the work at the last statement of the transaction, before it is committed."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def __enter__(self) -> None:
        self._transaction = self._warehouse.transaction

        class Doomed:
            def __init__(self, inner) -> None:
                self._inner = inner

            def __enter__(self):
                self._rows = self._inner.__enter__()
                return self._rows

            def __exit__(self, *_: object):
                return self._inner.__exit__(Killed, Killed(), None)

        self._warehouse.transaction = lambda: Doomed(self._transaction())
        self._warehouse.__dict__["transaction"] = self._warehouse.transaction

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        del self._warehouse.__dict__["transaction"]
        if kind is None:
            raise Killed


def replay(feed: Feed, documents: Iterable[ParsedFeed], fault: Callable[[], str]) -> None:
    before = None
    for parsed in documents:
        feed.suffer(fault(), parsed, before)
        feed.poll(parsed)
        before = parsed


def stored(cursor) -> dict[str, tuple[datetime, datetime]]:
    found = all_rows(cursor, "select identity, first_seen_at, last_seen_at from ingest.entry")
    assert len(found) == len({identity for identity, *_ in found})
    return {identity: (first, last) for identity, first, last in found}


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(0, 8), st.integers(1, 5)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_restarts_and_lost_answers_change_nothing(warehouse, cursor, steps, chance):
    for table in ("entry_revision", "entry", "poll", "feed", "registry"):
        cursor.execute(f"delete from ingest.{table}")
    feed = Feed(warehouse)
    faults = iter([fault for fault, _, _ in steps])
    bodies = [items(*chance.sample(range(newest, newest + size), size)) for _, newest, size in steps]
    replay(feed, [parse_feed(body, url="", now=START) for body in bodies], lambda: next(faults))
    assert stored(cursor) == feed.seen


@pytest.mark.parametrize("name", ["wsj_world", "nyt_econ"])
@pytest.mark.timeout(300)
def test_recorded_polls_of_real_feeds(warehouse, cursor, shared, name):
    with tarfile.open(shared / "data" / "feeds" / "successive_polls.tar.gz") as archive:
        members = sorted((m for m in archive if m.isfile() and m.name.startswith(name)), key=lambda m: m.name)
        documents = [
            parse_feed(archive.extractfile(m).read(), url="", now=START + timedelta(days=999)) for m in members
        ]
    assert len(documents) > 50
    assert all(parsed.entries and parsed.complete for parsed in documents)
    feed = Feed(warehouse)
    chance = random.Random(7)
    replay(feed, documents, lambda: chance.choice(FAULTS))
    found = stored(cursor)
    titles = {entry.identity: entry.title for parsed in documents for entry in parsed.entries}
    # An address that was corrected leaves title and date: one story, and one entry.
    corrected = {titles[identity] for identity in feed.seen.keys() - found.keys()}
    assert corrected <= {titles[identity] for identity in found}
    assert len(corrected) <= 1
    kept = {identity for identity in found if titles[identity] not in corrected}
    assert {identity: found[identity] for identity in kept} == {identity: feed.seen[identity] for identity in kept}
    polls, listed = one(cursor, "select count(*), sum(entries_new) from ingest.poll")
    assert polls >= len(documents)
    assert listed == len(found)


CHANGES = ("none", "https", "slash", "token", "no_guid", "new_guids", "doubled", "words")


def document(stories: list[int], change: str, poll: int, chance: random.Random) -> bytes:
    """The stories as the feed lists them while `change` is on."""
    listed = []
    for place, n in enumerate(stories):
        shared = stories[0] if change == "doubled" and place == 1 else n
        guid = f"g{poll}-{n}" if change == "new_guids" else f"g{shared}"
        link = f"{'https' if change == 'https' else 'http'}://news.example/a/{n}{'/' if change == 'slash' else ''}"
        link += f"?t={poll}x{n}" if change == "token" else ""
        text = f"Read {chance.randrange(10**6)} times" if change == "words" else "Text"
        listed.append(
            ("" if change in ("no_guid", "token") else f"<guid isPermaLink='false'>{guid}</guid>")
            + f"<title>Story {n}</title><link>{link}</link><description>{text}</description>"
            + f"<pubDate>Mon, 08 Jun 2026 {n // 60 % 24:02}:{n % 60:02}:00 GMT</pubDate>"
        )
    items = "".join(f"<item>{item}</item>" for item in listed)
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_story_is_one_entry_whatever_changes_under_it(warehouse, cursor, seed):
    chance = random.Random(seed)
    feed = Feed(warehouse)
    newest, seen = 8, set()
    for poll in range(200):
        newest += chance.random() < 0.3
        stories = list(range(newest, newest - 8, -1))
        seen.update(f"Story {n}" for n in stories)
        body = document(stories, chance.choice(CHANGES), poll, chance)
        visit = feed.visit(
            feed.claim(), http_status=200, parsed=parse_feed(body, url="", now=START + timedelta(days=99))
        )
        assert record_visit(warehouse, visit, BOUNDS, now=feed.now) is not None
    titles = [title for (title,) in all_rows(cursor, "select title from ingest.entry order by entry_id")]
    assert sorted(titles) == sorted(seen)
    assert one(cursor, "select max(revision) from ingest.entry")[0] <= 24


def test_stories_that_a_reader_sees_as_two_are_two(warehouse, cursor):
    feed = Feed(warehouse)
    link = "<link>https://news.example/briefing</link>"
    for day in range(1, 6):
        item = f"<guid>{day}</guid><title>Briefing</title>{link}<pubDate>0{day} Jun 2026 06:00:00 GMT</pubDate>"
        body = f"<rss version='2.0'><channel><item>{item}</item></channel></rss>".encode()
        feed.poll(parse_feed(body, url="", now=START + timedelta(days=99)))
    assert one(cursor, "select count(*) from ingest.entry") == (5,)
