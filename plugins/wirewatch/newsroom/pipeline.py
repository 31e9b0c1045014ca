"""Pipeline: open alarms, the state of all entries, the duration of each stage, and throughput."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from wirewatch.newsroom.charts import draw_columns, draw_flow, each_time
from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import page
from wirewatch.records import DropReason

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import LedgerSinceRow

WINDOWS = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
_CLOSED = timedelta(days=3)
"""How long a closed alarm is shown."""
_ALARMS = 100
_CHECKS = "check_warehouse"
_CHECKS_WITHIN = timedelta(minutes=30)
_LATEST = 2000
"""Number of entries for the measurement of lags."""
_AT_READING = {DropReason.NOT_ARTICLE, DropReason.NO_TEXT, DropReason.EXTRACTION_FAILED}
"""Reasons to drop an entry after its page was stored; all others apply before."""

router = APIRouter()


@router.get("/pipeline")
def pipeline(request: Request) -> Response:
    """The state of the pipeline; `window` says how far back the ledger looks."""
    now = context_of(request).now()
    window = request.query_params.get("window", "7d")
    window = window if window in WINDOWS else "7d"
    hour = now.replace(minute=0, second=0, microsecond=0)
    two_days = hour - timedelta(hours=47)
    with context_of(request).reading() as rows:
        alarms = rows.alarms_to_show(closed_since=now - _CLOSED, most=_ALARMS)
        checked_at = next((run.succeeded_at for run in rows.status_runs() if run.dag_id == _CHECKS), None)
        ledger = rows.ledger_since(since=now - WINDOWS[window])
        waiting = rows.waiting_entries()
        lags = rows.stage_lags(most=_LATEST)
        listed = {row.hour: row.entries for row in rows.entries_by_hour(since=two_days)}
        read = {row.hour: row.articles for row in rows.articles_by_hour(since=two_days)}
    hours = timedelta(hours=1)
    return page(
        request,
        "pipeline.html",
        name="pipeline",
        title="Pipeline",
        alarms=[alarm for alarm in alarms if alarm.closed_at is None],
        closed=[alarm for alarm in alarms if alarm.closed_at is not None],
        checked_at=checked_at,
        unchecked=checked_at is None or now - checked_at > _CHECKS_WITHIN,
        window=window,
        windows=WINDOWS,
        flow=draw_flow(stages(ledger)),
        dropped=sorted((row for row in ledger if row.reason), key=lambda row: -row.entries),
        entries=sum(row.entries for row in ledger),
        waiting=waiting,
        waiting_total=sum(row.entries for row in waiting),
        oldest=min((row.oldest for row in waiting), default=None),
        lags=lags,
        slowest=max((row.ninth_decile for row in lags), default=timedelta()) or timedelta(seconds=1),
        listed=draw_columns(each_time(listed, two_days, hour + hours, hours), height=150, unit="hour"),
        read=draw_columns(each_time(read, two_days, hour + hours, hours), height=150, unit="hour"),
    )


def stages(ledger: Sequence[LedgerSinceRow]) -> list[tuple[str, int, int, int]]:
    """The ledger (`state`, `reason`, `entries`) as stages: title, reached, waiting, dropped."""
    states: Counter[str] = Counter()
    unfetched = unread = 0
    for row in ledger:
        states[row.state] += row.entries
        if row.reason in _AT_READING:
            unread += row.entries
        elif row.reason:
            unfetched += row.entries
    labelled = states["labelled"]
    read = labelled + states["extracted"]
    fetched = read + states["fetched"] + unread
    listed = fetched + states["new"] + states["fetching"] + unfetched
    return [
        ("Listed", listed, states["new"] + states["fetching"], unfetched),
        ("Fetched", fetched, states["fetched"], unread),
        ("Read", read, states["extracted"], 0),
        ("Labelled", labelled, 0, 0),
    ]
