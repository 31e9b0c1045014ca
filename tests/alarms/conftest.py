from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.alarms.desk import Desk


@pytest.fixture
def now(cursor) -> datetime:
    """The database's time: entries and checks go by it."""
    cursor.execute("select now()")
    return cursor.fetchone()[0].astimezone(UTC)


@pytest.fixture
def desk(cursor, now) -> Desk:
    return Desk(cursor, now)
