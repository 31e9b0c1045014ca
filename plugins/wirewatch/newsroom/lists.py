"""Lists as data: what the pages show, as JSON, CSV, Parquet or RSS, for readers and, by token, for programs.

query string ─ a model, which names every mistake ─▶ named query ─▶ rows, and the place where the next page begins
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.query import PageKey
from wirewatch.records import clean_text
from wirewatch.warehouse import Transaction
from wirewatch.warehouse.days import midnight, next_midnight
from wirewatch.warehouse.exporting import harmless_cell, plain_cell, rss_document

MOST = 10_000
"""Rows of one answer at most; `next` leads to the rest."""


def _cleaned(text: str | None) -> str | None:
    return clean_text(text or "").strip() or None


Text = Annotated[str | None, Field(max_length=1000), AfterValidator(_cleaned)]
Day = Annotated[date | None, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
Format = Literal["json", "csv", "parquet", "rss"]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore")

    topic: Text = Field(None, description="A topic; the shipped one without it.")
    event: Text = Field(None, description="An event type of the topic.")
    since: Day = Field(None, description="The first day, UTC.")
    until: Day = Field(None, description="The last day, UTC.")
    format: Format = Field("json", description="Kind of answer.")


class _Paged(_Asked):
    before: Text = Field(None, description="Where to go on: `next` of the answer before.")
    n: int = Field(1000, ge=1, le=MOST, description="Rows at most.")


class ArticlesAsked(_Paged):
    """Filters of articles; all that is given must hold."""

    query: Text = Field(None, description="Words, as on the page Search.")
    relevance: Literal["", "core", "related", "tagged", "none"] | None = None
    entity: Text = Field(None, description="The key of an entity that the text names.")
    language: Text = None
    outlet: Text = None
    perspective: Text = None
    bloc: Text = None
    press: Text = None


class StoriesAsked(_Paged):
    """Filters of stories."""

    relevance: Literal["core", "related", "any"] = "core"
    language: Text = None
    outlet: Text = None
    perspective: Text = None


class EventsAsked(_Paged):
    """Filters of events."""

    bloc: Text = None
    single: bool = Field(False, description="Also those of a single report.")


class AttentionAsked(_Asked):
    """What is counted, and against what."""

    query: Text = Field(None, description="Words, as on the page Search.")
    by: Literal["day", "week", "month"] = "day"
    relevance: Literal["", "core", "related", "tagged"] | None = None
    entity: Text = None
    language: Text = None
    outlet: Text = None
    bloc: Text = None
    press: Text = None


class ListPage(BaseModel):
    """An answer as JSON."""

    data: list[dict[str, Any]] = Field(description="The rows.")
    next: str | None = Field(description="`before` of the next page; null on the last one.")


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows (named tuples), and where the next page begins."""

    rows: Sequence[Any]
    next: str | None = None


def _articles(rows: Transaction, asked: ArticlesAsked) -> Listed:
    """Articles that match filters, newest first."""
    place = PageKey.read(asked.before)
    given = asked.model_dump(exclude={"format", "before", "n", "since", "until", "relevance"})
    found = rows.matches(
        **given,
        since=_begin(asked),
        until=_end(asked),
        relevance=asked.relevance or None,
        before_at=place.at,
        before_article=place.id,
        most=min(asked.n + 1, MOST),
    )
    return _paged(found, asked.n, "article_id")


def _stories(rows: Transaction, asked: StoriesAsked) -> Listed:
    """Stories of a topic, newest first: an independent report each, with how many articles carry it."""
    place = PageKey.read(asked.before)
    given = asked.model_dump(exclude={"format", "before", "n", "since", "until", "relevance", "topic"})
    found = rows.front_stories(
        **given,
        topic=_topic(rows, asked),
        relevance=None if asked.relevance == "any" else asked.relevance,
        since=_begin(asked),
        until=_end(asked),
        before_at=place.at,
        before_story=place.id,
        n=asked.n + 1,
    )
    return _paged(found, asked.n, "story_id")


def _events(rows: Transaction, asked: EventsAsked) -> Listed:
    """Events that core stories of a topic tell of, the latest first."""
    place = PageKey.read(asked.before)
    found = rows.front_events(
        topic=_topic(rows, asked),
        event=asked.event,
        bloc=asked.bloc,
        several=not asked.single,
        since=_begin(asked),
        until=_end(asked),
        before_at=place.at,
        before_story=place.id,
        n=min(asked.n, 500) + 1,
    )
    return _paged(found, min(asked.n, 500), "story_id")


