"""Corrections by people, on a real Postgres: append-only, obeyed by linking and relinking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.copies.conftest import NOW
from tests.copies.test_linking import in_force, stories
from tests.copies.texts import BUDGET, PATROL, paragraphs
from wirewatch.copies.correcting import correct, withdraw
from wirewatch.copies.linking import link_copies
from wirewatch.errors import WarehouseError, WirewatchError

HOUR = timedelta(hours=1)


@pytest.fixture
def link(warehouse, settings):
    return lambda now=NOW: link_copies(warehouse, settings, list, now=now)


def test_two_stories_are_one_and_stay_one(put, link, cursor, warehouse):
    first = put("https://a.example/1", PATROL, outlet="a", published=NOW)
    second = put("https://b.example/1", BUDGET, outlet="b", published=NOW + HOUR)
    link()
    assert stories(cursor)[first][0] != stories(cursor)[second][0]
    number = correct(warehouse, "same_story", second, first, by="editor", note="same desk", now=NOW)
    link(NOW + HOUR)
    assert stories(cursor)[first] == stories(cursor)[second]
    assert in_force(cursor) == {(second, first, "near", True)}
    cursor.execute("update news.article set linked_at = null")
    link(NOW + 2 * HOUR)
    assert stories(cursor)[first] == stories(cursor)[second], "relinking obeys it, too"
    withdraw(warehouse, number, by="editor", now=NOW)
    link(NOW + 3 * HOUR)
    assert stories(cursor)[first][0] != stories(cursor)[second][0]
    cursor.execute("select count(*) from news.correction")
    assert cursor.fetchone() == (2,), "nothing is overwritten"
    with pytest.raises(WirewatchError):
        withdraw(warehouse, number, by="editor")


def test_a_copy_is_none(put, link, cursor, warehouse):
    first = put("https://a.example/1", PATROL, outlet="a", published=NOW)
    second = put("https://b.example/1", PATROL, outlet="b", published=NOW + HOUR)
    link()
    assert in_force(cursor) == {(second, first, "identical", True)}
    correct(warehouse, "not_a_copy", first, second, by="editor", now=NOW)
    link(NOW + HOUR)
    assert in_force(cursor) == set()
    assert stories(cursor)[first][0] != stories(cursor)[second][0]
    third = put("https://c.example/1", paragraphs(PATROL, *range(9)), outlet="c", published=NOW + 3 * HOUR)
    link(NOW + 4 * HOUR)
    assert in_force(cursor) == {(third, first, "near", True), (third, second, "near", False)}


def test_the_origin_is_another(put, link, cursor, warehouse):
    first = put("https://a.example/1", PATROL, outlet="a", published=NOW)
    second = put("https://b.example/1", PATROL, outlet="b", published=NOW + HOUR)
    link()
    correct(warehouse, "origin", second, None, by="editor", now=NOW)
    link(NOW + HOUR)
    assert stories(cursor)[first][1:] == (second, "corrected")
    cursor.execute("set role analyst")
    cursor.execute("select kind, article_id, said_by from news.corrections")
    assert cursor.fetchall() == [("origin", second, "editor")]


def test_what_can_t_be_said_is_named(put, warehouse):
    one = put("https://a.example/1", PATROL)
    for kind, other, error in (
        ("nonsense", one, "no correction 'nonsense'"),
        ("same_story", None, "same_story is said of two articles"),
        ("origin", 3, "origin is said of one article"),
        ("same_story", one, "two different articles"),
    ):
        with pytest.raises(WirewatchError, match=error):
            correct(warehouse, kind, one, other, by="editor")
    with pytest.raises(WarehouseError):
        correct(warehouse, "same_story", one, 999_999, by="editor")
