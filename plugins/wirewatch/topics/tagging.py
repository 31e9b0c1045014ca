"""Decides whether an article belongs to a topic, and says why (pure).

The score is a sum over features; each feature's share is given to the words that caused it, so that every row of
evidence shows words of the article, and the rows add up to the score. See docs/tagging.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from py3langid.langid import classify

from wirewatch.jsonl import text_field
from wirewatch.records import Evidence, Mention, Relevance, Tag, clean_text
from wirewatch.topics.features import Found, Reader
from wirewatch.topics.model import probability
from wirewatch.topics.rules import Topic

_GUESS_FROM = 2000
"""Characters from which a language is guessed."""
_HARDLY = 1e-9
"""Weights below this are rounding."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the score, and the words that caused it."""

    feature: str
    value: float
    weight: float
    causes: Sequence[Found]

    @property
    def share(self) -> float:
        """Its part of the score, in log-odds."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Explanation:
    """A tag with how it was reached."""

    tag: Tag
    contributions: tuple[Contribution, ...]
    """Without those that add nothing."""
    values: dict[str, float]
    """The article's features by name, those that are not 0."""


def tag(topic: Topic, title: str, text: str, *, language: str | None = None, on: date | None = None) -> Tag:
    """Whether the article belongs to `topic`: relevance, event, score, evidence, and who and what is mentioned.

    `title` and `text` are the stored ones: evidence and mentions give character offsets into them. `language` is an
    ISO 639-1 code; it is guessed when None. `on` is the day of publication, by which persons have their offices.
    """
    return explain(topic, title, text, language=language, on=on).tag


def explain(topic: Topic, title: str, text: str, *, language: str | None = None, on: date | None = None) -> Explanation:
    """As `tag`, with the features between the words and the score."""
    language = language or guess_language(f"{title}\n{text}")
    reading = reader_of(topic).read(title, text, language)
    weights, values = topic.model.core.weights, reading.values()
    contributions = tuple(
        Contribution(feature.name, feature.value, weights[feature.name], feature.causes)
        for feature in reading.features
        if abs(weights.get(feature.name, 0.0)) > _HARDLY
    )
    evidence = _evidence(title, text, topic.model.core.bias, contributions)
    score = sum(row.weight for row in evidence)
    relevance = topic.model.relevance(score, values)
    event = topic.model.event(values) if relevance is Relevance.CORE else None
    found = Tag(
        topic=topic.name,
        rules_version=topic.version,
        relevance=relevance,
        event=event,
        score=score,
        probability=probability(score),
        evidence=evidence,
        mentions=tuple(_mentions(title, text, reading.found, on)),
    )
    return Explanation(found, contributions, values)


def guess_language(text: str) -> str | None:
    """ISO 639-1 code of the language that the beginning of `text` is written in; None for an empty text."""
    beginning = text[:_GUESS_FROM].strip()
    return classify(beginning)[0] if beginning else None


def tag_line(record: dict[str, Any], topics: Sequence[Topic]) -> dict[str, Any]:
    """The filter's form of `tag`: {id, title, text, language?} → {id, topic, relevance, event, score, …}.

    With several topics, the one with the highest probability is given. Raises ValueError when a field is missing or
    is no text.
    """
    title = clean_text(text_field(record, "title") or "")
    text = clean_text(text_field(record, "text", required=True) or "")
    language = text_field(record, "language")
    tags = [tag(topic, title, text, language=language) for topic in topics]
    best = max(tags, key=lambda found: found.probability)
    return {
        "id": record.get("id"),
        "topic": best.topic,
        "relevance": best.relevance.value,
        "event": best.event,
        "score": best.score,
        "probability": best.probability,
        "rules_version": best.rules_version,
        "evidence": [
            {
                "rule": row.rule,
                "term": row.term,
                "field": row.field,
                "start": row.start,
                "end": row.end,
                "weight": row.weight,
            }
            for row in best.evidence
        ],
    }


def reader_of(topic: Topic) -> Reader:
    """The reader of `topic`; made once, since making one costs much more than using it.

    It is kept with its topic and goes with it: rules are read anew in every run, and a cache would hold the readers of
    runs that are over, 20 MB each.
    """
    kept = vars(topic)
    if "_reader" not in kept:
        kept["_reader"] = Reader(topic)
    return kept["_reader"]


def _evidence(title: str, text: str, bias: float, contributions: Sequence[Contribution]) -> tuple[Evidence, ...]:
    """Rows that add up to the score: the words first, the strongest first, then what has no words.

    A feature's share is spread over the entries that caused it, by their first words in each field.
    """
    spans: dict[tuple[str, str], tuple[Found, float]] = {}
    rows = [Evidence("bias", "every article", "model", None, None, bias)]
    for contribution in contributions:
        first = {}
        for one in contribution.causes:
            first.setdefault((one.match.entry.id, one.field), one)
        if not first:
            rows.append(
                Evidence(contribution.feature, f"{contribution.value:.2f}", "model", None, None, contribution.share)
            )
        for key, one in first.items():
            holder, sum_so_far = spans.get(key, (one, 0.0))
            spans[key] = (holder, sum_so_far + contribution.share / len(first))
    words = [
        Evidence(
            one.match.entry.id,
            (title if one.field == "title" else text)[one.match.start : one.match.end],
            one.field,
            one.match.start,
            one.match.end,
            weight,
        )
        for one, weight in spans.values()
    ]
    words.sort(key=lambda row: -abs(row.weight))
    return (*words, *rows)


def _mentions(title: str, text: str, found: Sequence[Found], on: date | None):
    for one in found:
        entry = one.match.entry
        if entry.is_entity:
            yield Mention(
                entity=entry.id,
                kind=entry.kind,
                name=entry.name,
                country=entry.country,
                role=entry.role_on(on),
                field=one.field,
                start=one.match.start,
                end=one.match.end,
            )
