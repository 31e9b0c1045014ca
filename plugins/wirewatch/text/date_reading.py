"""One date string into day, clock and zone, pure.

    writing ─ usual form ─▶ clock, taken out ─▶ zone, taken out ─▶ what is left is the day, checked by its weekday

Never an hour silently wrong: a date string that can be read in two ways is `ambiguous`, one without day, month and year
`imprecise`, one with words that belong to no date `unreadable`; a clock without a known zone has none.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from wirewatch.text import calendar_words
from wirewatch.text.clock_zones import ZoneTaker
from wirewatch.text.folding import fold


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a date string says."""

    moment: datetime
    """Without a zone, as the clock showed it."""
    zone: tzinfo | None
    """The zone that was written; None when none was, or none that is known."""
    bare: bool
    """A day without a clock."""


def read_date(raw: str, *, outlet_zone: ZoneInfo | None = None, language: str | None = None) -> DateReading | str:
    """The date in `raw`, or why it can't be one: `unreadable`, `imprecise` or `ambiguous`.

    `outlet_zone` decides what an abbreviation such as CST means, `language` (BCP 47) what a month's name means that
    two languages use.
    """
    text = _usual(raw)
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) > 10 else 1)
        return DateReading(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), UTC, bare=False)
    if _PARTIAL.fullmatch(text):
        return "imprecise"
    try:
        return _read(text, outlet_zone, (language or "").replace("_", "-").split("-")[0].lower())
    except (ValueError, OverflowError):
        return "unreadable"


def _read(text: str, outlet_zone: ZoneInfo | None, language: str) -> DateReading | str:
    clock = _find_clock(text)
    if clock is None:
        day = _read_day(text, language)
        return day if isinstance(day, str) else DateReading(datetime.combine(day, time()), None, bare=True)
    if clock.since_midnight is None:
        return "ambiguous"
    zone = ZoneTaker(text[: clock.start], text[clock.end :], outlet_zone)
    day = _read_day(zone.rest, language)
    if isinstance(day, str):
        return day
    moment = datetime.combine(day, time()) + clock.since_midnight
    return DateReading(moment, zone.at(moment), bare=False)


# The usual form

_EPOCH = re.compile(r"\d{9,10}|\d{13}|(?!19|20)\d{12}")
_PARTIAL = re.compile(r"\d{4}(?:[-/.年]\d{1,2}月?)?|\d{1,2}:\d\d(?::\d\d)?")
_COMPACT = re.compile(
    r"(?<![\d.])(?P<day>\d{4}\d\d\d\d)(?:[T\s-]?(?P<h>\d\d):?(?P<min>\d\d)(?::?(?P<s>\d\d)(?:[.,]\d+)?)?)?(?!\d)"
)
_ERA = re.compile(r"(令和|平成)\s*(\d{1,2}|元)\s*年")
_BEFORE_ERA = {"令和": 2018, "平成": 1988}
_NOON = re.compile("正午|정오")
_MINGUO = re.compile(r"民[国國]\s*(\d{2,3})\s*年")


def _usual(raw: str) -> str:
    """`raw` with ASCII digits and single spaces, without marks of direction; years of Japan and Taiwan as ours."""
    text = raw
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text if unicodedata.category(c) != "Cf"
        )
        text = _ERA.sub(_common_year, text)
        text = _NOON.sub(" 12:00", text)
        text = _MINGUO.sub(lambda match: f"{1911 + int(match[1])}年", text)
    text = " ".join(text.split())
    return text if _EPOCH.fullmatch(text) else _COMPACT.sub(_spread, text, count=1)


def _common_year(match: re.Match[str]) -> str:
    return f"{_BEFORE_ERA[match[1]] + (1 if match[2] == '元' else int(match[2]))}年"


def _is_mark(character: str) -> bool:
    """Whether it is invisible: marks of direction, joiners, soft hyphens."""
    return unicodedata.category(character) == "Cf"


def _spread(match: re.Match[str]) -> str:
    digits = match["day"]
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return day if match["h"] is None else f"{day} {match['h']}:{match['min']}:{match['s'] or '00'}"


