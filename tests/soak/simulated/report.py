"""The simulation in words and tables: Markdown, without paths or machine names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.soak.recorded.accounting import Account
from tests.soak.simulated.memory import Memory, by_process, slope
from tests.soak.simulated.stack import ROUND_MIN, Runs

WARM = 4
"""Days that a process has to take its size; the line goes through this one and those after."""
_LEAST_TABLE = 1_000_000
"""Bytes from which a table has a row of its own."""
_NOTES = 8


@dataclass(frozen=True, slots=True)
class Day:
    """What a simulated day left."""

    day: datetime
    memory: dict[str, Memory]
    """Of the workers at its end; of all others the highest of the day."""
    tables: dict[str, Any]
    """Rows of `table_sizes`, by table."""
    counts: Any
    """A row of `day_counts`."""
    partitions: tuple[str, ...]
    archive_bytes: int
    archive_files: int
    late: timedelta
    """By how much the clock was beyond the day's end: above zero when the work took longer than the day."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the simulation left."""

    days: tuple[Day, ...]
    """The one in November first."""
    asked_days: int
    """Without it."""
    feeds: int
    every: int
    runs: dict[str, Runs]
    counts: dict[str, int]
    account: Account
    unseen: int
    """Items that came and went between two polls, or came after the last one."""
    states: list[tuple[str, str | None, int]]
    doubled_versions: int
    alarms: tuple[Any, ...]
    pages: int
    bad_pages: tuple[str, ...]
    unsound: str | None
    minutes: float
    load: float
    """Processes that wanted a core, in the last quarter of an hour."""

    @property
    def failed(self) -> list[str]:
        """Runs that failed."""
        return [f"{name}: {error}" for name, runs in self.runs.items() for error in runs.errors]

    @property
    def holds(self) -> bool:
        """Whether every item is accounted for once, no run failed, and the warehouse is sound."""
        return (
            self.account.balances
            and not self.failed
            and not self.bad_pages
            and not self.doubled_versions
            and self.unsound is None
        )


def report(result: Result) -> str:
    """All of it."""
    lived = len(result.days) - 1
    short = "" if lived == result.asked_days else f" of {result.asked_days} that were asked for"
    notes = [
        *result.failed[:_NOTES],
        *result.bad_pages[:_NOTES],
        *result.account.unaccounted[:_NOTES],
        *result.account.twice[:_NOTES],
        *([result.unsound] if result.unsound else []),
    ]
    return "\n\n".join(
        [
            f"**{lived} simulated days{short}**, {result.feeds} feeds, one in {result.every} of the recorded items; "
            f"{result.minutes:.0f} minutes of real time on a shared machine, where {result.load:.0f} processes wanted "
            f"a core. A round of poll_feeds, collect_articles, label_articles and check_warehouse every {ROUND_MIN} "
            "minutes; tend_warehouse and relabel_articles every night.",
            _table(("what was found", ""), _facts(result)),
            *(["\n".join(f"- {note}" for note in notes)] if notes else []),
            "#### Memory",
            _table(
                ("process", f"MB, day {WARM}", f"MB, day {lived}", "KB a day", "±", "flat", "with what it shares, MB"),
                _memory(result.days),
            ),
            "#### Growth",
            _table(
                (
                    "table with its indexes, or folder",
                    f"MB, day {(lived + 1) // 2}",
                    f"MB, day {lived}",
                    "KB per article, first half",
                    "second half",
                    "indexes",
                    "dead rows",
                ),
                _growth(result.days),
            ),
            "#### Alarms",
            _table(
                ("check", "severity", "alarms", "open at the end", "hours, all together"),
                (
                    (row.name, row.severity, f"{row.alarms}", f"{row.open}", f"{row.hours:,.0f}")
                    for row in result.alarms
                ),
            ),
            "#### Work",
            _table(
                ("DAG", "runs", "failed", "seconds a run", "CPU seconds of its worker alone"),
                (
                    (name, f"{runs.runs:,}", f"{len(runs.errors)}", f"{runs.seconds / runs.runs:.2f}", _per_run(runs))
                    for name, runs in result.runs.items()
                ),
            ),
        ]
    )


def _per_run(runs: Runs) -> str:
    return f"{runs.cpu_s / runs.runs:.2f}"


