"""A first look at a site: which feeds it has, what they list, and how their newest items would be read.

All visits are those of the pipeline: the same client with its checks, robots.txt obeyed, the host's slot awaited.
Nothing is stored but what robots.txt says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from lxml.html import HtmlElement

from wirewatch.articles.extraction.head import read_head
from wirewatch.articles.extraction.parsing import parse_html
from wirewatch.articles.pages import FeedWords, Page, read_page
from wirewatch.articles.reading import ExtractionPool
from wirewatch.errors import ExtractionError, FetchError, WirewatchError
from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.feeds.parser.news_sitemap import sitemaps_of_index
from wirewatch.feeds.polling import MAX_FEED_BYTES
from wirewatch.feeds.reading import FeedReader
from wirewatch.intake.discovery import FoundFeed, Place, Reading, SiteLook, home_of, linked_feeds, usual_places
from wirewatch.records import Entry, Response
from wirewatch.settings import Settings
from wirewatch.text.encoding import decode
from wirewatch.warehouse import Warehouse
from wirewatch.web.client import Accept, WebClient
from wirewatch.web.politeness import worker_name
from wirewatch.web.visitor import Visitor

_Found = TypeVar("_Found")
Say = Callable[[str], None]

_MOST_PLACES = 12
"""Addresses of one kind that are tried: each waits for the host's slot."""
_OLDEST = datetime.min.replace(tzinfo=UTC)


def look_at(url: str, warehouse: Warehouse, settings: Settings, say: Say) -> SiteLook:
    """The feeds of the site at `url`, or the feed at `url`.

    Raises WirewatchError, with what was tried, when no feed is found; FetchError when the address can't be visited.
    """
    return asyncio.run(_with_visitor(warehouse, settings, lambda visitor: _look_at(url, visitor, say)))


def read_newest(
    feeds: Iterable[FoundFeed], n: int, warehouse: Warehouse, settings: Settings, *, zone: str | None = None
) -> list[Reading]:
    """How the `n` newest items of `feeds` would be read, each address once. `zone` is the outlet's."""
    entries = {entry.url: entry for feed in feeds for entry in feed.parsed.entries if entry.url}
    newest = sorted(entries.values(), key=lambda entry: entry.published_at or _OLDEST, reverse=True)[:n]
    return asyncio.run(_with_visitor(warehouse, settings, lambda visitor: _read_all(newest, visitor, zone)))


async def _with_visitor(
    warehouse: Warehouse, settings: Settings, work: Callable[[Visitor], Awaitable[_Found]]
) -> _Found:
    async with WebClient(settings) as client:
        return await work(Visitor(warehouse, settings, client, by=worker_name()))


async def _look_at(url: str, visitor: Visitor, say: Say) -> SiteLook:
    async with FeedReader() as reader:
        return await _Search(visitor, reader, say).run(url)


class _Search:
    """Tries the likely places of one site's feeds, the likeliest first."""

    def __init__(self, visitor: Visitor, reader: FeedReader, say: Say) -> None:
        self._visitor = visitor
        self._reader = reader
        self._say = say
        self._failed: list[str] = []

    async def run(self, url: str) -> SiteLook:
        """What is at `url`. Raises WirewatchError."""
        response = await self._get(url)
        parsed = await self._read(response)
        if parsed.problem is None:
            return SiteLook(None, None, parsed.language, (FoundFeed(url, parsed.title or "", parsed),))
        tree = _tree(response)
        if tree is None:
            raise WirewatchError(f"{url}: {parsed.problem}")
        feeds = await self._try(linked_feeds(tree, response.final_url))
        home = home_of(response.final_url)
        if not feeds and home != response.final_url:
            front = await self._tree_at(home)
            if front is not None:
                tree, feeds = front, await self._try(linked_feeds(front, home))
        feeds = feeds or await self._sitemaps(home) or await self._try(usual_places(home), first=True)
        if not feeds:
            tried = f"; tried: {'; '.join(self._failed)}" if self._failed else ""
            raise WirewatchError(f"{url}: no feed found by the page's links, robots.txt and the usual places{tried}")
        head = read_head(tree)
        name = head.meta("og:site_name", "application-name")
        return SiteLook(name, head.title, feeds[0].parsed.language or tree.get("lang"), tuple(feeds))

    async def _get(self, url: str) -> Response:
        return await self._visitor.get(url, accept=Accept.FEED, max_bytes=MAX_FEED_BYTES)

    async def _read(self, response: Response) -> ParsedFeed:
        return await self._reader.read(
            response.body,
            url=response.final_url,
            content_type=response.header("Content-Type"),
            now=response.fetched_at,
        )

    async def _tree_at(self, url: str) -> HtmlElement | None:
        self._say(f"looking at {url}")
        try:
            return _tree(await self._get(url))
        except FetchError as error:
            self._failed.append(str(error))
            return None

    async def _try(self, places: list[Place], *, first: bool = False) -> list[FoundFeed]:
        """Those of `places` at which there is a feed; with `first` the first one alone."""
        found: list[FoundFeed] = []
        for place in places[:_MOST_PLACES]:
            self._say(f"trying {place.url}")
            try:
                parsed = await self._read(await self._get(place.url))
            except FetchError as error:
                self._failed.append(str(error))
                continue
            if parsed.problem is not None:
                self._failed.append(f"{place.url}: {parsed.problem}")
            elif (feed := FoundFeed(place.url, place.title or parsed.title or "", parsed)) and first:
                return [feed]
            else:
                found.append(feed)
        return found

    async def _sitemaps(self, home: str) -> list[FoundFeed]:
        """The news sitemaps among those that robots.txt names, or that these list."""
        try:
            named = await self._visitor.sitemaps(home)
        except FetchError as error:
            self._failed.append(str(error))
            return []
        news_first = sorted(named, key=lambda url: "news" not in url.lower())[:_MOST_PLACES]
        return await self._try([Place(url, "") for url in await self._unfolded(news_first)])

    async def _unfolded(self, urls: list[str]) -> list[str]:
        """`urls` with the news sitemaps of an index in its place."""
        unfolded: list[str] = []
        for url in urls:
            if "index" not in url.lower() and len(urls) > 1:
                unfolded.append(url)
                continue
            self._say(f"looking at {url}")
            try:
                response = await self._get(url)
            except FetchError as error:
                self._failed.append(str(error))
                continue
            listed = sitemaps_of_index(_text(response))
            unfolded += [found for found in listed if "news" in found.lower()] if listed else [url]
        return unfolded


def _text(response: Response) -> str:
    return decode(response.body, response.header("Content-Type"))[0]


def _tree(response: Response) -> HtmlElement | None:
    return parse_html(_text(response))


async def _read_all(entries: list[Entry], visitor: Visitor, zone: str | None) -> list[Reading]:
    with ExtractionPool() as pool:
        return [await _read_one(entry, visitor, pool, zone) for entry in entries]


async def _read_one(entry: Entry, visitor: Visitor, pool: ExtractionPool, zone: str | None) -> Reading:
    words = FeedWords(entry.title, entry.authors, entry.language, entry.dates, zone)
    try:
        page = Page.fetched(None, await visitor.get(entry.url or "", accept=Accept.PAGE))
        return Reading(entry, await read_page(pool, page, words), None)
    except (FetchError, ExtractionError) as error:
        return Reading(entry, None, f"{error.reason} ({error})")
