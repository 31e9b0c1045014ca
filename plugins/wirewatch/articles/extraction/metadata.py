"""What a page says about itself, pure: title, authors, dates, section, addresses, language.

Sources: JSON-LD (schema.org), `<meta>` in its dialects (Open Graph, Dublin Core, parse.ly, Sailthru, cXense),
microdata, `<time>`, `<link rel=canonical>`, `<h1>`, `<title>`, read in one walk. Where sources differ, the JSON-LD node
that is this page's article comes first: it is written for machines, and measured it is right most often.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.records import clean_text
from wirewatch.text.urls import clean_url, url_key

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|Reportage)$")
_LISTING_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"})
_MAX_LD_DEPTH = 12
_MAX_AUTHORS = 12
_MAX_TIMES = 3
_MAX_BYLINES = 3
_LEAST_OF_HEADLINE = 0.5
"""Share of the longer of two headlines that the shorter is, when it is a whole one."""

_PUBLISHED_META = re.compile(
    r"(?:og:)?article[:.]published(?:[_:]time)?|date|datepublished|dc\.date(?:\.(?:issued|created))?"
    r"|dcterms\.(?:date|created|issued)|(?:og:)?pubdate|publish[-_]?(?:ed)?[-_]?(?:date|time|at)|publication_?date|pub_date"
    r"|parsely-pub-date|sailthru\.date|cxenseparse:(?:recs:)?publishtime|prism\.publicationdate|originalpublicationdate"
    r"|citation_(?:publication_)?date|article_date_original|weibo:article:create_at|release_date|creation_date|displaydate"
)
_MODIFIED_META = re.compile(
    r"article[:.]modified(?:[_:]time)?|og:updated_time|datemodified|last-?modified|dcterms\.modified|dc\.date\.modified"
    r"|lastmod|revised|weibo:article:update_at|last_updated_date|lastupdate"
)
_AUTHOR_META = (
    *("author", "parsely-author", "article:author", "sailthru.author", "dc.creator", "dcterms.creator", "byl"),
    *("article:author_name", "cxenseparse:author", "citation_author", "og:article:author", "authors", "article.author"),
)
_SECTION_META = ("article:section", "parsely-section", "og:article:section", "cxenseparse:category", "section")
_NOT_AUTHORS = re.compile(
    r"https?://|www\.|@|^(?:admin|administrator|editor|web ?master|unknown|null|none|undefined|anonymous|by|author)$",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,10}")
_SHARING = re.compile(
    r"\b(?:facebook|twitter|instagram|linkedin|telegram|whatsapp|newsletter|e-?mail)\b", re.IGNORECASE
)
_BY = re.compile(r"^(?:by|von|por|par|di|da|door|av|af|от|автор|작성자|文|作者|记者|記者)\s*[:：]?\s+", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]{1,20}\)")
_AUTHOR_SPLIT = re.compile(r"\s*(?:;|\||、|\s/\s|,\s|\s(?:and|und|et|y|og|och|en|&)\s(?=[A-ZÀ-ÖØ-Þ]))\s*")
_LAST_FIRST = re.compile(r"[^\s,]+,\s[^\s,]+")
_SITE_MARK = re.compile(r"\s+[|–—\-·•»:/ㅣ]\s+|\s*[|｜ㅣ_：]\s*|\s+»\s+|(?<=\S)-(?=[^-]*[|ㅣ])")
_CLASS_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|author|writer|journalist|reporter)", re.IGNORECASE)
_CLASS_DATE = re.compile(
    r"(?:^|[\s_-])(?:date|datetime|pubdate|published|publish|posted|timestamp|time|fecha|datum|data)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CDATA = re.compile(
    r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/|<!\[CDATA\[)|(?:-->|//\]\]>|/\*\]\]>\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_TAG = re.compile(r"<[^<>]{1,200}>")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about itself."""

    title: str | None
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
    listing: bool
    """JSON-LD calls it a collection, a profile or a search, and names no article."""
    video: bool
    """JSON-LD or Open Graph call it a video, and JSON-LD names no article."""
    free: bool
    """False when JSON-LD says that it isn't accessible for free."""