def _attention(rows: Transaction, asked: AttentionAsked) -> Listed:
    """Articles, independent reports and outlets per period, beside all that was collected."""
    given = asked.model_dump(exclude={"format", "until", "relevance"})
    until = asked.until + timedelta(days=1) if asked.until else None
    return Listed(rows.attention(**given, until=until, relevance=asked.relevance or None))


def _topic(rows: Transaction, asked: _Asked) -> str:
    topics = [row.topic for row in rows.topics_to_choose()]
    if not topics or (asked.topic and asked.topic not in topics):
        raise HTTPException(404, f"There is no such topic; there are {', '.join(topics) or 'none'}.")
    return asked.topic or topics[0]


def _begin(asked: _Asked) -> datetime | None:
    return midnight(asked.since) if asked.since else None


def _end(asked: _Asked) -> datetime | None:
    return next_midnight(asked.until) if asked.until else None


def _paged(found: Sequence[Any], n: int, key: str) -> Listed:
    shown = found[:n]
    more = len(found) > n or (shown and len(found) == MOST)
    return Listed(shown, str(PageKey(shown[-1].reported_at, getattr(shown[-1], key))) if more else None)


LISTS: dict[str, tuple[type[_Asked], Callable[[Transaction, Any], Listed]]] = {
    "articles": (ArticlesAsked, _articles),
    "stories": (StoriesAsked, _stories),
    "events": (EventsAsked, _events),
    "attention": (AttentionAsked, _attention),
}
"""Name, filters, and what reads it."""


def _endpoint(name: str, model: type[_Asked], read: Callable[[Transaction, Any], Listed]) -> Callable[..., Response]:
    def answer(request: Request, asked: _Asked) -> Response:
        with context_of(request).reading() as rows:
            found = read(rows, asked)
        return as_format(request, name, found, asked.format)

    answer.__annotations__["asked"] = Annotated[model, Query()]
    answer.__annotations__["request"] = Request
    answer.__annotations__["return"] = Response
    answer.__doc__ = read.__doc__
    return answer


def routes() -> APIRouter:
    """A route for each list."""
    router = APIRouter()
    for name, (model, read) in LISTS.items():
        answers: dict[int | str, dict[str, Any]] = {
            200: {"model": ListPage, "description": (read.__doc__ or "").strip()}
        }
        router.add_api_route(f"/{name}", _endpoint(name, model, read), responses=answers, name=name)
    return router


def as_format(request: Request, name: str, found: Listed, form: Format) -> Response:
    """An answer as JSON, CSV, Parquet or RSS; the header Link leads to the next page."""
    rows = [row._asdict() for row in found.rows]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'} if form in ("csv", "parquet") else {}
    if found.next:
        headers["Link"] = f'<{request.url.include_query_params(before=found.next)}>; rel="next"'
    if form == "csv":
        return Response(_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)
    if form == "parquet":
        return Response(_parquet(rows), media_type="application/vnd.apache.parquet", headers=headers)
    if form == "rss":
        return Response(_rss(request, name, rows), media_type="application/rss+xml; charset=utf-8", headers=headers)
    body = json.dumps({"data": rows, "next": found.next}, ensure_ascii=False, default=_plain)
    return Response(body, media_type="application/json", headers=headers)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else float(value)


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
    writer.writerows([harmless_cell(value) for value in row.values()] for row in rows)
    return file.getvalue()


def _parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    table = pa.Table.from_pylist([{name: _arrow(value) for name, value in row.items()} for row in rows])
    nulls = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in table.schema]
    sink = pa.BufferOutputStream()
    pq.write_table(table.cast(pa.schema(nulls)), sink, compression="zstd")
    return bytes(sink.getvalue())


def _arrow(value: Any) -> Any:
    if isinstance(value, dict):
        return plain_cell(value)
    return float(value) if isinstance(value, Decimal) else value


def _rss(request: Request, name: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    if rows and "title" not in rows[0]:
        raise HTTPException(422, f"{name} has no headlines, so that it can't be RSS; use json, csv or parquet.")
    root = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '').removesuffix('/api')}"
    items = []
    for row in rows:
        page = {"stories": ("stories", row.get("story_id")), "events": ("events", row.get("event_id"))}.get(name)
        address = f"{root}/{page[0]}/{page[1]}" if page else row["url"]
        items.append({**row, "url": address, "summary": row.get("lead"), "guid": address})
    return rss_document(f"Wirewatch: {name}", root + "/", "Newest first, by the filters of its address", items)
