"""Whether one article copies another, how, and which of the two. Pure.

What decides is `Overlap.strength`: how much of both texts is one text, where the lead counts more than the tail (news
is written so that it can be cut from below) and a quoted word counts less than a reporter's own (independent reports
quote the same statement). Figures and the reasons of the thresholds: docs/copies.md.

Guards against false copies
- fewer than MIN_WORDS words of its own say nothing (`Read more`, a paywall's stub);
- sentences that a site repeats in unlike articles are its furniture and do not count (`subjects.is_furniture`);
- where two articles of a site share just a common head and foot, and their headlines differ and speak of what stands
  between, that is the site's frame;
- a recurring format (a daily count, a market table) has the words of yesterday and other numbers;
- a quoted statement or a passage is `partial`, which joins no stories;
- a translation must have the facts in the order of its original, and be of the same days: independent reports of one
  event share facts, but each tells them in its own order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from wirewatch.copies.facts import agreement
from wirewatch.copies.fingerprint import WORDS_PER_SHINGLE, Hashes, Reading, headline_words
from wirewatch.copies.subjects import UNKNOWN_TIME, Publication, Subject
from wirewatch.records import CopyKind

METHOD = "wirewatch-copies/1"
"""Name and version of fingerprints and decisions; a change that finds other copies counts it up."""

MIN_WORDS = 25
STRONG = 0.57
STRONG_SAME_HEADLINE = 0.45
SAME_HEADLINE = 0.5
REWRITTEN_WITHIN = timedelta(days=3)
"""One site, the same headline and so little time between: the same piece, rewritten. Four of five edits come within a
day; months later it is a new piece that borrows from the old one."""

STRONG_SAME_CREDIT = 0.5
"""Where both credit one agency, or one is the agency: cut and reordered wire copy."""

QUOTED_WEIGHT = 0.25
LEAD_WORDS = 150
"""The weight of a word in `lead` falls to 1/e over so many words: about the first four paragraphs."""

REWORDED = 0.4
REWORDED_FACTS = 0.9
REWORDED_WEIGHT = 8.0
"""Of two texts with that strength of overlap, nearly all facts of the one stand in the other, nearly all in the same
order, and there are enough of them (say, a date, three people and two exact numbers): the same piece, reworded."""

TRANSLATED = 5.5
"""Strength of the agreement of facts from which two texts in different languages are one report."""

TRANSLATED_WITHIN = timedelta(days=5)

PARTIAL_WORDS = 50
PARTIAL_SHARE = 0.25

SAME_NUMBERS = 0.4
FEW_NUMBERS = 4
RECURS_AFTER = timedelta(hours=12)

OTHER_HEADLINE = 0.3
"""Resemblance of two headlines below which they are different headlines."""

EDGE_WORDS = 12
"""So many words before or after a text are a byline or a sign-off, not a change of the text."""

FRAME_REST_WORDS = 40
FRAME_REST_SHARE = 0.1
"""Share of what stands between head and foot below which it is two articles, not two versions of one."""

STRONG_KINDS = frozenset(
    {CopyKind.SAME_URL, CopyKind.IDENTICAL, CopyKind.SYNDICATED, CopyKind.NEAR, CopyKind.UPDATE, CopyKind.TRANSLATION}
)
"""The kinds that join articles to one story."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of two texts is one text; each pair of shares is (of the first, of the second), 0 to 1."""

    shares: tuple[float, float]
    """Of the words."""
    own_shares: tuple[float, float]
    """Of the words, a quoted one counting QUOTED_WEIGHT."""
    lead_shares: tuple[float, float]
    """As `own_shares`, the beginning counting more."""
    words: float
    """Shared words, in the text that has fewer of them."""

    @property
    def strength(self) -> float:
        """What decides: the mean of `own_shares` and `lead_shares`, 0 to 1."""
        return (sum(self.own_shares) + sum(self.lead_shares)) / 4


NOTHING = Overlap((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), 0.0)


@dataclass(frozen=True, slots=True)
class Match:
    """What two articles are to each other, whichever of them is the copy."""

    kind: CopyKind
    shares: tuple[float, float]
    """Of the words of the first that stand in the second, and the other way round."""

    @property
    def joins(self) -> bool:
        """Whether they are one story."""
        return self.kind in STRONG_KINDS

    def turned(self) -> Match:
        """The same match with first and second exchanged."""
        return Match(self.kind, (self.shares[1], self.shares[0]))


