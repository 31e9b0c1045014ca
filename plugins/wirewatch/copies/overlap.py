"""How much of two texts is one text. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wirewatch.copies.fingerprint import WORDS_PER_SHINGLE, Hashes, ReadText

QUOTED_WEIGHT = 0.25
LEAD_WORDS = 150
"""The weight of a word in `lead` falls to 1/e over so many words: about the first four paragraphs."""

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Overlap:
    """How much of two texts is one text; each pair is (of the first, of the second), shares are 0 to 1."""

    shares: tuple[float, float]
    """Of the words."""
    own_shares: tuple[float, float]
    """Of the words, a quoted one counting QUOTED_WEIGHT."""
    lead_shares: tuple[float, float]
    """As `own_shares`, the beginning counting more."""
    words: float
    """Shared words, in the text that has fewer of them."""
    marks: tuple[Marks, Marks]
    """Which tokens are shared."""
    scale: float
    """Tokens of one word."""

    @property
    def strength(self) -> float:
        """What decides: the mean of `own_shares` and `lead_shares`, 0 to 1."""
        return (sum(self.own_shares) + sum(self.lead_shares)) / 4

    @cached_property
    def passage(self) -> float:
        """Words of the longest shared passage without a gap."""
        return min(map(_longest_run, self.marks)) / self.scale


_NO_MARKS = np.zeros(0, bool)
NOTHING = Overlap((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), 0.0, (_NO_MARKS, _NO_MARKS), 1.0)


def overlap(first: ReadText, second: ReadText) -> Overlap:
    """How much of `first` and `second` is one text."""
    if first.spaceless != second.spaceless or not len(first.shingles) or not len(second.shingles):
        return NOTHING
    in_first, in_second = _covered(first, second.shingle_set), _covered(second, first.shingle_set)
    share_first, own_first, lead_first, words_first = _shares(first, in_first)
    share_second, own_second, lead_second, words_second = _shares(second, in_second)
    return Overlap(
        shares=(share_first, share_second),
        own_shares=(own_first, own_second),
        lead_shares=(lead_first, lead_second),
        words=min(words_first, words_second),
        marks=(in_first, in_second),
        scale=first.shingle_length / WORDS_PER_SHINGLE,
    )


def _covered(text: ReadText, other: Hashes) -> Marks:
    """Which tokens of `text` are in a shingle of `other` (ascending)."""
    shingles = text.shingles
    found = other[np.minimum(np.searchsorted(other, shingles), len(other) - 1)] == shingles
    marks = np.zeros(len(text) + 1, np.int32)
    starts = np.flatnonzero(found)
    np.add.at(marks, starts, 1)
    np.add.at(marks, starts + text.shingle_length, -1)
    return np.cumsum(marks[:-1]) > 0


def _shares(text: ReadText, covered: Marks) -> tuple[float, float, float, float]:
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


def _longest_run(marks: Marks) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marks, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))
