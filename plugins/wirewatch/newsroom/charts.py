"""Geometry of the charts, pure: numbers in, coordinates out. `templates/charts.html` draws them.

Across, coordinates are percents of the chart's width, so that a chart fills whatever room it has while its words keep
their size; down, they are pixels from the top. Amounts always start at zero.

A story's time runs logarithmically: most copies come within hours, the last ones after days.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ReportsOfStoryRow

_DOT = 7
"""Pixels from dot to dot in a stack."""
_STACK = 5
"""Dots on one another before a stack is squeezed."""
_KNEE = timedelta(minutes=20)
"""Up to about here the time axis is linear; beyond, logarithmic."""
_MARKS = {
    "10 min": timedelta(minutes=10),
    "1 h": timedelta(hours=1),
    "6 h": timedelta(hours=6),
    "1 d": timedelta(days=1),
    "1 wk": timedelta(days=7),
    "1 mo": timedelta(days=30),
    "1 y": timedelta(days=365),
}


class ChartReport(Protocol):
    """An article on a small timeline: a row of a story or of an event."""

    @property
    def reported_at(self) -> datetime: ...

    @property
    def outlet(self) -> str: ...

    @property
    def is_origin(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Dot:
    """One article on a timeline."""

    x: float
    y: float
    is_origin: bool
    label: str


@dataclass(frozen=True, slots=True)
class Spread:
    """The times of a story's articles, from the first to the last."""

    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    lasted: timedelta
    first: str
    """Outlet of the first article."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One article in a story's timeline: its position, None where it is undated, and that of the article it copies."""

    at: float | None
    taken_from: float | None


@dataclass(frozen=True, slots=True)
class Lanes:
    """The articles of a story, each in its own lane, all on one scale."""

    of_article: dict[int, Lane]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps the times of a story's articles to positions."""

    begin: datetime
    longest: timedelta
    left: float
    right: float

    @classmethod
    def over(cls, times: Sequence[datetime], left: float, right: float) -> _Scale:
        return cls(min(times), max(times) - min(times), left, right)

    def place(self, lag: timedelta) -> float:
        whole = math.log1p(self.longest / _KNEE)
        return self.left + (self.right - self.left) * (math.log1p(lag / _KNEE) / whole if whole else 0.0)

    def place_of(self, at: datetime) -> float:
        return self.place(at - self.begin)

    def ticks(self, apart: float) -> tuple[tuple[float, str], ...]:
        """Marks at round times, at least `apart` percent from each other and from both ends."""
        found: list[tuple[float, str]] = []
        for words, lag in _MARKS.items():
            x = self.place(lag) if lag < self.longest else self.right
            if x - (found[-1][0] if found else self.left) >= apart and self.right - x >= apart:
                found.append((x, words))
        return tuple(found)


def draw_spread(
    members: Sequence[ChartReport],
    *,
    base: float = 28,
    span: tuple[datetime, datetime] | None = None,
) -> Spread:
    """The small timeline of articles (`reported_at`, `outlet`, `is_origin`), sorted by time.

    `span` are the ends of the axis, by default the first and the last article.

    Articles of about the same time stand on one another above `base`.
    """
    scale = _Scale.over(span or [member.reported_at for member in members], 2, 98)
    places = [scale.place_of(member.reported_at) for member in members]
    # On a timeline of about 250 pixels, a dot is three percent wide.
    columns = [round(place / 3) for place in places]
    tallest = max(Counter(columns).values())
    step = _DOT if tallest <= _STACK else _DOT * (_STACK - 1) / (tallest - 1)
    stacks: Counter[int] = Counter()
    dots = []
    for member, place, column in zip(members, places, columns, strict=True):
        label = f"{member.outlet}, {member.reported_at:%-d %b %H:%M}"
        dots.append(Dot(place, base - stacks[column] * step, member.is_origin, label))
        stacks[column] += 1
    return Spread(tuple(dots), scale.ticks(17), scale.longest, members[0].outlet)


