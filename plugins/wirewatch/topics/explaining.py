"""How a tag came about, in full: for machines as JSON (here), for people in colour (`showing`) (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from wirewatch.records import ArticleText
from wirewatch.text.language import guess_language
from wirewatch.topics.reasons import Contribution
from wirewatch.topics.records import Mention
from wirewatch.topics.rules import Topic
from wirewatch.topics.tagging import Explanation, explain


@dataclass(frozen=True, slots=True)
class EntityFound:
    """An entity and where the article names it."""

    mention: Mention
    """The first time."""
    times: int


@dataclass(frozen=True, slots=True)
class Account:
    """What one topic says of an article, and how it got there."""

    article: ArticleText
    language: str | None
    topic: Topic
    explanation: Explanation

    @property
    def events(self) -> list[tuple[str, float]]:
        """Event types with their sums, the highest first: the first is that of a core article."""
        sums = {name: self.explanation.sums[name] for name in self.topic.model.events}
        return sorted(sums.items(), key=lambda item: -item[1])

    @property
    def contributions(self) -> list[Contribution]:
        """What each feature adds to the sum that decided, the strongest first."""
        found = self.explanation.contributions(self.explanation.decided_by)
        return sorted(found, key=lambda part: -abs(part.share))

    def reasons_for(self, event: str) -> list[tuple[str, float]]:
        """The words that speak for and against an event type, by entry, with what they add; the strongest first."""
        shares: dict[str, float] = defaultdict(float)
        for contribution in self.explanation.contributions(event):
            for cause in contribution.causes:
                shares[cause.name] += cause.share
        return sorted(shares.items(), key=lambda item: -abs(item[1]))

    @property
    def entities(self) -> list[EntityFound]:
        """What the article names, in the order of first mention."""
        mentions: dict[str, list[Mention]] = {}
        for mention in self.explanation.tag.mentions:
            mentions.setdefault(mention.entity, []).append(mention)
        return [EntityFound(each[0], len(each)) for each in mentions.values()]

    def words_of(self, mention: Mention) -> str:
        """The words of a mention as the article has them."""
        return (self.article.title if mention.field == "title" else self.article.text)[mention.start : mention.end]


def account_of(article: ArticleText, topic: Topic, *, on: date | None = None) -> Account:
    """How `topic` decides about `article`. `on` is the day by which persons have their offices; else its own."""
    language = article.language or guess_language(f"{article.title}\n{article.text}")
    day = on or (article.published_at.date() if article.published_at else None)
    found = explain(topic, article.title, article.text, language=language, on=day)
    return Account(article, language, topic, found)


def accounts_json(accounts: Sequence[Account]) -> dict[str, Any]:
    """The accounts of one article as plain values."""
    article = accounts[0].article
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "language": accounts[0].language,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "topics": [_account_json(account) for account in accounts],
    }


def _account_json(account: Account) -> dict[str, Any]:
    tag, model, sums = account.explanation.tag, account.topic.model, account.explanation.sums
    return {
        "topic": tag.topic,
        "rules_version": tag.rules_version,
        "model_version": model.version,
        "relevance": tag.relevance.value,
        "event": tag.event,
        "event_also": tag.event_also,
        "probability": tag.probability,
        "related_probability": tag.related_probability,
        "decided_by": account.explanation.decided_by,
        "sums": {
            "core": {"bias": model.core.bias, "sum": sums["core"], "from": model.core_from},
            "related": {"bias": model.relevant.bias, "sum": sums["relevant"], "from": model.related_from},
            "events": dict(account.events),
        },
        "events": [asdict(reason) for reason in tag.events],
        "features": list(_features_json(account)),
        "evidence": [asdict(row) for row in tag.evidence],
        "entities": [asdict(found.mention) | {"times": found.times} for found in account.entities],
    }


def _features_json(account: Account) -> Iterator[dict[str, Any]]:
    for part in account.contributions:
        causes = dict.fromkeys(cause.name for cause in part.causes)
        yield {
            "feature": part.feature,
            "value": part.value,
            "weight": part.weight,
            "share": part.share,
            "because_of": list(causes),
        }
