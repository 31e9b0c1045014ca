"""Dates, pure: every writing of a date becomes a candidate, is judged, and the most trusted believable one is taken.

Rules

- Nothing is filled in. A writing without day, month and year is `imprecise`; `03/06/2024`, which is March in one
  country and June in another, is `ambiguous`; words such as "2 hours ago" are `unreadable`.
- A writing without a zone is read in the outlet's zone, or in UTC where the outlet has none; `zone_assumed` says so.
  Such a reading, and a bare date, which stands for the start of its day, is believed, but a writing with a zone that
  agrees with it within a day and a half is preferred.
- Later than `now` by more than an hour (14 hours for a bare date of no known zone: the day begins in the east) is
  `future`; before 1990 and after 2100 is `absurd`. Rejected candidates are kept, with the reason.
- `now` never becomes a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import DecimalException
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dateutil.parser import parse as parse_words
from dateutil.parser import parserinfo

from wirewatch.records import DateCandidate, clean_text

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

_CLOCK = r"(?P<h>\d{1,2})[:.hH時时点시](?P<min>\d{2})(?:[:分](?P<s>\d{2})(?:[.,]\d+)?秒?)?"
_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})\s*[-/.年년]\s*(?P<m>\d{1,2})\s*[-/.月월]\s*(?P<d>\d{1,2})(?!\d)\s*[日일.]?"
    rf"(?:[T\s,_|·-]*(?P<half>上午|下午|午前|午後|오전|오후)?\s*{_CLOCK})?\s*(?P<zone>.*)",
    re.DOTALL,
)
_COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[T\s-]?(?P<h>\d{2}):?(?P<min>\d{2})(?::?(?P<s>\d{2})(?:[.,]\d+)?)?)?\s*(?P<zone>\D.*)?"
)
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_NUMERIC = re.compile(r"\D*\b(?P<a>\d{1,2})(?P<mark>[/.-])(?P<b>\d{1,2})[/.-](?P<y>\d{4}|\d{2})\b.*", re.DOTALL)
_HAS_CLOCK = re.compile(r"\d[:.hH]\d\d|\d\s*[ap]\.?m", re.IGNORECASE)
_PARTIAL = re.compile(r"\d{4}(?:[-/.年]\d{1,2}月?)?")
_AFTERNOON = frozenset({"下午", "午後", "오후"})

_OFFSET = re.compile(r"(?:GMT|UTC)?\s*(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<min>\d{2}))?(?!\d)")
_OFFSET_AFTER_CLOCK = re.compile(
    r"(?<=:\d\d)(?:\.\d+)?\s*(?P<offset>(?:GMT|UTC)?\s*[+\-−]\d{1,2}(?::?\d{2})?)(?!\d)|\b(?:GMT|UTC)[+\-−]\d{1,2}(?::?\d{2})?(?!\d)"
)
_IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_REGION = re.compile(r"\[(?P<region>[A-Z][A-Za-z_]+/[A-Za-z_/]+)\]")
_LETTERS = re.compile(r"\b[A-Z]{1,5}\b")
# Abbreviations as the press uses them, in hours; an outlet's own zone is asked first, so that a Chinese CST is +8.
_ABBREVIATIONS: dict[str, float] = {
    abbreviation: float(hours)
    for hours, abbreviations in (
        line.split(":")
        for line in (
            "0:Z UTC GMT UT WET",
            "1:CET BST WEST WAT MEZ",
            "2:CEST MESZ EET SAST CAT",
            "3:EEST MSK EAT TRT",
            "3.5:IRST",
            "4:GST",
            "5:PKT",
            "5.5:IST",
            "5.75:NPT",
            "7:ICT WIB",
            "8:HKT SGT PHT MYT AWST",
            "9:JST KST",
            "10:AEST",
            "11:AEDT",
            "12:NZST",
            "13:NZDT",
            "-3:BRT ART ADT",
            "-4:AST EDT",
            "-5:EST CDT",
            "-6:CST MDT",
            "-7:MST PDT",
            "-8:PST AKDT",
            "-9:AKST",
            "-10:HST",
        )
    )
    for abbreviation in abbreviations.split()
}
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}

_IN_URL = (
    re.compile(r"/(?P<y>(?:19|20)\d{2})/(?P<m>\d{1,2}|[a-z]{3})/(?P<d>\d{1,2})(?=[/_.-]|$)", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})[-_](?P<m>[01]\d)[-_/](?P<d>[0-3]\d)(?!\d)"),
    re.compile(r"/(?P<y>20\d{2})(?P<m>[01]\d)/(?P<d>[0-3]\d)(?=/)"),
    re.compile(r"(?<![\d.])(?P<y>20\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?=[/_.-]|$|\d{4}(?:\D|$)|\d{6}(?:\D|$))"),
)


_MONTHS = (
    # German, Austrian, Dutch, Danish and Norwegian, Swedish
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "Jänner Feber Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januar februar mars april maj juni juli august september oktober november desember",
    "jan feb mrt apr maj juni juli augusti sept okt nov des",
    # French, Spanish, Portuguese, Italian
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil aout sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene fév mar abr may jun jul ago setiembre oct nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    # Russian, Ukrainian, Polish, Czech
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "янв фев мар апр май июн июл авг сен окт ноя дек",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    # Finnish, Hungarian, Turkish, Greek
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta"
    " marraskuuta joulukuuta",
    "január február március április május június július augusztus szeptember október november december",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου"
    " Δεκεμβρίου",
    "Ιαν Φεβ Μαρ Απρ Μαϊ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",
)
_BETWEEN = (
    "de",
    "del",
    "di",
    "do",
    "le",
    "el",
    "den",
    "der",
    "um",
    "uhr",
    "à",
    "alle",
    "klo",
    "г",
    "р",
    "в",
    "·",
    "|",
    "–",
    "—",
)


class _Words(parserinfo):
    """dateutil's words, with the months of the languages that news pages print dates in."""

    JUMP = [*parserinfo.JUMP, *_BETWEEN]  # noqa: RUF012 - as dateutil declares it
    MONTHS = [  # noqa: RUF012
        (*english, *others)
        for english, others in zip(
            parserinfo.MONTHS, zip(*(months.split() for months in _MONTHS), strict=True), strict=True
        )
    ]

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        """Two digits are 1970 to 2069, whatever the clock says."""
        return year if year >= 100 or century_specified else year + (2000 if year < 70 else 1900)


