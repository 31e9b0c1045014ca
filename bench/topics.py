"""Tags against labels given by reading, on sources and years left out: relevance, calibration, event types, baselines.

    python -m bench.topics [--fit VERSION]

Five folds; all articles of a source are in one, so that each is judged by a model that never saw its source. Then once
more with the years left out. `--fit` learns from everything and writes the model file, as `wirewatch train` does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
from threadpoolctl import threadpool_limits

from bench.topic_material import EXAMPLES, LABELLED, READINGS, ROOT, examples, labelled, period, recorded_items
from wirewatch.topics.rules import Topic, load_topic
from wirewatch.topics.training.items import Items, Material, material
from wirewatch.topics.training.judging import Judged, cross_validate, parts_of, report_of, scores
from wirewatch.topics.training.running import digest_of, judge, learned, readable, report

TOPIC = ROOT / "dags" / "topics" / "us_china_military.yaml"


def given_for(topic: Topic) -> Material:
    """Everything that the shipped topic is learned from; takes a minute."""
    recorded = list(recorded_items())
    texts = (f"{title}\n{text}" for title, text in recorded)
    return material(topic, [*labelled(), *examples(recorded)], texts)


def years_left_out(topic: Topic, given: Material) -> Judged:
    """Every labelled article, by a model learned from other years."""
    years = np.array([period(record) for record in given.items.records])
    with threadpool_limits(1):
        return cross_validate(topic, given.items, given.examples, years)


def keyword_rule(items: Items) -> np.ndarray:
    """The rule that is to be beaten: both sides and a military term anywhere in the item, by the topic's own words."""
    columns = [items.names.index(name) for name in ("body_side1", "body_side2", "body_strength")]
    return (items.whole[:, columns] > 0).all(axis=1)


def bag_of_words(items: Items) -> np.ndarray:
    """tf-idf of words and pairs with logistic regression, on the same folds."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = np.array([f"{record['title']}\n{record['text']}" for record in items.records], dtype=object)
    fold, truth = items.folds(0, items.column("source")), items.grade == 2
    said = np.zeros(len(fold), dtype=bool)
    for number in set(fold):
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
            LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
        )
        model.fit(texts[fold != number], truth[fold != number])
        said[fold == number] = model.predict(texts[fold == number])
    return said


def baselines(items: Items) -> Iterator[str]:
    """F1 of core of the simpler ways, by language and length."""
    for name, said in (("keyword rule", keyword_rule(items)), ("tf-idf, logistic", bag_of_words(items))):
        for part_name, part in parts_of(items):
            if part_name[:2].islower() and part_name[2:3] == " ":
                yield f"{name:18} {part_name:10} F1 {scores(items.grade[part] == 2, said[part])[2]:.3f}"


def main() -> None:
    """Judges the rules as they stand; with `--fit`, learns the model anew and writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", metavar="VERSION", help="write the model file with this version")
    asked = parser.parse_args()
    missing = [path for path in LABELLED if not path.exists()]
    if missing:
        raise SystemExit(f"no labelled items at {missing[0]}")
    topic = load_topic(TOPIC)
    given = given_for(topic)
    judged = judge(topic, given)
    print(f"sources left out: {len(given.items.records)} items, {len(given.items.names)} features")
    print(*report(given.items, judged), sep="\n")
    if asked.fit:
        digests = [digest_of(path) for path in (*LABELLED, EXAMPLES, READINGS)]
        model = learned(topic, given, judged, asked.fit, digests)
        path = TOPIC.with_name(topic.model_file)
        path.write_text(readable(model.as_dict()), encoding="utf-8")
        print(f"wrote {path.name}, rules version {load_topic(TOPIC).version}")
    print("years left out")
    by_year = years_left_out(topic, given)
    print(*(f"{name:28} {report_of(given.items, by_year, part)}" for name, part in parts_of(given.items)), sep="\n")
    print(*baselines(given.items), sep="\n")


if __name__ == "__main__":
    main()
