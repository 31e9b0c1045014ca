"""Feeds: health, entries per day, last error, and a button to poll a feed now."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from wirewatch.newsroom.charts import Columns, draw_columns
from wirewatch.newsroom.context import Editor, context_of
from wirewatch.newsroom.presenting import page
from wirewatch.warehouse.days import midnight

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import RhythmOfFeedsRow

_FEEDS = 500
_DAYS = 14
WELL = ("healthy", "unchanged", "slow")
"""Health states that need no action."""
UNREAD = "new"
"""Health of a feed that was never read: its health is not known yet."""

log = logging.getLogger(__name__)
router = APIRouter()


@dataclass(frozen=True, slots=True)
class FeedRhythm:
    """New entries and polls of a feed over the last two weeks."""

    days: Columns
    entries: int
    polls: int
    failed: int


@router.get("/feeds")
def feeds(request: Request) -> Response:
    """All active feeds, those that need attention first."""
    today = context_of(request).now().date()
    begin = today - timedelta(days=_DAYS - 1)
    with context_of(request).reading() as rows:
        found = rows.feeds_page(most=_FEEDS + 1)
        days = rows.rhythm_of_feeds(since=midnight(begin))
    rhythms = _rhythms(days, [begin + timedelta(days=n) for n in range(_DAYS)])
    shown = found[:_FEEDS]
    return page(
        request,
        "feeds.html",
        name="feeds",
        title="Feeds",
        ailing=[feed for feed in shown if feed.health not in (*WELL, UNREAD)],
        unread=[feed for feed in shown if feed.health == UNREAD],
        well=[feed for feed in shown if feed.health in WELL],
        more=len(found) > _FEEDS,
        rhythms=rhythms,
        days=_DAYS,
        asked=request.query_params.get("asked"),
    )


@router.post("/feeds/{feed_id}/poll")
def poll_now(request: Request, feed_id: int, editor: Editor) -> Response:
    """Makes a feed due: the next run of poll_feeds visits it, within five minutes."""
    with context_of(request).writing() as rows:
        name = rows.poll_feed_now(feed_id=min(feed_id, 2**31 - 1))
    if name is None:
        raise HTTPException(404, f"There is no active feed {feed_id}.")
    log.info("%s requested a poll of feed %d (%s)", editor.name, feed_id, name)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/feeds?asked={feed_id}#feed-{feed_id}", 303)


def _rhythms(days: list[RhythmOfFeedsRow], calendar: list[date]) -> dict[int, FeedRhythm]:
    of_feed: dict[int, list[RhythmOfFeedsRow]] = defaultdict(list)
    for day in days:
        of_feed[day.feed_id].append(day)
    rhythms = {}
    for feed, found in of_feed.items():
        entries = {day.day: day.entries for day in found}
        rhythms[feed] = FeedRhythm(
            draw_columns([(day, entries.get(day, 0)) for day in calendar], height=62),
            sum(entries.values()),
            sum(day.polls for day in found),
            sum(day.failed for day in found),
        )
    return rhythms
