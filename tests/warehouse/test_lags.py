"""How much later something was reported is told only where both times tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytestmark = pytest.mark.timeout(900)


def test_an_undated_copy_has_no_lag(week):
    week.execute(
        "select lag, lag_to_origin from news.reports join news.articles using (article_id)"
        " where published_at is null and source_article_id is not null"
    )
    found = week.fetchall()
    assert found, "the week has undated copies"
    assert set(found) == {(None, None)}
    week.execute(
        "select count(*), count(lag) from news.copies join news.articles using (article_id) where published_at is null"
    )
    links, lags = week.fetchone()
    assert (links > 0, lags) == (True, 0)


@pytest.mark.parametrize(
    ("view", "column"),
    [
        ("copies", "lag"), ("reports", "lag"), ("reports", "lag_to_origin"), ("copy_flows", "median_lag"),
        ("first_reporters", "shortest_lag"), ("first_reporters", "median_lag"), ("event_coverage", "lag"),
        ("outlet_borrowing", "median_lag"),
    ],
)  # fmt: skip
def test_no_lag_of_the_week_is_longer_than_the_week(week, view, column):
    week.execute(f"select min({column}), max({column}), count({column}) from news.{view}")
    shortest, longest, known = week.fetchone()
    assert known > 0
    assert timedelta(0) <= shortest <= longest < timedelta(days=8)


def test_a_date_alone_tells_no_time_of_day(cursor):
    cursor.execute(
        "select news.is_timed(at::timestamptz, '2026-03-05 12:00Z')"
        " from (values ('2026-03-04 00:00Z'), ('2026-03-04 00:01Z'), (null), ('2026-03-06 10:00Z')) as times (at)"
    )
    assert [row[0] for row in cursor.fetchall()] == [False, True, False, False]
