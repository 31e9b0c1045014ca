"""A feed's bytes into entries, pure.

    bytes ─ decode, tidy ─▶ text ─ a reader ─▶ items as written ─ here ─▶ entries, cleaned and judged

An entry is known by its guid; without one by its link; without either by a hash of its title and date. A guid that
several items with different links share names none of them: these are known by their links.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from wirewatch.feeds.parser import tidying
from wirewatch.feeds.parser.items import Item, ParsedFeed, ParsedListing
from wirewatch.feeds.parser.json_feed import read_json_feed
from wirewatch.feeds.parser.news_sitemap import is_sitemap, read_news_sitemap
from wirewatch.feeds.parser.xml_feed import read_xml_feed
from wirewatch.records import Entry, clean_text
from wirewatch.text import dates, urls
from wirewatch.text.encoding import decode
from wirewatch.text.html import line_of, text_of

MAX_IDENTITY = 500
"""Characters; a longer guid is known by its hash, for an index row of Postgres holds 2,704 bytes."""

_ANCHOR = re.compile(r"[\w.:-]{1,100}")
_FULL_TEXT = 1_000
"""Characters of plain text from which on a description is taken for the article itself."""


def parse_feed(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    now: datetime,
    zone: str | None = None,
    trust_dates: bool = True,
) -> ParsedFeed:
    """The feed in `body`, the answer of `url`.

    `url` is the base of relative links where it is an http(s) address; else links stay relative. `content_type` is the
    HTTP header. `zone` is the outlet's, for dates without one. With `trust_dates` False they are kept, and none is
    believed. Every listed item becomes an entry, in the order of the document; two that are the same one have the same
    identity. Never raises for what `body` holds: what is not a feed comes back with its `problem`.
    """
    text = tidying.tidy(decode(body, content_type)[0])
    if not text:
        return _not_a_feed("an empty answer")
    listing = _listing(text)
    if isinstance(listing, str):
        return _not_a_feed(listing)
    base = _base(listing, url)
    entries = [_entry(item, listing, base=base, now=now, zone=zone, trust_dates=trust_dates) for item in listing.items]
    return ParsedFeed(
        kind=listing.kind,
        title=clean_text(line_of(listing.title)) or None,
        language=_language(listing.language),
        entries=tuple(_told_apart(entries)),
        ttl_s=listing.ttl_s,
        complete=listing.complete,
    )


def _listing(text: str) -> ParsedListing | str:
    if text[0] in "{[":
        return read_json_feed(text)
    return read_news_sitemap(text) if is_sitemap(text) else read_xml_feed(text)


def _not_a_feed(problem: str) -> ParsedFeed:
    return ParsedFeed(None, None, None, (), problem=clean_text(problem))


def _base(listing: ParsedListing, url: str) -> str | None:
    """What relative links are relative to: for RSS the site, as its authors mean it; for Atom the document."""
    document = url if url.startswith(("http://", "https://")) else None
    try:
        site = urls.clean_url(listing.site, document) if listing.site else None
    except ValueError:
        site = None
    return (document or site) if listing.kind.startswith("atom") else (site or document)


def _entry(
    item: Item, listing: ParsedListing, *, base: str | None, now: datetime, zone: str | None, trust_dates: bool
) -> Entry:
    url = _first_url((*item.links, item.guid or ""), base)
    candidates = tuple(dates.candidate(source, raw, now=now, zone=zone) for source, raw in item.dates)
    if not trust_dates:
        candidates = tuple(replace(date, rejected=date.rejected or "not_published") for date in candidates)
    published_at, published_source = dates.believed(candidates)
    summary = text_of(item.summary) if item.summary_is_html else item.summary
    content = item.content if item.content_is_html else None
    if content is None and item.summary_is_html and len(summary) >= _FULL_TEXT:
        content = item.summary
    entry = Entry(
        identity="",
        identity_kind="guid",
        url=url,
        title=clean_text(line_of(item.title) if item.title_is_html else " ".join(item.title.split())),
        summary=clean_text(summary) or None,
        content=clean_text(content) if content else None,
        authors=tuple(dict.fromkeys(filter(None, (clean_text(line_of(name)) for name in item.authors)))),
        language=_language(item.language or listing.language),
        published_at=published_at,
        published_source=published_source,
        dates=candidates,
        link=clean_text(item.links[0]) if item.links else None,
    )
    return _identified(entry, _guid(item.guid))


def _first_url(links: Sequence[str], base: str | None) -> str | None:
    """The first usable address. The guid stands last: it is one only when it is a whole address."""
    for link in links[:-1]:
        try:
            return urls.clean_url(link, base)
        except ValueError:
            continue
    return _whole_url(links[-1])


def _whole_url(text: str) -> str | None:
    if not text.startswith(("http://", "https://")):
        return None
    try:
        return urls.clean_url(text)
    except ValueError:
        return None


def _guid(guid: str | None) -> str | None:
    """`guid`, an aggregator's wrapper unwrapped: the rest of such an address changes from poll to poll."""
    if not guid:
        return None
    guid = clean_text(guid)
    target = _whole_url(guid)
    if target and urls.host_key(target) != _host(guid):
        return target
    return guid


