"""Dates, pure: every date string becomes a candidate, is judged, and the most trusted believable one is taken.

Rules

- Nothing is filled in. A date string without day, month and year is `imprecise`; `03/06/2024`, which is March in one
  country and June in another, is `ambiguous`, unless its weekday fits only one of them; words such as "2 hours ago"
  are no date (see `date_reading`).
- For a date string without a zone the outlet's zone is used, else UTC; `zone_assumed` says so. It is accepted, and so
  is a date without time, which means the start of its day. But a date string with a zone that agrees with it within 36
  hours is preferred.
- Later than `now` by more than an hour (14 hours for a bare date of no known zone: the day begins in the east) is
  `future`; before 1990 and after 2100 is `absurd`. Rejected candidates are kept, with the reason.
- `now` never becomes a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from wirewatch.records import DateCandidate, clean_text
from wirewatch.text.clock_zones import offset_at
from wirewatch.text.date_reading import read_date

PUBLISHED: tuple[str, ...] = (
    "html:json-ld",
    "html:meta",
    "feed:published",
    "feed:dc",
    "html:microdata",
    "html:time",
    "feed:updated",
    "html:text",
    "url",
)
"""Sources of a publication time, the most trusted first; no `http:last-modified`: most servers send their clock."""

MODIFIED: tuple[str, ...] = ("html:json-ld-modified", "html:meta-modified", "http:last-modified")
"""Sources of the time of the last change."""

_TOLERANCE = timedelta(hours=1)
_DAY_AHEAD = timedelta(hours=14)
_AGREES = timedelta(hours=36)
_MAX_RAW = 200

_IN_URL = (
    re.compile(r"/(?P<y>(?:19|20)\d{2})/(?P<m>\d{1,2}|[a-z]{3})/(?P<d>\d{1,2})(?=[/_.-]|$)", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})[-_](?P<m>[01]\d)[-_/](?P<d>[0-3]\d)(?!\d)"),
    re.compile(r"/(?P<y>20\d{2})(?P<m>[01]\d)/(?P<d>[0-3]\d)(?=/)"),
    re.compile(r"(?<![\d.])(?P<y>20\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?=[/_.-]|$|\d{4}(?:\D|$)|\d{6}(?:\D|$))"),
)


def candidate(
    source: str, raw: str, *, now: datetime, zone: str | None = None, language: str | None = None
) -> DateCandidate:
    """What `raw`, found at `source`, says as a date, and whether it is accepted at the time `now`.

    `zone` is the outlet's IANA zone (`Asia/Shanghai`), used when the date string has none. A value keeps its
    offset. `language` (BCP 47) decides between two months of one name (`listopad`). Raises
    zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    outlet_zone = ZoneInfo(zone) if zone else None
    shown = clean_text(raw.strip())[:_MAX_RAW]
    reading = read_date(shown, outlet_zone=outlet_zone, language=language)
    if isinstance(reading, str):
        return DateCandidate(source, shown, None, rejected=reading)
    moment = reading.moment
    if not 1990 <= moment.year <= 2100:
        return DateCandidate(source, shown, None, rejected="absurd")
    value = moment.replace(tzinfo=timezone(offset_at(moment, reading.zone or outlet_zone or UTC)))
    late = value > now + (_DAY_AHEAD if reading.bare and outlet_zone is None else _TOLERANCE)
    return DateCandidate(source, shown, value, zone_assumed=reading.zone is None, rejected="future" if late else None)


def url_candidate(url: str, *, now: datetime, zone: str | None = None) -> DateCandidate | None:
    """The date that an address carries (`/2026/06/03/`, `/202606/03/`, `20260603`); None when it carries none."""
    parts = urlsplit(url)
    for pattern in _IN_URL:
        for match in pattern.finditer(parts.path):
            writing = (
                f"{match['d']} {match['m']} {match['y']}"
                if match["m"].isalpha()
                else "-".join(match.group("y", "m", "d"))
            )
            found = candidate("url", writing, now=now, zone=zone)
            if found.value is not None:
                return found
    return None


def believed(
    candidates: Iterable[DateCandidate], trust: Sequence[str] = PUBLISHED
) -> tuple[datetime, str] | tuple[None, None]:
    """The date to believe and its source, by the order of `trust`; (None, None) when there is none.

    When the most trusted writing has no zone or no time of day, the next one that has both and agrees with it within
    36 hours takes its place.
    """
    ranked = sorted(
        (
            (trust.index(c.source), n, c, c.value)
            for n, c in enumerate(candidates)
            if c.source in trust and c.value and not c.rejected
        ),
        key=lambda entry: entry[:2],
    )
    if not ranked:
        return None, None
    _, _, best, when = ranked[0]
    if best.zone_assumed:
        agreeing = ((c, value) for _, _, c, value in ranked if not c.zone_assumed and abs(value - when) <= _AGREES)
        best, when = next(agreeing, (best, when))
    return when, best.source
