"""Why a sum came out as it did: what each feature adds, the words that caused it, and rows that add up (pure).

Every sum of a model is explained alike: that for `core`, that for `related`, and that of each event type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from wirewatch.topics.believing import Occurrence
from wirewatch.topics.features import Feature
from wirewatch.topics.model import WeightedSum
from wirewatch.topics.records import Evidence
from wirewatch.topics.words import Word, WordTable, feature_of

_HARDLY = 1e-9
"""Weights below this are rounding."""
_WORDS = 4
"""Words of the model's table that have a row of evidence of their own; the others share one."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Words of the article that a feature comes from, and what they add to the sum."""

    rule: str
    """Id of the entry; `word` for a word of the model's table."""
    name: str
    """Of the entry, or the word."""
    field: str
    start: int
    end: int
    share: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to a sum, and the words that caused it."""

    feature: str
    value: float
    weight: float
    causes: Sequence[Cause]
    """What their shares leave of the contribution belongs to the article as a whole, or to words too weak to name."""

    @property
    def share(self) -> float:
        """Its part of the sum, in log-odds."""
        return self.value * self.weight


def contributions_to(
    name: str, part: WeightedSum, features: Sequence[Feature], words: Sequence[Word], table: WordTable | None
) -> tuple[Contribution, ...]:
    """What an article's features and words add to `part`, the sum called `name`; without what adds nothing."""
    found = [
        Contribution(feature.name, feature.value, weight, _causes(feature, weight))
        for feature in features
        if abs(weight := part.weights.get(feature.name, 0.0)) > _HARDLY
    ]
    if words and table:
        found.append(_of_words(name, part, words, table))
    return tuple(found)


def rows_of(title: str, text: str, bias: float, contributions: Sequence[Contribution]) -> tuple[Evidence, ...]:
    """Rows that add up to the sum: the words first, the strongest first, then what has no words."""
    spans: dict[tuple[str, str, str], tuple[Cause, float]] = {}
    rows = [Evidence("bias", "every article", "model", None, None, bias)]
    for contribution in contributions:
        rest = contribution.share
        for cause in contribution.causes:
            key = cause.rule, cause.name, cause.field
            holder, sum_so_far = spans.get(key, (cause, 0.0))
            spans[key] = (holder, sum_so_far + cause.share)
            rest -= cause.share
        if abs(rest) > _HARDLY:
            rows.append(Evidence(contribution.feature, f"{contribution.value:.2f}", "model", None, None, rest))
    words = [
        Evidence(
            cause.rule,
            (title if cause.field == "title" else text)[cause.start : cause.end],
            cause.field,
            cause.start,
            cause.end,
            weight,
        )
        for cause, weight in spans.values()
    ]
    words.sort(key=lambda row: -abs(row.weight))
    return (*words, *rows)


def _causes(feature: Feature, weight: float) -> list[Cause]:
    """The feature's share of the sum, spread evenly over the entries that caused it, by their first words."""
    first: dict[tuple[str, str], Occurrence] = {}
    for one in feature.causes:
        first.setdefault((one.match.entry.id, one.field), one)
    return [
        Cause(entry, entry, area, one.match.start, one.match.end, feature.value * weight / len(first))
        for (entry, area), one in first.items()
    ]


def _of_words(name: str, part: WeightedSum, words: Sequence[Word], table: WordTable) -> Contribution:
    """What the words of the head add; the strongest are named, each where it first stands."""
    weight = part.weights.get(feature_of(name), 0.0)
    column = table.sums.index(name)
    first: dict[tuple[str, str], Word] = {}
    shares: dict[tuple[str, str], float] = defaultdict(float)
    for word in words:
        place = word.key, word.field
        first.setdefault(place, word)
        shares[place] += word.part * table.weights[word.key][column] * weight
    strongest = sorted(shares, key=lambda place: -abs(shares[place]))[:_WORDS]
    causes = [
        Cause("word", key, area, first[key, area].start, first[key, area].end, shares[key, area])
        for key, area in strongest
    ]
    value = sum(word.part * table.weights[word.key][column] for word in words)
    return Contribution(feature_of(name), value, weight, causes)
