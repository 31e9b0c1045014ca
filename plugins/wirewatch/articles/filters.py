"""`wirewatch extract --jsonl`: pages in, articles out, one JSON object per line, order kept."""

from __future__ import annotations

import base64
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from wirewatch.articles.reading import ExtractionPool
from wirewatch.errors import ExtractionError
from wirewatch.jsonl import BadLine, Record, text_field
from wirewatch.records import ExtractedArticle
from wirewatch.text.urls import clean_url

UNKNOWN_ADDRESS = "https://unknown.invalid/page"
"""Stands for the address of a page that came without one."""


def extract_lines(lines: Iterable[Record | BadLine]) -> Iterator[Record]:
    """An article, or an error, for each line; pages are read side by side and come out in the order they came in."""
    workers = min(os.cpu_count() or 1, 8)
    waiting: deque[tuple[Any, Future[ExtractedArticle] | BadLine]] = deque()
    with ExtractionPool(workers) as pool:
        for line in lines:
            waiting.append(_submit(pool, line))
            if len(waiting) > 4 * workers:
                yield _outcome(*waiting.popleft())
        while waiting:
            yield _outcome(*waiting.popleft())


def page_from_json(record: Record) -> tuple[bytes | str, str]:
    """The page and its address in a record `{url, html | html_base64}`; a made-up address when it has none.

    Raises ValueError that says what is wrong with the record.
    """
    url = text_field(record, "url")
    page = text_field(record, "html")
    encoded = text_field(record, "html_base64")
    if (page is None) == (encoded is None):
        raise ValueError("give the page as html or as html_base64, and as one of them only")
    if encoded is None:
        return page or "", clean_url(url) if url else UNKNOWN_ADDRESS
    try:
        return base64.b64decode("".join(encoded.split()), validate=True), clean_url(url) if url else UNKNOWN_ADDRESS
    except ValueError as error:  # binascii's is one, and so is what it says of other letters than ASCII's
        raise ValueError(f"html_base64 is not base64: {error}") from None


def article_json(page_id: Any, article: ExtractedArticle) -> Record:
    """`article` as it goes out; times in ISO 8601."""
    record = {"id": page_id, **asdict(article)}
    for name in ("published_at", "modified_at"):
        record[name] = _iso(record[name])
    record["dates"] = [{**date, "value": _iso(date["value"])} for date in record["dates"]]
    return record


def _submit(pool: ExtractionPool, line: Record | BadLine) -> tuple[Any, Future[ExtractedArticle] | BadLine]:
    if isinstance(line, BadLine):
        return line.id, line
    page_id = line.get("id")
    try:
        page, url = page_from_json(line)
    except ValueError as error:
        return page_id, BadLine(page_id, str(error))
    return page_id, pool.submit(page, url=url, now=datetime.now(UTC))


def _outcome(page_id: Any, answer: Future[ExtractedArticle] | BadLine) -> Record:
    if isinstance(answer, BadLine):
        return answer.as_record()
    try:
        return article_json(page_id, answer.result())
    except ExtractionError as error:
        return {"id": page_id, "error": str(error), "reason": error.reason, "title": "", "text": ""}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
