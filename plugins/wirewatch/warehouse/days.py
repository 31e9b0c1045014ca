"""Days of the warehouse are days in UTC; pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


def midnight(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time.min, UTC)


def next_midnight(day: date) -> datetime:
    """When the day after a day begins, in UTC."""
    return midnight(day + timedelta(days=1))
