"""What a feed is asked, and what its answers teach."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from wirewatch.feeds.asking import DOUBTS, PollAnswer, Trust, is_due_whole, learn, validators

NOW = datetime(2026, 6, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Feed:
    url: str = "https://a.example/feed"
    etag: str | None = '"1"'
    last_modified: str | None = "Mon, 01 Jun 2026 00:00:00 GMT"
    listed_at: datetime | None = NOW - 3 * HOUR
    last_success_at: datetime | None = NOW - HOUR
    moved_to: str | None = None
    moved_polls: int = 0
    validator_trust: int = 0
    distrusted: list[str] = field(default_factory=list)


def answer(etag: str | None = '"2"', last_modified: str | None = "later", **arguments) -> PollAnswer:
    return PollAnswer(etag, last_modified, **{"conditional": False, "differs": True, **arguments})


def test_trust_is_earned():
    ages = [2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, 24 * HOUR]
    for trust, age in enumerate(ages):
        feed = Feed(validator_trust=trust, listed_at=NOW - age)
        assert not is_due_whole(feed, NOW)
        assert is_due_whole(feed, NOW + timedelta(seconds=1))
        assert learn(feed, answer(differs=False)) == Trust(trust + 1)


def test_a_validator_that_stays_while_the_entries_change_is_not_sent():
    assert learn(Feed(), answer(last_modified=Feed().last_modified)).distrusted == {"last_modified"}
    assert learn(Feed(), answer(etag='"1"')).distrusted == {"etag"}
    feed = Feed(distrusted=["last_modified"], listed_at=NOW)
    assert validators(feed, NOW) == {"If-None-Match": '"1"'}
    assert "Last-Modified" in (Trust(0, frozenset(feed.distrusted)).note or "")


def test_a_change_that_came_with_validators_sent_proves_them():
    assert learn(Feed(validator_trust=-2), answer(conditional=True)) == Trust(0)


def test_changes_that_only_whole_answers_bring_are_doubts():
    feed = Feed(listed_at=NOW - 3 * HOUR, last_success_at=NOW - HOUR)
    for _ in range(DOUBTS - 1):
        trust = learn(feed, answer())
        assert not trust.distrusted
        feed.validator_trust = trust.trust
    assert learn(feed, answer()) == Trust(0, frozenset({"etag", "last_modified"}))


def test_entries_older_than_the_last_304_contradict_it_at_once():
    old, fresh = NOW - 3 * HOUR, NOW
    assert learn(Feed(), answer(new_published=(old, old, fresh))).distrusted == {"etag", "last_modified"}
    assert not learn(Feed(), answer(new_published=(old, fresh, fresh))).distrusted
