"""Decides whether an article belongs to a topic, and says why (pure).

The score is a sum over features; each feature's share is given to the words that caused it, so that every row of
evidence shows words of the article, and the rows add up to the score. See docs/tagging.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wirewatch.jsonl import language_field, text_field
from wirewatch.records import Evidence, Mention, Relevance, Tag, clean_text
from wirewatch.text.language import guess_language
from wirewatch.topics.features import Feature, Found, Reader
from wirewatch.topics.model import TopicModel, probability
from wirewatch.topics.rules import Topic
from wirewatch.topics.words import Word, WordTable, feature_of

_HARDLY = 1e-9
"""Weights below this are rounding."""
_CLOSER = (Relevance.NONE, Relevance.RELATED, Relevance.CORE)
_WORDS = 4
"""Words of the model's table that have a row of evidence of their own; the others share one."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Words of the article that a feature comes from, and what they add to the score."""

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
    """What one feature adds to the score, and the words that caused it."""

    feature: str
    value: float
    weight: float
    causes: Sequence[Cause]
    """What their shares leave of the contribution belongs to the article as a whole, or to words too weak to name."""

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
    """The features of the article's beginning by name, those that are not 0; by them it is `core`, and of an event."""
    whole: dict[str, float]
    """Those of the whole article; by them it is `related`."""


def tag(topic: Topic, title: str, text: str, *, language: str | None = None, on: date | None = None) -> Tag:
    """Whether the article belongs to `topic`: relevance, event, score, evidence, and who and what is mentioned.

    `title` and `text` are the stored ones: evidence and mentions give character offsets into them. `language` is an
    ISO 639-1 code; it is guessed when None. `on` is the day of publication, by which persons have their offices.
    """
    return explain(topic, title, text, language=language, on=on).tag


def explain(topic: Topic, title: str, text: str, *, language: str | None = None, on: date | None = None) -> Explanation:
    """As `tag`, with the features between the words and the score."""
    language = language or guess_language(f"{title}\n{text}")
    model = topic.model
    reading = reader_of(topic).read(title, text, language)
    weights, values, whole = model.core.weights, reading.values(), reading.whole
    contributions = [
        Contribution(feature.name, feature.value, weights[feature.name], _causes(feature, weights[feature.name]))
        for feature in reading.features
        if abs(weights.get(feature.name, 0.0)) > _HARDLY
    ]
    if (table := model.words) and (words := table.read(title, text[: reading.head_end], language)):
        of_words = table.values(words)
        values |= of_words
        whole |= of_words
        contributions.append(_of_words(model, table, words, of_words[feature_of("core")]))
    evidence = _evidence(title, text, model.core.bias, contributions)
    score = sum(row.weight for row in evidence)
    relevance = model.relevance(score, whole)
    event = model.event(values) if relevance is Relevance.CORE else None
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
    return Explanation(found, tuple(contributions), values, whole)


def tag_line(record: dict[str, Any], topics: Sequence[Topic]) -> dict[str, Any]:
    """The filter's form of `tag`: {id, title, text, language?} → {id, topic, relevance, event, score, …}.

    With several topics, the one of which the article is `core`, else `related`, is given; of two alike the more
    probable. Raises ValueError when a field is missing or is no text, or when `language` is none.
    """
    title = clean_text(text_field(record, "title") or "")
    text = clean_text(text_field(record, "text", required=True) or "")
    language = language_field(record)
    tags = [tag(topic, title, text, language=language) for topic in topics]
    best = max(tags, key=lambda found: (_CLOSER.index(found.relevance), found.probability))
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
    reader: Reader = kept["_reader"]
    return reader


def _causes(feature: Feature, weight: float) -> list[Cause]:
    """The feature's share of the score, spread evenly over the entries that caused it, by their first words."""
    first: dict[tuple[str, str], Found] = {}
    for one in feature.causes:
        first.setdefault((one.match.entry.id, one.field), one)
    return [
        Cause(entry, entry, area, one.match.start, one.match.end, feature.value * weight / len(first))
        for (entry, area), one in first.items()
    ]


def _of_words(model: TopicModel, table: WordTable, words: Sequence[Word], value: float) -> Contribution:
    """What the words of the head add to the score; the strongest are named, each where it first stands."""
    name = feature_of("core")
    weight = model.core.weights.get(name, 0.0)
    column = table.sums.index("core")
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
    return Contribution(name, value, weight, causes)


def _evidence(title: str, text: str, bias: float, contributions: Sequence[Contribution]) -> tuple[Evidence, ...]:
    """Rows that add up to the score: the words first, the strongest first, then what has no words."""
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


def _mentions(title: str, text: str, found: Sequence[Found], on: date | None) -> Iterator[Mention]:
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