_WORDS = _Words(dayfirst=True)
_WORDS_MONTH_FIRST = _Words(dayfirst=False)
# Two days without a part in common: what dateutil takes from them was not in the writing.
_DEFAULTS = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # noqa: DTZ001 (clock readings)
_LABEL = re.compile(r"^\s*[^\W\d]+(?: [^\W\d]+)?:\s*")
_WEEKDAY = re.compile(r"^\s*[^\W\d]{2,}\.?,\s+|^\s*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+", re.IGNORECASE)


def candidate(source: str, raw: str, *, now: datetime, zone: str | None = None) -> DateCandidate:
    """What `raw`, found at `source`, says as a date, and whether it may be believed at the time `now`.

    `zone` is the outlet's IANA zone (`Asia/Shanghai`), taken where the writing has none. A value keeps the offset it
    was written with. Raises zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    outlet_zone = ZoneInfo(zone) if zone else None
    shown = clean_text(raw.strip())[:_MAX_RAW]
    reading = _read(shown, outlet_zone)
    if isinstance(reading, str):
        return DateCandidate(source, shown, None, rejected=reading)
    moment, stated, bare = reading
    if not 1990 <= moment.year <= 2100:
        return DateCandidate(source, shown, None, rejected="absurd")
    value = moment.replace(tzinfo=timezone(_offset_of(moment, stated or outlet_zone or UTC)))
    late = value > now + (_DAY_AHEAD if bare and outlet_zone is None else _TOLERANCE)
    return DateCandidate(source, shown, value, zone_assumed=stated is None, rejected="future" if late else None)


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


def _read(raw: str, outlet_zone: ZoneInfo | None) -> tuple[datetime, tzinfo | None, bool] | str:
    """(naive local time, stated zone or None, whether it is a bare date), or why it can't be one."""
    if not raw:
        return "unreadable"
    if _EPOCH.fullmatch(raw):
        seconds = int(raw) / (1000 if len(raw) > 10 else 1)
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), UTC, False
    if _PARTIAL.fullmatch(raw):
        return "imprecise"
    match = _YEAR_FIRST.fullmatch(raw) or _COMPACT.fullmatch(raw)
    try:
        if match:
            return _from_numbers(match, outlet_zone)
        return _from_words(raw, outlet_zone)
    except (ValueError, OverflowError, DecimalException):
        return "unreadable"


