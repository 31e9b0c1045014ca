"""What a feed document lists, before it is cleaned and judged: the common ground of XML and JSON."""

from __future__ import annotations

from dataclasses import dataclass


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
class Listing:
    """One document."""

    kind: str
    title: str
    site: str | None
    """The site's address, as written."""
    language: str | None
    items: tuple[Item, ...]
    ttl_s: int | None = None
    complete: bool = True
