"""Whether one article copies another, how, and which of the two. Pure.

What decides is `Overlap.strength`: how much of both texts is one text, where the lead counts more than the tail (news
is written so that it can be cut from below) and a quoted word counts less than a reporter's own (independent reports
quote the same statement). Figures and the reasons of the thresholds: docs/copies.md.

Rules against false copies
- fewer than MIN_WORDS words of its own say nothing (`Read more`, a paywall's stub);
- sentences that a site repeats in unlike articles are its boilerplate and do not count (`subjects.is_boilerplate`);
- what no headline speaks of is a frame around two articles (`exclusions.only_frame`);
- a recurring format (a daily count, a market table) has the words of yesterday and other numbers (`exclusions.recurs`);
- a quoted statement or a passage is `partial`, which joins no stories; scattered phrases are nothing;
- a translation must have the facts in the order of its original, and be of the same days: independent reports of one
  event share facts, but each tells them in its own order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from wirewatch.copies.embedding import AVAILABLE, likeness
from wirewatch.copies.exclusions import apart, headline_resemblance, of_one_language, only_frame, recurs
from wirewatch.copies.facts import Agreement, agreement
from wirewatch.copies.fingerprint import WORDS_PER_SHINGLE, Hashes, ReadText
from wirewatch.copies.flashes import SHORT_WORDS, one_flash, same_headline
from wirewatch.copies.formats import PROSE_WORDS, never_one, one_prose, one_text_two_items, only_a_part
from wirewatch.copies.overlap import Overlap, overlap
from wirewatch.copies.subjects import Publication, Subject
from wirewatch.records import CopyKind

METHOD = "wirewatch-copies/4" + ("+embeddings" if AVAILABLE else "")
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

REWORDED = 0.4
REWORDED_FACTS = 0.9
REWORDED_WEIGHT = 8.0
"""Of two texts with that strength of overlap, nearly all facts of the one are in the other, nearly all in the same
order, and there are enough of them (say, a date, three people and two exact numbers): the same piece, reworded."""

TRANSLATED = 5.5
"""Strength of the agreement of facts from which two texts in different languages are one report."""

TRANSLATED_LIKE = 3.0
LIKE = 0.75
"""With the extra `embeddings`: so much agreement of facts is enough where the texts are so much alike."""

UNLIKE = 0.65
"""Below it the facts are those of another report, however well they agree."""

TRANSLATED_WITHIN = timedelta(days=5)

PARTIAL_WORDS = 50
PARTIAL_SHARE = 0.25
PASSAGE_WORDS = 40
"""Of the longest shared passage: shorter ones are phrases and quotations that any two reports of an event share."""

FLASH_SCORE = 0.25
"""Least score of two short texts that are one report by their headline."""

EDGE_WORDS = 12
EDGE_SHARE = 0.1
"""So many words before or after a text are a byline or a sign-off, not a change of the text."""

STRONG_KINDS = frozenset(
    {CopyKind.SAME_URL, CopyKind.IDENTICAL, CopyKind.SYNDICATED, CopyKind.NEAR, CopyKind.UPDATE, CopyKind.TRANSLATION}
)
"""The kinds that join articles to one story."""


@dataclass(frozen=True, slots=True)
class Match:
    """What two articles are to each other, whichever of them is the copy."""

    kind: CopyKind
    shares: tuple[float, float]
    """Of the words of the first that are in the second, and the other way round."""

    @property
    def joins(self) -> bool:
        """Whether they are one story."""
        return self.kind in STRONG_KINDS

    def turned(self) -> Match:
        """The same match with first and second exchanged."""
        return Match(self.kind, (self.shares[1], self.shares[0]))


def may_match(first: Subject, second: Subject) -> bool:
    """Whether `match` can find anything, by their whole texts: what is boilerplate in them does not matter yet."""
    one, other = first.publication, second.publication
    return (
        languages_differ(one, other)
        or one.url_key == other.url_key
        or first.whole.digest == second.whole.digest
        or same_headline(one.title, other.title)
        or min(first.whole.words, second.whole.words) < SHORT_WORDS
        or overlap(first.whole, second.whole).words >= MIN_WORDS
    )


def match(first: Subject, second: Subject) -> Match | None:
    """What the two articles are to each other; None when neither copies the other."""
    one, other = first.publication, second.publication
    if _same_page(first, second):
        return Match(CopyKind.SAME_URL, (1.0, 1.0))
    same_house = not one.houses.isdisjoint(other.houses)
    if one_prose(first, second):
        return Match(_kind_of_one_text(one, other, same_house), (1.0, 1.0))
    if never_one(first, second, same_house=same_house):
        return None
    found = _same_report(first, second, same_house)
    return _as_passage(found, first, second) if found and found.joins and only_a_part(first, second) else found


def _same_report(first: Subject, second: Subject, same_house: bool) -> Match | None:
    one, other = first.publication, second.publication
    if first.whole.digest == second.whole.digest and len(first.whole):
        if same_house and one_text_two_items(first, second):
            return None
        if first.whole.words >= MIN_WORDS or _same_title(one, other):
            return Match(_kind_of_one_text(one, other, same_house), (1.0, 1.0))
    shared = overlap(first.own, second.own)
    if not languages_differ(one, other) and one_flash(first, second, shared):
        return Match(_strong_kind(one, other, same_house), _flash_shares(shared))
    if shared.words < MIN_WORDS:
        # A language may be named or guessed wrong: texts that share words are compared by them.
        return _translation(first, second) if languages_differ(one, other) else None
    if only_frame(first, second, shared, same_house=same_house):
        return None
    if recurs(first, second):
        return None
    short = min(first.whole.words, second.whole.words) < PROSE_WORDS
    if same_house and short and one_text_two_items(first, second):
        return None
    if shared.strength >= _threshold(one, other, same_house):
        if _same_but_for_edges(first.own, second.own):
            return Match(CopyKind.IDENTICAL, shared.shares)
        return Match(_strong_kind(one, other, same_house), shared.shares)
    if _reworded(first, second, shared):
        return Match(CopyKind.UPDATE if same_house else CopyKind.NEAR, shared.shares)
    if _is_passage(shared):
        return Match(CopyKind.PARTIAL, shared.shares)
    return None


def _same_title(one: Publication, other: Publication) -> bool:
    return one.title.strip().casefold() == other.title.strip().casefold()


def _kind_of_one_text(one: Publication, other: Publication, same_house: bool) -> CopyKind:
    """Of one text twice: under unlike headlines of one site it is not the same item."""
    alike = not same_house or _same_title(one, other) or headline_resemblance(one.title, other.title) >= SAME_HEADLINE
    return CopyKind.IDENTICAL if alike else CopyKind.UPDATE


def _flash_shares(shared: Overlap) -> tuple[float, float]:
    """At least that of a headline: of two summaries of one report perhaps no word is the same."""
    return max(shared.shares[0], FLASH_SCORE), max(shared.shares[1], FLASH_SCORE)


def _as_passage(found: Match, first: Subject, second: Subject) -> Match | None:
    """What joins two reports as what one of many things may share with one report: a passage, or nothing."""
    if found.kind is CopyKind.SAME_URL:
        return found
    shared = overlap(first.own, second.own)
    return Match(CopyKind.PARTIAL, found.shares) if _is_passage(shared) else None


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


def _translation(first: Subject, second: Subject) -> Match | None:
    if min(first.whole.words, second.whole.words) < MIN_WORDS:
        return None
    if TRANSLATED_WITHIN < apart(first.publication, second.publication) < timedelta.max:
        return None
    if of_one_language(first.whole, second.whole):
        return None
    agreed = agreement(first.facts, second.facts)
    return Match(CopyKind.TRANSLATION, (agreed.share, agreed.share)) if _says_the_same(agreed, first, second) else None


def _says_the_same(agreed: Agreement, first: Subject, second: Subject) -> bool:
    if agreed.strength < TRANSLATED_LIKE:
        return False
    if first.vector is None or second.vector is None:
        return agreed.strength >= TRANSLATED
    return likeness(first.vector, second.vector) >= (UNLIKE if agreed.strength >= TRANSLATED else LIKE)


def _reworded(first: Subject, second: Subject, shared: Overlap) -> bool:
    """Whether texts of one language that share too few words share what survives rewording, in its order."""
    if shared.strength < REWORDED or apart(first.publication, second.publication) > REWRITTEN_WITHIN:
        return False
    agreed = agreement(first.facts, second.facts)
    return agreed.weight >= REWORDED_WEIGHT and min(agreed.share, agreed.order) >= REWORDED_FACTS


def _threshold(first: Publication, second: Publication, same_house: bool) -> float:
    if (
        same_house
        and apart(first, second) <= REWRITTEN_WITHIN
        and headline_resemblance(first.title, second.title) >= SAME_HEADLINE
    ):
        return STRONG_SAME_HEADLINE
    if _same_credit(first, second):
        return STRONG_SAME_CREDIT
    return STRONG


def _same_credit(first: Publication, second: Publication) -> bool:
    source_first, source_second = first.credited or first.agency, second.credited or second.agency
    return source_first is not None and source_first == source_second


def _is_passage(shared: Overlap) -> bool:
    return shared.words >= PARTIAL_WORDS and max(shared.own_shares) >= PARTIAL_SHARE and shared.passage >= PASSAGE_WORDS


def _strong_kind(first: Publication, second: Publication, same_house: bool) -> CopyKind:
    if same_house:
        return CopyKind.UPDATE
    credited = first.credited or second.credited or first.agency or second.agency
    return CopyKind.SYNDICATED if credited else CopyKind.NEAR


def _same_but_for_edges(first: ReadText, second: ReadText) -> bool:
    """Whether they are one text, but for a byline, a section's name or a sign-off before or after it."""
    edge = int(min(EDGE_WORDS, first.words * EDGE_SHARE)) * first.shingle_length // WORDS_PER_SHINGLE
    for start in range(min(edge + 1, len(first))):
        begin = np.flatnonzero(second.tokens[: edge + 1] == first.tokens[start])
        for other_start in begin.tolist():
            same = _common_prefix(first.tokens[start:], second.tokens[other_start:])
            if same >= max(len(first) - start, len(second) - other_start) - edge and same * 2 > len(first):
                return True
    return False


def _common_prefix(first: Hashes, second: Hashes) -> int:
    length = min(len(first), len(second))
    differ = np.flatnonzero(first[:length] != second[:length])
    return int(differ[0]) if len(differ) else length
