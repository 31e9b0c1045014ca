"""What survives rewriting and translation: names, numbers, dates, in the order in which a text gives them. Pure.

A fact is the same in every language: a person, place, ship or term of the lexicon, a number with its magnitude
(`1.2 million`, `120万`), a date (`June 3`, `3 de junio`, `6月3日`), a month, a weekday, the designation of a weapon
(`F-35`), and in Latin letters a name that no lexicon knows. Each has a weight: how much it tells that two share it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, Protocol

from wirewatch.text.calendar_words import months_of, short_months_of, weekdays_of
from wirewatch.text.folding import fold
from wirewatch.text.names import GAZETTEER

NAME_WEIGHTS = {
    "person": 2.5,
    "vessel": 2.5,
    "unit": 1.5,
    "base": 1.5,
    "aircraft": 1.5,
    "weapon": 1.5,
    "place": 1.0,
    "actor": 0.5,
}
"""By kind of the lexicon's entry: two reports that name one ship share more than two that name one country."""

TERM_WEIGHT = 0.4
UNKNOWN_NAME_WEIGHT = 1.2
DESIGNATION_WEIGHT = 2.0
DATE_WEIGHT = 1.5
MONTH_WEIGHT = 0.7
WEEKDAY_WEIGHT = 0.4

KEY_WEIGHT = 1.2
"""Lightest fact by which candidates are looked for."""

KEYS = 24
"""Facts of one article by which candidates are looked for, the heaviest first."""


class KnownName(Protocol):
    """A thing or a term that a lexicon knows."""

    @property
    def id(self) -> str:
        """The same in all languages."""

    @property
    def kind(self) -> str:
        """person, vessel, place, …; another word for what is not a thing in the world."""


class FoundName(Protocol):
    """Where a text names something known."""

    @property
    def entry(self) -> KnownName:
        """What it names."""

    @property
    def start(self) -> int:
        """First character."""

    @property
    def end(self) -> int:
        """Character after the last."""


