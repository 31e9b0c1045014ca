"""Formats that a site prints again and again: episodes, newsletters, live pages, standing texts. Pure.

Two issues of one format share a frame, and often all of their text, without one being a copy of the other. All rules
look at the two articles alone: a link must not change because an unrelated article arrived.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from wirewatch.copies.exclusions import apart, headline_resemblance
from wirewatch.copies.fingerprint import headline_words
from wirewatch.copies.subjects import Publication, Subject
from wirewatch.text.folding import fold

ANOTHER_ISSUE = timedelta(hours=12)
"""Issues of one format are so far apart; within it the same headline is the same item, published twice."""

PRINTED_AGAIN = timedelta(hours=20)
STANDING_WORDS = 60
"""A text up to so long that its site prints again on another day is standing text."""

PART_WORDS = 2
"""Words that a part of a headline must have to name a series (`Saturday Sessions: …`)."""

LIKE_HEADLINES = 0.5
"""Resemblance from which two headlines announce one item."""

TOLD = 0.5
"""Share of a headline's words that its text must hold for the text to be what the headline announces."""

PROSE_WORDS = 150
"""A text from so long is a report, even where the site printed it under a wrong headline as well."""

_PARTS = re.compile(r"\s*(?:[:|]|\s[-–—]+\s|[,;]\s(?=\w+\.? \d))\s*")
_DIGITS = re.compile(r"\d+")
_LIVE = re.compile(
    r"\blive (?:updates?|blog|coverage|text)\b|[-–—|:] live\b|^live[: ]|\bas it happened\b|\ben (?:vivo|directo)\b"
    r"|\bliveticker\b|\bliveblog\b|^watch live\b|文字直播|^直播|即时更新"
)


def never_one(first: Subject, second: Subject, *, same_house: bool) -> bool:
    """Whether the two are issues of one format, or one standing text under two headlines: no link of any kind."""
    one, other = first.publication, second.publication
    if not same_house:
        return False
    between = apart(one, other)
    if between == timedelta.max:
        return False
    many = (first.standing and second.standing) or (_is_live(one) and _is_live(other))
    short = max(first.whole.words, second.whole.words) <= STANDING_WORDS
    if _one_series(one.title, other.title) and (short or between >= ANOTHER_ISSUE):
        return True
    if short and first.standing and second.standing and one.title.casefold() != other.title.casefold():
        return True
    return (many and between >= ANOTHER_ISSUE) or (short and between >= PRINTED_AGAIN)


def one_prose(first: Subject, second: Subject) -> bool:
    """Whether both have one text that is long enough to be a report, and is no newsletter, round-up or gallery."""
    same = first.whole.digest == second.whole.digest
    return same and first.whole.words >= PROSE_WORDS and not (first.standing and second.standing)


def only_a_part(first: Subject, second: Subject) -> bool:
    """Whether the two can share a passage at most: one is of many things, or a live page, and the other is not."""
    one, other = first.publication, second.publication
    return first.standing != second.standing or _is_live(one) != _is_live(other)


def one_text_two_items(first: Subject, second: Subject) -> bool:
    """Whether one text of a site is under unlike headlines and not what they announce: a caption, a teaser."""
    one, other = first.publication, second.publication
    if headline_resemblance(one.title, other.title) >= LIKE_HEADLINES and not _one_series(one.title, other.title):
        return False
    return not (_told(first, other.title) and _told(second, one.title))


def _told(subject: Subject, other: str) -> bool:
    """Whether the text holds the words of its headline that the headline `other` lacks."""
    words = headline_words(subject.publication.title) - headline_words(other)
    tokens = frozenset(subject.whole.tokens.tolist())
    return sum(tokens.issuperset(word) for word in words) >= TOLD * len(words)


@lru_cache(maxsize=1 << 12)
def _parts(title: str) -> frozenset[str]:
    """The parts of a headline without their numbers, those of PART_WORDS words and more."""
    plain = _DIGITS.sub("", fold(title).strip())
    parts = (" ".join(part.split()) for part in _PARTS.split(plain))
    return frozenset(part for part in parts if len(part.split()) >= PART_WORDS)


def _one_series(first: str, second: str) -> bool:
    """Whether two headlines name one series and different issues: a part is equal and the rest is not."""
    if first.strip().casefold() == second.strip().casefold():
        return False
    shared = _parts(first) & _parts(second)
    if not shared:
        return False
    rest = _parts(first) ^ _parts(second)
    return bool(rest) or _DIGITS.findall(first) != _DIGITS.findall(second)


def _is_live(publication: Publication) -> bool:
    return "/live/" in publication.url_key or bool(_LIVE.search(fold(publication.title).strip()))
