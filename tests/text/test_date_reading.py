"""Single writings of dates: clocks, zones, days; what can be read in two ways is not read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.text import calendar_words
from wirewatch.text.dates import candidate

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def read(raw, **arguments):
    found = candidate("x", raw, now=NOW, **arguments)
    return found.value.isoformat() if found.value else found.rejected


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Fri, 29 May 2026 20:19:00 --0700", "2026-05-29T20:19:00-07:00"),
        ("Fri, 29 May 2026 20:19:00 +-0700", "2026-05-29T20:19:00-07:00"),
        ("Fri, 29 May 2026 20:19:00 America/Los_Angeles", "2026-05-29T20:19:00-07:00"),
        ("2026-01-08 09:30 europe/paris", "2026-01-08T09:30:00+01:00"),
        ("Fri, 29 May 2026 14:05:09EST", "2026-05-29T14:05:09-05:00"),
        ("Fri, 29 May 2026 14:05:09Z", "2026-05-29T14:05:09+00:00"),
        ("Fri, 29 May 2026 14:05:09 Z+0000", "2026-05-29T14:05:09+00:00"),
        ("Thu, 28 May 2026 08:57:00 MEST", "2026-05-28T08:57:00+02:00"),
        ("2026-05-29T03:00:00 PM +0800", "2026-05-29T15:00:00+08:00"),
        ("2026-05-29 03:00:00 PM EST", "2026-05-29T15:00:00-05:00"),
        ("May 29, 2026 9:30 PM GMT+8", "2026-05-29T21:30:00+08:00"),
        ("May 29, 2026 9:30pmET", "2026-05-29T21:30:00-04:00"),
        ("June 8, 2026 at 9:30 a.m. Eastern", "2026-06-08T09:30:00-04:00"),
        ("June 8, 2026 at 9:30 a.m. Pacific Daylight Time", "2026-06-08T09:30:00-07:00"),
        ("2026-06-08 09:30 (Beijing Time)", "2026-06-08T09:30:00+08:00"),
        ("2026年6月8日 9:30 北京时间", "2026-06-08T09:30:00+08:00"),
        ("8 мая 2026 г. в 09:30 МСК", "2026-05-08T09:30:00+03:00"),
        ("Mon Jun 8 09:30:00 EDT 2026", "2026-06-08T09:30:00-04:00"),
        ("Mon Jun 8 09:30:00 2026 +0200", "2026-06-08T09:30:00+02:00"),
        ("Thu, 28 May 2026 24:00 +0200", "2026-05-29T00:00:00+02:00"),
        ("Sun, 7 Jun 2026 23:59:60 GMT", "2026-06-07T23:59:59+00:00"),
        ("Fri, 29 May 2026 12:00:00 AM +0000", "2026-05-29T00:00:00+00:00"),
        ("Fri, 29 May 2026 12:15 PM +0000", "2026-05-29T12:15:00+00:00"),
    ],
)
def test_zones_that_are_written_are_obeyed(raw, value):
    assert read(raw, zone="Asia/Tokyo") == value
    assert not candidate("x", raw, now=NOW).zone_assumed


@pytest.mark.parametrize(
    "raw",
    [
        "Fri, 29 May 2026 20:19:00 -+0700",
        "2026-05-29 20:19:00 +2500",
        "2026-05-29 20:19:00 XYZ",
        "2026-05-29 08:19:00 PM",
    ],
)
def test_a_zone_that_is_not_known_is_marked(raw):
    found = candidate("x", raw, now=NOW)
    assert (found.value, found.zone_assumed) == (datetime(2026, 5, 29, 20, 19, tzinfo=UTC), True)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("٢٩ مايو ٢٠٢٦", "2026-05-29T00:00:00+00:00"),
        ("29 أيار/مايو 2026 10:30", "2026-05-29T10:30:00+00:00"),
        ("२९ मई २०२६ 10:30", "2026-05-29T10:30:00+00:00"),
        ("29 พฤษภาคม 2569 10:30 น.", "2026-05-29T10:30:00+00:00"),
        ("lundi 8 juin 2026 à 9 h 30", "2026-06-08T09:30:00+00:00"),
        ("le 7 mars 2026 à 12h30", "2026-03-07T12:30:00+00:00"),
        ("7 mars 2026 à 21:30", "2026-03-07T21:30:00+00:00"),
        ("7 giugno 2026 a 13:30", "2026-06-07T13:30:00+00:00"),
        ("8 de junio de 2026 a las 9:30 p. m.", "2026-06-08T21:30:00+00:00"),
        ("8 de junio de 2026 9:30 de la tarde", "2026-06-08T21:30:00+00:00"),
        ("1º de junho de 2026", "2026-06-01T00:00:00+00:00"),
        ("ngày 8 tháng 6 năm 2026", "2026-06-08T00:00:00+00:00"),
        ("Thứ Hai, 8/6/2026, 09:30", "2026-06-08T09:30:00+00:00"),
        ("令和8年6月8日 9時30分", "2026-06-08T09:30:00+00:00"),
        ("民國115年6月8日 09:30", "2026-06-08T09:30:00+00:00"),
        ("2026年6月8日 晚上8:30", "2026-06-08T20:30:00+00:00"),
        ("2026. 6. 8. 오후 3:30", "2026-06-08T15:30:00+00:00"),
        ("２０２６年６月８日　９：３０", "2026-06-08T09:30:00+00:00"),
        ("8. června 2026 v 9.30", "2026-06-08T09:30:00+00:00"),
        ("8.6.2026 klo 9.30", "2026-06-08T09:30:00+00:00"),
        ("2026. június 8. 09:30", "2026-06-08T09:30:00+00:00"),
        ("Pazartesi, 8 Haziran 2026 09:30", "2026-06-08T09:30:00+00:00"),
        ("mar, 02 jun 2026 10:00", "2026-06-02T10:00:00+00:00"),
        ("09:30 - 8 June 2026", "2026-06-08T09:30:00+00:00"),
        ("8 VI 2026, 10:30", "2026-06-08T10:30:00+00:00"),
        ("2026年6月8日下午2:05", "2026-06-08T14:05:00+00:00"),
        ("2026年6月8日星期一晚上8:30", "2026-06-08T20:30:00+00:00"),
        ("2026年6月8日午後2時5分", "2026-06-08T14:05:00+00:00"),
        ("2026年6月8日午後2時半", "2026-06-08T14:30:00+00:00"),
        ("2026年6月8日14時5分30秒", "2026-06-08T14:05:30+00:00"),
        ("2026년 6월 8일오후 2시 5분", "2026-06-08T14:05:00+00:00"),
        ("令和8年6月8日正午", "2026-06-08T12:00:00+00:00"),
        ("平成31年4月8日 午前0時5分", "2019-04-08T00:05:00+00:00"),
        ("8/III/2026 o 10:30", "2026-03-08T10:30:00+00:00"),
        ("8.XII.2025 r. godz. 10:30", "2025-12-08T10:30:00+00:00"),
        ("poniedziałek, 8 VI 2026", "2026-06-08T00:00:00+00:00"),
        ("08-Jun-26 09:30:00", "2026-06-08T09:30:00+00:00"),
        ("026, 26 Mar 2026 22:43:38", "2026-03-26T22:43:38+00:00"),
        ("202606080930", "2026-06-08T09:30:00+00:00"),
    ],
)
def test_days_of_many_languages(raw, value):
    assert read(raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Mon, 06/01/2026 - 09:30", "2026-06-01T09:30:00+00:00"),
        ("Fri, 05/08/2026 - 09:30", "2026-05-08T09:30:00+00:00"),
        ("lunedì 08/06/2026", "2026-06-08T00:00:00+00:00"),
        ("Wed, 06/01/2026 - 09:30", "ambiguous"),  # a weekday that fits neither
        ("06/01/2026 - 09:30", "ambiguous"),
        ("08-06-2026", "ambiguous"),
        ("Fri, 29 May 2026 15:00 AM", "ambiguous"),
        ("8 listopada 2025", "ambiguous"),
        ("sobota, 8 listopada 2025", "2025-11-08T00:00:00+00:00"),
    ],
)
def test_the_weekday_decides_between_two_readings(raw, value):
    assert read(raw) == value


def test_the_language_decides_between_two_months():
    assert read("8 listopada 2025", language="pl") == "2025-11-08T00:00:00+00:00"
    assert read("8 listopada 2025", language="hr-HR") == "2025-10-08T00:00:00+00:00"


@pytest.mark.parametrize(
    "raw", ["Mon, 01 Jan 0001 00:00:00 +0000", "Wed, 30 Nov -0001 00:00:00 +0000", "0001-01-01T00:00:00", "30 Nov 0026"]
)
def test_years_that_no_news_has(raw):
    assert read(raw) == "absurd"


@pytest.mark.parametrize(
    "raw", ["2026-06-08 25:00", "0000-00-00 00:00:00", "31 June 2026", "Volume 8 June 2026", "XIV 2026", "8 IIII 2026"]
)
def test_what_is_no_date(raw):
    assert read(raw) == "unreadable"


@given(st.sampled_from(sorted(calendar_words.by_language())), st.integers(1, 12), st.integers(13, 28))
def test_months_of_every_language_are_read_or_refused(language, month, day):
    names = calendar_words.by_language()[language]["months"][month - 1]
    for name in names:
        value = read(f"{day} {name} 2025", language=language)
        assert value in (f"2025-{month:02}-{day:02}T00:00:00+00:00", "ambiguous", "unreadable", "imprecise")


@pytest.mark.parametrize("language", ["en", *calendar_words.PRESS])
def test_months_of_the_press_are_read(language):
    for month, names in enumerate(calendar_words.by_language()[language]["months"], 1):
        for name in names:
            assert read(f"17 {name} 2025", language=language) == f"2025-{month:02}-17T00:00:00+00:00", name


@pytest.mark.parametrize("abbreviation", ["PST", "PDT", "AST", "ADT", "AEST", "AKST", "ART", "PKT", "AWST", "PHT"])
@pytest.mark.parametrize("space", [" ", ""])
def test_the_first_letter_of_a_zone_is_no_half_of_the_day(abbreviation, space):
    found = candidate("x", f"Tue, 01 Oct 2019 03:30:00{space}{abbreviation}", now=NOW)
    assert (found.value.hour, found.value.minute, found.zone_assumed) == (3, 30, False)


def test_a_single_letter_is_a_half():
    assert read("June 8, 2026 9:30p") == "2026-06-08T21:30:00+00:00"
    assert read("June 8, 2026 9:30 a") == "2026-06-08T09:30:00+00:00"
