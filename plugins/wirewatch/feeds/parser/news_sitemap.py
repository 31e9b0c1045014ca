"""News sitemaps (https://www.google.com/schemas/sitemap-news/0.9), pure: text into items in plain words.

A sitemap is a list of addresses. Only those with a `news:news` element are items: it gives title, publication date and
language. All dates are kept as written, for `parsing` to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from wirewatch.feeds.parser.elements import read_elements
from wirewatch.feeds.parser.items import Item, ParsedListing
from wirewatch.feeds.parser.tidying import repair, without_doctype

KIND = "sitemap-news"

_BEGINNING = 4_000
_ROOT = re.compile(r"<(?:[\w.-]+:)?(urlset|sitemapindex)\b", re.IGNORECASE)
_NAMED = 3
"""Sitemaps of an index that a message names."""


def is_sitemap(text: str) -> bool:
    """Whether the first element of `text` is a sitemap's."""
    first = _FIRST_TAG.search(text[:_BEGINNING])
    return first is not None and _ROOT.match(first[0]) is not None


_FIRST_TAG = re.compile(r"<[A-Za-z][\w.:-]*")


def read_news_sitemap(text: str) -> ParsedListing | str:
    """The items of a news sitemap, or why `text` is not one."""
    text = without_doctype(text)
    seen = read_elements(text)
    if seen.attack is not None:
        return f"XML, but no feed: {seen.attack}"
    root = _tree(text if seen.well_formed else repair(text))
    if root is None:
        return "a sitemap that can't be read"
    if _name(root) == "sitemapindex":
        listed = sitemaps_of_index(text)
        return f"an index of {len(listed)} sitemaps, not a feed; use one of them: {', '.join(listed[:_NAMED])}"
    pages = [element for element in root if _name(element) == "url"]
    if seen.cut_short:
        pages = pages[:-1]
    items = [item for page in pages if (item := _item(page)) is not None]
    if pages and not items:
        return "a sitemap without news: none of its addresses has a news:news element"
    return ParsedListing(
        kind=KIND,
        title=next((name for page in pages if (name := _text_at(page, "news", "publication", "name"))), ""),
        site=None,
        language=None,
        items=tuple(items),
        complete=not seen.cut_short,
    )


def sitemaps_of_index(text: str) -> list[str]:
    """The addresses in a sitemap index; empty when `text` is not one."""
    root = _tree(repair(without_doctype(text)))
    if root is None or _name(root) != "sitemapindex":
        return []
    return [address for element in root if (address := _text_at(element, "loc"))]


def _tree(text: str) -> etree._Element | None:
    # A parser of its own for each document: what it remembers of one must not reach another.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, remove_comments=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _item(page: etree._Element) -> Item | None:
    address, title = _text_at(page, "loc"), _text_at(page, "news", "title")
    if not address or not any(_name(child) == "news" for child in page):
        return None
    dates = (
        ("feed:published", _text_at(page, "news", "publication_date")),
        ("feed:updated", _text_at(page, "lastmod")),
    )
    return Item(
        guid=None,
        links=(address,),
        title=title,
        title_is_html=False,
        summary="",
        summary_is_html=False,
        content=None,
        content_is_html=False,
        authors=(),
        language=_text_at(page, "news", "publication", "language") or None,
        dates=tuple((source, written) for source, written in dates if written),
    )


def _text_at(element: etree._Element, *names: str) -> str:
    """The text of the first descendant on the path of `names`, whatever its namespace."""
    here: etree._Element | None = element
    for name in names:
        here = next(_children(here, name), None) if here is not None else None
    return " ".join("".join(map(str, here.itertext())).split()) if here is not None else ""


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if _name(child) == name)


def _name(element: etree._Element) -> str:
    """The local name in small letters; empty for what is not an element."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
