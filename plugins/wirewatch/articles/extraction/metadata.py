"""What a page says about itself, pure: title, authors, dates, section, addresses, language.

Sources: JSON-LD (`json_ld`), `<meta>` in its dialects (Open Graph, Dublin Core, parse.ly, Sailthru, cXense), microdata,
`<time>`, `<link rel=canonical>`, the headings (`head`: one walk). Where sources differ, the JSON-LD node that is this
page's article comes first: it is written for machines, and measured it is right most often. `titles`, `authors` and
`page_dates` choose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from wirewatch.articles.extraction.authors import find_authors
from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.articles.extraction.head import Head, read_head
from wirewatch.articles.extraction.json_ld import Node, nodes_of, text_of_value, types
from wirewatch.articles.extraction.page_dates import find_dates
from wirewatch.articles.extraction.titles import headline
from wirewatch.text.urls import clean_url, url_key

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|Reportage)$")
_LISTING_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"})
_SECTION_META = ("article:section", "parsely-section", "og:article:section", "cxenseparse:category", "section")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about itself."""

    title: str | None
    title_source: str | None
    """Where the title was found; see titles."""
    authors: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]
    """(source, writing), in the order of trust within a source; see dates.PUBLISHED and dates.MODIFIED."""
    section: str | None
    canonical_url: str | None
    description: str | None
    language: str | None
    """As declared, e.g. `en-GB`."""
    bodies: tuple[str, ...]
    """Texts that JSON-LD gives as the article's body; may carry markup."""
    described: bool
    """JSON-LD or Open Graph call it an article."""
    listing: bool
    """JSON-LD calls it a collection, a profile or a search, and names no article."""
    video: bool
    """JSON-LD or Open Graph call it a video, and JSON-LD names no article."""
    free: bool
    """False when JSON-LD says that it isn't accessible for free."""


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """What the page `tree`, found at `url`, says about itself. Broken parts are passed over, never raised."""
    head = read_head(tree)
    nodes = nodes_of(head.scripts)
    article = _article_node(nodes, head, url)
    names = {name for node in nodes for name in types(node)}
    described = any(_ARTICLE_TYPE.search(name) for name in names)
    title, source = headline(text_of_value(article.get("headline")), head)
    return Metadata(
        title=title,
        title_source=source,
        authors=find_authors(article, head, tree),
        dates=find_dates(article, head, tree),
        section=_section(article, head),
        canonical_url=_canonical(article, head, url),
        description=text_of_value(article.get("description"))
        or head.meta("og:description", "description", "twitter:description"),
        language=_language(article, head, tree),
        bodies=_bodies(article, nodes),
        described=described or head.meta("og:type") == "article",
        listing=bool(names & _LISTING_TYPES) and not described and head.meta("og:type") != "article",
        video=not described and ("VideoObject" in names or (head.meta("og:type") or "").startswith("video")),
        free=str(article.get("isAccessibleForFree", "true")).lower() not in ("false", "0", "no"),
    )


def _language(article: Node, head: Head, tree: HtmlElement) -> str | None:
    return (
        tree.get("lang")
        or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        or text_of_value(article.get("inLanguage"))
        or head.meta("og:locale", "content-language", "language", "dc.language")
    )


def _bodies(article: Node, nodes: Sequence[Node]) -> tuple[str, ...]:
    if article.get("articleBody"):
        return (str(article["articleBody"]),)
    bodies = (node.get("articleBody") for node in nodes)
    return tuple(body for body in bodies if isinstance(body, str) and body.strip())


def _article_node(nodes: Sequence[Node], head: Head, url: str) -> Node:
    """The node that describes this page's article; an empty one when there is none.

    Pages also describe the articles they link to. The one whose address or headline is the page's own is taken, else
    the first that has a headline.
    """
    articles = [node for node in nodes if any(_ARTICLE_TYPE.search(name) for name in types(node))]
    named = [node for node in articles if text_of_value(node.get("headline"))] or articles
    if len(named) <= 1:
        return named[0] if named else {}
    own = {key for address in (url, head.links.get("canonical"), head.meta("og:url")) if (key := _key(address, url))}
    titles = {fold(title) for title in (*head.first_headings, head.meta("og:title"), head.title) if title}

    def own_ness(node: Node) -> tuple[bool, bool]:
        page = node.get("mainEntityOfPage")
        page = page.get("@id") or page.get("url") if isinstance(page, dict) else page
        keys = {key for address in (node.get("url"), page, node.get("@id")) if (key := _key(address, url))}
        headline = fold(text_of_value(node.get("headline")) or "")
        return bool(keys & own), any(headline and (headline in title or title in headline) for title in titles)

    return max(named, key=own_ness)


def _section(article: Node, head: Head) -> str | None:
    section = head.meta(*_SECTION_META) or text_of_value(article.get("articleSection"))
    return section[:100] if section and not section.startswith("http") else None


def _canonical(article: Node, head: Head, url: str) -> str | None:
    """The address that the page names as its own; None when it names none, or the front page by mistake."""
    named = (head.links.get("canonical"), head.meta("og:url"), article.get("url"))
    for address in named:
        if not isinstance(address, str) or not address.strip():
            continue
        try:
            canonical = clean_url(address, url)
            front_page = "/" not in url_key(canonical) and "?" not in url_key(canonical)
            if not front_page or "/" not in url_key(url):
                return canonical
        except ValueError:
            continue  # the next one may be whole
    return None


def _key(address: object, url: str) -> str | None:
    if not isinstance(address, str) or not address.strip():
        return None
    try:
        return url_key(clean_url(address.partition("#")[0], url))
    except ValueError:
        return None
