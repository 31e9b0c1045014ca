"""Learns the sums of a topic's model from labelled items, and judges each item by a model that has not seen it.

Each sum is a logistic regression with a ridge penalty: on measures, by how much each varies; on single entries; on
pairs of entries; and on the numbers of the head's mean word vector, from which the weights of words follow. In the sum
for `core`, a measure of the topic may only speak for it, and a context that is against it only against it: with few
examples, a sign that reading can't explain is noise.

In cross-validation everything that is learned is learned again without the fold that is judged (`judging`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp

from wirewatch.topics.features import LANGUAGES, MISSING_SIDE, PAIRS, is_third
from wirewatch.topics.model import TopicModel, WeightedSum
from wirewatch.topics.rules import Topic
from wirewatch.topics.training.items import PAIR_SEEN, Items, Material
from wirewatch.topics.training.vectors import LANGUAGE
from wirewatch.topics.words import WordTable, feature_of

PENALTY, STEADY = 40.0, 0.05
"""Ridge penalty of the weight of a measure in the sums for relevance, times the square of its standard deviation; and
what is added to that, so that a measure which hardly varies has no free hand."""
ENTRY_PENALTY, VECTOR_PENALTY = 4.0, 90.0
"""The same for entries, and for the numbers of word vectors (of mean square 1)."""
PAIR_PENALTY = {"title": 1.5, "head": 3.0}
"""The same for pairs of entries, by where both stand: half in the headline, whose words count twice too."""
LONG_COUNTS, RELATED_COUNTS = 2.0, 3.0
"""How often a long article counts in the sums for relevance, for most of those learned from are short; and `related`
in the sum for `relevant`, for it is between two larger classes."""
EVENT_PENALTY, EVENT_ENTRY_PENALTY = 1.5, 4.0
"""The same in the sums of event types, where ..."""
EVENT_PRIOR = {"title": 2.0, "head": 1.5}
"""... a family speaks for its own event type by this much, until the examples say otherwise; by less where an event
type has many families, for it has as many chances."""
EVENT_VECTOR_PENALTY = 90.0
MISSING = -12.0
"""What a missing side adds to the sums for relevance. It is not learned: no labelled article of the topic lacks one."""
LANGUAGE_PENALTY = 50.0
"""The same as ENTRY_PENALTY, of a language."""
WORD_DIGITS = 1
"""Decimals of a word's weight: what is rounded away of an article's mean is a hundredth."""
OFFSET_PENALTY = 50.0
"""Ridge penalty of a language's offset in the calibration."""
CORE_FROM = -0.3
"""Log-odds from which an item is called core. With calibrated odds F1 is best at a probability of about half of the
F1 that can be reached, so a little under one half."""
RELATED_FROM = 0.0
"""Log-odds of core or related from which an item that is not core is called related: even odds."""
ALSO_FROM = 0.1
"""Probability from which a second event type is given."""


def logistic(
    values: np.ndarray,
    truth: np.ndarray,
    penalty: np.ndarray,
    bounds: Sequence[tuple[float | None, float | None]],
    counts: np.ndarray,
) -> np.ndarray:
    """Bias and weights that minimise log-loss plus ½·penalty·weight², within `bounds`; each item `counts` so much."""

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        odds = values @ point[1:] + point[0]
        slope = counts * (expit(odds) - truth)
        total = np.sum(counts * (np.logaddexp(0, odds) - truth * odds)) + 0.5 * np.sum(penalty * point[1:] ** 2)
        return total, np.concatenate([[slope.sum()], values.T @ slope + penalty * point[1:]])

    start = np.zeros(values.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), *bounds], options={"maxiter": 400})
    return np.asarray(found.x)