def _from_numbers(match: re.Match[str], outlet_zone: ZoneInfo | None) -> tuple[datetime, tzinfo | None, bool]:
    hour, minute, second = (int(match[name] or 0) for name in ("h", "min", "s"))
    if match.groupdict().get("half") in _AFTERNOON and hour < 12:
        hour += 12
    day = datetime(int(match["y"]), int(match["m"]), int(match["d"]))  # noqa: DTZ001 (its zone comes later)
    if match["h"] is None:
        return day, None, True
    moment = day + timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else day.replace(hour=hour, minute=minute)
    moment = moment.replace(second=min(second, 59))
    return moment, _zone(match["zone"] or "", moment, outlet_zone), False


def _from_words(raw: str, outlet_zone: ZoneInfo | None) -> tuple[datetime, tzinfo | None, bool] | str:
    """A date in words, or numbers with the year last; the zone is taken out first, for dateutil guesses at zones."""
    bare = not _HAS_CLOCK.search(raw)
    numeric = _NUMERIC.fullmatch(raw)
    words = _WORDS
    if numeric and numeric["mark"] != ".":
        first, second = int(numeric["a"]), int(numeric["b"])
        if first <= 12 and second <= 12 and first != second:
            return "ambiguous"
        words = _WORDS_MONTH_FIRST if second > 12 else _WORDS
    text = _IN_BRACKETS.sub(" ", raw)
    offset = _OFFSET_AFTER_CLOCK.search(text)
    if offset:
        zone_text = offset["offset"] or offset[0]
        start = offset.start("offset") if offset["offset"] else offset.start()
        text = text[:start] + " " + text[offset.end() :]
    else:
        zone_text = next((w for w in _LETTERS.findall(raw) if _known(w, outlet_zone)), "")
        text = re.sub(rf"(?<![^\W\d_]){zone_text}(?!\w)", " ", text) if zone_text else text
    text = _WEEKDAY.sub("", _LABEL.sub("", text))
    readings = {parse_words(text, parserinfo=words, default=default, ignoretz=True) for default in _DEFAULTS}
    if len(readings) > 1:
        return "imprecise"
    moment = readings.pop().replace(tzinfo=None, microsecond=0)
    return moment, None if bare else _zone(zone_text, moment, outlet_zone), bare


def _known(letters: str, outlet_zone: ZoneInfo | None) -> bool:
    return letters in _ABBREVIATIONS or letters in _REGIONS or letters in _own_abbreviations(outlet_zone)


def _own_abbreviations(outlet_zone: ZoneInfo | None) -> dict[str, timedelta]:
    """The outlet zone's own abbreviations, in winter and in summer."""
    if outlet_zone is None:
        return {}
    moments = (datetime(2024, month, 1, tzinfo=outlet_zone) for month in (1, 7))
    return {moment.tzname() or "": _offset_of(moment.replace(tzinfo=None), outlet_zone) for moment in moments}


def _zone(text: str, moment: datetime, outlet_zone: ZoneInfo | None) -> tzinfo | None:
    """The zone that `text` states; None when it states none that is known."""
    region = _REGION.search(text)
    offset = _OFFSET.match(text.strip())
    if offset:
        minutes = int(offset["h"]) * 60 + int(offset["min"] or 0)
        if minutes > 14 * 60:
            return None
        return timezone(timedelta(minutes=minutes if offset["sign"] == "+" else -minutes))
    if region:
        try:
            return timezone(_offset_of(moment, ZoneInfo(region["region"])))
        except (KeyError, ValueError, OSError):
            return None
    own = _own_abbreviations(outlet_zone)
    for letters in _LETTERS.findall(text):
        if letters in own:
            return timezone(own[letters])
        if letters in _REGIONS:
            return timezone(_offset_of(moment, ZoneInfo(_REGIONS[letters])))
        if letters in _ABBREVIATIONS:
            return timezone(timedelta(hours=_ABBREVIATIONS[letters]))
    return None


def _offset_of(moment: datetime, zone: tzinfo) -> timedelta:
    return zone.utcoffset(moment.replace(tzinfo=zone)) or timedelta()