@dataclass(slots=True)
class _Head:
    """What one walk over the page collects."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    title: str | None = None
    headings: list[str] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)

    def meta(self, *names: str) -> str | None:
        return next((self.metas[name][0] for name in names if name in self.metas), None)


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """What the page `tree`, found at `url`, says about itself. Broken parts are passed over, never raised."""
    head = _walk(tree)
    nodes = [node for script in head.scripts for node in _nodes(_json(script))]
    article = _article_node(nodes, head, url)
    types = {name for node in nodes for name in _types(node)}
    described = any(_ARTICLE_TYPE.search(name) for name in types)
    dates = tuple(dict.fromkeys(_dates(article, head)))
    if not any(source in ("html:json-ld", "html:meta", "html:microdata", "html:time") for source, _ in dates):
        dates += tuple(("html:text", writing) for writing in _printed_dates(tree))
    return Metadata(
        title=_title(article, head),
        authors=_authors(article, head, tree),
        dates=dates,
        section=_section(article, head),
        canonical_url=_canonical(article, head, url),
        description=_text(article.get("description"))
        or head.meta("og:description", "description", "twitter:description"),
        language=tree.get("lang")
        or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        or _text(article.get("inLanguage"))
        or head.meta("og:locale", "content-language", "language", "dc.language"),
        bodies=tuple(body for node in nodes if isinstance(body := node.get("articleBody"), str) and body.strip())
        if not article.get("articleBody")
        else (str(article["articleBody"]),),
        listing=bool(types & _LISTING_TYPES) and not described and head.meta("og:type") != "article",
        video=not described and ("VideoObject" in types or (head.meta("og:type") or "").startswith("video")),
        free=str(article.get("isAccessibleForFree", "true")).lower() not in ("false", "0", "no"),
    )


def _walk(tree: HtmlElement) -> _Head:
    head = _Head()
    for element in tree.iter("meta", "link", "script", "title", "h1", "time"):
        tag = element.tag
        if tag == "meta":
            content = _squeeze(element.get("content"))
            if content:
                for attribute in ("property", "name", "itemprop", "http-equiv"):
                    if name := element.get(attribute):
                        head.metas.setdefault(name.strip().lower(), []).append(content)
        elif tag == "link":
            if element.get("href"):
                for relation in (element.get("rel") or "").lower().split():
                    head.links.setdefault(relation, element.get("href"))
        elif tag == "script":
            if "ld+json" in (element.get("type") or "") and element.text:
                head.scripts.append(element.text)
        elif tag == "title":
            if head.title is None and element.getparent() is not None and element.getparent().tag != "svg":
                head.title = _squeeze(element.text_content()) or None
        elif tag == "h1":
            if text := _squeeze(" ".join(element.itertext())):
                head.headings.append(text)
        elif len(head.times) < _MAX_TIMES:
            writing = element.get("datetime") or element.get("content") or " ".join(element.itertext())
            marked = "published" in (element.get("itemprop") or "").lower() or element.get("pubdate") is not None
            if "modified" not in (element.get("itemprop") or "").lower() and (writing := _squeeze(writing)):
                head.times.append(("html:microdata" if marked else "html:time", writing))
    return head


def _json(script: str) -> Any:
    """The script's JSON, fixed where publishers break it (comments around it, a last comma); None when hopeless."""
    text = _CDATA.sub("", script.strip())
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue  # the next, milder reading
    return None


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The typed objects of a JSON-LD document, outer ones first."""
    if depth > _MAX_LD_DEPTH:
        return
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "articleBody" in value:
            yield value
        for part in value.values():
            if isinstance(part, list | dict):
                yield from _nodes(part, depth + 1)


def _types(node: dict[str, Any]) -> list[str]:
    return [str(name).rpartition("/")[2] for name in _listed(node.get("@type"))]


def _article_node(nodes: list[dict[str, Any]], head: _Head, url: str) -> dict[str, Any]:
    """The node that describes this page's article; an empty one when there is none.

    Pages also describe the articles they link to. The one whose address or headline is the page's own is taken, else
    the first that has a headline.
    """
    articles = [node for node in nodes if any(_ARTICLE_TYPE.search(name) for name in _types(node))]
    named = [node for node in articles if _text(node.get("headline"))] or articles
    if len(named) <= 1:
        return named[0] if named else {}
    own = {key for address in (url, head.links.get("canonical"), head.meta("og:url")) if (key := _key(address, url))}
    titles = {fold(title) for title in (*head.headings, head.meta("og:title"), head.title) if title}

    def own_ness(node: dict[str, Any]) -> tuple[bool, bool]:
        page = node.get("mainEntityOfPage")
        page = page.get("@id") or page.get("url") if isinstance(page, dict) else page
        keys = {key for address in (node.get("url"), page, node.get("@id")) if (key := _key(address, url))}
        headline = fold(_text(node.get("headline")) or "")
        return bool(keys & own), any(headline and (headline in title or title in headline) for title in titles)

    return max(named, key=own_ness)


def _title(article: dict[str, Any], head: _Head) -> str | None:
    """The headline: JSON-LD's; else the `<h1>` that the other titles repeat; else these without the site's name."""
    social = head.meta("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title")
    site = head.meta("og:site_name", "application-name")
    headline = _text(article.get("headline"))
    if headline:
        headline = _without_site(headline, site, head.headings)
        longer = (
            h for h in head.headings if len(h) > len(headline) and fold(h).startswith(fold(headline.rstrip("….")))
        )
        if len(headline) >= 100 or headline.endswith(("…", "...")):
            headline = next(longer, headline)
        shown = _without_site(social or "", site, head.headings)
        return shown if _is_the_readers(shown, headline, head) else headline
    titles = [fold(title) for title in (social, head.title) if title]
    # A page headed by its section's name repeats that name in its title, too: a headline is at least half of it.
    enough = 0.5 * len(fold(_without_site(social, site, head.headings))) if social else 0
    for heading in head.headings:
        folded = fold(heading)
        if len(heading) > 3 and len(folded) >= enough and any(folded in title for title in titles):
            return heading
    best = _without_site(social or head.title or "", site, head.headings)
    # A page whose <title> is hardly more than the site's name has its headline in its one heading.
    if (
        head.headings
        and not social
        and (not best or (len(head.headings) == 1 and 2 * len(best) < len(head.headings[0])))
    ):
        return head.headings[0]
    return best or None


def _is_the_readers(shown: str, headline: str, head: _Head) -> bool:
    """Whether `shown`, the title for links to the page, is what readers see as the headline, and JSON-LD's is not.

    JSON-LD's may be the same with a kicker before or more words after it, or be made for search engines: then
    `<title>` repeats it, and `<h1>` repeats the other.
    """
    title, other = fold(shown), fold(headline)
    if len(title) < _LEAST_OF_HEADLINE * len(other) or title == other or shown.endswith(("…", "...")):
        return False
    if title in other:
        within_word = headline.startswith(shown) and headline[len(shown) :][:1].isalnum()
        return other.endswith(title) or (other.startswith(title) and not within_word)
    return title in map(fold, head.headings) and other in fold(head.title or "")


def _without_site(title: str, site: str | None, headings: list[str]) -> str:
    """`title` without the name of the site, its section or the date after a `|`, `-` or the like.

    Cut is what follows the last mark, when it is the site's name, or when an `<h1>` is what remains; a headline's own
    colons and dashes stay.
    """
    folded = {fold(heading) for heading in headings}
    marks = list(_SITE_MARK.finditer(title))
    for mark in marks:
        if fold(title[: mark.start()]) in folded and mark.start() >= 10:
            return title[: mark.start()].strip()
    if site:
        name = fold(site)
        for mark in marks:
            tail = fold(title[mark.end() :])
            if tail and mark.start() >= 10 and (tail == name or tail.startswith(name) or name.startswith(tail)):
                return title[: mark.start()].strip()
        if marks and fold(title[: marks[0].start()]) == name:
            return title[marks[0].end() :].strip()
    if marks and len(marks) <= 3 and any(character in marks[-1][0] for character in "|｜ㅣ"):
        kept = title[: marks[-1].start()].strip()
        if len(kept) >= 15 and len(kept) > len(title) - marks[-1].end():
            return kept
    return title


def _authors(article: dict[str, Any], head: _Head, tree: HtmlElement) -> tuple[str, ...]:
    """The first source that names somebody else than the site, then the printed byline; the site when that is all."""
    site = {
        fold(name) for name in (head.meta("og:site_name", "application-name"), _text(article.get("publisher"))) if name
    }
    site |= {fold(name) for part in _listed(article.get("author")) if _is_house(part) for name in _people(part)}

    def is_site(name: str) -> bool:
        return fold(name) in site or _DOMAIN.fullmatch(name) is not None

    by_meta = (person for name in _AUTHOR_META for value in head.metas.get(name, ()) for person in _split_names(value))
    fallback: tuple[str, ...] = ()
    for source in (_people(article.get("author")), _people(article.get("creator")), by_meta):
        names = tuple(dict.fromkeys(source))[:_MAX_AUTHORS]
        if not all(map(is_site, names)):
            return names
        fallback = fallback or names
    for byline in _bylines(tree):
        # What a page marks as its byline may be anything; against a name that it declares, only a person's counts.
        names = tuple(name for name in byline if not fallback or (_is_person(name) and not is_site(name)))
        if names:
            return names[:_MAX_AUTHORS]
    return fallback


def _is_person(name: str) -> bool:
    """Whether `name` is written as people's names are: two to four words with capitals, short ones without."""
    words = name.split()
    return (
        2 <= len(words) <= 4
        and all(len(word) <= 3 or (word[0].isupper() and not word.isupper()) for word in words)
        and words[0][0].isupper()
        and not re.search(r"[:?!/|]", name)
        and not _SHARING.search(name)
    )


