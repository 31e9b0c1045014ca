"""What comes in from an address or a form: read leniently, signed strictly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from wirewatch.newsroom import form_tokens
from wirewatch.newsroom.presenting import duration, excerpt, in_words, number, web_address, weight
from wirewatch.newsroom.query import PageKey, StoryFilters
from wirewatch.newsroom.search import marked


def test_filters_come_back_from_their_address():
    query = QueryParams("event=talks&relevance=any&since=2026-03-01&until=2026-03-05&outlet=ledger&language=zh")
    filters = StoryFilters.read(query)
    assert filters.since == date(2026, 3, 1)
    assert filters.relevance is None
    assert StoryFilters.read(QueryParams(filters.as_query())) == filters
    assert filters.as_parameters()["until"] == datetime(2026, 3, 6, tzinfo=UTC)
    assert filters.narrowing == 5


@given(st.text(), st.text(), st.text())
def test_no_address_breaks_the_filters(since, relevance, before):
    filters = StoryFilters.read(QueryParams({"since": since, "until": since, "relevance": relevance}))
    filters.as_parameters()
    PageKey.read(before)


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1950 < at.year < 2100), st.integers(0, 2**62))
def test_a_place_comes_back_to_the_microsecond(at, story):
    place = PageKey(at, story)
    assert PageKey.read(str(place)) == place


def test_a_form_token_is_its_readers_for_twelve_hours():
    with time_machine.travel(1_000_000, tick=False) as clock:
        token = form_tokens.issue("secret", "7")
        assert not form_tokens.is_good("secret", "8", token)
        assert not form_tokens.is_good("other", "7", token)
        clock.shift(form_tokens.LIFE_S)
        assert form_tokens.is_good("secret", "7", token)
        clock.shift(1)
        assert not form_tokens.is_good("secret", "7", token)
        clock.move_to(999_999)
        assert not form_tokens.is_good("secret", "7", token)


@given(st.text())
def test_no_other_text_is_a_token(token):
    assert not form_tokens.is_good("secret", "7", token)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", " javascript:x", "//x", "", None, "http://[x"],
)
def test_only_web_addresses_are_linked(url):
    assert web_address(url) is None


def test_words_for_numbers_and_keys():
    assert web_address("https://example.org/a") == "https://example.org/a"
    assert number(1234567) == "1\u202f234\u202f567"
    assert weight(-0.5) == "−0.50"
    assert in_words("encounter_transit") == "Encounters and transits"
    assert in_words("never_heard_of") == "Never heard of"
    assert [duration(None), duration(timedelta(days=2, hours=4, minutes=9))] == ["–", "2 d 4 h"]
    assert excerpt("one two three four", 12) == "one two …"
    assert excerpt("short", 12) == "short"


def test_a_snippets_marks_become_pieces():
    assert marked("a \ue000b\ue001 c \ue000d\ue001") == [("a ", False), ("b", True), (" c ", False), ("d", True)]
    assert marked("no mark") == [("no mark", False)]
    assert marked("stray \ue001 end") == [("stray \ue001 end", False)]
