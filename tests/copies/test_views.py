"""What analysts read about copies: lag, borrowed share and counts in the odd cases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.copies.conftest import NOW
from tests.copies.texts import BUDGET, PATROL, own_text, paragraphs
from wirewatch.copies.linking import link_copies
from wirewatch.warehouse.tending import refresh_nightly_views

HOUR = timedelta(hours=1)


@pytest.fixture
def link(warehouse, settings):
    return lambda now=NOW: link_copies(warehouse, settings, list, now=now)


@pytest.fixture
def ask(cursor):
    """Rows of a query, as an analyst may ask it."""

    def rows(query: str, *values: object) -> list[tuple]:
        cursor.execute("set role analyst")
        try:
            cursor.execute(query, values)
            return cursor.fetchall()
        finally:
            cursor.execute("reset role")

    return rows


def test_lag_and_borrowed_share_of_dated_and_undated_copies(put, link, ask):
    origin = put("https://a.example/1", PATROL, outlet="a", published=NOW, seen=NOW + HOUR)
    trimmed = put("https://b.example/1", paragraphs(PATROL, *range(9)), outlet="b", published=NOW + 2 * HOUR,
                  seen=NOW + 3 * HOUR)  # fmt: skip
    undated = put("https://c.example/1", PATROL, outlet="c", seen=NOW + 5 * HOUR)
    midnight = NOW.replace(hour=0)
    day_only = put(
        "https://d.example/1", f"{PATROL}\n{PATROL[:80]}", outlet="d", published=midnight, seen=NOW + 6 * HOUR
    )
    link()
    rows = {
        article: (source, round(share, 1), lag)
        for article, source, share, lag in ask(
            "select article_id, source_article_id, borrowed_share, lag from news.reports"
        )
    }
    assert rows == {
        origin: (None, 0.0, None),
        trimmed: (origin, 1.0, 2 * HOUR),
        undated: (origin, 1.0, None),
        day_only: (origin, 1.0, None),
    }
    assert ask("select origin_article_id, origin_reason, is_dated from news.story_origin") == [
        (origin, "earliest_published", True)
    ]


def test_an_undated_origin_is_called_earliest_seen(put, link, ask):
    first = put("https://a.example/1", PATROL, outlet="a", seen=NOW)
    put("https://b.example/1", PATROL, outlet="b", seen=NOW + HOUR)
    link()
    assert ask("select origin_article_id, origin_reason, is_dated from news.story_origin") == [
        (first, "earliest_seen", False)
    ]


def test_merged_stories_and_closed_links_count_once(put, link, ask):
    lines = PATROL.split("\n")
    put("https://a.example/1", "\n".join(lines[:7]), outlet="a", published=NOW + HOUR)
    tail = put(
        "https://b.example/1", f"{own_text(1, 4)}\n" + "\n".join(lines[7:]), outlet="b", published=NOW + 3 * HOUR
    )
    link()
    assert ask("select count(*) from news.independent_reports") == [(2,)]
    put("https://b.example/1", PATROL, outlet="b", published=NOW + 3 * HOUR)
    earliest = put("https://c.example/1", PATROL, outlet="c", published=NOW)
    link(NOW + HOUR)
    put("https://z.example/1", PATROL, outlet="z", published=NOW - HOUR)
    link(NOW + 2 * HOUR)
    assert ask("select outlet, copies from news.independent_reports") == [("z", 3)]
    assert ask("select outlet from news.reports where is_origin") == [("z",)]
    assert ask("select count(*), count(distinct article_id), count(distinct story_id) from news.reports") == [(4, 4, 1)]
    assert ask("select count(*) from news.story_origin where merged_into is null") == [(1,)]
    assert ask("select count(*) from news.copies where is_source") == [(3,)]
    assert {of for (of,) in ask("select of_article_id from news.copies where article_id = %s and is_source", tail)}
    assert earliest in {row[0] for row in ask("select article_id from news.copies where is_source")}


def test_what_an_outlet_borrows_adds_up(put, link, ask, warehouse):
    put("https://apnews.com/1", PATROL, outlet="associated_press", published=NOW, wire="AP")
    put("https://b.example/1", PATROL, outlet="b", published=NOW + 2 * HOUR, seen=NOW + 3 * HOUR, wire="AP")
    put("https://b.example/2", BUDGET, outlet="b", published=NOW + HOUR)
    put("https://b.example/3", f"{BUDGET}\n{own_text(5, 1)}", outlet="b", published=NOW + 4 * HOUR)
    put("https://b.example/4", own_text(6), outlet="b", published=NOW)
    link()
    refresh_nightly_views(warehouse)
    columns = "articles, own_reports, own_updates, borrowed, borrowed_part, main_source, median_lag, credits_wire"
    ((*counts, part, source, lag, credited),) = ask(f"select {columns} from news.outlet_borrowing where outlet = 'b'")
    assert counts == [4, 2, 1, 1]
    assert (float(part), source, lag, credited) == (0.25, "associated_press", 2 * HOUR, 1)
    assert counts[0] == sum(counts[1:])


def test_an_agency_that_was_not_collected_is_who_was_borrowed_from(put, link, ask, warehouse):
    put("https://b.example/1", PATROL, outlet="b", published=NOW - 2 * HOUR, wire="AFP")
    put("https://c.example/1", PATROL, outlet="c", published=NOW - HOUR, wire="AFP")
    put("https://b.example/2", BUDGET, outlet="b", published=NOW - HOUR)
    link()
    refresh_nightly_views(warehouse)
    found = ask("select outlet, own_reports, borrowed, main_source, median_lag from news.outlet_borrowing order by 1")
    assert found == [("b", 1, 1, "AFP", None), ("c", 0, 1, "b", HOUR)]