class Lexicon(Protocol):
    """Names and terms in several languages, such as a topic's (`topics.matching.Matcher`)."""

    def find(self, text: str, language: str | None) -> Iterable[FoundName]:
        """What of it is in `text`."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one text, each once, in the order of their first mention."""

    latin: bool
    """Written in Latin letters: all names in it can be compared with those of another such text."""
    keys: tuple[int, ...]
    weights: tuple[float, ...]
    names: frozenset[int]
    """Those of `keys` that are names which no lexicon knows."""
    terms: frozenset[int]
    """Those of `keys` that are no things in the world: translators choose other words for them."""

    @property
    def rare(self) -> tuple[int, ...]:
        """The facts by which candidates are looked for."""
        heavy = sorted(zip(self.weights, self.keys, strict=True), reverse=True)
        return tuple(key for weight, key in heavy[:KEYS] if weight >= KEY_WEIGHT)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two texts have in common by their facts."""

    weight: float
    """Sum over the common facts."""
    share: float
    """Of the facts of the text that has fewer, by weight, 0 to 1."""
    order: float
    """Share of the common facts that come in one order in both, 0 to 1. A translation keeps the order; independent
    reports of one event do not."""

    @property
    def strength(self) -> float:
        """What decides: `weight` · `share` · `order`."""
        return self.weight * self.share * self.order


def read_facts(title: str, text: str, language: str | None, lexicons: Sequence[Lexicon]) -> Facts:
    """The facts of an article, those of the headline after those of the text."""
    text = unicodedata.normalize("NFKC", f"{text}\n{title}")
    folded = fold(text)
    latin, spaceless = _script(text)
    found: list[_Fact] = []
    taken = bytearray(len(text))
    for named in _known(text, language, (GAZETTEER, *lexicons)):
        kind = "name" if named.entry.kind in NAME_WEIGHTS else "term"
        weight = NAME_WEIGHTS.get(named.entry.kind, TERM_WEIGHT)
        found.append(_Fact(named.start, f"e {named.entry.id}", weight, kind))
        taken[named.start : named.end] = b"\1" * (named.end - named.start)
    figures = (*_dates(folded, spaceless), *_designations(text), *_numbers(folded, spaceless))
    for start, end, key, weight in (*figures, *_names(text, folded, latin)):
        if not any(taken[start:end]):
            found.append(_Fact(start, key, weight, "unknown name" if key.startswith("l ") else "figure"))
            taken[start:end] = b"\1" * (end - start)
    first: dict[int, _Fact] = {}
    for fact in sorted(found):
        first.setdefault(_hash(fact.key), fact)
    return Facts(
        latin=latin,
        keys=tuple(first),
        weights=tuple(fact.weight for fact in first.values()),
        names=frozenset(key for key, fact in first.items() if fact.kind == "unknown name"),
        terms=frozenset(key for key, fact in first.items() if fact.kind == "term"),
    )


class _Fact(NamedTuple):
    """Something that is in a text."""

    start: int
    key: str
    weight: float
    kind: str


def _known(text: str, language: str | None, lexicons: Sequence[Lexicon]) -> Iterator[FoundName]:
    """What the lexicons know of, without overlaps: the longest first, of equals what the first lexicon knows."""
    found = [named for lexicon in lexicons for named in lexicon.find(text, language)]
    free = 0
    for named in sorted(found, key=lambda named: (named.start, -named.end)):
        if named.start >= free:
            free = named.end
            yield named


def agreement(first: Facts, second: Facts) -> Agreement:
    """What the two texts have in common by their facts.

    What one of them has alone speaks against it, except for terms and, between two scripts, unknown names.
    """
    optional = first.terms | second.terms
    if not (first.latin and second.latin):
        optional |= first.names | second.names
    places = {key: place for place, key in enumerate(second.keys)}
    common = [key for key in first.keys if key in places]
    if not common:
        return Agreement(0.0, 0.0, 0.0)
    weights = {k: w for facts in (first, second) for k, w in zip(facts.keys, facts.weights, strict=True)}
    uncounted = optional.difference(common)
    smaller = min(sum(weights[key] for key in facts.keys if key not in uncounted) for facts in (first, second))
    weight = sum(weights[key] for key in common)
    return Agreement(weight, weight / smaller, _longest_rise([places[key] for key in common]) / len(common))


def _longest_rise(places: Sequence[int]) -> int:
    """Length of the longest rising subsequence."""
    tails: list[int] = []
    for place in places:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(tails)


@lru_cache(maxsize=1 << 16)
def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True)


# Dates. All patterns meet folded text: small letters, no accents, simplified characters.

_LANGUAGES = ("en", "es", "pt", "fr", "it", "de", "nl", "pl", "cs", "tr", "sv", "da", "ro", "id", "ru", "uk")
"""Whose names of months and weekdays are known; where two use one word for two, the first of them has it."""

_HAN_WEEKDAYS = {
    f"{week}{day}": number
    for number, days in enumerate(("一", "二", "三", "四", "五", "六", "日天"))
    for day in days
    for week in ("周", "星期", "礼拜")
}
_SHORTEST_MONTH = 4
"""Letters of a month that may stand without a day: `mar`, `may` and `dec` are other words as well."""


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _first_of(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Number by name; a name that is in two tables has the number of the first."""
    names: dict[str, int] = {}
    for table in tables:
        names = {**table, **names}
    return names


_MONTHS = _first_of(
    [months_of(language) for language in _LANGUAGES]
    # Other languages abbreviate to words of these: `out` is October in Portuguese.
    + [short_months_of(language) for language in _LANGUAGES[:2]]
    + [{"sep": 9, "setiembre": 9}]
)
_MONTHS.pop("set", None)  # September in Peru, and a word of English
_WEEKDAYS = _first_of(weekdays_of(language) for language in _LANGUAGES)
_OF_DATES = frozenset(_WEEKDAYS) | frozenset(_MONTHS)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_DAY_BEFORE = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.)?(?: de| of)? $")
_DAY_AFTER = re.compile(r"\.? (\d{1,2})(?:st|nd|rd|th)?\b(?![.,]?\d)")
_DAY_ROOM = 12
"""Characters before a month in which its day may stand."""

