"""Tags against labels given by reading: relevance, calibration, event types, baselines.

Fitting: each sum of the model is a logistic regression with a ridge penalty, larger for the weights of single entries
than for those of measures. In the sum for `core`, a measure of the topic may only speak for it, and a context that is
against it only against it: with few examples, a sign that reading can't explain is noise.

Five-fold cross-validation by story: near-identical items are in one fold, and everything that is learned is learned
again without the fold that is judged. `--fit` then learns from all items and writes the model file.
The invented items of topic_examples.yaml and the articles of the loopback newsroom are learned from too, in every fold;
none of them is ever judged. The newsroom is therefore no measure of the topic's quality.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from scipy.optimize import minimize
from scipy.special import logsumexp

from tests.newsroom.stories import articles
from wirewatch.records import Relevance
from wirewatch.topics.features import Reader
from wirewatch.topics.model import TopicModel, WeightedSum
from wirewatch.topics.rules import Topic, load_topic
from wirewatch.topics.sentences import sentence_ends

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ROOT.parent / "shared" / "data" / "topic" / "labelled.jsonl.gz"
EXAMPLES = ROOT / "bench" / "topic_examples.yaml"
TOPIC = ROOT / "dags" / "topics" / "us_china_military.yaml"
FOLDS = 5
SAME_STORY = 0.3
"""Jaccard similarity of three-word sequences from which two items are one story."""
PENALTY, ENTRY_PENALTY = 2.0, 3.0
"""Ridge penalties of the weights of measures and of single entries, in the sums for relevance."""
EVENT_PENALTY, EVENT_ENTRY_PENALTY = 1.5, 6.0
"""The same in the sums of event types, where ..."""
EVENT_PRIOR = {"title": 2.0, "head": 1.5}
"""... a family speaks for its own event type by this much, until the examples say otherwise."""
CORE_FROM = -0.3
"""Log-odds from which an item is called core. With calibrated odds F1 is best at a probability of about half of the
F1 that can be reached, so a little under one half."""
NEWSROOM_WEIGHT = 0.7
"""How much an article of the newsroom counts, as a whole and again as its beginning; a labelled item counts 1."""
NEWSROOM_SENTENCES = 2
"""Sentences of that beginning: what a feed gives."""
_KINDS = ("short", "full")
_GRADES = {"no": 0, "related": 1, "core": 2}


@dataclass(frozen=True, slots=True)
class Items:
    """Labelled items and their features."""

    records: Sequence[dict[str, Any]]
    names: tuple[str, ...]
    values: np.ndarray
    """One row per item, one column per feature name."""
    grade: np.ndarray
    """0 none, 1 related, 2 core."""
    story: np.ndarray
    weight: np.ndarray
    """How much each counts in learning."""

    def column(self, name: str) -> np.ndarray:
        """One field of all records."""
        return np.array([str(record[name]) for record in self.records])

    def folds(self, seed: int, group: np.ndarray | None = None) -> np.ndarray:
        """A fold for each item; those of one group (by default, of one story) share it."""
        group = self.story if group is None else group
        digests = (hashlib.sha256(f"{seed}:{name}".encode()).digest() for name in group)
        return np.array([int.from_bytes(digest[:8]) % FOLDS for digest in digests])


def labelled_items(reader: Reader) -> Items:
    """The labelled set."""
    with gzip.open(LABELLED, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return _items(reader, [record | {"language": "en"} for record in records], _stories(records))


def invented_examples(reader: Reader) -> Items:
    """The items of topic_examples.yaml, and the articles of the newsroom that are no copies."""
    rows = YAML(typ="safe").load(EXAMPLES.read_text(encoding="utf-8"))
    keys = ("language", "relevance", "event", "title", "text")
    written = [dict(zip(keys, row, strict=True)) | {"weight": 1.0} for row in rows]
    records = [*written, *_newsroom()]
    return _items(reader, records, np.arange(len(records)).astype(str))


def _newsroom() -> Iterator[dict[str, Any]]:
    """Each original article of the newsroom twice: as a page gives it, and as a feed does."""
    for article in articles().values():
        if article.of is None and article.dropped is None:
            shared = {
                "language": article.outlet.language[:2],
                "relevance": "no" if article.relevance is Relevance.NONE else str(article.relevance),
                "event": article.event or "-",
                "title": article.title,
                "weight": NEWSROOM_WEIGHT,
            }
            beginning = article.text[: sentence_ends(article.text)[:NEWSROOM_SENTENCES][-1]]
            yield shared | {"text": article.text}
            yield shared | {"text": beginning}


def _items(reader: Reader, records: Sequence[dict[str, Any]], story: np.ndarray) -> Items:
    names = reader.feature_names()
    place = {name: number for number, name in enumerate(names)}
    values = np.zeros((len(records), len(names)))
    for row, record in zip(values, records, strict=True):
        for feature in reader.read(record["title"], record["text"], record["language"]).features:
            row[place[feature.name]] = feature.value
    grade = np.array([_GRADES[record["relevance"]] for record in records])
    weight = np.array([record.get("weight", 1.0) for record in records])
    return Items(records, names, values, grade, story, weight)


def _stories(records: Sequence[dict[str, Any]]) -> np.ndarray:
    """The smallest id of the story that each record belongs to."""
    holders = defaultdict(list)
    shingles = []
    for number, record in enumerate(records):
        words = re.findall(r"\w+", f"{record['title']} {record['text'][:1500]}".lower())
        own = set(zip(words, words[1:], words[2:], strict=False))
        shingles.append(own)
        for shingle in own:
            holders[shingle].append(number)
    shared = Counter(
        (a, b) for numbers in holders.values() if len(numbers) < 40 for a in numbers for b in numbers if a < b
    )
    names = [record["id"] for record in records]
    parent = list(range(len(records)))

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    for (a, b), count in shared.items():
        if count / (len(shingles[a]) + len(shingles[b]) - count) >= SAME_STORY:
            parent[root(b)] = root(a)
    smallest: dict[int, str] = {}
    for number, name in enumerate(names):
        smallest[root(number)] = min(name, smallest.get(root(number), name))
    return np.array([smallest[root(number)] for number in range(len(records))])


# --- fitting


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
        slope = counts * (1 / (1 + np.exp(-odds)) - truth)
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
        return (None, 0.0) if name == "off_topic" or measure in topic.against else (0.0, None)

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
    for column, name in enumerate(names):
        area, _, family = name.partition("_")
        if family in topic.event_of and area in EVENT_PRIOR:
            prior[topic.events.index(topic.event_of[family]), column] = EVENT_PRIOR[area]
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
        return 1 / (1 + np.exp(-self.core))

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


# --- judging


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


def by_kind(items: Items, said: np.ndarray) -> str:
    """Precision, recall and F1 of core, for each kind, counted plainly and in the natural mix."""
    kind, truth = items.column("kind"), items.grade == 2
    size = np.array([record["stratum_size"] for record in items.records], dtype=float)
    sampled = np.array([record["stratum_sampled"] for record in items.records], dtype=float)
    parts = []
    for name in _KINDS:
        own = kind == name
        plain = scores(truth[own], said[own])
        known = own & (sampled > 0)
        natural = scores(truth[known], said[known], size[known] / sampled[known])
        parts.append("{} P {:.3f} R {:.3f} F1 {:.3f} (natural mix F1 {:.3f})".format(name, *plain, natural[2]))
    return "; ".join(parts)


def keyword_rule(items: Items) -> np.ndarray:
    """The rule that is to be beaten: both sides and a military term anywhere in the item, by the topic's own words."""
    columns = [items.names.index(name) for name in ("body_side1", "body_side2", "body_strength")]
    return (items.values[:, columns] > 0).all(axis=1)


