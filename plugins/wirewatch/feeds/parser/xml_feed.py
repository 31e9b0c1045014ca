"""RSS 0.9x, 1.0, 2.0, RDF, Atom and CDF, pure: text into items in plain words.

feedparser reads; around it stand what it leaves to its callers: documents that are not well-formed are repaired first,
so that its strict parser can read them, each date keeps its element (see `elements`), a document that was cut short
loses its last, half item instead of getting a wrong one, and a document that is not a feed is distinguished from an
empty feed.
feedparser's sanitizing and rewriting of HTML are off: texts are read as text here, and nothing is shown to a browser.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import feedparser

from wirewatch.feeds.parser import tidying
from wirewatch.feeds.parser.elements import Elements, Written, read_elements
from wirewatch.feeds.parser.items import Item, ParsedListing
from wirewatch.feeds.parser.tidying import as_meant
from wirewatch.text.html import HTML_TYPES, line_of

_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_HTML_ROOT = re.compile(r"\s*+(?><!--.*?-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_FEED_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf|channel)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)
_LAST_ITEM = re.compile(r"<(?:item|entry)[\s>]")
_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_MAX_TTL_S = 7 * 86400


def read_xml_feed(text: str) -> ParsedListing | str:
    """The items of an XML feed, or why `text` is not one."""
    if _HTML_ROOT.match(text) and not _FEED_ROOT.search(text[:_HTML_HEAD]):
        return _html_problem(text)
    text = tidying.without_doctype(text)
    seen = read_elements(text)
    if not seen.well_formed:
        repaired = tidying.repair(text)
        if repaired != text:
            text, seen = repaired, read_elements(repaired)
    if seen.attack is not None:
        return f"XML, but no feed: {seen.attack}"
    if seen.cut_short:
        text, seen = _without_half_item(text, seen)
    try:
        found = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=_HEADERS,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:  # whatever a hostile document breaks in feedparser is a finding about the document
        return f"XML on which the parser broke ({type(error).__name__}: {error})"
    version = found.get("version") or ""
    if not version and not found.entries:
        return _xml_problem(text, seen.root)
    feed = found.feed
    # The two readers agree on what an item is, but for documents that only the loose parser can read.
    written = seen.items if len(seen.items) == len(found.entries) else [Written()] * len(found.entries)
    atom = version.startswith("atom")
    feed_authors = _authors(feed) if atom else ()
    return ParsedListing(
        kind=version or "unknown",
        title=_text(feed.get("title")),
        site=_text(feed.get("link")) or None,
        language=_text(feed.get("language")) or None,
        items=tuple(
            _item(entry, raw, atom=atom, feed_authors=feed_authors)
            for entry, raw in zip(found.entries, written, strict=True)
        ),
        ttl_s=_ttl(feed),
        complete=not seen.cut_short,
    )


_HTML_HEAD = 2_000
_MARKUP = re.compile(r"</[a-zA-Z]|&#?\w+;")
_UNTYPED = {"title": "text/plain", "summary": "text/html"}
"""What a text is whose type feedparser does not tell."""
_FOLDED = (("feed:published", "published"), ("feed:dc", "created"), ("feed:updated", "updated"))
"""feedparser's own dates, by the source that they come from most often."""


def _without_half_item(text: str, seen: Elements) -> tuple[str, Elements]:
    """A document that ended early, up to where its last, unfinished item began."""
    if seen.last_item_whole:
        return text, seen
    starts = [match.start() for match in _LAST_ITEM.finditer(text)]
    # Feeds that never close an item are not cut short: there, all of them are unfinished.
    if len(starts) < 2 or not re.search(r"</(?:item|entry)>", text[starts[-2] :]):
        return text, seen
    return text[: starts[-1]], replace(seen, items=seen.items[:-1], last_item_whole=True)


