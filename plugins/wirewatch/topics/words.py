"""The words of an article's head, each with what it adds to every sum (pure).

A model may hold a table of words beside its weights of features. The mean of each of its columns over the words of the
head, those of the headline counting twice and unknown ones as nothing, is a feature, `words_<sum>`: a sum over words,
so that every word's own part of it is known. The table is learned from word vectors (bench/topic_words.py); none are
needed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from wirewatch.text.folding import fold, plain

_NAMES = frozenset({"US"})
"""Abbreviations that are function words in small letters."""
HEADLINE = 2.0
"""How often a word of the headline counts."""
_LITTLE = """
a about above after again against ago all almost along already also although always am among an and another any
are around as at away back be became because become been before began behind being below between both but by
came can could did do does done down during each either else enough even ever every few for from further get
gets go goes going got had has have having he her here hers herself him himself his how however i if in into is
it its itself just last least less let like made make makes making many may me might more most much must my near
nearly neither never next no nor not now of off often on once one only onto or other others our out over own per
perhaps put quite rather really said same say says see seen several shall she should since so some soon still
such take taken than that the their them themselves then there these they thing this those though three through
thus till to today together too toward towards two under until up upon us use used very was way we well went
were what when where whether which while who whom whose why will with within without would yes yet you your
"""
_FUNCTION_WORDS = frozenset(_LITTLE.split())
"""English words that say nothing by themselves: they are not counted, and never stand as a reason."""
_WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the table in an article's head."""

    key: str
    field: str
    """`title` or `text`."""
    start: int
    end: int
    part: float
    """Its part of the mean; those of an article add up to 1 with the words that the table has not."""


@dataclass(frozen=True, slots=True)
class WordTable:
    """For each word what it speaks for, in log-odds if an article consisted of it alone.

    Words are folded; abbreviations also stand there in capitals, so that *US* and *us* are two.
    """

    languages: tuple[str, ...]
    """ISO 639-1 codes of those that it knows; in others words say nothing."""
    sums: tuple[str, ...]
    """Its columns: `core`, `relevant`, event types."""
    weights: dict[str, tuple[float, ...]] = field(repr=False)

    def read(self, title: str, head: str, language: str | None) -> tuple[Word, ...]:
        """The words that the table has of the headline and of `head`, the beginning of the text."""
        if language not in self.languages:
            return ()
        weights = self.weights
        found = [
            (times, word if word.isupper() and word in weights else folded, area, start, end)
            for area, text, times in (("title", title, HEADLINE), ("text", head, 1.0))
            for word, folded, start, end in words_in(text)
            if folded not in _FUNCTION_WORDS or word in _NAMES
        ]
        count = sum(times for times, *_ in found)
        return tuple(
            Word(key, area, start, end, times / count) for times, key, area, start, end in found if key in weights
        )

    def values(self, words: tuple[Word, ...]) -> dict[str, float]:
        """The features of an article with these words (at least one)."""
        parts = np.array([word.part for word in words])
        means = parts @ np.array([self.weights[word.key] for word in words])
        return {feature_of(name): mean for name, mean in zip(self.sums, means.tolist(), strict=True)}


def feature_of(name: str) -> str:
    """The feature that speaks for the sum `name`."""
    return f"words_{name}"


def words_in(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Each word of `text` without dots and *'s*, the same folded, its start and end. No single letters."""
    seen = plain(text)
    folded = fold(seen.text)
    for found in _WORD.finditer(seen.text):
        start, end = found.span()
        word, alike = found.group(), folded[start:end]
        if not word.isalpha():
            word, alike = _bare(word), _bare(alike)
        if len(word) > 1:
            yield word, alike, *seen.stored(start, end)


def _bare(word: str) -> str:
    return word.replace(".", "").replace("’", "'").removesuffix("'s")