# The clock

_CLOCKS = (
    re.compile(r"(?<![\d.:+−])(?<!\d-)(?P<h>\d{1,2}):(?P<min>\d\d)(?!\d)(?::(?P<s>\d\d)(?!\d)(?:[.,]\d+)?)?"),
    re.compile(
        r"(?<![\d.])(?P<h>\d{1,2})\s?(?:[hH](?![a-zA-Z])|[時时点點시])\s?"
        r"(?:(?P<min>\d\d(?!\d)|\d(?=\s?[分분])|半)\s?[分분]?\s?(?:(?P<s>\d{1,2})\s?[秒초])?)?"
    ),
    re.compile(r"(?<![\d.:])(?P<h>\d{1,2})(?P<min>)(?P<s>)(?=\s?[aApP]\.?\s?[mM]\b)"),
    re.compile(r"(?<![\d.])(?P<h>\d{1,2})\.(?P<min>\d\d)(?P<s>)(?![.\d/-])"),
)
"""How clocks are written, the surest first: 9:30, 9h30 and 9時30分, 9 pm, 9.30."""

_MORE_HALVES = {
    **dict.fromkeys(("a", "a.m", "凌晨", "清晨", "早上", "早晨", "de la manana", "da manha", "утра"), False),
    **dict.fromkeys(("p", "p.m", "晚上", "晚间", "傍晚", "中午", "de la tarde", "da tarde", "вечера"), True),
    **dict.fromkeys(("de la noche", "da noite"), True),
}
_ENGLISH_HALF = re.compile(r"[ap]\.?\s?m")
_OTHER_WORDS = frozenset({"m", "de", "du", "em", "ap", "oo", "os", "mat", "pop", "пп"})
"""Babel's abbreviations that are more often another word beside a clock."""


