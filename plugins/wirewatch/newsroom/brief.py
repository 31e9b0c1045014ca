"""The daily brief: what is new, who was first, which blocs tell it, what nobody else has, and what changed.

It says nothing in words of its own: each line is a headline, a count or a name, and links to its evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import page, standalone
from wirewatch.newsroom.query import read_day, unread_days
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.warehouse import Transaction
from wirewatch.warehouse.days import midnight, next_midnight

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import (
        BriefEditsRow,
        BriefNumbersRow,
        BriefTagChangesRow,
        FrontEventsRow,
        TopicsToChooseRow,
    )

_EVENTS = 200
_CHANGES = 30

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Brief:
    """One day (UTC) of a topic."""

    topic: TopicsToChooseRow
    day: date
    numbers: BriefNumbersRow
    new: list[FrontEventsRow]
    """Events that began on the day and several articles tell of, the largest first."""
    going_on: list[FrontEventsRow]
    """Events of earlier days with a report on the day."""
    alone: list[FrontEventsRow]
    """Events of the day that one outlet tells of, in one article: what nobody else has."""
    edits: list[BriefEditsRow]
    tag_changes: list[BriefTagChangesRow]


def read_brief(rows: Transaction, topic: TopicsToChooseRow, day: date) -> Brief:
    """The brief of a day."""
    found = rows.front_events(
        topic=topic.topic, event=None, bloc=None, since=midnight(day), until=next_midnight(day), several=False,
        before_at=None, before_story=None, n=_EVENTS,
    )  # fmt: skip
    found.sort(key=lambda event: (-event.independent_reports, -event.reports, event.event_id))
    began = [event for event in found if event.first_reported_at >= midnight(day)]
    return Brief(
        topic,
        day,
        rows.brief_numbers(topic=topic.topic, day=day),
        [event for event in began if event.reports > 1],
        [event for event in found if event.first_reported_at < midnight(day)],
        [event for event in began if event.reports == 1],
        rows.brief_edits(topic=topic.topic, day=day, most=_CHANGES),
        rows.brief_tag_changes(topic=topic.topic, day=day, most=_CHANGES),
    )


@router.get("/brief")
def brief(request: Request) -> Response:
    """The brief of `day`; of yesterday, or of the newest day before it, without one."""
    asked = read_day(request.query_params.get("day"))
    context = context_of(request)
    with context.reading() as rows:
        topic = chosen_topic(rows.topics_to_choose(), request.query_params.get("topic"))
        yesterday = context.now().date() - timedelta(days=1)
        newest = rows.newest_story(topic=topic.topic)
        day = asked or (min(newest.date(), yesterday) if newest else yesterday)
        found = read_brief(rows, topic, day)
    return page(
        request,
        "brief.html",
        name="brief",
        title=f"Brief of {day:%-d %B %Y}",
        brief=found,
        unread=unread_days(request.query_params, ("day",)),
        earlier=day - timedelta(days=1),
        later=day + timedelta(days=1),
    )


def as_document(found: Brief, address: str) -> str:
    """A brief as one HTML document for mail or print; links lead to the Newsroom at `address`."""
    return standalone("brief_document.html", address, brief=found)
