"""Short texts of different publishers: flashes and feed summaries, whose words alone say too little. Pure.

An agency's report travels with its headline: publishers print that as it came, under a summary of their own. So short
texts are one report when they carry the same headline on the same day, or nearly the same one and mostly the same
words, or nearly the same one within minutes and the same facts, or when both begin with the same words under headlines
that have something in common.
"""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np

from wirewatch.copies.exclusions import apart
from wirewatch.copies.facts import agreement
from wirewatch.copies.fingerprint import ReadText, headline_words, read
from wirewatch.copies.overlap import Overlap
from wirewatch.copies.subjects import Subject
from wirewatch.text.headlines import HeadlineFormat, headline_of

SHORT_WORDS = 60
"""Words below which one of the two texts is a flash or a summary."""

SAME_DAY = timedelta(hours=24)
MINUTES = timedelta(minutes=20)

HEADLINE_TOKENS = 8
HEADLINE_WORDS = 5
"""Words that carry the meaning, of a headline that two publishers do not write independently."""

NEARLY = 0.85
"""Share of the words of both headlines that they have in common, for nearly the same headline."""

ALIKE = 0.5
SHARED_WORDS = 8
SHARED_STRENGTH = 0.6
"""Of what two short texts share: most of their words."""

LONG_HEADLINE_WORDS = 8
"""Words that carry the meaning, of a headline that may differ in function words and punctuation."""

OPENING_TOKENS = 12
"""Words with which two texts begin that nobody writes twice."""

OPENING_BY = 40
"""Words of the other text by which they have begun."""

OPENING_ALIKE = 0.25
"""So much must the headlines have in common: an opening may be a standing sentence."""

PART_TOKENS = 3
PARTS = 6
"""Parts of a short text's headline by which candidates are looked for: the smallest hashes of so many words each."""

FACTS_SHARE = 0.75
FACTS_WEIGHT = 2.5

_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_DIGITS = re.compile(r"\d[\d.,]*")


def one_flash(first: Subject, second: Subject, shared: Overlap) -> bool:
    """Whether two texts, one of them short, are one report in two publishers' hands."""
    if min(first.whole.words, second.whole.words) >= SHORT_WORDS or first.standing or second.standing:
        return False
    one, other = first.publication, second.publication
    between = apart(one, other)
    if between > SAME_DAY or not one.houses.isdisjoint(other.houses):
        return False
    titles = _plain(one.title), _plain(other.title)
    if _same_opening(first.own, second.own) and _like(*titles) >= OPENING_ALIKE:
        return True
    if set(_DIGITS.findall(titles[0])) != set(_DIGITS.findall(titles[1])):
        return False
    if _one_headline(*titles) and headline_of(one.title).format is HeadlineFormat.NEWS:
        return True
    like = _like(*titles)
    if like >= ALIKE and shared.words >= SHARED_WORDS and shared.strength >= SHARED_STRENGTH:
        return True
    return like >= NEARLY and between <= MINUTES and _same_facts(first, second)


def same_headline(first: str, second: str) -> bool:
    """Whether two headlines are one, long enough that nobody writes it twice."""
    tokens = headline_tokens(first)
    return len(tokens) >= HEADLINE_TOKENS and tokens == headline_tokens(second) and _telling(first)


def _one_headline(first: str, second: str) -> bool:
    """Whether two headlines are one, or have the same many words that carry the meaning, in the same order."""
    words = _meaning(first)
    return same_headline(first, second) or (len(words) >= LONG_HEADLINE_WORDS and words == _meaning(second))


def _meaning(title: str) -> list[int]:
    """The words of a headline that carry its meaning, hashed, in order."""
    words = headline_words(title)
    return [token for token in headline_tokens(title) if (token,) in words]


def _same_opening(first: ReadText, second: ReadText) -> bool:
    """Whether two texts begin with the same words; one may have something before them: a dateline, a standfirst."""
    for one, other in ((first, second), (second, first)):
        opening = one.tokens[:OPENING_TOKENS]
        starts = np.flatnonzero(other.tokens[:OPENING_BY] == opening[0]) if len(opening) == OPENING_TOKENS else ()
        if any(np.array_equal(other.tokens[start : start + OPENING_TOKENS], opening) for start in starts):
            return True
    return False


def candidate_keys(subject: Subject) -> tuple[int, ...]:
    """What candidates share with `subject`: the sketch of its text, its headline and, of a short one, parts of it."""
    title = read(_plain(subject.publication.title))
    if len(title) < HEADLINE_TOKENS:
        return subject.own.sketch
    parts = _title_parts(title) if subject.whole.words < SHORT_WORDS else ()
    return (*subject.own.sketch, title.digest, *parts)


def _title_parts(title: ReadText) -> list[int]:
    runs = (title.between(start, start + PART_TOKENS).digest for start in range(len(title) - PART_TOKENS + 1))
    return sorted(runs)[:PARTS]


def headline_tokens(title: str) -> tuple[int, ...]:
    """The words of a headline, hashed, in order."""
    return tuple(read(_plain(title)).tokens.tolist())


def _telling(title: str) -> bool:
    return len(headline_words(title)) >= HEADLINE_WORDS


def _plain(title: str) -> str:
    """`U.S.` as `US`: publishers differ in it."""
    return _INITIALS.sub(lambda found: found[0].replace(".", ""), title)


def _like(first: str, second: str) -> float:
    """Share of the words of both headlines that are in both, 0 to 1."""
    one, other = headline_words(first), headline_words(second)
    return len(one & other) / len(one | other) if min(len(one), len(other)) >= HEADLINE_WORDS else 0.0


def _same_facts(first: Subject, second: Subject) -> bool:
    agreed = agreement(first.facts, second.facts)
    return agreed.weight >= FACTS_WEIGHT and agreed.share >= FACTS_SHARE
