"""Trends: how many stories a day, of what kind, and who reports and who copies, as a newspaper would print it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from wirewatch.newsroom.charts import Columns, draw_columns, nice_top
from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import links, page
from wirewatch.newsroom.query import read_day
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.warehouse.days import midnight, next_midnight

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import CarriersOfStoriesRow, StoriesByDayRow

SPANS = {"14": ("two weeks", 14, 1), "30": ("30 days", 30, 1), "90": ("90 days", 90, 1), "364": ("a year", 364, 7)}
"""What a reader may choose: words, days, and how many days a column stands for."""
_OUTLETS = 8
"""Outlets of a perspective that are shown by name."""

router = APIRouter()


@dataclass(slots=True)
class Carriers:
    """The outlets of one perspective: how many stories they had first, and how many they took from others."""

    perspective: str
    first: int = 0
    copied: int = 0
    outlets: list[CarriersOfStoriesRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Stories, once for each outlet that carried them."""
        return self.first + self.copied


@router.get("/trends")
def trends(request: Request) -> Response:
    """Charts of a topic's stories up to its newest day; `days` says how far back they go."""
    span = request.query_params.get("days", "30")
    span = span if span in SPANS else "30"
    _, days, step = SPANS[span]
    with context_of(request).reading() as rows:
        topics = rows.topics_to_choose()
        topic = chosen_topic(topics, request.query_params.get("topic"))
        now = context_of(request).now()
        newest = min(rows.newest_story(topic=topic.topic) or now, now).date()
        last = min(read_day(request.query_params.get("until")) or newest, newest)
        first = last - timedelta(days=days - 1)
        time = {"since": midnight(first), "until": next_midnight(last)}
        counted = rows.stories_by_day(topic=topic.topic, relevance="core", **time)
        carriers = rows.carriers_of_stories(topic=topic.topic, relevance="core", **time)
    times = [first + timedelta(days=n) for n in range(0, days, step)]
    unit = "day" if step == 1 else "week"
    link = links(request)

    def rows_of(event: str | None = None) -> Callable[[date], str]:
        """The address of the stories behind a column, which begins on a day."""
        return lambda at: link(
            "/", event=event, since=at, until=min(at + timedelta(days=step - 1), last), topic=topic.topic
        )

    return page(
        request,
        "trends.html",
        name="trends",
        title="Trends",
        topic=topic,
        span=span,
        spans=SPANS,
        first=first,
        last=last,
        earlier=first - timedelta(days=1),
        later=min(last + timedelta(days=days), newest) if last < newest else None,
        unit=unit,
        undated=sum(row.undated for row in counted),
        all_stories=draw_columns(_amounts(counted, times, step), height=210, unit=unit, lines=2),
        by_event=_by_event(counted, topic.events, times, step, unit),
        carriers=by_perspective(carriers),
        named=_OUTLETS,
        rows_of=rows_of,
    )


def _amounts(
    counted: Sequence[StoriesByDayRow], times: list[date], step: int, event: str | None = None
) -> list[tuple[date, int]]:
    """Stories in each time, which is `step` days long; of one event type if `event` is given."""
    amounts: Counter[date] = Counter()
    for row in counted:
        if event in (None, row.event):
            amounts[times[0] + timedelta(days=(row.day - times[0]).days // step * step)] += row.stories
    return [(time, amounts[time]) for time in times]


def _by_event(
    counted: Sequence[StoriesByDayRow], events: Sequence[str], times: list[date], step: int, unit: str
) -> list[tuple[str, Columns]]:
    """A small chart for each event type, the most frequent first; one scale for all, so that they compare."""
    amounts = {event: _amounts(counted, times, step, event) for event in events}
    top = nice_top(max((amount for of_event in amounts.values() for _, amount in of_event), default=0))
    charts = [
        (event, draw_columns(found, height=104, top=top, unit=unit, lines=1, words=3))
        for event, found in amounts.items()
    ]
    return sorted(charts, key=lambda chart: (-chart[1].total, chart[0]))


def by_perspective(carriers: Sequence[CarriersOfStoriesRow]) -> list[Carriers]:
    """Outlets (`perspective`, `first`, `carried`, most carried first) by perspective, the busiest perspective first."""
    found: dict[str, Carriers] = defaultdict(lambda: Carriers(""))
    for row in carriers:
        group = found[row.perspective]
        group.perspective = row.perspective
        group.first += row.first
        group.copied += row.carried - row.first
        group.outlets.append(row)
    return sorted(found.values(), key=lambda group: (-group.total, group.perspective))
