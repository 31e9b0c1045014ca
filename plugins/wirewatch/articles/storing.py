"""Articles and their versions into the warehouse, a transaction each."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol
from urllib.parse import urlsplit

from wirewatch.articles.pages import FeedWords, Page
from wirewatch.records import ExtractedArticle
from wirewatch.text.urls import clean_url, url_key
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.warehouse.connection import json_value

_REVISITS = (timedelta(hours=24), timedelta(days=7))
"""After an article was first read. Of the news articles that change within a week, four of five do in the first day."""

_SHINGLE = 3


class ListedArticle(Protocol):
    """What is known of the entry that led to an article."""

    @property
    def entry_id(self) -> int:
        """Identity."""

    @property
    def feed_id(self) -> int:
        """Which feed listed it."""

    @property
    def url_key(self) -> str:
        """Its address."""


def next_revisit(first_read_at: datetime, now: datetime) -> datetime | None:
    """When to look at an article again; None after the last time."""
    return next((at for wait in _REVISITS if (at := first_read_at + wait) > now), None)


def store_article(
    warehouse: Warehouse, entry: ListedArticle, page: Page, article: ExtractedArticle, words: FeedWords
) -> bool:
    """Store what was read from the page of the entries with `entry.url_key`, which are extracted then.

    False when the page's address had an article meanwhile, which the entries take then, when the item stood under
    another address before and its text is the same, or when the feed moved its item to another address meanwhile,
    where it is collected again. Raises WarehouseError when the database refuses.
    """
    now = warehouse.now()
    address = clean_url(page.final_url)
    key, site = url_key(address), site_of(address)
    with warehouse.transaction() as rows:
        earlier = rows.earlier_article(entry_id=entry.entry_id, text_digest=text_digest(article.text))
        if earlier is not None:
            rows.finish_entries(url_keys=[entry.url_key], article_id=earlier, now=now)
            return False
        article_id = rows.insert_article(
            url=address,
            url_key=key,
            canonical_key=_key_or_none(article.canonical_url),
            site=site,
            entry_keys=[entry.url_key],
            revisit_at=next_revisit(now, now),
        )
        new = article_id is not None
        if article_id is not None:
            insert_version(rows, article_id, 1, page.page_id, article, words, now=now, diff_ratio=None)
            if page.page_id is not None and words.title and same_headline(words.title, article.title):
                rows.learn_site(article_id=article_id, site=site, feed_id=entry.feed_id)
        else:
            article_id = rows.find_article(url_key=key)
            if article_id is None:
                return False
        rows.finish_entries(url_keys=[entry.url_key, key], article_id=article_id, now=now)
    return new


def store_told_article(
    warehouse: Warehouse, entry: ListedArticle, page: Page, article: ExtractedArticle, words: FeedWords
) -> bool:
    """Store a feed's own text about a page of another outlet's site: an article of the feed's outlet, "as told by" it.

    The page's own outlet keeps its address and its entries. False when the feed told it before.
    """
    now = warehouse.now()
    address = clean_url(page.final_url)
    key = f"{url_key(address)} as told by feed {entry.feed_id}"
    told = replace(article, canonical_url=None)
    with warehouse.transaction() as rows:
        article_id = rows.insert_told_article(url=address, url_key=key, feed_id=entry.feed_id, entry_id=entry.entry_id)
        new = article_id is not None
        if article_id is not None:
            insert_version(rows, article_id, 1, None, told, words, now=now, diff_ratio=None)
        else:
            article_id = rows.find_article(url_key=key)
        rows.finish_told_entries(feed_id=entry.feed_id, url_key=entry.url_key, article_id=article_id, now=now)
    return new


def insert_version(
    rows: Transaction,
    article_id: int,
    version: int,
    page_id: int | None,
    article: ExtractedArticle,
    words: FeedWords,
    *,
    now: datetime,
    diff_ratio: float | None,
) -> None:
    """Add a version of an article; what the page does not say is taken from the feed."""
    rows.insert_version(
        article_id=article_id,
        version=version,
        page_id=page_id,
        title=article.title,
        text=article.text,
        text_digest=text_digest(article.text),
        authors=list(article.authors or words.authors),
        published_at=article.published_at,
        published_source=article.published_source,
        modified_at=article.modified_at,
        dates=json_value([date.as_json() for date in article.dates]),
        language=article.language,
        canonical_url=article.canonical_url,
        section=article.section,
        wire=article.wire,
        dateline=article.dateline,
        extractor=article.extractor,
        extracted_at=now,
        diff_ratio=diff_ratio,
    )


def site_of(url: str) -> str:
    """The host of a clean address without `www.`: what is compared with the outlets' home pages."""
    return urlsplit(url).netloc.removeprefix("www.")


def same_headline(one: str, other: str) -> bool:
    """Whether two headlines are the same but for case and layout."""
    return _folded(one).casefold() == _folded(other).casefold()


def text_digest(text: str) -> str:
    """SHA-256 of a text with its whitespace folded: equal for texts that differ in layout only."""
    return "sha256:" + hashlib.sha256(_folded(text).encode()).hexdigest()


def changed_share(old: str, new: str) -> float:
    """The share of the text that differs between two versions, 0 to 1.

    One minus the Dice overlap of their word triples (of characters where a script has no spaces), counted with
    repetition: linear in the length, and blind to paragraphs that only moved.
    """
    before, after = _shingles(old), _shingles(new)
    both = before.total() + after.total()
    return 1 - 2 * (before & after).total() / both if both else 0.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    parts: Collection[str] = re.findall(r"[^\W\u2e80-\u9fff\uac00-\ud7a3]+|(?=\w)[\u2e80-\u9fff\uac00-\ud7a3]", text)
    return Counter(zip(*(islice(parts, n, None) for n in range(min(_SHINGLE, len(parts)))), strict=False))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _key_or_none(url: str | None) -> str | None:
    try:
        return url_key(url) if url else None
    except ValueError:
        return None
