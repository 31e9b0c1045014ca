"""How a tag came about, in full: for machines as JSON (here), for people in colour (`showing`) (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from wirewatch.records import ArticleText, Mention
from wirewatch.text.language import guess_language
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
    def relevant(self) -> float:
        """Log-odds of core or related; related from 0."""
        return self.topic.model.relevant.of(self.explanation.whole)

    @property
    def relevant_shares(self) -> dict[str, float]:
        """What each feature of the whole article adds to that, the strongest first."""
        return self.topic.model.relevant.shares(self.explanation.whole)

    @property
    def events(self) -> list[tuple[str, float]]:
        """Event types with their sums, the highest first: the first is that of a core article."""
        sums = {name: part.of(self.explanation.values) for name, part in self.topic.model.events.items()}
        return sorted(sums.items(), key=lambda item: -item[1])

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
    tag, model = account.explanation.tag, account.topic.model
    return {
        "topic": tag.topic,
        "rules_version": tag.rules_version,
        "model_version": model.version,
        "relevance": tag.relevance.value,
        "event": tag.event,
        "probability": tag.probability,
        "sums": {
            "core": {"bias": model.core.bias, "sum": tag.score, "from": model.core_from},
            "related": {
                "bias": model.relevant.bias,
                "sum": account.relevant,
                "from": 0.0,
                "shares": account.relevant_shares,
            },
            "events": dict(account.events),
        },
        "features": list(_features_json(account)),
        "evidence": [asdict(row) for row in tag.evidence],
        "entities": [asdict(found.mention) | {"times": found.times} for found in account.entities],
    }


def _features_json(account: Account) -> Iterator[dict[str, Any]]:
    for part in sorted(account.explanation.contributions, key=lambda part: -abs(part.share)):
        causes = dict.fromkeys(cause.name for cause in part.causes)
        yield {
            "feature": part.feature,
            "value": part.value,
            "weight": part.weight,
            "share": part.share,
            "because_of": list(causes),
        }
