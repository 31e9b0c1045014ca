"""Every feed parses, lists what it should, and differs from the others as outlets.yaml says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from wirewatch.demo.sample_web import feeds
from wirewatch.demo.sample_web.outlets import outlets
from wirewatch.demo.sample_web.stories import WEEK_END, articles

FEEDS = [(outlet, feed) for outlet in outlets().values() for feed in outlet.feeds]


def feed(key: str, number: int = 0):
    outlet = outlets()[key]
    return outlet, outlet.feeds[number]


@pytest.mark.parametrize(("outlet", "spec"), FEEDS, ids=lambda value: getattr(value, "key", None) or value.name)
def test_it_parses_and_lists_its_items(outlet, spec):
    rendered = feeds.render(outlet, spec, 80, WEEK_END)
    titles = [item.article.title for item in rendered.items]
    assert titles
    if spec.format == "json":
        assert [item["title"] for item in json.loads(rendered.body)["items"]] == titles
        return
    parsed = feedparser.parse(rendered.body, response_headers={"content-type": rendered.content_type})
    assert not parsed.bozo
    assert parsed.version == {"rss": "rss20", "rdf": "rss10", "atom": "atom10"}[spec.format]
    assert [entry.title for entry in parsed.entries] == titles
    assert [entry.link for entry in parsed.entries] == [item.link for item in rendered.items]
    assert all(("published" in entry or "updated" in entry) == (spec.dates != "none") for entry in parsed.entries)
    assert all(("id" in entry) == (spec.guid != "none") for entry in parsed.entries)


def test_every_dialect_is_spoken():
    specs = [spec for _, spec in FEEDS]
    assert {spec.format for spec in specs} == {"rss", "rdf", "atom", "json"}
    assert {spec.dates for spec in specs} == {"rfc822", "dc", "zoneless", "none"}
    assert {spec.guid for spec in specs} == {"permalink", "opaque", "none"}
    assert {spec.links for spec in specs} == {"absolute", "relative", "tracked", "amp"}
    assert {spec.encoding for spec in specs} == {"utf-8", "gbk", "windows-1252"}


def test_nothing_is_listed_before_it_is_published():
    moment = datetime(2026, 3, 4, 12, tzinfo=UTC)
    for outlet, spec in FEEDS:
        assert all(item.article.published <= moment for item in feeds.render(outlet, spec, 80, moment).items)


def test_the_window_lists_the_newest():
    outlet, spec = feed("newsloop", 1)
    rendered = feeds.render(outlet, spec, 80, WEEK_END)
    assert len(rendered.items) == spec.window
    times = [item.article.published for item in rendered.items]
    assert times == sorted(times, reverse=True)
    left_out = [a for a in articles().values() if a.outlet.key in spec.outlets and a.published < times[-1]]
    assert left_out


def test_at_the_end_of_the_week_every_article_is_still_listed_by_its_outlet():
    listed = {item.article.id for outlet, spec in FEEDS for item in feeds.render(outlet, spec, 80, WEEK_END).items}
    assert set(articles()) - listed == {"withdrawn"}


def test_an_edit_changes_the_item_and_the_time_of_the_feed():
    outlet, spec = feed("tidewater_news")
    edited = datetime(2026, 3, 2, 21, tzinfo=UTC)
    before, after = (feeds.render(outlet, spec, 80, edited + timedelta(minutes=shift)) for shift in (-1, 1))
    assert before.body != after.body
    assert after.modified == edited


def test_one_article_is_listed_by_two_feeds_of_an_outlet():
    world, defence = ({i.url for i in feeds.render(*feed("meridian_wire", n), 80, WEEK_END).items} for n in (0, 1))
    assert defence < world