def bag_of_words(items: Items, seed: int = 0) -> np.ndarray:
    """tf-idf of words and pairs with logistic regression, cross-validated on the same folds."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = np.array([f"{record['title']}\n{record['text']}" for record in items.records], dtype=object)
    fold, truth = items.folds(seed), items.grade == 2
    said = np.zeros(len(fold), dtype=bool)
    for number in range(FOLDS):
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
            LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
        )
        model.fit(texts[fold != number], truth[fold != number])
        said[fold == number] = model.predict(texts[fold == number])
    return said


def report(topic: Topic, items: Items, examples: Items) -> dict[str, Any]:
    """Prints every figure; returns those for the model's card."""
    truth = items.grade == 2
    judged = cross_validate(topic, items, examples)
    publisher = items.column("publisher")
    print(f"items {len(truth)}, core {truth.sum()}, stories {len(set(items.story))}, features {len(items.names)}")
    print("core, 5-fold by story    ", by_kind(items, judged.grade == 2))
    repeats = [cross_validate(topic, items, examples, seed).grade == 2 for seed in (1, 2)]
    for number, said in enumerate(repeats, start=1):
        print(f"  other folds ({number})        ", by_kind(items, said))
    print("core, by publisher       ", by_kind(items, cross_validate(topic, items, examples, 0, publisher).grade == 2))
    confidence = items.column("confidence")
    for name, meaning in (("h", "sure"), ("m", "fairly sure"), ("l", "unsure")):
        own = confidence == name
        figures = scores(truth[own], judged.grade[own] == 2)
        print("  reader {:12} P {:.3f} R {:.3f} F1 {:.3f} of {}".format(meaning, *figures, own.sum()))
    print("keyword rule             ", by_kind(items, keyword_rule(items)))
    print("tf-idf, logistic         ", by_kind(items, bag_of_words(items)))
    error = calibration_error(truth, judged.probability)
    print(f"calibration error         {error:.3f}")
    relevance, each = macro_f1(items.grade.astype(str), judged.grade.astype(str))
    print(f"relevance                 accuracy {(judged.grade == items.grade).mean():.3f}, macro-F1 {relevance:.3f},"
          f" none {each['0']:.3f}, related {each['1']:.3f}, core {each['2']:.3f}")  # fmt: skip
    event, each_event = macro_f1(items.column("event")[truth], judged.event[truth])
    print(f"event type                macro-F1 {event:.3f}, accuracy"
          f" {(items.column('event')[truth] == judged.event[truth]).mean():.3f}: "
          + ", ".join(f"{name} {figure:.2f}" for name, figure in each_event.items()))  # fmt: skip
    kind = items.column("kind")
    return {
        "core_f1_short": round(scores(truth[kind == "short"], judged.grade[kind == "short"] == 2)[2], 3),
        "core_f1_full": round(scores(truth[kind == "full"], judged.grade[kind == "full"] == 2)[2], 3),
        "calibration_error": round(error, 3),
        "related_f1": round(each["1"], 3),
        "event_macro_f1": round(event, 3),
    }