_DATE_IN_HAN = re.compile(r"(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?[日号]")
_MONTH_ALONE_IN_HAN = re.compile(r"(\d{1,2}) ?月(?! ?\d)")
_WEEKDAY_IN_HAN = re.compile(_any_of(_HAN_WEEKDAYS))


def _dates(folded: str, spaceless: bool) -> Iterator[tuple[int, int, str, float]]:
    return _dates_in_han(folded) if spaceless else _dates_in_words(folded)


def _dates_in_words(folded: str) -> Iterator[tuple[int, int, str, float]]:
    for found in _WORD.finditer(folded):
        word = found[0]
        if word not in _OF_DATES:
            continue
        start, end = found.span()
        if (weekday := _WEEKDAYS.get(word)) is not None:
            yield start, end, f"w {weekday}", WEEKDAY_WEIGHT
        if month := _MONTHS.get(word):
            if day := _DAY_AFTER.match(folded, end):
                yield start, day.end(), f"d {month}-{int(day[1])}", DATE_WEIGHT
            elif day := _DAY_BEFORE.search(folded, max(0, start - _DAY_ROOM), start):
                yield day.start(), end, f"d {month}-{int(day[1])}", DATE_WEIGHT
            elif len(word) >= _SHORTEST_MONTH:
                yield start, end, f"m {month}", MONTH_WEIGHT


def _dates_in_han(folded: str) -> Iterator[tuple[int, int, str, float]]:
    for found in _DATE_IN_HAN.finditer(folded):
        yield found.start(), found.end(), f"d {int(found['month'])}-{int(found['day'])}", DATE_WEIGHT
    for found in _MONTH_ALONE_IN_HAN.finditer(folded):
        yield found.start(), found.end(), f"m {int(found[1])}", MONTH_WEIGHT
    for found in _WEEKDAY_IN_HAN.finditer(folded):
        yield found.start(), found.end(), f"w {_HAN_WEEKDAYS[found.group()]}", WEEKDAY_WEIGHT


_DESIGNATION = re.compile(
    r"(?<![A-Za-z0-9_-])(?P<letters>[A-Z]{1,5})-?(?P<number>[0-9]{1,4})(?P<variant>[A-Z]{0,2})(?![A-Za-z0-9_-])"
)


def _designations(text: str) -> Iterator[tuple[int, int, str, float]]:
    for found in _DESIGNATION.finditer(text):
        key = f"x {found['letters']}{found['number']}{found['variant']}"
        yield found.start(), found.end(), key, DESIGNATION_WEIGHT


# Numbers

