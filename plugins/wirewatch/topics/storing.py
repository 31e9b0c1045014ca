"""A batch of articles, tagged and stored in the transaction that locks them.

    article, rules ─▶ the old tag still holds? ─ yes ─▶ leave it, or repeat it under the new rules
                                               └ no ──▶ close it ─▶ tag ─▶ news.tag, evidence, mentions
                                                        a review in force? ─▶ it closes the machine's tag at once

A tag is never overwritten. Both labelling and relabelling go through here, so that they leave the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from wirewatch.records import Relevance
from wirewatch.topics.records import Tag
from wirewatch.topics.rules import Topic
from wirewatch.topics.tagging import tag
from wirewatch.warehouse import Transaction
from wirewatch.warehouse.connection import json_value

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticlesOfOtherRulesRow, TagsInForceRow, UntaggedArticlesRow

ArticleToTag: TypeAlias = "UntaggedArticlesRow | ArticlesOfOtherRulesRow"
"""A row with an article's words, language and time."""
Holds: TypeAlias = "Callable[[TagsInForceRow, ArticleToTag], bool]"
"""Whether an old tag (a row of `tags_in_force`) of an article (a row) is what the new rules would decide."""


@dataclass(frozen=True, slots=True)
class TagReport:
    """What was tagged."""

    tagged: int = 0
    """Articles."""
    core: int = 0
    related: int = 0
    repeated: int = 0
    """Tags that newer rules repeat, evidence and all; not counted under core and related."""
    gained: int = 0
    """Articles that belong to a topic now, and did not by the tag before."""
    lost: int = 0
    """Articles that belonged to a topic by the tag before, and do not now."""
    moved: int = 0
    """Articles that belong before and after, with another relevance or event."""

    def __add__(self, other: TagReport) -> TagReport:
        return TagReport(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def tag_batch(
    rows: Transaction,
    articles: Sequence[ArticleToTag],
    topics: Sequence[Topic],
    holds: Holds = lambda old, article: False,
) -> TagReport:
    """Tags articles, which `rows` has locked, for `topics`, where that is still to do."""
    ids, names = [article.article_id for article in articles], [topic.name for topic in topics]
    before = {(row.article_id, row.topic): row for row in rows.tags_in_force(article_ids=ids, topics=names)}
    # No tag begins before the one that it takes the place of, also when the clock went back.
    now = max([rows.database_time(), *(old.valid_from for old in before.values())])
    opened: list[_Opened] = []
    repeated: dict[str, list[int]] = defaultdict(list)
    for article in articles:
        for topic in topics:
            old = before.get((article.article_id, topic.name))
            same_words = old if old is not None and old.version == article.version else None
            if same_words and same_words.rules_version == topic.version:
                continue
            if same_words and holds(same_words, article):
                repeated[topic.version].append(same_words.tag_id)
            else:
                found = tag(
                    topic, article.title, article.text, language=article.language, on=article.reported_at.date()
                )
                opened.append(_Opened(article.article_id, article.version, found, old))
    closed = [one.old.tag_id for one in opened if one.old is not None]
    rows.close_tags(tag_ids=closed + [tag_id for tag_ids in repeated.values() for tag_id in tag_ids], now=now)
    for version, tag_ids in repeated.items():
        rows.repeat_tags(tag_ids=tag_ids, rules_version=version, now=now)
    _store(rows, opened, now)
    rows.obey_reviews(article_ids=ids, topics=names)
    return _counted(len(articles), opened, sum(map(len, repeated.values())))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A new tag, and the row of the one that it takes the place of."""

    article: int
    version: int
    tag: Tag
    old: TagsInForceRow | None

    @property
    def key(self) -> tuple[int, str]:
        return self.article, self.tag.topic

    @property
    def change(self) -> str | None:
        """The field of TagReport that counts it; None for a first tag and for one that decides as before."""
        # An editor's decision is restored at once.
        if (
            self.old is None
            or self.old.method == "review"
            or (self.old.relevance, self.old.event) == (self.tag.relevance, self.tag.event)
        ):
            return None
        if self.old.relevance == Relevance.NONE:
            return "gained"
        return "lost" if self.tag.relevance is Relevance.NONE else "moved"


def _counted(articles: int, opened: Sequence[_Opened], repeated: int) -> TagReport:
    changes = [one.change for one in opened]
    relevance = [one.tag.relevance for one in opened]
    return TagReport(
        tagged=articles,
        core=relevance.count(Relevance.CORE),
        related=relevance.count(Relevance.RELATED),
        repeated=repeated,
        gained=changes.count("gained"),
        lost=changes.count("lost"),
        moved=changes.count("moved"),
    )


def _store(rows: Transaction, opened: Sequence[_Opened], now: datetime) -> None:
    rows.clear_mentions([one.key for one in opened])
    saved = rows.open_tags([
            (one.article, one.version, one.tag.topic, one.tag.rules_version, one.tag.relevance.value, one.tag.event,
             one.tag.event_also, one.tag.score, one.tag.probability, one.tag.related_probability,
             json_value([asdict(reason) for reason in one.tag.events]), now, one.old.tag_id if one.old else None)
            for one in opened
        ],
    )  # fmt: skip
    ids = {(row.article_id, row.topic): row.tag_id for row in saved}
    rows.save_evidence(
        [
            (ids[one.key], n, row.rule, row.term, row.field, row.start, row.end, row.weight)
            for one in opened
            for n, row in enumerate(one.tag.evidence, start=1)
        ],
    )
    entity_ids = _entity_ids(rows, opened)
    rows.save_mentions(
        [
            (one.article, one.version, one.tag.topic, entity_ids[m.entity], m.role, m.field, m.start, m.end)
            for one in opened
            for m in one.tag.mentions
        ],
    )


def _entity_ids(rows: Transaction, opened: Sequence[_Opened]) -> dict[str, int]:
    """The ids of the entities mentioned, by key; those that are new or have another name are stored.

    The others are not touched: every batch names the same few, and tasks would wait for each other's rows. What is
    stored is stored in one order everywhere, so that two tasks never wait for each other in a circle.
    """
    entities = {
        m.entity: (m.entity, m.kind, m.name, m.country, m.wikidata, m.latitude, m.longitude)
        for one in opened
        for m in one.tag.mentions
    }
    known = {row.key: row for row in rows.known_entities(keys=list(entities))} if entities else {}
    ids = {key: row.entity_id for key, row in known.items()}
    outdated = [entity for key, entity in sorted(entities.items()) if key not in known or known[key][1:] != entity]
    return ids | {row.key: row.entity_id for row in rows.save_entities(outdated)}
