"""The stage that tags articles.

    topic files ─ sync ─▶ rules in force ─┐
    untagged article ─ take a batch ──────┴─ tag ─▶ news.tag, evidence, mentions

A batch is one transaction: its articles are locked by it, so that two tasks share the work and a killed one leaves
nothing half done. A tag is never overwritten: when article or rules changed, the old one is closed and a new one
opened. Rules are taken from the warehouse, so that a broken file leaves the last good ones in force.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wirewatch.errors import ConfigurationError
from wirewatch.records import Relevance, Tag
from wirewatch.settings import Settings
from wirewatch.topics.rules import Topic, load_topics, topic_from_content
from wirewatch.topics.tagging import tag
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.warehouse.connection import json_value

log = logging.getLogger("wirewatch")

_BATCH = 100
"""Articles of one transaction: about a second of work, so that a killed task loses little."""

_TOPICS_LOCK = 7_206_153
"""Key of the advisory lock; any constant."""


@dataclass(frozen=True, slots=True)
class TopicsReport:
    """What the topic files changed."""

    topics: int = 0
    """Topics in force."""
    changed: int = 0
    """Of these, with rules that were not in force before."""
    ended: int = 0
    """Topics whose file is gone."""


@dataclass(frozen=True, slots=True)
class TagReport:
    """What a task tagged."""

    tagged: int = 0
    """Articles."""
    core: int = 0
    related: int = 0
    gained: int = 0
    """Articles that belong to a topic now, and did not by the tag before."""
    lost: int = 0
    """Articles that belonged to a topic by the tag before, and do not now."""


def sync_topic_files(warehouse: Warehouse, settings: Settings) -> TopicsReport:
    """Bring the topic files into force. Safe to repeat.

    Raises FileProblems with every mistake of every file: then the rules in force stay so.
    """
    topics = load_topics(settings.topics)
    with warehouse.transaction() as rows:
        now = rows.database_time()
        rows.lock_topics(key=_TOPICS_LOCK)
        in_force = {row.topic: row.version for row in rows.topics_in_force()}
        changed = [topic for topic in topics if in_force.get(topic.name) != topic.version]
        ended = sorted(in_force.keys() - {topic.name for topic in topics})
        rows.close_topic_rules(topics=[*ended, *(topic.name for topic in changed)], now=now)
        for topic in changed:
            rows.open_topic_rules(
                topic=topic.name, version=topic.version, title=topic.title, content=json_value(topic.content), now=now
            )
    for topic in changed:
        log.info("topic %s: rules version %s is in force", topic.name, topic.version)
    return TopicsReport(topics=len(topics), changed=len(changed), ended=len(ended))


def tag_topics(warehouse: Warehouse, settings: Settings) -> TagReport:
    """Tag every article whose present version was not tagged, for every topic in force.

    Raises ConfigurationError when no topic was ever in force.
    """
    topics = _topics_in_force(warehouse)
    if not topics:
        raise ConfigurationError(f"no topic is in force; mend the files in {settings.topics} (`wirewatch check`)")
    counts: Counter[str] = Counter()
    while True:
        with warehouse.transaction() as rows:
            articles = rows.untagged_articles(n=_BATCH)
            if not articles:
                return TagReport(**counts)
            counts += _tag_batch(rows, articles, topics)


def relabel_topic(
    warehouse: Warehouse, settings: Settings, topic: str, *, since: str | None = None, until: str | None = None
) -> TagReport:
    """Tag again what other rules of `topic` decided. Goes on where a run that was stopped left off.

    `since` and `until` limit it to articles first seen from the one day to before the other (ISO 8601, UTC).
    Raises FileProblems for a broken topic file, ConfigurationError for an unknown topic or a day that is none.
    """
    sync_topic_files(warehouse, settings)
    rules = next((found for found in _topics_in_force(warehouse) if found.name == topic), None)
    if rules is None:
        raise ConfigurationError(f"topic {topic!r} is not in force; name one that has a file in {settings.topics}")
    limits = {"since": _day("since", since), "until": _day("until", until)}
    counts: Counter[str] = Counter()
    after = 0
    while True:
        with warehouse.transaction() as rows:
            articles = rows.articles_of_other_rules(
                topic=topic, rules_version=rules.version, after=after, n=_BATCH, **limits
            )
            if not articles:
                break
            counts += _tag_batch(rows, articles, [rules])
        after = articles[-1].article_id
        log.info(
            "%s: %d articles tagged again, %d gained, %d lost",
            topic,
            counts["tagged"],
            counts["gained"],
            counts["lost"],
        )
    return TagReport(**counts)


def _topics_in_force(warehouse: Warehouse) -> list[Topic]:
    with warehouse.transaction() as rows:
        return [topic_from_content(row.content) for row in rows.topics_in_force()]


def _day(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{name}={text!r} is no day; write it as 2026-03-01") from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)


def _tag_batch(rows: Transaction, articles: Sequence[Any], topics: Sequence[Topic]) -> Counter[str]:
    """Tags locked articles for `topics`; returns the counts of a TagReport."""
    now = rows.database_time()
    ids = [article.article_id for article in articles]
    names = [topic.name for topic in topics]
    before = {(row.article_id, row.topic): row for row in rows.tags_in_force(article_ids=ids, topics=names)}
    opened: dict[tuple[int, str], tuple[int, Tag]] = {}
    for article in articles:
        for topic in topics:
            old = before.get((article.article_id, topic.name))
            if old is None or (old.version, old.rules_version) != (article.version, topic.version):
                found = tag(
                    topic, article.title, article.text, language=article.language, on=article.reported_at.date()
                )
                opened[article.article_id, topic.name] = article.version, found
    rows.close_tags(tag_ids=[before[key].tag_id for key in opened if key in before], now=now)
    rows.clear_mentions(article_ids=ids, topics=names)
    _save(rows, opened, now)
    rows.mark_tagged(article_ids=ids, now=now)
    counts = Counter(tagged=len(articles))
    for key, (_, found) in opened.items():
        counts[found.relevance.value] += 1
        belonged = key in before and before[key].relevance != Relevance.NONE
        counts["gained"] += key in before and not belonged and found.relevance is not Relevance.NONE
        counts["lost"] += belonged and found.relevance is Relevance.NONE
    del counts[Relevance.NONE.value]
    return counts


def _save(rows: Transaction, opened: dict[tuple[int, str], tuple[int, Tag]], now: datetime) -> None:
    saved = rows.write(
        "open_tags",
        [
            (article, version, topic, found.rules_version, found.relevance.value, found.event, found.score,
             found.probability, now)
            for (article, topic), (version, found) in opened.items()
        ],
    )  # fmt: skip
    ids = {(row.article_id, row.topic): row.tag_id for row in saved}
    rows.write(
        "save_evidence",
        [
            (ids[key], n, row.rule, row.term, row.field, row.start, row.end, row.weight)
            for key, (_, found) in opened.items()
            for n, row in enumerate(found.evidence, start=1)
        ],
    )
    mentions = [
        (article, version, topic, mention)
        for (article, topic), (version, found) in opened.items()
        for mention in found.mentions
    ]
    entities = {m.entity: (m.entity, m.kind, m.name, m.country) for _, _, _, m in mentions}
    # In one order everywhere, so that two tasks that name the same entities never wait for each other in a circle.
    entity_ids = {row.key: row.entity_id for row in rows.write("save_entities", sorted(entities.values()))}
    rows.write(
        "save_mentions",
        [
            (article, version, topic, entity_ids[m.entity], m.role, m.field, m.start, m.end)
            for article, version, topic, m in mentions
        ],
    )
