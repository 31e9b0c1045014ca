"""One outlet: how much it publishes, what of it is its own, whom it copies, who copies it, and how its feeds are."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter, HTTPException, Request, Response

from wirewatch.newsroom.charts import Columns, draw_columns
from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import page
from wirewatch.newsroom.query import Window
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.records import clean_text

router = APIRouter()


@router.get("/outlets/{key}")
def outlet(request: Request, key: str) -> Response:
    """An outlet over the days up to `until`; `days` says how far back they go."""
    context = context_of(request)
    window = Window.read(request.query_params, context.now().date())
    days = {"since": window.first, "until": window.last + timedelta(days=1)}
    with context.reading() as rows:
        found = rows.outlet_page(key=clean_text(key))
        if found is None:
            raise HTTPException(404, f"There is no outlet {key!r}; the filter of the stories lists all of them.")
        topic = chosen_topic(rows.topics_to_choose(), request.query_params.get("topic"))
        counted = rows.outlet_days(key=found.outlet, topic=topic.topic, **days)
        flows = rows.outlet_flows(key=found.outlet, **days)
        feeds = rows.outlet_feeds(key=found.outlet)
    collected = {row.day: row.collected for row in counted}
    core = {row.day: row.core for row in counted}
    return page(
        request,
        "outlet.html",
        name="",
        title=found.outlet_name,
        outlet=found,
        topic=topic,
        window=window,
        collected=_columns(window, collected),
        core=_columns(window, core),
        days=[row for row in sorted(counted, key=lambda row: row.day, reverse=True) if row.collected],
        totals=(sum(collected.values()), sum(core.values()), sum(row.independent for row in counted)),
        takes=[flow for flow in flows if flow.takes],
        gives=[flow for flow in flows if not flow.takes],
        feeds=feeds,
    )


def _columns(window: Window, amounts: dict[date, int]) -> Columns:
    return draw_columns([(day, amounts.get(day, 0)) for day in window.calendar()], height=150)
