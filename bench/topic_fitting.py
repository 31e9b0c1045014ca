"""Learns the sums of a topic's model from labelled items, and judges each item by a model that has not seen it.

Each sum is a logistic regression with a ridge penalty, larger for the weights of single entries than for those of
measures. In the sum for `core`, a measure of the topic may only speak for it, and a context that is against it only
against it: with few examples, a sign that reading can't explain is noise.

In cross-validation everything that is learned is learned again without the fold that is judged.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp

from bench.topic_items import FOLDS, Items
from wirewatch.topics.model import TopicModel, WeightedSum
from wirewatch.topics.rules import Topic

PENALTY, ENTRY_PENALTY = 2.0, 3.0
"""Ridge penalties of the weights of measures and of single entries, in the sums for relevance."""
EVENT_PENALTY, EVENT_ENTRY_PENALTY = 1.5, 4.0
"""The same in the sums of event types, where ..."""
EVENT_PRIOR = {"title": 2.0, "head": 1.5}
"""... a family speaks for its own event type by this much, until the examples say otherwise; by less where an event
type has many families, for it has as many chances."""
CORE_FROM = -0.3
"""Log-odds from which an item is called core. With calibrated odds F1 is best at a probability of about half of the
F1 that can be reached, so a little under one half."""


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
    return found.x


def signs(topic: Topic, names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    """Which way each feature may speak in the sum for `core`."""
    either = {*topic.families, *(set(topic.contexts) - topic.against)}

    def sign(name: str) -> tuple[float | None, float | None]:
        measure = name.split("_", 1)[-1]
        if ":" in name or name == "long" or measure in either:
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

    core: np.ndarray
    relevant: np.ndarray
    events: dict[str, np.ndarray]


def fit(topic: Topic, items: Items, rows: np.ndarray, examples: Items) -> Fit:
    """Learns from the items in `rows` (a mask), and from the examples."""
    values = np.vstack([items.values[rows], examples.values])
    grade = np.concatenate([items.grade[rows], examples.grade])
    event = np.concatenate([items.column("event")[rows], examples.column("event")])
    counts = np.concatenate([items.weight[rows], examples.weight])
    penalty = np.array([ENTRY_PENALTY if ":" in name else PENALTY for name in items.names])
    free = [(None, None)] * len(items.names)
    core = logistic(values, (grade == 2).astype(float), penalty, signs(topic, items.names), counts)
    relevant = logistic(values, (grade > 0).astype(float), penalty, free, counts)
    own = grade == 2
    return Fit(core, relevant, fit_events(topic, items.names, values[own], event[own], counts[own]))


def fit_events(
    topic: Topic, names: Sequence[str], values: np.ndarray, event: np.ndarray, counts: np.ndarray
) -> dict[str, np.ndarray]:
    """Multinomial logistic regression over the event types, with a prior that says which family speaks for which."""
    useful = np.array([":" in name or name.split("_", 1)[-1] in topic.families for name in names])
    truth = np.array([[one == name for name in topic.events] for one in event], dtype=float)
    penalty = np.array([EVENT_ENTRY_PENALTY if ":" in name else EVENT_PENALTY for name in names])[useful]
    prior = np.zeros((len(topic.events), len(names)))
    spoken_for = Counter(topic.event_of.values())
    for column, name in enumerate(names):
        area, _, family = name.partition("_")
        if family in topic.event_of and area in EVENT_PRIOR:
            event_type = topic.event_of[family]
            prior[topic.events.index(event_type), column] = EVENT_PRIOR[area] / math.sqrt(spoken_for[event_type])
    prior = prior[:, useful]
    small = values[:, useful]
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
    learned = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x.reshape(shape)
    points = np.zeros((len(topic.events), len(names) + 1))
    points[:, 0] = learned[:, 0]
    points[:, 1:][:, useful] = learned[:, 1:]
    return dict(zip(topic.events, points, strict=True))


@dataclass(frozen=True, slots=True)
class Judged:
    """What models said of items that they had not seen."""

    core: np.ndarray
    """Log-odds, calibrated."""
    relevant: np.ndarray
    event: np.ndarray

    @property
    def probability(self) -> np.ndarray:
        """Of core."""
        return expit(self.core)

    @property
    def grade(self) -> np.ndarray:
        """0 none, 1 related, 2 core."""
        return np.where(self.core >= CORE_FROM, 2, np.where(self.relevant >= 0, 1, 0))


def cross_validate(
    topic: Topic, items: Items, examples: Items, seed: int = 0, group: np.ndarray | None = None
) -> Judged:
    """Judges each fold by a model learned from the others; calibrated by the others' cross-validated scores."""
    fold = items.folds(seed, group)
    core, relevant = np.zeros(len(fold)), np.zeros(len(fold))
    event = np.full(len(fold), "", dtype=object)
    for number in range(FOLDS):
        judged = fold == number
        learned = fit(topic, items, ~judged, examples)
        values = items.values[judged]
        core[judged] = values @ learned.core[1:] + learned.core[0]
        relevant[judged] = values @ learned.relevant[1:] + learned.relevant[0]
        strengths = np.array([values @ point[1:] + point[0] for point in learned.events.values()])
        event[judged] = np.array(list(learned.events))[strengths.argmax(axis=0)]
    truth = (items.grade == 2).astype(float)
    calibrated = np.zeros(len(fold))
    for number in range(FOLDS):
        bias, slope = calibration(core[fold != number], truth[fold != number])
        calibrated[fold == number] = bias + slope * core[fold == number]
    return Judged(calibrated, relevant, event)


def calibration(odds: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Platt's bias and slope: what makes log-odds of unseen items mean what they say."""
    bias, slope = logistic(odds[:, None], truth, np.array([1e-3]), [(0.1, 2.0)], np.ones(len(truth)))
    return float(bias), float(slope)


def as_model(topic: Topic, items: Items, examples: Items, card: dict[str, Any], version: str) -> TopicModel:
    """The model learned from all items, calibrated by cross-validation."""
    everything = np.ones(len(items.records), dtype=bool)
    learned = fit(topic, items, everything, examples)
    fold = items.folds(0)
    unseen = np.zeros(len(fold))
    for number in range(FOLDS):
        point = fit(topic, items, fold != number, examples).core
        unseen[fold == number] = items.values[fold == number] @ point[1:] + point[0]
    bias, slope = calibration(unseen, (items.grade == 2).astype(float))
    core = slope * learned.core
    core[0] += bias

    def readable(point: np.ndarray) -> WeightedSum:
        weights = {
            name: round(float(weight), 3)
            for name, weight in zip(items.names, point[1:], strict=True)
            if abs(weight) >= 0.0005
        }
        return WeightedSum(round(float(point[0]), 3), weights)

    events = {name: readable(point) for name, point in learned.events.items()}
    return TopicModel(topic.name, version, readable(core), CORE_FROM, readable(learned.relevant), events, card)
