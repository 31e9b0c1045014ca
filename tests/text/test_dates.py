"""Dates: read, judged, believed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.text.dates import MODIFIED, believed, candidate, url_candidate

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


def moment(day, hour=0, minute=0, second=0, offset=0.0):
    return datetime(2024, 6, day, hour, minute, second, tzinfo=timezone(timedelta(hours=offset)))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2024-06-03T10:30:00Z", moment(3, 10, 30)),
        ("2024-06-03T10:30:15.123+02:00", moment(3, 10, 30, 15, 2)),
        ("2024-06-03 10:30:00 -0500", moment(3, 10, 30, offset=-5)),
        ("2024-06-03T10:30:00-08", moment(3, 10, 30, offset=-8)),
        ("20240603T103000Z", moment(3, 10, 30)),
        ("2024-06-03T24:00:00Z", moment(4)),
        ("Mon, 03 Jun 2024 10:30:00 GMT", moment(3, 10, 30)),
        ("Mon, 3 Jun 24 10:30 EST", moment(3, 10, 30, offset=-5)),
        ("03 Jun 2024 10:30:00 +0800", moment(3, 10, 30, offset=8)),
        ("June 3, 2024 10:30 am ET", moment(3, 10, 30, offset=-4)),
        ("Jun. 3, 2024, 4:05 p.m. EDT", moment(3, 16, 5, offset=-4)),
        ("Mon Jun 03 2024 10:30:00 GMT+0200 (Central European Summer Time)", moment(3, 10, 30, offset=2)),
        ("2024-06-03T10:30:00+02:00[Europe/Paris]", moment(3, 10, 30, offset=2)),
        ("1717410600", moment(3, 10, 30)),
        ("1717410600000", moment(3, 10, 30)),
    ],
)
def test_writings_with_a_zone(raw, value):
    read = candidate("x", raw, now=NOW, zone="Asia/Shanghai")
    assert read.value == value
    assert not read.zone_assumed
    assert read.rejected is None
    assert read.raw == raw


@pytest.mark.parametrize(
    ("raw", "hour", "minute"),
    [
        ("2024-06-03 10:30", 10, 30),
        ("2024/6/3 9:05:00", 9, 5),
        ("2024.06.03. 10:30", 10, 30),
        ("2024年6月3日 10:30", 10, 30),
        ("2024年6月3日 下午3:30", 15, 30),
        ("Mon Jun  3 10:30:00 2024", 10, 30),
        ("3. Juni 2024, 10:30 Uhr", 10, 30),
        ("3 июня 2024 г. 10:30", 10, 30),
        ("3 Giugno 2024 alle 10:30", 10, 30),
        ("Le 3 juin 2024 à 10h30", 10, 30),
        ("03.06.2024 10:30", 10, 30),
        ("3 de junio de 2024", 0, 0),
        ("Published: June 3, 2024", 0, 0),
        ("2024-06-03", 0, 0),
        ("20240603", 0, 0),
    ],
)
def test_writings_without_a_zone_take_the_outlets_else_utc(raw, hour, minute):
    here = candidate("x", raw, now=NOW)
    there = candidate("x", raw, now=NOW, zone="Asia/Shanghai")
    assert here.value == moment(3, hour, minute)
    assert there.value == moment(3, hour, minute, offset=8)
    assert here.zone_assumed
    assert there.zone_assumed
    assert here.rejected is there.rejected is None


def test_an_abbreviation_is_the_outlets_own_first():
    raw = "2024-06-03 10:30 CST"
    assert candidate("x", raw, now=NOW, zone="Asia/Shanghai").value == moment(3, 10, 30, offset=8)
    assert candidate("x", raw, now=NOW).value == moment(3, 10, 30, offset=-6)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "unreadable"),
        ("soon", "unreadable"),
        ("PT50M55S", "unreadable"),
        ("2024-13-45", "unreadable"),
        ("yesterday", "unreadable"),
        ("2024", "imprecise"),
        ("2024-06", "imprecise"),
        ("12:30", "imprecise"),
        ("2 hours ago", "imprecise"),
        ("03/06/2024", "ambiguous"),
        ("9999-12-31T23:59:59Z", "absurd"),
        ("0001-01-01T00:00:00Z", "absurd"),
        ("1970-01-01T00:00:00Z", "absurd"),
    ],
)
def test_what_cannot_be_a_date_is_recorded_without_a_value(raw, why):
    read = candidate("x", raw, now=NOW)
    assert (read.value, read.rejected, read.raw) == (None, why, raw)


@pytest.mark.parametrize("raw", ["13/06/2024", "06/13/2024"])
def test_numbers_that_only_fit_one_order_are_read(raw):
    assert candidate("x", raw, now=NOW).value == moment(13)


def test_the_future_is_rejected_and_recorded():
    assert candidate("x", "2026-06-03T12:59:00Z", now=NOW).rejected is None
    ahead = candidate("x", "2026-06-03T20:00:00Z", now=NOW)
    assert ahead.rejected == "future"
    assert ahead.value == datetime(2026, 6, 3, 20, tzinfo=UTC)
    assert candidate("x", "2026-06-05", now=NOW).rejected == "future"


def test_a_day_that_has_begun_in_the_east_is_not_the_future():
    assert candidate("x", "2026-06-04", now=NOW.replace(hour=15)).rejected is None
    assert candidate("x", "2026-06-04", now=NOW.replace(hour=15), zone="America/New_York").rejected == "future"


def test_a_chinese_feed_without_zones_is_not_eight_hours_ahead():
    now = datetime(2026, 6, 3, 4, 10, tzinfo=UTC)
    assert candidate("feed:published", "2026-06-03 12:00:00", now=now).rejected == "future"
    read = candidate("feed:published", "2026-06-03 12:00:00", now=now, zone="Asia/Shanghai")
    assert (read.rejected, read.value) == (None, datetime(2026, 6, 3, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/2024/06/03/story",
        "https://example.org/2024/jun/03/story",
        "https://example.org/202406/03/WS66.html",
        "https://example.org/2024-06/03/content_1.htm",
        "https://example.org/news/t20240603_123.html",
        "https://example.org/n/20240603123456.html",
        "https://example.org/n/story-2024-06-03",
    ],
)
def test_addresses_carry_dates(url):
    assert url_candidate(url, now=NOW).value == moment(3)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a-12345678",
        "https://example.org/20249999/x",
        "https://example.org/2024/story",
        "https://e.org",
    ],
)
def test_addresses_without_a_date(url):
    assert url_candidate(url, now=NOW) is None


def test_the_most_trusted_is_believed():
    candidates = [
        candidate("url", "2024-06-01", now=NOW),
        candidate("feed:published", "2024-06-03T09:00:00Z", now=NOW),
        candidate("html:json-ld", "2024-06-03T08:00:00Z", now=NOW),
        candidate("html:json-ld-modified", "2024-06-05T08:00:00Z", now=NOW),
        candidate("http:last-modified", "Wed, 03 Jun 2026 11:59:00 GMT", now=NOW),
    ]
    assert believed(candidates) == (moment(3, 8), "html:json-ld")
    assert believed(candidates, MODIFIED) == (moment(5, 8), "html:json-ld-modified")


def test_a_full_time_near_a_bare_date_is_preferred():
    bare, far = (
        candidate("html:json-ld", "2024-06-03", now=NOW),
        candidate("feed:published", "2024-06-09T09:00Z", now=NOW),
    )
    full = candidate("html:time", "2024-06-03T18:00:00+08:00", now=NOW)
    assert believed([bare, far, full]) == (full.value, "html:time")
    assert believed([bare, far]) == (bare.value, "html:json-ld")


def test_nothing_believable_is_nothing():
    rejected = [candidate("html:meta", raw, now=NOW) for raw in ("soon", "2031-01-01T00:00:00Z", "9999-01-01")]
    assert believed(rejected) == (None, None)
    assert believed([]) == (None, None)
    assert believed([candidate("http:last-modified", "Mon, 03 Jun 2024 10:30:00 GMT", now=NOW)]) == (None, None)


@given(st.text(max_size=120), st.sampled_from([None, "Asia/Shanghai", "America/New_York"]))
def test_any_text_gives_a_candidate(text, zone):
    read = candidate("x", text, now=NOW, zone=zone)
    assert (read.value is None) <= (read.rejected is not None)
    assert read.value is None or read.value.tzinfo is not None


@given(st.integers(631_238_400, 1_780_000_000), st.integers(-14 * 4, 14 * 4))
def test_what_is_written_is_read_back(seconds, quarters):
    written = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=15 * quarters)))
    assert candidate("x", written.isoformat(), now=NOW).value == written
    assert candidate("x", written.strftime("%a, %d %b %Y %H:%M:%S %z"), now=NOW).value == written