def _facts(result: Result) -> Iterable[tuple[str, str]]:
    account, last = result.account, result.days[-1].counts
    ended = {"labelled", "dropped"}
    drops = ", ".join(f"{reason} {n:,}" for _, reason, n in result.states if reason)
    told = result.counts.get("check_warehouse.messages", 0)
    yield "manual acts", "0"
    yield "items that a feed listed, each in each feed", f"{account.listed:,}"
    yield "**items lost** (no entry exists)", f"{len(account.unaccounted)}"
    yield (
        "**items doubled** (two entries; an article version twice)",
        f"{len(account.twice)}; {result.doubled_versions}",
    )
    yield "entries that no feed listed", f"{len(account.never_listed)}"
    yield "items that no poll saw: gone before one, or come after the last", f"{result.unseen:,}"
    yield "entries labelled", f"{sum(n for state, _, n in result.states if state == 'labelled'):,}"
    yield "entries dropped", drops or "0"
    yield "entries on their way at the end", f"{sum(n for state, _, n in result.states if state not in ended):,}"
    yield "polls", f"{last.polls:,} kept, {result.counts.get('poll_feeds.feeds', 0):,} in all"
    yield (
        "articles, versions, in force links to copied articles",
        f"{last.articles:,}, {last.versions:,}, {last.copies:,}",
    )
    revisited, vanished = result.counts.get("collect_articles.revisited", 0), last.vanished
    yield "looks at articles again; found gone", f"{revisited:,}; {vanished:,}"
    yield "archived pages; those that can't be read back", f"{result.pages:,}; {len(result.bad_pages)}"
    yield "**runs that failed**", f"{len(result.failed)} of {sum(runs.runs for runs in result.runs.values()):,}"
    yield "the warehouse's own checks at the end", "found nothing" if result.unsound is None else "**found something**"
    yield "alarms told", f"{told} messages"
    yield from _partitions(result.days)
    late = max(day.late for day in result.days)
    yield "days that took longer than a day", "none" if late <= timedelta() else f"the longest by {late}"


def _partitions(days: Sequence[Day]) -> Iterable[tuple[str, str]]:
    made, dropped = [], []
    for before, day in pairwise(days):
        made += [f"{_month(name)} on {day.day:%-d %B}" for name in sorted(set(day.partitions) - set(before.partitions))]
        gone = sorted(set(before.partitions) - set(day.partitions))
        dropped += [f"{_month(name)} on {day.day:%-d %B}" for name in gone]
    yield "monthly parts of the polls at first", ", ".join(_month(name) for name in days[0].partitions)
    yield "· made since", ", ".join(made) or "none"
    yield "· dropped since", ", ".join(dropped) or "none"


def _month(name: str) -> str:
    return name.rpartition("poll_")[2].replace("_", "-")


def _memory(days: Sequence[Day]) -> Iterable[tuple[str, ...]]:
    last = len(days) - 1
    for name, memory in sorted(by_process([day.memory for day in days]).items()):
        warm = {number: found for number, found in memory.items() if number >= WARM}
        if len(warm) < 3:
            yield name, _mb(memory.get(WARM)), _mb(memory.get(last)), "–", "–", "too few days", _shared(memory)
            continue
        line = slope({number: float(found.own) for number, found in warm.items()})
        verdict = "yes" if line.flat else "**no**"
        first = warm.get(WARM, next(iter(warm.values())))
        final = warm.get(last, list(warm.values())[-1])
        yield (
            name,
            _mb(first),
            _mb(final),
            f"{line.kb_per_day:+,.1f}",
            f"{line.error:,.1f}",
            verdict,
            _shared(memory),
        )


def _mb(memory: Memory | None) -> str:
    return "–" if memory is None else f"{memory.own / 1024:,.1f}"


def _shared(memory: dict[int, Memory]) -> str:
    return f"{list(memory.values())[-1].resident / 1024:,.0f}"


def _growth(days: Sequence[Day]) -> Iterable[tuple[str, ...]]:
    first, middle, last = days[0], days[len(days) // 2], days[-1]
    rest = [0, 0, 0]
    for name, row in sorted(last.tables.items(), key=lambda pair: -_bytes(pair[1])):
        sizes = [_bytes(day.tables.get(name)) for day in (first, middle, last)]
        if sizes[-1] < _LEAST_TABLE:
            rest = [sum(pair) for pair in zip(rest, sizes, strict=True)]
            continue
        dead = row.dead_rows / max(row.live_rows + row.dead_rows, 1)
        yield (f"`{name}`", *_growing(days, sizes), f"{row.index_bytes / sizes[-1]:.0%}", f"{dead:.1%}")
    yield ("all smaller tables", *_growing(days, rest), "", "")
    whole = [day.counts.bytes for day in (first, middle, last)]
    yield ("**the whole database**", *_growing(days, whole), "", "")
    yield ("write-ahead log", *_growing(days, [day.counts.wal_bytes for day in (first, middle, last)]), "", "")
    yield (
        f"archive, {last.archive_files:,} files",
        *_growing(days, [day.archive_bytes for day in (first, middle, last)]),
        "",
        "",
    )


def _bytes(row: Any) -> int:
    return row.table_bytes + row.index_bytes if row is not None else 0


def _growing(days: Sequence[Day], sizes: Sequence[int]) -> tuple[str, ...]:
    articles = [day.counts.articles for day in (days[0], days[len(days) // 2], days[-1])]
    pace = [
        f"{(after - before) / (more - less) / 1000:.2f}" if more > less else "–"
        for (before, after), (less, more) in zip(pairwise(sizes), pairwise(articles), strict=True)
    ]
    return (f"{sizes[1] / 1e6:,.1f}", f"{sizes[2] / 1e6:,.1f}", *pace)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
