"""A second look: changes become versions, vanished pages are flagged, the archive can be read again."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles.newsdesk import TEXT
from tests.web.site import article
from wirewatch.articles.collecting import CollectReport, waiting_shards
from wirewatch.articles.reextracting import ReextractReport, reextract
from wirewatch.articles.storing import changed_share, next_revisit

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def collected(desk, site, collect):
    site.pages["/a"] = article("Destroyer sails", *TEXT)
    desk.entry(desk.feed("gazette"), site.url("/a"))
    assert collect().extracted == 1
    desk.cursor.execute("update news.article set tagged_at = now()")
    return site


def a_day_passes(desk, days: int = 1):
    desk.cursor.execute("update news.article set revisit_at = revisit_at - make_interval(days => %s)", (days,))
    desk.cursor.execute(
        "update news.article_version set extracted_at = extracted_at - make_interval(days => %s)", (days,)
    )


def test_an_article_is_due_after_a_day_and_after_a_week(warehouse, desk, collected, collect):
    assert waiting_shards(warehouse, 1) == []
    a_day_passes(desk)
    assert waiting_shards(warehouse, 1) == [0]
    assert collect() == CollectReport(revisited=1)
    assert desk.one("select version, vanished_at, tagged_at is null from news.article") == (1, None, False)
    assert desk.one("select revisit_at - now() between '5 days 23 hours' and '6 days' from news.article") == (True,)
    a_day_passes(desk, 6)
    assert collect() == CollectReport(revisited=1)
    assert desk.one("select revisit_at from news.article") == (None,)
    assert desk.one("select count(*) from ingest.page") == (1,)


def test_a_change_makes_a_version_to_be_linked_and_tagged_anew(desk, collected, collect):
    collected.pages["/a"] = article("Destroyer sails", *TEXT, "A correction was added to this report on Wednesday.")
    a_day_passes(desk)
    assert collect() == CollectReport(revisited=1, changed=1)
    assert desk.one("select version, linked_at, tagged_at from news.article") == (2, None, None)
    first, second = desk.all("select text, page_id, diff_ratio from news.article_version order by version")
    assert first[0] == "\n".join(TEXT)
    assert first[2] is None
    assert second[0].startswith(first[0])
    assert second[1] != first[1]
    assert 0 < second[2] < 0.2
    a_day_passes(desk, 6)
    assert collect() == CollectReport(revisited=1)


def test_a_changed_headline_is_a_change(desk, collected, collect):
    collected.pages["/a"] = article("Destroyer has sailed", *TEXT)
    a_day_passes(desk)
    assert collect().changed == 1
    assert desk.all("select title, diff_ratio from news.article_version order by version") == [
        ("Destroyer sails", None),
        ("Destroyer has sailed", 0.0),
    ]


@pytest.mark.parametrize("gone", [(404, {}, b""), (410, {}, b""), (302, {"Location": "/"}, b"")])
def test_a_vanished_page_is_flagged_and_may_come_back(desk, collected, collect, gone):
    page = collected.pages["/a"]
    collected.pages["/"] = "<html>front page"
    collected.pages["/a"] = gone
    a_day_passes(desk)
    assert collect() == CollectReport(revisited=1, vanished=1)
    assert desk.one("select vanished_at is not null, version from news.article") == (True, 1)
    collected.pages["/a"] = page
    a_day_passes(desk, 6)
    assert collect() == CollectReport(revisited=1)
    assert desk.one("select vanished_at from news.article") == (None,)


@pytest.mark.parametrize("trouble", [(503, {}, b""), (429, {"Retry-After": "600"}, b"")])
def test_a_look_that_failed_is_repeated_and_changes_nothing(desk, collected, collect, trouble):
    collected.pages["/a"] = trouble
    a_day_passes(desk)
    assert collect() == CollectReport(revisited=1)
    assert desk.one("select version, vanished_at from news.article") == (1, None)
    assert desk.one("select revisit_at - now() between '1 hour 59 minutes' and '2 hours' from news.article") == (True,)


def test_a_page_that_became_a_wall_leaves_the_article_as_it_was(desk, collected, collect):
    collected.pages["/a"] = "<html><body></body></html>"
    a_day_passes(desk)
    assert collect() == CollectReport(revisited=1)
    assert desk.one("select version, text from news.article join news.article_version using (article_id, version)") == (
        1,
        "\n".join(TEXT),
    )


def test_next_revisit():
    read = datetime(2026, 6, 3, tzinfo=UTC)
    assert next_revisit(read, read) == read + timedelta(days=1)
    assert next_revisit(read, read + timedelta(days=1)) == read + timedelta(days=7)
    assert next_revisit(read, read + timedelta(days=30)) is None


@pytest.mark.parametrize(
    ("old", "new", "low", "high"),
    [
        ("", "", 0, 0),
        ("one", "one", 0, 0),
        ("one", "two", 1, 1),
        ("a b c d", "e f g h", 1, 1),
        ("first line here\nsecond line here", "second line here\nfirst line here", 0, 0.6),
        ("word " * 100, "word " * 50, 0.3, 0.4),
        ("美国驱逐舰通过海峡", "美国驱逐舰通过海峡。", 0, 0),
        ("美国驱逐舰通过海峡", "美国航空母舰通过海峡", 0.4, 0.8),
    ],
)
def test_changed_share(old, new, low, high):
    assert low <= changed_share(old, new) <= high


@given(st.text(), st.text())
def test_changed_share_is_a_share_and_symmetric(old, new):
    share = changed_share(old, new)
    assert 0 <= share <= 1
    assert share == changed_share(new, old)
    assert changed_share(old, old) == 0


def test_reextract_brings_nothing_new_when_nothing_improved(warehouse, settings, desk, collected):
    assert reextract(warehouse, settings, LONG_AGO) == ReextractReport(read=1, changed=0, unreadable=0, reopened=0)
    assert desk.one("select count(*) from news.article_version") == (1,)


def test_reextract_makes_versions_from_the_archive_alone(warehouse, settings, desk, collected, sites):
    sites.close(collected)
    desk.cursor.execute("update news.article_version set text = 'badly read', authors = array['A. Writer']")
    assert reextract(warehouse, settings, datetime.now(UTC) + timedelta(hours=1)).read == 0
    assert reextract(warehouse, settings, LONG_AGO) == ReextractReport(read=1, changed=1, unreadable=0, reopened=0)
    assert desk.all("select version, text, authors from news.article_version order by version") == [
        (1, "badly read", ["A. Writer"]),
        (2, "\n".join(TEXT), ["A. Writer"]),
    ]
    assert desk.one("select version, tagged_at from news.article") == (2, None)
    assert reextract(warehouse, settings, LONG_AGO).changed == 0


def test_reextract_keeps_the_version_whose_record_is_missing(warehouse, settings, desk, collected):
    for file in settings.home.rglob("*.warc.gz"):
        file.unlink()
    assert reextract(warehouse, settings, LONG_AGO) == ReextractReport(read=0, changed=0, unreadable=1, reopened=0)
    assert desk.one("select version from news.article") == (1,)


def test_reextract_gives_entries_without_an_article_another_chance(
    warehouse, settings, desk, site, collect, monkeypatch
):
    from wirewatch.articles import extracting
    from wirewatch.errors import ExtractionError

    async def blind(*_):
        raise ExtractionError("no_text", "an extractor that finds nothing")

    site.pages["/a"] = article("Destroyer sails", *TEXT)
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    with monkeypatch.context() as patch:
        patch.setattr(extracting, "read_page", blind)
        collect()
    assert desk.state(entry) == ("dropped", "no_text")
    assert reextract(warehouse, settings, LONG_AGO).reopened == 1
    assert dataclasses.replace(collect()) == CollectReport(extracted=1)
    assert desk.state(entry) == ("extracted", None)
    assert site.paths().count("/a") == 1
