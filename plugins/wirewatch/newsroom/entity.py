"""Entities: who and what was named, when, with whom, by which outlets, and in which words."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request, Response

from wirewatch.newsroom.charts import draw_columns
from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import in_words, page
from wirewatch.newsroom.query import PageKey, Window
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.records import clean_text

_LISTED = 200
_WITH = 20
_PER_PAGE = 25

router = APIRouter()


@router.get("/entities")
def entities(request: Request) -> Response:
    """The entities that most articles name, of a kind or by their name."""
    words = clean_text(request.query_params.get("q", "")).strip()
    kind = clean_text(request.query_params.get("kind", "")) or None
    with context_of(request).reading() as rows:
        topic = chosen_topic(rows.topics_to_choose(), request.query_params.get("topic"))
        found = rows.entities_to_choose(kind=kind, words=words or None, topic=topic.topic, most=_LISTED)
        kinds = sorted(row.kind for row in rows.entity_kinds())
    return page(
        request,
        "entities.html",
        name="search",
        title="Entities",
        words=words,
        kind=kind,
        offered=[(one, in_words(one)) for one in kinds],
        entities=found,
        most=_LISTED,
    )


@router.get("/entities/{key}")
def entity(request: Request, key: str) -> Response:
    """An entity over the days up to `until`, with the articles that name it."""
    context = context_of(request)
    place = PageKey.read(request.query_params.get("before"))
    with context.reading() as rows:
        found = rows.entity_page(key=clean_text(key))
        if found is None:
            raise HTTPException(404, f"There is no entity {key!r}; look for it by its name among the entities.")
        newest = rows.newest_naming(entity_id=found.entity_id)
        today = context.now()
        window = Window.read(request.query_params, min(newest or today, today).date())
        days = {"since": window.first, "until": window.last + timedelta(days=1)}
        counted = rows.entity_days(entity_id=found.entity_id, **days)
        with_whom = rows.named_with(entity_id=found.entity_id, most=_WITH, **days)
        outlets = rows.named_by(entity_id=found.entity_id, **days)
        mentions = rows.mentions_of_entity(
            entity_id=found.entity_id, before_at=place.at, before_article=place.id, n=_PER_PAGE + 1, **days
        )
    amounts = {row.day: row.articles for row in counted}
    shown = mentions[:_PER_PAGE]
    more = len(mentions) > _PER_PAGE
    return page(
        request,
        "entity.html",
        name="search",
        title=found.name,
        entity=found,
        window=window,
        chart=draw_columns([(day, amounts.get(day, 0)) for day in window.calendar()], height=150),
        days=sorted(counted, key=lambda row: row.day, reverse=True),
        with_whom=with_whom,
        outlets=outlets,
        mentions=shown,
        is_first=place.at is None,
        older=str(PageKey(shown[-1].reported_at, shown[-1].article_id)) if more else None,
    )