def _host(url: str) -> str:
    return url.split("/", 3)[2].lower()


def _identified(entry: Entry, guid: str | None) -> Entry:
    """`entry` with the best identity that it has."""
    if guid:
        return replace(entry, identity=_bounded(guid), identity_kind="guid")
    if entry.url:
        return replace(entry, identity=_bounded(entry.url + _anchor(entry.link)), identity_kind="link")
    return replace(entry, identity=identity_by_words(entry), identity_kind="hash")


def _anchor(link: str | None) -> str:
    """`#part` of a link, by which pages with many stories tell them apart; not `#xtor=RSS-1`, which counts visitors."""
    anchor = (link or "").partition("#")[2]
    return f"#{anchor}" if _ANCHOR.fullmatch(anchor) else ""


def identity_by_words(entry: Entry) -> str:
    """A hash of link, title (or text) and date, for items that nothing else tells apart."""
    words = entry.title or entry.summary or entry.content or ""
    written = [date.raw for date in entry.dates[:1]]
    return "sha256:" + hashlib.sha256("\n".join((entry.link or "", words, *written)).encode()).hexdigest()


def _bounded(identity: str) -> str:
    if len(identity) <= MAX_IDENTITY:
        return identity
    return "sha256:" + hashlib.sha256(identity.encode()).hexdigest()


def _told_apart(entries: list[Entry]) -> list[Entry]:
    """`entries` with another identity for those that a shared one does not tell apart.

    Items under one guid with different links are known by their links. Items under one identity that a reader sees as
    two, by their titles (without a guid by link as written and date too), are known by their hashes. All others under
    one identity are one item, listed twice.
    """
    by_link = _shared(entries, lambda entry: entry.url)
    entries = [
        _identified(entry, None) if entry.identity_kind == "guid" and entry.identity in by_link else entry
        for entry in entries
    ]
    by_hash = _shared(entries, _as_seen)
    return [
        replace(entry, identity=identity_by_words(entry), identity_kind="hash") if entry.identity in by_hash else entry
        for entry in entries
    ]


def _shared(entries: list[Entry], seen: Callable[[Entry], object]) -> set[str]:
    """The identities that items share which are `seen` as different ones."""
    groups: dict[str, set[object]] = {}
    for entry in entries:
        groups.setdefault(entry.identity, set()).add(seen(entry))
    return {identity for identity, sights in groups.items() if len(sights) > 1}


def _as_seen(entry: Entry) -> object:
    if entry.identity_kind == "guid":
        return entry.title
    return entry.title, entry.link, tuple(date.raw for date in entry.dates[:1])


def _language(tag: str | None) -> str | None:
    """A language tag in its usual spelling (`en-US`, `zh-Hant`); None when it is not one."""
    if not tag:
        return None
    parts = tag.strip().replace("_", "-").split("-")
    if not (2 <= len(parts[0]) <= 3 and all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts)):
        return None
    rest = [part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower() for part in parts[1:]]
    return "-".join((parts[0].lower(), *rest))
