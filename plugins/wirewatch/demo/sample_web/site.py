"""What the sample web answers when nothing is broken: a pure function of host, path, validators and the clock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache

from wirewatch.demo.sample_web import feeds, pages
from wirewatch.demo.sample_web.outlets import FeedSpec, Outlet, outlets
from wirewatch.demo.sample_web.stories import WEEK_START, Article, articles


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    listed: tuple[feeds.Item, ...] = ()
    """What it lists, when it is a feed."""

    def header(self, name: str) -> str | None:
        """The header called `name`, whatever its case; None when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def answer(outlet: Outlet, path: str, port: int, now: datetime) -> Answer:
    """The full answer to a GET of `path` (without its query) as of `now`."""
    if path == "/robots.txt":
        return _ok(_robots(outlet), "text/plain; charset=utf-8", WEEK_START)
    if path == "/":
        return _ok(*pages.front(outlet, now), now)
    found = _addresses().get((outlet.key, path))
    if isinstance(found, FeedSpec):
        feed = feeds.render(outlet, found, port, now)
        return _ok(feed.body, feed.content_type, feed.modified, feed.items)
    if found is None or found.published > now:
        return _plain(404, "Not found")
    if found.removed is not None and found.removed <= now:
        return _plain(410, "This article is no longer available")
    article = found.as_of(now)
    return _ok(*pages.render(article, port, amp=path == article.amp_path), article.modified)


def unchanged(answer: Answer, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether 304 is the correct response (RFC 9110, 13.1.2 and 13.1.3: the date counts only without an ETag)."""
    if answer.status != 200:
        return False
    if if_none_match is not None:
        known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in known or answer.header("ETag") in known
    modified = answer.header("Last-Modified")
    if if_modified_since is None or modified is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return parsedate_to_datetime(modified) <= since


@cache
def _addresses() -> dict[tuple[str, str], FeedSpec | Article]:
    known: dict[tuple[str, str], FeedSpec | Article] = {
        (outlet.key, feed.path): feed for outlet in outlets().values() for feed in outlet.feeds
    }
    for article in articles().values():
        known[article.outlet.key, article.path] = article
        if article.amp_path:
            known[article.outlet.key, article.amp_path] = article
    return known


def _ok(body: bytes, content_type: str, modified: datetime, listed: tuple[feeds.Item, ...] = ()) -> Answer:
    headers = (
        ("Content-Type", content_type),
        ("ETag", f'"{hashlib.sha256(body).hexdigest()[:20]}"'),
        ("Last-Modified", format_datetime(modified, usegmt=True)),
    )
    return Answer(200, headers, body, listed)


def _plain(status: int, message: str) -> Answer:
    body = f"<html><head><title>{message}</title></head><body><h1>{message}</h1></body></html>"
    return Answer(status, (("Content-Type", "text/html; charset=utf-8"),), body.encode())


def _robots(outlet: Outlet) -> bytes:
    lines = ["User-agent: *", f"Disallow: {outlet.disallow or '/wp-admin/'}"]
    if outlet.crawl_delay:
        lines.append(f"Crawl-delay: {outlet.crawl_delay:g}")
    return ("\n".join(lines) + "\n").encode()
