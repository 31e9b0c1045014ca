"""The zone that is written beside a clock, pure: an offset, a region, an abbreviation or a phrase."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Abbreviations as the press uses them, in hours; an outlet's own zone is asked first, so that a Chinese CST is +8.
_ABBREVIATIONS: dict[str, float] = {
    abbreviation: float(hours)
    for hours, abbreviations in (
        line.split(":")
        for line in (
            "0:Z UTC GMT UT WET WEZ",
            "1:CET BST WEST WESZ WAT MEZ MET",
            "2:CEST MESZ MEST EET OEZ SAST CAT",
            "3:EEST OESZ MSK EAT TRT",
            "3.5:IRST",
            "4:GST",
            "5:PKT",
            "5.5:IST",
            "5.75:NPT",
            "7:ICT WIB",
            "8:HKT SGT PHT MYT AWST WITA",
            "9:JST KST WIT",
            "9.5:ACST",
            "10:AEST",
            "10.5:ACDT",
            "11:AEDT",
            "12:NZST",
            "13:NZDT",
            "-2.5:NDT",
            "-3.5:NST",
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
_PHRASES = (
    (re.compile(r"\bU?S?\s*Eastern(?: (?:standard|daylight))?(?: time)?\b", re.IGNORECASE), "America/New_York"),
    (re.compile(r"\bCentral(?: (?:standard|daylight))? time\b", re.IGNORECASE), "America/Chicago"),
    (re.compile(r"\bMountain(?: (?:standard|daylight))? time\b", re.IGNORECASE), "America/Denver"),
    (re.compile(r"\bPacific(?: (?:standard|daylight))? time\b", re.IGNORECASE), "America/Los_Angeles"),
    (re.compile(r"\b(?:Beijing|China standard) time\b|北京时间|北京時間", re.IGNORECASE), "Asia/Shanghai"),
    (re.compile(r"\b(?:Hong Kong|HK) time\b|香港時間|香港时间", re.IGNORECASE), "Asia/Hong_Kong"),
    (re.compile(r"\bTaipei time\b|台北時間|臺北時間|台灣時間", re.IGNORECASE), "Asia/Taipei"),
    (re.compile(r"\b(?:Tokyo|Japan standard) time\b|日本時間", re.IGNORECASE), "Asia/Tokyo"),
    (re.compile(r"\bMoscow time\b|по московскому времени|МСК|мск"), "Europe/Moscow"),
)
_OFFSET = re.compile(
    r"(?P<space>\s*)[(\[]?\s*(?P<name>GMT|UTC|UT|Z)?\s*(?P<sign>[+−-]{1,2})(?P<h>\d{1,2})(?::?(?P<min>\d\d))?(?![\d./:-])",
    re.IGNORECASE,
)
_OFFSET_AT_END = re.compile(r"\s(?P<sign>[+−-]{1,2})(?P<h>\d\d):?(?P<min>\d\d)$")
_REGION = re.compile(r"\b[A-Za-z]+(?:/[A-Za-z][A-Za-z_+-]*[A-Za-z0-9_])+")
_LETTERS = re.compile(r"(?<![A-Za-z.])[A-Z]{1,5}(?![A-Za-z])")
_LOWER = re.compile(r"^\s*(gmt|utc|z)\b")
_UNKNOWN = re.compile(r"^\s*[A-Z]{2,5}(?![A-Za-z])")
_IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_MOST_HOURS = 14
"""The Line Islands; nothing is farther from Greenwich."""


class ZoneTaker:
    """Takes the zone out of what is written `before` and `after` a clock. `rest` is what is left."""

    def __init__(self, before: str, after: str, outlet_zone: ZoneInfo | None) -> None:
        self._outlet_zone = outlet_zone
        self._zone: tzinfo | str | None = None
        self._before, self._after = before, after
        self._take()
        self.rest = _IN_BRACKETS.sub(" ", f"{self._before} {self._after}")

    def at(self, moment: datetime) -> tzinfo | None:
        """The zone that was written, for a clock that shows `moment`; None when it is not known."""
        if not isinstance(self._zone, str):
            return self._zone
        own = own_abbreviations(self._outlet_zone)
        if self._zone in own:
            return timezone(own[self._zone])
        if self._zone in _ABBREVIATIONS:
            return timezone(timedelta(hours=_ABBREVIATIONS[self._zone]))
        return timezone(offset_at(moment, ZoneInfo(_REGIONS.get(self._zone, self._zone))))

    def _take(self) -> None:
        offset = _OFFSET.match(self._after)
        if offset and _is_offset(offset, self._after):
            self._zone = _offset(offset)
            self._after = self._after[offset.end() :]
            return
        if offset := _OFFSET_AT_END.search(self._after):
            self._zone, self._after = _offset(offset), self._after[: offset.start()]
            return
        for pattern, region in _PHRASES:
            if found := pattern.search(self._after):
                self._zone, self._after = region, pattern.sub(" ", self._after, count=1)
                self._after = _LETTERS.sub(" ", self._after) if found.start() == 0 else self._after
                return
        if self._take_region() or self._take_letters():
            return
        self._after = _UNKNOWN.sub(" ", self._after)

    def _take_region(self) -> bool:
        for side in ("_after", "_before"):
            text: str = getattr(self, side)
            for found in _REGION.finditer(text):
                if region := _all_regions().get(found[0].lower()):
                    self._zone = region
                    setattr(self, side, f"{text[: found.start()]} {text[found.end() :]}")
                    return True
        return False

    def _take_letters(self) -> bool:
        if lower := _LOWER.match(self._after):
            self._zone, self._after = lower[1].upper(), self._after[lower.end() :]
            return True
        known = own_abbreviations(self._outlet_zone).keys() | _ABBREVIATIONS.keys() | _REGIONS.keys()
        for side in ("_after", "_before"):
            text: str = getattr(self, side)
            for found in _LETTERS.finditer(text):
                if found[0] in known:
                    self._zone = found[0]
                    setattr(self, side, f"{text[: found.start()]} {text[found.end() :]}")
                    return True
        return False


def _is_offset(match: re.Match[str], text: str) -> bool:
    """`09:30 -8 June` has a dash, no offset: one without minutes stands close to the clock, has a name, or ends all."""
    if match["min"] or match["name"] or not match["space"] or match["sign"] == "+":
        return match["sign"] != "-" or int(match["h"]) <= _MOST_HOURS
    return not text[match.end() :].strip(" )]")


def _offset(match: re.Match[str]) -> tzinfo | None:
    """The offset; None when it can't be one. `--0700` and `+-07:00` are west of Greenwich; `-+` may be either."""
    minutes = int(match["h"]) * 60 + int(match["min"] or 0)
    sign = match["sign"].replace("−", "-")
    if minutes > _MOST_HOURS * 60 or int(match["min"] or 0) > 59 or sign == "-+":
        return None
    return timezone(timedelta(minutes=-minutes if "-" in sign else minutes))


@cache
def _all_regions() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


@cache
def own_abbreviations(zone: ZoneInfo | None) -> dict[str, timedelta]:
    """A zone's own abbreviations, in winter and in summer."""
    if zone is None:
        return {}
    moments = (datetime(2024, month, 1, tzinfo=zone) for month in (1, 7))
    return {moment.tzname() or "": moment.utcoffset() or timedelta() for moment in moments}


def offset_at(moment: datetime, zone: tzinfo) -> timedelta:
    """The offset of `zone` when its clocks show `moment`."""
    return zone.utcoffset(moment.replace(tzinfo=zone)) or timedelta()
