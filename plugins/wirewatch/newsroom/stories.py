"""The front page: stories of a topic, newest first, each with where and when it spread."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request, Response

from wirewatch.newsroom.charts import Spread, draw_spread
from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import in_words, language_name, page
from wirewatch.newsroom.query import PageKey, StoryFilters, unknown_values, unread_days
from wirewatch.warehouse import Transaction

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import OutletsToChooseRow, SpreadOfStoriesRow, TopicsToChooseRow

_PER_PAGE = 25
_DOTS = 80
"""Articles of a story that its small timeline shows; more would not be readable."""

_RELEVANCE = ("Relevance", "relevance", "", [(key, key) for key in ("core", "related", "any")])

router = APIRouter()


@router.get("/")
def stories(request: Request) -> Response:
    """Stories that match the filters, and a link to the next page."""
    filters = StoryFilters.read(request.query_params)
    place = PageKey.read(request.query_params.get("before"))
    with context_of(request).reading() as rows:
        topics = rows.topics_to_choose()
        topic = chosen_topic(topics, filters.topic)
        found = rows.front_stories(
            **{**filters.as_parameters(), "topic": topic.topic}, before_at=place.at, before_story=place.id,
            n=_PER_PAGE + 1,
        )  # fmt: skip
        shown = found[:_PER_PAGE]
        spreads = spreads_of(rows, [story.story_id for story in shown])
        outlets = rows.outlets_to_choose()
        standing = None if found else rows.what_there_is(topic=topic.topic)
    choices = _choices(topics, topic, outlets, filters)
    last = shown[-1] if len(found) > _PER_PAGE else None
    return page(
        request,
        "stories.html",
        name="stories",
        title="Stories",
        topic=topic,
        filters=filters,
        unread=unread_days(request.query_params),
        unknown=unknown_values([*choices, (*_RELEVANCE, request.query_params.get("relevance"))]),
        choices=choices,
        standing=standing,
        days=[list(group) for _, group in groupby(shown, key=lambda story: story.reported_at.date())],
        spreads=spreads,
        is_first=place.at is None,
        older=str(PageKey(last.reported_at, last.story_id)) if last else None,
    )


def chosen_topic(topics: list[TopicsToChooseRow], name: str | None) -> TopicsToChooseRow:
    """The topic of that name; the first one where none is named.

    Raises HTTPException 404 for a topic that is not in force.
    """
    for topic in topics:
        if name in (None, topic.topic):
            return topic
    raise HTTPException(404, "There is no such topic; `wirewatch check` shows mistakes in the topic files.")


def spreads_of(rows: Transaction, stories: list[int]) -> dict[int, Spread]:
    """The small timelines of stories that several dated articles tell."""
    members: dict[int, list[SpreadOfStoriesRow]] = defaultdict(list)
    for member in rows.spread_of_stories(stories=stories, most=_DOTS) if stories else ():
        if member.is_dated:
            members[member.story_id].append(member)
    return {story: draw_spread(found) for story, found in members.items() if len(found) > 1}


def _choices(
    topics: list[TopicsToChooseRow], topic: TopicsToChooseRow, outlets: list[OutletsToChooseRow], filters: StoryFilters
) -> list[tuple[Any, ...]]:
    """The filters: label, name, label of no choice, (value, label) of each choice, and the chosen value."""
    perspectives = sorted({outlet.perspective for outlet in outlets})
    languages = sorted({outlet.language.split("-")[0] for outlet in outlets})
    offered = [
        ("Event", "event", "all events", [(event, in_words(event)) for event in topic.events]),
        ("Perspective", "perspective", "all perspectives", [(key, in_words(key)) for key in perspectives]),
        ("Outlet", "outlet", "all outlets", [(outlet.key, outlet.name) for outlet in outlets]),
        ("Language", "language", "all languages", [(code, language_name(code)) for code in languages]),
    ]
    if len(topics) > 1:
        offered.insert(0, ("Topic", "topic", topics[0].title, [(other.topic, other.title) for other in topics[1:]]))
    return [(*choice, getattr(filters, choice[1])) for choice in offered]