_DENSE = re.compile(r"[\u3400-\u9fff\uac00-\ud7af]")
"""Writing without spaces: its words for the halves of a day follow the day directly (`8日下午2:05`)."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """A clock in a date string, from `start` to `end`, the words for the half of the day included."""

    start: int
    end: int
    since_midnight: timedelta | None
    """None when hour and half contradict each other (`15:00 AM`)."""


def _find_clock(text: str) -> _Clock | None:
    match = next(filter(None, (pattern.search(text) for pattern in _CLOCKS)), None)
    if match is None:
        return None
    start, end = match.span()
    folded = fold(text)
    before, after = _half_patterns()
    half = None
    if found := after.match(folded, end):
        # `9:30 PMEST` has both; `9:30 am Montag` has none.
        if not _goes_on(text[found.end() : found.end() + 1], found[1]):
            half, end = found[1], found.end()
    elif found := before.search(folded, 0, start):
        half, start = found["apart"] or found["glued"], found.start()
    hour, minute, second = (30 if match[name] == "半" else int(match[name] or 0) for name in ("h", "min", "s"))
    if (hour, minute, second) == (24, 0, 0):
        return _Clock(start, end, timedelta(days=1))
    time(hour, minute, min(second, 59))  # raises ValueError for what no clock shows
    if half is not None:
        if half.startswith("p") if _ENGLISH_HALF.fullmatch(half) else _half_words()[half]:
            hour = hour if hour >= 12 else hour + 12
        elif hour > 12:
            return _Clock(start, end, None)
        else:
            hour %= 12
    return _Clock(start, end, timedelta(hours=hour, minutes=minute, seconds=min(second, 59)))


def _goes_on(following: str, half: str) -> bool:
    """Whether a half is only the beginning of a word: `p` of PDT, `am` of `amid`; `PM` of PMEST is a half."""
    return following.isalpha() if len(half) == 1 else following.islower()


@cache
def _half_words() -> dict[str, bool]:
    words = {word: half for word, half in calendar_words.halves().items() if word not in _OTHER_WORDS}
    return words | _MORE_HALVES


@cache
def _half_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    after = sorted(_half_words(), key=len, reverse=True)
    # Before a clock, a letter alone is a word: the French "à 21:30", folded.
    before = [word for word in after if word not in ("a", "p")]
    pattern_after = "|".join([_ENGLISH_HALF.pattern, *map(re.escape, after)])
    glued = "|".join(word for word in before if _DENSE.search(word))
    apart = "|".join([_ENGLISH_HALF.pattern, *(re.escape(word) for word in before if not _DENSE.search(word))])
    return (
        re.compile(rf"(?:(?<![^\W\d_])(?P<apart>{apart})|(?P<glued>{glued}))\.?\s*$"),
        re.compile(rf"\s*({pattern_after})\.?"),
    )


# The day

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d)")
_VIETNAMESE_MONTH = re.compile(r"\bth(?:ang|g)\.?\s*(\d{1,2})(?!\d)")
_ROMAN_MONTH = re.compile(r"(?<=\d)(?P<mark>[\s./-]+)(?P<month>i{1,3}|iv|vi{0,3}|ix|xi{0,2})(?=[\s./-]+\d{4}(?!\d))")
"""`3 VI 2024` and `3/III/2024`, folded: between a day and a year of four digits only."""
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_VIETNAMESE_WEEKDAY = re.compile(r"\b(?:thu|chu) (hai|ba|tu|nam|sau|bay|nhat)\b")
_THAI = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST_ERA = 543
_LETTERS = r"[^\s\d.,;:/|()\[\]{}\"'·•_+=<>–—-]+"
_WORD = re.compile(rf"{_LETTERS}(?:[-']{_LETTERS})*")
_LABEL = re.compile(r"^\s*[^\W\d]+(?: [^\W\d]+)?:\s*")
_BEFORE_COMMA = re.compile(r"^\s*[^\W\d]{2,}\.?,")
"""A weekday that is misspelt, or of a language that nobody knows."""
_NUMBER_FOR_WEEKDAY = re.compile(r"^\s*\d{1,3},(?=\s*\d{1,2}\D+\d{4})")
_FOUR_DIGITS = re.compile(r"\d{4}")
_RELATIVE = re.compile(r"\d\D* ")
_ENGLISH_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*")

_BETWEEN_WORDS = """
    st nd rd th er eme e o a as of on at and the in t z gmt utc ad ce de del di do da el le la las les los den der dem
    am um uhr à alle alli kl klo klokken klockan ore ora hs hrs hod h om op w dia year y d m r saat tanggal pukul jam
    godz ngay thang nam luc ki metu gada men г р в во о ч года року στις τις και ที่ วันที่ วัน เวลา น พ ศ ค को बजे
    في عام سنة م الساعة و יום ב ה של 年 月 日 号 년 월 일
"""
_BETWEEN = frozenset(_BETWEEN_WORDS.split())
"""Words that are between the parts of a date."""


def _read_day(text: str, language: str) -> date | str:
    """The day in `text`, from which clock and zone are taken out; or why it can't be one."""
    folded = fold(_LABEL.sub("", text))
    if match := _YEAR_FIRST.search(folded):
        return date(*(int(part) for part in match.groups()))
    folded = _VIETNAMESE_MONTH.sub(lambda found: f" {_ENGLISH_MONTHS[int(found[1]) - 1]} ", folded)
    folded = _ROMAN_MONTH.sub(_english_month, folded)
    numeric = _YEAR_LAST.search(folded)
    folded = _VIETNAMESE_WEEKDAY.sub(_english_weekday, folded)
    words = _words(_BEFORE_COMMA.sub(_if_known, folded))
    weekdays: frozenset[int] = frozenset()
    if words and _is_weekday(words[0], words[1:], numeric=bool(numeric)):
        weekdays = calendar_words.weekdays().get(words.pop(0), weekdays)
    months = None if numeric else _ALL_MONTHS
    for word in words:
        if months is not None and word in calendar_words.months() and word not in _BETWEEN:
            months &= _months_of(word, language)
        elif word in calendar_words.weekdays() and word not in _BETWEEN:
            weekdays = weekdays or calendar_words.weekdays()[word]
        elif word not in _BETWEEN:
            return _undated(folded)
    if numeric:
        return _the_one(_numeric(numeric), weekdays)
    return _undated(folded) if months == _ALL_MONTHS else _in_words(folded, months or frozenset(), weekdays)


