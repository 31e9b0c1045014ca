"""Attention over time is exact, has its denominator, and adds up over days and weeks."""

from __future__ import annotations

from collections import Counter

import psycopg2
import pytest

from tests.warehouse.test_search import search

pytestmark = pytest.mark.timeout(900)


def attention(cursor, query: str | None = None, **filters) -> list[dict]:
    named = "".join(f", {name} => %({name})s" for name in filters)
    cursor.execute(f"select * from news.attention(%(query)s{named})", {"query": query, **filters})
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("query", ["carrier", "台湾海峡", '"South China Sea"', "destroyer -drill"])
def test_it_counts_what_search_finds(week, query):
    found = Counter(answer["reported_at"].date() for answer in search(week, query))
    assert found
    assert {row["period"]: row["reports"] for row in attention(week, query) if row["reports"]} == found


def test_the_denominator_is_all_that_was_collected(week):
    week.execute("select day, count(*) from news.collected group by day")
    collected = dict(week.fetchall())
    assert {row["period"]: row["collected"] for row in attention(week, "carrier")} == collected
    for row in attention(week, "carrier"):
        assert float(row["share"]) == pytest.approx(row["reports"] / row["collected"], abs=1e-6)


def test_weeks_are_the_sums_of_their_days(week):
    days, weeks = attention(week, "carrier", relevance="core"), attention(week, "carrier", relevance="core", by="week")
    for name in ("reports", "independent_reports", "collected"):
        assert sum(row[name] for row in days) == sum(row[name] for row in weeks)
    assert all(row["period"].weekday() == 0 for row in weeks)


def test_tags_entities_and_blocs(week):
    week.execute(
        "select day, count(*), count(*) filter (where is_origin) from news.tagged"
        " where relevance = 'core' and event = 'talks' and bloc = 'prc' group by day"
    )
    expected = {day: (reports, independent) for day, reports, independent in week.fetchall()}
    found = attention(week, None, event="talks", relevance="core", bloc="prc")
    assert expected == {row["period"]: (row["reports"], row["independent_reports"]) for row in found if row["reports"]}
    week.execute("select entity, count(distinct article_id) from news.mentions group by 1 order by 2 desc limit 1")
    entity, articles = week.fetchone()
    assert sum(row["reports"] for row in attention(week, None, entity=entity)) == articles


@pytest.mark.parametrize(("name", "value"), [("by", "year"), ("relevance", "none")])
def test_what_it_does_not_know_is_named(week, name, value):
    with pytest.raises(psycopg2.errors.InvalidParameterValue, match=f"{name} => '{value}': use"):
        attention(week, None, **{name: value})


def test_an_analyst_may_ask(week):
    week.execute("set role analyst")
    try:
        assert attention(week, "carrier")
    finally:
        week.execute("reset role")
