"""Where a site's feeds may be, pure: links of a page, and the usual places.

trafilatura's `feeds.determine_feed` reads the same links, but returns changed addresses without their titles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.records import Entry, ExtractedArticle
from wirewatch.text.html import squeeze
from wirewatch.text.urls import url_key

_FEED_TYPE = re.compile(r"(?:application|text)/(?:(?:x\.|x-)?(?:atom|rss|rdf)(?:\+xml)?|feed\+json)\s*(?:;|$)", re.I)
_FEED_ADDRESS = re.compile(
    r"\.(?:atom|rdf|rss)$|/(?:rss|atom|feed|feeds)(?:/|$|\.(?:xml|json|aspx|php)$)|[?&](?:feed|format)=(?:atom|rdf|rss2?)\b"
    r"|\brss[\w-]*\.(?:xml|aspx|php)$",
    re.I,
)
_COMMENTS = re.compile(r"\bcomments?\b|\bcomentarios\b|\bkommentare\b|\bcommentaires\b", re.I)
_TRIED_BY_OTHERS = re.compile(r"^https?://(?:www\.)?(?:feedly|inoreader|netvibes|add\.my\.yahoo|newsblur)\.", re.I)
_FILES = re.compile(r"\.(?:css|js|png|svg|jpe?g|gif|ico|pdf)$", re.I)

USUAL_PATHS = ("/feed", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml")
"""Where publishing systems put their feed, the most common first."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address at which there may be a feed."""

    url: str
    """As the page writes it, made absolute."""
    title: str
    """What the page calls it; may be empty."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed of the site."""

    url: str
    title: str
    parsed: ParsedFeed

    @property
    def newest_at(self) -> datetime | None:
        """When its newest item was published; None without dates."""
        return max((entry.published_at for entry in self.parsed.entries if entry.published_at), default=None)


@dataclass(frozen=True, slots=True)
class Reading:
    """How an item would be read."""

    entry: Entry
    article: ExtractedArticle | None
    problem: str | None
    """Why there is no article."""


@dataclass(frozen=True, slots=True)
class SiteLook:
    """What was found at an address."""

    site_name: str | None
    """As its front page says in so many words."""
    page_title: str | None
    language: str | None
    feeds: tuple[FoundFeed, ...]


def linked_feeds(tree: HtmlElement, url: str) -> list[Place]:
    """The feeds that the page at `url` links to: by `<link>` in its head, else by what looks like one in its text.

    Each address once, feeds of comments left out.
    """
    base = next((urljoin(url, found) for element in tree.iter("base") if (found := element.get("href"))), url)
    marked = [
        (element.get("href"), element.get("title"))
        for element in tree.iter("link")
        if "alternate" in (element.get("rel") or "").lower().split()
        and (_FEED_TYPE.match(element.get("type") or "") or "feed" in (element.get("rel") or "").lower().split())
    ]
    shown = [(element.get("href"), element.text_content()) for element in tree.iter("a") if _is_feed_link(element)]
    return _places(marked, base) or _places(shown, base)


def home_of(url: str) -> str:
    """The front page of the site of `url`."""
    scheme, authority, *_ = urlsplit(url)
    return f"{scheme}://{authority}/"


def usual_places(url: str) -> list[Place]:
    """Where the site of `url` would have its feed if it does as most do."""
    return [Place(urljoin(home_of(url), path), "") for path in USUAL_PATHS]


def _is_feed_link(element: HtmlElement) -> bool:
    href = (element.get("href") or "").strip()
    address = href.partition("#")[0]
    return bool(_FEED_ADDRESS.search(address)) and not _FILES.search(address) and not _TRIED_BY_OTHERS.match(href)


def _places(found: list[tuple[str | None, str | None]], base: str) -> list[Place]:
    places: dict[str, Place] = {}
    for href, title in found:
        url = _absolute(base, href or "")
        if url and not _COMMENTS.search(f"{url} {title or ''}"):
            places.setdefault(url_key(url), Place(url, squeeze(title or "")))
    return list(places.values())


def _absolute(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, href.strip()).partition("#")[0]
        url = "https" + url[4:] if url.startswith("feed://") else url.removeprefix("feed:")
        url_key(url)
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None