def overlap(first: Reading, second: Reading) -> Overlap:
    """How much of `first` and `second` is one text."""
    if first.spaceless != second.spaceless or not len(first.shingles) or not len(second.shingles):
        return NOTHING
    in_first, in_second = _covered(first, second.shingle_set), _covered(second, first.shingle_set)
    share_first, own_first, lead_first, words_first = _shares(first, in_first)
    share_second, own_second, lead_second, words_second = _shares(second, in_second)
    return Overlap(
        (share_first, share_second), (own_first, own_second), (lead_first, lead_second), min(words_first, words_second)
    )


def may_match(first: Subject, second: Subject) -> bool:
    """Whether `match` can find anything, by their whole texts: what is furniture in them does not matter yet."""
    one, other = first.publication, second.publication
    return (
        languages_differ(one, other)
        or one.url_key == other.url_key
        or first.whole.digest == second.whole.digest
        or overlap(first.whole, second.whole).words >= MIN_WORDS
    )


def match(first: Subject, second: Subject) -> Match | None:
    """What the two articles are to each other; None when neither copies the other."""
    one, other = first.publication, second.publication
    if _same_page(first, second):
        return Match(CopyKind.SAME_URL, (1.0, 1.0))
    if first.whole.digest == second.whole.digest:
        same_headline = one.title.strip().casefold() == other.title.strip().casefold()
        if first.whole.words >= MIN_WORDS or (same_headline and len(first.whole)):
            return Match(CopyKind.IDENTICAL, (1.0, 1.0))
    shared = overlap(first.own, second.own)
    if shared.words < MIN_WORDS:
        # A language may be named or guessed wrong: texts that share words are compared by them.
        return _translation(first, second) if languages_differ(one, other) else None
    same_site = one.site == other.site or one.outlet == other.outlet
    if same_site and _only_frame(first, second):
        return None
    if _recurs(first, second):
        return None
    if shared.strength >= _threshold(one, other, same_site):
        if _same_but_for_edges(first.own, second.own):
            return Match(CopyKind.IDENTICAL, shared.shares)
        return Match(_strong_kind(one, other, same_site), shared.shares)
    if _reworded(first, second, shared):
        return Match(CopyKind.UPDATE if same_site else CopyKind.NEAR, shared.shares)
    if shared.words >= PARTIAL_WORDS and max(shared.own_shares) >= PARTIAL_SHARE:
        return Match(CopyKind.PARTIAL, shared.shares)
    return None


def _same_page(first: Subject, second: Subject) -> bool:
    """Whether they are one page under two addresses.

    That they name one canonical address is not enough: some sites name one for all their pages.
    """
    one, other = first.publication, second.publication
    if one.url_key == other.url_key:
        return True
    return one.canonical_key == other.canonical_key and (
        first.whole.digest == second.whole.digest or overlap(first.whole, second.whole).words >= MIN_WORDS
    )


def languages_differ(first: Publication, second: Publication) -> bool:
    """Whether they are known to be in different languages."""
    return None not in (first.language, second.language) and first.language != second.language


def credits_other(article: Publication, other: Publication) -> bool:
    """Whether `article` credits the agency that `other` is the own report of."""
    return article.credited is not None and article.credited == other.agency and other.credited is None


def is_copy(article: Publication, other: Publication) -> bool:
    """Whether `article` is the copy of the two: it credits the other, or comes later and is not credited."""
    gives_credit, gets_credit = credits_other(article, other), credits_other(other, article)
    return gives_credit if gives_credit != gets_credit else article.age > other.age


def headline_resemblance(first: str, second: str) -> float:
    """Words that two headlines share, by the shorter one, 0 to 1."""
    words_first, words_second = headline_words(first), headline_words(second)
    shorter = min(len(words_first), len(words_second))
    return len(words_first & words_second) / shorter if shorter >= 2 else 0.0


def _translation(first: Subject, second: Subject) -> Match | None:
    if min(first.whole.words, second.whole.words) < MIN_WORDS:
        return None
    apart = _apart(first.publication, second.publication)
    if TRANSLATED_WITHIN < apart < timedelta.max:
        return None
    agreed = agreement(first.facts, second.facts)
    return Match(CopyKind.TRANSLATION, (agreed.share, agreed.share)) if agreed.strength >= TRANSLATED else None


def _reworded(first: Subject, second: Subject, shared: Overlap) -> bool:
    """Whether texts of one language that share too few words share what survives rewording, in its order."""
    if shared.strength < REWORDED or _apart(first.publication, second.publication) > REWRITTEN_WITHIN:
        return False
    agreed = agreement(first.facts, second.facts)
    return agreed.weight >= REWORDED_WEIGHT and min(agreed.share, agreed.order) >= REWORDED_FACTS


def _threshold(first: Publication, second: Publication, same_site: bool) -> float:
    if (
        same_site
        and _apart(first, second) <= REWRITTEN_WITHIN
        and headline_resemblance(first.title, second.title) >= SAME_HEADLINE
    ):
        return STRONG_SAME_HEADLINE
    if _same_credit(first, second):
        return STRONG_SAME_CREDIT
    return STRONG


