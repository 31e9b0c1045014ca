"""Events: what happened, by whom it was reported and how, who was silent, and who differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request, Response

from wirewatch.newsroom.charts import Spread, draw_spread
from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import in_words, page
from wirewatch.newsroom.query import PageKey, StoryFilters, unknown_values, unread_days
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.records import clean_text
from wirewatch.watches.watch_file import BLOCS

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import CoverageOfEventRow, ReportsOfEventRow

_PER_PAGE = 25
_REPORTS = 200
"""Articles of an event that its page lists."""
_CHANGES = 40
_DIFFERENCES = 40
_STORYLINE = 100
_LARGEST = 2**63 - 1

router = APIRouter()


@dataclass(slots=True)
class Bloc:
    """How the outlets of one bloc reported an event."""

    name: str
    spread: Spread | None
    told: list[CoverageOfEventRow] = field(default_factory=list)
    silent: list[CoverageOfEventRow] = field(default_factory=list)

    @property
    def reports(self) -> int:
        """Its articles on the event."""
        return sum(outlet.reports for outlet in self.told)

    @property
    def independent(self) -> int:
        """Of these, those that are no copies."""
        return sum(outlet.independent for outlet in self.told)


@router.get("/events")
def events(request: Request, single: bool = False) -> Response:
    """Events of a topic, the latest first; `single` shows those of a single report, too."""
    filters = StoryFilters.read(request.query_params)
    place = PageKey.read(request.query_params.get("before"))
    bloc = clean_text(request.query_params.get("bloc", "")) or None
    with context_of(request).reading() as rows:
        topics = rows.topics_to_choose()
        topic = chosen_topic(topics, filters.topic)
        asked = filters.as_parameters()
        found = rows.front_events(
            topic=topic.topic, event=filters.event, bloc=bloc, since=asked["since"], until=asked["until"],
            several=not single, before_at=place.at, before_story=place.id, n=_PER_PAGE + 1,
        )  # fmt: skip
        standing = None if found else rows.what_there_is(topic=topic.topic)
    shown = found[:_PER_PAGE]
    choices = [
        ("Event", "event", "all types", [(event, in_words(event)) for event in topic.events], filters.event),
        ("Bloc", "bloc", "all blocs", [(key, in_words(key)) for key in BLOCS], bloc),
    ]
    given = {**filters.as_query(), "bloc": bloc, "single": "true" if single else None}
    return page(
        request,
        "events.html",
        name="events",
        title="Events",
        topic=topic,
        filters=filters,
        given=given,
        single=single,
        choices=choices,
        unread=unread_days(request.query_params),
        unknown=unknown_values(choices),
        events=shown,
        standing=standing,
        is_first=place.at is None,
        older=str(PageKey(shown[-1].reported_at, shown[-1].story_id)) if len(found) > _PER_PAGE else None,
    )


@router.get("/events/{event_id}")
def event(request: Request, event_id: int) -> Response:
    """One event: its reports by bloc, what copies changed, who was silent, and who differs."""
    event_id = min(event_id, _LARGEST)
    with context_of(request).reading() as rows:
        found = rows.event_page(event_id=event_id)
        if found is None:
            raise HTTPException(404, f"There is no event {event_id}. It may have been joined to an earlier one.")
        topic = chosen_topic(rows.topics_to_choose(), request.query_params.get("topic"))
        reports = rows.reports_of_event(event_id=event_id, topic=topic.topic, most=_REPORTS + 1)
        coverage = rows.coverage_of_event(event_id=event_id)
        differences = rows.differences_of_event(event_id=event_id, most=_DIFFERENCES)
        changes = rows.changes_by_copies(event_id=event_id, most=_CHANGES)
        storyline = rows.events_of_storyline(storyline_id=found.storyline_id, most=_STORYLINE)
    names = {outlet.outlet_key: outlet.outlet for outlet in coverage}
    return page(
        request,
        "event.html",
        name="events",
        title=found.title or "Event",
        event=found,
        reports=reports[:_REPORTS],
        more_reports=len(reports) > _REPORTS,
        copies=copies_by_story(reports),
        blocs=by_bloc(coverage, reports),
        names=names,
        differences=differences,
        changes=changes,
        storyline=storyline,
    )


def by_bloc(coverage: Sequence[CoverageOfEventRow], reports: Sequence[ReportsOfEventRow]) -> list[Bloc]:
    """The blocs whose outlets published on the days of an event, those with most reports first."""
    dated = [report for report in reports if report.is_dated]
    spreads: dict[str, list[ReportsOfEventRow]] = defaultdict(list)
    for report in dated:
        spreads[report.bloc].append(report)
    span = (dated[0].reported_at, dated[-1].reported_at) if dated else None
    blocs: dict[str, Bloc] = {}
    for outlet in coverage:
        own = spreads.get(outlet.bloc)
        bloc = blocs.setdefault(outlet.bloc, Bloc(outlet.bloc, draw_spread(own, span=span) if own else None))
        (bloc.silent if outlet.silent else bloc.told).append(outlet)
    return sorted(blocs.values(), key=lambda bloc: (-bloc.reports, bloc.name))


def copies_by_story(reports: Sequence[ReportsOfEventRow]) -> dict[int, int]:
    """How many copies each story of an event has."""
    counts: dict[int, int] = defaultdict(int)
    for report in reports:
        counts[report.story_id] += not report.is_origin
    return counts
