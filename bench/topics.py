"""Tags against labels given by reading: relevance, calibration, event types, baselines.

Five-fold cross-validation by story, on the labelled items; topic_items.py says what else is learned from. `--fit` then
learns from all items and writes the model file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from bench.topic_fitting import Judged, as_model, cross_validate
from bench.topic_items import FOLDS, LABELLED, ROOT, Items, Material, material
from wirewatch.topics.rules import Topic, load_topic

TOPIC = ROOT / "dags" / "topics" / "us_china_military.yaml"
LOOK_AWAY = "look-away 1"
"""Names the quarter of the stories whose errors were not read while the rules were written."""
DIVISIONS = 5
"""Of the items into folds: one item more or less is 0.02 of F1 on full texts."""
_KINDS = ("short", "full")
_READER = (("h", "reader sure"), ("m", "reader fairly sure"), ("l", "reader unsure"))


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


def _mean_f1(divisions: Sequence[Judged], items: Items, part: np.ndarray) -> float:
    """F1 of core on `part` of the items, the mean over the divisions."""
    return float(np.mean([scores(items.grade[part] == 2, one.grade[part] == 2)[2] for one in divisions]))


def keyword_rule(items: Items) -> np.ndarray:
    """The rule that is to be beaten: both sides and a military term anywhere in the item, by the topic's own words."""
    columns = [items.names.index(name) for name in ("body_side1", "body_side2", "body_strength")]
    return (items.whole[:, columns] > 0).all(axis=1)


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


def report(topic: Topic, given: Material) -> dict[str, Any]:
    """Prints every figure; returns those for the model's card."""
    items, examples = given.items, given.examples
    truth = items.grade == 2
    judged = cross_validate(topic, items, examples)
    publisher = items.column("publisher")
    print(f"items {len(truth)}, core {truth.sum()}, stories {len(set(items.story))}, features {len(items.names)}")
    print("core, 5-fold by story    ", by_kind(items, judged.grade == 2))
    away = items.looked_away(LOOK_AWAY)
    kind = items.column("kind")
    for meaning, part in (("stories whose errors were read", ~away), ("stories looked away from", away)):
        figures = [scores(truth[own], judged.grade[own] == 2)[2] for own in (part & (kind == name) for name in _KINDS)]
        print("  {:31} F1 short {:.3f}, full {:.3f} of {}".format(meaning, *figures, part.sum()))
    divisions = [judged, *(cross_validate(topic, items, examples, seed) for seed in range(1, DIVISIONS))]
    for number, other in enumerate(divisions[1:], start=1):
        print(f"  other folds ({number})        ", by_kind(items, other.grade == 2))
    print(f"means of F1 over {DIVISIONS} divisions into folds")
    confidence = items.column("confidence")
    for meaning, part in (("all", confidence != ""), *((meaning, confidence == name) for name, meaning in _READER)):
        figures = [_mean_f1(divisions, items, part & (kind == name)) for name in _KINDS]
        print("  {:31} core short {:.3f}, full {:.3f}".format(meaning, *figures))
    print(f"  {'related':31} {np.mean([scores(items.grade == 1, one.grade == 1)[2] for one in divisions]):.3f},"
          f" accuracy of three classes {np.mean([one.grade == items.grade for one in divisions]):.3f}")  # fmt: skip
    print("core, by publisher       ", by_kind(items, cross_validate(topic, items, examples, 0, publisher).grade == 2))
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
    return {
        "core_f1_short": round(scores(truth[kind == "short"], judged.grade[kind == "short"] == 2)[2], 3),
        "core_f1_full": round(scores(truth[kind == "full"], judged.grade[kind == "full"] == 2)[2], 3),
        "calibration_error": round(error, 3),
        "related_f1": round(each["1"], 3),
        "event_macro_f1": round(event, 3),
    }


def readable(model: dict[str, Any]) -> str:
    """The model as a file: one line a value, and one line a word."""
    words = model["words"]
    lines = ",\n".join(f"   {json.dumps(word)}: {json.dumps(row)}" for word, row in sorted(words["weights"].items()))
    rest = model | {"words": words | {"weights": {}}}
    text = json.dumps(rest, indent=1, ensure_ascii=False, sort_keys=True)
    return text.replace('"weights": {}\n }\n}', f'"weights": {{\n{lines}\n  }}\n }}\n}}') + "\n"


def main() -> None:
    """Judges the rules as they stand; with `--fit`, learns the model anew and writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", metavar="VERSION", help="write the model file with this version")
    asked = parser.parse_args()
    if not LABELLED.exists():
        raise SystemExit(f"no labelled items at {LABELLED}")
    topic = load_topic(TOPIC)
    given = material(topic)
    items, examples = given.items, given.examples
    with threadpool_limits(1):  # The matrices are small: threads only wait for one another.
        figures = report(topic, given)
    if asked.fit:
        card = {
            "about": "Decides relevance and event type from the features of docs/tagging.md and from the words of the"
            " head. Weights are log-odds.",
            "learned_from": {
                "items": len(items.records),
                "core": int((items.grade == 2).sum()),
                "related": int((items.grade == 1).sum()),
                "labels": "given by reading, by the codebook beside the labelled set; English news of 2009 to 2026",
                "other_examples": len(examples.records),
                "others": "feed items that were read for this, invented ones, and the articles of the demo's newsroom"
                " (wirewatch/demo), written and labelled for it: what is found there is no measure of quality",
                "sha256": hashlib.sha256(LABELLED.read_bytes()).hexdigest(),
            },
            "method": "ridge logistic regression with signs (bench/topic_fitting.py), calibrated by cross-validation;"
            " the weights of words are those of WordLlama's vectors (0.4.0, MIT licence), which were learned elsewhere",
            "cross_validated": figures,
            "not_for": "other subjects, opinion mining, or decisions about people. Chinese, Spanish and Arabic rest on"
            " the rules and on invented examples: the labelled items are English.",
        }
        path = TOPIC.with_name(topic.model_file)
        with threadpool_limits(1):
            model = as_model(topic, given, card, asked.fit)
        path.write_text(readable(model.as_dict()), encoding="utf-8")
        topic = load_topic(TOPIC)
        print(f"wrote {path.name}, rules version {topic.version}")


if __name__ == "__main__":
    main()