def signs(topic: Topic, names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    """Which way each feature may speak in the sums for relevance: as a reader would accept it as a reason."""
    either = {*topic.families, *(set(topic.contexts) - topic.against)}
    against = {entry.id for entry in topic.entries if is_third(topic, entry) or entry.context in topic.against}

    def sign(name: str) -> tuple[float | None, float | None]:
        measure = name.split("_", 1)[-1]
        if name.partition(":")[2] in against:
            return None, 0.0
        if ":" in name or name == "long" or name.startswith("in_") or measure in either:
            return None, None
        return (
            (None, 0.0)
            if name == "off_topic" or measure in ("third", "third_alone") or measure in topic.against
            else (0.0, None)
        )

    return [sign(name) for name in names]


@dataclass(frozen=True, slots=True)
class Fit:
    """What was learned from some items."""

    core: Learned
    relevant: Learned
    events: dict[str, Learned]
    centre: np.ndarray
    """Of the vectors of the items learned from."""


@dataclass(frozen=True, slots=True)
class Learned:
    """One sum."""

    bias: float
    features: np.ndarray
    vector: np.ndarray
    """Weights of the numbers of a centred vector."""

    def of(self, values: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        """The sum of each item; `vectors` are centred."""
        return np.asarray(self.bias + values @ self.features + vectors @ self.vector)


def centred(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """`vectors` around `centre`; those of items without known words stay 0."""
    known = np.asarray(vectors.any(axis=1))
    return np.where(known[:, None], vectors - centre, 0.0)


def fit(topic: Topic, items: Items, rows: np.ndarray, examples: Items) -> Fit:
    """Learns from the items in `rows` (a mask), and from the examples, but for those that lack a side."""
    lacking = items.names.index(MISSING_SIDE)
    rows = rows & (items.values[:, lacking] == 0)
    examples = examples.chosen(examples.values[:, lacking] == 0)
    values = np.vstack([items.values[rows], examples.values])
    whole = np.vstack([items.whole[rows], examples.whole])
    vectors = np.vstack([items.vectors[rows], examples.vectors])
    grade = np.concatenate([items.grade[rows], examples.grade])
    event = np.concatenate([items.column("event")[rows], examples.column("event")])
    counts = np.concatenate([items.weight[rows], examples.weight])
    centre = vectors[vectors.any(axis=1)].mean(axis=0)
    vectors = centred(vectors, centre)
    scale = np.sqrt((vectors[vectors.any(axis=1)] ** 2).mean())
    entry = np.array([":" in name for name in items.names])
    language = np.array([name in {f"in_{code}" for code in LANGUAGES} for name in items.names])
    pairs = {area: np.array([name.startswith(prefix) for name in items.names]) for area, prefix in PAIRS.items()}

    def learned(
        values: np.ndarray,
        truth: np.ndarray,
        bounds: Sequence[tuple[float | None, float | None]],
        counts: np.ndarray,
    ) -> Learned:
        penalty = np.where(entry, ENTRY_PENALTY, PENALTY * (values.std(axis=0) + STEADY) ** 2)
        penalty[language] = LANGUAGE_PENALTY
        seen = (values != 0).sum(axis=0)
        known = seen > 0
        for area, pair in pairs.items():
            penalty[pair] = PAIR_PENALTY[area]
            known &= ~pair | (seen >= PAIR_SEEN)
        columns = np.hstack([values[:, known], vectors / scale])
        penalties = np.concatenate([penalty[known], np.full(vectors.shape[1], VECTOR_PENALTY)])
        limits = [bound for bound, own in zip(bounds, known, strict=True) if own] + [(None, None)] * vectors.shape[1]
        point = logistic(columns, truth.astype(float), penalties, limits, counts)
        features = np.zeros(len(items.names))
        features[known] = point[1 : 1 + known.sum()]
        return Learned(point[0], features, point[1 + known.sum() :] / scale)

    by_length = counts * (1 + (LONG_COUNTS - 1) * values[:, items.names.index("long")])
    core = learned(values, grade == 2, signs(topic, items.names), by_length)
    by_class = by_length * np.where(grade == 1, RELATED_COUNTS, 1.0)
    relevant = learned(whole, grade > 0, signs(topic, items.names), by_class)
    own = grade == 2
    events = fit_events(topic, items.names, values[own], vectors[own] / scale, event[own], counts[own])
    for part in (core, relevant):
        part.features[lacking] = MISSING
    return Fit(
        core, relevant, {name: replace(part, vector=part.vector / scale) for name, part in events.items()}, centre
    )


def fit_events(
    topic: Topic, names: Sequence[str], values: np.ndarray, vectors: np.ndarray, event: np.ndarray, counts: np.ndarray
) -> dict[str, Learned]:
    """Multinomial logistic regression over the event types, with a prior that says which family speaks for which."""
    useful = np.array(
        [name.startswith(("title:", "head:")) or name.split("_", 1)[-1] in topic.families for name in names]
    )
    truth = np.array([[one == name for name in topic.events] for one in event], dtype=float)
    penalty = np.array([EVENT_ENTRY_PENALTY if ":" in name else EVENT_PENALTY for name in names])[useful]
    prior = np.zeros((len(topic.events), len(names)))
    spoken_for = Counter(topic.event_of.values())
    for column, name in enumerate(names):
        area, _, family = name.partition("_")
        if family in topic.event_of and area in EVENT_PRIOR:
            event_type = topic.event_of[family]
            prior[topic.events.index(event_type), column] = EVENT_PRIOR[area] / math.sqrt(spoken_for[event_type])
    prior = np.hstack([prior[:, useful], np.zeros((len(topic.events), vectors.shape[1]))])
    penalty = np.concatenate([penalty, np.full(vectors.shape[1], EVENT_VECTOR_PENALTY)])
    small = np.hstack([values[:, useful], vectors])
    shape = (len(topic.events), small.shape[1] + 1)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        point = flat.reshape(shape)
        odds = small @ point[:, 1:].T + point[:, 0]
        odds -= logsumexp(odds, axis=1, keepdims=True)
        away, slope = point[:, 1:] - prior, counts[:, None] * (np.exp(odds) - truth)
        total = -np.sum(counts[:, None] * truth * odds)
        total += 0.5 * np.sum(penalty * away**2) + 0.05 * np.sum(point[:, 0] ** 2)
        bias_slope = slope.sum(axis=0) + 0.1 * point[:, 0]
        return total, np.column_stack([bias_slope, slope.T @ small + penalty * away]).ravel()

    start = np.column_stack([np.zeros(len(topic.events)), prior]).ravel()
    points = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x.reshape(shape)
    sums = {}
    for name, point in zip(topic.events, points, strict=True):
        features = np.zeros(len(names))
        features[useful] = point[1 : 1 + useful.sum()]
        sums[name] = Learned(point[0], features, point[1 + useful.sum() :])
    return sums


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes the log-odds of unseen items mean what they say (Platt), with an offset for each of LANGUAGES."""

    bias: float
    slope: float
    offsets: np.ndarray

    def of(self, odds: np.ndarray, languages: np.ndarray) -> np.ndarray:
        """Calibrated log-odds; `languages` has a column for each of LANGUAGES."""
        return np.asarray(self.bias + self.slope * odds + languages @ self.offsets)

    def applied(self, learned: Learned, names: Sequence[str]) -> Learned:
        """The same in one sum."""
        features = learned.features * self.slope
        for code, offset in zip(LANGUAGES, self.offsets, strict=True):
            features[names.index(f"in_{code}")] += offset
        features[names.index(MISSING_SIDE)] = MISSING
        return Learned(self.bias + self.slope * learned.bias, features, self.slope * learned.vector)


def calibration(odds: np.ndarray, truth: np.ndarray, languages: np.ndarray, there: np.ndarray) -> Calibration:
    """Learned from the odds of items that were judged unseen; of those with both sides (`there`, a mask)."""
    columns = np.column_stack([odds, languages])[there]
    penalty = np.array([1e-3, *([OFFSET_PENALTY] * len(LANGUAGES))])
    bounds = [(0.1, 2.0), *([(None, None)] * len(LANGUAGES))]
    point = logistic(columns, truth[there].astype(float), penalty, bounds, np.ones(len(columns)))
    return Calibration(float(point[0]), float(point[1]), point[2:])


def as_model(topic: Topic, given: Material, card: dict[str, Any], version: str, calibrated: Calibrated) -> TopicModel:
    """The model learned from all items, calibrated by those that were judged unseen."""
    items, examples, vocabulary = given.items, given.examples, given.vocabulary
    learned = fit(topic, items, np.ones(len(items.records), dtype=bool), examples)
    core = calibrated.core.applied(learned.core, items.names)
    relevant = calibrated.relevant.applied(learned.relevant, items.names)
    sums = {"core": core, "relevant": relevant, **learned.events}
    made = {name: _readable(name, part, items.names) for name, part in sums.items()}
    events = {name: made[name] for name in learned.events}
    weights = centred(vocabulary.vectors, learned.centre) @ np.array([part.vector for part in sums.values()]).T
    rounded = weights.round(WORD_DIGITS) + 0.0  # No -0.0.
    table = {word: tuple(row) for word, row in zip(vocabulary.words, rounded.tolist(), strict=True)}
    words = WordTable((LANGUAGE,), tuple(sums), table)
    return TopicModel(
        topic.name, version, made["core"], CORE_FROM, made["relevant"], RELATED_FROM, events,
        card, words, ALSO_FROM,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What was learned from the items that were judged unseen."""

    core: Calibration
    relevant: Calibration


def _readable(name: str, learned: Learned, features: Sequence[str]) -> WeightedSum:
    weights = {
        feature: round(float(weight), 3)
        for feature, weight in zip(features, learned.features, strict=True)
        if abs(weight) >= 0.0005
    }
    return WeightedSum(round(float(learned.bias), 3), weights | {feature_of(name): 1.0})
