"""What a feed document lists, before it is cleaned and judged: the common ground of XML and JSON."""

from __future__ import annotations

from dataclasses import dataclass

from wirewatch.records import Entry


@dataclass(frozen=True, slots=True)
class Item:
    """One listed item, as written."""

    guid: str | None
    links: tuple[str, ...]
    """Addresses, the most trusted first; relative ones may be among them."""
    title: str
    title_is_html: bool
    summary: str
    summary_is_html: bool
    content: str | None
    content_is_html: bool
    authors: tuple[str, ...]
    language: str | None
    dates: tuple[tuple[str, str], ...]
    """(source, as written), source as in articles.dates."""


@dataclass(frozen=True, slots=True)
class ParsedListing:
    """One document."""

    kind: str
    title: str
    site: str | None
    """The site's address, as written."""
    language: str | None
    items: tuple[Item, ...]
    ttl_s: int | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document, as parsed."""

    kind: str | None
    """feedparser's version string (`rss20`, `atom10` …), `json` or None when it is not a feed."""
    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    ttl_s: int | None = None
    """The interval that the publisher asks for (ttl, sy:updatePeriod), in seconds."""
    problem: str | None = None
    """Why nothing could be parsed, in words; None when the feed was parsed."""
    complete: bool = True
    """False when the document was truncated: then the next poll is unconditional."""