_SMALL = {
    name: value
    for value, names in {
        11: "eleven once",
        12: "twelve doce",
        13: "thirteen trece",
        14: "fourteen catorce",
        15: "fifteen quince",
        16: "sixteen dieciseis",
        17: "seventeen diecisiete",
        18: "eighteen dieciocho",
        19: "nineteen diecinueve",
        20: "twenty veinte",
        30: "thirty treinta",
        40: "forty cuarenta",
        50: "fifty cincuenta",
        60: "sixty sesenta",
        70: "seventy setenta",
        80: "eighty ochenta",
        90: "ninety noventa",
        100: "hundred cien",
    }.items()
    for name in names.split()
}
_MAGNITUDES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "mil": 1e3,
    "million": 1e6,
    "millones": 1e6,
    "millon": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "mil millones": 1e9,
    "trillion": 1e12,
    "billones": 1e12,
    "十": 1e1,
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "万亿": 1e12,
}
_MAGNITUDE = _any_of(_MAGNITUDES)
_NUMBER = re.compile(rf"(?<![\w.,])(?:\d[\d.,]*\d|\d)(?:[ -]?(?P<magnitude>{_MAGNITUDE})(?![a-z]))?")
_NUMBER_IN_HAN = re.compile(rf"(?:\d[\d.,]*\d|\d)(?: ?(?P<magnitude>{_MAGNITUDE}))?")
_NUMBER_WORD = re.compile(rf"\b(?:{_any_of(_SMALL)})\b(?: (?P<magnitude>{_MAGNITUDE})\b)?")
_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_HAN_NUMBER = re.compile(
    r"[一二两三四五六七八九]?[百千万十][零一二两三四五六七八九十百千万亿]*|[一二两三四五六七八九]{1}[十百千万亿]+"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def _numbers(folded: str, spaceless: bool) -> Iterator[tuple[int, int, str, float]]:
    for found in (_NUMBER_IN_HAN if spaceless else _NUMBER).finditer(folded):
        magnitude = found["magnitude"]
        digits = found.group()[: found.start("magnitude") - found.start()] if magnitude else found.group()
        value = _value(digits.strip(" -")) * _MAGNITUDES.get(magnitude or "", 1.0)
        yield found.start(), found.end(), f"n {value:.4g}", _number_weight(value)
    if spaceless:
        for found in _HAN_NUMBER.finditer(folded):
            if (number := _han_value(found.group())) is not None and number > 10:
                yield found.start(), found.end(), f"n {number:.4g}", _number_weight(number)
    else:
        for found in _NUMBER_WORD.finditer(folded):
            word = found.group().split(" ")[0]
            value = _SMALL[word] * _MAGNITUDES.get(found["magnitude"] or "", 1.0)
            yield found.start(), found.end(), f"n {value:.4g}", _number_weight(value)


def _value(digits: str) -> float:
    """`1,200` and `1.200` are 1200, `1.2` and `1,2` are 1.2: a group of three digits is a group of thousands."""
    if _THOUSANDS.fullmatch(digits):
        return float(re.sub("[.,]", "", digits))
    head, _, tail = digits.replace(",", ".").rpartition(".")
    whole = head.replace(".", "")
    return float(f"{whole}.{tail}" if whole else tail)


def _han_value(text: str) -> float | None:
    total, section, digit = 0.0, 0.0, 0.0
    for char in text:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif char in "十百千":
            section += (digit or 1.0) * _MAGNITUDES[char]
            digit = 0.0
        else:
            total = (total + section + digit) * _MAGNITUDES[char]
            section = digit = 0.0
    return total + section + digit or None


def _number_weight(value: float) -> float:
    """Small and round numbers, and years, are in many texts."""
    if value <= 10:
        return 0.25
    if 1990 <= value <= 2040:
        return 0.6
    significant = len(f"{value:.4g}".replace(".", "").split("e")[0].rstrip("0"))
    return {1: 0.8, 2: 1.2}.get(significant, 2.0)


# Names that no lexicon knows

_NAME_LETTERS = 5
"""So many letters tell a name: what follows is inflection (`Trumpa`, `Warszawie`)."""

_LETTER = "A-Za-z\u00c0-\u024f"
_LETTERS_OF_A_SIGN = 3
"""So many Latin letters say what one Chinese character says: a text that is full of foreign names is still Chinese."""

_CAPITAL = re.compile(rf"(?<![{_LETTER}\d'-])[A-Z][{_LETTER}'-]{{3,}}")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\"“”«»\n])[\s\"“”'(]*$")


def _names(text: str, folded: str, latin: bool) -> Iterator[tuple[int, int, str, float]]:
    """Capitalised words within a sentence; at its start all words are capitalised."""
    for found in _CAPITAL.finditer(text):
        word = folded[found.start() : found.end()].removesuffix("'s")
        if word in _MONTHS or word in _WEEKDAYS:
            continue
        if latin and _SENTENCE_START.search(text, max(0, found.start() - 6), found.start()):
            continue
        yield found.start(), found.end(), f"l {word[:_NAME_LETTERS]}", UNKNOWN_NAME_WEIGHT


def _script(text: str) -> tuple[bool, bool]:
    """(in Latin letters, without spaces between words), by the letters of its beginning."""
    letters = [char for char in text[:500] if char.isalpha()]
    latin = sum(char < "\u0250" for char in letters)
    spaceless = sum(char >= "\u0e00" for char in letters) * _LETTERS_OF_A_SIGN
    return latin > max(spaceless, len(letters) // 2), spaceless > latin