def _is_house(author: Any) -> bool:
    """Whether JSON-LD's author is a company: named where a newsroom's system knows no person."""
    return isinstance(author, dict) and any(name.endswith("Organization") for name in _types(author))


def _people(value: Any, depth: int = 0) -> Iterator[str]:
    for part in _listed(value):
        if isinstance(part, str):
            yield from _split_names(part)
        elif isinstance(part, dict) and depth < 3:
            yield from _people(part.get("name") or part.get("@value"), depth + 1)
        elif isinstance(part, list) and depth < 3:
            yield from _people(part, depth + 1)


def _split_names(text: str) -> list[str]:
    """The names in a byline; none of those that are no names."""
    byline = _BY.sub("", _IN_BRACKETS.sub("", _text(text) or ""))
    names = [byline] if _LAST_FIRST.fullmatch(byline) else _AUTHOR_SPLIT.split(byline)
    parts = (part.strip(" ,.·|/-—") for part in names)
    return [part for part in parts if 1 < len(part) <= 80 and not _NOT_AUTHORS.search(part)]


def _bylines(tree: HtmlElement) -> Iterator[list[str]]:
    """The names in the first elements that the page itself marks as bylines."""
    left = _MAX_BYLINES
    for element in tree.iter("a", "span", "div", "p", "address", "cite", "strong", "li"):
        mark = element.get("rel") == "author" or element.get("itemprop") == "author"
        if mark or ((name := element.get("class")) and _CLASS_BYLINE.search(name)):
            named = element.find(".//*[@itemprop='name']")
            text = _squeeze(" ".join((element if named is None else named).itertext()))
            if 3 < len(text) <= 80 and (names := _split_names(text)) and not any(map(str.isdigit, text)):
                yield names
                left -= 1
                if not left:
                    return


