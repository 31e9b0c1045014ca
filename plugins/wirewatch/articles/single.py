"""One article, from wherever somebody has it: a file, standard input, an address, the warehouse.

For trying things out by hand; the pipeline's way is `collecting`. An address is visited as the pipeline visits it: the
same client with its checks, robots.txt obeyed, the host's slot awaited.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import Any

from wirewatch.articles.filters import UNKNOWN_ADDRESS, page_from_json
from wirewatch.articles.pages import FeedWords, Page, read_page
from wirewatch.articles.reading import ExtractionPool
from wirewatch.errors import ExtractionError, WirewatchError
from wirewatch.jsonl import text_field
from wirewatch.records import ArticleText, ExtractedArticle, clean_text
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.cold import cold_texts
from wirewatch.web.client import MAX_BYTES, Accept, WebClient
from wirewatch.web.politeness import worker_name
from wirewatch.web.visitor import Visitor

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article)\b", re.I)
_LOOKED_AT = 4096
"""Bytes at the beginning by which HTML is told from plain text."""
_NOTHING_SAID = FeedWords(title=None, authors=(), language=None, dates=(), zone=None)


def article_from_bytes(data: bytes, *, name: str, now: datetime) -> ArticleText:
    """The article in `data`, which came from `name`: HTML, JSON, or plain text with the headline on its first line.

    JSON is an object with `title` and `text` (and `language`, `published_at`), as `extract --jsonl` writes, or with
    `html` or `html_base64`, as it reads. Raises WirewatchError that says what is wrong with it.
    """
    if not data.strip():
        raise WirewatchError(f"{name}: empty; give a text, with its headline on the first line")
    if len(data) > MAX_BYTES:
        raise WirewatchError(f"{name}: {len(data):,} bytes; a page of more than {MAX_BYTES:,} is not read")
    if data.lstrip().startswith(b"{"):
        return _from_json(data, name, now)
    if _HTML.search(data[:_LOOKED_AT]):
        return _from_page(data, UNKNOWN_ADDRESS, name, now)
    return _from_text(data, name)


def article_at(url: str, warehouse: Warehouse, settings: Settings) -> ArticleText:
    """The article at an address, fetched now. Raises FetchError, ExtractionError, WarehouseError."""

    async def visit() -> ExtractedArticle:
        async with WebClient(settings) as client:
            visitor = Visitor(warehouse, settings, client, by=worker_name())
            page = Page.fetched(None, await visitor.get(url, accept=Accept.PAGE))
        with ExtractionPool() as pool:
            return await read_page(pool, page, _NOTHING_SAID)

    return _as_text(asyncio.run(visit()), url)


def stored_article(article_id: int, warehouse: Warehouse) -> ArticleText:
    """The current version of an article of the warehouse. Raises WirewatchError when there is none."""
    with warehouse.transaction() as rows:
        row = rows.article_text(article_id=article_id)
        if row is None:
            raise WirewatchError(f"there is no article {article_id}; news.articles has their ids")
        text = row.text or cold_texts(rows, article_id).get(row.version, "")
    return ArticleText(
        id=article_id, title=row.title, text=text, url=row.url, outlet=row.outlet, published_at=row.reported_at,
        language=row.language,
    )  # fmt: skip


def _from_json(data: bytes, name: str, now: datetime) -> ArticleText:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WirewatchError(f"{name}: looks like JSON but is not valid: {error}") from None
    try:
        if record.get("html") is not None or record.get("html_base64") is not None:
            page, url = page_from_json(record)
            return _from_page(page, url, name, now)
        text = text_field(record, "text", required=True)
        return ArticleText(
            id=name,
            title=clean_text(text_field(record, "title") or ""),
            text=clean_text(text or ""),
            url=text_field(record, "url") or "",
            outlet="",
            published_at=_moment(record),
            language=text_field(record, "language"),
        )
    except ValueError as error:
        raise WirewatchError(f"{name}: {error}; give an object with title and text, or with html") from None


def _moment(record: dict[str, Any]) -> datetime | None:
    written = text_field(record, "published_at")
    if written is None:
        return None
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _from_page(page: bytes | str, url: str, name: str, now: datetime) -> ArticleText:
    with ExtractionPool() as pool:
        try:
            return _as_text(pool.submit(page, url=url, now=now).result(), name)
        except ExtractionError as error:
            what = str(error).removeprefix(f"{url}: ")
            raise ExtractionError(error.reason, f"{name}: no article in this page: {what} ({error.reason})") from None


def _as_text(article: ExtractedArticle, name: str) -> ArticleText:
    return ArticleText(
        id=name,
        title=article.title,
        text=article.text,
        url=article.canonical_url or "",
        outlet="",
        published_at=article.published_at,
        language=article.language,
        wire=article.wire,
    )


def _from_text(data: bytes, name: str) -> ArticleText:
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = "\0"
    if "\0" in words:
        raise WirewatchError(f"{name}: neither HTML nor JSON nor text in UTF-8; save it as one of them")
    title, _, text = words.strip().partition("\n")
    return ArticleText(
        id=name, title=clean_text(title.strip()), text=clean_text(text.strip()), url="", outlet="", published_at=None
    )
