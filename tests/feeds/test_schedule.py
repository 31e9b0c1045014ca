"""When a feed is polled next, case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.errors import FetchError
from wirewatch.feeds import schedule
from wirewatch.feeds.health import Outcome
from wirewatch.feeds.schedule import (
    Bounds,
    Pace,
    Rhythm,
    Setback,
    after_success,
    max_age_s,
    rhythm_of,
    turnover_s,
    wait_after_failure,
)
from wirewatch.records import FetchFailure

NOW = datetime(2026, 6, 10, tzinfo=UTC)
BOUNDS = Bounds(300, 86400)
MINUTE, HOUR, DAY = 60, 3600, 86400


def paced(pace: Pace, *shares: float | None, **arguments) -> Pace:
    for share in shares:
        pace = after_success(pace, BOUNDS, **{"known_share": share, "mean_gap_s": None, **arguments})
    return pace


def test_two_good_polls_in_a_row_change_the_interval_and_one_does_not():
    assert paced(Pace(900), 0.9) == Pace(900, 1)
    assert paced(Pace(900), 0.9, 0.7) == Pace(1350)
    assert paced(Pace(900), 0.2) == Pace(900, -1)
    assert paced(Pace(900), 0.2, 0.1) == Pace(450)
    assert paced(Pace(900), 0.9, 0.2, 0.9, 0.5, 0.9) == Pace(900, 1)


def test_a_poll_that_says_nothing_changes_nothing():
    assert paced(Pace(900, 1), None) == Pace(900)
    assert paced(Pace(900, 1), 0.5) == Pace(900)


def test_floor_and_cap_hold():
    assert paced(Pace(400), *[0.0] * 20).interval_s == 300
    assert paced(Pace(400), *[1.0] * 60).interval_s == 86400


def test_the_interval_follows_the_feeds_own_rhythm():
    assert paced(Pace(900), *[1.0] * 60, mean_gap_s=4 * HOUR).interval_s == HOUR
    assert paced(Pace(86400), 1.0, mean_gap_s=HOUR).interval_s == 15 * MINUTE
    assert paced(Pace(900), *[1.0] * 60, mean_gap_s=60).interval_s == 300
    silent = paced(Pace(900), *[1.0] * 60, mean_gap_s=HOUR, silence_s=40 * DAY)
    assert silent.interval_s == DAY


@pytest.mark.parametrize(
    ("wish_s", "window_s", "interval_s"),
    [
        (HOUR, None, 900),  # not before it is known how fast the document is replaced
        (60, 24 * HOUR, 900),
        (HOUR, 24 * HOUR, HOUR),
        (24 * HOUR, 4 * HOUR, 2 * HOUR),  # granted in full, items would fall out of the window unseen
        (30 * DAY, 90 * DAY, DAY),
    ],
)
def test_the_publishers_wish_is_granted_as_far_as_no_item_is_lost(wish_s, window_s, interval_s):
    assert paced(Pace(900), 0.5, wish_s=wish_s, window_s=window_s).interval_s == interval_s


def test_after_an_overflow_a_long_wish_is_not_granted_again():
    """Five items listed, one an hour, a wish of a day: no more than half of the document passes between two polls."""
    pace, known_s, waits_s = Pace(900), None, []
    for _ in range(40):
        new = min(round(pace.interval_s / HOUR), 5)
        known_s = turnover_s(known_s, interval_s=pace.interval_s, listed=5, new=new)
        pace = paced(pace, 1 - new / 5, wish_s=DAY, window_s=known_s, overflow=new == 5)
        waits_s.append(pace.interval_s)
    assert max(waits_s) <= 5 * HOUR
    assert sum(waits_s) / len(waits_s) >= HOUR


def test_a_quiet_night_is_not_taken_for_the_rule():
    day_s = turnover_s(None, interval_s=HOUR, listed=10, new=5)
    assert day_s == 2 * HOUR
    assert turnover_s(day_s, interval_s=8 * HOUR, listed=10, new=0) == 3 * HOUR
    assert turnover_s(day_s, interval_s=HOUR, listed=10, new=10) == HOUR / 2
    assert turnover_s(None, interval_s=HOUR, listed=0, new=0) is None


@pytest.mark.parametrize("number", ["99999999999999999999", "604801", "999999999"])
def test_numbers_of_others_are_bounded_where_they_enter(number):
    assert max_age_s(f"max-age={number}") == 7 * DAY


def test_an_overflow_shortens_at_once():
    assert paced(Pace(7200, 1), 0.0, overflow=True, wish_s=DAY) == Pace(3600)
    assert paced(Pace(400), 0.0, overflow=True) == Pace(300)


@given(
    st.integers(300, 86400),
    st.integers(-3, 3),
    st.none() | st.floats(0, 1),
    st.none() | st.integers(0, 10**8),
    st.none() | st.floats(0, 10**9),
    st.none() | st.integers(1, 10**8),
    st.none() | st.integers(1, 10**8),
    st.booleans(),
)
def test_whatever_happens_the_interval_stays_within_its_bounds(interval, lean, share, gap, silence, window, wish, over):
    pace = after_success(
        Pace(interval, lean),
        BOUNDS,
        known_share=share,
        mean_gap_s=gap,
        silence_s=silence,
        window_s=window,
        wish_s=wish,
        overflow=over,
    )
    assert BOUNDS.floor_s <= pace.interval_s <= BOUNDS.cap_s


def waits(setback: Setback, failures: range, **arguments) -> list[float]:
    given_ = {"interval_s": 900, "bounds": BOUNDS, "feed_id": 7, "retry_after_s": None, **arguments}
    return [wait_after_failure(setback, failures=n, **given_) for n in failures]


def test_passing_failures_double_up_to_four_hours():
    assert waits(Setback.PASSING, range(1, 9)) == [300, 600, 1200, 2400, 4800, 9600, 14400, 14400]


def test_soft_failures_wait_one_interval_more_each_time_and_are_never_given_up():
    assert waits(Setback.SOFT, range(1, 5)) == [900, 1800, 2700, 3600]
    assert waits(Setback.SOFT, range(30, 31), interval_s=7200) == [DAY]
    assert waits(Setback.SOFT, range(31, 1000, 300)) == [3 * DAY] * 4


def test_hard_failures_wait_days_but_come_back():
    assert waits(Setback.HARD, range(1, 10)) == [DAY * n for n in (1, 2, 3, 4, 5, 6, 7, 7, 7)]


def test_retry_after_is_honoured_up_to_a_day_and_spread_by_feed():
    (asked,) = waits(Setback.THROTTLED, range(1, 2), retry_after_s=1000)
    assert 1000 <= asked <= 1500
    (again,) = waits(Setback.THROTTLED, range(1, 2), retry_after_s=1000)
    assert asked == again
    assert len({wait_after_failure(
        Setback.THROTTLED, failures=1, interval_s=900, bounds=BOUNDS, feed_id=n, retry_after_s=1000
    ) for n in range(20)}) == 20  # fmt: skip
    (long,) = waits(Setback.THROTTLED, range(1, 2), retry_after_s=10 * DAY)
    assert DAY <= long <= 1.5 * DAY
    assert waits(Setback.PASSING, range(1, 2), retry_after_s=1000) == [1000]


@given(st.sampled_from(Setback), st.integers(1, 10**6), st.none() | st.floats(0, 10**7))
def test_every_wait_ends_within_ten_days(setback, failures, retry_after):
    wait_s = wait_after_failure(
        setback, failures=failures, interval_s=86400, bounds=BOUNDS, feed_id=1, retry_after_s=retry_after
    )
    assert 0 < wait_s <= 10 * DAY


@pytest.mark.parametrize(
    ("outcome", "error", "setback"),
    [
        (Outcome.NOT_A_FEED, None, Setback.SOFT),
        (Outcome.GONE, FetchError(FetchFailure.GONE, "", retry=True, http_status=404), Setback.SOFT),
        (Outcome.GONE, FetchError(FetchFailure.GONE, "", retry=False, http_status=410), Setback.HARD),
        (Outcome.BLOCKED, FetchError(FetchFailure.BOT_WALL, "", retry=True, http_status=403), Setback.SOFT),
        (Outcome.BLOCKED, FetchError(FetchFailure.ROBOTS_DISALLOWED, "", retry=False), Setback.HARD),
        (Outcome.NOT_A_FEED, FetchError(FetchFailure.TOO_LARGE, "", retry=False, http_status=200), Setback.SOFT),
        (Outcome.REFUSED, FetchError(FetchFailure.REFUSED, "", retry=True, http_status=503), Setback.PASSING),
        (Outcome.REFUSED, FetchError(FetchFailure.REFUSED, "", retry=True, http_status=429), Setback.THROTTLED),
        (
            Outcome.REFUSED,
            FetchError(FetchFailure.REFUSED, "", retry=True, http_status=503, retry_after_s=60.0),
            Setback.THROTTLED,
        ),
        (Outcome.UNREACHABLE, FetchError(FetchFailure.TIMEOUT, "", retry=True), Setback.PASSING),
    ],
)
def test_classes_of_failures(outcome, error, setback):
    assert schedule.setback_of(outcome, error) is setback


class TestRhythm:
    def test_a_feed_that_publishes_hourly(self):
        rhythm = rhythm_of([NOW - timedelta(hours=n) for n in range(40)])
        assert rhythm == Rhythm(mean_gap_s=HOUR, longest_gap_s=DAY, window_s=29 * HOUR)

    def test_pinned_and_re_issued_items_do_not_stretch_it(self):
        pinned = [NOW - timedelta(days=900), NOW - timedelta(days=500)]
        assert rhythm_of([*(NOW - timedelta(hours=n) for n in range(20)), *pinned]).mean_gap_s == HOUR

    def test_a_weekly_with_its_pause(self):
        rhythm = rhythm_of([NOW - timedelta(days=n) for n in (0, 7, 28, 35, 42)])
        assert (rhythm.mean_gap_s, rhythm.longest_gap_s) == (round(35 / 3 * DAY), 21 * DAY)

    def test_too_few_dates_tell_nothing(self):
        assert rhythm_of([]) is None
        assert rhythm_of([NOW, NOW]) is None

    def test_pauses_are_learned_from_poll_to_poll(self):
        assert schedule.longest_gap_s(None, None, None) is None
        assert schedule.longest_gap_s(None, Rhythm(60, 0, 600), None) == 0
        monthly = schedule.longest_gap_s(0, Rhythm(60, 0, 600), 30 * DAY)
        assert monthly == 30 * DAY
        assert schedule.longest_gap_s(monthly, Rhythm(60, 0, 600), 60.0) == 27 * DAY


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("max-age=600", 600),
        ("public, Max-Age=600, stale-while-revalidate=30", 600),
        ("s-maxage=600", None),
        ("no-cache, max-age=600", None),
        ("max-age=0", None),
        ("max-age=abc", None),
    ],
)
def test_cache_control(header, seconds):
    assert schedule.max_age_s(header) == seconds
