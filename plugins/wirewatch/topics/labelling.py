"""The stage that tags articles.

    topic files ─ sync ─▶ rules in force ─┐
    untagged article ─ take a batch ──────┴─ tag ─▶ news.tag, evidence, mentions

A batch is one transaction: its articles are locked by it, so that two tasks share the work and a killed one leaves
nothing half done. A tag is never overwritten: when article or rules changed, the old one is closed and a new one
opened. Rules are taken from the warehouse, so that a broken file leaves the last good ones in force.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from wirewatch.settings import Settings
from wirewatch.topics.rules import files_digest, load_topics, topic_from_content
from wirewatch.topics.storing import TagReport, tag_batch
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import json_value

log = logging.getLogger("wirewatch")

_BATCH = 100
"""Articles of one transaction: about a second of work, so that a killed task loses little."""


@dataclass(frozen=True, slots=True)
class TopicsReport:
    """What the topic files changed."""

    topics: int = 0
    """Topics in force."""
    changed: int = 0
    """Of these, with rules that were not in force before."""
    ended: int = 0
    """Topics whose file is gone."""


def sync_topic_files(warehouse: Warehouse, settings: Settings) -> TopicsReport:
    """Bring the topic files into force. Safe to repeat; files that were found sound and in force are not read again.

    Raises FileProblems with every mistake of every file: then the rules in force stay so.
    """
    files = files_digest(settings.topics)
    with warehouse.transaction() as rows:
        in_force = {row.topic: row.version for row in rows.topic_versions_in_force()}
        if files is not None and rows.topic_files_read() == _read_digest(files, in_force):
            return TopicsReport(topics=len(in_force))
    topics = load_topics(settings.topics)
    with warehouse.transaction() as rows:
        now = rows.database_time()
        rows.lock_topics()
        in_force = {row.topic: row.version for row in rows.topic_versions_in_force()}
        changed = [topic for topic in topics if in_force.get(topic.name) != topic.version]
        ended = sorted(in_force.keys() - {topic.name for topic in topics})
        rows.close_topic_rules(topics=[*ended, *(topic.name for topic in changed)], now=now)
        for topic in changed:
            rows.open_topic_rules(
                topic=topic.name, version=topic.version, title=topic.title, content=json_value(topic.content), now=now
            )
        if files is not None and files == files_digest(settings.topics):  # not edited while they were read
            rows.keep_topic_files_read(
                digest=_read_digest(files, {topic.name: topic.version for topic in topics}), now=now
            )
    for topic in changed:
        log.info("topic %s: rules version %s is in force", topic.name, topic.version)
    return TopicsReport(topics=len(topics), changed=len(changed), ended=len(ended))


def _read_digest(files: str, in_force: Mapping[str, str]) -> str:
    """Digest of files and of the versions in force that came of them."""
    versions = " ".join(f"{topic}:{version}" for topic, version in sorted(in_force.items()))
    return hashlib.sha256(f"{files} {versions}".encode()).hexdigest()


def tag_topics(warehouse: Warehouse, settings: Settings) -> TagReport:
    """Tag every article whose current version was not tagged, for every topic in force.

    Before the first topic is in force nothing is tagged: articles wait, and the log says so.
    """
    report = TagReport()
    with warehouse.transaction() as rows:
        in_force = rows.topics_in_force()
        if not in_force:
            log.warning("no topic is in force: poll_feeds brings %s into force; articles wait", settings.topics)
            return report
        if not rows.untagged_articles(n=1):
            return report  # before the rules are made ready, which takes a second
    topics = [topic_from_content(row.content) for row in in_force]
    while True:
        with warehouse.transaction() as rows:
            articles = rows.untagged_articles(n=_BATCH)
            if not articles:
                return report
            report += tag_batch(rows, articles, topics)
            rows.mark_tagged(article_ids=[article.article_id for article in articles], now=rows.database_time())