def main() -> None:
    """Judges the rules as they stand; with `--fit`, learns the model anew and writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", metavar="VERSION", help="write the model file with this version")
    asked = parser.parse_args()
    if not LABELLED.exists():
        raise SystemExit(f"no labelled items at {LABELLED}")
    topic = load_topic(TOPIC)
    reader = Reader(topic)
    items, examples = labelled_items(reader), invented_examples(reader)
    figures = report(topic, items, examples)
    if asked.fit:
        card = {
            "about": "Decides relevance and event type from the features of docs/tagging.md. Weights are log-odds.",
            "learned_from": {
                "items": len(items.records),
                "core": int((items.grade == 2).sum()),
                "related": int((items.grade == 1).sum()),
                "labels": "given by reading, by the codebook beside the labelled set; English news of 2009 to 2026",
                "invented_examples": len(examples.records),
                "newsroom": "the examples include the articles of the demo's newsroom (tests/newsroom), which were"
                " written and labelled for it: what is found there is no measure of quality",
                "sha256": hashlib.sha256(LABELLED.read_bytes()).hexdigest(),
            },
            "method": "ridge logistic regression with signs (bench/topics.py), calibrated by cross-validation",
            "cross_validated": figures,
            "not_for": "other subjects, opinion mining, or decisions about people. Chinese, Spanish and Arabic rest on"
            " the rules and on invented examples: the labelled items are English.",
        }
        path = TOPIC.with_name(topic.model_file)
        model = as_model(topic, items, examples, card, asked.fit)
        path.write_text(
            json.dumps(model.as_dict(), indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )
        topic = load_topic(TOPIC)
        print(f"wrote {path.name}, rules version {topic.version}")


if __name__ == "__main__":
    main()
