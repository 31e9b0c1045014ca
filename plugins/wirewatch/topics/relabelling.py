"""The stage that tags the past again when a topic's rules changed.

    topic files ─ sync ─▶ topics with tags of other rules ─▶ take a batch ─▶ repeat or replace each tag

A batch is one transaction, and what was tagged by the rules in force is not taken again: a run that was stopped, or
killed at any instruction, is simply started again. Parts of the work can be done side by side.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from wirewatch.errors import ConfigurationError
from wirewatch.settings import Settings
from wirewatch.topics.difference import Difference
from wirewatch.topics.labelling import sync_topic_files
from wirewatch.topics.rules import Topic, topic_from_content
from wirewatch.topics.storing import ArticleToTag, TagReport, tag_batch
from wirewatch.warehouse import Transaction, Warehouse

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import TagsInForceRow

log = logging.getLogger("wirewatch")

_BATCH = 200
"""Articles of one transaction: a second of work at most, so that a killed task loses little."""
_HELD_S = 0.5
"""Pause before looking again at articles that others held."""
_TOLD = 20
"""Changed articles of each kind that the log names; the view news.tag_changes has all."""


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """How the tags in force differ from those of the rules before: articles."""

    gained: int = 0
    lost: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """Which articles are tagged again: those first seen from `since` to before `until`, and of these one part."""

    since: datetime | None = None
    until: datetime | None = None
    part: int = 0
    parts: int = 1

    @classmethod
    def of_days(cls, since: str | None, until: str | None, part: int = 0, parts: int = 1) -> Share:
        """The share between days in ISO 8601, UTC; None is without limit. Raises ConfigurationError."""
        share = cls(_day("since", since), _day("until", until), part, parts)
        if share.since and share.until and share.since >= share.until:
            raise ConfigurationError(f"since={since} is not before until={until}: no article is between; swap the days")
        return share


def outdated_topics(
    warehouse: Warehouse,
    settings: Settings,
    topic: str | None = None,
    *,
    since: str | None = None,
    until: str | None = None,
) -> list[str]:
    """Brings the topic files into force; gives the topics (of all, or `topic` alone) with tags that others decided.

    Raises FileProblems for a broken topic file, ConfigurationError for an unknown topic or invalid days.
    """
    share = Share.of_days(since, until)
    sync_topic_files(warehouse, settings)
    with warehouse.transaction() as rows:
        names = [topic] if topic else [row.topic for row in rows.topics_in_force()]
        topics = [_in_force(rows, settings, name) for name in names]
        return [rules.name for rules in topics if _is_left(rows, rules, share)]


def relabel_topic(
    warehouse: Warehouse,
    settings: Settings,
    topic: str,
    *,
    since: str | None = None,
    until: str | None = None,
    part: int = 0,
    parts: int = 1,
) -> TagReport:
    """Tags again, by the rules in force, what other rules of `topic` decided. Goes on where a stopped run left off.

    `since` and `until` limit it to articles first seen from the one day to before the other (ISO 8601, UTC). Of `parts`
    parts it does number `part`, from 0. Raises ConfigurationError for an unknown topic or invalid days.
    """
    share = Share.of_days(since, until, part, parts)
    rules: _Rules | None = None
    report, after = TagReport(), 0
    while True:
        with warehouse.transaction() as rows:
            # Newer rules may come into force meanwhile; then they decide, also about what was done already.
            if rules is None or rows.rules_version_in_force(topic=topic) != rules.topic.version:
                rules, after = _Rules(_in_force(rows, settings, topic)), 0
            articles = rows.articles_of_other_rules(
                topic=topic, rules_version=rules.topic.version, after=after, n=_BATCH, **asdict(share)
            )
            if articles:
                report += tag_batch(rows, articles, [rules.topic], partial(rules.hold, rows))
            elif not _is_left(rows, rules.topic, share):
                return report
        if articles:
            after = articles[-1].article_id
            log.info(
                "%s: %d articles tagged again (%d with the evidence of before), %d gained, %d lost, %d moved",
                topic,
                report.tagged,
                report.repeated,
                report.gained,
                report.lost,
                report.moved,
            )
        else:
            # What is left was held by others, who let go within seconds.
            after = 0
            time.sleep(_HELD_S)


def _is_left(rows: Transaction, rules: Topic, share: Share) -> bool:
    return rows.has_articles_of_other_rules(topic=rules.name, rules_version=rules.version, **asdict(share))


class _Rules:
    """The rules in force, and how they differ from those that decided before."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self._differences: dict[str, Difference] = {}

    def hold(self, rows: Transaction, old: TagsInForceRow, article: ArticleToTag) -> bool:
        """Whether they decide about `article` as the tag `old` does, word for word."""
        if old.rules_version not in self._differences:
            content = rows.rules_of_version(topic=self.topic.name, version=old.rules_version)
            self._differences[old.rules_version] = Difference(topic_from_content(content), self.topic)
        return self._differences[old.rules_version].spares(article.title, article.text, article.language)


def report_changes(warehouse: Warehouse, settings: Settings, topic: str) -> ChangeReport:
    """What the rules in force changed against those before them, over all runs; the log names the likeliest.

    Raises ConfigurationError for an unknown topic.
    """
    with warehouse.transaction() as rows:
        rules = _in_force(rows, settings, topic)
        changes = rows.rules_changes(topic=topic, rules_version=rules.version)
    told: Counter[str] = Counter()
    for row in changes:
        told[row.change] += 1
        if told[row.change] <= _TOLD:
            old, new = (_shown(row.old_relevance, row.old_event), _shown(row.relevance, row.event))
            log.info("%s %s: article %d, %s → %s: %s", topic, row.change, row.article_id, old, new, row.title)
    log.info(
        "%s: rules version %s changed %d articles; all of them: news.tag_changes", topic, rules.version, len(changes)
    )
    return ChangeReport(gained=told["gained"], lost=told["lost"], moved=told["moved"])


def _shown(relevance: str, event: str | None) -> str:
    return f"{relevance} {event}" if event else relevance


def _in_force(rows: Transaction, settings: Settings, topic: str) -> Topic:
    contents = {row.topic: row.content for row in rows.topics_in_force()}
    if topic not in contents:
        known = ", ".join(contents) or "none"
        raise ConfigurationError(
            f"topic {topic!r} is not in force (in force: {known}); name one that has a file in {settings.topics}"
        )
    return topic_from_content(contents[topic])


def _day(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{name}={text!r} is no day; write it as 2026-03-01") from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)