_ALL_MONTHS = frozenset(range(1, 13))
_ENGLISH_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _english_weekday(match: re.Match[str]) -> str:
    return _ENGLISH_WEEKDAYS[("hai", "ba", "tu", "nam", "sau", "bay", "nhat").index(match[1])]


def _english_month(match: re.Match[str]) -> str:
    return match["mark"] + _ENGLISH_MONTHS[_ROMANS.index(match["month"])]


def _undated(folded: str) -> str:
    """What words without a month are: `2 hours ago` says something about a time, `PT50M` nothing."""
    return "imprecise" if _RELATIVE.search(folded) and not _FOUR_DIGITS.search(folded) else "unreadable"


def _words(folded: str) -> list[str]:
    """The words, those of a name of two as one (`كانون الثاني`), without `of` (`d’abril`)."""
    found = [word.removeprefix("d'") for word in _WORD.findall(folded)]
    words: list[str] = []
    while found:
        two = " ".join(found[:2])
        known = len(found) > 1 and (two in calendar_words.months() or two in calendar_words.weekdays())
        words.append(two if known else found[0])
        del found[: 2 if known else 1]
    return words


def _if_known(match: re.Match[str]) -> str:
    """The word before the first comma, if it tells something."""
    known = any(word in calendar_words.weekdays() or word in calendar_words.months() for word in _words(match[0]))
    return match[0] if known else " "


def _is_weekday(word: str, others: Iterable[str], *, numeric: bool) -> bool:
    """Whether the first word of a date string is its weekday: `mar` is March and Tuesday, `fri` a month in Tswana."""
    if _ENGLISH_WEEKDAY.fullmatch(word):
        return True
    if word not in calendar_words.weekdays():
        return False
    return numeric or word not in calendar_words.months() or any(other in calendar_words.months() for other in others)


def _months_of(word: str, language: str) -> frozenset[int]:
    if language in calendar_words.by_language():
        own = {**calendar_words.short_months_of(language), **calendar_words.months_of(language)}
        if word in own:
            return frozenset({own[word]})
    return calendar_words.months()[word]


def _numeric(match: re.Match[str]) -> Iterator[date]:
    """The days that `03/06/2024` may be; with dots the day comes first, unless it can't."""
    first, mark, second, year = int(match[1]), match[2], int(match[3]), _year(match[4])
    orders = [(second, first), (first, second)]
    if mark == "." and second <= 12:
        orders = orders[:1]
    for month, day in orders:
        if 1 <= month <= 12:
            yield date(year, month, day)


def _in_words(folded: str, months: frozenset[int], weekdays: frozenset[int]) -> date | str:
    numbers = re.findall(r"\d+", _NUMBER_FOR_WEEKDAY.sub("", folded))
    if len(numbers) < 2:
        return "imprecise"
    if not months or len(numbers) > 2 or max(map(len, numbers)) > 4:
        return "unreadable"
    day, year = sorted(numbers, key=len) if len(numbers[0]) != len(numbers[1]) else numbers
    written = _year(year)
    if written > 2400 and _THAI.search(folded):
        written -= _BUDDHIST_ERA
    return _the_one((date(written, month, int(day)) for month in months), weekdays)


def _year(digits: str) -> int:
    """Two digits are 1970 to 2069, whatever the clock says."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def _the_one(days: Iterable[date], weekdays: frozenset[int]) -> date | str:
    """The day of which only one is possible; a weekday decides, unless it is wrong for all."""
    possible = set(days)
    if len(possible) > 1:
        possible = {day for day in possible if day.weekday() in weekdays} or possible
    return possible.pop() if len(possible) == 1 else "ambiguous" if possible else "unreadable"


if __name__ == "__main__":
    sys.stdout.writelines(f"{raw} → {read_date(raw)}\n" for raw in sys.argv[1:])
