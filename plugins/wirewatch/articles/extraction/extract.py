"""A page to an article, pure: one parse, then metadata, dates, main text, wire credit, language.

    bytes ─ encoding ─▶ characters ─ lxml ─▶ tree ─ metadata ─▶ titles, authors, dates …
                                               │
                       boxes.remove_boxes ─────┴─▶ main_text ─ standfirst ─ boilerplate.story_lines ─▶ text

docs/extraction.md has the measurements behind the options and thresholds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import NoReturn

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold, story_lines
from wirewatch.articles.extraction.boxes import remove_boxes
from wirewatch.articles.extraction.embedded import embedded_pages
from wirewatch.articles.extraction.layout import unfold_layout
from wirewatch.articles.extraction.main_text import MainText, find_main_text
from wirewatch.articles.extraction.metadata import Metadata, read_metadata
from wirewatch.articles.extraction.offers import is_front, remove_offers
from wirewatch.articles.extraction.parsing import parse_html
from wirewatch.articles.extraction.standfirst import standfirst
from wirewatch.articles.extraction.titles import META, TITLE, as_in_feed
from wirewatch.errors import ExtractionError
from wirewatch.records import DateCandidate, DropReason, ExtractedArticle, clean_text
from wirewatch.text import dates
from wirewatch.text.agencies import wire_credit
from wirewatch.text.encoding import decode
from wirewatch.text.language import article_language, written_length

EXTRACTOR = f"wirewatch/5+trafilatura/{version('trafilatura')}"
"""Goes into every article; the first number counts changes of this package that change texts."""

_FLASH = 25
"""Letters below which a text is only an article when the page says hardly more: a flash may be a few words."""
_MOST_OF_PAGE = 0.5
_STUB = 250
"""Length (see written_length) below which a text that ends at a paywall is a stub and no article."""
_LISTING = 0.6
"""Share of a page's text in links above which, without any running text, it is an index; half for what says so."""
_SHORT = 600
"""Length below which a text may be a challenge or a listing instead of a story."""

_MAY_BE_HIDDEN = frozenset({DropReason.NO_TEXT, DropReason.NOT_ARTICLE})
"""Reasons for which a page is looked through for a story that only a script would show."""

_SHELL = re.compile(r"loading|please wait|redirecting|javascript|not found|error|\b404\b", re.IGNORECASE)
_WALL = re.compile(
    r"just a moment\b|attention required|access (?:to this page has been )?denied|are you a (?:robot|human)"
    r"|pardon our interruption|verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|security check"
    r"|enable javascript and cookies|unusual (?:traffic|activity) from your|ddos[- ]guard|captcha"
    r"|please (?:turn javascript on|enable (?:js|javascript))",
    re.IGNORECASE,
)


def extract(
    page: bytes | str,
    *,
    url: str,
    now: datetime,
    zone: str | None = None,
    content_type: str | None = None,
    last_modified: str | None = None,
    feed_title: str | None = None,
    feed_language: str | None = None,
    feed_dates: Iterable[DateCandidate] = (),
    repeated_lines: Collection[int] = frozenset(),
) -> ExtractedArticle:
    """The article that is on `page`, found at `url`.

    `now` is the time of the visit: no date after it is believed. `zone` is the outlet's IANA zone. `content_type` and
    `last_modified` are the HTTP headers of these names. What the feed said is used where the page says nothing:
    `feed_title`, `feed_language`; `feed_dates` are judged together with the page's own. `repeated_lines` are
    `boilerplate.line_hash`es of the lines that the host repeats on its pages.

    Raises ExtractionError with the reason `not_html`, `no_text`, `not_article`, `paywall` or `bot_wall`.
    """
    characters = decode(page, content_type)[0] if isinstance(page, bytes) else page
    visit = _Visit(
        url, now, zone, last_modified, feed_title, feed_language, tuple(feed_dates), frozenset(repeated_lines)
    )
    try:
        return _read(characters, visit, "page")
    except ExtractionError as refused:
        if refused.reason not in _MAY_BE_HIDDEN or (article := _embedded(characters, visit)) is None:
            raise
        return article


@dataclass(frozen=True, slots=True)
class _Visit:
    """What is known of a page beside the page; see `extract`."""

    url: str
    now: datetime
    zone: str | None
    last_modified: str | None
    feed_title: str | None
    feed_language: str | None
    feed_dates: tuple[DateCandidate, ...]
    repeated_lines: frozenset[int]