def _same_credit(first: Publication, second: Publication) -> bool:
    source_first, source_second = first.credited or first.agency, second.credited or second.agency
    return source_first is not None and source_first == source_second


def _strong_kind(first: Publication, second: Publication, same_site: bool) -> CopyKind:
    if same_site:
        return CopyKind.UPDATE
    credited = first.credited or second.credited or first.agency or second.agency
    return CopyKind.SYNDICATED if credited else CopyKind.NEAR


def _recurs(first: Subject, second: Subject) -> bool:
    """Whether they are two issues of one recurring format: alike but for the numbers, on different days."""
    numbers_first, numbers_second = first.own.numbers, second.own.numbers
    if min(len(numbers_first), len(numbers_second)) < FEW_NUMBERS:
        return False
    if _apart(first.publication, second.publication) < RECURS_AFTER:
        return False
    same = len(numbers_first & numbers_second)
    return same / min(len(numbers_first), len(numbers_second)) < SAME_NUMBERS


def _apart(first: Publication, second: Publication) -> timedelta:
    """Time between the two; the longest there is when one of them is not dated."""
    if UNKNOWN_TIME in (first.time, second.time):
        return timedelta.max
    return abs(first.time - second.time)


def _only_frame(first: Subject, second: Subject) -> bool:
    """Whether two articles of one site share just what stands around every article of it."""
    if headline_resemblance(first.publication.title, second.publication.title) >= OTHER_HEADLINE:
        return False
    head = _common_prefix(first.own.tokens, second.own.tokens)
    foot = _common_prefix(first.own.tokens[head:][::-1], second.own.tokens[head:][::-1])
    rests = [subject.own.between(head, len(subject.own) - foot) for subject in (first, second)]
    longest = max(rest.words for rest in rests)
    if head + foot == 0 or longest < FRAME_REST_WORDS or overlap(*rests).words >= FRAME_REST_SHARE * longest:
        return False
    one_is_all_frame = min(rest.words for rest in rests) < FRAME_REST_WORDS
    for subject, rest in zip((first, second), rests, strict=True):
        if rest.words < FRAME_REST_WORDS:
            continue
        words = headline_words(subject.publication.title)
        tokens = subject.own.tokens.tolist()
        frame = frozenset(tokens[:head] + tokens[len(tokens) - foot :])
        between = frozenset(rest.tokens.tolist())
        in_frame = sum(frame.issuperset(word) for word in words)
        in_rest = sum(between.issuperset(word) for word in words)
        if in_rest < in_frame or (one_is_all_frame and in_frame * 2 > len(words)):
            return False
    return True


def _same_but_for_edges(first: Reading, second: Reading) -> bool:
    """Whether they are one text, but for a byline, a section's name or a sign-off before or after it."""
    edge = EDGE_WORDS * first.shingle_length // WORDS_PER_SHINGLE
    for start in range(min(edge + 1, len(first))):
        begin = np.flatnonzero(second.tokens[: edge + 1] == first.tokens[start])
        for other_start in begin:
            same = _common_prefix(first.tokens[start:], second.tokens[other_start:])
            if same >= max(len(first) - start, len(second) - other_start) - edge and same * 2 > len(first):
                return True
    return False


def _common_prefix(first: Hashes, second: Hashes) -> int:
    length = min(len(first), len(second))
    differ = np.flatnonzero(first[:length] != second[:length])
    return int(differ[0]) if len(differ) else length


def _covered(text: Reading, other: Hashes) -> NDArray[np.bool_]:
    """Which tokens of `text` stand in a shingle of `other` (ascending)."""
    shingles = text.shingles
    found = other[np.minimum(np.searchsorted(other, shingles), len(other) - 1)] == shingles
    marks = np.zeros(len(text) + 1, np.int32)
    starts = np.flatnonzero(found)
    np.add.at(marks, starts, 1)
    np.add.at(marks, starts + text.shingle_length, -1)
    return np.cumsum(marks[:-1]) > 0


def _shares(text: Reading, covered: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """(share of the words, of own words, of the lead, words) that are covered."""
    weight = np.where(text.quoted, QUOTED_WEIGHT, 1.0)
    scale = text.shingle_length / WORDS_PER_SHINGLE
    lead = weight * np.exp(np.arange(len(text)) / (-LEAD_WORDS * scale))
    return (
        float(covered.mean()),
        float(weight[covered].sum() / weight.sum()),
        float(lead[covered].sum() / lead.sum()),
        float(covered.sum() / scale),
    )
