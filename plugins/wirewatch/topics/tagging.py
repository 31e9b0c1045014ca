"""Decides whether an article belongs to a topic, and says why (pure).

The decision is a sum over features; each feature's share is given to the words that caused it, so that every row of
evidence shows words of the article, and the rows add up to the sum that decided: for `core` the first, else the one for
`related`. See docs/tagging.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any

from wirewatch.jsonl import language_field, text_field, time_field
from wirewatch.records import Relevance, clean_text
from wirewatch.text.folding import fold
from wirewatch.text.language import guess_language, text_language
from wirewatch.topics.believing import Occurrence, names_after
from wirewatch.topics.features import FeatureReader, FeatureReading, values_of
from wirewatch.topics.model import WeightedSum, probability
from wirewatch.topics.reasons import Contribution, contributions_to, rows_of
from wirewatch.topics.records import EventReason, Evidence, Mention, Tag
from wirewatch.topics.rules import Topic
from wirewatch.topics.words import Word

_CLOSER = (Relevance.NONE, Relevance.RELATED, Relevance.CORE)
_KEY = re.compile(r"[a-z0-9]+")
_NAME_WORDS = 4
"""Capitalised words that a ship's or an exercise's name can have."""
_EVENTS = 2
"""Event types that a core article can have."""
_EVENT_ROWS = 4
"""Rows of evidence that each of them keeps."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A tag with how it was reached."""

    tag: Tag
    topic: Topic
    reading: FeatureReading
    words: tuple[Word, ...]
    """The words of the model's table in the article's head."""
    sums: dict[str, float]
    """The value of each sum: `core`, `relevant`, and each event type."""

    @property
    def decided_by(self) -> str:
        """The sum whose rows are the tag's evidence."""
        return "core" if self.tag.relevance is Relevance.CORE else "relevant"

    def contributions(self, name: str) -> tuple[Contribution, ...]:
        """What each feature adds to the sum called `name`, without those that add nothing."""
        features = self.reading.whole if name == "relevant" else self.reading.features
        return contributions_to(name, self.topic.model.sum_named(name), features, self.words, self.topic.model.words)


def tag(topic: Topic, title: str, text: str, *, language: str | None = None, on: date | None = None) -> Tag:
    """Whether the article belongs to `topic`: relevance, events, score, evidence, and who and what is mentioned.

    `title` and `text` are the stored ones: evidence and mentions give character offsets into them. `language` is an
    ISO 639-1 code; it is guessed when None. `on` is the day of publication, by which persons have their offices.
    """
    return explain(topic, title, text, language=language, on=on).tag


def explain(topic: Topic, title: str, text: str, *, language: str | None = None, on: date | None = None) -> Explanation:
    """As `tag`, with the features between the words and the sums."""
    language = language or guess_language(f"{title}\n{text}")
    model = topic.model
    reading = reader_of(topic).read(title, text, language)
    words = model.words.read(title, text[: reading.head_end], language) if model.words else ()
    means = model.words.values(words) if model.words and words else {}
    values, whole = values_of(reading.features) | means, values_of(reading.whole) | means
    sums = {"core": model.core.of(values), "relevant": model.relevant.of(whole)}
    sums |= {name: part.of(values) for name, part in model.events.items()}
    relevance = model.relevance(sums["core"], sums["relevant"])
    name, features = ("core", reading.features) if relevance is Relevance.CORE else ("relevant", reading.whole)
    decided = model.sum_named(name)
    contributions = contributions_to(name, decided, features, words, model.words)
    evidence = rows_of(title, text, decided.bias, contributions)
    events = _events(topic, title, text, reading, words, sums) if relevance is Relevance.CORE else ()
    found = Tag(
        topic=topic.name,
        rules_version=topic.version,
        relevance=relevance,
        event=events[0].event if events else None,
        event_also=events[1].event if len(events) > 1 else None,
        score=sum(row.weight for row in evidence),
        probability=probability(sums["core"]),
        related_probability=probability(sums["relevant"]),
        evidence=evidence,
        events=events,
        mentions=tuple(_mentions(title, text, reading.found, on)),
    )
    return Explanation(found, topic, reading, words, sums)


