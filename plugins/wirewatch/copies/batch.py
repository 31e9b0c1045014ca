"""What one transaction of linking works on: new articles, candidates of theirs, and what people said about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.copies.facts import Lexicon
from wirewatch.copies.subjects import Publication, Subject, publication_of, subject_of
from wirewatch.copies.thresholds import WEEKS_AROUND
from wirewatch.records import ArticleText
from wirewatch.warehouse.connection import Transaction

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticlesToLinkRow, PublicationsRow

_WEEK = timedelta(weeks=1)
_EPOCH = datetime(1970, 1, 5, tzinfo=UTC)
"""A Monday."""


def week_of(time: datetime) -> int:
    """The number of the week under which an article first seen at `time` is filed."""
    return (time - _EPOCH) // _WEEK


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article with its row of the warehouse."""

    row: ArticlesToLinkRow
    subject: Subject

    @property
    def week(self) -> int:
        return week_of(self.row.first_seen_at)

    @property
    def weeks(self) -> range:
        return range(self.week - WEEKS_AROUND, self.week + WEEKS_AROUND + 1)


@dataclass(slots=True)
class LinkBatch:
    """The state of one transaction."""

    rows: Transaction
    now: datetime
    lexicons: Sequence[Lexicon]
    work: dict[int, KnownArticle] = field(default_factory=dict)
    """Articles that are matched with all their candidates."""
    others: dict[int, KnownArticle] = field(default_factory=dict)
    """Candidates of theirs."""
    publications: dict[int, Publication] = field(default_factory=dict)
    said: dict[tuple[int, int], str] = field(default_factory=dict)
    """Pairs of which a person said that they are one story, or that neither copies the other; the smaller first."""
    origins: set[int] = field(default_factory=set)
    """Articles of which a person said that they are the origins of their stories."""
    oversized: int = 0
    ignored_keys: int = 0

    def known(self, article: int) -> KnownArticle:
        """An article of the work or a candidate."""
        return self.work.get(article) or self.others[article]

    def load(self, articles: Collection[int]) -> dict[int, KnownArticle]:
        """Articles with their texts."""
        loaded = {}
        for row in self.rows.articles_to_link(articles=sorted(articles)) if articles else ():
            loaded[row.article_id] = KnownArticle(row, subject_of(_article(row, row.text), self.lexicons))
            self.publications[row.article_id] = loaded[row.article_id].subject.publication
        return loaded

    def learn(self, articles: Collection[int]) -> None:
        """Gets the publications of articles that are not known yet."""
        unknown = sorted(set(articles) - self.publications.keys())
        for row in self.rows.publications(articles=unknown) if unknown else ():
            self.publications[row.article_id] = publication_of(_article(row, ""))

    def listen(self, articles: Iterable[int]) -> None:
        """Learns what people said about pairs of `articles`, and which of them are origins."""
        for row in self.rows.story_corrections(articles=sorted(articles)):
            if row.kind == "origin":
                self.origins.add(row.article_id)
            elif row.other_article_id is not None:
                pair = min(row.article_id, row.other_article_id), max(row.article_id, row.other_article_id)
                self.said[pair] = row.kind


def _article(row: ArticlesToLinkRow | PublicationsRow, text: str) -> ArticleText:
    return ArticleText(
        id=row.article_id,
        title=row.title,
        text=text,
        url=row.url,
        outlet=row.outlet,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        language=row.language,
        wire=row.wire,
        canonical_url=row.canonical_url,
        zone_assumed=row.zone_assumed,
        told=row.told,
    )
