"""Helpers for tests of stages: loopback sites served by a thread, feeds and entries put into the warehouse."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

from tests.web.site import Site
from wirewatch.text.urls import host_key, url_key

FIRST_SEEN = datetime(2026, 6, 3, 12, tzinfo=UTC)
TEXT = (
    "The destroyer sailed through the strait on Tuesday, the fleet said in a statement.",
    "Officials in the capital called the passage routine and said that the ship had kept to international waters.",
    "Two aircraft of the other side followed the ship for most of the day, a spokesman told reporters in the port.",
)


class Sites:
    """Sites served by a thread, so that the stage can run its own event loop in the test's."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.opened: list[Site] = []

    def open(self, address: str = "127.0.0.1") -> Site:
        site = Site(address)
        self._run(site.__aenter__())
        site.pages["/robots.txt"] = (404, {}, b"")
        self.opened.append(site)
        return site

    def close(self, site: Site) -> None:
        self._run(site.__aexit__())
        self.opened.remove(site)

    def _run(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def stop(self) -> None:
        for site in list(self.opened):
            self.close(site)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


class Newsdesk:
    """Puts feeds and entries into the warehouse, and looks at what became of them."""

    def __init__(self, cursor) -> None:
        self.cursor = cursor

    def feed(self, key: str, homepage: str = "https://example.com/", timezone: str | None = None) -> int:
        self.cursor.execute(
            "insert into news.outlet (key, name, homepage, country, language, kind, ownership, perspective, timezone)"
            " values (%s, %s, %s, 'US', 'en', 'newspaper', 'private', 'us', %s) returning outlet_id",
            (key, key.title(), homepage, timezone),
        )
        outlet_id = self.cursor.fetchone()[0]
        self.cursor.execute(
            "insert into ingest.feed (outlet_id, url, name, host, next_poll_at, added_at)"
            " values (%s, %s, 'news', 'feeds', now(), now()) returning feed_id",
            (outlet_id, f"https://feeds.example/{key}"),
        )
        return self.cursor.fetchone()[0]

    def entry(self, feed_id: int, url: str, **columns) -> int:
        row = {
            "feed_id": feed_id,
            "identity": columns.pop("identity", url),
            "identity_kind": "guid",
            "url": url,
            "url_key": url_key(url),
            "host": host_key(url),
            "title": "Title in the feed",
            "digest": "x",
            "first_seen_at": FIRST_SEEN,
            "last_seen_at": FIRST_SEEN,
            "state": "new",
            "state_at": FIRST_SEEN,
            "next_try_at": FIRST_SEEN,
            **columns,
        }
        names = ", ".join(row)
        marks = ", ".join(["%s"] * len(row))
        self.cursor.execute(
            f"insert into ingest.entry ({names}) values ({marks}) returning entry_id", list(row.values())
        )
        return self.cursor.fetchone()[0]

    def one(self, query: str, *parameters):
        self.cursor.execute(query, parameters)
        return self.cursor.fetchone()

    def all(self, query: str, *parameters):
        self.cursor.execute(query, parameters)
        return self.cursor.fetchall()

    def state(self, entry_id: int) -> tuple[str, str | None]:
        return self.one("select state, reason from ingest.entry where entry_id = %s", entry_id)

    def due_now(self) -> None:
        """Hours pass: every wait is over."""
        self.cursor.execute(
            "update ingest.entry set next_try_at = next_try_at - interval '10 days' where state = 'new'"
        )
        self.cursor.execute("update ingest.host set next_visit_at = '-infinity', robots_expires_at = null")

    def leases_end(self) -> None:
        self.cursor.execute(
            "update ingest.entry set lease_until = now() - interval '1 second' where lease_until is not null"
        )