def _item(entry: Any, written: Written, *, atom: bool, feed_authors: tuple[str, ...]) -> Item:
    contents = [part for part in entry.get("content", ()) if _text(part.get("value"))]
    content = max(contents, key=lambda part: (part.get("type") in HTML_TYPES, len(part["value"])), default=None)
    title, title_is_html = _own(written.title, entry, "title", atom=atom)
    summary, summary_is_html = _own(written.summary, entry, "summary", atom=atom)
    dates = tuple(written.dates)
    if not dates:
        dates = tuple((source, _text(entry.get(key))) for source, key in _FOLDED if _text(dict.get(entry, key)))
    return Item(
        guid=written.guid or _text(entry.get("id")) or None,
        links=tuple(filter(None, _links(entry, written))),
        title=title,
        # RSS says nothing about the kind of its titles; most that hold an entity mean the character.
        title_is_html=title_is_html or (not atom and "&" in title),
        summary=summary,
        summary_is_html=summary_is_html,
        content=as_meant(content["value"]) if content else None,
        content_is_html=content is not None and content.get("type") in HTML_TYPES,
        authors=_authors(entry) or feed_authors,
        language=_text(entry.get("language")) or _text((entry.get("title_detail") or {}).get("language")) or None,
        dates=dates,
    )


def _own(written: str | None, entry: Any, name: str, *, atom: bool) -> tuple[str, bool]:
    """The item's own title or summary, and whether it is HTML; what another vocabulary says only where it has none."""
    found = _text(entry.get(name))
    if written is None or " ".join(written.split()) == " ".join(found.split()):
        return found, (entry.get(f"{name}_detail") or {}).get("type", _UNTYPED[name]) in HTML_TYPES
    return written, name == "summary" or bool(_MARKUP.search(written))


def _links(entry: Any, written: Written) -> tuple[str, ...]:
    """The item's links, the most trusted first: what a redirecting service says it hides, its own, a page's, any."""
    alternates = [link for link in entry.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    pages = sorted(alternates, key=lambda link: link.get("type", "text/html") not in HTML_TYPES)
    own = written.link if written.link and written.link.startswith(("http://", "https://")) else None
    return (
        _text(entry.get("feedburner_origlink")),
        _text(entry.get("pheedo_origlink")),
        own or "",
        *(_text(link.get("href")) for link in pages if link.get("type") in HTML_TYPES),
        _link(entry, written.guid),
        *(_text(link.get("href")) for link in pages),
        written.link or "",
    )


def _link(entry: Any, guid: str | None) -> str:
    """The item's link. feedparser takes the guid for one where there is none; only a whole address can be that."""
    link = _text(entry.get("link"))
    return "" if entry.get("guidislink") and not (guid or link).startswith(("http://", "https://")) else link


def _authors(holder: Any) -> tuple[str, ...]:
    names = [_text(person.get("name")) for person in holder.get("authors", ())]
    return tuple(filter(None, names)) or tuple(filter(None, [_text(holder.get("author"))]))


def _ttl(feed: Any) -> int | None:
    """The publisher's own wish, in seconds: RSS `ttl` in minutes, or the syndication module's period and frequency."""
    minutes = _text(feed.get("ttl"))
    if minutes.isascii() and minutes.isdigit() and int(minutes[:9]) > 0:
        return min(int(minutes[:9]) * 60, _MAX_TTL_S)
    period = _PERIODS_S.get(_text(feed.get("sy_updateperiod")).lower())
    if period is None:
        return None
    frequency = _text(feed.get("sy_updatefrequency"))
    times = int(frequency[:6]) if frequency.isascii() and frequency.isdigit() else 1
    return min(max(period // max(times, 1), 1), _MAX_TTL_S)


def _text(value: Any) -> str:
    return as_meant(value).strip() if isinstance(value, str) else ""


def _html_problem(text: str) -> str:
    title = _TITLE.search(text)
    named = line_of(title[1]) if title else ""
    return "an HTML page, not a feed" + (f': "{named}"' if named else "")


def _xml_problem(text: str, root: str | None) -> str:
    if root == "html":
        return _html_problem(text)
    if root:
        return f"XML, but no feed: its outermost element is <{root}>"
    if not text:
        return "an empty answer"
    return f"no feed; it begins with {text[:60]!r}"
