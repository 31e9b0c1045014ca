"""What two articles may have in common without one being a copy of the other. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from wirewatch.copies.fingerprint import Hashes, ReadText, headline_words, read
from wirewatch.copies.overlap import Marks, Overlap
from wirewatch.copies.subjects import UNKNOWN_TIME, Publication, Subject

SAME_NUMBERS = 0.4
FEW_NUMBERS = 4
RECURS_AFTER = timedelta(hours=12)

OTHER_HEADLINE = 0.3
"""Resemblance of two headlines below which they are different headlines."""

FRAME_REST_WORDS = 40
"""Words that an article must have for itself before what it shares can be a frame around them."""

FRAME_HEADLINE_WORDS = 2
"""Words of the headlines that the articles must have for themselves: one may be chance."""

LISTED_WORDS = 3
"""A headline of so many words that is in the text word by word is listed there (`Most read`)."""

ONE_LANGUAGE = 0.42
"""Part of the shorter text's words from which two texts are in one language. Of 224 translations one shares more (its
original is not in the language that is named), of English reports of one event 98% do."""


def recurs(first: Subject, second: Subject) -> bool:
    """Whether they are two issues of one recurring format: alike but for the numbers, on different days."""
    numbers_first, numbers_second = first.own.numbers, second.own.numbers
    if min(len(numbers_first), len(numbers_second)) < FEW_NUMBERS:
        return False
    if apart(first.publication, second.publication) < RECURS_AFTER:
        return False
    same = len(numbers_first & numbers_second)
    return same / min(len(numbers_first), len(numbers_second)) < SAME_NUMBERS


def only_frame(first: Subject, second: Subject, shared: Overlap, *, same_house: bool) -> bool:
    """Whether what they share is a frame around two articles: menus, lists of headlines, a notice, an author's blurb.

    It is, when no headline speaks of it: of the words that one headline has and the other has not, those in what only
    that article has outnumber those in the shared part and those in what only the other has. A new version of an
    article fails this, as its subject is in what was kept. Between houses, and under headlines that are alike, it
    must hold none of these words. What lists both of two different headlines, word by word, is a list of them.
    """
    headlines = first.publication.title, second.publication.title
    mentions = _mentions(first, second, shared.marks), _mentions(second, first, shared.marks[::-1])
    alike = headline_resemblance(*headlines) >= OTHER_HEADLINE
    if not alike and all(one.listed for one in mentions):
        return True
    own = sum(one.own for one in mentions)
    if own < FRAME_HEADLINE_WORDS or any(one.own and one.rest < FRAME_REST_WORDS * shared.scale for one in mentions):
        return False
    if alike or not same_house:
        return all(one.own >= FRAME_HEADLINE_WORDS and one.own > one.other and not one.shared for one in mentions)
    return all(one.own >= one.shared for one in mentions) and own >= sum(one.shared + one.other for one in mentions)


def apart(first: Publication, second: Publication) -> timedelta:
    """Time between the two; the longest there is when one of them is not dated."""
    if UNKNOWN_TIME in (first.time, second.time):
        return timedelta.max
    return abs(first.time - second.time)


def headline_resemblance(first: str, second: str) -> float:
    """Words that two headlines share, by the shorter one, 0 to 1."""
    words_first, words_second = headline_words(first), headline_words(second)
    shorter = min(len(words_first), len(words_second))
    return len(words_first & words_second) / shorter if shorter >= 2 else 0.0


@dataclass(frozen=True, slots=True)
class _Mentions:
    """Where words of an article's headline stand that the other headline has not."""

    own: int
    """So many of them in what only this article has."""
    shared: int
    """In what both have, except where the headline is listed word by word."""
    other: int
    """In what only the other has."""
    listed: bool
    """Its headline stands word by word in what both have."""
    rest: int
    """Tokens that only this article has."""


def _mentions(article: Subject, other: Subject, marks: tuple[Marks, Marks]) -> _Mentions:
    words = headline_words(article.publication.title) - headline_words(other.publication.title)
    shared, shared_by_other = marks
    listed = _listed(article.own, read(article.publication.title).tokens)
    return _Mentions(
        own=_held(words, article.own.tokens[~shared & ~listed]),
        shared=_held(words, article.own.tokens[shared & ~listed]),
        other=_held(words, other.own.tokens[~shared_by_other]),
        listed=bool((listed & shared).any()),
        rest=int((~shared).sum()),
    )


def _held(words: frozenset[tuple[int, ...]], tokens: Hashes) -> int:
    held = frozenset(tokens.tolist())
    return sum(held.issuperset(word) for word in words)


def _listed(text: ReadText, headline: Hashes) -> Marks:
    """Which tokens of `text` are `headline`, word by word."""
    marks = np.zeros(len(text), bool)
    if len(headline) >= LISTED_WORDS:
        for start in np.flatnonzero(text.tokens == headline[0]):
            if np.array_equal(text.tokens[start : start + len(headline)], headline):
                marks[start : start + len(headline)] = True
    return marks


def of_one_language(first: ReadText, second: ReadText) -> bool:
    """Whether two texts share so many words that they are in one language, whatever was guessed of them."""
    one, other = Counter(first.tokens.tolist()), Counter(second.tokens.tolist())
    return (one & other).total() >= ONE_LANGUAGE * min(one.total(), other.total())
