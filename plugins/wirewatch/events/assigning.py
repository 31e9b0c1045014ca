"""The stage that finds the events of new and changed stories.

Where a report stands depends on reports up to a few days before it, and on those that follow as far as an event is
still on. So a run loads a stretch of time around what is due, keeps the kernels of what is earlier, decides the rest
again, and writes what differs. The stretch is of days: its cost does not grow with the warehouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from wirewatch.copies.subjects import UNKNOWN_TIME, believable_time
from wirewatch.events.grouping import Corrections, Placed, group
from wirewatch.events.kernels import LIFE_H
from wirewatch.events.reading import Report, read_report
from wirewatch.records import ArticleText
from wirewatch.settings import Settings
from wirewatch.text.headlines import Headline, HeadlineFormat
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import Transaction

METHOD = "wirewatch-events/2"
"""Name and version of the method; a change that finds other events counts it up."""

BATCH = 1000
"""Stories of one transaction."""

REACH = timedelta(hours=LIFE_H + 24)
"""So far before a report the events begin that it may change."""

BEFORE = 2 * REACH
"""So far before a report must be known what stood there, for all events that it may change to be whole."""

AFTER = 2 * BEFORE
"""So far after a late report its effects are followed."""


@dataclass(frozen=True, slots=True)
class EventReport:
    """What a call of `assign_events` did."""

    read: int = 0
    """Stories whose events were looked for."""
    placed: int = 0
    """Memberships that are new or differ from before."""
    closed: int = 0
    """Memberships that no longer hold."""

    def __add__(self, other: EventReport) -> EventReport:
        return EventReport(self.read + other.read, self.placed + other.placed, self.closed + other.closed)


def assign_events(warehouse: Warehouse, settings: Settings, *, now: datetime | None = None) -> EventReport:
    """Finds the events of all stories that wait for it, or for `settings.batch_minutes`.

    `now` is when memberships begin to hold; by default the time of each batch. Raises WarehouseError.
    """
    report = EventReport()
    until = monotonic() + 60 * settings.batch_minutes
    while monotonic() < until:
        with warehouse.transaction() as rows:
            done = _EventBatch(rows, now or rows.database_time()).run()
        report += done
        if not done.read:
            break
    return report


class _EventBatch:
    """The work of one transaction."""

    def __init__(self, rows: Transaction, now: datetime) -> None:
        self._rows = rows
        self._now = now

    def run(self) -> EventReport:
        """Does the work of the batch."""
        self._rows.lock_events()
        due = self._rows.stories_due(most=BATCH)
        if not due:
            return EventReport()
        stories = [row.story_id for row in due]
        before = [row.event_at for row in self._rows.event_times(stories=stories)]
        reports = {row.story_id: _read(row) for row in due if row.merged_into is None}
        self._rows.store_event_readings([_stored(row, reports[row.story_id]) for row in due
                                                  if row.story_id in reports])  # fmt: skip
        gone = [row.story_id for row in due if row.merged_into is not None]
        closed = self._close([row.event_member_id for row in self._rows.event_members_in_force(stories=gone)])
        self._rows.events_done(stories=stories)
        times = [*before, *(report.time for report in reports.values())]
        placed, ended = self._place(min(times), max(times)) if times else (0, 0)
        return EventReport(len(due), placed, closed + ended)

    def _place(self, first: datetime, last: datetime) -> tuple[int, int]:
        """Decides again from `first` on; (memberships written, closed)."""
        known = self._rows.event_readings(earliest=_moved(first, -BEFORE), latest=_moved(last, AFTER))
        loaded = {row.story_id for row in known}
        # Reports of a kernel that begins before the stretch stay unchanged.
        whole = [row for row in known if row.event_at >= first or row.kernel_id is None or row.kernel_id in loaded]
        settled: dict[int | str, int | str] = {
            row.story_id: row.kernel_id for row in whole if row.event_at < first and row.kernel_id is not None
        }
        storylines: dict[int | str, int | str] = {
            row.event_id: row.storyline_id
            for row in whole
            if row.storyline_id is not None and row.event_id == row.story_id and row.event_at < _moved(first, -REACH)
        }
        placed = group([_report(row) for row in whole], settled, self._corrections(sorted(loaded)), storylines)
        new, old = [], []
        for row in whole:
            if row.event_at < _moved(first, -REACH):
                continue
            wanted = _member(placed[row.story_id])
            if row.event_member_id is not None:
                reason = (row.reason, None if row.score is None else round(row.score, 3), list(row.reason_terms or ()))
                if (row.event_id, row.kernel_id, row.storyline_id) == wanted[:3] and (
                    row.story_id in settled or reason == (wanted[3], wanted[4], wanted[5])
                ):
                    continue
                old.append(row.event_member_id)
            new.append((row.story_id, *wanted, METHOD, self._now))
        self._close(old)
        self._rows.insert_event_members(new)
        return len(new), len(old)

    def _close(self, members: list[int]) -> int:
        if members:
            self._rows.close_event_members(members=members, now=self._now)
        return len(members)

    def _corrections(self, stories: list[int]) -> Corrections:
        said = self._rows.event_corrections(stories=stories)
        pairs = {
            kind: sorted((row.story_id, row.other_story_id) for row in said if row.kind == kind)
            for kind in ("same_event", "other_event")
        }
        return Corrections(together=pairs["same_event"], apart=pairs["other_event"])


def _member(place: Placed) -> tuple[Any, ...]:
    score = None if place.reason.score is None else round(place.reason.score, 3)
    return place.event, place.kernel, place.storyline, place.reason.kind, score, list(place.reason.terms)


def _moved(time: datetime, by: timedelta) -> datetime:
    """`time` moved by `by`, within what Postgres and Python can both say."""
    try:
        return time + by
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if by < timedelta(0) else datetime.max.replace(tzinfo=UTC)


def _read(row: Any) -> Report:
    article = ArticleText(
        row.story_id, row.title, row.text, row.url, row.outlet, row.published_at, row.first_seen_at, row.language
    )
    time = believable_time(row.published_at, row.first_seen_at)
    return read_report(article, row.first_seen_at if time == UNKNOWN_TIME else time)


def _stored(row: Any, report: Report) -> tuple[Any, ...]:
    headline = report.headline
    return (
        row.story_id, row.article_id, row.version, METHOD, report.time, headline.format.value, headline.statement,
        headline.follows, list(report.title_terms), list(report.terms), [float(w) for w in report.terms.values()],
    )  # fmt: skip


def _report(row: Any) -> Report:
    headline = Headline(HeadlineFormat(row.format), row.statement, row.follows)
    # The database keeps four bytes of a weight: rounded, it is what was read.
    terms = {term: round(weight, 3) for term, weight in zip(row.terms, row.weights, strict=True)}
    hours = row.event_at.timestamp() / timedelta(hours=1).total_seconds()
    return Report(row.story_id, row.event_at, row.outlet, headline, tuple(row.title_terms), terms, hours, row.url)


def reread_outdated(warehouse: Warehouse, settings: Settings) -> Sequence[int]:
    """Hands a batch of stories that another version of the method read back to `assign_events`; which."""
    with warehouse.transaction() as rows:
        return [row.story_id for row in rows.mark_outdated_events_due(method=METHOD, most=BATCH)]
