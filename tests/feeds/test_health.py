"""The state that an operator reads, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wirewatch.errors import FetchError
from wirewatch.feeds.health import Outcome, Vitals, health_of, is_outage, outcome_of_failure, stale_after
from wirewatch.records import FetchFailure, Health

NOW = datetime(2026, 6, 10, tzinfo=UTC)
DAY_S = 86400
LIVELY = Vitals(
    added_at=NOW - timedelta(days=300),
    newest_entry_at=NOW - timedelta(hours=2),
    last_new_entry_at=NOW - timedelta(hours=2),
    longest_gap_s=DAY_S,
    stale_after_days=None,
)


def judged(outcome: Outcome, *, status: int | None = 200, elapsed_s: float = 0.2, **vitals) -> Health:
    return health_of(outcome, http_status=status, elapsed_s=elapsed_s, vitals=replace(LIVELY, **vitals), now=NOW)


def silent(days: float) -> dict[str, datetime]:
    return {"newest_entry_at": NOW - timedelta(days=days), "last_new_entry_at": NOW - timedelta(days=days)}


@pytest.mark.parametrize(
    ("outcome", "status", "health"),
    [
        (Outcome.NEW_ENTRIES, 200, Health.HEALTHY),
        (Outcome.NOTHING_NEW, 200, Health.UNCHANGED),
        (Outcome.NOT_MODIFIED, 304, Health.UNCHANGED),
        (Outcome.SAME_BODY, 200, Health.UNCHANGED),
        (Outcome.EMPTY, 200, Health.EMPTY),
        (Outcome.NOT_A_FEED, 200, Health.NOT_A_FEED),
        (Outcome.BLOCKED, 403, Health.BLOCKED),
        (Outcome.REFUSED, 429, Health.BLOCKED),
        (Outcome.REFUSED, 503, Health.UNREACHABLE),
        (Outcome.UNREACHABLE, None, Health.UNREACHABLE),
        (Outcome.GONE, 410, Health.GONE),
    ],
)
def test_states_by_outcome(outcome, status, health):
    assert judged(outcome, status=status) is health


@pytest.mark.parametrize(
    ("days", "longest_gap_days", "own", "health"),
    [
        (3, 1, None, Health.UNCHANGED),  # a weekend
        (5, 1, None, Health.STALE),
        (5, 3, None, Health.UNCHANGED),
        (80, 40, None, Health.UNCHANGED),  # a think tank
        (130, 90, None, Health.STALE),
        (20, None, None, Health.UNCHANGED),
        (31, None, None, Health.STALE),
        (100, 1, 120, Health.UNCHANGED),
        (121, 1, 120, Health.STALE),
        (181, 1, None, Health.ZOMBIE),
        (200, 1, 120, Health.STALE),  # half a year, but its operator expects long silences
        (241, 1, 120, Health.ZOMBIE),
        (3000, None, None, Health.ZOMBIE),
    ],
)
def test_silence_is_judged_by_the_feeds_own_rhythm(days, longest_gap_days, own, health):
    gap_s = None if longest_gap_days is None else longest_gap_days * DAY_S
    assert judged(Outcome.NOT_MODIFIED, longest_gap_s=gap_s, stale_after_days=own, **silent(days)) is health


def test_a_zombie_is_told_on_its_first_poll():
    assert (
        judged(Outcome.NEW_ENTRIES, newest_entry_at=NOW - timedelta(days=2000), last_new_entry_at=None) is Health.ZOMBIE
    )


def test_new_items_with_wrong_dates_are_a_sign_of_life():
    vitals = {"newest_entry_at": NOW - timedelta(days=2000), "last_new_entry_at": NOW}
    assert judged(Outcome.NEW_ENTRIES, **vitals) is Health.HEALTHY


def test_a_feed_without_dates_is_judged_by_its_new_items_or_its_time_with_us():
    assert judged(Outcome.SAME_BODY, newest_entry_at=None) is Health.UNCHANGED
    fresh = {"newest_entry_at": None, "last_new_entry_at": None, "longest_gap_s": None}
    assert judged(Outcome.SAME_BODY, added_at=NOW - timedelta(days=1), **fresh) is Health.UNCHANGED
    assert judged(Outcome.SAME_BODY, added_at=NOW - timedelta(days=40), **fresh) is Health.STALE


def test_a_slow_server():
    assert judged(Outcome.NEW_ENTRIES, elapsed_s=11) is Health.SLOW
    assert judged(Outcome.NOT_MODIFIED, elapsed_s=11, **silent(10)) is Health.STALE


def test_patience_has_bounds():
    assert stale_after(replace(LIVELY, longest_gap_s=0)) == timedelta(days=4)
    assert stale_after(replace(LIVELY, longest_gap_s=1000 * DAY_S)) == timedelta(days=120)


@pytest.mark.parametrize(
    ("reason", "status", "outcome"),
    [
        (FetchFailure.GONE, 404, Outcome.GONE),
        (FetchFailure.GONE, 410, Outcome.GONE),
        (FetchFailure.BOT_WALL, 403, Outcome.BLOCKED),
        (FetchFailure.BOT_WALL, 200, Outcome.NOT_A_FEED),
        (FetchFailure.PAYWALL, 401, Outcome.BLOCKED),
        (FetchFailure.ROBOTS_DISALLOWED, None, Outcome.BLOCKED),
        (FetchFailure.BLOCKED_ADDRESS, None, Outcome.BLOCKED),
        (FetchFailure.TOO_LARGE, 200, Outcome.NOT_A_FEED),
        (FetchFailure.REFUSED, 503, Outcome.REFUSED),
        (FetchFailure.TIMEOUT, None, Outcome.UNREACHABLE),
        (FetchFailure.TLS, None, Outcome.UNREACHABLE),
        (FetchFailure.BAD_ANSWER, 200, Outcome.UNREACHABLE),
        (FetchFailure.TOO_MANY_REDIRECTS, 302, Outcome.UNREACHABLE),
    ],
)
def test_outcomes_of_failures(reason, status, outcome):
    assert outcome_of_failure(FetchError(reason, "why", retry=True, http_status=status)) is outcome


def test_every_failure_has_an_outcome_that_the_table_knows():
    for reason in FetchFailure:
        assert not outcome_of_failure(FetchError(reason, "why", retry=True)).good


@pytest.mark.parametrize(
    ("silent_hosts", "answering_hosts", "expected"),
    [(2, 0, False), (3, 0, True), (3, 1, False), (8, 2, True), (7, 3, False), (40, 1, True)],
)
def test_an_outage_is_most_hosts_silent_at_once(silent_hosts, answering_hosts, expected):
    assert is_outage(silent_hosts=silent_hosts, answering_hosts=answering_hosts) is expected
