"""`wirewatch train`: a topic's model learned again from labelled articles, judged on sources left out, and checked.

labelled files, reviews ─▶ features ─▶ judged by source ─▶ learned from all ─▶ as good on the frozen check set? ─▶ file
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from wirewatch.records import Relevance
from wirewatch.topics.model import TopicModel
from wirewatch.topics.rules import Topic, with_model
from wirewatch.topics.tagging import tag
from wirewatch.topics.training.fitting import as_model
from wirewatch.topics.training.items import Items, Material, material, read_records
from wirewatch.topics.training.judging import Judged, cross_validate, macro_f1, parts_of, report_of, scores

FEWEST = 100
"""Labelled articles from which weights can be learned."""
_FALL = 0.005
"""F1 by which a new model may be worse on the check set: what one item more or less makes."""


@dataclass(frozen=True, slots=True)
class CheckSet:
    """F1 of core on the frozen check set."""

    before: float
    after: float
    articles: int

    @property
    def passed(self) -> bool:
        """Whether the new model is not worse."""
        return self.after >= self.before - _FALL

    def __str__(self) -> str:
        return (
            f"{self.articles} articles, F1 of core {self.before:.3f} with the model in use, {self.after:.3f} with this"
        )


@dataclass(frozen=True, slots=True)
class Trained:
    """A new model, with the lines that report how well it does."""

    model: TopicModel
    lines: tuple[str, ...]


def train(topic: Topic, records: Sequence[dict[str, Any]], version: str, digests: Sequence[str]) -> Trained:
    """The model that the labelled articles teach. Raises ValueError when they are too few or name unknown events."""
    unknown = {str(record.get("event")) for record in records if record["relevance"] == "core"} - {*topic.events}
    if unknown:
        raise ValueError(f"core articles of events that {topic.name} does not have: {', '.join(sorted(unknown))}")
    given = material(topic, [record | {"source": _source(record)} for record in records])
    judged = judge(topic, given)
    model = learned(topic, given, judged, version, digests)
    return Trained(model, tuple(report(given.items, judged)))


def _source(record: dict[str, Any]) -> str:
    return str(record.get("source") or record.get("outlet") or record.get("publisher") or "unknown")


def judge(topic: Topic, given: Material) -> Judged:
    """Every labelled article, by a model learned from the other sources."""
    if len(given.items.records) < FEWEST:
        raise ValueError(f"{len(given.items.records)} labelled articles: at least {FEWEST} are needed")
    with threadpool_limits(1):  # The matrices are small: threads only wait for one another.
        return cross_validate(topic, given.items, given.examples, given.items.column("source"))


def report(items: Items, judged: Judged) -> Iterator[str]:
    """The figures, one line a part: by language and length, by how sure the reader was, by source."""
    for name, part in parts_of(items):
        yield f"{name:28} {report_of(items, judged, part)}"
    source = items.column("source")
    for name in sorted(set(source), key=lambda name: -(source == name).sum()):
        part = source == name
        if (items.grade[part] == 2).any() and part.sum() >= _LARGE:
            yield f"{name[:28]:28} {report_of(items, judged, part)}"


_LARGE = 20
"""Items of a source from which it has a line of its own."""


def learned(topic: Topic, given: Material, judged: Judged, version: str, digests: Sequence[str]) -> TopicModel:
    """The model of everything, with a card that says what it was learned from and how well it did."""
    items, examples = given.items, given.examples
    card = {
        "about": "Decides relevance and event types from the features of docs/tagging.md and from the words of the"
        " head. Weights are log-odds.",
        "learned_from": {
            "items": len(items.records),
            "core": int((items.grade == 2).sum()),
            "related": int((items.grade == 1).sum()),
            "languages": {code: int((items.column("language") == code).sum()) for code in _by_size(items, "language")},
            "other_examples": len(examples.records),
            "sha256": list(digests),
        },
        "method": "ridge logistic regression with signs (topics/training), calibrated by articles whose source was"
        " left out; the weights of words are those of WordLlama's vectors (0.4.0, MIT licence), learned elsewhere",
        "judged_on_sources_left_out": _figures(items, judged),
        "not_for": "other subjects, opinion mining, or decisions about people.",
    }
    with threadpool_limits(1):
        return as_model(topic, given, card, version, judged.calibrated)


def _by_size(items: Items, name: str) -> list[str]:
    values = items.column(name)
    return sorted(set(values.tolist()), key=lambda value: (-int((values == value).sum()), value))


def _figures(items: Items, judged: Judged) -> dict[str, dict[str, float]]:
    figures = {}
    for name, part in parts_of(items):
        truth, said = items.grade[part], judged.grade[part]
        figures[name] = {
            "core_f1": round(scores(truth == 2, said == 2)[2], 3),
            "related_f1": round(scores(truth == 1, said == 1)[2], 3),
            "macro_f1": round(macro_f1(truth, said)[0], 3),
        }
    return figures


def checked(topic: Topic, model: TopicModel, path: Path) -> CheckSet:
    """The topic's model in use and the new one on the labelled articles of `path`, which neither should know."""
    records = list(read_records(path))
    truth = np.array([record["relevance"] == "core" for record in records])
    before, after = (
        scores(truth, np.array([_is_core(one, record) for record in records]))[2]
        for one in (topic, with_model(topic, model))
    )
    return CheckSet(before, after, len(records))


def _is_core(topic: Topic, record: dict[str, Any]) -> bool:
    found = tag(topic, record["title"], record["text"], language=record.get("language"))
    return found.relevance is Relevance.CORE


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def readable(model: dict[str, Any]) -> str:
    """The model as a file: one line a value, and one line a word."""
    words = model.get("words")
    if words is None:
        return json.dumps(model, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    lines = ",\n".join(f"   {json.dumps(word)}: {json.dumps(row)}" for word, row in sorted(words["weights"].items()))
    rest = model | {"words": words | {"weights": {}}}
    text = json.dumps(rest, indent=1, ensure_ascii=False, sort_keys=True)
    return text.replace('"weights": {}\n }\n}', f'"weights": {{\n{lines}\n  }}\n }}\n}}') + "\n"
