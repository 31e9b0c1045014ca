"""What a perfect reader would find in the sample web, derived from the articles as they were written.

Two articles belong to one story when a chain of copies links them. `partial` links share a passage only, and `near`
ones are recorded as copies too; only `partial` never joins stories.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict, dataclass
from datetime import datetime

from wirewatch.demo.sample_web.stories import Article, articles
from wirewatch.records import CopyKind


@dataclass(frozen=True, slots=True)
class TrueArticle:
    """The truth about one address."""

    id: str
    url: str
    aliases: tuple[str, ...]
    """Other addresses of the same article, such as its AMP page."""
    outlet: str
    title: str
    text: str
    """Main text, paragraphs separated by one newline."""
    published: datetime
    modified: datetime
    authors: tuple[str, ...]
    language: str
    wire: str | None
    """The news agency that its page names as its source."""
    relevance: str
    event: str | None
    happening: str
    """What happened; independent reports of one event share it and are not copies."""
    story: str
    """Id of the story's origin: all its copies carry the same."""
    origin: str
    """Address of the origin."""
    copies: tuple[tuple[str, str], ...]
    """(address of what it copies, kind); what it was made from, not every other copy."""
    drop: str | None
    """Reason for which its entry must be dropped; None when its article can be read, or was before it was removed."""
    removed: bool
    """Its page has been taken down."""

    def as_json(self) -> dict[str, object]:
        """Its fields, times in ISO 8601."""
        return asdict(self) | {"published": self.published.isoformat(), "modified": self.modified.isoformat()}


def truth(port: int, now: datetime, read: Set[str] = frozenset()) -> dict[str, TrueArticle]:
    """The truth by address, for what had been published by `now` when the sample web serves on `port`.

    `read` are the addresses whose pages somebody got: such an article is not lost when its page is removed.
    """
    found = {}
    for article in articles().values():
        if article.published <= now:
            true = _true(article.as_of(now), port, now, read)
            found[true.url] = true
    return found


def origin(article: Article) -> Article:
    """The article that `article` goes back to: itself when it copies nothing."""
    while article.of is not None and article.kind != CopyKind.PARTIAL:
        article = articles()[article.of]
    return article


def address(article: Article, port: int) -> str:
    """The URL of `article` when the sample web serves on `port`."""
    return f"http://{article.outlet.address}:{port}{article.path}"


def _true(article: Article, port: int, now: datetime, read: Set[str]) -> TrueArticle:
    first = origin(article)
    removed = article.removed is not None and article.removed <= now
    url = address(article, port)
    return TrueArticle(
        id=article.id,
        url=url,
        aliases=(f"http://{article.outlet.address}:{port}{article.amp_path}",) if article.amp_path else (),
        outlet=article.outlet.key,
        title=article.title,
        text=article.text,
        published=article.published,
        modified=article.modified,
        authors=article.authors,
        language=article.outlet.language,
        wire=article.credit,
        relevance=str(article.relevance),
        event=article.event,
        happening=article.happening,
        story=first.id,
        origin=address(first, port),
        copies=((address(articles()[article.of], port), str(article.kind)),) if article.of else (),
        drop="gone" if removed and url not in read else article.dropped,
        removed=removed,
    )