def _dates(article: dict[str, Any], head: _Head) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if writing := _text(article.get(key)):
            yield "html:json-ld", writing
            break
    if writing := _text(article.get("dateModified")):
        yield "html:json-ld-modified", writing
    for name, values in head.metas.items():
        key = name.rpartition("#")[2] if "ogp.me" in name else name
        if _PUBLISHED_META.fullmatch(key):
            yield "html:meta", values[0]
        elif _MODIFIED_META.fullmatch(key):
            yield "html:meta-modified", values[0]
    yield from head.times


def _printed_dates(tree: HtmlElement) -> list[str]:
    """Short texts that the page marks as a date by class, id or itemprop; at most three."""
    found: list[str] = []
    for element in tree.iter("span", "div", "p", "li", "em", "i", "small", "abbr", "td", "font", "dd", "b"):
        name = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
        if len(name) > 2 and _CLASS_DATE.search(name):
            text = element.get("datetime") or _squeeze(" ".join(element.itertext()))
            if 8 <= len(text) <= 60 and any(map(str.isdigit, text)):
                found.append(text)
                if len(found) == _MAX_TIMES:
                    break
    return found


def _section(article: dict[str, Any], head: _Head) -> str | None:
    listed = [section for part in _listed(article.get("articleSection")) if (section := _text(part))]
    section = head.meta(*_SECTION_META) or (listed[0] if listed else None)
    return section[:100] if section and not section.startswith("http") else None


def _canonical(article: dict[str, Any], head: _Head, url: str) -> str | None:
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


def _key(address: Any, url: str) -> str | None:
    if not isinstance(address, str) or not address.strip():
        return None
    try:
        return url_key(clean_url(address.partition("#")[0], url))
    except ValueError:
        return None


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)


def _text(value: Any) -> str | None:
    """One line of plain text; None when there is none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    return _squeeze(_TAG.sub(" ", html.unescape(value)) if "<" in value or "&" in value else value) or None


def _squeeze(text: str | None) -> str:
    return " ".join(clean_text(text).split()) if text else ""
