"""Feeds of the sample web: an outlet's newest articles in one of its dialects. Pure."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from wirewatch.demo.sample_web.outlets import FeedSpec, Outlet
from wirewatch.demo.sample_web.pages import TEMPLATES
from wirewatch.demo.sample_web.stories import Article, articles

_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item as a feed lists it."""

    article: Article
    link: str
    """As written in the feed: absolute, relative, or with tracking parameters."""
    url: str
    """Where it leads, without tracking parameters."""
    guid: str | None
    date: str | None
    """As written in the feed; None when the feed gives no dates."""
    published: str
    """ISO 8601."""
    updated: str
    """ISO 8601."""
    authors: tuple[str, ...]
    summary: str | None
    content: str | None
    """HTML."""

    @property
    def identity(self) -> str:
        """What tells it from the feed's other items: its guid, else its address."""
        return self.guid or self.url


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed document and what it lists."""

    body: bytes
    content_type: str
    modified: datetime
    """When its newest item was published or edited."""
    items: tuple[Item, ...]


def render(outlet: Outlet, spec: FeedSpec, port: int, now: datetime) -> Feed:
    """The feed as of `now`; the same bytes for the same items, so that validators stay honest."""
    listed = [article.as_of(now) for article in _newest(outlet, spec, now)]
    items = tuple(_item(article, spec, port) for article in listed)
    modified = max((article.modified for article in listed), default=now)
    home = f"http://{outlet.address}:{port}/"
    if spec.format == "json":
        text = _json(outlet, spec, items, home)
    else:
        text = TEMPLATES.get_template(f"feeds/{spec.format}.xml").render(
            outlet=outlet,
            feed=spec,
            items=items,
            home=home,
            url=home + spec.path.lstrip("/"),
            modified=_rfc822(modified),
            modified_iso=_iso(modified),
        )
    return Feed(text.encode(spec.encoding, "xmlcharrefreplace"), _content_type(spec), modified, items)


def _newest(outlet: Outlet, spec: FeedSpec, now: datetime) -> list[Article]:
    sources = spec.outlets or (outlet.key,)
    listed = [
        article
        for article in articles().values()
        if article.outlet.key in sources
        and article.published <= now
        and (article.removed is None or article.removed > now)
        and (spec.section is None or article.section == spec.section)
        and (spec.links != "amp" or article.amp_path)
    ]
    return listed[::-1][: spec.window]


def _item(article: Article, spec: FeedSpec, port: int) -> Item:
    path = (article.amp_path if spec.links == "amp" else None) or article.path
    url = f"http://{article.outlet.address}:{port}{path}"
    link = {
        "absolute": url,
        "amp": url,
        "relative": path,
        "tracked": f"{url}?utm_source=rss&utm_medium=feed&utm_campaign=newsroom",
    }[spec.links]
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in article.paragraphs)
    return Item(
        article=article,
        link=link,
        url=url,
        guid={"permalink": url, "opaque": f"{article.outlet.key}-{article.number}", "none": None}[spec.guid],
        date={
            "rfc822": _rfc822(article.published),
            "dc": _iso(article.published.astimezone(article.outlet.zone)),
            "zoneless": f"{article.published.astimezone(article.outlet.zone):%Y-%m-%d %H:%M:%S}",
            "none": None,
        }[spec.dates],
        published=_iso(article.published),
        updated=_iso(article.modified),
        authors=article.authors,
        summary=None if spec.body == "none" else summary(article),
        content=body if spec.body == "full" and article.layout == "article" else None,
    )


def summary(article: Article) -> str:
    """Its first paragraph, cut at 240 characters."""
    lead = article.paragraphs[0]
    return lead if len(lead) <= 240 else lead[:237].rstrip() + "…"


def _json(outlet: Outlet, spec: FeedSpec, items: tuple[Item, ...], home: str) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"{outlet.name}: {spec.name}",
            "home_page_url": home,
            "feed_url": home + spec.path.lstrip("/"),
            "language": outlet.language,
            "items": [
                {
                    "id": item.identity,
                    "url": item.link,
                    "title": item.article.title,
                    "summary": item.summary,
                    "content_text": item.article.text if item.content else item.summary,
                    "date_published": item.published,
                    "date_modified": item.updated,
                    "authors": [{"name": name} for name in item.authors],
                }
                for item in items
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _content_type(spec: FeedSpec) -> str:
    # A feed in a national encoding is typically sent without a charset: the XML declaration has to be read.
    return _TYPES[spec.format] + ("; charset=utf-8" if spec.encoding == "utf-8" else "")


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
