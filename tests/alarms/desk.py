"""A warehouse with a past: outlets, feeds, polls, entries and articles, as the stages would have left them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import psycopg2


class Desk:
    """Writes rows; `now` is the end of the past that it writes."""

    def __init__(self, cursor: psycopg2.extensions.cursor, now: datetime) -> None:
        self._cursor = cursor
        self.now = now
        self._numbers = count(1)

    def ago(self, **delta: float) -> datetime:
        return self.now - timedelta(**delta)

    def feed(self, host: str = "desk.test", *, outlet: str | None = None, added_days_ago: float = 60, **columns: Any):
        """A healthy feed, polled a minute ago, but for the given columns; returns its id."""
        number = next(self._numbers)
        outlet_id = self.outlet(outlet or f"outlet_{number}")
        values = {
            "outlet_id": outlet_id,
            "url": f"https://{host}/feed/{number}",
            "name": f"feed {number}",
            "host": host,
            "added_at": self.ago(days=added_days_ago),
            "next_poll_at": self.ago(days=-90),
            "health": "healthy",
            "last_polled_at": self.ago(minutes=1),
            "last_success_at": self.ago(minutes=1),
            **columns,
        }
        return self._insert("ingest.feed", values, "feed_id")

    def outlet(self, key: str) -> int:
        self._cursor.execute("select outlet_id from news.outlet where key = %s", (key,))
        known = self._cursor.fetchone()
        if known:
            return known[0]
        fixed = {"country": "US", "language": "en", "kind": "newspaper", "ownership": "private", "perspective": "us"}
        return self._insert("news.outlet", {"key": key, "name": key, **fixed}, "outlet_id")

    def poll(self, feed_id: int, at: datetime, *, outcome: str = "nothing_new", **columns: Any) -> None:
        values = {"feed_id": feed_id, "polled_at": at, "duration_ms": 5, "outcome": outcome, "health": "healthy"}
        self._insert("ingest.poll", {**values, **columns}, "poll_id")

    def entry(self, feed_id: int, at: datetime, *, host: str = "desk.test", state: str = "new", **columns: Any) -> int:
        number = next(self._numbers)
        url = f"https://{host}/{number}"
        values = {
            "feed_id": feed_id,
            "identity": url,
            "identity_kind": "link",
            "url": url,
            "url_key": url,
            "host": host,
            "title": f"title {number}",
            "digest": "d",
            "first_seen_at": at,
            "last_seen_at": at,
            "state": state,
            "state_at": at,
            "next_try_at": at,
            **columns,
        }
        return self._insert("ingest.entry", values, "entry_id")

    def dropped(self, feed_id: int, at: datetime, reason: str, **columns: Any) -> int:
        return self.entry(feed_id, at, state="dropped", reason=reason, **columns)

    def article(
        self, feed_id: int, at: datetime, *, host: str = "desk.test", text: str | None = None, **version: Any
    ) -> int:
        """An article read at `at`, with its page and an entry that is extracted; returns the article's id."""
        number = next(self._numbers)
        url = f"https://{host}/{number}"
        page_id = self.page(url, at)
        self._cursor.execute("begin")
        self._cursor.execute("select outlet_id from ingest.feed where feed_id = %s", (feed_id,))
        article_id = self._insert(
            "news.article",
            {"outlet_id": self._cursor.fetchone()[0], "url": url, "url_key": url, "first_seen_at": at},
            "article_id",
        )
        words = text or f"words of article {number}. " * 40
        values = {
            "article_id": article_id,
            "version": 1,
            "page_id": page_id,
            "title": f"title {number}",
            "text": words,
            "text_digest": words,
            "authors": ["A. Reporter"],
            "language": "en",
            "published_at": at,
            "published_source": "feed:published",
            "extractor": "test",
            "extracted_at": at,
            **version,
        }
        self._insert("news.article_version", values, "version")
        self._cursor.execute("commit")
        self.entry(
            feed_id, at, host=host, state="extracted", article_id=article_id, page_id=page_id, url=url, url_key=url
        )
        return article_id

    def page(self, url: str, at: datetime) -> int:
        number = next(self._numbers)
        values = {
            "url": url,
            "final_url": url,
            "fetched_at": at,
            "http_status": 200,
            "bytes": 10,
            "archive_file": f"{number}.warc.gz",
            "archive_offset": 0,
            "archive_length": 10,
            "digest": "sha1:x",
        }
        return self._insert("ingest.page", values, "page_id")

    def run(self, statement: str, *parameters: Any) -> None:
        self._cursor.execute(statement, parameters)

    def _insert(self, table: str, values: dict[str, Any], key: str) -> int:
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        self._cursor.execute(f"insert into {table} ({names}) values ({marks}) returning {key}", list(values.values()))
        return self._cursor.fetchone()[0]