def _embedded(characters: str, visit: _Visit) -> ExtractedArticle | None:
    """The article that the page holds and doesn't show; None when there is none."""
    tree = parse_html(characters)
    if tree is None:
        return None
    for source, page in embedded_pages(tree, read_metadata(tree, visit.url).title or visit.feed_title):
        try:
            return _read(page, visit, source)
        except ExtractionError:
            continue  # the next place may hold the story
    return None


def _read(characters: str, visit: _Visit, source: str) -> ExtractedArticle:
    """The article that a page shows. Raises ExtractionError."""
    tree = parse_html(characters)
    if tree is None:
        raise ExtractionError(DropReason.NOT_HTML, f"{visit.url}: no HTML")
    metadata = read_metadata(tree, visit.url)
    if metadata.title and metadata.title_source in (META, TITLE):
        metadata = replace(metadata, title=as_in_feed(metadata.title, visit.feed_title))
    main, text = _story(tree, metadata, visit)
    title = metadata.title or clean_text(visit.feed_title or "")
    _check_is_article(title, text, metadata, main, visit.url)

    # From all lines: the credit may be in one that is not a part of the story (`© 2026 The Associated Press`).
    wire, dateline = wire_credit(title, "\n".join(main.lines), metadata.authors)
    candidates = _dates(metadata, visit)
    published_at, published_source = dates.believed(candidates)
    return ExtractedArticle(
        title=title,
        text=text,
        authors=metadata.authors,
        published_at=published_at,
        published_source=published_source,
        modified_at=dates.believed(candidates, dates.MODIFIED)[0],
        dates=candidates,
        language=article_language(text, metadata.language, visit.feed_language),
        canonical_url=metadata.canonical_url,
        section=metadata.section,
        wire=wire,
        dateline=dateline,
        extractor=EXTRACTOR,
        title_source=metadata.title_source or ("feed" if title else None),
        text_source=source if main.source == "page" else main.source,
    )


def _story(tree: HtmlElement, metadata: Metadata, visit: _Visit) -> tuple[MainText, str]:
    """What was found as the main text, and the story in it; changes `tree`."""
    headings = (" ".join("".join(heading.itertext()).split()) for heading in tree.iter("h1"))
    titles = [title for title in dict.fromkeys((metadata.title, visit.feed_title, *headings)) if title]
    if not metadata.described and is_front(tree):
        raise ExtractionError(DropReason.NOT_ARTICLE, f"{visit.url}: teasers of other pages and no story")
    unfold_layout(tree)
    offered = remove_offers(tree)
    remove_boxes(tree)
    main = find_main_text(tree, metadata.bodies, visit.url)
    lead = standfirst(tree, titles, main.lines, metadata.description)
    lines = story_lines(main.lines, titles, metadata.authors, visit.repeated_lines)
    return replace(main, paywalled=main.paywalled or offered), "\n".join([lead, *lines] if lead else lines)


def _dates(metadata: Metadata, visit: _Visit) -> tuple[DateCandidate, ...]:
    now, zone = visit.now, visit.zone
    found = [dates.candidate(source, writing, now=now, zone=zone) for source, writing in metadata.dates]
    found += visit.feed_dates
    if in_url := dates.url_candidate(visit.url, now=now, zone=zone):
        found.append(in_url)
    if visit.last_modified:
        found.append(dates.candidate("http:last-modified", visit.last_modified, now=now, zone=zone))
    return tuple(found)


def _check_is_article(title: str, text: str, metadata: Metadata, main: MainText, url: str) -> None:
    """Raises ExtractionError when what was found is something else than an article."""

    def refuse(reason: DropReason, what: str) -> NoReturn:
        raise ExtractionError(reason, f"{url}: {what}")

    letters = len(fold(text))
    length = written_length(text)
    if length < _SHORT and (_WALL.search(title) or (letters < _STUB and _WALL.search(text))):
        refuse(DropReason.BOT_WALL, f"a challenge instead of the page: {title or text[:60]!r}")
    asks_to_pay = (not metadata.free) + main.paywalled
    if length < (0, _STUB, _SHORT)[asks_to_pay]:
        refuse(DropReason.PAYWALL, f"only {len(text)} characters stand before the paywall")
    if metadata.video and length < _STUB:
        refuse(DropReason.NOT_ARTICLE, "a video with a caption")
    if main.linked >= (_LISTING / 2 if metadata.listing else _LISTING):
        refuse(DropReason.NOT_ARTICLE, "a page of links to articles")
    if letters < _FLASH and (letters < _MOST_OF_PAGE * main.visible or letters < 3 or _SHELL.search(text)):
        refuse(DropReason.NO_TEXT, "no main text")
