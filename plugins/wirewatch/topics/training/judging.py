"""How well a topic's sums do on sources that they were not learned from: folds, figures, and the thresholds (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

from wirewatch.topics.features import LANGUAGES, MISSING_SIDE
from wirewatch.topics.rules import Topic
from wirewatch.topics.training.fitting import (
    ALSO_FROM,
    CORE_FROM,
    RELATED_FROM,
    Calibrated,
    calibration,
    centred,
    fit,
)
from wirewatch.topics.training.items import Items


@dataclass(frozen=True, slots=True)
class Judged:
    """What models said of items whose source they had not seen."""

    core: np.ndarray
    """Log-odds, calibrated."""
    relevant: np.ndarray
    grade: np.ndarray
    """0 none, 1 related, 2 core."""
    event: np.ndarray
    also: np.ndarray
    """The second event type; empty where there is none."""
    calibrated: Calibrated
    """What all folds together taught, for the model that is learned from everything."""

    @property
    def probability(self) -> np.ndarray:
        """Of core."""
        return np.asarray(expit(self.core))


def cross_validate(topic: Topic, items: Items, examples: Items, group: np.ndarray, seed: int = 0) -> Judged:
    """Judges each fold by a model learned from the others, calibrated by the others' judged scores."""
    fold = items.folds(seed, group)
    count = len(fold)
    core, relevant = np.zeros(count), np.zeros(count)
    event, also = np.full(count, "", dtype=object), np.full(count, "", dtype=object)
    for number in sorted(set(fold)):
        judged = fold == number
        learned = fit(topic, items, ~judged, examples)
        vectors = centred(items.vectors[judged], learned.centre)
        core[judged] = learned.core.of(items.values[judged], vectors)
        relevant[judged] = learned.relevant.of(items.whole[judged], vectors)
        if learned.events:
            strengths = np.array([part.of(items.values[judged], vectors) for part in learned.events.values()])
            event[judged], also[judged] = _two_events(list(learned.events), strengths)
    calibrated = _calibrated(items, core, relevant, np.ones(count, dtype=bool))
    languages = items.languages(LANGUAGES)
    own_core, own_relevant = np.zeros(count), np.zeros(count)
    for number in sorted(set(fold)):
        judged, others = fold == number, fold != number
        part = _calibrated(items, core, relevant, others)
        own_core[judged] = part.core.of(core, languages)[judged]
        own_relevant[judged] = part.relevant.of(relevant, languages)[judged]
    grade = grades(own_core, own_relevant)
    return Judged(own_core, own_relevant, grade, event, also, calibrated)


def _two_events(names: list[str], strengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest event type of each item, and the second where it is likely enough."""
    shares = softmax(strengths, axis=0)
    order = np.argsort(-shares, axis=0)
    first = np.array(names, dtype=object)[order[0]]
    second = np.array(names, dtype=object)[order[min(1, len(names) - 1)]]
    likely = np.take_along_axis(shares, order[1:2], axis=0)[0] >= ALSO_FROM if len(names) > 1 else np.zeros(len(first))
    return first, np.where(likely, second, "")


def _calibrated(items: Items, core: np.ndarray, relevant: np.ndarray, rows: np.ndarray) -> Calibrated:
    languages = items.languages(LANGUAGES)
    there = rows & (items.values[:, items.names.index(MISSING_SIDE)] == 0)
    of_core = calibration(core, items.grade == 2, languages, there)
    of_relevant = calibration(relevant, items.grade > 0, languages, there)
    return Calibrated(of_core, of_relevant)


def grades(core: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """0 none, 1 related, 2 core."""
    return np.where(core >= CORE_FROM, 2, np.where(relevant >= RELATED_FROM, 1, 0))


def scores(truth: np.ndarray, said: np.ndarray, weight: np.ndarray | None = None) -> tuple[float, float, float]:
    """Precision, recall, F1; each item counts `weight` times."""
    weight = np.ones(len(truth)) if weight is None else weight
    right, claimed, there = weight[truth & said].sum(), weight[said].sum(), weight[truth].sum()
    precision, recall = right / claimed if claimed else 0.0, right / there if there else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def macro_f1(truth: np.ndarray, said: np.ndarray) -> tuple[float, dict[str, float]]:
    """Mean F1 over the classes that occur, and each."""
    each = {str(name): scores(truth == name, said == name)[2] for name in sorted(set(truth))}
    return float(np.mean(list(each.values()))), each


def calibration_error(truth: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [abs(truth[place == n].mean() - probability[place == n].mean()) * (place == n).mean() for n in set(place)]
    return float(sum(gaps))


def natural_weight(items: Items) -> np.ndarray:
    """How many items of the natural mix each stands for; 0 where that is not known."""
    sizes = [(record.get("stratum_size") or 0, record.get("stratum_sampled") or 0) for record in items.records]
    return np.array([size / sampled if sampled else 0.0 for size, sampled in sizes])


def report_of(items: Items, judged: Judged, part: np.ndarray) -> str:
    """One line of figures of the items in `part` (a mask)."""
    truth, said = items.grade[part], judged.grade[part]
    core, related = scores(truth == 2, said == 2), scores(truth == 1, said == 1)
    weight = natural_weight(items)[part]
    known = weight > 0
    natural = scores(truth[known] == 2, said[known] == 2, weight[known])[2]
    own = part & (items.grade == 2)
    meant = items.column("event")[own]
    strict = judged.event[own] == meant
    either = strict | (judged.also[own] == meant)
    error = calibration_error(truth == 2, judged.probability[part])
    return (
        f"{part.sum():5} items, {int((truth == 2).sum()):3} core"
        f" | core P {core[0]:.2f} R {core[1]:.2f} F1 {core[2]:.3f}, natural mix {natural:.3f}"
        f" | related P {related[0]:.2f} R {related[1]:.2f} F1 {related[2]:.3f}"
        f" | macro-F1 {macro_f1(truth, said)[0]:.3f} | ECE {error:.3f}"
        + (f" | event {strict.mean():.3f}, either {either.mean():.3f}" if own.any() else "")
    )


def parts_of(items: Items) -> Iterator[tuple[str, np.ndarray]]:
    """Which items are reported together: by language and length, then by how sure the reader was."""
    language, kind, confidence = items.column("language"), items.column("kind"), items.column("confidence")
    for code in sorted(set(language), key=lambda code: -(language == code).sum()):
        for length in ("full", "short"):
            own = (language == code) & (kind == length)
            if own.any():
                yield f"{code} {length}", own
    for name, meaning in (("h", "reader sure"), ("m", "fairly sure"), ("l", "unsure")):
        if (confidence == name).any():
            yield meaning, confidence == name