def draw_lanes(reports: Sequence[ReportsOfStoryRow]) -> Lanes:
    """The large timeline of a story's articles (`article_id`, `reported_at`, `is_dated`, `of_article_id`).

    When a feed first listed an undated article tells nothing of when it was published: it has no place in time.
    """
    dated = [report for report in reports if report.is_dated]
    if not dated:
        return Lanes({report.article_id: Lane(None, None) for report in reports}, ())
    scale = _Scale.over([report.reported_at for report in dated], 3, 97)
    places = {report.article_id: scale.place_of(report.reported_at) for report in dated}
    return Lanes(
        {
            report.article_id: Lane(places.get(report.article_id), places.get(report.of_article_id or 0))
            for report in reports
        },
        scale.ticks(12),
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart over time."""

    x: float
    width: float
    y: float
    height: float
    label: str
    at: datetime | date
    amount: int


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of amounts over time, with its grid and labels."""

    columns: tuple[Column, ...]
    grid: tuple[tuple[float, int], ...]
    """(y, value) of each line above zero."""
    ticks: tuple[tuple[float, str], ...]
    """(x, words) below."""
    peak: tuple[float, float, str] | None
    """(x, y, words) of the highest column."""
    base: float
    height: float
    total: int


def draw_columns(
    amounts: Sequence[tuple[datetime | date, int]],
    *,
    height: float,
    top: int | None = None,
    unit: str = "day",
    lines: int = 2,
    words: int = 6,
) -> Columns:
    """Columns of (begin of the time, amount), in order of time; `top` is the amount that fills the height.

    `unit` is the length of a time: hour, day, week; `words` limits how many times are named. A margin above is kept
    for the peak's label, one below for the ticks.
    """
    above, below = 18, 20
    base = height - below
    most = max((amount for _, amount in amounts), default=0)
    top = nice_top(most) if top is None else top
    step = 100 / max(len(amounts), 1)
    gap = min(step * 0.22, 0.5)
    columns = []
    for n, (at, amount) in enumerate(amounts):
        tall = (base - above) * amount / top
        columns.append(
            Column(n * step + gap / 2, step - gap, base - tall, tall, f"{_name(at, unit)}: {amount}", at, amount)
        )
    highest = max(range(len(amounts)), key=lambda n: amounts[n][1], default=0)
    peak = None
    if most:
        peak = (min(max((highest + 0.5) * step, 4), 96), columns[highest].y - 5, str(most))
    return Columns(
        columns=tuple(columns),
        grid=tuple((base - (base - above) * n / lines, top * n // lines) for n in range(1, lines + 1)),
        ticks=tuple(_ticks([at for at, _ in amounts], unit, step, words)),
        peak=peak,
        base=base,
        height=height,
        total=sum(amount for _, amount in amounts),
    )


def nice_top(most: int) -> int:
    """The smallest even, round number that is not below `most`."""
    size = 1
    while True:
        for digit in (2, 4, 6, 10):
            if digit * size >= most:
                return digit * size
        size *= 10


def each_time(
    counts: Mapping[datetime, int], begin: datetime, end: datetime, step: timedelta
) -> list[tuple[datetime, int]]:
    """The amounts of all times from `begin` to before `end`; 0 where there is no count."""
    times = []
    while begin < end:
        times.append((begin, counts.get(begin, 0)))
        begin += step
    return times


@dataclass(frozen=True, slots=True)
class FlowStage:
    """One stage of the ledger's flow: how many entries reached it, wait in it, and were dropped by it."""

    title: str
    reached: int
    waiting: int
    dropped: int
    x: float
    height: float
    waiting_height: float
    dropped_height: float
    passed_height: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The ledger as a flow from left to right; dropped entries leave downwards."""

    stages: tuple[FlowStage, ...]
    top: float
    height: float
    bar: float
    """Width of a stage's bar."""

    def ribbon(self, n: int) -> str:
        """The path from stage `n` to the next one."""
        here, there = self.stages[n], self.stages[n + 1]
        return _ribbon(here.x + self.bar, self.top, here.passed_height, there.x, self.top, there.height)

    def drain(self, n: int) -> str:
        """The path of what stage `n` dropped."""
        here = self.stages[n]
        top = self.top + here.height - here.dropped_height
        x, low, bottom = here.x + self.bar, top + here.dropped_height, self.height
        near = x + 4
        far = near + min(here.dropped_height / 12 + 0.4, 5)
        return (
            f"M{x:.2f} {top:.2f} C{far:.2f} {top:.2f} {far:.2f} {top + 14:.2f} {far:.2f} {bottom} "
            f"L{near:.2f} {bottom} C{near:.2f} {low + 8:.2f} {x + 3:.2f} {low:.2f} {x:.2f} {low:.2f} Z"
        )


def draw_flow(stages: Sequence[tuple[str, int, int, int]], *, height: float = 250, tall: float = 130) -> Flow:
    """A flow of stages (title, entries that reached it, of these waiting, of these dropped)."""
    top, bar = 44.0, 3.0
    scale = tall / max(stages[0][1], 1)
    step = (100 - bar) / (len(stages) - 1)
    return Flow(
        tuple(
            FlowStage(
                title, reached, waiting, dropped, n * step, reached * scale, waiting * scale, dropped * scale,
                (reached - waiting - dropped) * scale,
            )
            for n, (title, reached, waiting, dropped) in enumerate(stages)
        ),
        top,
        height,
        bar,
    )  # fmt: skip


def _ribbon(x0: float, y0: float, h0: float, x1: float, y1: float, h1: float) -> str:
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.2f} {y0:.2f} C{middle:.2f} {y0:.2f} {middle:.2f} {y1:.2f} {x1:.2f} {y1:.2f} L{x1:.2f} {y1 + h1:.2f} "
        f"C{middle:.2f} {y1 + h1:.2f} {middle:.2f} {y0 + h0:.2f} {x0:.2f} {y0 + h0:.2f} Z"
    )


def _name(at: datetime | date, unit: str) -> str:
    form = {"hour": "%-d %b %H:00", "day": "%-d %b %Y", "week": "week of %-d %b %Y"}[unit]
    return at.strftime(form)


def _ticks(times: Sequence[datetime | date], unit: str, step: float, words: int) -> Iterator[tuple[float, str]]:
    """At most `words` labels below a chart, at even distances."""
    every = max(1, -(-len(times) // words))
    form = "%H:00" if unit == "hour" else "%-d %b"
    for n in range(0, len(times), every):
        yield (n + 0.5) * step, times[n].strftime(form)
