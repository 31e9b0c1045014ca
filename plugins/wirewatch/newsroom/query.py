"""The query string of the front page: filters, and the position in the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from wirewatch.records import clean_text
from wirewatch.warehouse.days import midnight, next_midnight

WINDOW_DAYS = 30
"""Days that a page shows when no others are chosen."""
_LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class StoryFilters:
    """Filters of the front page; None means no filter. Days are UTC days, both included."""

    topic: str | None = None
    relevance: str | None = "core"
    event: str | None = None
    outlet: str | None = None
    perspective: str | None = None
    language: str | None = None
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, query: QueryParams) -> StoryFilters:
        """The filters in a query string. Invalid values are ignored: links are easily truncated."""
        relevance = query.get("relevance", "core")
        names = ("topic", "event", "outlet", "perspective", "language")
        return cls(
            **{name: clean_text(query.get(name, "")) or None for name in names},
            relevance=relevance if relevance in ("core", "related") else None,
            since=read_day(query.get("since")),
            until=read_day(query.get("until")),
        )

    def as_query(self) -> dict[str, Any]:
        """As a query string, without default values."""
        given = {name: getattr(self, name) for name in self.__slots__}
        given["relevance"] = {"core": None, None: "any"}.get(self.relevance, self.relevance)
        return {name: value for name, value in given.items() if value is not None}

    def as_parameters(self) -> dict[str, Any]:
        """As parameters of the SQL query."""
        given = {name: getattr(self, name) for name in self.__slots__}
        given["since"] = self.since and midnight(self.since)
        given["until"] = self.until and next_midnight(self.until)
        return given

    @property
    def narrowing(self) -> int:
        """Number of filters besides topic and relevance."""
        return sum(getattr(self, name) is not None for name in self.__slots__ if name not in ("topic", "relevance"))


@dataclass(frozen=True, slots=True)
class PageKey:
    """A position in a list that is sorted by time and id: the next page begins after it."""

    at: datetime | None = None
    id: int | None = None

    @classmethod
    def read(cls, text: str | None) -> PageKey:
        """The position that `str` wrote; the beginning of the list when it is invalid."""
        try:
            at, _, number = (text or "").rpartition("_")
            return cls(datetime.fromtimestamp(int(at) / 1e6, UTC), int(number) % 2**63)
        except (ValueError, OverflowError, OSError):
            return cls()

    def __str__(self) -> str:
        # Microseconds, like Postgres: with seconds, rows of the same second would be skipped.
        return f"{round(self.at.timestamp() * 1e6)}_{self.id}" if self.at else ""


def read_day(text: str | None) -> date | None:
    """A day in a query string; None when it is not a date."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 1900 < day.year < 2200 else None


def unread_days(query: QueryParams, names: Sequence[str] = ("since", "until")) -> list[str]:
    """Values for a day that are not dates: they are ignored, and the page says so."""
    given = [(name, clean_text(query.get(name, ""))) for name in names]
    return [f"{name}={text}" for name, text in given if text and read_day(text) is None]


def unknown_values(choices: Sequence[tuple[Any, ...]]) -> list[str]:
    """Chosen values that are not among what is offered (label, name, any, options, chosen): the page names them."""
    return [
        f"{name}={chosen}"
        for _, name, _, options, chosen in choices
        if chosen and chosen not in {value for value, _ in options}
    ]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a page looks at, both included."""

    first: date
    last: date

    @classmethod
    def read(cls, query: QueryParams, newest: date) -> Window:
        """`since` and `until` of a query string; else the 30 days up to `until`, or to the newest day."""
        last = read_day(query.get("until")) or newest
        first = read_day(query.get("since")) or last - timedelta(days=WINDOW_DAYS - 1)
        return cls(max(min(first, last), last - timedelta(days=_LONGEST_DAYS)), last)

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def calendar(self) -> list[date]:
        """Each day."""
        return [self.first + timedelta(days=n) for n in range(self.days)]

    def as_query(self) -> dict[str, str]:
        """As a query string."""
        return {"since": self.first.isoformat(), "until": self.last.isoformat()}

    def before(self) -> dict[str, str]:
        """The same number of days, just before these, as a query string."""
        return Window(self.first - timedelta(days=self.days), self.first - timedelta(days=1)).as_query()

    def after(self) -> dict[str, str]:
        """The same number of days, just after these, as a query string."""
        return Window(self.last + timedelta(days=1), self.last + timedelta(days=self.days)).as_query()
