"""Twenty-four simulated days of 200 feeds, unattended: memory, growth, alarms, and what became of every item.

    python -m tests.soak.simulation [--days N] [--feeds M] [--every K] [--minutes T]

The feeds of `tests/soak/simulated/rhythm.py` are polled, collected, labelled and checked in rounds, and tended at
night, by a clock that is moved from one run to the next. Some hours of the November before come first, so that
retention has a month to drop. The report goes to docs/reliability.md; with `--days`, `--feeds` or `--every` it is
printed instead. `--minutes` ends after the day in which so many minutes of the real clock have passed. Exits with 1
when an item is unaccounted for, a run failed or the warehouse contradicts itself.

Needs the recorded material beside the project and Debian's `libfaketime`; skipped, and said so, without.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosql
import psycopg2
from psycopg2.extras import NamedTupleCursor

from bench.documents import DOCS, write_generated
from tests.conftest import SHARED
from tests.soak import SOAK_QUERIES
from tests.soak.chaos.target import find_faketime
from tests.soak.recorded.accounting import account, bad_pages, unsound_checks
from tests.soak.recorded.web import RecordedWeb
from tests.soak.simulated.clock import SimulatedClock
from tests.soak.simulated.memory import Watch
from tests.soak.simulated.report import Day, Result, report
from tests.soak.simulated.rhythm import Rhythm, rhythm
from tests.soak.simulated.stack import Stack, running_stack
from wirewatch.warehouse import Warehouse
from wirewatch.web.archive import Archive

DAYS, FEEDS, EVERY = 24, 200, 24
PRELUDE, PRELUDE_END = datetime(2025, 11, 25, tzinfo=UTC), datetime(2025, 11, 25, 8, tzinfo=UTC)
"""Some hours with the stack running, long before the days: their polls are what retention drops."""
START = datetime(2026, 1, 15, tzinfo=UTC)
_DAY = timedelta(days=1)
_RECORDED = SHARED / "data" / "feeds" / "replay_2026-01-01_10.tar.gz"
_QUERIES = Path(__file__).with_name("simulation.sql")


def main() -> None:
    """Runs the simulation and reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.simulation", description=__doc__.split("\n")[0])
    parser.add_argument("--days", type=int, help=f"{DAYS} without")
    parser.add_argument("--feeds", type=int, help=f"{FEEDS} without")
    parser.add_argument("--every", type=int, help=f"take one in so many recorded items; {EVERY} without")
    parser.add_argument("--minutes", type=float, help="end after the day in which so many minutes have passed")
    asked = parser.parse_args()
    if (missing := what_is_missing()) is not None:
        print(f"simulation: skipped, {missing}")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # so that database and workers end too
    result = simulate(asked.days or DAYS, asked.feeds or FEEDS, asked.every or EVERY, minutes=asked.minutes)
    text = report(result)
    if asked.days or asked.feeds or asked.every:
        print(text)
    else:
        write_generated(DOCS / "reliability.md", text, by="simulation", package="tests.soak")
        print("written to docs/reliability.md")
    if not result.holds:
        sys.exit(1)


def what_is_missing() -> str | None:
    """Why no simulation can run here; None when it can."""
    if not _RECORDED.exists():
        return "it needs the recorded material beside the project, which is not part of it"
    if find_faketime() is None:
        return "it needs Debian's libfaketime"
    return None


def simulate(days: int, feeds: int, every: int, *, minutes: float | None = None) -> Result:
    """Runs `days` days of `feeds` feeds with one in `every` recorded items."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wirewatch-simulation-") as name:
        clock = SimulatedClock(Path(name), PRELUDE)
        spans = [(PRELUDE, PRELUDE_END), (START, START + days * _DAY)]
        lived = rhythm(_RECORDED, spans, feeds=feeds, every=every, now=clock.now)
        web = RecordedWeb(lived.recording, page=lived.page)
        with web.running(), running_stack(Path(name), clock, web) as stack:
            return _live(stack, web, lived, days, feeds, every, began, minutes)


def _live(
    stack: Stack, web: RecordedWeb, lived: Rhythm, days: int, feeds: int, every: int, began: float, limit: float | None
) -> Result:
    watch = Watch(stack.other_processes)
    watch.start()
    lived_days: list[Day] = []
    try:
        for number in range(days + 1):
            day, end = (START + (number - 1) * _DAY, START + number * _DAY) if number else (PRELUDE, PRELUDE_END)
            stack.run_until(day, end)
            lived_days.append(_day_of(stack, watch, day))
            _tell(number, lived_days[-1], began)
            if limit is not None and time.monotonic() - began > 60 * limit:
                break
    finally:
        watch.stop()
    end = lived_days[-1].day + _DAY
    seen = sum(story.seen < end for story in lived.stories.values())
    with Warehouse(stack.dsn, application="simulation") as warehouse:
        unsound = unsound_checks(warehouse)
        with warehouse.transaction() as rows:
            ledger = rows.using(SOAK_QUERIES).replay_ledger()
            pages = rows.using(SOAK_QUERIES).archived_pages()
            return Result(
                days=tuple(lived_days),
                asked_days=days,
                feeds=feeds,
                every=every,
                runs=dict(stack.runs),
                counts=dict(stack.counts),
                account=account(web, rows.using(SOAK_QUERIES).replay_entries()),
                unseen=seen - len({key for _, key in web.listed}),
                states=[(row.state, row.reason, row.n) for row in ledger],
                doubled_versions=rows.using(SOAK_QUERIES).doubled_versions(),
                alarms=tuple(_ask(stack.dsn, "alarms")),
                pages=len(pages),
                bad_pages=tuple(bad_pages(Archive(stack.settings.archive_url), pages)),
                unsound=unsound,
                minutes=(time.monotonic() - began) / 60,
                load=os.getloadavg()[2],
            )


def _day_of(stack: Stack, watch: Watch, day: datetime) -> Day:
    memory = {**watch.take(), **stack.workers_memory()}
    archived = [file.stat().st_size for file in Path(stack.settings.archive_url).rglob("*") if file.is_file()]
    (counts,) = _ask(stack.dsn, "day_counts")
    return Day(
        day=day,
        memory=memory,
        tables={row.name: row for row in _ask(stack.dsn, "table_sizes")},
        counts=counts,
        partitions=tuple(row.name for row in _ask(stack.dsn, "poll_partitions")),
        archive_bytes=sum(archived),
        archive_files=len(archived),
        late=stack.clock.now() - (day + _DAY),
    )


def _ask(dsn: str, name: str) -> list[Any]:
    """The rows of a query of simulation.sql."""
    queries = aiosql.from_path(_QUERIES, "psycopg2", encoding="utf-8", mandatory_parameters=False)
    with (
        closing(psycopg2.connect(dsn, cursor_factory=NamedTupleCursor)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(getattr(queries, name).sql)
        return cursor.fetchall()


def _tell(number: int, day: Day, began: float) -> None:
    counts = day.counts
    workers = ", ".join(
        f"{name.removeprefix('worker: ')} {memory.own / 1024:.1f}"
        for name, memory in day.memory.items()
        if name.startswith("worker: ")
    )
    print(
        f"day {number} ({day.day:%d %b}): {counts.entries:,} entries, {counts.articles:,} articles, "
        f"{counts.polls:,} polls, {counts.open_entries} open, {counts.open_alarms} alarms, "
        f"{counts.bytes / 1e6:.0f} MB; MB: {workers}; {time.monotonic() - began:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