def _events(
    topic: Topic, title: str, text: str, reading: FeatureReading, words: tuple[Word, ...], sums: dict[str, float]
) -> tuple[EventReason, ...]:
    """The event type of a core article, and a second one where it is likely too; each with its strongest evidence."""
    model = topic.model
    highest = max((sums[name] for name in model.events), default=0.0)
    odds = {name: math.exp(sums[name] - highest) for name in model.events}
    shares = {name: part / sum(odds.values()) for name, part in odds.items()}
    likely = sorted(shares, key=lambda name: -shares[name])[:_EVENTS]
    chosen = [name for number, name in enumerate(likely) if number == 0 or shares[name] >= model.also_from]
    return tuple(
        EventReason(name, shares[name], _speaking_for(name, model.sum_named(name), topic, title, text, reading, words))
        for name in chosen
    )


def _speaking_for(
    name: str, part: WeightedSum, topic: Topic, title: str, text: str, reading: FeatureReading, words: tuple[Word, ...]
) -> tuple[Evidence, ...]:
    """The words of the article that speak most for an event type."""
    rows = rows_of(title, text, 0.0, contributions_to(name, part, reading.features, words, topic.model.words))
    return tuple(row for row in rows if row.weight > 0 and row.field != "model")[:_EVENT_ROWS]


def tag_line(record: dict[str, Any], topics: Sequence[Topic]) -> dict[str, Any]:
    """The filter's form of `tag`: {id, title, text, language?, published_at?} → {id, topic, relevance, event, …}.

    With several topics, the one of which the article is `core`, else `related`, is given; of two alike the more
    probable. Raises ValueError when a field is missing or is not a text, or when `language` is not a language tag.
    """
    title = clean_text(text_field(record, "title") or "")
    text = clean_text(text_field(record, "text", required=True) or "")
    language = text_language(f"{title}\n{text}", language_field(record))
    time = time_field(record, "published_at")
    tags = [tag(topic, title, text, language=language, on=time.date() if time else None) for topic in topics]
    best = max(tags, key=lambda found: (_CLOSER.index(found.relevance), found.probability))
    return {
        "id": record.get("id"),
        "topic": best.topic,
        "relevance": best.relevance.value,
        "event": best.event,
        "event_also": best.event_also,
        "score": best.score,
        "probability": best.probability,
        "related_probability": best.related_probability,
        "rules_version": best.rules_version,
        "evidence": [asdict(row) for row in best.evidence],
        "events": [asdict(reason) for reason in best.events],
        "mentions": [asdict(mention) for mention in best.mentions],
    }


def reader_of(topic: Topic) -> FeatureReader:
    """The reader of `topic`; made once, since making one costs much more than using it.

    It is kept with its topic and goes with it: rules are read again in every run, and a cache would hold the readers of
    runs that are over, 20 MB each.
    """
    kept = vars(topic)
    if "_reader" not in kept:
        kept["_reader"] = FeatureReader(topic)
    reader: FeatureReader = kept["_reader"]
    return reader


def _mentions(title: str, text: str, found: Sequence[Occurrence], on: date | None) -> Iterator[Mention]:
    """Who and what is named; in a ship's name nothing else is."""
    field, free = "", 0
    for number, one in enumerate(found):
        if one.field != field:
            field, free = one.field, 0
        entry = one.match.entry
        if not entry.is_entity or one.weak or one.match.start < free:
            continue
        key, name, end = entry.id, entry.name, one.match.end
        if entry.with_name:
            name = _full_name(title if field == "title" else text, one)
            end = one.match.start + len(name)
            if end == one.match.end or _known_by_itself(found[number + 1 :], one, end):
                continue
            key = "_".join(_KEY.findall(fold(name)))
        free = end
        latitude, longitude = entry.coordinates or (None, None)
        yield Mention(
            entity=key,
            kind=entry.kind,
            name=name,
            country=entry.country,
            role=entry.role_on(on),
            field=field,
            start=one.match.start,
            end=end,
            wikidata=entry.wikidata,
            latitude=latitude,
            longitude=longitude,
        )


def _full_name(words: str, one: Occurrence) -> str:
    """The words of a match, and the capitalised ones after them."""
    spans = list(islice(names_after(words, one.match.end), _NAME_WORDS))
    end = spans[-1][1] if spans else one.match.end
    return words[one.match.start : end].removesuffix("'s").removesuffix("’s").rstrip(".,")


def _known_by_itself(later: Sequence[Occurrence], one: Occurrence, end: int) -> bool:
    """Whether the name, as far as `end`, is that of another entry of the kind: *Exercise* and *Talisman Sabre*."""
    return any(
        other.match.entry.kind == one.match.entry.kind
        for other in islice(later, _NAME_WORDS)
        if other.field == one.field and other.match.start < end
    )
